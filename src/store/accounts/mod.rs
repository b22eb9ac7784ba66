//! Messaging accounts: a Facebook app or a LINE channel, its secrets, and what is known about its
//! connection.

mod audited;
mod preparation;
mod privacy;
mod secrets;
mod signs;

use rusqlite::{OptionalExtension as _, Row, named_params, params};

use crate::crypto::Secret;
use crate::domain::audit::Act;
use crate::domain::ids::{AccountId, UserId};
use crate::domain::live_event::{LiveEvent, Notice, Worker};
use crate::domain::time::Timestamp;

use super::{Reader, Result, Tx, audit, pages, parked_events};

use audited::recorded;
use secrets::verify_token_place;

pub use preparation::{Prepared, prepare, prepared};
pub use privacy::{Acknowledged, Acknowledgement, acknowledge, acknowledgement, acknowledgements};
pub use secrets::{WebhookAccount, for_webhook, secret, set_secret, verify_token};
pub use signs::{
    SIGNATURE_ALARM, note_event, reached, signature_failures, test_event, unknown_page_event,
    verified, verify_refused,
};

/// A messaging account. Secrets are not in it: see [`for_webhook`] and [`super::pages::credentials`].
#[derive(Clone, Debug)]
pub struct Account {
    /// Row id.
    pub id: AccountId,
    /// The channel's name.
    pub channel: String,
    /// The label that the administrator gave.
    pub name: String,
    /// Last segment of the callback URL.
    pub webhook_key: String,
    /// App ID or Channel ID; empty until the wizard's step.
    pub external_id: String,
    /// Whether the secret is there; without it the webhook is closed.
    pub has_secret: bool,
    /// The secret's last four characters; may be empty.
    pub secret_last4: String,
    /// When the secret was saved.
    pub secret_saved_at: Option<Timestamp>,
    /// The name of who made it; `None` for the demo.
    pub created_by: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// The wizard's *Done*; `None` while it is being set up.
    pub completed_at: Option<Timestamp>,
    /// When the public address last answered.
    pub reachable_at: Option<Timestamp>,
    /// Why it did not answer the last time: a [`crate::domain::delivery::Reason`] as JSON.
    pub reachable_error: Option<String>,
    /// When the platform last proved the callback.
    pub verified_at: Option<Timestamp>,
    /// Why the last proof failed: the word of a locale key `verify-error-…`.
    pub verify_error: Option<String>,
    /// When the last proof failed.
    pub verify_failed_at: Option<Timestamp>,
    /// First signed body with an event.
    pub first_event_at: Option<Timestamp>,
    /// Last signed body with an event.
    pub last_event_at: Option<Timestamp>,
    /// Last test from the platform's own pages.
    pub test_event_at: Option<Timestamp>,
    /// Bodies refused for their signature since the last good one.
    pub signature_failures: u64,
    /// The last of them.
    pub signature_failed_at: Option<Timestamp>,
    /// Signed events for pages that are not in this account.
    pub unknown_page_events: u64,
    /// Whether the age of its tokens is flagged.
    pub flags_token_age: bool,
}

const COLUMNS: &str = "account_id, channel, name, webhook_key, external_id, secret IS NOT NULL AS has_secret, \
    secret_last4, secret_saved_at, (SELECT name FROM user WHERE user_id = created_by) AS created_by, created_at, completed_at, reachable_at, reachable_error, \
    verified_at, verify_error, verify_failed_at, first_event_at, last_event_at, test_event_at, \
    signature_failures, signature_failed_at, unknown_page_events, flags_token_age";

fn read(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        id: row.get("account_id")?,
        channel: row.get("channel")?,
        name: row.get("name")?,
        webhook_key: row.get("webhook_key")?,
        external_id: row.get("external_id")?,
        has_secret: row.get("has_secret")?,
        secret_last4: row.get("secret_last4")?,
        secret_saved_at: row.get("secret_saved_at")?,
        created_by: row.get("created_by")?,
        created_at: row.get("created_at")?,
        completed_at: row.get("completed_at")?,
        reachable_at: row.get("reachable_at")?,
        reachable_error: row.get("reachable_error")?,
        verified_at: row.get("verified_at")?,
        verify_error: row.get("verify_error")?,
        verify_failed_at: row.get("verify_failed_at")?,
        first_event_at: row.get("first_event_at")?,
        last_event_at: row.get("last_event_at")?,
        test_event_at: row.get("test_event_at")?,
        signature_failures: row.get::<_, i64>("signature_failures")?.unsigned_abs(),
        signature_failed_at: row.get("signature_failed_at")?,
        unknown_page_events: row.get::<_, i64>("unknown_page_events")?.unsigned_abs(),
        flags_token_age: row.get("flags_token_age")?,
    })
}

/// The account of an id; `None` when there is none, or it was taken away.
///
/// # Errors
/// SQLite's.
pub fn by_id(reader: &Reader<'_>, account: AccountId) -> Result<Option<Account>> {
    Ok(reader
        .connection()
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM account WHERE account_id = ?1 AND removed_at IS NULL"
        ))?
        .query_row([account], read)
        .optional()?)
}

/// Every account, oldest first.
///
/// # Errors
/// SQLite's.
pub fn all(reader: &Reader<'_>) -> Result<Vec<Account>> {
    Ok(reader
        .connection()
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM account WHERE removed_at IS NULL ORDER BY account_id"
        ))?
        .query_map([], read)?
        .collect::<rusqlite::Result<_>>()?)
}

/// An account at the wizard's first step.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// The channel's name.
    pub channel: String,
    /// The label.
    pub name: String,
    /// Last segment of the callback URL; unguessable.
    pub webhook_key: String,
    /// Where the channel has a verification call.
    pub verify_token: Option<Secret>,
    /// Who makes it; `None` for the demo.
    pub created_by: Option<UserId>,
}

/// Adds an account.
///
/// # Errors
/// SQLite's; a webhook key that is taken breaks a `UNIQUE` constraint.
pub fn add(tx: &Tx<'_>, account: &NewAccount) -> Result<AccountId> {
    tx.connection()
        .prepare_cached(
            "INSERT INTO account (channel, name, webhook_key, created_by, created_at)
             VALUES (:channel, :name, :webhook_key, :created_by, :now)",
        )?
        .execute(named_params! {
            ":channel": account.channel,
            ":name": account.name,
            ":webhook_key": account.webhook_key,
            ":created_by": account.created_by,
            ":now": tx.now(),
        })?;
    let id = AccountId(tx.connection().last_insert_rowid());
    if let Some(verify_token) = &account.verify_token {
        tx.connection()
            .prepare_cached("UPDATE account SET verify_token = ?2 WHERE account_id = ?1")?
            .execute(params![id, tx.seal(&verify_token_place(id), verify_token)])?;
    }
    if let Some(shown) = audited::shown(tx, id)? {
        let subject = audited::subject(id, &shown);
        audit::added(tx, Act::AccountAdded, &subject, &shown)?;
    }
    changed(tx, id)?;
    Ok(id)
}

/// Gives the account another label.
///
/// # Errors
/// SQLite's.
pub fn rename(tx: &Tx<'_>, account: AccountId, name: &str) -> Result<()> {
    recorded(tx, account, Act::AccountChanged, || {
        tx.connection()
            .prepare_cached("UPDATE account SET name = ?2 WHERE account_id = ?1")?
            .execute(params![account, name])?;
        Ok(())
    })
}

/// Sets App ID or Channel ID.
///
/// # Errors
/// SQLite's.
pub fn set_external_id(tx: &Tx<'_>, account: AccountId, external_id: &str) -> Result<()> {
    recorded(tx, account, Act::AccountChanged, || {
        tx.connection()
            .prepare_cached("UPDATE account SET external_id = ?2 WHERE account_id = ?1")?
            .execute(params![account, external_id])?;
        Ok(())
    })
}

/// Whether the age of the account's tokens is flagged from now on.
///
/// # Errors
/// SQLite's.
pub fn flag_token_age(tx: &Tx<'_>, account: AccountId, is_flagged: bool) -> Result<()> {
    recorded(tx, account, Act::AccountChanged, || {
        tx.connection()
            .prepare_cached("UPDATE account SET flags_token_age = ?2 WHERE account_id = ?1")?
            .execute(params![account, is_flagged])?;
        Ok(())
    })
}

/// The wizard's *Done*. The first time counts.
///
/// # Errors
/// SQLite's.
pub fn complete(tx: &Tx<'_>, account: AccountId) -> Result<()> {
    recorded(tx, account, Act::AccountCompleted, || {
        tx.connection()
            .prepare_cached(
                "UPDATE account SET completed_at = ?2
                 WHERE account_id = ?1 AND completed_at IS NULL",
            )?
            .execute(params![account, tx.now()])?;
        Ok(())
    })
}

/// Takes away an account that was never finished and never used. False when it was.
///
/// # Errors
/// SQLite's.
pub fn discard(tx: &Tx<'_>, account: AccountId) -> Result<bool> {
    let before = audited::shown(tx, account)?;
    let gone = tx
        .connection()
        .prepare_cached(
            "DELETE FROM account WHERE account_id = ?1 AND completed_at IS NULL
                 AND NOT EXISTS (SELECT 1 FROM page JOIN social_profile USING (page_id)
                                 WHERE page.account_id = ?1)
                 AND NOT EXISTS (SELECT 1 FROM webhook_event WHERE account_id = ?1)",
        )?
        .execute([account])?;
    if let Some(before) = before.filter(|_| gone == 1) {
        let subject = audited::subject(account, &before);
        audit::removed(tx, Act::AccountRemoved, &subject, &before)?;
    }
    changed(tx, account)?;
    Ok(gone == 1)
}

/// Takes an account away with its pages (see [`pages::remove`]): its callback is answered no more, its secrets
/// are forgotten, its events that could not be worked on are given up. Its conversations stay readable. One that
/// is gone already stays so.
///
/// # Errors
/// SQLite's.
pub fn remove(tx: &Tx<'_>, account: AccountId) -> Result<()> {
    let Some(before) = audited::shown(tx, account)? else {
        return Ok(());
    };
    for page in pages::of_account(&tx.reader(), account)? {
        pages::remove(tx, page.id)?;
    }
    parked_events::give_up_all(tx, account)?;
    changed(tx, account)?;
    tx.connection()
        .prepare_cached(
            "UPDATE account SET removed_at = ?2, secret = NULL, secret_last4 = '', secret_saved_at = NULL,
                 verify_token = NULL
             WHERE account_id = ?1",
        )?
        .execute(params![account, tx.now()])?;
    let subject = audited::subject(account, &before);
    audit::removed(tx, Act::AccountRemoved, &subject, &before)
}

/// Tells that caches of accounts, pages and secrets are stale, and every tab that shows this account.
pub(super) fn changed(tx: &Tx<'_>, account: AccountId) -> Result<()> {
    tx.after_commit(Notice::AccountsChanged);
    tell(tx, account)
}

/// Tells every tab that shows this account, and looks whether administrators are to have a letter about it.
pub(super) fn tell(tx: &Tx<'_>, account: AccountId) -> Result<()> {
    tx.wake(Worker::Mail);
    tx.tell(LiveEvent::AccountChanged(account))
}
