//! The one live stream of a tab: `/events`. What it carries is a hint; the page fetched again is the truth.
//!
//! | event | data | what the page does |
//! |---|---|---|
//! | unnamed | `<hx-partial hx-target=… hx-swap=…>` with ready HTML | puts it where it belongs; a target that the page does not show is passed over |
//! | unnamed, at the beginning and whenever it changes | what is offered to the person, and the person's presence | as above |
//! | unnamed, in passing | a toast for the person | adds it to the toasts |
//! | `sessions` | | fetches the session list again |
//! | `work-items` | | fetches the dashboard's lists again |
//! | `board` | | fetches the supervisor board again; supervisors only |
//! | `account-changed` | the account's id | fetches the connection check again; administrators only |
//! | `beat` | the server's clock, ms | sets its clock; missing beats mean a dead stream |
//! | `answer`, with every beat while something is offered | the stream's number | answers under it: `POST /events/answers` |
//! | `reload` | | fetches the page again: it missed more than is worth telling |
//!
//! The id of every event is a row of `live_event`. A page carries the id as of when it was read
//! (`?after=`), a broken stream comes back with `Last-Event-ID`; both begin after it. A gap longer than
//! [`tab::REPLAYED`] events, or older than what is kept, becomes one `reload`.
//!
//! Every tab is asked at every event whether its person may see it, by the same answer as
//! `work_items::load_for`; the session is asked at every beat, whenever a session of the person ends, and
//! within seconds of another process ending it or changing the role ([`standing`]).

use std::sync::Arc;

use rocket::form::FromForm;
use rocket::http::{ContentType, Header, Status};
use rocket::request::{FromRequest, Outcome};
use rocket::response::stream::ByteStream;
use rocket::response::{self, Responder};
use rocket::{Request, Response, Route, Shutdown, State as Managed, get, post, routes};

use super::App;
use super::failure::Answer;
use super::forms::Form;
use super::guards::Agent;

use super::page::Frame;
use crate::clock;
use crate::domain::ids::LiveEventId;
use crate::live::seats::Seats;
use crate::live::wire;

pub mod attendance;
mod own;
mod press;
pub mod standing;
mod tab;
mod word;

use attendance::Attendance;
use press::Press;
use standing::Standing;
use tab::{Tab, Turn};

/// What all streams share.
#[derive(Default)]
pub struct Desk {
    press: Press,
    seats: Seats,
    standing: Standing,
    attendance: Attendance,
}

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![stream, answer]
}

/// Where a stream that broke goes on.
struct LastEventId(Option<LiveEventId>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for LastEventId {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<LastEventId, Self::Error> {
        let header = request.headers().get_one("Last-Event-ID");
        let id = header.and_then(|id| id.parse().ok()).map(LiveEventId);
        Outcome::Success(LastEventId(id))
    }
}

/// A stream of events.
struct Events<S>(S);

impl<'r, S> Responder<'r, 'r> for Events<ByteStream<S>>
where
    ByteStream<S>: Responder<'r, 'r>,
{
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'r> {
        Response::build_from(self.0.respond_to(request)?)
            .header(ContentType::EventStream)
            // A proxy that collects before it passes on would turn live into late.
            .header(Header::new("X-Accel-Buffering", "no"))
            .ok()
    }
}

/// `answers`: the page says that it answers while something is offered. One that does not is taken to be there for
/// as long as its connection stands.
// What a handler needs comes as arguments.
#[allow(clippy::too_many_arguments)]
#[get("/events?<after>&<answers>")]
fn stream<'r>(
    person: Agent,
    after: Option<i64>,
    answers: Option<bool>,
    last: LastEventId,
    frame: &Frame,
    app: &Managed<Arc<App>>,
    desk: &'r Managed<Arc<Desk>>,
    mut shutdown: Shutdown,
) -> Events<ByteStream![wire::Frame + 'r]> {
    let resume = last.0.or(after.map(LiveEventId));
    let answers = answers.unwrap_or(false);
    let mut tab = Tab::open(app, desk, &person.0, frame, answers);
    Events(ByteStream! {
        for frame in tab.catch_up(resume) {
            yield frame;
        }
        loop {
            let turn = rocket::tokio::select! {
                turn = tab.turn() => turn,
                () = &mut shutdown => Turn::Over(None),
            };
            match turn {
                Turn::Write(frames) => {
                    for frame in frames {
                        yield frame;
                    }
                }
                Turn::Over(last_words) => {
                    if let Some(frame) = last_words {
                        yield frame;
                    }
                    break;
                }
            }
        }
    })
}

#[derive(FromForm)]
struct TypedAnswer {
    stream: u64,
}

/// A page hears its stream, and so the offer on it. 404 for a stream that is over: the page has another one, or is
/// about to.
#[post("/events/answers", data = "<form>")]
fn answer(person: Agent, desk: &Managed<Arc<Desk>>, form: Form<TypedAnswer>) -> Answer<Status> {
    let stream = form.read()?.stream;
    Ok(
        match desk.attendance.answers(person.id, stream, clock::now()) {
            true => Status::NoContent,
            false => Status::NotFound,
        },
    )
}
