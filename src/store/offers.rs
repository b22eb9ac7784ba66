//! Conversations that are shown to an agent with a countdown.
//!
//! Invariant: a conversation has at most one offer that waits; it is Active then, and nobody holds it.

use rusqlite::{OptionalExtension as _, Row, params};

use crate::domain::ids::{ConversationId, OfferId, UserId};
use crate::domain::live_event::{Notice, Word, Worker};
use crate::domain::offer::{Ending, Offer, Terms};
use crate::domain::time::Timestamp;
use crate::domain::trace::Step;

use super::{Reader, Result, Tx, routing};

/// An offer that waits for its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Row id.
    pub id: OfferId,
    /// The conversation.
    pub conversation: ConversationId,
    /// To whom, since when, how.
    pub offer: Offer,
    /// When a browser of the agent's last had a connection: now while one has, `None` for never.
    pub seen_at: Option<Timestamp>,
}

const SELECT: &str =
    "SELECT offer_id, conversation_id, offer.user_id, offered_at, expires_at, may_reject,
        accepts_itself, is_connected, connected_at
    FROM offer LEFT JOIN agent ON agent.user_id = offer.user_id
    WHERE ended_at IS NULL";

fn waiting(row: &Row<'_>, now: Timestamp) -> rusqlite::Result<Waiting> {
    let (offered_at, expires_at): (Timestamp, Timestamp) = (row.get(3)?, row.get(4)?);
    let is_connected: Option<bool> = row.get(7)?;
    let connected_at = row.get(8)?;
    Ok(Waiting {
        id: row.get(0)?,
        conversation: row.get(1)?,
        offer: Offer {
            user: row.get(2)?,
            offered_at,
            terms: Terms {
                countdown: expires_at.since(offered_at),
                may_reject: row.get(5)?,
                accepts_itself: row.get(6)?,
            },
        },
        seen_at: match is_connected {
            Some(true) => Some(now),
            _ => connected_at,
        },
    })
}

/// The offer of an id while it waits; `None` once it has ended.
///
/// # Errors
/// SQLite's.
pub fn find(reader: &Reader<'_>, id: OfferId, now: Timestamp) -> Result<Option<Waiting>> {
    Ok(reader
        .connection()
        .prepare_cached(&format!("{SELECT} AND offer_id = ?1"))?
        .query_row([id], |row| waiting(row, now))
        .optional()?)
}

/// The offer of a conversation that waits for its answer; `None` when none does.
///
/// # Errors
/// SQLite's.
pub fn of(
    reader: &Reader<'_>,
    conversation: ConversationId,
    now: Timestamp,
) -> Result<Option<Waiting>> {
    Ok(reader
        .connection()
        .prepare_cached(&format!("{SELECT} AND conversation_id = ?1"))?
        .query_row([conversation], |row| waiting(row, now))
        .optional()?)
}

/// What is offered to a person, the oldest offer first.
///
/// # Errors
/// SQLite's.
pub fn to(reader: &Reader<'_>, user: UserId, now: Timestamp) -> Result<Vec<Waiting>> {
    let mut statement = reader.connection().prepare_cached(&format!(
        "{SELECT} AND offer.user_id = ?1 ORDER BY offer_id"
    ))?;
    let offers = statement.query_map([user], |row| waiting(row, now))?;
    Ok(offers.collect::<rusqlite::Result<_>>()?)
}

/// Every offer that waits for its answer, the oldest first.
///
/// # Errors
/// SQLite's.
pub fn all(reader: &Reader<'_>, now: Timestamp) -> Result<Vec<Waiting>> {
    let mut statement = reader
        .connection()
        .prepare_cached(&format!("{SELECT} ORDER BY offer_id"))?;
    let offers = statement.query_map([], |row| waiting(row, now))?;
    Ok(offers.collect::<rusqlite::Result<_>>()?)
}

/// How an offer ended; `None` while it waits, or when there is none.
///
/// # Errors
/// SQLite's.
pub fn ending(reader: &Reader<'_>, id: OfferId) -> Result<Option<Ending>> {
    let ending = reader
        .connection()
        .prepare_cached("SELECT ending FROM offer WHERE offer_id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    Ok(ending.flatten())
}

/// The person to whom an offer was made, and of which conversation. `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn made_to(reader: &Reader<'_>, id: OfferId) -> Result<Option<(UserId, ConversationId)>> {
    Ok(reader
        .connection()
        .prepare_cached("SELECT user_id, conversation_id FROM offer WHERE offer_id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

/// Records an offer, notes whose turn it was in the queue, and tells the person. The conversation is moved by
/// its own act.
///
/// # Errors
/// SQLite's; a second offer that waits breaks a `UNIQUE` constraint.
pub fn make(tx: &Tx<'_>, conversation: ConversationId, offer: &Offer) -> Result<OfferId> {
    let expires_at = offer.expires_at();
    tx.connection()
        .prepare_cached(
            "INSERT INTO offer (conversation_id, user_id, offered_at, expires_at, may_reject, accepts_itself)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            conversation,
            offer.user,
            offer.offered_at,
            expires_at,
            offer.terms.may_reject,
            offer.terms.accepts_itself
        ])?;
    let id = OfferId(tx.connection().last_insert_rowid());
    tx.connection()
        .prepare_cached(
            "UPDATE queue_member SET assigned_at = ?3
             WHERE user_id = ?2
               AND queue_id = (SELECT queue_id FROM conversation WHERE conversation_id = ?1)",
        )?
        .execute(params![conversation, offer.user, tx.now()])?;
    let step = Step::Offered {
        offer: id,
        user: offer.user,
        expires_at,
    };
    routing::record(tx, conversation, &step)?;
    tx.after_commit(Notice::OffersChanged(offer.user));
    tx.wake(Worker::Route);
    Ok(id)
}

/// Records how an offer ended, counts it when it was declined, and tells the person. False, and nothing happens,
/// when it had ended before.
///
/// # Errors
/// SQLite's.
pub fn end(tx: &Tx<'_>, waiting: &Waiting, ending: Ending) -> Result<bool> {
    let ended = tx
        .connection()
        .prepare_cached(
            "UPDATE offer SET ended_at = ?2, ending = ?3 WHERE offer_id = ?1 AND ended_at IS NULL",
        )?
        .execute(params![waiting.id, tx.now(), ending])?;
    if ended == 0 {
        return Ok(false);
    }
    let user = waiting.offer.user;
    if ending.is_decline() {
        tx.connection()
            .prepare_cached(
                "INSERT INTO decline (conversation_id, user_id, times) VALUES (?1, ?2, 1)
                 ON CONFLICT DO UPDATE SET times = times + 1",
            )?
            .execute(params![waiting.conversation, user])?;
    }
    let step = Step::Answered {
        offer: waiting.id,
        user,
        ending,
    };
    routing::record(tx, waiting.conversation, &step)?;
    tx.after_commit(Notice::OffersChanged(user));
    // Who pressed a button knows what came of it.
    let is_answered = match ending {
        Ending::Accepted => tx.now() < waiting.offer.expires_at(),
        Ending::Rejected => true,
        Ending::Missed | Ending::Lost | Ending::TakenBack => false,
    };
    if !is_answered {
        tx.after_commit(Notice::Told(user, Word::OfferOver(waiting.id)));
    }
    Ok(true)
}

/// Takes the offer of a conversation back that something else ended; nothing happens without one.
///
/// # Errors
/// SQLite's.
pub(super) fn take_back(tx: &Tx<'_>, conversation: ConversationId) -> Result<()> {
    if let Some(waiting) = of(&tx.reader(), conversation, tx.now())? {
        end(tx, &waiting, Ending::TakenBack)?;
    }
    Ok(())
}

/// Forgets who declined a conversation.
///
/// # Errors
/// SQLite's.
pub(super) fn forget_declines(tx: &Tx<'_>, conversation: ConversationId) -> Result<()> {
    tx.connection()
        .prepare_cached("DELETE FROM decline WHERE conversation_id = ?1")?
        .execute([conversation])?;
    Ok(())
}
