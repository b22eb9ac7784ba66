//! The first start: whoever has the set-up code names the organization and becomes its administrator. The
//! page is gone once there is one.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::{CookieJar, Status};
use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};

use super::App;
use super::failure::{Answer, Failure};
use super::forms::{GateForm, Problems};
use super::gate::{self, Beginning};
use super::page::{Page, filters};
use super::passwords::Passwords;
use super::peer::Peer;
use super::visitor::Visitor;
use crate::clock;
use crate::crypto::{self, Secret};
use crate::domain::access::Role;
use crate::domain::audit::Actor;
use crate::domain::{email, names, password};
use crate::locale::{Locale, Text};
use crate::store::organization::{self, Organization};
use crate::store::sessions::{self, NewSession};
use crate::store::throttle::{self, AfterFailure, Counter, Verdict};
use crate::store::users::{self, Added, NewUser};
use crate::store::{self, Tx};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![show, create]
}

#[derive(Template)]
#[template(path = "setup/show.html")]
struct Show {
    organization: String,
    /// Not `name`: that is the first argument of the macro for fields.
    your_name: String,
    email: String,
    problems: Problems,
}

/// What is typed at the first start.
#[derive(FromForm)]
struct Typed {
    code: Secret,
    organization: String,
    name: String,
    email: String,
    password: Secret,
    /// The browser's zone; empty when scripts are off.
    #[field(default = String::new())]
    time_zone: String,
}

#[get("/setup")]
fn show(visitor: &Visitor) -> Answer<Page<Show>> {
    must_be_first(visitor)?;
    Ok(Page::ok(Show {
        organization: String::new(),
        your_name: String::new(),
        email: String::new(),
        problems: Problems::default(),
    }))
}

#[post("/setup", data = "<typed>")]
async fn create(
    typed: GateForm<Typed>,
    visitor: &Visitor,
    peer: Peer,
    app: &State<Arc<App>>,
    passwords: &State<Passwords>,
    jar: &CookieJar<'_>,
) -> Answer<Result<Redirect, Page<Show>>> {
    must_be_first(visitor)?;
    let typed = typed.read()?;
    let mut problems = Problems::default();
    let mut status = Status::UnprocessableEntity;
    if let Some((answer, why)) = wrong_code(app, &peer, &typed.code).await? {
        status = answer;
        problems.add("code", why);
    }
    let first = First::check(&typed, &mut problems);
    let Some(first) = first.filter(|_| problems.is_empty()) else {
        return Ok(Err(again(status, typed, problems)));
    };
    let password_hash = passwords.hash(typed.password.clone()).await?;
    let beginning = Beginning::new(&peer, false);
    let session = beginning.session.clone();
    let actor = Actor::Link {
        address: peer.address,
    };
    let outcome = app
        .store
        .write_by(actor, move |tx| first.make(tx, password_hash, &session))
        .await?;
    match outcome {
        Outcome::Done => {
            beginning.hand_over(app, jar);
            Ok(Ok(Redirect::to("/admin")))
        }
        Outcome::TooLate => Err(Failure::from(Status::NotFound)),
        Outcome::EmailTaken => {
            problems.add("email", Text::new("setup-email-taken"));
            Ok(Err(again(status, typed, problems)))
        }
    }
}

fn must_be_first(visitor: &Visitor) -> Answer<()> {
    match visitor {
        Visitor::Stranger { set_up: false } => Ok(()),
        // Somebody who is no administrator, added on the command line: the set-up is still to be done.
        Visitor::SignedIn(sign_in) if !sign_in.set_up => Ok(()),
        Visitor::Unknown => Err(Failure::from(Status::ServiceUnavailable)),
        _ => Err(Failure::from(Status::NotFound)),
    }
}

/// Why the set-up code is not accepted; `None` when it is. Counted like a try to sign in.
async fn wrong_code(app: &App, peer: &Peer, code: &Secret) -> Answer<Option<(Status, Text)>> {
    let counters = [Counter::setup(), Counter::address(&peer.network())];
    let counted = counters.clone();
    let verdict = app.store.write(move |tx| throttle::count(tx, &counted));
    let paused = |until| (Status::TooManyRequests, gate::pause(until, clock::now()));
    let after_failure = match verdict.await? {
        Verdict::Paused(until) => return Ok(Some(paused(until))),
        Verdict::Counted(after_failure) => after_failure,
    };
    if crypto::equal_in_constant_time(&comparable(&app.setup_code), &comparable(code)) {
        let [setup, address] = counters;
        app.store
            .write(move |tx| throttle::succeeded(tx, &setup, &address))
            .await?;
        return Ok(None);
    }
    Ok(Some(match after_failure {
        AfterFailure::Paused(until) => paused(until),
        AfterFailure::TriesLeft(count) => (
            Status::UnprocessableEntity,
            Text::new("setup-code-wrong").arg("count", count),
        ),
    }))
}

/// A code is copied by hand: capitals, spaces and dashes do not matter.
fn comparable(code: &Secret) -> String {
    code.expose()
        .chars()
        .filter(|sign| !sign.is_whitespace() && *sign != '-')
        .flat_map(char::to_lowercase)
        .collect()
}

/// The organization and its administrator, as they are to be stored.
struct First {
    organization: Organization,
    email: String,
    name: String,
}

enum Outcome {
    Done,
    /// Somebody else was faster.
    TooLate,
    EmailTaken,
}

impl First {
    /// What was typed, when all of it is accepted; else what is not.
    fn check(typed: &Typed, problems: &mut Problems) -> Option<First> {
        let organization = names::clean(&typed.organization);
        let name = names::clean(&typed.name);
        let email = email::clean(&typed.email);
        problems.check(
            "organization",
            organization.is_some(),
            "setup-organization-missing",
        );
        problems.check("name", name.is_some(), "setup-name-missing");
        problems.check("email", email.is_some(), "setup-email-wrong");
        let known = [&typed.email, &typed.name, &typed.organization].map(|text| text.trim());
        if let Some(weakness) = password::weakness(typed.password.expose(), &known) {
            problems.add("password", Text::new(weakness.key()));
        }
        Some(First {
            organization: Organization {
                name: organization?,
                time_zone: time_zone(&typed.time_zone),
                locale: Locale::English.tag().to_owned(),
            },
            email: email?,
            name: name?,
        })
    }

    fn make(
        self,
        tx: &Tx<'_>,
        password_hash: String,
        session: &NewSession,
    ) -> store::Result<Outcome> {
        if users::has_administrator(&tx.reader())? {
            return Ok(Outcome::TooLate);
        }
        let administrator = NewUser {
            email: self.email,
            name: self.name,
            role: Role::Administrator,
            password_hash,
        };
        let Added::Added(user) = users::add(tx, &administrator)? else {
            return Ok(Outcome::EmailTaken);
        };
        organization::save(tx, &self.organization)?;
        sessions::start(tx, user, session)?;
        Ok(Outcome::Done)
    }
}

/// The browser's zone, else this machine's.
fn time_zone(typed: &str) -> String {
    match typed.parse::<chrono_tz::Tz>() {
        Ok(zone) => zone.name().to_owned(),
        Err(_) => organization::system_time_zone(),
    }
}

/// The page again. Code and password are asked again: secrets are never sent back.
fn again(status: Status, typed: Typed, problems: Problems) -> Page<Show> {
    Page(
        status,
        Show {
            organization: typed.organization,
            your_name: typed.name,
            email: typed.email,
            problems,
        },
    )
}

#[cfg(test)]
mod tests {
    use rocket::http::Status;

    use super::*;
    use crate::web::testing::{Answer, House, PASSWORD, SETUP_CODE};

    fn set_up(house: &House, code: &str, email: &str, password: &str) -> Answer {
        let fields = [
            ("csrf", ""),
            ("code", code),
            ("organization", "Saarela Outdoor"),
            ("name", "Aino Lehtonen"),
            ("email", email),
            ("password", password),
            ("time_zone", "Europe/Helsinki"),
        ];
        house.browser().post_from("same-origin", "/setup", &fields)
    }

    #[test]
    fn whoever_has_the_code_becomes_administrator_and_the_page_is_gone() {
        let house = House::new();
        assert_eq!(house.browser().get("/setup").status, Status::Ok);
        let answer = set_up(&house, " RING the-bell ", "aino@saarela.example", PASSWORD);
        assert_eq!(answer.location, "/admin", "{}", answer.body);
        let browser = house.browser();
        browser.set_cookie(rocket::http::Cookie::parse(answer.set_cookie).ok());
        assert_eq!(browser.get("/profile/sessions").status, Status::Ok);
        let organization = house.app.store.read(organization::find).unwrap().unwrap();
        assert_eq!(organization.name, "Saarela Outdoor");
        assert_eq!(organization.time_zone, "Europe/Helsinki");
        for browser in [browser, house.browser()] {
            assert_eq!(browser.get("/setup").status, Status::NotFound);
        }
        let again = set_up(&house, SETUP_CODE, "eve@evil.example", PASSWORD);
        assert_eq!(again.status, Status::NotFound);
        assert_eq!(house.app.store.read(users::all).unwrap().len(), 1);
    }

    #[test]
    fn a_wrong_code_is_said_at_its_field_and_the_rest_is_kept() {
        let house = House::new();
        let answer = set_up(&house, "guess", "aino@saarela.example", PASSWORD);
        assert_eq!(answer.status, Status::UnprocessableEntity);
        assert!(
            answer.body.contains(r#"id="code-error""#),
            "{}",
            answer.body
        );
        assert!(
            answer.body.contains(r##"href="#code""##),
            "the summary leads to the field"
        );
        for kept in ["Saarela Outdoor", "Aino Lehtonen", "aino@saarela.example"] {
            assert!(
                answer.body.contains(&format!(r#"value="{kept}""#)),
                "{kept}"
            );
        }
        for secret in ["guess", PASSWORD] {
            assert!(!answer.body.contains(secret), "{secret}");
        }
        assert!(!house.app.store.read(users::has_administrator).unwrap());
    }

    #[test]
    fn codes_cannot_be_tried_for_long() {
        let house = House::new();
        for _ in 0..4 {
            assert_eq!(
                set_up(&house, "guess", "a@x.example", PASSWORD).status.code,
                422
            );
        }
        assert_eq!(
            set_up(&house, "guess", "a@x.example", PASSWORD).status.code,
            429
        );
        assert_eq!(
            set_up(&house, SETUP_CODE, "a@x.example", PASSWORD)
                .status
                .code,
            429
        );
        assert!(!house.app.store.read(users::has_administrator).unwrap());
    }

    #[test]
    fn what_was_typed_is_judged_at_its_fields() {
        let house = House::new();
        let answer = set_up(&house, SETUP_CODE, "aino", "Saarela Outdoor rocks");
        assert_eq!(answer.status, Status::UnprocessableEntity);
        for field in ["email", "password"] {
            assert!(
                answer.body.contains(&format!(r#"id="{field}-error""#)),
                "{field}"
            );
        }
        assert!(!answer.body.contains(r#"id="code-error""#));
    }

    #[test]
    fn an_agent_added_on_the_command_line_does_not_end_the_set_up() {
        let house = House::new();
        house.add("anna@shop.example", Role::Agent);
        let taken = set_up(&house, SETUP_CODE, "anna@shop.example", PASSWORD);
        assert_eq!(taken.status, Status::UnprocessableEntity);
        let answer = set_up(&house, SETUP_CODE, "aino@saarela.example", PASSWORD);
        assert_eq!(answer.status, Status::SeeOther);
    }
}
