//! Tries parked events again: when an administrator asks for it, and by itself once the page of an event that
//! was parked for want of a workstream is in one.

use crate::channels::Registry;
use crate::domain::ids::ParkedEventId;
use crate::domain::obstacle::Obstacle;
use crate::store::journal::Entry;
use crate::store::parked_events::{self, NewParkedEvent, ParkedEvent};
use crate::store::{Result, Store, Tx};

use super::{Batch, Read, Settled, Wake, not_stored, park, read, settle_event};

/// So many are looked up at once.
const AT_ONCE: usize = 64;

/// What came of trying a parked event again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retried {
    /// It is where it belongs now.
    Settled,
    /// It is still parked (or parts of it are); the list shows why.
    StillParked,
    /// Somebody settled or discarded it meanwhile.
    Gone,
}

/// Tries a parked event again.
///
/// # Errors
/// SQLite's, or the store is busy; then nothing changed.
pub async fn try_again(store: &Store, channels: &Registry, id: ParkedEventId) -> Result<Retried> {
    let Some(parked) = store.read(|reader| parked_events::by_id(reader, id))? else {
        return Ok(Retried::Gone);
    };
    let (read, channels) = (read_again(channels, &parked), channels.clone());
    store
        .write(move |tx| settle(tx, &channels, &parked, &read))
        .await
}

/// Tries everything again whose page has come into a workstream. Blocks.
///
/// # Errors
/// SQLite's, or the store is busy; what was not tried stays ready.
pub(super) fn revisit(store: &Store, channels: &Registry, wake: &Wake) -> Result<()> {
    let mut last = ParkedEventId(0);
    while !wake.is_stopping() {
        let ready = store.read(|reader| parked_events::ready(reader, last, AT_ONCE))?;
        if ready.is_empty() {
            return Ok(());
        }
        for parked in ready {
            last = parked.id;
            let (read, registry) = (read_again(channels, &parked), channels.clone());
            let tried = store.write_blocking(move |tx| settle(tx, &registry, &parked, &read));
            match tried {
                Ok(_) => {}
                Err(error) if error.is_about_the_data() => {
                    let obstacle = not_stored(&error);
                    store.write_blocking(move |tx| {
                        parked_events::failed_again(tx, last, &obstacle)
                    })?;
                }
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}

fn read_again(channels: &Registry, parked: &ParkedEvent) -> Read {
    let entry = Entry {
        id: parked.webhook_event,
        account: parked.account,
        channel: parked.channel.clone(),
        received_at: parked.received_at,
        body: parked.payload.clone().into_bytes(),
        tries: parked.tries,
    };
    read(channels, &entry)
}

fn settle(tx: &Tx<'_>, channels: &Registry, parked: &ParkedEvent, read: &Read) -> Result<Retried> {
    if parked_events::by_id(&tx.reader(), parked.id)?.is_none() {
        return Ok(Retried::Gone);
    }
    let still = |obstacle: &Obstacle| {
        parked_events::failed_again(tx, parked.id, obstacle)?;
        Ok(Retried::StillParked)
    };
    let events = match read {
        Read::Events(events) => events,
        Read::Refused(obstacle) => return still(obstacle),
        Read::Panicked => return still(&Obstacle::Fault),
    };
    let mut batch = Batch::new(channels);
    let mut failures = Vec::new();
    for event in events {
        let settled = settle_event(tx, &mut batch, parked.account, &parked.channel, event)?;
        if let Settled::Failed(obstacle) = settled {
            failures.push((&event.raw, obstacle));
        }
    }
    batch.note(tx)?;
    if let ([_], [(_, obstacle)]) = (&events[..], &failures[..]) {
        return still(obstacle);
    }
    parked_events::settle(tx, parked.id)?;
    // Of a whole body, what still fails is parked event by event.
    for (payload, obstacle) in &failures {
        let event = NewParkedEvent {
            account: parked.account,
            webhook_event: parked.webhook_event,
            payload,
            whole_body: false,
            obstacle,
        };
        park(tx, channels, &parked.channel, event)?;
    }
    Ok(if failures.is_empty() {
        Retried::Settled
    } else {
        Retried::StillParked
    })
}
