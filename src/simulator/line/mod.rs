//! LINE as the product meets it: the Messaging API of official accounts, and their customers.
//!
//! The wire is that of `line.md`; paragraphs are named where a behaviour comes from one.

mod account;
mod content;
mod errors;
mod events;
mod group;
mod ledger;
mod messages;
mod routes;
mod send;
mod setup;
mod state;
#[cfg(test)]
mod tests;
mod user;
mod webhook;

pub use errors::LineError;
pub use group::LineGroup;
pub use ledger::UserSummary;
pub(super) use routes::{LineDataHost, LineHost};
pub use state::{Bot, ChatMode, Phone, SentLine, Via};
pub use user::LineUser;

use super::changes::Changes;
use super::clock::Clock;
use super::courier::Courier;
use super::under_way::SendsUnderWay;
use parking_lot::{Mutex, MutexGuard};
use state::State;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// The simulated LINE. Copies are handles of the same world.
#[derive(Clone)]
pub struct Line {
    world: Arc<World>,
}

/// The world behind the handles.
pub(super) struct World {
    memory: Arc<Memory>,
    courier: Courier,
    changes: Arc<Changes>,
    under_way: Arc<SendsUnderWay>,
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

    /// Changes the state, then wakes those who wait for a change.
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let outcome = change(&mut self.state());
        self.changes.touch();
        outcome
    }
}

impl Line {
    /// How long the product may take to answer a webhook (line.md §1).
    const WEBHOOK_DEADLINE: Duration = Duration::from_secs(2);

    pub(super) fn start(
        clock: Arc<Clock>,
        changes: Arc<Changes>,
    ) -> std::io::Result<(Self, JoinHandle<()>)> {
        let memory = Arc::new(Memory {
            state: Mutex::default(),
            clock,
        });
        let postman = Box::new(webhook::LinePostman(memory.clone()));
        let (courier, thread) = Courier::start(postman, changes.clone(), Self::WEBHOOK_DEADLINE)?;
        let world = World {
            memory,
            courier,
            changes,
            under_way: Arc::default(),
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

    /// The webhooks on their way to the product: keep them back, reorder and repeat them.
    pub fn courier(&self) -> &Courier {
        &self.world.courier
    }
}
