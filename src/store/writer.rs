//! The writer thread: takes a job, begins, drains what waits, runs each in a savepoint of its own, commits
//! once, answers all, publishes what they asked to tell. No timer, no added latency.

use std::cell::{OnceCell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;

use parking_lot::Mutex;
use rocket::tokio::sync::oneshot;
use rusqlite::Connection;

use crate::clock;
use crate::crypto::{Sealer, Secret};
use crate::domain::audit::Actor;
use crate::domain::automation::Voice;
use crate::domain::live_event::{LiveEvent, Notice, Worker};
use crate::domain::time::Timestamp;

use super::{Result, StoreError, live_events};

/// At most this many jobs share a commit: more would make the first of them wait too long.
const BATCH: usize = 64;
/// At most this many jobs wait; one more is answered Busy, which a platform reads as "send again".
const WAITING: usize = 1024;
/// The log is copied into the database when it has grown by this many pages (4 KiB each).
const CHECKPOINT_PAGES: u64 = 1000;
/// Beyond this many pages the writer waits for a checkpoint, so that the log cannot grow for ever.
const LOG_LIMIT_PAGES: u64 = 16 * 1024;

/// A write transaction: one job on the writer thread.
pub struct Tx<'a> {
    connection: &'a Connection,
    sealer: &'a Sealer,
    voice: Option<&'a Voice>,
    now: Timestamp,
    notices: RefCell<Vec<Notice>>,
    actor: OnceCell<Actor>,
}

impl Tx<'_> {
    /// The moment of this transaction.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Says in whose name this transaction acts. The first word counts.
    pub fn act_as(&self, actor: Actor) {
        let _ = self.actor.set(actor);
    }

    /// In whose name this transaction acts; the program's own when nobody said.
    pub fn actor(&self) -> &Actor {
        self.actor.get().unwrap_or(&Actor::Program)
    }

    /// Tells `notice` after the commit. A hint: it may be lost.
    pub fn after_commit(&self, notice: Notice) {
        self.notices.borrow_mut().push(notice);
    }

    /// Wakes a worker after the commit.
    pub fn wake(&self, worker: Worker) {
        self.after_commit(Notice::Wake(worker));
    }

    /// Records a live event in this transaction and tells it after the commit.
    ///
    /// # Errors
    /// SQLite's.
    pub fn tell(&self, event: LiveEvent) -> Result<()> {
        let id = live_events::insert(self, event)?;
        self.after_commit(Notice::Live(id, event));
        Ok(())
    }

    /// Runs `step` in a savepoint within this transaction: when it fails or panics, nothing of it is stored
    /// or told, and the transaction goes on.
    ///
    /// # Errors
    /// The inner result is what `step` returned, or [`StoreError::Panicked`]. The outer one is about the
    /// database, which may have rolled back the whole transaction underneath: pass it on.
    pub fn attempt<T>(&self, step: impl FnOnce(&Self) -> Result<T>) -> Result<Result<T>> {
        self.connection
            .prepare_cached("SAVEPOINT step")?
            .execute([])?;
        let told = self.notices.borrow().len();
        let result =
            catch_unwind(AssertUnwindSafe(|| step(self))).unwrap_or(Err(StoreError::Panicked));
        if self.connection.is_autocommit() {
            return Err(result.err().unwrap_or(StoreError::Busy));
        }
        if result.is_err() {
            self.notices.borrow_mut().truncate(told);
            self.connection
                .prepare_cached("ROLLBACK TO step")?
                .execute([])?;
        }
        self.connection
            .prepare_cached("RELEASE step")?
            .execute([])?;
        Ok(result)
    }

    /// For write functions of `store`.
    pub(super) fn connection(&self) -> &Connection {
        self.connection
    }

    /// What this transaction has written so far, as a reader sees it.
    pub fn reader(&self) -> super::Reader<'_> {
        super::Reader {
            connection: self.connection,
            sealer: self.sealer,
        }
    }

    /// How the program speaks; `None` when nobody said: then it is silent.
    pub(super) fn voice(&self) -> Option<&Voice> {
        self.voice
    }

    /// Seals a secret for `place`: `table|column|row`.
    pub(super) fn seal(&self, place: &str, secret: &Secret) -> String {
        self.sealer.seal(place, secret)
    }
}

/// What runs on the writer thread: the job, and afterwards its answer.
struct Job {
    run: Box<dyn FnOnce(&Tx<'_>) -> Answer + Send>,
}

/// A job's result, waiting for the commit: called with `Ok` once it is on disk, else with the failure.
struct Answer {
    succeeded: bool,
    give: Box<dyn FnOnce(std::result::Result<(), StoreError>) + Send>,
}

pub(super) struct Writer {
    jobs: Mutex<Option<SyncSender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        checkpointer: Connection,
        sealer: Sealer,
        voice: Arc<OnceLock<Voice>>,
        publish: impl Fn(Notice) + Send + 'static,
    ) -> Writer {
        let (jobs, queue) = sync_channel(WAITING);
        let checkpoints = Checkpointer::start(checkpointer);
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || {
                let around = Around {
                    sealer: &sealer,
                    voice: &voice,
                };
                work(&connection, &queue, &around, &publish, &checkpoints);
                finish(connection, checkpoints);
            })
            .expect("the system can start a thread");
        Writer {
            jobs: Mutex::new(Some(jobs)),
            thread: Mutex::new(Some(thread)),
        }
    }

    /// Hands a job over without waiting for room.
    pub(super) fn submit<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T>>> {
        let (job, answer) = wrap(job);
        let jobs = self.jobs.lock();
        match jobs.as_ref().ok_or(StoreError::Busy)?.try_send(job) {
            Ok(()) => Ok(answer),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => Err(StoreError::Busy),
        }
    }

    /// Hands a job over, waiting for room.
    pub(super) fn submit_blocking<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T>>> {
        let (job, answer) = wrap(job);
        let jobs = self.jobs.lock().clone().ok_or(StoreError::Busy)?;
        jobs.send(job).map_err(|_| StoreError::Busy)?;
        Ok(answer)
    }

    pub(super) fn close(&self) {
        drop(self.jobs.lock().take());
        if let Some(thread) = self.thread.lock().take() {
            // A writer that panicked has already taken the process down.
            let _ = thread.join();
        }
    }
}

fn wrap<T: Send + 'static>(
    job: impl FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
) -> (Job, oneshot::Receiver<Result<T>>) {
    let (sender, receiver) = oneshot::channel();
    let run = move |tx: &Tx<'_>| {
        let result =
            catch_unwind(AssertUnwindSafe(|| job(tx))).unwrap_or(Err(StoreError::Panicked));
        Answer {
            succeeded: result.is_ok(),
            give: Box::new(move |commit| {
                // Nobody waits any more when a client hung up; the data is stored all the same.
                let _ = sender.send(commit.and(result));
            }),
        }
    };
    (Job { run: Box::new(run) }, receiver)
}

/// What every transaction is given beside its connection.
struct Around<'a> {
    sealer: &'a Sealer,
    voice: &'a OnceLock<Voice>,
}

fn work(
    connection: &Connection,
    queue: &Receiver<Job>,
    around: &Around<'_>,
    publish: &impl Fn(Notice),
    checkpoints: &Checkpointer,
) {
    while let Ok(first) = queue.recv() {
        let mut answers = Vec::new();
        let mut notices = Vec::new();
        let mut pending = Some(first);
        let committed = begin(connection).and_then(|()| {
            while let Some(job) = pending.take() {
                let (answer, told) = run(connection, around, job)?;
                answers.push(answer);
                notices.extend(told);
                if answers.len() < BATCH {
                    pending = queue.try_recv().ok();
                }
            }
            connection.execute_batch("COMMIT")?;
            Ok(())
        });
        match committed {
            Ok(()) => {
                answers.into_iter().for_each(|answer| (answer.give)(Ok(())));
                notices.into_iter().for_each(publish);
                checkpoints.after_commit(connection);
            }
            Err(error) => {
                abandon(connection, &error);
                let message = error.to_string();
                for answer in answers {
                    (answer.give)(Err(copy_of(&error, &message)));
                }
                // A job whose turn did not come is dropped: its caller is answered Busy.
            }
        }
    }
}

fn begin(connection: &Connection) -> Result<()> {
    Ok(connection.execute_batch("BEGIN IMMEDIATE")?)
}

/// Runs one job in its savepoint. An error here is about the connection, not the job: a full disk can
/// roll the whole transaction back underneath us.
fn run(connection: &Connection, around: &Around<'_>, job: Job) -> Result<(Answer, Vec<Notice>)> {
    connection.prepare_cached("SAVEPOINT job")?.execute([])?;
    let tx = Tx {
        connection,
        sealer: around.sealer,
        voice: around.voice.get(),
        now: clock::now(),
        notices: RefCell::default(),
        actor: OnceCell::new(),
    };
    let answer = (job.run)(&tx);
    let mut notices = tx.notices.into_inner();
    if connection.is_autocommit() {
        let lost = StoreError::Database(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL),
            Some("the transaction was rolled back".to_owned()),
        ));
        (answer.give)(Err(copy_of(&lost, &lost.to_string())));
        return Err(lost);
    }
    if !answer.succeeded {
        connection.prepare_cached("ROLLBACK TO job")?.execute([])?;
        notices.clear();
    }
    connection.prepare_cached("RELEASE job")?.execute([])?;
    Ok((answer, notices))
}

fn abandon(connection: &Connection, error: &StoreError) {
    tracing::error!(%error, "a commit failed; nothing of it is stored");
    if !connection.is_autocommit() {
        // When even this fails the next BEGIN fails too, and every caller is told.
        let _ = connection.execute_batch("ROLLBACK");
    }
    if is_lost_fsync(error) {
        // What is on disk cannot be known any more: only a restart reads it again (promises.md §1.3).
        tracing::error!(
            "the disk did not confirm a write; stopping so that a restart reads what is there"
        );
        std::process::exit(1);
    }
}

fn is_lost_fsync(error: &StoreError) -> bool {
    matches!(error, StoreError::Database(rusqlite::Error::SqliteFailure(error, _))
        if error.extended_code == rusqlite::ffi::SQLITE_IOERR_FSYNC
            || error.extended_code == rusqlite::ffi::SQLITE_IOERR_DIR_FSYNC)
}

/// Every caller of a failed batch gets the failure; SQLite's error is not `Clone`.
fn copy_of(error: &StoreError, message: &str) -> StoreError {
    match error {
        StoreError::Database(rusqlite::Error::SqliteFailure(code, _)) => StoreError::Database(
            rusqlite::Error::SqliteFailure(*code, Some(message.to_owned())),
        ),
        _ => StoreError::Busy,
    }
}

fn finish(connection: Connection, checkpoints: Checkpointer) {
    checkpoints.stop();
    if let Err(error) = connection.execute_batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)")
    {
        tracing::warn!(%error, "the last checkpoint failed; the next start makes it up");
    }
}

/// Copies the log into the database on a connection and thread of its own.
struct Checkpointer {
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    pages: std::cell::Cell<u64>,
}

impl Checkpointer {
    fn start(connection: Connection) -> Checkpointer {
        let (wake, woken) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("store-checkpoint".to_owned())
            .spawn(move || {
                while woken.recv().is_ok() {
                    checkpoint(&connection, "PASSIVE");
                }
            })
            .expect("the system can start a thread");
        Checkpointer {
            wake: Some(wake),
            thread: Some(thread),
            pages: std::cell::Cell::new(0),
        }
    }

    /// Counts the pages that a commit added to the log by the log file's own length.
    fn after_commit(&self, connection: &Connection) {
        let Some(log) = connection.path().map(|path| format!("{path}-wal")) else {
            return;
        };
        let pages = std::fs::metadata(log).map_or(0, |file| file.len() / 4096);
        if pages > LOG_LIMIT_PAGES {
            checkpoint(connection, "RESTART");
            self.pages.set(pages);
        } else if pages < self.pages.get() || pages >= self.pages.get() + CHECKPOINT_PAGES {
            self.pages.set(pages);
            if let Some(wake) = &self.wake {
                // Full means that it is awake already.
                let _ = wake.try_send(());
            }
        }
    }

    fn stop(mut self) {
        drop(self.wake.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn checkpoint(connection: &Connection, mode: &str) {
    let statement = match mode {
        "RESTART" => "PRAGMA wal_checkpoint(RESTART)",
        _ => "PRAGMA wal_checkpoint(PASSIVE)",
    };
    if let Err(error) = connection.query_row(statement, [], |_| Ok(())) {
        tracing::warn!(%error, "a checkpoint failed; the log grows until the next one");
    }
}
