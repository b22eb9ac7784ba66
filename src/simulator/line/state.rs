//! What the simulated LINE knows.

use super::super::call::CallLog;
use super::super::fault::Faults;
use super::super::transcript::Transcript;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// Everything, under one lock.
#[derive(Default)]
pub struct State {
    pub(super) channels: BTreeMap<String, Channel>,
    /// By access token.
    pub(super) tokens: HashMap<String, Token>,
    /// By user id.
    pub(super) people: BTreeMap<String, Person>,
    /// By group id.
    pub(super) groups: BTreeMap<String, Group>,
    /// By reply token.
    pub(super) reply_tokens: HashMap<String, ReplyToken>,
    /// Token → channel and chat, for marking as read.
    pub(super) read_tokens: HashMap<String, (String, String)>,
    /// By channel and retry key.
    pub(super) retry_keys: HashMap<(String, String), AcceptedPush>,
    /// By message id.
    pub(super) contents: HashMap<String, Content>,
    pub(super) sent: Vec<SentLine>,
    pub(super) faults: Faults,
    pub(super) calls: CallLog,
    pub(super) misused_retry_keys: u32,
    pub(super) last_message_number: u64,
}

/// A Messaging API channel with its official account.
#[derive(Clone, Debug)]
pub(super) struct Channel {
    pub(super) secret: String,
    pub(super) bot: Bot,
    pub(super) endpoint: Option<String>,
    /// The toggle *Use webhook*, which no call can switch.
    pub(super) is_webhook_active: bool,
    /// Another (module) channel owns the chats.
    pub(super) is_standby: bool,
    /// `None` is without limit.
    pub(super) quota: Option<u64>,
    pub(super) used: u64,
    /// When the webhook was tested, for the limit of 60 an hour.
    pub(super) tested_at_ms: Vec<i64>,
}

/// The official account as `GET /v2/bot/info` tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bot {
    /// `U` and 32 hex digits: what webhooks carry as `destination`.
    pub user_id: String,
    /// `@…`.
    pub basic_id: String,
    /// The name that customers see.
    pub display_name: String,
    /// Chat *On* (people may answer in LINE's own pages) or *Off*.
    pub chat_mode: ChatMode,
}

/// The setting *Chat* of the official account (line.md §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatMode {
    /// On: messages are marked as read by call.
    Chat,
    /// Off: LINE marks everything as read by itself.
    Bot,
}

#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) channel_id: String,
    /// `None` is never.
    pub(super) expires_at_ms: Option<i64>,
    /// Made for some minutes; cannot be asked about.
    pub(super) is_stateless: bool,
}

/// A customer of one official account.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) channel_id: String,
    pub(super) name: String,
    pub(super) is_friend: bool,
    pub(super) has_blocked: bool,
    pub(super) hides_profile: bool,
    pub(super) last_wrote_ms: Option<i64>,
    pub(super) phone: Phone,
    pub(super) transcript: Transcript,
}

/// What happens to messages on the customer's phone. LINE tells none of it to the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phone {
    /// They wait.
    Off,
    /// They arrive, but nobody looks.
    On,
    /// They arrive and are read at once.
    Open,
}

/// A group chat with the bot in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    pub(super) channel_id: String,
    pub(super) name: String,
    /// User id → name.
    pub(super) members: BTreeMap<String, String>,
}

/// The right to answer one event for free.
#[derive(Clone, Debug)]
pub(super) struct ReplyToken {
    pub(super) channel_id: String,
    /// The user or group that gets the answer.
    pub(super) chat: String,
    pub(super) event_at_ms: i64,
    /// When the webhook with it went out last.
    pub(super) delivered_at_ms: Option<i64>,
    pub(super) is_used: bool,
}

/// A push that was accepted with a retry key.
#[derive(Clone, Debug)]
pub(super) struct AcceptedPush {
    pub(super) request_id: String,
    pub(super) at_ms: i64,
    pub(super) body: Value,
    pub(super) answer: Value,
}

/// The bytes of a picture, video, audio or file that a customer sent.
#[derive(Clone, Debug)]
pub(super) struct Content {
    pub(super) channel_id: String,
    pub(super) media_type: String,
    pub(super) bytes: Vec<u8>,
    pub(super) is_gone: bool,
    /// So many times still the answer is 202.
    pub(super) preparing: u32,
}

/// How a message was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// With a reply token, for free.
    Reply,
    /// Pushed, against the quota.
    Push,
}

/// A message object that the platform accepted.
#[derive(Clone, Debug, PartialEq)]
pub struct SentLine {
    /// The platform's message id.
    pub id: String,
    /// The channel it came from.
    pub channel_id: String,
    /// The user or group.
    pub to: String,
    /// How.
    pub via: Via,
    /// The reply token it used up.
    pub reply_token: Option<String>,
    /// The retry key it was pushed with.
    pub retry_key: Option<String>,
    /// The call, as in `x-line-request-id`. Messages of one call share it.
    pub request_id: String,
    /// The message object as it was sent.
    pub message: Value,
    /// Its words, when it is text.
    pub text: Option<String>,
    /// When, in milliseconds since 1970 UTC of the platform's clock.
    pub at_ms: i64,
    /// False for those who blocked the account or never were its friends: accepted with 200, and
    /// never delivered (line.md §3).
    pub is_reached: bool,
}

/// So long somebody who is not a friend can be written to after writing (line.md §3).
const STRANGER_WINDOW_MS: i64 = 7 * 24 * 3_600_000;

impl Person {
    /// Whether a message arrives at this person now.
    pub(super) fn is_reachable(&self, now_ms: i64) -> bool {
        let wrote_lately = self
            .last_wrote_ms
            .is_some_and(|wrote_ms| now_ms - wrote_ms < STRANGER_WINDOW_MS);
        !self.has_blocked && (self.is_friend || wrote_lately)
    }
}

impl State {
    /// 18 digits, growing: as long as real ones, and never to be read as a number.
    pub(super) fn new_message_id(&mut self) -> String {
        self.last_message_number += 1;
        (461_230_966_842_064_897 + self.last_message_number).to_string()
    }
}
