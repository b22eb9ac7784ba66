//! Who takes part in a conversation beside its agent: colleagues who are asked, supervisors who read along or write
//! too. Coming is in [`super::consults`] and [`super::supervisor`]; here is how it is shown, and going.

use std::sync::Arc;

use askama::Template;
use askama::filters::HtmlSafe;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Either, Route, State as Managed, post, routes};

use super::transitions::{Moved, Overtaken, conversation};
use super::{load, load_held};
use crate::domain::access::{self, Action, Relation, Role};
use crate::domain::conversation::State;
use crate::domain::ids::{ConversationId, UserId};
use crate::domain::names;
use crate::domain::session::{Mode, Part};
use crate::store::conversations::Conversation;
use crate::store::{self, Reader, agent_sessions, participation, users};
use crate::web::App;
use crate::web::failure::{Answer, Failure};
use crate::web::forms::Button;
use crate::web::guards::Agent;
use crate::web::page::{filters, tone};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![admit, dismiss, leave]
}

/// Who takes part in a conversation beside its agent, with their names.
///
/// # Errors
/// SQLite's.
pub fn beside(
    reader: &Reader<'_>,
    id: ConversationId,
) -> store::Result<Vec<(UserId, String, Part)>> {
    let mut found = Vec::new();
    for (user, part) in agent_sessions::beside(reader, id)? {
        let name = users::name(reader, user)?.unwrap_or_default();
        found.push((user, name, part));
    }
    Ok(found)
}

/// Who takes part, and what the viewer can do about it.
#[derive(Clone, Debug, Template)]
#[template(path = "workspace/conversations/company.html")]
pub struct Company {
    conversation: ConversationId,
    members: Vec<Member>,
    /// Names the text `company-own-<word>` that says how the viewer takes part; `None`: as its agent, or not at all.
    own: Option<&'static str>,
    /// Whose it is.
    holder: String,
    /// Begin to read along.
    may_monitor: bool,
    /// Begin to write to the customer, as a supervisor.
    may_join: bool,
}

impl HtmlSafe for Company {}

/// Somebody who takes part.
#[derive(Clone, Debug)]
struct Member {
    user: UserId,
    name: String,
    initials: String,
    tone: char,
    /// Names the text `company-<word>`.
    word: &'static str,
    /// Can be let in to write to the customer.
    may_admit: bool,
    /// Can be sent away.
    may_dismiss: bool,
}

impl Company {
    /// As a person of `role` sees it to whom the conversation stands in `relation`.
    pub fn of(
        conversation: &Conversation,
        holder: Option<&str>,
        beside: &[(UserId, String, Part)],
        role: Role,
        relation: Relation,
    ) -> Company {
        let is_active = conversation.state == State::Active && conversation.agent.is_some();
        let is_held = matches!(conversation.state, State::Active | State::WrapUp);
        let holds = access::may(role, Action::AnswerConversation, relation);
        let oversees = access::may(role, Action::MonitorConversation, relation);
        let own = match relation {
            Relation::Joined => Some("writes"),
            Relation::Consulted => Some("consult"),
            Relation::Monitored => Some("monitor"),
            Relation::Own | Relation::OwnQueue | Relation::Foreign => None,
        };
        let members = beside.iter().map(|(user, name, part)| Member {
            user: *user,
            initials: names::initials(name),
            name: name.clone(),
            tone: tone(user.0),
            word: match part {
                Part { writes: true, .. } => "writes",
                Part { mode, .. } => mode.word(),
            },
            may_admit: holds && is_active && part.mode == Mode::Consult && !part.writes,
            may_dismiss: holds && part.mode == Mode::Consult,
        });
        let mut members: Vec<Member> = members.collect();
        // What is shown is the same for all who take part alike; the only one of them is the viewer.
        let is_alike = |member: &Member| Some(member.word) == own;
        if members.iter().filter(|member| is_alike(member)).count() == 1 {
            members.retain(|member| !is_alike(member));
        }
        Company {
            conversation: conversation.id,
            members,
            own,
            holder: holder.unwrap_or_default().to_owned(),
            may_monitor: oversees && is_held && relation == Relation::Foreign,
            may_join: oversees && is_active,
        }
    }

    /// There is nobody, and nothing to do.
    fn is_empty(&self) -> bool {
        self.members.is_empty() && self.own.is_none() && !self.may_monitor && !self.may_join
    }
}

/// *Add to conversation*: a colleague who was asked may write to the customer.
#[post(
    "/workspace/conversations/<id>/company/<user>/admission",
    data = "<_button>"
)]
async fn admit(
    person: Agent,
    id: i64,
    user: i64,
    app: &Managed<Arc<App>>,
    _button: Button,
) -> Moved {
    let (id, by) = (load_held(app, &person, id)?.id, person.id);
    let whom = UserId(user);
    let done = app
        .store
        .write(move |tx| participation::let_in(tx, id, by, whom))
        .await?;
    Ok(shown(id, done))
}

/// *End consult*: a colleague who was asked reads it no longer.
#[post(
    "/workspace/conversations/<id>/company/<user>/dismissal",
    data = "<_button>"
)]
async fn dismiss(
    person: Agent,
    id: i64,
    user: i64,
    app: &Managed<Arc<App>>,
    _button: Button,
) -> Moved {
    let (id, by) = (load_held(app, &person, id)?.id, person.id);
    let whom = UserId(user);
    let done = app
        .store
        .write(move |tx| participation::dismiss(tx, id, by, whom))
        .await?;
    Ok(shown(id, done))
}

fn shown(
    id: ConversationId,
    is_done: bool,
) -> Either<crate::web::outcome::Led, crate::web::page::Page<Overtaken>> {
    match is_done {
        true => Either::Left(conversation(id)),
        false => Either::Right(Overtaken::moved(id)),
    }
}

/// *Leave*, and *Stop reading along*.
#[post("/workspace/conversations/<id>/leaving", data = "<_button>")]
async fn leave(
    person: Agent,
    id: i64,
    app: &Managed<Arc<App>>,
    _button: Button,
) -> Answer<Redirect> {
    let (found, relation) = load(app, &person, id)?;
    if relation == Relation::Own {
        // Who holds it ends, closes or hands it on.
        return Err(Failure::from(Status::Conflict));
    }
    let (id, who) = (found.id, person.id);
    app.store
        .write(move |tx| participation::leave(tx, id, who))
        .await?;
    Ok(Redirect::to(match person.may_supervise() {
        true => super::supervisor::PATH,
        false => "/workspace",
    }))
}
