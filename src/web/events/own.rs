//! What concerns the person of a tab alone: what is offered to them, and their presence.

use askama::Template;

use super::press::Spoiled;
use crate::clock;
use crate::domain::ids::{LiveEventId, UserId};
use crate::live::wire::{self, Frame as Bytes};
use crate::web::App;
use crate::web::page::Frame;
use crate::web::workspace::hearing::Hearing;
use crate::web::workspace::offers::Offers;
use crate::web::workspace::presence::{Menu, Notice};

/// Everything of it, as it is now: a fragment that comes twice is still true.
#[derive(Template)]
#[template(path = "events/own.html")]
struct Own {
    hearing: Hearing,
    offers: Offers,
    notice: Notice,
    menu: Option<Menu>,
}

/// What was rendered, and whether something is offered.
pub struct Told {
    /// The event.
    pub frame: Bytes,
    /// Something is offered.
    pub is_offered: bool,
}

/// Renders it for `person` in the language of `frame`, as the event `position` of the stream.
///
/// # Errors
/// What reading or rendering failed with.
pub fn own(
    app: &App,
    person: UserId,
    frame: &Frame,
    position: LiveEventId,
) -> Result<Told, Spoiled> {
    let own = app.store.read(|reader| {
        Ok(Own {
            hearing: Hearing::read(reader, person)?,
            offers: Offers::read(reader, person, frame.locale, clock::now())?,
            notice: Notice::read(reader, person)?,
            menu: Menu::read(reader, person)?,
        })
    })?;
    Ok(Told {
        frame: wire::html(position, &own.render_with_values(frame)?),
        is_offered: own.offers.are_there(),
    })
}
