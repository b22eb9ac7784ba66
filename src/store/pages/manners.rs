//! How a page sends: what its administrator chose beside what the channel demands.

use rusqlite::{OptionalExtension as _, params};

use crate::domain::ids::PageId;
use crate::store::{Reader, Result, Tx};

use super::{audited, page_changed};

/// How a page sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manners {
    /// So many seconds a message waits for the next one, to go in one call with it, where a call carries several;
    /// 0 to 10.
    pub hold_s: u32,
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
        .prepare_cached("SELECT hold_s FROM page WHERE page_id = ?1")?
        .query_row([page], |row| {
            Ok(Manners {
                hold_s: row.get(0)?,
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
            .prepare_cached("UPDATE page SET hold_s = ?2 WHERE page_id = ?1")?
            .execute(params![page, manners.hold_s])?;
        Ok(())
    })?;
    page_changed(tx, page)
}
