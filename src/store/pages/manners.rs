//! How a page sends: what its administrator chose beside what the channel demands.

use rusqlite::{OptionalExtension as _, params};

use crate::domain::ids::PageId;
use crate::domain::time::Timestamp;
use crate::store::{Reader, Result, Tx};

use super::{audited, page_changed};

/// How a page sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manners {
    /// So many seconds a message waits for the next one, to go in one call with it, where a call carries several;
    /// 0 to 10.
    pub hold_s: u32,
    /// Customers see that somebody writes to them.
    pub shows_writing: bool,
    /// Customers see that their message was read.
    pub marks_seen: bool,
    /// Customers see who writes, where the channel can show it.
    pub shows_sender: bool,
}

/// The longest [`Manners::hold_s`].
pub const LONGEST_HOLD_S: u32 = 10;

/// How a page sends; `None` when there is no such page.
///
/// # Errors
/// SQLite's.
pub fn manners(reader: &Reader<'_>, page: PageId) -> Result<Option<Manners>> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT hold_s, shows_writing, marks_seen, shows_sender FROM page WHERE page_id = ?1",
        )?
        .query_row([page], |row| {
            Ok(Manners {
                hold_s: row.get(0)?,
                shows_writing: row.get(1)?,
                marks_seen: row.get(2)?,
                shows_sender: row.get(3)?,
            })
        })
        .optional()?)
}

/// Lets a page send in another way.
///
/// # Errors
/// SQLite's; a value out of its range.
pub fn set_manners(tx: &Tx<'_>, page: PageId, manners: Manners) -> Result<()> {
    audited::recorded(tx, page, || {
        tx.connection()
            .prepare_cached(
                "UPDATE page SET hold_s = ?2, shows_writing = ?3, marks_seen = ?4, shows_sender = ?5
                 WHERE page_id = ?1",
            )?
            .execute(params![
                page,
                manners.hold_s,
                manners.shows_writing,
                manners.marks_seen,
                manners.shows_sender
            ])?;
        Ok(())
    })?;
    page_changed(tx, page)
}

/// Somebody wants to have what was said with the page's customers since a moment, from the platform's record.
///
/// # Errors
/// SQLite's.
pub fn want_import(tx: &Tx<'_>, page: PageId, since: Timestamp) -> Result<()> {
    tx.connection()
        .prepare_cached("UPDATE page SET import_since = ?2 WHERE page_id = ?1")?
        .execute(params![page, since])?;
    Ok(())
}

/// Since when somebody wants to have it; `None`: nobody does, or it is here.
///
/// # Errors
/// SQLite's.
pub fn import_since(reader: &Reader<'_>, page: PageId) -> Result<Option<Timestamp>> {
    let since: Option<Option<Timestamp>> = reader
        .connection()
        .prepare_cached("SELECT import_since FROM page WHERE page_id = ?1")?
        .query_row([page], |row| row.get(0))
        .optional()?;
    Ok(since.flatten())
}

/// What somebody wanted is here.
///
/// # Errors
/// SQLite's.
pub fn imported(tx: &Tx<'_>, page: PageId) -> Result<()> {
    tx.connection()
        .prepare_cached("UPDATE page SET import_since = NULL WHERE page_id = ?1")?
        .execute([page])?;
    Ok(())
}
