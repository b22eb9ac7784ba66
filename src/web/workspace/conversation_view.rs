//! A conversation as its page and the live stream show it: head, reply window, composer, customer panel.

use std::time::Duration;

use askama::Template;
use askama::filters::HtmlSafe;

use crate::channels::Registry;
use crate::domain::access::{self, Action, Relation, Role};
use crate::domain::conversation::{Act, END_UNDONE_WITHIN, State, next};
use crate::domain::ids::{ConversationId, UserId};
use crate::domain::session::Part;
use crate::domain::time::Timestamp;
use crate::domain::window::{self, Circumstances, Rules, Window};
use crate::locale::{self, Text};
use crate::store::conversations::Conversation;
use crate::store::customer_links::Linked;
use crate::store::pages::Page;
use crate::store::profiles::{self, Profile};
use crate::store::{Reader, Result, drafts, pages, queues, settings, topics, users};
use crate::web::page::filters;
use crate::web::times;

use super::company::{self, Company};
use super::composer::{ComposerView, FilesView};
use super::customer::CustomerView;
use super::customers::book_entry::BookEntry;
use super::customers::linking;
use super::notes::NoteForm;

/// What is read for a conversation's page beside its log.
pub struct Facts {
    conversation: Conversation,
    profile: Profile,
    page: Page,
    queue: String,
    holder: Option<String>,
    book: BookEntry,
    draft: String,
    topics: Option<Vec<String>>,
    files: Option<FilesView>,
    beside: Vec<(UserId, String, Part)>,
}

impl Facts {
    /// Reads what belongs to a conversation that `viewer` may read.
    ///
    /// # Errors
    /// SQLite's.
    pub fn of(
        reader: &Reader<'_>,
        channels: &Registry,
        conversation: Conversation,
        viewer: UserId,
    ) -> Result<Facts> {
        let missing = || rusqlite::Error::QueryReturnedNoRows;
        let holder = match conversation.agent {
            Some(agent) => users::name(reader, agent)?,
            None => None,
        };
        let profile = profiles::by_id(reader, conversation.profile)?.ok_or_else(missing)?;
        let page = pages::by_id(reader, conversation.page)?.ok_or_else(missing)?;
        let files = match channels.get(&page.channel) {
            Some(channel) => FilesView::of(reader, channel, page.id)?,
            None => None,
        };
        Ok(Facts {
            book: BookEntry::read(reader, &conversation, &profile)?,
            profile,
            page,
            files,
            queue: queues::name(reader, conversation.queue)?.unwrap_or_default(),
            draft: drafts::of(reader, conversation.id, viewer)?,
            beside: company::beside(reader, conversation.id)?,
            topics: match settings::read(reader)?.topics.topics {
                true => Some(topics::chosen(reader, conversation.id)?),
                false => None,
            },
            holder,
            conversation,
        })
    }
}

/// A conversation, ready for the templates. Depends on who looks only by role and relation.
#[derive(Clone, Debug)]
pub struct ConversationView {
    /// Row id.
    pub id: ConversationId,
    /// The customer.
    pub customer: CustomerView,
    /// Where it stands.
    pub state: State,
    /// Since when.
    pub since: Timestamp,
    /// The name of the page, as which we write.
    pub page_name: String,
    /// The name of its queue.
    pub queue: String,
    /// Who holds it, when that is somebody else.
    pub holder: Option<String>,
    /// The last eight of the platform's id of the customer.
    pub platform_id_tail: String,
    /// The customer's language, by name where we have one.
    pub language: Option<Text>,
    /// The customer blocked the account.
    pub is_blocked: bool,
    /// Another application answers the customer at the moment.
    pub is_standby: bool,
    /// When it began.
    pub created_at: Timestamp,
    /// Who the customer is, and what is kept about him.
    pub book: BookEntry,
    /// The viewer may say who the customer is, what he is called, and which case it is about.
    pub can_link: bool,
    /// How long he waited until somebody took it.
    pub waited: Text,
    /// What it is about; `None` while the organization has no topics.
    pub topics: Option<Vec<String>>,
    /// The viewer may see why it came to whom it came to.
    pub sees_routing: bool,
    /// What the viewer can do now.
    pub can: Can,
    /// *Undo* of *End*: it was a moment ago.
    pub can_undo_end: bool,
    /// Who else takes part.
    pub company: Company,
    /// How long a reply may be sent.
    pub window: WindowView,
    /// Where the viewer writes, or why not.
    pub composer: Composer,
}

/// What the viewer can do now: who may, and where the conversation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Can {
    /// *Assign to me*.
    pub assign: bool,
    /// *End*.
    pub end: bool,
    /// *Close* without *End*.
    pub park: bool,
    /// *Open* what was parked.
    pub resume: bool,
    /// *Close* after *End*.
    pub complete: bool,
    /// Hand it on, ask colleagues.
    pub hand_on: bool,
    /// Say what it is about.
    pub answer: bool,
    /// Write to those who read it here.
    pub note: bool,
}

impl Can {
    /// What is possible for a person of `role` to whom the conversation stands in `relation`.
    pub fn of(role: Role, relation: Relation, state: State) -> Can {
        let take = access::may(role, Action::TakeConversation, relation);
        let answer = access::may(role, Action::AnswerConversation, relation);
        let possible = |act| next(state, act).is_some();
        Can {
            assign: take && possible(Act::Assign),
            end: answer && possible(Act::End),
            park: answer && possible(Act::Park),
            resume: answer && possible(Act::Resume),
            complete: answer && possible(Act::Complete),
            hand_on: answer && possible(Act::TransferToQueue),
            answer,
            note: access::may(role, Action::WriteNote, relation) && state != State::Closed,
        }
    }
}

/// The reply window at the moment of rendering; the browser counts down from it.
#[derive(Clone, Debug, Template)]
#[template(path = "workspace/conversations/window.html")]
pub struct WindowView {
    /// The conversation.
    pub conversation: ConversationId,
    /// `open`, `tagged`, `closed`, or `always` where there is no end to show.
    pub kind: &'static str,
    /// When it closes.
    pub deadline_ms: i64,
    /// The server's clock.
    pub now_ms: i64,
    /// From opening to the deadline.
    pub span_ms: i64,
    /// How long it is still open.
    pub left: Text,
}

impl HtmlSafe for WindowView {}

impl WindowView {
    fn new(
        conversation: ConversationId,
        window: Window,
        rules: Rules,
        now: Timestamp,
    ) -> WindowView {
        let millis = |span: Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        let standard = rules.standard.unwrap_or_default();
        let (kind, deadline, span) = match window {
            Window::Open(deadline) => ("open", deadline, standard),
            Window::Tagged(_, deadline) => {
                let tagged = rules.tagged.unwrap_or(standard);
                ("tagged", deadline, tagged.saturating_sub(standard))
            }
            Window::Closed(_) => ("closed", now, Duration::ZERO),
            Window::Always | Window::HeldElsewhere => ("always", now, Duration::ZERO),
        };
        WindowView {
            conversation,
            kind,
            deadline_ms: deadline.millis(),
            now_ms: now.millis(),
            span_ms: millis(span),
            left: times::span(deadline.since(now)),
        }
    }

    /// Nothing is shown: what is over needs no clock.
    fn hidden(conversation: ConversationId, now: Timestamp) -> WindowView {
        let rules = Rules {
            standard: None,
            tagged: None,
            in_standby: true,
        };
        WindowView::new(conversation, Window::Always, rules, now)
    }
}

/// Where the viewer writes.
#[derive(Clone, Debug, Template)]
#[template(path = "workspace/conversations/writing.html")]
pub enum Composer {
    /// Here.
    Open(ComposerView),
    /// Nowhere.
    Closed(Closed),
}

impl HtmlSafe for Composer {}

impl Composer {
    /// Whether the viewer can write.
    pub fn is_open(&self) -> bool {
        matches!(self, Composer::Open(_))
    }
}

/// Why nothing can be written, and what can be done instead.
#[derive(Clone, Debug, Template)]
#[template(path = "workspace/conversations/closed.html")]
pub struct Closed {
    conversation: ConversationId,
    /// Names the text `composer-closed-<word>`.
    why: &'static str,
    /// Who holds the conversation; empty when nobody does.
    holder: String,
    can: Can,
}

impl HtmlSafe for Closed {}

impl Closed {
    fn icon(&self) -> &'static str {
        match self.why {
            "open" => "inbox",
            "offered" => "bell",
            "waiting" => "clock",
            "wrap-up" => "timer",
            "window" | "standby" => "lock",
            "closed" => "archive",
            "consulted" => "users",
            "monitored" => "eye",
            _ => "user",
        }
    }
}

/// The head of a conversation's page.
#[derive(Template)]
#[template(path = "workspace/conversations/head.html")]
pub struct Head<'a> {
    view: &'a ConversationView,
}

impl HtmlSafe for Head<'_> {}

/// What stands beside a conversation.
#[derive(Template)]
#[template(path = "workspace/conversations/panel.html")]
pub struct Panel<'a> {
    view: &'a ConversationView,
}

impl HtmlSafe for Panel<'_> {}

impl ConversationView {
    /// The head of its page.
    pub fn head(&self) -> Head<'_> {
        Head { view: self }
    }

    /// What stands beside it.
    pub fn panel(&self) -> Panel<'_> {
        Panel { view: self }
    }

    /// Where the viewer writes to those who read it here; `None` for somebody who does not. It is open where nothing
    /// else can be written.
    pub fn note_form(&self) -> Option<NoteForm> {
        self.can.note.then(|| NoteForm {
            conversation: self.id,
            is_open: !self.composer.is_open() && self.state == State::Active,
        })
    }

    /// The conversation for a person of `role` to whom it stands in `relation`, at `now`. `None` when the
    /// program has no such channel.
    pub fn new(
        facts: Facts,
        channels: &Registry,
        role: Role,
        relation: Relation,
        now: Timestamp,
    ) -> Option<ConversationView> {
        let channel = channels.get(&facts.page.channel)?;
        let conversation = &facts.conversation;
        let can = Can::of(role, relation, conversation.state);
        let rules = channel.window();
        let circumstances = Circumstances {
            tag_allowed: facts.page.human_agent_tag,
            last_inbound_at: conversation.last_inbound_at,
            standby: facts.profile.standby,
        };
        let window = window::check(rules, circumstances, now);
        let is_offered = conversation.state == State::Active && conversation.agent.is_none();
        let closed = match is_offered {
            true => Some("offered"),
            false => closed_because(conversation.state, relation, window),
        };
        let composer = match closed {
            Some(why) => Composer::Closed(Closed {
                conversation: conversation.id,
                why,
                holder: facts.holder.clone().unwrap_or_default(),
                can,
            }),
            None => Composer::Open(ComposerView {
                files: facts.files,
                ..ComposerView::new(
                    conversation.id,
                    channel,
                    &facts.page.name,
                    conversation.last_message,
                    facts.draft,
                )
            }),
        };
        Some(ConversationView {
            id: conversation.id,
            customer: CustomerView::from(&facts.profile),
            state: conversation.state,
            since: conversation.state_changed_at,
            page_name: facts.page.name.clone(),
            queue: facts.queue,
            company: Company::of(
                conversation,
                facts.holder.as_deref(),
                &facts.beside,
                role,
                relation,
            ),
            holder: facts.holder.filter(|_| relation != Relation::Own),
            platform_id_tail: tail(&facts.profile.platform_user_id),
            language: facts.profile.language.as_deref().map(language),
            is_blocked: facts.profile.follows == Some(false),
            is_standby: facts.profile.standby,
            created_at: conversation.created_at,
            waited: facts.book.waited(now),
            book: facts.book,
            can_link: linking::may_link(role, relation, conversation.state),
            topics: facts.topics,
            sees_routing: access::may(role, Action::SeeRouting, relation),
            can,
            can_undo_end: can.complete
                && now.since(conversation.state_changed_at) <= END_UNDONE_WITHIN,
            window: match conversation.state {
                State::Closed => WindowView::hidden(conversation.id, now),
                _ => WindowView::new(conversation.id, window, rules, now),
            },
            composer,
        })
    }
}

/// Why nothing can be written here now; `None`: it can.
fn closed_because(state: State, relation: Relation, window: Window) -> Option<&'static str> {
    match (relation, state) {
        (_, State::Closed) => Some("closed"),
        (_, State::Open) => Some("open"),
        (Relation::Consulted, State::Active) => Some("consulted"),
        (Relation::Monitored, State::Active) => Some("monitored"),
        (Relation::Own, State::Waiting) => Some("waiting"),
        (Relation::Own, State::WrapUp) => Some("wrap-up"),
        (Relation::Own | Relation::Joined, State::Active) => match window {
            Window::Always | Window::Open(_) | Window::Tagged(..) => None,
            Window::Closed(_) => Some("window"),
            Window::HeldElsewhere => Some("standby"),
        },
        (_, State::Active | State::Waiting | State::WrapUp) => Some("foreign"),
    }
}

/// Enough of a platform's id to find a customer in the platform's own inbox or log.
fn tail(platform_id: &str) -> String {
    let start = platform_id
        .char_indices()
        .rev()
        .nth(7)
        .map_or(0, |(at, _)| at);
    match &platform_id[start..] {
        short if short.len() == platform_id.len() => short.to_owned(),
        tail => format!("…{tail}"),
    }
}

/// The name of a language by its tag; the tag itself where the catalog has no name.
fn language(tag: &str) -> Text {
    let primary = tag.split('-').next().unwrap_or(tag).to_ascii_lowercase();
    [
        format!("language-{}", tag.to_ascii_lowercase()),
        format!("language-{primary}"),
    ]
    .into_iter()
    .find(|key| locale::has(key))
    .map_or_else(
        || Text::new("language-other").arg("tag", tag.to_owned()),
        Text::new,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_takes_part_writes_notes_and_only_the_holder_hands_on() {
        for (relation, note, hand_on) in [
            (Relation::Own, true, true),
            (Relation::Joined, true, false),
            (Relation::Consulted, true, false),
            (Relation::Monitored, true, false),
            (Relation::Foreign, false, false),
        ] {
            let can = Can::of(Role::Supervisor, relation, State::Active);
            assert_eq!((can.note, can.hand_on), (note, hand_on), "{relation:?}");
            let closed = Can::of(Role::Supervisor, relation, State::Closed);
            assert!(!closed.note && !closed.hand_on, "{relation:?}");
        }
    }

    #[test]
    fn only_what_is_possible_is_offered() {
        let offered = |relation, state| {
            let can = Can::of(Role::Agent, relation, state);
            [can.assign, can.end, can.park, can.resume, can.complete]
        };
        use Relation::*;
        use State::*;
        for (relation, state, expected) in [
            (OwnQueue, Open, [true, false, false, false, false]),
            (Own, Active, [false, true, true, false, false]),
            (Own, Waiting, [false, false, false, true, false]),
            (Own, WrapUp, [false, false, false, false, true]),
            (Own, Closed, [false; 5]),
            (Foreign, Active, [false; 5]),
        ] {
            assert_eq!(offered(relation, state), expected, "{relation:?} {state:?}");
        }
    }

    #[test]
    fn one_writes_in_ones_own_active_conversation_while_the_window_is_open() {
        let open = Window::Open(Timestamp::from_millis(1));
        let closed = Window::Closed(None);
        for (state, relation, window, why) in [
            (State::Active, Relation::Own, open, None),
            (State::Active, Relation::Own, Window::Always, None),
            (State::Active, Relation::Own, closed, Some("window")),
            (
                State::Active,
                Relation::Own,
                Window::HeldElsewhere,
                Some("standby"),
            ),
            (State::Active, Relation::Joined, open, None),
            (State::Active, Relation::Joined, closed, Some("window")),
            (State::WrapUp, Relation::Joined, open, Some("foreign")),
            (State::Active, Relation::Consulted, open, Some("consulted")),
            (State::Active, Relation::Monitored, open, Some("monitored")),
            (State::Waiting, Relation::Consulted, open, Some("foreign")),
            (State::Active, Relation::Foreign, open, Some("foreign")),
            (State::Open, Relation::OwnQueue, open, Some("open")),
            (State::Waiting, Relation::Own, open, Some("waiting")),
            (State::WrapUp, Relation::Own, open, Some("wrap-up")),
            (State::Closed, Relation::Own, open, Some("closed")),
        ] {
            assert_eq!(closed_because(state, relation, window), why, "{state:?}");
        }
    }

    #[test]
    fn an_id_is_shown_by_its_end() {
        assert_eq!(tail("6912345670318826"), "…70318826");
        assert_eq!(tail("70318826"), "70318826");
    }
}
