//! How an account's pages send, what is left of their paid messages, and what went out month by month.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::shown::{self, ShownAccount};
use crate::channels::Channel;
use crate::clock;
use crate::domain::allowance::Level;
use crate::domain::ids::PageId;
use crate::domain::time::Timestamp;
use crate::locale::Text;
use crate::store::allowances::{self, Month, Told};
use crate::store::pages::{self, LONGEST_HOLD_S, Manners, Notice};
use crate::store::{self, Reader, jobs};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::fields;
use crate::web::forms::{Button, Form, Problems};
use crate::web::guards::Administrator;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};
use crate::work::schedule::RENEW_SUBSCRIPTIONS;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![index, change, dismiss, import]
}

#[derive(Template)]
#[template(path = "admin/sending/index.html")]
struct Index {
    shown: ShownAccount,
    /// A call carries several messages: then one may wait for the next.
    carries_several: bool,
    names_senders: bool,
    keeps_history: bool,
    notices: Vec<Notice>,
    pages: Vec<Sender>,
    months: Vec<Spent>,
    problems: Problems,
    now: Timestamp,
}

/// How a page sends.
struct Sender {
    id: PageId,
    name: String,
    typed: Typed,
    allowance: Option<Told>,
    /// Messages that wait for the allowance.
    waiting: u64,
}

/// What a page sent in a month.
struct Spent {
    page: String,
    month: Month,
}

#[derive(Clone, Debug, Default, FromForm)]
struct Typed {
    #[field(default = "")]
    hold_s: String,
    #[field(default = false)]
    shows_writing: bool,
    #[field(default = false)]
    marks_seen: bool,
    #[field(default = false)]
    shows_sender: bool,
}

impl From<Manners> for Typed {
    fn from(manners: Manners) -> Typed {
        Typed {
            hold_s: manners.hold_s.to_string(),
            shows_writing: manners.shows_writing,
            marks_seen: manners.marks_seen,
            shows_sender: manners.shows_sender,
        }
    }
}

impl Typed {
    /// What is not asked on this channel stays `as_before`.
    fn read(&self, channel: &dyn Channel, as_before: Manners, problems: &mut Problems) -> Manners {
        let hold_s = match channel.messages_per_call() > 1 {
            true => self.hold_s.trim().parse().ok(),
            false => Some(as_before.hold_s),
        };
        let hold_s = hold_s.filter(|seconds| *seconds <= LONGEST_HOLD_S);
        problems.check("hold_s", hold_s.is_some(), "sending-hold-range");
        Manners {
            hold_s: hold_s.unwrap_or_default(),
            shows_writing: self.shows_writing,
            marks_seen: self.marks_seen,
            shows_sender: self.shows_sender && channel.names_senders(),
        }
    }
}

impl Sender {
    fn of(reader: &Reader<'_>, page: PageId, name: &str) -> store::Result<Option<Sender>> {
        let Some(manners) = pages::manners(reader, page)? else {
            return Ok(None);
        };
        Ok(Some(Sender {
            id: page,
            name: name.to_owned(),
            typed: Typed::from(manners),
            allowance: None,
            waiting: allowances::waiting(reader, page)?,
        }))
    }

    /// How the meter looks.
    fn tone(&self) -> &'static str {
        match self.allowance.map(|told| told.allowance.level()) {
            Some(Level::Low) => "warn",
            Some(Level::Nearly | Level::Used) => "bad",
            _ => "ok",
        }
    }

    /// What is used, in words.
    fn used(&self) -> Option<Text> {
        let allowance = self.allowance?.allowance;
        Some(match allowance.most {
            None => Text::new("sending-used-unlimited").arg("used", allowance.used),
            Some(most) => Text::new("sending-used")
                .arg("used", allowance.used)
                .arg("most", most)
                .arg("left", allowance.left().unwrap_or_default()),
        })
    }

    /// What it comes to by the end of the month.
    fn forecast(&self, now: Timestamp) -> Option<Text> {
        let allowance = self.allowance?.allowance;
        let forecast = allowance.forecast(now)?;
        Some(Text::new("sending-forecast").arg("count", forecast))
    }

    /// When it will be used up, if it will.
    fn used_up_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.allowance?.allowance.used_up_at(now)
    }

    /// What to know about how much is left.
    fn warning(&self) -> Option<Text> {
        let level = self.allowance?.allowance.level();
        (level != Level::Fine).then(|| Text::new(format!("sending-level-{}", level.word())))
    }
}

impl Index {
    fn load(app: &App, shown: ShownAccount) -> Answer<Index> {
        let id = shown.account.id;
        let channel = shown::channel(app, &shown.account)?;
        let carries_several = channel.messages_per_call() > 1;
        let names_senders = channel.names_senders();
        let keeps_history = channel.keeps_history();
        let (pages, months, mut notices) = app.store.read(|reader| {
            let told = allowances::of_account(reader, id)?;
            let mut senders = Vec::new();
            for page in &shown.pages {
                let sender = Sender::of(reader, page.page.id, &page.page.name)?;
                senders.extend(sender.map(|sender| Sender {
                    allowance: told.iter().find(|told| told.page == sender.id).copied(),
                    ..sender
                }));
            }
            Ok((
                senders,
                allowances::months(reader, id)?,
                pages::notices(reader)?,
            ))
        })?;
        notices.retain(|notice| notice.account == id);
        let name = |page: PageId| {
            let page = shown.pages.iter().find(|shown| shown.page.id == page);
            page.map(|shown| shown.page.name.clone())
                .unwrap_or_default()
        };
        let months = months.into_iter().map(|month| Spent {
            page: name(month.page),
            month,
        });
        Ok(Index {
            months: months.collect(),
            shown,
            carries_several,
            names_senders,
            keeps_history,
            notices,
            pages,
            problems: Problems::default(),
            now: clock::now(),
        })
    }
}

#[get("/admin/accounts/<account>/sending")]
fn index(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
) -> Answer<Page<Index>> {
    let shown = shown::load_finished(app, account)?;
    Ok(Page::ok(Index::load(app, shown)?))
}

#[post("/admin/accounts/<account>/pages/<page>/sending", data = "<form>")]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    page: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Index>>> {
    let shown = shown::load_finished(app, account)?;
    let id = PageId(page);
    if !shown.pages.iter().any(|shown| shown.page.id == id) {
        return Err(Status::NotFound.into());
    }
    let typed = form.read()?;
    let mut problems = Problems::default();
    let as_before = app.store.read(|reader| pages::manners(reader, id))?;
    let as_before = as_before.ok_or(Status::NotFound)?;
    let channel = shown::channel(app, &shown.account)?;
    let manners = typed.read(channel, as_before, &mut problems);
    if !problems.is_empty() {
        let mut index = Index::load(app, shown)?;
        if let Some(sender) = index.pages.iter_mut().find(|sender| sender.id == id) {
            sender.typed = typed.clone();
        }
        return Ok(Err(Page::unprocessable(Index { problems, ..index })));
    }
    app.store
        .write_by(administrator.actor(), move |tx| {
            pages::set_manners(tx, id, manners)
        })
        .await?;
    Ok(Ok(
        Outcome::Saved.at(format!("/admin/accounts/{account}/sending"))
    ))
}

/// Somebody has seen what the platform said about a page.
#[post(
    "/admin/accounts/<account>/pages/<page>/notice-dismissal",
    data = "<_button>"
)]
async fn dismiss(
    administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    page: i64,
    _button: Button,
) -> Answer<Led> {
    let shown = shown::load_finished(app, account)?;
    let id = PageId(page);
    if !shown.pages.iter().any(|shown| shown.page.id == id) {
        return Err(Status::NotFound.into());
    }
    app.store
        .write_by(administrator.actor(), move |tx| pages::dismiss(tx, id))
        .await?;
    Ok(Outcome::Saved.at(format!("/admin/accounts/{account}/sending")))
}

/// So far back earlier conversations are brought in.
const EARLIER: Duration = Duration::from_secs(30 * 24 * 3600);

/// *Bring in earlier conversations*: what the platform kept of the last 30 days, as far as it shows it.
#[post("/admin/accounts/<account>/pages/<page>/import", data = "<_button>")]
async fn import(
    administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    page: i64,
    _button: Button,
) -> Answer<Led> {
    let shown = shown::load_finished(app, account)?;
    let (id, by) = (PageId(page), administrator.id);
    let keeps_history = shown::channel(app, &shown.account)?.keeps_history();
    if !keeps_history || !shown.pages.iter().any(|shown| shown.page.id == id) {
        return Err(Status::NotFound.into());
    }
    app.store
        .write_by(administrator.actor(), move |tx| {
            pages::want_import(tx, id, tx.now().minus(EARLIER))?;
            jobs::request(tx, RENEW_SUBSCRIPTIONS, by)
        })
        .await?;
    Ok(Outcome::JobRequested.at(format!("/admin/accounts/{account}/sending")))
}
