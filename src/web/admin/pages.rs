//! The pages of an account: the tab with their provisioning states, adding one, its name, its token.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::connection;
use super::shown::{self, ShownAccount, ShownPage};
use super::typed;
use crate::channels::{Credentials, PageFacts};
use crate::clock;
use crate::crypto::Secret;
use crate::domain::audit::Actor;
use crate::domain::ids::{AccountId, PageId};
use crate::domain::token_health;
use crate::locale::Text;
use crate::store::accounts;
use crate::store::pages::{self, Facts, NewPage};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::{Button, Form, Problems};
use crate::web::guards::Administrator;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};
use crate::work::connection::stored_facts;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![index, add, change, replace_token, remind_later]
}

/// The account that has a page already.
pub struct Owner {
    pub id: AccountId,
    pub name: String,
}

/// The account that has this page already; `None` when none has.
///
/// # Errors
/// What the database says.
pub fn owner(app: &App, channel: &str, platform_id: &str) -> Answer<Option<Owner>> {
    Ok(app.store.read(|reader| {
        let Some(page) = pages::by_platform_id(reader, channel, platform_id)? else {
            return Ok(None);
        };
        let account = accounts::by_id(reader, page.account)?;
        Ok(account.map(|account| Owner {
            id: account.id,
            name: account.name,
        }))
    })?)
}

/// The pane where a page is typed in.
#[derive(Default)]
pub struct Adding {
    pub name: String,
    pub page_id: String,
    /// A token was typed that is not kept over the error: it is asked again.
    pub asks_again: bool,
    pub taken: Option<Owner>,
    pub problems: Problems,
}

/// What is open in the list.
#[derive(Default)]
enum Open {
    #[default]
    Nothing,
    Adding(Adding),
    Renaming(PageId, String),
    Replacing(PageId),
}

#[derive(Template)]
#[template(path = "admin/pages/index.html")]
struct Index {
    shown: ShownAccount,
    open: Open,
    problems: Problems,
}

impl Index {
    fn adding(&self) -> Option<&Adding> {
        match &self.open {
            Open::Adding(adding) => Some(adding),
            _ => None,
        }
    }

    /// The name being typed for this page.
    fn renaming(&self, page: &ShownPage) -> Option<&str> {
        match &self.open {
            Open::Renaming(id, name) if *id == page.page.id => Some(name),
            _ => None,
        }
    }

    /// Whether nothing is being typed, so that the list may fetch itself again.
    fn is_at_rest(&self) -> bool {
        matches!(self.open, Open::Nothing)
    }

    fn is_replacing(&self, page: &ShownPage) -> bool {
        matches!(&self.open, Open::Replacing(id) if *id == page.page.id)
    }
}

#[get("/admin/accounts/<account>/pages?<add>&<rename>&<replace>")]
fn index(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    add: Option<bool>,
    rename: Option<i64>,
    replace: Option<i64>,
) -> Answer<Page<Index>> {
    let shown = shown::load_finished(app, account)?;
    let name = |page: &ShownPage| page.page.name.clone();
    let open = match (add, rename, replace) {
        (Some(_), ..) if shown.shape.many_pages => Open::Adding(Adding::default()),
        (_, Some(page), _) => find(&shown, page)
            .map(|page| Open::Renaming(page.page.id, name(page)))
            .unwrap_or_default(),
        (_, _, Some(page)) => find(&shown, page)
            .map(|page| Open::Replacing(page.page.id))
            .unwrap_or_default(),
        _ => Open::Nothing,
    };
    Ok(Page::ok(Index {
        shown,
        open,
        problems: Problems::default(),
    }))
}

fn find(shown: &ShownAccount, page: i64) -> Option<&ShownPage> {
    shown.pages.iter().find(|shown| shown.page.id.0 == page)
}

/// The page of this account, or 404.
fn load(app: &App, account: i64, page: i64) -> Answer<(ShownAccount, PageId)> {
    let shown = shown::load(app, account)?;
    let page = find(&shown, page).ok_or(Status::NotFound)?.page.id;
    Ok((shown, page))
}

/// What the pane *Add* asks.
#[derive(FromForm)]
pub struct TypedPage {
    #[field(default = "")]
    page_name: String,
    #[field(default = "")]
    page_id: String,
    #[field(default_with = Some(Secret::new("")))]
    page_token: Secret,
}

#[post("/admin/accounts/<account>/pages", data = "<form>")]
async fn add(
    administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    form: Form<TypedPage>,
) -> Answer<Result<Led, Page<Index>>> {
    let shown = shown::load(app, account)?;
    Ok(
        match add_to(app, administrator.actor(), &shown, form.read()?).await? {
            Ok(()) => Ok(Outcome::PageAdded.at(shown.pages_href())),
            Err(adding) => Err(Page::unprocessable(Index {
                shown,
                open: Open::Adding(adding),
                problems: Problems::default(),
            })),
        },
    )
}

/// Adds a page to an account: looks at what was typed, asks the platform whose token it is, stores it, and
/// makes the platform send its events. A platform that is not reached does not stand in the way.
///
/// # Errors
/// Inside: the pane with what is to be mended. Outside: 404 where pages are not typed in; what the
/// database says.
pub async fn add_to(
    app: &Arc<App>,
    actor: Actor,
    shown: &ShownAccount,
    typed: TypedPage,
) -> Answer<Result<(), Adding>> {
    if !shown.shape.many_pages {
        return Err(Status::NotFound.into());
    }
    let mut problems = Problems::default();
    let name = typed::name(&mut problems, "page_name", &typed.page_name);
    let page_id = typed::id(&mut problems, "page_id", &typed.page_id);
    let token = typed::token(&mut problems, "page_token", &typed.page_token, false);
    if problems.at("page_id").is_none() && !page_id.bytes().all(|byte| byte.is_ascii_digit()) {
        problems.add("page_id", Text::new("page-id-digits"));
    }
    let mut taken = None;
    if problems.is_empty() {
        taken = owner(app, &shown.account.channel, &page_id)?;
        if let Some(owner) = &taken {
            let why = if owner.id == shown.account.id {
                "page-added-already"
            } else {
                "account-page-taken"
            };
            problems.add("page_id", Text::new(why));
        }
    }
    let mut facts = None;
    if problems.is_empty() {
        facts = check(app, shown, &page_id, token.clone(), &mut problems).await?;
    }
    let refused = |problems, taken| Adding {
        name: typed.page_name.clone(),
        page_id: typed.page_id.clone(),
        asks_again: !typed.page_token.is_empty(),
        taken,
        problems,
    };
    if !problems.is_empty() {
        return Ok(Err(refused(problems, taken)));
    }
    let new = NewPage {
        account: shown.account.id,
        platform_id: page_id.clone(),
        name,
        handle: String::new(),
        token,
    };
    let stored = app
        .store
        .write_by(actor, move |tx| {
            let page = pages::add(tx, &new)?;
            match facts {
                Some(facts) => pages::token_accepted(tx, page, &stored_facts(facts, false)),
                None => Ok(()),
            }
        })
        .await;
    match stored {
        Ok(()) => {
            connection::settle(connection::start(app, shown.account.id)).await;
            Ok(Ok(()))
        }
        // Somebody else added it between the look and the write.
        Err(error) if error.is_unique_violation() => {
            let taken = owner(app, &shown.account.channel, &page_id)?;
            let mut problems = Problems::default();
            problems.add("page_id", Text::new("account-page-taken"));
            Ok(Err(refused(problems, taken)))
        }
        Err(error) => Err(error.into()),
    }
}

/// Asks the platform whether the token is this page's. `None` when it was not reached, or when there is
/// something to mend at `page_token`.
async fn check(
    app: &Arc<App>,
    shown: &ShownAccount,
    page_id: &str,
    token: Option<Secret>,
    problems: &mut Problems,
) -> Answer<Option<PageFacts>> {
    let id = shown.account.id;
    let Some(secret) = app.store.read(|reader| accounts::secret(reader, id))? else {
        problems.add("page_token", Text::new("account-needs-a-secret"));
        return Ok(None);
    };
    let credentials = Credentials {
        external_id: shown.account.external_id.clone(),
        secret,
        page: page_id.to_owned(),
        token,
    };
    match connection::look(app, &shown.account.channel, credentials).await {
        Ok(facts) => Ok(facts),
        Err(error) => {
            problems.add("page_token", connection::sentence(&error));
            Ok(None)
        }
    }
}

#[derive(FromForm)]
struct TypedName {
    #[field(default = "")]
    page_name: String,
}

#[post("/admin/accounts/<account>/pages/<page>", data = "<form>")]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    page: i64,
    form: Form<TypedName>,
) -> Answer<Result<Led, Page<Index>>> {
    let (shown, id) = load(app, account, page)?;
    let form = form.read()?;
    let mut problems = Problems::default();
    let name = typed::name(&mut problems, "page_name", &form.page_name);
    if !problems.is_empty() {
        return Ok(Err(Page::unprocessable(Index {
            shown,
            open: Open::Renaming(id, form.page_name.clone()),
            problems,
        })));
    }
    app.store
        .write_by(administrator.actor(), move |tx| {
            pages::rename(tx, id, &name)
        })
        .await?;
    Ok(Ok(Outcome::Saved.at(shown.pages_href())))
}

#[derive(FromForm)]
struct TypedToken {
    #[field(default_with = Some(Secret::new("")))]
    page_token: Secret,
}

/// *Check and replace*: a token that the platform refuses, that is worse than the old one, or that cannot be
/// checked leaves the old one in place.
#[post("/admin/accounts/<account>/pages/<page>/token", data = "<form>")]
async fn replace_token(
    administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    page: i64,
    form: Form<TypedToken>,
) -> Answer<Result<Led, Page<Index>>> {
    let (shown, id) = load(app, account, page)?;
    let form = form.read()?;
    let mut problems = Problems::default();
    let token = typed::token(
        &mut problems,
        "page_token",
        &form.page_token,
        shown.shape.token_optional,
    );
    let mut facts = None;
    if problems.is_empty() {
        facts = check_new(app, &shown, id, token.clone(), &mut problems).await?;
    }
    let (Some(facts), true) = (facts, problems.is_empty()) else {
        return Ok(Err(Page::unprocessable(Index {
            shown,
            open: Open::Replacing(id),
            problems,
        })));
    };
    app.store
        .write_by(administrator.actor(), move |tx| {
            pages::replace_token(tx, id, token.as_ref())?;
            pages::token_accepted(tx, id, &facts)
        })
        .await?;
    connection::settle(connection::start(app, shown.account.id)).await;
    Ok(Ok(Outcome::TokenReplaced.at(shown.pages_href())))
}

/// What the platform says about a token that is to replace a page's. `None` when there is something to mend
/// at `page_token`.
async fn check_new(
    app: &Arc<App>,
    shown: &ShownAccount,
    id: PageId,
    token: Option<Secret>,
    problems: &mut Problems,
) -> Answer<Option<Facts>> {
    let (row, stored) = app
        .store
        .read(|reader| Ok((pages::by_id(reader, id)?, pages::credentials(reader, id)?)))?;
    let row = row.ok_or(Status::NotFound)?;
    let old = stored.and_then(|stored| stored.token);
    if token.is_some() && token == old {
        problems.add("page_token", Text::new("page-token-is-the-old-one"));
        return Ok(None);
    }
    let checked = check(app, shown, &row.platform_id, token, problems).await?;
    let Some(facts) = checked else {
        problems.check("page_token", !problems.is_empty(), "page-token-not-checked");
        return Ok(None);
    };
    let facts = stored_facts(facts, !shown.shape.many_pages);
    let now = clock::now();
    if token_health::is_worse(facts.token_ends_at, &row.token(), now) {
        let rest = facts.token_ends_at.map(|ends_at| ends_at.since(now));
        let days = rest.map_or(0, |rest| rest.as_secs() / (24 * 3600));
        let why = Text::new("page-token-ends-sooner").arg("days", days);
        problems.add("page_token", why);
        return Ok(None);
    }
    Ok(Some(facts))
}

/// *Remind me in a week*: until then nobody is told about the token's age. It stays flagged at its page.
#[post("/admin/accounts/<account>/pages/<page>/reminder", data = "<_button>")]
async fn remind_later(
    administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    page: i64,
    _button: Button,
) -> Answer<Led> {
    let (_, id) = load(app, account, page)?;
    app.store
        .write_by(administrator.actor(), move |tx| pages::snooze_token(tx, id))
        .await?;
    Ok(Outcome::ReminderSet.at("/admin"))
}
