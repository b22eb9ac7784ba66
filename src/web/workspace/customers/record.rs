//! A conversation and the parts that agents had in it, as a record: what it was, what became of it, and why each part
//! ended. (Specification §1.11, §1.12.)

use std::sync::Arc;

use askama::Template;
use rocket::{Route, State as Managed, get, routes};

use crate::clock;
use crate::domain::ids::ConversationId;
use crate::domain::session::Mode;
use crate::domain::time::Timestamp;
use crate::locale::Text;
use crate::store::conversations::Conversation;
use crate::store::profiles;
use crate::store::{self as database, Reader, agent_sessions, pages, queues, users};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::guards::Agent;
use crate::web::page::{Page, filters};
use crate::web::workspace::customer::{self};
use crate::web::workspace::load;
use crate::web::workspace::sessions::Sessions;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![show]
}

#[derive(Template)]
#[template(path = "workspace/customers/conversation/record.html")]
struct Record {
    sessions: Sessions,
    conversation: Conversation,
    customer: Text,
    page: String,
    queue: String,
    /// The reason of its state; `None` for one from before there were any.
    reason: Option<Text>,
    parts: Vec<Part>,
}

/// An agent's part.
struct Part {
    agent: String,
    queue: String,
    assigned_at: Timestamp,
    accepted_at: Option<Timestamp>,
    closed_at: Option<Timestamp>,
    /// Why it ended; `None` while it goes on.
    closure: Option<Text>,
    /// Who else took part.
    others: Vec<(String, Text)>,
}

/// The word by which the database knows a reason.
fn word(reason: &impl serde::Serialize) -> String {
    let word = serde_json::to_value(reason).unwrap_or_default();
    word.as_str().unwrap_or_default().to_owned()
}

fn parts(reader: &Reader<'_>, id: ConversationId) -> database::Result<Vec<Part>> {
    let name =
        |user| -> database::Result<String> { Ok(users::name(reader, user)?.unwrap_or_default()) };
    let mut parts = Vec::new();
    for (_, session) in agent_sessions::of(reader, id)? {
        let (mut agent, mut others) = (String::new(), Vec::new());
        for participant in &session.participants {
            match participant.mode {
                Mode::Primary => agent = name(participant.user)?,
                mode => others.push((
                    name(participant.user)?,
                    Text::new(format!("record-mode-{}", mode.word())),
                )),
            }
        }
        parts.push(Part {
            agent,
            queue: queues::name(reader, session.queue)?.unwrap_or_default(),
            assigned_at: session.assigned_at,
            accepted_at: session.accepted_at,
            closed_at: session.closed.map(|(at, _)| at),
            closure: session
                .closed
                .map(|(_, closure)| Text::new(format!("record-closure-{}", word(&closure)))),
            others,
        });
    }
    Ok(parts)
}

#[get("/workspace/conversations/<id>/record")]
fn show(person: Agent, id: i64, app: &Managed<Arc<App>>) -> Answer<Page<Record>> {
    let (conversation, _) = load(app, &person, id)?;
    Ok(Page::ok(app.store.read(|reader| {
        let id = conversation.id;
        let profile = profiles::by_id(reader, conversation.profile)?;
        let page = pages::by_id(reader, conversation.page)?;
        let reason = database::conversations::status_reason(reader, id)?;
        Ok(Record {
            sessions: Sessions::read(reader, &person, Some(id), clock::now())?,
            customer: profile.map_or_else(
                || Text::new("earlier-summary"),
                |profile| customer::text_of(&profile.shown_name()),
            ),
            page: page.map(|page| page.name).unwrap_or_default(),
            queue: queues::name(reader, conversation.queue)?.unwrap_or_default(),
            reason: reason.map(|reason| Text::new(format!("record-reason-{}", word(&reason)))),
            parts: parts(reader, id)?,
            conversation,
        })
    })?))
}
