//! Conversations: their state, who holds them, and the lines of their history.

mod history;
mod moves;
mod opening;
mod pace;
mod people;
#[cfg(test)]
mod tests;
mod traffic;

use rusqlite::{OptionalExtension as _, Row, params};

use crate::domain::conversation::State;
use crate::domain::ids::{
    ConversationId, MessageId, PageId, QueueId, SocialProfileId, UserId, WorkstreamId,
};
use crate::domain::status::StatusReason;
use crate::domain::time::Timestamp;

use super::{Reader, Result};

pub use history::{HistoryLine, add_line, history};
pub use moves::{
    Assignment, Deed, active_of, apply, assign, hand, is_overdue, overdue, release_all, to_queue,
    undo_end,
};
pub use opening::{open, open_closed};
pub use traffic::{answered, customer_wrote, open_window, written_elsewhere};

/// A conversation with one customer on one page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// Row id.
    pub id: ConversationId,
    /// The customer.
    pub profile: SocialProfileId,
    /// The page.
    pub page: PageId,
    /// The workstream that it came in by.
    pub workstream: WorkstreamId,
    /// The queue that it is in.
    pub queue: QueueId,
    /// The same customer's conversation before this one.
    pub previous: Option<ConversationId>,
    /// Where it stands.
    pub state: State,
    /// Who holds it; kept when it is closed. `None` while it is Open, or when it closed unanswered.
    pub agent: Option<UserId>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it entered its state.
    pub state_changed_at: Timestamp,
    /// When it closes by itself; `None` once it is closed.
    pub due_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Who closed it; `None`: nobody yet, or the time did.
    pub closed_by: Option<UserId>,
    /// Its newest message.
    pub last_message: Option<MessageId>,
    /// When its newest message was stored.
    pub last_message_at: Timestamp,
    /// The customer's last act that opens the reply window, in the platform's time.
    pub last_inbound_at: Option<Timestamp>,
    /// How many messages the customer wrote in it.
    pub inbound_count: u32,
    /// When the first customer message after our last one came; `None`: answered.
    pub unanswered_since: Option<Timestamp>,
}

macro_rules! select_conversation {
    ($rest:literal) => {
        concat!(
            "SELECT conversation_id, social_profile_id, page_id, workstream_id, queue_id,
                    previous_conversation_id, state, agent_id, created_at, state_changed_at, due_at,
                    closed_at, closed_by, last_message_id, last_message_at, last_inbound_at,
                    inbound_count, unanswered_since
             FROM conversation ",
            $rest
        )
    };
}

fn conversation(row: &Row<'_>) -> rusqlite::Result<Conversation> {
    Ok(Conversation {
        id: row.get(0)?,
        profile: row.get(1)?,
        page: row.get(2)?,
        workstream: row.get(3)?,
        queue: row.get(4)?,
        previous: row.get(5)?,
        state: row.get(6)?,
        agent: row.get(7)?,
        created_at: row.get(8)?,
        state_changed_at: row.get(9)?,
        due_at: row.get(10)?,
        closed_at: row.get(11)?,
        closed_by: row.get(12)?,
        last_message: row.get(13)?,
        last_message_at: row.get(14)?,
        last_inbound_at: row.get(15)?,
        inbound_count: row.get(16)?,
        unanswered_since: row.get(17)?,
    })
}

/// The conversation of an id. `None` when there is none. Handlers reach a conversation by the loader that
/// checks permission, not by this.
///
/// # Errors
/// SQLite's.
pub fn by_id(reader: &Reader<'_>, id: ConversationId) -> Result<Option<Conversation>> {
    Ok(reader
        .connection()
        .prepare_cached(select_conversation!("WHERE conversation_id = ?1"))?
        .query_row([id], conversation)
        .optional()?)
}

/// Why a conversation stands as it does; `None` for one that is gone, or from before reasons were kept.
///
/// # Errors
/// SQLite's.
pub fn status_reason(reader: &Reader<'_>, id: ConversationId) -> Result<Option<StatusReason>> {
    Ok(reader
        .connection()
        .prepare_cached("SELECT status_reason FROM conversation WHERE conversation_id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?
        .flatten())
}

/// The customer's conversation that is not closed. `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn current(reader: &Reader<'_>, profile: SocialProfileId) -> Result<Option<Conversation>> {
    Ok(reader
        .connection()
        .prepare_cached(select_conversation!(
            "WHERE social_profile_id = ?1 AND state <> 'closed'"
        ))?
        .query_row([profile], conversation)
        .optional()?)
}

/// The customer's newest conversation, closed or not. `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn newest(reader: &Reader<'_>, profile: SocialProfileId) -> Result<Option<Conversation>> {
    Ok(reader
        .connection()
        .prepare_cached(select_conversation!(
            "WHERE social_profile_id = ?1 ORDER BY conversation_id DESC LIMIT 1"
        ))?
        .query_row([profile], conversation)
        .optional()?)
}

/// The customer's conversations before `id`, newest first, at most `limit`.
///
/// # Errors
/// SQLite's.
pub fn earlier(
    reader: &Reader<'_>,
    profile: SocialProfileId,
    id: ConversationId,
    limit: usize,
) -> Result<Vec<Conversation>> {
    let mut statement = reader.connection().prepare_cached(select_conversation!(
        "WHERE social_profile_id = ?1 AND conversation_id < ?2
         ORDER BY conversation_id DESC LIMIT ?3"
    ))?;
    let conversations = statement.query_map(params![profile, id, limit as i64], conversation)?;
    Ok(conversations.collect::<rusqlite::Result<_>>()?)
}

/// The newest conversations of a workstream, newest first, at most `limit`.
///
/// # Errors
/// SQLite's.
pub fn last_of(
    reader: &Reader<'_>,
    workstream: WorkstreamId,
    limit: usize,
) -> Result<Vec<Conversation>> {
    // By the key: a busy workstream's are near the end, and nobody keeps an index for a look now and then.
    Ok(reader
        .connection()
        .prepare_cached(select_conversation!(
            "WHERE workstream_id = ?1 ORDER BY conversation_id DESC LIMIT ?2"
        ))?
        .query_map(params![workstream, limit as i64], conversation)?
        .collect::<rusqlite::Result<_>>()?)
}

/// How many conversations of the whole organization are in a state. The database keeps count.
///
/// # Errors
/// SQLite's.
pub fn count_in(reader: &Reader<'_>, state: State) -> Result<u64> {
    let count: i64 = reader
        .connection()
        .prepare_cached("SELECT count FROM conversation_count WHERE state = ?1")?
        .query_row([state.word()], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}
