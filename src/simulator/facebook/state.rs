//! What the simulated Facebook knows.

use super::super::call::CallLog;
use super::super::fault::Faults;
use super::super::transcript::{Enclosed, Transcript};
use super::errors::GraphError;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

/// Everything, under one lock.
#[derive(Default)]
pub struct State {
    pub(super) apps: BTreeMap<String, App>,
    pub(super) pages: BTreeMap<String, Page>,
    /// By token.
    pub(super) tokens: HashMap<String, Token>,
    /// By page-scoped id, which no two pages share.
    pub(super) people: BTreeMap<String, Person>,
    pub(super) sent: Vec<SentMessage>,
    pub(super) files: HashMap<String, CdnFile>,
    /// By attachment id.
    pub(super) attachments: HashMap<String, KeptFile>,
    pub(super) faults: Faults,
    pub(super) calls: CallLog,
    pub(super) echo: Echo,
    /// Percent of the limit, for the usage header.
    pub(super) usage_percent: Option<u32>,
}

/// An app of the developer console.
#[derive(Clone, Debug, Default)]
pub(super) struct App {
    pub(super) secret: String,
    pub(super) callback_url: Option<String>,
    pub(super) verify_token: String,
    /// The fields subscribed on the level of the app.
    pub(super) fields: BTreeSet<String>,
    pub(super) requires_proof: bool,
    pub(super) is_in_development: bool,
    pub(super) lacks_human_agent: bool,
}

/// A Facebook Page.
#[derive(Clone, Debug, Default)]
pub(super) struct Page {
    pub(super) name: String,
    /// App id → the fields that this page sends to it.
    pub(super) subscriptions: BTreeMap<String, BTreeSet<String>>,
    /// Another app is the page's default: ours may not take conversations over (messenger.md §8.5).
    pub(super) refuses_takeover: bool,
}

/// An access token and whose it is.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) app_id: String,
    pub(super) holder: Holder,
    pub(super) scopes: Vec<String>,
    /// Milliseconds since 1970 UTC; 0 is never.
    pub(super) expires_at_ms: i64,
    pub(super) issued_at_ms: i64,
    /// Why it is refused, when it is.
    pub(super) dead: Option<GraphError>,
}

/// Whose token it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Holder {
    Page(String),
    User(String),
}

/// A customer of one page.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) page_id: String,
    pub(super) name: String,
    pub(super) profile: ProfileAccess,
    /// Locale and hours from GMT; `None`: the app was not granted to ask for them.
    pub(super) region: Option<(String, f64)>,
    /// The last act that opens the window; `None` when there never was one.
    pub(super) last_act_ms: Option<i64>,
    pub(super) has_blocked: bool,
    pub(super) has_role: bool,
    pub(super) receipts: Receipts,
    /// The other app that controls the conversation.
    pub(super) controlled_by: Option<String>,
    pub(super) transcript: Transcript,
}

/// What the page may learn of a person (messenger.md §6.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProfileAccess {
    /// Name, first name, last name, picture.
    #[default]
    Full,
    /// The first name only.
    FirstName,
    /// An empty object, as the documentation says.
    Empty,
    /// An error, as it happens in practice.
    Refused(GraphError),
}

/// What the customer's phone tells about messages that it got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipts {
    /// The phone is off: neither delivered nor read.
    None,
    /// Delivered, but nobody looks.
    Delivered,
    /// Delivered and read at once.
    Read,
}

/// When the echo of a message comes, seen from the answer of its send (messenger.md §3.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Echo {
    /// Before the answer: the echo overtakes it.
    Before,
    /// After the answer, or after the connection was closed without one.
    #[default]
    After,
    /// Not at all.
    Never,
}

/// A message that the platform accepted.
#[derive(Clone, Debug, PartialEq)]
pub struct SentMessage {
    /// The platform's message id.
    pub mid: String,
    /// The page it came from.
    pub page_id: String,
    /// To whom.
    pub recipient: String,
    /// The words, when it is text.
    pub text: Option<String>,
    /// The attachment that was delivered, as it was sent.
    pub attachment: Option<Value>,
    /// The bytes of it, where they came along or were kept.
    pub file: Option<Enclosed>,
    /// The id under which the file is kept from now on.
    pub attachment_id: Option<String>,
    /// An attachment stood beside the text and was dropped, as the platform does.
    pub is_attachment_dropped: bool,
    /// `RESPONSE`, `UPDATE`, `MESSAGE_TAG` or `UTILITY`.
    pub messaging_type: String,
    /// `HUMAN_AGENT`.
    pub tag: Option<String>,
    /// The sender's own mark, which the echo brings back.
    pub metadata: Option<String>,
    /// The app whose token sent it.
    pub app_id: String,
    /// When, in milliseconds since 1970 UTC of the platform's clock.
    pub at_ms: i64,
}

/// A file that a page keeps for later sends.
#[derive(Clone, Debug)]
pub(super) struct KeptFile {
    pub(super) page_id: String,
    /// `None`: it was given by its address, which is not looked at here.
    pub(super) file: Option<Enclosed>,
}

/// A file that a customer sent, on the content network.
#[derive(Clone, Debug)]
pub(super) struct CdnFile {
    pub(super) content_type: String,
    pub(super) bytes: Vec<u8>,
    pub(super) is_expired: bool,
    pub(super) delay: Duration,
    /// So many answers more are a 503.
    pub(super) failures: u32,
    /// How often it was asked for.
    pub(super) asked: u32,
}

impl State {
    /// The page or user whom this token stands for, or why it is refused.
    pub(super) fn holder(&self, token: Option<&str>, now_ms: i64) -> Result<&Token, GraphError> {
        let token = self
            .tokens
            .get(token.ok_or(GraphError::SESSION)?)
            .ok_or(GraphError::TOKEN_INVALID)?;
        match self.token_error(token, now_ms) {
            Some(error) => Err(error),
            None => Ok(token),
        }
    }

    /// Why this token is refused now.
    pub(super) fn token_error(&self, token: &Token, now_ms: i64) -> Option<GraphError> {
        if token.dead.is_some() {
            return token.dead;
        }
        if token.expires_at_ms != 0 && token.expires_at_ms <= now_ms {
            return Some(GraphError::TOKEN_EXPIRED);
        }
        None
    }
}
