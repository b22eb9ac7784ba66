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
    arrivals: Vec<Arrival>,
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

#[get("/admin/accounts/<account>/activity")]
fn index(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
) -> Answer<Page<Index>> {
    let shown = shown::load_finished(app, account)?;
    let id = shown.account.id;
    let arrivals = app
        .store
        .read(|reader| journal::latest(reader, id, SHOWN))?;
    Ok(Page::ok(Index { shown, arrivals }))
}
