//! Agents' parts in conversations, and everybody who takes part.
//!
//! Invariant: a conversation has at most one that is not closed; it has one while somebody holds it or is
//! offered it.

use std::collections::HashMap;

use rusqlite::{OptionalExtension as _, params};

use crate::domain::ids::{ConversationId, SessionId, UserId};
use crate::domain::session::{Mode, Part, Participant, Session};
use crate::domain::status::Closure;

use super::{Reader, Result, Tx};

/// The open part of a conversation, and whose it is. `None` while nobody holds it or is offered it.
///
/// # Errors
/// SQLite's.
pub fn current(
    reader: &Reader<'_>,
    conversation: ConversationId,
) -> Result<Option<(SessionId, UserId)>> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT agent_session_id, user_id FROM agent_session
             WHERE conversation_id = ?1 AND closed_at IS NULL",
        )?
        .query_row([conversation], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

/// Every part of a conversation, oldest first.
///
/// # Errors
/// SQLite's.
pub fn of(reader: &Reader<'_>, conversation: ConversationId) -> Result<Vec<(SessionId, Session)>> {
    let found = reader
        .connection()
        .prepare_cached(
            "SELECT agent_session_id, queue_id, assigned_at, accepted_at, closed_at, closure
             FROM agent_session WHERE conversation_id = ?1 ORDER BY agent_session_id",
        )?
        .query_map([conversation], |row| {
            let closed_at: Option<_> = row.get(4)?;
            let closure: Option<Closure> = row.get(5)?;
            let session = Session {
                conversation,
                queue: row.get(1)?,
                assigned_at: row.get(2)?,
                accepted_at: row.get(3)?,
                closed: closed_at.zip(closure),
                participants: Vec::new(),
            };
            Ok((row.get(0)?, session))
        })?
        .collect::<rusqlite::Result<Vec<(SessionId, Session)>>>()?;
    found
        .into_iter()
        .map(|(id, mut session)| {
            session.participants = participants(reader, id)?;
            Ok((id, session))
        })
        .collect()
}

/// Everybody who was ever in a session, in the order of joining.
///
/// # Errors
/// SQLite's.
pub fn participants(reader: &Reader<'_>, session: SessionId) -> Result<Vec<Participant>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT user_id, mode, joined_at, left_at, writes_since FROM participant
         WHERE agent_session_id = ?1 ORDER BY participant_id",
    )?;
    let participants = statement.query_map([session], |row| {
        Ok(Participant {
            user: row.get(0)?,
            mode: row.get(1)?,
            joined_at: row.get(2)?,
            left_at: row.get(3)?,
            writes_since: row.get(4)?,
        })
    })?;
    Ok(participants.collect::<rusqlite::Result<_>>()?)
}

/// Who takes part in a conversation now beside its agent, in the order of joining.
///
/// # Errors
/// SQLite's.
pub fn beside(reader: &Reader<'_>, conversation: ConversationId) -> Result<Vec<(UserId, Part)>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT participant.user_id, mode, writes_since IS NOT NULL
         FROM agent_session JOIN participant USING (agent_session_id)
         WHERE conversation_id = ?1 AND closed_at IS NULL AND left_at IS NULL AND mode <> 'primary'
         ORDER BY participant_id",
    )?;
    let parts = statement.query_map([conversation], |row| {
        let part = Part {
            mode: row.get(1)?,
            writes: row.get(2)?,
        };
        Ok((row.get(0)?, part))
    })?;
    Ok(parts.collect::<rusqlite::Result<_>>()?)
}

/// Everything that a person takes part in now beside who holds it.
///
/// # Errors
/// SQLite's.
pub fn parts_of(reader: &Reader<'_>, user: UserId) -> Result<HashMap<ConversationId, Part>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT conversation_id, mode, writes_since IS NOT NULL
         FROM participant JOIN agent_session USING (agent_session_id)
         WHERE participant.user_id = ?1 AND left_at IS NULL AND mode <> 'primary' AND closed_at IS NULL",
    )?;
    let parts = statement.query_map([user], |row| {
        let part = Part {
            mode: row.get(1)?,
            writes: row.get(2)?,
        };
        Ok((row.get(0)?, part))
    })?;
    Ok(parts.collect::<rusqlite::Result<_>>()?)
}

/// How a person takes part in a conversation beside its agent; `None`: not at all.
///
/// # Errors
/// SQLite's.
pub fn part_of(
    reader: &Reader<'_>,
    conversation: ConversationId,
    user: UserId,
) -> Result<Option<Part>> {
    let parts = beside(reader, conversation)?;
    let found = parts.into_iter().find(|(person, _)| *person == user);
    Ok(found.map(|(_, part)| part))
}

/// Begins a person's part in a conversation that has no open one. `is_accepted`: nothing is offered.
///
/// # Errors
/// SQLite's; a second open part breaks a `UNIQUE` constraint.
pub(super) fn begin(
    tx: &Tx<'_>,
    conversation: ConversationId,
    user: UserId,
    is_accepted: bool,
) -> Result<SessionId> {
    tx.connection()
        .prepare_cached(
            "INSERT INTO agent_session (conversation_id, queue_id, user_id, assigned_at, accepted_at)
             SELECT conversation_id, queue_id, ?2, ?3, ?4 FROM conversation WHERE conversation_id = ?1",
        )?
        .execute(params![
            conversation,
            user,
            tx.now(),
            is_accepted.then(|| tx.now())
        ])?;
    let session = SessionId(tx.connection().last_insert_rowid());
    add(tx, session, user, Mode::Primary)?;
    Ok(session)
}

/// The person accepted what was offered.
///
/// # Errors
/// SQLite's.
pub(super) fn accept(tx: &Tx<'_>, session: SessionId) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE agent_session SET accepted_at = ?2
             WHERE agent_session_id = ?1 AND accepted_at IS NULL AND closed_at IS NULL",
        )?
        .execute(params![session, tx.now()])?;
    Ok(())
}

/// Ends a part, and everybody leaves.
///
/// # Errors
/// SQLite's.
pub(super) fn close(tx: &Tx<'_>, session: SessionId, closure: Closure) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE agent_session SET closed_at = ?2, closure = ?3
             WHERE agent_session_id = ?1 AND closed_at IS NULL",
        )?
        .execute(params![session, tx.now(), closure])?;
    tx.connection()
        .prepare_cached(
            "UPDATE participant SET left_at = ?2 WHERE agent_session_id = ?1 AND left_at IS NULL",
        )?
        .execute(params![session, tx.now()])?;
    Ok(())
}

/// Somebody joins to consult or to monitor. False, and nothing changes, when the session ended, when he is in it
/// already, or for a second primary: a conversation has one.
///
/// # Errors
/// SQLite's.
pub fn join(tx: &Tx<'_>, session: SessionId, user: UserId, mode: Mode) -> Result<bool> {
    let is_possible: bool = tx
        .connection()
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM agent_session WHERE agent_session_id = ?1 AND closed_at IS NULL)
                 AND NOT EXISTS (SELECT 1 FROM participant
                     WHERE agent_session_id = ?1 AND user_id = ?2 AND left_at IS NULL)",
        )?
        .query_row(params![session, user], |row| row.get(0))?;
    if !is_possible || mode == Mode::Primary {
        return Ok(false);
    }
    add(tx, session, user, mode)?;
    Ok(true)
}

/// Somebody who joined may write to the customer from now on. False, and nothing changes, when he is not in the
/// session, or writes already.
///
/// # Errors
/// SQLite's.
pub fn let_in(tx: &Tx<'_>, session: SessionId, user: UserId) -> Result<bool> {
    let changed = tx
        .connection()
        .prepare_cached(
            "UPDATE participant SET writes_since = ?3
             WHERE agent_session_id = ?1 AND user_id = ?2 AND mode <> 'primary' AND left_at IS NULL
               AND writes_since IS NULL",
        )?
        .execute(params![session, user, tx.now()])?;
    Ok(changed > 0)
}

/// Somebody leaves who joined. The primary does not leave: his part ends. False when he was not in the session.
///
/// # Errors
/// SQLite's.
pub fn leave(tx: &Tx<'_>, session: SessionId, user: UserId) -> Result<bool> {
    let changed = tx
        .connection()
        .prepare_cached(
            "UPDATE participant SET left_at = ?3
             WHERE agent_session_id = ?1 AND user_id = ?2 AND mode <> 'primary' AND left_at IS NULL",
        )?
        .execute(params![session, user, tx.now()])?;
    Ok(changed > 0)
}

fn add(tx: &Tx<'_>, session: SessionId, user: UserId, mode: Mode) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "INSERT INTO participant (agent_session_id, user_id, mode, joined_at) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![session, user, mode, tx.now()])?;
    Ok(())
}
