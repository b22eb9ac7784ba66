//! Taking a page or a whole account away, as one action: first what goes is shown, and what goes with it agreed
//! to; then its platform is asked to send no more, and everything of it goes in one transaction.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::connection;
use super::shown::{self, ShownAccount, ShownPage};
use crate::channels::{Credentials, SetupError};
use crate::domain::ids::PageId;
use crate::locale::Text;
use crate::store::pages::Going;
use crate::store::{accounts, pages, parked_events};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::{Form, Problems};
use crate::web::guards::Administrator;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![confirm_account, remove_account, confirm_page, remove_page]
}

#[derive(Template)]
#[template(path = "admin/removals/show.html")]
struct Removal {
    shown: ShownAccount,
    /// The page that goes; `None`: the account goes, with all its pages.
    page: Option<(PageId, String)>,
    going: Consequences,
    agreed: Agreed,
    problems: Problems,
}

/// All that goes with it.
#[derive(Default)]
struct Consequences {
    /// Names of the workstreams that answer it.
    workstreams: Vec<String>,
    open: u64,
    conversations: u64,
    unsent: u64,
    parked: u64,
}

/// What the person who takes it away agrees to.
#[derive(Clone, Copy, Default, FromForm)]
struct Agreed {
    /// It leaves its workstreams.
    #[field(default = false)]
    detach: bool,
    /// Its conversations are closed.
    #[field(default = false)]
    close: bool,
    /// It goes although its platform could not be told.
    #[field(default = false)]
    anyway: bool,
}

impl Consequences {
    fn add(&mut self, going: Going) {
        let workstream = going.workstream.map(|(_, name)| name);
        let known = &mut self.workstreams;
        known.extend(workstream.filter(|name| !known.contains(name)));
        self.open += going.open;
        self.conversations += going.conversations;
        self.unsent += going.unsent;
    }

    fn closes(&self) -> bool {
        self.open > 0 || self.unsent > 0
    }
}

impl Removal {
    /// Of a page of this account, or 404; without one, of the account itself.
    fn load(app: &App, account: i64, page: Option<i64>) -> Answer<Removal> {
        let shown = shown::load(app, account)?;
        let is_wanted = |shown: &&ShownPage| page.is_none_or(|page| shown.page.id.0 == page);
        let wanted = shown.pages.iter().filter(is_wanted);
        let ids: Vec<PageId> = wanted.clone().map(|page| page.page.id).collect();
        let page = match page {
            // An account with only one page goes with it.
            Some(_) if !shown.shape.many_pages => return Err(Status::NotFound.into()),
            Some(_) => {
                let page = wanted.clone().next().ok_or(Status::NotFound)?;
                Some((page.page.id, page.page.name.clone()))
            }
            None => None,
        };
        let going = app.store.read(|reader| {
            let mut going = Consequences::default();
            for id in &ids {
                going.add(pages::going(reader, *id)?);
            }
            if page.is_none() {
                going.parked = parked_events::count_of(reader, shown.account.id)?;
            }
            Ok(going)
        })?;
        Ok(Removal {
            shown,
            page,
            going,
            agreed: Default::default(),
            problems: Problems::default(),
        })
    }

    fn name(&self) -> &str {
        let page = self.page.as_ref().map(|(_, name)| name);
        page.unwrap_or(&self.shown.account.name)
    }

    fn is_finished(&self) -> bool {
        self.shown.account.completed_at.is_some()
    }

    fn action(&self) -> String {
        let account = self.shown.account.id;
        match &self.page {
            Some((page, _)) => format!("/admin/accounts/{account}/pages/{page}/removal"),
            None => format!("/admin/accounts/{account}/removal"),
        }
    }

    fn back(&self) -> String {
        match (&self.page, self.is_finished()) {
            (Some(_), true) => self.shown.pages_href(),
            (Some(_), false) => self.shown.setup_pages_href(),
            (None, true) => self.shown.href(),
            (None, false) => "/admin/accounts".to_owned(),
        }
    }

    fn texts(&self, part: &str) -> Text {
        let of = match (&self.page, self.is_finished()) {
            (Some(_), _) => "page",
            (None, true) => "account",
            (None, false) => "unfinished",
        };
        Text::new(format!("removal-{of}-{part}")).arg("name", self.name().to_owned())
    }

    /// Whether it may go as far as people are concerned.
    fn agree(&mut self, agreed: Agreed) -> bool {
        self.agreed = agreed;
        let detached = agreed.detach || self.going.workstreams.is_empty();
        let closed = agreed.close || !self.going.closes();
        self.problems
            .check("detach", detached, "removal-detach-required");
        self.problems
            .check("close", closed, "removal-close-required");
        self.problems.is_empty()
    }

    /// Whether the platform sends no more, or that it does is agreed to.
    async fn leave(&mut self, app: &Arc<App>) -> Answer<bool> {
        if self.agreed.anyway {
            return Ok(true);
        }
        let only = self.page.as_ref().map(|(id, _)| *id);
        let pages = self.shown.pages.iter().filter(|page| {
            page.page.subscribed_at.is_some() && only.is_none_or(|only| only == page.page.id)
        });
        for page in pages {
            if let Err(error) = unsubscribe(app, &self.shown.account.channel, page.page.id).await? {
                self.problems.add("anyway", connection::sentence(&error));
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Asks a page's platform to send its events no more.
pub async fn unsubscribe(
    app: &Arc<App>,
    channel: &str,
    page: PageId,
) -> Answer<Result<(), SetupError>> {
    let stored = app.store.read(|reader| pages::credentials(reader, page))?;
    let Some(stored) = stored else {
        return Ok(Ok(()));
    };
    let credentials = Credentials::from(stored);
    let left = connection::ask(app, channel, move |channel| {
        channel.unsubscribe(&credentials)
    });
    Ok(left
        .await
        .unwrap_or_else(|| Err(SetupError::Unreachable(String::new()))))
}

#[get("/admin/accounts/<account>/removal")]
fn confirm_account(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
) -> Answer<Page<Removal>> {
    Ok(Page::ok(Removal::load(app, account, None)?))
}

/// One that was never finished and never used leaves no trace but its line in the audit log.
#[post("/admin/accounts/<account>/removal", data = "<form>")]
async fn remove_account(
    administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    form: Form<Agreed>,
) -> Answer<Result<Led, Page<Removal>>> {
    let mut removal = Removal::load(app, account, None)?;
    if !removal.agree(form.read()?) || !removal.leave(app).await? {
        return Ok(Err(Page::unprocessable(removal)));
    }
    let (id, is_finished) = (removal.shown.account.id, removal.is_finished());
    app.store
        .write_by(administrator.actor(), move |tx| {
            if !is_finished && accounts::discard(tx, id)? {
                return Ok(());
            }
            accounts::remove(tx, id)
        })
        .await?;
    Ok(Ok(match is_finished {
        true => Outcome::AccountRemoved.at("/admin/accounts"),
        false => Outcome::AccountDiscarded.at("/admin/accounts"),
    }))
}

#[get("/admin/accounts/<account>/pages/<page>/removal")]
fn confirm_page(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    page: i64,
) -> Answer<Page<Removal>> {
    Ok(Page::ok(Removal::load(app, account, Some(page))?))
}

#[post("/admin/accounts/<account>/pages/<page>/removal", data = "<form>")]
async fn remove_page(
    administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    page: i64,
    form: Form<Agreed>,
) -> Answer<Result<Led, Page<Removal>>> {
    let mut removal = Removal::load(app, account, Some(page))?;
    if !removal.agree(form.read()?) || !removal.leave(app).await? {
        return Ok(Err(Page::unprocessable(removal)));
    }
    if let Some((id, _)) = removal.page {
        app.store
            .write_by(administrator.actor(), move |tx| pages::remove(tx, id))
            .await?;
    }
    Ok(Ok(Outcome::PageRemoved.at(removal.back())))
}
