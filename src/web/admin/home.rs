//! The admin center's first page: what needs somebody, what goes on, the channels.

use std::sync::Arc;

use askama::Template;
use rocket::{Route, State, get, routes};

use super::shown::{self, ShownAccount, ShownPage};
use crate::domain::connection::{Cause, Provisioning};
use crate::domain::conversation::State as ConversationState;
use crate::domain::token_age::TokenAge;
use crate::locale::Text;
use crate::store::{conversations, parked_events};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::guards::Administrator;
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![home]
}

#[derive(Template)]
#[template(path = "admin/home/show.html")]
struct Home {
    lede: Text,
    notices: Vec<Notice>,
    open: u64,
    active: u64,
    waiting: u64,
    accounts: Vec<ShownAccount>,
}

/// Something that needs an administrator.
struct Notice {
    kind: &'static str,
    icon: &'static str,
    title: Text,
    text: Option<Text>,
    href: String,
    action: Text,
}

#[get("/admin")]
fn home(_administrator: Administrator, app: &State<Arc<App>>) -> Answer<Page<Home>> {
    let home = app.store.read(|reader| {
        let accounts = shown::load_all(app, reader)?;
        let mut notices: Vec<Notice> = accounts.iter().flat_map(notices).collect();
        let parked = parked_events::count(reader)?;
        if parked > 0 {
            notices.push(parked_notice(parked));
        }
        // What is wrong stands above what will be.
        notices.sort_by_key(|notice| notice.kind != "bad");
        Ok(Home {
            lede: lede(&accounts, notices.len()),
            notices,
            open: conversations::count_in(reader, ConversationState::Open)?,
            active: conversations::count_in(reader, ConversationState::Active)?,
            waiting: conversations::count_in(reader, ConversationState::Waiting)?,
            accounts,
        })
    })?;
    Ok(Page::ok(home))
}

fn lede(accounts: &[ShownAccount], notices: usize) -> Text {
    let is_running = |shown: &ShownAccount| shown.state() == Provisioning::Running;
    match (accounts.iter().any(is_running), notices) {
        (_, 1..) => Text::new("admin-lede-notices").arg("count", notices),
        (true, _) => Text::new("admin-lede-running"),
        (false, _) => Text::new("admin-lede-nothing"),
    }
}

impl Notice {
    fn new(urgency: Urgency, title: Text, href: String, action: &'static str) -> Notice {
        let (kind, icon) = match urgency {
            Urgency::Bad => ("bad", "circle-alert"),
            Urgency::Soon => ("warn", "triangle-alert"),
            Urgency::Advice => ("info", "info"),
        };
        Notice {
            kind,
            icon,
            title,
            text: None,
            href,
            action: Text::new(action),
        }
    }

    fn saying(self, text: impl Into<Option<Text>>) -> Notice {
        Notice {
            text: text.into(),
            ..self
        }
    }
}

/// How much it matters.
#[derive(Clone, Copy)]
enum Urgency {
    /// Something does not work.
    Bad,
    /// Something will not work one day, or does not yet.
    Soon,
    /// Somebody may want to know.
    Advice,
}

/// What an account needs somebody for.
fn notices(shown: &ShownAccount) -> Vec<Notice> {
    let account = &shown.account;
    let of_pages = shown
        .pages
        .iter()
        .filter_map(|page| page_notice(shown, page));
    let mut notices: Vec<Notice> = of_pages.collect();
    if shown::are_signatures_refused(account) {
        let title = Text::new("notice-signatures")
            .arg("account", account.name.clone())
            .arg("count", account.signature_failures);
        let notice = Notice::new(Urgency::Bad, title, shown.href(), "notice-correct-secret");
        notices.push(notice.saying(shown.own("signatures-refused")));
    }
    let named = |key: &str| Text::new(key).arg("account", account.name.clone());
    if account.completed_at.is_none() {
        let title = named("notice-unfinished");
        notices.push(Notice::new(
            Urgency::Advice,
            title,
            shown.href(),
            "notice-go-on",
        ));
    } else if shown.state() == Provisioning::Waiting {
        let href = format!("/admin/accounts/{}/callback", account.id);
        let title = named("notice-not-verified");
        let notice = Notice::new(Urgency::Soon, title, href, "accounts-show-callback");
        notices.push(notice.saying(shown.own("not-verified")));
    }
    notices
}

fn page_notice(shown: &ShownAccount, page: &ShownPage) -> Option<Notice> {
    let named = |key: &str| Text::new(key).arg("page", page.page.name.clone());
    let replacing = || format!("{}?replace={}", shown.pages_href(), page.page.id);
    let old = |urgency, days: u64| {
        let title = named("notice-token-old").arg("days", days);
        let notice = Notice::new(urgency, title, replacing(), "page-replace-token");
        notice.saying(shown.own("token-old"))
    };
    match (page.state, page.token_age()) {
        (Provisioning::Failing(Cause::TokenRefused), _) => {
            let title = named("notice-token-refused");
            let notice = Notice::new(Urgency::Bad, title, replacing(), "page-replace-token");
            Some(notice.saying(page.reason.clone()))
        }
        (Provisioning::Failing(Cause::EventsRefused), _) => {
            let title = named("notice-events-refused");
            let notice = Notice::new(Urgency::Bad, title, shown.href(), "notice-see-check");
            Some(notice.saying(page.reason.clone()))
        }
        (Provisioning::Running, Some(TokenAge::Old(days))) => Some(old(Urgency::Soon, days)),
        (Provisioning::Running, Some(TokenAge::Aging(days))) => Some(old(Urgency::Advice, days)),
        _ => None,
    }
}

fn parked_notice(count: u64) -> Notice {
    let title = Text::new("notice-parked").arg("count", count);
    let href = "/admin/parked-events".to_owned();
    Notice::new(Urgency::Soon, title, href, "notice-see-parked")
        .saying(Text::new("notice-parked-text"))
}
