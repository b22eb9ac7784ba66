//! Brings conversations to agents: asks the rules of a new conversation, hands out what waits, sees offers to
//! their end, moves on what waited too long.
//!
//! The rules are in `domain`; here they are given what they ask about, and what they decide is written: one
//! transaction a decision, with its step in the routing log. A new conversation is routed where it is stored
//! ([`arrival`]); everything else is done by one thread, which is woken by whatever may free somebody and looks
//! by itself every second. It asks on a reader first: with nothing to do, nothing is written.

use std::thread::JoinHandle;
use std::time::Duration;

use crate::clock;
use crate::domain::live_event::Worker;
use crate::domain::offer::Event;
use crate::domain::presence;
use crate::store::{Result, Store, Tx, agents, capacity, conversations, offers, routing};

use super::Wake;

mod absence;
pub mod answer;
pub mod arrival;
mod assign;
pub mod silence;
mod too_long;

/// Countdowns and limits are due to the second.
const POLL: Duration = Duration::from_secs(1);

/// Starts the worker. Whoever was connected to an earlier run has to come back first.
///
/// # Errors
/// The database's: then nothing was started.
pub fn start(store: &Store, wake: &Wake) -> Result<JoinHandle<()>> {
    store.write_blocking(agents::nobody_is_connected)?;
    let (store, wake) = (store.clone(), wake.clone());
    Ok(super::spawn("route", move || run(&store, &wake)))
}

/// Works until it is told to stop.
fn run(store: &Store, wake: &Wake) {
    loop {
        let goes_on = match turn(store) {
            Ok(()) => wake.wait(Worker::Route, POLL),
            Err(error) => {
                tracing::error!(%error, "conversations wait to be given to agents");
                wake.pause(POLL)
            }
        };
        if !goes_on {
            return;
        }
    }
}

/// Does everything that is due. What frees somebody comes before handing out; a step that fails does not keep
/// the others from their work, and the first failure is told.
fn turn(store: &Store) -> Result<()> {
    let steps: [fn(&Store) -> Result<()>; 6] = [
        end_offers,
        free_capacity,
        route_late,
        too_long::move_on,
        absence::tell,
        assign::hand_out,
    ];
    let mut outcome = Ok(());
    for step in steps {
        outcome = outcome.and(step(store));
    }
    outcome
}

/// Offers whose countdown is over, or whose agent's browser is gone.
fn end_offers(store: &Store) -> Result<()> {
    let now = clock::now();
    let over = |waiting: &offers::Waiting| {
        let event = Event::Clock(waiting.seen_at);
        matches!(waiting.offer.after(event, now), Ok(Some(_)))
    };
    let mut due = store.read(|reader| offers::all(reader, now))?;
    due.retain(over);
    let mut outcome = Ok(());
    for waiting in due {
        let ended = store.write_blocking(move |tx| answer::by_clock(tx, waiting.id));
        outcome = outcome.and(ended);
    }
    outcome
}

/// Capacity that wrap-up, or the end of the day, gives back.
fn free_capacity(store: &Store) -> Result<()> {
    let now = clock::now();
    let next = store.read(capacity::next_release)?;
    if next.is_none_or(|next| next > now) {
        return Ok(());
    }
    store.write_blocking(|tx| {
        for user in capacity::release_due(tx)? {
            agents::happens(tx, user, presence::Event::CapacityChanges)?;
        }
        Ok(())
    })
}

/// Conversations whose rules waited for the customer's profile.
fn route_late(store: &Store) -> Result<()> {
    let moment = clock::now().minus(routing::PROFILE_WAIT);
    let late = store.read(|reader| routing::to_route(reader, moment))?;
    if late.is_empty() {
        return Ok(());
    }
    store.write_blocking(move |tx| {
        let mut rules = arrival::Rules::default();
        each(tx, &late, "route", |tx, id| {
            match conversations::by_id(&tx.reader(), *id)? {
                Some(conversation) => {
                    arrival::route(tx, &mut rules, &conversation)?;
                    Ok(true)
                }
                None => Ok(false),
            }
        })
    })?;
    Ok(())
}

/// Does something for each of these rows in one transaction. One for which it fails is told in the log, with the
/// `task`, and keeps none of the others waiting; it is tried again when its turn comes again. For how many `step` did
/// something.
///
/// # Errors
/// The database's, when the whole transaction is lost.
pub(in crate::work) fn each<T: std::fmt::Debug>(
    tx: &Tx<'_>,
    rows: &[T],
    task: &'static str,
    mut step: impl FnMut(&Tx<'_>, &T) -> Result<bool>,
) -> Result<u64> {
    let mut done = 0;
    for row in rows {
        match tx.attempt(|tx| step(tx, row))? {
            Ok(is_done) => done += u64::from(is_done),
            Err(error) => tracing::error!(task, ?row, %error, "one of many was passed over"),
        }
    }
    Ok(done)
}
