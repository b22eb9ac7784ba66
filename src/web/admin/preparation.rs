//! What is to be prepared at a channel's platform, with what is seen to be done, and what to do when no
//! messages come.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::shown::{self, ShownAccount, ShownPage};
use crate::channels::{Channel, Sign};
use crate::locale::{self, Text};
use crate::store::accounts::{self, Prepared};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::Form;
use crate::web::guards::Administrator;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![of_channel, of_account, save]
}

#[derive(Template)]
#[template(path = "admin/preparation/show.html")]
struct Preparation {
    channel: &'static str,
    /// `None`: nothing is set up yet, so nothing is seen.
    shown: Option<ShownAccount>,
    points: Vec<Point>,
    questions: Vec<Question>,
}

/// One line of the checklist.
struct Point {
    word: &'static str,
    state: Progress,
}

/// How far a point is.
enum Progress {
    /// It is seen to be done, or not to be.
    Seen(bool),
    /// Somebody says that it is done; `None`: nobody does.
    Said(Option<Prepared>),
}

/// Why no messages come.
struct Question {
    situation: Text,
    cause: Text,
    fix: Text,
}

impl Point {
    fn is_done(&self) -> bool {
        matches!(self.state, Progress::Seen(true) | Progress::Said(Some(_)))
    }

    fn is_by_hand(&self) -> bool {
        matches!(self.state, Progress::Said(_))
    }

    /// Colour and icon.
    fn look(&self) -> (&'static str, &'static str) {
        match self.is_done() {
            true => ("is-ok", "circle-check"),
            false => ("is-muted", "circle"),
        }
    }

    fn said(&self) -> Text {
        Text::new(match self.is_done() {
            true => "check-done",
            false => "check-ahead",
        })
    }

    fn said_by(&self) -> Option<Text> {
        match &self.state {
            Progress::Said(Some(said)) => {
                Some(Text::new("prepare-said-by").arg("name", said.by.clone()))
            }
            _ => None,
        }
    }
}

impl Preparation {
    fn new(
        channel: &dyn Channel,
        shown: Option<ShownAccount>,
        mut prepared: BTreeMap<String, Prepared>,
    ) -> Preparation {
        let points = channel.preparation().iter().map(|point| Point {
            word: point.word,
            state: match (point.sign, &shown) {
                (Some(sign), Some(shown)) => Progress::Seen(is_seen(sign, shown)),
                (Some(_), None) => Progress::Seen(false),
                (None, _) => Progress::Said(prepared.remove(point.word)),
            },
        });
        Preparation {
            points: points.collect(),
            questions: questions(channel.name()),
            channel: channel.name(),
            shown,
        }
    }

    /// The channel's own word for something.
    fn own(&self, part: &str) -> Text {
        shown::own(self.channel, part)
    }

    fn point(&self, point: &Point, part: &str) -> Text {
        self.own(&format!("prepare-{}{part}", point.word))
    }

    fn done(&self) -> usize {
        self.points.iter().filter(|point| point.is_done()).count()
    }
}

/// The situations that the channel's platform is known for.
fn questions(channel: &str) -> Vec<Question> {
    let text = |number: usize, part: &str| shown::own(channel, &format!("faq-{number}{part}"));
    (1..)
        .take_while(|number| locale::has(text(*number, "").key()))
        .map(|number| Question {
            situation: text(number, ""),
            cause: text(number, "-cause"),
            fix: text(number, "-fix"),
        })
        .collect()
}

/// Whether a sign is there.
fn is_seen(sign: Sign, shown: &ShownAccount) -> bool {
    let account = &shown.account;
    let all = |is_so: &dyn Fn(&ShownPage) -> bool| {
        !shown.pages.is_empty() && shown.pages.iter().all(is_so)
    };
    match sign {
        Sign::Credentials => {
            account.has_secret
                && !account.external_id.is_empty()
                && !shown::are_signatures_refused(account)
        }
        Sign::Page => !shown.pages.is_empty(),
        Sign::Tokens => {
            all(&|page| page.page.token_ok_at.is_some() && page.page.token_error.is_none())
        }
        Sign::Permission(wanted) => all(&|page| {
            let mut permissions = page.page.token_permissions.split_whitespace();
            permissions.any(|permission| permission == wanted)
        }),
        Sign::Events => {
            all(&|page| page.page.subscribed_at.is_some() && page.page.subscribe_error.is_none())
        }
        Sign::OneInbox => all(&|page| page.page.answered_elsewhere == Some(false)),
        Sign::Message => shown
            .pages
            .iter()
            .any(|page| page.page.first_message_at.is_some()),
    }
}

/// Before there is an account: what to prepare, and what to do when no messages come.
#[get("/admin/channels/<channel>/preparation")]
fn of_channel(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    channel: &str,
) -> Answer<Page<Preparation>> {
    let channel = app.channels.get(channel).ok_or(Status::NotFound)?;
    Ok(Page::ok(Preparation::new(channel, None, BTreeMap::new())))
}

#[get("/admin/accounts/<account>/preparation")]
fn of_account(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
) -> Answer<Page<Preparation>> {
    let shown = shown::load_finished(app, account)?;
    let id = shown.account.id;
    let prepared = app.store.read(|reader| accounts::prepared(reader, id))?;
    let channel = shown::channel(app, &shown.account)?;
    Ok(Page::ok(Preparation::new(channel, Some(shown), prepared)))
}

/// What somebody says is done.
#[derive(FromForm)]
struct Ticked {
    done: Vec<String>,
}

#[post("/admin/accounts/<account>/preparation", data = "<form>")]
async fn save(
    administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    form: Form<Ticked>,
) -> Answer<Led> {
    let shown = shown::load_finished(app, account)?;
    let ticked = form.read()?.done;
    let by_hand = shown::channel(app, &shown.account)?.preparation().iter();
    let points: Vec<&'static str> = by_hand
        .filter(|point| point.sign.is_none() && ticked.iter().any(|word| word == point.word))
        .map(|point| point.word)
        .collect();
    let (id, by) = (shown.account.id, administrator.id);
    app.store
        .write_by(administrator.actor(), move |tx| {
            accounts::prepare(tx, id, &points, by)
        })
        .await?;
    Ok(Outcome::Saved.at(format!("/admin/accounts/{id}/preparation")))
}
