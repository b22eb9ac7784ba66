//! The jobs of the schedule: when each runs next, how its last run went, *Run now*.

use std::sync::Arc;

use askama::Template;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::shown::Pill;
use crate::domain::time::Timestamp;
use crate::locale::Text;
use crate::store::jobs::{self, Ended, Job};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::Button;
use crate::web::guards::Administrator;
use crate::web::list::{self, Column, List, View};
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Frame, Page, filters};
use crate::web::times;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![index, run]
}

#[derive(Template)]
#[template(path = "admin/jobs/index.html")]
struct Index {
    list: List<ShownJob>,
}

const COLUMNS: &[Column<ShownJob>] = &[
    Column::sorting("jobs-column-job", "job", |a, b| {
        list::by_words(&a.said, &b.said)
    }),
    Column::sorting("jobs-column-next", "next", |a, b| {
        a.job.next_at.cmp(&b.job.next_at)
    }),
    Column::sorting("jobs-column-last", "last", |a, b| {
        b.ran_at().cmp(&a.ran_at())
    }),
    Column::sorting("jobs-column-outcome", "outcome", |a, b| {
        a.urgency().cmp(&b.urgency())
    }),
    Column::actions(),
];

impl Index {
    /// Whether something is under way, so that the list fetches itself again.
    fn is_busy(&self) -> bool {
        self.list.rows.iter().any(ShownJob::is_busy)
    }
}

fn name(job: &Job) -> Text {
    Text::new(format!("job-{}", job.key))
}

/// A job as the page shows it.
struct ShownJob {
    job: Job,
    /// Its name in the reader's language, to be searched and sorted by.
    said: String,
}

impl ShownJob {
    fn name(&self) -> Text {
        name(&self.job)
    }

    fn does(&self) -> Text {
        Text::new(format!("job-{}-does", self.job.key))
    }

    fn ran_at(&self) -> Option<Timestamp> {
        self.job.last.as_ref().map(|last| last.at)
    }

    /// What went wrong first.
    fn urgency(&self) -> u8 {
        match self.job.last.as_ref().map(|last| &last.ended) {
            Some(Ended::Failed(_)) => 0,
            Some(Ended::Interrupted) => 1,
            None => 2,
            Some(Ended::Done(_)) => 3,
        }
    }

    fn is_busy(&self) -> bool {
        self.job.started_at.is_some() || self.job.requested_at.is_some()
    }

    fn pill(&self) -> Pill {
        let (kind, icon, key) = match (&self.job.last, self.is_busy()) {
            (_, true) => ("info", "loader-circle", "job-running"),
            (None, _) => ("", "circle-dashed", "job-never"),
            (Some(last), _) => match last.ended {
                Ended::Done(_) => ("ok", "check", "job-done"),
                Ended::Failed(_) => ("bad", "circle-alert", "job-failed"),
                Ended::Interrupted => ("warn", "triangle-alert", "job-interrupted"),
            },
        };
        Pill {
            kind,
            icon,
            text: Text::new(key),
        }
    }

    /// What the last run did; `None` when it did not come to that.
    fn did(&self) -> Option<Text> {
        match self.job.last.as_ref()?.ended {
            Ended::Done(count) => {
                Some(Text::new(format!("job-{}-did", self.job.key)).arg("count", count))
            }
            _ => None,
        }
    }

    /// Why the last run failed, for those who look for the cause.
    fn error(&self) -> Option<&str> {
        match &self.job.last.as_ref()?.ended {
            Ended::Failed(error) => Some(error),
            _ => None,
        }
    }

    fn took(&self) -> Option<Text> {
        let took = self.job.last.as_ref()?.took?;
        Some(times::run_time(took))
    }
}

#[get("/admin/jobs?<view..>")]
fn index(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    frame: &Frame,
    view: View,
) -> Answer<Page<Index>> {
    let jobs = app.store.read(jobs::all)?;
    let jobs = jobs.into_iter().map(|job| ShownJob {
        said: name(&job).say(frame.locale),
        job,
    });
    let list = List::new("/admin/jobs", COLUMNS, view)
        .of(jobs.collect(), |job: &ShownJob, words| {
            list::finds(words, [&job.said])
        });
    Ok(Page::ok(Index { list }))
}

/// The job runs as soon as its worker is free; the list shows it running.
#[post("/admin/jobs/<job>/run", data = "<_button>")]
async fn run(
    administrator: Administrator,
    app: &State<Arc<App>>,
    job: &str,
    _button: Button,
) -> Answer<Led> {
    let known = app.store.read(|reader| jobs::by_key(reader, job))?;
    let (key, by) = (known.ok_or(Status::NotFound)?.key, administrator.id);
    app.store
        .write_by(administrator.actor(), move |tx| jobs::request(tx, &key, by))
        .await?;
    Ok(Outcome::JobRequested.at("/admin/jobs"))
}
