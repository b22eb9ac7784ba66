//! What a message does to its conversation: the newest message, who waits for whom, the reply window.

use rusqlite::params;

use crate::domain::conversation::{Act, State};
use crate::domain::ids::{ConversationId, MessageId};
use crate::domain::live_event::LiveEvent;
use crate::domain::time::Timestamp;
use crate::store::{Result, Tx};

use super::moves::{Deed, apply, shift};
use super::pace::standing;

/// Counts a message that the customer wrote (or a tap): moves the conversation (to its agent, or into the
/// queue when that agent can no longer sign in), opens the reply window as of
/// `at`, in the platform's time, and tells the tabs.
///
/// # Errors
/// SQLite's.
pub fn customer_wrote(
    tx: &Tx<'_>,
    id: ConversationId,
    message: MessageId,
    at: Timestamp,
) -> Result<()> {
    let Some(mut standing) = standing(tx, id)? else {
        return Ok(());
    };
    if standing.is_abandoned && apply(tx, id, Act::Release, None)?.is_some() {
        standing.state = State::Open;
        standing.agent = None;
    }
    let act = match standing.is_push && standing.state == State::Waiting {
        true => Act::CustomerReturns,
        false => Act::CustomerWrites,
    };
    if let Some(after) = standing.now().after(act) {
        let deed = Deed {
            act,
            by: None,
            to: standing.agent,
        };
        shift(tx, id, &standing, deed, after)?;
        standing.state = after.state;
    }
    tx.connection()
        .prepare_cached(
            "UPDATE conversation
             SET last_message_id = ?2, last_message_at = ?3, inbound_count = inbound_count + 1,
                 last_inbound_at = max(coalesce(last_inbound_at, ?4), ?4),
                 unanswered_since = coalesce(unanswered_since, ?3), due_at = ?5,
                 spoke_last = 'customer', spoke_at = ?3
             WHERE conversation_id = ?1",
        )?
        .execute(params![id, message, tx.now(), at, standing.due(tx.now())])?;
    tx.tell(LiveEvent::MessageAdded(id, message))
}

/// Counts a message of ours, written here or in the platform's own inbox: the customer is answered. Tells
/// the tabs.
///
/// # Errors
/// SQLite's.
pub fn answered(tx: &Tx<'_>, id: ConversationId, message: MessageId) -> Result<()> {
    let due = standing(tx, id)?.and_then(|standing| standing.due(tx.now()));
    tx.connection()
        .prepare_cached(
            "UPDATE conversation
             SET last_message_id = ?2, last_message_at = ?3, unanswered_since = NULL, due_at = ?4,
                 spoke_last = 'agent', spoke_at = ?3, reminded = NULL
             WHERE conversation_id = ?1",
        )?
        .execute(params![id, message, tx.now(), due])?;
    tx.tell(LiveEvent::MessageAdded(id, message))
}

/// Counts a message that no person here wrote, and tells the tabs: one from the platform's own inbox, or by
/// another application of the page, or an automated one of ours. It may answer nothing: the customer still counts as unanswered, because a wait that
/// shows too long is seen, and one that does not show is not.
///
/// # Errors
/// SQLite's.
pub fn written_elsewhere(tx: &Tx<'_>, id: ConversationId, message: MessageId) -> Result<()> {
    let due = standing(tx, id)?.and_then(|standing| standing.due(tx.now()));
    tx.connection()
        .prepare_cached(
            "UPDATE conversation SET last_message_id = ?2, last_message_at = ?3, due_at = ?4
             WHERE conversation_id = ?1",
        )?
        .execute(params![id, message, tx.now(), due])?;
    tx.tell(LiveEvent::MessageAdded(id, message))
}

/// Opens the reply window as of `at` by an act that is no message: a reaction, a referral.
///
/// # Errors
/// SQLite's.
pub fn open_window(tx: &Tx<'_>, id: ConversationId, at: Timestamp) -> Result<()> {
    let moved = tx
        .connection()
        .prepare_cached(
            "UPDATE conversation SET last_inbound_at = ?2
             WHERE conversation_id = ?1 AND coalesce(last_inbound_at, 0) < ?2",
        )?
        .execute(params![id, at])?;
    if moved > 0 {
        tx.tell(LiveEvent::ConversationChanged(id))?;
    }
    Ok(())
}
