//! The list of accounts, the first step of a new one, and taking an unfinished one away.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};

use super::shown::{self, ShownAccount};
use super::typed;
use crate::crypto::{Secret, random_key};
use crate::domain::connection::Provisioning;
use crate::locale::Text;
use crate::store::accounts::{self, NewAccount};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::{Button, Form, Problems};
use crate::web::guards::Administrator;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![index, new, create, confirm_removal, remove]
}

#[derive(Template)]
#[template(path = "admin/accounts/index.html")]
struct Index {
    accounts: Vec<ShownAccount>,
    total: usize,
    pages: usize,
    channels: Vec<Tab>,
    needing: usize,
    running: usize,
    search: String,
    channel: String,
    state: String,
}

/// A channel as a filter.
struct Tab {
    channel: String,
    count: usize,
}

impl Index {
    /// The address of this list with another filter.
    fn href(&self, channel: &str, state: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("channel", channel),
            ("state", state),
            ("search", &self.search),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        match query.finish() {
            query if query.is_empty() => "/admin/accounts".to_owned(),
            query => format!("/admin/accounts?{query}"),
        }
    }

    /// The first account that waits for its platform, for a hint under the list.
    fn waiting(&self) -> Option<&ShownAccount> {
        self.accounts
            .iter()
            .find(|shown| shown.state() == Provisioning::Waiting)
    }
}

#[get("/admin/accounts?<channel>&<state>&<search>")]
fn index(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    channel: Option<String>,
    state: Option<String>,
    search: Option<String>,
) -> Answer<Page<Index>> {
    let all = app.store.read(|reader| shown::load_all(app, reader))?;
    let (channel, state) = (channel.unwrap_or_default(), state.unwrap_or_default());
    let search = search.unwrap_or_default().trim().to_owned();
    let is_running = |shown: &ShownAccount| shown.state() == Provisioning::Running;
    let channels = app
        .channels
        .all()
        .map(|channel| Tab {
            channel: channel.name().to_owned(),
            count: all
                .iter()
                .filter(|shown| shown.account.channel == channel.name())
                .count(),
        })
        .collect();
    let mut index = Index {
        total: all.len(),
        pages: all.iter().map(|shown| shown.pages.len()).sum(),
        channels,
        needing: all.iter().filter(|shown| shown.needs_attention()).count(),
        running: all.iter().filter(|shown| is_running(shown)).count(),
        accounts: Vec::new(),
        search,
        channel,
        state,
    };
    index.accounts = all
        .into_iter()
        .filter(|shown| index.channel.is_empty() || shown.account.channel == index.channel)
        .filter(|shown| match index.state.as_str() {
            "attention" => shown.needs_attention(),
            "running" => is_running(shown),
            _ => true,
        })
        .filter(|shown| shown.matches(&index.search))
        .collect();
    Ok(Page::ok(index))
}

#[derive(Template)]
#[template(path = "admin/accounts/new.html")]
struct New {
    name: String,
    channel: String,
    channels: Vec<String>,
    problems: Problems,
}

impl New {
    fn page(app: &App, name: String, channel: String, problems: Problems) -> New {
        New {
            name,
            channel,
            channels: app
                .channels
                .all()
                .map(|channel| channel.name().to_owned())
                .collect(),
            problems,
        }
    }
}

#[get("/admin/accounts/new")]
fn new(_administrator: Administrator, app: &State<Arc<App>>) -> Page<New> {
    Page::ok(New::page(
        app,
        String::new(),
        String::new(),
        Problems::default(),
    ))
}

/// What the first step asks.
#[derive(FromForm)]
struct Details {
    #[field(default = "")]
    name: String,
    #[field(default = "")]
    channel: String,
}

/// The account is there from its first step on, so that one can leave and come back.
#[post("/admin/accounts/new", data = "<details>")]
async fn create(
    administrator: Administrator,
    app: &State<Arc<App>>,
    details: Form<Details>,
) -> Answer<Result<Redirect, Page<New>>> {
    let details = details.read()?;
    let mut problems = Problems::default();
    let name = typed::name(&mut problems, "name", &details.name);
    let channel = app.channels.get(&details.channel);
    problems.check("channel", channel.is_some(), "account-channel-required");
    let (Some(channel), true) = (channel, problems.is_empty()) else {
        let page = New::page(app, details.name.clone(), details.channel.clone(), problems);
        return Ok(Err(Page::unprocessable(page)));
    };
    let account = NewAccount {
        channel: channel.name().to_owned(),
        name,
        webhook_key: random_key(),
        verify_token: channel
            .shape()
            .verify_token
            .then(|| Secret::new(format!("vt_{}", random_key()))),
        created_by: Some(administrator.id),
    };
    let account = app
        .store
        .write(move |tx| accounts::add(tx, &account))
        .await?;
    Ok(Ok(Redirect::to(format!(
        "/admin/accounts/{account}/setup/credentials"
    ))))
}

#[derive(Template)]
#[template(path = "admin/accounts/removal.html")]
struct Removal {
    shown: ShownAccount,
    problem: Option<Text>,
}

#[get("/admin/accounts/<account>/removal")]
fn confirm_removal(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
) -> Answer<Page<Removal>> {
    let shown = shown::load(app, account)?;
    if shown.account.completed_at.is_some() {
        return Err(Status::NotFound.into());
    }
    Ok(Page::ok(Removal {
        shown,
        problem: None,
    }))
}

#[post("/admin/accounts/<account>/removal", data = "<_button>")]
async fn remove(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    _button: Button,
) -> Answer<Result<Led, Page<Removal>>> {
    let shown = shown::load(app, account)?;
    let id = shown.account.id;
    let gone = app.store.write(move |tx| accounts::discard(tx, id)).await?;
    Ok(if gone {
        Ok(Outcome::AccountDiscarded.at("/admin/accounts"))
    } else {
        Err(Page::unprocessable(Removal {
            shown,
            problem: Some(Text::new("account-removal-refused")),
        }))
    })
}
