//! Presences: the built-in ones, and those that an administrator makes on top of a base status.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::typed;
use crate::domain::ids::PresenceId;
use crate::domain::presence::Base;
use crate::locale::{Locale, Text};
use crate::store::presences::{self, Draft, Presence};
use crate::web::App;
use crate::web::admin::removal::Removal;
use crate::web::failure::Answer;
use crate::web::forms::{Button, Form, Problems};
use crate::web::guards::Administrator;
use crate::web::list::{self, Column, List, View};
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Frame, Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![index, new, add, show, change, confirm_removal, remove]
}

const COLUMNS: &[Column<Row>] = &[
    Column::sorting("presences-column-name", "name", |a, b| {
        list::by_words(&a.name, &b.name)
    }),
    Column::sorting("presences-column-base", "base", |a, b| {
        list::by_words(&a.base, &b.base)
    }),
    Column::plain("presences-column-text"),
    Column::sorting("presences-column-people", "people", |a, b| {
        b.presence.people.cmp(&a.presence.people)
    }),
];

/// A presence with its words.
struct Row {
    name: String,
    base: String,
    presence: Presence,
}

/// What a presence is called: a built-in one by the catalog.
pub fn shown_name(presence: &Presence) -> Text {
    match &presence.built_in {
        Some(word) => Text::new(format!("presence-{word}")),
        None => Text::new("presence-made").arg("name", presence.name.clone()),
    }
}

/// What a base status is called.
fn base_text(base: Base) -> Text {
    Text::new(format!("presence-{}", base.word()))
}

impl Row {
    fn new(presence: Presence, locale: Locale) -> Row {
        Row {
            name: shown_name(&presence).say(locale),
            base: base_text(presence.base).say(locale),
            presence,
        }
    }
}

#[derive(Template)]
#[template(path = "admin/presences/index.html")]
struct Index {
    list: List<Row>,
}

#[get("/admin/presences?<view..>")]
fn index(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    frame: &Frame,
    view: View,
) -> Answer<Page<Index>> {
    let rows = app
        .store
        .read(presences::all)?
        .into_iter()
        .map(|presence| Row::new(presence, frame.locale))
        .collect();
    let list = List::new("/admin/presences", COLUMNS, view).of(rows, |row, words| {
        list::finds(
            words,
            [&row.name, &row.presence.text, &row.presence.description],
        )
    });
    Ok(Page::ok(Index { list }))
}

#[derive(FromForm)]
struct Typed {
    #[field(default = "")]
    name: String,
    #[field(default = "")]
    text: String,
    #[field(default = "")]
    base: String,
    #[field(default = "")]
    description: String,
}

impl Typed {
    fn check(&self, problems: &mut Problems) -> Option<Draft> {
        let name = typed::name(problems, "name", &self.name);
        let text = typed::label(problems, "text", &self.text);
        let base = Base::from_word(&self.base);
        problems.check("base", base.is_some(), "presences-base-required");
        let description = typed::label(problems, "description", &self.description);
        let draft = Draft {
            name,
            text,
            base: base?,
            description,
        };
        problems.is_empty().then_some(draft)
    }
}

/// The form of a new one (`presence` is `None`) or of one that is there.
#[derive(Template)]
#[template(path = "admin/presences/form.html")]
struct Edit {
    presence: Option<Presence>,
    typed: Typed,
    problems: Problems,
}

impl Edit {
    fn action(&self) -> String {
        match &self.presence {
            Some(presence) => format!("/admin/presences/{}", presence.id),
            None => "/admin/presences/new".to_owned(),
        }
    }

    fn bases(&self) -> [(&'static str, Text); 5] {
        Base::ALL.map(|base| (base.word(), base_text(base)))
    }
}

#[get("/admin/presences/new")]
fn new(_administrator: Administrator) -> Page<Edit> {
    Page::ok(Edit {
        presence: None,
        typed: Typed {
            name: String::new(),
            text: String::new(),
            base: Base::Busy.word().to_owned(),
            description: String::new(),
        },
        problems: Problems::default(),
    })
}

#[post("/admin/presences/new", data = "<form>")]
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
            .write_by(administrator.actor(), move |tx| presences::add(tx, &draft))
            .await?;
        if added.is_some() {
            return Ok(Ok(Outcome::Saved.at("/admin/presences")));
        }
        problems.add("name", Text::new("name-taken"));
    }
    Ok(Err(Page::unprocessable(Edit {
        presence: None,
        typed,
        problems,
    })))
}

/// The presence of an id, when an administrator made it.
fn load(app: &App, id: i64) -> Answer<Presence> {
    let presence = app
        .store
        .read(|reader| presences::made(reader, PresenceId(id)))?;
    Ok(presence.ok_or(Status::NotFound)?)
}

#[get("/admin/presences/<id>", rank = 2)]
fn show(_administrator: Administrator, app: &State<Arc<App>>, id: i64) -> Answer<Page<Edit>> {
    let presence = load(app, id)?;
    Ok(Page::ok(Edit {
        typed: Typed {
            name: presence.name.clone(),
            text: presence.text.clone(),
            base: presence.base.word().to_owned(),
            description: presence.description.clone(),
        },
        presence: Some(presence),
        problems: Problems::default(),
    }))
}

#[post("/admin/presences/<id>", data = "<form>", rank = 2)]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    id: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let presence = load(app, id)?;
    let id = presence.id;
    let typed = form.read()?;
    let mut problems = Problems::default();
    if let Some(draft) = typed.check(&mut problems) {
        let changed = app
            .store
            .write_by(administrator.actor(), move |tx| {
                presences::change(tx, id, &draft)
            })
            .await?;
        if changed {
            return Ok(Ok(Outcome::Saved.at("/admin/presences")));
        }
        problems.add("name", Text::new("name-taken"));
    }
    Ok(Err(Page::unprocessable(Edit {
        presence: Some(presence),
        typed,
        problems,
    })))
}

#[get("/admin/presences/<id>/removal")]
fn confirm_removal(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    id: i64,
) -> Answer<Page<Removal>> {
    let presence = load(app, id)?;
    let above = vec![("/admin/presences", Text::new("nav-presences"))];
    let title = Text::new("presences-remove-title").arg("name", presence.name.clone());
    let lede = Text::new("presences-remove-lede").arg("count", presence.people);
    Ok(Page::ok(Removal {
        back: format!("/admin/presences/{}", presence.id),
        act: Text::new("presences-remove"),
        ..Removal::new(above, &presence.name, title, lede)
    }))
}

#[post("/admin/presences/<id>/removal", data = "<_button>")]
async fn remove(
    administrator: Administrator,
    app: &State<Arc<App>>,
    id: i64,
    _button: Button,
) -> Answer<Led> {
    let id = load(app, id)?.id;
    app.store
        .write_by(administrator.actor(), move |tx| presences::remove(tx, id))
        .await?;
    Ok(Outcome::Removed.at("/admin/presences"))
}
