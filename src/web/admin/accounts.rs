//! The list of accounts, and the first step of a new one.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};

use super::shown::{self, ShownAccount};
use super::typed;
use crate::crypto::{Secret, random_key};
use crate::domain::connection::Provisioning;
use crate::store::accounts::{self, NewAccount};
use crate::store::channels;
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::{Form, Problems};
use crate::web::guards::Administrator;
use crate::web::list::{self, Column, List, View};
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![index, new, create]
}

const COLUMNS: &[Column<ShownAccount>] = &[
    Column::sorting("accounts-column-account", "name", |a, b| {
        list::by_words(&a.account.name, &b.account.name)
    }),
    Column::sorting("accounts-column-pages", "pages", |a, b| {
        a.pages.len().cmp(&b.pages.len())
    }),
    Column::sorting("accounts-column-workstream", "workstream", |a, b| {
        list::by_words(&a.workstreams(), &b.workstreams())
    }),
    Column::sorting("accounts-column-state", "state", |a, b| {
        a.urgency().cmp(&b.urgency())
    }),
    Column::sorting("accounts-column-token", "token", |a, b| {
        b.oldest_token().cmp(&a.oldest_token())
    }),
    Column::sorting("accounts-column-last", "last", |a, b| {
        b.last_message_at().cmp(&a.last_message_at())
    }),
];

#[derive(Template)]
#[template(path = "admin/accounts/index.html")]
struct Index {
    list: List<ShownAccount>,
    pages: usize,
    channels: Vec<Tab>,
    needing: usize,
    running: usize,
    channel: String,
    state: String,
}

/// A channel as a filter.
struct Tab {
    channel: String,
    count: usize,
}

impl Index {
    /// The first account that waits for its platform, for a hint under the list.
    fn waiting(&self) -> Option<&ShownAccount> {
        self.list
            .rows
            .iter()
            .find(|shown| shown.state() == Provisioning::Waiting)
    }
}

#[get("/admin/accounts?<channel>&<state>&<view..>")]
fn index(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    channel: Option<String>,
    state: Option<String>,
    view: View,
) -> Answer<Page<Index>> {
    let all = app.store.read(|reader| shown::load_all(app, reader))?;
    let (channel, state) = (channel.unwrap_or_default(), state.unwrap_or_default());
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
    Ok(Page::ok(Index {
        pages: all.iter().map(|shown| shown.pages.len()).sum(),
        channels,
        needing: all.iter().filter(|shown| shown.needs_attention()).count(),
        running: all.iter().filter(|shown| shown.is_running()).count(),
        list: List::new("/admin/accounts", COLUMNS, view)
            .filter("channel", channel.clone())
            .filter("state", state.clone())
            .of(all, |shown, words| {
                let is_wanted = match state.as_str() {
                    "attention" => shown.needs_attention(),
                    "running" => shown.is_running(),
                    _ => true,
                };
                is_wanted
                    && (channel.is_empty() || shown.account.channel == channel)
                    && shown.matches(words)
            }),
        channel,
        state,
    }))
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
    /// Channels that are off are not offered.
    fn page(app: &App, name: String, channel: String, problems: Problems) -> Answer<New> {
        let off = app.store.read(channels::off)?;
        Ok(New {
            name,
            channel,
            channels: app
                .channels
                .all()
                .map(|channel| channel.name().to_owned())
                .filter(|channel| !off.contains_key(channel))
                .collect(),
            problems,
        })
    }
}

#[get("/admin/accounts/new")]
fn new(_administrator: Administrator, app: &State<Arc<App>>) -> Answer<Page<New>> {
    Ok(Page::ok(New::page(
        app,
        String::new(),
        String::new(),
        Problems::default(),
    )?))
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
    let off = app.store.read(channels::off)?;
    problems.check(
        "channel",
        !off.contains_key(&details.channel),
        "account-channel-off",
    );
    let (Some(channel), true) = (channel, problems.is_empty()) else {
        let page = New::page(app, details.name.clone(), details.channel.clone(), problems)?;
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
        .write_by(administrator.actor(), move |tx| accounts::add(tx, &account))
        .await?;
    Ok(Ok(Redirect::to(format!(
        "/admin/accounts/{account}/setup/credentials"
    ))))
}
