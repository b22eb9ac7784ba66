//! What a move of a conversation means for people: an agent's part in it begins or ends, capacity is taken or
//! free again, presences follow.

use crate::domain::conversation::{Act, State};
use crate::domain::ids::{ConversationId, UserId};
use crate::domain::live_event::{Notice, Word, Worker};
use crate::domain::presence;
use crate::domain::session::Mode;
use crate::domain::status::Closure;
use crate::store::{Result, Tx, agent_sessions, agents, capacity, offers};

use super::pace::Standing;

/// Follows a move by `act` from where `before` says to `state`. `agent`: who holds it afterwards or is offered
/// it.
///
/// # Errors
/// SQLite's.
pub(super) fn follow(
    tx: &Tx<'_>,
    id: ConversationId,
    before: &Standing,
    act: Act,
    state: State,
    agent: Option<UserId>,
) -> Result<()> {
    let is_answer = matches!(
        act,
        Act::Accept | Act::Decline | Act::OfferExpires | Act::OfferLost
    );
    if before.is_offered() && !is_answer {
        offers::take_back(tx, id)?;
    }
    if matches!(act, Act::Park | Act::RuleParks) {
        offers::forget_declines(tx, id)?;
    }
    if let Some(closure) = Closure::by(act) {
        ends(tx, id, closure)?;
    }
    match (state, agent) {
        (State::Active, Some(agent)) => begins(tx, id, act, agent)?,
        (State::WrapUp, Some(agent)) => wraps_up(tx, id, before, agent)?,
        (State::Open, _) if before.is_push => tx.wake(Worker::Route),
        _ => {}
    }
    Ok(())
}

/// The open part ends, and its agent is free of the conversation.
fn ends(tx: &Tx<'_>, id: ConversationId, closure: Closure) -> Result<()> {
    let Some((session, user)) = agent_sessions::current(&tx.reader(), id)? else {
        return Ok(());
    };
    // Whoever took part beside the agent leaves, too.
    for (who, part) in agent_sessions::beside(&tx.reader(), id)? {
        tx.after_commit(Notice::Seen(who));
        if part.mode == Mode::Consult {
            let word = Word::Dismissed {
                conversation: id,
                by: user,
            };
            tx.after_commit(Notice::Told(who, word));
        }
    }
    agent_sessions::close(tx, session, closure)?;
    capacity::release(tx, id)?;
    agents::released(tx, user)?;
    tx.wake(Worker::Route);
    agents::happens(tx, user, presence::Event::Closes)
}

/// Somebody has it, or is offered it.
fn begins(tx: &Tx<'_>, id: ConversationId, act: Act, agent: UserId) -> Result<()> {
    match agent_sessions::current(&tx.reader(), id)? {
        Some((session, _)) if act == Act::Accept => agent_sessions::accept(tx, session)?,
        Some(_) => {}
        None => {
            agent_sessions::begin(tx, id, agent, act != Act::Offer)?;
        }
    }
    capacity::take(tx, id, agent)?;
    let event = match act {
        Act::Offer | Act::CustomerWrites | Act::SupervisorAssigns | Act::SupervisorTransfers => {
            presence::Event::CapacityChanges
        }
        _ => presence::Event::Accepts,
    };
    agents::happens(tx, agent, event)
}

/// Its agent ended it: his capacity is free as the workstream says.
fn wraps_up(tx: &Tx<'_>, id: ConversationId, before: &Standing, agent: UserId) -> Result<()> {
    match before.blocking.frees_at(tx.now()) {
        None => Ok(()),
        Some(at) if at > tx.now() => capacity::release_at(tx, id, at),
        Some(_) => {
            capacity::release(tx, id)?;
            agents::released(tx, agent)?;
            agents::happens(tx, agent, presence::Event::CapacityChanges)
        }
    }
}
