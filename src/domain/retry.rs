//! When a call is tried again. (promises.md §1.2: back-off with full jitter from 1 s to 5 min, the
//! platform's own wish first; contracts/line.md: a retry key holds for 24 h.)

use std::time::Duration;

use super::time::Timestamp;

/// A call is given up when it still fails this long after its first try. Messenger's transient errors and
/// LINE's retry key (24 h) both allow this.
pub const GIVE_UP_AFTER: Duration = Duration::from_secs(23 * 3600);

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(5 * 60);

/// The pause before the next try after `tries` tries (1 or more) have failed. `luck` in 0..=1 spreads
/// callers that failed together; the platform's own wish is a lower bound.
pub fn pause(tries: u32, luck: f64, wish: Option<Duration>) -> Duration {
    let ceiling = FIRST
        .saturating_mul(2u32.saturating_pow(tries.saturating_sub(1).min(16)))
        .min(LONGEST);
    let jittered = FIRST.max(ceiling.mul_f64(luck.clamp(0.0, 1.0)));
    wish.unwrap_or_default().max(jittered)
}

/// Whether a call first tried at `first_tried_at` may be tried again at `next`.
pub fn may_try_again(first_tried_at: Timestamp, next: Timestamp) -> bool {
    next.since(first_tried_at) < GIVE_UP_AFTER
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_five_minutes() {
        let seconds: Vec<u64> = (1..12)
            .map(|tries| pause(tries, 1.0, None).as_secs())
            .collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        assert_eq!(pause(40, 0.0, None), Duration::from_secs(1));
    }

    #[test]
    fn the_platforms_wish_is_kept() {
        let wish = Some(Duration::from_secs(120));
        assert_eq!(pause(1, 0.5, wish), Duration::from_secs(120));
    }

    #[test]
    fn a_call_is_given_up_before_its_retry_key_dies() {
        let first = Timestamp::from_millis(0);
        assert!(may_try_again(
            first,
            first.plus(Duration::from_secs(22 * 3600))
        ));
        assert!(!may_try_again(first, first.plus(GIVE_UP_AFTER)));
    }
}
