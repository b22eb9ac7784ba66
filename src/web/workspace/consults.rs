//! Asking a colleague about a conversation: who is asked reads it, writes notes, and may be let in to write to the
//! customer. (Specification §4.5.)

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Either, Route, State as Managed, get, post, routes};

use super::load_held;
use super::notes::{self, LONGEST};
use super::supervisor::board::{self, PersonView};
use super::transitions::{Overtaken, address};
use crate::clock;
use crate::domain::ids::{ConversationId, UserId};
use crate::locale::Text;
use crate::store::{self, Reader, agent_sessions, participation};
use crate::web::App;
use crate::web::failure::{Answer, Failure};
use crate::web::forms::{Form, Problems};
use crate::web::guards::Agent;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![ask, invite]
}

/// Who is asked, and what.
#[derive(FromForm)]
struct Typed {
    /// A person's row id.
    #[field(default = "")]
    person: String,
    #[field(default = "")]
    note: String,
}

impl Typed {
    fn empty() -> Typed {
        Typed {
            person: String::new(),
            note: String::new(),
        }
    }
}

#[derive(Template)]
#[template(path = "workspace/consults/new.html")]
struct Question {
    conversation: ConversationId,
    people: Vec<PersonView>,
    typed: Typed,
    problems: Problems,
}

impl Question {
    fn read(reader: &Reader<'_>, id: ConversationId, person: UserId) -> store::Result<Question> {
        let beside = agent_sessions::beside(reader, id)?;
        let mut there: Vec<UserId> = beside.into_iter().map(|(user, _)| user).collect();
        there.push(person);
        Ok(Question {
            conversation: id,
            people: board::reachable(reader, &there, clock::now())?,
            typed: Typed::empty(),
            problems: Problems::default(),
        })
    }

    /// Whom the form sends, among those whom it offers.
    fn whom(&self) -> Option<UserId> {
        let mut people = self.people.iter().map(|person| person.user);
        people.find(|user| user.to_string() == self.typed.person)
    }

    fn is_chosen(&self, user: &UserId) -> bool {
        self.typed.person == user.to_string()
    }
}

#[get("/workspace/conversations/<id>/consult")]
fn ask(person: Agent, id: i64, app: &Managed<Arc<App>>) -> Answer<Page<Question>> {
    let held = load_held(app, &person, id)?;
    let question = app
        .store
        .read(|reader| Question::read(reader, held.id, person.id))?;
    Ok(Page::ok(question))
}

type Done = Either<Led, Either<Page<Question>, Page<Overtaken>>>;

#[post("/workspace/conversations/<id>/consult", data = "<form>")]
async fn invite(
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
        .read(|reader| Question::read(reader, held.id, person.id))?;
    question.typed = typed;
    let Some(whom) = question.whom() else {
        let why = Text::new("consult-person-wanted");
        question.problems.add("person", why);
        return Ok(Either::Right(Either::Left(Page::unprocessable(question))));
    };
    let (id, by, note) = (held.id, person.id, question.typed.note);
    let is_asked = app
        .store
        .write(move |tx| {
            let is_asked = participation::ask(tx, id, by, whom)?;
            if is_asked {
                notes::add(tx, id, by, &note)?;
            }
            Ok(is_asked)
        })
        .await?;
    Ok(match is_asked {
        true => Either::Left(Outcome::ColleagueAsked.at(address(id))),
        false => Either::Right(Either::Right(Overtaken::moved(id))),
    })
}
