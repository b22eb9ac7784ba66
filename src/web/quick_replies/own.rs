//! A person's own quick replies. Everybody's are shown beside them, and can be copied.

use std::sync::Arc;

use rocket::{Route, State, get, post, routes};

use super::{Edit, Index, Removal, Shelf, Typed};
use crate::store::quick_replies::Owner;
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::{Button, Form};
use crate::web::guards::Agent;
use crate::web::list::View;
use crate::web::outcome::Led;
use crate::web::page::{Frame, Page};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![index, new, add, show, change, copy, confirm_removal, remove]
}

const PATH: &str = "/profile/quick-replies";

fn of(person: &Agent) -> Shelf {
    Shelf {
        owner: Owner::Person(person.id),
        path: PATH,
    }
}

#[get("/profile/quick-replies?<language>&<view..>")]
fn index(
    person: Agent,
    app: &State<Arc<App>>,
    language: Option<&str>,
    view: View,
) -> Answer<Page<Index>> {
    super::index(app, of(&person), language, view)
}

#[get("/profile/quick-replies/new")]
fn new(person: Agent, app: &State<Arc<App>>) -> Answer<Page<Edit>> {
    Ok(Page::ok(Edit::new(app, of(&person), None)?))
}

#[post("/profile/quick-replies/new", data = "<form>")]
async fn add(
    person: Agent,
    app: &State<Arc<App>>,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let edit = Edit::new(app, of(&person), None)?;
    edit.save(app, person.actor(), form.read()?).await
}

#[get("/profile/quick-replies/<reply>", rank = 2)]
fn show(person: Agent, app: &State<Arc<App>>, reply: i64) -> Answer<Page<Edit>> {
    let found = super::load(app, of(&person), reply)?;
    Ok(Page::ok(Edit::new(app, of(&person), Some(found))?))
}

#[post("/profile/quick-replies/<reply>", data = "<form>", rank = 2)]
async fn change(
    person: Agent,
    app: &State<Arc<App>>,
    reply: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let found = super::load(app, of(&person), reply)?;
    let edit = Edit::new(app, of(&person), Some(found))?;
    edit.save(app, person.actor(), form.read()?).await
}

/// Of one of one's own, or of a shared one.
#[post("/profile/quick-replies/<reply>/copy", data = "<_button>")]
async fn copy(
    person: Agent,
    app: &State<Arc<App>>,
    frame: &Frame,
    reply: i64,
    _button: Button,
) -> Answer<Led> {
    let own = of(&person);
    let is_own = super::load(app, own, reply).is_ok();
    let from = if is_own { own } else { Shelf::SHARED };
    super::copy(app, person.actor(), frame, (from, reply), own).await
}

#[get("/profile/quick-replies/<reply>/removal")]
fn confirm_removal(person: Agent, app: &State<Arc<App>>, reply: i64) -> Answer<Page<Removal>> {
    let shelf = of(&person);
    let found = super::load(app, shelf, reply)?;
    Ok(Page::ok(Removal { shelf, found }))
}

#[post("/profile/quick-replies/<reply>/removal", data = "<_button>")]
async fn remove(person: Agent, app: &State<Arc<App>>, reply: i64, _button: Button) -> Answer<Led> {
    super::remove(app, person.actor(), of(&person), reply).await
}
