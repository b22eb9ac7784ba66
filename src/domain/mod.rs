//! The rules of a counter, pure: no SQL, no HTTP, no clock, no randomness. Every function gets `now`
//! and returns a decision.

pub mod access;
pub mod assignment;
pub mod audit;
pub mod capacity;
pub mod classification;
pub mod condition;
pub mod connection;
pub mod conversation;
pub mod csv;
pub mod delivery;
pub mod email;
pub mod facts;
pub mod guard;
pub mod holiday_calendar;
pub mod hours;
pub mod ids;
pub mod inbound;
pub mod live_event;
pub mod message;
pub mod names;
pub mod offer;
pub mod overflow;
pub mod password;
pub mod presence;
pub mod privacy;
pub mod queue;
pub mod retry;
pub mod routing;
pub mod session;
#[cfg(test)]
mod simulation;
pub mod skills;
pub mod split;
pub mod status;
pub mod text;
pub mod throttle;
pub mod time;
pub mod timeouts;
pub mod token_health;
pub mod trace;
pub mod user_agent;
pub mod window;
mod words;
pub mod workstream;
