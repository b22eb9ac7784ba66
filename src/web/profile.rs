//! What people manage about themselves: the browsers in which they are signed in, and in [`person`] their
//! names, language and password; in [`notifications`] how they hear of things.

mod notifications;
mod person;

use std::sync::Arc;

use askama::Template;
use rocket::{Route, State, get, post, routes};

use super::App;
use super::failure::Answer;
use super::forms::Button;
use super::guards::SignedIn;
use super::outcome::{Led, Outcome};
use super::page::{Page, filters};
use crate::clock;
use crate::domain::ids::BrowserSessionId;
use crate::store::sessions::{self, Browser};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    let own = routes![show, end, end_others];
    [own, notifications::routes(), person::routes()].concat()
}

#[derive(Template)]
#[template(path = "profile/sessions.html")]
struct Show {
    /// The one that asks.
    here: Option<Browser>,
    /// The person's others, the last seen first.
    elsewhere: Vec<Browser>,
}

#[get("/profile/sessions")]
fn show(person: SignedIn, app: &State<Arc<App>>) -> Answer<Page<Show>> {
    let browsers = app
        .store
        .read(|reader| sessions::of_user(reader, person.id, clock::now()))?;
    let (here, elsewhere): (Vec<_>, Vec<_>) = browsers
        .into_iter()
        .partition(|browser| browser.id == person.0.session);
    Ok(Page::ok(Show {
        here: here.into_iter().next(),
        elsewhere,
    }))
}

#[post("/profile/sessions/<id>/end", data = "<_button>")]
async fn end(person: SignedIn, id: i64, app: &State<Arc<App>>, _button: Button) -> Answer<Led> {
    let user = person.id;
    app.store
        .write_by(person.actor(), move |tx| {
            sessions::end(tx, user, BrowserSessionId(id))
        })
        .await?;
    Ok(Outcome::SignedOut.at("/profile/sessions"))
}

#[post("/profile/sessions/end-others", data = "<_button>")]
async fn end_others(person: SignedIn, app: &State<Arc<App>>, _button: Button) -> Answer<Led> {
    let (user, kept) = (person.id, person.0.session);
    app.store
        .write_by(person.actor(), move |tx| {
            sessions::end_others(tx, user, kept)
        })
        .await?;
    Ok(Outcome::OthersSignedOut.at("/profile/sessions"))
}

#[cfg(test)]
mod tests {
    use crate::web::testing::House;

    const ANNA: &str = "anna@shop.example";

    /// The number in the address of the one *Sign out* button on the page.
    fn other_session(page: &str) -> &str {
        let (_, rest) = page.split_once("/profile/sessions/").unwrap();
        let rest = rest.strip_prefix("end-others").map_or(rest, |rest| {
            rest.split_once("/profile/sessions/").unwrap().1
        });
        rest.split('/').next().unwrap()
    }

    #[test]
    fn a_person_sees_and_ends_their_own_sessions_only() {
        let house = House::set_up();
        let (here, there) = (house.signed_in(ANNA), house.signed_in(ANNA));
        let boss = house.signed_in("boss@shop.example");
        let page = here.get("/profile/sessions").body;
        let end = format!("/profile/sessions/{}/end", other_session(&page));
        boss.post(&end, &[]);
        assert_eq!(there.get("/profile/sessions").status.code, 200);
        here.post(&end, &[]);
        assert_eq!(there.get("/profile/sessions").status.code, 303);
        assert_eq!(here.get("/profile/sessions").status.code, 200);
    }

    #[test]
    fn everything_else_is_signed_out_with_one_button() {
        let house = House::set_up();
        let here = house.signed_in(ANNA);
        let others = [house.signed_in(ANNA), house.signed_in(ANNA)];
        here.post("/profile/sessions/end-others", &[]);
        assert_eq!(here.get("/profile/sessions").status.code, 200);
        for other in others {
            assert_eq!(other.get("/profile/sessions").status.code, 303);
        }
    }
}
