//! One conversation: its page, the older pages of its log, and the same customer's earlier conversations.

use std::sync::Arc;

use askama::Template;
use rocket::http::Status;
use rocket::{Either, Route, State as Managed, get, routes};

use super::composer::Quoted;
use super::conversation_view::{Composer, ConversationView, Facts};
use super::customer::CustomerView;
use super::customers::notes::Notes;
use super::customers::timeline::Timeline;
use super::load;
use super::log::{self, LogPage};
use super::message_view::Thread;
use super::sessions::Sessions;
use super::work_items::Glance;
use crate::clock;
use crate::domain::access::{self, Action, Relation};
use crate::domain::conversation::State;
use crate::domain::ids::{ConversationId, MessageId};
use crate::domain::text::shorten;
use crate::domain::time::Timestamp;
use crate::locale::Text;
use crate::store::conversations::{self, Conversation};
use crate::store::masking::{self, Masks};
use crate::store::notes::About;
use crate::store::{self, Reader, customer_links, messages, read_marks, work_items};
use crate::web::App;
use crate::web::failure::{Answer, Failure};
use crate::web::guards::Agent;
use crate::web::page::{ForFragment, Frame, Page, Person, filters};

/// So many of the customer's earlier conversations are listed.
const EARLIER: usize = 10;
/// So many moments of what there was with the customer are beside his conversation; his own page has all of them.
const MOMENTS: usize = 8;

/// So much of what is answered stands above the reply.
const QUOTED_CHARACTERS: usize = 120;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![show, older, earlier]
}

/// The page of a conversation.
#[derive(Template)]
#[template(path = "workspace/conversations/show.html")]
pub struct Show {
    view: ConversationView,
    sessions: Sessions,
    log: LogPage,
    /// The newest message, when the viewer has not seen all of the customer's.
    unread_until: Option<MessageId>,
    /// The page of the log is not the newest one: where nothing is written.
    is_older: bool,
    earlier: Vec<EarlierView>,
    notes: Notes,
    timeline: Timeline,
    /// Somebody was just taken back as the customer, by the viewer.
    can_undo_unlink: bool,
}

/// An earlier conversation of the same customer, folded.
struct EarlierView {
    id: ConversationId,
    closed_at: Timestamp,
    last: Option<Text>,
}

impl Show {
    /// The page at the newest messages, or at those before `before`. `None` when the viewer may not know of
    /// the conversation.
    ///
    /// # Errors
    /// SQLite's.
    pub fn read(
        reader: &Reader<'_>,
        app: &App,
        person: &Person,
        frame: &Frame,
        id: ConversationId,
        before: Option<MessageId>,
    ) -> store::Result<Option<Show>> {
        let now = clock::now();
        let Some((conversation, relation)) = work_items::load_for(reader, person.viewer(), id)?
        else {
            return Ok(None);
        };
        let thread = Thread::of(reader, &conversation, frame.time_zone)?;
        let has_buttons = has_buttons(person, &conversation, relation);
        let log = log::page(reader, &thread, before, has_buttons)?;
        let earlier = conversations::earlier(reader, conversation.profile, id, EARLIER)?
            .into_iter()
            .map(|found| EarlierView::read(reader, person, &found, &thread.masks))
            .collect::<store::Result<_>>()?;
        let notes = Notes::read(reader, About::Conversation(id), person.id, now)?;
        let profile = conversation.profile;
        let linked = customer_links::of(reader, profile)?.map(|linked| linked.customer());
        let timeline = Timeline::newest(reader, person.viewer(), profile, linked, MOMENTS)?;
        let unlinked = customer_links::just_unlinked(reader, profile, person.id, now)?;
        let facts = Facts::of(reader, &app.channels, conversation, person.id)?;
        let view = ConversationView::new(facts, &app.channels, person.role, relation, now);
        let sessions = Sessions::read(reader, person, Some(id), now)?;
        let has_unread = read_marks::unread(reader, id, person.id)? > 0;
        let unread_until = log.newest.filter(|_| has_unread);
        Ok(view.map(|view| Show {
            sessions,
            log,
            unread_until,
            is_older: before.is_some(),
            can_undo_unlink: view.can_link && unlinked.is_some(),
            view,
            earlier,
            notes,
            timeline,
        }))
    }
}

impl EarlierView {
    fn read(
        reader: &Reader<'_>,
        person: &Person,
        conversation: &Conversation,
        masks: &Masks,
    ) -> store::Result<EarlierView> {
        let last = match conversation.last_message {
            Some(last) => messages::by_id(reader, last)?,
            None => None,
        };
        Ok(EarlierView {
            id: conversation.id,
            closed_at: conversation
                .closed_at
                .unwrap_or(conversation.state_changed_at),
            last: last.map(|last| Glance::of_message(&last, person.id, masks).text),
        })
    }
}

/// Whether the buttons at a message that did not arrive do something.
fn has_buttons(person: &Person, conversation: &Conversation, relation: Relation) -> bool {
    conversation.state == State::Active
        && access::may(person.role, Action::WriteToCustomer, relation)
}

#[get("/workspace/conversations/<id>?<before>&<quote>")]
async fn show(
    person: Agent,
    id: i64,
    before: Option<i64>,
    quote: Option<i64>,
    frame: &Frame,
    app: &Managed<Arc<App>>,
) -> Answer<Page<Show>> {
    load(app, &person, id)?;
    let (id, before) = (ConversationId(id), before.map(MessageId));
    let (page, quoted) = app.store.read(|reader| {
        let page = Show::read(reader, app, &person, frame, id, before)?;
        let quoted = match quote {
            Some(quote) => quoted(reader, id, MessageId(quote))?,
            None => None,
        };
        Ok((page, quoted))
    })?;
    let mut page = page.ok_or(Failure::from(Status::NotFound))?;
    if let Composer::Open(composer) = &mut page.view.composer {
        composer.quoted = quoted;
    }
    Ok(Page::ok(page))
}

/// A message of a conversation that a reply can quote, as the composer shows it.
fn quoted(
    reader: &Reader<'_>,
    conversation: ConversationId,
    message: MessageId,
) -> store::Result<Option<Quoted>> {
    let found = messages::by_id(reader, message)?.filter(|found| {
        found.conversation == conversation && found.can_be_quoted && found.unsent_at.is_none()
    });
    let masks = masking::masks(reader)?;
    Ok(found.map(|found| Quoted {
        id: message,
        text: shorten(&masks.hide(found.author, &found.text), QUOTED_CHARACTERS),
    }))
}

/// Older entries of a log, to stand above those that are there.
#[derive(Template)]
#[template(path = "workspace/conversations/older.html")]
struct Older {
    id: ConversationId,
    log: LogPage,
}

#[get("/workspace/conversations/<id>/messages?<before>")]
fn older(
    person: Agent,
    id: i64,
    before: i64,
    frame: &Frame,
    app: &Managed<Arc<App>>,
) -> Answer<Page<Older>> {
    let (id, before) = (ConversationId(id), MessageId(before));
    let page = app.store.read(|reader| {
        let Some((conversation, relation)) = work_items::load_for(reader, person.viewer(), id)?
        else {
            return Ok(None);
        };
        let thread = Thread::of(reader, &conversation, frame.time_zone)?;
        let has_buttons = has_buttons(&person, &conversation, relation);
        let log = log::page(reader, &thread, Some(before), has_buttons)?;
        Ok(Some(Older { id, log }))
    })?;
    page.map(Page::ok).ok_or(Failure::from(Status::NotFound))
}

/// An earlier conversation on a page of its own, or unfolded where it is listed.
#[derive(Template)]
#[template(path = "workspace/conversations/earlier.html")]
struct Earlier {
    /// The conversation that it is looked at from.
    now: ConversationId,
    customer: Arc<CustomerView>,
    sessions: Sessions,
    began_at: Timestamp,
    log: LogPage,
}

/// The entries alone.
#[derive(Template)]
#[template(path = "workspace/conversations/unfolded.html")]
struct Unfolded {
    now: ConversationId,
    id: ConversationId,
    log: LogPage,
}

#[get("/workspace/conversations/<id>/earlier/<earlier>?<before>")]
fn earlier(
    person: Agent,
    id: i64,
    earlier: i64,
    before: Option<i64>,
    frame: &Frame,
    for_fragment: ForFragment,
    app: &Managed<Arc<App>>,
) -> Answer<Either<Page<Unfolded>, Page<Earlier>>> {
    let (now, before) = (ConversationId(id), before.map(MessageId));
    let found = app.store.read(|reader| {
        let Some((conversation, _)) = work_items::load_for(reader, person.viewer(), now)? else {
            return Ok(None);
        };
        let id = ConversationId(earlier);
        let Some(earlier) = work_items::load_earlier(reader, &conversation, id)? else {
            return Ok(None);
        };
        let thread = Thread::of(reader, &earlier, frame.time_zone)?;
        let log = log::page(reader, &thread, before, false)?;
        Ok(Some(match for_fragment.0 {
            true => Either::Left(Page::ok(Unfolded { now, id, log })),
            false => Either::Right(Page::ok(Earlier {
                now,
                customer: thread.customer,
                sessions: Sessions::read(reader, &person, Some(now), clock::now())?,
                began_at: earlier.created_at,
                log,
            })),
        }))
    })?;
    found.ok_or(Failure::from(Status::NotFound))
}
