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
use super::platform::{self, Kept, Platform};
use super::{call::CallLog, transcript::Transcript};
use state::State;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// The simulated Facebook. Copies are handles of the same world.
pub type Facebook = Platform<State>;

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

impl Facebook {
    /// How long the product may take to answer a webhook (messenger.md §2.2).
    const WEBHOOK_DEADLINE: Duration = Duration::from_secs(5);

    pub(super) fn start(
        clock: Arc<Clock>,
        changes: Arc<Changes>,
    ) -> std::io::Result<(Self, JoinHandle<()>)> {
        let deadline = Self::WEBHOOK_DEADLINE;
        Self::begin(clock, changes, deadline, webhook::FacebookPostman)
    }
}
