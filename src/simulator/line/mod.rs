//! LINE as the product meets it: the Messaging API of official accounts, and their customers.
//!
//! The wire is that of `line.md`; paragraphs are named where a behaviour comes from one.

mod account;
mod content;
mod errors;
mod events;
mod fetch;
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
use super::platform::{self, Kept, Platform};
use super::{call::CallLog, transcript::Transcript};
use state::State;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// The simulated LINE. Copies are handles of the same world.
pub type Line = Platform<State>;

pub(super) type World = platform::World<State>;
type Memory = platform::Memory<State>;

impl Kept for State {
    fn calls(&self) -> &CallLog {
        &self.calls
    }

    fn transcript(&self, person: &str) -> Option<&Transcript> {
        Some(&self.people.get(person)?.transcript)
    }
}

impl Line {
    /// How long the product may take to answer a webhook (line.md §1).
    const WEBHOOK_DEADLINE: Duration = Duration::from_secs(2);

    pub(super) fn start(
        clock: Arc<Clock>,
        changes: Arc<Changes>,
    ) -> std::io::Result<(Self, JoinHandle<()>)> {
        let deadline = Self::WEBHOOK_DEADLINE;
        Self::begin(clock, changes, deadline, webhook::LinePostman)
    }
}
