//! What is done to one conversation or to several at once: given to somebody, given to somebody else, closed.
//! The question and the act have one address, by GET and by POST.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::request::FromParam;
use rocket::{Either, Route, State as Managed, get, post, routes};

use super::board::{PersonView, people};
use super::{PATH, Rights};
use crate::clock;
use crate::domain::access::Relation;
use crate::domain::ids::{ConversationId, QueueId, UserId};
use crate::domain::supervision::Intervention;
use crate::locale::Text;
use crate::store::queues::QueueName;
use crate::store::supervision::{self, LISTED_UP_TO, Ongoing, Target};
use crate::store::{self, Reader, capacity, queues};
use crate::web::App;
use crate::web::failure::{Answer, Failure};
use crate::web::forms::{Form, Problems};
use crate::web::guards::Overseer;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};
use crate::web::workspace::customer::CustomerView;

/// Conversations that are moved in one transaction: the writer must be free again soon.
const PORTION: usize = 25;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![ask, act]
}

/// What is done, as it stands in an address. To read along is no such thing: it changes nothing.
#[derive(Clone, Copy, Debug)]
struct Act(Intervention);

impl<'a> FromParam<'a> for Act {
    type Error = ();

    fn from_param(word: &'a str) -> Result<Act, ()> {
        Intervention::from_word(word)
            .filter(|intervention| *intervention != Intervention::Monitor)
            .map(Act)
            .ok_or(())
    }
}

/// What is sent: the conversations, and to whom or where they go (`person-5`, `queue-2`; to be closed, they go
/// nowhere).
#[derive(Debug, FromForm)]
struct Typed {
    id: Vec<i64>,
    #[field(default = "")]
    target: String,
}

/// The question: which conversations, and to whom.
#[derive(Template)]
#[template(path = "workspace/supervisor/act.html")]
struct Question {
    act: Intervention,
    /// Those that it is done to.
    fitting: Vec<Shown>,
    /// Those that do not stand where it can be done.
    others: Vec<Shown>,
    people: Vec<Choice>,
    queues: Vec<QueueName>,
    target: String,
    problems: Problems,
}

/// A conversation as the question names it.
struct Shown {
    id: ConversationId,
    customer: CustomerView,
    state: &'static str,
}

/// Somebody who can be given them.
struct Choice {
    person: PersonView,
    /// Units beyond what there is, with all of them.
    over: u32,
}

impl Shown {
    fn new(one: &Ongoing) -> Shown {
        Shown {
            id: one.conversation,
            customer: CustomerView::new(
                one.profile,
                &one.name,
                one.language.as_deref(),
                &one.channel,
            ),
            state: one.state.word(),
        }
    }
}

impl Question {
    fn read(reader: &Reader<'_>, act: Intervention, ids: &[i64]) -> store::Result<Question> {
        let ids: Vec<_> = ids.iter().copied().map(ConversationId).collect();
        let all = supervision::chosen(reader, &ids)?;
        let (fitting, others): (Vec<_>, Vec<_>) = all.iter().partition(|one| act.fits(one.state));
        let is_given = act != Intervention::ForceClose && !fitting.is_empty();
        Ok(Question {
            act,
            people: match is_given {
                true => choices(reader, act, &fitting)?,
                false => Vec::new(),
            },
            queues: match is_given {
                true => queues::names(reader)?,
                false => Vec::new(),
            },
            fitting: fitting.into_iter().map(Shown::new).collect(),
            others: others.into_iter().map(Shown::new).collect(),
            target: String::new(),
            problems: Problems::default(),
        })
    }

    /// What the form sends for it, among what it offers.
    fn target(&self, typed: &str) -> Option<Target> {
        let (kind, id) = typed.split_once('-')?;
        let id: i64 = id.parse().ok()?;
        match kind {
            "person" => {
                let mut people = self.people.iter().map(|choice| choice.person.user);
                people.find(|user| user.0 == id).map(Target::Person)
            }
            "queue" => {
                let mut queues = self.queues.iter().map(|queue| queue.id);
                queues.find(|queue| queue.0 == id).map(Target::Queue)
            }
            _ => None,
        }
    }

    /// The locale key of a part of the page.
    fn key(&self, part: &str) -> String {
        format!("supervisor-{}-{part}", self.act.word())
    }

    fn is_closing(&self) -> bool {
        self.act == Intervention::ForceClose
    }

    fn is_target(&self, kind: &str, id: &dyn std::fmt::Display) -> bool {
        self.target == format!("{kind}-{id}")
    }
}

/// Who can be given conversations. A supervisor may give what waits to anybody, whatever the presence and the
/// capacity; what somebody answers goes on with a colleague of the same queues who is here.
/// (Specification §3.10, §4.10.)
fn choices(
    reader: &Reader<'_>,
    act: Intervention,
    fitting: &[&Ongoing],
) -> store::Result<Vec<Choice>> {
    let backlogs = supervision::backlogs(reader)?;
    let mut needed = 0;
    for one in fitting {
        needed += capacity::demand(reader, one.conversation)?.units;
    }
    let mut people = people(reader, &backlogs, clock::now())?;
    if act == Intervention::Transfer {
        let is_colleague = |person: &PersonView| {
            let mut queues = fitting.iter().map(|one| one.queue);
            queues.all(|queue: QueueId| person.queues.contains(&queue))
        };
        let has_all = |user: UserId| fitting.iter().all(|one| one.agent == Some(user));
        people
            .retain(|person| person.is_reachable && is_colleague(person) && !has_all(person.user));
    }
    let choices = people.into_iter().map(|person| Choice {
        over: (person.used + needed).saturating_sub(person.units),
        person,
    });
    Ok(choices.collect())
}

#[get("/workspace/supervisor/acts/<act>?<id>")]
fn ask(
    person: Overseer,
    act: Act,
    id: Vec<i64>,
    app: &Managed<Arc<App>>,
) -> Answer<Page<Question>> {
    let question = app.store.read(|reader| {
        let rights = Rights::of(reader, &person)?;
        let question = Question::read(reader, act.0, &id[..id.len().min(LISTED_UP_TO)])?;
        Ok((rights, question))
    });
    let (rights, question) = question?;
    rights.demand(act.0, Relation::Foreign)?;
    Ok(Page::ok(question))
}

/// What could not be done, because it has moved on meanwhile.
#[derive(Template)]
#[template(path = "workspace/supervisor/leftover.html")]
struct Leftover {
    done: usize,
    left: Vec<Shown>,
}

type Done = Either<Led, Either<Page<Question>, Page<Leftover>>>;

#[post("/workspace/supervisor/acts/<act>", data = "<form>")]
async fn act(
    person: Overseer,
    act: Act,
    app: &Managed<Arc<App>>,
    form: Form<Typed>,
) -> Answer<Done> {
    let Act(act) = act;
    let rights = app.store.read(|reader| Rights::of(reader, &person))?;
    rights.demand(act, Relation::Foreign)?;
    let typed = form.read()?;
    if typed.id.len() > LISTED_UP_TO {
        return Err(Failure::from(Status::UnprocessableEntity));
    }
    let mut question = app
        .store
        .read(|reader| Question::read(reader, act, &typed.id))?;
    let target = question.target(&typed.target);
    if target.is_none() && !question.is_closing() && !question.fitting.is_empty() {
        let why = Text::new("supervisor-target-wanted");
        question.problems.add("target", why);
        question.target = typed.target;
        return Ok(Either::Right(Either::Left(Page::unprocessable(question))));
    }
    let chosen = question.fitting.iter().map(|shown| shown.id).collect();
    let moved = carry_out(app, &person, act, target, chosen).await?;
    let mut left = question.others;
    let done = moved.len();
    left.extend(
        question
            .fitting
            .into_iter()
            .filter(|shown| !moved.contains(&shown.id)),
    );
    // Nothing at all was chosen, or it is closed by now.
    if !left.is_empty() || done == 0 {
        let leftover = Leftover { done, left };
        return Ok(Either::Right(Either::Right(Page(
            Status::Conflict,
            leftover,
        ))));
    }
    Ok(Either::Left(match act {
        Intervention::ForceClose => Outcome::ConversationsForceClosed.at(PATH),
        _ => Outcome::ConversationsGiven.at(PATH),
    }))
}

/// Does it to each; those to which it could be done.
async fn carry_out(
    app: &Arc<App>,
    person: &Overseer,
    act: Intervention,
    target: Option<Target>,
    chosen: Vec<ConversationId>,
) -> Answer<Vec<ConversationId>> {
    let by = person.id;
    let mut moved = Vec::new();
    for portion in chosen.chunks(PORTION) {
        let portion = portion.to_vec();
        let written = app.store.write_by(person.actor(), move |tx| {
            let mut moved = Vec::new();
            for id in portion {
                let is_done = match target {
                    Some(target) => supervision::give(tx, id, by, act, target)?,
                    None => supervision::force_close(tx, id, by)?,
                };
                if is_done {
                    moved.push(id);
                }
            }
            Ok(moved)
        });
        moved.extend(written.await?);
    }
    Ok(moved)
}
