//! The signs of life of a connection: what came by the callback, and what came of checking it.

use rusqlite::{OptionalExtension as _, params};

use crate::domain::ids::AccountId;
use crate::store::{Result, Tx};

use super::tell;

/// A signed body with events came. Told when it is the first, or ends a row of failed signatures;
/// otherwise the moment is only kept.
///
/// # Errors
/// SQLite's.
pub fn note_event(tx: &Tx<'_>, account: AccountId) -> Result<()> {
    let news: bool = tx
        .connection()
        .prepare_cached(
            "SELECT first_event_at IS NULL OR signature_failures > 0 FROM account
             WHERE account_id = ?1",
        )?
        .query_row([account], |row| row.get(0))
        .optional()?
        .unwrap_or(false);
    tx.connection()
        .prepare_cached(
            "UPDATE account SET first_event_at = coalesce(first_event_at, ?2), last_event_at = ?2,
                 signature_failures = 0
             WHERE account_id = ?1",
        )?
        .execute(params![account, tx.now()])?;
    if news { tell(tx, account) } else { Ok(()) }
}

/// The platform's own test came.
///
/// # Errors
/// SQLite's.
pub fn test_event(tx: &Tx<'_>, account: AccountId) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE account SET test_event_at = ?2, signature_failures = 0 WHERE account_id = ?1",
        )?
        .execute(params![account, tx.now()])?;
    tell(tx, account)
}

/// Bodies were refused for their signature. Told when they are the first since the last good one, and when
/// they are enough to take the secret for wrong.
///
/// # Errors
/// SQLite's.
pub fn signature_failures(tx: &Tx<'_>, account: AccountId, count: u32) -> Result<()> {
    let failures: Option<i64> = tx
        .connection()
        .prepare_cached(
            "UPDATE account SET signature_failures = signature_failures + ?3, signature_failed_at = ?2
             WHERE account_id = ?1 RETURNING signature_failures",
        )?
        .query_row(params![account, tx.now(), count], |row| row.get(0))
        .optional()?;
    let passed = |mark: i64| {
        failures.is_some_and(|failures| failures >= mark && failures - i64::from(count) < mark)
    };
    if passed(1) || passed(SIGNATURE_ALARM) {
        tell(tx, account)?;
    }
    Ok(())
}

/// From this many failed signatures in a row on the secret is taken to be wrong.
pub const SIGNATURE_ALARM: i64 = 3;

/// A signed event was for a page that is not in this account.
///
/// # Errors
/// SQLite's.
pub fn unknown_page_event(tx: &Tx<'_>, account: AccountId) -> Result<()> {
    let count: Option<i64> = tx
        .connection()
        .prepare_cached(
            "UPDATE account SET unknown_page_events = unknown_page_events + 1
             WHERE account_id = ?1 RETURNING unknown_page_events",
        )?
        .query_row([account], |row| row.get(0))
        .optional()?;
    if count == Some(1) {
        tell(tx, account)?;
    }
    Ok(())
}

/// The platform proved the callback.
///
/// # Errors
/// SQLite's.
pub fn verified(tx: &Tx<'_>, account: AccountId) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE account SET verified_at = ?2, verify_error = NULL, verify_failed_at = NULL
             WHERE account_id = ?1",
        )?
        .execute(params![account, tx.now()])?;
    tell(tx, account)
}

/// The callback was not proved; `reason` is the word of a locale key `verify-error-…`. What was proved before
/// stays proved.
///
/// # Errors
/// SQLite's.
pub fn verify_refused(tx: &Tx<'_>, account: AccountId, reason: &str) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE account SET verify_error = ?2, verify_failed_at = ?3 WHERE account_id = ?1",
        )?
        .execute(params![account, reason, tx.now()])?;
    tell(tx, account)
}

/// What came of calling our own public address: `None` when we answered, else why not.
///
/// # Errors
/// SQLite's.
pub fn reached(tx: &Tx<'_>, account: AccountId, error: Option<&str>) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE account SET reachable_error = ?2,
                 reachable_at = CASE WHEN ?2 IS NULL THEN ?3 ELSE reachable_at END
             WHERE account_id = ?1",
        )?
        .execute(params![account, error, tx.now()])?;
    tell(tx, account)
}
