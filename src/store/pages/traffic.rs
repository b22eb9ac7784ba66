//! Whether a page's events reach us.

use rusqlite::{OptionalExtension as _, params};

use crate::domain::ids::PageId;
use crate::store::accounts::tell;
use crate::store::{Result, Tx};

use super::{account_of, page_changed};

/// The platform sends us this page's events. `warning` is a locale key of something to mend all the same.
///
/// # Errors
/// SQLite's.
pub fn subscribed(tx: &Tx<'_>, page: PageId, warning: Option<&str>) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE page SET subscribed_at = ?2, subscribe_error = NULL, subscribe_warning = ?3
             WHERE page_id = ?1",
        )?
        .execute(params![page, tx.now(), warning])?;
    page_changed(tx, page)
}

/// The platform does not send us this page's events; `reason` says why: a
/// [`crate::domain::delivery::Reason`] as JSON.
///
/// # Errors
/// SQLite's.
pub fn subscribe_failed(tx: &Tx<'_>, page: PageId, reason: &str) -> Result<()> {
    tx.connection()
        .prepare_cached("UPDATE page SET subscribe_error = ?2 WHERE page_id = ?1")?
        .execute(params![page, reason])?;
    page_changed(tx, page)
}

/// A customer's message came. Told when it is the page's first; otherwise the moment is only kept.
///
/// # Errors
/// SQLite's.
pub fn note_message(tx: &Tx<'_>, page: PageId) -> Result<()> {
    let first: Option<bool> = tx
        .connection()
        .prepare_cached(
            "UPDATE page SET first_message_at = coalesce(first_message_at, ?2), last_message_at = ?2
             WHERE page_id = ?1 RETURNING first_message_at = ?2",
        )?
        .query_row(params![page, tx.now()], |row| row.get(0))
        .optional()?;
    match first {
        Some(true) => tell(tx, account_of(tx, page)?),
        _ => Ok(()),
    }
}
