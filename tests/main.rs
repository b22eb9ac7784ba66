//! The tests at the boundary that users and platforms see: the real binary, in a data directory of its
//! own, against stateful simulators of the two platforms.
//!
//! The files beside this one that are not listed here (`accounts`, `browser/`, `command_line`, `kill_loop`,
//! `restarts`, `routes`, `secrets`, `sending`, `the_whole_way`, `two_workers`, `webhooks`, and `support/`
//! beneath them) are written and have not passed as a whole yet: each is listed once it has.

mod channels;
mod structure;
