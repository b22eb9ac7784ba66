//! What a person decides about a message that did not arrive, or may not have.

use rusqlite::{OptionalExtension as _, params};

use crate::domain::ids::{ConversationId, MessageId, OutboxId, PageId, UserId};
use crate::domain::live_event::{LiveEvent, Worker};
use crate::domain::message::Status;

use super::super::{Reader, Result, Tx};
use super::economy::waits_to_cost_less;
use super::{carried_by, close, forget_newest, insert, is_answered_by, set_status};

/// Really sends a message again that failed or is in doubt, with the others of its call: a new call with a
/// key of its own, in the old one's turn. The messages; `None` when there is nothing to send again (pressed
/// twice, arrived meanwhile) or the conversation is not this person's to answer.
///
/// # Errors
/// SQLite's.
pub fn retry(tx: &Tx<'_>, message: MessageId, user: UserId) -> Result<Option<Vec<MessageId>>> {
    let Some(found) = ended(tx, message, &[Status::Failed, Status::Unknown])? else {
        return Ok(None);
    };
    if !is_answered_by(tx, found.conversation, user)? {
        return Ok(None);
    }
    let call = insert(tx, found.conversation, found.page, Some(found.outbox))?;
    tx.connection()
        .prepare_cached(
            "UPDATE message SET outbox_id = ?2 WHERE outbox_id = ?1 AND status IN ('failed', 'unknown')",
        )?
        .execute(params![found.outbox, call])?;
    close(tx, found.outbox, "released")?;
    set_status(
        tx,
        call,
        &[Status::Failed, Status::Unknown],
        Status::Queued,
        None,
    )?;
    tx.wake(Worker::Dispatch);
    carried_by(tx, call).map(Some)
}

/// Waits no longer for a message in doubt: it stays as it is, and the later ones go out. False when it holds
/// nothing back, or the conversation is not this person's to answer.
///
/// # Errors
/// SQLite's.
pub fn release(tx: &Tx<'_>, message: MessageId, user: UserId) -> Result<bool> {
    let Some(found) = ended(tx, message, &[Status::Unknown])? else {
        return Ok(false);
    };
    if found.state != "unknown" || !is_answered_by(tx, found.conversation, user)? {
        return Ok(false);
    }
    close(tx, found.outbox, "released")?;
    for id in carried_by(tx, found.outbox)? {
        tx.tell(LiveEvent::MessageChanged(found.conversation, id))?;
    }
    Ok(true)
}

/// Removes a message that did not arrive, or that still waits to cost less. False when it is neither, or the
/// conversation is not this person's to answer. Should proof come later that it did arrive, the echo shows it again.
///
/// # Errors
/// SQLite's.
pub fn delete(tx: &Tx<'_>, message: MessageId, user: UserId) -> Result<bool> {
    let Some(found) = ended(tx, message, &[Status::Failed, Status::Queued])? else {
        return Ok(false);
    };
    let waits = found.state == "queued";
    if waits && !waits_to_cost_less(tx, found.outbox)? {
        return Ok(false);
    }
    if !is_answered_by(tx, found.conversation, user)? {
        return Ok(false);
    }
    tx.connection()
        .prepare_cached("DELETE FROM message WHERE message_id = ?1")?
        .execute([message])?;
    if waits && carried_by(tx, found.outbox)?.is_empty() {
        close(tx, found.outbox, "released")?;
    }
    forget_newest(tx, found.conversation, message)?;
    // Its files go as well.
    tx.wake(Worker::Media);
    tx.tell(LiveEvent::MessageChanged(found.conversation, message))?;
    Ok(true)
}

/// Whether a message in doubt holds the later ones of its conversation back.
///
/// # Errors
/// SQLite's.
pub fn holds_others(reader: &Reader<'_>, message: MessageId) -> Result<bool> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM message JOIN outbox USING (outbox_id)
                            WHERE message_id = ?1 AND state = 'unknown')",
        )?
        .query_row([message], |row| row.get(0))?)
}

/// A message with the call that carries it.
pub(super) struct Ended {
    pub outbox: OutboxId,
    pub conversation: ConversationId,
    page: PageId,
    state: String,
}

pub(super) fn ended(tx: &Tx<'_>, message: MessageId, statuses: &[Status]) -> Result<Option<Ended>> {
    let found = tx
        .connection()
        .prepare_cached(
            "SELECT outbox_id, message.conversation_id, message.page_id, state, status
             FROM message JOIN outbox USING (outbox_id) WHERE message_id = ?1",
        )?
        .query_row([message], |row| {
            let ended = Ended {
                outbox: row.get(0)?,
                conversation: row.get(1)?,
                page: row.get(2)?,
                state: row.get(3)?,
            };
            Ok((ended, row.get::<_, Option<Status>>(4)?))
        })
        .optional()?;
    Ok(found
        .filter(|(_, status)| status.is_some_and(|status| statuses.contains(&status)))
        .map(|(ended, _)| ended))
}
