//! What this machine could do without our work: the same server reading, verifying and parsing the same
//! body, without a database (the ceiling) and with one row behind a mutex (what a program without group
//! commit does). Each runs in a process of its own, like the product.

use parking_lot::Mutex;
use rocket::data::ToByteUnit as _;
use rocket::http::Status;
use rocket::{Data, State, post, routes};
use rusqlite::Connection;

use crate::cli::{Failure, serve};
use crate::config::Config;
use crate::crypto;

struct Ceiling {
    secret: String,
    rows: Mutex<Connection>,
}

async fn read(data: Data<'_>) -> Option<Vec<u8>> {
    let body = data.open(1.mebibytes()).into_bytes().await.ok()?;
    body.is_complete().then(|| body.into_inner())
}

fn is_authentic(ceiling: &Ceiling, headers: &Headers<'_>, body: &[u8]) -> bool {
    let Some(tag) = headers.0.and_then(|value| value.strip_prefix("sha256=")) else {
        return false;
    };
    crypto::hex(&crypto::hmac_sha256(ceiling.secret.as_bytes(), body)) == tag
        && serde_json::from_slice::<serde_json::Value>(body).is_ok()
}

struct Headers<'r>(Option<&'r str>);

#[rocket::async_trait]
impl<'r> rocket::request::FromRequest<'r> for Headers<'r> {
    type Error = ();

    async fn from_request(
        request: &'r rocket::Request<'_>,
    ) -> rocket::request::Outcome<Headers<'r>, ()> {
        let signature = request.headers().get_one("x-hub-signature-256");
        rocket::request::Outcome::Success(Headers(signature))
    }
}

#[post("/without-database", data = "<data>")]
async fn without_database(
    ceiling: &State<Ceiling>,
    headers: Headers<'_>,
    data: Data<'_>,
) -> Status {
    match read(data).await {
        Some(body) if is_authentic(ceiling, &headers, &body) => Status::Ok,
        _ => Status::Unauthorized,
    }
}

#[post("/mutex", data = "<data>")]
async fn mutex(ceiling: &State<Ceiling>, headers: Headers<'_>, data: Data<'_>) -> Status {
    match read(data).await {
        Some(body) if is_authentic(ceiling, &headers, &body) => {
            let rows = ceiling.rows.lock();
            match rows
                .prepare_cached("INSERT INTO body (body) VALUES (?1)")
                .and_then(|mut statement| statement.execute([body]))
            {
                Ok(_) => Status::Ok,
                Err(_) => Status::ServiceUnavailable,
            }
        }
        _ => Status::Unauthorized,
    }
}

/// Runs until it is killed. `secret` signs the bodies.
pub fn run(config: Config, secret: String) -> Result<(), Failure> {
    std::fs::create_dir_all(&config.data)?;
    let rows = Connection::open(config.data.join("ceiling.db"))?;
    rows.pragma_update(None, "journal_mode", "wal")?;
    rows.pragma_update(None, "synchronous", "full")?;
    rows.execute_batch("CREATE TABLE body (body BLOB NOT NULL)")?;
    serve::run_with(
        config,
        serve::Extras {
            shape: Some(Box::new(|rocket| {
                rocket
                    .manage(Ceiling {
                        secret,
                        rows: Mutex::new(rows),
                    })
                    .mount("/webhooks/ceiling", routes![without_database, mutex])
            })),
            ..serve::Extras::default()
        },
    )
}
