//! Quick replies where they are used: a list above the composer, filtered by what is typed behind the slash. Where no
//! script runs it is a page of its own, and a reply that is chosen there is put into the draft.

use std::sync::Arc;

use askama::Template;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Either, Route, State as Managed, get, post, routes};

use super::place::Place;
use crate::domain::ids::{ConversationId, QuickReplyId};
use crate::domain::quick_reply::fill;
use crate::store::quick_replies::{self as store, Owner, QuickReply};
use crate::store::{self as database, Reader, drafts, masking};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::Button;
use crate::web::guards::Agent;
use crate::web::page::{ForFragment, Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![index, insert]
}

/// More than anybody reads in a list above the composer.
const SHOWN: usize = 50;

/// The list above the composer.
#[derive(Template)]
#[template(path = "workspace/quick_replies/list.html")]
struct Popup {
    list: Offers,
}

/// The list on a page of its own.
#[derive(Template)]
#[template(path = "workspace/quick_replies/page.html")]
struct OnItsOwn {
    conversation: ConversationId,
    list: Offers,
}

/// What is offered for what was typed, the best first.
struct Offers {
    /// What was typed behind the slash.
    search: String,
    replies: Vec<Offer>,
    /// There are others, in other languages.
    has_others: bool,
}

/// A reply with its variables filled in.
struct Offer {
    found: QuickReply,
    text: String,
}

impl Offer {
    fn is_own(&self) -> bool {
        self.found.owner != Owner::Shared
    }
}

impl Offers {
    fn read(
        reader: &Reader<'_>,
        place: &Place,
        search: &str,
        every_language: bool,
    ) -> database::Result<Offers> {
        let (conversation, agent) = (place.conversation.id, place.agent);
        let offered = store::offered(reader, conversation, agent, every_language)?;
        let values = store::values(reader, conversation, agent)?;
        let mut ranked: Vec<(u8, QuickReply)> = offered
            .replies
            .into_iter()
            .filter_map(|found| Some((found.reply.rank(search)?, found)))
            .collect();
        ranked.sort_by_key(|(rank, _)| *rank);
        let replies = ranked.into_iter().take(SHOWN).map(|(_, found)| Offer {
            text: fill(&found.reply.text, &values),
            found,
        });
        Ok(Offers {
            search: search.trim().to_owned(),
            replies: replies.collect(),
            has_others: offered.has_others,
        })
    }
}

/// The conversation that the person answers.
fn place(app: &App, person: &Agent, id: i64) -> Answer<Place> {
    let id = ConversationId(id);
    let place = app.store.read(|reader| Place::load(reader, person, id))?;
    match place {
        Some(place) if place.may_answer => Ok(place),
        Some(_) => Err(Status::Forbidden.into()),
        None => Err(Status::NotFound.into()),
    }
}

#[get("/workspace/conversations/<id>/quick-replies?<search>&<every>")]
fn index(
    person: Agent,
    id: i64,
    search: Option<&str>,
    every: Option<bool>,
    for_fragment: ForFragment,
    app: &Managed<Arc<App>>,
) -> Answer<Either<Page<Popup>, Page<OnItsOwn>>> {
    let place = place(app, &person, id)?;
    let list = app.store.read(|reader| {
        let search = search.unwrap_or_default();
        Offers::read(reader, &place, search, every.unwrap_or_default())
    })?;
    Ok(match for_fragment.0 {
        true => Either::Left(Page::ok(Popup { list })),
        false => Either::Right(Page::ok(OnItsOwn {
            conversation: place.conversation.id,
            list,
        })),
    })
}

#[post(
    "/workspace/conversations/<id>/quick-replies/<reply>",
    data = "<_button>"
)]
async fn insert(
    person: Agent,
    id: i64,
    reply: i64,
    app: &Managed<Arc<App>>,
    _button: Button,
) -> Answer<Redirect> {
    let place = place(app, &person, id)?;
    let (conversation, agent) = (place.conversation.id, place.agent);
    let chosen = app.store.read(|reader| {
        // In every language: the page may have shown them all.
        let offered = store::offered(reader, conversation, agent, true)?;
        let mut replies = offered.replies.into_iter();
        let Some(found) = replies.find(|found| found.id == QuickReplyId(reply)) else {
            return Ok(None);
        };
        let values = store::values(reader, conversation, agent)?;
        let draft = drafts::of(reader, conversation, agent)?;
        let text = fill(&found.reply.text, &values);
        Ok(Some(match draft.trim_end() {
            "" => text,
            draft => format!("{draft}\n{text}"),
        }))
    })?;
    let text = chosen.ok_or(Status::NotFound)?;
    app.store
        .write(move |tx| {
            let text = masking::masks(&tx.reader())?.agents.hide(&text);
            drafts::save(tx, conversation, agent, &text)
        })
        .await?;
    Ok(Redirect::to(place.address()))
}
