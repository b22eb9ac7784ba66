//! Companies: their list, a company's page, and its form.

use std::sync::Arc;

use askama::Template;
use askama::filters::HtmlSafe;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State as Managed, get, post, routes};

use super::extra::{self, TypedValues};
use super::notes::Notes;
use super::timeline::Timeline;
use super::{FOUND, Order, PAGE, cut, typed};
use crate::clock;
use crate::domain::ids::CompanyId;
use crate::domain::names;
use crate::domain::record::Record;
use crate::domain::time::Timestamp;
use crate::store::cases::{self, Case};
use crate::store::companies::{self as store, Company, Draft};
use crate::store::contacts::{self, Contact};
use crate::store::customer_fields::{self, CustomerField};
use crate::store::customer_links::Customer;
use crate::store::notes::About;
use crate::store::{self as database, Reader};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::fields::Item;
use crate::web::forms::{Button, Form, Problems};
use crate::web::guards::Agent;
use crate::web::list::{self, NoMatch, SearchBox};
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, Person, filters, tone};
use crate::web::workspace::sessions::Sessions;

/// Where the list is.
pub const PATH: &str = "/workspace/companies";
/// So many people are on a company's page.
const PEOPLE: usize = 50;
/// So many cases are on a company's page.
const CASES: usize = 10;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![index, new, add, show, edit, change, archive, restore]
}

#[derive(Template)]
#[template(path = "workspace/customers/companies/index.html")]
struct Index {
    sessions: Sessions,
    search: String,
    order: Order,
    rows: Vec<Company>,
    /// The address of the next page.
    more: Option<String>,
}

impl Index {
    fn search_box(&self) -> SearchBox<'_> {
        list::search_box(
            PATH,
            &self.search,
            "companies-search",
            "companies-search-hint",
        )
    }

    fn no_match(&self) -> NoMatch {
        list::no_match(PATH)
    }
}

#[get("/workspace/companies?<search>&<sort>&<after>")]
fn index(
    person: Agent,
    app: &Managed<Arc<App>>,
    search: Option<&str>,
    sort: Option<Order>,
    after: Option<i64>,
) -> Answer<Page<Index>> {
    let search = search.unwrap_or_default().trim().to_owned();
    let (order, after) = (sort.unwrap_or_default(), after.map(CompanyId));
    Ok(Page::ok(app.store.read(|reader| {
        let mut rows = match (search.is_empty(), order) {
            (false, _) => store::found(reader, &search, FOUND)?,
            (true, Order::Name) => store::by_name(reader, after, PAGE + 1)?,
            (true, Order::Changed) => store::by_change(reader, after, PAGE + 1)?,
        };
        let last = match search.is_empty() {
            true => cut(&mut rows, |company| company.id.0),
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

/// What the form of a company sends.
#[derive(Clone, Debug, Default, FromForm)]
pub struct Typed {
    #[field(default = "")]
    name: String,
    #[field(default = "")]
    number: String,
    #[field(default = "")]
    email: String,
    #[field(default = "")]
    phone: String,
    #[field(default = "")]
    address: String,
    /// One of its people.
    #[field(default = "")]
    primary_contact: String,
    field: TypedValues,
}

impl Typed {
    /// The name of a customer of a page, to begin with.
    pub fn named(name: &str) -> Typed {
        Typed {
            name: name.to_owned(),
            ..Default::default()
        }
    }

    fn of(company: &Company) -> Typed {
        let draft = company.draft.clone();
        let primary = draft.primary_contact.map(|id| id.to_string());
        Typed {
            name: draft.name,
            number: draft.number,
            email: draft.email,
            phone: draft.phone,
            address: draft.address,
            primary_contact: primary.unwrap_or_default(),
            field: extra::typed(&draft.values),
        }
    }
}

/// The fields of a company's form; the page around it says where they go.
#[derive(Template)]
#[template(path = "workspace/customers/companies/fields.html")]
pub struct Fields {
    pub typed: Typed,
    fields: Vec<CustomerField>,
    /// Its people; nobody while it is new.
    people: Vec<Item>,
    pub problems: Problems,
}

impl HtmlSafe for Fields {}

impl Fields {
    /// The form of a new one (`company` is `None`) or of one that is there, filled with what was typed.
    ///
    /// # Errors
    /// SQLite's.
    pub fn read(
        reader: &Reader<'_>,
        company: Option<CompanyId>,
        typed: Typed,
    ) -> database::Result<Fields> {
        let mut people = Vec::new();
        if let Some(company) = company {
            people.push(Item::none("company-primary-none"));
            let found = contacts::of_company(reader, company, PEOPLE)?.into_iter();
            people.extend(found.map(|contact| Item::named(contact.id, &contact.name)));
        }
        Ok(Fields {
            typed,
            fields: customer_fields::of(reader, Record::Company)?,
            people,
            problems: Problems::default(),
        })
    }

    /// What was typed; `None` when something is not accepted, which is then in the problems.
    pub fn check(&mut self) -> Option<Draft> {
        let Fields {
            typed,
            fields,
            people,
            problems,
        } = self;
        let primary = &typed.primary_contact;
        let is_known = primary.is_empty() || people.iter().any(|item| item.value == *primary);
        problems.check("primary_contact", is_known, "field-choose");
        let draft = Draft {
            name: typed::name(problems, "name", &typed.name),
            number: typed::line(problems, "number", &typed.number),
            email: typed::email(problems, &typed.email),
            phone: typed::line(problems, "phone", &typed.phone),
            address: typed::text(problems, "address", &typed.address),
            primary_contact: primary.parse().ok().map(crate::domain::ids::ContactId),
            values: extra::check(fields, &typed.field, problems),
        };
        problems.is_empty().then_some(draft)
    }
}

/// The page with the form of a new company (`company` is `None`) or of one that is there.
#[derive(Template)]
#[template(path = "workspace/customers/companies/form.html")]
struct Edit {
    sessions: Sessions,
    company: Option<Company>,
    fields: Fields,
}

impl Edit {
    fn action(&self) -> String {
        match &self.company {
            Some(company) => format!("{PATH}/{}/edit", company.id),
            None => format!("{PATH}/new"),
        }
    }

    fn back(&self) -> String {
        match &self.company {
            Some(company) => format!("{PATH}/{}", company.id),
            None => PATH.to_owned(),
        }
    }
}

fn page(app: &App, person: &Person, company: Option<Company>, typed: Typed) -> Answer<Edit> {
    Ok(app.store.read(|reader| {
        Ok(Edit {
            sessions: Sessions::read(reader, person, None, clock::now())?,
            fields: Fields::read(reader, company.as_ref().map(|it| it.id), typed)?,
            company,
        })
    })?)
}

#[get("/workspace/companies/new")]
fn new(person: Agent, app: &Managed<Arc<App>>) -> Answer<Page<Edit>> {
    Ok(Page::ok(page(app, &person, None, Default::default())?))
}

#[post("/workspace/companies/new", data = "<form>")]
async fn add(
    person: Agent,
    app: &Managed<Arc<App>>,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let mut edit = page(app, &person, None, form.read()?)?;
    let Some(draft) = edit.fields.check() else {
        return Ok(Err(Page::unprocessable(edit)));
    };
    let id = app.store.write(move |tx| store::add(tx, &draft)).await?;
    Ok(Ok(Outcome::Saved.at(format!("{PATH}/{id}"))))
}

/// A company with the fields that an administrator added.
fn load(app: &App, id: i64) -> Answer<Company> {
    let found = app.store.read(|reader| {
        let Some(mut company) = store::by_id(reader, CompanyId(id))? else {
            return Ok(None);
        };
        company.draft.values = customer_fields::values(reader, Record::Company, id)?;
        Ok(Some(company))
    })?;
    Ok(found.ok_or(Status::NotFound)?)
}

#[derive(Template)]
#[template(path = "workspace/customers/companies/show.html")]
struct Show {
    sessions: Sessions,
    company: Company,
    extra: extra::Facts,
    people: Vec<Contact>,
    cases: Vec<Case>,
    timeline: Timeline,
    notes: Notes,
}

impl Show {
    fn initials(&self) -> String {
        names::initials(&self.company.draft.name)
    }

    fn tone(&self) -> char {
        tone(self.company.id.0)
    }
}

#[get("/workspace/companies/<id>?<before>", rank = 2)]
fn show(
    person: Agent,
    app: &Managed<Arc<App>>,
    id: i64,
    before: Option<i64>,
) -> Answer<Page<Show>> {
    let company = load(app, id)?;
    let (customer, now) = (Customer::Company(company.id), clock::now());
    let before = before.map(Timestamp::from_millis);
    Ok(Page::ok(app.store.read(|reader| {
        let path = format!("{PATH}/{id}");
        Ok(Show {
            sessions: Sessions::read(reader, &person, None, now)?,
            extra: extra::Facts::read(reader, Record::Company, id)?,
            people: contacts::of_company(reader, company.id, PEOPLE)?,
            cases: cases::of_customer(reader, customer, CASES)?,
            timeline: Timeline::of(reader, person.viewer(), customer, before, path)?,
            notes: Notes::read(reader, About::Company(company.id), person.id, now)?,
            company,
        })
    })?))
}

#[get("/workspace/companies/<id>/edit")]
fn edit(person: Agent, app: &Managed<Arc<App>>, id: i64) -> Answer<Page<Edit>> {
    let company = load(app, id)?;
    let typed = Typed::of(&company);
    Ok(Page::ok(page(app, &person, Some(company), typed)?))
}

#[post("/workspace/companies/<id>/edit", data = "<form>")]
async fn change(
    person: Agent,
    app: &Managed<Arc<App>>,
    id: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let company = load(app, id)?;
    let id = company.id;
    let mut edit = page(app, &person, Some(company), form.read()?)?;
    let Some(draft) = edit.fields.check() else {
        return Ok(Err(Page::unprocessable(edit)));
    };
    app.store
        .write(move |tx| store::change(tx, id, &draft))
        .await?;
    Ok(Ok(Outcome::Saved.at(format!("{PATH}/{id}"))))
}

#[post("/workspace/companies/<id>/archive", data = "<_button>")]
async fn archive(_person: Agent, app: &Managed<Arc<App>>, id: i64, _button: Button) -> Answer<Led> {
    set_archived(app, id, true).await
}

#[post("/workspace/companies/<id>/restore", data = "<_button>")]
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
