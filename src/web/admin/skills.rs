//! Skills: what somebody is good at. Who has which, and how well, is set at the person.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::typed;
use crate::domain::ids::SkillId;
use crate::locale::Text;
use crate::store::rules::{self, Thing};
use crate::store::skills::{self, Draft, Skill};
use crate::web::App;
use crate::web::admin::removal::Removal;
use crate::web::failure::Answer;
use crate::web::forms::{Button, Form, Problems};
use crate::web::guards::Administrator;
use crate::web::list::{self, Column, List, View};
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![index, new, add, show, change, confirm_removal, remove]
}

const COLUMNS: &[Column<Skill>] = &[
    Column::sorting("skills-column-name", "name", |a, b| {
        list::by_words(&a.draft.name, &b.draft.name)
    }),
    Column::sorting("skills-column-kind", "kind", |a, b| {
        list::by_words(&a.draft.kind, &b.draft.kind)
    }),
    Column::plain("skills-column-description"),
    Column::sorting("skills-column-people", "people", |a, b| {
        b.people.cmp(&a.people)
    }),
];

#[derive(Template)]
#[template(path = "admin/skills/index.html")]
struct Index {
    list: List<Skill>,
}

#[get("/admin/skills?<view..>")]
fn index(_administrator: Administrator, app: &State<Arc<App>>, view: View) -> Answer<Page<Index>> {
    let all = app.store.read(skills::all)?;
    let list = List::new("/admin/skills", COLUMNS, view).of(all, |skill, words| {
        let draft = &skill.draft;
        list::finds(words, [&draft.name, &draft.kind, &draft.description])
    });
    Ok(Page::ok(Index { list }))
}

#[derive(FromForm)]
struct Typed {
    #[field(default = "")]
    name: String,
    #[field(default = "")]
    kind: String,
    #[field(default = "")]
    description: String,
}

impl Typed {
    fn check(&self, problems: &mut Problems) -> Option<Draft> {
        let draft = Draft {
            name: typed::name(problems, "name", &self.name),
            kind: typed::label(problems, "kind", &self.kind),
            description: typed::label(problems, "description", &self.description),
        };
        problems.is_empty().then_some(draft)
    }
}

/// The form of a new one (`skill` is `None`) or of one that is there.
#[derive(Template)]
#[template(path = "admin/skills/form.html")]
struct Edit {
    skill: Option<Skill>,
    typed: Typed,
    problems: Problems,
}

impl Edit {
    fn action(&self) -> String {
        match &self.skill {
            Some(skill) => format!("/admin/skills/{}", skill.id),
            None => "/admin/skills/new".to_owned(),
        }
    }
}

#[get("/admin/skills/new")]
fn new(_administrator: Administrator) -> Page<Edit> {
    Page::ok(Edit {
        skill: None,
        typed: Typed {
            name: String::new(),
            kind: String::new(),
            description: String::new(),
        },
        problems: Problems::default(),
    })
}

#[post("/admin/skills/new", data = "<form>")]
async fn add(
    administrator: Administrator,
    app: &State<Arc<App>>,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let typed = form.read()?;
    let mut problems = Problems::default();
    if let Some(draft) = typed.check(&mut problems) {
        let added = app
            .store
            .write_by(administrator.actor(), move |tx| skills::add(tx, &draft))
            .await?;
        if added.is_some() {
            return Ok(Ok(Outcome::Saved.at("/admin/skills")));
        }
        problems.add("name", Text::new("name-taken"));
    }
    Ok(Err(Page::unprocessable(Edit {
        skill: None,
        typed,
        problems,
    })))
}

/// The skill of an id.
fn load(app: &App, id: i64) -> Answer<Skill> {
    let skill = app
        .store
        .read(|reader| skills::by_id(reader, SkillId(id)))?;
    Ok(skill.ok_or(Status::NotFound)?)
}

#[get("/admin/skills/<id>", rank = 2)]
fn show(_administrator: Administrator, app: &State<Arc<App>>, id: i64) -> Answer<Page<Edit>> {
    let skill = load(app, id)?;
    let draft = skill.draft.clone();
    Ok(Page::ok(Edit {
        skill: Some(skill),
        typed: Typed {
            name: draft.name,
            kind: draft.kind,
            description: draft.description,
        },
        problems: Problems::default(),
    }))
}

#[post("/admin/skills/<id>", data = "<form>", rank = 2)]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    id: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let skill = load(app, id)?;
    let id = skill.id;
    let typed = form.read()?;
    let mut problems = Problems::default();
    if let Some(draft) = typed.check(&mut problems) {
        let changed = app
            .store
            .write_by(administrator.actor(), move |tx| {
                skills::change(tx, id, &draft)
            })
            .await?;
        if changed {
            return Ok(Ok(Outcome::Saved.at("/admin/skills")));
        }
        problems.add("name", Text::new("name-taken"));
    }
    Ok(Err(Page::unprocessable(Edit {
        skill: Some(skill),
        typed,
        problems,
    })))
}

fn removal(app: &App, id: i64) -> Answer<Removal> {
    let skill = load(app, id)?;
    let rules = app
        .store
        .read(|reader| rules::uses(reader, &Thing::Skill(skill.id)))?;
    let name = skill.draft.name.as_str();
    let title = Text::new("skills-remove-title").arg("name", name.to_owned());
    let lede = match rules.is_empty() {
        true => Text::new("skills-remove-lede").arg("count", skill.people),
        false => Text::new("rule-used-lede"),
    };
    let above = vec![("/admin/skills", Text::new("nav-skills"))];
    Ok(Removal {
        rules,
        back: format!("/admin/skills/{}", skill.id),
        act: Text::new("skills-remove"),
        ..Removal::new(above, name, title, lede)
    })
}

#[get("/admin/skills/<id>/removal")]
fn confirm_removal(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    id: i64,
) -> Answer<Page<Removal>> {
    Ok(Page::ok(removal(app, id)?))
}

#[post("/admin/skills/<id>/removal", data = "<_button>")]
async fn remove(
    administrator: Administrator,
    app: &State<Arc<App>>,
    id: i64,
    _button: Button,
) -> Answer<Result<Led, Page<Removal>>> {
    let skill = load(app, id)?.id;
    let is_gone = app
        .store
        .write_by(administrator.actor(), move |tx| skills::remove(tx, skill))
        .await?;
    Ok(match is_gone {
        true => Ok(Outcome::Removed.at("/admin/skills")),
        false => Err(Page::unprocessable(removal(app, id)?)),
    })
}
