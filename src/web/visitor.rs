//! Who makes a request: looked up once, before any handler, for everything that shows pages.
//!
//! Person and role are read from the database each time, so that a change of either holds at once.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::{Cookie, SameSite};
use rocket::request::{FromRequest, Outcome};
use rocket::{Data, Request, tokio};

use super::alarm::{self, Alarm};
use super::outcome;
use super::page::{Frame, Person};
use super::{App, peer};
use crate::clock;
use crate::crypto;
use crate::domain::access::{Action, Relation, may};
use crate::domain::audit::Actor;
use crate::domain::ids::{BrowserSessionId, LiveEventId};
use crate::domain::time::Timestamp;
use crate::locale::Locale;
use crate::store::organization::{self, Organization};
use crate::store::sessions::{self, Session};
use crate::store::{self, Reader, live_events, users};

/// "Last seen" in the list of browsers is as exact as this; more would be a write per request.
const TOUCH_EVERY: Duration = Duration::from_secs(60);

/// Paths where nobody signs in: files that are the same for everybody, and programs.
const WITHOUT_PEOPLE: [&str; 3] = ["/static/", "/webhooks/", "/health"];

/// Who makes the request.
#[derive(Clone, Debug)]
pub enum Visitor {
    /// Nobody that we know.
    Stranger {
        /// Whether there is an administrator; before that everything leads to `/setup`.
        set_up: bool,
    },
    /// A signed-in person.
    SignedIn(SignIn),
    /// The database could not be asked; nobody is let in, and nobody is told to sign in.
    Unknown,
}

/// A signed-in person with the session that says so.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// The person.
    pub person: Person,
    /// The session.
    pub session: BrowserSessionId,
    /// What every form of this session carries.
    pub csrf_token: String,
    /// Whether there is an administrator, as in [`Visitor::Stranger`].
    pub set_up: bool,
    /// Where the browser is.
    pub address: IpAddr,
}

impl SignIn {
    /// The person, as the audit log names who makes a change.
    pub fn actor(&self) -> Actor {
        Actor::Person {
            id: self.person.id,
            name: self.person.name.clone(),
            address: self.address,
        }
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for &'r Visitor {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<&'r Visitor, Infallible> {
        Outcome::Success(of(request))
    }
}

/// Who makes this request, as the fairing found out.
pub fn of<'r>(request: &'r Request<'_>) -> &'r Visitor {
    request.local_cache(|| Visitor::Stranger { set_up: true })
}

/// Looks up the visitor of every request and fills its [`Frame`].
pub struct Lookup;

#[rocket::async_trait]
impl Fairing for Lookup {
    fn info(&self) -> Info {
        Info {
            name: "Visitor",
            kind: Kind::Request,
        }
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        let path = request.uri().path().as_str();
        let without_people = WITHOUT_PEOPLE.iter().any(|prefix| path.starts_with(prefix));
        let Some(app) = request.rocket().state::<Arc<App>>() else {
            return;
        };
        if without_people {
            return;
        }
        let now = clock::now();
        let token_hash = request
            .cookies()
            .get(cookie_name(app))
            .map(|cookie| crypto::sha256(cookie.value().as_bytes()));
        let found = app
            .store
            .read(|reader| look_up(reader, token_hash.as_ref(), now));
        let (visitor, frame) = match found {
            Ok(Found {
                session,
                organization,
                set_up,
                live_position,
                alarm,
            }) => {
                if let Some(session) = &session {
                    touch(app, session, now);
                }
                (
                    visitor(session.as_ref(), set_up, peer::address(request)),
                    Frame {
                        live_position,
                        outcome: outcome::Outcome::told(request.cookies()),
                        alarm,
                        ..frame(app, path, session.as_ref(), organization)
                    },
                )
            }
            Err(error) => {
                tracing::error!(%error, "the visitor of a request could not be looked up");
                (Visitor::Unknown, frame(app, path, None, None))
            }
        };
        request.local_cache(|| visitor);
        request.local_cache(|| frame);
    }
}

struct Found {
    session: Option<Session>,
    organization: Option<Organization>,
    set_up: bool,
    live_position: LiveEventId,
    alarm: Option<Alarm>,
}

fn look_up(
    reader: &Reader<'_>,
    token_hash: Option<&[u8; 32]>,
    now: Timestamp,
) -> store::Result<Found> {
    let session = match token_hash {
        Some(token_hash) => sessions::by_token(reader, token_hash, now)?,
        None => None,
    };
    let may_administer = session
        .as_ref()
        .is_some_and(|session| may(session.role, Action::Administer, Relation::Foreign));
    Ok(Found {
        alarm: match may_administer {
            true => alarm::of(reader, now)?,
            false => None,
        },
        organization: organization::find(reader)?,
        set_up: users::has_administrator(reader)?,
        live_position: live_events::newest(reader)?,
        session,
    })
}

fn visitor(session: Option<&Session>, set_up: bool, address: IpAddr) -> Visitor {
    match session {
        Some(session) => Visitor::SignedIn(SignIn {
            person: person(session),
            session: session.id,
            csrf_token: session.csrf_token.clone(),
            set_up,
            address,
        }),
        None => Visitor::Stranger { set_up },
    }
}

/// The person of a session.
pub fn person(session: &Session) -> Person {
    Person {
        id: session.user,
        name: session.name.clone(),
        role: session.role,
    }
}

fn frame(
    app: &App,
    path: &str,
    session: Option<&Session>,
    organization: Option<Organization>,
) -> Frame {
    let default = Frame::default();
    let locale = session
        .and_then(|session| session.locale.as_deref())
        .or(organization
            .as_ref()
            .map(|organization| organization.locale.as_str()))
        .and_then(Locale::from_tag)
        .unwrap_or(default.locale);
    let time_zone = organization
        .as_ref()
        .and_then(|organization| organization.time_zone.parse().ok())
        .unwrap_or(default.time_zone);
    Frame {
        locale,
        person: session.map(person),
        csrf: session
            .map(|session| session.csrf_token.clone())
            .unwrap_or_default(),
        organization: organization
            .map(|organization| organization.name)
            .unwrap_or_default(),
        time_zone,
        path: path.to_owned(),
        demo: app.demo,
        ..default
    }
}

/// Notes the request at its session, off the request's own way.
fn touch(app: &App, session: &Session, now: Timestamp) {
    if now.since(session.last_seen_at) < TOUCH_EVERY {
        return;
    }
    let (store, id) = (app.store.clone(), session.id);
    tokio::spawn(async move {
        if let Err(error) = store.write(move |tx| sessions::touch(tx, id)).await {
            tracing::warn!(%error, "a session's last request could not be noted");
        }
    });
}

/// The name of the session's cookie. The prefix `__Host-` makes browsers refuse one that came from
/// another host or over http.
pub fn cookie_name(app: &App) -> &'static str {
    if app.is_https() {
        "__Host-tiski"
    } else {
        "tiski"
    }
}

/// The cookie of a session; without `max_age` the browser forgets it when it is closed.
pub fn cookie(app: &App, value: String, max_age: Option<Duration>) -> Cookie<'static> {
    let cookie = Cookie::build((cookie_name(app), value))
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.is_https())
        .path("/");
    match max_age {
        Some(max_age) => cookie
            .max_age(rocket::time::Duration::seconds(max_age.as_secs() as i64))
            .build(),
        None => cookie.build(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::testing::House;

    #[test]
    fn behind_https_the_cookie_travels_over_https_to_this_host_only() {
        let house = House::new();
        let app = App {
            store: house.app.store.clone(),
            hub: house.app.hub.clone(),
            channels: house.app.channels.clone(),
            public_url: "https://help.shop.example".to_owned(),
            setup_code: house.app.setup_code.clone(),
            demo: false,
        };
        assert_eq!(
            cookie(&app, "x".to_owned(), None).to_string(),
            "__Host-tiski=x; HttpOnly; SameSite=Lax; Secure; Path=/"
        );
    }
}
