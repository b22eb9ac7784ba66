//! The platforms' clock: the machine's, moved by what a test or the demo asks for.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The time that both platforms live in. Turning it opens and closes reply windows, ages reply
/// tokens and stamps events, without anybody having to wait.
#[derive(Debug, Default)]
pub struct Clock {
    offset_ms: AtomicI64,
}

impl Clock {
    /// Now, in milliseconds since 1970 UTC, as the platforms see it.
    pub fn now_ms(&self) -> i64 {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
            + self.offset_ms.load(Ordering::Relaxed)
    }

    /// Lets `time` pass at once.
    pub fn advance(&self, time: Duration) {
        self.offset_ms.fetch_add(millis(time), Ordering::Relaxed);
    }

    /// Goes back by `time`, so that what happens next carries an old timestamp.
    pub fn turn_back(&self, time: Duration) {
        self.offset_ms.fetch_sub(millis(time), Ordering::Relaxed);
    }

    /// Shows the machine's time again.
    pub fn reset(&self) {
        self.offset_ms.store(0, Ordering::Relaxed);
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_turned_both_ways_and_comes_back() {
        let clock = Clock::default();
        let hour = Duration::from_secs(3600);
        let before = clock.now_ms();
        clock.advance(hour);
        assert!(clock.now_ms() >= before + 3_600_000);
        clock.turn_back(hour * 2);
        assert!(clock.now_ms() <= before);
        clock.reset();
        assert!((before..before + 3_600_000).contains(&clock.now_ms()));
    }
}
