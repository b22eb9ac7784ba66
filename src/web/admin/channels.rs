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
use crate::domain::time::Timestamp;
use crate::domain::token_health::TokenAge;
use crate::locale::Text;
use crate::store::channels::{self, Off};
use crate::store::outbox::{self, Tries};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::Button;
use crate::web::guards::Administrator;
use crate::web::list::{self, Column, List, View};
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
    list: List<Row>,
}

/// A page with how it does; or an account that has none yet.
struct Row {
    channel: String,
    account: String,
    /// Where the account is looked at.
    href: String,
    pages_href: String,
    /// Where its last calls are; `None` while it is being set up.
    activity: Option<String>,
    /// Where it stands.
    pill: Pill,
    /// What stands first when the list is sorted by state.
    urgency: u8,
    page: Option<ShownPage>,
    tries: Tries,
    advice: Option<Advice>,
}

const COLUMNS: &[Column<Row>] = &[
    Column::sorting("admin-column-page", "page", |a, b| {
        list::by_words(a.name(), b.name())
    }),
    Column::sorting("accounts-column-state", "state", |a, b| {
        a.urgency.cmp(&b.urgency)
    }),
    Column::sorting("channels-column-token", "token", |a, b| {
        b.token_age().cmp(&a.token_age())
    }),
    Column::sorting("channels-column-traffic", "traffic", |a, b| {
        b.last_at().cmp(&a.last_at())
    }),
    Column::sorting("channels-column-errors", "errors", |a, b| {
        b.error_share().cmp(&a.error_share())
    }),
    Column::actions(),
];

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

impl Row {
    /// One for each page of an account.
    fn of(shown: ShownAccount, tries: &HashMap<PageId, Tries>) -> Vec<Row> {
        let account = &shown.account;
        let is_finished = account.completed_at.is_some();
        let row = |page: Option<&ShownPage>| Row {
            channel: account.channel.clone(),
            account: account.name.clone(),
            href: shown.href(),
            pages_href: shown.pages_href(),
            activity: is_finished.then(|| format!("/admin/accounts/{}/activity", account.id)),
            pill: page.map_or_else(|| shown.pill(), ShownPage::pill),
            urgency: shown.urgency(),
            page: None,
            tries: page
                .and_then(|page| tries.get(&page.page.id))
                .copied()
                .unwrap_or_default(),
            advice: None,
        };
        if shown.pages.is_empty() {
            let go_on = Advice::new(shown.href(), "notice-go-on");
            return vec![Row {
                advice: Some(go_on),
                ..row(None)
            }];
        }
        let rows: Vec<Row> = shown
            .pages
            .iter()
            .map(|page| {
                let row = row(Some(page));
                Row {
                    advice: advice(&shown, page, row.has_many_errors()),
                    ..row
                }
            })
            .collect();
        rows.into_iter()
            .zip(shown.pages)
            .map(|(row, page)| Row {
                page: Some(page),
                ..row
            })
            .collect()
    }

    /// What people call it.
    fn name(&self) -> &str {
        let page = self.page.as_ref();
        page.map_or(&self.account, |page| &page.page.name)
    }

    fn token_age(&self) -> Option<TokenAge> {
        self.page.as_ref().and_then(ShownPage::token_age)
    }

    /// When something last came or went.
    fn last_at(&self) -> Option<Timestamp> {
        let page = &self.page.as_ref()?.page;
        page.last_message_at.max(page.last_sent_at)
    }

    /// The calls that went wrong, in percent; `None`: there were none.
    fn error_share(&self) -> Option<u64> {
        (self.tries.failed * 100).checked_div(self.tries.made)
    }

    /// How many of the page's calls went wrong.
    fn errors(&self) -> Text {
        match self.error_share() {
            None => Text::new("channels-no-tries"),
            Some(percent) => Text::new("channels-errors")
                .arg("failed", self.tries.failed)
                .arg("made", self.tries.made)
                .arg("percent", percent),
        }
    }

    fn has_many_errors(&self) -> bool {
        let Tries { made, failed, .. } = self.tries;
        made >= FEW && failed * 100 >= made * MANY_FAILED
    }

    /// How many messages wait to be sent; `None` when none does.
    fn waiting(&self) -> Option<Text> {
        let waiting = self.tries.waiting;
        (waiting > 0).then(|| Text::new("channels-waiting").arg("count", waiting))
    }

    fn matches(&self, words: &str) -> bool {
        let page = self.page.as_ref().map(|page| &page.page);
        let of_page = page.map(|page| [&page.name, &page.platform_id, &page.handle]);
        let own = [&self.account];
        list::finds(words, own.into_iter().chain(of_page.into_iter().flatten()))
    }
}

impl Advice {
    fn new(href: String, action: &str) -> Advice {
        Advice {
            href,
            action: Text::new(action),
        }
    }
}

/// What to do about a page; `None`: nothing.
fn advice(shown: &ShownAccount, page: &ShownPage, has_many_errors: bool) -> Option<Advice> {
    let account = shown.account.id;
    let replace = format!("{}?replace={}", shown.pages_href(), page.page.id);
    let own = |part: &str| format!("/admin/accounts/{account}/{part}");
    let (href, action) = match page.state {
        Provisioning::NotConnected => (shown.href(), "notice-go-on"),
        Provisioning::Waiting => (own("callback"), "accounts-show-callback"),
        Provisioning::Failing(Cause::TokenRefused) => (replace, "page-replace-token"),
        Provisioning::Failing(Cause::SignaturesRefused) => (shown.href(), "notice-correct-secret"),
        Provisioning::Failing(Cause::EventsRefused) => (shown.href(), "notice-see-check"),
        Provisioning::Running if page.concern().is_some() => (replace, "page-replace-token"),
        Provisioning::Running if has_many_errors => (own("activity"), "channels-see-activity"),
        Provisioning::Running => return None,
    };
    Some(Advice::new(href, action))
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

    fn prepare(&self) -> Text {
        shown::own(&self.name, "prepare-title")
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

#[get("/admin/channels?<view..>")]
fn index(_administrator: Administrator, app: &State<Arc<App>>, view: View) -> Answer<Page<Index>> {
    let (accounts, off, tries) = app.store.read(|reader| {
        Ok((
            shown::load_all(app, reader)?,
            channels::off(reader)?,
            outbox::tries_since(reader, clock::now().minus(COUNTED))?,
        ))
    })?;
    let channels = app.channels.all();
    let channels = channels.map(|channel| show(channel.name(), &accounts, &off));
    let channels = channels.collect();
    let rows = accounts
        .into_iter()
        .flat_map(|account| Row::of(account, &tries));
    Ok(Page::ok(Index {
        channels,
        list: List::new("/admin/channels", COLUMNS, view).of(rows.collect(), Row::matches),
    }))
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
