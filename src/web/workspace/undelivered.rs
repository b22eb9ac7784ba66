//! What an agent decides about a message that did not arrive, or may not have: *Try again*, *Leave it and go
//! on*, *Delete*; and about one that waits to cost less: *Send now*, *Delete*.
//!
//! Only *Delete* asks first: its text is gone for good. The other two lose nothing.

use std::sync::Arc;

use askama::Template;
use rocket::http::Status;
use rocket::response::{Redirect, Responder};
use rocket::{Route, State as Managed, get, post, routes};

use super::message_view::{self, MessageFragment};
use super::place::Place;
use super::question::{Asked, Question};
use crate::domain::ids::{MessageId, UserId};
use crate::domain::text::shorten;
use crate::locale::Text;
use crate::store::{self, Tx, masking, messages, outbox};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::Button;
use crate::web::guards::Agent;
use crate::web::page::{ForFragment, Frame, Page};

/// How much of a message its question repeats.
const NAMED_BY_CHARACTERS: usize = 80;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![retry, release, hurry, confirm_delete, delete]
}

/// What a press of a button at a message answers.
#[derive(Responder)]
pub enum Pressed {
    /// The message as it stands now, in its place.
    Shown(Page<Shown>),
    /// To the conversation.
    SeeOther(Redirect),
}

#[derive(Template)]
#[template(path = "workspace/messages/shown.html")]
pub struct Shown {
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
    let id = MessageId(id);
    pressed(app, &agent, id, frame, for_fragment, |tx, id, user| {
        outbox::retry(tx, id, user).map(drop)
    })
    .await
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
    let id = MessageId(id);
    pressed(app, &agent, id, frame, for_fragment, |tx, id, user| {
        outbox::release(tx, id, user).map(drop)
    })
    .await
}

#[post("/workspace/messages/<id>/now", data = "<_button>")]
async fn hurry(
    id: i64,
    agent: Agent,
    frame: &Frame,
    for_fragment: ForFragment,
    _button: Button,
    app: &Managed<Arc<App>>,
) -> Answer<Pressed> {
    let id = MessageId(id);
    pressed(app, &agent, id, frame, for_fragment, |tx, id, user| {
        outbox::send_now(tx, id, user).map(drop)
    })
    .await
}

#[get("/workspace/messages/<id>/delete")]
fn confirm_delete(
    id: i64,
    agent: Agent,
    for_fragment: ForFragment,
    app: &Managed<Arc<App>>,
) -> Answer<Asked> {
    let id = MessageId(id);
    let place = Place::of_message(&app.store, &agent, id)?;
    let (message, masks) = app
        .store
        .read(|reader| Ok((messages::by_id(reader, id)?, masking::masks(reader)?)))?;
    let message = message.ok_or(Status::NotFound)?;
    let text = match message.attachments.first() {
        Some(file) if message.text.is_empty() => file.what.name.clone(),
        _ => masks.hide(message.author, &message.text),
    };
    let question = Question {
        title: Text::new("delete-title"),
        text: Text::new("delete-text").arg("message", shorten(&text, NAMED_BY_CHARACTERS)),
        keep: Text::new("keep-it"),
        act: Text::new("delete-act"),
        is_loss: true,
        action: format!("/workspace/messages/{id}/delete"),
        back: place.address(),
        replaces: Some(format!("#message-{}", message_view::key(&message))),
    };
    Ok(question.ask(for_fragment))
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
    let id = MessageId(id);
    pressed(app, &agent, id, frame, for_fragment, |tx, id, user| {
        outbox::delete(tx, id, user).map(drop)
    })
    .await
}

/// Does what was pressed at a message that the person may decide about, and answers with the message as it stands
/// then, whether the press changed it or somebody, or proof, was faster.
///
/// # Errors
/// 404 when the person may not know of the message, 403 when the person may only read it.
pub async fn pressed(
    app: &App,
    agent: &Agent,
    message: MessageId,
    frame: &Frame,
    for_fragment: ForFragment,
    act: impl FnOnce(&Tx<'_>, MessageId, UserId) -> store::Result<()> + Send + 'static,
) -> Answer<Pressed> {
    let user = agent.id;
    let place = Place::of_message(&app.store, agent, message)?;
    app.store.write(move |tx| act(tx, message, user)).await?;
    if !for_fragment.0 {
        return Ok(Pressed::SeeOther(Redirect::to(place.address())));
    }
    let fragment = app.store.read(|reader| {
        MessageFragment::of(
            reader,
            &place.conversation,
            message,
            place.has_buttons(),
            frame.time_zone,
        )
    })?;
    Ok(Pressed::Shown(Page::ok(Shown { fragment })))
}
