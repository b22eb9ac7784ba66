//! Where the platforms call. A signed body is on disk before the answer 200, and nothing else happens
//! before it: verify, one journal row, answer.
//!
//! These are the only routes that change something without the same-origin guard: a platform is no browser,
//! sends neither `Origin` nor a cookie, and no cookie is looked at here. What takes the guard's place is the
//! signature over the raw bytes, with a secret that only the platform and this account know.
//!
//! Nothing on this way reads the database: accounts and their secrets are kept in memory ([`Known`]) and
//! dropped when an account changes. An account without a secret is closed, never unchecked.

use std::io::Cursor;
use std::sync::Arc;

use rocket::data::{ByteUnit, Data};
use rocket::http::{ContentType, HeaderMap, Status};
use rocket::request::{FromRequest, Outcome, Request};
use rocket::response::{self, Responder, Response};
use rocket::{Route, State, get, post, routes};
use url::form_urlencoded;

use super::{App, body};
use crate::channels::Channel;
use crate::domain::ids::AccountId;
use crate::store::journal;

mod known;
#[cfg(test)]
mod tests;

use known::Account;
pub use known::{Known, forget_what_changes};

/// A longer body is refused. Meta's largest batches, a thousand events, are shorter.
const LIMIT: ByteUnit = ByteUnit::Mebibyte(1);

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![handshake, receive]
}

/// The platform asks whether this address is ours (Facebook: when somebody saves the callback). Answered
/// from memory, so that it works while the database is busy; that it asked is written down afterwards.
#[get("/webhooks/<channel>/<key>")]
fn handshake(
    channel: &str,
    key: &str,
    query: Query<'_>,
    app: &State<Arc<App>>,
    known: &State<Known>,
) -> Answer {
    let (channel, account) = match find(app, known, channel, key) {
        Ok(found) => found,
        Err(refusal) => return refusal,
    };
    let Some(verify_token) = account.verify_token() else {
        return Answer::UNKNOWN_KEY;
    };
    match channel.handshake(verify_token, &|name| query.value(name)) {
        Some(challenge) => {
            account.note_handshake(&app.store, true);
            Answer::Challenge(challenge)
        }
        None => {
            account.note_handshake(&app.store, false);
            Answer::Refused(Status::Forbidden, "The verify token is another.\n")
        }
    }
}

/// The platform brings events.
#[post("/webhooks/<channel>/<key>", data = "<data>")]
async fn receive(
    channel: &str,
    key: &str,
    headers: Headers<'_>,
    data: Data<'_>,
    app: &State<Arc<App>>,
    known: &State<Known>,
) -> Answer {
    let (channel, account) = match find(app, known, channel, key) {
        Ok(found) => found,
        Err(refusal) => return refusal,
    };
    if headers.0.contains("Content-Encoding") {
        // What is signed is what was sent; unpacked, a small body could also grow without bound.
        return Answer::Refused(Status::UnsupportedMediaType, "Send it uncompressed.\n");
    }
    let body = match body::read(data, LIMIT).await {
        Ok(body) => body,
        Err(error) => return Answer::Refused(error.status(), "The body was not received.\n"),
    };
    match verify(app, known, channel, &account, &headers, body) {
        Some(verified) => keep(app, known, verified).await,
        None => {
            account.note_wrong_signature(&app.store);
            Answer::Refused(Status::Unauthorized, "The signature does not fit.\n")
        }
    }
}

/// A body whose signature fits its account. Only [`verify`] makes one, and only such a body is kept.
struct Verified {
    account: AccountId,
    body: Vec<u8>,
}

fn verify(
    app: &App,
    known: &Known,
    channel: &dyn Channel,
    account: &Arc<Account>,
    headers: &Headers<'_>,
    body: Vec<u8>,
) -> Option<Verified> {
    let fits = |account: &Account| {
        account
            .secret()
            .is_some_and(|secret| channel.verify(secret, &|name| headers.values(name), &body))
    };
    // The secret may have been replaced a moment ago.
    let fits = fits(account)
        || known
            .read_again(&app.store, account)
            .is_some_and(|account| fits(&account));
    fits.then_some(Verified {
        account: account.id(),
        body,
    })
}

async fn keep(app: &App, known: &Known, verified: Verified) -> Answer {
    let Verified { account, body } = verified;
    let kept = app
        .store
        .write(move |tx| journal::append(tx, account, &body))
        .await;
    match kept {
        Ok(()) => Answer::Kept,
        Err(error) => {
            known.complain(&error);
            Answer::LATER
        }
    }
}

/// The channel of a URL's name, and the account of its key.
fn find<'a>(
    app: &'a App,
    known: &Known,
    channel: &str,
    key: &str,
) -> Result<(&'a dyn Channel, Arc<Account>), Answer> {
    let channel = app.channels.get(channel).ok_or(Answer::UNKNOWN_KEY)?;
    match known.account(&app.store, channel.name(), key) {
        Ok(Some(account)) => Ok((channel, account)),
        Ok(None) => Err(Answer::UNKNOWN_KEY),
        Err(error) => {
            known.complain(&error);
            Err(Answer::LATER)
        }
    }
}

/// What a platform is answered.
enum Answer {
    /// The body is on disk.
    Kept,
    /// The challenge of the verification call, and nothing else: no quotes, no line end.
    Challenge(String),
    /// Refused, with a line for whoever debugs a connection.
    Refused(Status, &'static str),
}

impl Answer {
    const UNKNOWN_KEY: Answer = Answer::Refused(Status::NotFound, "There is no such webhook.\n");
    /// The platform sends it again.
    const LATER: Answer = Answer::Refused(Status::ServiceUnavailable, "Not stored.\n");
}

impl<'r> Responder<'r, 'static> for Answer {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let (status, text) = match self {
            Answer::Kept => return Ok(Response::new()),
            Answer::Challenge(challenge) => (Status::Ok, challenge),
            Answer::Refused(status, line) => (status, line.to_owned()),
        };
        Response::build()
            .status(status)
            .header(ContentType::Plain)
            .sized_body(text.len(), Cursor::new(text))
            .ok()
    }
}

struct Headers<'r>(&'r HeaderMap<'r>);

impl Headers<'_> {
    fn values(&self, name: &str) -> Vec<String> {
        self.0.get(name).map(str::to_owned).collect()
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Headers<'r> {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        Outcome::Success(Headers(request.headers()))
    }
}

/// The query as it stands in the URL: Meta's names have dots, which Rocket's forms read as nesting.
struct Query<'r>(&'r str);

impl Query<'_> {
    fn value(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.0.as_bytes())
            .find(|(given, _)| given == name)
            .map(|(_, value)| value.into_owned())
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Query<'r> {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        let query = request.uri().query().map(|query| query.as_str());
        Outcome::Success(Query(query.unwrap_or_default()))
    }
}
