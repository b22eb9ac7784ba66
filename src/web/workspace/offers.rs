//! Conversations that are offered to a person: the notice with its countdown, *Accept* and *Reject*. The live
//! stream brings the notices to every tab of the person ([`Offers`]); without a stream nothing is offered.

use std::sync::Arc;

use askama::Template;
use askama::filters::HtmlSafe;
use rocket::http::Status;
use rocket::{Either, Route, State as Managed, post, routes};

use super::customer::CustomerView;
use super::transitions::{Moved, Overtaken, conversation};
use super::work_items::Glance;
use crate::domain::automation::{self, Values};
use crate::domain::ids::{ConversationId, OfferId, UserId};
use crate::domain::offer::{Ending, Event, Refusal};
use crate::domain::time::Timestamp;
use crate::domain::workstream::Desktop;
use crate::locale::{Locale, Text};
use crate::store::conversations::Conversation;
use crate::store::offers::Waiting;
use crate::store::workstreams::{settings as workstreams, variables};
use crate::store::{
    self, Reader, conversations, masking, messages, offers, pages, profiles, queues, sounds,
};
use crate::web::App;
use crate::web::failure::{Answer, Failure};
use crate::web::forms::Button;
use crate::web::guards::Agent;
use crate::web::page::{Page, filters};
use crate::work::route::answer::{Answered, answer};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![accept, reject]
}

/// What is offered to a person, the oldest first.
#[derive(Template)]
#[template(path = "workspace/offers/list.html")]
pub struct Offers {
    offers: Vec<OfferView>,
}

impl HtmlSafe for Offers {}

/// An offer as it is shown.
struct OfferView {
    id: OfferId,
    channel: String,
    page_name: String,
    customer: CustomerView,
    /// The customer has written before.
    is_known: bool,
    glance: Option<Glance>,
    queue: String,
    /// When the customer began to wait.
    since: Timestamp,
    offered_at: Timestamp,
    expires_at: Timestamp,
    may_reject: bool,
    /// The countdown ends with the conversation in one's hands.
    accepts_itself: bool,
    /// What the workstream shows beside.
    fields: Vec<(String, String)>,
    /// When it shows outside the browser's page.
    desktop: &'static str,
    /// What the person hears.
    sound: &'static str,
}

impl Offers {
    /// Reads what is offered to `person`; texts of customers' names are in the language `locale`.
    ///
    /// # Errors
    /// SQLite's.
    pub fn read(
        reader: &Reader<'_>,
        person: UserId,
        locale: Locale,
        now: Timestamp,
    ) -> store::Result<Offers> {
        let mut shown = Vec::new();
        for waiting in offers::to(reader, person, now)? {
            if let Some(conversation) = conversations::by_id(reader, waiting.conversation)? {
                shown.extend(view(reader, &waiting, &conversation, locale)?);
            }
        }
        Ok(Offers { offers: shown })
    }

    /// Whether something is offered.
    pub fn are_there(&self) -> bool {
        !self.offers.is_empty()
    }
}

/// `None` when the customer or the page is gone.
fn view(
    reader: &Reader<'_>,
    waiting: &Waiting,
    conversation: &Conversation,
    locale: Locale,
) -> store::Result<Option<OfferView>> {
    let profile = profiles::by_id(reader, conversation.profile)?;
    let page = pages::by_id(reader, conversation.page)?;
    let (Some(profile), Some(page)) = (profile, page) else {
        return Ok(None);
    };
    let user = waiting.offer.user;
    let last = match conversation.last_message {
        Some(message) => messages::by_id(reader, message)?,
        None => None,
    };
    let customer = CustomerView::from(&profile);
    let workstream = workstreams::by_id(reader, conversation.workstream)?;
    let terms = workstream.map(|workstream| workstream.offers);
    let desktop = terms.as_ref().map_or(Desktop::Never, |terms| terms.desktop);
    let queue = queues::name(reader, conversation.queue)?.unwrap_or_default();
    let masks = masking::masks(reader)?;
    Ok(Some(OfferView {
        id: waiting.id,
        channel: profile.channel.clone(),
        page_name: page.name,
        is_known: conversation.previous.is_some(),
        glance: last.map(|last| Glance::of_message(&last, user, &masks)),
        since: conversation
            .unanswered_since
            .unwrap_or(conversation.created_at),
        offered_at: waiting.offer.offered_at,
        expires_at: waiting.offer.expires_at(),
        may_reject: waiting.offer.terms.may_reject && !waiting.offer.terms.accepts_itself,
        accepts_itself: waiting.offer.terms.accepts_itself,
        fields: fields(
            reader,
            conversation,
            terms.map(|terms| terms.fields).unwrap_or_default(),
            &customer.name.say(locale),
            &queue,
        )?,
        desktop: desktop.word(),
        sound: sounds::of(reader, user)?.offer(&profile.channel).word(),
        customer,
        queue,
    }))
}

/// The workstream's lines, with what their slugs stand for; a line without a value is left out.
fn fields(
    reader: &Reader<'_>,
    conversation: &Conversation,
    fields: Vec<(String, String)>,
    customer: &str,
    queue: &str,
) -> store::Result<Vec<(String, String)>> {
    let variables = variables::of(reader, conversation.workstream)?;
    let values = Values {
        agent: String::new(),
        queue: queue.to_owned(),
        variables: variables
            .into_iter()
            .map(|(_, variable)| (variable.name, variable.value))
            .collect(),
    };
    Ok(fields
        .into_iter()
        .map(|(header, value)| {
            // In one pass: braces in a customer's name mean nothing.
            let parts: Vec<String> = value
                .split("{customerName}")
                .map(|part| automation::fill(part, &values))
                .collect();
            (header, parts.join(customer).trim().to_owned())
        })
        .filter(|(_, value)| !value.is_empty())
        .collect())
}

/// *Accept*: the conversation is the person's, and opens.
#[post("/workspace/offers/<id>/acceptance", data = "<_button>")]
async fn accept(person: Agent, id: i64, app: &Managed<Arc<App>>, _button: Button) -> Moved {
    let (offer, user) = (OfferId(id), person.id);
    let at = conversation_of(app, offer, user)?;
    let answered = app
        .store
        .write(move |tx| answer(tx, offer, Event::Accept(user)))
        .await?;
    Ok(match answered {
        Answered::Ended(_) | Answered::Waits => Either::Left(conversation(at)),
        Answered::Refused(_) => return Err(Failure::from(Status::NotFound)),
        // Pressed in two windows.
        Answered::Over if was_accepted(app, offer)? => Either::Left(conversation(at)),
        Answered::Over => Either::Right(over()),
    })
}

/// *Reject*: it goes on to somebody else.
#[post("/workspace/offers/<id>/rejection", data = "<_button>")]
async fn reject(person: Agent, id: i64, app: &Managed<Arc<App>>, _button: Button) -> Moved {
    let (offer, user) = (OfferId(id), person.id);
    conversation_of(app, offer, user)?;
    let answered = app
        .store
        .write(move |tx| answer(tx, offer, Event::Reject(user)))
        .await?;
    Ok(match answered {
        Answered::Refused(Refusal::CannotReject) => {
            return Err(Failure::from(Status::Conflict));
        }
        Answered::Refused(Refusal::NotYours) => return Err(Failure::from(Status::NotFound)),
        Answered::Ended(_) | Answered::Waits | Answered::Over => {
            Either::Left(rocket::response::Redirect::to("/workspace").into())
        }
    })
}

/// The conversation of an offer that was made to this person; 404 of any other.
fn conversation_of(app: &Arc<App>, offer: OfferId, user: UserId) -> Answer<ConversationId> {
    let made_to = app.store.read(|reader| offers::made_to(reader, offer))?;
    match made_to {
        Some((to, conversation)) if to == user => Ok(conversation),
        _ => Err(Failure::from(Status::NotFound)),
    }
}

fn was_accepted(app: &Arc<App>, offer: OfferId) -> Answer<bool> {
    let ending = app.store.read(|reader| offers::ending(reader, offer))?;
    Ok(ending == Some(Ending::Accepted))
}

fn over() -> Page<Overtaken> {
    Page(
        Status::Conflict,
        Overtaken {
            title: Text::new("overtaken-offer"),
            cause: Text::new("overtaken-offer-cause"),
            conversation: None,
        },
    )
}
