//! Links by which a person chooses a password: an invitation, or after a forgotten one. An administrator shows
//! one on screen; nothing is sent. The secret in it is never kept, only its SHA-256; it works once, for a day,
//! and a newer link of the same person ends it.

use std::time::Duration;

use rusqlite::{OptionalExtension as _, params};

use crate::domain::audit::{Act, Kind, Subject};
use crate::domain::ids::UserId;
use crate::domain::time::Timestamp;

use super::{Reader, Result, Tx, audit};

/// How long a link works.
pub const LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// Whose link it is.
#[derive(Clone, Debug)]
pub struct LinkOwner {
    /// Row id.
    pub user: UserId,
    /// Name on screen.
    pub name: String,
    /// Address that they sign in with.
    pub email: String,
    /// Whether they never had a password of their own: the link is an invitation.
    pub is_invitation: bool,
}

/// Keeps a new link of a person; an older one ends. Returns when it stops working.
///
/// # Errors
/// SQLite's.
pub fn make(tx: &Tx<'_>, user: UserId, token_hash: &[u8; 32]) -> Result<Timestamp> {
    let expires_at = tx.now().plus(LIFETIME);
    tx.connection()
        .prepare_cached(
            "INSERT INTO user_link (user_id, token_hash, created_at, expires_at)
             VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (user_id) DO UPDATE SET token_hash = excluded.token_hash,
                 created_at = excluded.created_at, expires_at = excluded.expires_at",
        )?
        .execute(params![user, token_hash, tx.now(), expires_at])?;
    let name: String = tx
        .connection()
        .prepare_cached("SELECT name FROM user WHERE user_id = ?1")?
        .query_row([user], |row| row.get(0))?;
    audit::done(
        tx,
        Act::UserLinkMade,
        &Subject::new(Kind::User, user.0, name),
    )?;
    Ok(expires_at)
}

/// Whose link the digest is of; `None` when there is none, it is too old, or the person is disabled.
///
/// # Errors
/// SQLite's.
pub fn owner(
    reader: &Reader<'_>,
    token_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<LinkOwner>> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT user_id, name, email, joined_at IS NULL FROM user_link JOIN user USING (user_id)
             WHERE token_hash = ?1 AND expires_at > ?2 AND disabled_at IS NULL",
        )?
        .query_row(params![token_hash, now], |row| {
            Ok(LinkOwner {
                user: row.get(0)?,
                name: row.get(1)?,
                email: row.get(2)?,
                is_invitation: row.get(3)?,
            })
        })
        .optional()?)
}

/// Ends the link of a person, if there is one.
///
/// # Errors
/// SQLite's.
pub fn forget(tx: &Tx<'_>, user: UserId) -> Result<()> {
    tx.connection()
        .prepare_cached("DELETE FROM user_link WHERE user_id = ?1")?
        .execute([user])?;
    Ok(())
}
