//! What a person's page tells by itself: what has been seen, and what is being written.

use std::sync::Arc;

use rocket::form::FromForm;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Either, Route, State as Managed, post, routes};

use super::load;
use crate::domain::access::{self, Action, Relation};
use crate::domain::courtesy::Courtesy;
use crate::domain::ids::{ConversationId, MessageId, UserId};
use crate::domain::live_event::Notice;
use crate::store::{self, Tx, courtesies, drafts, masking, read_marks};
use crate::web::App;
use crate::web::failure::{Answer, Failure};
use crate::web::forms::Form;
use crate::web::guards::Agent;
use crate::web::page::ForFragment;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![seen, draft]
}

#[derive(FromForm)]
struct Seen {
    message_id: i64,
}

/// The person has seen the log down to a message: told by a script that watches the log, or by *Mark as
/// read* where none runs. Looking at the page alone says nothing, because a GET changes nothing.
#[post("/workspace/conversations/<id>/read", data = "<form>")]
async fn seen(
    person: Agent,
    id: i64,
    form: Form<Seen>,
    for_fragment: ForFragment,
    app: &Managed<Arc<App>>,
) -> Answer<Either<Status, Redirect>> {
    let (conversation, relation) = load(app, &person, id)?;
    let Seen { message_id } = form.read()?;
    let (id, user, message) = (conversation.id, person.id, MessageId(message_id));
    app.store
        .write(move |tx| {
            saw(tx, id, user, message)?;
            // Who only reads along must not be noticed.
            match relation {
                Relation::Own => courtesies::ask(tx, id, Courtesy::Seen),
                _ => Ok(()),
            }
        })
        .await?;
    Ok(match for_fragment.0 {
        true => Either::Left(Status::NoContent),
        false => Either::Right(Redirect::to(format!("/workspace/conversations/{id}"))),
    })
}

/// Records that a person has seen a conversation down to a message.
///
/// # Errors
/// SQLite's.
pub fn saw(
    tx: &Tx<'_>,
    conversation: ConversationId,
    user: UserId,
    message: MessageId,
) -> store::Result<()> {
    let seen = read_marks::seen_through(&tx.reader(), conversation, message)?;
    if read_marks::mark(tx, conversation, user, seen)? {
        tx.after_commit(Notice::Seen(user));
    }
    Ok(())
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
    if !access::may(person.role, Action::WriteToCustomer, relation) {
        return Err(Failure::from(Status::Forbidden));
    }
    let Draft { text } = form.read()?;
    let (id, user) = (conversation.id, person.id);
    app.store
        .write(move |tx| {
            let text = masking::masks(&tx.reader())?.agents.hide(&text);
            if !text.trim().is_empty() {
                courtesies::ask(tx, id, Courtesy::Writing)?;
            }
            drafts::save(tx, id, user, &text)
        })
        .await?;
    Ok(Status::NoContent)
}
