//! Fields that contacts, companies and cases have beside their own.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::typed;
use crate::domain::ids::CustomerFieldId;
use crate::domain::record::{FieldKind, Record, choices};
use crate::locale::Text;
use crate::store::customer_fields::{self as store, CustomerField, Draft, MOST};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::fields::{self, Item};
use crate::web::forms::{Button, Form, Problems};
use crate::web::guards::Administrator;
use crate::web::list::{self, Column, List, View};
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

const PATH: &str = "/admin/customer-fields";

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![index, new, add, show, change, confirm_removal, remove]
}

const COLUMNS: &[Column<CustomerField>] = &[
    Column::sorting("customer-fields-column-record", "record", |a, b| {
        a.record.word().cmp(b.record.word())
    }),
    Column::sorting("customer-fields-column-name", "name", |a, b| {
        list::by_words(&a.name, &b.name)
    }),
    Column::plain("customer-fields-column-kind"),
    Column::sorting("customer-fields-column-filled", "filled", |a, b| {
        b.filled.cmp(&a.filled)
    }),
];

#[derive(Template)]
#[template(path = "admin/customer_fields/index.html")]
struct Index {
    list: List<CustomerField>,
}

#[get("/admin/customer-fields?<view..>")]
fn index(_administrator: Administrator, app: &State<Arc<App>>, view: View) -> Answer<Page<Index>> {
    let all = app.store.read(store::all)?;
    let list =
        List::new(PATH, COLUMNS, view).of(all, |field, words| list::finds(words, [&field.name]));
    Ok(Page::ok(Index { list }))
}

#[derive(Default, FromForm)]
struct Typed {
    #[field(default = "")]
    name: String,
    #[field(default = "")]
    record: String,
    #[field(default = "")]
    kind: String,
    #[field(default = "")]
    choices: String,
}

impl Typed {
    /// What it means; `None` when something is not accepted. What a field is of, and what it holds, stays as it was
    /// made.
    fn check(&self, field: Option<&CustomerField>, problems: &mut Problems) -> Option<Draft> {
        let record = match field {
            Some(field) => Some(field.record),
            None => Record::from_word(&self.record),
        };
        let kind = match field {
            Some(field) => Some(field.kind),
            None => FieldKind::from_word(&self.kind),
        };
        problems.check("record", record.is_some(), "field-choose");
        problems.check("kind", kind.is_some(), "field-choose");
        let is_choice = kind == Some(FieldKind::Choice);
        let choices = match is_choice {
            true => choices(&self.choices),
            false => Vec::new(),
        };
        let is_enough = !is_choice || choices.len() > 1;
        problems.check("choices", is_enough, "customer-field-choices-missing");
        let draft = Draft {
            name: typed::name(problems, "name", &self.name),
            record: record?,
            kind: kind?,
            choices,
        };
        problems.is_empty().then_some(draft)
    }
}

/// The form of a new one (`field` is `None`) or of one that is there.
#[derive(Template)]
#[template(path = "admin/customer_fields/form.html")]
struct Edit {
    field: Option<CustomerField>,
    typed: Typed,
    problems: Problems,
}

impl Edit {
    fn action(&self) -> String {
        match &self.field {
            Some(field) => format!("{PATH}/{}", field.id),
            None => format!("{PATH}/new"),
        }
    }

    fn records(&self) -> Vec<Item> {
        let records = Record::ALL.iter();
        records
            .map(|it| Item::word("customer-record", it.word()))
            .collect()
    }

    fn kinds(&self) -> Vec<Item> {
        let kinds = FieldKind::ALL.iter();
        kinds
            .map(|it| Item::word("customer-field-type", it.word()))
            .collect()
    }

    /// Whether it has choices, or may come to have them.
    fn has_choices(&self) -> bool {
        let field = self.field.as_ref();
        field.is_none_or(|field| field.kind == FieldKind::Choice)
    }
}

#[get("/admin/customer-fields/new")]
fn new(_administrator: Administrator) -> Page<Edit> {
    Page::ok(Edit {
        field: None,
        typed: Default::default(),
        problems: Problems::default(),
    })
}

#[post("/admin/customer-fields/new", data = "<form>")]
async fn add(
    administrator: Administrator,
    app: &State<Arc<App>>,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let typed = form.read()?;
    let mut problems = Problems::default();
    if let Some(draft) = typed.check(None, &mut problems) {
        let record = draft.record;
        let added = app
            .store
            .write_by(administrator.actor(), move |tx| store::add(tx, &draft));
        if added.await?.is_some() {
            return Ok(Ok(Outcome::Saved.at(PATH)));
        }
        let fields = app.store.read(|reader| store::of(reader, record))?;
        let why = match fields.len() < MOST {
            true => "name-taken",
            false => "customer-field-full",
        };
        problems.add("name", Text::new(why));
    }
    Ok(Err(Page::unprocessable(Edit {
        field: None,
        typed,
        problems,
    })))
}

/// The field of an id.
fn load(app: &App, id: i64) -> Answer<CustomerField> {
    let field = app
        .store
        .read(|reader| store::by_id(reader, CustomerFieldId(id)))?;
    Ok(field.ok_or(Status::NotFound)?)
}

#[get("/admin/customer-fields/<id>", rank = 2)]
fn show(_administrator: Administrator, app: &State<Arc<App>>, id: i64) -> Answer<Page<Edit>> {
    let field = load(app, id)?;
    Ok(Page::ok(Edit {
        typed: Typed {
            name: field.name.clone(),
            record: field.record.word().to_owned(),
            kind: field.kind.word().to_owned(),
            choices: field.choices.join("\n"),
        },
        field: Some(field),
        problems: Problems::default(),
    }))
}

#[post("/admin/customer-fields/<id>", data = "<form>", rank = 2)]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    id: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let field = load(app, id)?;
    let (id, typed) = (field.id, form.read()?);
    let mut problems = Problems::default();
    if let Some(draft) = typed.check(Some(&field), &mut problems) {
        let changed = app.store.write_by(administrator.actor(), move |tx| {
            store::change(tx, id, &draft.name, &draft.choices)
        });
        if changed.await? {
            return Ok(Ok(Outcome::Saved.at(PATH)));
        }
        problems.add("name", Text::new("name-taken"));
    }
    Ok(Err(Page::unprocessable(Edit {
        field: Some(field),
        typed,
        problems,
    })))
}

#[derive(Template)]
#[template(path = "admin/customer_fields/removal.html")]
struct Removal {
    field: CustomerField,
}

#[get("/admin/customer-fields/<id>/removal")]
fn confirm_removal(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    id: i64,
) -> Answer<Page<Removal>> {
    let field = load(app, id)?;
    Ok(Page::ok(Removal { field }))
}

#[post("/admin/customer-fields/<id>/removal", data = "<_button>")]
async fn remove(
    administrator: Administrator,
    app: &State<Arc<App>>,
    id: i64,
    _button: Button,
) -> Answer<Led> {
    let id = load(app, id)?.id;
    app.store
        .write_by(administrator.actor(), move |tx| store::remove(tx, id))
        .await?;
    Ok(Outcome::Removed.at(PATH))
}
