//! The supervisor board: what waits in every queue, who is here and how busy, what goes on; and what a
//! supervisor does about it.
//!
//! Two things decide about everything that changes a conversation of somebody else: the permission table and
//! the organization's switch ([`Intervention::may`]). A switch that is off takes the buttons away and answers
//! 403 to whoever sends the form all the same.

use std::sync::Arc;

use askama::Template;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Either, Route, State as Managed, get, post, routes};

use super::load;
use super::sessions::Sessions;
use super::transitions::{self, Moved, Overtaken};
use crate::clock;
use crate::domain::access::{Relation, Role};
use crate::domain::ids::UserId;
use crate::domain::settings::Supervision;
use crate::domain::supervision::Intervention;
use crate::store::{Reader, Result, participation, settings, supervision};
use crate::web::App;
use crate::web::failure::{Answer, Failure};
use crate::web::forms::Button;
use crate::web::guards::Overseer;
use crate::web::list::View;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

mod acts;
pub mod board;
mod ongoing;

use board::Board;
use ongoing::{Asked, Ongoing};

/// Where the board is.
/// Where it is.
pub const PATH: &str = "/workspace/supervisor";

/// The routes of this file and those below.
pub fn routes() -> Vec<Route> {
    let own = routes![show, figures, conversations, monitor, join, reset_presence];
    [own, acts::routes()].concat()
}

/// What a supervisor may do now.
#[derive(Clone, Copy, Debug)]
struct Rights {
    role: Role,
    switches: Supervision,
}

impl Rights {
    fn of(reader: &Reader<'_>, person: &Overseer) -> Result<Rights> {
        Ok(Rights {
            role: person.role,
            switches: settings::read(reader)?.supervision,
        })
    }

    fn may(&self, intervention: Intervention, relation: Relation) -> bool {
        intervention.may(self.role, relation, &self.switches)
    }

    /// Whether the person may look at a conversation.
    fn may_read(&self, relation: Relation) -> bool {
        crate::domain::supervision::may_read(self.role, relation, &self.switches)
    }

    /// Refuses what the person may not do.
    fn demand(&self, intervention: Intervention, relation: Relation) -> Answer<()> {
        match self.may(intervention, relation) {
            true => Ok(()),
            false => Err(Failure::from(Status::Forbidden)),
        }
    }
}

#[derive(Template)]
#[template(path = "workspace/supervisor/show.html")]
struct Show {
    sessions: Sessions,
    board: Board,
    ongoing: Ongoing,
}

#[get("/workspace/supervisor?<queue>&<agent>&<state>&<channel>&<view..>")]
fn show(
    person: Overseer,
    app: &Managed<Arc<App>>,
    queue: Option<&str>,
    agent: Option<&str>,
    state: Option<&str>,
    channel: Option<&str>,
    view: View,
) -> Answer<Page<Show>> {
    let asked = asked(queue, agent, state, channel);
    let page = app.store.read(|reader| {
        Ok(Show {
            sessions: Sessions::read(reader, &person, None, clock::now())?,
            board: Board::read(reader, clock::now())?,
            ongoing: Ongoing::read(reader, &person, &app.channels, asked, view)?,
        })
    })?;
    Ok(Page::ok(page))
}

fn asked(
    queue: Option<&str>,
    agent: Option<&str>,
    state: Option<&str>,
    channel: Option<&str>,
) -> Asked {
    let [queue, agent, state, channel] =
        [queue, agent, state, channel].map(|value| value.unwrap_or_default().to_owned());
    Asked {
        queue,
        agent,
        state,
        channel,
    }
}

/// Queues and people alone; fetched anew when the live stream says that they changed.
#[get("/workspace/supervisor/figures")]
fn figures(_person: Overseer, app: &Managed<Arc<App>>) -> Answer<Page<Board>> {
    let board = app.store.read(|reader| Board::read(reader, clock::now()))?;
    Ok(Page::ok(board))
}

/// The list of conversations alone.
#[get("/workspace/supervisor/conversations?<queue>&<agent>&<state>&<channel>&<view..>")]
fn conversations(
    person: Overseer,
    app: &Managed<Arc<App>>,
    queue: Option<&str>,
    agent: Option<&str>,
    state: Option<&str>,
    channel: Option<&str>,
    view: View,
) -> Answer<Page<Ongoing>> {
    let asked = asked(queue, agent, state, channel);
    let ongoing = app
        .store
        .read(|reader| Ongoing::read(reader, &person, &app.channels, asked, view))?;
    Ok(Page::ok(ongoing))
}

/// *Read along*: who does so stands in the conversation's history.
#[post(
    "/workspace/supervisor/conversations/<id>/monitoring",
    data = "<_button>"
)]
async fn monitor(
    person: Overseer,
    id: i64,
    app: &Managed<Arc<App>>,
    _button: Button,
) -> Answer<Redirect> {
    let (conversation, relation) = load(app, &person, id)?;
    let rights = app.store.read(|reader| Rights::of(reader, &person))?;
    rights.demand(Intervention::Monitor, relation)?;
    let (id, user) = (conversation.id, person.id);
    app.store
        .write(move |tx| participation::monitor(tx, id, user))
        .await?;
    Ok(Redirect::to(format!("/workspace/conversations/{id}")))
}

/// *Join*: the supervisor writes to the customer beside the agent, and both are told so.
#[post("/workspace/supervisor/conversations/<id>/joining", data = "<_button>")]
async fn join(person: Overseer, id: i64, app: &Managed<Arc<App>>, _button: Button) -> Moved {
    let (conversation, relation) = load(app, &person, id)?;
    let rights = app.store.read(|reader| Rights::of(reader, &person))?;
    // Who has joined already is led there again.
    if relation != Relation::Joined {
        rights.demand(Intervention::Monitor, relation)?;
    }
    let (id, user) = (conversation.id, person.id);
    let has_joined = app
        .store
        .write(move |tx| participation::join(tx, id, user))
        .await?;
    Ok(match has_joined {
        true => Either::Left(transitions::conversation(id)),
        false => Either::Right(Overtaken::moved(id)),
    })
}

/// *Reset presence* of somebody who is left in peace, or forgot to come back from lunch.
#[post("/workspace/supervisor/people/<user>/presence", data = "<_button>")]
async fn reset_presence(
    person: Overseer,
    user: i64,
    app: &Managed<Arc<App>>,
    _button: Button,
) -> Answer<Led> {
    let user = UserId(user);
    let is_there = app
        .store
        .write_by(person.actor(), move |tx| {
            supervision::reset_presence(tx, user)
        })
        .await?;
    match is_there {
        true => Ok(Outcome::PresenceReset.at(PATH)),
        false => Err(Failure::from(Status::NotFound)),
    }
}
