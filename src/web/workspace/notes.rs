//! Internal notes: what those who take part in a conversation write to each other. The customer never sees them.

use std::sync::Arc;

use askama::Template;
use askama::filters::HtmlSafe;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Either, Route, State as Managed, post, routes};

use super::load;
use super::transitions::address;
use crate::domain::access::{self, Action};
use crate::domain::ids::{ConversationId, UserId};
use crate::store::{self, Tx, masking, participation};
use crate::web::App;
use crate::web::failure::{Answer, Failure};
use crate::web::forms::Form;
use crate::web::guards::Agent;
use crate::web::page::{ForFragment, filters};

/// Longest note, in characters.
pub const LONGEST: usize = 4_000;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![write]
}

/// Where a note is written.
#[derive(Template)]
#[template(path = "workspace/notes/form.html")]
pub struct NoteForm {
    /// About which conversation.
    pub conversation: ConversationId,
    /// Unfolded.
    pub is_open: bool,
}

impl HtmlSafe for NoteForm {}

#[derive(FromForm)]
struct Typed {
    #[field(default = "")]
    text: String,
}

/// *Add note*.
#[post("/workspace/conversations/<id>/notes", data = "<form>")]
async fn write(
    person: Agent,
    id: i64,
    form: Form<Typed>,
    for_fragment: ForFragment,
    app: &Managed<Arc<App>>,
) -> Answer<Either<Status, Redirect>> {
    let (conversation, relation) = load(app, &person, id)?;
    if !access::may(person.role, Action::WriteNote, relation) {
        return Err(Failure::from(Status::Forbidden));
    }
    let Typed { text } = form.read()?;
    let (id, by) = (conversation.id, person.id);
    if text.chars().count() > LONGEST {
        return Err(Failure::from(Status::UnprocessableEntity));
    }
    app.store.write(move |tx| add(tx, id, by, &text)).await?;
    Ok(match for_fragment.0 {
        true => Either::Left(Status::NoContent),
        false => Either::Right(Redirect::to(address(id))),
    })
}

/// Adds a note behind the masks of what people of ours write; nothing for an empty one.
///
/// # Errors
/// SQLite's.
pub fn add(tx: &Tx<'_>, id: ConversationId, by: UserId, text: &str) -> store::Result<()> {
    let text = text.replace("\r\n", "\n");
    let text = masking::masks(&tx.reader())?.agents.hide(text.trim());
    match text.is_empty() {
        true => Ok(()),
        false => participation::note(tx, id, by, &text),
    }
}
