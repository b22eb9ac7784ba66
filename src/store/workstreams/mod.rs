//! Workstreams: which queue a page's conversations go to, and how long they live.

use rusqlite::{OptionalExtension as _, Row, named_params};

use crate::domain::conversation::{AUTO_CLOSE_WAITING, WRAP_UP};
use crate::domain::ids::{AccountId, QueueId, WorkstreamId};

use super::{Reader, Result, Tx, queues};

mod audited;
pub mod settings;
pub mod variables;

/// A workstream.
#[derive(Clone, Debug)]
pub struct Workstream {
    /// Row id.
    pub id: WorkstreamId,
    /// Its name.
    pub name: String,
    /// Where conversations go that nothing else sends elsewhere.
    pub fallback_queue: QueueId,
}

fn read(row: &Row<'_>) -> rusqlite::Result<Workstream> {
    Ok(Workstream {
        id: row.get(0)?,
        name: row.get(1)?,
        fallback_queue: row.get(2)?,
    })
}

/// The workstream of an id; `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn by_id(reader: &Reader<'_>, workstream: WorkstreamId) -> Result<Option<Workstream>> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT workstream_id, name, fallback_queue_id FROM workstream WHERE workstream_id = ?1",
        )?
        .query_row([workstream], read)
        .optional()?)
}

/// Every workstream, oldest first.
///
/// # Errors
/// SQLite's.
pub fn all(reader: &Reader<'_>) -> Result<Vec<Workstream>> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT workstream_id, name, fallback_queue_id FROM workstream
             WHERE removed_at IS NULL ORDER BY workstream_id",
        )?
        .query_map([], read)?
        .collect::<rusqlite::Result<_>>()?)
}

/// The workstream that answers an account's pages; made, named after the account, when it has none. Its
/// conversations go to the default queue, where everybody picks from.
///
/// # Errors
/// SQLite's.
pub fn of_account(tx: &Tx<'_>, account: AccountId) -> Result<WorkstreamId> {
    let found = tx
        .connection()
        .prepare_cached(
            "SELECT workstream_id FROM page WHERE account_id = ?1 AND workstream_id IS NOT NULL
             AND removed_at IS NULL
             ORDER BY page_id LIMIT 1",
        )?
        .query_row([account], |row| row.get(0))
        .optional()?;
    if let Some(workstream) = found {
        return Ok(workstream);
    }
    let queue = queues::default_queue(tx)?;
    tx.connection()
        .prepare_cached(
            "INSERT INTO workstream (name, channel, mode, fallback_queue_id, auto_close_waiting_ms,
                 wrap_up_ms, is_automatic, created_at)
             SELECT name, channel, 'pick', :queue, :auto_close_waiting, :wrap_up, 1, :now
             FROM account WHERE account_id = :account",
        )?
        .execute(named_params! {
            ":account": account,
            ":queue": queue,
            ":auto_close_waiting": AUTO_CLOSE_WAITING.as_millis() as i64,
            ":wrap_up": WRAP_UP.as_millis() as i64,
            ":now": tx.now(),
        })?;
    Ok(WorkstreamId(tx.connection().last_insert_rowid()))
}
