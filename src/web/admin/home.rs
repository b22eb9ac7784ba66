//! The admin center's first page: what needs somebody, what goes on, the channels.

use std::sync::Arc;

use askama::Template;
use rocket::{Route, State, get, routes};

use super::queues;
use super::shown::{self, ShownAccount, ShownPage};
use crate::clock;
use crate::domain::connection::{Cause, Provisioning};
use crate::domain::conversation::State as ConversationState;
use crate::domain::token_health::{self, Concern};
use crate::locale::Text;
use crate::store::queues::settings::Queue;
use crate::store::{conversations, jobs, parked_events};
use crate::web::App;
use crate::web::alarm;
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
    /// Where *Remind me in a week* goes; `None` where it would be no good.
    reminder: Option<String>,
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
        if jobs::is_any_failed(reader)? {
            notices.push(job_notice());
        }
        notices.extend(queues::without_members(reader)?.iter().map(empty_queue));
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
            reminder: None,
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
    if page.state == Provisioning::Failing(Cause::EventsRefused) {
        let title = Text::new("notice-events-refused").arg("page", page.page.name.clone());
        let notice = Notice::new(Urgency::Bad, title, shown.href(), "notice-see-check");
        return Some(notice.saying(page.reason.clone()));
    }
    token_notice(shown, page)
}

/// What administrators are told about a page's token.
fn token_notice(shown: &ShownAccount, page: &ShownPage) -> Option<Notice> {
    let now = clock::now();
    let concern = token_health::told(&page.page.token(), now)?;
    let urgency = match concern {
        Concern::Refused | Concern::Ending(_) => Urgency::Bad,
        Concern::Old(_) => Urgency::Soon,
        Concern::Aging(_) => Urgency::Advice,
    };
    let text = match concern {
        Concern::Refused => page.reason.clone(),
        Concern::Ending(_) => Some(shown.own("token-ending")),
        Concern::Old(_) | Concern::Aging(_) => Some(shown.own("token-old")),
    };
    let own = format!("{}/{}", shown.pages_href(), page.page.id);
    let replacing = format!("{}?replace={}", shown.pages_href(), page.page.id);
    let title = alarm::token_title(&page.page.name, concern, now);
    Some(Notice {
        reminder: (!concern.is_urgent()).then(|| format!("{own}/reminder")),
        ..Notice::new(urgency, title, replacing, "page-replace-token").saying(text)
    })
}

fn job_notice() -> Notice {
    let title = Text::new("notice-job-failed");
    let href = "/admin/jobs".to_owned();
    Notice::new(Urgency::Soon, title, href, "notice-see-jobs").saying(Text::new("job-failed-text"))
}

fn parked_notice(count: u64) -> Notice {
    let title = Text::new("notice-parked").arg("count", count);
    let href = "/admin/parked-events".to_owned();
    Notice::new(Urgency::Soon, title, href, "notice-see-parked")
        .saying(Text::new("notice-parked-text"))
}

/// Its conversations are never closed; somebody must join.
fn empty_queue(queue: &Queue) -> Notice {
    let title = Text::new("notice-no-members").arg("queue", queue.settings.name.clone());
    let href = format!("/admin/queues/{}", queue.id);
    Notice::new(Urgency::Soon, title, href, "notice-add-members")
        .saying(Text::new("notice-no-members-text").arg("count", queue.waiting))
}
