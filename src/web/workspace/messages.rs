//! Writing to a customer, and what an agent decides about a message that did not arrive, or may not have.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::response::{Redirect, Responder};
use rocket::{Route, State as Managed, post, routes};

use super::composer::ComposerView;
use super::message_view::MessageFragment;
use crate::channels::Channel;
use crate::clock;
use crate::domain::access::{Action, may};
use crate::domain::conversation::State;
use crate::domain::ids::{ConversationId, MessageId, UserId};
use crate::domain::{text, window};
use crate::locale::Text;
use crate::store::conversations::Conversation;
use crate::store::outbox::{self, Enqueued, Reply};
use crate::store::pages::Page as ChannelPage;
use crate::store::{self, Reader, Store, messages, pages, work_items};
use crate::web::App;
use crate::web::failure::{Answer, Failure};
use crate::web::forms::{Button, Form};
use crate::web::guards::Agent;
use crate::web::page::{ForFragment, Frame, Page, filters};

/// A longer text is no message any more, and would hold up what is written after it.
const MOST_PARTS: usize = 10;
/// So many of what came in meanwhile are shown with the refusal.
const MOST_NEWER: usize = 50;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![send, retry, release, delete]
}

/// A reply as the composer sends it.
#[derive(FromForm)]
struct Typed {
    text: String,
    client_id: String,
    last_seen_message_id: i64,
}

/// What *Send* answers.
#[derive(Responder)]
enum Sent {
    /// The messages, for the end of the log.
    Added(Page<Added>),
    /// Why not, for parts of the page.
    Refused(Page<Refused>),
    /// Why not, as a page of its own.
    RefusedPage(Box<Page<RefusedPage>>),
    /// To the conversation.
    SeeOther(Redirect),
}

#[derive(Template)]
#[template(path = "workspace/messages/added.html")]
struct Added {
    fragments: Vec<MessageFragment>,
}

#[derive(Template)]
#[template(path = "workspace/messages/refused.html")]
struct Refused {
    newer: Vec<MessageFragment>,
    notice: Option<Text>,
}

#[derive(Template)]
#[template(path = "workspace/messages/refused_page.html")]
struct RefusedPage {
    newer: Vec<MessageFragment>,
    composer: ComposerView,
}

#[post("/workspace/conversations/<id>/messages", data = "<typed>")]
async fn send(
    id: i64,
    agent: Agent,
    frame: &Frame,
    for_fragment: ForFragment,
    typed: Form<Typed>,
    app: &Managed<Arc<App>>,
) -> Answer<Sent> {
    let id = ConversationId(id);
    let place = app.store.read(|reader| Place::load(reader, &agent, id))?;
    let place = place.ok_or(Status::NotFound)?;
    if !place.may_answer {
        return Err(Status::Forbidden.into());
    }
    let typed = typed.read()?;
    let is_stored = app.store.read(|reader| {
        let stored = outbox::stored(reader, id, agent.id, &typed.client_id)?;
        Ok(!stored.is_empty())
    })?;
    let answered = match check(&typed, &place, app, is_stored)? {
        Ok(reply) => enqueue(&app.store, reply).await?,
        Err(refusal) => Err(refusal),
    };
    let zone = frame.time_zone;
    let fragments = |ids: &[MessageId]| -> Answer<Vec<MessageFragment>> {
        Ok(app.store.read(|reader| {
            let fragment = |id: &MessageId| {
                MessageFragment::of(reader, &place.conversation, *id, place.has_buttons(), zone)
            };
            ids.iter()
                .filter_map(|id| fragment(id).transpose())
                .collect()
        })?)
    };
    match answered {
        Ok(ids) if for_fragment.0 => Ok(Sent::Added(Page::ok(Added {
            fragments: fragments(&ids)?,
        }))),
        Ok(_) => Ok(Sent::SeeOther(place.address())),
        Err(refusal) => {
            let newer = newer_than(&app.store, &place, &typed)?;
            let newest = newer.last().copied();
            let newer = fragments(&newer)?;
            let notice = Some(refusal.notice);
            if for_fragment.0 {
                let refused = Refused { newer, notice };
                return Ok(Sent::Refused(Page(refusal.status, refused)));
            }
            let composer = ComposerView {
                notice,
                ..ComposerView::new(
                    place.conversation.id,
                    place.channel(app)?,
                    &place.page.name,
                    Some(newest.unwrap_or(MessageId(typed.last_seen_message_id))),
                    typed.text.clone(),
                )
            };
            let page = RefusedPage { newer, composer };
            Ok(Sent::RefusedPage(Box::new(Page(refusal.status, page))))
        }
    }
}

/// Why a reply was not taken.
struct Refusal {
    status: Status,
    notice: Text,
}

fn refuse(status: Status, key: &str) -> Refusal {
    Refusal {
        status,
        notice: Text::new(key),
    }
}

/// The reply that was typed, or why it cannot be one. One that is stored already is not judged again: the
/// browser only has not heard of it.
fn check(
    typed: &Typed,
    place: &Place,
    app: &App,
    is_stored: bool,
) -> Answer<Result<Reply, Refusal>> {
    if !is_client_id(&typed.client_id) {
        return Err(Status::UnprocessableEntity.into());
    }
    let channel = place.channel(app)?;
    let parts = text::split(&as_written(&typed.text), channel.text_limit());
    if parts.is_empty() {
        return Ok(Err(refuse(Status::UnprocessableEntity, "send-empty")));
    }
    if parts.len() > MOST_PARTS {
        let notice = Text::new("send-too-long").arg("most", MOST_PARTS);
        let status = Status::UnprocessableEntity;
        return Ok(Err(Refusal { status, notice }));
    }
    let window = window::check(
        channel.window(),
        place.page.human_agent_tag,
        place.conversation.last_inbound_at,
        clock::now(),
    );
    if !window.is_open() && !is_stored {
        let closed = refuse(Status::UnprocessableEntity, "send-window-closed");
        return Ok(Err(closed));
    }
    Ok(Ok(Reply {
        conversation: place.conversation.id,
        user: place.agent,
        client_id: typed.client_id.clone(),
        parts,
        parts_per_call: channel.messages_per_call(),
        last_seen: Some(MessageId(typed.last_seen_message_id)),
    }))
}

/// Made by our page: letters, digits and dashes, so that it can be part of an element's id.
fn is_client_id(text: &str) -> bool {
    (8..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// A browser without scripts ends lines with CR LF. Control characters are nothing that anybody typed.
fn as_written(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .filter(|sign| !sign.is_control() || matches!(sign, '\n' | '\t'))
        .collect()
}

async fn enqueue(store: &Store, reply: Reply) -> Answer<Result<Vec<MessageId>, Refusal>> {
    let enqueued = store.write(move |tx| outbox::enqueue(tx, &reply)).await?;
    Ok(match enqueued {
        Enqueued::Queued(ids) => Ok(ids),
        Enqueued::Stale => Err(refuse(Status::Conflict, "send-stale")),
        Enqueued::NotActive => Err(refuse(Status::Conflict, "send-not-active")),
    })
}

/// What came in after what the person had seen.
fn newer_than(store: &Store, place: &Place, typed: &Typed) -> Answer<Vec<MessageId>> {
    let last_seen = MessageId(typed.last_seen_message_id);
    let newer = store.read(|reader| {
        messages::newer_than(reader, place.conversation.id, last_seen, MOST_NEWER)
    })?;
    Ok(newer.iter().map(|message| message.id).collect())
}

/// What a press of a button at a message answers.
#[derive(Responder)]
enum Pressed {
    /// The message as it stands now, in its place.
    Shown(Page<Shown>),
    /// To the conversation.
    SeeOther(Redirect),
}

#[derive(Template)]
#[template(path = "workspace/messages/shown.html")]
struct Shown {
    /// `None`: it is gone.
    fragment: Option<MessageFragment>,
}

#[post("/workspace/messages/<id>/retry", data = "<_button>")]
async fn retry(
    id: i64,
    agent: Agent,
    frame: &Frame,
    for_fragment: ForFragment,
    _button: Button,
    app: &Managed<Arc<App>>,
) -> Answer<Pressed> {
    let (id, user) = (MessageId(id), agent.id);
    let place = Place::of_message(&app.store, &agent, id)?;
    app.store
        .write(move |tx| outbox::retry(tx, id, user))
        .await?;
    pressed(&app.store, &place, id, frame, for_fragment)
}

#[post("/workspace/messages/<id>/release", data = "<_button>")]
async fn release(
    id: i64,
    agent: Agent,
    frame: &Frame,
    for_fragment: ForFragment,
    _button: Button,
    app: &Managed<Arc<App>>,
) -> Answer<Pressed> {
    let (id, user) = (MessageId(id), agent.id);
    let place = Place::of_message(&app.store, &agent, id)?;
    app.store
        .write(move |tx| outbox::release(tx, id, user))
        .await?;
    pressed(&app.store, &place, id, frame, for_fragment)
}

#[post("/workspace/messages/<id>/delete", data = "<_button>")]
async fn delete(
    id: i64,
    agent: Agent,
    frame: &Frame,
    for_fragment: ForFragment,
    _button: Button,
    app: &Managed<Arc<App>>,
) -> Answer<Pressed> {
    let (id, user) = (MessageId(id), agent.id);
    let place = Place::of_message(&app.store, &agent, id)?;
    app.store
        .write(move |tx| outbox::delete(tx, id, user))
        .await?;
    pressed(&app.store, &place, id, frame, for_fragment)
}

/// The message as it stands now, whether the press changed it or somebody, or proof, was faster.
fn pressed(
    store: &Store,
    place: &Place,
    id: MessageId,
    frame: &Frame,
    for_fragment: ForFragment,
) -> Answer<Pressed> {
    if !for_fragment.0 {
        return Ok(Pressed::SeeOther(place.address()));
    }
    let fragment = store.read(|reader| {
        MessageFragment::of(
            reader,
            &place.conversation,
            id,
            place.has_buttons(),
            frame.time_zone,
        )
    })?;
    Ok(Pressed::Shown(Page::ok(Shown { fragment })))
}

/// The conversation that is written to, for the person who writes.
struct Place {
    conversation: Conversation,
    page: ChannelPage,
    agent: UserId,
    /// Whether the person may write here, or decide about what was written.
    may_answer: bool,
}

impl Place {
    /// `None`: there is no such conversation for this person.
    fn load(
        reader: &Reader<'_>,
        agent: &Agent,
        id: ConversationId,
    ) -> store::Result<Option<Place>> {
        let viewer = agent.viewer();
        let Some((conversation, relation)) = work_items::load_for(reader, viewer, id)? else {
            return Ok(None);
        };
        let Some(page) = pages::by_id(reader, conversation.page)? else {
            return Ok(None);
        };
        let may_answer = may(viewer.role, Action::AnswerConversation, relation);
        Ok(Some(Place {
            conversation,
            page,
            agent: agent.id,
            may_answer,
        }))
    }

    /// The conversation of a message that the person may decide about.
    fn of_message(store: &Store, agent: &Agent, id: MessageId) -> Answer<Place> {
        let place = store.read(|reader| match messages::by_id(reader, id)? {
            Some(message) => Place::load(reader, agent, message.conversation),
            None => Ok(None),
        })?;
        match place {
            Some(place) if place.may_answer => Ok(place),
            Some(_) => Err(Status::Forbidden.into()),
            None => Err(Status::NotFound.into()),
        }
    }

    fn channel<'a>(&self, app: &'a App) -> Result<&'a dyn Channel, Failure> {
        app.channels
            .get(&self.page.channel)
            .ok_or_else(|| Status::InternalServerError.into())
    }

    /// Whether the buttons at a message that did not arrive do something.
    fn has_buttons(&self) -> bool {
        self.may_answer && self.conversation.state == State::Active
    }

    fn address(&self) -> Redirect {
        Redirect::to(format!("/workspace/conversations/{}", self.conversation.id))
    }
}

#[cfg(test)]
mod tests;
