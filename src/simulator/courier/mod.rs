//! Carries webhooks to the product, and keeps a book of every attempt.
//!
//! What a customer does is carried on the caller's own thread, so that a test knows the product's
//! answer when the call returns. What the platform sends by itself (echoes, receipts, repeats) is
//! carried one by one on the courier's thread.

mod book;
mod post;

pub use book::{Attempt, Delivery};
pub(super) use post::{Post, Posted, Wire};

use super::changes::Changes;
use super::fault::Fault;
use book::Book;
use parking_lot::{Condvar, Mutex};
use serde_json::Value;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long a webhook under the fault [`Fault::OutOfOrder`] waits to be overtaken.
const SET_ASIDE: Duration = Duration::from_secs(3);

/// Turns deliveries into signed requests, and is told what came of them.
pub(super) trait Postman: Send + Sync + 'static {
    /// The request for this delivery now; `None` when there is nowhere to send it.
    fn post(&self, delivery: &Delivery) -> Option<Post>;
    /// Is this status the platform's idea of "received"?
    fn is_received(&self, status: u16) -> bool;
    /// A fault that strikes a delivery of this page or channel now.
    fn strike(&self, place: &str) -> Option<Fault>;
    /// The product answered 2xx for the first time.
    fn delivered(&self, delivery: &Delivery);
    /// Now, by the platforms' clock.
    fn now_ms(&self) -> i64;
}

/// One event as it stands in a webhook body.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Event {
    /// The page or channel it is about.
    pub(super) place: String,
    /// The array it belongs to: `messaging`, `standby` or `events`.
    pub(super) slot: &'static str,
    pub(super) item: Value,
}

/// The webhook deliveries of one platform.
#[derive(Clone)]
pub struct Courier {
    office: Arc<Office>,
}

struct Office {
    postman: Box<dyn Postman>,
    wire: Wire,
    changes: Arc<Changes>,
    book: Mutex<Book>,
    something_due: Condvar,
}

impl Courier {
    /// A courier whose product must answer within `deadline`, and the thread that ends when the
    /// courier is [closed](Self::close).
    pub(super) fn start(
        postman: Box<dyn Postman>,
        changes: Arc<Changes>,
        deadline: Duration,
    ) -> std::io::Result<(Self, JoinHandle<()>)> {
        let courier = Self {
            office: Arc::new(Office {
                postman,
                wire: Wire::new(deadline),
                changes,
                book: Mutex::default(),
                something_due: Condvar::new(),
            }),
        };
        let worker = courier.clone();
        let thread = std::thread::Builder::new()
            .name("simulator-courier".to_owned())
            .spawn(move || worker.work())?;
        Ok((courier, thread))
    }

    /// Keeps back every webhook from now on. Nothing is lost; see the `release` functions.
    pub fn hold(&self) {
        self.office.book.lock().hold();
    }

    /// Sends what was kept back, in the order in which it happened.
    pub fn release(&self) {
        let held = self.office.book.lock().release();
        self.attempt_all(&held);
    }

    /// Sends what was kept back in this order: `[2, 0]` sends the third first, then the first, then
    /// all that were not named.
    pub fn release_in_order(&self, order: &[usize]) {
        let held = self.office.book.lock().release();
        let named = order.iter().filter_map(|&index| held.get(index).copied());
        let mut ids: Vec<u64> = named.collect();
        let others: Vec<u64> = held.into_iter().filter(|id| !ids.contains(id)).collect();
        ids.extend(others);
        self.attempt_all(&ids);
    }

    /// Sends what was kept back in an order that `seed` decides.
    pub fn release_shuffled(&self, seed: u64) {
        let mut held = self.office.book.lock().release();
        let mut state = seed;
        for last in (1..held.len()).rev() {
            // Knuth's MMIX generator: plenty for an order, and the same for the same seed.
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            held.swap(last, (state >> 33) as usize % (last + 1));
        }
        self.attempt_all(&held);
    }

    /// Sends what was kept back as one body per app or channel: many events in one delivery.
    pub fn release_together(&self) {
        let ids = self.office.book.lock().release_together();
        self.attempt_all(&ids);
    }

    /// Sends once more whatever the product has not answered 2xx; returns how many of them it has
    /// taken now.
    pub fn redeliver_pending(&self) -> usize {
        let pending = self.office.book.lock().pending();
        pending.into_iter().filter(|&id| self.attempt(id)).count()
    }

    /// Sends the last `count` deliveries again although the product took them.
    pub fn redeliver_last(&self, count: usize) {
        let ids = self.office.book.lock().last(count);
        self.attempt_all(&ids);
    }

    /// Tries what was refused again by itself, after these gaps; the last one repeats for ever.
    /// No gaps: never by itself, as at first.
    pub fn retry_by_itself(&self, gaps: &[Duration]) {
        self.office.book.lock().gaps = gaps.to_vec();
    }

    /// How long the product may take to answer. At first what the platform grants: 5 seconds for
    /// Facebook (messenger.md §2.2), 2 for LINE (line.md §1).
    pub fn set_deadline(&self, deadline: Duration) {
        self.office.wire.set_deadline(deadline);
    }

    /// Every delivery, oldest first, with its attempts. Very old ones are forgotten once taken.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.office.book.lock().all()
    }

    /// How many deliveries the product has not taken; those kept back are not counted.
    pub fn pending(&self) -> usize {
        self.office.book.lock().pending().len()
    }

    /// Nothing waits for the courier's thread, and it carries nothing at the moment.
    pub fn is_idle(&self) -> bool {
        self.office.book.lock().is_idle()
    }

    /// Carries one delivery now, on this thread.
    pub(super) fn deliver(
        &self,
        account: &str,
        place: &str,
        kind: &str,
        events: Vec<Event>,
    ) -> u64 {
        let id = self.office.book.lock().add(account, place, kind, events);
        self.set_out(id);
        id
    }

    /// Carries one delivery soon, on the courier's thread.
    pub(super) fn deliver_soon(&self, account: &str, place: &str, kind: &str, events: Vec<Event>) {
        let mut book = self.office.book.lock();
        let id = book.add(account, place, kind, events);
        book.plan(Instant::now(), id);
        self.office.something_due.notify_one();
    }

    /// Posts a body of the caller's making, outside the book; `None` when nobody answered.
    pub(super) fn post(&self, post: &Post) -> Option<Posted> {
        self.office.wire.send(post).ok()
    }

    /// As [`post`](Self::post), with the reason when nobody answered.
    pub(super) fn try_post(&self, post: &Post) -> Result<Posted, ureq::Error> {
        self.office.wire.send(post)
    }

    /// Ends the courier's thread after what it carries now.
    pub(super) fn close(&self) {
        self.office.book.lock().is_closed = true;
        self.office.something_due.notify_all();
    }

    /// The first attempt: the moment for being kept back, and for the faults of delivery.
    fn set_out(&self, id: u64) {
        let Some(place) = self.office.book.lock().place_unless_held(id) else {
            self.office.changes.touch();
            return;
        };
        // What follows one that was set aside overtakes it, and is not set aside itself.
        let overtakes = self.office.book.lock().has_aside(&place);
        let fault = match overtakes {
            true => None,
            false => self.office.postman.strike(&place),
        };
        if fault == Some(Fault::OutOfOrder) {
            let limit = Instant::now() + SET_ASIDE;
            self.office.book.lock().set_aside(&place, id, limit);
            self.office.something_due.notify_one();
            return;
        }
        self.attempt(id);
        if fault == Some(Fault::Redelivery) {
            self.attempt(id);
        }
        let overtaken = self.office.book.lock().take_aside(&place);
        if let Some(overtaken) = overtaken {
            self.attempt(overtaken);
        }
    }

    fn attempt_all(&self, ids: &[u64]) {
        for &id in ids {
            self.attempt(id);
        }
    }

    /// One try; true when the product answered that it has it.
    fn attempt(&self, id: u64) -> bool {
        let office = &*self.office;
        let Some(delivery) = office.book.lock().get(id) else {
            return false;
        };
        let status = office
            .postman
            .post(&delivery)
            .and_then(|post| office.wire.send(&post).ok())
            .map(|posted| posted.status);
        let is_received = status.is_some_and(|status| office.postman.is_received(status));
        if is_received && !delivery.is_delivered() {
            office.postman.delivered(&delivery);
        }
        let attempt = Attempt {
            at_ms: office.postman.now_ms(),
            status,
            is_received,
        };
        office.book.lock().record(id, attempt);
        office.something_due.notify_one();
        office.changes.touch();
        is_received
    }

    /// The courier's thread: whatever is due, one by one.
    fn work(&self) {
        let mut book = self.office.book.lock();
        while !book.is_closed {
            match book.take_due(Instant::now()) {
                Ok(id) => {
                    let is_first = book.get(id).is_some_and(|it| it.attempts.is_empty());
                    let was_aside = book.was_aside(id);
                    drop(book);
                    if is_first && !was_aside {
                        self.set_out(id);
                    } else {
                        self.attempt(id);
                    }
                    self.office.book.lock().is_carrying = false;
                    self.office.changes.touch();
                    book = self.office.book.lock();
                }
                Err(Some(due)) => {
                    self.office.something_due.wait_until(&mut book, due);
                }
                Err(None) => self.office.something_due.wait(&mut book),
            }
        }
    }
}
