//! Operating hours: the list, the week, copying and taking away; holidays and their import have files of their
//! own.

use std::sync::Arc;

use askama::Template;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use self::holidays::ShownHoliday;
use self::preview::Preview;
use self::typed::Typed;
use super::copy_name;
use crate::clock;
use crate::domain::ids::OperatingHoursId;
use crate::locale::Text;
use crate::store::operating_hours::{self as store, OperatingHours};
use crate::store::rules::{self, Thing};
use crate::web::App;
use crate::web::admin::removal::Removal;
use crate::web::failure::Answer;
use crate::web::fields;
use crate::web::forms::{Button, Form, Problems};
use crate::web::guards::Administrator;
use crate::web::list::{self, Column, List, View};
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Frame, Page, filters};

pub mod holidays;
mod import;
pub mod preview;
mod typed;

pub use preview::status;

/// The routes of operating hours.
pub fn routes() -> Vec<Route> {
    let own = routes![
        index,
        new,
        create,
        edit,
        change,
        copy,
        confirm_removal,
        remove
    ];
    [own, holidays::routes(), import::routes()].concat()
}

/// A row of the list.
struct Row {
    id: OperatingHoursId,
    name: String,
    zone: &'static str,
    status: Text,
    is_open: bool,
    coming: usize,
    queues: String,
}

impl Row {
    /// The pill of its status.
    fn kind(&self) -> &'static str {
        if self.is_open { "ok" } else { "" }
    }

    fn icon(&self) -> &'static str {
        if self.is_open { "check" } else { "clock" }
    }
}

const COLUMNS: &[Column<Row>] = &[
    Column::sorting("hours-column-name", "name", |a, b| {
        list::by_words(&a.name, &b.name)
    }),
    Column::sorting("hours-column-now", "now", |a, b| b.is_open.cmp(&a.is_open)),
    Column::sorting("hours-column-zone", "zone", |a, b| a.zone.cmp(b.zone)),
    Column::sorting("hours-column-holidays", "holidays", |a, b| {
        a.coming.cmp(&b.coming)
    }),
    Column::plain("hours-column-queues"),
    Column::actions(),
];

#[derive(Template)]
#[template(path = "admin/operating_hours/index.html")]
struct Index {
    list: List<Row>,
}

#[get("/admin/operating-hours?<view..>")]
fn index(_administrator: Administrator, app: &State<Arc<App>>, view: View) -> Answer<Page<Index>> {
    let (all, mut queues) = app
        .store
        .read(|reader| Ok((store::all(reader)?, store::users(reader)?)))?;
    let now = clock::now();
    let rows = all.into_iter().map(|it| Row {
        id: it.id,
        zone: it.hours.zone.name(),
        status: status(&it.hours, now),
        is_open: it.hours.is_open(now),
        coming: holidays::coming(&it.hours, now),
        queues: queues.remove(&it.id).unwrap_or_default().join(", "),
        name: it.name,
    });
    let list = List::new("/admin/operating-hours", COLUMNS, view)
        .of(rows.collect(), |row, words| {
            list::finds(words, [row.name.as_str(), row.zone, &row.queues])
        });
    Ok(Page::ok(Index { list }))
}

/// New hours, or hours that are there.
#[derive(Template)]
#[template(path = "admin/operating_hours/edit.html")]
struct Edit {
    /// `None`: they are not there yet.
    shown: Option<ShownHours>,
    typed: Typed,
    zones: Vec<&'static str>,
    problems: Problems,
}

/// Hours that are there.
struct ShownHours {
    id: OperatingHoursId,
    name: String,
    preview: Preview,
    coming: Vec<ShownHoliday>,
    past: Vec<ShownHoliday>,
    queues: Vec<String>,
}

impl Edit {
    fn new(shown: Option<ShownHours>, typed: Typed, problems: Problems) -> Edit {
        let mut zones: Vec<_> = chrono_tz::TZ_VARIANTS
            .iter()
            .map(|zone| zone.name())
            .collect();
        zones.sort_unstable();
        Edit {
            shown,
            typed,
            zones,
            problems,
        }
    }

    /// Where the form is sent.
    fn action(&self) -> String {
        match &self.shown {
            Some(shown) => format!("/admin/operating-hours/{}", shown.id),
            None => "/admin/operating-hours/new".to_owned(),
        }
    }
}

/// The hours of an id.
///
/// # Errors
/// 404 when there are none; what the database says.
fn load(app: &App, id: i64) -> Answer<OperatingHours> {
    let found = app
        .store
        .read(|reader| store::by_id(reader, OperatingHoursId(id)))?;
    Ok(found.ok_or(Status::NotFound)?)
}

fn show(app: &App, hours: &OperatingHours) -> Answer<ShownHours> {
    let (holidays, mut queues) = app
        .store
        .read(|reader| Ok((store::holidays(reader, hours.id)?, store::users(reader)?)))?;
    let now = clock::now();
    let today = hours.hours.day(now);
    let (coming, past) = holidays
        .into_iter()
        .map(ShownHoliday::from)
        .partition(|shown| shown.holiday.last >= today);
    Ok(ShownHours {
        id: hours.id,
        name: hours.name.clone(),
        preview: Preview::of(&hours.hours, now),
        coming,
        past,
        queues: queues.remove(&hours.id).unwrap_or_default(),
    })
}

#[get("/admin/operating-hours/new")]
fn new(_administrator: Administrator, frame: &Frame) -> Page<Edit> {
    let typed = Typed::usual(frame.time_zone);
    Page::ok(Edit::new(None, typed, Problems::default()))
}

#[post("/admin/operating-hours/new", data = "<form>")]
async fn create(
    administrator: Administrator,
    app: &State<Arc<App>>,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let typed = form.read()?;
    let mut problems = Problems::default();
    if let Some(given) = typed.read(&mut problems) {
        match app
            .store
            .write_by(administrator.actor(), move |tx| store::add(tx, &given))
            .await
        {
            Ok(id) => return Ok(Ok(Outcome::Saved.at(format!("/admin/operating-hours/{id}")))),
            Err(error) if error.is_unique_violation() => {
                problems.add("name", Text::new("name-taken"));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Err(Page::unprocessable(Edit::new(None, typed, problems))))
}

#[get("/admin/operating-hours/<id>")]
fn edit(_administrator: Administrator, app: &State<Arc<App>>, id: i64) -> Answer<Page<Edit>> {
    let hours = load(app, id)?;
    let shown = show(app, &hours)?;
    let typed = Typed::from(hours);
    Ok(Page::ok(Edit::new(Some(shown), typed, Problems::default())))
}

#[post("/admin/operating-hours/<id>", data = "<form>")]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    id: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let hours = load(app, id)?;
    let typed = form.read()?;
    let mut problems = Problems::default();
    if let Some(given) = typed.read(&mut problems) {
        let id = hours.id;
        match app
            .store
            .write_by(administrator.actor(), move |tx| {
                store::change(tx, id, &given)
            })
            .await
        {
            Ok(()) => return Ok(Ok(Outcome::Saved.at(format!("/admin/operating-hours/{id}")))),
            Err(error) if error.is_unique_violation() => {
                problems.add("name", Text::new("name-taken"));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let shown = show(app, &hours)?;
    let page = Edit::new(Some(shown), typed, problems);
    Ok(Err(Page::unprocessable(page)))
}

#[post("/admin/operating-hours/<id>/copy", data = "<_button>")]
async fn copy(
    administrator: Administrator,
    app: &State<Arc<App>>,
    frame: &Frame,
    id: i64,
    _button: Button,
) -> Answer<Led> {
    let hours = load(app, id)?;
    let name = copy_name(frame, &hours.name);
    let id = app
        .store
        .write_by(administrator.actor(), move |tx| {
            store::copy(tx, hours.id, &name)
        })
        .await?;
    Ok(Outcome::Saved.at(format!("/admin/operating-hours/{id}")))
}

fn removal(app: &App, hours: &OperatingHours) -> Answer<Removal> {
    let (mut queues, rules) = app.store.read(|reader| {
        let rules = rules::uses(reader, &Thing::Hours(hours.id))?;
        Ok((store::users(reader)?, rules))
    })?;
    let queues = queues.remove(&hours.id).unwrap_or_default().into_iter();
    let needed: Vec<_> = queues
        .map(|name| (None, Text::new("audit-word").arg("word", name)))
        .collect();
    let lede = match needed.is_empty() && rules.is_empty() {
        true => Text::new("hours-removal-text").arg("count", hours.hours.holidays.len()),
        false => Text::new("hours-removal-used"),
    };
    let above = vec![("/admin/operating-hours", Text::new("nav-hours"))];
    let title = Text::new("hours-removal-title").arg("name", hours.name.clone());
    Ok(Removal {
        needed,
        rules,
        back: format!("/admin/operating-hours/{}", hours.id),
        act: Text::new("hours-removal"),
        ..Removal::new(above, &hours.name, title, lede)
    })
}

#[get("/admin/operating-hours/<id>/removal")]
fn confirm_removal(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    id: i64,
) -> Answer<Page<Removal>> {
    let hours = load(app, id)?;
    Ok(Page::ok(removal(app, &hours)?))
}

#[post("/admin/operating-hours/<id>/removal", data = "<_button>")]
async fn remove(
    administrator: Administrator,
    app: &State<Arc<App>>,
    id: i64,
    _button: Button,
) -> Answer<Result<Led, Page<Removal>>> {
    let hours = load(app, id)?;
    let id = hours.id;
    Ok(
        if app
            .store
            .write_by(administrator.actor(), move |tx| store::remove(tx, id))
            .await?
        {
            Ok(Outcome::Removed.at("/admin/operating-hours"))
        } else {
            Err(Page::unprocessable(removal(app, &hours)?))
        },
    )
}
