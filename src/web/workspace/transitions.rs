//! What moves a conversation: each act is a small form that answers 303, and leaves a line that says who
//! and when.

use std::sync::Arc;

use askama::Template;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Either, Route, State as Managed, get, post, routes};

use super::load_held;
use super::question::{Asked, Question};
use crate::domain::conversation::{Act, State};
use crate::domain::ids::{ConversationId, UserId};
use crate::domain::offer::Event;
use crate::locale::Text;
use crate::store::conversations::{self, Assignment};
use crate::store::{self, Tx, offers, topics, users};
use crate::web::App;
use crate::web::failure::{Answer, Failure};
use crate::web::forms::Button;
use crate::web::guards::Agent;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{ForFragment, Page, filters};
use crate::work::route::answer::answer;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![assign, end, undo_end, confirm_park, park, resume, complete]
}

/// Why an act did nothing: somebody was faster. The page says who, and where to go on.
#[derive(Template)]
#[template(path = "workspace/conversations/overtaken.html")]
pub(super) struct Overtaken {
    pub(super) title: Text,
    pub(super) cause: Text,
    /// The conversation, when it may still be looked at.
    pub(super) conversation: Option<ConversationId>,
}

impl Overtaken {
    /// A conversation has moved on, and what was pressed is not possible any more.
    pub(super) fn moved(id: ConversationId) -> Page<Overtaken> {
        Page(
            Status::Conflict,
            Overtaken {
                title: Text::new("overtaken-moved"),
                cause: Text::new("overtaken-moved-cause"),
                conversation: Some(id),
            },
        )
    }
}

pub(super) type Moved = Answer<Either<Led, Page<Overtaken>>>;

/// *Assign to me*: of any number who press it exactly one gets the conversation, and the others are told who.
#[post("/workspace/conversations/<id>/assignment", data = "<_button>")]
async fn assign(person: Agent, id: i64, app: &Managed<Arc<App>>, _button: Button) -> Moved {
    let (id, user) = (ConversationId(id), person.id);
    // Who was a moment too late may not know of the conversation any more, but is told who has it.
    let may_take = app.store.read(|reader| {
        let audience = crate::store::work_items::audience(reader, id)?;
        Ok(audience.is_some_and(|audience| audience.is_member(user)))
    })?;
    if !may_take {
        return Err(Failure::from(Status::NotFound));
    }
    let assigned = app.store.write(move |tx| take(tx, id, user)).await?;
    let name = |of| app.store.read(|reader| users::name(reader, of));
    let (title, cause) = match assigned {
        Assignment::Won => return Ok(Either::Left(conversation(id))),
        Assignment::Lost { to } => (
            Text::new("overtaken-assignment").arg("name", name(to)?.unwrap_or_default()),
            Text::new("overtaken-assignment-cause"),
        ),
        Assignment::Offered { to } => (
            Text::new("overtaken-offered").arg("name", name(to)?.unwrap_or_default()),
            Text::new("overtaken-offered-cause"),
        ),
        Assignment::NotOpen => (
            Text::new("overtaken-closed"),
            Text::new("overtaken-closed-cause"),
        ),
    };
    let overtaken = Overtaken {
        title,
        cause,
        conversation: None,
    };
    Ok(Either::Right(Page(Status::Conflict, overtaken)))
}

/// Whoever presses *Assign to me* on what is offered to him accepts the offer; on what is offered to somebody else
/// the offer goes on. (Specification §4.11: what is taken by hand is Open.)
fn take(tx: &Tx<'_>, id: ConversationId, user: UserId) -> store::Result<Assignment> {
    let assigned = conversations::assign(tx, id, user)?;
    let is_mine = assigned == Assignment::Offered { to: user };
    let waiting = offers::of(&tx.reader(), id, tx.now())?;
    match waiting.filter(|_| is_mine) {
        Some(waiting) => {
            answer(tx, waiting.id, Event::Accept(user))?;
            Ok(Assignment::Won)
        }
        None => Ok(assigned),
    }
}

/// *End*: resolved; the agent tidies up (T4).
#[post("/workspace/conversations/<id>/closure", data = "<_button>")]
async fn end(person: Agent, id: i64, app: &Managed<Arc<App>>, _button: Button) -> Moved {
    let id = act(app, &person, id, Act::End).await?;
    Ok(id.map_left(|id| Outcome::ConversationEnded.at(address(id))))
}

/// *Undo*, right after *End*: Active again.
#[post("/workspace/conversations/<id>/closure/undo", data = "<_button>")]
async fn undo_end(person: Agent, id: i64, app: &Managed<Arc<App>>, _button: Button) -> Moved {
    let (id, user) = (load_held(app, &person, id)?.id, person.id);
    let undone = app
        .store
        .write(move |tx| conversations::undo_end(tx, id, user))
        .await?;
    Ok(led(undone, id).map_left(conversation))
}

/// Asked before a conversation is closed that was not ended.
#[get("/workspace/conversations/<id>/parking")]
fn confirm_park(
    person: Agent,
    id: i64,
    for_fragment: ForFragment,
    app: &Managed<Arc<App>>,
) -> Answer<Asked> {
    let conversation = load_held(app, &person, id)?;
    let address = address(conversation.id);
    let is_topic_missing = lacks_topic(app, conversation.id)?.is_some();
    let (title, text, act) = match is_topic_missing {
        true => ("parking-topic-title", "topics-missing", "topics-choose"),
        false => ("parking-title", "parking-text", "parking-close"),
    };
    let question = Question {
        title: Text::new(title),
        text: Text::new(text),
        keep: Text::new("parking-keep"),
        act: Text::new(act),
        is_loss: false,
        action: format!("{address}/parking"),
        back: address,
        replaces: None,
    };
    Ok(question.ask(for_fragment))
}

/// *Close* without *End*: the conversation waits until the customer writes (T5). Where a topic is wanted and none
/// is chosen, it leads there instead.
#[post("/workspace/conversations/<id>/parking", data = "<_button>")]
async fn park(person: Agent, id: i64, app: &Managed<Arc<App>>, _button: Button) -> Moved {
    let held = load_held(app, &person, id)?.id;
    if let Some(choosing) = lacks_topic(app, held)? {
        return Ok(Either::Left(choosing));
    }
    let id = act(app, &person, id, Act::Park).await?;
    Ok(id.map_left(|_| Outcome::ConversationParked.at("/workspace")))
}

/// *Open* of what waits (T7).
#[post("/workspace/conversations/<id>/resumption", data = "<_button>")]
async fn resume(person: Agent, id: i64, app: &Managed<Arc<App>>, _button: Button) -> Moved {
    let id = act(app, &person, id, Act::Resume).await?;
    Ok(id.map_left(conversation))
}

/// *Close* after *End* (T9). Where a topic is wanted and none is chosen, it leads there instead.
#[post("/workspace/conversations/<id>/completion", data = "<_button>")]
async fn complete(person: Agent, id: i64, app: &Managed<Arc<App>>, _button: Button) -> Moved {
    let held = load_held(app, &person, id)?.id;
    if let Some(choosing) = lacks_topic(app, held)? {
        return Ok(Either::Left(choosing));
    }
    let id = act(app, &person, id, Act::Complete).await?;
    Ok(id.map_left(|_| Outcome::ConversationClosed.at("/workspace")))
}

/// Where a topic is to be chosen before the conversation may be closed; `None` when it may.
fn lacks_topic(app: &App, id: ConversationId) -> Answer<Option<Led>> {
    let is_missing = app.store.read(|reader| topics::is_missing(reader, id))?;
    let choosing = || Redirect::to(format!("{}/topics?closing=true", address(id))).into();
    Ok(is_missing.then(choosing))
}

pub(super) fn conversation(id: ConversationId) -> Led {
    Redirect::to(address(id)).into()
}

pub(super) fn address(id: ConversationId) -> String {
    format!("/workspace/conversations/{id}")
}

/// Moves a conversation that the person holds. The second case: it has moved on meanwhile.
async fn act(
    app: &Arc<App>,
    person: &Agent,
    id: i64,
    act: Act,
) -> Answer<Either<ConversationId, Page<Overtaken>>> {
    let (id, user) = (load_held(app, person, id)?.id, person.id);
    let moved = app
        .store
        .write(move |tx| conversations::apply(tx, id, act, Some(user)))
        .await?;
    Ok(led(moved, id))
}

/// The second case: the conversation has moved on meanwhile.
fn led(moved: Option<State>, id: ConversationId) -> Either<ConversationId, Page<Overtaken>> {
    match moved {
        Some(_) => Either::Left(id),
        None => Either::Right(Overtaken::moved(id)),
    }
}
