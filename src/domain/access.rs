//! Who may do what: the one permission table. Deny is the default. (promises.md §2.3, specification §1.9.)

use super::ids::UserId;

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
    /// Read a conversation.
    ReadConversation,
    /// Take an open conversation.
    TakeConversation,
    /// Write, draft, end, close, try a message again.
    AnswerConversation,
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
    /// Nobody holds it and it waits in a queue that the person is a member of.
    OwnQueue,
    /// Somebody else's, or another queue's.
    Foreign,
}

/// How a conversation held by `agent` in a queue stands to `person`.
pub fn relation(person: UserId, agent: Option<UserId>, member_of_queue: bool) -> Relation {
    match agent {
        Some(agent) if agent == person => Relation::Own,
        None if member_of_queue => Relation::OwnQueue,
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
        MonitorConversation => role >= Role::Supervisor && relation != Relation::Own,
        Administer | MergeCustomers => role == Role::Administrator,
        ManageTeam | KeepSharedReplies | SeeRouting => role >= Role::Supervisor,
        ReadConversation => role >= Role::Supervisor || relation != Relation::Foreign,
        TakeConversation => relation == Relation::OwnQueue,
        AnswerConversation => relation == Relation::Own,
        LinkCustomer => role >= Role::Supervisor || relation == Relation::Own,
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
            (supervisor, MonitorConversation, Own, false),
            (agent, AssignToOthers, OwnQueue, false),
            (supervisor, AssignToOthers, Foreign, true),
            (agent, TransferOfOthers, Own, false),
            (supervisor, TransferOfOthers, Foreign, true),
            (agent, ForceClose, Own, false),
            (supervisor, ForceClose, Foreign, true),
            (agent, ReadConversation, Own, true),
            (agent, ReadConversation, OwnQueue, true),
            (agent, ReadConversation, Foreign, false),
            (supervisor, ReadConversation, Foreign, true),
            (administrator, ReadConversation, Foreign, true),
            (agent, TakeConversation, OwnQueue, true),
            (agent, TakeConversation, Foreign, false),
            (administrator, TakeConversation, Foreign, false),
            (agent, AnswerConversation, Own, true),
            (agent, AnswerConversation, OwnQueue, false),
            (administrator, AnswerConversation, Foreign, false),
        ] {
            assert_eq!(
                may(role, action, relation),
                expected,
                "{role:?} {action:?} {relation:?}"
            );
        }
    }
}
