//! Who the customer of a conversation is: searched in the book, linked, taken back, or written into the book and
//! linked at once.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Either, Route, State as Managed, get, post, routes};

use super::{companies as company_form, contacts as contact_form};
use crate::domain::access::{self, Action, Relation, Role};
use crate::domain::conversation::State;
use crate::domain::ids::{CompanyId, ContactId, ConversationId, SocialProfileId};
use crate::store::companies::{self, Company};
use crate::store::contacts::{self, Contact};
use crate::store::conversations::Conversation;
use crate::store::customer_links::{self as store, Customer};
use crate::store::profiles;
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::{Button, Form};
use crate::web::guards::Agent;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{ForFragment, Page, filters};
use crate::web::workspace::customer::CustomerView;
use crate::web::workspace::load;

/// So many of each kind are shown for a search.
const FOUND: usize = 10;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![
        search,
        link,
        unlink,
        undo_unlink,
        new_contact,
        add_contact,
        new_company,
        add_company
    ]
}

/// Whether the customer, his name and the case of a conversation are a person's to say: while it is not closed.
pub fn may_link(role: Role, relation: Relation, state: State) -> bool {
    state != State::Closed && access::may(role, Action::LinkCustomer, relation)
}

/// The conversation whose customer the person may say.
///
/// # Errors
/// 404 when the person may not know of it, 403 when the person may only read it or it is closed.
pub fn linkable(app: &Arc<App>, person: &Agent, id: i64) -> Answer<Conversation> {
    let (conversation, relation) = load(app, person, id)?;
    match may_link(person.role, relation, conversation.state) {
        true => Ok(conversation),
        false => Err(Status::Forbidden.into()),
    }
}

/// The page of a conversation.
pub fn address(id: ConversationId) -> String {
    format!("/workspace/conversations/{id}")
}

/// What the book has for a search, with a button at each.
#[derive(Template)]
#[template(path = "workspace/customers/conversation/found.html")]
struct Found {
    conversation: ConversationId,
    search: String,
    contacts: Vec<Contact>,
    companies: Vec<Company>,
}

impl askama::filters::HtmlSafe for Found {}

/// The same on a page of its own.
#[derive(Template)]
#[template(path = "workspace/customers/conversation/search.html")]
struct Search {
    conversation: ConversationId,
    customer: CustomerView,
    found: Found,
}

#[get("/workspace/conversations/<id>/customer?<search>")]
fn search(
    person: Agent,
    id: i64,
    search: Option<&str>,
    for_fragment: ForFragment,
    app: &Managed<Arc<App>>,
) -> Answer<Either<Page<Found>, Page<Search>>> {
    let conversation = linkable(app, &person, id)?;
    let search = search.unwrap_or_default().trim().to_owned();
    let (found, profile) = app.store.read(|reader| {
        let found = Found {
            conversation: conversation.id,
            contacts: contacts::found(reader, &search, FOUND)?,
            companies: companies::found(reader, &search, FOUND)?,
            search,
        };
        Ok((found, profiles::by_id(reader, conversation.profile)?))
    })?;
    if for_fragment.0 {
        return Ok(Either::Left(Page::ok(found)));
    }
    let profile = profile.ok_or(Status::NotFound)?;
    Ok(Either::Right(Page::ok(Search {
        conversation: conversation.id,
        customer: CustomerView::from(&profile),
        found,
    })))
}

#[derive(FromForm)]
struct Chosen {
    contact: Option<i64>,
    company: Option<i64>,
}

#[post("/workspace/conversations/<id>/customer", data = "<form>")]
async fn link(person: Agent, id: i64, form: Form<Chosen>, app: &Managed<Arc<App>>) -> Answer<Led> {
    let conversation = linkable(app, &person, id)?;
    let Chosen { contact, company } = form.read()?;
    let contact = contact.map(|id| Customer::Contact(ContactId(id)));
    let customer = contact
        .or(company.map(|id| Customer::Company(CompanyId(id))))
        .ok_or(Status::UnprocessableEntity)?;
    let (profile, user) = (conversation.profile, person.id);
    let linked = app
        .store
        .write(move |tx| store::link(tx, profile, customer, user))
        .await?;
    Ok(said(linked, Outcome::CustomerLinked, conversation.id))
}

/// Back to the conversation; what was too late says nothing, because the page shows how things are.
fn said(is_done: bool, outcome: Outcome, id: ConversationId) -> Led {
    match is_done {
        true => outcome.at(address(id)),
        false => Redirect::to(address(id)).into(),
    }
}

#[post("/workspace/conversations/<id>/customer/removal", data = "<_button>")]
async fn unlink(person: Agent, id: i64, app: &Managed<Arc<App>>, _button: Button) -> Answer<Led> {
    let conversation = linkable(app, &person, id)?;
    let (profile, user) = (conversation.profile, person.id);
    let unlinked = app
        .store
        .write(move |tx| store::unlink(tx, profile, user))
        .await?;
    Ok(said(unlinked, Outcome::CustomerUnlinked, conversation.id))
}

#[post(
    "/workspace/conversations/<id>/customer/removal/undo",
    data = "<_button>"
)]
async fn undo_unlink(
    person: Agent,
    id: i64,
    app: &Managed<Arc<App>>,
    _button: Button,
) -> Answer<Led> {
    let conversation = linkable(app, &person, id)?;
    let (profile, user) = (conversation.profile, person.id);
    let linked = app
        .store
        .write(move |tx| store::undo_unlink(tx, profile, user))
        .await?;
    Ok(said(linked, Outcome::CustomerLinked, conversation.id))
}

/// The form of a contact who is linked as soon as he is saved.
#[derive(Template)]
#[template(path = "workspace/customers/conversation/contact.html")]
struct NewContact {
    conversation: ConversationId,
    fields: contact_form::Fields,
}

/// The form of a company that is linked as soon as it is saved.
#[derive(Template)]
#[template(path = "workspace/customers/conversation/company.html")]
struct NewCompany {
    conversation: ConversationId,
    fields: company_form::Fields,
}

/// What a customer of a page is called; empty when the platform has not told.
fn name_of(app: &App, profile: SocialProfileId) -> Answer<String> {
    let profile = app
        .store
        .read(|reader| profiles::by_id(reader, profile))?
        .ok_or(Status::NotFound)?;
    Ok(profile.called.unwrap_or_default())
}

#[get("/workspace/conversations/<id>/customer/contact")]
fn new_contact(person: Agent, id: i64, app: &Managed<Arc<App>>) -> Answer<Page<NewContact>> {
    let conversation = linkable(app, &person, id)?;
    let typed = contact_form::Typed::named(&name_of(app, conversation.profile)?);
    Ok(Page::ok(NewContact {
        conversation: conversation.id,
        fields: app
            .store
            .read(|reader| contact_form::Fields::read(reader, typed))?,
    }))
}

#[post("/workspace/conversations/<id>/customer/contact", data = "<form>")]
async fn add_contact(
    person: Agent,
    id: i64,
    form: Form<contact_form::Typed>,
    app: &Managed<Arc<App>>,
) -> Answer<Result<Led, Page<NewContact>>> {
    let conversation = linkable(app, &person, id)?;
    let typed = form.read()?;
    let mut fields = app
        .store
        .read(|reader| contact_form::Fields::read(reader, typed))?;
    let (profile, user, id) = (conversation.profile, person.id, conversation.id);
    let Some(checked) = fields.check() else {
        return Ok(Err(Page::unprocessable(NewContact {
            conversation: id,
            fields,
        })));
    };
    let linked = app
        .store
        .write(move |tx| {
            let contact = checked.add(tx)?;
            store::link(tx, profile, Customer::Contact(contact), user)
        })
        .await?;
    Ok(Ok(said(linked, Outcome::CustomerLinked, id)))
}

#[get("/workspace/conversations/<id>/customer/company")]
fn new_company(person: Agent, id: i64, app: &Managed<Arc<App>>) -> Answer<Page<NewCompany>> {
    let conversation = linkable(app, &person, id)?;
    let typed = company_form::Typed::named(&name_of(app, conversation.profile)?);
    Ok(Page::ok(NewCompany {
        conversation: conversation.id,
        fields: app
            .store
            .read(|reader| company_form::Fields::read(reader, None, typed))?,
    }))
}

#[post("/workspace/conversations/<id>/customer/company", data = "<form>")]
async fn add_company(
    person: Agent,
    id: i64,
    form: Form<company_form::Typed>,
    app: &Managed<Arc<App>>,
) -> Answer<Result<Led, Page<NewCompany>>> {
    let conversation = linkable(app, &person, id)?;
    let typed = form.read()?;
    let mut fields = app
        .store
        .read(|reader| company_form::Fields::read(reader, None, typed))?;
    let (profile, user, id) = (conversation.profile, person.id, conversation.id);
    let Some(draft) = fields.check() else {
        return Ok(Err(Page::unprocessable(NewCompany {
            conversation: id,
            fields,
        })));
    };
    let linked = app
        .store
        .write(move |tx| {
            let company = companies::add(tx, &draft)?;
            store::link(tx, profile, Customer::Company(company), user)
        })
        .await?;
    Ok(Ok(said(linked, Outcome::CustomerLinked, id)))
}
