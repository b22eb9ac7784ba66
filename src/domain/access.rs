//! Who may do what: the one permission table. Deny is the default. (promises.md §2.3, specification §1.9.)

use super::ids::UserId;
use super::session::{Mode, Part};

/// What a person is in this organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Answers customers.
    Agent,
    /// Also sees what others answer.
    Supervisor,
    /// Also configures.
    Administrator,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 3] = [Role::Agent, Role::Supervisor, Role::Administrator];

    /// The word in the database and on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Role::Agent => "agent",
            Role::Supervisor => "supervisor",
            Role::Administrator => "administrator",
        }
    }

    /// The role of a word; `admin` is short for administrator. `None` for any other word.
    pub fn from_word(word: &str) -> Option<Role> {
        match word {
            "agent" => Some(Role::Agent),
            "supervisor" => Some(Role::Supervisor),
            "administrator" | "admin" => Some(Role::Administrator),
            _ => None,
        }
    }
}

/// Somebody who asks, as far as permission goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// The person.
    pub user: UserId,
    /// Permissions.
    pub role: Role,
}

/// Something that a person may want to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Open the workspace: the lists, the live stream.
    UseWorkspace,
    /// Read a conversation that concerns the person. Those of others are read along in:
    /// [`super::supervision::may_read`].
    ReadConversation,
    /// Take an open conversation.
    TakeConversation,
    /// Answer for a conversation: end, close, hand it on, ask colleagues and let them in.
    AnswerConversation,
    /// Write to the customer, draft, try a message again.
    WriteToCustomer,
    /// Write to those who read the conversation here.
    WriteNote,
    /// See how work is given out; change who works in which queue, and how much of it at once.
    ManageTeam,
    /// Open the supervisor board, and reset the presences of others.
    Supervise,
    /// Read along in a conversation of somebody else.
    MonitorConversation,
    /// Give an open conversation to a person or another queue.
    AssignToOthers,
    /// Give somebody's conversation to another person or a queue.
    TransferOfOthers,
    /// Close a conversation whatever its state.
    ForceClose,
    /// See and change accounts, pages, tokens; parked events; the admin center at all.
    Administer,
    /// Change everybody's quick replies.
    KeepSharedReplies,
    /// See why a conversation came to whom it came to.
    SeeRouting,
    /// Find, add and change contacts, companies and cases. What was said in conversations, and what was noted in
    /// them, is [`Action::ReadConversation`]'s matter.
    KeepCustomers,
    /// Say who a conversation's customer is, what he is called, and which case it is about.
    LinkCustomer,
    /// Make two contacts one, and two again.
    MergeCustomers,
    /// See and end one's own signed-in browsers.
    ManageOwnSessions,
}

/// How a conversation stands to the person who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The person holds it (or held it when it was closed).
    Own,
    /// The person was let in, and writes to the customer beside who holds it.
    Joined,
    /// Who holds it asks the person, who reads it.
    Consulted,
    /// Nobody holds it and it waits in a queue that the person is a member of.
    OwnQueue,
    /// Somebody else's, in which the person reads along as a supervisor.
    Monitored,
    /// Somebody else's, or another queue's.
    Foreign,
}

/// How a conversation held by `agent` in a queue stands to `person`; `part`: how the person takes part in it beside
/// its agent.
pub fn relation(
    person: UserId,
    agent: Option<UserId>,
    member_of_queue: bool,
    part: Option<Part>,
) -> Relation {
    match (agent, part) {
        (Some(agent), _) if agent == person => Relation::Own,
        (_, Some(part)) if part.writes => Relation::Joined,
        (_, Some(part)) if part.mode == Mode::Monitor => Relation::Monitored,
        (_, Some(_)) => Relation::Consulted,
        (None, None) if member_of_queue => Relation::OwnQueue,
        _ => Relation::Foreign,
    }
}

/// Whether `role` may do `action`. For actions on a conversation, `relation` says how it stands to the
/// person; for all others it is ignored (pass [`Relation::Foreign`]).
pub fn may(role: Role, action: Action, relation: Relation) -> bool {
    use Action::*;
    match action {
        UseWorkspace | ManageOwnSessions | KeepCustomers => true,
        Supervise | AssignToOthers | TransferOfOthers | ForceClose => role >= Role::Supervisor,
        MonitorConversation => {
            role >= Role::Supervisor
                && matches!(
                    relation,
                    Relation::OwnQueue | Relation::Monitored | Relation::Foreign
                )
        }
        Administer | MergeCustomers => role == Role::Administrator,
        ManageTeam | KeepSharedReplies | SeeRouting => role >= Role::Supervisor,
        ReadConversation => !matches!(relation, Relation::Monitored | Relation::Foreign),
        TakeConversation => relation == Relation::OwnQueue,
        AnswerConversation => relation == Relation::Own,
        LinkCustomer => role >= Role::Supervisor || relation == Relation::Own,
        WriteToCustomer => matches!(relation, Relation::Own | Relation::Joined),
        WriteNote => !matches!(relation, Relation::OwnQueue | Relation::Foreign),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_permission_table_is_what_the_manual_says() {
        use Action::*;
        use Relation::*;
        let [agent, supervisor, administrator] = Role::ALL;
        for (role, action, relation, expected) in [
            (agent, UseWorkspace, Foreign, true),
            (agent, ManageOwnSessions, Foreign, true),
            (agent, ManageTeam, Foreign, false),
            (supervisor, ManageTeam, Foreign, true),
            (administrator, ManageTeam, Foreign, true),
            (agent, Administer, Foreign, false),
            (supervisor, Administer, Foreign, false),
            (administrator, Administer, Foreign, true),
            (agent, KeepSharedReplies, Foreign, false),
            (supervisor, KeepSharedReplies, Foreign, true),
            (administrator, KeepSharedReplies, Foreign, true),
            (agent, SeeRouting, Foreign, false),
            (supervisor, SeeRouting, Foreign, true),
            (administrator, SeeRouting, Foreign, true),
            (agent, KeepCustomers, Foreign, true),
            (agent, LinkCustomer, Own, true),
            (agent, LinkCustomer, OwnQueue, false),
            (agent, LinkCustomer, Foreign, false),
            (supervisor, LinkCustomer, Foreign, true),
            (agent, MergeCustomers, Foreign, false),
            (supervisor, MergeCustomers, Foreign, false),
            (administrator, MergeCustomers, Foreign, true),
            (agent, Supervise, Foreign, false),
            (supervisor, Supervise, Foreign, true),
            (administrator, Supervise, Foreign, true),
            (agent, MonitorConversation, OwnQueue, false),
            (supervisor, MonitorConversation, Foreign, true),
            (supervisor, MonitorConversation, Monitored, true),
            (supervisor, MonitorConversation, OwnQueue, true),
            (supervisor, MonitorConversation, Own, false),
            (supervisor, MonitorConversation, Joined, false),
            (supervisor, MonitorConversation, Consulted, false),
            (agent, MonitorConversation, Monitored, false),
            (agent, AssignToOthers, OwnQueue, false),
            (supervisor, AssignToOthers, Foreign, true),
            (agent, TransferOfOthers, Own, false),
            (supervisor, TransferOfOthers, Foreign, true),
            (agent, ForceClose, Own, false),
            (supervisor, ForceClose, Foreign, true),
            (agent, ReadConversation, Own, true),
            (agent, ReadConversation, OwnQueue, true),
            (agent, ReadConversation, Consulted, true),
            (agent, ReadConversation, Joined, true),
            (agent, ReadConversation, Foreign, false),
            (supervisor, ReadConversation, Foreign, false),
            (administrator, ReadConversation, Foreign, false),
            (supervisor, ReadConversation, Monitored, false),
            (agent, TakeConversation, OwnQueue, true),
            (agent, TakeConversation, Foreign, false),
            (administrator, TakeConversation, Foreign, false),
            (agent, AnswerConversation, Own, true),
            (agent, AnswerConversation, OwnQueue, false),
            (administrator, AnswerConversation, Foreign, false),
            (agent, AnswerConversation, Joined, false),
            (agent, WriteToCustomer, Own, true),
            (agent, WriteToCustomer, Joined, true),
            (agent, WriteToCustomer, Consulted, false),
            (supervisor, WriteToCustomer, Monitored, false),
            (administrator, WriteToCustomer, Foreign, false),
            (agent, WriteNote, Own, true),
            (agent, WriteNote, Joined, true),
            (agent, WriteNote, Consulted, true),
            (agent, WriteNote, OwnQueue, false),
            (supervisor, WriteNote, Monitored, true),
            (supervisor, WriteNote, Foreign, false),
        ] {
            assert_eq!(
                may(role, action, relation),
                expected,
                "{role:?} {action:?} {relation:?}"
            );
        }
    }

    #[test]
    fn who_takes_part_is_what_he_was_let_in_for() {
        let (me, other) = (UserId(1), UserId(2));
        let part = |mode, writes| Some(Part { mode, writes });
        for (agent, is_member, part, expected) in [
            (Some(me), true, None, Relation::Own),
            (Some(me), false, part(Mode::Consult, true), Relation::Own),
            (
                Some(other),
                true,
                part(Mode::Consult, false),
                Relation::Consulted,
            ),
            (
                Some(other),
                false,
                part(Mode::Consult, true),
                Relation::Joined,
            ),
            (
                Some(other),
                false,
                part(Mode::Monitor, false),
                Relation::Monitored,
            ),
            (
                Some(other),
                false,
                part(Mode::Monitor, true),
                Relation::Joined,
            ),
            (Some(other), true, None, Relation::Foreign),
            (None, true, None, Relation::OwnQueue),
            (None, false, None, Relation::Foreign),
        ] {
            let found = relation(me, agent, is_member, part);
            assert_eq!(found, expected, "{agent:?} {is_member} {part:?}");
        }
    }
}
