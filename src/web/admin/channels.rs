//! *Channels*: what is on and what is off, and how every page and account does, with what to do about it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::shown::{self, Pill, ShownAccount, ShownPage};
use crate::clock;
use crate::domain::connection::{Cause, Provisioning};
use crate::domain::ids::PageId;
use crate::locale::Text;
use crate::store::channels::{self, Off};
use crate::store::outbox::{self, Tries};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::Button;
use crate::web::guards::Administrator;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![index, confirm_off, turn_off, confirm_on, turn_on]
}

/// Calls are counted over this time.
const COUNTED: Duration = Duration::from_secs(24 * 3600);
/// From this share of failed tries on (in percent) somebody should look why.
const MANY_FAILED: u64 = 10;
/// Fewer tries say nothing about a share.
const FEW: u64 = 5;

#[derive(Template)]
#[template(path = "admin/channels/index.html")]
struct Index {
    channels: Vec<ShownChannel>,
    accounts: Vec<ShownAccount>,
    tries: HashMap<PageId, Tries>,
}

/// A channel with what it has.
struct ShownChannel {
    name: String,
    accounts: usize,
    pages: usize,
    off: Option<Off>,
}

/// What to do about a page: a place to go to.
struct Advice {
    href: String,
    action: Text,
}

impl Index {
    fn tries(&self, page: &ShownPage) -> Tries {
        self.tries.get(&page.page.id).copied().unwrap_or_default()
    }

    /// How many of the page's calls went wrong.
    fn errors(&self, page: &ShownPage) -> Text {
        let tries = self.tries(page);
        match tries.made {
            0 => Text::new("channels-no-tries"),
            made => Text::new("channels-errors")
                .arg("failed", tries.failed)
                .arg("made", made)
                .arg("percent", tries.failed * 100 / made),
        }
    }

    fn has_many_errors(&self, page: &ShownPage) -> bool {
        let tries = self.tries(page);
        tries.made >= FEW && tries.failed * 100 >= tries.made * MANY_FAILED
    }

    /// How many messages wait to be sent; `None` when none does.
    fn waiting(&self, page: &ShownPage) -> Option<Text> {
        let waiting = self.tries(page).waiting;
        (waiting > 0).then(|| Text::new("channels-waiting").arg("count", waiting))
    }

    /// What to do; `None`: nothing.
    fn advice(&self, shown: &ShownAccount, page: &ShownPage) -> Option<Advice> {
        let account = shown.account.id;
        let replace = format!("/admin/accounts/{account}/pages?replace={}", page.page.id);
        let (href, action) = match page.state {
            Provisioning::NotConnected => (shown.href(), "notice-go-on"),
            Provisioning::Waiting => (
                format!("/admin/accounts/{account}/callback"),
                "accounts-show-callback",
            ),
            Provisioning::Failing(Cause::TokenRefused) => (replace, "page-replace-token"),
            Provisioning::Failing(Cause::SignaturesRefused) => {
                (shown.href(), "notice-correct-secret")
            }
            Provisioning::Failing(Cause::EventsRefused) => (shown.href(), "notice-see-check"),
            Provisioning::Running if page.concern().is_some() => (replace, "page-replace-token"),
            Provisioning::Running if self.has_many_errors(page) => (
                format!("/admin/accounts/{account}/activity"),
                "channels-see-activity",
            ),
            Provisioning::Running => return None,
        };
        Some(Advice {
            href,
            action: Text::new(action),
        })
    }
}

impl ShownChannel {
    fn pill(&self) -> Pill {
        let (kind, icon, key) = match self.off {
            None => ("ok", "check", "channel-on"),
            Some(_) => ("", "circle-dashed", "channel-off"),
        };
        Pill {
            kind,
            icon,
            text: Text::new(key),
        }
    }

    fn title(&self) -> Text {
        Text::new(format!("channel-{}", self.name))
    }

    fn holds(&self) -> Text {
        Text::new("channel-holds")
            .arg("accounts", self.accounts)
            .arg("pages", self.pages)
    }
}

fn show(name: &str, accounts: &[ShownAccount], off: &BTreeMap<String, Off>) -> ShownChannel {
    let own = accounts
        .iter()
        .filter(|shown| shown.account.channel == name);
    ShownChannel {
        accounts: own.clone().count(),
        pages: own.map(|shown| shown.pages.len()).sum(),
        off: off.get(name).cloned(),
        name: name.to_owned(),
    }
}

#[get("/admin/channels")]
fn index(_administrator: Administrator, app: &State<Arc<App>>) -> Answer<Page<Index>> {
    let index = app.store.read(|reader| {
        let accounts = shown::load_all(app, reader)?;
        let off = channels::off(reader)?;
        Ok(Index {
            channels: app
                .channels
                .all()
                .map(|channel| show(channel.name(), &accounts, &off))
                .collect(),
            accounts,
            tries: outbox::tries_since(reader, clock::now().minus(COUNTED))?,
        })
    })?;
    Ok(Page::ok(index))
}

#[derive(Template)]
#[template(path = "admin/channels/off.html")]
struct TurnOff {
    channel: ShownChannel,
    waiting: u64,
}

#[derive(Template)]
#[template(path = "admin/channels/on.html")]
struct TurnOn {
    channel: ShownChannel,
    waiting: u64,
}

/// A channel of this program with what waits to be sent through it, or 404.
fn load(app: &App, channel: &str) -> Answer<(ShownChannel, u64)> {
    let known = app.channels.get(channel).ok_or(Status::NotFound)?;
    Ok(app.store.read(|reader| {
        let accounts = shown::load_all(app, reader)?;
        let shown = show(known.name(), &accounts, &channels::off(reader)?);
        let tries = outbox::tries_since(reader, clock::now())?;
        let waiting = accounts
            .iter()
            .filter(|account| account.account.channel == known.name())
            .flat_map(|account| &account.pages)
            .filter_map(|page| tries.get(&page.page.id))
            .map(|tries| tries.waiting)
            .sum();
        Ok((shown, waiting))
    })?)
}

#[get("/admin/channels/<channel>/off")]
fn confirm_off(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    channel: &str,
) -> Answer<Page<TurnOff>> {
    let (channel, waiting) = load(app, channel)?;
    Ok(Page::ok(TurnOff { channel, waiting }))
}

#[post("/admin/channels/<channel>/off", data = "<_button>")]
async fn turn_off(
    administrator: Administrator,
    app: &State<Arc<App>>,
    channel: &str,
    _button: Button,
) -> Answer<Led> {
    let (shown, _) = load(app, channel)?;
    let by = administrator.id;
    app.store
        .write_by(administrator.actor(), move |tx| {
            channels::disable(tx, &shown.name, by)
        })
        .await?;
    Ok(Outcome::ChannelOff.at("/admin/channels"))
}

#[get("/admin/channels/<channel>/on")]
fn confirm_on(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    channel: &str,
) -> Answer<Page<TurnOn>> {
    let (channel, waiting) = load(app, channel)?;
    Ok(Page::ok(TurnOn { channel, waiting }))
}

#[post("/admin/channels/<channel>/on", data = "<_button>")]
async fn turn_on(
    administrator: Administrator,
    app: &State<Arc<App>>,
    channel: &str,
    _button: Button,
) -> Answer<Led> {
    let (shown, _) = load(app, channel)?;
    app.store
        .write_by(administrator.actor(), move |tx| {
            channels::enable(tx, &shown.name)
        })
        .await?;
    Ok(Outcome::ChannelOn.at("/admin/channels"))
}
