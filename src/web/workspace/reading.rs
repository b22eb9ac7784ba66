//! What a person's page tells by itself: what has been seen, and what is being written.

use std::sync::Arc;

use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State as Managed, post, routes};

use super::load;
use crate::domain::access::{self, Action};
use crate::domain::ids::MessageId;
use crate::domain::live_event::Notice;
use crate::store::{drafts, read_marks};
use crate::web::App;
use crate::web::failure::{Answer, Failure};
use crate::web::forms::Form;
use crate::web::guards::Agent;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![seen, draft]
}

#[derive(FromForm)]
struct Seen {
    message_id: i64,
}

/// The person has seen the log down to a message.
#[post("/workspace/conversations/<id>/read", data = "<form>")]
async fn seen(person: Agent, id: i64, form: Form<Seen>, app: &Managed<Arc<App>>) -> Answer<Status> {
    let (conversation, _) = load(app, &person, id)?;
    let Seen { message_id } = form.read()?;
    let (id, user, message) = (conversation.id, person.id, MessageId(message_id));
    app.store
        .write(move |tx| {
            let seen = read_marks::seen_through(&tx.reader(), id, message)?;
            if read_marks::mark(tx, id, user, seen)? {
                tx.after_commit(Notice::Seen(user));
            }
            Ok(())
        })
        .await?;
    Ok(Status::NoContent)
}

#[derive(FromForm)]
struct Draft {
    text: String,
}

/// What the person is writing.
#[post("/workspace/conversations/<id>/draft", data = "<form>")]
async fn draft(
    person: Agent,
    id: i64,
    form: Form<Draft>,
    app: &Managed<Arc<App>>,
) -> Answer<Status> {
    let (conversation, relation) = load(app, &person, id)?;
    if !access::may(person.role, Action::AnswerConversation, relation) {
        return Err(Failure::from(Status::Forbidden));
    }
    let Draft { text } = form.read()?;
    let (id, user) = (conversation.id, person.id);
    app.store
        .write(move |tx| drafts::save(tx, id, user, &text))
        .await?;
    Ok(Status::NoContent)
}
