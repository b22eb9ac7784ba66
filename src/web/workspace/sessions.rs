//! The session list: what a person holds, in its groups, with what is unread. Beside every page of the
//! workspace, and a page of its own on phones.

use std::sync::Arc;

use askama::Template;
use askama::filters::HtmlSafe;
use rocket::{Either, Route, State as Managed, get, routes};

use super::customer::CustomerView;
use super::work_items::Glance;
use crate::clock;
use crate::domain::conversation::State;
use crate::domain::ids::ConversationId;
use crate::domain::time::Timestamp;
use crate::locale::Text;
use crate::store::masking::{self, Masks};
use crate::store::work_items::{self, WorkItem};
use crate::store::{self, Reader};
use crate::web::failure::Answer;
use crate::web::guards::Agent;
use crate::web::page::{ForFragment, Page, Person, filters};
use crate::web::{App, times};

/// So many of a group are shown; the dashboard has the rest.
const SHOWN: usize = 50;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![index]
}

/// The session list.
#[derive(Template)]
#[template(path = "workspace/sessions/list.html")]
pub struct Sessions {
    /// The conversation on screen.
    pub current: Option<ConversationId>,
    /// Unread messages in all.
    pub unread: u32,
    /// What is held, state by state.
    pub groups: Vec<Group>,
}

impl HtmlSafe for Sessions {}

/// What is held in one state, or what the person takes part in beside who holds it.
pub struct Group {
    /// Names the text `sessions-<word>`.
    pub word: &'static str,
    /// How many there are in all.
    pub count: u32,
    /// Those that are shown.
    pub sessions: Vec<SessionView>,
}

/// A row of the list.
pub struct SessionView {
    /// The conversation.
    pub conversation: ConversationId,
    /// The customer.
    pub customer: CustomerView,
    /// The newest message.
    pub glance: Option<Glance>,
    /// When it came.
    pub last_message_at: Timestamp,
    /// How long until it closes by itself, in Wrap-up.
    pub left: Option<Text>,
    /// How many of the customer's messages are new to the person.
    pub unread: u32,
    /// Whether it is on screen.
    pub is_current: bool,
}

impl Sessions {
    /// Reads what `person` holds.
    ///
    /// # Errors
    /// SQLite's.
    pub fn read(
        reader: &Reader<'_>,
        person: &Person,
        current: Option<ConversationId>,
        now: Timestamp,
    ) -> store::Result<Sessions> {
        // What was closed is not asked for here.
        let counts = work_items::counts(reader, person.id, now)?;
        let masks = masking::masks(reader)?;
        let mut groups = Vec::new();
        let beside = work_items::beside(reader, person.id, SHOWN)?;
        if !beside.is_empty() {
            groups.push(Group {
                word: "beside",
                count: beside.len() as u32,
                sessions: beside
                    .into_iter()
                    .map(|item| SessionView::new(item, person, current, now, &masks))
                    .collect(),
            });
        }
        for state in work_items::MINE {
            let items = work_items::in_state(reader, person.id, state, SHOWN)?;
            if !items.is_empty() {
                groups.push(Group {
                    word: state.word(),
                    count: counts.in_state(state),
                    sessions: items
                        .into_iter()
                        .map(|item| SessionView::new(item, person, current, now, &masks))
                        .collect(),
                });
            }
        }
        Ok(Sessions {
            current,
            unread: counts.unread,
            groups,
        })
    }
}

impl SessionView {
    fn new(
        item: WorkItem,
        person: &Person,
        current: Option<ConversationId>,
        now: Timestamp,
        masks: &Masks,
    ) -> SessionView {
        SessionView {
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
                .map(|last| Glance::of(last, person.id, masks)),
            last_message_at: item.last_message_at,
            left: item
                .due_at
                .filter(|_| item.state == State::WrapUp)
                .map(|due| times::span(due.since(now))),
            unread: item.unread,
            is_current: current == Some(item.conversation),
        }
    }
}

#[derive(Template)]
#[template(path = "workspace/sessions/index.html")]
struct Index {
    sessions: Sessions,
}

#[get("/workspace/sessions?<current>")]
fn index(
    person: Agent,
    current: Option<i64>,
    for_fragment: ForFragment,
    app: &Managed<Arc<App>>,
) -> Answer<Either<Page<Sessions>, Page<Index>>> {
    let current = current.map(ConversationId);
    let sessions = app
        .store
        .read(|reader| Sessions::read(reader, &person, current, clock::now()))?;
    Ok(match for_fragment.0 {
        true => Either::Left(Page::ok(sessions)),
        false => Either::Right(Page::ok(Index { sessions })),
    })
}
