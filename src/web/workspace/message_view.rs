//! A message as a page, the live stream and the answer to *Send* show it: one view, one template.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use askama::filters::HtmlSafe;
use chrono_tz::Tz;

use super::customer::CustomerView;
use super::links::{self, Piece};
use crate::clock;
use crate::domain::attachments::Refusal;
use crate::domain::delivery::Reason;
use crate::domain::ids::{AttachmentId, ConversationId, LiveEventId, MessageId, UserId};
use crate::domain::media::{Form, Stage, type_of};
use crate::domain::message::{Attachment, AttachmentKind, Author, Kind, Status};
use crate::domain::names;
use crate::domain::text::shorten;
use crate::domain::time::Timestamp;
use crate::locale::Text;
use crate::store::conversations::{self, Conversation};
use crate::store::masking::{self, Masks};
use crate::store::media::{LinkStands, Media};
use crate::store::messages::{self, Hanging, Message};
use crate::store::{Reader, Result, live_events, profiles};
use crate::web::page::filters;
use crate::web::times;

/// Messages of one writer closer together than this share a picture and a time.
const JOINED: Duration = Duration::from_secs(5 * 60);
/// How much of a quoted message is shown.
const QUOTED_CHARACTERS: usize = 120;

/// A message, ready for the template. Nothing in it depends on who looks, except [`MessageView::may_answer`]:
/// the live stream renders it once for everybody.
#[derive(Clone, Debug, Template)]
#[template(path = "workspace/messages/message.html")]
pub struct MessageView {
    /// The client id, or the message's own where no browser made one: `#message-<key>`.
    pub key: String,
    /// Row id.
    pub message_id: MessageId,
    /// The newest live event that it takes into account. A browser keeps what it has when something older
    /// comes: the live stream may be faster than the answer to a form.
    pub as_of: LiveEventId,
    /// The customer of its conversation.
    pub customer: Arc<CustomerView>,
    /// Who wrote it.
    pub author: Author,
    /// Said beside the time, where the picture does not say it.
    pub by: By,
    /// BCP 47 of its words; empty when not known.
    pub lang: String,
    /// What it quotes.
    pub quote: Option<Quote>,
    /// Its words.
    pub pieces: Vec<Piece>,
    /// What it is.
    pub kind: Kind,
    /// What hangs on it.
    pub attachments: Vec<AttachmentView>,
    /// The platform's time, or ours for what goes out.
    pub sent_at: Timestamp,
    /// Its author changed it.
    pub is_edited: bool,
    /// The conversation in which the viewer may answer it by quoting it.
    pub quoted_in: Option<ConversationId>,
    /// It came from the platform's record, later than it was written.
    pub is_imported: bool,
    /// How far it has come; for what the customer wrote it says nothing.
    pub status: Status,
    /// Why it failed, is in doubt, or waits for another try.
    pub reason: Option<ReasonView>,
    /// Whether it counts against the allowance; `None`: nothing to say.
    pub counted: Option<bool>,
    /// Its author took it back.
    pub is_removed: bool,
    /// The same writer as the message above, shortly before.
    pub is_joined: bool,
    /// Whether the viewer may try it again, let it go or delete it.
    pub may_answer: bool,
}

impl HtmlSafe for MessageView {}

/// What a message is called on a page, see [`MessageView::key`].
pub fn key(message: &Message) -> String {
    match &message.client_id {
        Some(client_id) => client_id.clone(),
        None => message.id.to_string(),
    }
}

impl MessageView {
    fn is_customers(&self) -> bool {
        self.author == Author::Customer
    }

    /// No person here wrote it.
    fn is_automatic(&self) -> bool {
        self.author == Author::Elsewhere || self.by == By::Program
    }

    /// Nothing more happens to it until a person decides.
    fn is_over(&self) -> bool {
        matches!(self.status, Status::Failed | Status::Unknown)
    }

    /// It waits so that it costs less: it can go at once, or be taken back.
    fn waits_to_cost_less(&self) -> bool {
        let reason = self.reason.as_ref().map(|reason| reason.word.as_str());
        self.status == Status::Queued
            && matches!(reason, Some(Reason::BUNDLING | Reason::QUOTA_USED))
    }

    /// What is said of it. Whether it waits or is on its way makes no difference to who wrote it.
    fn status_word(&self) -> &'static str {
        match self.status {
            Status::Queued => Status::Sending.word(),
            status => status.word(),
        }
    }

    fn status_icon(&self) -> &'static str {
        match self.status {
            Status::Queued | Status::Sending => "circle-dashed",
            Status::Sent => "check",
            Status::Delivered | Status::Read => "check-check",
            Status::Failed => "circle-x",
            Status::Unknown => "circle-question-mark",
        }
    }
}

/// Who wrote a message, where that is not said by its place and picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// Nothing to say: the customer, or the agent who holds the conversation.
    Plain,
    /// Another agent.
    Colleague(String),
    /// The program, by itself.
    Program,
    /// Somebody in the platform's own inbox: the text `elsewhere-<channel>`.
    Elsewhere(String),
    /// In a group: a member, by the last four of the platform's id.
    Member(String),
}

/// The message that a reply is about.
#[derive(Clone, Debug)]
pub struct Quote {
    /// The beginning of its text; empty when it has none.
    pub text: String,
    /// What hangs on it, when it has no text.
    pub attachment: Option<AttachmentKind>,
}

/// Something that hangs on a message: the thing itself where there is a file and it is here, else a card.
#[derive(Clone, Debug, Template)]
#[template(path = "workspace/messages/attachment.html")]
pub struct AttachmentView {
    /// Row id.
    pub id: AttachmentId,
    /// What its message is called on a page, see [`MessageView::key`].
    pub key: String,
    /// What it is.
    pub kind: AttachmentKind,
    /// File name, title or label; may be empty.
    pub name: String,
    /// More to read: an address, a price; may be empty.
    pub note: String,
    /// Where to look at it: the place on a map, the post, the page; `None`: nowhere.
    pub href: Option<String>,
    /// How large it is.
    pub size: Option<Text>,
    /// How its file stands; `None` for what is no file.
    pub media: Option<MediaView>,
    /// What the customer has of something that moves here is one still picture.
    pub is_still: bool,
    /// The public address by which the customer has a document.
    pub link: Option<LinkView>,
    /// Whether the viewer may have it fetched again.
    pub may_answer: bool,
}

/// How a file stands.
#[derive(Clone, Debug)]
pub enum MediaView {
    /// It is fetched now or soon.
    OnItsWay,
    /// It is here, and this is what a browser makes of it.
    Here(Form),
    /// It is not here: why.
    Absent {
        /// In words.
        why: Text,
        /// Whether another try could have it.
        may_retry: bool,
    },
}

/// The public address of a document.
#[derive(Clone, Debug)]
pub struct LinkView {
    /// How it stands, in words: until when it leads there, or since when it does not.
    pub stands: Text,
    /// How often somebody fetched the document.
    pub opened: Text,
    /// Whether there is something to end.
    pub is_open: bool,
}

impl HtmlSafe for AttachmentView {}

impl AttachmentView {
    /// What a browser makes of the file, when it is here and shown in the page.
    fn form(&self) -> Option<Form> {
        match &self.media {
            Some(MediaView::Here(form)) => Some(*form).filter(|form| *form != Form::Download),
            _ => None,
        }
    }

    fn is_download(&self) -> bool {
        matches!(self.media, Some(MediaView::Here(Form::Download)))
    }

    fn is_coming(&self) -> bool {
        matches!(self.media, Some(MediaView::OnItsWay))
    }

    fn why(&self) -> Option<&Text> {
        match &self.media {
            Some(MediaView::Absent { why, .. }) => Some(why),
            _ => None,
        }
    }

    fn may_retry(&self) -> bool {
        matches!(self.media, Some(MediaView::Absent { may_retry, .. }) if may_retry)
    }

    /// What it is called: its name, or what it is.
    fn label(&self) -> Text {
        match self.name.as_str() {
            "" => Text::new(format!("attachment-{}", self.kind.word())),
            name => Text::new("media-named").arg("name", name.to_owned()),
        }
    }

    fn icon(&self) -> &'static str {
        match self.kind {
            AttachmentKind::Picture => "image",
            AttachmentKind::Video => "video",
            AttachmentKind::Audio => "audio-lines",
            AttachmentKind::File => "file-text",
            AttachmentKind::Sticker => "sticker",
            AttachmentKind::Location => "map-pin",
            AttachmentKind::Link => "link",
            AttachmentKind::Post => "reply",
            AttachmentKind::Product => "shopping-bag",
            AttachmentKind::Appointment => "calendar",
            AttachmentKind::Other => "message-circle-question-mark",
        }
    }
}

/// Why a message failed, is in doubt, or waits for another try.
#[derive(Clone, Debug)]
pub struct ReasonView {
    /// Names it, see [`Reason`].
    pub word: String,
    /// In words.
    pub text: Text,
    /// The platform's code and words; may be empty.
    pub detail: String,
}

/// What the messages of one conversation share.
#[derive(Clone, Debug)]
pub struct Thread {
    /// The conversation.
    pub conversation: ConversationId,
    /// The customer.
    pub customer: Arc<CustomerView>,
    /// What hides sensitive data.
    pub masks: Masks,
    agent: Option<UserId>,
    zone: Tz,
    as_of: LiveEventId,
}

impl Thread {
    /// Reads what the messages of `conversation` share. `zone` is the organization's.
    ///
    /// # Errors
    /// SQLite's.
    pub fn of(reader: &Reader<'_>, conversation: &Conversation, zone: Tz) -> Result<Thread> {
        let profile = profiles::by_id(reader, conversation.profile)?
            .ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        Ok(Thread {
            conversation: conversation.id,
            customer: Arc::new(CustomerView::from(&profile)),
            masks: masking::masks(reader)?,
            agent: conversation.agent,
            zone,
            as_of: live_events::newest(reader)?,
        })
    }

    /// A message as it is shown. `is_joined`: see [`Thread::joins`].
    ///
    /// # Errors
    /// SQLite's.
    pub fn view(
        &self,
        reader: &Reader<'_>,
        message: &Message,
        is_joined: bool,
        may_answer: bool,
    ) -> Result<MessageView> {
        let quoted = match &message.reply_to {
            Some(quoted) => messages::by_platform_id(reader, message.page, quoted)?,
            None => None,
        };
        Ok(MessageView {
            key: key(message),
            message_id: message.id,
            as_of: self.as_of,
            customer: self.customer.clone(),
            author: message.author,
            by: self.by(message),
            lang: match message.author {
                Author::Customer => self.customer.lang.clone(),
                Author::Agent | Author::Elsewhere => String::new(),
            },
            quote: quoted.map(|quoted| Quote {
                text: shorten(
                    &self.masks.hide(quoted.author, &quoted.text),
                    QUOTED_CHARACTERS,
                ),
                attachment: quoted.attachments.first().map(|first| first.what.kind),
            }),
            pieces: links::pieces(&self.masks.hide(message.author, &message.text)),
            kind: message.kind,
            attachments: message
                .attachments
                .iter()
                .map(|hanging| self.attachment(message, hanging, may_answer))
                .collect(),
            sent_at: message.sent_at,
            is_edited: message.edited_at.is_some(),
            quoted_in: (may_answer && message.can_be_quoted && message.unsent_at.is_none())
                .then_some(message.conversation),
            is_imported: message.is_imported,
            // A message from the platform's own inbox is there, or we would not know of it.
            status: message.status.unwrap_or(Status::Sent),
            counted: message.counted,
            reason: message.reason.as_ref().map(|reason| ReasonView {
                word: reason.word.clone(),
                text: Text::new(match message.status {
                    Some(Status::Failed | Status::Unknown) => format!("reason-{}", reason.word),
                    _ => format!("waiting-{}", reason.word),
                }),
                detail: reason.detail.clone(),
            }),
            is_removed: message.unsent_at.is_some(),
            is_joined,
            may_answer,
        })
    }

    fn attachment(&self, message: &Message, hanging: &Hanging, may_answer: bool) -> AttachmentView {
        let attachment = &hanging.what;
        let file = hanging.media.as_ref();
        AttachmentView {
            id: hanging.id,
            key: key(message),
            kind: attachment.kind,
            name: attachment.name.clone(),
            note: note(attachment),
            href: href(attachment),
            size: attachment.size_bytes.map(size),
            media: file.map(media),
            is_still: file.is_some_and(|file| file.is_still),
            link: file
                .and_then(|file| file.link.as_ref())
                .map(|link| self.link(link)),
            may_answer,
        }
    }

    fn link(&self, link: &LinkStands) -> LinkView {
        let is_over = link.until <= clock::now();
        let on = |key: &str, at| times::of_date(Text::new(key), times::date(at, self.zone));
        LinkView {
            stands: match (link.is_revoked, is_over) {
                (true, _) => Text::new("link-revoked"),
                (false, true) => on("link-over", link.until),
                (false, false) => on("link-until", link.until),
            },
            opened: match link.opened_at {
                Some(at) => times::fill_clock(on("link-opened", at), at, self.zone)
                    .arg("count", link.opened),
                None => Text::new("link-never-opened"),
            },
            is_open: !link.is_revoked && !is_over,
        }
    }

    fn by(&self, message: &Message) -> By {
        match message.author {
            _ if message.automated.is_some() => By::Program,
            Author::Customer => match &message.speaker {
                Some(speaker) => By::Member(names::id_tail(speaker)),
                None => By::Plain,
            },
            Author::Agent if message.user == self.agent => By::Plain,
            Author::Agent => By::Colleague(message.user_name.clone().unwrap_or_default()),
            Author::Elsewhere => By::Elsewhere(self.customer.channel.clone()),
        }
    }

    /// Whether `message` belongs under the same picture as the one above it: same writer, same day, shortly
    /// after. (A line of history between them parts them; see [`super::log`].)
    pub fn joins(&self, above: &Message, message: &Message) -> bool {
        let writer = |message: &Message| {
            let by_itself = message.automated.is_some();
            (
                message.author,
                by_itself,
                message.user,
                message.speaker.clone(),
            )
        };
        writer(above) == writer(message)
            && message.sent_at.since(above.sent_at) < JOINED
            && !self.begins_day(Some(above), message)
    }

    /// Whether a line with the day stands above `message`.
    pub fn begins_day(&self, above: Option<&Message>, message: &Message) -> bool {
        let date = |message: &Message| times::date(message.created_at, self.zone);
        above.is_none_or(|above| date(above) != date(message))
    }
}

fn media(media: &Media) -> MediaView {
    let why = media.why.as_deref().unwrap_or_default();
    match media.stage {
        Stage::Waiting | Stage::Fetching => MediaView::OnItsWay,
        Stage::Here => {
            let media_type = media.media_type.as_deref().unwrap_or_default();
            MediaView::Here(type_of(media_type).form)
        }
        Stage::Refused | Stage::Failed => MediaView::Absent {
            why: Text::new(format!("media-why-{why}")),
            may_retry: why != Refusal::SwitchedOff.word(),
        },
    }
}

/// What a card says in small print: the place's address or coordinates, the product's price.
fn note(attachment: &Attachment) -> String {
    let text = |name: &str| attachment.detail[name].as_str().map(str::to_owned);
    let number = |name: &str| attachment.detail[name].as_f64();
    let told = match attachment.kind {
        AttachmentKind::Location => text("address").or_else(|| {
            let (latitude, longitude) = (number("latitude")?, number("longitude")?);
            Some(format!("{latitude:.5}, {longitude:.5}"))
        }),
        AttachmentKind::Product | AttachmentKind::Link => text("subtitle"),
        _ => None,
    };
    told.unwrap_or_default()
}

/// Where a card leads. What is a file is not fetched from the platform by who reads along.
fn href(attachment: &Attachment) -> Option<String> {
    match attachment.kind {
        AttachmentKind::Location => {
            let number = |name: &str| attachment.detail[name].as_f64();
            let (latitude, longitude) = (number("latitude")?, number("longitude")?);
            Some(format!(
                "https://www.openstreetmap.org/?mlat={latitude:.6}&mlon={longitude:.6}#map=17/{latitude:.6}/{longitude:.6}"
            ))
        }
        AttachmentKind::Link | AttachmentKind::Post | AttachmentKind::Product => {
            let url = attachment.url.as_deref()?;
            url.starts_with("https://").then(|| url.to_owned())
        }
        _ => None,
    }
}

fn size(bytes: u64) -> Text {
    match bytes {
        0..1_000 => Text::new("size-bytes").arg("size", bytes),
        1_000..1_000_000 => Text::new("size-kilobytes").arg("size", bytes.div_ceil(1_000)),
        _ => Text::new("size-megabytes").arg("size", bytes.div_ceil(1_000_000)),
    }
}

/// A message as it is added to the end of a log, or takes its own place in it: the answer to *Send*, and
/// what the live stream carries.
#[derive(Template)]
#[template(path = "workspace/messages/fragment.html")]
pub struct MessageFragment {
    /// The day that it begins.
    pub day: Option<Timestamp>,
    /// The message.
    pub message: MessageView,
}

impl HtmlSafe for MessageFragment {}

impl MessageFragment {
    /// The fragment of a message of `conversation`. `None` when there is no such message in it.
    ///
    /// # Errors
    /// SQLite's.
    pub fn of(
        reader: &Reader<'_>,
        conversation: &Conversation,
        id: MessageId,
        may_answer: bool,
        zone: Tz,
    ) -> Result<Option<MessageFragment>> {
        let Some(message) =
            messages::by_id(reader, id)?.filter(|found| found.conversation == conversation.id)
        else {
            return Ok(None);
        };
        let thread = Thread::of(reader, conversation, zone)?;
        let above = messages::page_of(reader, conversation.id, Some(id), 1)?.pop();
        let is_joined = match &above {
            Some(above) if thread.joins(above, &message) => {
                let (since, until) = (Some(above.created_at), Some(message.created_at));
                conversations::history(reader, conversation.id, since, until, 1)?.is_empty()
            }
            _ => false,
        };
        Ok(Some(MessageFragment {
            day: thread
                .begins_day(above.as_ref(), &message)
                .then_some(message.created_at),
            message: thread.view(reader, &message, is_joined, may_answer)?,
        }))
    }
}
