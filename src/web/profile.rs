//! What people manage about their own sign-in: the browsers that are signed in.

use std::sync::Arc;

use askama::Template;
use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};

use super::App;
use super::failure::Answer;
use super::forms::Button;
use super::guards::SignedIn;
use super::page::{Page, filters};
use crate::clock;
use crate::domain::ids::BrowserSessionId;
use crate::store::sessions::{self, Browser};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![show, end, end_others]
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
async fn end(
    person: SignedIn,
    id: i64,
    app: &State<Arc<App>>,
    _button: Button,
) -> Answer<Redirect> {
    let user = person.id;
    app.store
        .write(move |tx| sessions::end(tx, user, BrowserSessionId(id)))
        .await?;
    Ok(Redirect::to("/profile/sessions"))
}

#[post("/profile/sessions/end-others", data = "<_button>")]
async fn end_others(person: SignedIn, app: &State<Arc<App>>, _button: Button) -> Answer<Redirect> {
    let (user, kept) = (person.id, person.0.session);
    app.store
        .write(move |tx| sessions::end_others(tx, user, kept))
        .await?;
    Ok(Redirect::to("/profile/sessions"))
}
