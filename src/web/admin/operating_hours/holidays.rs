//! Holidays and other exceptions of operating hours.

use std::sync::Arc;

use askama::Template;
use chrono::{Datelike as _, NaiveDate, TimeDelta};
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::typed::day_hours;
use super::{load, preview};
use crate::domain::hours::{Holiday, Hours, LONGEST_EXCEPTION_DAYS};
use crate::domain::ids::{HolidayId, OperatingHoursId};
use crate::domain::time::Timestamp;
use crate::locale::Text;
use crate::store::operating_hours as store;
use crate::web::App;
use crate::web::admin::typed;
use crate::web::failure::Answer;
use crate::web::fields;
use crate::web::forms::{Button, Form, Problems};
use crate::web::guards::Administrator;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};
use crate::web::times;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![new, create, edit, change, remove]
}

/// A holiday as the page of its hours shows it.
pub struct ShownHoliday {
    pub id: HolidayId,
    pub holiday: Holiday,
}

impl From<(HolidayId, Holiday)> for ShownHoliday {
    fn from((id, holiday): (HolidayId, Holiday)) -> ShownHoliday {
        ShownHoliday { id, holiday }
    }
}

impl ShownHoliday {
    /// The day, or the first and the last.
    pub fn days(&self) -> Text {
        days(self.holiday.first, self.holiday.last)
    }

    /// The hours in words.
    pub fn hours(&self) -> Text {
        preview::said(&self.holiday.hours)
    }
}

/// *24 Dec 2026*.
pub fn date(day: NaiveDate) -> Text {
    times::of_date(Text::new("time-short-year"), day)
}

/// *24 Dec 2026*, or *24 Dec 2026 – 26 Dec 2026*.
pub fn days(first: NaiveDate, last: NaiveDate) -> Text {
    if first == last {
        return date(first);
    }
    times::of_date(Text::new("hours-days"), first)
        .arg("last-day", last.day().to_string())
        .arg("last-month", last.month())
        .arg("last-year", last.year().to_string())
}

/// How many are not over.
pub fn coming(hours: &Hours, now: Timestamp) -> usize {
    let today = hours.day(now);
    let coming = hours
        .holidays
        .iter()
        .filter(|holiday| holiday.last >= today);
    coming.count()
}

#[derive(Clone, Debug, Default, FromForm)]
struct Typed {
    #[field(default = "")]
    first: String,
    #[field(default = "")]
    last: String,
    #[field(default = "")]
    reason: String,
    #[field(default = "")]
    hours: String,
}

impl Typed {
    fn read(&self, problems: &mut Problems) -> Option<Holiday> {
        let first = day(&self.first);
        problems.check("first", first.is_some(), "hours-day-missing");
        let last = match self.last.trim() {
            "" => first,
            last => day(last),
        };
        match (first, last) {
            (Some(first), Some(last)) if last < first => {
                problems.add("last", Text::new("hours-days-backwards"));
            }
            (Some(first), Some(last))
                if last - first >= TimeDelta::days(LONGEST_EXCEPTION_DAYS) =>
            {
                problems.add("last", Text::new("hours-days-too-many"));
            }
            (_, None) if first.is_some() => problems.add("last", Text::new("hours-day-missing")),
            _ => {}
        }
        let reason = typed::name(problems, "reason", &self.reason);
        let hours = day_hours(problems, "hours", &self.hours);
        let (first, last) = (first?, last?);
        problems.is_empty().then_some(Holiday {
            first,
            last,
            reason,
            hours,
        })
    }
}

/// A day as browsers send it: 2026-12-24. Years far away are slips of the finger.
pub fn day(typed: &str) -> Option<NaiveDate> {
    let day: NaiveDate = typed.trim().parse().ok()?;
    (2000..2100).contains(&day.year()).then_some(day)
}

impl From<Holiday> for Typed {
    fn from(holiday: Holiday) -> Typed {
        Typed {
            last: if holiday.last == holiday.first {
                String::new()
            } else {
                holiday.last.to_string()
            },
            first: holiday.first.to_string(),
            reason: holiday.reason,
            hours: holiday.hours.to_string(),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/operating_hours/holiday.html")]
struct Edit {
    hours: OperatingHoursId,
    name: String,
    /// `None`: it is not there yet.
    holiday: Option<HolidayId>,
    typed: Typed,
    problems: Problems,
}

impl Edit {
    fn action(&self) -> String {
        let hours = self.hours;
        match self.holiday {
            Some(holiday) => format!("/admin/operating-hours/{hours}/holidays/{holiday}"),
            None => format!("/admin/operating-hours/{hours}/holidays/new"),
        }
    }
}

/// One of these hours.
fn find(app: &App, hours: OperatingHoursId, holiday: i64) -> Answer<Holiday> {
    let all = app.store.read(|reader| store::holidays(reader, hours))?;
    let found = all.into_iter().find(|(id, _)| *id == HolidayId(holiday));
    Ok(found.ok_or(Status::NotFound)?.1)
}

#[get("/admin/operating-hours/<id>/holidays/new")]
fn new(_administrator: Administrator, app: &State<Arc<App>>, id: i64) -> Answer<Page<Edit>> {
    let hours = load(app, id)?;
    Ok(Page::ok(Edit {
        hours: hours.id,
        name: hours.name,
        holiday: None,
        typed: Default::default(),
        problems: Problems::default(),
    }))
}

#[post("/admin/operating-hours/<id>/holidays/new", data = "<form>")]
async fn create(
    administrator: Administrator,
    app: &State<Arc<App>>,
    id: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let hours = load(app, id)?;
    let typed = form.read()?;
    let mut problems = Problems::default();
    let Some(holiday) = typed.read(&mut problems) else {
        return Ok(Err(Page::unprocessable(Edit {
            hours: hours.id,
            name: hours.name,
            holiday: None,
            typed,
            problems,
        })));
    };
    let id = hours.id;
    app.store
        .write_by(administrator.actor(), move |tx| {
            store::add_holidays(tx, id, &[holiday])
        })
        .await?;
    Ok(Ok(Outcome::Saved.at(format!("/admin/operating-hours/{id}"))))
}

#[get("/admin/operating-hours/<id>/holidays/<holiday>", rank = 2)]
fn edit(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    id: i64,
    holiday: i64,
) -> Answer<Page<Edit>> {
    let hours = load(app, id)?;
    let typed = Typed::from(find(app, hours.id, holiday)?);
    Ok(Page::ok(Edit {
        hours: hours.id,
        name: hours.name,
        holiday: Some(HolidayId(holiday)),
        typed,
        problems: Problems::default(),
    }))
}

#[post(
    "/admin/operating-hours/<id>/holidays/<holiday>",
    data = "<form>",
    rank = 2
)]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    id: i64,
    holiday: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let hours = load(app, id)?;
    find(app, hours.id, holiday)?;
    let typed = form.read()?;
    let mut problems = Problems::default();
    let (id, holiday) = (hours.id, HolidayId(holiday));
    let Some(to) = typed.read(&mut problems) else {
        return Ok(Err(Page::unprocessable(Edit {
            hours: id,
            name: hours.name,
            holiday: Some(holiday),
            typed,
            problems,
        })));
    };
    app.store
        .write_by(administrator.actor(), move |tx| {
            store::change_holiday(tx, id, holiday, &to)
        })
        .await?;
    Ok(Ok(Outcome::Saved.at(format!("/admin/operating-hours/{id}"))))
}

#[post(
    "/admin/operating-hours/<id>/holidays/<holiday>/removal",
    data = "<_button>"
)]
async fn remove(
    administrator: Administrator,
    app: &State<Arc<App>>,
    id: i64,
    holiday: i64,
    _button: Button,
) -> Answer<Led> {
    let hours = load(app, id)?;
    find(app, hours.id, holiday)?;
    let (id, holiday) = (hours.id, HolidayId(holiday));
    app.store
        .write_by(administrator.actor(), move |tx| {
            store::remove_holiday(tx, id, holiday)
        })
        .await?;
    Ok(Outcome::Removed.at(format!("/admin/operating-hours/{id}")))
}
