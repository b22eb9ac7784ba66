//! Capacity profiles: so many conversations of a kind at a time, for the people who have the profile.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::typed;
use crate::domain::capacity::Reset;
use crate::domain::ids::CapacityProfileId;
use crate::locale::Text;
use crate::store::capacity_profiles::{
    self as store, CapacityProfile, Done, Draft, LIMIT, reset_of, reset_word,
};
use crate::store::users::{self, User};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::fields::Item;
use crate::web::forms::{Button, Form, Problems};
use crate::web::guards::Administrator;
use crate::web::list::{self, Column, List, View};
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![index, new, add, show, change, confirm_removal, remove]
}

const COLUMNS: &[Column<CapacityProfile>] = &[
    Column::sorting("capacity-profiles-column-name", "name", |a, b| {
        list::by_words(&a.draft.name, &b.draft.name)
    }),
    Column::sorting("capacity-profiles-column-limit", "limit", |a, b| {
        a.draft.item_limit.cmp(&b.draft.item_limit)
    }),
    Column::plain("capacity-profiles-column-reset"),
    Column::plain("capacity-profiles-column-blocks"),
    Column::sorting("capacity-profiles-column-people", "people", |a, b| {
        b.draft.people.len().cmp(&a.draft.people.len())
    }),
];

#[derive(Template)]
#[template(path = "admin/capacity_profiles/index.html")]
struct Index {
    list: List<CapacityProfile>,
}

impl Index {
    fn reset(&self, profile: &CapacityProfile) -> Text {
        reset_text(profile.reset)
    }
}

fn reset_text(reset: Reset) -> Text {
    Text::new(format!("capacity-profile-reset-{}", reset_word(reset)))
}

#[get("/admin/capacity-profiles?<view..>")]
fn index(_administrator: Administrator, app: &State<Arc<App>>, view: View) -> Answer<Page<Index>> {
    let all = app.store.read(store::all)?;
    let list = List::new("/admin/capacity-profiles", COLUMNS, view).of(all, |profile, words| {
        list::finds(words, [&profile.draft.name])
    });
    Ok(Page::ok(Index { list }))
}

/// What the form asks, as it was typed.
#[derive(FromForm)]
struct Typed {
    #[field(default = "")]
    name: String,
    #[field(default = "")]
    item_limit: String,
    #[field(default = "")]
    reset: String,
    #[field(default = false)]
    blocks: bool,
    /// Who has it.
    people: Vec<i64>,
    /// Limits of their own, by person; empty: the profile's.
    limits: HashMap<i64, String>,
}

impl Typed {
    fn of(profile: &CapacityProfile) -> Typed {
        let draft = &profile.draft;
        Typed {
            name: draft.name.clone(),
            item_limit: draft.item_limit.to_string(),
            reset: reset_word(profile.reset).to_owned(),
            blocks: draft.blocks,
            people: draft.people.iter().map(|(user, _)| user.0).collect(),
            limits: draft
                .people
                .iter()
                .filter_map(|(user, limit)| Some((user.0, limit.as_ref()?.to_string())))
                .collect(),
        }
    }
}

/// The form of a new one (`profile` is `None`) or of one that is there.
#[derive(Template)]
#[template(path = "admin/capacity_profiles/form.html")]
struct Edit {
    profile: Option<CapacityProfile>,
    people: Vec<User>,
    resets: Vec<Item>,
    typed: Typed,
    problems: Problems,
}

impl Edit {
    fn new(app: &App, profile: Option<CapacityProfile>, typed: Typed) -> Answer<Edit> {
        let mut people = app.store.read(users::all)?;
        people.retain(|person| person.disabled_at.is_none());
        Ok(Edit {
            profile,
            people,
            resets: [Reset::Immediate, Reset::EndOfDay]
                .map(|reset| Item::word("capacity-profile-reset", reset_word(reset)))
                .into(),
            typed,
            problems: Problems::default(),
        })
    }

    fn action(&self) -> String {
        match &self.profile {
            Some(profile) => format!("/admin/capacity-profiles/{}", profile.id),
            None => "/admin/capacity-profiles/new".to_owned(),
        }
    }

    fn reset(&self) -> Text {
        let reset = self.profile.as_ref().map(|profile| profile.reset);
        reset_text(reset.unwrap_or_default())
    }

    fn has(&self, person: &User) -> bool {
        self.typed.people.contains(&person.id.0)
    }

    fn own_limit(&self, person: &User) -> &str {
        self.typed
            .limits
            .get(&person.id.0)
            .map_or("", String::as_str)
    }

    /// What was typed, when all of it is accepted; else the problems are filled in.
    fn check(&mut self) -> Option<(Draft, Reset)> {
        let Edit {
            problems,
            typed,
            people,
            profile,
            ..
        } = self;
        let name = typed::name(problems, "name", &typed.name);
        let limit = typed::number(problems, "item_limit", &typed.item_limit, 1..=LIMIT);
        let reset = match profile {
            Some(profile) => Some(profile.reset),
            None => reset_of(&typed.reset),
        };
        problems.check("reset", reset.is_some(), "field-choose");
        let mut own = Vec::new();
        for person in people.iter() {
            if !typed.people.contains(&person.id.0) {
                continue;
            }
            let given = typed.limits.get(&person.id.0).map_or("", |it| it.trim());
            let limit = match given {
                "" => None,
                given => typed::number(problems, "people", given, 1..=LIMIT),
            };
            own.push((person.id, limit));
        }
        let draft = Draft {
            name,
            item_limit: limit?,
            blocks: typed.blocks,
            people: own,
        };
        Some((draft, reset?)).filter(|_| problems.is_empty())
    }
}

#[get("/admin/capacity-profiles/new")]
fn new(_administrator: Administrator, app: &State<Arc<App>>) -> Answer<Page<Edit>> {
    let typed = Typed {
        name: String::new(),
        item_limit: "3".to_owned(),
        reset: reset_word(Reset::Immediate).to_owned(),
        blocks: false,
        people: Vec::new(),
        limits: HashMap::new(),
    };
    Ok(Page::ok(Edit::new(app, None, typed)?))
}

#[post("/admin/capacity-profiles/new", data = "<form>")]
async fn add(
    administrator: Administrator,
    app: &State<Arc<App>>,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let mut page = Edit::new(app, None, form.read()?)?;
    if let Some((draft, reset)) = page.check() {
        let added = app
            .store
            .write_by(administrator.actor(), move |tx| {
                store::add(tx, &draft, reset)
            })
            .await?;
        if added.is_some() {
            return Ok(Ok(Outcome::Saved.at("/admin/capacity-profiles")));
        }
        page.problems.add("name", Text::new("name-taken"));
    }
    Ok(Err(Page::unprocessable(page)))
}

/// The profile of an id, or 404.
fn load(app: &App, id: i64) -> Answer<CapacityProfile> {
    let profile = app
        .store
        .read(|reader| store::by_id(reader, CapacityProfileId(id)))?;
    Ok(profile.ok_or(Status::NotFound)?)
}

#[get("/admin/capacity-profiles/<id>", rank = 2)]
fn show(_administrator: Administrator, app: &State<Arc<App>>, id: i64) -> Answer<Page<Edit>> {
    let profile = load(app, id)?;
    let typed = Typed::of(&profile);
    Ok(Page::ok(Edit::new(app, Some(profile), typed)?))
}

#[post("/admin/capacity-profiles/<id>", data = "<form>", rank = 2)]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    id: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let profile = load(app, id)?;
    let id = profile.id;
    let mut page = Edit::new(app, Some(profile), form.read()?)?;
    if let Some((draft, _)) = page.check() {
        let changed = app
            .store
            .write_by(administrator.actor(), move |tx| {
                store::change(tx, id, &draft)
            })
            .await?;
        match changed {
            Done::Gone => return Err(Status::NotFound.into()),
            Done::NameTaken => page.problems.add("name", Text::new("name-taken")),
            Done::Done | Done::InUse => {
                return Ok(Ok(Outcome::Saved.at("/admin/capacity-profiles")));
            }
        }
    }
    Ok(Err(Page::unprocessable(page)))
}

#[derive(Template)]
#[template(path = "admin/capacity_profiles/removal.html")]
struct Removal {
    profile: CapacityProfile,
    workstreams: Vec<String>,
    problem: Option<Text>,
}

fn removal(app: &App, id: i64) -> Answer<Removal> {
    let profile = load(app, id)?;
    let id = profile.id;
    Ok(Removal {
        workstreams: app.store.read(|reader| store::workstreams(reader, id))?,
        profile,
        problem: None,
    })
}

#[get("/admin/capacity-profiles/<id>/removal")]
fn confirm_removal(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    id: i64,
) -> Answer<Page<Removal>> {
    Ok(Page::ok(removal(app, id)?))
}

#[post("/admin/capacity-profiles/<id>/removal", data = "<_button>")]
async fn remove(
    administrator: Administrator,
    app: &State<Arc<App>>,
    id: i64,
    _button: Button,
) -> Answer<Result<Led, Page<Removal>>> {
    let asked = removal(app, id)?;
    let id = asked.profile.id;
    let done = app
        .store
        .write_by(administrator.actor(), move |tx| store::remove(tx, id))
        .await?;
    Ok(match done {
        Done::InUse => Err(Page::unprocessable(Removal {
            problem: Some(Text::new("capacity-profiles-in-use")),
            ..asked
        })),
        _ => Ok(Outcome::Removed.at("/admin/capacity-profiles")),
    })
}
