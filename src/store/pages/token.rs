//! A page's token: kept sealed, opened for a call, replaced in place; and what the platform says of it.

use rusqlite::{OptionalExtension as _, named_params, params};

use crate::crypto::Secret;
use crate::domain::ids::{AccountId, PageId};
use crate::domain::live_event::Worker;
use crate::domain::time::Timestamp;
use crate::domain::token_health::SNOOZE;
use crate::store::{Reader, Result, Tx, accounts};

use super::{audited, page_changed};

/// What a call needs to speak for a page, opened.
#[derive(Clone, Debug)]
pub struct PageCredentials {
    /// The account.
    pub account: AccountId,
    /// The channel's name.
    pub channel: String,
    /// App ID or Channel ID.
    pub external_id: String,
    /// App secret or channel secret.
    pub secret: Secret,
    /// Page ID or bot user id; empty while it is not known.
    pub page: String,
    /// The access token; `None` where it is made from the secret.
    pub token: Option<Secret>,
}

/// The credentials of a page; `None` when there is no such page (any more), or its account has no secret.
///
/// # Errors
/// SQLite's, or a sealed secret that does not open.
pub fn credentials(reader: &Reader<'_>, page: PageId) -> Result<Option<PageCredentials>> {
    let row = reader
        .connection()
        .prepare_cached(
            "SELECT account_id, page.channel, external_id, platform_id, token
             FROM page JOIN account USING (account_id) WHERE page_id = ?1 AND page.removed_at IS NULL",
        )?
        .query_row([page], |row| {
            Ok((
                row.get::<_, AccountId>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, String>(2)?,
                row.get::<_, String>(3)?,
                row.get::<_, Option<String>>(4)?,
            ))
        })
        .optional()?;
    let Some((account, channel, external_id, platform_id, token)) = row else {
        return Ok(None);
    };
    let Some(secret) = accounts::secret(reader, account)? else {
        return Ok(None);
    };
    Ok(Some(PageCredentials {
        account,
        channel,
        external_id,
        secret,
        page: platform_id,
        token: token
            .map(|sealed| reader.open_secret(&token_place(page), &sealed))
            .transpose()?,
    }))
}

fn token_place(page: PageId) -> String {
    format!("page|token|{page}")
}

/// Puts another token in place; `None`: made from the secret from now on. What waited for a good token
/// goes out.
///
/// # Errors
/// SQLite's.
pub fn replace_token(tx: &Tx<'_>, page: PageId, token: Option<&Secret>) -> Result<()> {
    audited::record_token(tx, page, token.is_some())?;
    match token {
        Some(token) => store_token(tx, page, token)?,
        None => {
            tx.connection()
                .prepare_cached(
                    "UPDATE page SET token = NULL, token_last4 = '', token_saved_at = NULL,
                         token_ends_at = NULL, token_permissions = '', token_snoozed_until = NULL
                     WHERE page_id = ?1",
                )?
                .execute([page])?;
        }
    }
    clear_token_error(tx, page)?;
    page_changed(tx, page)
}

pub(super) fn store_token(tx: &Tx<'_>, page: PageId, token: &Secret) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE page SET token = :token, token_last4 = :last4, token_saved_at = :now,
                 token_ok_at = NULL, token_ends_at = NULL, token_permissions = '',
                 token_checked_at = NULL, token_check_error = NULL, token_snoozed_until = NULL
             WHERE page_id = :page",
        )?
        .execute(named_params! {
            ":page": page,
            ":token": tx.seal(&token_place(page), token),
            ":last4": token.last4(),
            ":now": tx.now(),
        })?;
    Ok(())
}

fn clear_token_error(tx: &Tx<'_>, page: PageId) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE page SET token_error = NULL, token_error_at = NULL WHERE page_id = ?1",
        )?
        .execute([page])?;
    tx.wake(Worker::Dispatch);
    Ok(())
}

/// What the platform said about a page when it accepted the token.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Page ID or bot user id.
    pub platform_id: String,
    /// The name that customers see; `None` keeps the one that the administrator gave.
    pub name: Option<String>,
    /// LINE's basic id with its @; empty where there is none.
    pub handle: String,
    /// When the token ends; `None`: it does not, or the platform does not tell.
    pub token_ends_at: Option<Timestamp>,
    /// What the token may do: words parted by spaces; empty where the platform does not tell.
    pub token_permissions: String,
    /// Whether people can also answer in the platform's own chat; `None`: it does not say.
    pub answered_elsewhere: Option<bool>,
}

/// The platform accepted the token. What waited for it goes out. A page that is in another account by
/// now breaks a `UNIQUE` constraint.
///
/// # Errors
/// SQLite's.
pub fn token_accepted(tx: &Tx<'_>, page: PageId, facts: &Facts) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE page SET token_ok_at = :now, platform_id = :platform_id, handle = :handle,
                 name = coalesce(:name, name), token_ends_at = :ends_at, token_permissions = :permissions,
                 token_checked_at = :now, token_check_error = NULL, answered_elsewhere = :elsewhere
             WHERE page_id = :page",
        )?
        .execute(named_params! {
            ":page": page,
            ":platform_id": facts.platform_id,
            ":handle": facts.handle,
            ":name": facts.name,
            ":ends_at": facts.token_ends_at,
            ":permissions": facts.token_permissions,
            ":elsewhere": facts.answered_elsewhere,
            ":now": tx.now(),
        })?;
    clear_token_error(tx, page)?;
    page_changed(tx, page)
}

/// A call with the token went through. Told when that is news; otherwise the moment is only kept.
///
/// # Errors
/// SQLite's.
pub fn token_used(tx: &Tx<'_>, page: PageId) -> Result<()> {
    let news: bool = tx
        .connection()
        .prepare_cached(
            "SELECT token_ok_at IS NULL OR token_error IS NOT NULL FROM page WHERE page_id = ?1",
        )?
        .query_row([page], |row| row.get(0))
        .optional()?
        .unwrap_or(false);
    tx.connection()
        .prepare_cached("UPDATE page SET token_ok_at = ?2 WHERE page_id = ?1")?
        .execute(params![page, tx.now()])?;
    if news {
        clear_token_error(tx, page)?;
        page_changed(tx, page)?;
    }
    Ok(())
}

/// The platform refuses the token: sending from this page stops until it is replaced or accepted again.
/// `reason` is the platform's words.
///
/// # Errors
/// SQLite's.
pub fn token_refused(tx: &Tx<'_>, page: PageId, reason: &str) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE page SET token_error = ?2, token_error_at = coalesce(token_error_at, ?3),
                 token_checked_at = ?3, token_check_error = NULL
             WHERE page_id = ?1",
        )?
        .execute(params![page, reason, tx.now()])?;
    page_changed(tx, page)
}

/// The platform did not say whether it accepts the token; `reason` says why: a
/// [`crate::domain::delivery::Reason`] as JSON. What it said before stays.
///
/// # Errors
/// SQLite's.
pub fn token_unchecked(tx: &Tx<'_>, page: PageId, reason: &str) -> Result<()> {
    tx.connection()
        .prepare_cached("UPDATE page SET token_check_error = ?2 WHERE page_id = ?1")?
        .execute(params![page, reason])?;
    page_changed(tx, page)
}

/// *Remind me in a week*: what is said about the token's age is not said again before.
///
/// # Errors
/// SQLite's.
pub fn snooze_token(tx: &Tx<'_>, page: PageId) -> Result<()> {
    audited::recorded(tx, page, || {
        tx.connection()
            .prepare_cached("UPDATE page SET token_snoozed_until = ?2 WHERE page_id = ?1")?
            .execute(params![page, tx.now().plus(SNOOZE)])?;
        Ok(())
    })?;
    page_changed(tx, page)
}
