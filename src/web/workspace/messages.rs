//! Writing to a customer.
//!
//! The stale-reply guard: a reply says which message its writer had seen last. When the customer wrote after
//! that, the reply is not taken but answered with what came in; *Send anyway* then says the newest message
//! that was shown, and is judged by that, so that what came after it is shown in its turn.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::response::{Redirect, Responder};
use rocket::{Route, State as Managed, post, routes};

use super::composer::{ComposerView, FilesView};
use super::message_view::MessageFragment;
use super::place::Place;
use super::reading;
use crate::channels::Channel;
use crate::clock;
use crate::domain::automation::Trigger;
use crate::domain::ids::{ConversationId, MessageId};
use crate::domain::window::{self, Circumstances, Window};
use crate::domain::{markdown, text};
use crate::locale::Text;
use crate::store::automated_messages::{self, About};
use crate::store::outbox::{self, Enqueued, Reply};
use crate::store::{Store, masking, messages, settings};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::Form;
use crate::web::guards::Agent;
use crate::web::page::{ForFragment, Frame, Page, filters};

/// A longer text is no message any more, and would hold up what is written after it.
const MOST_PARTS: usize = 10;
/// Why nothing is sent when the time to reply is over; agents may be told in a line as well.
const WINDOW_CLOSED: &str = "send-window-closed";
/// So many of what came in meanwhile are shown with the refusal.
const MOST_NEWER: usize = 50;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![send]
}

/// A reply as the composer sends it.
#[derive(FromForm)]
struct Typed {
    text: String,
    client_id: String,
    last_seen_message_id: i64,
    /// The message that it answers.
    quoted_message_id: Option<i64>,
    /// *Send anyway*: the newest message that the refusal showed.
    confirmed_message_id: Option<i64>,
}

impl Typed {
    /// What the writer has seen and written.
    fn seen(&self) -> Seen {
        let shown = self.confirmed_message_id.unwrap_or_default();
        Seen {
            newest: Some(MessageId(self.last_seen_message_id.max(shown))),
            text: self.text.clone(),
        }
    }
}

/// What somebody has seen and written who sends something.
pub struct Seen {
    /// The newest message that was seen; `None`: whatever came in meanwhile does not matter.
    newest: Option<MessageId>,
    /// What stands in the composer.
    text: String,
}

impl Seen {
    /// Every message up to this one, and nothing was written; 0: it is not known.
    pub fn up_to(newest: MessageId) -> Seen {
        Seen {
            newest: Some(newest).filter(|newest| newest.0 > 0),
            text: String::new(),
        }
    }
}

/// What *Send* answers.
#[derive(Responder)]
pub enum Sent {
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
pub struct Added {
    fragments: Vec<MessageFragment>,
}

#[derive(Template)]
#[template(path = "workspace/messages/refused.html")]
pub struct Refused {
    newer: Vec<MessageFragment>,
    notice: Option<Text>,
    /// What *Send anyway* confirms.
    confirms: Option<MessageId>,
}

#[derive(Template)]
#[template(path = "workspace/messages/refused_page.html")]
pub struct RefusedPage {
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
    answer(app, frame, for_fragment, &place, answered, &typed.seen()).await
}

/// What came of sending something, for the page from which it was sent.
///
/// # Errors
/// What the database says.
pub async fn answer(
    app: &App,
    frame: &Frame,
    for_fragment: ForFragment,
    place: &Place,
    answered: Result<Vec<MessageId>, Refusal>,
    seen: &Seen,
) -> Answer<Sent> {
    if let Err(refusal) = &answered
        && refusal.notice.key() == WINDOW_CLOSED
    {
        let (id, trigger) = (place.conversation.id, Trigger::WindowClosed);
        app.store
            .write(move |tx| automated_messages::say(tx, id, trigger, About::default()))
            .await?;
    }
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
        Ok(_) => Ok(Sent::SeeOther(Redirect::to(place.address()))),
        Err(refusal) => {
            let newer = newer_than(&app.store, place, seen)?;
            let confirms = newer.last().copied().filter(|_| refusal.may_be_confirmed);
            let newer = fragments(&newer)?;
            let notice = Some(refusal.notice);
            if for_fragment.0 {
                let refused = Refused {
                    newer,
                    notice,
                    confirms,
                };
                return Ok(Sent::Refused(Page(refusal.status, refused)));
            }
            let channel = place.channel(app)?;
            let files = app
                .store
                .read(|reader| FilesView::of(reader, channel, place.page.id))?;
            let composer = ComposerView {
                notice,
                confirms,
                files,
                ..ComposerView::new(
                    place.conversation.id,
                    channel,
                    &place.page.name,
                    seen.newest,
                    seen.text.clone(),
                )
            };
            let page = RefusedPage { newer, composer };
            Ok(Sent::RefusedPage(Box::new(Page(refusal.status, page))))
        }
    }
}

/// Why a reply was not taken.
pub struct Refusal {
    status: Status,
    notice: Text,
    /// It goes out all the same when its writer has seen what came in.
    may_be_confirmed: bool,
}

impl Refusal {
    /// One that its writer cannot talk away.
    pub fn new(status: Status, notice: Text) -> Refusal {
        Refusal {
            status,
            notice,
            may_be_confirmed: false,
        }
    }
}

fn refuse(status: Status, key: &str) -> Refusal {
    Refusal::new(status, Text::new(key))
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
    let mut text = as_written(&typed.text);
    let (formatting, masks) = app.store.read(|reader| {
        let formatting = settings::read(reader)?.formatting;
        Ok((formatting, masking::masks(reader)?))
    })?;
    if formatting.markdown {
        text = markdown::render(&text, channel.dialect());
    }
    // After the formatting: its signs would be taken for headings.
    let parts = text::split(&masks.agents.hide(&text), channel.text_limit());
    if parts.is_empty() {
        return Ok(Err(refuse(Status::UnprocessableEntity, "send-empty")));
    }
    if parts.len() > MOST_PARTS {
        let notice = Text::new("send-too-long").arg("most", MOST_PARTS);
        return Ok(Err(Refusal::new(Status::UnprocessableEntity, notice)));
    }
    if let Some(why_not) = why_closed(place, channel).filter(|_| !is_stored) {
        return Ok(Err(why_not));
    }
    Ok(Ok(Reply {
        conversation: place.conversation.id,
        user: place.agent,
        client_id: typed.client_id.clone(),
        parts,
        parts_per_call: channel.messages_per_call(),
        quoted: typed.quoted_message_id.map(MessageId),
        last_seen: typed.seen().newest,
    }))
}

/// Why nothing may be sent now; `None`: it may.
pub fn why_closed(place: &Place, channel: &dyn Channel) -> Option<Refusal> {
    let circumstances = Circumstances {
        tag_allowed: place.page.human_agent_tag,
        last_inbound_at: place.conversation.last_inbound_at,
        standby: place.standby,
    };
    let why_not = match window::check(channel.window(), circumstances, clock::now()) {
        Window::Always | Window::Open(_) | Window::Tagged(..) => return None,
        Window::Closed(_) => WINDOW_CLOSED,
        Window::HeldElsewhere => "send-held-elsewhere",
    };
    Some(refuse(Status::UnprocessableEntity, why_not))
}

/// Made by our page: letters, digits and dashes, so that it can be part of an element's id.
pub fn is_client_id(text: &str) -> bool {
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
    let enqueued = store
        .write(move |tx| {
            let enqueued = outbox::enqueue(tx, &reply)?;
            // Who answers a message has read it, also where no script says so.
            if let (Enqueued::Queued(_), Some(seen)) = (&enqueued, reply.last_seen) {
                reading::saw(tx, reply.conversation, reply.user, seen)?;
            }
            Ok(enqueued)
        })
        .await?;
    Ok(match enqueued {
        Enqueued::Queued(ids) => Ok(ids),
        Enqueued::Stale => Err(Refusal {
            may_be_confirmed: true,
            ..refuse(Status::Conflict, "send-stale")
        }),
        Enqueued::NotActive => Err(refuse(Status::Conflict, "send-not-active")),
    })
}

/// What came in after what the person had seen.
fn newer_than(store: &Store, place: &Place, seen: &Seen) -> Answer<Vec<MessageId>> {
    let Some(newest) = seen.newest else {
        return Ok(Vec::new());
    };
    let newer = store
        .read(|reader| messages::newer_than(reader, place.conversation.id, newest, MOST_NEWER))?;
    Ok(newer.iter().map(|message| message.id).collect())
}

#[cfg(test)]
mod tests;
