//! Who agreed to the privacy notice, to which text, and when.

use rusqlite::{OptionalExtension as _, params};

use crate::domain::audit::Act;
use crate::domain::ids::{AccountId, UserId};
use crate::domain::time::Timestamp;
use crate::store::{Reader, Result, Tx, audit};

use super::audited::{self, ShownText};
use super::changed;

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
    if let Some(shown) = audited::shown(tx, account)? {
        let subject = audited::subject(account, &shown);
        let text = ShownText {
            text_version: text_version.to_owned(),
        };
        audit::added(tx, Act::PrivacyAcknowledged, &subject, &text)?;
    }
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

/// One agreement, with the account that it is about.
#[derive(Clone, Debug)]
pub struct Acknowledged {
    /// The account.
    pub account: AccountId,
    /// Its label.
    pub account_name: String,
    /// The channel's name.
    pub channel: String,
    /// Which text.
    pub text_version: String,
    /// Who.
    pub name: String,
    /// When.
    pub at: Timestamp,
}

/// Every agreement of the accounts that are there, the newest first.
///
/// # Errors
/// SQLite's.
pub fn acknowledgements(reader: &Reader<'_>) -> Result<Vec<Acknowledged>> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT account_id, account.name, channel, text_version, user.name, acknowledged_at
             FROM privacy_acknowledgement JOIN account USING (account_id) JOIN user USING (user_id)
             ORDER BY privacy_acknowledgement_id DESC",
        )?
        .query_map([], |row| {
            Ok(Acknowledged {
                account: row.get(0)?,
                account_name: row.get(1)?,
                channel: row.get(2)?,
                text_version: row.get(3)?,
                name: row.get(4)?,
                at: row.get(5)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?)
}
