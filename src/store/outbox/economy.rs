//! Messages that wait so that they cost less: for the next one, to go in one call with it, or for an answer that is
//! free, when the month's paid messages are used up.

use std::time::Duration;

use rusqlite::{OptionalExtension as _, params};

use crate::domain::allowance;
use crate::domain::delivery::Reason;
use crate::domain::ids::{ConversationId, MessageId, OutboxId, PageId, SocialProfileId, UserId};
use crate::domain::live_event::Worker;
use crate::domain::message::Status;
use crate::domain::time::Timestamp;

use super::super::{Result, Tx, conversations::Conversation, profiles};
use super::{ended, insert, is_answered_by, set_status, write_reason};

/// A call that a person's message goes with.
pub(super) struct Berth {
    pub outbox: OutboxId,
    /// It waits for others: why, as it is stored with the message.
    pub reason: Option<Reason>,
}

/// The call for the next message of a person in a conversation: the one that waits already, when it has room, else a
/// new one, which waits for a moment where several messages can go in one.
///
/// # Errors
/// SQLite's.
pub(super) fn berth(tx: &Tx<'_>, conversation: &Conversation, per_call: usize) -> Result<Berth> {
    if let Some(found) = with_room(tx, conversation.id, per_call)? {
        return Ok(found);
    }
    let outbox = insert(tx, conversation.id, conversation.page, None)?;
    let wanted: u32 = tx
        .connection()
        .prepare_cached("SELECT hold_s FROM page WHERE page_id = ?1")?
        .query_row([conversation.page], |row| row.get(0))?;
    let free_until = profiles::free_until(&tx.reader(), conversation.profile)?;
    let wanted = Duration::from_secs(wanted.into());
    let hold = allowance::hold(per_call, wanted, free_until, tx.now());
    if hold.is_zero() {
        return Ok(Berth {
            outbox,
            reason: None,
        });
    }
    set_due(tx, outbox, tx.now().plus(hold))?;
    let reason = Some(Reason::of(Reason::BUNDLING));
    Ok(Berth { outbox, reason })
}

/// The conversation's last call, when nothing but a person's words wait in it, no try of it may have been accepted,
/// and there is room.
fn with_room(tx: &Tx<'_>, conversation: ConversationId, per_call: usize) -> Result<Option<Berth>> {
    let found: Option<(OutboxId, bool)> = tx
        .connection()
        .prepare_cached(
            "SELECT outbox_id, unpaid_since IS NOT NULL FROM outbox
             WHERE conversation_id = ?1 AND state = 'queued' AND doubt IS NULL AND repeats IS NULL
               AND (unpaid_since IS NOT NULL OR (tries = 0 AND due_at > ?3))
               AND turn = (SELECT max(turn) FROM outbox WHERE conversation_id = ?1)
               AND (SELECT count(*) FROM message WHERE message.outbox_id = outbox.outbox_id) < ?2
               AND NOT EXISTS (SELECT 1 FROM message
                               WHERE message.outbox_id = outbox.outbox_id AND (automated IS NOT NULL OR text = ''))",
        )?
        .query_row(params![conversation, per_call as i64, tx.now()], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    Ok(found.map(|(outbox, is_unpaid)| Berth {
        outbox,
        reason: Some(Reason::of(match is_unpaid {
            true => Reason::QUOTA_USED,
            false => Reason::BUNDLING,
        })),
    }))
}

/// Whether a call is full: then it waits for no other message.
///
/// # Errors
/// SQLite's.
pub(super) fn settle_in(tx: &Tx<'_>, outbox: OutboxId, per_call: usize) -> Result<bool> {
    let (is_full, is_unpaid): (bool, bool) = tx
        .connection()
        .prepare_cached(
            "SELECT (SELECT count(*) FROM message WHERE message.outbox_id = outbox.outbox_id) >= ?2,
                    unpaid_since IS NOT NULL
             FROM outbox WHERE outbox_id = ?1",
        )?
        .query_row(params![outbox, per_call as i64], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    if is_full && !is_unpaid {
        set_due(tx, outbox, tx.now())?;
    }
    Ok(is_full)
}

fn set_due(tx: &Tx<'_>, outbox: OutboxId, due: Timestamp) -> Result<()> {
    tx.connection()
        .prepare_cached("UPDATE outbox SET due_at = ?2 WHERE outbox_id = ?1 AND state = 'queued'")?
        .execute(params![outbox, due])?;
    tx.wake(Worker::Dispatch);
    Ok(())
}

/// *Send now*: a message that waits to cost less waits no longer. False when it does not, or the conversation is not
/// this person's to answer.
///
/// # Errors
/// SQLite's.
pub fn send_now(tx: &Tx<'_>, message: MessageId, user: UserId) -> Result<bool> {
    let Some(found) = ended(tx, message, &[Status::Queued])? else {
        return Ok(false);
    };
    if !waits_to_cost_less(tx, found.outbox)? || !is_answered_by(tx, found.conversation, user)? {
        return Ok(false);
    }
    set_due(tx, found.outbox, tx.now())?;
    // The button goes: what was pressed is seen.
    set_status(tx, found.outbox, &[Status::Queued], Status::Queued, None)?;
    Ok(true)
}

/// Whether nothing of a call has gone out, and it waits only to cost less.
pub(super) fn waits_to_cost_less(tx: &Tx<'_>, outbox: OutboxId) -> Result<bool> {
    Ok(tx
        .connection()
        .prepare_cached(
            "SELECT state = 'queued' AND doubt IS NULL AND (unpaid_since IS NOT NULL OR (tries = 0 AND due_at > ?2))
             FROM outbox WHERE outbox_id = ?1",
        )?
        .query_row(params![outbox, tx.now()], |row| row.get(0))?)
}

/// The month's paid messages are used up: the call waits until an answer is free or there is room. A reply token
/// that it took is spent.
pub(super) fn wait_for_room(tx: &Tx<'_>, outbox: OutboxId) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE outbox SET unpaid_since = ?2, first_tried_at = NULL, reply_token = NULL WHERE outbox_id = ?1",
        )?
        .execute(params![outbox, tx.now()])?;
    Ok(())
}

/// The customer wrote, so that an answer is free for a moment: what waits for him because the paid messages are used
/// up goes out now.
///
/// # Errors
/// SQLite's.
pub fn answer_free(tx: &Tx<'_>, profile: SocialProfileId) -> Result<()> {
    let woken = tx
        .connection()
        .prepare_cached(
            "UPDATE outbox SET due_at = ?2
             WHERE state = 'queued' AND unpaid_since IS NOT NULL AND due_at > ?2
               AND conversation_id IN (SELECT conversation_id FROM conversation WHERE social_profile_id = ?1)",
        )?
        .execute(params![profile, tx.now()])?;
    if woken > 0 {
        tx.wake(Worker::Dispatch);
    }
    Ok(())
}

/// There is room for a page's paid messages: what waits for that is tried.
///
/// # Errors
/// SQLite's.
pub fn try_unpaid(tx: &Tx<'_>, page: PageId) -> Result<()> {
    let woken = tx
        .connection()
        .prepare_cached(
            "UPDATE outbox SET due_at = ?2
             WHERE page_id = ?1 AND state = 'queued' AND unpaid_since IS NOT NULL AND due_at > ?2",
        )?
        .execute(params![page, tx.now()])?;
    if woken > 0 {
        tx.wake(Worker::Dispatch);
    }
    Ok(())
}

/// Says at a message why it waits.
pub(super) fn note_reason(tx: &Tx<'_>, message: MessageId, reason: &Reason) -> Result<()> {
    tx.connection()
        .prepare_cached("UPDATE message SET status_reason = ?2 WHERE message_id = ?1")?
        .execute(params![message, write_reason(reason)])?;
    Ok(())
}
