//! What an open tab is told about. A live event is a row, so that a stream can be replayed after a gap.

use super::ids::{AccountId, ConversationId, LiveEventId, MessageId, OfferId, UserId};

/// Something changed that a tab may show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiveEvent {
    /// A message was added to a conversation.
    MessageAdded(ConversationId, MessageId),
    /// A message changed: status, edit, taken back.
    MessageChanged(ConversationId, MessageId),
    /// A conversation changed: state, owner, name, reply window, a new line of history.
    ConversationChanged(ConversationId),
    /// An account's connection check changed.
    AccountChanged(AccountId),
}

/// What is told after a commit, in the order of the commits. Hints only: every one may be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// For the open tabs.
    Live(LiveEventId, LiveEvent),
    /// There is work for this worker.
    Wake(Worker),
    /// Accounts, pages or secrets changed: what was cached of them is stale.
    AccountsChanged,
    /// This person's sessions ended: live pages must end too.
    SignedOut(UserId),
    /// This person has read something, or takes part in something no longer: the lists in their tabs are stale.
    Seen(UserId),
    /// Something was offered to this person, or an offer ended.
    OffersChanged(UserId),
    /// This person's presence is another.
    PresenceChanged(UserId),
    /// This person is told something in passing.
    Told(UserId, Word),
}

/// What somebody is told in passing. What it is about stands in the lists as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Somebody gave the person a conversation.
    Given {
        /// Which.
        conversation: ConversationId,
        /// Who.
        by: UserId,
    },
    /// Somebody asks the person about a conversation.
    Asked {
        /// Which.
        conversation: ConversationId,
        /// Who.
        by: UserId,
    },
    /// Somebody lets the person write to the customer of a conversation.
    LetIn {
        /// Which.
        conversation: ConversationId,
        /// Who.
        by: UserId,
    },
    /// The person takes part in a conversation no longer.
    Dismissed {
        /// Which.
        conversation: ConversationId,
        /// Whose it is.
        by: UserId,
    },
    /// An offer to the person ended without the person's answer.
    OfferOver(OfferId),
}

/// A background worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Worker {
    /// Journal to conversations.
    Ingest,
    /// Waiting conversations to agents.
    Route,
    /// Outbox to platforms.
    Dispatch,
    /// Customers' names.
    Names,
    /// What customers are shown beside messages.
    Courtesies,
    /// Files that customers sent.
    Media,
    /// Small pictures for the log, and what is made of files before they go out.
    Pictures,
    /// Jobs of the schedule that work in the database.
    Schedule,
    /// Jobs of the schedule that ask platforms.
    Inquiries,
    /// Letters to administrators.
    Mail,
}
