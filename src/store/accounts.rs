//! Messaging accounts: a Facebook app or a LINE channel, its secrets, and what is known about its
//! connection.

use rusqlite::{OptionalExtension as _, Row, named_params, params};

use crate::crypto::Secret;
use crate::domain::ids::{AccountId, UserId};
use crate::domain::live_event::{LiveEvent, Notice};
use crate::domain::time::Timestamp;

use super::{Reader, Result, Tx};

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
}

const COLUMNS: &str = "account_id, channel, name, webhook_key, external_id, secret IS NOT NULL AS has_secret, \
    secret_last4, secret_saved_at, (SELECT name FROM user WHERE user_id = created_by) AS created_by, created_at, completed_at, reachable_at, reachable_error, \
    verified_at, verify_error, verify_failed_at, first_event_at, last_event_at, test_event_at, \
    signature_failures, signature_failed_at, unknown_page_events";

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
    })
}

/// The account of an id; `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn by_id(reader: &Reader<'_>, account: AccountId) -> Result<Option<Account>> {
    Ok(reader
        .connection()
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM account WHERE account_id = ?1"
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
            "SELECT {COLUMNS} FROM account ORDER BY account_id"
        ))?
        .query_map([], read)?
        .collect::<rusqlite::Result<_>>()?)
}

/// What a webhook call is checked against.
#[derive(Clone, Debug)]
pub struct WebhookAccount {
    /// Row id.
    pub id: AccountId,
    /// Signs the bodies; `None` closes the webhook.
    pub secret: Option<Secret>,
    /// Proves the callback; `None` where the channel has no verification call.
    pub verify_token: Option<Secret>,
}

/// The account that a callback URL belongs to; `None` for an unknown key, and for a key of another
/// channel.
///
/// # Errors
/// SQLite's, or a sealed secret that does not open.
pub fn for_webhook(
    reader: &Reader<'_>,
    channel: &str,
    key: &str,
) -> Result<Option<WebhookAccount>> {
    let row = reader
        .connection()
        .prepare_cached(
            "SELECT account_id, secret, verify_token FROM account
             WHERE webhook_key = ?1 AND channel = ?2",
        )?
        .query_row(params![key, channel], |row| {
            Ok((
                row.get::<_, AccountId>(0)?,
                row.get::<_, Option<String>>(1)?,
                row.get::<_, Option<String>>(2)?,
            ))
        })
        .optional()?;
    let Some((id, secret, verify_token)) = row else {
        return Ok(None);
    };
    Ok(Some(WebhookAccount {
        id,
        secret: open(reader, &secret_place(id), secret)?,
        verify_token: open(reader, &verify_token_place(id), verify_token)?,
    }))
}

/// The token that proves the callback, to be pasted at the platform; `None` where the channel has no
/// verification call.
///
/// # Errors
/// SQLite's, or a sealed secret that does not open.
pub fn verify_token(reader: &Reader<'_>, account: AccountId) -> Result<Option<Secret>> {
    let sealed = reader
        .connection()
        .prepare_cached("SELECT verify_token FROM account WHERE account_id = ?1")?
        .query_row([account], |row| row.get::<_, Option<String>>(0))
        .optional()?
        .flatten();
    open(reader, &verify_token_place(account), sealed)
}

/// The secret that signs the account's bodies; `None` when there is none.
///
/// # Errors
/// SQLite's, or a sealed secret that does not open.
pub fn secret(reader: &Reader<'_>, account: AccountId) -> Result<Option<Secret>> {
    let sealed = reader
        .connection()
        .prepare_cached("SELECT secret FROM account WHERE account_id = ?1")?
        .query_row([account], |row| row.get::<_, Option<String>>(0))
        .optional()?
        .flatten();
    open(reader, &secret_place(account), sealed)
}

fn open(reader: &Reader<'_>, place: &str, sealed: Option<String>) -> Result<Option<Secret>> {
    sealed
        .map(|sealed| reader.open_secret(place, &sealed))
        .transpose()
}

fn secret_place(account: AccountId) -> String {
    format!("account|secret|{account}")
}

fn verify_token_place(account: AccountId) -> String {
    format!("account|verify_token|{account}")
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
    changed(tx, id)?;
    Ok(id)
}

/// Gives the account another label.
///
/// # Errors
/// SQLite's.
pub fn rename(tx: &Tx<'_>, account: AccountId, name: &str) -> Result<()> {
    tx.connection()
        .prepare_cached("UPDATE account SET name = ?2 WHERE account_id = ?1")?
        .execute(params![account, name])?;
    changed(tx, account)
}

/// Sets App ID or Channel ID.
///
/// # Errors
/// SQLite's.
pub fn set_external_id(tx: &Tx<'_>, account: AccountId, external_id: &str) -> Result<()> {
    tx.connection()
        .prepare_cached("UPDATE account SET external_id = ?2 WHERE account_id = ?1")?
        .execute(params![account, external_id])?;
    changed(tx, account)
}

/// Sets the secret. Failed signatures are counted afresh: they were the old one's.
///
/// # Errors
/// SQLite's.
pub fn set_secret(tx: &Tx<'_>, account: AccountId, secret: &Secret) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE account SET secret = :secret, secret_last4 = :last4, secret_saved_at = :now,
                 signature_failures = 0, signature_failed_at = NULL
             WHERE account_id = :account",
        )?
        .execute(named_params! {
            ":account": account,
            ":secret": tx.seal(&secret_place(account), secret),
            ":last4": secret.last4(),
            ":now": tx.now(),
        })?;
    changed(tx, account)
}

/// The wizard's *Done*. The first time counts.
///
/// # Errors
/// SQLite's.
pub fn complete(tx: &Tx<'_>, account: AccountId) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE account SET completed_at = ?2 WHERE account_id = ?1 AND completed_at IS NULL",
        )?
        .execute(params![account, tx.now()])?;
    changed(tx, account)
}

/// Takes away an account that was never finished and never used. False when it was.
///
/// # Errors
/// SQLite's.
pub fn discard(tx: &Tx<'_>, account: AccountId) -> Result<bool> {
    let gone = tx
        .connection()
        .prepare_cached(
            "DELETE FROM account WHERE account_id = ?1 AND completed_at IS NULL
                 AND NOT EXISTS (SELECT 1 FROM page JOIN social_profile USING (page_id)
                                 WHERE page.account_id = ?1)
                 AND NOT EXISTS (SELECT 1 FROM webhook_event WHERE account_id = ?1)",
        )?
        .execute([account])?;
    changed(tx, account)?;
    Ok(gone == 1)
}

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

/// Who agreed to the privacy notice last.
#[derive(Clone, Debug)]
pub struct Acknowledgement {
    /// Which text.
    pub text_version: String,
    /// Who.
    pub user: UserId,
    /// His or her name.
    pub name: String,
    /// When.
    pub at: Timestamp,
}

/// Records that a person agreed to this text of the privacy notice for this account.
///
/// # Errors
/// SQLite's.
pub fn acknowledge(
    tx: &Tx<'_>,
    account: AccountId,
    text_version: &str,
    user: UserId,
) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "INSERT INTO privacy_acknowledgement (account_id, text_version, user_id, acknowledged_at)
             VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![account, text_version, user, tx.now()])?;
    changed(tx, account)
}

/// The newest acknowledgement of the account; `None` when nobody agreed yet.
///
/// # Errors
/// SQLite's.
pub fn acknowledgement(reader: &Reader<'_>, account: AccountId) -> Result<Option<Acknowledgement>> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT text_version, user_id, name, acknowledged_at
             FROM privacy_acknowledgement JOIN user USING (user_id)
             WHERE account_id = ?1 ORDER BY privacy_acknowledgement_id DESC LIMIT 1",
        )?
        .query_row([account], |row| {
            Ok(Acknowledgement {
                text_version: row.get(0)?,
                user: row.get(1)?,
                name: row.get(2)?,
                at: row.get(3)?,
            })
        })
        .optional()?)
}

/// Tells that caches of accounts, pages and secrets are stale, and every tab that shows this account.
pub(super) fn changed(tx: &Tx<'_>, account: AccountId) -> Result<()> {
    tx.after_commit(Notice::AccountsChanged);
    tell(tx, account)
}

/// Tells every tab that shows this account.
pub(super) fn tell(tx: &Tx<'_>, account: AccountId) -> Result<()> {
    tx.tell(LiveEvent::AccountChanged(account))
}
