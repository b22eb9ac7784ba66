//! The database: one writer thread with group commit, a few read-only readers, and all SQL.
//!
//! Write functions take [`Tx`], read functions a [`Reader`]: the wrong call does not compile. Nothing slow
//! happens inside a transaction: no HTTP, no rendering, no password hashing.
//!
//! Invariants: every write is one job on one thread; a job is atomic; what [`Tx::after_commit`] was given
//! is published only after the commit is on disk, in commit order.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::crypto::{OpenError as SealError, Sealer, Secret};
use crate::domain::audit::Actor;
use crate::domain::automation::Voice;
use crate::domain::live_event::Notice;

pub mod accounts;
pub mod agent_sessions;
pub mod agents;
pub mod alarm_mails;
pub mod allowances;
pub mod audit;
pub mod automated_messages;
pub mod capacity;
pub mod capacity_profiles;
pub mod cases;
pub mod channels;
pub mod companies;
pub mod configuration;
pub mod contacts;
pub mod conversations;
pub mod courtesies;
pub mod customer_fields;
pub mod customer_links;
pub mod drafts;
pub mod facts;
pub mod files;
mod free_name;
mod ids;
pub mod inspect;
pub mod instance_drafts;
pub mod instances;
pub mod jobs;
pub mod journal;
pub mod live_events;
pub mod masking;
pub mod media;
pub mod messages;
mod migrate;
pub mod notes;
pub mod offers;
pub mod operating_hours;
pub mod organization;
pub mod outbox;
pub mod outgoing;
pub mod pages;
pub mod parked_events;
pub mod participation;
pub mod presences;
pub mod privacy_notices;
pub mod profiles;
pub mod queues;
pub mod quick_replies;
pub mod read_marks;
mod record_words;
pub mod renditions;
pub mod routing;
pub mod rules;
pub mod seen_events;
pub mod sessions;
pub mod settings;
pub mod skills;
pub mod sounds;
pub mod staff;
#[cfg(test)]
pub mod statements;
pub mod supervision;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;
pub mod throttle;
pub mod timeline;
pub mod topics;
pub mod user_links;
pub mod users;
pub mod work_items;
pub mod workstreams;
mod writer;

pub use migrate::copy_name;
pub use writer::Tx;

/// The database's file name in the data directory.
pub const FILE: &str = "tiski.db";

/// Why a read or write did not happen.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite refused: a broken constraint, a full disk, a damaged file.
    #[error("the database refused: {0}")]
    Database(#[from] rusqlite::Error),
    /// A job panicked; it was rolled back.
    #[error("a database job failed inside the program")]
    Panicked,
    /// Too many writes wait, or the store is closing. Nothing was written.
    #[error("the database is busy")]
    Busy,
    /// A sealed secret does not open: the key is another, or the row was tampered with.
    #[error("a stored secret cannot be opened: {0}")]
    Sealed(#[from] SealError),
    /// A word in the database is not one that this program writes.
    #[error("the database holds {word:?} where {what} is expected")]
    Word {
        /// What was expected.
        what: &'static str,
        /// What is there.
        word: String,
    },
    /// Whoever asked for the write takes it back: it was only to be tried.
    #[error("the change was taken back")]
    TakenBack,
    /// No reader became free in time.
    #[error("no reader is free: {0}")]
    NoReader(#[from] r2d2::Error),
    /// The disk refused a file.
    #[error("a file cannot be read or written: {0}")]
    File(#[from] std::io::Error),
}

impl StoreError {
    /// Whether the fault is in what was to be stored, so that trying the same again is of no use, rather than
    /// in the disk or the database.
    pub fn is_about_the_data(&self) -> bool {
        use rusqlite::ErrorCode;
        match self {
            StoreError::Database(rusqlite::Error::SqliteFailure(error, _)) => matches!(
                error.code,
                ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::TooBig
            ),
            StoreError::Database(_)
            | StoreError::Panicked
            | StoreError::Sealed(_)
            | StoreError::TakenBack
            | StoreError::Word { .. } => true,
            StoreError::Busy | StoreError::NoReader(_) | StoreError::File(_) => false,
        }
    }

    /// Whether a `UNIQUE` constraint was broken.
    pub fn is_unique_violation(&self) -> bool {
        matches!(
            self,
            StoreError::Database(rusqlite::Error::SqliteFailure(error, _))
                if error.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE
        )
    }
}

/// Shorthand.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Why the database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A newer program wrote it.
    #[error("{path} was written by a newer program")]
    Newer {
        /// The file.
        path: PathBuf,
    },
    /// The key is not the one that sealed the secrets in it.
    #[error("the key does not fit {path}")]
    WrongKey {
        /// The file.
        path: PathBuf,
    },
    /// SQLite refused.
    #[error("{path} cannot be opened: {source}")]
    Database {
        /// The file.
        path: PathBuf,
        /// SQLite's words.
        source: rusqlite::Error,
    },
    /// The folder of the files cannot be made.
    #[error("{path} cannot be made: {source}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The disk's words.
        source: std::io::Error,
    },
    /// A migration failed; the copy made before it is beside the database.
    #[error("{path} could not be brought up to date: {reason}")]
    Migration {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        reason: String,
    },
}

/// The open database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    readers: r2d2::Pool<ReaderManager>,
    writer: writer::Writer,
    files: files::Files,
    sealer: Sealer,
    voice: Arc<OnceLock<Voice>>,
    path: PathBuf,
    #[cfg(test)]
    log: statements::Log,
}

/// A read-only view of the database: one snapshot for all that is read in one closure.
pub struct Reader<'a> {
    connection: &'a Connection,
    sealer: &'a Sealer,
}

impl Store {
    /// Opens (or creates) the database in `folder`, brings it up to date, and starts the writer thread.
    /// `publish` is called on the writer thread after every commit with what the jobs asked to tell; it must
    /// not block. Blocks while migrating.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(
        folder: &Path,
        sealer: Sealer,
        publish: impl Fn(Notice) + Send + 'static,
    ) -> std::result::Result<Store, OpenError> {
        let path = folder.join(FILE);
        let database = |source| OpenError::Database {
            path: path.clone(),
            source,
        };
        let mut connection = connect(&path, false).map_err(database)?;
        migrate::to_latest(&mut connection, &path)?;
        facts::check_key(&connection, &sealer, &path)?;
        let files = files::Files::open(folder).map_err(|source| OpenError::Folder {
            path: folder.join(files::FOLDER),
            source,
        })?;

        let readers = r2d2::Pool::builder()
            .max_size(8)
            .min_idle(Some(1))
            .idle_timeout(Some(Duration::from_secs(60)))
            .connection_timeout(Duration::from_secs(5))
            .test_on_check_out(false)
            .build_unchecked(ReaderManager { path: path.clone() });
        let checkpointer = connect(&path, false).map_err(database)?;
        let voice = Arc::new(OnceLock::new());
        let writer = writer::Writer::start(
            connection,
            checkpointer,
            sealer.clone(),
            voice.clone(),
            publish,
        );
        Ok(Store {
            inner: Arc::new(Inner {
                readers,
                writer,
                files,
                sealer,
                voice,
                path,
                #[cfg(test)]
                log: statements::Log::default(),
            }),
        })
    }

    /// Tells how the program speaks; until then it says nothing by itself. The first word counts.
    pub fn give_voice(&self, voice: Voice) {
        let _ = self.inner.voice.set(voice);
    }

    /// Runs `read` on one snapshot. Blocks for as long as the read takes; short reads may run on a server
    /// thread.
    ///
    /// # Errors
    /// What `read` returns, or [`StoreError::NoReader`] after five seconds without a free connection.
    pub fn read<T>(&self, read: impl FnOnce(&Reader<'_>) -> Result<T>) -> Result<T> {
        let connection = self.inner.readers.get()?;
        let snapshot = connection.unchecked_transaction()?;
        let reader = Reader {
            connection: &snapshot,
            sealer: &self.inner.sealer,
        };
        #[cfg(test)]
        let read = |reader: &Reader<'_>| self.inner.log.keep(&snapshot, || read(reader));
        read(&reader)
    }

    /// Runs `job` on the writer thread in a savepoint of its own and waits for the commit that holds it.
    /// The answer comes after the data is on disk.
    ///
    /// # Errors
    /// What `job` returns (then nothing of it is stored), [`StoreError::Busy`], or the commit's failure.
    pub async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.inner
            .writer
            .submit(job)?
            .await
            .unwrap_or(Err(StoreError::Busy))
    }

    /// [`Store::write`] in somebody's name: what the job records in the audit log carries it.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn write_by<T: Send + 'static>(
        &self,
        actor: Actor,
        job: impl FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.write(move |tx| {
            tx.act_as(actor);
            job(tx)
        })
        .await
    }

    /// [`Store::write`] for worker threads: blocks, and waits for room where `write` would answer Busy.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn write_blocking<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.inner
            .writer
            .submit_blocking(job)?
            .blocking_recv()
            .unwrap_or(Err(StoreError::Busy))
    }

    /// What customers and agents sent.
    pub fn files(&self) -> &files::Files {
        &self.inner.files
    }

    /// Where the database is.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Finishes what was submitted, checkpoints and closes the writer. Later writes answer
    /// [`StoreError::Busy`]. Blocks until the last commit is on disk.
    pub fn close(&self) {
        self.inner.writer.close();
    }
}

impl Reader<'_> {
    /// For read functions of this module.
    fn connection(&self) -> &Connection {
        self.connection
    }

    /// Opens a sealed secret. `place` is `table|column|row`.
    fn open_secret(&self, place: &str, sealed: &str) -> Result<Secret> {
        Ok(self.sealer.open(place, sealed)?)
    }
}

/// A setting of a connection, with the value that it reads back as.
type Setting = (&'static str, i64);

/// The mebibytes of the log file that are kept when it is emptied.
const LOG_KEPT: i64 = 64;

/// Of every connection.
const EVERYWHERE: &[Setting] = &[
    // In memory: a temporary file would hold what customers wrote.
    ("temp_store", 2),
    // A schema from a stranger's file cannot call functions; damaged cells are noticed when read.
    ("trusted_schema", 0),
    ("cell_size_check", 1),
];

/// Of a connection that only reads.
const READING: &[Setting] = &[("query_only", 1)];

/// Of a connection that writes: the writer's and the one that checkpoints run on.
const WRITING: &[Setting] = &[
    // Full: a commit is on disk before it is answered (promise P1).
    ("synchronous", 2),
    ("foreign_keys", 1),
    // Checkpoints run on a connection of their own, off the writer's path.
    ("wal_autocheckpoint", 0),
    ("journal_size_limit", LOG_KEPT * 1024 * 1024),
    // What is deleted is overwritten, also the pages that a large body had to itself: `fast` leaves those as
    // they were, with reply tokens in them.
    ("secure_delete", 1),
];

/// How long a connection waits for a lock.
const BUSY: Duration = Duration::from_secs(5);

/// A connection with every setting of ours. None is a matter of trust: each is read back, because SQLite takes a
/// pragma that it does not know for done.
fn connect(path: &Path, read_only: bool) -> rusqlite::Result<Connection> {
    let flags = if read_only {
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX
    } else {
        OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
    };
    let connection = Connection::open_with_flags(path, flags)?;
    // First, so that the other settings wait for a lock instead of failing.
    connection.busy_timeout(BUSY)?;
    if !read_only {
        // Readers never wait for the writer. Kept in the file: readers find it so.
        connection.pragma_update(None, "journal_mode", "wal")?;
    }
    let own = if read_only { READING } else { WRITING };
    for (name, value) in own.iter().chain(EVERYWHERE) {
        connection.pragma_update(None, name, value)?;
    }
    check_settings(&connection, own)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

/// Reads every setting back.
fn check_settings(connection: &Connection, own: &[Setting]) -> rusqlite::Result<()> {
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    if mode != "wal" {
        return Err(not_taken("journal_mode", &mode));
    }
    for (name, value) in own.iter().chain(EVERYWHERE) {
        let reads: i64 = connection.pragma_query_value(None, name, |row| row.get(0))?;
        if reads != *value {
            return Err(not_taken(name, &reads.to_string()));
        }
    }
    Ok(())
}

fn not_taken(name: &str, reads: &str) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(
        rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_MISUSE),
        Some(format!(
            "SQLite did not take the setting {name}: it reads {reads}"
        )),
    )
}

struct ReaderManager {
    path: PathBuf,
}

impl r2d2::ManageConnection for ReaderManager {
    type Connection = Connection;
    type Error = rusqlite::Error;

    fn connect(&self) -> rusqlite::Result<Connection> {
        connect(&self.path, true)
    }

    fn is_valid(&self, _: &mut Connection) -> rusqlite::Result<()> {
        Ok(())
    }

    fn has_broken(&self, _: &mut Connection) -> bool {
        false
    }
}

/// A pattern for `LIKE … ESCAPE '\'` that finds texts with these words in them, whatever signs they hold.
fn containing(words: &str) -> String {
    let mut pattern = String::with_capacity(words.len() + 2);
    pattern.push('%');
    for sign in words.chars() {
        if matches!(sign, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(sign);
    }
    pattern.push('%');
    pattern
}
