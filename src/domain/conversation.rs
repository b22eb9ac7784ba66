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

/// Where a conversation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

/// Something that may move a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// An agent presses *Assign to me* (T2).
    Assign,
    /// Its agent presses *End* (T4).
    End,
    /// Its agent presses *Close* without *End*: parked (T5).
    Park,
    /// Its agent opens a waiting one again (T7).
    Resume,
    /// Its agent presses *Close* after *End* (T9).
    Complete,
    /// The customer writes (T6; in Wrap-up: product.md).
    CustomerWrites,
    /// Its agent can no longer sign in: somebody else must take it.
    Release,
    /// Its time is over (T8–T11).
    TimeOver,
}

impl Act {
    /// Every act.
    pub const ALL: [Act; 8] = [
        Act::Assign,
        Act::End,
        Act::Park,
        Act::Resume,
        Act::Complete,
        Act::CustomerWrites,
        Act::Release,
        Act::TimeOver,
    ];
}

/// Where `act` moves a conversation in `state`: the new state (which may be the same), or `None` when
/// the act is not possible there. A customer's message after Closed starts a new conversation, which is
/// not a move of this one.
///
/// A customer who writes to a Waiting conversation makes it Active again with the agent who parked it
/// ("keep the same agent"); real routing may decide otherwise later.
pub fn next(state: State, act: Act) -> Option<State> {
    use Act::*;
    use State::*;
    match (state, act) {
        (Open, Assign) => Some(Active),
        (Active, End) => Some(WrapUp),
        (Active, Park) => Some(Waiting),
        (Waiting, Resume) => Some(Active),
        (WrapUp, Complete) => Some(Closed),
        (Open, CustomerWrites) => Some(Open),
        (Active | Waiting | WrapUp, CustomerWrites) => Some(Active),
        (Active | Waiting | WrapUp, Release) => Some(Open),
        (Open | Active | Waiting | WrapUp, TimeOver) => Some(Closed),
        _ => None,
    }
}

/// When a conversation that entered `state` at `now` (or saw a message then) closes by itself.
/// `None` for a closed one.
pub fn due(
    state: State,
    now: Timestamp,
    auto_close_waiting: Duration,
    wrap_up: Duration,
) -> Option<Timestamp> {
    match state {
        State::Open | State::Active => Some(now.plus(AUTO_CLOSE_OPEN)),
        State::Waiting => Some(now.plus(auto_close_waiting)),
        State::WrapUp => Some(now.plus(wrap_up)),
        State::Closed => None,
    }
}

/// A line in the history of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// It began.
    Opened,
    /// Somebody took it.
    Assigned,
    /// Its agent ended it.
    Ended,
    /// Its agent parked it.
    Parked,
    /// Its agent opened it again.
    Resumed,
    /// The customer wrote and it is Active again.
    Reopened,
    /// It is back in its queue; the detail is the name of the agent who can no longer sign in.
    Released,
    /// Its agent closed it.
    Closed,
    /// It closed by itself.
    ClosedByTime,
    /// LINE: the customer became a friend.
    Followed,
    /// LINE: the customer blocked the account.
    Unfollowed,
    /// A reaction to a message; the detail is the sign.
    Reaction,
    /// Something else that the platform told; the detail is `word` or `word: text`.
    Remark,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [EventKind; 13] = [
        EventKind::Opened,
        EventKind::Assigned,
        EventKind::Ended,
        EventKind::Parked,
        EventKind::Resumed,
        EventKind::Reopened,
        EventKind::Released,
        EventKind::Closed,
        EventKind::ClosedByTime,
        EventKind::Followed,
        EventKind::Unfollowed,
        EventKind::Reaction,
        EventKind::Remark,
    ];

    /// The word in the database and in locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            EventKind::Opened => "opened",
            EventKind::Assigned => "assigned",
            EventKind::Ended => "ended",
            EventKind::Parked => "parked",
            EventKind::Resumed => "resumed",
            EventKind::Reopened => "reopened",
            EventKind::Released => "released",
            EventKind::Closed => "closed",
            EventKind::ClosedByTime => "closed-by-time",
            EventKind::Followed => "followed",
            EventKind::Unfollowed => "unfollowed",
            EventKind::Reaction => "reaction",
            EventKind::Remark => "remark",
        }
    }

    /// The kind of a word; `None` for any other word.
    pub fn from_word(word: &str) -> Option<EventKind> {
        EventKind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_in_every_state_does_what_the_state_machine_says() {
        use Act::*;
        use State::*;
        let moves = [
            (Open, Assign, Active),
            (Open, CustomerWrites, Open),
            (Open, TimeOver, Closed),
            (Active, End, WrapUp),
            (Active, Park, Waiting),
            (Active, CustomerWrites, Active),
            (Active, Release, Open),
            (Active, TimeOver, Closed),
            (Waiting, Resume, Active),
            (Waiting, CustomerWrites, Active),
            (Waiting, Release, Open),
            (Waiting, TimeOver, Closed),
            (WrapUp, Complete, Closed),
            (WrapUp, CustomerWrites, Active),
            (WrapUp, Release, Open),
            (WrapUp, TimeOver, Closed),
        ];
        for state in State::ALL {
            for act in Act::ALL {
                let expected = moves
                    .iter()
                    .find(|(from, by, _)| (*from, *by) == (state, act))
                    .map(|(_, _, to)| *to);
                assert_eq!(next(state, act), expected, "{state:?} {act:?}");
            }
        }
    }

    #[test]
    fn a_closed_conversation_is_never_due() {
        let now = Timestamp::from_millis(1);
        for state in State::ALL {
            let due = due(state, now, AUTO_CLOSE_WAITING, WRAP_UP);
            assert_eq!(due.is_none(), state == State::Closed);
        }
    }
}
