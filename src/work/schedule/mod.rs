//! What is done by the clock: named jobs, each with a row that says when it runs next and how its last run
//! went. (promises.md P8, P13.)
//!
//! When a job is due is a fact in the database. Runs that were missed because the program did not run are
//! made up once, not once for each; a clock that was put back plans anew instead of waiting for years. A job
//! that fails is tried again a little later, one that panics has failed: neither ends the worker, and both
//! stand on the page *Scheduled jobs*.
//!
//! There are two lanes, a thread each, so that a slow platform never keeps a conversation open.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use chrono_tz::Tz;

use crate::channels::Registry;
use crate::clock;
use crate::domain::live_event::Worker;
use crate::domain::time::Timestamp;
use crate::store::jobs::{self, Ended, Run};
use crate::store::{Result, Store, organization};

use super::Wake;
use super::route::silence;

mod housekeeping;
mod plan;
mod steady;
#[cfg(test)]
mod tests;

use steady::Steady;

/// The schedule is looked at this often.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// A job that failed is tried again after this, if its schedule does not come sooner.
const AFTER_FAILURE: Duration = Duration::from_secs(5 * 60);

/// What jobs work with.
pub struct Tools {
    /// The database.
    pub store: Store,
    /// The channels.
    pub channels: Registry,
    /// Tells when to stop.
    pub wake: Wake,
}

/// Something that is done by the clock.
struct Job {
    /// Names its row and its texts.
    key: &'static str,
    /// Second, minute, hour, day, month, day of the week, in the organization's time zone.
    when: &'static str,
    /// Who runs it.
    lane: Worker,
    /// Whether it also runs whenever the program starts.
    at_start: bool,
    /// Whether it takes away what is old, and so waits until a clock that jumped can be believed.
    trusts_clock: bool,
    /// Does it; how many things it did.
    run: fn(&Tools) -> Result<u64>,
}

/// The look whether events still come, which also brings in what was said meanwhile.
pub const RENEW_SUBSCRIPTIONS: &str = "renew-subscriptions";

/// The daily look at every access token.
pub const CHECK_TOKENS: &str = "check-tokens";

const JOBS: &[Job] = &[
    Job {
        key: CHECK_TOKENS,
        when: "0 10 5 * * *",
        lane: Worker::Inquiries,
        at_start: true,
        trusts_clock: false,
        run: super::token_check::run,
    },
    Job {
        key: "read-allowances",
        when: "0 25 * * * *",
        lane: Worker::Inquiries,
        at_start: true,
        trusts_clock: false,
        run: super::allowances::run,
    },
    Job {
        key: RENEW_SUBSCRIPTIONS,
        when: "15 */10 * * * *",
        lane: Worker::Inquiries,
        at_start: true,
        trusts_clock: false,
        run: super::subscriptions::run,
    },
    Job {
        key: "close-conversations",
        when: "0 * * * * *",
        lane: Worker::Schedule,
        at_start: false,
        trusts_clock: true,
        run: |tools| housekeeping::close_overdue(&tools.store),
    },
    Job {
        key: "apply-timeout-rules",
        when: "30 * * * * *",
        lane: Worker::Schedule,
        at_start: false,
        trusts_clock: true,
        run: |tools| silence::apply_rules(&tools.store),
    },
    Job {
        key: "remind-of-unanswered",
        when: "45 * * * * *",
        lane: Worker::Schedule,
        at_start: false,
        trusts_clock: true,
        run: |tools| silence::remind(&tools.store),
    },
    Job {
        key: "forget-the-short-lived",
        when: "0 17 * * * *",
        lane: Worker::Schedule,
        at_start: false,
        trusts_clock: true,
        run: |tools| housekeeping::forget_short_lived(&tools.store),
    },
    Job {
        key: "forget-the-journal",
        when: "0 40 4 * * *",
        lane: Worker::Schedule,
        at_start: false,
        trusts_clock: true,
        run: |tools| housekeeping::forget_journal(&tools.store),
    },
    Job {
        key: "forget-routing-logs",
        when: "0 45 4 * * *",
        lane: Worker::Schedule,
        at_start: false,
        trusts_clock: true,
        run: |tools| housekeeping::forget_routing_logs(&tools.store),
    },
    Job {
        key: "optimize",
        when: "0 50 4 * * *",
        lane: Worker::Schedule,
        at_start: false,
        trusts_clock: false,
        run: |tools| housekeeping::optimize(&tools.store),
    },
];

/// Puts the jobs in place and starts the workers.
///
/// # Errors
/// The database's: then nothing was started.
pub fn start(store: &Store, channels: &Registry, wake: &Wake) -> Result<Vec<JoinHandle<()>>> {
    let declared: Vec<_> = JOBS.iter().map(|job| (job.key, job.when)).collect();
    store.write_blocking(move |tx| jobs::declare(tx, &declared))?;
    let lanes = [
        (Worker::Schedule, "schedule"),
        (Worker::Inquiries, "inquiries"),
    ];
    Ok(lanes
        .into_iter()
        .map(|(lane, name)| {
            let tools = Tools {
                store: store.clone(),
                channels: channels.clone(),
                wake: wake.clone(),
            };
            super::spawn(name, move || run_lane(lane, &tools))
        })
        .collect())
}

fn run_lane(lane: Worker, tools: &Tools) {
    let mut steady = Steady::new(clock::now(), Instant::now());
    let mut is_start = true;
    loop {
        let can_trust = steady.look(clock::now(), Instant::now());
        for job in JOBS.iter().filter(|job| job.lane == lane) {
            if tools.wake.is_stopping() {
                return;
            }
            let due = Due {
                by_start: is_start && job.at_start,
                by_clock: can_trust || !job.trusts_clock,
            };
            if let Err(error) = run_when_due(tools, job, due, clock::now()) {
                tracing::error!(job = job.key, %error, "the schedule cannot be read or written");
            }
        }
        is_start = false;
        if !tools.wake.wait(lane, LOOK_EVERY) {
            return;
        }
    }
}

/// What may make a job due, beside somebody's *Run now*.
#[derive(Clone, Copy)]
struct Due {
    /// The program has just started.
    by_start: bool,
    /// Its moment may have come.
    by_clock: bool,
}

fn run_when_due(tools: &Tools, job: &Job, due: Due, now: Timestamp) -> Result<()> {
    let store = &tools.store;
    let (row, zone) = store.read(|reader| {
        let organization = organization::find(reader)?;
        let zone = organization.and_then(|organization| organization.time_zone.parse().ok());
        Ok((jobs::by_key(reader, job.key)?, zone.unwrap_or(Tz::UTC)))
    })?;
    let Some(row) = row else {
        return Ok(());
    };
    let coming = plan::next_after(job.when, zone, now);
    let is_due = row.next_at.is_some_and(|next_at| next_at <= now) && due.by_clock;
    if is_due || due.by_start || row.requested_at.is_some() {
        return run(tools, job, zone);
    }
    // New, or planned further away than the schedule comes by now: the clock was put back, or the zone is
    // another.
    let is_misplanned = match (row.next_at, coming) {
        (Some(next_at), Some(coming)) => next_at > coming,
        (next_at, coming) => next_at.is_none() && coming.is_some(),
    };
    if is_misplanned {
        let key = job.key;
        store.write_blocking(move |tx| jobs::plan(tx, key, coming))?;
    }
    Ok(())
}

fn run(tools: &Tools, job: &Job, zone: Tz) -> Result<()> {
    let (store, key) = (&tools.store, job.key);
    let at = store.write_blocking(move |tx| jobs::begin(tx, key))?;
    let began = Instant::now();
    let ended = match catch_unwind(AssertUnwindSafe(|| (job.run)(tools))) {
        Ok(Ok(done)) => Ended::Done(done),
        Ok(Err(error)) => Ended::Failed(error.to_string()),
        // The place is in the log; the message may hold a value that must not be shown.
        Err(_) => Ended::Failed("the program failed in one place".to_owned()),
    };
    let now = clock::now();
    let next_at = plan::next_after(job.when, zone, now);
    let next_at = match &ended {
        Ended::Failed(error) => {
            tracing::error!(
                job = key,
                error,
                "a job of the schedule failed; it is tried again"
            );
            next_at.min(Some(now.plus(AFTER_FAILURE)))
        }
        _ => next_at,
    };
    let run = Run {
        at,
        took: Some(began.elapsed()),
        ended,
    };
    store.write_blocking(move |tx| jobs::finish(tx, key, &run, next_at))
}
