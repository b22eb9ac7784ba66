//! What is done by the clock: conversations close when their time is over, and what is no longer needed is
//! forgotten.
//!
//! When a job last ran is a fact in the database. Runs that were missed because the program did not run are
//! made up once, not once for each.

use std::str::FromStr as _;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use cron::Schedule;

use crate::clock;
use crate::domain::conversation::Act;
use crate::domain::time::Timestamp;
use crate::store::{
    Result, Store, Tx, conversations, facts, journal, live_events, messages, organization,
    seen_events, sessions, throttle,
};

use super::Wake;

/// The schedule is looked at this often.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// Rows changed in one transaction: the writer must be free again soon.
const ROWS: usize = 500;
/// Live streams that were away longer load their page anew.
const KEEP_LIVE_EVENTS: Duration = Duration::from_secs(24 * 3600);
/// The counts of settled webhook bodies, and the keys of events that may come again.
const KEEP_JOURNAL: Duration = Duration::from_secs(30 * 24 * 3600);
/// After the clock has jumped, conversations close no sooner than this: a clock that was set wrong is usually
/// set right again.
const AFTER_JUMP: Duration = Duration::from_secs(3600);
/// A difference between the clock on the wall and the steady one that is a jump.
const JUMP: Duration = Duration::from_secs(60);

/// Something that is done by the clock.
struct Job {
    name: &'static str,
    /// Second, minute, hour, day, month, day of the week, in the organization's time zone.
    when: &'static str,
    run: fn(&Store) -> Result<()>,
}

const CLOSE: &str = "close conversations";

const JOBS: &[Job] = &[
    Job {
        name: CLOSE,
        when: "0 * * * * *",
        run: close_overdue,
    },
    Job {
        name: "forget the short-lived",
        when: "0 17 * * * *",
        run: forget_short_lived,
    },
    Job {
        name: "forget the journal",
        when: "0 40 4 * * *",
        run: forget_journal,
    },
    Job {
        name: "optimize",
        when: "0 50 4 * * *",
        run: |store| store.write_blocking(facts::optimize),
    },
];

/// Starts the worker.
pub fn start(store: &Store, wake: &Wake) -> JoinHandle<()> {
    let (store, wake) = (store.clone(), wake.clone());
    super::spawn("schedule", move || {
        let mut steady = Steady::new();
        while wake.pause(LOOK_EVERY) {
            let is_steady = steady.look(clock::now(), Instant::now());
            for job in JOBS {
                if wake.is_stopping() {
                    return;
                }
                if job.name == CLOSE && !is_steady {
                    continue;
                }
                if let Err(error) = run_when_due(&store, job, clock::now()) {
                    tracing::error!(job = job.name, %error, "a job of the schedule failed; it is tried again");
                }
            }
        }
    })
}

fn run_when_due(store: &Store, job: &Job, now: Timestamp) -> Result<()> {
    let (last, zone) = store.read(|reader| {
        let organization = organization::find(reader)?;
        let zone = organization.and_then(|organization| organization.time_zone.parse().ok());
        Ok((facts::last_run(reader, job.name)?, zone.unwrap_or(Tz::UTC)))
    })?;
    match last {
        Some(last) if !is_due(job.when, zone, last, now) => return Ok(()),
        Some(_) => (job.run)(store)?,
        // The first start of a new database: the clock begins to run.
        None => {}
    }
    store.write_blocking(|tx| facts::note_run(tx, job.name))
}

/// Whether a run fell between `last` and `now`. A last run in the future means that the clock was set back.
fn is_due(when: &str, zone: Tz, last: Timestamp, now: Timestamp) -> bool {
    let schedule = match Schedule::from_str(when) {
        Ok(schedule) => schedule,
        Err(error) => {
            tracing::error!(when, %error, "a schedule is not understood");
            return false;
        }
    };
    let moment = |at: Timestamp| {
        DateTime::<Utc>::from_timestamp_millis(at.millis()).map(|at| at.with_timezone(&zone))
    };
    // There are schedules that never come: 30 February.
    let next = moment(last.min(now)).and_then(|last| schedule.after(&last).next());
    next.zip(moment(now)).is_some_and(|(next, now)| next <= now)
}

/// Notices when the clock on the wall jumps.
struct Steady {
    wall: Timestamp,
    steady: Instant,
    jumped_at: Option<Instant>,
}

impl Steady {
    fn new() -> Steady {
        Steady {
            wall: clock::now(),
            steady: Instant::now(),
            jumped_at: None,
        }
    }

    /// Whether the clock can be believed: it has not jumped lately.
    fn look(&mut self, wall: Timestamp, steady: Instant) -> bool {
        let expected = self
            .wall
            .plus(steady.saturating_duration_since(self.steady));
        let difference = wall.since(expected).max(expected.since(wall));
        if difference > JUMP {
            tracing::warn!(
                seconds = difference.as_secs(),
                "the clock jumped; conversations close by themselves an hour later"
            );
            self.jumped_at = Some(steady);
        }
        (self.wall, self.steady) = (wall, steady);
        self.jumped_at
            .is_none_or(|at| steady.saturating_duration_since(at) >= AFTER_JUMP)
    }
}

fn close_overdue(store: &Store) -> Result<()> {
    loop {
        let overdue = store.read(|reader| conversations::overdue(reader, clock::now(), ROWS))?;
        if overdue.is_empty() {
            return Ok(());
        }
        store.write_blocking(move |tx| {
            for id in overdue {
                // A message may have come since it was read.
                if conversations::is_overdue(&tx.reader(), id, tx.now())? {
                    conversations::apply(tx, id, Act::TimeOver, None)?;
                }
            }
            Ok(())
        })?;
    }
}

fn forget_short_lived(store: &Store) -> Result<()> {
    store.write_blocking(|tx| {
        sessions::forget_over(tx)?;
        throttle::forget_old(tx)
    })?;
    in_portions(store, |tx| {
        live_events::prune(tx, tx.now().minus(KEEP_LIVE_EVENTS), ROWS)
    })
}

fn forget_journal(store: &Store) -> Result<()> {
    let before = |tx: &Tx<'_>| tx.now().minus(KEEP_JOURNAL);
    in_portions(store, move |tx| journal::prune(tx, before(tx), ROWS))?;
    in_portions(store, move |tx| seen_events::prune(tx, before(tx), ROWS))?;
    in_portions(store, move |tx| {
        messages::prune_early_edits(tx, before(tx), ROWS)
    })
}

/// Repeats a removal of at most [`ROWS`] rows until there are fewer.
fn in_portions(
    store: &Store,
    remove: impl Fn(&Tx<'_>) -> Result<usize> + Copy + Send + 'static,
) -> Result<()> {
    while store.write_blocking(move |tx| remove(tx))? == ROWS {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::conversation::State;
    use crate::store::testing::House;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_millis(text.parse::<DateTime<Utc>>().unwrap().timestamp_millis())
    }

    #[test]
    fn a_job_is_due_when_a_run_fell_since_the_last_one() {
        let nightly = "0 40 4 * * *";
        for (last, now, zone, due) in [
            (
                "2026-03-01T05:00:00Z",
                "2026-03-02T04:39:59Z",
                Tz::UTC,
                false,
            ),
            (
                "2026-03-01T05:00:00Z",
                "2026-03-02T04:40:00Z",
                Tz::UTC,
                true,
            ),
            // Switched off for a month: one run, then up to date.
            (
                "2026-03-01T05:00:00Z",
                "2026-04-02T09:00:00Z",
                Tz::UTC,
                true,
            ),
            (
                "2026-04-02T09:00:00Z",
                "2026-04-02T09:00:10Z",
                Tz::UTC,
                false,
            ),
            // In Helsinki it is two hours later.
            (
                "2026-03-01T05:00:00Z",
                "2026-03-02T02:41:00Z",
                Tz::Europe__Helsinki,
                true,
            ),
            // The clock was set back.
            (
                "2030-01-01T00:00:00Z",
                "2026-03-02T04:39:00Z",
                Tz::UTC,
                false,
            ),
        ] {
            assert_eq!(
                is_due(nightly, zone, at(last), at(now)),
                due,
                "{last} {now}"
            );
        }
    }

    #[test]
    fn a_schedule_that_never_comes_is_never_due() {
        let (last, now) = (at("2026-01-01T00:00:00Z"), at("2036-01-01T00:00:00Z"));
        assert!(!is_due("0 0 0 30 Feb *", Tz::UTC, last, now));
        assert!(!is_due("whenever", Tz::UTC, last, now));
    }

    #[test]
    fn every_job_has_a_schedule_that_comes() {
        let (last, now) = (at("2026-01-01T00:00:00Z"), at("2026-01-03T00:00:00Z"));
        for job in JOBS {
            assert!(is_due(job.when, Tz::UTC, last, now), "{}", job.name);
        }
    }

    #[test]
    fn jobs_run_on_a_real_database() {
        let house = House::furnished();
        let id = house.conversation("anna");
        let fresh = house.conversation("berta");
        house.execute("UPDATE conversation SET due_at = 1 WHERE conversation_id = 1");
        house.execute("UPDATE live_event SET occurred_at = 1 WHERE live_event_id = 1");
        let now = clock::now();
        for job in JOBS {
            run_when_due(&house.store, job, now).unwrap();
            let state = house
                .read(|reader| conversations::by_id(reader, id))
                .unwrap()
                .state;
            assert_eq!(state, State::Open, "the first start only takes the time");
        }
        house.execute("UPDATE fact SET value = '0' WHERE name LIKE 'ran %'");
        for job in JOBS {
            run_when_due(&house.store, job, now).unwrap();
        }
        let state = |id| {
            house
                .read(|reader| conversations::by_id(reader, id))
                .unwrap()
                .state
        };
        assert_eq!((state(id), state(fresh)), (State::Closed, State::Open));
        let oldest = house.read(live_events::oldest).unwrap();
        assert!(oldest.0 > 1);
    }

    #[test]
    fn nothing_closes_for_an_hour_after_the_clock_jumped() {
        let (start, second) = (Instant::now(), Duration::from_secs(1));
        let wall = at("2026-03-01T12:00:00Z");
        let mut steady = Steady {
            wall,
            steady: start,
            jumped_at: None,
        };
        assert!(steady.look(wall.plus(10 * second), start + 10 * second));
        let wrong = wall.plus(400 * 24 * 3600 * second);
        assert!(!steady.look(wrong, start + 20 * second));
        assert!(!steady.look(wrong.plus(1800 * second), start + 1820 * second));
        assert!(steady.look(wrong.plus(3600 * second), start + 3620 * second));
    }
}
