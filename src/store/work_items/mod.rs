//! Conversations as work: who may reach one, and the lists of the dashboard and the session list.
//!
//! Every handler reaches a conversation by [`load_for`] (or its sibling [`load_earlier`]) and by nothing
//! else: what a person may not see is not there. All lists are keyset pages out of an index made for them.

mod counts;
mod lists;
mod reach;
#[cfg(test)]
mod tests;

use crate::domain::conversation::State;
use crate::domain::ids::{ConversationId, SocialProfileId, UserId};
use crate::domain::message::{AttachmentKind, Author, Kind};
use crate::domain::time::Timestamp;

use super::profiles::ShownName;

pub use counts::{Counts, Today, counts, today};
pub use lists::{Cursor, beside, closed, in_state, mine, open, queues_of};
pub use reach::{Audience, audience, load_earlier, load_for, load_in_thread};

/// Counts stop here: a list that long needs no exact figure, and counting it would take time.
pub const COUNTED_UP_TO: u32 = 999;

/// The states of *My work items*, in the order of the list.
pub const MINE: [State; 3] = [State::Active, State::Waiting, State::WrapUp];

/// A row of a list: one conversation with what is said about it at a glance.
#[derive(Clone, Debug)]
pub struct WorkItem {
    /// The conversation.
    pub conversation: ConversationId,
    /// The customer.
    pub profile: SocialProfileId,
    /// The customer's name, or what stands in for it.
    pub name: ShownName,
    /// BCP 47; `None` where the platform tells none.
    pub language: Option<String>,
    /// The channel's name.
    pub channel: String,
    /// The name of the page.
    pub page_name: String,
    /// Where it stands.
    pub state: State,
    /// When it closes by itself; `None` once it is closed.
    pub due_at: Option<Timestamp>,
    /// When it began.
    pub created_at: Timestamp,
    /// When its newest message was stored.
    pub last_message_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// How many of the customer's messages the person has not seen.
    pub unread: u32,
    /// Its newest message; `None` before the first.
    pub last_message: Option<Snippet>,
}

/// The beginning of a message.
#[derive(Clone, Debug)]
pub struct Snippet {
    /// Who wrote it.
    pub author: Author,
    /// The agent who wrote it.
    pub user: Option<UserId>,
    /// What it is.
    pub kind: Kind,
    /// At most 200 characters; empty when there is no text.
    pub text: String,
    /// What hangs on it first.
    pub attachment: Option<AttachmentKind>,
    /// Its author took it back.
    pub is_removed: bool,
}
