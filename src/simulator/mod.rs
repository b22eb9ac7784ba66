//! The outside world: Facebook's Graph API and LINE's Messaging API as stateful simulators on
//! 127.0.0.1, for `tiski demo` and for the tests. Strict as the platforms are: what they refuse is
//! refused here, in their words; what they accept is in a ledger.
//!
//! Nothing here knows the product. It is called over HTTP, and calls the product's webhooks over
//! HTTP. Behaviour comes from the two wire contracts, `messenger.md` and `line.md`; comments name
//! the paragraph.

mod call;
mod changes;
mod clock;
mod courier;
pub mod facebook;
#[cfg(test)]
mod fake_product;
mod fault;
mod multipart;
mod server;
mod transcript;
mod wire;

pub use call::{SeenCall, TokenPlace};
pub use clock::Clock;
pub use courier::{Attempt, Courier, Delivery};
pub use facebook::Facebook;
pub use fault::{Calls, Fault, FaultRule};
pub use transcript::{Side, Tick, TranscriptEntry};

use changes::Changes;
use facebook::GraphHost;
use server::{Host, Server};
use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// Both platforms, running. Dropping it stops them and frees their ports.
pub struct Simulator {
    facebook: Facebook,
    clock: Arc<Clock>,
    changes: Arc<Changes>,
    graph_url: String,
    couriers: Vec<JoinHandle<()>>,
    _server: Server,
}

impl Simulator {
    /// Starts both platforms on free ports of 127.0.0.1.
    ///
    /// # Errors
    /// When a port or a thread cannot be had.
    pub fn start() -> io::Result<Self> {
        let clock = Arc::new(Clock::default());
        let changes = Arc::new(Changes::default());
        let (facebook, facebook_courier) = Facebook::start(clock.clone(), changes.clone())?;
        let graph: Arc<dyn Host> = Arc::new(GraphHost(facebook.host()));
        let (server, [graph_url]) = Server::start([graph])?;
        facebook.set_url(&graph_url);
        Ok(Self {
            facebook,
            clock,
            changes,
            graph_url,
            couriers: vec![facebook_courier],
            _server: server,
        })
    }

    /// For `TISKI_GRAPH_API_URL`.
    pub fn graph_url(&self) -> &str {
        &self.graph_url
    }

    /// The simulated Facebook.
    pub fn facebook(&self) -> &Facebook {
        &self.facebook
    }

    /// The clock of both platforms.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Grows with every change on either platform.
    pub fn version(&self) -> u64 {
        self.changes.version()
    }

    /// Waits until `holds` says so, asked again after every change on either platform; false when
    /// `limit` passed first.
    pub fn wait_until(&self, limit: Duration, holds: impl Fn(&Self) -> bool) -> bool {
        self.changes.wait_until(limit, || holds(self))
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.facebook.courier().close();
        for courier in self.couriers.drain(..) {
            // A panic in the thread was printed where it happened.
            let _ = courier.join();
        }
    }
}
