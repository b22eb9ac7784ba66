//! The tests at the boundary that users and platforms see: the real binary, in a data directory of its
//! own, against stateful simulators of the two platforms.

mod channels;
mod structure;
mod support;
