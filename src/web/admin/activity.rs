//! What came to an account lately: the last webhook calls with what became of them.

use std::sync::Arc;

use askama::Template;
use rocket::{Route, State, get, routes};

use super::shown::{self, Pill, ShownAccount};
use crate::locale::Text;
use crate::store::journal::{self, Arrival};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::guards::Administrator;
use crate::web::list::{Column, List, View};
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![index]
}

/// So many calls are shown.
const SHOWN: usize = 20;

#[derive(Template)]
#[template(path = "admin/activity/index.html")]
struct Index {
    shown: ShownAccount,
    list: List<Arrival>,
}

const COLUMNS: &[Column<Arrival>] = &[
    Column::sorting("activity-column-came", "came", |a, b| {
        b.received_at.cmp(&a.received_at)
    }),
    Column::sorting("jobs-column-outcome", "outcome", |a, b| {
        urgency(a).cmp(&urgency(b))
    }),
    Column::sorting("activity-column-events", "events", |a, b| {
        events(b).cmp(&events(a))
    }),
];

/// What was not understood first, then what waits.
fn urgency(arrival: &Arrival) -> (bool, bool, bool) {
    let counts = arrival.counts;
    (
        counts.parked == 0,
        arrival.done_at.is_some(),
        counts.stored == 0,
    )
}

fn events(arrival: &Arrival) -> u32 {
    let counts = arrival.counts;
    counts.stored + counts.parked + counts.ignored
}

impl Index {
    fn pill(&self, arrival: &Arrival) -> Pill {
        let counts = arrival.counts;
        let (kind, icon, key) = match arrival.done_at {
            None if arrival.tries > 0 => ("warn", "triangle-alert", "activity-tried"),
            None => ("info", "clock", "activity-waits"),
            Some(_) if counts.parked > 0 => ("bad", "circle-alert", "activity-parked"),
            Some(_) if counts.stored > 0 => ("ok", "check", "activity-stored"),
            Some(_) => ("", "circle-dashed", "activity-ignored"),
        };
        Pill {
            kind,
            icon,
            text: Text::new(key),
        }
    }

    /// What became of the events of a call.
    fn outcome(&self, arrival: &Arrival) -> Text {
        Text::new("activity-counts")
            .arg("stored", arrival.counts.stored)
            .arg("parked", arrival.counts.parked)
            .arg("ignored", arrival.counts.ignored)
    }
}

#[get("/admin/accounts/<account>/activity?<view..>")]
fn index(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    view: View,
) -> Answer<Page<Index>> {
    let shown = shown::load_finished(app, account)?;
    let id = shown.account.id;
    let arrivals = app
        .store
        .read(|reader| journal::latest(reader, id, SHOWN))?;
    let path = format!("/admin/accounts/{id}/activity");
    Ok(Page::ok(Index {
        shown,
        list: List::new(path, COLUMNS, view).of(arrivals, |_, _| true),
    }))
}
