//! The rules of a counter, pure: no SQL, no HTTP, no clock, no randomness. Every function gets `now`
//! and returns a decision.

pub mod access;
pub mod conversation;
pub mod delivery;
pub mod ids;
pub mod inbound;
pub mod live_event;
pub mod message;
pub mod names;
pub mod retry;
pub mod text;
pub mod time;
pub mod window;
