//! `GET /health`: whether the server can do its work, which is to say whether it can write.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rocket::http::{ContentType, Status};
use rocket::tokio::sync::Mutex;
use rocket::tokio::time::timeout;
use rocket::{Route, State, get, routes};
use serde_json::json;

use super::App;
use crate::store::{Store, facts};

/// An answer holds this long: whoever asks more often costs nothing.
const FRESH: Duration = Duration::from_secs(1);
/// A write that takes longer is a failure.
const PATIENCE: Duration = Duration::from_secs(5);

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![health]
}

/// The last answer.
#[derive(Default)]
pub struct Pulse(Mutex<Option<(Instant, Result<(), String>)>>);

#[get("/health")]
async fn health(app: &State<Arc<App>>, pulse: &State<Pulse>) -> (Status, (ContentType, String)) {
    let mut last = pulse.0.lock().await;
    let result = match &*last {
        Some((at, result)) if at.elapsed() < FRESH => result.clone(),
        _ => {
            let result = try_to_write(&app.store).await;
            *last = Some((Instant::now(), result.clone()));
            result
        }
    };
    let (status, answer) = match result {
        Ok(()) => (Status::Ok, json!({"status": "ok"})),
        Err(reason) => (
            Status::ServiceUnavailable,
            json!({"status": "failing", "reason": reason}),
        ),
    };
    (status, (ContentType::JSON, answer.to_string()))
}

async fn try_to_write(store: &Store) -> Result<(), String> {
    match timeout(PATIENCE, store.write(facts::note_health)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("the database did not write in time".to_owned()),
    }
}
