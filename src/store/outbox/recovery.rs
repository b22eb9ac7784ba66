//! What a crash, a silent platform or a clock that was put back leave behind.

use std::time::Duration;

use rusqlite::params;

use crate::domain::delivery::{ECHO_WAIT, Reason};
use crate::domain::ids::OutboxId;

use super::super::{Result, Tx};
use super::{give_up_knowing, note_doubt, read_reason, requeue};

/// What was written this far in the future was written before the clock was put back: its times mean
/// nothing any more, and it is due now (promises.md P8).
pub(super) const CLOCK_SLACK: Duration = Duration::from_secs(60);

/// A call that was in flight at this many crashes may be their cause: a person decides about it.
const CRASHES: u32 = 5;

/// Once at the start, before any worker: every call that was `sending` when the process died may have been
/// accepted. It is due again, with its doubt: its channel knows whether it may be repeated. What was waiting
/// for an echo waits anew, because nothing could come in meanwhile. How many calls were in flight.
///
/// # Errors
/// SQLite's.
pub fn recover(tx: &Tx<'_>) -> Result<usize> {
    tx.connection()
        .prepare_cached(
            "UPDATE outbox SET lease_until = ?1, changed_at = ?2 WHERE state = 'reconciling'",
        )?
        .execute(params![tx.now().plus(ECHO_WAIT), tx.now()])?;
    let interrupted = select_ids(
        tx,
        "SELECT outbox_id FROM outbox WHERE state = 'sending'",
        [],
    )?;
    for outbox in &interrupted {
        interrupted_call(tx, *outbox)?;
    }
    Ok(interrupted.len())
}

fn interrupted_call(tx: &Tx<'_>, outbox: OutboxId) -> Result<()> {
    let crashed = Reason::of(Reason::CRASHED);
    tx.connection()
        .prepare_cached(
            "UPDATE delivery_attempt SET finished_at = ?2, outcome = ?3
             WHERE outbox_id = ?1 AND finished_at IS NULL",
        )?
        .execute(params![outbox, tx.now(), Reason::CRASHED])?;
    note_doubt(tx, outbox, &crashed)?;
    let crashes: u32 = tx
        .connection()
        .prepare_cached(
            "SELECT count(*) FROM delivery_attempt WHERE outbox_id = ?1 AND outcome = ?2",
        )?
        .query_row(params![outbox, Reason::CRASHED], |row| row.get(0))?;
    if crashes < CRASHES {
        requeue(tx, outbox, tx.now(), None)
    } else {
        give_up_knowing(tx, outbox, &crashed)
    }
}

/// An echo that did not come lets the platform's record be looked at, and then leaves the call unknown; a worker that did not come back left it in doubt.
pub(super) fn expire_leases(tx: &Tx<'_>) -> Result<()> {
    let moments = [tx.now(), tx.now().plus(CLOCK_SLACK)];
    let silent = select_ids(
        tx,
        "SELECT outbox_id FROM outbox
         WHERE state = 'reconciling' AND (lease_until <= ?1 OR changed_at > ?2)",
        moments,
    )?;
    for outbox in silent {
        // The platform's own record is looked at once, where there is one, before nobody can tell.
        let is_to_look = tx
            .connection()
            .prepare_cached(
                "UPDATE outbox SET looked_at = ?2 WHERE outbox_id = ?1 AND looked_at IS NULL",
            )?
            .execute(params![outbox, tx.now()])?
            == 1;
        if is_to_look {
            requeue(tx, outbox, tx.now(), None)?;
            continue;
        }
        let doubt: Option<String> = tx
            .connection()
            .prepare_cached("SELECT doubt FROM outbox WHERE outbox_id = ?1")?
            .query_row([outbox], |row| row.get(0))?;
        let reason = doubt.map_or_else(|| Reason::of(Reason::UNCERTAIN), |json| read_reason(&json));
        give_up_knowing(tx, outbox, &reason)?;
    }
    let lost = select_ids(
        tx,
        "SELECT outbox_id FROM outbox
         WHERE state = 'sending' AND (lease_until <= ?1 OR changed_at > ?2)",
        moments,
    )?;
    for outbox in lost {
        interrupted_call(tx, outbox)?;
    }
    Ok(())
}

fn select_ids(
    tx: &Tx<'_>,
    sql: &'static str,
    parameters: impl rusqlite::Params,
) -> Result<Vec<OutboxId>> {
    let mut statement = tx.connection().prepare_cached(sql)?;
    let ids = statement.query_map(parameters, |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}
