//! Turns journal rows into conversations, in the order of their arrival.
//!
//! The channel cuts a body into events; each is stored in a savepoint of its own, so that a bad one is parked
//! with its reason while its neighbours go on. Several bodies share one commit: a crash before it leaves them
//! all in the journal, and everything in here may happen twice without harm (platforms redeliver anyway).
//!
//! A body that fails as a whole is tried three times, alone, and then parked. Nothing stops the bodies
//! behind it. What is parked for want of a workstream is tried again once its page has one (`parked`).

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::channels::Registry;
use crate::domain::ids::{AccountId, PageId, WebhookEventId};
use crate::domain::inbound::{Parsed, What};
use crate::domain::live_event::Worker;
use crate::domain::obstacle::Obstacle;
use crate::store::journal::{self, Counts, Entry};
use crate::store::parked_events::{self, NewParkedEvent};
use crate::store::{Result, Store, StoreError, Tx, accounts, pages};

use super::Wake;
use super::route::arrival::Rules;

mod event;
mod pace;
pub mod parked;
#[cfg(test)]
mod tests;

pub use event::import;
use event::{Fate, Pages};
use pace::Pace;

/// At most this many bodies share a commit: the writer is held for some milliseconds, and webhook calls
/// wait for it.
const BODIES: usize = 128;
/// Bodies may be large: no more are read at once when they are this long together.
const BYTES: usize = 1024 * 1024;
/// How often a body is tried before it is parked whole.
const TRIES: u32 = 3;
/// A wake-up may be lost: then the journal is looked at after this long.
const POLL: Duration = Duration::from_secs(1);

/// Starts the worker.
pub fn start(store: &Store, channels: &Registry, wake: &Wake) -> JoinHandle<()> {
    let (store, channels, wake) = (store.clone(), channels.clone(), wake.clone());
    super::spawn("ingest", move || run(&store, &channels, &wake))
}

/// Works until it is told to stop.
fn run(store: &Store, channels: &Registry, wake: &Wake) {
    loop {
        let goes_on = match drain(store, channels, wake) {
            Ok(()) => wake.wait(Worker::Ingest, POLL),
            Err(error) => {
                tracing::error!(%error, "events wait in the journal");
                wake.pause(POLL)
            }
        };
        if !goes_on {
            return;
        }
    }
}

/// Works on everything that waits. An error is about the database; what waits is still there.
fn drain(store: &Store, channels: &Registry, wake: &Wake) -> Result<()> {
    let mut last = WebhookEventId(0);
    // Up to here bodies are tried one by one, because one of them spoilt a commit.
    let mut alone_until = last;
    let mut pace = Pace::default();
    while !wake.is_stopping() {
        let limit = if last < alone_until { 1 } else { BODIES };
        let (entries, arrived) = store.read(|reader| {
            let entries = journal::unfinished(reader, last, limit, BYTES)?;
            Ok((entries, journal::newest(reader)?))
        })?;
        let Some(newest) = entries.last().map(|entry| (entry.id, entry.tries)) else {
            return parked::revisit(store, channels, wake);
        };
        let turn = pace.begin(arrived);
        let count = entries.len();
        match settle(store, channels, entries) {
            Ok(()) => last = newest.0,
            Err(error) if limit > 1 => {
                tracing::warn!(%error, "bodies could not be settled together; trying one by one");
                alone_until = newest.0;
            }
            Err(error) => {
                give_way(store, channels, newest.0, newest.1, &error)?;
                last = newest.0;
            }
        }
        if let Some(rest) = turn.rest(count) {
            wake.pause(rest);
        }
    }
    Ok(())
}

/// A body with what the channel made of it.
struct Body {
    entry: Entry,
    read: Read,
}

enum Read {
    Events(Vec<Parsed>),
    /// Not understood as a whole.
    Refused(Obstacle),
    /// The adapter panicked.
    Panicked,
}

fn settle(store: &Store, channels: &Registry, entries: Vec<Entry>) -> Result<()> {
    let bodies: Vec<Body> = entries
        .into_iter()
        .map(|entry| Body {
            read: read(channels, &entry),
            entry,
        })
        .collect();
    let channels = channels.clone();
    store.write_blocking(move |tx| {
        let mut batch = Batch::new(&channels);
        for body in &bodies {
            settle_body(tx, &mut batch, body)?;
        }
        batch.note(tx)
    })
}

/// What the bodies of one transaction have in common.
struct Batch<'c> {
    channels: &'c Registry,
    pages: Pages,
    rules: Rules,
    /// Accounts whose bodies held events.
    accounts: BTreeSet<AccountId>,
    /// Pages whose customers wrote.
    written_to: BTreeSet<PageId>,
}

impl<'c> Batch<'c> {
    fn new(channels: &'c Registry) -> Batch<'c> {
        Batch {
            channels,
            pages: Pages::default(),
            rules: Rules::default(),
            accounts: BTreeSet::new(),
            written_to: BTreeSet::new(),
        }
    }

    /// Notes at accounts and pages that something came: once, not for each event.
    fn note(&self, tx: &Tx<'_>) -> Result<()> {
        for account in &self.accounts {
            accounts::note_event(tx, *account)?;
        }
        for page in &self.written_to {
            pages::note_message(tx, *page)?;
        }
        Ok(())
    }
}

fn read(channels: &Registry, entry: &Entry) -> Read {
    let Some(channel) = channels.get(&entry.channel) else {
        return Read::Refused(Obstacle::NoChannel {
            channel: entry.channel.clone(),
        });
    };
    let parse = || channel.parse(&entry.body, entry.received_at);
    match catch_unwind(AssertUnwindSafe(parse)) {
        Ok(Ok(events)) => Read::Events(events),
        Ok(Err(obstacle)) => Read::Refused(obstacle),
        Err(_) => Read::Panicked,
    }
}

fn settle_body(tx: &Tx<'_>, batch: &mut Batch<'_>, body: &Body) -> Result<()> {
    let entry = &body.entry;
    let counts = match &body.read {
        Read::Events(events) => settle_events(tx, batch, entry, events)?,
        Read::Refused(obstacle) => park_whole(tx, batch.channels, entry, obstacle)?,
        Read::Panicked if entry.tries + 1 < TRIES => return journal::tried(tx, entry.id),
        Read::Panicked => park_whole(tx, batch.channels, entry, &Obstacle::Fault)?,
    };
    journal::done(tx, entry.id, counts)
}

fn settle_events(
    tx: &Tx<'_>,
    batch: &mut Batch<'_>,
    entry: &Entry,
    events: &[Parsed],
) -> Result<Counts> {
    let mut counts = Counts::default();
    for parsed in events {
        match settle_event(tx, batch, entry.account, &entry.channel, parsed)? {
            Settled::Stored => counts.stored += 1,
            Settled::Ignored => counts.ignored += 1,
            Settled::Failed(obstacle) => {
                counts.parked += 1;
                tracing::warn!(webhook_event = %entry.id, account = %entry.account, "an event was parked");
                let event = NewParkedEvent {
                    account: entry.account,
                    webhook_event: entry.id,
                    payload: &parsed.raw,
                    whole_body: false,
                    obstacle: &obstacle,
                };
                park(tx, batch.channels, &entry.channel, event)?;
            }
        }
    }
    let is_test = |parsed: &Parsed| matches!(&parsed.event, Ok(event) if event.what == What::Test);
    if !events.iter().all(is_test) {
        batch.accounts.insert(entry.account);
    }
    Ok(counts)
}

/// What became of one event.
enum Settled {
    Stored,
    Ignored,
    /// To be parked.
    Failed(Obstacle),
}

/// Stores one event in a savepoint of its own. An error is about the database, not about the event.
fn settle_event(
    tx: &Tx<'_>,
    batch: &mut Batch<'_>,
    account: AccountId,
    channel: &str,
    parsed: &Parsed,
) -> Result<Settled> {
    let event = match &parsed.event {
        Ok(event) => event,
        Err(obstacle) => return Ok(Settled::Failed(obstacle.clone())),
    };
    let (pages, rules) = (&mut batch.pages, &mut batch.rules);
    match tx.attempt(|tx| event::store(tx, pages, rules, account, channel, event))? {
        Ok(Fate::Message(page)) => {
            batch.written_to.insert(page);
            Ok(Settled::Stored)
        }
        Ok(Fate::Stored) => Ok(Settled::Stored),
        Ok(Fate::Ignored) => Ok(Settled::Ignored),
        Ok(Fate::Refused(obstacle)) => Ok(Settled::Failed(obstacle)),
        Err(error) if error.is_about_the_data() => Ok(Settled::Failed(not_stored(&error))),
        Err(error) => Err(error),
    }
}

fn not_stored(error: &StoreError) -> Obstacle {
    Obstacle::NotStored {
        detail: error.to_string(),
    }
}

fn park_whole(
    tx: &Tx<'_>,
    channels: &Registry,
    entry: &Entry,
    obstacle: &Obstacle,
) -> Result<Counts> {
    tracing::warn!(webhook_event = %entry.id, account = %entry.account, "a webhook body was parked");
    let event = NewParkedEvent {
        account: entry.account,
        webhook_event: entry.id,
        payload: &String::from_utf8_lossy(&entry.body),
        whole_body: true,
        obstacle,
    };
    park(tx, channels, &entry.channel, event)?;
    Ok(Counts {
        parked: 1,
        ..Counts::default()
    })
}

/// Parks an event, which may lie there for long and be looked at: without its tokens.
fn park(tx: &Tx<'_>, channels: &Registry, channel: &str, event: NewParkedEvent<'_>) -> Result<()> {
    let payload = match channels.get(channel) {
        Some(channel) => channel.without_tokens(event.payload),
        None => event.payload.to_owned(),
    };
    let event = NewParkedEvent {
        payload: &payload,
        ..event
    };
    parked_events::park(tx, &event)?;
    Ok(())
}

/// A body that cannot be settled even alone: counted, and parked whole in the end. When not even that can be
/// written, the fault is the database's, and the body keeps its tries.
fn give_way(
    store: &Store,
    channels: &Registry,
    id: WebhookEventId,
    tries: u32,
    error: &StoreError,
) -> Result<()> {
    if matches!(error, StoreError::Busy) {
        return Err(StoreError::Busy);
    }
    tracing::warn!(webhook_event = %id, %error, "a webhook body could not be settled");
    let (obstacle, channels) = (not_stored(error), channels.clone());
    store.write_blocking(move |tx| {
        if tries + 1 < TRIES {
            return journal::tried(tx, id);
        }
        let Some(entry) = journal::by_id(&tx.reader(), id)? else {
            return Ok(());
        };
        let counts = park_whole(tx, &channels, &entry, &obstacle)?;
        journal::done(tx, id, counts)
    })
}
