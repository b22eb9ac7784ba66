//! The only addresses of files that need no sign-in: those that a platform and its customers' phones fetch what an
//! agent sent from. Who does not know one does not find it; it leads nowhere after its day, or when somebody here
//! ended it.

use std::convert::Infallible;
use std::sync::Arc;

use rocket::http::Status;
use rocket::request::{FromRequest, Outcome};
use rocket::{Request, Route, State as Managed, get, routes};

use super::App;
use super::failure::Answer;
use super::file_answer::FileAnswer;
use crate::clock;
use crate::store::outgoing;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![show]
}

/// Whether a request begins to fetch a file: not one for a later part.
struct Begins(bool);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Begins {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Begins, Infallible> {
        let range = request.headers().get_one("range");
        let from_the_start = range.is_none_or(|range| range.trim().starts_with("bytes=0-"));
        Outcome::Success(Begins(from_the_start))
    }
}

#[get("/media/<link>")]
async fn show(link: &str, begins: Begins, app: &Managed<Arc<App>>) -> Answer<FileAnswer> {
    let found = app
        .store
        .read(|reader| outgoing::linked(reader, link, clock::now()))?;
    let kept = found.ok_or(Status::NotFound)?;
    let answer = FileAnswer::open(&app.store, kept, false).await?;
    if begins.0 {
        let link = link.to_owned();
        // The count is not worth a customer's file.
        if let Err(error) = app.store.write(move |tx| outgoing::opened(tx, &link)).await {
            tracing::warn!(%error, "a file was fetched and not counted");
        }
    }
    Ok(answer)
}
