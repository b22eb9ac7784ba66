//! What its author does to a message afterwards: edits it, takes it back; in whatever order that arrives.

use rusqlite::{OptionalExtension as _, params};

use crate::domain::ids::{ConversationId, MessageId, PageId};
use crate::domain::live_event::{LiveEvent, Worker};
use crate::domain::time::Timestamp;
use crate::store::{Result, Tx};

/// The message that a page knows by the platform's id, and its conversation.
///
/// # Errors
/// SQLite's.
pub fn find(
    tx: &Tx<'_>,
    page: PageId,
    platform_id: &str,
) -> Result<Option<(MessageId, ConversationId)>> {
    Ok(tx
        .connection()
        .prepare_cached(
            "SELECT message_id, conversation_id FROM message WHERE page_id = ?1 AND platform_id = ?2",
        )?
        .query_row(params![page, platform_id], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?)
}

/// Keeps what a reply names a message by.
///
/// # Errors
/// SQLite's.
pub fn keep_quote(tx: &Tx<'_>, id: MessageId, quote: &str) -> Result<()> {
    tx.connection()
        .prepare_cached("UPDATE message SET quote = ?2 WHERE message_id = ?1")?
        .execute(params![id, quote])?;
    Ok(())
}

/// Says of a message that it came from the platform's record, later than it was written.
///
/// # Errors
/// SQLite's.
pub fn mark_imported(tx: &Tx<'_>, id: MessageId) -> Result<()> {
    tx.connection()
        .prepare_cached("UPDATE message SET imported = 1 WHERE message_id = ?1")?
        .execute([id])?;
    Ok(())
}

/// Changes the text of a message that its author edited at `at`. An edit older than the one that is shown
/// changes nothing, and nothing brings back what was taken back. An edit that overtakes its message waits
/// for it (see [`take_early_edit`]). The conversation, when something changed.
///
/// # Errors
/// SQLite's.
pub fn edit(
    tx: &Tx<'_>,
    page: PageId,
    platform_id: &str,
    text: &str,
    at: Timestamp,
) -> Result<Option<ConversationId>> {
    let Some((id, conversation)) = find(tx, page, platform_id)? else {
        tx.connection()
            .prepare_cached(
                "INSERT INTO early_edit (page_id, platform_id, text, edited_at, arrived_at)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (page_id, platform_id) DO UPDATE
                 SET text = excluded.text, edited_at = excluded.edited_at
                 WHERE excluded.edited_at >= early_edit.edited_at",
            )?
            .execute(params![page, platform_id, text, at, tx.now()])?;
        return Ok(None);
    };
    let changed = tx
        .connection()
        .prepare_cached(
            "UPDATE message SET text = ?2, edited_at = ?3
             WHERE message_id = ?1 AND unsent_at IS NULL AND ?3 >= coalesce(edited_at, ?3)
               AND (text <> ?2 OR edited_at IS NULL)",
        )?
        .execute(params![id, text, at])?;
    if changed == 0 {
        return Ok(None);
    }
    tx.tell(LiveEvent::MessageChanged(conversation, id))?;
    Ok(Some(conversation))
}

/// Takes the edit that came before its message: the text, and when it was edited.
///
/// # Errors
/// SQLite's.
pub fn take_early_edit(
    tx: &Tx<'_>,
    page: PageId,
    platform_id: &str,
) -> Result<Option<(String, Timestamp)>> {
    Ok(tx
        .connection()
        .prepare_cached(
            "DELETE FROM early_edit WHERE page_id = ?1 AND platform_id = ?2 RETURNING text, edited_at",
        )?
        .query_row(params![page, platform_id], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?)
}

/// Forgets at most `limit` edits that came before `moment` and whose message never did. How many.
///
/// # Errors
/// SQLite's.
pub fn prune_early_edits(tx: &Tx<'_>, moment: Timestamp, limit: usize) -> Result<usize> {
    Ok(tx
        .connection()
        .prepare_cached(
            "DELETE FROM early_edit WHERE (page_id, platform_id) IN (
                 SELECT page_id, platform_id FROM early_edit WHERE arrived_at < ?1 LIMIT ?2)",
        )?
        .execute(params![moment, limit as i64])?)
}

/// Takes a message back: text and attachments go, a tombstone stays. One that has not arrived yet is
/// remembered (see [`super::foreknown`]).
///
/// # Errors
/// SQLite's.
pub fn unsend(tx: &Tx<'_>, page: PageId, platform_id: &str, at: Timestamp) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "INSERT INTO unsent (page_id, platform_id, unsent_at) VALUES (?1, ?2, ?3)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![page, platform_id, at])?;
    take_early_edit(tx, page, platform_id)?;
    let Some((id, conversation)) = find(tx, page, platform_id)? else {
        return Ok(());
    };
    let changed = tx
        .connection()
        .prepare_cached(
            "UPDATE message SET text = '', unsent_at = ?2 WHERE message_id = ?1 AND unsent_at IS NULL",
        )?
        .execute(params![id, at])?;
    if changed > 0 {
        tx.connection()
            .prepare_cached("DELETE FROM attachment WHERE message_id = ?1")?
            .execute([id])?;
        // Their files go as well.
        tx.wake(Worker::Media);
        tx.tell(LiveEvent::MessageChanged(conversation, id))?;
    }
    Ok(())
}
