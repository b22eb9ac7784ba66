//! Context variables of a workstream.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::load;
use crate::domain::ids::{ContextVariableId, WorkstreamId};
use crate::domain::workstream::{VariableKind, is_variable_name, is_variable_value};
use crate::locale::Text;
use crate::store::workstreams::settings::Workstream;
use crate::store::workstreams::variables::{self as store, Variable};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::fields::{self, Item};
use crate::web::forms::{Button, Form, Problems};
use crate::web::guards::Administrator;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![new, create, edit, change, remove]
}

#[derive(Debug, Default, FromForm)]
struct Typed {
    #[field(default = "")]
    name: String,
    #[field(default = "")]
    kind: String,
    #[field(default = "")]
    value: String,
}

impl Typed {
    fn of(variable: Variable) -> Typed {
        Typed {
            name: variable.name,
            kind: variable.kind.word().to_owned(),
            value: variable.value,
        }
    }

    fn read(&self, problems: &mut Problems) -> Option<Variable> {
        let name = self.name.trim();
        problems.check("name", is_variable_name(name), "variable-name-wrong");
        let kind = VariableKind::from_word(&self.kind);
        problems.check("kind", kind.is_some(), "field-choose");
        let value = self.value.trim();
        let why = match kind {
            Some(VariableKind::Number) => "variable-value-no-number",
            _ => "variable-value-too-long",
        };
        let is_fine = kind.is_none_or(|kind| is_variable_value(kind, value));
        problems.check("value", is_fine, why);
        let variable = Variable {
            name: name.to_owned(),
            kind: kind?,
            value: value.to_owned(),
        };
        problems.is_empty().then_some(variable)
    }
}

#[derive(Template)]
#[template(path = "admin/workstreams/variable.html")]
struct Edit {
    workstream: Workstream,
    /// `None`: it is not there yet.
    variable: Option<ContextVariableId>,
    typed: Typed,
    kinds: Vec<Item>,
    problems: Problems,
}

impl Edit {
    fn new(
        workstream: Workstream,
        variable: Option<ContextVariableId>,
        typed: Typed,
        problems: Problems,
    ) -> Edit {
        let kinds = VariableKind::ALL.iter();
        Edit {
            workstream,
            variable,
            typed,
            kinds: kinds
                .map(|kind| Item::word("variable-kind", kind.word()))
                .collect(),
            problems,
        }
    }

    fn action(&self) -> String {
        let workstream = self.workstream.id;
        match self.variable {
            Some(variable) => format!("/admin/workstreams/{workstream}/variables/{variable}"),
            None => format!("/admin/workstreams/{workstream}/variables/new"),
        }
    }
}

fn find(app: &App, workstream: WorkstreamId, variable: i64) -> Answer<Variable> {
    let found = app
        .store
        .read(|reader| store::by_id(reader, workstream, ContextVariableId(variable)))?;
    Ok(found.ok_or(Status::NotFound)?)
}

#[get("/admin/workstreams/<workstream>/variables/new")]
fn new(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
) -> Answer<Page<Edit>> {
    let workstream = load(app, workstream)?;
    let typed = Typed {
        kind: VariableKind::Text.word().to_owned(),
        ..Default::default()
    };
    let page = Edit::new(workstream, None, typed, Problems::default());
    Ok(Page::ok(page))
}

#[post("/admin/workstreams/<workstream>/variables/new", data = "<form>")]
async fn create(
    administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let workstream = load(app, workstream)?;
    let id = workstream.id;
    let typed = form.read()?;
    let mut problems = Problems::default();
    if let Some(variable) = typed.read(&mut problems) {
        let added = app.store.write_by(administrator.actor(), move |tx| {
            store::add(tx, id, &variable)
        });
        match added.await {
            Ok(()) => {
                return Ok(Ok(
                    Outcome::Saved.at(format!("/admin/workstreams/{id}#variables"))
                ));
            }
            Err(error) if error.is_unique_violation() => {
                problems.add("name", Text::new("name-taken"));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let page = Edit::new(workstream, None, typed, problems);
    Ok(Err(Page::unprocessable(page)))
}

#[get("/admin/workstreams/<workstream>/variables/<variable>", rank = 2)]
fn edit(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    variable: i64,
) -> Answer<Page<Edit>> {
    let workstream = load(app, workstream)?;
    let found = find(app, workstream.id, variable)?;
    let variable = Some(ContextVariableId(variable));
    let page = Edit::new(workstream, variable, Typed::of(found), Problems::default());
    Ok(Page::ok(page))
}

#[post(
    "/admin/workstreams/<workstream>/variables/<variable>",
    data = "<form>",
    rank = 2
)]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    variable: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let workstream = load(app, workstream)?;
    let before = find(app, workstream.id, variable)?;
    let (id, variable) = (workstream.id, ContextVariableId(variable));
    let typed = form.read()?;
    let mut problems = Problems::default();
    let to = typed.read(&mut problems);
    if to.as_ref().is_some_and(|to| to.name != before.name) {
        check_unused(app, id, variable, &mut problems)?;
    }
    if let Some(to) = to.filter(|_| problems.is_empty()) {
        let changed = app.store.write_by(administrator.actor(), move |tx| {
            store::change(tx, id, variable, &to)
        });
        match changed.await {
            Ok(()) => {
                return Ok(Ok(
                    Outcome::Saved.at(format!("/admin/workstreams/{id}#variables"))
                ));
            }
            Err(error) if error.is_unique_violation() => {
                problems.add("name", Text::new("name-taken"));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let page = Edit::new(workstream, Some(variable), typed, problems);
    Ok(Err(Page::unprocessable(page)))
}

#[post(
    "/admin/workstreams/<workstream>/variables/<variable>/removal",
    data = "<_button>"
)]
async fn remove(
    administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    variable: i64,
    _button: Button,
) -> Answer<Result<Led, Page<Edit>>> {
    let workstream = load(app, workstream)?;
    let found = find(app, workstream.id, variable)?;
    let (id, variable) = (workstream.id, ContextVariableId(variable));
    let is_gone = app
        .store
        .write_by(administrator.actor(), move |tx| {
            store::remove(tx, id, variable)
        })
        .await?;
    if is_gone {
        return Ok(Ok(
            Outcome::Removed.at(format!("/admin/workstreams/{id}#variables"))
        ));
    }
    let mut problems = Problems::default();
    check_unused(app, id, variable, &mut problems)?;
    let page = Edit::new(workstream, Some(variable), Typed::of(found), problems);
    Ok(Err(Page::unprocessable(page)))
}

/// While a rule names it, a variable keeps its name and stays.
fn check_unused(
    app: &App,
    workstream: WorkstreamId,
    variable: ContextVariableId,
    problems: &mut Problems,
) -> Answer<()> {
    let uses = app
        .store
        .read(|reader| store::uses(reader, workstream, variable))?;
    if let Some(first) = uses.first() {
        let why = Text::new("variable-used").arg("name", first.name.clone());
        problems.add("name", why);
    }
    Ok(())
}
