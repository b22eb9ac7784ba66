//! Files that agents send: what a call carries, the public addresses that lead to them, and which of them a platform
//! keeps for us.

use std::time::Duration;

use rusqlite::{OptionalExtension as _, named_params, params};

use crate::domain::ids::{AttachmentId, ConversationId, MessageId, OutboxId, PageId, UserId};
use crate::domain::live_event::{LiveEvent, Worker};
use crate::domain::media::{Stage, type_of};
use crate::domain::message::AttachmentKind;
use crate::domain::outgoing::{Purpose, Unsendable, renamed};
use crate::domain::time::Timestamp;

use super::media::{Kept, kept};
use super::{Reader, Result, Tx};

/// A file that an agent sends; it is in the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingFile {
    /// What the customer sees it as.
    pub kind: AttachmentKind,
    /// The file.
    pub kept: Kept,
    /// Whether something is made of it before it goes out.
    pub is_prepared: bool,
    /// Its public addresses; `None`: it has none.
    pub links: Option<Links>,
}

/// The last parts of a file's public addresses, unguessable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Links {
    /// The file's.
    pub file: String,
    /// The small picture's beside it.
    pub preview: String,
    /// Until when they lead there.
    pub until: Timestamp,
}

/// A file as a call carries it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarriedFile {
    /// What the customer sees it as.
    pub kind: AttachmentKind,
    /// The file, or what was made of it to be sent.
    pub kept: Kept,
    /// Its public addresses; `None`: it has none.
    pub links: Option<Links>,
    /// Whether there is a small picture to show beside it.
    pub has_preview: bool,
    /// How long a recording is.
    pub duration: Option<Duration>,
    /// The platform's id of it, when it keeps it for us.
    pub known_as: Option<String>,
    /// Why it cannot go out; `None`: it can.
    pub unsendable: Option<Unsendable>,
}

/// Hangs a file on a message of ours. Within the transaction that stores the message.
///
/// # Errors
/// SQLite's.
pub fn hang(tx: &Tx<'_>, message: MessageId, file: &OutgoingFile) -> Result<()> {
    let is_picture = file.kind == AttachmentKind::Picture;
    let attachment: AttachmentId = tx
        .connection()
        .prepare_cached(
            "INSERT INTO attachment (message_id, kind, name, size_bytes, stage, content, media_type, prepare_at)
             VALUES (:message, :kind, :name, :size_bytes, :stage, :content, :media_type, :prepare_at)
             RETURNING attachment_id",
        )?
        .query_row(
            named_params! {
                ":message": message,
                ":kind": file.kind,
                ":name": file.kept.name,
                ":size_bytes": i64::try_from(file.kept.size_bytes).ok(),
                ":stage": Stage::Here,
                ":content": file.kept.content,
                ":media_type": file.kept.media_type,
                ":prepare_at": (file.is_prepared || is_picture).then_some(tx.now()),
            },
            |row| row.get(0),
        )?;
    if let Some(links) = &file.links {
        for (link, purpose) in [(&links.file, "file"), (&links.preview, "preview")] {
            tx.connection()
                .prepare_cached(
                    "INSERT INTO public_link (link, attachment_id, purpose, until) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![link, attachment, purpose, links.until])?;
        }
    }
    tx.wake(Worker::Pictures);
    Ok(())
}

/// The files that a call carries, in order.
///
/// # Errors
/// SQLite's.
pub fn carried_by(tx: &Tx<'_>, outbox: OutboxId) -> Result<Vec<CarriedFile>> {
    Ok(tx
        .connection()
        .prepare_cached(
            "SELECT coalesce(sent.content, attachment.content), coalesce(sent.media_type, attachment.media_type),
                    name, coalesce(sent.size_bytes, attachment.size_bytes), attachment.kind, unsendable,
                    duration_ms, sent.content IS NOT NULL, preview.content IS NOT NULL,
                    file_link.link, preview_link.link, file_link.until, platform_file.platform_id
             FROM message JOIN attachment USING (message_id)
             LEFT JOIN rendition AS sent
                 ON sent.attachment_id = attachment.attachment_id AND sent.purpose = :sent
             LEFT JOIN rendition AS preview
                 ON preview.attachment_id = attachment.attachment_id AND preview.purpose = :preview
             LEFT JOIN public_link AS file_link
                 ON file_link.attachment_id = attachment.attachment_id AND file_link.purpose = 'file'
             LEFT JOIN public_link AS preview_link
                 ON preview_link.attachment_id = attachment.attachment_id AND preview_link.purpose = 'preview'
             LEFT JOIN platform_file
                 ON platform_file.page_id = message.page_id AND platform_file.kind = attachment.kind
                 AND platform_file.content = coalesce(sent.content, attachment.content)
                 AND platform_file.until > :now
             WHERE outbox_id = :outbox AND attachment.content IS NOT NULL
             ORDER BY attachment.attachment_id",
        )?
        .query_map(
            named_params! {
                ":outbox": outbox,
                ":sent": Purpose::Sent,
                ":preview": Purpose::Preview,
                ":now": tx.now(),
            },
            |row| {
                let mut kept = kept(row)?;
                if row.get(7)? {
                    kept.name = renamed(&kept.name, type_of(&kept.media_type).extension);
                }
                let links = match (row.get(9)?, row.get(10)?, row.get(11)?) {
                    (Some(file), Some(preview), Some(until)) => Some(Links {
                        file,
                        preview,
                        until,
                    }),
                    _ => None,
                };
                let duration: Option<i64> = row.get(6)?;
                Ok(CarriedFile {
                    kind: row.get(4)?,
                    kept,
                    links,
                    has_preview: row.get(8)?,
                    duration: duration.map(|millis| Duration::from_millis(millis.unsigned_abs())),
                    known_as: row.get(12)?,
                    unsendable: row.get(5)?,
                })
            },
        )?
        .collect::<rusqlite::Result<_>>()?)
}

/// The platform keeps a file of this page under an id until a moment.
///
/// # Errors
/// SQLite's.
pub fn remember(
    tx: &Tx<'_>,
    page: PageId,
    file: &CarriedFile,
    platform_id: &str,
    until: Timestamp,
) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "INSERT INTO platform_file (page_id, content, kind, platform_id, until) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (page_id, content, kind) DO UPDATE
             SET platform_id = excluded.platform_id, until = excluded.until",
        )?
        .execute(params![page, file.kept.content, file.kind, platform_id, until])?;
    Ok(())
}

/// Forgets what the platforms keep no longer. How many.
///
/// # Errors
/// SQLite's.
pub fn forget(tx: &Tx<'_>) -> Result<usize> {
    Ok(tx
        .connection()
        .prepare_cached("DELETE FROM platform_file WHERE until <= ?1")?
        .execute([tx.now()])?)
}

/// The file that a public address leads to at `now`; `None` when it leads to none (any more).
///
/// # Errors
/// SQLite's.
pub fn linked(reader: &Reader<'_>, link: &str, now: Timestamp) -> Result<Option<Kept>> {
    let found = reader
        .connection()
        .prepare_cached(
            "SELECT coalesce(made.content, attachment.content), coalesce(made.media_type, attachment.media_type),
                    name, coalesce(made.size_bytes, attachment.size_bytes), made.content IS NOT NULL
             FROM public_link JOIN attachment USING (attachment_id)
             LEFT JOIN rendition AS made ON made.attachment_id = attachment.attachment_id
                 AND made.purpose = iif(public_link.purpose = 'file', :sent, :preview)
             WHERE link = :link AND public_link.until > :now AND revoked_at IS NULL
               AND attachment.content IS NOT NULL
               AND (public_link.purpose = 'file' OR made.content IS NOT NULL)",
        )?
        .query_row(
            named_params! {
                ":link": link,
                ":now": now,
                ":sent": Purpose::Sent,
                ":preview": Purpose::Preview,
            },
            |row| Ok((kept(row)?, row.get::<_, bool>(4)?)),
        )
        .optional()?;
    Ok(found.map(|(mut kept, is_made)| {
        if is_made {
            kept.name = renamed(&kept.name, type_of(&kept.media_type).extension);
        }
        kept
    }))
}

/// Somebody fetched the file of a public address, from its beginning.
///
/// # Errors
/// SQLite's.
pub fn opened(tx: &Tx<'_>, link: &str) -> Result<()> {
    let message: Option<(MessageId, ConversationId, bool)> = tx
        .connection()
        .prepare_cached(
            "UPDATE public_link SET opened = opened + 1, opened_at = ?2 WHERE link = ?1 AND purpose = 'file'
             RETURNING (SELECT message_id FROM attachment
                        WHERE attachment.attachment_id = public_link.attachment_id),
                       (SELECT conversation_id FROM attachment JOIN message USING (message_id)
                        WHERE attachment.attachment_id = public_link.attachment_id),
                       (SELECT kind = 'file' FROM attachment
                        WHERE attachment.attachment_id = public_link.attachment_id)",
        )?
        .query_row(params![link, tx.now()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    // How often a phone looks at a picture is of no interest.
    if let Some((message, conversation, true)) = message {
        tx.tell(LiveEvent::MessageChanged(conversation, message))?;
    }
    Ok(())
}

/// Ends the public addresses of a file: from now on they lead nowhere. False when they ended before, or there are
/// none.
///
/// # Errors
/// SQLite's.
pub fn revoke(tx: &Tx<'_>, attachment: AttachmentId, user: UserId) -> Result<bool> {
    let ended = tx
        .connection()
        .prepare_cached(
            "UPDATE public_link SET revoked_at = ?2, revoked_by = ?3
             WHERE attachment_id = ?1 AND revoked_at IS NULL AND until > ?2",
        )?
        .execute(params![attachment, tx.now(), user])?;
    if ended == 0 {
        return Ok(false);
    }
    let (message, conversation) = tx
        .connection()
        .prepare_cached(
            "SELECT message_id, conversation_id FROM attachment JOIN message USING (message_id)
             WHERE attachment_id = ?1",
        )?
        .query_row([attachment], |row| Ok((row.get(0)?, row.get(1)?)))?;
    tx.tell(LiveEvent::MessageChanged(conversation, message))?;
    Ok(true)
}

/// Whether agents may send files on a page.
///
/// # Errors
/// SQLite's.
pub fn agents_may_send(reader: &Reader<'_>, page: PageId) -> Result<bool> {
    Ok(reader
        .connection()
        .prepare_cached("SELECT file_attachments AND agent_files FROM page WHERE page_id = ?1")?
        .query_row([page], |row| row.get(0))?)
}
