//! A person's own presence: the button that tells it, the menu that changes it, and the word that nothing is
//! offered for now. The live stream brings them to every tab of the person ([`Menu`]).

use std::sync::Arc;

use askama::Template;
use askama::filters::HtmlSafe;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Route, State as Managed, post, routes};

use super::presence_view::PresenceView;
use crate::domain::ids::{PresenceId, UserId};
use crate::domain::presence::{Event, Why};
use crate::store::{self, Reader, agents, presences};
use crate::web::App;
use crate::web::failure::{Answer, Failure};
use crate::web::forms::Form;
use crate::web::guards::Agent;
use crate::web::page::filters;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![choose]
}

/// A person's presence, and what else it can be.
#[derive(Template)]
#[template(path = "workspace/presence/menu.html")]
pub struct Menu {
    current: PresenceView,
    /// Set by the program according to the work in hand.
    is_automatic: bool,
    choices: Vec<(PresenceId, PresenceView)>,
}

impl HtmlSafe for Menu {}

impl Menu {
    /// Reads the presence of `person`; `None` for somebody who has never been here.
    ///
    /// # Errors
    /// SQLite's.
    pub fn read(reader: &Reader<'_>, person: UserId) -> store::Result<Option<Menu>> {
        let Some(agent) = agents::find(reader, person)? else {
            return Ok(None);
        };
        let all = presences::all(reader)?;
        Ok(Some(Menu {
            current: PresenceView::now(&agent.status, &all),
            is_automatic: agent.status.why == Why::Capacity,
            choices: all
                .iter()
                .map(|one| (one.id, PresenceView::of(one)))
                .collect(),
        }))
    }
}

/// Why nothing is offered to a person until he resets his presence.
#[derive(Template)]
#[template(path = "workspace/presence/notice.html")]
pub struct Notice {
    why: Option<&'static str>,
}

impl HtmlSafe for Notice {}

impl Notice {
    /// Reads why nothing is offered to `person`.
    ///
    /// # Errors
    /// SQLite's.
    pub fn read(reader: &Reader<'_>, person: UserId) -> store::Result<Notice> {
        let agent = agents::find(reader, person)?;
        let why = match agent.map(|agent| agent.status.why) {
            Some(Why::Missed) => Some("missed"),
            Some(Why::Rejected) => Some("rejected"),
            Some(Why::SessionsFull) => Some("sessions-full"),
            _ => None,
        };
        Ok(Notice { why })
    }
}

/// What was chosen.
#[derive(FromForm)]
struct Choice {
    /// A presence's row id; empty: what the work in hand makes of it.
    presence: String,
}

/// Chooses a presence, or lets the program decide again.
#[post("/workspace/presence", data = "<form>")]
async fn choose(person: Agent, app: &Managed<Arc<App>>, form: Form<Choice>) -> Answer<Redirect> {
    let (user, choice) = (person.id, form.read()?);
    let event = match choice.presence.as_str() {
        "" => Event::Resets,
        id => {
            let id = id.parse().map(PresenceId);
            let id = id.map_err(|_| Failure::from(Status::UnprocessableEntity))?;
            let presence = app.store.read(|reader| agents::presence(reader, id))?;
            Event::Chooses(presence.ok_or(Failure::from(Status::UnprocessableEntity))?)
        }
    };
    app.store
        .write(move |tx| agents::happens(tx, user, event))
        .await?;
    Ok(Redirect::to("/workspace"))
}
