//! Holidays out of a calendar file: what it holds is shown first, and what is ticked is taken.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::{Route, State, get, post, routes};

use super::holidays::{self, day};
use super::load;
use crate::clock;
use crate::domain::holiday_calendar::{self, Calendar};
use crate::domain::hours::{DayHours, Holiday};
use crate::domain::ids::OperatingHoursId;
use crate::domain::names;
use crate::locale::Text;
use crate::store::operating_hours::{self as store, OperatingHours};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::{Form, Problems};
use crate::web::guards::Administrator;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Frame, Page, filters};
use crate::web::upload::Upload;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![choose, preview, accept]
}

#[derive(Template)]
#[template(path = "admin/operating_hours/import.html")]
struct Import {
    hours: OperatingHoursId,
    name: String,
    found: Option<Found>,
    problems: Problems,
}

/// What a file holds.
struct Found {
    holidays: Vec<Offered>,
    calendar: Calendar,
    /// Those that the hours have already.
    known: usize,
}

impl Found {
    /// What was left out, and why.
    fn left_out(&self) -> Vec<Text> {
        [
            ("hours-import-known", self.known),
            ("hours-import-past", self.calendar.past),
            ("hours-import-timed", self.calendar.timed),
            ("hours-import-unread", self.calendar.unread),
        ]
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(key, count)| Text::new(key).arg("count", count))
        .collect()
    }
}

/// A holiday that may be ticked.
struct Offered {
    /// What the form sends for it: first day, last day, reason.
    value: String,
    days: Text,
    reason: String,
}

fn page(hours: OperatingHours, found: Option<Found>, problems: Problems) -> Import {
    Import {
        hours: hours.id,
        name: hours.name,
        found,
        problems,
    }
}

#[get("/admin/operating-hours/<id>/holidays/import")]
fn choose(_administrator: Administrator, app: &State<Arc<App>>, id: i64) -> Answer<Page<Import>> {
    let hours = load(app, id)?;
    Ok(Page::ok(page(hours, None, Problems::default())))
}

#[post("/admin/operating-hours/<id>/holidays/import", data = "<upload>")]
async fn preview(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    frame: &Frame,
    id: i64,
    upload: Upload<'_>,
) -> Answer<Page<Import>> {
    let hours = load(app, id)?;
    let text = upload.text().await?;
    let today = hours.hours.day(clock::now());
    let mut problems = Problems::default();
    let Ok(calendar) = holiday_calendar::read(&text, today) else {
        problems.add("file", Text::new("hours-import-no-calendar"));
        return Ok(Page::unprocessable(page(hours, None, problems)));
    };
    let unnamed = Text::new("hours-holiday-unnamed").say(frame.locale);
    let mut found = Found {
        holidays: Vec::new(),
        known: 0,
        calendar,
    };
    for holiday in &found.calendar.holidays {
        let reason = match holiday.reason.as_str() {
            "" => unnamed.clone(),
            reason => reason.to_owned(),
        };
        let is_known = hours.hours.holidays.iter().any(|known| {
            (known.first, known.last, &known.reason) == (holiday.first, holiday.last, &reason)
        });
        if is_known {
            found.known += 1;
        } else {
            found.holidays.push(Offered {
                value: format!("{}/{}/{reason}", holiday.first, holiday.last),
                days: holidays::days(holiday.first, holiday.last),
                reason,
            });
        }
    }
    Ok(Page::ok(page(hours, Some(found), problems)))
}

#[derive(FromForm)]
struct Ticked {
    holiday: Vec<String>,
}

#[post(
    "/admin/operating-hours/<id>/holidays/import/acceptance",
    data = "<form>"
)]
async fn accept(
    administrator: Administrator,
    app: &State<Arc<App>>,
    id: i64,
    form: Form<Ticked>,
) -> Answer<Led> {
    let hours = load(app, id)?;
    let typed = form.read()?;
    let ticked: Vec<Holiday> = typed.holiday.iter().filter_map(|it| offered(it)).collect();
    let id = hours.id;
    app.store
        .write_by(administrator.actor(), move |tx| {
            store::add_holidays(tx, id, &ticked)
        })
        .await?;
    Ok(Outcome::Saved.at(format!("/admin/operating-hours/{id}")))
}

/// What was offered, as it comes back; `None` for what was not.
fn offered(value: &str) -> Option<Holiday> {
    let mut parts = value.splitn(3, '/');
    let (first, last) = (day(parts.next()?)?, day(parts.next()?)?);
    let reason = names::clean(parts.next()?)?;
    (first <= last).then_some(Holiday {
        first,
        last,
        reason,
        hours: DayHours::closed(),
    })
}
