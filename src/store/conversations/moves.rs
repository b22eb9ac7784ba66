//! How a conversation goes from state to state. Every move is one conditional `UPDATE`, so that of two who
//! press at the same instant one is too late, and it leaves a line of history.

use rusqlite::{named_params, params};

use crate::domain::automation::Trigger;
use crate::domain::conversation::{self, Act, EventKind, State};
use crate::domain::ids::{ConversationId, QueueId, UserId};
use crate::domain::live_event::{LiveEvent, Notice, Word, Worker};
use crate::domain::status::StatusReason;
use crate::domain::time::Timestamp;
use crate::domain::trace::Step;
use crate::store::automated_messages::{self, About};
use crate::store::{Reader, Result, StoreError, Tx, capacity, offers, queues, routing, users};

use super::history::record;
use super::pace::{Standing, standing};
use super::{by_id, people};

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
    /// It is offered to somebody, who has not answered yet.
    Offered {
        /// Whom.
        to: UserId,
    },
    /// It is closed; or there is no such conversation.
    NotOpen,
}

/// An act, with the people in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deed {
    /// What is done.
    pub act: Act,
    /// Who does it; `None`: the customer, the time or the program.
    pub by: Option<UserId>,
    /// Who has the conversation by it, or is offered it; `None` for an act that gives it to nobody.
    pub to: Option<UserId>,
}

impl Deed {
    /// What only who holds the conversation does.
    fn is_holders(&self) -> bool {
        matches!(
            self.act,
            Act::End
                | Act::Park
                | Act::Complete
                | Act::Resume
                | Act::UndoEnd
                | Act::GiveBack
                | Act::TransferToQueue
                | Act::TransferToAgent
        )
    }

    /// Who holds the conversation afterwards.
    fn holder(&self, before: Option<UserId>, state: State) -> Option<UserId> {
        match self.act {
            Act::Assign
            | Act::Accept
            | Act::TransferToAgent
            | Act::SupervisorAssigns
            | Act::SupervisorTransfers => self.to,
            Act::Offer => None,
            _ if state == State::Open => None,
            _ => before,
        }
    }
}

/// Moves a conversation by an act of `by` (`None`: the customer or the time), writes the line of history and
/// tells the tabs. The new state; `None` when the act is not possible: there is no such conversation,
/// somebody was faster, or it is somebody else's.
///
/// *Assign to me* is [`assign`], which also tells who was faster; what gives it to somebody is [`hand`].
///
/// # Errors
/// SQLite's.
pub fn apply(
    tx: &Tx<'_>,
    id: ConversationId,
    act: Act,
    by: Option<UserId>,
) -> Result<Option<State>> {
    hand(tx, id, Deed { act, by, to: by })
}

/// [`apply`], for acts in which somebody gives the conversation to somebody.
///
/// # Errors
/// SQLite's.
pub fn hand(tx: &Tx<'_>, id: ConversationId, deed: Deed) -> Result<Option<State>> {
    let Some(standing) = standing(tx, id)? else {
        return Ok(None);
    };
    let may = !deed.is_holders() || deed.by.is_none() || standing.agent == deed.by;
    match standing.now().after(deed.act).filter(|_| may) {
        Some(after) if shift(tx, id, &standing, deed, after)? => Ok(Some(after.state)),
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

/// Moves a conversation to another queue, where it begins to wait anew: by an act that puts it there, or that
/// leaves it Open. False when the act is not possible.
///
/// # Errors
/// SQLite's.
pub fn to_queue(
    tx: &Tx<'_>,
    id: ConversationId,
    act: Act,
    by: Option<UserId>,
    queue: QueueId,
) -> Result<bool> {
    if hand(tx, id, Deed { act, by, to: None })?.is_none() {
        return Ok(false);
    }
    tx.connection()
        .prepare_cached(
            "UPDATE conversation SET queue_id = ?2, queued_at = ?3, own_overflow = NULL,
                 routed_at = coalesce(routed_at, ?3)
             WHERE conversation_id = ?1",
        )?
        .execute(params![id, queue, tx.now()])?;
    let name = queues::name(&tx.reader(), queue)?.unwrap_or_default();
    record(tx, id, EventKind::MovedToQueue, by, &name)?;
    routing::record(tx, id, &Step::Moved { by, queue })?;
    tx.tell(LiveEvent::ConversationChanged(id))?;
    tx.wake(Worker::Route);
    Ok(true)
}

/// Moves a conversation that stands as `standing` says to `after`, and says to the customer what that act is to
/// be told with ([`Trigger::of`]). False when it does not stand so any more.
pub(super) fn shift(
    tx: &Tx<'_>,
    id: ConversationId,
    standing: &Standing,
    deed: Deed,
    after: conversation::Standing,
) -> Result<bool> {
    let Deed { act, by, to } = deed;
    let state = after.state;
    let agent = deed.holder(standing.agent, state);
    if (state, agent) == (standing.state, standing.agent) {
        return Ok(true);
    }
    let moved = tx
        .connection()
        .prepare_cached(SHIFT)?
        .execute(named_params! {
            ":id": id,
            ":from": standing.state,
            ":state": state,
            ":agent": agent,
            ":now": tx.now(),
            ":due": standing.pace.due(state, tx.now()),
            ":closed_by": by.filter(|_| state == State::Closed),
            ":reason": StatusReason::after(standing.state, act, after),
            // What comes back from an offer goes on waiting where it was.
            ":queues": state == State::Open && !standing.is_offered(),
            ":returns": act == Act::CustomerReturns,
            ":keeps": match act {
                Act::CustomerReturns => standing.agent.filter(|_| standing.keeps_agent),
                _ => None,
            },
            ":forgets": !after.is_offered && !standing.is_offered() || act == Act::Accept,
        })?;
    if moved == 0 {
        return Ok(false);
    }
    let is_to_queue = matches!(
        act,
        Act::TransferToQueue | Act::SupervisorToQueue | Act::OverflowMoves
    );
    if !is_to_queue {
        let (user, detail) = line(tx, deed, standing)?;
        record(tx, id, EventKind::of(act), user, &detail)?;
    }
    tx.tell(LiveEvent::ConversationChanged(id))?;
    people::follow(tx, id, standing, act, state, agent.or(to))?;
    by_hand(tx, id, deed)?;
    if let Some(trigger) = Trigger::of(act) {
        automated_messages::say(
            tx,
            id,
            trigger,
            About {
                agent: to,
                ..About::default()
            },
        )?;
    }
    Ok(true)
}

/// Whoever took a conversation, or gave it to somebody, stands in the routing log, also when that was more than
/// fits; and who was given it is told.
fn by_hand(tx: &Tx<'_>, id: ConversationId, deed: Deed) -> Result<()> {
    let is_by_hand = matches!(
        deed.act,
        Act::Assign | Act::TransferToAgent | Act::SupervisorAssigns | Act::SupervisorTransfers
    );
    let (true, Some(by), Some(user)) = (is_by_hand, deed.by, deed.to) else {
        return Ok(());
    };
    let load = capacity::load(&tx.reader(), user, tx.now())?;
    let step = Step::ByHand {
        by,
        user,
        exceeded_by: load.used.saturating_sub(load.units),
    };
    routing::record(tx, id, &step)?;
    if by != user {
        let word = Word::Given {
            conversation: id,
            by,
        };
        tx.after_commit(Notice::Told(user, word));
    }
    Ok(())
}

/// A conversation keeps who had it while it waits for him and is offered; anything else forgets him.
const SHIFT: &str = "UPDATE conversation
    SET state = :state, agent_id = :agent, state_changed_at = :now, due_at = :due, status_reason = :reason,
        closed_at = CASE WHEN :state = 'closed' THEN :now END, closed_by = :closed_by,
        queued_at = CASE WHEN :queues THEN :now ELSE queued_at END,
        interacted_at = CASE WHEN :returns THEN :now WHEN :queues THEN last_message_at ELSE interacted_at END,
        keeps_agent_id = CASE WHEN :forgets THEN :keeps ELSE keeps_agent_id END
    WHERE conversation_id = :id AND state = :from";

/// Who stands in the line of history, and what else.
fn line(tx: &Tx<'_>, deed: Deed, standing: &Standing) -> Result<(Option<UserId>, String)> {
    let name = |user: Option<UserId>| match user {
        Some(user) => Ok(users::name(&tx.reader(), user)?.unwrap_or_default()),
        None => Ok::<_, StoreError>(String::new()),
    };
    Ok(match deed.act {
        Act::Offer => (deed.to, String::new()),
        Act::Release => (deed.by, name(standing.agent)?),
        Act::TransferToAgent | Act::SupervisorAssigns | Act::SupervisorTransfers => {
            (deed.by, name(deed.to)?)
        }
        _ => (deed.by, String::new()),
    })
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
    let offer = offers::of(&tx.reader(), id, tx.now())?;
    Ok(match (holder, offer) {
        (Some(holder), _) if holder == to => Assignment::Won,
        (Some(holder), _) => Assignment::Lost { to: holder },
        (None, Some(waiting)) => Assignment::Offered {
            to: waiting.offer.user,
        },
        (None, None) => Assignment::NotOpen,
    })
}

/// Puts what a person holds and has not answered to the end (Active and Waiting) and what is offered to them back
/// into its queue: `by` has disabled that person (`None`: from the command line). What is in Wrap-up is answered
/// and closes by itself.
///
/// # Errors
/// SQLite's.
pub fn release_all(tx: &Tx<'_>, agent: UserId, by: Option<UserId>) -> Result<()> {
    for waiting in offers::to(&tx.reader(), agent, tx.now())? {
        apply(tx, waiting.conversation, Act::Withdraw, by)?;
    }
    for state in [State::Active, State::Waiting] {
        let held = tx
            .connection()
            .prepare_cached(
                "SELECT conversation_id FROM conversation WHERE agent_id = ?1 AND state = ?2",
            )?
            .query_map(params![agent, state], |row| row.get(0))?
            .collect::<rusqlite::Result<Vec<ConversationId>>>()?;
        for id in held {
            apply(tx, id, Act::Release, by)?;
        }
    }
    Ok(())
}

/// The conversations that a person holds and that are Active.
///
/// # Errors
/// SQLite's.
pub fn active_of(reader: &Reader<'_>, agent: UserId) -> Result<Vec<ConversationId>> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT conversation_id FROM conversation WHERE agent_id = ?1 AND state = ?2
             ORDER BY conversation_id",
        )?
        .query_map(params![agent, State::Active], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?)
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
