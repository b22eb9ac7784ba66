//! (being written)

use crate::config::Platforms;

/// The channel.
pub struct Line;

impl Line {
    /// Against the configured platform.
    pub fn new(_: &Platforms) -> Self {
        Self
    }
}
