//! Rows behind the live streams.

use rusqlite::{OptionalExtension as _, Row, params};

use crate::domain::ids::{AccountId, ConversationId, LiveEventId, MessageId};
use crate::domain::live_event::LiveEvent;
use crate::domain::time::Timestamp;

use super::{Reader, Result, StoreError, Tx};

/// Adds a live event; [`Tx::tell`] is the way to call it.
pub(super) fn insert(tx: &Tx<'_>, event: LiveEvent) -> Result<LiveEventId> {
    let (kind, conversation, message, account) = match event {
        LiveEvent::MessageAdded(conversation, message) => {
            ("message-added", Some(conversation), Some(message), None)
        }
        LiveEvent::MessageChanged(conversation, message) => {
            ("message-changed", Some(conversation), Some(message), None)
        }
        LiveEvent::ConversationChanged(conversation) => {
            ("conversation-changed", Some(conversation), None, None)
        }
        LiveEvent::AccountChanged(account) => ("account-changed", None, None, Some(account)),
    };
    tx.connection()
        .prepare_cached(
            "INSERT INTO live_event (kind, conversation_id, message_id, account_id, occurred_at)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![kind, conversation, message, account, tx.now()])?;
    Ok(LiveEventId(tx.connection().last_insert_rowid()))
}

/// The events after `last`, oldest first, at most `limit`. For a stream that comes back.
///
/// # Errors
/// SQLite's.
pub fn after(
    reader: &Reader<'_>,
    last: LiveEventId,
    limit: usize,
) -> Result<Vec<(LiveEventId, LiveEvent)>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT live_event_id, kind, conversation_id, message_id, account_id FROM live_event
         WHERE live_event_id > ?1 ORDER BY live_event_id LIMIT ?2",
    )?;
    let mut rows = statement.query(params![last, limit as i64])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push((row.get(0)?, read(row)?));
    }
    Ok(events)
}

fn read(row: &Row<'_>) -> Result<LiveEvent> {
    let conversation = || row.get::<_, ConversationId>(2);
    let message = || row.get::<_, MessageId>(3);
    let kind: String = row.get(1)?;
    Ok(match kind.as_str() {
        "message-added" => LiveEvent::MessageAdded(conversation()?, message()?),
        "message-changed" => LiveEvent::MessageChanged(conversation()?, message()?),
        "conversation-changed" => LiveEvent::ConversationChanged(conversation()?),
        "account-changed" => LiveEvent::AccountChanged(row.get::<_, AccountId>(4)?),
        _ => {
            return Err(StoreError::Word {
                what: "a kind of live event",
                word: kind,
            });
        }
    })
}

/// The oldest event that is still there. `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn oldest(reader: &Reader<'_>) -> Result<Option<LiveEventId>> {
    Ok(reader
        .connection()
        .prepare_cached("SELECT min(live_event_id) FROM live_event")?
        .query_row([], |row| row.get(0))?)
}

/// The newest event; 0 when there is none.
///
/// # Errors
/// SQLite's.
pub fn newest(reader: &Reader<'_>) -> Result<LiveEventId> {
    Ok(reader
        .connection()
        .prepare_cached("SELECT coalesce(max(live_event_id), 0) FROM live_event")?
        .query_row([], |row| row.get(0))?)
}

/// When an event happened. `None` when it is forgotten.
///
/// # Errors
/// SQLite's.
pub fn occurred_at(reader: &Reader<'_>, id: LiveEventId) -> Result<Option<Timestamp>> {
    Ok(reader
        .connection()
        .prepare_cached("SELECT occurred_at FROM live_event WHERE live_event_id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?)
}

/// Forgets at most `limit` events before `moment`. How many.
///
/// # Errors
/// SQLite's.
pub fn prune(tx: &Tx<'_>, moment: Timestamp, limit: usize) -> Result<usize> {
    Ok(tx
        .connection()
        .prepare_cached(
            "DELETE FROM live_event WHERE live_event_id IN (
                 SELECT live_event_id FROM live_event WHERE occurred_at < ?1
                 ORDER BY occurred_at LIMIT ?2)",
        )?
        .execute(params![moment, limit as i64])?)
}
