//! Signing in and out.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::{CookieJar, Header, Status};
use rocket::response::{Redirect, Responder};
use rocket::{Route, State, get, post, routes};

use super::App;
use super::failure::Answer;
use super::forms::{Button, GateForm, Problems};
use super::gate::{self, Beginning};
use super::guards::SignedIn;
use super::page::{Page, filters};
use super::passwords::Passwords;
use super::peer::Peer;
use super::visitor::Visitor;
use crate::clock;
use crate::crypto::Secret;
use crate::locale::Text;
use crate::store::throttle::{AfterFailure, Counter, Verdict};
use crate::store::users::User;
use crate::store::{sessions, throttle, users};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![start, show, sign_in, sign_out]
}

#[derive(Template)]
#[template(path = "sign_in/show.html")]
struct Show {
    email: String,
    keep: bool,
    next: String,
    problems: Problems,
}

/// What is typed to sign in.
#[derive(FromForm)]
struct Typed {
    email: String,
    password: Secret,
    #[field(default = false)]
    keep: bool,
    #[field(default = String::new())]
    next: String,
}

#[get("/")]
fn start() -> Redirect {
    Redirect::to(gate::START)
}

#[get("/login?<next>")]
fn show(visitor: &Visitor, next: Option<&str>) -> Result<Redirect, Page<Show>> {
    let next = gate::local(next.unwrap_or_default()).to_owned();
    match visitor {
        Visitor::SignedIn(_) => Ok(Redirect::to(next)),
        Visitor::Stranger { set_up: false } => Ok(Redirect::to("/setup")),
        _ => Err(Page::ok(Show {
            email: String::new(),
            keep: false,
            next,
            problems: Problems::default(),
        })),
    }
}

#[post("/login", data = "<typed>")]
async fn sign_in(
    typed: GateForm<Typed>,
    visitor: &Visitor,
    peer: Peer,
    app: &State<Arc<App>>,
    passwords: &State<Passwords>,
    jar: &CookieJar<'_>,
) -> Answer<Result<Redirect, Page<Show>>> {
    let typed = typed.read()?;
    let counters = [
        Counter::account(&typed.email),
        Counter::address(&peer.network()),
    ];
    let after_failure = match count(app, &counters).await? {
        Verdict::Paused(until) => return Ok(Err(refused(typed, AfterFailure::Paused(until)))),
        Verdict::Counted(after_failure) => after_failure,
    };
    let Some(user) = prove(app, passwords, &typed).await? else {
        return Ok(Err(refused(typed, after_failure)));
    };
    let beginning = Beginning::new(&peer, typed.keep);
    if !begin(app, user, &beginning, visitor, counters).await? {
        return Ok(Err(refused(typed, after_failure)));
    }
    beginning.hand_over(app, jar);
    Ok(Ok(Redirect::to(gate::local(&typed.next).to_owned())))
}

async fn count(app: &App, counters: &[Counter; 2]) -> Answer<Verdict> {
    let counters = counters.clone();
    Ok(app
        .store
        .write(move |tx| throttle::count(tx, &counters))
        .await?)
}

/// The person whose email and password were typed. Whoever does not exist or is disabled costs the same
/// time as a wrong password.
async fn prove(app: &App, passwords: &Passwords, typed: &Typed) -> Answer<Option<User>> {
    let email = typed.email.trim();
    let user = app
        .store
        .read(|reader| users::by_email(reader, email))?
        .filter(|user| user.disabled_at.is_none());
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let is_right = passwords.is_right(typed.password.clone(), hash).await?;
    Ok(user.filter(|_| is_right))
}

/// Stores the session. False when the person was disabled or got another password while this one was
/// being checked.
async fn begin(
    app: &App,
    user: User,
    beginning: &Beginning,
    visitor: &Visitor,
    [account, address]: [Counter; 2],
) -> Answer<bool> {
    let session = beginning.session.clone();
    // The browser gets a new secret, so nothing is left of a session that it had.
    let replaced = match visitor {
        Visitor::SignedIn(old) => Some((old.person.id, old.session)),
        _ => None,
    };
    let began = app.store.write(move |tx| {
        let is_unchanged = users::by_email(&tx.reader(), &user.email)?.is_some_and(|now| {
            now.disabled_at.is_none() && now.password_hash == user.password_hash
        });
        if is_unchanged {
            throttle::succeeded(tx, &account, &address)?;
            if let Some((person, session)) = replaced {
                sessions::end(tx, person, session)?;
            }
            sessions::start(tx, user.id, &session)?;
        }
        Ok(is_unchanged)
    });
    Ok(began.await?)
}

/// The page again, with what holds now.
fn refused(typed: Typed, after: AfterFailure) -> Page<Show> {
    let (status, why) = match after {
        AfterFailure::TriesLeft(count) => (
            Status::UnprocessableEntity,
            Text::new("sign-in-wrong").arg("count", count),
        ),
        AfterFailure::Paused(until) => (Status::TooManyRequests, gate::pause(until, clock::now())),
    };
    let mut problems = Problems::default();
    problems.add("password", why);
    Page(
        status,
        Show {
            email: typed.email,
            keep: typed.keep,
            next: typed.next,
            problems,
        },
    )
}

/// The way out: the browser also forgets what it kept of our pages.
#[derive(Responder)]
struct Out {
    to: Redirect,
    forget: Header<'static>,
}

#[post("/logout", data = "<_button>")]
async fn sign_out(
    person: SignedIn,
    app: &State<Arc<App>>,
    jar: &CookieJar<'_>,
    _button: Button,
) -> Answer<Out> {
    let (user, session) = (person.id, person.0.session);
    app.store
        .write(move |tx| sessions::end(tx, user, session))
        .await?;
    gate::forget_cookie(app, jar);
    Ok(Out {
        to: Redirect::to("/login"),
        // Not "cookies": that would also sign out of other programs on the same domain.
        forget: Header::new("Clear-Site-Data", r#""cache", "storage""#),
    })
}

#[cfg(test)]
mod tests {
    use crate::store::users;
    use crate::web::passwords::Passwords;
    use crate::web::testing::{House, PASSWORD};

    const ANNA: &str = "anna@shop.example";

    #[test]
    fn the_right_password_opens_a_new_session() {
        let house = House::set_up();
        let browser = house.browser();
        let answer = browser.sign_in("ANNA@shop.example", PASSWORD);
        assert_eq!(
            (answer.status.code, answer.location.as_str()),
            (303, "/workspace")
        );
        for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(answer.set_cookie.contains(part), "{}", answer.set_cookie);
        }
        assert!(
            !answer.set_cookie.contains("Max-Age"),
            "{}",
            answer.set_cookie
        );
        let first = browser.cookie();
        browser.sign_in(ANNA, PASSWORD);
        assert_ne!(first, browser.cookie());
        let old = house.browser();
        old.set_cookie(first);
        assert_eq!(
            old.get("/profile/sessions").status.code,
            303,
            "the old id is dead"
        );
        assert_eq!(browser.get("/profile/sessions").status.code, 200);
    }

    #[test]
    fn whoever_asks_stays_signed_in_and_comes_back_to_where_they_were() {
        let house = House::set_up();
        let browser = house.browser();
        let fields = [
            ("email", ANNA),
            ("password", PASSWORD),
            ("keep", "on"),
            ("next", "/profile/sessions"),
        ];
        let answer = browser.post_from("same-origin", "/login", &fields);
        assert_eq!(answer.location, "/profile/sessions");
        assert!(
            answer.set_cookie.contains("Max-Age=1209600"),
            "{}",
            answer.set_cookie
        );
    }

    #[test]
    fn five_wrong_tries_bring_a_pause_even_for_the_right_password() {
        let house = House::set_up();
        let browser = house.browser();
        for left in [4, 3, 2, 1] {
            let answer = browser.sign_in(ANNA, "wrong");
            assert_eq!(answer.status.code, 422);
            let told = format!("{left} {} left", if left == 1 { "try" } else { "tries" });
            assert!(answer.body.contains(&told), "{}", answer.body);
            assert!(
                !answer.body.contains("wrong\""),
                "a password is never sent back"
            );
        }
        let paused = browser.sign_in(ANNA, "wrong");
        assert_eq!(paused.status.code, 429);
        assert!(
            paused.body.contains("You can try again in"),
            "{}",
            paused.body
        );
        assert_eq!(browser.sign_in(ANNA, PASSWORD).status.code, 429);
        assert_eq!(
            browser.sign_in("boss@shop.example", PASSWORD).status.code,
            303
        );
    }

    #[test]
    fn success_gives_all_tries_back() {
        let house = House::set_up();
        let browser = house.browser();
        for _ in 0..3 {
            for _ in 0..4 {
                assert_eq!(browser.sign_in(ANNA, "wrong").status.code, 422);
            }
            assert_eq!(browser.sign_in(ANNA, PASSWORD).status.code, 303);
        }
    }

    #[test]
    fn an_unknown_or_disabled_email_is_answered_and_costs_like_a_wrong_password() {
        let house = House::set_up();
        let store = &house.app.store;
        let anna = store
            .read(|reader| users::by_email(reader, ANNA))
            .unwrap()
            .unwrap();
        store
            .write_blocking(move |tx| users::disable(tx, anna.id, None))
            .unwrap();
        let passwords = house.client.rocket().state::<Passwords>().unwrap();
        let answers: Vec<_> = ["boss@shop.example", "nobody@shop.example", ANNA]
            .map(|email| {
                let before = passwords.made();
                let answer = house.browser().sign_in(email, "wrong horse battery");
                assert_eq!(answer.status.code, 422);
                (passwords.made() - before, answer.body.replace(email, "…"))
            })
            .into();
        assert_eq!(
            answers[0].0, 1,
            "one hash is needed for this test to mean anything"
        );
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0], answers[2]);
        assert_eq!(house.browser().sign_in(ANNA, PASSWORD).status.code, 422);
    }

    #[test]
    fn signing_out_ends_the_session_on_both_sides() {
        let house = House::set_up();
        let browser = house.signed_in(ANNA);
        let stolen = house.browser();
        stolen.set_cookie(browser.cookie());
        assert_eq!(stolen.get("/profile/sessions").status.code, 200);
        assert_eq!(browser.post("/logout", &[]).location, "/login");
        assert_eq!(browser.cookie(), None);
        assert_eq!(stolen.get("/profile/sessions").status.code, 303);
    }

    #[test]
    fn a_page_of_another_site_signs_nobody_in() {
        let house = House::set_up();
        let fields = [("email", ANNA), ("password", PASSWORD)];
        let answer = house.browser().post_from("cross-site", "/login", &fields);
        assert_eq!((answer.status.code, answer.set_cookie.as_str()), (403, ""));
    }
}
