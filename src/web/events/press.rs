//! Renders a live event once and hands the same bytes to every tab that may see it.
//!
//! Reading and rendering one event takes well under a millisecond and happens once for all tabs, so it runs
//! where the first tab asks for it. What is rendered is how things stand now, not how they stood at the
//! event: a fragment may be late or come twice, and still be true.

use std::collections::VecDeque;
use std::sync::Arc;

use askama::Template;
use parking_lot::Mutex;

use crate::clock;
use crate::domain::access::{Relation, Viewer};
use crate::domain::conversation::State;
use crate::domain::ids::{ConversationId, LiveEventId, MessageId, UserId};
use crate::domain::live_event::LiveEvent;
use crate::domain::message::Author;
use crate::live::wire::{self, Frame as Bytes};
use crate::locale::Locale;
use crate::store::work_items::{self, Audience};
use crate::store::{self, Reader, Store, conversations, live_events, messages, users};
use crate::web::App;
use crate::web::page::{Frame, filters};
use crate::web::workspace::conversation_view::{ConversationView, Facts};
use crate::web::workspace::log::{LineView, line_view};
use crate::web::workspace::message_view::MessageFragment;

/// So many editions are kept: tabs ask for the newest, streams that come back for a few older ones.
const KEPT: usize = 64;
/// A conversation rarely gets more lines of history in one millisecond.
const LINES: usize = 20;

/// The newest editions.
#[derive(Default)]
pub struct Press {
    editions: Mutex<VecDeque<Arc<Edition>>>,
}

/// One event, for everybody.
pub struct Edition {
    id: LiveEventId,
    event: LiveEvent,
    conversation: ConversationId,
    audience: Audience,
    /// Whether rows of lists look different after it.
    pub changes_lists: bool,
    /// What was rendered so far.
    prints: Mutex<Vec<(Eye, Locale, Option<Bytes>)>>,
}

/// Whose eyes an event is rendered for: all that a fragment depends on beside the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eye {
    /// Who holds the conversation.
    Holder,
    /// Who writes to the customer beside the holder.
    Joined,
    /// Whom the holder asks.
    Consulted,
    /// Who could take it.
    Picker,
    /// Who reads along as a supervisor.
    Monitor,
    /// Who may read what others answer.
    Onlooker,
    /// Who could have taken it until now: learns who has it, and nothing more.
    Overtaken,
}

/// Lists that look different after an event. The greater includes the less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lists {
    /// *Open work items*.
    Queue,
    /// The person's own, too: session list, unread counts.
    Mine,
}

impl Press {
    /// The edition of an event. `None` when its conversation is gone.
    ///
    /// # Errors
    /// SQLite's.
    pub fn edition(
        &self,
        app: &App,
        id: LiveEventId,
        event: LiveEvent,
        conversation: ConversationId,
    ) -> store::Result<Option<Arc<Edition>>> {
        // Held while reading: the other tabs wait for the one that reads, instead of reading as well.
        let mut editions = self.editions.lock();
        if let Some(known) = editions.iter().rev().find(|edition| edition.id == id) {
            return Ok(Some(known.clone()));
        }
        let edition = app.store.read(|reader| {
            let audience = work_items::audience(reader, conversation)?;
            let changes_lists = match event {
                // How far a message of ours has come is not shown in lists.
                LiveEvent::MessageChanged(_, message) => messages::by_id(reader, message)?
                    .is_none_or(|message| message.author == Author::Customer),
                _ => true,
            };
            Ok(audience.map(|audience| {
                Arc::new(Edition {
                    id,
                    event,
                    conversation,
                    audience,
                    changes_lists,
                    prints: Mutex::default(),
                })
            }))
        })?;
        if let Some(edition) = &edition {
            if editions.len() == KEPT {
                editions.pop_front();
            }
            editions.push_back(edition.clone());
        }
        Ok(edition)
    }
}

impl Eye {
    /// How `viewer` sees the event; `None`: not at all.
    pub fn of(edition: &Edition, viewer: Viewer) -> Option<Eye> {
        let relation = edition.audience.relation(viewer.user);
        let may_read = edition.audience.may_read(viewer);
        let is_about_state = matches!(edition.event, LiveEvent::ConversationChanged(_));
        match relation {
            _ if !may_read => (is_about_state && edition.audience.is_member(viewer.user))
                .then_some(Eye::Overtaken),
            Relation::Own => Some(Eye::Holder),
            Relation::Joined => Some(Eye::Joined),
            Relation::Consulted => Some(Eye::Consulted),
            Relation::OwnQueue => Some(Eye::Picker),
            Relation::Monitored => Some(Eye::Monitor),
            Relation::Foreign => Some(Eye::Onlooker),
        }
    }

    fn relation(self) -> Relation {
        match self {
            Eye::Holder => Relation::Own,
            Eye::Joined => Relation::Joined,
            Eye::Consulted => Relation::Consulted,
            Eye::Picker => Relation::OwnQueue,
            Eye::Monitor => Relation::Monitored,
            Eye::Onlooker | Eye::Overtaken => Relation::Foreign,
        }
    }
}

impl Edition {
    /// Whether it changes what an offer to the person shows: the customer's name, the last message.
    pub fn changes_offer_to(&self, person: UserId) -> bool {
        self.audience.is_asked(person)
    }

    /// Which of a person's lists look different after it.
    pub fn lists_of(&self, person: UserId) -> Option<Lists> {
        if !self.changes_lists {
            return None;
        }
        let is_about_state = matches!(self.event, LiveEvent::ConversationChanged(_));
        match self.audience.relation(person) {
            Relation::Own | Relation::Joined | Relation::Consulted => Some(Lists::Mine),
            Relation::OwnQueue => Some(Lists::Queue),
            // Somebody took it: it leaves the list of those who could have.
            Relation::Monitored | Relation::Foreign
                if is_about_state && self.audience.is_member(person) =>
            {
                Some(Lists::Queue)
            }
            Relation::Monitored | Relation::Foreign => None,
        }
    }

    /// The event as `eye` sees it, in the language of `frame`. `None`: there is nothing to see.
    ///
    /// # Errors
    /// What reading or rendering failed with.
    pub fn print(
        &self,
        app: &App,
        eye: Eye,
        viewer: Viewer,
        frame: &Frame,
    ) -> Result<Option<Bytes>, Spoiled> {
        let mut prints = self.prints.lock();
        let known =
            |(known, locale, _): &&(Eye, Locale, _)| (*known, *locale) == (eye, frame.locale);
        if let Some((_, _, bytes)) = prints.iter().find(known) {
            return Ok(bytes.clone());
        }
        let bytes = self
            .render(app, eye, viewer, frame)?
            .map(|html| wire::html(self.id, &html));
        prints.push((eye, frame.locale, bytes.clone()));
        Ok(bytes)
    }

    fn render(
        &self,
        app: &App,
        eye: Eye,
        viewer: Viewer,
        frame: &Frame,
    ) -> Result<Option<String>, Spoiled> {
        let (id, store) = (self.conversation, &app.store);
        if eye == Eye::Overtaken {
            return overtaken(store, id, frame);
        }
        let scene = store.read(|reader| self.scene(reader, app, eye, viewer, frame))?;
        let Some(scene) = scene else {
            return Ok(None);
        };
        Ok(Some(scene.render_with_values(frame)?))
    }

    /// Everything that the page of the conversation shows differently now. `None` when the conversation is
    /// gone.
    fn scene(
        &self,
        reader: &Reader<'_>,
        app: &App,
        eye: Eye,
        viewer: Viewer,
        frame: &Frame,
    ) -> store::Result<Option<Scene>> {
        let Some(conversation) = conversations::by_id(reader, self.conversation)? else {
            return Ok(None);
        };
        let is_active = conversation.state == State::Active;
        let fragment = |message: MessageId| {
            let has_buttons = matches!(eye, Eye::Holder | Eye::Joined) && is_active;
            MessageFragment::of(reader, &conversation, message, has_buttons, frame.time_zone)
        };
        let message = match self.event {
            LiveEvent::MessageAdded(_, message) => fragment(message)?.map(Told::Added),
            LiveEvent::MessageChanged(_, message) => Some(match fragment(message)? {
                Some(fragment) => Told::Changed(fragment),
                None => Told::Gone(message),
            }),
            LiveEvent::ConversationChanged(_) | LiveEvent::AccountChanged(_) => None,
        };
        // What the customer writes opens the reply window; nothing else about a message moves the rest.
        let wrote = matches!(&message, Some(Told::Added(fragment)) if fragment.message.author == Author::Customer);
        let is_about_state = matches!(self.event, LiveEvent::ConversationChanged(_));
        let lines = match is_about_state {
            true => self.lines(reader)?,
            false => Vec::new(),
        };
        let view = match is_about_state || wrote {
            true => {
                let facts = Facts::of(reader, &app.channels, conversation, viewer.user)?;
                let now = clock::now();
                ConversationView::new(facts, &app.channels, viewer.role, eye.relation(), now)
            }
            false => None,
        };
        Ok(Some(Scene {
            id: self.conversation,
            message,
            lines,
            is_about_state,
            view,
        }))
    }

    /// The lines of history that came with the event.
    fn lines(&self, reader: &Reader<'_>) -> store::Result<Vec<LineView>> {
        let Some(at) = live_events::occurred_at(reader, self.id)? else {
            return Ok(Vec::new());
        };
        let until = at.plus(std::time::Duration::from_millis(1));
        let lines =
            conversations::history(reader, self.conversation, Some(at), Some(until), LINES)?;
        Ok(lines.iter().map(line_view).collect())
    }
}

/// Why an event was not rendered.
#[derive(Debug, thiserror::Error)]
pub enum Spoiled {
    /// It could not be read.
    #[error(transparent)]
    Unread(#[from] store::StoreError),
    /// Its template failed.
    #[error(transparent)]
    Unrendered(#[from] askama::Error),
}

/// The parts of a conversation's page that an event changes.
#[derive(Template)]
#[template(path = "events/conversation.html")]
struct Scene {
    id: ConversationId,
    message: Option<Told>,
    lines: Vec<LineView>,
    is_about_state: bool,
    view: Option<ConversationView>,
}

/// What happened to a message.
enum Told {
    Added(MessageFragment),
    Changed(MessageFragment),
    Gone(MessageId),
}

/// What those see who could have taken a conversation, when somebody has.
#[derive(Template)]
#[template(path = "events/overtaken.html")]
struct Overtaken {
    id: ConversationId,
    name: String,
}

fn overtaken(store: &Store, id: ConversationId, frame: &Frame) -> Result<Option<String>, Spoiled> {
    let name = store.read(|reader| {
        let holder = conversations::by_id(reader, id)?.and_then(|conversation| conversation.agent);
        match holder {
            Some(holder) => users::name(reader, holder),
            None => Ok(None),
        }
    })?;
    let Some(name) = name else {
        return Ok(None);
    };
    Ok(Some(Overtaken { id, name }.render_with_values(frame)?))
}
