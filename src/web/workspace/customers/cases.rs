//! Cases: their list, a case's page, and its form.

use std::sync::Arc;

use askama::Template;
use askama::filters::HtmlSafe;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State as Managed, get, post, routes};

use super::extra::{self, TypedValues};
use super::notes::Notes;
use super::{FOUND, PAGE, cut, typed};
use crate::clock;
use crate::domain::facts::Priority;
use crate::domain::ids::{CaseId, CompanyId, ContactId, ConversationId};
use crate::domain::record::Record;
use crate::store::cases::{self as store, Case, Draft};
use crate::store::customer_fields::{self, CustomerField};
use crate::store::customer_links::{self, Customer, Linked};
use crate::store::notes::About;
use crate::store::{self as database, Reader, work_items};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::fields::Item;
use crate::web::forms::{Button, Form, Problems};
use crate::web::guards::Agent;
use crate::web::list::{self, NoMatch, SearchBox};
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, Person, filters};
use crate::web::workspace::sessions::Sessions;

/// Where the list is.
pub const PATH: &str = "/workspace/cases";
/// So many conversations are on a case's page.
const CONVERSATIONS: usize = 50;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![index, new, add, show, edit, change, resolve, reopen]
}

/// The page of somebody in the book.
pub fn page_of(customer: Customer) -> String {
    match customer {
        Customer::Contact(id) => format!("{}/{id}", super::contacts::PATH),
        Customer::Company(id) => format!("{}/{id}", super::companies::PATH),
    }
}

#[derive(Template)]
#[template(path = "workspace/customers/cases/index.html")]
struct Index {
    sessions: Sessions,
    search: String,
    /// Resolved ones are listed as well.
    every: bool,
    rows: Vec<Case>,
    /// The address of the next page.
    more: Option<String>,
}

impl Index {
    fn search_box(&self) -> SearchBox<'_> {
        list::search_box(PATH, &self.search, "cases-search", "cases-search-hint")
    }

    fn no_match(&self) -> NoMatch {
        list::no_match(PATH)
    }
}

#[get("/workspace/cases?<search>&<every>&<after>")]
fn index(
    person: Agent,
    app: &Managed<Arc<App>>,
    search: Option<&str>,
    every: Option<bool>,
    after: Option<i64>,
) -> Answer<Page<Index>> {
    let search = search.unwrap_or_default().trim().to_owned();
    let (every, after) = (every.unwrap_or_default(), after.map(CaseId));
    Ok(Page::ok(app.store.read(|reader| {
        let mut rows = match search.is_empty() {
            false => store::found(reader, &search, FOUND)?,
            true => store::by_change(reader, !every, after, PAGE + 1)?,
        };
        let last = match search.is_empty() {
            true => cut(&mut rows, |case| case.id.0),
            false => None,
        };
        Ok(Index {
            sessions: Sessions::read(reader, &person, None, clock::now())?,
            more: last.map(|last| {
                let (after, every) = (last.to_string(), if every { "true" } else { "" });
                list::address(PATH, [("every", every), ("after", &*after)])
            }),
            search,
            every,
            rows,
        })
    })?))
}

/// What the form of a case sends.
#[derive(Clone, Debug, Default, FromForm)]
pub struct Typed {
    #[field(default = "")]
    title: String,
    #[field(default = "")]
    description: String,
    #[field(default = "")]
    priority: String,
    field: TypedValues,
}

impl Typed {
    /// An empty one.
    pub fn new() -> Typed {
        Typed {
            priority: Priority::default().word().to_owned(),
            ..Default::default()
        }
    }

    fn of(case: &Case) -> Typed {
        Typed {
            title: case.draft.title.clone(),
            description: case.draft.description.clone(),
            priority: case.draft.priority.word().to_owned(),
            field: extra::typed(&case.draft.values),
        }
    }
}

/// The fields of a case's form; the page around it says where they go.
#[derive(Template)]
#[template(path = "workspace/customers/cases/fields.html")]
pub struct Fields {
    pub typed: Typed,
    fields: Vec<CustomerField>,
    pub problems: Problems,
}

impl HtmlSafe for Fields {}

impl Fields {
    /// The form, filled with what was typed.
    ///
    /// # Errors
    /// SQLite's.
    pub fn read(reader: &Reader<'_>, typed: Typed) -> database::Result<Fields> {
        Ok(Fields {
            typed,
            fields: customer_fields::of(reader, Record::Case)?,
            problems: Problems::default(),
        })
    }

    fn priorities(&self) -> Vec<Item> {
        let priorities = Priority::ALL.iter();
        priorities
            .map(|priority| Item::word("rule-priority", priority.word()))
            .collect()
    }

    /// What was typed about a case of `customer`; `None` when something is not accepted, which is then in the
    /// problems.
    pub fn check(&mut self, customer: Option<Customer>) -> Option<Draft> {
        let Fields {
            typed,
            fields,
            problems,
        } = self;
        let priority = Priority::from_word(&typed.priority);
        problems.check("priority", priority.is_some(), "field-choose");
        let draft = Draft {
            title: typed::name(problems, "title", &typed.title),
            description: typed::text(problems, "description", &typed.description),
            priority: priority.unwrap_or_default(),
            customer,
            values: extra::check(fields, &typed.field, problems),
        };
        problems.is_empty().then_some(draft)
    }
}

/// The page with the form of a new case (`case` is `None`) or of one that is there.
#[derive(Template)]
#[template(path = "workspace/customers/cases/form.html")]
struct Edit {
    sessions: Sessions,
    case: Option<Case>,
    /// Whose it is.
    customer: Option<Linked>,
    fields: Fields,
}

impl Edit {
    fn action(&self) -> String {
        match (&self.case, self.customer.as_ref().map(Linked::customer)) {
            (Some(case), _) => format!("{PATH}/{}/edit", case.id),
            (None, None) => format!("{PATH}/new"),
            (None, Some(Customer::Contact(id))) => format!("{PATH}/new?contact={id}"),
            (None, Some(Customer::Company(id))) => format!("{PATH}/new?company={id}"),
        }
    }

    fn back(&self) -> String {
        match (&self.case, self.customer.as_ref().map(Linked::customer)) {
            (Some(case), _) => format!("{PATH}/{}", case.id),
            (None, Some(customer)) => page_of(customer),
            (None, None) => PATH.to_owned(),
        }
    }
}

fn page(
    app: &App,
    person: &Person,
    case: Option<Case>,
    customer: Option<Customer>,
    typed: Typed,
) -> Answer<Edit> {
    Ok(app.store.read(|reader| {
        Ok(Edit {
            sessions: Sessions::read(reader, person, None, clock::now())?,
            customer: match customer {
                Some(customer) => customer_links::read(reader, customer)?,
                None => None,
            },
            fields: Fields::read(reader, typed)?,
            case,
        })
    })?)
}

/// Whose case an address says that it is to be.
fn customer_of(contact: Option<i64>, company: Option<i64>) -> Option<Customer> {
    let contact = contact.map(|id| Customer::Contact(ContactId(id)));
    contact.or(company.map(|id| Customer::Company(CompanyId(id))))
}

#[get("/workspace/cases/new?<contact>&<company>")]
fn new(
    person: Agent,
    app: &Managed<Arc<App>>,
    contact: Option<i64>,
    company: Option<i64>,
) -> Answer<Page<Edit>> {
    let customer = customer_of(contact, company);
    Ok(Page::ok(page(app, &person, None, customer, Typed::new())?))
}

#[post("/workspace/cases/new?<contact>&<company>", data = "<form>")]
async fn add(
    person: Agent,
    app: &Managed<Arc<App>>,
    contact: Option<i64>,
    company: Option<i64>,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let customer = customer_of(contact, company);
    let mut edit = page(app, &person, None, customer, form.read()?)?;
    let customer = edit.customer.as_ref().map(Linked::customer);
    let Some(draft) = edit.fields.check(customer) else {
        return Ok(Err(Page::unprocessable(edit)));
    };
    let user = person.id;
    let id = app
        .store
        .write(move |tx| store::add(tx, &draft, user))
        .await?;
    Ok(Ok(Outcome::Saved.at(format!("{PATH}/{id}"))))
}

/// A case with the fields that an administrator added.
fn load(app: &App, id: i64) -> Answer<Case> {
    let found = app.store.read(|reader| {
        let Some(mut case) = store::by_id(reader, CaseId(id))? else {
            return Ok(None);
        };
        case.draft.values = customer_fields::values(reader, Record::Case, id)?;
        Ok(Some(case))
    })?;
    Ok(found.ok_or(Status::NotFound)?)
}

#[derive(Template)]
#[template(path = "workspace/customers/cases/show.html")]
struct Show {
    sessions: Sessions,
    case: Case,
    extra: extra::Facts,
    /// The page of its customer.
    customer: Option<String>,
    /// The conversations about it that the viewer may read.
    conversations: Vec<Conversed>,
    notes: Notes,
}

/// A conversation about a case.
struct Conversed {
    id: ConversationId,
    state: crate::domain::conversation::State,
    at: crate::domain::time::Timestamp,
}

#[get("/workspace/cases/<id>", rank = 2)]
fn show(person: Agent, app: &Managed<Arc<App>>, id: i64) -> Answer<Page<Show>> {
    let case = load(app, id)?;
    let now = clock::now();
    Ok(Page::ok(app.store.read(|reader| {
        let mut conversations = Vec::new();
        for about in store::conversations_of(reader, case.id, CONVERSATIONS)? {
            let found = work_items::load_for(reader, person.viewer(), about)?;
            conversations.extend(found.map(|(found, _)| Conversed {
                id: found.id,
                state: found.state,
                at: found.created_at,
            }));
        }
        Ok(Show {
            sessions: Sessions::read(reader, &person, None, now)?,
            extra: extra::Facts::read(reader, Record::Case, id)?,
            customer: case.draft.customer.map(page_of),
            conversations,
            notes: Notes::read(reader, About::Case(case.id), person.id, now)?,
            case,
        })
    })?))
}

#[get("/workspace/cases/<id>/edit")]
fn edit(person: Agent, app: &Managed<Arc<App>>, id: i64) -> Answer<Page<Edit>> {
    let case = load(app, id)?;
    let (typed, customer) = (Typed::of(&case), case.draft.customer);
    Ok(Page::ok(page(app, &person, Some(case), customer, typed)?))
}

#[post("/workspace/cases/<id>/edit", data = "<form>")]
async fn change(
    person: Agent,
    app: &Managed<Arc<App>>,
    id: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let case = load(app, id)?;
    let (id, customer) = (case.id, case.draft.customer);
    let mut edit = page(app, &person, Some(case), customer, form.read()?)?;
    let Some(draft) = edit.fields.check(customer) else {
        return Ok(Err(Page::unprocessable(edit)));
    };
    app.store
        .write(move |tx| store::change(tx, id, &draft))
        .await?;
    Ok(Ok(Outcome::Saved.at(format!("{PATH}/{id}"))))
}

#[post("/workspace/cases/<id>/resolution", data = "<_button>")]
async fn resolve(person: Agent, app: &Managed<Arc<App>>, id: i64, _button: Button) -> Answer<Led> {
    set_resolved(app, &person, id, true).await
}

#[post("/workspace/cases/<id>/reopening", data = "<_button>")]
async fn reopen(person: Agent, app: &Managed<Arc<App>>, id: i64, _button: Button) -> Answer<Led> {
    set_resolved(app, &person, id, false).await
}

async fn set_resolved(app: &App, person: &Agent, id: i64, is_resolved: bool) -> Answer<Led> {
    let (id, user) = (load(app, id)?.id, person.id);
    app.store
        .write(move |tx| store::resolve(tx, id, user, is_resolved))
        .await?;
    Ok(Outcome::Saved.at(format!("{PATH}/{id}")))
}
