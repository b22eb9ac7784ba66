//! What customers are shown beside messages: that somebody writes to them, that their message was read. Lost without
//! harm, and worth nothing when it comes late.

use std::time::Duration;

use super::words::words;

words! {
    /// Something to show.
    Courtesy {
        /// Somebody is writing an answer.
        Writing = "writing",
        /// The customer's newest message was read.
        Seen = "seen",
    }
}

/// Platforms show for some 20 s that somebody writes: told again no sooner.
pub const WRITING_AGAIN: Duration = Duration::from_secs(15);
/// What was not shown within this is shown no more.
pub const LATE: Duration = Duration::from_secs(30);
