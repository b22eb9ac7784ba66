//! Messages, in and out, and what hangs on them.
//!
//! Order on screen is our own increasing id: a message that a platform delivers late appears where it
//! arrived, with the platform's time beside it, so that nothing is inserted above what an agent has
//! already read.

mod arrival;
mod changes;
#[cfg(test)]
mod tests;

use rusqlite::{OptionalExtension as _, Row, params};

use crate::domain::automation::Trigger;
use crate::domain::delivery::Reason;
use crate::domain::ids::{AttachmentId, ConversationId, MessageId, OutboxId, PageId, UserId};
use crate::domain::media::Stage;
use crate::domain::message::{Attachment, Author, Kind, Status};
use crate::domain::time::Timestamp;

use super::media::{LinkStands, Media};
use super::{Reader, Result};

pub use arrival::{Foreknown, NewMessage, foreknown, insert};
pub use changes::{
    edit, find, keep_quote, mark_imported, prune_early_edits, take_early_edit, unsend,
};

/// A message as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Row id: grows with every message, the order on screen.
    pub id: MessageId,
    /// The conversation.
    pub conversation: ConversationId,
    /// The page.
    pub page: PageId,
    /// `mid`, or LINE's message id; `None` until the platform gave one.
    pub platform_id: Option<String>,
    /// Who wrote it.
    pub author: Author,
    /// The agent who wrote it.
    pub user: Option<UserId>,
    /// The agent's name.
    pub user_name: Option<String>,
    /// In a group: the platform's id of the person who spoke.
    pub speaker: Option<String>,
    /// What it is.
    pub kind: Kind,
    /// The text; empty when there is none or when it was taken back.
    pub text: String,
    /// Made by the browser that sent it.
    pub client_id: Option<String>,
    /// The platform call that carries it.
    pub outbox: Option<OutboxId>,
    /// How far it has come; `None` for what the customer wrote.
    pub status: Option<Status>,
    /// Why it failed or is in doubt.
    pub reason: Option<Reason>,
    /// Platform id of the message that it quotes.
    pub reply_to: Option<String>,
    /// The platform's time for what came in, ours for what goes out.
    pub sent_at: Timestamp,
    /// When it was stored here.
    pub created_at: Timestamp,
    /// When its author last changed it.
    pub edited_at: Option<Timestamp>,
    /// When its author took it back: text and attachments are gone.
    pub unsent_at: Option<Timestamp>,
    /// Why the program wrote it by itself; `None`: a person did.
    pub automated: Option<Trigger>,
    /// Whether it went out in a call that counts against the allowance; `None`: nothing is counted there, or it has
    /// not gone out.
    pub counted: Option<bool>,
    /// It came from the platform's record, later than it was written.
    pub is_imported: bool,
    /// Whether a reply can quote it.
    pub can_be_quoted: bool,
    /// What hangs on it, in order.
    pub attachments: Vec<Hanging>,
}

/// Something that hangs on a stored message.
#[derive(Clone, Debug, PartialEq)]
pub struct Hanging {
    /// Row id.
    pub id: AttachmentId,
    /// What it is.
    pub what: Attachment,
    /// How its file stands; `None` for what is no file.
    pub media: Option<Media>,
}

macro_rules! select_message {
    ($rest:literal) => {
        concat!(
            "SELECT message_id, conversation_id, page_id, platform_id, author, message.user_id, user.name,
                    speaker, kind, text, client_id, outbox_id, status, status_reason, reply_to, sent_at,
                    message.created_at, edited_at, unsent_at, automated, counted, imported, quote IS NOT NULL
             FROM message LEFT JOIN user USING (user_id) ",
            $rest
        )
    };
}

fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    let reason: Option<String> = row.get(13)?;
    Ok(Message {
        id: row.get(0)?,
        conversation: row.get(1)?,
        page: row.get(2)?,
        platform_id: row.get(3)?,
        author: row.get(4)?,
        user: row.get(5)?,
        user_name: row.get(6)?,
        speaker: row.get(7)?,
        kind: row.get(8)?,
        text: row.get(9)?,
        client_id: row.get(10)?,
        outbox: row.get(11)?,
        status: row.get(12)?,
        reason: reason.and_then(|json| serde_json::from_str(&json).ok()),
        reply_to: row.get(14)?,
        sent_at: row.get(15)?,
        created_at: row.get(16)?,
        edited_at: row.get(17)?,
        unsent_at: row.get(18)?,
        automated: row.get(19)?,
        counted: row.get(20)?,
        is_imported: row.get(21)?,
        can_be_quoted: row.get(22)?,
        attachments: Vec::new(),
    })
}

/// The message of an id, with its attachments. `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn by_id(reader: &Reader<'_>, id: MessageId) -> Result<Option<Message>> {
    let found = reader
        .connection()
        .prepare_cached(select_message!("WHERE message_id = ?1"))?
        .query_row([id], message)
        .optional()?;
    found
        .map(|found| with_attachments(reader, found))
        .transpose()
}

/// The message that a page knows by the platform's id, with its attachments: what a reply quotes. `None`
/// when it is not here (any more).
///
/// # Errors
/// SQLite's.
pub fn by_platform_id(
    reader: &Reader<'_>,
    page: PageId,
    platform_id: &str,
) -> Result<Option<Message>> {
    let found = reader
        .connection()
        .prepare_cached(select_message!("WHERE page_id = ?1 AND platform_id = ?2"))?
        .query_row(params![page, platform_id], message)
        .optional()?;
    found
        .map(|found| with_attachments(reader, found))
        .transpose()
}

/// The newest `limit` messages of a conversation that are older than `before` (`None`: the newest of all),
/// oldest first, with their attachments.
///
/// # Errors
/// SQLite's.
pub fn page_of(
    reader: &Reader<'_>,
    conversation: ConversationId,
    before: Option<MessageId>,
    limit: usize,
) -> Result<Vec<Message>> {
    let mut statement = reader.connection().prepare_cached(select_message!(
        "WHERE conversation_id = ?1 AND message_id < ?2 ORDER BY message_id DESC LIMIT ?3"
    ))?;
    let before = before.unwrap_or(MessageId(i64::MAX));
    let mut messages = statement
        .query_map(params![conversation, before, limit as i64], message)?
        .map(|found| with_attachments(reader, found?))
        .collect::<Result<Vec<_>>>()?;
    messages.reverse();
    Ok(messages)
}

/// The messages of a conversation after `last`, oldest first, at most `limit`, with their attachments: what
/// came in while somebody was typing or asleep.
///
/// # Errors
/// SQLite's.
pub fn newer_than(
    reader: &Reader<'_>,
    conversation: ConversationId,
    last: MessageId,
    limit: usize,
) -> Result<Vec<Message>> {
    let mut statement = reader.connection().prepare_cached(select_message!(
        "WHERE conversation_id = ?1 AND message_id > ?2 ORDER BY message_id LIMIT ?3"
    ))?;
    statement
        .query_map(params![conversation, last, limit as i64], message)?
        .map(|found| with_attachments(reader, found?))
        .collect()
}

fn with_attachments(reader: &Reader<'_>, mut message: Message) -> Result<Message> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT kind, name, size_bytes, url, detail, attachment_id, stage, why, media_type,
                until, revoked_at IS NOT NULL, opened, opened_at
         FROM attachment LEFT JOIN public_link USING (attachment_id)
         WHERE message_id = ?1 AND coalesce(purpose, 'file') = 'file' ORDER BY attachment_id",
    )?;
    let attachments = statement.query_map([message.id], |row| {
        let detail: String = row.get(4)?;
        let detail: serde_json::Value = serde_json::from_str(&detail).unwrap_or_default();
        let media = row
            .get::<_, Option<Stage>>(6)?
            .map(|stage| media(row, stage, &detail));
        Ok(Hanging {
            id: row.get(5)?,
            what: Attachment {
                kind: row.get(0)?,
                name: row.get(1)?,
                size_bytes: row.get::<_, Option<i64>>(2)?.map(i64::unsigned_abs),
                url: row.get(3)?,
                detail,
            },
            media: media.transpose()?,
        })
    })?;
    message.attachments = attachments.collect::<rusqlite::Result<_>>()?;
    Ok(message)
}

/// How a file stands, from the columns of [`with_attachments`].
fn media(row: &Row<'_>, stage: Stage, detail: &serde_json::Value) -> rusqlite::Result<Media> {
    let until: Option<Timestamp> = row.get(9)?;
    Ok(Media {
        stage,
        why: row.get(7)?,
        media_type: row.get(8)?,
        is_still: detail["still"] == true,
        link: match until {
            Some(until) => Some(LinkStands {
                until,
                is_revoked: row.get(10)?,
                opened: row.get::<_, i64>(11)?.unsigned_abs(),
                opened_at: row.get(12)?,
            }),
            None => None,
        },
    })
}

/// How many messages customers sent since `moment`. Takes as long as there are messages since then, however many
/// there were before: ids grow with time, so that the first of them is found by halving.
///
/// # Errors
/// SQLite's.
pub fn inbound_since(reader: &Reader<'_>, moment: Timestamp) -> Result<u64> {
    let connection = reader.connection();
    let newest: i64 = connection
        .prepare_cached("SELECT coalesce(max(message_id), 0) FROM message")?
        .query_row([], |row| row.get(0))?;
    let mut next = connection.prepare_cached(
        "SELECT created_at < ?2 FROM message WHERE message_id >= ?1 ORDER BY message_id LIMIT 1",
    )?;
    let (mut before, mut since) = (0, newest + 1);
    while since - before > 1 {
        let middle = before + (since - before) / 2;
        let is_before: bool = next.query_row(params![middle, moment], |row| row.get(0))?;
        if is_before {
            before = middle;
        } else {
            since = middle;
        }
    }
    let count: i64 = connection
        .prepare_cached(
            "SELECT count(*) FROM message WHERE message_id >= ?1 AND author = 'customer'",
        )?
        .query_row([since], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}
