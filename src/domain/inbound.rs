//! What a platform tells us, in our words. Adapters make these from a webhook body; ingest stores them.

use super::message::{Attachment, Kind};
use super::obstacle::Obstacle;
use super::time::Timestamp;

/// Who is on the other side of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CustomerKind {
    /// One person.
    Person,
    /// A LINE group.
    Group,
    /// A LINE room (a chat of several people without a name).
    Room,
}

impl CustomerKind {
    /// The word in the database.
    pub const fn word(self) -> &'static str {
        match self {
            CustomerKind::Person => "person",
            CustomerKind::Group => "group",
            CustomerKind::Room => "room",
        }
    }

    /// The kind of a word; `None` for any other word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Person, Self::Group, Self::Room]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// The other side of a conversation, as the platform names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// PSID, LINE user id, group id or room id: opaque text.
    pub platform_id: String,
    /// Person, group or room.
    pub kind: CustomerKind,
    /// In a group or room: the user id of the person who spoke, when the platform tells it.
    pub speaker: Option<String>,
}

/// One event of a webhook body.
#[derive(Clone, Debug, PartialEq)]
pub struct Inbound {
    /// The page it is for: Facebook's page id, LINE's `destination`.
    pub page: String,
    /// The other side; `None` for events that concern no conversation.
    pub customer: Option<Customer>,
    /// The platform's time of the event; the arrival time where it tells none that can be believed.
    pub at: Timestamp,
    /// Tells a redelivery of an event that has no message id of its own; unique on its page.
    /// `None` for events that change nothing when they come twice, and for messages with an id.
    pub key: Option<String>,
    /// LINE: answers for free for a minute. `None` where the event brings none.
    pub reply_token: Option<ReplyToken>,
    /// Another application controls this conversation (Messenger standby, LINE standby): shown, but
    /// nothing may be sent.
    pub standby: bool,
    /// What happened.
    pub what: What,
}

/// LINE's reply token with the moment after which it must not be used any more.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplyToken {
    /// The token; single use.
    pub token: String,
    /// Event delivery plus one minute, less a margin for the way.
    pub expires_at: Timestamp,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// The customer wrote (or tapped a button).
    Message(InboundMessage),
    /// A message of ours, reported back. `metadata` is what we sent along, when it was us.
    Echo {
        /// The message.
        message: InboundMessage,
        /// What the sending application put into `metadata`: our idempotency key when it was us.
        metadata: Option<String>,
    },
    /// The customer changed a message. Changes may overtake each other and the message itself: the one
    /// with the latest [`Inbound::at`] holds.
    Edited {
        /// The message.
        platform_id: String,
        /// Its new text.
        text: String,
    },
    /// A message was taken back: text and attachments must go.
    Unsent {
        /// The message.
        platform_id: String,
    },
    /// The customer put a reaction on a message, or took it away (`None`). Putting one on is an act that
    /// opens the reply window; taking it away is not.
    Reaction {
        /// The message.
        platform_id: String,
        /// The sign.
        emoji: Option<String>,
    },
    /// Our messages were delivered: the listed ones, and all sent up to the watermark.
    Delivered {
        /// Platform ids; may be empty.
        platform_ids: Vec<String>,
        /// All sent up to this moment.
        watermark: Option<Timestamp>,
    },
    /// The customer has read all that was sent up to this moment.
    Read {
        /// All sent up to this moment.
        watermark: Timestamp,
    },
    /// LINE: the customer added the account as a friend (or unblocked it).
    Followed,
    /// LINE: the customer blocked the account: pushes no longer arrive.
    Unfollowed,
    /// Something that belongs into the conversation as a line, e.g. a referral or a joined group.
    Remark(Remark),
    /// The platform says something about the page itself; it concerns no conversation.
    Page(PageNotice),
    /// The platform's own test: nothing to store, but the administrator sees that it came. Its page may
    /// be empty or unknown.
    Test,
    /// Understood, and nothing to do; the word says what it was.
    Nothing(&'static str),
}

/// A message as the platform sent it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InboundMessage {
    /// `mid`, or LINE's message id. `None` for a tap that came without one: [`Inbound::key`] tells its
    /// redelivery.
    pub platform_id: Option<String>,
    /// What it is.
    pub kind: Kind,
    /// The text; empty when there is none.
    pub text: String,
    /// What hangs on it, in order.
    pub attachments: Vec<Attachment>,
    /// The quoted message.
    pub reply_to: Option<String>,
    /// What a reply names this message by; `None`: it cannot be quoted.
    pub quote: Option<String>,
    /// LINE: what marks this message, and all before it, as read.
    pub read_token: Option<String>,
}

/// An event shown as one line in the conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Names the sentence: the locale key `remark-<word>`.
    pub word: &'static str,
    /// What the sentence is about, in the platform's words (the argument `detail`); may be empty.
    pub detail: String,
    /// Whether the act opens the reply window (Messenger: a link into the thread).
    pub opens_window: bool,
}

/// What a platform says about a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageNotice {
    /// Names the sentence: the locale key `page-notice-<word>`.
    pub word: &'static str,
    /// The platform's words (the argument `detail`); may be empty.
    pub detail: String,
    /// What it does to the page.
    pub effect: PageEffect,
}

/// What a platform's word does to a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageEffect {
    /// Nothing: people should know.
    Tells,
    /// Nothing may be sent for now.
    Pauses,
    /// What stopped it is over.
    Resumes,
}

/// One event cut out of a body: parsed, or why it could not be.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// A webhook body with only this event, kept when it must be parked and parsed again later.
    pub raw: String,
    /// The event, or why it is not understood.
    pub event: Result<Inbound, Obstacle>,
}
