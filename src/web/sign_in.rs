//! Signing in and out.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::{CookieJar, Header, Status};
use rocket::response::{Redirect, Responder};
use rocket::{Route, State, get, post, routes};

use super::App;
use super::failure::Answer;
use super::forms::{Button, GateForm, Problems};
use super::gate::{self, Beginning};
use super::guards::SignedIn;
use super::page::{Page, filters};
use super::passwords::Passwords;
use super::peer::Peer;
use super::visitor::Visitor;
use crate::clock;
use crate::crypto::Secret;
use crate::locale::Text;
use crate::store::throttle::{AfterFailure, Counter, Verdict};
use crate::store::users::User;
use crate::store::{sessions, throttle, users};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![start, show, sign_in, sign_out]
}

#[derive(Template)]
#[template(path = "sign_in/show.html")]
struct Show {
    email: String,
    keep: bool,
    next: String,
    problems: Problems,
}

/// What is typed to sign in.
#[derive(FromForm)]
struct Typed {
    email: String,
    password: Secret,
    #[field(default = false)]
    keep: bool,
    #[field(default = String::new())]
    next: String,
}

#[get("/")]
fn start() -> Redirect {
    Redirect::to(gate::START)
}

#[get("/login?<next>")]
fn show(visitor: &Visitor, next: Option<&str>) -> Result<Redirect, Page<Show>> {
    let next = gate::local(next.unwrap_or_default()).to_owned();
    match visitor {
        Visitor::SignedIn(_) => Ok(Redirect::to(next)),
        Visitor::Stranger { set_up: false } => Ok(Redirect::to("/setup")),
        _ => Err(Page::ok(Show {
            email: String::new(),
            keep: false,
            next,
            problems: Problems::default(),
        })),
    }
}

#[post("/login", data = "<typed>")]
async fn sign_in(
    typed: GateForm<Typed>,
    visitor: &Visitor,
    peer: Peer,
    app: &State<Arc<App>>,
    passwords: &State<Passwords>,
    jar: &CookieJar<'_>,
) -> Answer<Result<Redirect, Page<Show>>> {
    let GateForm(typed) = typed;
    let counters = [
        Counter::account(&typed.email),
        Counter::address(&peer.network()),
    ];
    let after_failure = match count(app, &counters).await? {
        Verdict::Paused(until) => return Ok(Err(refused(typed, AfterFailure::Paused(until)))),
        Verdict::Counted(after_failure) => after_failure,
    };
    let Some(user) = prove(app, passwords, &typed).await? else {
        return Ok(Err(refused(typed, after_failure)));
    };
    let beginning = Beginning::new(&peer, typed.keep);
    if !begin(app, user, &beginning, visitor, counters).await? {
        return Ok(Err(refused(typed, after_failure)));
    }
    beginning.hand_over(app, jar);
    Ok(Ok(Redirect::to(gate::local(&typed.next).to_owned())))
}

async fn count(app: &App, counters: &[Counter; 2]) -> Answer<Verdict> {
    let counters = counters.clone();
    Ok(app
        .store
        .write(move |tx| throttle::count(tx, &counters))
        .await?)
}

/// The person whose email and password were typed. Whoever does not exist or is disabled costs the same
/// time as a wrong password.
async fn prove(app: &App, passwords: &Passwords, typed: &Typed) -> Answer<Option<User>> {
    let email = typed.email.trim();
    let user = app
        .store
        .read(|reader| users::by_email(reader, email))?
        .filter(|user| user.disabled_at.is_none());
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let is_right = passwords.is_right(typed.password.clone(), hash).await?;
    Ok(user.filter(|_| is_right))
}

/// Stores the session. False when the person was disabled or got another password while this one was
/// being checked.
async fn begin(
    app: &App,
    user: User,
    beginning: &Beginning,
    visitor: &Visitor,
    [account, address]: [Counter; 2],
) -> Answer<bool> {
    let session = beginning.session.clone();
    // The browser gets a new secret, so nothing is left of a session that it had.
    let replaced = match visitor {
        Visitor::SignedIn(old) => Some((old.person.id, old.session)),
        _ => None,
    };
    let began = app.store.write(move |tx| {
        let is_unchanged = users::by_email(&tx.reader(), &user.email)?.is_some_and(|now| {
            now.disabled_at.is_none() && now.password_hash == user.password_hash
        });
        if is_unchanged {
            throttle::succeeded(tx, &account, &address)?;
            if let Some((person, session)) = replaced {
                sessions::end(tx, person, session)?;
            }
            sessions::start(tx, user.id, &session)?;
        }
        Ok(is_unchanged)
    });
    Ok(began.await?)
}

/// The page again, with what holds now.
fn refused(typed: Typed, after: AfterFailure) -> Page<Show> {
    let (status, why) = match after {
        AfterFailure::TriesLeft(count) => (
            Status::UnprocessableEntity,
            Text::new("sign-in-wrong").arg("count", count),
        ),
        AfterFailure::Paused(until) => (Status::TooManyRequests, gate::pause(until, clock::now())),
    };
    let mut problems = Problems::default();
    problems.add("password", why);
    Page(
        status,
        Show {
            email: typed.email,
            keep: typed.keep,
            next: typed.next,
            problems,
        },
    )
}

/// The way out: the browser also forgets what it kept of our pages.
#[derive(Responder)]
struct Out {
    to: Redirect,
    forget: Header<'static>,
}

#[post("/logout", data = "<_button>")]
async fn sign_out(
    person: SignedIn,
    app: &State<Arc<App>>,
    jar: &CookieJar<'_>,
    _button: Button,
) -> Answer<Out> {
    let (user, session) = (person.id, person.0.session);
    app.store
        .write(move |tx| sessions::end(tx, user, session))
        .await?;
    gate::forget_cookie(app, jar);
    Ok(Out {
        to: Redirect::to("/login"),
        // Not "cookies": that would also sign out of other programs on the same domain.
        forget: Header::new("Clear-Site-Data", r#""cache", "storage""#),
    })
}
