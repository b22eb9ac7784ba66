//! (being written)

use crate::config::Platforms;

/// The channel.
pub struct Facebook;

impl Facebook {
    /// Against the configured platform.
    pub fn new(_: &Platforms) -> Self {
        Self
    }
}
