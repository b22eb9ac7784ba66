//! An agent's part in a conversation: from the offer until he gives it away or closes it. A new session
//! begins whenever a new agent is found; others join it to consult or to monitor. (Specification §1.12.)

use super::ids::{ConversationId, QueueId, UserId};
use super::status::Closure;
use super::time::Timestamp;

/// What somebody does in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Answers the customer; exactly one.
    Primary,
    /// Is asked by the primary; reads along.
    Consult,
    /// A supervisor who reads along.
    Monitor,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Mode; 3] = [Mode::Primary, Mode::Consult, Mode::Monitor];

    /// The word in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Mode::Primary => "primary",
            Mode::Consult => "consult",
            Mode::Monitor => "monitor",
        }
    }

    /// The mode of a word; `None` for any other word.
    pub fn from_word(word: &str) -> Option<Mode> {
        Mode::ALL.into_iter().find(|mode| mode.word() == word)
    }
}

/// How somebody takes part in a conversation whom its agent or a supervisor's right let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// What for; never [`Mode::Primary`].
    pub mode: Mode,
    /// May write to the customer; else reads.
    pub writes: bool,
}

/// Somebody in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Participant {
    /// Who.
    pub user: UserId,
    /// What he does.
    pub mode: Mode,
    /// Since when.
    pub joined_at: Timestamp,
    /// Until when; `None`: still.
    pub left_at: Option<Timestamp>,
    /// Since when he writes to the customer beside the primary; `None`: he reads. The primary writes anyway.
    pub writes_since: Option<Timestamp>,
}

/// An agent's part in a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Of which conversation.
    pub conversation: ConversationId,
    /// The queue that it was in.
    pub queue: QueueId,
    /// When the agent was found.
    pub assigned_at: Timestamp,
    /// When he took it; `None`: not yet, or never.
    pub accepted_at: Option<Timestamp>,
    /// When and why it ended; `None`: it goes on.
    pub closed: Option<(Timestamp, Closure)>,
    /// Everybody who was ever in it, in the order of joining.
    pub participants: Vec<Participant>,
}

impl Session {
    /// Begins with the agent who was found. `is_accepted`: he took it himself, nothing is offered.
    pub fn begin(
        conversation: ConversationId,
        queue: QueueId,
        user: UserId,
        is_accepted: bool,
        now: Timestamp,
    ) -> Session {
        Session {
            conversation,
            queue,
            assigned_at: now,
            accepted_at: is_accepted.then_some(now),
            closed: None,
            participants: vec![Participant {
                user,
                mode: Mode::Primary,
                joined_at: now,
                left_at: None,
                writes_since: None,
            }],
        }
    }

    /// The agent accepted the offer. Nothing changes when he had, or when it ended.
    pub fn accept(&mut self, now: Timestamp) {
        if self.closed.is_none() {
            self.accepted_at.get_or_insert(now);
        }
    }

    /// Who answers the customer; `None` when it ended.
    pub fn primary(&self) -> Option<UserId> {
        self.present()
            .find(|participant| participant.mode == Mode::Primary)
            .map(|participant| participant.user)
    }

    /// Who is in it now.
    pub fn present(&self) -> impl Iterator<Item = &Participant> {
        self.participants
            .iter()
            .filter(|participant| participant.left_at.is_none())
    }

    /// Somebody joins to consult or to monitor. False, and nothing changes, when the session ended, when he
    /// is in it already, or for a second primary: a conversation has one.
    pub fn join(&mut self, user: UserId, mode: Mode, now: Timestamp) -> bool {
        let may = self.closed.is_none()
            && mode != Mode::Primary
            && self.present().all(|participant| participant.user != user);
        if may {
            self.participants.push(Participant {
                user,
                mode,
                joined_at: now,
                left_at: None,
                writes_since: None,
            });
        }
        may
    }

    /// Somebody who is in it may write to the customer from now on. False, and nothing changes, when he is not in
    /// it, or writes already.
    pub fn let_in(&mut self, user: UserId, now: Timestamp) -> bool {
        let found = self.participants.iter_mut().find(|participant| {
            participant.user == user
                && participant.left_at.is_none()
                && participant.mode != Mode::Primary
                && participant.writes_since.is_none()
        });
        if let Some(participant) = found {
            participant.writes_since = Some(now);
            return true;
        }
        false
    }

    /// Somebody leaves who joined. The primary does not leave: his session ends.
    pub fn leave(&mut self, user: UserId, now: Timestamp) {
        for participant in &mut self.participants {
            if participant.user == user && participant.mode != Mode::Primary {
                participant.left_at.get_or_insert(now);
            }
        }
    }

    /// It ends, and everybody leaves. The first end holds.
    pub fn end(&mut self, closure: Closure, now: Timestamp) {
        if self.closed.is_some() {
            return;
        }
        self.closed = Some((now, closure));
        for participant in &mut self.participants {
            participant.left_at.get_or_insert(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AINO: UserId = UserId(1);
    const MEI: UserId = UserId(2);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    fn session(is_accepted: bool) -> Session {
        Session::begin(ConversationId(1), QueueId(1), AINO, is_accepted, at(0))
    }

    #[test]
    fn a_session_has_one_primary_until_it_ends() {
        let mut session = session(false);
        assert_eq!((session.primary(), session.accepted_at), (Some(AINO), None));
        session.accept(at(5));
        session.accept(at(9));
        assert_eq!(session.accepted_at, Some(at(5)));
        assert!(!session.join(MEI, Mode::Primary, at(6)));
        assert!(session.join(MEI, Mode::Consult, at(6)));
        assert!(!session.join(MEI, Mode::Monitor, at(7)), "she is in it");
        assert!(!session.let_in(AINO, at(7)), "she writes anyway");
        assert!(session.let_in(MEI, at(7)));
        assert!(!session.let_in(MEI, at(8)), "once is enough");
        session.leave(AINO, at(8));
        assert_eq!(session.primary(), Some(AINO));
        session.leave(MEI, at(8));
        assert_eq!(session.present().count(), 1);
        session.end(Closure::AgentClosed, at(10));
        session.end(Closure::AutoClose, at(11));
        assert_eq!(session.closed, Some((at(10), Closure::AgentClosed)));
        assert_eq!((session.primary(), session.present().count()), (None, 0));
        assert!(!session.join(MEI, Mode::Monitor, at(12)));
    }

    #[test]
    fn an_offer_that_ended_is_not_accepted_afterwards() {
        let mut session = session(false);
        session.end(Closure::AgentTimeout, at(120));
        session.accept(at(121));
        assert_eq!(session.accepted_at, None);
    }

    #[test]
    fn what_a_person_took_himself_is_accepted_at_once() {
        assert_eq!(session(true).accepted_at, Some(at(0)));
    }
}
