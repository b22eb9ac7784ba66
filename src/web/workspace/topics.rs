//! What a conversation is about, as its agent says.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State as Managed, get, post, routes};

use super::place::Place;
use crate::domain::ids::{ConversationId, TopicId};
use crate::locale::Text;
use crate::store::settings;
use crate::store::topics::{self as store, Choice};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::Form;
use crate::web::guards::Agent;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![show, choose]
}

#[derive(Template)]
#[template(path = "workspace/topics/show.html")]
struct Show {
    conversation: ConversationId,
    choices: Vec<Choice>,
    /// At most so many.
    limit: u32,
    /// Why what was ticked is not accepted, or why somebody was led here.
    notice: Option<Text>,
}

/// The conversation that the person answers, and how many topics it may have. Nothing is here while topics are off.
fn load(app: &App, person: &Agent, id: i64) -> Answer<(Place, u32)> {
    let id = ConversationId(id);
    let (place, topics) = app.store.read(|reader| {
        Ok((
            Place::load(reader, person, id)?,
            settings::read(reader)?.topics,
        ))
    })?;
    match place {
        Some(place) if place.may_answer && topics.topics => Ok((place, topics.topic_limit)),
        Some(place) if !place.may_answer => Err(Status::Forbidden.into()),
        _ => Err(Status::NotFound.into()),
    }
}

#[get("/workspace/conversations/<id>/topics?<closing>")]
fn show(
    person: Agent,
    id: i64,
    closing: Option<bool>,
    app: &Managed<Arc<App>>,
) -> Answer<Page<Show>> {
    let (place, limit) = load(app, &person, id)?;
    let conversation = place.conversation.id;
    let choices = app
        .store
        .read(|reader| store::choices(reader, conversation))?;
    let is_closing = closing.unwrap_or_default();
    Ok(Page::ok(Show {
        conversation,
        choices,
        limit,
        notice: is_closing.then(|| Text::new("topics-missing")),
    }))
}

#[derive(FromForm)]
struct Ticked {
    topic: Vec<i64>,
}

#[post("/workspace/conversations/<id>/topics", data = "<form>")]
async fn choose(
    person: Agent,
    id: i64,
    app: &Managed<Arc<App>>,
    form: Form<Ticked>,
) -> Answer<Result<Led, Page<Show>>> {
    let (place, limit) = load(app, &person, id)?;
    let (conversation, user) = (place.conversation.id, person.id);
    let ticked: Vec<TopicId> = form.read()?.topic.into_iter().map(TopicId).collect();
    let wanted = ticked.clone();
    let is_chosen = app
        .store
        .write(move |tx| store::choose(tx, conversation, user, &wanted))
        .await?;
    if is_chosen {
        return Ok(Ok(Outcome::Saved.at(place.address())));
    }
    let mut choices = app
        .store
        .read(|reader| store::choices(reader, conversation))?;
    for choice in &mut choices {
        choice.is_chosen = ticked.contains(&choice.id);
    }
    Ok(Err(Page::unprocessable(Show {
        conversation,
        choices,
        limit,
        notice: Some(Text::new("topics-too-many").arg("limit", limit)),
    })))
}
