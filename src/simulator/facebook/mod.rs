//! Facebook as the product meets it: the Graph API for Pages and Messenger, and the customers.
//!
//! The wire is that of `messenger.md`; paragraphs are named where a behaviour comes from one.

mod cdn;
mod conversations;
mod customer;
mod errors;
mod events;
mod ledger;
mod nodes;
mod routes;
mod send;
mod send_request;
mod set_up_calls;
mod setup;
mod state;
#[cfg(test)]
mod tests;
mod webhook;

pub use customer::Customer;
pub use errors::GraphError;
pub use ledger::CustomerSummary;
pub(super) use routes::GraphHost;
pub use state::{Echo, ProfileAccess, Receipts, SentMessage};

use super::changes::Changes;
use super::clock::Clock;
use super::courier::Courier;
use super::under_way::SendsUnderWay;
use parking_lot::{Mutex, MutexGuard};
use state::State;
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;

/// The simulated Facebook. Copies are handles of the same world.
#[derive(Clone)]
pub struct Facebook {
    world: Arc<World>,
}

/// The world behind the handles.
pub(super) struct World {
    memory: Arc<Memory>,
    courier: Courier,
    changes: Arc<Changes>,
    under_way: Arc<SendsUnderWay>,
    /// The Graph's address, known once its server runs.
    url: OnceLock<String>,
}

/// The part of the world that the courier needs too.
struct Memory {
    state: Mutex<State>,
    clock: Arc<Clock>,
}

impl Memory {
    fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }
}

impl World {
    fn state(&self) -> MutexGuard<'_, State> {
        self.memory.state.lock()
    }

    fn now_ms(&self) -> i64 {
        self.memory.now_ms()
    }

    fn url(&self) -> &str {
        self.url.get().map_or("", String::as_str)
    }

    /// Changes the state, then wakes those who wait for a change.
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let outcome = change(&mut self.state());
        self.changes.touch();
        outcome
    }
}

impl Facebook {
    /// How long the product may take to answer a webhook (messenger.md §2.2).
    const WEBHOOK_DEADLINE: Duration = Duration::from_secs(5);

    pub(super) fn start(
        clock: Arc<Clock>,
        changes: Arc<Changes>,
    ) -> std::io::Result<(Self, JoinHandle<()>)> {
        let memory = Arc::new(Memory {
            state: Mutex::default(),
            clock,
        });
        let postman = Box::new(webhook::FacebookPostman(memory.clone()));
        let (courier, thread) = Courier::start(postman, changes.clone(), Self::WEBHOOK_DEADLINE)?;
        let world = World {
            memory,
            courier,
            changes,
            under_way: Arc::default(),
            url: OnceLock::new(),
        };
        Ok((
            Self {
                world: Arc::new(world),
            },
            thread,
        ))
    }

    pub(super) fn host(&self) -> Arc<World> {
        self.world.clone()
    }

    pub(super) fn set_url(&self, url: &str) {
        self.world.url.get_or_init(|| url.to_owned());
    }

    /// The webhooks on their way to the product: keep them back, reorder and repeat them.
    pub fn courier(&self) -> &Courier {
        &self.world.courier
    }
}
