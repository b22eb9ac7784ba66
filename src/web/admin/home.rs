//! The admin center's first page: what needs somebody, what goes on, the channels.

use std::sync::Arc;

use askama::Template;
use rocket::{Route, State, get, routes};

use super::shown::{self, ShownAccount};
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

fn notices(shown: &ShownAccount) -> Vec<Notice> {
    let account = &shown.account;
    let name = || account.name.clone();
    let mut notices = Vec::new();
    for page in &shown.pages {
        let pages = format!(
            "/admin/accounts/{}/pages?replace={}",
            account.id, page.page.id
        );
        match (page.state, page.token_age()) {
            (Provisioning::Failing(Cause::TokenRefused), _) => notices.push(Notice {
                kind: "bad",
                icon: "circle-alert",
                title: Text::new("notice-token-refused").arg("page", page.page.name.clone()),
                text: page.reason.clone(),
                href: pages,
                action: Text::new("page-replace-token"),
            }),
            (Provisioning::Failing(Cause::EventsRefused), _) => notices.push(Notice {
                kind: "bad",
                icon: "circle-alert",
                title: Text::new("notice-events-refused").arg("page", page.page.name.clone()),
                text: page.reason.clone(),
                href: shown.href(),
                action: Text::new("notice-see-check"),
            }),
            (Provisioning::Running, Some(TokenAge::Old(days))) => notices.push(Notice {
                kind: "warn",
                icon: "triangle-alert",
                title: Text::new("notice-token-old")
                    .arg("page", page.page.name.clone())
                    .arg("days", days),
                text: Some(shown.own("token-old")),
                href: pages,
                action: Text::new("page-replace-token"),
            }),
            (Provisioning::Running, Some(TokenAge::Aging(days))) => notices.push(Notice {
                kind: "info",
                icon: "info",
                title: Text::new("notice-token-old")
                    .arg("page", page.page.name.clone())
                    .arg("days", days),
                text: Some(shown.own("token-old")),
                href: pages,
                action: Text::new("page-replace-token"),
            }),
            _ => {}
        }
    }
    if shown::are_signatures_refused(account) {
        notices.push(Notice {
            kind: "bad",
            icon: "circle-alert",
            title: Text::new("notice-signatures")
                .arg("account", name())
                .arg("count", account.signature_failures),
            text: Some(shown.own("signatures-refused")),
            href: shown.href(),
            action: Text::new("notice-correct-secret"),
        });
    }
    let waits = shown.state() == Provisioning::Waiting;
    if account.completed_at.is_none() {
        notices.push(Notice {
            kind: "info",
            icon: "info",
            title: Text::new("notice-unfinished").arg("account", name()),
            text: None,
            href: shown.href(),
            action: Text::new("notice-go-on"),
        });
    } else if waits {
        notices.push(Notice {
            kind: "warn",
            icon: "triangle-alert",
            title: Text::new("notice-not-verified").arg("account", name()),
            text: Some(shown.own("not-verified")),
            href: format!("/admin/accounts/{}/callback", account.id),
            action: Text::new("accounts-show-callback"),
        });
    }
    notices
}

fn parked_notice(count: u64) -> Notice {
    Notice {
        kind: "warn",
        icon: "triangle-alert",
        title: Text::new("notice-parked").arg("count", count),
        text: Some(Text::new("notice-parked-text")),
        href: "/admin/parked-events".to_owned(),
        action: Text::new("notice-see-parked"),
    }
}
