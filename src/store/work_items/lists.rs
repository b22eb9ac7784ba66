//! The lists of the dashboard and the session list, page by page.

use rusqlite::{Row, named_params};

use crate::domain::conversation::State;
use crate::domain::ids::{ConversationId, QueueId, UserId};
use crate::domain::message::Author;
use crate::domain::time::Timestamp;
use crate::store::profiles::{ShownName, called};
use crate::store::{Reader, Result};

use super::{MINE, Snippet, WorkItem};

/// Every list selects these columns; `:user` is whose unread count is told.
macro_rules! select_work_items {
    ($rest:literal) => {
        concat!(
            "SELECT c.conversation_id, c.social_profile_id, ",
            called!("p"),
            ", p.platform_user_id, p.language,
                    page.channel, page.name, c.state, c.due_at, c.created_at, c.last_message_at, c.closed_at,
                    max(c.inbound_count - coalesce(r.seen_count, 0), 0),
                    m.author, m.user_id, m.kind, substr(m.text, 1, 200), m.unsent_at IS NOT NULL,
                    (SELECT kind FROM attachment WHERE message_id = m.message_id
                     ORDER BY attachment_id LIMIT 1),
                    p.kind
             FROM conversation AS c
             JOIN social_profile AS p ON p.social_profile_id = c.social_profile_id
             JOIN page ON page.page_id = c.page_id
             LEFT JOIN read_mark AS r ON r.conversation_id = c.conversation_id AND r.user_id = :user
             LEFT JOIN message AS m ON m.message_id = c.last_message_id ",
            $rest
        )
    };
}

pub(super) const OF_AGENT: &str = select_work_items!(
    "WHERE c.agent_id = :user AND c.state = :state
       AND (c.last_message_at, c.conversation_id) < (:at, :id)
     ORDER BY c.last_message_at DESC, c.conversation_id DESC LIMIT :limit"
);

pub(super) const OPEN: &str = select_work_items!(
    "WHERE c.queue_id = :queue AND c.state = 'open' AND c.conversation_id > :id
     ORDER BY c.conversation_id LIMIT :limit"
);

pub(super) const CLOSED: &str = select_work_items!(
    "WHERE c.closed_by = :user AND c.state = 'closed' AND c.closed_at >= :since
       AND (c.closed_at, c.conversation_id) < (:at, :id)
     ORDER BY c.closed_at DESC, c.conversation_id DESC LIMIT :limit"
);

pub(super) const BESIDE: &str = select_work_items!(
    "JOIN agent_session AS s ON s.conversation_id = c.conversation_id AND s.closed_at IS NULL
     JOIN participant AS b ON b.agent_session_id = s.agent_session_id AND b.left_at IS NULL
     WHERE b.user_id = :user AND (b.mode = 'consult' OR b.writes_since IS NOT NULL)
     ORDER BY b.participant_id LIMIT :limit"
);

fn work_item(row: &Row<'_>) -> rusqlite::Result<WorkItem> {
    let channel: String = row.get(5)?;
    let platform_user_id: String = row.get(3)?;
    let author: Option<Author> = row.get(13)?;
    Ok(WorkItem {
        conversation: row.get(0)?,
        profile: row.get(1)?,
        name: ShownName::new(row.get(2)?, &channel, row.get(19)?, &platform_user_id),
        language: row.get(4)?,
        channel,
        page_name: row.get(6)?,
        state: row.get(7)?,
        due_at: row.get(8)?,
        created_at: row.get(9)?,
        last_message_at: row.get(10)?,
        closed_at: row.get(11)?,
        unread: row.get(12)?,
        last_message: author.map(|author| snippet(row, author)).transpose()?,
    })
}

fn snippet(row: &Row<'_>, author: Author) -> rusqlite::Result<Snippet> {
    Ok(Snippet {
        author,
        user: row.get(14)?,
        kind: row.get(15)?,
        text: row.get(16)?,
        is_removed: row.get(17)?,
        attachment: row.get(18)?,
    })
}

/// Where a page of a list ended; the next page begins after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The state of the last row (*My work items* goes through [`MINE`]).
    pub state: State,
    /// Its time: of the newest message, or of closing.
    pub at: Timestamp,
    /// Its id.
    pub conversation: ConversationId,
}

impl Cursor {
    /// Before the first row of a state.
    const fn start(state: State) -> Cursor {
        Cursor {
            state,
            at: Timestamp::from_millis(i64::MAX),
            conversation: ConversationId(i64::MAX),
        }
    }
}

impl WorkItem {
    /// The place of this row in its list.
    pub fn cursor(&self) -> Cursor {
        Cursor {
            state: self.state,
            at: self.closed_at.unwrap_or(self.last_message_at),
            conversation: self.conversation,
        }
    }
}

/// *My work items*: what `user` holds, state by state in the order of [`MINE`], the newest message first;
/// at most `limit`, after `after`.
///
/// # Errors
/// SQLite's.
pub fn mine(
    reader: &Reader<'_>,
    user: UserId,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Vec<WorkItem>> {
    let first = after.map_or(State::Active, |cursor| cursor.state);
    let mut items = Vec::new();
    for state in MINE.into_iter().skip_while(|state| *state != first) {
        let from = after
            .filter(|cursor| cursor.state == state)
            .unwrap_or(Cursor::start(state));
        items.extend(of_agent(reader, user, from, limit - items.len())?);
        if items.len() == limit {
            break;
        }
    }
    Ok(items)
}

/// What `user` holds in one state, the newest message first, at most `limit`: a group of the session list.
///
/// # Errors
/// SQLite's.
pub fn in_state(
    reader: &Reader<'_>,
    user: UserId,
    state: State,
    limit: usize,
) -> Result<Vec<WorkItem>> {
    of_agent(reader, user, Cursor::start(state), limit)
}

fn of_agent(
    reader: &Reader<'_>,
    user: UserId,
    after: Cursor,
    limit: usize,
) -> Result<Vec<WorkItem>> {
    let mut statement = reader.connection().prepare_cached(OF_AGENT)?;
    let items = statement.query_map(
        named_params! {
            ":user": user, ":state": after.state, ":at": after.at, ":id": after.conversation,
            ":limit": limit as i64,
        },
        work_item,
    )?;
    Ok(items.collect::<rusqlite::Result<_>>()?)
}

/// What `user` takes part in beside who holds it: was asked about, or writes in. In the order of joining, at most
/// `limit`. Reading along is no work.
///
/// # Errors
/// SQLite's.
pub fn beside(reader: &Reader<'_>, user: UserId, limit: usize) -> Result<Vec<WorkItem>> {
    let mut statement = reader.connection().prepare_cached(BESIDE)?;
    let items = statement.query_map(
        named_params! { ":user": user, ":limit": limit as i64 },
        work_item,
    )?;
    Ok(items.collect::<rusqlite::Result<_>>()?)
}

/// *Open work items*: what nobody holds in the queues of `user`, the longest waiting first; at most `limit`,
/// after the conversation `after`.
///
/// # Errors
/// SQLite's.
pub fn open(
    reader: &Reader<'_>,
    user: UserId,
    after: Option<ConversationId>,
    limit: usize,
) -> Result<Vec<WorkItem>> {
    let mut statement = reader.connection().prepare_cached(OPEN)?;
    let mut items = Vec::new();
    // Each queue is one walk along the index; a person has few.
    for queue in queues_of(reader, user)? {
        let found = statement.query_map(
            named_params! {
                ":user": user, ":queue": queue, ":id": after.unwrap_or(ConversationId(0)),
                ":limit": limit as i64,
            },
            work_item,
        )?;
        items.extend(found.collect::<rusqlite::Result<Vec<_>>>()?);
    }
    items.sort_by_key(|item| item.conversation);
    items.truncate(limit);
    Ok(items)
}

/// *Closed work items*: what `user` closed at or after `since`, the last closed first; at most `limit`, after
/// `after`.
///
/// # Errors
/// SQLite's.
pub fn closed(
    reader: &Reader<'_>,
    user: UserId,
    since: Timestamp,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Vec<WorkItem>> {
    let after = after.unwrap_or(Cursor::start(State::Closed));
    let mut statement = reader.connection().prepare_cached(CLOSED)?;
    let items = statement.query_map(
        named_params! {
            ":user": user, ":since": since, ":at": after.at, ":id": after.conversation,
            ":limit": limit as i64,
        },
        work_item,
    )?;
    Ok(items.collect::<rusqlite::Result<_>>()?)
}

/// The queues that `user` works in.
///
/// # Errors
/// SQLite's.
pub fn queues_of(reader: &Reader<'_>, user: UserId) -> Result<Vec<QueueId>> {
    let mut statement = reader
        .connection()
        .prepare_cached("SELECT queue_id FROM queue_member WHERE user_id = ?1 ORDER BY queue_id")?;
    let queues = statement.query_map([user], |row| row.get(0))?;
    Ok(queues.collect::<rusqlite::Result<_>>()?)
}
