//! What a channel is, and the only list of channels. An adapter turns bytes into events and messages
//! into requests; it knows no database and no page. Its calls block: they run on worker threads, never
//! on the server's.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::config::Platforms;
use crate::crypto::Secret;
use crate::domain::allowance::Allowance;
use crate::domain::attachments::Carries;
use crate::domain::courtesy::Courtesy;
use crate::domain::delivery::SendError;
use crate::domain::facts::Attribute;
use crate::domain::inbound::{Customer, Inbound, Parsed};
use crate::domain::markdown::Dialect;
use crate::domain::media::{Fault, Type};
use crate::domain::message::{Attachment, AttachmentKind};
use crate::domain::obstacle::Obstacle;
use crate::domain::outgoing::Manner;
use crate::domain::text::Limit;
use crate::domain::time::Timestamp;
use crate::domain::window::{Rules, Tag};
use crate::http::download::DownloadError;

pub mod facebook;
mod json;
pub mod line;

/// One messaging platform.
pub trait Channel: Send + Sync {
    /// The name in URLs, in the database and in locale keys, e.g. `facebook`.
    fn name(&self) -> &'static str;

    /// What setting an account up looks like on this channel.
    fn shape(&self) -> Shape;

    /// How long a text may be, and how it is counted.
    fn text_limit(&self) -> Limit;

    /// How many messages go out in one call.
    fn messages_per_call(&self) -> usize;

    /// How long after the customer's last act a reply may be sent.
    fn window(&self) -> Rules;

    /// Which signs in a text it shows as formatting.
    fn dialect(&self) -> Dialect;

    /// What files it carries.
    fn files(&self) -> Carries;

    /// What it does with a file of a type that agents send.
    fn manner(&self, found: Type) -> Manner;

    /// Whether the platform takes no files, but addresses to fetch them from.
    fn fetches_files(&self) -> bool;

    /// Whether the platform reports back what it accepted from us (Messenger's echoes): then a doubt about a
    /// call may settle itself.
    fn echoes(&self) -> bool;

    /// Whether the body is signed with the account's secret. `header` gives every value of a header by
    /// its lower-case name. Compares in constant time; an empty secret, a missing header or two headers
    /// never verify.
    fn verify(&self, secret: &Secret, header: &dyn Fn(&str) -> Vec<String>, body: &[u8]) -> bool;

    /// The answer to the platform's verification call (`GET`): the challenge to echo, or `None` to
    /// refuse. `query` gives a query value by its name.
    fn handshake(
        &self,
        verify_token: &Secret,
        query: &dyn Fn(&str) -> Option<String>,
    ) -> Option<String>;

    /// Cuts a body into events, leniently, event by event: one that is not understood does not stop its
    /// neighbours. `received_at` stands in for times that cannot be believed. [`Parsed::raw`] is a body
    /// of its own that holds only that event: what was parked is read again with this same function.
    ///
    /// # Errors
    /// Why the body as a whole is not understood.
    fn parse(&self, body: &[u8], received_at: Timestamp) -> Result<Vec<Parsed>, Obstacle>;

    /// A body as it may lie about for long: without what would let its finder act for us, and means nothing
    /// later (LINE's reply tokens). Read again with [`Self::parse`] it gives the same events, but for that.
    /// Also of a body that `parse` does not understand.
    fn without_tokens(&self, body: &str) -> String {
        body.to_owned()
    }

    /// Hands messages to the platform in one call. Blocks up to 20 s.
    ///
    /// Whether a try may be repeated is the adapter's knowledge: a caller that does not know what came
    /// of an earlier try (time-out, crash) calls again with [`Call::earlier`] set, and the adapter sends
    /// only where that cannot put the message on the customer's screen twice. Otherwise it answers
    /// [`SendError::Uncertain`] without calling.
    ///
    /// # Errors
    /// See [`SendError`]. [`SendError::Unreachable`] may always be tried again with the same call, and
    /// [`SendError::Repeatable`] with the same call and [`Earlier::Doubt`].
    fn send(&self, credentials: &Credentials, call: &Call) -> Result<Sent, SendError>;

    /// Whether what went out this way ([`Sent::way`]) counts against the page's allowance; `None` where nothing is
    /// counted.
    fn is_counted(&self, _way: &str) -> Option<bool> {
        None
    }

    /// The page's paid messages of the month in which `now` lies; `None` where nothing is counted. Blocks up to 20 s.
    ///
    /// # Errors
    /// See [`SetupError`].
    fn allowance(
        &self,
        _credentials: &Credentials,
        _now: Timestamp,
    ) -> Result<Option<Allowance>, SetupError> {
        Ok(None)
    }

    /// The customer's name and language; in a group or room with a speaker, the speaker's. Blocks up to
    /// 20 s.
    ///
    /// # Errors
    /// [`ProfileError`]: hidden from us, or try again later.
    fn profile(
        &self,
        credentials: &Credentials,
        customer: &Customer,
    ) -> Result<Profile, ProfileError>;

    /// Fetches a file that came with a message into `to`, at most `most` bytes. Where it lies is a stranger's
    /// word: nothing but the platform's own hosts is visited. Blocks up to [`crate::domain::media::FETCH`].
    ///
    /// # Errors
    /// See [`Fault`]. What was written to `to` is worth nothing then.
    fn fetch(
        &self,
        credentials: &Credentials,
        wanted: &Wanted<'_>,
        most: u64,
        to: &mut dyn Write,
    ) -> Result<(), Fault>;

    /// What the platform may tell of a customer, beside the language: rules can ask about it.
    fn tells(&self) -> &'static [Attribute];

    /// Asks the platform whose token this is and whether it will do. Blocks up to 20 s.
    ///
    /// # Errors
    /// See [`SetupError`].
    fn check(&self, credentials: &Credentials) -> Result<PageFacts, SetupError>;

    /// Makes the platform send this page's events to `callback_url`: subscribes the page, or sets and
    /// tests the webhook. Safe to repeat. Blocks up to 60 s.
    ///
    /// # Errors
    /// See [`SetupError`].
    fn subscribe(
        &self,
        credentials: &Credentials,
        callback_url: &str,
    ) -> Result<Subscribed, SetupError>;

    /// Whether the platform keeps a record of what was said, and shows it.
    fn keeps_history(&self) -> bool {
        false
    }

    /// What was said with a page's customers since a moment, oldest first, as far as the platform shows it: messages
    /// and echoes. `None`: it shows nothing. Blocks up to 20 s.
    ///
    /// # Errors
    /// See [`SetupError`].
    fn history(
        &self,
        _credentials: &Credentials,
        _since: Timestamp,
    ) -> Result<Option<Vec<Inbound>>, SetupError> {
        Ok(None)
    }

    /// Looks whether the platform still sends us this page's events, to a callback URL that ends with
    /// `callback_path`, and asks it to where it stopped and nobody else has them now. True when it had stopped. Blocks
    /// up to 40 s.
    ///
    /// # Errors
    /// See [`SetupError`]: among them that the events go to somebody else.
    fn renew_subscription(
        &self,
        credentials: &Credentials,
        callback_path: &str,
    ) -> Result<bool, SetupError>;

    /// Shows a customer something beside messages; `read_token` marks his newest message as read, where the platform
    /// gave one. Nothing where the platform has no such thing. Blocks up to 20 s.
    ///
    /// # Errors
    /// See [`SendError`]; nothing is tried again.
    fn show(
        &self,
        credentials: &Credentials,
        customer: &Customer,
        courtesy: Courtesy,
        read_token: Option<&str>,
    ) -> Result<(), SendError>;

    /// Whether it can show under whose name a message comes.
    fn names_senders(&self) -> bool {
        false
    }

    /// Makes the platform send this page's events to us no more, where a call does that. What becomes of the
    /// events says the locale key `channel-<name>-unsubscribed`. Safe to repeat. Blocks up to 20 s.
    ///
    /// # Errors
    /// See [`SetupError`].
    fn unsubscribe(&self, credentials: &Credentials) -> Result<(), SetupError>;

    /// What is to be prepared at the platform, in order.
    fn preparation(&self) -> &'static [Preparation];
}

/// Something to prepare at the platform: the locale key `channel-<name>-prepare-<word>` says what, and
/// `channel-<name>-prepare-<word>-how` where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preparation {
    /// Names it.
    pub word: &'static str,
    /// How it is seen that it is done; `None`: no call tells, somebody says so.
    pub sign: Option<Sign>,
}

/// By what is seen that something is prepared at the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Id and secret are given, and belong together.
    Credentials,
    /// There is a page.
    Page,
    /// The platform accepts the token of every page.
    Tokens,
    /// The token of every page may do this.
    Permission(&'static str),
    /// The platform sends us every page's events.
    Events,
    /// Nobody answers in the platform's own chat beside us.
    OneInbox,
    /// A customer's message came.
    Message,
}

/// What setting an account up looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Several pages with a token each (Facebook), or one page that the account's own token tells (LINE).
    pub many_pages: bool,
    /// The platform verifies the callback with a token of ours.
    pub verify_token: bool,
    /// The token may be left empty: it is made from the secret.
    pub token_optional: bool,
    /// A token that is given does not end by itself: to change it is advice, and its age need not be flagged.
    pub token_lasts: bool,
}

/// A file to fetch.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The platform's id of the message that it came with; `None` for one without.
    pub message: Option<&'a str>,
    /// What the message said of it.
    pub attachment: &'a Attachment,
}

/// What a call needs to speak for a page.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// App ID or Channel ID.
    pub external_id: String,
    /// App secret or channel secret.
    pub secret: Secret,
    /// Page ID or bot user id; empty while it is not known.
    pub page: String,
    /// The access token; `None` where it is made from the secret.
    pub token: Option<Secret>,
}

/// Messages to hand over in one call, in order.
#[derive(Clone, Debug)]
pub struct Call {
    /// To whom.
    pub to: Customer,
    /// Texts, each within [`Channel::text_limit`], none empty.
    pub texts: Vec<String>,
    /// Files, after the texts. Together they are 1 to [`Channel::messages_per_call`].
    pub files: Vec<OutFile>,
    /// UUID; the same at every try of the same call.
    pub idempotency_key: String,
    /// Free reply token, fresh, and used by no other call or try; `None`: pay.
    pub reply_token: Option<Secret>,
    /// The tag that the reply window asks for.
    pub tag: Option<Tag>,
    /// What earlier tries of this same call may have done.
    pub earlier: Earlier,
    /// What each of the texts answers, by what [`crate::domain::inbound::InboundMessage::quote`] said; as many as
    /// texts.
    pub quotes: Vec<Option<String>>,
    /// A call in doubt whose echo did not come: what to look for in the platform's own record, where it keeps one.
    pub look: Option<Look>,
    /// Whether a person wrote all of it, not the program.
    pub by_person: bool,
    /// Under whose name it comes, where [`Channel::names_senders`]; `None`: the page's.
    pub sender: Option<String>,
}

/// What tells a message of ours in the platform's record from the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// When its first try began.
    pub since: Timestamp,
    /// The platform's ids of the conversation's newest messages, which are known as others.
    pub known: Vec<String>,
}

/// A file to hand over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutFile {
    /// What the customer sees it as.
    pub kind: AttachmentKind,
    /// Its name, with its ending.
    pub name: String,
    /// What it is, as `Content-Type` says it.
    pub media_type: String,
    /// In bytes.
    pub size_bytes: u64,
    /// Where it lies on our disk.
    pub path: PathBuf,
    /// How long a recording is, where [`Channel::manner`] asks for it and it could be told.
    pub duration: Option<Duration>,
    /// Where anybody who knows the addresses can fetch it; `None`: nowhere. A channel whose
    /// [`Channel::fetches_files`] is given some.
    pub links: Option<OutLinks>,
    /// The platform's id of it, from an earlier [`Sent::kept`]; it may have forgotten it.
    pub known_as: Option<String>,
}

/// The public addresses of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutLinks {
    /// The file.
    pub file: String,
    /// A small picture of it, where [`Channel::manner`] asks for one.
    pub preview: Option<String>,
    /// Until when they lead there.
    pub until: Timestamp,
}

/// What earlier tries of a call may have done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Earlier {
    /// There was none, or the platform refused them all, or was not reached.
    #[default]
    Nothing,
    /// One, made without a reply token, may have been accepted.
    Doubt,
    /// One, made with a reply token, may have been accepted. LINE's retry key does not protect these.
    DoubtWithReplyToken,
}

/// What the platform said yes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The platform's message ids in the order of the texts; may be fewer (old answers tell none).
    pub platform_ids: Vec<String>,
    /// How it went, for the attempt's row: `RESPONSE`, `HUMAN_AGENT`, `reply`, `push`.
    pub way: &'static str,
    /// The platform's request id, for its support; may be empty.
    pub request_id: String,
    /// The platform keeps the call's one file for so long, under this id.
    pub kept: Option<(String, Duration)>,
    /// Another application, or the page's own inbox, held the conversation: it was taken over for this.
    pub took_control: bool,
    /// How much of the page's allowance of calls is used, in percent; `None` when the platform tells
    /// nothing, which does not mean that nothing is used.
    pub used_percent: Option<u32>,
}

/// A customer as the platform shows him.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// The name, trimmed and not empty.
    pub name: String,
    /// BCP 47, when told.
    pub language: Option<String>,
    /// E.g. `fi_FI`, when told.
    pub locale: Option<String>,
    /// Hours from GMT, when told.
    pub time_zone: Option<f64>,
}

/// Why a profile is not to be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProfileError {
    /// The platform does not show it to us: ask again tomorrow at the earliest.
    Hidden(String),
    /// Try again soon.
    Later(String),
    /// The token is refused.
    Credentials(String),
}

/// What the platform says about a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageFacts {
    /// Page ID or bot user id.
    pub page: String,
    /// The name customers see.
    pub name: String,
    /// LINE's basic id with its @; empty where there is none.
    pub handle: String,
    /// When the token ends; `None`: it does not, or the platform does not tell.
    pub token_end: Option<TokenEnd>,
    /// What the token may do, in the platform's words; empty where it does not tell.
    pub permissions: Vec<String>,
    /// Whether people can also answer in the platform's own chat, which we do not see; `None`: it does not say.
    pub answered_elsewhere: Option<bool>,
}

/// When a token ends, as its platform tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenEnd {
    /// At this moment.
    At(Timestamp),
    /// So long after it was asked.
    In(Duration),
}

impl TokenEnd {
    /// The moment, when the platform was asked at `now`.
    pub fn at(self, now: Timestamp) -> Timestamp {
        match self {
            TokenEnd::At(moment) => moment,
            TokenEnd::In(rest) => now.plus(rest),
        }
    }
}

/// The platform sends us this page's events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscribed {
    /// The platform called our address during this and we answered (LINE's webhook test).
    pub callback_proved: bool,
    /// Something to mend although it works, as a locale key; `None`: all is well.
    pub warning: Option<&'static str>,
    /// The address that had these events until now, and gets them no more.
    pub replaced: Option<String>,
}

/// Why set-up does not go on. The sentence is the locale key `setup-error-<word>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetupError {
    /// The token belongs to another page.
    OtherPage {
        /// Its name.
        name: String,
        /// Its id.
        page: String,
    },
    /// It is a person's token, not a page's.
    NotAPageToken,
    /// The token was made by another app.
    OtherApp,
    /// The token is refused, in the platform's words.
    TokenRefused(String),
    /// The app id and secret (or channel id and secret) do not belong together.
    SecretRefused(String),
    /// The token lacks permissions, by name.
    MissingPermission(String),
    /// The events go to another address, and not to ours any more.
    PointsElsewhere(String),
    /// The platform refuses the callback URL, in its words.
    CallbackRefused(String),
    /// The platform could not reach the callback URL, with its reason.
    CallbackUnreachable(String),
    /// LINE: *Use webhook* is off.
    WebhookOff,
    /// The platform is not reached.
    Unreachable(String),
    /// Anything else, in the platform's words.
    Other(String),
}

/// The channels of this program.
#[derive(Clone)]
pub struct Registry(Arc<[Box<dyn Channel>]>);

/// The only list of channels.
pub fn registry(platforms: &Platforms) -> Registry {
    let channels: Vec<Box<dyn Channel>> = vec![
        Box::new(facebook::Facebook::new(platforms)),
        Box::new(line::Line::new(platforms)),
    ];
    Registry(Arc::from(channels))
}

impl Registry {
    /// These channels only.
    #[cfg(test)]
    pub fn of(channels: Vec<Box<dyn Channel>>) -> Registry {
        Registry(Arc::from(channels))
    }

    /// The channel of a name; `None` when there is none.
    pub fn get(&self, name: &str) -> Option<&dyn Channel> {
        self.all().find(|channel| channel.name() == name)
    }

    /// Every channel, in the order of the menus.
    pub fn all(&self) -> impl Iterator<Item = &dyn Channel> {
        self.0.iter().map(AsRef::as_ref)
    }
}

/// What a download that failed means for the file.
fn fault_of_download(error: DownloadError) -> Fault {
    match error {
        DownloadError::Forbidden => Fault::Elsewhere,
        DownloadError::TooLarge => Fault::TooLarge,
        DownloadError::Broken(why) => Fault::Later(why),
        DownloadError::NotWritten(why) => Fault::Disk(why),
    }
}

/// One platform call may take this long in all (promises.md §1.2).
pub const CALL_LIMIT: Duration = Duration::from_secs(20);

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
