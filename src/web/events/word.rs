//! What a person is told in passing: a toast in every tab. What it is about stands in the lists as well, so that a
//! toast may be missed.

use askama::Template;

use super::press::Spoiled;
use crate::domain::conversation::State;
use crate::domain::ids::{ConversationId, LiveEventId, OfferId, UserId};
use crate::domain::live_event::Word;
use crate::domain::offer::Ending;
use crate::live::wire::{self, Frame as Bytes};
use crate::locale::{Locale, Text};
use crate::store::{self, Reader, conversations, offers, profiles, users};
use crate::web::App;
use crate::web::page::{Frame, filters};
use crate::web::workspace::customer::text_of;

/// A toast.
#[derive(Template)]
#[template(path = "events/word.html")]
struct Toast {
    text: Text,
    icon: &'static str,
    /// Where *Open* leads; `None` where there is nothing to open.
    conversation: Option<ConversationId>,
    /// The person sees this conversation no longer.
    gone: Option<ConversationId>,
}

/// Renders what is told, in the language of `frame`; `None` when it means nothing any more.
///
/// # Errors
/// What reading or rendering failed with.
pub fn print(
    app: &App,
    word: Word,
    frame: &Frame,
    position: LiveEventId,
) -> Result<Option<Bytes>, Spoiled> {
    let toast = app.store.read(|reader| toast(reader, word, frame.locale))?;
    Ok(match toast {
        Some(toast) => Some(wire::html(position, &toast.render_with_values(frame)?)),
        None => None,
    })
}

fn toast(reader: &Reader<'_>, word: Word, locale: Locale) -> store::Result<Option<Toast>> {
    let (key, icon, conversation, by) = match word {
        Word::Given { conversation, by } => ("told-given", "arrow-right-left", conversation, by),
        Word::Asked { conversation, by } => ("told-asked", "users", conversation, by),
        Word::LetIn { conversation, by } => ("told-let-in", "user-plus", conversation, by),
        Word::Dismissed { conversation, by } => ("told-dismissed", "user-minus", conversation, by),
        Word::OfferOver(offer) => return over(reader, offer, locale),
    };
    let Some(customer) = customer(reader, conversation, locale)? else {
        return Ok(None);
    };
    let is_gone = matches!(word, Word::Dismissed { .. });
    Ok(Some(Toast {
        text: Text::new(key)
            .arg("name", name(reader, by)?)
            .arg("customer", customer),
        icon,
        conversation: (!is_gone).then_some(conversation),
        gone: is_gone.then_some(conversation),
    }))
}

/// Why an offer is not there any more.
fn over(reader: &Reader<'_>, offer: OfferId, locale: Locale) -> store::Result<Option<Toast>> {
    let Some((user, id)) = offers::made_to(reader, offer)? else {
        return Ok(None);
    };
    let Some(ending) = offers::ending(reader, offer)? else {
        return Ok(None);
    };
    let found = conversations::by_id(reader, id)?;
    let (Some(found), Some(customer)) = (found, customer(reader, id, locale)?) else {
        return Ok(None);
    };
    let is_own = found.agent == Some(user);
    let text = match ending {
        Ending::Accepted => Text::new("told-offer-assigned"),
        Ending::Missed | Ending::Rejected => Text::new("told-offer-missed"),
        Ending::Lost => Text::new("told-offer-lost"),
        Ending::TakenBack if found.state == State::Closed => Text::new("told-offer-closed"),
        Ending::TakenBack => match found.agent {
            Some(agent) if !is_own => {
                Text::new("told-offer-taken").arg("name", name(reader, agent)?)
            }
            // It is the person's now by another way, which is told as well.
            Some(_) => return Ok(None),
            None => Text::new("told-offer-taken-back"),
        },
    };
    Ok(Some(Toast {
        text: text.arg("customer", customer),
        icon: "bell",
        conversation: is_own.then_some(id),
        gone: None,
    }))
}

fn name(reader: &Reader<'_>, user: UserId) -> store::Result<String> {
    Ok(users::name(reader, user)?.unwrap_or_default())
}

fn customer(
    reader: &Reader<'_>,
    id: ConversationId,
    locale: Locale,
) -> store::Result<Option<String>> {
    let Some(found) = conversations::by_id(reader, id)? else {
        return Ok(None);
    };
    let profile = profiles::by_id(reader, found.profile)?;
    Ok(profile.map(|profile| text_of(&profile.shown_name()).say(locale)))
}
