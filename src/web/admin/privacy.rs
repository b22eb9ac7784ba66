//! *Privacy*: what an organization has to know, who acknowledged it, and what its own customers are told.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::{Route, State, get, post, routes};

use super::shown::own;
use crate::domain::ids::{ConversationId, PrivacyNoticeId, SocialProfileId};
use crate::domain::privacy::{self, MOST_CHARACTERS, is_web_address};
use crate::domain::time::Timestamp;
use crate::locale::Text;
use crate::store::accounts::{self, Acknowledged};
use crate::store::privacy_notices::{self as store, Notice, Version};
use crate::store::{conversations, profiles};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::fields;
use crate::web::forms::{Form, Problems};
use crate::web::guards::Administrator;
use crate::web::list::{self, SearchBox};
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};
use crate::web::workspace::customer::CustomerView;

/// The routes of privacy.
pub fn routes() -> Vec<Route> {
    routes![show, save, told]
}

const PATH: &str = "/admin/privacy";
/// Customers on one page of the record.
const TOLD: usize = 50;

#[derive(Default, FromForm)]
struct Typed {
    #[field(default = "")]
    text: String,
    #[field(default = "")]
    url: String,
    #[field(default = false)]
    is_told: bool,
}

#[derive(Template)]
#[template(path = "admin/privacy/show.html")]
struct Show {
    typed: Typed,
    /// The version that counts.
    current: Option<Version>,
    /// Customers who were told.
    told: u64,
    acknowledged: Vec<Acknowledged>,
    /// What passes through whom, channel by channel.
    channels: Vec<Text>,
    problems: Problems,
}

impl Show {
    fn page(app: &App, typed: Option<Typed>, problems: Problems) -> Answer<Show> {
        let (current, told, acknowledged) = app.store.read(|reader| {
            Ok((
                store::current(reader)?,
                store::told_count(reader)?,
                accounts::acknowledgements(reader)?,
            ))
        })?;
        let stored = current.as_ref().map(|version| version.notice.clone());
        let stored = stored.unwrap_or_default();
        let typed = typed.unwrap_or(Typed {
            text: stored.text,
            url: stored.url,
            is_told: stored.is_told,
        });
        let channels = app.channels.all();
        Ok(Show {
            typed,
            current,
            told,
            acknowledged,
            channels: channels
                .map(|channel| own(channel.name(), "privacy"))
                .collect(),
            problems,
        })
    }

    /// How a customer reads it; empty when there is nothing.
    fn sample(&self) -> String {
        privacy::words(&self.typed.text, &self.typed.url)
    }

    /// Whether an acknowledgement is of the text that counts now.
    fn is_of_today(&self, acknowledged: &Acknowledged) -> bool {
        acknowledged.text_version == privacy::TEXT_VERSION
    }
}

#[get("/admin/privacy")]
fn show(_administrator: Administrator, app: &State<Arc<App>>) -> Answer<Page<Show>> {
    Ok(Page::ok(Show::page(app, None, Problems::default())?))
}

#[post("/admin/privacy", data = "<form>")]
async fn save(
    administrator: Administrator,
    app: &State<Arc<App>>,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Show>>> {
    let mut typed = form.read()?;
    typed.text = typed.text.replace("\r\n", "\n").trim().to_owned();
    typed.url = typed.url.trim().to_owned();
    let mut problems = Problems::default();
    if typed.text.chars().count() > MOST_CHARACTERS {
        let most = Text::new("automated-text-too-long").arg("most", MOST_CHARACTERS);
        problems.add("text", most);
    }
    let is_address = typed.url.is_empty() || is_web_address(&typed.url);
    problems.check("url", is_address, "privacy-url-wrong");
    let says_something = !typed.text.is_empty() || !typed.url.is_empty();
    problems.check(
        "text",
        says_something || !typed.is_told,
        "privacy-text-required",
    );
    if !problems.is_empty() {
        let page = Show::page(app, Some(typed), problems)?;
        return Ok(Err(Page::unprocessable(page)));
    }
    let notice = Notice {
        text: typed.text,
        url: typed.url,
        is_told: typed.is_told,
    };
    app.store
        .write_by(administrator.actor(), move |tx| store::save(tx, &notice))
        .await?;
    Ok(Ok(Outcome::Saved.at(PATH)))
}

/// A customer who was told.
struct ToldRow {
    customer: CustomerView,
    version: PrivacyNoticeId,
    at: Timestamp,
    /// Where it can be read.
    conversation: Option<ConversationId>,
}

#[derive(Template)]
#[template(path = "admin/privacy/told.html")]
struct ToldPage {
    rows: Vec<ToldRow>,
    /// How many there are at all, whatever is searched.
    total: u64,
    search: String,
    /// Where the next page is; `None` on the last.
    more: Option<String>,
}

impl ToldPage {
    fn search_box(&self) -> SearchBox<'_> {
        let (label, hint) = ("privacy-told-search", "privacy-told-search-hint");
        list::search_box(TOLD_PATH, &self.search, label, hint)
    }
}

const TOLD_PATH: &str = "/admin/privacy/told";

/// Which customers were told which version, and when; those whom we know last come first.
#[get("/admin/privacy/told?<search>&<before>")]
fn told(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    search: Option<&str>,
    before: Option<i64>,
) -> Answer<Page<ToldPage>> {
    let search = search.unwrap_or_default().trim();
    let before = before.map(SocialProfileId);
    let page = app.store.read(|reader| {
        let mut found = store::told_before(reader, search, before, TOLD + 1)?;
        let has_more = found.len() > TOLD;
        found.truncate(TOLD);
        let more = found.last().filter(|_| has_more).map(|last| {
            let before = last.profile.to_string();
            list::address(TOLD_PATH, [("search", search), ("before", &before)])
        });
        let mut rows = Vec::with_capacity(found.len());
        for told in found {
            let Some(profile) = profiles::by_id(reader, told.profile)? else {
                continue;
            };
            rows.push(ToldRow {
                customer: CustomerView::from(&profile),
                version: told.version,
                at: told.at,
                conversation: conversations::newest(reader, told.profile)?.map(|it| it.id),
            });
        }
        Ok(ToldPage {
            rows,
            total: store::told_count(reader)?,
            search: search.to_owned(),
            more,
        })
    })?;
    Ok(Page::ok(page))
}
