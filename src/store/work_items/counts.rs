//! How much work there is, counted no further than a person cares.

use rusqlite::params;

use crate::domain::conversation::State;
use crate::domain::ids::UserId;
use crate::domain::time::Timestamp;
use crate::store::{Reader, Result};

use super::COUNTED_UP_TO;
use super::lists::queues_of;

/// How much work there is. No figure is above [`COUNTED_UP_TO`] + 1, which reads "more than".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Active, held by the person.
    pub active: u32,
    /// Waiting.
    pub waiting: u32,
    /// In Wrap-up.
    pub wrap_up: u32,
    /// Open in the person's queues.
    pub open: u32,
    /// Closed by the person since the moment asked about.
    pub closed: u32,
    /// Unread messages of the person's Active conversations. (A customer who writes makes a conversation
    /// Active, so there are none elsewhere.)
    pub unread: u32,
}

impl Counts {
    /// All that the person holds.
    pub fn mine(&self) -> u32 {
        self.active + self.waiting + self.wrap_up
    }

    /// The figure of one state of [`MINE`].
    pub fn in_state(&self, state: State) -> u32 {
        match state {
            State::Active => self.active,
            State::Waiting => self.waiting,
            State::WrapUp => self.wrap_up,
            State::Open => self.open,
            State::Closed => self.closed,
        }
    }
}

pub(super) const COUNT_OF_AGENT: &str = "SELECT count(*) FROM (
    SELECT 1 FROM conversation WHERE agent_id = ?1 AND state = ?2 LIMIT ?3)";

pub(super) const COUNT_OPEN: &str = "SELECT count(*) FROM (
    SELECT 1 FROM conversation WHERE queue_id = ?1 AND state = 'open' LIMIT ?2)";

pub(super) const COUNT_CLOSED: &str = "SELECT count(*) FROM (
    SELECT 1 FROM conversation WHERE closed_by = ?1 AND state = 'closed' AND closed_at >= ?2 LIMIT ?3)";

pub(super) const COUNT_UNREAD: &str = "SELECT coalesce(sum(unread), 0) FROM (
    SELECT max(c.inbound_count - coalesce(r.seen_count, 0), 0) AS unread
    FROM conversation AS c
    LEFT JOIN read_mark AS r ON r.conversation_id = c.conversation_id AND r.user_id = c.agent_id
    WHERE c.agent_id = ?1 AND c.state = 'active' LIMIT ?2)";

/// How much work `user` has; closed since `since`.
///
/// # Errors
/// SQLite's.
pub fn counts(reader: &Reader<'_>, user: UserId, since: Timestamp) -> Result<Counts> {
    let limit = COUNTED_UP_TO + 1;
    let of_agent = |state: State| {
        reader
            .connection()
            .prepare_cached(COUNT_OF_AGENT)?
            .query_row(params![user, state, limit], |row| row.get::<_, u32>(0))
    };
    let mut open = 0;
    for queue in queues_of(reader, user)? {
        open += reader
            .connection()
            .prepare_cached(COUNT_OPEN)?
            .query_row(params![queue, limit], |row| row.get::<_, u32>(0))?;
    }
    Ok(Counts {
        active: of_agent(State::Active)?,
        waiting: of_agent(State::Waiting)?,
        wrap_up: of_agent(State::WrapUp)?,
        open: open.min(limit),
        closed: reader
            .connection()
            .prepare_cached(COUNT_CLOSED)?
            .query_row(params![user, since, limit], |row| row.get(0))?,
        unread: reader
            .connection()
            .prepare_cached(COUNT_UNREAD)?
            .query_row(params![user, limit], |row| row.get(0))?,
    })
}

/// What a person did since a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Today {
    /// Conversations that the person took, accepted or was given.
    pub taken: u32,
    /// Offers that ended without the person's answer.
    pub missed: u32,
}

pub(super) const TODAY: &str = "SELECT coalesce(sum(accepted_at IS NOT NULL), 0),
        coalesce(sum(closure = 'agent-timeout'), 0)
    FROM agent_session WHERE user_id = ?1 AND assigned_at >= ?2";

/// What `user` did since `since`. What was closed is among [`counts`].
///
/// # Errors
/// SQLite's.
pub fn today(reader: &Reader<'_>, user: UserId, since: Timestamp) -> Result<Today> {
    Ok(reader
        .connection()
        .prepare_cached(TODAY)?
        .query_row(params![user, since], |row| {
            Ok(Today {
                taken: row.get(0)?,
                missed: row.get(1)?,
            })
        })?)
}
