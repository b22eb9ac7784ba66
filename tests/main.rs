//! The tests at the boundary that users and platforms see: the real binary, in a data directory of its
//! own, against stateful simulators of the two platforms.
//!
//! `accounts`, `browser/` and `kill_loop` beside this file are written and not listed yet: they have not
//! passed as a whole.

mod channels;
mod command_line;
mod restarts;
mod routes;
mod secrets;
mod sending;
mod structure;
mod support;
mod the_whole_way;
mod two_workers;
mod webhooks;
