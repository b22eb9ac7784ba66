//! Whether a page's events reach us and its messages go out; an administrator's pause.

use rusqlite::{OptionalExtension as _, params};

use crate::domain::ids::{AccountId, PageId, UserId};
use crate::domain::live_event::Worker;
use crate::store::accounts::tell;
use crate::store::{Result, Tx};

use super::notices::block_is_over;
use super::{Page, account_of, audited, by_id, page_changed, token_used};

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

/// Pauses a page: what is to be sent waits, what comes in goes on. Paused already, it stays as it is.
///
/// # Errors
/// SQLite's.
pub fn hold(tx: &Tx<'_>, page: PageId, by: UserId) -> Result<()> {
    audited::recorded(tx, page, || {
        tx.connection()
            .prepare_cached(
                "UPDATE page SET held_at = ?2, held_by = ?3 WHERE page_id = ?1 AND held_at IS NULL",
            )?
            .execute(params![page, tx.now(), by])?;
        Ok(())
    })?;
    page_changed(tx, page)
}

/// Ends a pause: what waited goes out.
///
/// # Errors
/// SQLite's.
pub fn resume(tx: &Tx<'_>, page: PageId) -> Result<()> {
    audited::recorded(tx, page, || {
        tx.connection()
            .prepare_cached("UPDATE page SET held_at = NULL, held_by = NULL WHERE page_id = ?1")?
            .execute([page])?;
        Ok(())
    })?;
    tx.wake(Worker::Dispatch);
    page_changed(tx, page)
}

/// The platform accepted a message: its wish to wait is over.
///
/// # Errors
/// SQLite's.
pub fn note_sent(tx: &Tx<'_>, page: PageId) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE page SET paused_until = NULL, paused_at = NULL, last_sent_at = ?2 WHERE page_id = ?1",
        )?
        .execute(params![page, tx.now()])?;
    block_is_over(tx, page)?;
    token_used(tx, page)
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

/// The account's only page, as long as nobody knows its platform id, is the one that a signed event is for:
/// it gets `platform_id` (the platform was not reached when the account was saved; only the owner of the
/// account's secret can have signed the event). `None` when the account has another page, or one that is
/// known, or when the id is a page of somebody else's.
///
/// # Errors
/// SQLite's.
pub fn learn_platform_id(
    tx: &Tx<'_>,
    account: AccountId,
    platform_id: &str,
) -> Result<Option<Page>> {
    let learned: Option<PageId> = tx
        .connection()
        .prepare_cached(
            "UPDATE page SET platform_id = ?2
             WHERE account_id = ?1 AND platform_id = '' AND ?2 <> '' AND removed_at IS NULL
               AND NOT EXISTS (SELECT 1 FROM page AS other
                               WHERE other.account_id = ?1 AND other.page_id <> page.page_id
                                 AND other.removed_at IS NULL)
               AND NOT EXISTS (SELECT 1 FROM page AS other
                               WHERE other.channel = page.channel AND other.platform_id = ?2
                                 AND other.removed_at IS NULL)
             RETURNING page_id",
        )?
        .query_row(params![account, platform_id], |row| row.get(0))
        .optional()?;
    let Some(page) = learned else {
        return Ok(None);
    };
    page_changed(tx, page)?;
    by_id(&tx.reader(), page)
}
