//! The files that hang on messages: which are to be fetched, what came of it, and who names what is kept.

use std::time::Duration;

use rusqlite::{OptionalExtension as _, Row, named_params, params};

use crate::domain::attachments::Refusal;
use crate::domain::ids::{AttachmentId, ConversationId, MessageId, PageId};
use crate::domain::live_event::{LiveEvent, Worker};
use crate::domain::media::Stage;
use crate::domain::message::{Attachment, AttachmentKind, Author};
use crate::domain::time::Timestamp;

use super::{Reader, Result, Tx};

/// How a file stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// Where it stands.
    pub stage: Stage,
    /// Refused, failed: the word of the reason.
    pub why: Option<String>,
    /// Here: what it is, for [`crate::domain::media::type_of`].
    pub media_type: Option<String>,
    /// Of ours: the customer gets a still picture of what moves here.
    pub is_still: bool,
    /// Of ours: the public address that the customer has; `None`: there is none.
    pub link: Option<LinkStands>,
}

/// How the public address of a file stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkStands {
    /// Until when it leads to the file.
    pub until: Timestamp,
    /// Somebody here ended it before.
    pub is_revoked: bool,
    /// How often the file was fetched.
    pub opened: u64,
    /// When last; `None`: never.
    pub opened_at: Option<Timestamp>,
}

/// A file to fetch; the worker has it until its lease is over.
#[derive(Clone, Debug)]
pub struct Due {
    /// The attachment.
    pub id: AttachmentId,
    /// The message that it hangs on.
    pub message: MessageId,
    /// The message's conversation.
    pub conversation: ConversationId,
    /// The message's page.
    pub page: PageId,
    /// The page's channel.
    pub channel: String,
    /// The platform's id of the message.
    pub platform_id: Option<String>,
    /// Who sent it.
    pub author: Author,
    /// When, by the platform.
    pub sent_at: Timestamp,
    /// Whether customers may send files on this page.
    pub is_on: bool,
    /// What the message said of it.
    pub attachment: Attachment,
    /// Tries so far, this one included.
    pub tries: u32,
}

/// What is kept of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// SHA-256 in hex: its name in the folder.
    pub content: String,
    /// What its bytes say.
    pub media_type: String,
    /// What the customer called it; empty when the platform tells no name.
    pub name: String,
    /// In bytes.
    pub size_bytes: u64,
}

/// A file that is here, and the conversation that decides who may have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The conversation.
    pub conversation: ConversationId,
    /// What the message said that it is.
    pub kind: AttachmentKind,
    /// The file.
    pub kept: Kept,
}

/// The kinds that are files. A sticker is one where the platform gives its picture; nobody sends it as a file.
const FILES: &str = "kind IN ('picture', 'video', 'audio', 'file')";

/// A message has come in: its files are fetched from now on. Where customers may not send files nothing is kept of
/// theirs but that there was one. Within the transaction that stores the message.
///
/// # Errors
/// SQLite's.
pub fn expect(tx: &Tx<'_>, message: MessageId) -> Result<()> {
    tx.connection()
        .prepare_cached(&format!(
            "UPDATE attachment SET stage = :refused, why = :why, name = '', url = NULL, size_bytes = NULL, detail = ''
             WHERE message_id = :message AND {FILES}
               AND (SELECT author = 'customer' AND NOT (file_attachments AND customer_files)
                    FROM message JOIN page USING (page_id) WHERE message_id = :message)"
        ))?
        .execute(named_params! {
            ":refused": Stage::Refused,
            ":why": Refusal::SwitchedOff.word(),
            ":message": message,
        })?;
    let expected = tx
        .connection()
        .prepare_cached(&format!(
            "UPDATE attachment SET stage = ?2, due_at = ?3
             WHERE message_id = ?1 AND stage IS NULL AND ({FILES} OR (kind = 'sticker' AND url IS NOT NULL))"
        ))?
        .execute(params![message, Stage::Waiting, tx.now()])?;
    if expected > 0 {
        tx.wake(Worker::Media);
    }
    Ok(())
}

/// Whether files of a message were refused when it came: see [`expect`].
///
/// # Errors
/// SQLite's.
pub fn was_refused(tx: &Tx<'_>, message: MessageId) -> Result<bool> {
    Ok(tx
        .connection()
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM attachment WHERE message_id = ?1 AND stage = ?2)",
        )?
        .query_row(params![message, Stage::Refused], |row| row.get(0))?)
}

/// Takes the file that is due longest; it is the caller's for `lease`. `None`: nothing is due.
///
/// # Errors
/// SQLite's.
pub fn claim(tx: &Tx<'_>, lease: Duration) -> Result<Option<Due>> {
    let connection = tx.connection();
    let id: Option<AttachmentId> = connection
        .prepare_cached(
            "SELECT attachment_id FROM attachment WHERE due_at <= ?1 ORDER BY due_at LIMIT 1",
        )?
        .query_row([tx.now()], |row| row.get(0))
        .optional()?;
    let Some(id) = id else {
        return Ok(None);
    };
    connection
        .prepare_cached(
            "UPDATE attachment SET stage = ?2, due_at = ?3, tries = tries + 1 WHERE attachment_id = ?1",
        )?
        .execute(params![id, Stage::Fetching, tx.now().plus(lease)])?;
    let due = connection
        .prepare_cached(
            "SELECT message_id, conversation_id, page_id, page.channel, message.platform_id, author,
                    file_attachments AND customer_files, attachment.kind, attachment.name, size_bytes, url,
                    detail, tries, sent_at
             FROM attachment JOIN message USING (message_id) JOIN page USING (page_id)
             WHERE attachment_id = ?1",
        )?
        .query_row([id], |row| {
            let detail: String = row.get(11)?;
            Ok(Due {
                id,
                message: row.get(0)?,
                conversation: row.get(1)?,
                page: row.get(2)?,
                channel: row.get(3)?,
                platform_id: row.get(4)?,
                author: row.get(5)?,
                is_on: row.get(6)?,
                attachment: Attachment {
                    kind: row.get(7)?,
                    name: row.get(8)?,
                    size_bytes: row.get::<_, Option<i64>>(9)?.map(i64::unsigned_abs),
                    url: row.get(10)?,
                    detail: serde_json::from_str(&detail).unwrap_or_default(),
                },
                tries: row.get(12)?,
                sent_at: row.get(13)?,
            })
        })?;
    Ok(Some(due))
}

/// When the next file is due; `None`: none is.
///
/// # Errors
/// SQLite's.
pub fn next_due(reader: &Reader<'_>) -> Result<Option<Timestamp>> {
    Ok(reader
        .connection()
        .prepare_cached("SELECT min(due_at) FROM attachment WHERE due_at IS NOT NULL")?
        .query_row([], |row| row.get(0))?)
}

/// The process had ended while files were fetched: they are due at once. How many.
///
/// # Errors
/// SQLite's.
pub fn recover(tx: &Tx<'_>) -> Result<usize> {
    Ok(tx
        .connection()
        .prepare_cached("UPDATE attachment SET stage = ?1, due_at = ?2 WHERE stage = ?3")?
        .execute(params![Stage::Waiting, tx.now(), Stage::Fetching])?)
}

/// The file is here. False when its message was taken back meanwhile: then nobody names it.
///
/// # Errors
/// SQLite's.
pub fn arrived(tx: &Tx<'_>, due: &Due, kept: &Kept) -> Result<bool> {
    let changed = tx
        .connection()
        .prepare_cached(
            "UPDATE attachment SET stage = :stage, why = NULL, due_at = NULL, content = :content,
                    media_type = :media_type, name = :name, size_bytes = :size_bytes,
                    prepare_at = iif(:media_type LIKE 'image/%', :now, NULL)
             WHERE attachment_id = :id AND stage = :fetching",
        )?
        .execute(named_params! {
            ":stage": Stage::Here,
            ":content": kept.content,
            ":media_type": kept.media_type,
            ":name": kept.name,
            ":size_bytes": i64::try_from(kept.size_bytes).ok(),
            ":now": tx.now(),
            ":id": due.id,
            ":fetching": Stage::Fetching,
        })?;
    tx.wake(Worker::Pictures);
    if changed == 0 {
        discard(tx, &kept.content)?;
        return Ok(false);
    }
    tx.tell(LiveEvent::MessageChanged(due.conversation, due.message))?;
    Ok(true)
}

/// The file did not come; it is tried again at `at`.
///
/// # Errors
/// SQLite's.
pub fn later(tx: &Tx<'_>, due: &Due, at: Timestamp) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE attachment SET stage = ?2, due_at = ?3 WHERE attachment_id = ?1 AND stage = ?4",
        )?
        .execute(params![due.id, Stage::Waiting, at, Stage::Fetching])?;
    Ok(())
}

/// The file does not come any more: refused or failed, and the word of the reason. False when its message was
/// taken back meanwhile.
///
/// # Errors
/// SQLite's.
pub fn over(tx: &Tx<'_>, due: &Due, stage: Stage, why: &str) -> Result<bool> {
    let changed = tx
        .connection()
        .prepare_cached(
            "UPDATE attachment SET stage = ?2, why = ?3, due_at = NULL WHERE attachment_id = ?1 AND stage = ?4",
        )?
        .execute(params![due.id, stage, why, Stage::Fetching])?;
    if changed > 0 {
        tx.tell(LiveEvent::MessageChanged(due.conversation, due.message))?;
    }
    Ok(changed > 0)
}

/// A person pressed *Try again* at a file that did not come. False when there is nothing to try: it is here, on its
/// way, or nothing is known of it any more.
///
/// # Errors
/// SQLite's.
pub fn retry(tx: &Tx<'_>, id: AttachmentId) -> Result<bool> {
    let message: Option<(MessageId, ConversationId)> = tx
        .connection()
        .prepare_cached(
            "UPDATE attachment SET stage = :waiting, why = NULL, due_at = :now, tries = 0
             WHERE attachment_id = :id AND (stage = :failed OR (stage = :refused AND why <> :off))
             RETURNING message_id,
                 (SELECT conversation_id FROM message WHERE message.message_id = attachment.message_id)",
        )?
        .query_row(
            named_params! {
                ":waiting": Stage::Waiting,
                ":now": tx.now(),
                ":id": id,
                ":failed": Stage::Failed,
                ":refused": Stage::Refused,
                ":off": Refusal::SwitchedOff.word(),
            },
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let Some((message, conversation)) = message else {
        return Ok(false);
    };
    tx.wake(Worker::Media);
    tx.tell(LiveEvent::MessageChanged(conversation, message))?;
    Ok(true)
}

/// The message that an attachment hangs on. `None` when there is no such attachment.
///
/// # Errors
/// SQLite's.
pub fn message_of(reader: &Reader<'_>, id: AttachmentId) -> Result<Option<MessageId>> {
    Ok(reader
        .connection()
        .prepare_cached("SELECT message_id FROM attachment WHERE attachment_id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?)
}

/// A file that is here. `None` when it is not, or there is no such attachment.
///
/// # Errors
/// SQLite's.
pub fn stored(reader: &Reader<'_>, id: AttachmentId) -> Result<Option<Stored>> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT content, media_type, name, size_bytes, attachment.kind, conversation_id
             FROM attachment JOIN message USING (message_id)
             WHERE attachment_id = ?1 AND content IS NOT NULL",
        )?
        .query_row([id], |row| {
            Ok(Stored {
                conversation: row.get(5)?,
                kind: row.get(4)?,
                kept: kept(row)?,
            })
        })
        .optional()?)
}

/// Puts a file on the list of those that perhaps nobody names any more.
pub(super) fn discard(tx: &Tx<'_>, content: &str) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "INSERT INTO discarded_content (content) VALUES (?1) ON CONFLICT DO NOTHING",
        )?
        .execute([content])?;
    Ok(())
}

/// At most `limit` files that perhaps nobody names any more.
///
/// # Errors
/// SQLite's.
pub fn discarded(reader: &Reader<'_>, limit: usize) -> Result<Vec<String>> {
    Ok(reader
        .connection()
        .prepare_cached("SELECT content FROM discarded_content LIMIT ?1")?
        .query_map([limit as i64], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?)
}

/// Whether an attachment, or what was made of one, names this file.
///
/// # Errors
/// SQLite's.
pub fn is_named(reader: &Reader<'_>, content: &str) -> Result<bool> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM attachment WHERE content = ?1)
                 OR EXISTS (SELECT 1 FROM rendition WHERE content = ?1)",
        )?
        .query_row([content], |row| row.get(0))?)
}

/// The file was looked at: it is gone, or named after all.
///
/// # Errors
/// SQLite's.
pub fn tidied(tx: &Tx<'_>, content: &str) -> Result<()> {
    tx.connection()
        .prepare_cached("DELETE FROM discarded_content WHERE content = ?1")?
        .execute([content])?;
    Ok(())
}

/// Reads what is kept of a file from the columns content, media type, name and size, which come first.
pub(super) fn kept(row: &Row<'_>) -> rusqlite::Result<Kept> {
    Ok(Kept {
        content: row.get(0)?,
        media_type: row.get(1)?,
        name: row.get(2)?,
        size_bytes: row.get::<_, i64>(3)?.unsigned_abs(),
    })
}
