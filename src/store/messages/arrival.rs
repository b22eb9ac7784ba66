//! How a message is stored, and what is known of it before.

use rusqlite::params;

use crate::domain::automation::Trigger;
use crate::domain::ids::{ConversationId, MessageId, OutboxId, PageId, UserId};
use crate::domain::message::{Attachment, Author, Kind, Status};
use crate::domain::time::Timestamp;
use crate::store::{Result, Tx};

/// A message to store.
pub struct NewMessage<'a> {
    /// The conversation.
    pub conversation: ConversationId,
    /// The page.
    pub page: PageId,
    /// The platform's id; `None` while it has none.
    pub platform_id: Option<&'a str>,
    /// Who wrote it.
    pub author: Author,
    /// The agent who wrote it.
    pub user: Option<UserId>,
    /// In a group: who spoke.
    pub speaker: Option<&'a str>,
    /// What it is.
    pub kind: Kind,
    /// The text.
    pub text: &'a str,
    /// Made by the browser that sent it; unique.
    pub client_id: Option<&'a str>,
    /// The platform call that carries it.
    pub outbox: Option<OutboxId>,
    /// `None` for what the customer wrote.
    pub status: Option<Status>,
    /// Platform id of the message that it quotes.
    pub reply_to: Option<&'a str>,
    /// The platform's time for what came in, ours for what goes out.
    pub sent_at: Timestamp,
    /// Why the program wrote it by itself; `None`: a person did.
    pub automated: Option<Trigger>,
    /// What hangs on it.
    pub attachments: &'a [Attachment],
}

/// Stores a message with its attachments. `None` when this page already has one with this platform id or
/// this client id: then nothing is stored. Tells nobody and moves no conversation: see
/// [`crate::store::conversations::customer_wrote`] and [`crate::store::conversations::answered`].
///
/// # Errors
/// SQLite's.
pub fn insert(tx: &Tx<'_>, new: &NewMessage<'_>) -> Result<Option<MessageId>> {
    let inserted = tx
        .connection()
        .prepare_cached(
            "INSERT INTO message (conversation_id, page_id, platform_id, author, user_id, speaker, kind,
                                  text, client_id, outbox_id, status, reply_to, sent_at, created_at, automated)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            new.conversation,
            new.page,
            new.platform_id,
            new.author,
            new.user,
            new.speaker,
            new.kind,
            new.text,
            new.client_id,
            new.outbox,
            new.status,
            new.reply_to,
            new.sent_at,
            tx.now(),
            new.automated
        ])?;
    if inserted == 0 {
        return Ok(None);
    }
    let id = MessageId(tx.connection().last_insert_rowid());
    for attachment in new.attachments {
        insert_attachment(tx, id, attachment)?;
    }
    Ok(Some(id))
}

fn insert_attachment(tx: &Tx<'_>, message: MessageId, attachment: &Attachment) -> Result<()> {
    let detail = match &attachment.detail {
        serde_json::Value::Null => String::new(),
        detail => detail.to_string(),
    };
    tx.connection()
        .prepare_cached(
            "INSERT INTO attachment (message_id, kind, name, size_bytes, url, detail)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            message,
            attachment.kind,
            attachment.name,
            attachment
                .size_bytes
                .and_then(|size| i64::try_from(size).ok()),
            attachment.url,
            detail
        ])?;
    Ok(())
}

/// What is known of a message before it is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Foreknown {
    /// It is here already.
    pub is_here: bool,
    /// It was taken back.
    pub unsent_at: Option<Timestamp>,
    /// An edit overtook it: see [`super::take_early_edit`].
    pub was_edited: bool,
}

/// What a page knows of a platform's message id.
///
/// # Errors
/// SQLite's.
pub fn foreknown(tx: &Tx<'_>, page: PageId, platform_id: &str) -> Result<Foreknown> {
    Ok(tx
        .connection()
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM message WHERE page_id = ?1 AND platform_id = ?2),
                    (SELECT unsent_at FROM unsent WHERE page_id = ?1 AND platform_id = ?2),
                    EXISTS (SELECT 1 FROM early_edit WHERE page_id = ?1 AND platform_id = ?2)",
        )?
        .query_row(params![page, platform_id], |row| {
            Ok(Foreknown {
                is_here: row.get(0)?,
                unsent_at: row.get(1)?,
                was_edited: row.get(2)?,
            })
        })?)
}
