//! Where a link of an administrator leads: the person chooses a password and is signed in. (promises.md §4:
//! invitations are 256 bits, hashed, a day long, and work once.)

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::{CookieJar, Status};
use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};

use super::App;
use super::failure::Answer;
use super::forms::{GateForm, Problems};
use super::gate::{self, Beginning};
use super::page::{Frame, Page, filters};
use super::passwords::Passwords;
use super::peer::Peer;
use super::visitor::Visitor;
use crate::clock;
use crate::crypto::{self, Secret};
use crate::domain::audit::Actor;
use crate::domain::password;
use crate::locale::Text;
use crate::store::user_links::{self, LinkOwner};
use crate::store::{sessions, users};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![show, choose]
}

#[derive(Template)]
#[template(path = "join/show.html")]
struct Show {
    token: String,
    /// `None`: the link does not work (any more).
    owner: Option<LinkOwner>,
    problems: Problems,
}

#[get("/join?<token>")]
fn show(app: &State<Arc<App>>, token: Option<String>) -> Answer<Page<Show>> {
    let token = token.unwrap_or_default();
    let owner = owner(app, &token)?;
    let status = if owner.is_some() {
        Status::Ok
    } else {
        Status::NotFound
    };
    Ok(Page(
        status,
        Show {
            token,
            owner,
            problems: Problems::default(),
        },
    ))
}

fn owner(app: &App, token: &str) -> Answer<Option<LinkOwner>> {
    let digest = crypto::sha256(token.as_bytes());
    Ok(app
        .store
        .read(|reader| user_links::owner(reader, &digest, clock::now()))?)
}

#[derive(FromForm)]
struct Typed {
    token: String,
    password: Secret,
}

#[post("/join", data = "<typed>")]
async fn choose(
    typed: GateForm<Typed>,
    app: &State<Arc<App>>,
    frame: &Frame,
    visitor: &Visitor,
    peer: Peer,
    passwords: &State<Passwords>,
    jar: &CookieJar<'_>,
) -> Answer<Result<Redirect, Page<Show>>> {
    let Typed { token, password } = typed.read()?;
    let page = |status, owner, token, problems| {
        Ok(Err(Page(
            status,
            Show {
                token,
                owner,
                problems,
            },
        )))
    };
    let mut problems = Problems::default();
    let Some(owner) = owner(app, &token)? else {
        return page(Status::NotFound, None, token, problems);
    };
    let known = [owner.email.as_str(), &owner.name, &frame.organization];
    if let Some(weakness) = password::weakness(password.expose(), &known) {
        problems.add("password", Text::new(weakness.key()));
        return page(Status::UnprocessableEntity, Some(owner), token, problems);
    }
    let hash = passwords.hash(password).await?;
    let beginning = Beginning::new(&peer, false);
    let session = beginning.session.clone();
    let digest = crypto::sha256(token.as_bytes());
    // The browser gets a new secret, so nothing is left of a session that it had.
    let replaced = match visitor {
        Visitor::SignedIn(old) => Some((old.person.id, old.session)),
        _ => None,
    };
    let actor = Actor::Link {
        address: peer.address,
    };
    let came = app
        .store
        .write_by(actor, move |tx| {
            // Looked up again in the transaction, so that a link works once even when it is used twice at once.
            let Some(owner) = user_links::owner(&tx.reader(), &digest, tx.now())? else {
                return Ok(false);
            };
            users::set_password(tx, owner.user, &hash)?;
            if let Some((person, session)) = replaced {
                sessions::end(tx, person, session)?;
            }
            sessions::start(tx, owner.user, &session)?;
            Ok(true)
        })
        .await?;
    if !came {
        return page(Status::NotFound, None, token, problems);
    }
    beginning.hand_over(app, jar);
    Ok(Ok(Redirect::to(gate::START)))
}
