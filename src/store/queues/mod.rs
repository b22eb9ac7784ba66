//! Queues, and who works in them.

use rusqlite::{OptionalExtension as _, params};

use crate::domain::ids::{OperatingHoursId, QueueId, UserId};
use crate::domain::live_event::Worker;

use super::{Reader, Result, Tx};

mod audited;
pub mod settings;

/// The name of the queue that is always there.
const DEFAULT_NAME: &str = "Default messaging queue";

/// The queue that is always there; made when it is not. Everybody is a member of it.
///
/// # Errors
/// SQLite's.
pub fn default_queue(tx: &Tx<'_>) -> Result<QueueId> {
    let found = tx
        .connection()
        .prepare_cached("SELECT queue_id FROM queue WHERE is_default = 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    if let Some(queue) = found {
        return Ok(queue);
    }
    tx.connection()
        .prepare_cached("INSERT INTO queue (name, is_default, created_at) VALUES (?1, 1, ?2)")?
        .execute(params![DEFAULT_NAME, tx.now()])?;
    let queue = QueueId(tx.connection().last_insert_rowid());
    tx.connection()
        .prepare_cached(
            "INSERT INTO queue_member (queue_id, user_id, joined_at) SELECT ?1, user_id, ?2 FROM user",
        )?
        .execute(params![queue, tx.now()])?;
    Ok(queue)
}

/// A queue by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueName {
    /// Row id.
    pub id: QueueId,
    /// Name on screen.
    pub name: String,
    /// Whether it is the one that everybody is a member of.
    pub is_default: bool,
}

/// Every queue, the default one first.
///
/// # Errors
/// SQLite's.
pub fn names(reader: &Reader<'_>) -> Result<Vec<QueueName>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT queue_id, name, is_default FROM queue WHERE removed_at IS NULL
         ORDER BY is_default DESC, name COLLATE NOCASE, queue_id",
    )?;
    let queues = statement.query_map([], |row| {
        Ok(QueueName {
            id: row.get(0)?,
            name: row.get(1)?,
            is_default: row.get(2)?,
        })
    })?;
    Ok(queues.collect::<rusqlite::Result<_>>()?)
}

/// Makes a person a member of a queue; nothing changes when he or she is one.
///
/// # Errors
/// SQLite's.
pub fn join(tx: &Tx<'_>, queue: QueueId, user: UserId) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "INSERT OR IGNORE INTO queue_member (queue_id, user_id, joined_at) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![queue, user, tx.now()])?;
    tx.wake(Worker::Route);
    Ok(())
}

/// Whether a person is a member of a queue.
///
/// # Errors
/// SQLite's.
pub fn is_member(reader: &Reader<'_>, queue: QueueId, user: UserId) -> Result<bool> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM queue_member WHERE queue_id = ?1 AND user_id = ?2)",
        )?
        .query_row(params![queue, user], |row| row.get(0))?)
}

/// Whether anybody who may sign in works in a queue.
///
/// # Errors
/// SQLite's.
pub fn has_people(reader: &Reader<'_>, queue: QueueId) -> Result<bool> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM queue_member JOIN user USING (user_id)
                            WHERE queue_id = ?1 AND disabled_at IS NULL)",
        )?
        .query_row([queue], |row| row.get(0))?)
}

/// The operating hours of a queue; `None` when it is open around the clock, or there is no such queue.
///
/// # Errors
/// SQLite's.
pub fn hours(reader: &Reader<'_>, queue: QueueId) -> Result<Option<OperatingHoursId>> {
    let hours = reader
        .connection()
        .prepare_cached("SELECT operating_hours_id FROM queue WHERE queue_id = ?1")?
        .query_row([queue], |row| row.get(0))
        .optional()?;
    Ok(hours.flatten())
}

/// The name of a queue; `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn name(reader: &Reader<'_>, queue: QueueId) -> Result<Option<String>> {
    Ok(reader
        .connection()
        .prepare_cached("SELECT name FROM queue WHERE queue_id = ?1")?
        .query_row([queue], |row| row.get(0))
        .optional()?)
}
