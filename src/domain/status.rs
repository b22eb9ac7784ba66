//! Why a conversation stands as it does, and why an agent's part in it ended: the words of the records.
//! (Specification §1.11, §1.12, §4.11.)
//!
//! Only what can happen on Messenger and LINE is here: no bots, no calls.

use super::conversation::{Act, Standing, State};

/// Why a conversation has the status it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StatusReason {
    /// Open: it waits for somebody.
    AwaitingAgentAssignment,
    /// Active: it is offered to somebody.
    AwaitingAgentAcceptance,
    /// Active: somebody answers.
    InConversation,
    /// Active: a supervisor gave it to somebody.
    AssignedBySupervisor,
    /// Waiting for the customer.
    AwaitingCustomerResponse,
    /// Wrap-up: its agent ended it.
    AgentMovedToWrapUp,
    /// Closed by its agent.
    ConversationEndedByAgent,
    /// Closed by itself, having waited for the customer too long.
    AutoClosedFromWaitingState,
    /// Closed by itself from another state, or by a timeout rule.
    AutoClosedBySystem,
    /// Closed by an overflow rule of a queue.
    ClosedDueToOverflow,
    /// Closed by a supervisor.
    ForceClosedBySupervisor,
    /// Closed because it could not go on.
    ClosedDueToFailure,
}

impl StatusReason {
    /// The reason after `act` brought a conversation that stood in `from` to `to`.
    pub fn after(from: State, act: Act, to: Standing) -> StatusReason {
        match (to.state, act) {
            (State::Open, _) => StatusReason::AwaitingAgentAssignment,
            (State::Active, _) if to.is_offered => StatusReason::AwaitingAgentAcceptance,
            (State::Active, Act::SupervisorAssigns | Act::SupervisorTransfers) => {
                StatusReason::AssignedBySupervisor
            }
            (State::Active, _) => StatusReason::InConversation,
            (State::Waiting, _) => StatusReason::AwaitingCustomerResponse,
            (State::WrapUp, _) => StatusReason::AgentMovedToWrapUp,
            (State::Closed, Act::OverflowEnds) => StatusReason::ClosedDueToOverflow,
            (State::Closed, Act::ForceClose) => StatusReason::ForceClosedBySupervisor,
            (State::Closed, Act::Fail) => StatusReason::ClosedDueToFailure,
            (State::Closed, Act::TimeOver) if from == State::Waiting => {
                StatusReason::AutoClosedFromWaitingState
            }
            // An ended one is its agent's end, also when its wrap-up ran out.
            (State::Closed, Act::TimeOver) if from == State::WrapUp => {
                StatusReason::ConversationEndedByAgent
            }
            (State::Closed, Act::Complete) => StatusReason::ConversationEndedByAgent,
            (State::Closed, _) => StatusReason::AutoClosedBySystem,
        }
    }
}

/// Why an agent's session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Closure {
    /// The agent rejected the offer.
    AgentReject,
    /// The agent did not answer the offer.
    AgentTimeout,
    /// The browser was gone while the offer waited.
    AutoRejectedDueToBrowserRefresh,
    /// The offer was taken back, or the agent can no longer sign in.
    SystemReject,
    /// The agent gave it back to the queue.
    AgentReRouted,
    /// The agent was gone and did not come back.
    AgentDisconnected,
    /// The agent sent it to a queue.
    AgentTransferToQueue,
    /// The agent handed it to another.
    AgentTransferred,
    /// A supervisor gave it to another.
    SupervisorTransferToAgent,
    /// A supervisor sent it to a queue.
    SupervisorAssignToQueue,
    /// The agent parked it.
    AgentMovedConversationToWaiting,
    /// The agent closed it after ending it.
    AgentClosed,
    /// A timeout rule ended it: the customer was silent.
    CustomerNonResponseTimeoutRule,
    /// A timeout rule ended it: the agent was silent.
    AgentNonResponseTimeoutRule,
    /// A supervisor closed the conversation.
    ForceClose,
    /// The conversation could not go on.
    ConversationClosed,
    /// Its time was over.
    AutoClose,
}

impl Closure {
    /// Why the session of the agent who held the conversation ends by `act`; `None` when the act ends no
    /// session: it goes on, or there is none because nobody held it. After *End* the session goes on until
    /// the agent closes it.
    pub const fn by(act: Act) -> Option<Closure> {
        match act {
            Act::Decline => Some(Closure::AgentReject),
            Act::OfferExpires => Some(Closure::AgentTimeout),
            Act::OfferLost => Some(Closure::AutoRejectedDueToBrowserRefresh),
            Act::Withdraw | Act::Release => Some(Closure::SystemReject),
            Act::GiveBack => Some(Closure::AgentReRouted),
            Act::AgentGone => Some(Closure::AgentDisconnected),
            Act::TransferToQueue => Some(Closure::AgentTransferToQueue),
            Act::TransferToAgent => Some(Closure::AgentTransferred),
            Act::SupervisorTransfers => Some(Closure::SupervisorTransferToAgent),
            Act::SupervisorToQueue => Some(Closure::SupervisorAssignToQueue),
            Act::Park => Some(Closure::AgentMovedConversationToWaiting),
            Act::Complete => Some(Closure::AgentClosed),
            Act::RuleParks | Act::RuleClosesSilentCustomer => {
                Some(Closure::CustomerNonResponseTimeoutRule)
            }
            Act::RuleClosesUnanswered => Some(Closure::AgentNonResponseTimeoutRule),
            Act::ForceClose => Some(Closure::ForceClose),
            Act::Fail => Some(Closure::ConversationClosed),
            Act::TimeOver => Some(Closure::AutoClose),
            Act::Assign
            | Act::Offer
            | Act::Accept
            | Act::SupervisorAssigns
            | Act::End
            | Act::UndoEnd
            | Act::Resume
            | Act::CustomerWrites
            | Act::CustomerReturns
            | Act::OverflowMoves
            | Act::OverflowEnds => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::conversation::next;

    #[test]
    fn every_close_says_why() {
        use Act::*;
        use StatusReason::*;
        for (from, act, reason) in [
            (State::WrapUp, Complete, ConversationEndedByAgent),
            (State::WrapUp, TimeOver, ConversationEndedByAgent),
            (State::Waiting, TimeOver, AutoClosedFromWaitingState),
            (State::Open, TimeOver, AutoClosedBySystem),
            (State::Active, TimeOver, AutoClosedBySystem),
            (State::Active, RuleClosesUnanswered, AutoClosedBySystem),
            (State::Open, OverflowEnds, ClosedDueToOverflow),
            (State::Active, ForceClose, ForceClosedBySupervisor),
            (State::Open, Fail, ClosedDueToFailure),
        ] {
            let to = Standing::in_state(from).after(act).unwrap();
            assert_eq!(to.state, State::Closed);
            assert_eq!(StatusReason::after(from, act, to), reason, "{act:?}");
        }
    }

    #[test]
    fn an_active_conversation_says_whether_it_is_answered_yet() {
        let open = Standing::in_state(State::Open);
        let offered = open.after(Act::Offer).unwrap();
        let accepted = offered.after(Act::Accept).unwrap();
        let given = open.after(Act::SupervisorAssigns).unwrap();
        for (from, act, to, reason) in [
            (
                State::Open,
                Act::Offer,
                offered,
                StatusReason::AwaitingAgentAcceptance,
            ),
            (
                State::Active,
                Act::Accept,
                accepted,
                StatusReason::InConversation,
            ),
            (
                State::Open,
                Act::SupervisorAssigns,
                given,
                StatusReason::AssignedBySupervisor,
            ),
        ] {
            assert_eq!(StatusReason::after(from, act, to), reason);
        }
    }

    #[test]
    fn a_session_ends_exactly_when_its_agent_loses_the_conversation_or_closes_it() {
        for act in Act::ALL {
            let Some(to) = next(State::Active, act).or_else(|| next(State::WrapUp, act)) else {
                continue;
            };
            let moves_on = matches!(act, Act::TransferToAgent | Act::SupervisorTransfers);
            let ends = moves_on || matches!(to, State::Open | State::Waiting | State::Closed);
            assert_eq!(Closure::by(act).is_some(), ends, "{act:?}");
        }
    }
}
