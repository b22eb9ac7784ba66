//! What both platforms are made of: a state under one lock, the webhooks on their way, and a book of what was
//! seen, which tests compare with.

use super::call::{CallLog, SeenCall};
use super::changes::Changes;
use super::clock::Clock;
use super::courier::{Courier, Postman};
use super::transcript::{Transcript, TranscriptEntry};
use super::under_way::SendsUnderWay;
use parking_lot::{Mutex, MutexGuard};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;

/// A simulated platform with the state `S`. Copies are handles of the same world.
pub struct Platform<S> {
    pub(super) world: Arc<World<S>>,
}

impl<S> Clone for Platform<S> {
    fn clone(&self) -> Self {
        Self {
            world: self.world.clone(),
        }
    }
}

/// The world behind the handles.
pub(super) struct World<S> {
    pub(super) memory: Arc<Memory<S>>,
    pub(super) courier: Courier,
    pub(super) changes: Arc<Changes>,
    pub(super) under_way: Arc<SendsUnderWay>,
    /// The platform's own address, known once its server runs.
    url: OnceLock<String>,
}

/// The part of the world that the courier needs too.
pub(super) struct Memory<S> {
    pub(super) state: Mutex<S>,
    clock: Arc<Clock>,
}

impl<S> Memory<S> {
    pub(super) fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }
}

impl<S> World<S> {
    pub(super) fn state(&self) -> MutexGuard<'_, S> {
        self.memory.state.lock()
    }

    pub(super) fn now_ms(&self) -> i64 {
        self.memory.now_ms()
    }

    pub(super) fn url(&self) -> &str {
        self.url.get().map_or("", String::as_str)
    }

    /// Changes the state, then wakes those who wait for a change.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut S) -> T) -> T {
        let outcome = change(&mut self.state());
        self.changes.touch();
        outcome
    }
}

/// What the state of either platform keeps.
pub trait Kept: Default {
    /// The calls that came in.
    fn calls(&self) -> &CallLog;

    /// What is on this person's phone; `None` when there is no such person.
    fn transcript(&self, person: &str) -> Option<&Transcript>;
}

impl<S> Platform<S> {
    pub(super) fn host(&self) -> Arc<World<S>> {
        self.world.clone()
    }

    pub(super) fn set_url(&self, url: &str) {
        self.world.url.get_or_init(|| url.to_owned());
    }

    /// The webhooks on their way to the product: keep them back, reorder and repeat them.
    pub fn courier(&self) -> &Courier {
        &self.world.courier
    }

    /// How often a send began while another one to the same person was not answered yet. More than
    /// zero means that the order on the customer's phone is random (messenger.md §4.1).
    pub fn overlapping_sends(&self) -> u32 {
        self.world.under_way.overlaps()
    }

    /// Grows with every change on either platform.
    pub fn version(&self) -> u64 {
        self.world.changes.version()
    }

    /// Waits until `holds` says so, asked again after every change; false when `limit` passed
    /// first.
    pub fn wait_until(&self, limit: Duration, holds: impl Fn(&Self) -> bool) -> bool {
        self.world.changes.wait_until(limit, || holds(self))
    }
}

impl<S: Kept> Platform<S> {
    /// A world, and the thread of its courier, which gives the product `deadline` to answer a webhook.
    pub(super) fn begin<P: Postman>(
        clock: Arc<Clock>,
        changes: Arc<Changes>,
        deadline: Duration,
        postman: impl FnOnce(Arc<Memory<S>>) -> P,
    ) -> std::io::Result<(Self, JoinHandle<()>)> {
        let memory = Arc::new(Memory {
            state: Mutex::default(),
            clock,
        });
        let postman = Box::new(postman(memory.clone()));
        let (courier, thread) = Courier::start(postman, changes.clone(), deadline)?;
        let world = Arc::new(World {
            memory,
            courier,
            changes,
            under_way: Arc::default(),
            url: OnceLock::new(),
        });
        Ok((Self { world }, thread))
    }

    /// The calls that came in, oldest first; never with a token. Very old ones are forgotten.
    pub fn calls(&self) -> Vec<SeenCall> {
        self.world.state().calls().to_vec()
    }

    /// The conversation on this person's phone, oldest first.
    pub fn transcript(&self, person: &str) -> Vec<TranscriptEntry> {
        let state = self.world.state();
        let transcript = state.transcript(person);
        transcript.map_or_else(Vec::new, |transcript| transcript.entries().to_vec())
    }
}
