//! How an account's pages send, what is left of their paid messages, and what went out month by month.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::shown::{self, ShownAccount};
use crate::clock;
use crate::domain::allowance::Level;
use crate::domain::ids::PageId;
use crate::domain::time::Timestamp;
use crate::locale::Text;
use crate::store::allowances::{self, Month, Told};
use crate::store::pages::{self, LONGEST_HOLD_S, Manners};
use crate::store::{self, Reader};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::fields;
use crate::web::forms::{Form, Problems};
use crate::web::guards::Administrator;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![index, change]
}

#[derive(Template)]
#[template(path = "admin/sending/index.html")]
struct Index {
    shown: ShownAccount,
    /// A call carries several messages: then one may wait for the next.
    carries_several: bool,
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
}

impl From<Manners> for Typed {
    fn from(manners: Manners) -> Typed {
        Typed {
            hold_s: manners.hold_s.to_string(),
        }
    }
}

impl Typed {
    fn read(&self, problems: &mut Problems) -> Manners {
        let hold_s = self.hold_s.trim().parse().ok();
        let hold_s = hold_s.filter(|seconds| *seconds <= LONGEST_HOLD_S);
        problems.check("hold_s", hold_s.is_some(), "sending-hold-range");
        Manners {
            hold_s: hold_s.unwrap_or_default(),
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
        let (pages, months) = app.store.read(|reader| {
            let told = allowances::of_account(reader, id)?;
            let mut pages = Vec::new();
            for page in &shown.pages {
                let sender = Sender::of(reader, page.page.id, &page.page.name)?;
                pages.extend(sender.map(|sender| Sender {
                    allowance: told.iter().find(|told| told.page == sender.id).copied(),
                    ..sender
                }));
            }
            Ok((pages, allowances::months(reader, id)?))
        })?;
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
    let manners = typed.read(&mut problems);
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
