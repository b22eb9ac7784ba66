//! Contacts: their list, a contact's page, and its form.

use std::sync::Arc;

use askama::Template;
use askama::filters::HtmlSafe;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Either, Route, State as Managed, get, post, routes};

use super::extra::{self, TypedValues};
use super::notes::Notes;
use super::timeline::Timeline;
use super::{FOUND, Order, PAGE, cut, typed};
use crate::clock;
use crate::domain::access::{self, Action, Relation};
use crate::domain::ids::ContactId;
use crate::domain::names;
use crate::domain::record::{Record, name_parts};
use crate::domain::time::Timestamp;
use crate::locale::Text;
use crate::store::cases::{self, Case};
use crate::store::contacts::{self as store, Contact, Draft, Merge};
use crate::store::customer_fields::{self, CustomerField};
use crate::store::customer_links::{self, Customer};
use crate::store::notes::About;
use crate::store::profiles;
use crate::store::{self as database, Reader, Tx, companies};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::{Button, Form, Problems};
use crate::web::guards::Agent;
use crate::web::list::{self, NoMatch, SearchBox};
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, Person, filters, tone};
use crate::web::workspace::customer::CustomerView;
use crate::web::workspace::sessions::Sessions;

/// Where the list is.
pub const PATH: &str = "/workspace/contacts";
/// So many companies are suggested while one is typed.
const SUGGESTED: usize = 100;
/// So many cases are on a contact's page.
const CASES: usize = 10;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![index, new, add, show, edit, change, archive, restore]
}

#[derive(Template)]
#[template(path = "workspace/customers/contacts/index.html")]
struct Index {
    sessions: Sessions,
    search: String,
    order: Order,
    rows: Vec<Contact>,
    /// The address of the next page.
    more: Option<String>,
}

impl Index {
    fn search_box(&self) -> SearchBox<'_> {
        list::search_box(
            PATH,
            &self.search,
            "contacts-search",
            "contacts-search-hint",
        )
    }

    fn no_match(&self) -> NoMatch {
        list::no_match(PATH)
    }
}

#[get("/workspace/contacts?<search>&<sort>&<after>")]
fn index(
    person: Agent,
    app: &Managed<Arc<App>>,
    search: Option<&str>,
    sort: Option<Order>,
    after: Option<i64>,
) -> Answer<Page<Index>> {
    let search = search.unwrap_or_default().trim().to_owned();
    let (order, after) = (sort.unwrap_or_default(), after.map(ContactId));
    Ok(Page::ok(app.store.read(|reader| {
        let mut rows = match (search.is_empty(), order) {
            (false, _) => store::found(reader, &search, FOUND)?,
            (true, Order::Name) => store::by_name(reader, after, PAGE + 1)?,
            (true, Order::Changed) => store::by_change(reader, after, PAGE + 1)?,
        };
        let last = match search.is_empty() {
            true => cut(&mut rows, |contact| contact.id.0),
            false => None,
        };
        Ok(Index {
            sessions: Sessions::read(reader, &person, None, clock::now())?,
            more: last.map(|last| {
                let after = last.to_string();
                list::address(PATH, [("sort", order.word()), ("after", &*after)])
            }),
            search,
            order,
            rows,
        })
    })?))
}

/// What the form of a contact sends.
#[derive(Clone, Debug, Default, FromForm)]
pub struct Typed {
    #[field(default = "")]
    first_name: String,
    #[field(default = "")]
    middle_name: String,
    #[field(default = "")]
    last_name: String,
    /// By its name: a new one makes a new company.
    #[field(default = "")]
    company: String,
    #[field(default = "")]
    email: String,
    #[field(default = "")]
    phone: String,
    #[field(default = "")]
    address: String,
    field: TypedValues,
}

/// What was typed, and the name of the company, which may be a new one.
pub struct Checked {
    draft: Draft,
    company: String,
}

impl Checked {
    /// What is to be stored; makes the company when there is none of the name.
    ///
    /// # Errors
    /// SQLite's.
    fn draft(mut self, tx: &Tx<'_>) -> database::Result<Draft> {
        self.draft.company = match self.company.is_empty() {
            true => None,
            false => Some(companies::ensure(tx, &self.company)?),
        };
        Ok(self.draft)
    }

    /// Adds the contact.
    ///
    /// # Errors
    /// SQLite's.
    pub fn add(self, tx: &Tx<'_>) -> database::Result<ContactId> {
        store::add(tx, &self.draft(tx)?)
    }
}

impl Typed {
    /// The name of a customer of a page, to begin with.
    pub fn named(name: &str) -> Typed {
        let (first_name, middle_name, last_name) = name_parts(name);
        Typed {
            first_name,
            middle_name,
            last_name,
            ..Default::default()
        }
    }

    fn of(contact: &Contact) -> Typed {
        let draft = contact.draft.clone();
        Typed {
            first_name: draft.first_name,
            middle_name: draft.middle_name,
            last_name: draft.last_name,
            company: contact.company.clone().unwrap_or_default(),
            email: draft.email,
            phone: draft.phone,
            address: draft.address,
            field: extra::typed(&draft.values),
        }
    }
}

/// The fields of a contact's form; the page around it says where they go.
#[derive(Template)]
#[template(path = "workspace/customers/contacts/fields.html")]
pub struct Fields {
    pub typed: Typed,
    fields: Vec<CustomerField>,
    companies: Vec<String>,
    pub problems: Problems,
}

impl HtmlSafe for Fields {}

impl Fields {
    /// The form, filled with what was typed.
    ///
    /// # Errors
    /// SQLite's.
    pub fn read(reader: &Reader<'_>, typed: Typed) -> database::Result<Fields> {
        let suggested = companies::by_name(reader, None, SUGGESTED)?.into_iter();
        Ok(Fields {
            typed,
            fields: customer_fields::of(reader, Record::Contact)?,
            companies: suggested.map(|company| company.draft.name).collect(),
            problems: Problems::default(),
        })
    }

    /// What was typed; `None` when something is not accepted, which is then in the problems.
    pub fn check(&mut self) -> Option<Checked> {
        let Fields {
            typed,
            fields,
            problems,
            ..
        } = self;
        let draft = Draft {
            first_name: typed::line(problems, "first_name", &typed.first_name),
            middle_name: typed::line(problems, "middle_name", &typed.middle_name),
            last_name: typed::line(problems, "last_name", &typed.last_name),
            company: None,
            email: typed::email(problems, &typed.email),
            phone: typed::line(problems, "phone", &typed.phone),
            address: typed::text(problems, "address", &typed.address),
            values: extra::check(fields, &typed.field, problems),
        };
        let company = typed::line(problems, "company", &typed.company);
        problems.check("first_name", !draft.name().is_empty(), "contact-unnamed");
        problems.is_empty().then_some(Checked { draft, company })
    }
}

/// The page with the form of a new contact (`contact` is `None`) or of one that is there.
#[derive(Template)]
#[template(path = "workspace/customers/contacts/form.html")]
struct Edit {
    sessions: Sessions,
    contact: Option<Contact>,
    fields: Fields,
}

impl Edit {
    fn action(&self) -> String {
        match &self.contact {
            Some(contact) => format!("{PATH}/{}/edit", contact.id),
            None => format!("{PATH}/new"),
        }
    }

    fn back(&self) -> String {
        match &self.contact {
            Some(contact) => format!("{PATH}/{}", contact.id),
            None => PATH.to_owned(),
        }
    }
}

fn page(app: &App, person: &Person, contact: Option<Contact>, typed: Typed) -> Answer<Edit> {
    Ok(app.store.read(|reader| {
        Ok(Edit {
            sessions: Sessions::read(reader, person, None, clock::now())?,
            fields: Fields::read(reader, typed)?,
            contact,
        })
    })?)
}

#[get("/workspace/contacts/new")]
fn new(person: Agent, app: &Managed<Arc<App>>) -> Answer<Page<Edit>> {
    Ok(Page::ok(page(app, &person, None, Default::default())?))
}

#[post("/workspace/contacts/new", data = "<form>")]
async fn add(
    person: Agent,
    app: &Managed<Arc<App>>,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let mut edit = page(app, &person, None, form.read()?)?;
    let Some(checked) = edit.fields.check() else {
        return Ok(Err(Page::unprocessable(edit)));
    };
    let id = app.store.write(move |tx| checked.add(tx)).await?;
    Ok(Ok(Outcome::Saved.at(format!("{PATH}/{id}"))))
}

/// A contact with the fields that an administrator added. Who is merged into another is found at that one's place.
pub(super) fn load(app: &App, id: i64) -> Answer<Contact> {
    let found = app.store.read(|reader| {
        let Some(mut contact) = store::by_id(reader, ContactId(id))? else {
            return Ok(None);
        };
        contact.draft.values = customer_fields::values(reader, Record::Contact, id)?;
        Ok(Some(contact))
    })?;
    Ok(found.ok_or(Status::NotFound)?)
}

/// A customer of a page who is this contact.
struct Known {
    view: CustomerView,
    page: String,
}

#[derive(Template)]
#[template(path = "workspace/customers/contacts/show.html")]
struct Show {
    sessions: Sessions,
    contact: Contact,
    extra: extra::Facts,
    known: Vec<Known>,
    cases: Vec<Case>,
    timeline: Timeline,
    notes: Notes,
    /// Others that are merged into it and can be parted from it.
    merges: Vec<Merge>,
    may_merge: bool,
}

impl Show {
    fn initials(&self) -> String {
        names::initials(&self.contact.name)
    }

    fn tone(&self) -> char {
        tone(self.contact.id.0)
    }
}

#[get("/workspace/contacts/<id>?<before>", rank = 2)]
fn show(
    person: Agent,
    app: &Managed<Arc<App>>,
    id: i64,
    before: Option<i64>,
) -> Answer<Either<Redirect, Page<Show>>> {
    let contact = load(app, id)?;
    if let Some(kept) = contact.merged_into {
        return Ok(Either::Left(Redirect::to(format!("{PATH}/{kept}"))));
    }
    let (customer, viewer, now) = (Customer::Contact(contact.id), person.viewer(), clock::now());
    let before = before.map(Timestamp::from_millis);
    let show = app.store.read(|reader| {
        let mut known = Vec::new();
        for profile in customer_links::profiles_of(reader, customer)? {
            // Whoever may read none of his conversations does not learn where he writes.
            let reads = super::timeline::reads_any(reader, viewer, profile)?;
            if let Some(profile) = profiles::by_id(reader, profile)?.filter(|_| reads) {
                let page = database::pages::by_id(reader, profile.page)?;
                known.push(Known {
                    view: CustomerView::from(&profile),
                    page: page.map(|page| page.name).unwrap_or_default(),
                });
            }
        }
        Ok(Show {
            sessions: Sessions::read(reader, &person, None, now)?,
            extra: extra::Facts::read(reader, Record::Contact, id)?,
            known,
            cases: cases::of_customer(reader, customer, CASES)?,
            timeline: Timeline::of(reader, viewer, customer, before, format!("{PATH}/{id}"))?,
            notes: Notes::read(reader, About::Contact(contact.id), person.id, now)?,
            merges: store::merges_of(reader, contact.id)?,
            may_merge: access::may(person.role, Action::MergeCustomers, Relation::Foreign),
            contact,
        })
    })?;
    Ok(Either::Right(Page::ok(show)))
}

#[get("/workspace/contacts/<id>/edit")]
fn edit(person: Agent, app: &Managed<Arc<App>>, id: i64) -> Answer<Page<Edit>> {
    let contact = load(app, id)?;
    let typed = Typed::of(&contact);
    Ok(Page::ok(page(app, &person, Some(contact), typed)?))
}

#[post("/workspace/contacts/<id>/edit", data = "<form>")]
async fn change(
    person: Agent,
    app: &Managed<Arc<App>>,
    id: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let contact = load(app, id)?;
    let id = contact.id;
    let mut edit = page(app, &person, Some(contact), form.read()?)?;
    if let Some(checked) = edit.fields.check() {
        let changed = app.store.write(move |tx| {
            let is_changed = store::change(tx, id, &checked.draft(tx)?)?;
            if is_changed {
                customer_links::tell_of_contact(tx, id)?;
            }
            Ok(is_changed)
        });
        if changed.await? {
            return Ok(Ok(Outcome::Saved.at(format!("{PATH}/{id}"))));
        }
        let why = Text::new("contact-merged-away");
        edit.fields.problems.add("first_name", why);
    }
    Ok(Err(Page::unprocessable(edit)))
}

#[post("/workspace/contacts/<id>/archive", data = "<_button>")]
async fn archive(_person: Agent, app: &Managed<Arc<App>>, id: i64, _button: Button) -> Answer<Led> {
    set_archived(app, id, true).await
}

#[post("/workspace/contacts/<id>/restore", data = "<_button>")]
async fn restore(_person: Agent, app: &Managed<Arc<App>>, id: i64, _button: Button) -> Answer<Led> {
    set_archived(app, id, false).await
}

async fn set_archived(app: &App, id: i64, is_archived: bool) -> Answer<Led> {
    let id = load(app, id)?.id;
    app.store
        .write(move |tx| store::archive(tx, id, is_archived))
        .await?;
    Ok(Outcome::Saved.at(format!("{PATH}/{id}")))
}
