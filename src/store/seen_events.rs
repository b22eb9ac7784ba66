//! Events that have no message id of their own are known by a key, so that a redelivery changes nothing.

use rusqlite::params;

use crate::domain::ids::PageId;
use crate::domain::time::Timestamp;

use super::{Result, Tx};

/// Remembers an event of a page. False when it came before.
///
/// # Errors
/// SQLite's.
pub fn is_new(tx: &Tx<'_>, page: PageId, key: &str) -> Result<bool> {
    let added = tx
        .connection()
        .prepare_cached(
            "INSERT INTO seen_event (page_id, event_key, seen_at) VALUES (?1, ?2, ?3)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![page, key, tx.now()])?;
    Ok(added > 0)
}

/// Forgets at most `limit` events that came before `moment`: no platform redelivers for so long.
///
/// # Errors
/// SQLite's.
pub fn prune(tx: &Tx<'_>, moment: Timestamp, limit: usize) -> Result<usize> {
    Ok(tx
        .connection()
        .prepare_cached(
            "DELETE FROM seen_event WHERE (page_id, event_key) IN (
                 SELECT page_id, event_key FROM seen_event WHERE seen_at < ?1
                 ORDER BY seen_at LIMIT ?2)",
        )?
        .execute(params![moment, limit as i64])?)
}
