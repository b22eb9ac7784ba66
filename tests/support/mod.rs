//! What every test stands on.

pub mod browser;
pub mod client;
pub mod line_contract;
pub mod program;
pub mod shop;
pub mod stream;
pub mod world;
