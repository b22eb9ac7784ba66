//! The outside world: Facebook's Graph API and LINE's Messaging API as stateful simulators on
//! 127.0.0.1, for `tiski demo` and for the tests. Strict as the platforms are: what they refuse is
//! refused here, in their words; what they accept is in a ledger.
//!
//! Nothing here knows the product. It is called over HTTP, and calls the product's webhooks over
//! HTTP. Behaviour comes from the two wire contracts, `messenger.md` and `line.md`; comments name
//! the paragraph.
//!
//! ```no_run
//! # use std::time::Duration;
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let simulator = tiski::simulator::Simulator::start()?;
//! let facebook = simulator.facebook();
//! facebook.add_app("138483919580948", "60efff025951cddde78c8d03de52cc90");
//! let page_token = facebook.add_page("138483919580948", "542998526103632", "Shop");
//! // … the product is set up with these, and subscribes the page by itself …
//! facebook.set_webhook("138483919580948", "http://127.0.0.1:8000/webhooks/facebook/key", "token")?;
//! let anna = facebook.customer("542998526103632", "5794982867201265", "Anna Meri");
//! anna.writes("Hello");
//! facebook.wait_until(Duration::from_secs(5), |facebook| {
//!     facebook.sent_to("5794982867201265").len() == 1
//! });
//! # Ok(())
//! # }
//! ```

mod call;
mod changes;
mod clock;
mod courier;
pub mod facebook;
#[cfg(test)]
mod fake_product;
mod fault;
pub mod line;
mod multipart;
mod platform;
mod server;
mod transcript;
mod under_way;
mod wire;

pub use call::{SeenCall, TokenPlace};
pub use clock::Clock;
pub use courier::{Attempt, Courier, Delivery};
pub use facebook::Facebook;
pub use fault::{Calls, Fault, FaultRule};
pub use line::Line;
pub use transcript::{Enclosed, Side, Tick, TranscriptEntry};
pub use wire::Signature;

use changes::Changes;
use facebook::GraphHost;
use line::{LineDataHost, LineHost};
use server::{Host, Server};
use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// Both platforms, running. Dropping it stops them and frees their ports.
pub struct Simulator {
    facebook: Facebook,
    line: Line,
    clock: Arc<Clock>,
    changes: Arc<Changes>,
    urls: [String; 3],
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
        let (line, line_courier) = Line::start(clock.clone(), changes.clone())?;
        let hosts: [Arc<dyn Host>; 3] = [
            Arc::new(GraphHost(facebook.host())),
            Arc::new(LineHost(line.host())),
            Arc::new(LineDataHost(line.host())),
        ];
        let (server, urls) = Server::start(hosts)?;
        facebook.set_url(&urls[0]);
        Ok(Self {
            facebook,
            line,
            clock,
            changes,
            urls,
            couriers: vec![facebook_courier, line_courier],
            _server: server,
        })
    }

    /// For `TISKI_GRAPH_API_URL`.
    pub fn graph_url(&self) -> &str {
        &self.urls[0]
    }

    /// For `TISKI_LINE_API_URL`.
    pub fn line_url(&self) -> &str {
        &self.urls[1]
    }

    /// For `TISKI_LINE_DATA_API_URL`.
    pub fn line_data_url(&self) -> &str {
        &self.urls[2]
    }

    /// The simulated Facebook.
    pub fn facebook(&self) -> &Facebook {
        &self.facebook
    }

    /// The simulated LINE.
    pub fn line(&self) -> &Line {
        &self.line
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
        self.line.courier().close();
        for courier in self.couriers.drain(..) {
            // A panic in the thread was printed where it happened.
            let _ = courier.join();
        }
    }
}
