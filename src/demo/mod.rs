//! `tiski demo`: a sample shop on simulated platforms, and the customer's phone beside it.
//!
//! The product itself runs unchanged; only the addresses of the platforms are the simulator's. What is
//! shown is therefore what a real shop would see.

use std::sync::Arc;

use rocket::{Build, Rocket};

use crate::config::Platforms;
use crate::simulator::Simulator;

mod book;
mod happenings;
pub mod opening;
pub mod phone;
mod samples;
pub mod shop;

/// The simulated platforms with the sample shop's pages on them.
#[derive(Clone)]
pub struct Demo {
    simulator: Arc<Simulator>,
}

impl Demo {
    /// Starts the platforms and opens the shop's pages and its customers' phones there.
    ///
    /// # Errors
    /// When no port or thread is to be had.
    pub fn start() -> std::io::Result<Demo> {
        let simulator = Arc::new(Simulator::start()?);
        shop::open_pages(&simulator);
        Ok(Demo { simulator })
    }

    /// Where the product finds the platforms.
    pub fn platforms(&self) -> Platforms {
        Platforms {
            graph_api: self.simulator.graph_url().to_owned(),
            line_api: self.simulator.line_url().to_owned(),
            line_data_api: self.simulator.line_data_url().to_owned(),
            // The content network is simulated too.
            allow_private_fetch: true,
        }
    }

    /// Adds the phone to the server.
    pub fn mount(self, rocket: Rocket<Build>) -> Rocket<Build> {
        rocket.manage(self).mount("/", phone::routes())
    }

    /// The platforms.
    pub fn simulator(&self) -> &Simulator {
        &self.simulator
    }
}
