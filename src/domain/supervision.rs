//! What a supervisor does with conversations of others: on which it can be done, and who may.
//! (Specification §2.14, §4.10.)

use super::access::{self, Action, Relation, Role};
use super::conversation::State;
use super::settings::Supervision;

/// Something that a supervisor does. Each has a switch of the organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Intervention {
    /// Reads along.
    Monitor,
    /// Gives what nobody holds to a person or another queue.
    Assign,
    /// Gives what somebody holds to another person or a queue.
    Transfer,
    /// Closes it.
    ForceClose,
}

impl Intervention {
    /// Every one, in the order of buttons.
    pub const ALL: [Intervention; 4] = [
        Intervention::Monitor,
        Intervention::Assign,
        Intervention::Transfer,
        Intervention::ForceClose,
    ];

    /// The word in addresses and in locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Intervention::Monitor => "monitor",
            Intervention::Assign => "assign",
            Intervention::Transfer => "transfer",
            Intervention::ForceClose => "force-close",
        }
    }

    /// The one of a word; `None` for any other word.
    pub fn from_word(word: &str) -> Option<Intervention> {
        Intervention::ALL
            .into_iter()
            .find(|intervention| intervention.word() == word)
    }

    /// Whether it can be done to a conversation in `state`. What is offered to somebody is Active, and is
    /// transferred: the offer is taken back.
    pub const fn fits(self, state: State) -> bool {
        match self {
            Intervention::Monitor => !matches!(state, State::Open | State::Closed),
            Intervention::Assign => matches!(state, State::Open),
            Intervention::Transfer => matches!(state, State::Active | State::Waiting),
            Intervention::ForceClose => !matches!(state, State::Closed),
        }
    }

    const fn action(self) -> Action {
        match self {
            Intervention::Monitor => Action::MonitorConversation,
            Intervention::Assign => Action::AssignToOthers,
            Intervention::Transfer => Action::TransferOfOthers,
            Intervention::ForceClose => Action::ForceClose,
        }
    }

    const fn is_on(self, switches: &Supervision) -> bool {
        match self {
            Intervention::Monitor => switches.monitor,
            Intervention::Assign => switches.assign,
            Intervention::Transfer => switches.transfer,
            Intervention::ForceClose => switches.force_close,
        }
    }

    /// Whether `role` may do it to a conversation that stands to the person as `relation` says, with the
    /// organization's `switches`: the permission table and the switch both have to allow it.
    pub fn may(self, role: Role, relation: Relation, switches: &Supervision) -> bool {
        self.is_on(switches) && access::may(role, self.action(), relation)
    }
}

/// Whether `role` may read a conversation that stands to the person as `relation` says: because it concerns the
/// person, or because the organization lets supervisors read along. The one answer to that question.
pub fn may_read(role: Role, relation: Relation, switches: &Supervision) -> bool {
    access::may(role, Action::ReadConversation, relation)
        || Intervention::Monitor.may(role, relation, switches)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFF: Supervision = Supervision {
        monitor: false,
        assign: false,
        transfer: false,
        force_close: false,
    };

    #[test]
    fn each_has_a_switch_of_its_own_and_no_switch_lets_an_agent_in() {
        for intervention in Intervention::ALL {
            let only = |wanted: Intervention| wanted == intervention;
            let switches = Supervision {
                monitor: only(Intervention::Monitor),
                assign: only(Intervention::Assign),
                transfer: only(Intervention::Transfer),
                force_close: only(Intervention::ForceClose),
            };
            for other in Intervention::ALL {
                let may = |role| other.may(role, Relation::Foreign, &switches);
                let allowed = other == intervention;
                let expected = [false, allowed, allowed];
                assert_eq!(
                    Role::ALL.map(may),
                    expected,
                    "{other:?} of {intervention:?}"
                );
                assert!(!other.may(Role::Administrator, Relation::Foreign, &OFF));
            }
        }
    }

    #[test]
    fn nobody_monitors_his_own_conversation() {
        let switches = Supervision::default();
        let may = |intervention: Intervention| {
            intervention.may(Role::Supervisor, Relation::Own, &switches)
        };
        assert_eq!(Intervention::ALL.map(may), [false, true, true, true]);
    }

    #[test]
    fn the_switch_of_reading_along_closes_what_others_answer_and_nothing_else() {
        let on = Supervision::default();
        for (role, relation, with, without) in [
            (Role::Agent, Relation::Own, true, true),
            (Role::Agent, Relation::Consulted, true, true),
            (Role::Agent, Relation::Foreign, false, false),
            (Role::Supervisor, Relation::Foreign, true, false),
            (Role::Supervisor, Relation::Monitored, true, false),
            (Role::Supervisor, Relation::OwnQueue, true, true),
            (Role::Supervisor, Relation::Joined, true, true),
            (Role::Administrator, Relation::Foreign, true, false),
        ] {
            let found = [&on, &OFF].map(|switches| may_read(role, relation, switches));
            assert_eq!(found, [with, without], "{role:?} {relation:?}");
        }
    }

    #[test]
    fn what_can_be_done_depends_on_where_the_conversation_stands() {
        use Intervention::*;
        for (state, expected) in [
            (State::Open, vec![Assign, ForceClose]),
            (State::Active, vec![Monitor, Transfer, ForceClose]),
            (State::Waiting, vec![Monitor, Transfer, ForceClose]),
            (State::WrapUp, vec![Monitor, ForceClose]),
            (State::Closed, vec![]),
        ] {
            let mut fitting = Intervention::ALL.to_vec();
            fitting.retain(|intervention| intervention.fits(state));
            assert_eq!(fitting, expected, "{state:?}");
        }
    }
}
