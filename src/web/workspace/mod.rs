//! The agent workspace: dashboard, session list, conversations.

use std::sync::Arc;

use rocket::Route;
use rocket::http::Status;

use super::App;
use super::failure::{Answer, Failure};
use super::page::Person;
use crate::domain::access::{self, Action, Relation};
use crate::domain::ids::ConversationId;
use crate::store::conversations::{self as conversations_store, Conversation};
use crate::store::work_items::load_for;

mod attachments;
mod company;
pub mod composer;
mod consults;
pub mod conversation_view;
mod conversations;
pub mod customer;
pub mod customers;
mod files;
pub mod hearing;
pub mod links;
pub mod log;
pub mod message_view;
pub mod messages;
mod notes;
pub mod offers;
mod place;
pub mod presence;
mod presence_view;
mod question;
mod quick_replies;
mod reading;
mod routing;
mod sessions;
mod supervisor;
mod topics;
mod transfers;
mod transitions;
mod undelivered;
mod work_items;

/// The routes of the workspace.
pub fn routes() -> Vec<Route> {
    [
        attachments::routes(),
        company::routes(),
        consults::routes(),
        conversations::routes(),
        customers::routes(),
        files::routes(),
        messages::routes(),
        notes::routes(),
        quick_replies::routes(),
        offers::routes(),
        presence::routes(),
        reading::routes(),
        routing::routes(),
        sessions::routes(),
        supervisor::routes(),
        topics::routes(),
        transfers::routes(),
        transitions::routes(),
        undelivered::routes(),
        work_items::routes(),
    ]
    .concat()
}

/// The conversation that a request names, with how it stands to the person; 404 when the person may not
/// know of it, 403 for a supervisor who may know of it, but not read it: the organization's switch is off.
pub fn load(app: &Arc<App>, person: &Person, id: i64) -> Answer<(Conversation, Relation)> {
    let id = ConversationId(id);
    let found = app.store.read(|reader| {
        let found = load_for(reader, person.viewer(), id)?;
        let is_there = found.is_some() || conversations_store::by_id(reader, id)?.is_some();
        Ok((found, is_there))
    })?;
    match found {
        (Some(found), _) => Ok(found),
        (None, true) if person.may_supervise() => Err(Failure::from(Status::Forbidden)),
        (None, _) => Err(Failure::from(Status::NotFound)),
    }
}

/// The conversation that a request names and its person answers for; 403 for somebody who may only read it, else
/// as [`load`].
pub fn load_held(app: &Arc<App>, person: &Person, id: i64) -> Answer<Conversation> {
    let (conversation, relation) = load(app, person, id)?;
    match access::may(person.role, Action::AnswerConversation, relation) {
        true => Ok(conversation),
        false => Err(Failure::from(Status::Forbidden)),
    }
}
