//! Who is told of customers whom nobody answers, and when.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use rocket::form::FromForm;
use rocket::{Route, State, get, post, routes};

use super::save;
use crate::domain::settings::{UNANSWERED, Unanswered};
use crate::locale::Text;
use crate::store::settings;
use crate::web::App;
use crate::web::admin::spans;
use crate::web::failure::Answer;
use crate::web::fields::{self, Item};
use crate::web::forms::{Form, Problems};
use crate::web::guards::Administrator;
use crate::web::outcome::Led;
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![show, change]
}

const PATH: &str = "/admin/settings/unanswered";

#[derive(FromForm)]
struct Typed {
    person: TypedTime,
    queue: TypedTime,
    administrator: TypedTime,
}

/// A time, or nothing: never.
#[derive(Default, FromForm)]
struct TypedTime {
    #[field(default = "")]
    count: String,
    #[field(default = "")]
    unit: String,
}

impl TypedTime {
    fn of(minutes: Option<u32>) -> TypedTime {
        let time = Duration::from_secs(u64::from(minutes.unwrap_or(60)) * 60);
        let (count, unit) = spans::shown(time);
        TypedTime {
            count: minutes.map(|_| count).unwrap_or_default(),
            unit: unit.to_owned(),
        }
    }

    fn read(&self, problems: &mut Problems, field: &'static str) -> Option<u32> {
        if self.count.trim().is_empty() {
            return None;
        }
        let time = spans::read(&self.count, &self.unit, &UNANSWERED);
        problems.check(field, time.is_some(), "settings-unanswered-range");
        time.and_then(|time| u32::try_from(time.as_secs() / 60).ok())
    }
}

impl Typed {
    fn of(stored: Unanswered) -> Typed {
        Typed {
            person: TypedTime::of(stored.person),
            queue: TypedTime::of(stored.queue),
            administrator: TypedTime::of(stored.administrator),
        }
    }

    /// What it means; `None` when something is not accepted. Who is farther from the customer is told later.
    fn read(&self, problems: &mut Problems) -> Option<Unanswered> {
        let read = Unanswered {
            person: self.person.read(problems, "person.count"),
            queue: self.queue.read(problems, "queue.count"),
            administrator: self.administrator.read(problems, "administrator.count"),
        };
        let mut before = None;
        for (field, minutes) in [
            ("person.count", read.person),
            ("queue.count", read.queue),
            ("administrator.count", read.administrator),
        ] {
            if minutes.is_some() && minutes <= before && problems.at(field).is_none() {
                problems.add(field, Text::new("settings-unanswered-order"));
            }
            before = minutes.or(before);
        }
        problems.is_empty().then_some(read)
    }
}

#[derive(Template)]
#[template(path = "admin/general/unanswered.html")]
struct Show {
    typed: Typed,
    units: Vec<Item>,
    problems: Problems,
}

#[get("/admin/settings/unanswered")]
fn show(_administrator: Administrator, app: &State<Arc<App>>) -> Answer<Page<Show>> {
    let stored = app.store.read(settings::read)?.unanswered;
    Ok(Page::ok(Show {
        typed: Typed::of(stored),
        units: spans::units(),
        problems: Problems::default(),
    }))
}

#[post("/admin/settings/unanswered", data = "<form>")]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Show>>> {
    let typed = form.read()?;
    let mut problems = Problems::default();
    let Some(to) = typed.read(&mut problems) else {
        return Ok(Err(Page::unprocessable(Show {
            typed,
            units: spans::units(),
            problems,
        })));
    };
    let led = save(app, &administrator, PATH, move |settings| {
        settings.unanswered = to;
    });
    Ok(Ok(led.await?))
}
