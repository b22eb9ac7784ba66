//! Messages that the program writes by itself.

use rusqlite::{OptionalExtension as _, params};

use crate::domain::automation::Trigger;
use crate::domain::ids::{ConversationId, MessageId, OutboxId, PageId};
use crate::domain::live_event::Worker;
use crate::domain::message::{Author, Kind, Status};

use super::super::messages::{self, NewMessage};
use super::super::{Result, Tx, conversations};
use super::insert;

/// Adds a message to a conversation on a page, in the call that already carries such ones and was not tried yet,
/// when it has room (`per_call`), else in a call of its own. The customer still counts as unanswered.
///
/// # Errors
/// SQLite's.
pub fn add_automated(
    tx: &Tx<'_>,
    (conversation, page): (ConversationId, PageId),
    trigger: Trigger,
    text: &str,
    per_call: usize,
) -> Result<MessageId> {
    let outbox = match with_room(tx, conversation, per_call)? {
        Some(outbox) => outbox,
        None => insert(tx, conversation, page, None)?,
    };
    let message = NewMessage {
        conversation,
        page,
        platform_id: None,
        author: Author::Agent,
        user: None,
        speaker: None,
        kind: Kind::Text,
        text,
        client_id: None,
        outbox: Some(outbox),
        status: Some(Status::Queued),
        reply_to: None,
        sent_at: tx.now(),
        automated: Some(trigger),
        attachments: &[],
    };
    // Without ids of its own nothing can be there already.
    let id = messages::insert(tx, &message)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    conversations::written_elsewhere(tx, conversation, id)?;
    tx.wake(Worker::Dispatch);
    Ok(id)
}

/// The conversation's last call, when nothing but the program's own messages waits in it and there is room.
fn with_room(
    tx: &Tx<'_>,
    conversation: ConversationId,
    per_call: usize,
) -> Result<Option<OutboxId>> {
    Ok(tx
        .connection()
        .prepare_cached(
            "SELECT outbox_id FROM outbox
             WHERE conversation_id = ?1 AND state = 'queued' AND tries = 0 AND repeats IS NULL
               AND turn = (SELECT max(turn) FROM outbox WHERE conversation_id = ?1)
               AND (SELECT count(*) FROM message WHERE message.outbox_id = outbox.outbox_id) < ?2
               AND NOT EXISTS (SELECT 1 FROM message
                               WHERE message.outbox_id = outbox.outbox_id AND automated IS NULL)",
        )?
        .query_row(params![conversation, per_call as i64], |row| row.get(0))
        .optional()?)
}
