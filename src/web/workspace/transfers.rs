//! Handing a conversation on: to a queue that is open, or to a colleague who is here. (Specification §3.10.)

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Either, Route, State as Managed, get, post, routes};

use super::load_held;
use super::notes::{self, LONGEST};
use super::supervisor::board::{self, PersonView};
use super::transitions::Overtaken;
use crate::clock;
use crate::domain::ids::{ConversationId, QueueId, UserId};
use crate::domain::time::Timestamp;
use crate::locale::Text;
use crate::store::queues::settings::{self as queues, Queue};
use crate::store::supervision::{self, Target};
use crate::store::{self, Reader, operating_hours};
use crate::web::App;
use crate::web::failure::{Answer, Failure};
use crate::web::forms::{Form, Problems};
use crate::web::guards::Agent;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![ask, hand_on]
}

/// To whom or where, and what the next one should know.
#[derive(FromForm)]
struct Typed {
    /// `person-5` or `queue-2`.
    #[field(default = "")]
    target: String,
    #[field(default = "")]
    note: String,
}

impl Typed {
    fn empty() -> Typed {
        Typed {
            target: String::new(),
            note: String::new(),
        }
    }
}

#[derive(Template)]
#[template(path = "workspace/transfers/new.html")]
struct Question {
    conversation: ConversationId,
    people: Vec<PersonView>,
    queues: Vec<QueueName>,
    /// So many queues are closed now.
    closed: usize,
    typed: Typed,
    problems: Problems,
}

/// A queue that is open.
struct QueueName {
    id: QueueId,
    name: String,
    waiting: u32,
    /// The conversation is in it already: it goes back to those who wait there.
    is_same: bool,
}

impl Question {
    fn read(
        reader: &Reader<'_>,
        id: ConversationId,
        from: QueueId,
        person: UserId,
        now: Timestamp,
    ) -> store::Result<Question> {
        let (mut open, mut closed) = (Vec::new(), 0);
        for queue in queues::all(reader)? {
            match is_open(reader, &queue, now)? {
                true => open.push(QueueName {
                    id: queue.id,
                    name: queue.settings.name,
                    waiting: queue.waiting,
                    is_same: queue.id == from,
                }),
                false => closed += 1,
            }
        }
        Ok(Question {
            conversation: id,
            people: board::reachable(reader, &[person], now)?,
            queues: open,
            closed,
            typed: Typed::empty(),
            problems: Problems::default(),
        })
    }

    /// What the form sends for it, among what it offers.
    fn target(&self) -> Option<Target> {
        let (kind, id) = self.typed.target.split_once('-')?;
        let id: i64 = id.parse().ok()?;
        let people = || self.people.iter().any(|person| person.user.0 == id);
        let queues = || self.queues.iter().any(|queue| queue.id.0 == id);
        match kind {
            "person" => people().then_some(Target::Person(UserId(id))),
            "queue" => queues().then_some(Target::Queue(QueueId(id))),
            _ => None,
        }
    }

    fn is_target(&self, kind: &str, id: &dyn std::fmt::Display) -> bool {
        self.typed.target == format!("{kind}-{id}")
    }
}

fn is_open(reader: &Reader<'_>, queue: &Queue, now: Timestamp) -> store::Result<bool> {
    let hours = match queue.settings.hours {
        Some(hours) => operating_hours::by_id(reader, hours)?,
        None => None,
    };
    Ok(hours.is_none_or(|found| found.hours.is_open(now)))
}

#[get("/workspace/conversations/<id>/transfer")]
fn ask(person: Agent, id: i64, app: &Managed<Arc<App>>) -> Answer<Page<Question>> {
    let held = load_held(app, &person, id)?;
    let question = app
        .store
        .read(|reader| Question::read(reader, held.id, held.queue, person.id, clock::now()))?;
    Ok(Page::ok(question))
}

type Done = Either<Led, Either<Page<Question>, Page<Overtaken>>>;

#[post("/workspace/conversations/<id>/transfer", data = "<form>")]
async fn hand_on(
    person: Agent,
    id: i64,
    app: &Managed<Arc<App>>,
    form: Form<Typed>,
) -> Answer<Done> {
    let held = load_held(app, &person, id)?;
    let typed = form.read()?;
    if typed.note.chars().count() > LONGEST {
        return Err(Failure::from(Status::UnprocessableEntity));
    }
    let mut question = app
        .store
        .read(|reader| Question::read(reader, held.id, held.queue, person.id, clock::now()))?;
    question.typed = typed;
    let Some(target) = question.target() else {
        let why = Text::new("transfer-target-wanted");
        question.problems.add("target", why);
        return Ok(Either::Right(Either::Left(Page::unprocessable(question))));
    };
    let (id, by, note) = (held.id, person.id, question.typed.note);
    let is_done = app
        .store
        .write(move |tx| {
            // One transaction: a note without the transfer would ask nobody anything.
            let is_held = store::conversations::by_id(&tx.reader(), id)?
                .is_some_and(|found| found.agent == Some(by));
            if is_held {
                notes::add(tx, id, by, &note)?;
            }
            supervision::hand_on(tx, id, by, target)
        })
        .await?;
    Ok(match is_done {
        true => Either::Left(Outcome::ConversationTransferred.at("/workspace")),
        false => Either::Right(Either::Right(Overtaken::moved(id))),
    })
}
