//! Agents whose connection was lost and who have not come back: the customers whom they were answering are told,
//! where an administrator wants that.

use crate::clock;
use crate::domain::automation::Trigger;
use crate::domain::ids::UserId;
use crate::store::automated_messages::{self, About};
use crate::store::{Result, Store, Tx, agents, conversations, settings};

/// Tells the customers of everybody who has been gone for longer than a lost connection is overlooked. A page that
/// is loaded anew and a train in a tunnel are nobody's absence.
///
/// # Errors
/// The database's.
pub fn tell(store: &Store) -> Result<()> {
    let now = clock::now();
    let missed = store.read(|reader| {
        let grace = settings::read(reader)?.presence.grace();
        agents::missed(reader, now.minus(grace))
    })?;
    for user in missed {
        store.write_blocking(move |tx| tell_customers_of(tx, user))?;
    }
    Ok(())
}

fn tell_customers_of(tx: &Tx<'_>, user: UserId) -> Result<()> {
    if !agents::customers_told(tx, user)? {
        return Ok(());
    }
    let held = conversations::active_of(&tx.reader(), user)?;
    super::each(tx, &held, "tell-of-absence", |tx, id| {
        let about = About {
            agent: Some(user),
            ..About::default()
        };
        automated_messages::say(tx, *id, Trigger::AgentDisconnected, about)?;
        Ok(true)
    })?;
    Ok(())
}
