//! How guessing is slowed down: some tries are free, then each failure brings a pause twice as long as the
//! one before, up to a quarter of an hour. Nobody is locked out for good. (promises.md E9)

use std::time::Duration;

use super::time::Timestamp;

/// The longest pause.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);

/// Failures are forgotten after this long without another.
pub const FORGOTTEN_AFTER: Duration = Duration::from_secs(24 * 3600);

/// What something is counted against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// This many failures bring no pause, one more does.
    free: u32,
}

/// Of one account, or of the set-up code.
pub const ACCOUNT: Limit = Limit { free: 5 };
/// Of one address: an office behind one address has many people.
pub const ADDRESS: Limit = Limit { free: 20 };

impl Limit {
    /// The pause after this many failures: none, 32 s, 64 s, … 15 min.
    pub fn pause(self, failures: u32) -> Option<Duration> {
        let over = failures.checked_sub(self.free)?;
        let seconds = 32_u64.saturating_mul(2_u64.saturating_pow(over));
        Some(Duration::from_secs(seconds).min(LONGEST_PAUSE))
    }

    /// How many more failures are free.
    pub fn tries_left(self, failures: u32) -> u32 {
        self.free.saturating_sub(failures)
    }
}

/// When a pause ends that is written down as ending at `until`. A clock that was set back does not make
/// it longer than the longest.
pub fn end_of_pause(until: Timestamp, now: Timestamp) -> Option<Timestamp> {
    (until > now).then(|| until.min(now.plus(LONGEST_PAUSE)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_failures_bring_a_pause_and_each_more_doubles_it() {
        for (failures, seconds, left) in [
            (0, None, 5),
            (4, None, 1),
            (5, Some(32), 0),
            (6, Some(64), 0),
            (9, Some(512), 0),
            (10, Some(900), 0),
            (u32::MAX, Some(900), 0),
        ] {
            let pause = seconds.map(Duration::from_secs);
            assert_eq!(ACCOUNT.pause(failures), pause, "{failures}");
            assert_eq!(ACCOUNT.tries_left(failures), left, "{failures}");
        }
    }

    #[test]
    fn a_clock_set_back_makes_no_pause_longer() {
        let now = Timestamp::from_millis(1_000_000);
        let far = now.plus(Duration::from_secs(400 * 24 * 3600));
        assert_eq!(end_of_pause(far, now), Some(now.plus(LONGEST_PAUSE)));
        assert_eq!(end_of_pause(now, now), None);
    }
}
