//! Writing a reply: the messages and the calls that carry them, in one transaction.

use rusqlite::{OptionalExtension as _, params};

use crate::domain::ids::{ConversationId, MessageId, UserId};
use crate::domain::live_event::Worker;
use crate::domain::message::{Author, Kind, Status};

use super::super::messages::{self, NewMessage};
use super::super::outgoing::{self, OutgoingFile};
use super::super::{Reader, Result, StoreError, Tx, conversations, drafts};
use super::economy::{Berth, berth, note_reason, settle_in};
use super::is_answered_by;

/// A text that a person sends.
#[derive(Clone, Debug)]
pub struct Reply {
    /// To whom.
    pub conversation: ConversationId,
    /// Who wrote it.
    pub user: UserId,
    /// Made by the browser, letters, digits and dashes: the same text under the same id is stored once.
    pub client_id: String,
    /// The text, cut as the platform wants it; none empty.
    pub parts: Vec<String>,
    /// How many parts go out in one call; 1 or more.
    pub parts_per_call: usize,
    /// The message that it answers, of the same conversation; the first part quotes it. `None`: none in particular.
    pub quoted: Option<MessageId>,
    /// The newest message that the person had seen; `None`: whatever came in meanwhile does not matter.
    pub last_seen: Option<MessageId>,
}

/// Files that a person sends: each is a message of its own.
#[derive(Clone, Debug)]
pub struct FileReply {
    /// To whom.
    pub conversation: ConversationId,
    /// Who sends them.
    pub user: UserId,
    /// As [`Reply::client_id`].
    pub client_id: String,
    /// The files; they are in the folder.
    pub files: Vec<OutgoingFile>,
    /// How many go out in one call; 1 or more.
    pub files_per_call: usize,
}

/// What came of sending a [`Reply`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Enqueued {
    /// These messages are on their way (or were already, under this client id).
    Queued(Vec<MessageId>),
    /// The customer wrote something that the person has not seen. Nothing is stored.
    Stale,
    /// The conversation is not Active, or not this person's (any more). Nothing is stored.
    NotActive,
}

/// Stores a reply's messages and the calls that carry them.
///
/// # Errors
/// SQLite's.
pub fn enqueue(tx: &Tx<'_>, reply: &Reply) -> Result<Enqueued> {
    let items: Vec<Item<'_>> = reply.parts.iter().map(|part| Item::Text(part)).collect();
    enqueue_items(tx, reply, &items)
}

/// Stores the messages of files and the calls that carry them. What is being written stays. A file is no answer to
/// one message more than to another: whatever came in meanwhile does not matter.
///
/// # Errors
/// SQLite's.
pub fn enqueue_files(tx: &Tx<'_>, files: &FileReply) -> Result<Enqueued> {
    let reply = Reply {
        conversation: files.conversation,
        user: files.user,
        client_id: files.client_id.clone(),
        parts: Vec::new(),
        parts_per_call: files.files_per_call,
        quoted: None,
        last_seen: None,
    };
    let items: Vec<Item<'_>> = files.files.iter().map(Item::File).collect();
    enqueue_items(tx, &reply, &items)
}

/// What a message of a reply consists of.
enum Item<'a> {
    Text(&'a str),
    File(&'a OutgoingFile),
}

fn enqueue_items(tx: &Tx<'_>, reply: &Reply, items: &[Item<'_>]) -> Result<Enqueued> {
    let Some(conversation) = conversations::by_id(&tx.reader(), reply.conversation)? else {
        return Ok(Enqueued::NotActive);
    };
    let stored = stored(
        &tx.reader(),
        reply.conversation,
        reply.user,
        &reply.client_id,
    )?;
    if !stored.is_empty() {
        return Ok(Enqueued::Queued(stored));
    }
    if !is_answered_by(tx, reply.conversation, reply.user)? {
        return Ok(Enqueued::NotActive);
    }
    if let Some(last_seen) = reply.last_seen
        && customer_wrote_after(tx, reply.conversation, last_seen)?
    {
        return Ok(Enqueued::Stale);
    }
    let mut ids = Vec::with_capacity(items.len());
    let mut quoted = match reply.quoted {
        Some(quoted) => quotable(tx, reply.conversation, quoted)?,
        None => None,
    };
    let mut with_room: Option<Berth> = None;
    for item in items {
        let berth = match with_room.take() {
            Some(berth) => berth,
            None => berth(tx, &conversation, reply.parts_per_call)?,
        };
        let answers = quoted.take();
        let client_id = client_id_of_part(&reply.client_id, ids.len());
        let message = NewMessage {
            conversation: reply.conversation,
            page: conversation.page,
            platform_id: None,
            author: Author::Agent,
            user: Some(reply.user),
            speaker: None,
            kind: Kind::Text,
            text: match item {
                Item::Text(text) => text,
                Item::File(_) => "",
            },
            client_id: Some(&client_id),
            outbox: Some(berth.outbox),
            status: Some(Status::Queued),
            reply_to: answers.as_deref(),
            sent_at: tx.now(),
            automated: None,
            attachments: &[],
        };
        let Some(id) = messages::insert(tx, &message)? else {
            // Only a browser that makes its ids badly, or on purpose, comes here.
            return Err(StoreError::Word {
                what: "a client id that no other message has",
                word: reply.client_id.clone(),
            });
        };
        if let Item::File(file) = item {
            outgoing::hang(tx, id, file)?;
        }
        if let Some(reason) = &berth.reason {
            note_reason(tx, id, reason)?;
        }
        let is_full = settle_in(tx, berth.outbox, reply.parts_per_call)?;
        with_room = Some(berth).filter(|_| !is_full);
        conversations::answered(tx, reply.conversation, id)?;
        ids.push(id);
    }
    if !reply.parts.is_empty() {
        drafts::save(tx, reply.conversation, reply.user, "")?;
    }
    tx.wake(Worker::Dispatch);
    Ok(Enqueued::Queued(ids))
}

/// The platform's id of a message that a reply in this conversation can quote.
fn quotable(
    tx: &Tx<'_>,
    conversation: ConversationId,
    message: MessageId,
) -> Result<Option<String>> {
    Ok(tx
        .connection()
        .prepare_cached(
            "SELECT platform_id FROM message
             WHERE message_id = ?1 AND conversation_id = ?2 AND quote IS NOT NULL AND unsent_at IS NULL",
        )?
        .query_row(params![message, conversation], |row| row.get(0))
        .optional()?
        .flatten())
}

/// The first part has the browser's id, so that the browser finds it; the others one of their own.
fn client_id_of_part(client_id: &str, part: usize) -> String {
    match part {
        0 => client_id.to_owned(),
        part => format!("{client_id}_{part}"),
    }
}

/// The messages of a reply that this person sent into this conversation under this client id. Empty: none.
///
/// # Errors
/// SQLite's.
pub fn stored(
    reader: &Reader<'_>,
    conversation: ConversationId,
    user: UserId,
    client_id: &str,
) -> Result<Vec<MessageId>> {
    // '`' is the sign after '_': the range is every part of this id.
    let mut statement = reader.connection().prepare_cached(
        "SELECT message_id FROM message
         WHERE (client_id = ?1 OR (client_id > ?1 || '_' AND client_id < ?1 || '`'))
           AND conversation_id = ?2 AND user_id = ?3
         ORDER BY message_id",
    )?;
    let ids = statement.query_map(params![client_id, conversation, user], |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

fn customer_wrote_after(tx: &Tx<'_>, id: ConversationId, seen: MessageId) -> Result<bool> {
    Ok(tx
        .connection()
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM message
                            WHERE conversation_id = ?1 AND message_id > ?2 AND author = 'customer')",
        )?
        .query_row(params![id, seen], |row| row.get(0))?)
}
