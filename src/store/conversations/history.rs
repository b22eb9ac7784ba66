//! The lines of a conversation's history: what happened, who did it, when.

use rusqlite::params;

use crate::domain::conversation::EventKind;
use crate::domain::ids::{ConversationId, UserId};
use crate::domain::live_event::LiveEvent;
use crate::domain::time::Timestamp;
use crate::store::{Reader, Result, Tx};

/// A line of a conversation's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryLine {
    /// Row id.
    pub id: i64,
    /// What happened.
    pub kind: EventKind,
    /// Who did it; `None`: the customer, or the program.
    pub user: Option<UserId>,
    /// His name.
    pub user_name: Option<String>,
    /// When.
    pub occurred_at: Timestamp,
    /// More; see [`EventKind`].
    pub detail: String,
}

/// The lines of history between two moments (`since` included, `until` not; `None`: open), oldest first, at
/// most the newest `limit`. A page of messages shows those between its first message and the next page's.
///
/// # Errors
/// SQLite's.
pub fn history(
    reader: &Reader<'_>,
    id: ConversationId,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    limit: usize,
) -> Result<Vec<HistoryLine>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT conversation_event_id, kind, conversation_event.user_id, user.name, occurred_at, detail
         FROM conversation_event LEFT JOIN user USING (user_id)
         WHERE conversation_id = ?1 AND occurred_at >= ?2 AND occurred_at < ?3
         ORDER BY conversation_event_id DESC LIMIT ?4",
    )?;
    let since = since.unwrap_or(Timestamp::from_millis(i64::MIN));
    let until = until.unwrap_or(Timestamp::from_millis(i64::MAX));
    let mut lines = statement
        .query_map(params![id, since, until, limit as i64], |row| {
            Ok(HistoryLine {
                id: row.get(0)?,
                kind: row.get(1)?,
                user: row.get(2)?,
                user_name: row.get(3)?,
                occurred_at: row.get(4)?,
                detail: row.get(5)?,
            })
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    lines.reverse();
    Ok(lines)
}

/// Adds a line of history and tells the tabs.
///
/// # Errors
/// SQLite's.
pub fn add_line(
    tx: &Tx<'_>,
    id: ConversationId,
    kind: EventKind,
    user: Option<UserId>,
    detail: &str,
) -> Result<()> {
    record(tx, id, kind, user, detail)?;
    tx.tell(LiveEvent::ConversationChanged(id))
}

pub(super) fn record(
    tx: &Tx<'_>,
    id: ConversationId,
    kind: EventKind,
    user: Option<UserId>,
    detail: &str,
) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "INSERT INTO conversation_event (conversation_id, kind, user_id, occurred_at, detail)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![id, kind, user, tx.now(), detail])?;
    Ok(())
}
