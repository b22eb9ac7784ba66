//! The life of a conversation: Open, Active, Waiting, Wrap-up, Closed. (Specification §4.9 with
//! product.md's decisions.)

use std::time::Duration;

use super::time::Timestamp;

/// Waiting conversations close by themselves after this long (product.md).
pub const AUTO_CLOSE_WAITING: Duration = Duration::from_secs(28 * 24 * 3600);
/// Open and Active ones after this long without any message (specification §4.9).
pub const AUTO_CLOSE_OPEN: Duration = Duration::from_secs(30 * 24 * 3600);
/// Wrap-up ends after this long (specification §4.9, social channels).
pub const WRAP_UP: Duration = Duration::from_secs(24 * 3600);

/// So long after *End* it can be undone. The page offers it for ten seconds; the rest is for slow lines and
/// for those whom the way to the button takes longer.
pub const END_UNDONE_WITHIN: Duration = Duration::from_secs(30);

/// Where a conversation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// In a queue, nobody holds it.
    Open,
    /// Somebody holds it and answers.
    Active,
    /// Parked by its agent until the customer writes.
    Waiting,
    /// Answered; its agent tidies up.
    WrapUp,
    /// Finished. The customer's next message starts a new one.
    Closed,
}

impl State {
    /// Every state.
    pub const ALL: [State; 5] = [
        State::Open,
        State::Active,
        State::Waiting,
        State::WrapUp,
        State::Closed,
    ];

    /// The word in the database and in locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Active => "active",
            State::Waiting => "waiting",
            State::WrapUp => "wrap_up",
            State::Closed => "closed",
        }
    }

    /// The state of a word; `None` for any other word.
    pub fn from_word(word: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// Something that may move a conversation. T1 to T14 are the transitions of specification §4.9; T1, the
/// beginning, is no move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// An agent presses *Assign to me* (T2).
    Assign,
    /// Routing offers it to an agent, who holds it until he answers (T2).
    Offer,
    /// The agent accepts the offer.
    Accept,
    /// The agent rejects the offer (T3).
    Decline,
    /// Nobody answers the offer in time (T3).
    OfferExpires,
    /// The agent's browser is gone while the offer waits (T3, product.md).
    OfferLost,
    /// Something else ends the offer: its agent may not work any more (T3).
    Withdraw,
    /// Its agent gives it back to the queue (T3).
    GiveBack,
    /// Its agent can no longer sign in: somebody else must take it.
    Release,
    /// Its agent is gone and did not come back in time (T3).
    AgentGone,
    /// Its agent sends it to a queue (T3).
    TransferToQueue,
    /// Another agent takes it over from its agent (T13).
    TransferToAgent,
    /// A supervisor gives it to an agent (T2).
    SupervisorAssigns,
    /// A supervisor moves it to another queue, also out of the hands of its agent.
    SupervisorToQueue,
    /// A supervisor gives it to another agent (T13, T14).
    SupervisorTransfers,
    /// Its agent presses *End* (T4).
    End,
    /// Its agent presses *Undo* right after *End*.
    UndoEnd,
    /// Its agent presses *Close* without *End*: parked (T5).
    Park,
    /// A timeout rule parks it (T5).
    RuleParks,
    /// Its agent opens a waiting one again (T7).
    Resume,
    /// Its agent presses *Close* after *End* (T9).
    Complete,
    /// The customer writes. A parked one goes back to its agent at once: T6 and T2 in one step, for a
    /// workstream where nothing is offered. In Wrap-up: product.md.
    CustomerWrites,
    /// The customer writes to a parked one, and routing decides who is offered it (T6).
    CustomerReturns,
    /// An overflow rule moves it to another queue.
    OverflowMoves,
    /// An overflow rule ends it (T10).
    OverflowEnds,
    /// A timeout rule closes it, because the customer was silent (T10, T11).
    RuleClosesSilentCustomer,
    /// A timeout rule closes it, because nobody answered the customer (T10, T11).
    RuleClosesUnanswered,
    /// A supervisor closes it (T12).
    ForceClose,
    /// It cannot go on: its page or workstream is gone (T12).
    Fail,
    /// Its time is over (T8–T11).
    TimeOver,
}

impl Act {
    /// Every act.
    pub const ALL: [Act; 30] = [
        Act::Assign,
        Act::Offer,
        Act::Accept,
        Act::Decline,
        Act::OfferExpires,
        Act::OfferLost,
        Act::Withdraw,
        Act::GiveBack,
        Act::Release,
        Act::AgentGone,
        Act::TransferToQueue,
        Act::TransferToAgent,
        Act::SupervisorAssigns,
        Act::SupervisorToQueue,
        Act::SupervisorTransfers,
        Act::End,
        Act::UndoEnd,
        Act::Park,
        Act::RuleParks,
        Act::Resume,
        Act::Complete,
        Act::CustomerWrites,
        Act::CustomerReturns,
        Act::OverflowMoves,
        Act::OverflowEnds,
        Act::RuleClosesSilentCustomer,
        Act::RuleClosesUnanswered,
        Act::ForceClose,
        Act::Fail,
        Act::TimeOver,
    ];
}

/// Where `act` moves a conversation in `state`: the new state (which may be the same), or `None` when
/// the act is not possible there. A customer's message after Closed starts a new conversation, which is
/// not a move of this one. A queue without people closes nothing (product.md): there is no such act.
///
/// Whether an offer waits for its answer is not asked here; see [`Standing::after`].
pub fn next(state: State, act: Act) -> Option<State> {
    use Act::*;
    use State::*;
    match (state, act) {
        (Open, Assign | Offer | SupervisorAssigns) => Some(Active),
        (Active, Accept | TransferToAgent) => Some(Active),
        (Active, Decline | OfferExpires | OfferLost | Withdraw) => Some(Open),
        (Active, GiveBack | AgentGone | TransferToQueue) => Some(Open),
        (Active | Waiting | WrapUp, Release) => Some(Open),
        (Active | Waiting, SupervisorTransfers) => Some(Active),
        (Open | Active | Waiting, SupervisorToQueue) => Some(Open),
        (Open, OverflowMoves) => Some(Open),
        (Active, End) => Some(WrapUp),
        (Active, Park | RuleParks) => Some(Waiting),
        (Waiting, Resume) => Some(Active),
        (WrapUp, UndoEnd) => Some(Active),
        (WrapUp, Complete) => Some(Closed),
        (Open, CustomerWrites) => Some(Open),
        (Active | Waiting | WrapUp, CustomerWrites) => Some(Active),
        (Waiting, CustomerReturns) => Some(Open),
        (Open, OverflowEnds) => Some(Closed),
        (Open | Active | Waiting, RuleClosesSilentCustomer | RuleClosesUnanswered) => Some(Closed),
        (Open | Active | Waiting | WrapUp, ForceClose | Fail | TimeOver) => Some(Closed),
        _ => None,
    }
}

/// Where a conversation stands, and whether its agent has still to accept it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Standing {
    /// Where it stands.
    pub state: State,
    /// An offer waits for its answer. Only an Active one is offered.
    pub is_offered: bool,
}

impl Standing {
    /// A conversation that is not offered to anybody.
    pub const fn in_state(state: State) -> Standing {
        Standing {
            state,
            is_offered: false,
        }
    }

    /// Where `act` moves it; `None` when the act is not possible. An agent to whom it is only offered
    /// answers the offer and does nothing else with it; and only an offer is answered.
    pub fn after(self, act: Act) -> Option<Standing> {
        use Act::*;
        let answers = matches!(act, Accept | Decline | OfferExpires | OfferLost | Withdraw);
        let is_agents = matches!(
            act,
            End | Park | GiveBack | AgentGone | TransferToQueue | TransferToAgent | RuleParks
        );
        if (answers && !self.is_offered) || (is_agents && self.is_offered) {
            return None;
        }
        let state = next(self.state, act)?;
        let is_offered = match act {
            Offer => true,
            CustomerWrites => self.is_offered,
            _ => false,
        };
        Some(Standing { state, is_offered })
    }
}

/// How long a conversation may stay as it is before it closes by itself: per state, of a workstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AutoClose {
    /// Open.
    pub open: Duration,
    /// Active.
    pub active: Duration,
    /// Waiting.
    pub waiting: Duration,
    /// Wrap-up.
    pub wrap_up: Duration,
}

impl Default for AutoClose {
    fn default() -> AutoClose {
        AutoClose {
            open: AUTO_CLOSE_OPEN,
            active: AUTO_CLOSE_OPEN,
            waiting: AUTO_CLOSE_WAITING,
            wrap_up: WRAP_UP,
        }
    }
}

impl AutoClose {
    /// When a conversation that entered `state` at `now` (or saw a message then) closes by itself.
    /// `None` for a closed one.
    pub fn due(&self, state: State, now: Timestamp) -> Option<Timestamp> {
        match state {
            State::Open => Some(now.plus(self.open)),
            State::Active => Some(now.plus(self.active)),
            State::Waiting => Some(now.plus(self.waiting)),
            State::WrapUp => Some(now.plus(self.wrap_up)),
            State::Closed => None,
        }
    }
}

/// A line in the history of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// It began.
    Opened,
    /// Somebody took it.
    Assigned,
    /// Routing offered it to somebody.
    Offered,
    /// Somebody accepted the offer.
    Accepted,
    /// Somebody rejected the offer.
    Declined,
    /// An offer ended without an answer.
    OfferMissed,
    /// An offer ended because the browser was gone, or its agent may not work any more.
    OfferLost,
    /// Its agent gave it back to the queue, or was gone for too long.
    GivenBack,
    /// It is back in its queue; the detail is the name of the agent who can no longer sign in.
    Released,
    /// It came to another queue; the detail is the queue's name.
    MovedToQueue,
    /// Somebody else took it over, or a supervisor gave it to somebody; the detail is the name.
    Transferred,
    /// Its agent ended it.
    Ended,
    /// Its agent parked it.
    Parked,
    /// Its agent opened it again.
    Resumed,
    /// The customer wrote and it is Active again.
    Reopened,
    /// Its agent closed it.
    Closed,
    /// It closed by itself.
    ClosedByTime,
    /// A rule of the workstream or of the queue closed it.
    ClosedByRule,
    /// A supervisor began to read along.
    Monitored,
    /// Its agent asks a colleague; the detail is the name.
    Consulted,
    /// Its agent lets a colleague write to the customer; the detail is the name.
    LetIn,
    /// A supervisor who reads along begins to write to the customer.
    Joined,
    /// Somebody who took part beside its agent left.
    Left,
    /// Its agent ended the part of somebody else; the detail is the name.
    Dismissed,
    /// Somebody wrote to those who read it here; the detail is the text.
    Note,
    /// A supervisor closed it.
    ForceClosed,
    /// It could not go on.
    Failed,
    /// LINE: the customer became a friend.
    Followed,
    /// LINE: the customer blocked the account.
    Unfollowed,
    /// A reaction to a message; the detail is the sign.
    Reaction,
    /// Something else that the platform told; the detail is `word` or `word: text`.
    Remark,
    /// An automated message to whoever reads the conversation here; the detail is its words.
    Notice,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [EventKind; 32] = [
        EventKind::Opened,
        EventKind::Assigned,
        EventKind::Offered,
        EventKind::Accepted,
        EventKind::Declined,
        EventKind::OfferMissed,
        EventKind::OfferLost,
        EventKind::GivenBack,
        EventKind::Released,
        EventKind::MovedToQueue,
        EventKind::Transferred,
        EventKind::Ended,
        EventKind::Parked,
        EventKind::Resumed,
        EventKind::Reopened,
        EventKind::Closed,
        EventKind::ClosedByTime,
        EventKind::ClosedByRule,
        EventKind::Monitored,
        EventKind::Consulted,
        EventKind::LetIn,
        EventKind::Joined,
        EventKind::Left,
        EventKind::Dismissed,
        EventKind::Note,
        EventKind::ForceClosed,
        EventKind::Failed,
        EventKind::Followed,
        EventKind::Unfollowed,
        EventKind::Reaction,
        EventKind::Remark,
        EventKind::Notice,
    ];

    /// The word in the database and in locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            EventKind::Opened => "opened",
            EventKind::Assigned => "assigned",
            EventKind::Offered => "offered",
            EventKind::Accepted => "accepted",
            EventKind::Declined => "declined",
            EventKind::OfferMissed => "offer-missed",
            EventKind::OfferLost => "offer-lost",
            EventKind::GivenBack => "given-back",
            EventKind::Released => "released",
            EventKind::MovedToQueue => "moved-to-queue",
            EventKind::Transferred => "transferred",
            EventKind::Ended => "ended",
            EventKind::Parked => "parked",
            EventKind::Resumed => "resumed",
            EventKind::Reopened => "reopened",
            EventKind::Closed => "closed",
            EventKind::ClosedByTime => "closed-by-time",
            EventKind::ClosedByRule => "closed-by-rule",
            EventKind::Monitored => "monitored",
            EventKind::Consulted => "consulted",
            EventKind::LetIn => "let-in",
            EventKind::Joined => "joined",
            EventKind::Left => "left",
            EventKind::Dismissed => "dismissed",
            EventKind::Note => "note",
            EventKind::ForceClosed => "force-closed",
            EventKind::Failed => "failed",
            EventKind::Followed => "followed",
            EventKind::Unfollowed => "unfollowed",
            EventKind::Reaction => "reaction",
            EventKind::Remark => "remark",
            EventKind::Notice => "notice",
        }
    }

    /// The line that an act leaves in the history.
    pub const fn of(act: Act) -> EventKind {
        match act {
            Act::Assign => EventKind::Assigned,
            Act::Offer => EventKind::Offered,
            Act::Accept => EventKind::Accepted,
            Act::Decline => EventKind::Declined,
            Act::OfferExpires => EventKind::OfferMissed,
            Act::OfferLost | Act::Withdraw => EventKind::OfferLost,
            Act::GiveBack | Act::AgentGone => EventKind::GivenBack,
            Act::Release => EventKind::Released,
            Act::TransferToQueue | Act::SupervisorToQueue | Act::OverflowMoves => {
                EventKind::MovedToQueue
            }
            Act::TransferToAgent | Act::SupervisorAssigns | Act::SupervisorTransfers => {
                EventKind::Transferred
            }
            Act::End => EventKind::Ended,
            Act::Park | Act::RuleParks => EventKind::Parked,
            Act::Resume | Act::UndoEnd => EventKind::Resumed,
            Act::Complete => EventKind::Closed,
            Act::CustomerWrites | Act::CustomerReturns => EventKind::Reopened,
            Act::OverflowEnds | Act::RuleClosesSilentCustomer | Act::RuleClosesUnanswered => {
                EventKind::ClosedByRule
            }
            Act::ForceClose => EventKind::ForceClosed,
            Act::Fail => EventKind::Failed,
            Act::TimeOver => EventKind::ClosedByTime,
        }
    }

    /// The kind of a word; `None` for any other word.
    pub fn from_word(word: &str) -> Option<EventKind> {
        EventKind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

#[cfg(test)]
mod tests;
