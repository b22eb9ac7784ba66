//! What has waited in its queue for longer than the queue, or the rule that sent it there, lets it.

use crate::clock;
use crate::domain::conversation::Act;
use crate::domain::overflow::Exit;
use crate::domain::trace::Step;
use crate::store::routing::Limited;
use crate::store::{Result, Store, Tx, conversations, routing};

use super::arrival;

/// Of each queue so many are looked at: the others follow a second later.
const LOOKED_AT: usize = 50;

/// Moves on, or ends, what has waited too long.
///
/// # Errors
/// The database's.
pub fn move_on(store: &Store) -> Result<()> {
    let now = clock::now();
    let mut due = store.read(|reader| routing::limited(reader, LOOKED_AT))?;
    due.retain(|limited| limited.queued_at.plus(limited.limit.after) <= now);
    if due.is_empty() {
        return Ok(());
    }
    store.write_blocking(move |tx| {
        let task = "overflow";
        super::each(tx, &due, task, overflow)
    })?;
    Ok(())
}

/// False when it does not wait so any more.
fn overflow(tx: &Tx<'_>, due: &Limited) -> Result<bool> {
    let id = due.conversation;
    // Somebody may have taken or moved it since it was read.
    if routing::limit_of(&tx.reader(), id)? != Some(*due) {
        return Ok(false);
    }
    let step = Step::WaitedTooLong {
        queue: due.queue,
        since: due.queued_at,
        action: due.limit.action,
    };
    routing::record(tx, id, &step)?;
    match due.limit.action {
        Exit::Move(queue) => {
            conversations::to_queue(tx, id, Act::OverflowMoves, None, queue)?;
            arrival::say(tx, id, arrival::unassignable(tx, queue)?)?;
        }
        Exit::End => {
            conversations::apply(tx, id, Act::OverflowEnds, None)?;
        }
    }
    Ok(true)
}
