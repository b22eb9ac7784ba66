//! Events that could not be worked on: the list with reasons, *Try again*, *Discard*.

use std::ops::Deref;
use std::sync::Arc;

use askama::Template;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use crate::domain::ids::ParkedEventId;
use crate::domain::obstacle::Obstacle;
use crate::locale::Text;
use crate::store::parked_events::{self, ParkedEvent};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::Button;
use crate::web::guards::Administrator;
use crate::web::list::{self, SearchBox};
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};
use crate::work::ingest::parked::{self, Retried};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![index, try_again, confirm_discard, discard]
}

const PATH: &str = "/admin/parked-events";

/// Rows on one page of the list.
const PAGE_SIZE: usize = 50;

/// A parked event as the pages show it.
struct Shown(ParkedEvent);

impl Deref for Shown {
    type Target = ParkedEvent;

    fn deref(&self) -> &ParkedEvent {
        &self.0
    }
}

impl Shown {
    /// What is in the way.
    fn sentence(&self) -> Text {
        let text = Text::new(format!("obstacle-{}", self.obstacle.word()));
        match &self.obstacle {
            Obstacle::NotJson { line, column } | Obstacle::OtherForm { line, column } => {
                text.arg("row", *line).arg("column", *column)
            }
            Obstacle::NoChannel { channel } => text.arg("channel", channel.clone()),
            _ => text,
        }
    }

    /// The words of others about it; empty where there are none.
    fn small_print(&self) -> &str {
        match &self.obstacle {
            Obstacle::NotStored { detail } | Obstacle::Noted { detail } => detail,
            _ => "",
        }
    }
}

#[derive(Template)]
#[template(path = "admin/parked_events/index.html")]
struct Index {
    events: Vec<Shown>,
    /// How many there are at all, whatever is searched.
    total: u64,
    search: String,
    /// Where the next page is; `None` on the last.
    older: Option<String>,
}

impl Index {
    fn search_box(&self) -> SearchBox<'_> {
        list::search_box(PATH, &self.search, "parked-search", "parked-search-hint")
    }
}

#[get("/admin/parked-events?<search>&<before>")]
fn index(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    search: Option<&str>,
    before: Option<i64>,
) -> Answer<Page<Index>> {
    let search = search.unwrap_or_default().trim();
    let before = before.map(ParkedEventId);
    let (mut events, total) = app.store.read(|reader| {
        Ok((
            parked_events::list(reader, search, before, PAGE_SIZE + 1)?,
            parked_events::count(reader)?,
        ))
    })?;
    let has_more = events.len() > PAGE_SIZE;
    events.truncate(PAGE_SIZE);
    let older = events.last().filter(|_| has_more).map(|last| {
        let before = last.id.to_string();
        list::address(PATH, [("search", search), ("before", &before)])
    });
    Ok(Page::ok(Index {
        older,
        search: search.to_owned(),
        events: events.into_iter().map(Shown).collect(),
        total,
    }))
}

#[post("/admin/parked-events/<event>/retry", data = "<_button>")]
async fn try_again(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    event: i64,
    _button: Button,
) -> Answer<Led> {
    let retried = parked::try_again(&app.store, &app.channels, ParkedEventId(event)).await?;
    let outcome = match retried {
        Retried::Settled => Outcome::EventSettled,
        Retried::StillParked => Outcome::EventStillParked,
        Retried::Gone => Outcome::EventGone,
    };
    Ok(outcome.at("/admin/parked-events"))
}

#[derive(Template)]
#[template(path = "admin/parked_events/discard.html")]
struct Discard {
    event: Shown,
}

#[get("/admin/parked-events/<event>/discard")]
fn confirm_discard(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    event: i64,
) -> Answer<Page<Discard>> {
    let event = app
        .store
        .read(|reader| parked_events::by_id(reader, ParkedEventId(event)))?
        .ok_or(Status::NotFound)?;
    Ok(Page::ok(Discard {
        event: Shown(event),
    }))
}

#[post("/admin/parked-events/<event>/discard", data = "<_button>")]
async fn discard(
    administrator: Administrator,
    app: &State<Arc<App>>,
    event: i64,
    _button: Button,
) -> Answer<Led> {
    app.store
        .write_by(administrator.actor(), move |tx| {
            parked_events::discard(tx, ParkedEventId(event))
        })
        .await?;
    Ok(Outcome::EventDiscarded.at("/admin/parked-events"))
}
