//! The dashboard: *My work items*, *Open work items*, *Closed work items*.

use std::sync::Arc;

use askama::Template;
use askama::filters::HtmlSafe;
use rocket::form::{self, FromFormField, ValueField};
use rocket::{Route, State as Managed, get, routes};

use super::customer::CustomerView;
use super::offers::Offers;
use super::presence::{Menu, Notice};
use super::sessions::Sessions;
use crate::clock;
use crate::domain::conversation::State;
use crate::domain::ids::{ConversationId, UserId};
use crate::domain::message::{AttachmentKind, Author, Kind};
use crate::domain::text::shorten;
use crate::domain::time::Timestamp;
use crate::locale::Text;
use crate::store::masking::{self, Masks};
use crate::store::messages::Message;
use crate::store::work_items::{self, Counts, Cursor, Snippet, Today, WorkItem};
use crate::store::{self, Reader};
use crate::web::failure::Answer;
use crate::web::guards::Agent;
use crate::web::page::{Frame, Page, Person, filters};
use crate::web::{App, times};

/// Rows of a list on one page.
const PAGE: usize = 50;
/// How much of a message a row shows.
const GLANCE_CHARACTERS: usize = 120;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![dashboard, fragment]
}

/// The beginning of a message, in a row of a list.
#[derive(Clone, Debug)]
pub struct Glance {
    /// What is read.
    pub text: Text,
    /// Whether they are the customer's words, in the customer's language.
    pub is_customers: bool,
}

impl Glance {
    /// What `viewer` reads of a list's newest message, behind the masks.
    pub fn of(snippet: &Snippet, viewer: UserId, masks: &Masks) -> Glance {
        let is_own = snippet.user == Some(viewer);
        Glance {
            text: glance(
                &masks.hide(snippet.author, &snippet.text),
                snippet.kind,
                snippet.attachment,
                snippet.is_removed,
                is_own,
            ),
            is_customers: snippet.author == Author::Customer && !snippet.text.is_empty(),
        }
    }

    /// What `viewer` reads of a message, behind the masks.
    pub fn of_message(message: &Message, viewer: UserId, masks: &Masks) -> Glance {
        Glance {
            text: glance(
                &masks.hide(message.author, &message.text),
                message.kind,
                message.attachments.first().map(|first| first.what.kind),
                message.unsent_at.is_some(),
                message.user == Some(viewer),
            ),
            is_customers: message.author == Author::Customer && !message.text.is_empty(),
        }
    }
}

fn glance(
    text: &str,
    kind: Kind,
    attachment: Option<AttachmentKind>,
    is_removed: bool,
    is_own: bool,
) -> Text {
    if is_removed {
        return Text::new("glance-removed");
    }
    let text = shorten(text, GLANCE_CHARACTERS);
    match (text.is_empty(), attachment) {
        (false, _) if is_own => Text::new("glance-you").arg("text", text),
        (false, _) => Text::new("glance-text").arg("text", text),
        (true, Some(kind)) => Text::new(format!("attachment-{}", kind.word())),
        (true, None) if kind == Kind::Tap => Text::new("message-tap"),
        (true, None) => Text::new("glance-unsupported"),
    }
}

/// The three lists; fetched anew when the live stream says that they changed.
#[derive(Template)]
#[template(path = "workspace/work_items/lists.html")]
struct Lists {
    counts: Counts,
    today: Today,
    mine: List,
    open: List,
    closed: List,
    /// The query of this page, so that it is fetched anew as it is.
    query: String,
}

impl HtmlSafe for Lists {}

struct List {
    rows: Vec<Row>,
    /// The query of the next page.
    more: Option<String>,
}

/// A row: a conversation with what is said about it at a glance.
struct Row {
    conversation: ConversationId,
    customer: CustomerView,
    glance: Option<Glance>,
    page_name: String,
    state: State,
    /// Of the last message; of the beginning while it is Open; of closing once it is closed.
    at: Timestamp,
    unread: u32,
}

impl Row {
    fn new(item: WorkItem, viewer: UserId, masks: &Masks) -> Row {
        Row {
            conversation: item.conversation,
            customer: CustomerView::new(
                item.profile,
                &item.name,
                item.language.as_deref(),
                &item.channel,
            ),
            glance: item
                .last_message
                .as_ref()
                .map(|last| Glance::of(last, viewer, masks)),
            page_name: item.page_name,
            at: match item.state {
                State::Open => item.created_at,
                _ => item.closed_at.unwrap_or(item.last_message_at),
            },
            state: item.state,
            unread: item.unread,
        }
    }
}

/// The pages of the three lists that are looked at.
#[derive(Clone, Copy, Debug, Default)]
struct Places {
    mine: Option<Place>,
    open: Option<i64>,
    closed: Option<Place>,
}

/// Where a page of a list begins, as it stands in a URL: `active.1780500000000.17`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place(Cursor);

impl<'v> FromFormField<'v> for Place {
    fn from_value(field: ValueField<'v>) -> form::Result<'v, Place> {
        let parse = || {
            let mut parts = field.value.split('.');
            let state = State::from_word(parts.next()?)?;
            let at = Timestamp::from_millis(parts.next()?.parse().ok()?);
            let conversation = ConversationId(parts.next()?.parse().ok()?);
            Some(Place(Cursor {
                state,
                at,
                conversation,
            }))
        };
        parse().ok_or_else(|| form::Error::validation("not a place in a list").into())
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Cursor {
            state,
            at,
            conversation,
        } = self.0;
        write!(f, "{}.{}.{conversation}", state.word(), at.millis())
    }
}

impl Places {
    fn query(&self) -> String {
        let mine = self.mine.map(|place| format!("mine={place}"));
        let open = self.open.map(|place| format!("open={place}"));
        let closed = self.closed.map(|place| format!("closed={place}"));
        [mine, open, closed]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("&")
    }
}

impl Lists {
    fn read(
        reader: &Reader<'_>,
        person: &Person,
        frame: &Frame,
        places: Places,
    ) -> store::Result<Lists> {
        let today = times::start_of_day(clock::now(), frame.time_zone);
        let user = person.id;
        let masks = masking::masks(reader)?;
        let cursor = |place: Option<Place>| place.map(|place| place.0);
        let list = |items: Vec<WorkItem>, next: &dyn Fn(&WorkItem) -> Places| List {
            // The one too many says that there is more.
            more: (items.len() > PAGE).then(|| next(&items[PAGE - 1]).query()),
            rows: items
                .into_iter()
                .take(PAGE)
                .map(|item| Row::new(item, user, &masks))
                .collect(),
        };
        Ok(Lists {
            counts: work_items::counts(reader, user, today)?,
            today: work_items::today(reader, user, today)?,
            mine: list(
                work_items::mine(reader, user, cursor(places.mine), PAGE + 1)?,
                &|last| Places {
                    mine: Some(Place(last.cursor())),
                    ..places
                },
            ),
            open: list(
                work_items::open(reader, user, places.open.map(ConversationId), PAGE + 1)?,
                &|last| Places {
                    open: Some(last.conversation.0),
                    ..places
                },
            ),
            closed: list(
                work_items::closed(reader, user, today, cursor(places.closed), PAGE + 1)?,
                &|last| Places {
                    closed: Some(Place(last.cursor())),
                    ..places
                },
            ),
            query: places.query(),
        })
    }
}

#[derive(Template)]
#[template(path = "workspace/work_items/index.html")]
struct Dashboard {
    lists: Lists,
    sessions: Sessions,
    /// What the live stream brings where scripts run.
    offers: Offers,
    notice: Notice,
    menu: Option<Menu>,
}

#[get("/workspace?<mine>&<open>&<closed>")]
fn dashboard(
    person: Agent,
    mine: Option<Place>,
    open: Option<i64>,
    closed: Option<Place>,
    frame: &Frame,
    app: &Managed<Arc<App>>,
) -> Answer<Page<Dashboard>> {
    let places = Places { mine, open, closed };
    let page = app.store.read(|reader| {
        Ok(Dashboard {
            lists: Lists::read(reader, &person, frame, places)?,
            sessions: Sessions::read(reader, &person, None, clock::now())?,
            offers: Offers::read(reader, person.id, frame.locale, clock::now())?,
            notice: Notice::read(reader, person.id)?,
            menu: Menu::read(reader, person.id)?,
        })
    })?;
    Ok(Page::ok(page))
}

#[get("/workspace/work-items?<mine>&<open>&<closed>")]
fn fragment(
    person: Agent,
    mine: Option<Place>,
    open: Option<i64>,
    closed: Option<Place>,
    frame: &Frame,
    app: &Managed<Arc<App>>,
) -> Answer<Page<Lists>> {
    let places = Places { mine, open, closed };
    let lists = app
        .store
        .read(|reader| Lists::read(reader, &person, frame, places))?;
    Ok(Page::ok(lists))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_a_list_reads_back_from_its_url() {
        let place = Place(Cursor {
            state: State::WrapUp,
            at: Timestamp::from_millis(1_780_500_000_000),
            conversation: ConversationId(17),
        });
        let read = |value: &str| Place::from_value(ValueField::parse(value)).ok();
        assert_eq!(read(&format!("={place}")), Some(place));
        assert_eq!(read("=active.1"), None);
        assert_eq!(read("=gone.1.1"), None);
    }
}
