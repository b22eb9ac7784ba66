//! An offer's end: by an answer, by the clock, or because the browser is gone.

use crate::domain::ids::OfferId;
use crate::domain::offer::{Consequences, Ending, Event, Refusal};
use crate::store::conversations::{self, Deed};
use crate::store::offers::{self, Waiting};
use crate::store::{Result, Tx, agents, settings};

/// What came of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// The offer has ended by it.
    Ended(Ending),
    /// It waits on.
    Waits,
    /// The answer is not taken, and the offer waits on.
    Refused(Refusal),
    /// It had ended before, or there is none.
    Over,
}

/// Gives an offer its answer. Of any number of answers the first that reaches the database counts.
///
/// # Errors
/// SQLite's.
pub fn answer(tx: &Tx<'_>, offer: OfferId, event: Event) -> Result<Answered> {
    let Some(waiting) = offers::find(&tx.reader(), offer, tx.now())? else {
        return Ok(Answered::Over);
    };
    match waiting.offer.after(event, tx.now()) {
        Err(refusal) => Ok(Answered::Refused(refusal)),
        Ok(None) => Ok(Answered::Waits),
        Ok(Some(ending)) => {
            end(tx, &waiting, ending)?;
            Ok(Answered::Ended(ending))
        }
    }
}

/// Ends an offer whose time is over or whose agent's browser is gone by now.
///
/// # Errors
/// SQLite's.
pub(super) fn by_clock(tx: &Tx<'_>, offer: OfferId) -> Result<()> {
    if let Some(waiting) = offers::find(&tx.reader(), offer, tx.now())? {
        answer(tx, offer, Event::Clock(waiting.seen_at))?;
    }
    Ok(())
}

fn end(tx: &Tx<'_>, waiting: &Waiting, ending: Ending) -> Result<()> {
    let user = waiting.offer.user;
    offers::end(tx, waiting, ending)?;
    let deed = Deed {
        act: ending.act(),
        by: Some(user),
        to: Some(user),
    };
    conversations::hand(tx, waiting.conversation, deed)?;
    if ending == Ending::Accepted {
        return Ok(());
    }
    let offers = settings::read(&tx.reader())?.offers;
    let consequences = Consequences {
        missed_makes_inactive: offers.missed_makes_inactive,
        rejected_makes_quiet: offers.rejected_makes_do_not_disturb,
    };
    agents::happens(tx, user, ending.presence(consequences))
}
