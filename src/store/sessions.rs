//! Signed-in browsers. The cookie's value itself is never kept, only its SHA-256.

use std::time::Duration;

use rusqlite::{OptionalExtension as _, Row, params};

use crate::domain::access::Role;
use crate::domain::audit::{Act, Kind, Subject};
use crate::domain::ids::{BrowserSessionId, UserId};
use crate::domain::live_event::Notice;
use crate::domain::time::Timestamp;
use crate::domain::user_agent::{self, UserAgent};

use super::{Reader, Result, Tx, agents, audit, users};

/// A browser that just signed in.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// SHA-256 of the cookie's value.
    pub token_hash: [u8; 32],
    /// Goes into every form of this session.
    pub csrf_token: String,
    /// What the browser calls itself.
    pub user_agent: String,
    /// Where it is.
    pub address: String,
    /// The session ends after this long without a request,
    pub idle: Duration,
    /// and after this long in any case.
    pub lifetime: Duration,
}

/// The session behind a request, with its person as the database has them now.
#[derive(Clone, Debug)]
pub struct Session {
    /// Row id.
    pub id: BrowserSessionId,
    /// Whose.
    pub user: UserId,
    /// Name on screen.
    pub name: String,
    /// Permissions, at this moment.
    pub role: Role,
    /// Language tag of the person's screens; `None`: the organization's.
    pub locale: Option<String>,
    /// Goes into every form.
    pub csrf_token: String,
    /// Last request, to the minute.
    pub last_seen_at: Timestamp,
}

/// A signed-in browser, as its owner sees it in the list.
#[derive(Clone, Debug)]
pub struct Browser {
    /// Row id.
    pub id: BrowserSessionId,
    /// What the browser calls itself.
    pub user_agent: String,
    /// Where it was at sign-in.
    pub address: String,
    /// Sign-in.
    pub created_at: Timestamp,
    /// Last request, to the minute.
    pub last_seen_at: Timestamp,
}

impl Browser {
    /// What it calls itself, in words that people use.
    pub fn program(&self) -> UserAgent {
        user_agent::read(&self.user_agent)
    }
}

/// Forgets sessions that are over.
///
/// # Errors
/// SQLite's.
pub fn forget_over(tx: &Tx<'_>) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "DELETE FROM browser_session WHERE expires_at <= ?1 OR last_seen_at + idle_ms <= ?1",
        )?
        .execute([tx.now()])?;
    Ok(())
}

/// Signs a person in with a browser, and forgets sessions that are over.
///
/// # Errors
/// SQLite's.
pub fn start(tx: &Tx<'_>, user: UserId, session: &NewSession) -> Result<BrowserSessionId> {
    forget_over(tx)?;
    tx.connection()
        .prepare_cached(
            "INSERT INTO browser_session (user_id, token_hash, csrf_token, user_agent, address,
                                          created_at, last_seen_at, idle_ms, expires_at)
             VALUES (:user, :token_hash, :csrf_token, :user_agent, :address, :now, :now, :idle_ms,
                     :expires_at)",
        )?
        .execute(rusqlite::named_params! {
            ":user": user,
            ":token_hash": session.token_hash,
            ":csrf_token": session.csrf_token,
            ":user_agent": session.user_agent,
            ":address": session.address,
            ":now": tx.now(),
            ":idle_ms": session.idle.as_millis() as i64,
            ":expires_at": tx.now().plus(session.lifetime),
        })?;
    let id = BrowserSessionId(tx.connection().last_insert_rowid());
    agents::signs_in(tx, user)?;
    Ok(id)
}

/// The one reader of a session, by what it is found by: `?1` is that, `?2` now.
macro_rules! select_session {
    ($by:literal) => {
        concat!(
            "SELECT browser_session_id, user_id, name, role, locale, csrf_token, last_seen_at
             FROM browser_session JOIN user USING (user_id)
             WHERE ",
            $by,
            " = ?1 AND expires_at > ?2 AND last_seen_at + idle_ms > ?2 AND disabled_at IS NULL"
        )
    };
}

/// The session of a cookie's digest; `None` when there is none, it is over, or its person is disabled.
///
/// # Errors
/// SQLite's.
pub fn by_token(
    reader: &Reader<'_>,
    token_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<Session>> {
    Ok(reader
        .connection()
        .prepare_cached(select_session!("token_hash"))?
        .query_row(params![token_hash, now], read)
        .optional()?)
}

/// The same session later, e.g. at a heartbeat of its live stream; `None` as in [`by_token`].
///
/// # Errors
/// SQLite's.
pub fn still(reader: &Reader<'_>, id: BrowserSessionId, now: Timestamp) -> Result<Option<Session>> {
    Ok(reader
        .connection()
        .prepare_cached(select_session!("browser_session_id"))?
        .query_row(params![id, now], read)
        .optional()?)
}

/// Every session that holds at `now`, with the role of its person: as [`by_token`], for all at once.
///
/// # Errors
/// SQLite's.
pub fn standing(reader: &Reader<'_>, now: Timestamp) -> Result<Vec<(BrowserSessionId, Role)>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT browser_session_id, role FROM browser_session JOIN user USING (user_id)
         WHERE expires_at > ?1 AND last_seen_at + idle_ms > ?1 AND disabled_at IS NULL",
    )?;
    let standing = statement.query_map([now], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(standing.collect::<rusqlite::Result<_>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Session> {
    Ok(Session {
        id: row.get(0)?,
        user: row.get(1)?,
        name: row.get(2)?,
        role: row.get(3)?,
        locale: row.get(4)?,
        csrf_token: row.get(5)?,
        last_seen_at: row.get(6)?,
    })
}

/// Notes a request of the session now.
///
/// # Errors
/// SQLite's.
pub fn touch(tx: &Tx<'_>, id: BrowserSessionId) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE browser_session SET last_seen_at = ?2 WHERE browser_session_id = ?1",
        )?
        .execute(params![id, tx.now()])?;
    Ok(())
}

/// A person's signed-in browsers, the last seen first.
///
/// # Errors
/// SQLite's.
pub fn of_user(reader: &Reader<'_>, user: UserId, now: Timestamp) -> Result<Vec<Browser>> {
    reader
        .connection()
        .prepare_cached(
            "SELECT browser_session_id, user_agent, address, created_at, last_seen_at
             FROM browser_session
             WHERE user_id = ?1 AND expires_at > ?2 AND last_seen_at + idle_ms > ?2
             ORDER BY last_seen_at DESC, browser_session_id DESC",
        )?
        .query_map(params![user, now], |row| {
            Ok(Browser {
                id: row.get(0)?,
                user_agent: row.get(1)?,
                address: row.get(2)?,
                created_at: row.get(3)?,
                last_seen_at: row.get(4)?,
            })
        })?
        .map(|browser| Ok(browser?))
        .collect()
}

/// Signs one browser of a person out; somebody else's session is left alone.
///
/// # Errors
/// SQLite's.
pub fn end(tx: &Tx<'_>, user: UserId, id: BrowserSessionId) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "DELETE FROM browser_session WHERE browser_session_id = ?1 AND user_id = ?2",
        )?
        .execute(params![id, user])?;
    tx.after_commit(Notice::SignedOut(user));
    agents::signs_out_of_last(tx, user)
}

/// Records in the audit log that somebody signed browsers of a person out.
///
/// # Errors
/// SQLite's.
pub fn record_end(tx: &Tx<'_>, user: UserId) -> Result<()> {
    let name = users::name(&tx.reader(), user)?.unwrap_or_default();
    audit::done(
        tx,
        Act::SessionsEnded,
        &Subject::new(Kind::User, user.0, name),
    )
}

/// Signs every browser of a person out but one.
///
/// # Errors
/// SQLite's.
pub fn end_others(tx: &Tx<'_>, user: UserId, kept: BrowserSessionId) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "DELETE FROM browser_session WHERE user_id = ?1 AND browser_session_id <> ?2",
        )?
        .execute(params![user, kept])?;
    tx.after_commit(Notice::SignedOut(user));
    agents::signs_out_of_last(tx, user)
}

/// Signs every browser of a person out.
///
/// # Errors
/// SQLite's.
pub fn end_all(tx: &Tx<'_>, user: UserId) -> Result<()> {
    tx.connection()
        .prepare_cached("DELETE FROM browser_session WHERE user_id = ?1")?
        .execute([user])?;
    tx.after_commit(Notice::SignedOut(user));
    agents::signs_out_of_last(tx, user)
}
