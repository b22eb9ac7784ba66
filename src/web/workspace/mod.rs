//! The agent workspace: dashboard, session list, conversations.

use std::sync::Arc;

use rocket::Route;
use rocket::http::Status;

use super::App;
use super::failure::{Answer, Failure};
use super::page::Person;
use crate::domain::access::Relation;
use crate::domain::ids::ConversationId;
use crate::store::conversations::Conversation;
use crate::store::work_items::load_for;

mod attachments;
pub mod composer;
pub mod conversation_view;
mod conversations;
pub mod customer;
pub mod customers;
mod files;
pub mod links;
pub mod log;
pub mod message_view;
pub mod messages;
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
mod transitions;
mod undelivered;
mod work_items;

/// The routes of the workspace.
pub fn routes() -> Vec<Route> {
    [
        attachments::routes(),
        conversations::routes(),
        customers::routes(),
        files::routes(),
        messages::routes(),
        quick_replies::routes(),
        offers::routes(),
        presence::routes(),
        reading::routes(),
        routing::routes(),
        sessions::routes(),
        supervisor::routes(),
        topics::routes(),
        transitions::routes(),
        undelivered::routes(),
        work_items::routes(),
    ]
    .concat()
}

/// The conversation that a request names, with how it stands to the person; 404 when the person may not
/// know of it.
pub fn load(app: &Arc<App>, person: &Person, id: i64) -> Answer<(Conversation, Relation)> {
    let id = ConversationId(id);
    app.store
        .read(|reader| load_for(reader, person.viewer(), id))?
        .ok_or(Failure::from(Status::NotFound))
}
