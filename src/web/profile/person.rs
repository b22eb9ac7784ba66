//! What people set about themselves: their names, the language of their screens, their password.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use crate::clock;
use crate::crypto::Secret;
use crate::domain::access::Role;
use crate::domain::{names, password};
use crate::locale::{Locale, Text};
use crate::store::throttle::{AfterFailure, Counter, Verdict};
use crate::store::{staff, throttle, users};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::{Form, Problems};
use crate::web::gate;
use crate::web::guards::SignedIn;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Frame, Page, filters};
use crate::web::passwords::Passwords;
use crate::web::peer::Peer;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![show, change, change_password]
}

#[derive(Template)]
#[template(path = "profile/show.html")]
struct Show {
    email: String,
    role: Role,
    typed: Typed,
    problems: Problems,
    password_problems: Problems,
}

#[derive(FromForm)]
struct Typed {
    #[field(default = "")]
    name: String,
    #[field(default = "")]
    nickname: String,
    #[field(default = "")]
    locale: String,
}

impl Show {
    fn load(app: &App, person: &SignedIn) -> Answer<Show> {
        let member = app
            .store
            .read(|reader| staff::by_id(reader, person.id))?
            .ok_or(Status::NotFound)?;
        Ok(Show {
            email: member.email,
            role: member.role,
            typed: Typed {
                name: member.name,
                nickname: member.nickname,
                locale: member.locale.unwrap_or_default(),
            },
            problems: Problems::default(),
            password_problems: Problems::default(),
        })
    }

    fn locales(&self) -> [(&'static str, Text); Locale::CHOICES.len()] {
        Locale::CHOICES.map(|locale| {
            let tag = locale.tag();
            (tag, Text::new(format!("locale-{}", tag.to_lowercase())))
        })
    }

    fn role(&self) -> Text {
        Text::new(format!("role-{}", self.role.word()))
    }
}

#[get("/profile")]
fn show(person: SignedIn, app: &State<Arc<App>>) -> Answer<Page<Show>> {
    Ok(Page::ok(Show::load(app, &person)?))
}

#[post("/profile", data = "<form>")]
async fn change(
    person: SignedIn,
    app: &State<Arc<App>>,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Show>>> {
    let typed = form.read()?;
    let name = names::clean(&typed.name);
    let nickname = names::clean(&typed.nickname).unwrap_or_default();
    let locale = Locale::CHOICES
        .into_iter()
        .find(|locale| locale.tag() == typed.locale)
        .map(Locale::tag);
    let Some(name) = name else {
        let mut page = Show::load(app, &person)?;
        page.typed = typed;
        page.problems.add("name", Text::new("field-required"));
        return Ok(Err(Page::unprocessable(page)));
    };
    let user = person.id;
    app.store
        .write_by(person.actor(), move |tx| {
            staff::save_own(tx, user, &name, &nickname, locale)
        })
        .await?;
    Ok(Ok(Outcome::Saved.at("/profile")))
}

#[derive(FromForm)]
struct TypedPasswords {
    current: Secret,
    password: Secret,
}

/// Another password, for whoever knows the present one. Signs the person out everywhere else.
#[post("/profile/password", data = "<form>")]
async fn change_password(
    person: SignedIn,
    app: &State<Arc<App>>,
    frame: &Frame,
    peer: Peer,
    passwords: &State<Passwords>,
    form: Form<TypedPasswords>,
) -> Answer<Result<Led, Page<Show>>> {
    let typed = form.read()?;
    let mut page = Show::load(app, &person)?;
    let counters = [
        Counter::account(&page.email),
        Counter::address(&peer.network()),
    ];
    let counted = counters.clone();
    let verdict = app
        .store
        .write(move |tx| throttle::count(tx, &counted))
        .await?;
    let after_failure = match verdict {
        Verdict::Paused(until) => {
            let why = gate::pause(until, clock::now());
            page.password_problems.add("current", why);
            return Ok(Err(Page(Status::TooManyRequests, page)));
        }
        Verdict::Counted(after_failure) => after_failure,
    };
    let email = page.email.clone();
    let hash = app
        .store
        .read(|reader| users::by_email(reader, &email))?
        .map(|user| user.password_hash);
    if !passwords.is_right(typed.current, hash).await? {
        let why = match after_failure {
            AfterFailure::TriesLeft(count) => {
                Text::new("profile-current-wrong").arg("count", count)
            }
            AfterFailure::Paused(until) => gate::pause(until, clock::now()),
        };
        page.password_problems.add("current", why);
        return Ok(Err(Page::unprocessable(page)));
    }
    let [account, address] = counters;
    app.store
        .write(move |tx| throttle::succeeded(tx, &account, &address))
        .await?;
    let known = [page.email.as_str(), &page.typed.name, &frame.organization];
    if let Some(weakness) = password::weakness(typed.password.expose(), &known) {
        page.password_problems
            .add("password", Text::new(weakness.key()));
        return Ok(Err(Page::unprocessable(page)));
    }
    let hash = passwords.hash(typed.password).await?;
    let (user, kept) = (person.id, person.0.session);
    app.store
        .write_by(person.actor(), move |tx| {
            users::change_own_password(tx, user, &hash, kept)
        })
        .await?;
    Ok(Ok(Outcome::PasswordChanged.at("/profile")))
}

#[cfg(test)]
mod tests {
    use crate::web::testing::{House, PASSWORD};

    const ANNA: &str = "anna@shop.example";
    const OTHER: &str = "quiet lanterns over the harbour";

    #[test]
    fn a_password_is_changed_by_whoever_knows_the_present_one() {
        let house = House::set_up();
        let (here, elsewhere) = (house.signed_in(ANNA), house.signed_in(ANNA));
        let change = |current, password| {
            let fields = [("current", current), ("password", password)];
            here.post("/profile/password", &fields).status.code
        };
        assert_eq!(change("wrong", OTHER), 422);
        assert_eq!(change(PASSWORD, "short"), 422);
        assert_eq!(change(PASSWORD, OTHER), 303);
        assert_eq!(here.get("/profile").status.code, 200);
        assert_eq!(elsewhere.get("/profile").status.code, 303);
        assert_eq!(house.browser().sign_in(ANNA, PASSWORD).status.code, 422);
        assert_eq!(house.browser().sign_in(ANNA, OTHER).status.code, 303);
    }

    #[test]
    fn guessing_the_present_password_is_counted_like_signing_in() {
        let house = House::set_up();
        let here = house.signed_in(ANNA);
        let fields = [("current", "wrong"), ("password", OTHER)];
        for _ in 0..5 {
            assert_eq!(here.post("/profile/password", &fields).status.code, 422);
        }
        assert_eq!(here.post("/profile/password", &fields).status.code, 429);
    }

    #[test]
    fn people_name_themselves_and_nothing_more() {
        let house = House::set_up();
        let anna = house.signed_in(ANNA);
        let fields = [
            ("name", "Anna Virtanen"),
            ("nickname", "Ansku"),
            ("locale", ""),
        ];
        assert_eq!(anna.post("/profile", &fields).status.code, 303);
        assert!(anna.get("/profile").body.contains("Anna Virtanen"));
        let more = [&fields[..], &[("role", "administrator")]].concat();
        assert_eq!(anna.post("/profile", &more).status.code, 422);
        assert_eq!(anna.post("/profile", &[("name", " ")]).status.code, 422);
        assert_eq!(anna.get("/admin/users").status.code, 403);
    }
}
