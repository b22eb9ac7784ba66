//! Acknowledging goes first. When bodies come faster than they are settled (a platform redelivers hours of
//! them, or everybody writes at once), each settled batch is followed by a rest, so that the writer is free
//! for webhook calls most of the time: what is late on a screen is late, what is late at a platform is
//! counted as failed and comes again. Without a storm there is no rest.

use std::time::{Duration, Instant};

use crate::domain::ids::WebhookEventId;

/// In a storm, batches are settled for one part of the time and calls are answered for this many.
const PARTS: u32 = 5;
/// No rest is longer: a batch that took very long says something about the disk, not about the calls.
const LONGEST: Duration = Duration::from_millis(100);

/// What is known about the calls since the last batch.
#[derive(Default)]
pub struct Pace {
    newest: Option<WebhookEventId>,
}

impl Pace {
    /// A batch begins; `newest` is the newest body in the journal.
    pub fn begin(&mut self, newest: WebhookEventId) -> Turn {
        let came = self
            .newest
            .replace(newest)
            .map_or(0, |before| newest.0.saturating_sub(before.0).unsigned_abs());
        Turn {
            began: Instant::now(),
            came,
        }
    }
}

/// One batch.
pub struct Turn {
    began: Instant,
    /// Bodies that came since the batch before began.
    came: u64,
}

impl Turn {
    /// How long to rest after `settled` bodies; `None` when they are settled as fast as they come.
    pub fn rest(&self, settled: usize) -> Option<Duration> {
        rest(self.came, settled as u64, self.began.elapsed())
    }
}

fn rest(came: u64, settled: u64, took: Duration) -> Option<Duration> {
    (came > settled).then(|| (took * PARTS).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_rest_only_while_more_comes_than_is_settled() {
        let took = Duration::from_millis(8);
        for (came, settled, expected) in [
            (0, 128, None),
            (128, 128, None),
            (129, 128, Some(Duration::from_millis(40))),
            (1, 0, Some(Duration::from_millis(40))),
        ] {
            assert_eq!(rest(came, settled, took), expected, "{came} {settled}");
        }
        assert_eq!(rest(9, 1, Duration::from_secs(3)), Some(LONGEST));
    }

    #[test]
    fn what_waited_in_the_journal_is_no_storm() {
        let mut pace = Pace::default();
        assert_eq!(pace.begin(WebhookEventId(30_000)).came, 0);
        assert_eq!(pace.begin(WebhookEventId(30_000)).came, 0);
        assert_eq!(pace.begin(WebhookEventId(30_300)).came, 300);
    }
}
