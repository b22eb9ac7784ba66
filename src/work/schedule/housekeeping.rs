//! The jobs that keep the database in order. Each changes little at a time: the writer must be free again
//! soon.

use std::time::Duration;

use crate::clock;
use crate::domain::conversation::Act;
use crate::store::{
    Result, Store, Tx, conversations, facts, journal, live_events, messages, outgoing, routing,
    seen_events, sessions, throttle,
};
use crate::work::route::each;

/// Rows changed in one transaction.
const ROWS: usize = 500;
/// Live streams that were away longer load their page anew.
const KEEP_LIVE_EVENTS: Duration = Duration::from_secs(24 * 3600);
/// The counts of settled webhook bodies, and the keys of events that may come again.
const KEEP_JOURNAL: Duration = Duration::from_secs(30 * 24 * 3600);

/// Closes the conversations whose time is over; how many.
pub fn close_overdue(store: &Store) -> Result<u64> {
    let mut closed = 0;
    loop {
        let overdue = store.read(|reader| conversations::overdue(reader, clock::now(), ROWS))?;
        if overdue.is_empty() {
            return Ok(closed);
        }
        let portion = store.write_blocking(move |tx| {
            each(tx, &overdue, "close", |tx, id| {
                // A message may have come since it was read.
                if !conversations::is_overdue(&tx.reader(), *id, tx.now())? {
                    return Ok(false);
                }
                conversations::apply(tx, *id, Act::TimeOver, None)?;
                Ok(true)
            })
        })?;
        // Those that cannot be closed would come again and again.
        if portion == 0 {
            return Ok(closed);
        }
        closed += portion;
    }
}

/// Forgets sessions that are over, tries to sign in, files that platforms kept for us, and what live streams told long ago.
pub fn forget_short_lived(store: &Store) -> Result<u64> {
    store.write_blocking(|tx| {
        sessions::forget_over(tx)?;
        outgoing::forget(tx)?;
        throttle::forget_old(tx)
    })?;
    in_portions(store, |tx| {
        live_events::prune(tx, tx.now().minus(KEEP_LIVE_EVENTS), ROWS)
    })
}

/// Forgets what became of webhook calls long ago.
pub fn forget_journal(store: &Store) -> Result<u64> {
    let before = |tx: &Tx<'_>| tx.now().minus(KEEP_JOURNAL);
    let bodies = in_portions(store, move |tx| journal::prune(tx, before(tx), ROWS))?;
    let keys = in_portions(store, move |tx| seen_events::prune(tx, before(tx), ROWS))?;
    let edits = in_portions(store, move |tx| {
        messages::prune_early_edits(tx, before(tx), ROWS)
    })?;
    Ok(bodies + keys + edits)
}

/// Forgets why conversations were routed as they were, long after they were closed.
pub fn forget_routing_logs(store: &Store) -> Result<u64> {
    in_portions(store, |tx| {
        routing::prune(tx, tx.now().minus(routing::KEEP_LOG), ROWS)
    })
}

/// Lets SQLite look at how its tables have grown.
pub fn optimize(store: &Store) -> Result<u64> {
    store.write_blocking(facts::optimize)?;
    Ok(1)
}

/// Repeats a removal of at most [`ROWS`] rows until there are fewer; how many in all.
fn in_portions(
    store: &Store,
    remove: impl Fn(&Tx<'_>) -> Result<usize> + Copy + Send + 'static,
) -> Result<u64> {
    let mut removed = 0;
    loop {
        let rows = store.write_blocking(move |tx| remove(tx))?;
        removed += rows as u64;
        if rows < ROWS {
            return Ok(removed);
        }
    }
}
