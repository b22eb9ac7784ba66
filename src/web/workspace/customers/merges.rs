//! Two contacts become one, and two again: for administrators, in two steps.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Route, State as Managed, get, post, routes};

use super::contacts::PATH;
use crate::clock;
use crate::domain::ids::{ContactId, MergeId};
use crate::store::contacts::{self as store, Contact};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::{Button, Form};
use crate::web::guards::Merger;
use crate::web::list::{self, SearchBox};
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};
use crate::web::workspace::sessions::Sessions;

/// So many contacts are shown to choose from.
const FOUND: usize = 20;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![choose, merge, part]
}

#[derive(Template)]
#[template(path = "workspace/customers/contacts/merge.html")]
struct Choose {
    sessions: Sessions,
    contact: Contact,
    path: String,
    search: String,
    /// Who may be the same person.
    found: Vec<Contact>,
    /// The one who was chosen, to be asked about.
    other: Option<Contact>,
}

impl Choose {
    fn search_box(&self) -> SearchBox<'_> {
        list::search_box(
            &self.path,
            &self.search,
            "contacts-search",
            "contacts-search-hint",
        )
    }
}

/// The first step shows who may be the same person, by name or by a search; the second, with `other`, asks.
#[get("/workspace/contacts/<id>/merge?<search>&<other>")]
fn choose(
    person: Merger,
    app: &Managed<Arc<App>>,
    id: i64,
    search: Option<&str>,
    other: Option<i64>,
) -> Answer<Page<Choose>> {
    let contact = super::contacts::load(app, id)?;
    let search = search.unwrap_or_default().trim().to_owned();
    Ok(Page::ok(app.store.read(|reader| {
        let mut found = match search.is_empty() {
            true => store::named(reader, &contact.name, FOUND)?,
            false => store::found(reader, &search, FOUND)?,
        };
        found.retain(|found| found.id != contact.id);
        let other = match other {
            Some(other) => store::by_id(reader, ContactId(other))?,
            None => None,
        };
        Ok(Choose {
            sessions: Sessions::read(reader, &person, None, clock::now())?,
            path: format!("{PATH}/{id}/merge"),
            search,
            found,
            other: other.filter(|other| other.is_in_use() && other.id != contact.id),
            contact,
        })
    })?))
}

#[derive(FromForm)]
struct Chosen {
    other: i64,
}

#[post("/workspace/contacts/<id>/merge", data = "<form>")]
async fn merge(
    person: Merger,
    app: &Managed<Arc<App>>,
    id: i64,
    form: Form<Chosen>,
) -> Answer<Led> {
    let kept = super::contacts::load(app, id)?.id;
    let (gone, user) = (ContactId(form.read()?.other), person.id);
    let merged = app
        .store
        .write_by(person.actor(), move |tx| store::merge(tx, kept, gone, user))
        .await?;
    let page = format!("{PATH}/{kept}");
    Ok(match merged {
        Some(_) => Outcome::ContactsMerged.at(page),
        None => Redirect::to(page).into(),
    })
}

#[post("/workspace/contacts/merges/<merge>/undo", data = "<_button>")]
async fn part(person: Merger, app: &Managed<Arc<App>>, merge: i64, _button: Button) -> Answer<Led> {
    let parted = app
        .store
        .write_by(person.actor(), move |tx| store::part(tx, MergeId(merge)))
        .await?;
    let contact = parted.ok_or(Status::NotFound)?;
    Ok(Outcome::ContactsParted.at(format!("{PATH}/{contact}")))
}
