//! Everybody's quick replies: for supervisors and administrators.

use std::sync::Arc;

use rocket::{Route, State, get, post, routes};

use super::{Edit, Index, Removal, Shelf, Typed};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::{Button, Form};
use crate::web::guards::Supervisor;
use crate::web::list::View;
use crate::web::outcome::Led;
use crate::web::page::{Frame, Page};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![index, new, add, show, change, copy, confirm_removal, remove]
}

#[get("/admin/quick-replies?<language>&<view..>")]
fn index(
    _person: Supervisor,
    app: &State<Arc<App>>,
    language: Option<&str>,
    view: View,
) -> Answer<Page<Index>> {
    super::index(app, Shelf::SHARED, language, view)
}

#[get("/admin/quick-replies/new")]
fn new(_person: Supervisor, app: &State<Arc<App>>) -> Answer<Page<Edit>> {
    Ok(Page::ok(Edit::new(app, Shelf::SHARED, None)?))
}

#[post("/admin/quick-replies/new", data = "<form>")]
async fn add(
    person: Supervisor,
    app: &State<Arc<App>>,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let edit = Edit::new(app, Shelf::SHARED, None)?;
    edit.save(app, person.actor(), form.read()?).await
}

#[get("/admin/quick-replies/<reply>", rank = 2)]
fn show(_person: Supervisor, app: &State<Arc<App>>, reply: i64) -> Answer<Page<Edit>> {
    let found = super::load(app, Shelf::SHARED, reply)?;
    Ok(Page::ok(Edit::new(app, Shelf::SHARED, Some(found))?))
}

#[post("/admin/quick-replies/<reply>", data = "<form>", rank = 2)]
async fn change(
    person: Supervisor,
    app: &State<Arc<App>>,
    reply: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let found = super::load(app, Shelf::SHARED, reply)?;
    let edit = Edit::new(app, Shelf::SHARED, Some(found))?;
    edit.save(app, person.actor(), form.read()?).await
}

#[post("/admin/quick-replies/<reply>/copy", data = "<_button>")]
async fn copy(
    person: Supervisor,
    app: &State<Arc<App>>,
    frame: &Frame,
    reply: i64,
    _button: Button,
) -> Answer<Led> {
    let shelf = Shelf::SHARED;
    super::copy(app, person.actor(), frame, (shelf, reply), shelf).await
}

#[get("/admin/quick-replies/<reply>/removal")]
fn confirm_removal(
    _person: Supervisor,
    app: &State<Arc<App>>,
    reply: i64,
) -> Answer<Page<Removal>> {
    let shelf = Shelf::SHARED;
    let found = super::load(app, shelf, reply)?;
    Ok(Page::ok(Removal { shelf, found }))
}

#[post("/admin/quick-replies/<reply>/removal", data = "<_button>")]
async fn remove(
    person: Supervisor,
    app: &State<Arc<App>>,
    reply: i64,
    _button: Button,
) -> Answer<Led> {
    super::remove(app, person.actor(), Shelf::SHARED, reply).await
}
