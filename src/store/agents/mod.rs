//! Agents as routing sees them: their presence, whether a browser of theirs is connected, and what they have in
//! hand.
//!
//! Invariant: a presence changes by [`happens`] and its siblings only, so that it always is what
//! [`crate::domain::presence`] makes of what happened.

use rusqlite::{OptionalExtension as _, Row, named_params, params};

use crate::domain::ids::{PresenceId, UserId};
use crate::domain::live_event::{Notice, Worker};
use crate::domain::presence::{Event, Presence, Status, Why};
use crate::domain::time::Timestamp;

use super::{Reader, Result, Tx, capacity, settings};

mod roster;
#[cfg(test)]
mod tests;

pub use roster::roster;

/// An agent's presence and connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agent {
    /// The presence, and why.
    pub status: Status,
    /// One of his browsers has a live connection.
    pub is_connected: bool,
    /// When one was last seen, while there is none; `None`: never.
    pub connected_at: Option<Timestamp>,
    /// When he signed in.
    pub signed_in_at: Timestamp,
    /// When he last became free of a conversation; `None`: never.
    pub released_at: Option<Timestamp>,
}

impl Agent {
    /// When a browser of his last had a connection, for offers: now while one has.
    pub fn seen_at(&self, now: Timestamp) -> Option<Timestamp> {
        match self.is_connected {
            true => Some(now),
            false => self.connected_at,
        }
    }
}

/// The columns of [`agent`], to be selected from `agent`.
const COLUMNS: &str = "base, presence_id, why, since, before_base, before_presence_id, before_why, \
    is_connected, connected_at, signed_in_at, released_at";

fn agent(row: &Row<'_>) -> rusqlite::Result<Agent> {
    let before = match (row.get("before_base")?, row.get("before_why")?) {
        (Some(base), Some(why)) => {
            let custom = row.get("before_presence_id")?;
            Some((Presence { base, custom }, why))
        }
        _ => None,
    };
    Ok(Agent {
        status: Status {
            presence: Presence {
                base: row.get("base")?,
                custom: row.get("presence_id")?,
            },
            why: row.get("why")?,
            since: row.get("since")?,
            before,
        },
        is_connected: row.get("is_connected")?,
        connected_at: row.get("connected_at")?,
        signed_in_at: row.get("signed_in_at")?,
        released_at: row.get("released_at")?,
    })
}

/// An agent's presence and connection; `None` for somebody who has never been here.
///
/// # Errors
/// SQLite's.
pub fn find(reader: &Reader<'_>, user: UserId) -> Result<Option<Agent>> {
    Ok(reader
        .connection()
        .prepare_cached(&format!("SELECT {COLUMNS} FROM agent WHERE user_id = ?1"))?
        .query_row([user], agent)
        .optional()?)
}

/// A presence that somebody may choose, by its row id. `None` when there is none, and for the one that only the
/// program sets.
///
/// # Errors
/// SQLite's.
pub fn presence(reader: &Reader<'_>, id: PresenceId) -> Result<Option<Presence>> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT base, built_in IS NULL FROM presence
             WHERE presence_id = ?1 AND (built_in IS NULL OR built_in = base)",
        )?
        .query_row([id], |row| {
            let is_custom: bool = row.get(1)?;
            Ok(Presence {
                base: row.get(0)?,
                custom: is_custom.then_some(id),
            })
        })
        .optional()?)
}

/// Changes an agent's presence by what happened, and has work looked for when it is another. Nothing happens to
/// somebody who has never been here.
///
/// # Errors
/// SQLite's.
pub fn happens(tx: &Tx<'_>, user: UserId, event: Event) -> Result<()> {
    match find(&tx.reader(), user)? {
        Some(found) => change(tx, user, found.status, event),
        None => Ok(()),
    }
}

/// He signs in with the first of his browsers: his default presence, or what his work in hand makes of it.
/// Nothing changes for somebody who is at work in another one.
///
/// # Errors
/// SQLite's.
pub fn signs_in(tx: &Tx<'_>, user: UserId) -> Result<()> {
    let found = find(&tx.reader(), user)?;
    let is_gone = |status: Status| matches!(status.why, Why::SignedOut | Why::Disconnected);
    match found {
        Some(found) if found.is_connected || !is_gone(found.status) => Ok(()),
        found => begin(tx, user, found),
    }
}

fn begin(tx: &Tx<'_>, user: UserId, found: Option<Agent>) -> Result<()> {
    let reader = tx.reader();
    let default: Option<PresenceId> = tx
        .connection()
        .prepare_cached("SELECT default_presence_id FROM user WHERE user_id = ?1")?
        .query_row([user], |row| row.get(0))?;
    let default = match default {
        Some(default) => presence(&reader, default)?,
        None => None,
    };
    let nobody = Status::nobody(tx.now());
    tx.connection()
        .prepare_cached(
            "INSERT INTO agent (user_id, base, why, since, signed_in_at) VALUES (?1, ?2, ?3, ?4, ?4)
             ON CONFLICT (user_id) DO UPDATE SET signed_in_at = excluded.signed_in_at",
        )?
        .execute(params![user, nobody.presence.base, nobody.why, tx.now()])?;
    let before = found.map_or(nobody, |found| found.status);
    change(tx, user, before, Event::SignsIn(default))
}

/// Ends the presence of somebody who is signed in nowhere any more; of anybody else nothing changes.
///
/// # Errors
/// SQLite's.
pub fn signs_out_of_last(tx: &Tx<'_>, user: UserId) -> Result<()> {
    let is_somewhere: bool = tx
        .connection()
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM browser_session WHERE user_id = ?1)")?
        .query_row([user], |row| row.get(0))?;
    match is_somewhere {
        true => Ok(()),
        false => happens(tx, user, Event::SignsOut),
    }
}

/// A browser of his has a live connection.
///
/// # Errors
/// SQLite's.
pub fn connects(tx: &Tx<'_>, user: UserId) -> Result<()> {
    let found = find(&tx.reader(), user)?;
    // Whoever signed in before there were presences.
    if found.is_none_or(|found| found.status.why == Why::SignedOut) {
        begin(tx, user, found)?;
    }
    tx.connection()
        .prepare_cached("UPDATE agent SET is_connected = 1, is_missed = 0 WHERE user_id = ?1")?
        .execute([user])?;
    tx.wake(Worker::Route);
    let grace = settings::read(&tx.reader())?.presence.grace();
    happens(tx, user, Event::Connects(grace))
}

/// The last live connection of his browsers is gone; `seen_at`: when it was last known to be there.
///
/// # Errors
/// SQLite's.
pub fn disconnects(tx: &Tx<'_>, user: UserId, seen_at: Timestamp) -> Result<()> {
    goes(tx, user, seen_at, true)
}

/// `is_missed`: his customers are told when he does not come back.
fn goes(tx: &Tx<'_>, user: UserId, seen_at: Timestamp, is_missed: bool) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE agent SET is_connected = 0, connected_at = ?2, is_missed = ?3
             WHERE user_id = ?1 AND is_connected = 1",
        )?
        .execute(params![user, seen_at, is_missed])?;
    tx.wake(Worker::Route);
    happens(tx, user, Event::Disconnects)
}

/// Whose connection has been lost since `moment` or longer, without their having signed out, and whose customers
/// have not been told yet.
///
/// # Errors
/// SQLite's.
pub fn missed(reader: &Reader<'_>, moment: Timestamp) -> Result<Vec<UserId>> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT user_id FROM agent
             WHERE is_missed = 1 AND is_connected = 0 AND connected_at <= ?1 AND why <> ?2",
        )?
        .query_map(params![moment, Why::SignedOut], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?)
}

/// Notes that the customers of somebody who is gone are told of it. False when he is back, or they were told.
///
/// # Errors
/// SQLite's.
pub fn customers_told(tx: &Tx<'_>, user: UserId) -> Result<bool> {
    let noted = tx
        .connection()
        .prepare_cached(
            "UPDATE agent SET is_missed = 0
             WHERE user_id = ?1 AND is_missed = 1 AND is_connected = 0",
        )?
        .execute([user])?;
    Ok(noted == 1)
}

/// The program has just started: nobody is connected yet, and whoever comes back in time is what he was. That the
/// program was off is nobody's absence: customers are not told of it.
///
/// # Errors
/// SQLite's.
pub fn nobody_is_connected(tx: &Tx<'_>) -> Result<()> {
    let connected = tx
        .connection()
        .prepare_cached("SELECT user_id FROM agent WHERE is_connected = 1")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<UserId>>>()?;
    for user in connected {
        goes(tx, user, tx.now(), false)?;
    }
    Ok(())
}

/// Notes that an agent became free of a conversation.
///
/// # Errors
/// SQLite's.
pub(super) fn released(tx: &Tx<'_>, user: UserId) -> Result<()> {
    tx.connection()
        .prepare_cached("UPDATE agent SET released_at = ?2 WHERE user_id = ?1")?
        .execute(params![user, tx.now()])?;
    Ok(())
}

fn change(tx: &Tx<'_>, user: UserId, before: Status, event: Event) -> Result<()> {
    let fill = capacity::load(&tx.reader(), user, tx.now())?.fill();
    let after = before.after(event, fill, tx.now());
    if after == before {
        return Ok(());
    }
    tx.connection()
        .prepare_cached(
            "UPDATE agent SET base = :base, presence_id = :presence, why = :why, since = :since,
                 before_base = :before_base, before_presence_id = :before_presence, before_why = :before_why
             WHERE user_id = :user",
        )?
        .execute(named_params! {
            ":user": user,
            ":base": after.presence.base,
            ":presence": after.presence.custom,
            ":why": after.why,
            ":since": after.since,
            ":before_base": after.before.map(|(presence, _)| presence.base),
            ":before_presence": after.before.and_then(|(presence, _)| presence.custom),
            ":before_why": after.before.map(|(_, why)| why),
        })?;
    tx.after_commit(Notice::PresenceChanged(user));
    tx.wake(Worker::Route);
    Ok(())
}
