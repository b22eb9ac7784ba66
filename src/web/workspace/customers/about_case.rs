//! The case that a conversation is about: one at most.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::response::Redirect;
use rocket::{Route, State as Managed, get, post, routes};

use super::cases::{Fields, Typed};
use super::linking::{address, linkable};
use crate::domain::ids::{CaseId, ConversationId, SocialProfileId};
use crate::store::cases::{self as store, Case};
use crate::store::customer_links::{self, Customer, Linked};
use crate::store::{self as database, Reader};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::{Button, Form};
use crate::web::guards::Agent;
use crate::web::list::{self, SearchBox};
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

/// So many cases are shown to choose from.
const FOUND: usize = 10;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![search, attach, detach, new, add]
}

#[derive(Template)]
#[template(path = "workspace/customers/conversation/case.html")]
struct Search {
    conversation: ConversationId,
    path: String,
    search: String,
    /// Those of its customer, or what a search found.
    cases: Vec<Case>,
}

impl Search {
    fn search_box(&self) -> SearchBox<'_> {
        list::search_box(
            &self.path,
            &self.search,
            "cases-search",
            "cases-search-hint",
        )
    }
}

fn customer(reader: &Reader<'_>, profile: SocialProfileId) -> database::Result<Option<Customer>> {
    let linked = customer_links::of(reader, profile)?;
    Ok(linked.as_ref().map(Linked::customer))
}

#[get("/workspace/conversations/<id>/case?<search>")]
fn search(
    person: Agent,
    id: i64,
    search: Option<&str>,
    app: &Managed<Arc<App>>,
) -> Answer<Page<Search>> {
    let conversation = linkable(app, &person, id)?;
    let search = search.unwrap_or_default().trim().to_owned();
    let cases = app.store.read(|reader| {
        match (search.is_empty(), customer(reader, conversation.profile)?) {
            (false, _) => store::found(reader, &search, FOUND),
            (true, Some(customer)) => store::of_customer(reader, customer, FOUND),
            (true, None) => store::by_change(reader, true, None, FOUND),
        }
    })?;
    Ok(Page::ok(Search {
        conversation: conversation.id,
        path: format!("{}/case", address(conversation.id)),
        search,
        cases,
    }))
}

#[derive(FromForm)]
struct Chosen {
    case: i64,
}

#[post("/workspace/conversations/<id>/case", data = "<form>")]
async fn attach(
    person: Agent,
    id: i64,
    form: Form<Chosen>,
    app: &Managed<Arc<App>>,
) -> Answer<Led> {
    let id = linkable(app, &person, id)?.id;
    let case = CaseId(form.read()?.case);
    let attached = app
        .store
        .write(move |tx| store::attach(tx, id, Some(case)))
        .await?;
    Ok(match attached {
        true => Outcome::Saved.at(address(id)),
        false => Redirect::to(address(id)).into(),
    })
}

#[post("/workspace/conversations/<id>/case/removal", data = "<_button>")]
async fn detach(person: Agent, id: i64, app: &Managed<Arc<App>>, _button: Button) -> Answer<Led> {
    let id = linkable(app, &person, id)?.id;
    app.store
        .write(move |tx| store::attach(tx, id, None))
        .await?;
    Ok(Outcome::Saved.at(address(id)))
}

/// The form of a case that the conversation is about as soon as it is saved.
#[derive(Template)]
#[template(path = "workspace/customers/conversation/new_case.html")]
struct NewCase {
    conversation: ConversationId,
    fields: Fields,
}

#[get("/workspace/conversations/<id>/case/new")]
fn new(person: Agent, id: i64, app: &Managed<Arc<App>>) -> Answer<Page<NewCase>> {
    let conversation = linkable(app, &person, id)?.id;
    Ok(Page::ok(NewCase {
        conversation,
        fields: app
            .store
            .read(|reader| Fields::read(reader, Typed::new()))?,
    }))
}

#[post("/workspace/conversations/<id>/case/new", data = "<form>")]
async fn add(
    person: Agent,
    id: i64,
    form: Form<Typed>,
    app: &Managed<Arc<App>>,
) -> Answer<Result<Led, Page<NewCase>>> {
    let conversation = linkable(app, &person, id)?;
    let (id, typed) = (conversation.id, form.read()?);
    let (mut fields, customer) = app.store.read(|reader| {
        let customer = customer(reader, conversation.profile)?;
        Ok((Fields::read(reader, typed)?, customer))
    })?;
    let Some(draft) = fields.check(customer) else {
        return Ok(Err(Page::unprocessable(NewCase {
            conversation: id,
            fields,
        })));
    };
    let user = person.id;
    app.store
        .write(move |tx| {
            // Somebody may have been faster; a case that nothing is about helps nobody.
            if store::of_conversation(&tx.reader(), id)?.is_none() {
                let case = store::add(tx, &draft, user)?;
                store::attach(tx, id, Some(case))?;
            }
            Ok(())
        })
        .await?;
    Ok(Ok(Outcome::Saved.at(address(id))))
}
