//! How a conversation goes from state to state. Every move is one conditional `UPDATE`, so that of two who
//! press at the same instant one is too late, and it leaves a line of history.

use rusqlite::params;

use crate::domain::automation::Trigger;
use crate::domain::conversation::{self, Act, EventKind, State};
use crate::domain::ids::{ConversationId, UserId};
use crate::domain::live_event::LiveEvent;
use crate::domain::time::Timestamp;
use crate::store::automated_messages::{self, About};
use crate::store::{Reader, Result, Tx, users};

use super::by_id;
use super::history::record;
use super::pace::{Standing, standing};

/// What came of *Assign to me*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assignment {
    /// The person holds it now (or held it already).
    Won,
    /// Somebody else was faster.
    Lost {
        /// Who holds it.
        to: UserId,
    },
    /// It is not Open any more, and nobody holds it; or there is no such conversation.
    NotOpen,
}

/// Moves a conversation by an act of `by` (`None`: the customer or the time), writes the line of history and
/// tells the tabs. The new state; `None` when the act is not possible: there is no such conversation,
/// somebody was faster, or it is somebody else's.
///
/// *Assign to me* is [`assign`], which also tells who was faster.
///
/// # Errors
/// SQLite's.
pub fn apply(
    tx: &Tx<'_>,
    id: ConversationId,
    act: Act,
    by: Option<UserId>,
) -> Result<Option<State>> {
    let Some(standing) = standing(tx, id)? else {
        return Ok(None);
    };
    let mine = by.is_none() || act == Act::Assign || standing.agent == by;
    match conversation::next(standing.state, act).filter(|_| mine) {
        Some(state) if shift(tx, id, &standing, act, state, by)? => Ok(Some(state)),
        _ => Ok(None),
    }
}

/// Takes *End* back: the conversation is Active again. `None` when that is not possible any more: its time is
/// over ([`conversation::END_UNDONE_WITHIN`]), or it has moved on.
///
/// # Errors
/// SQLite's.
pub fn undo_end(tx: &Tx<'_>, id: ConversationId, by: UserId) -> Result<Option<State>> {
    let in_time = by_id(&tx.reader(), id)?.is_some_and(|conversation| {
        tx.now().since(conversation.state_changed_at) <= conversation::END_UNDONE_WITHIN
    });
    match in_time {
        true => apply(tx, id, Act::UndoEnd, Some(by)),
        false => Ok(None),
    }
}

/// Moves a conversation that stands as `standing` says to `state`, and says to the customer what that act is to
/// be told with ([`Trigger::of`]). False when it does not stand so any more.
pub(super) fn shift(
    tx: &Tx<'_>,
    id: ConversationId,
    standing: &Standing,
    act: Act,
    state: State,
    by: Option<UserId>,
) -> Result<bool> {
    if state == standing.state {
        return Ok(true);
    }
    let agent = match (act, state) {
        (Act::Assign, _) => by,
        (_, State::Open) => None,
        _ => standing.agent,
    };
    let is_closed = state == State::Closed;
    let moved = tx
        .connection()
        .prepare_cached(
            "UPDATE conversation
             SET state = ?3, agent_id = ?4, state_changed_at = ?5, due_at = ?6, closed_at = ?7, closed_by = ?8
             WHERE conversation_id = ?1 AND state = ?2",
        )?
        .execute(params![
            id,
            standing.state,
            state,
            agent,
            tx.now(),
            standing.pace.due(state, tx.now()),
            is_closed.then(|| tx.now()),
            by.filter(|_| is_closed)
        ])?;
    if moved == 0 {
        return Ok(false);
    }
    let detail = match (act, standing.agent) {
        (Act::Release, Some(agent)) => users::name(&tx.reader(), agent)?,
        _ => None,
    };
    record(tx, id, EventKind::of(act), by, &detail.unwrap_or_default())?;
    tx.tell(LiveEvent::ConversationChanged(id))?;
    if let Some(trigger) = Trigger::of(act) {
        automated_messages::say(tx, id, trigger, About::default())?;
    }
    Ok(true)
}

/// Gives an Open conversation to a person: of any number who ask at the same instant exactly one gets it.
///
/// # Errors
/// SQLite's.
pub fn assign(tx: &Tx<'_>, id: ConversationId, to: UserId) -> Result<Assignment> {
    if apply(tx, id, Act::Assign, Some(to))?.is_some() {
        return Ok(Assignment::Won);
    }
    let holder = by_id(&tx.reader(), id)?
        .filter(|conversation| conversation.state != State::Closed)
        .and_then(|conversation| conversation.agent);
    Ok(match holder {
        Some(holder) if holder == to => Assignment::Won,
        Some(holder) => Assignment::Lost { to: holder },
        None => Assignment::NotOpen,
    })
}

/// Puts what a person holds and has not answered to the end (Active and Waiting) back into its queue: `by` has
/// disabled that person (`None`: from the command line). What is in Wrap-up is answered and closes by itself.
///
/// # Errors
/// SQLite's.
pub fn release_all(tx: &Tx<'_>, agent: UserId, by: Option<UserId>) -> Result<()> {
    for state in [State::Active, State::Waiting] {
        let held = tx
            .connection()
            .prepare_cached(
                "SELECT conversation_id FROM conversation WHERE agent_id = ?1 AND state = ?2",
            )?
            .query_map(params![agent, state], |row| row.get(0))?
            .collect::<rusqlite::Result<Vec<ConversationId>>>()?;
        for id in held {
            release(tx, id, by)?;
        }
    }
    Ok(())
}

/// Puts a conversation back into its queue, whoever holds it. False when that is not possible any more.
pub(super) fn release(tx: &Tx<'_>, id: ConversationId, by: Option<UserId>) -> Result<bool> {
    let Some(standing) = standing(tx, id)? else {
        return Ok(false);
    };
    match conversation::next(standing.state, Act::Release) {
        Some(state) => shift(tx, id, &standing, Act::Release, state, by),
        None => Ok(false),
    }
}

/// Conversations whose time is over by `now`, the longest overdue first, at most `limit`.
///
/// # Errors
/// SQLite's.
pub fn overdue(reader: &Reader<'_>, now: Timestamp, limit: usize) -> Result<Vec<ConversationId>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT conversation_id FROM conversation WHERE due_at <= ?1 ORDER BY due_at LIMIT ?2",
    )?;
    let ids = statement.query_map(params![now, limit as i64], |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// Whether a conversation's time is over by `now`.
///
/// # Errors
/// SQLite's.
pub fn is_overdue(reader: &Reader<'_>, id: ConversationId, now: Timestamp) -> Result<bool> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM conversation WHERE conversation_id = ?1 AND due_at <= ?2)",
        )?
        .query_row(params![id, now], |row| row.get(0))?)
}
