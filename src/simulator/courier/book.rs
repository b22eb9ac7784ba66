//! What was carried, what is kept back, what is due again.

use super::Event;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// One webhook that the platform has to bring to the product.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Grows in the order in which things happened.
    pub id: u64,
    /// The app or channel whose callback gets it.
    pub account: String,
    /// The page or channel it is about.
    pub place: String,
    /// What it tells: `message`, `echo`, `read`, `follow` …
    pub kind: String,
    /// Every try, oldest first.
    pub attempts: Vec<Attempt>,
    pub(in crate::simulator) events: Vec<Event>,
}

impl Delivery {
    /// The product has answered 2xx at least once.
    pub fn is_delivered(&self) -> bool {
        self.attempts.iter().any(|attempt| attempt.is_received)
    }

    /// What the product answered last; `None` before the first try, and when nobody answered.
    pub fn status(&self) -> Option<u16> {
        self.attempts.last()?.status
    }
}

/// One try to deliver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// When it ended, by the platforms' clock.
    pub at_ms: i64,
    /// What the product answered; `None` when it did not, or there is no callback.
    pub status: Option<u16>,
    /// Whether the platform takes that status as received.
    pub is_received: bool,
}

/// The state of a courier.
#[derive(Default)]
pub(super) struct Book {
    deliveries: BTreeMap<u64, Delivery>,
    next_id: u64,
    /// Kept back, in order; `None` when nothing is to be kept back.
    held: Option<Vec<u64>>,
    /// By page or channel: what waits to be overtaken there.
    aside: BTreeMap<String, u64>,
    due: Vec<(Instant, u64)>,
    pub(super) is_carrying: bool,
    pub(super) gaps: Vec<Duration>,
    pub(super) is_closed: bool,
}

impl Book {
    /// So many deliveries are remembered; those not yet taken always are.
    const LENGTH: usize = 20_000;

    pub(super) fn add(
        &mut self,
        account: &str,
        place: &str,
        kind: &str,
        events: Vec<Event>,
    ) -> u64 {
        let is_oldest_done = || {
            self.deliveries
                .values()
                .next()
                .is_some_and(Delivery::is_delivered)
        };
        if self.deliveries.len() >= Self::LENGTH && is_oldest_done() {
            self.deliveries.pop_first();
        }
        let id = self.next_id;
        self.next_id += 1;
        self.deliveries.insert(
            id,
            Delivery {
                id,
                account: account.to_owned(),
                place: place.to_owned(),
                kind: kind.to_owned(),
                attempts: Vec::new(),
                events,
            },
        );
        id
    }

    pub(super) fn get(&self, id: u64) -> Option<Delivery> {
        self.deliveries.get(&id).cloned()
    }

    pub(super) fn all(&self) -> Vec<Delivery> {
        self.deliveries.values().cloned().collect()
    }

    pub(super) fn last(&self, count: usize) -> Vec<u64> {
        let delivered = self.deliveries.values().filter(|it| it.is_delivered());
        let mut ids: Vec<u64> = delivered.rev().take(count).map(|it| it.id).collect();
        ids.reverse();
        ids
    }

    /// Tried, and not taken.
    pub(super) fn pending(&self) -> Vec<u64> {
        self.deliveries
            .values()
            .filter(|it| !it.attempts.is_empty() && !it.is_delivered())
            .map(|it| it.id)
            .collect()
    }

    pub(super) fn hold(&mut self) {
        self.held.get_or_insert_default();
    }

    pub(super) fn release(&mut self) -> Vec<u64> {
        self.held.take().unwrap_or_default()
    }

    /// Joins what was kept back into one delivery per account.
    pub(super) fn release_together(&mut self) -> Vec<u64> {
        let mut joined: BTreeMap<String, u64> = BTreeMap::new();
        let mut ids = Vec::new();
        for id in self.release() {
            let Some(delivery) = self.get(id) else {
                continue;
            };
            let Some(first) = joined.get(&delivery.account) else {
                joined.insert(delivery.account, id);
                ids.push(id);
                continue;
            };
            self.deliveries.remove(&id);
            if let Some(first) = self.deliveries.get_mut(first) {
                first.events.extend(delivery.events);
            }
        }
        ids
    }

    /// The place of a delivery that may set out; `None` when it is kept back instead.
    pub(super) fn place_unless_held(&mut self, id: u64) -> Option<String> {
        if let Some(held) = &mut self.held {
            held.push(id);
            return None;
        }
        self.deliveries.get(&id).map(|it| it.place.clone())
    }

    pub(super) fn plan(&mut self, at: Instant, id: u64) {
        self.due.push((at, id));
    }

    /// What is due, the earliest first; else when something will be.
    pub(super) fn take_due(&mut self, now: Instant) -> Result<u64, Option<Instant>> {
        let earliest = self.due.iter().enumerate().min_by_key(|(_, due)| **due);
        match earliest {
            Some((index, &(at, id))) if at <= now => {
                self.due.remove(index);
                self.is_carrying = true;
                Ok(id)
            }
            Some((_, &(at, _))) => Err(Some(at)),
            None => Err(None),
        }
    }

    /// Lets a delivery wait until another one of its place has overtaken it, at most until `limit`.
    pub(super) fn set_aside(&mut self, place: &str, id: u64, limit: Instant) {
        self.aside.insert(place.to_owned(), id);
        self.plan(limit, id);
    }

    pub(super) fn has_aside(&self, place: &str) -> bool {
        self.aside.contains_key(place)
    }

    /// What was overtaken at this place just now.
    pub(super) fn take_aside(&mut self, place: &str) -> Option<u64> {
        self.aside.remove(place)
    }

    /// Takes a delivery from those that wait to be overtaken; false when it is not among them.
    pub(super) fn was_aside(&mut self, id: u64) -> bool {
        let before = self.aside.len();
        self.aside.retain(|_, &mut other| other != id);
        self.aside.len() < before
    }

    pub(super) fn is_idle(&self) -> bool {
        self.due.is_empty() && !self.is_carrying
    }

    /// Notes a try, and plans the next one when it failed and there are gaps.
    pub(super) fn record(&mut self, id: u64, attempt: Attempt) {
        let Some(delivery) = self.deliveries.get_mut(&id) else {
            return;
        };
        delivery.attempts.push(attempt);
        let tries = delivery.attempts.len();
        let is_delivered = delivery.is_delivered();
        self.due.retain(|&(_, other)| other != id);
        if let Some(&gap) = self.gaps.get(tries - 1).or(self.gaps.last())
            && !is_delivered
        {
            self.plan(Instant::now() + gap, id);
        }
    }
}
