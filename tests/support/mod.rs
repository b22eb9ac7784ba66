//! What every test stands on.
#![allow(dead_code, reason = "the first tests use only a part of it")]

pub mod browser;
pub mod client;
pub mod program;
pub mod world;
