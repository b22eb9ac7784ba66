//! The admin center's first page: what needs somebody, how far the set-up is, what goes on, the channels.

use std::sync::Arc;

use askama::Template;
use rocket::{Route, State, get, routes};

use super::queues;
use super::shown::{self, ShownAccount, ShownPage};
use crate::clock;
use crate::domain::allowance::Level;
use crate::domain::connection::{Cause, Provisioning};
use crate::domain::conversation::State as ConversationState;
use crate::domain::ids::AccountId;
use crate::domain::token_health::{self, Concern};
use crate::locale::Text;
use crate::store::outbox::{self, Undelivered};
use crate::store::queues::settings::Queue;
use crate::store::{
    self, Reader, alarm_mails, allowances, conversations, jobs, operating_hours, pages,
    parked_events, users,
};
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
    steps: Vec<Step>,
}

/// Something that a new shop sets up.
struct Step {
    /// The locale keys `setup-step-<word>` and `setup-step-<word>-how`.
    word: &'static str,
    is_done: bool,
    href: String,
}

impl Home {
    fn done(&self) -> usize {
        self.steps.iter().filter(|step| step.is_done).count()
    }

    /// Once all of it is done nobody needs to read it again.
    fn is_set_up(&self) -> bool {
        self.done() == self.steps.len()
    }
}

impl Step {
    fn new(word: &'static str, is_done: bool, href: &str) -> Step {
        Step {
            word,
            is_done,
            href: href.to_owned(),
        }
    }

    fn title(&self) -> Text {
        Text::new(format!("setup-step-{}", self.word))
    }

    fn how(&self) -> Text {
        Text::new(format!("setup-step-{}-how", self.word))
    }
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
        notices.extend(pages::notices(reader)?.iter().map(told_of_page));
        notices.extend(
            allowances::pressing(reader, clock::now())?
                .iter()
                .map(allowance_notice),
        );
        notices.extend(alarm_mails::failure(reader)?.map(mail_notice));
        notices.extend(undelivered_notice(outbox::undelivered(reader)?));
        // What is wrong stands above what will be.
        notices.sort_by_key(|notice| notice.kind != "bad");
        Ok(Home {
            steps: steps(reader, &accounts)?,
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

/// What a new shop sets up, in the order in which it is best done.
fn steps(reader: &Reader<'_>, accounts: &[ShownAccount]) -> store::Result<Vec<Step>> {
    let any_page = |is_so: &dyn Fn(&ShownPage) -> bool| {
        let mut pages = accounts.iter().flat_map(|account| &account.pages);
        pages.any(is_so)
    };
    let is_connected = accounts.iter().any(|it| it.account.completed_at.is_some());
    let people = users::all(reader)?;
    let able = people.iter().filter(|person| person.disabled_at.is_none());
    let account = match accounts.first() {
        Some(account) => account.href(),
        None => "/admin/accounts/new".to_owned(),
    };
    Ok(vec![
        Step::new("account", is_connected, &account),
        Step::new(
            "running",
            any_page(&|page| page.state == Provisioning::Running),
            &account,
        ),
        Step::new(
            "message",
            any_page(&|page| page.page.first_message_at.is_some()),
            &account,
        ),
        Step::new(
            "reply",
            any_page(&|page| page.page.last_sent_at.is_some()),
            "/workspace",
        ),
        Step::new("people", able.count() > 1, "/admin/users/new"),
        Step::new(
            "hours",
            !operating_hours::all(reader)?.is_empty(),
            "/admin/operating-hours",
        ),
    ])
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

/// Messages that did not arrive, or may not have. `None`: there is none.
fn undelivered_notice(undelivered: Undelivered) -> Option<Notice> {
    let newest = undelivered.newest?;
    let title = Text::new("notice-undelivered").arg("count", undelivered.count);
    let href = format!("/workspace/conversations/{newest}");
    let notice = Notice::new(Urgency::Bad, title, href, "notice-see-newest");
    Some(notice.saying(Text::new("notice-undelivered-text")))
}

/// A platform said something about a page itself.
fn told_of_page(notice: &pages::Notice) -> Notice {
    let title = Text::new(format!("page-notice-{}", notice.word)).arg("page", notice.name.clone());
    let href = format!("/admin/accounts/{}/sending", notice.account);
    Notice::new(Urgency::Bad, title, href, "page-notice-open")
        .saying(Text::new(format!("page-notice-{}-text", notice.word)))
}

/// The paid messages of a page come to an end.
fn allowance_notice((account, page, level): &(AccountId, String, Level)) -> Notice {
    let title = Text::new(format!("notice-allowance-{}", level.word())).arg("page", page.clone());
    let urgency = match level {
        Level::Used => Urgency::Bad,
        _ => Urgency::Soon,
    };
    let href = format!("/admin/accounts/{account}/sending");
    Notice::new(urgency, title, href, "notice-allowance-open")
        .saying(Text::new("sending-level-text"))
}

/// The mail server takes no letters.
fn mail_notice(error: String) -> Notice {
    let title = Text::new("notice-mail-failed");
    let href = "/admin/channels".to_owned();
    Notice::new(Urgency::Soon, title, href, "notice-see-channels")
        .saying(Text::new("notice-mail-failed-text").arg("error", error))
}
