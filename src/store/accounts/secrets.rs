//! An account's secrets: sealed in the file, opened where a body is checked or a call is made.

use rusqlite::{OptionalExtension as _, named_params, params};

use crate::crypto::Secret;
use crate::domain::ids::AccountId;
use crate::store::{Reader, Result, Tx};

use super::{audited, changed};

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
             WHERE webhook_key = ?1 AND channel = ?2 AND removed_at IS NULL",
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

pub(super) fn verify_token_place(account: AccountId) -> String {
    format!("account|verify_token|{account}")
}

/// Sets the secret. Failed signatures are counted afresh: they were the old one's.
///
/// # Errors
/// SQLite's.
pub fn set_secret(tx: &Tx<'_>, account: AccountId, secret: &Secret) -> Result<()> {
    audited::record_secret(tx, account)?;
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
