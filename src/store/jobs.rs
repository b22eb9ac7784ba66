//! The jobs of the schedule: when each runs next, and how its last run went. Which jobs there are and when
//! they are due is decided in `work::schedule`.

use std::time::Duration;

use rusqlite::{Row, named_params, params};

use crate::domain::audit::{Act, Kind, Subject};
use crate::domain::ids::UserId;
use crate::domain::live_event::Worker;
use crate::domain::time::Timestamp;

use super::{Reader, Result, StoreError, Tx, audit};

/// A job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its name; what people read are the locale keys `job-<key>` and `job-<key>-does`.
    pub key: String,
    /// When it runs: second, minute, hour, day, month, day of the week, in the organization's time zone.
    pub expression: String,
    /// When it runs next; `None`: never, or nobody has looked yet.
    pub next_at: Option<Timestamp>,
    /// When the run that is under way began; `None`: none is.
    pub started_at: Option<Timestamp>,
    /// The last run that ended; `None`: there was none.
    pub last: Option<Run>,
    /// How often it ran to an end.
    pub runs: u64,
    /// Since when somebody's *Run now* waits.
    pub requested_at: Option<Timestamp>,
}

/// A run that ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// When it began.
    pub at: Timestamp,
    /// How long it took; `None`: it was cut off.
    pub took: Option<Duration>,
    /// How it went.
    pub ended: Ended,
}

/// How a run went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It did its work: how many things it did.
    Done(u64),
    /// It did not; why, for the log's reader.
    Failed(String),
    /// The program ended meanwhile. It runs again.
    Interrupted,
}

const COLUMNS: &str = "job, expression, next_at, started_at, ran_at, duration_ms, outcome, done, error, \
    runs, requested_at";

fn read(row: &Row<'_>) -> Result<Job> {
    let last = match (
        row.get::<_, Option<Timestamp>>("ran_at")?,
        row.get::<_, Option<String>>("outcome")?,
    ) {
        (Some(at), Some(outcome)) => Some(Run {
            at,
            took: row
                .get::<_, Option<i64>>("duration_ms")?
                .map(|millis| Duration::from_millis(millis.unsigned_abs())),
            ended: match outcome.as_str() {
                "done" => Ended::Done(row.get::<_, i64>("done")?.unsigned_abs()),
                "failed" => {
                    Ended::Failed(row.get::<_, Option<String>>("error")?.unwrap_or_default())
                }
                "interrupted" => Ended::Interrupted,
                _ => {
                    return Err(StoreError::Word {
                        what: "how a job went",
                        word: outcome,
                    });
                }
            },
        }),
        _ => None,
    };
    Ok(Job {
        key: row.get("job")?,
        expression: row.get("expression")?,
        next_at: row.get("next_at")?,
        started_at: row.get("started_at")?,
        last,
        runs: row.get::<_, i64>("runs")?.unsigned_abs(),
        requested_at: row.get("requested_at")?,
    })
}

/// Every job, in the order of their keys.
///
/// # Errors
/// SQLite's.
pub fn all(reader: &Reader<'_>) -> Result<Vec<Job>> {
    let mut statement = reader
        .connection()
        .prepare_cached(&format!("SELECT {COLUMNS} FROM job ORDER BY job"))?;
    let mut rows = statement.query([])?;
    let mut jobs = Vec::new();
    while let Some(row) = rows.next()? {
        jobs.push(read(row)?);
    }
    Ok(jobs)
}

/// The job of a key; `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn by_key(reader: &Reader<'_>, key: &str) -> Result<Option<Job>> {
    let mut statement = reader
        .connection()
        .prepare_cached(&format!("SELECT {COLUMNS} FROM job WHERE job = ?1"))?;
    let mut rows = statement.query([key])?;
    rows.next()?.map(read).transpose()
}

/// At the start, before any job runs: puts the program's jobs in place, forgets those that it no longer has,
/// and marks what was under way when the process ended. What is known of their runs stays.
///
/// # Errors
/// SQLite's.
pub fn declare(tx: &Tx<'_>, jobs: &[(&str, &str)]) -> Result<()> {
    let keys: Vec<&str> = jobs.iter().map(|(key, _)| *key).collect();
    tx.connection()
        .prepare_cached("DELETE FROM job WHERE job NOT IN (SELECT value FROM json_each(?1))")?
        .execute([serde_json::json!(keys).to_string()])?;
    for (key, expression) in jobs {
        tx.connection()
            .prepare_cached(
                "INSERT INTO job (job, expression) VALUES (?1, ?2)
                 ON CONFLICT (job) DO UPDATE SET expression = excluded.expression",
            )?
            .execute([key, expression])?;
    }
    tx.connection().execute(
        "UPDATE job SET ran_at = started_at, duration_ms = NULL, outcome = 'interrupted', error = NULL,
             started_at = NULL
         WHERE started_at IS NOT NULL",
        [],
    )?;
    Ok(())
}

/// When the job runs next; `None`: never.
///
/// # Errors
/// SQLite's.
pub fn plan(tx: &Tx<'_>, key: &str, next_at: Option<Timestamp>) -> Result<()> {
    tx.connection()
        .prepare_cached("UPDATE job SET next_at = ?2 WHERE job = ?1")?
        .execute(params![key, next_at])?;
    Ok(())
}

/// *Run now*: the job runs as soon as its worker is free. Asked for twice, it runs once.
///
/// # Errors
/// SQLite's.
pub fn request(tx: &Tx<'_>, key: &str, by: UserId) -> Result<()> {
    tx.connection()
        .prepare_cached("UPDATE job SET requested_at = ?2, requested_by = ?3 WHERE job = ?1")?
        .execute(params![key, tx.now(), by])?;
    let subject = Subject {
        name: key.to_owned(),
        ..Subject::only(Kind::Job)
    };
    audit::done(tx, Act::JobRequested, &subject)?;
    tx.wake(Worker::Schedule);
    tx.wake(Worker::Inquiries);
    Ok(())
}

/// A run begins; who asked for one has it herewith. Its moment.
///
/// # Errors
/// SQLite's.
pub fn begin(tx: &Tx<'_>, key: &str) -> Result<Timestamp> {
    tx.connection()
        .prepare_cached(
            "UPDATE job SET started_at = ?2, requested_at = NULL, requested_by = NULL WHERE job = ?1",
        )?
        .execute(params![key, tx.now()])?;
    Ok(tx.now())
}

/// A run that began at `at` ended; the next one comes at `next_at`.
///
/// # Errors
/// SQLite's.
pub fn finish(tx: &Tx<'_>, key: &str, run: &Run, next_at: Option<Timestamp>) -> Result<()> {
    let (outcome, done, error) = match &run.ended {
        Ended::Done(count) => ("done", *count, None),
        Ended::Failed(why) => ("failed", 0, Some(why)),
        Ended::Interrupted => ("interrupted", 0, None),
    };
    tx.connection()
        .prepare_cached(
            "UPDATE job SET ran_at = :at, duration_ms = :took, outcome = :outcome, done = :done,
                 error = :error, started_at = NULL, next_at = :next_at, runs = runs + 1
             WHERE job = :job",
        )?
        .execute(named_params! {
            ":job": key,
            ":at": run.at,
            ":took": run.took.map(|took| i64::try_from(took.as_millis()).unwrap_or(i64::MAX)),
            ":outcome": outcome,
            ":done": i64::try_from(done).unwrap_or(i64::MAX),
            ":error": error,
            ":next_at": next_at,
        })?;
    Ok(())
}

/// Whether the last run of any job failed.
///
/// # Errors
/// SQLite's.
pub fn is_any_failed(reader: &Reader<'_>) -> Result<bool> {
    Ok(reader
        .connection()
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM job WHERE outcome = 'failed')")?
        .query_row([], |row| row.get(0))?)
}
