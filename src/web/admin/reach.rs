//! Whether our own public address leads to us: the program calls its callback URL as a platform would, and
//! knows itself by an answer that only it can give.
//!
//! A request with the header `X-Tiski-Challenge` is answered, whatever else it is answered, with the
//! challenge signed by a key that this process made at its start.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::Header;
use rocket::{Request, Response, tokio};

use crate::crypto;
use crate::domain::delivery::Reason;
use crate::domain::ids::AccountId;
use crate::http;
use crate::store::{self, accounts};
use crate::web::App;

const CHALLENGE: &str = "X-Tiski-Challenge";
const PROOF: &str = "x-tiski-proof";
/// As long as the platforms wait, about.
const LIMIT: Duration = Duration::from_secs(10);

static KEY: LazyLock<[u8; 32]> = LazyLock::new(crypto::random);

/// Answers challenges.
pub struct Answers;

#[rocket::async_trait]
impl Fairing for Answers {
    fn info(&self) -> Info {
        Info {
            name: "Challenge to our own address",
            kind: Kind::Response,
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        if let Some(challenge) = request.headers().get_one(CHALLENGE)
            && challenge.len() <= 64
        {
            response.set_header(Header::new(PROOF, proof(challenge)));
        }
    }
}

fn proof(challenge: &str) -> String {
    crypto::hex(&crypto::hmac_sha256(&*KEY, challenge.as_bytes()))
}

/// Calls an address below the account's callback URL and records what came of it. Not the callback URL itself:
/// that would count as an attempt to verify it.
///
/// # Errors
/// What the database says.
pub async fn check(app: &Arc<App>, account: AccountId, callback_url: String) -> store::Result<()> {
    let called = tokio::task::spawn_blocking(move || call(&callback_url));
    let error = match called.await {
        Ok(result) => result.err(),
        Err(error) => {
            tracing::error!(%error, "calling our own address failed");
            return Ok(());
        }
    };
    let stored = error.map(|reason| serde_json::json!(reason).to_string());
    app.store
        .write(move |tx| accounts::reached(tx, account, stored.as_deref()))
        .await
}

fn call(callback_url: &str) -> Result<(), Reason> {
    let challenge = crypto::random_key();
    let answer = http::Client::new(LIMIT)
        .call(http::Request {
            method: "GET",
            url: &format!("{callback_url}/reach"),
            headers: vec![(CHALLENGE, &challenge)],
            body: None,
        })
        .map_err(|error| Reason {
            word: "unreachable".to_owned(),
            detail: error.to_string(),
        })?;
    if answer.header(PROOF) == Some(proof(&challenge).as_str()) {
        return Ok(());
    }
    let word = match answer.status {
        300..=399 => "redirected",
        502..=504 => "no-server-behind",
        _ => "another-server",
    };
    Err(Reason {
        word: word.to_owned(),
        detail: answer.status.to_string(),
    })
}
