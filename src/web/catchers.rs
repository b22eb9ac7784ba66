//! What is answered when no handler could: for people a page in our design, for programs a line.

use rocket::http::Status;
use rocket::response::Redirect;
use rocket::response::status::Custom;
use rocket::{Catcher, Request, catch, catchers};
use url::form_urlencoded;

use super::visitor::{self, Visitor};

/// The catchers of this file.
pub fn catchers() -> Vec<Catcher> {
    catchers![unauthorized]
}

/// Nobody is signed in: a page leads to the sign-in and back, or to the set-up while there is nobody who
/// could sign in. A fragment or a stream is only told so; its page then loads anew.
#[catch(401)]
fn unauthorized(request: &Request<'_>) -> Result<Redirect, Custom<&'static str>> {
    if is_part_of_page(request) || is_for_programs(request) {
        return Err(Custom(Status::Unauthorized, "Not signed in.\n"));
    }
    Ok(match visitor::of(request) {
        Visitor::Stranger { set_up: false } => Redirect::to("/setup"),
        _ => Redirect::to(sign_in_and_return(request)),
    })
}

fn sign_in_and_return(request: &Request<'_>) -> String {
    let place = request.uri().to_string();
    if request.method() != rocket::http::Method::Get || place == "/" {
        return "/login".to_owned();
    }
    let next = form_urlencoded::byte_serialize(place.as_bytes()).collect::<String>();
    format!("/login?next={next}")
}

/// Whether a page of ours asks for a fragment or a stream.
fn is_part_of_page(request: &Request<'_>) -> bool {
    let accepts = request.headers().get_one("Accept").unwrap_or_default();
    request.headers().contains("HX-Request") || accepts.contains("text/event-stream")
}

fn is_for_programs(request: &Request<'_>) -> bool {
    let path = request.uri().path();
    ["/webhooks/", "/api/", "/health", "/metrics"]
        .iter()
        .any(|prefix| path.as_str().starts_with(prefix))
}
