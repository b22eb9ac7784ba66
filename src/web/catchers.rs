//! What is answered when no handler could: for people a page in our design, for programs a line. Never a
//! word about the inside: what went wrong is in the log, under the number that the page shows.

use askama::Template;
use rocket::http::{Method, Status};
use rocket::response::Redirect;
use rocket::response::content::RawJson;
use rocket::response::status::Custom;
use rocket::{Catcher, Request, Responder, catch, catchers};
use url::form_urlencoded;

use super::failure;
use super::page::{Page, filters};
use super::visitor::{self, Visitor};

/// The catchers of this file.
pub fn catchers() -> Vec<Catcher> {
    catchers![any]
}

#[derive(Template)]
#[template(path = "errors/error.html")]
struct ErrorPage {
    status: u16,
    /// Under which status the texts are.
    texts: u16,
    /// What an administrator finds in the log; empty where the log says nothing.
    reference: String,
}

#[derive(Responder)]
enum Caught {
    Page(Page<ErrorPage>),
    Line(Custom<String>),
    Json(Custom<RawJson<String>>),
    Elsewhere(Box<Redirect>),
}

#[catch(default)]
fn any(status: Status, request: &Request<'_>) -> Caught {
    let path = request.uri().path();
    let is_under = |prefixes: &[&str]| {
        prefixes
            .iter()
            .any(|prefix| path.as_str().starts_with(prefix))
    };
    let line = format!("{status}\n");
    if is_under(&["/api/", "/health"]) {
        let reason = status.reason_lossy();
        Caught::Json(Custom(
            status,
            RawJson(format!(r#"{{"error":"{reason}"}}"#)),
        ))
    } else if is_under(&["/webhooks/", "/metrics", "/static/"]) || is_part_of_page(request) {
        Caught::Line(Custom(status, line))
    } else if status == Status::Unauthorized {
        Caught::Elsewhere(Box::new(way_in(request)))
    } else {
        Caught::Page(page(status, request))
    }
}

/// Nobody is signed in: to the sign-in and back, or to the set-up while there is nobody who could sign in.
fn way_in(request: &Request<'_>) -> Redirect {
    if let Visitor::Stranger { set_up: false } = visitor::of(request) {
        return Redirect::to("/setup");
    }
    let place = request.uri().to_string();
    if request.method() != Method::Get || place == "/" {
        return Redirect::to("/login");
    }
    let next: String = form_urlencoded::byte_serialize(place.as_bytes()).collect();
    Redirect::to(format!("/login?next={next}"))
}

fn page(status: Status, request: &Request<'_>) -> Page<ErrorPage> {
    let is_ours = status.code >= 500;
    Page(
        status,
        ErrorPage {
            status: status.code,
            texts: texts(status.code),
            reference: if is_ours {
                failure::reference(request).to_owned()
            } else {
                String::new()
            },
        },
    )
}

/// The status whose texts fit: of the rarer ones each reads like a commoner one.
fn texts(status: u16) -> u16 {
    match status {
        400 | 403 | 404 | 408 | 413 | 422 | 429 | 500 | 503 => status,
        405 => 404,
        409..500 | 401..=407 => 400,
        _ => 500,
    }
}

/// Whether a page of ours asks for a fragment or a stream. Its script knows what to do; a page inside the
/// page would help nobody.
fn is_part_of_page(request: &Request<'_>) -> bool {
    let accepts = request.headers().get_one("Accept").unwrap_or_default();
    request.headers().contains("HX-Request") || accepts.contains("text/event-stream")
}

#[cfg(test)]
mod tests {
    use rocket::{get, routes};

    use super::*;
    use crate::store::StoreError;
    use crate::web::failure::Answer;
    use crate::web::testing::House;

    #[get("/test/<what>")]
    fn fails(what: &str) -> Answer<()> {
        match what {
            "panic" => panic!("the token is EAAG-secret"),
            "busy" => Err(StoreError::Busy.into()),
            "word" => {
                let word = "EAAG-secret".to_owned();
                Err(StoreError::Word {
                    what: "a role",
                    word,
                }
                .into())
            }
            code => Err(Status::new(code.parse().unwrap()).into()),
        }
    }

    #[test]
    fn people_get_a_page_of_ours_and_never_a_word_about_the_inside() {
        let house = House::with(|rocket| rocket.mount("/", routes![fails]));
        house.people();
        for (path, status) in [
            ("/nowhere", 404),
            ("/test/400", 400),
            ("/test/403", 403),
            ("/test/405", 405),
            ("/test/418", 418),
            ("/test/422", 422),
            ("/test/429", 429),
            ("/test/502", 502),
            ("/test/busy", 503),
            ("/test/word", 500),
            ("/test/panic", 500),
        ] {
            let answer = house.browser().get(path);
            assert_eq!(answer.status.code, status, "{path}");
            assert!(answer.body.contains("<main"), "{path}: {}", answer.body);
            assert!(!answer.body.contains("secret"), "{path}");
            assert!(
                !answer.body.contains('⟨'),
                "{path} lacks a text: {}",
                answer.body
            );
            assert_eq!(
                answer.body.contains("server’s log: "),
                status >= 500,
                "{path}"
            );
        }
    }

    #[test]
    fn programs_and_fragments_get_a_line() {
        let house = House::set_up();
        let browser = house.browser();
        assert_eq!(
            browser.get("/api/v1/nothing").body,
            r#"{"error":"Not Found"}"#
        );
        assert_eq!(browser.get("/webhooks/nothing").body, "404 Not Found\n");
        assert_eq!(browser.fragment("/nothing").body, "404 Not Found\n");
    }
}
