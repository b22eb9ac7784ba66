//! Notices when the clock on the wall jumps.

use std::time::{Duration, Instant};

use crate::domain::time::Timestamp;

/// A difference between the clock on the wall and the steady one that is a jump.
const JUMP: Duration = Duration::from_secs(60);
/// After a jump nothing is taken away for this long: a clock that was set wrong is usually set right again.
const AFTER_JUMP: Duration = Duration::from_secs(3600);

/// Compares the two clocks.
pub struct Steady {
    wall: Timestamp,
    steady: Instant,
    jumped_at: Option<Instant>,
}

impl Steady {
    /// Begins now.
    pub fn new(wall: Timestamp, steady: Instant) -> Steady {
        Steady {
            wall,
            steady,
            jumped_at: None,
        }
    }

    /// Whether the clock can be believed: it has not jumped lately.
    pub fn look(&mut self, wall: Timestamp, steady: Instant) -> bool {
        let expected = self
            .wall
            .plus(steady.saturating_duration_since(self.steady));
        let difference = wall.since(expected).max(expected.since(wall));
        if difference > JUMP {
            tracing::warn!(
                seconds = difference.as_secs(),
                "the clock jumped; what goes by age is taken away an hour later"
            );
            self.jumped_at = Some(steady);
        }
        (self.wall, self.steady) = (wall, steady);
        self.jumped_at
            .is_none_or(|at| steady.saturating_duration_since(at) >= AFTER_JUMP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_taken_away_for_an_hour_after_the_clock_jumped() {
        let (start, second) = (Instant::now(), Duration::from_secs(1));
        let wall = Timestamp::from_millis(1_780_000_000_000);
        let mut steady = Steady::new(wall, start);
        assert!(steady.look(wall.plus(10 * second), start + 10 * second));
        let wrong = wall.plus(400 * 24 * 3600 * second);
        assert!(!steady.look(wrong, start + 20 * second));
        assert!(!steady.look(wrong.plus(1800 * second), start + 1820 * second));
        assert!(steady.look(wrong.plus(3600 * second), start + 3620 * second));
        let right = wall.plus(3700 * second);
        assert!(!steady.look(right, start + 3700 * second), "and back");
    }
}
