//! What people here call a customer. The platform's own name stays beside it.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State as Managed, get, post, routes};

use super::linking::{address, linkable};
use super::typed;
use crate::domain::ids::ConversationId;
use crate::store::conversations::Conversation;
use crate::store::{customer_links, profiles};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::{Form, Problems};
use crate::web::guards::Agent;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![show, change]
}

#[derive(Template)]
#[template(path = "workspace/customers/conversation/name.html")]
struct Naming {
    conversation: ConversationId,
    /// The channel's name.
    channel: String,
    /// What the platform calls him; `None`: it has not told.
    told: Option<String>,
    name: String,
    problems: Problems,
}

fn page(app: &App, conversation: &Conversation) -> Answer<Naming> {
    let profile = app
        .store
        .read(|reader| profiles::by_id(reader, conversation.profile))?
        .ok_or(Status::NotFound)?;
    Ok(Naming {
        conversation: conversation.id,
        channel: profile.channel,
        told: profile.name,
        name: profile.own_name.unwrap_or_default(),
        problems: Problems::default(),
    })
}

#[get("/workspace/conversations/<id>/name")]
fn show(person: Agent, id: i64, app: &Managed<Arc<App>>) -> Answer<Page<Naming>> {
    let conversation = linkable(app, &person, id)?;
    Ok(Page::ok(page(app, &conversation)?))
}

#[derive(FromForm)]
struct Typed {
    name: String,
}

/// An empty name lets the platform's be shown again.
#[post("/workspace/conversations/<id>/name", data = "<form>")]
async fn change(
    person: Agent,
    id: i64,
    form: Form<Typed>,
    app: &Managed<Arc<App>>,
) -> Answer<Result<Led, Page<Naming>>> {
    let conversation = linkable(app, &person, id)?;
    let mut page = page(app, &conversation)?;
    let Typed { name } = form.read()?;
    let name = typed::line(&mut page.problems, "name", &name);
    if !page.problems.is_empty() {
        page.name = name;
        return Ok(Err(Page::unprocessable(page)));
    }
    let (profile, own) = (conversation.profile, (!name.is_empty()).then_some(name));
    app.store
        .write(move |tx| customer_links::rename(tx, profile, own.as_deref()))
        .await?;
    Ok(Ok(Outcome::Saved.at(address(conversation.id))))
}
