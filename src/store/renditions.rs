//! What is made of files: small pictures for the log, and what goes out instead of them.

use std::time::Duration;

use rusqlite::{OptionalExtension as _, named_params, params};

use crate::domain::ids::{AttachmentId, ConversationId, MessageId, PageId};
use crate::domain::live_event::{LiveEvent, Worker};
use crate::domain::message::AttachmentKind;
use crate::domain::outgoing::{Purpose, TRIES, Unsendable};
use crate::domain::time::Timestamp;

use super::media::{self, Kept, kept};
use super::{Reader, Result, Tx};

/// A file of which something is to be made; the worker has it until its lease is over.
#[derive(Clone, Debug)]
pub struct ToPrepare {
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
    /// What it is shown as.
    pub kind: AttachmentKind,
    /// The file.
    pub kept: Kept,
    /// Whether it is on its way to a customer.
    pub is_ours: bool,
    /// Earlier tries were interrupted so often that another one is not made.
    pub is_hopeless: bool,
}

/// What was made of a file; it is in the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendition {
    /// What for.
    pub purpose: Purpose,
    /// SHA-256 in hex: its name in the folder.
    pub content: String,
    /// What it is.
    pub media_type: &'static str,
    /// In bytes.
    pub size_bytes: u64,
}

/// What is known of a file once it was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// A recording's length.
    pub duration: Option<Duration>,
    /// What goes out is one still picture of something that moves.
    pub is_still: bool,
    /// Why it cannot go out; `None`: it can.
    pub unsendable: Option<Unsendable>,
}

/// Takes the file that waits longest, those that are on their way to a customer first; it is the caller's for `lease`. `None`: none is waiting.
///
/// # Errors
/// SQLite's.
pub fn claim(tx: &Tx<'_>, lease: Duration) -> Result<Option<ToPrepare>> {
    let found = tx
        .connection()
        .prepare_cached(
            "SELECT content, media_type, attachment.name, size_bytes, attachment_id, message_id, conversation_id,
                    page_id, page.channel, attachment.kind, outbox_id IS NOT NULL, prepare_tries >= :most
             FROM attachment JOIN message USING (message_id) JOIN page USING (page_id)
             WHERE prepare_at <= :now ORDER BY outbox_id IS NULL, prepare_at LIMIT 1",
        )?
        .query_row(
            named_params! { ":now": tx.now(), ":most": TRIES },
            |row| {
                Ok(ToPrepare {
                    kept: kept(row)?,
                    id: row.get(4)?,
                    message: row.get(5)?,
                    conversation: row.get(6)?,
                    page: row.get(7)?,
                    channel: row.get(8)?,
                    kind: row.get(9)?,
                    is_ours: row.get(10)?,
                    is_hopeless: row.get(11)?,
                })
            },
        )
        .optional()?;
    if let Some(found) = &found {
        tx.connection()
            .prepare_cached(
                "UPDATE attachment SET prepare_at = ?2, prepare_tries = prepare_tries + 1
                 WHERE attachment_id = ?1",
            )?
            .execute(params![found.id, tx.now().plus(lease)])?;
    }
    Ok(found)
}

/// When the next file waits; `None`: none does.
///
/// # Errors
/// SQLite's.
pub fn next_due(reader: &Reader<'_>) -> Result<Option<Timestamp>> {
    Ok(reader
        .connection()
        .prepare_cached("SELECT min(prepare_at) FROM attachment WHERE prepare_at IS NOT NULL")?
        .query_row([], |row| row.get(0))?)
}

/// The process had ended while something was made of files: they are due at once.
///
/// # Errors
/// SQLite's.
pub fn recover(tx: &Tx<'_>) -> Result<()> {
    tx.connection()
        .prepare_cached("UPDATE attachment SET prepare_at = ?1 WHERE prepare_at > ?1")?
        .execute([tx.now()])?;
    Ok(())
}

/// The disk did not take what was made: tried again at `at`, as if it had not been tried.
///
/// # Errors
/// SQLite's.
pub fn later(tx: &Tx<'_>, id: AttachmentId, at: Timestamp) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE attachment SET prepare_at = ?2, prepare_tries = prepare_tries - 1 WHERE attachment_id = ?1",
        )?
        .execute(params![id, at])?;
    Ok(())
}

/// Records what was made of a file, and lets it go out. What was made of one that was taken back meanwhile is named
/// by nobody.
///
/// # Errors
/// SQLite's.
pub fn prepared(tx: &Tx<'_>, file: &ToPrepare, seen: &Seen, made: &[Rendition]) -> Result<()> {
    let changed = tx
        .connection()
        .prepare_cached(
            "UPDATE attachment SET prepare_at = NULL, duration_ms = :duration, unsendable = :unsendable,
                    detail = iif(:is_still, '{\"still\":true}', detail)
             WHERE attachment_id = :id AND content = :content",
        )?
        .execute(named_params! {
            ":duration": seen.duration.and_then(|it| i64::try_from(it.as_millis()).ok()),
            ":unsendable": seen.unsendable,
            ":is_still": seen.is_still,
            ":id": file.id,
            ":content": file.kept.content,
        })?;
    for made in made {
        match changed {
            0 => media::discard(tx, &made.content)?,
            _ => add(tx, file.id, made)?,
        }
    }
    if file.is_ours {
        tx.wake(Worker::Dispatch);
    }
    if changed > 0 {
        tx.tell(LiveEvent::MessageChanged(file.conversation, file.message))?;
    }
    Ok(())
}

fn add(tx: &Tx<'_>, file: AttachmentId, made: &Rendition) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "INSERT INTO rendition (attachment_id, purpose, content, media_type, size_bytes)
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            file,
            made.purpose,
            made.content,
            made.media_type,
            i64::try_from(made.size_bytes).unwrap_or(i64::MAX),
        ])?;
    Ok(())
}

/// The small picture of a file. `None` when there is none: then the file itself is small enough.
///
/// # Errors
/// SQLite's.
pub fn small(reader: &Reader<'_>, id: AttachmentId) -> Result<Option<Kept>> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT rendition.content, rendition.media_type, name, rendition.size_bytes
             FROM rendition JOIN attachment USING (attachment_id)
             WHERE attachment_id = ?1 AND purpose = ?2",
        )?
        .query_row(params![id, Purpose::Small], kept)
        .optional()?)
}
