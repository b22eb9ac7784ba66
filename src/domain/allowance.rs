//! What a platform lets a page send before it costs more: how much of it is used, what that comes to by the end of
//! the month, and how long a message waits for others to go in one call with it.

use std::time::Duration;

use super::time::Timestamp;

/// How long a message waits for the next one, unless the page says otherwise.
pub const HOLD: Duration = Duration::from_secs(4);
/// A free reply token is used this long before its end at the latest.
const TOKEN_MARGIN: Duration = Duration::from_secs(5);
/// A forecast from less than this says nothing.
const FIRST_FORECAST: Duration = Duration::from_secs(24 * 3600);

/// The paid messages of a month, as the platform tells them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// How many there are; `None`: as many as one likes.
    pub most: Option<u64>,
    /// How many are used; the platform's figure, which may lag behind.
    pub used: u64,
    /// When the month began.
    pub begins_at: Timestamp,
    /// When the next one begins.
    pub renews_at: Timestamp,
}

/// How far the allowance is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Less than 80 %.
    Fine,
    /// 80 % and more.
    Low,
    /// 95 % and more.
    Nearly,
    /// All of it.
    Used,
}

impl Level {
    /// The word in locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Level::Fine => "fine",
            Level::Low => "low",
            Level::Nearly => "nearly",
            Level::Used => "used",
        }
    }
}

impl Allowance {
    /// How far it is used up; without a limit always [`Level::Fine`].
    pub fn level(&self) -> Level {
        match self.percent() {
            None | Some(0..80) => Level::Fine,
            Some(80..95) => Level::Low,
            Some(95..100) => Level::Nearly,
            Some(100..) => Level::Used,
        }
    }

    /// How much of it is used, in whole percent, rounded down; `None` without a limit. None of nothing is all of it.
    pub fn percent(&self) -> Option<u64> {
        let most = self.most?;
        let percent = u128::from(self.used) * 100 / u128::from(most.max(1));
        Some(match most {
            0 => 100,
            _ => u64::try_from(percent).unwrap_or(u64::MAX),
        })
    }

    /// What is left; `None` without a limit.
    pub fn left(&self) -> Option<u64> {
        Some(self.most?.saturating_sub(self.used))
    }

    /// How many will be used when the month ends, if it goes on as until `now`. `None` on the first day, and when
    /// the month is over.
    pub fn forecast(&self, now: Timestamp) -> Option<u64> {
        let (passed, whole) = (
            now.since(self.begins_at),
            self.renews_at.since(self.begins_at),
        );
        if passed < FIRST_FORECAST || now >= self.renews_at {
            return None;
        }
        let projected = u128::from(self.used) * whole.as_millis() / passed.as_millis();
        u64::try_from(projected).ok()
    }

    /// The day on which it will be used up, if it goes on as until `now`. `None` when it lasts, or nothing can be
    /// said.
    pub fn used_up_at(&self, now: Timestamp) -> Option<Timestamp> {
        let most = self.most.filter(|most| *most > 0 && self.used > 0)?;
        self.forecast(now).filter(|forecast| *forecast > most)?;
        let passed = now.since(self.begins_at).as_millis();
        let needed = passed * u128::from(most) / u128::from(self.used);
        let needed = Duration::from_millis(u64::try_from(needed).ok()?);
        Some(self.begins_at.plus(needed).max(now))
    }

    /// The same with `more` messages that the platform has not counted yet.
    #[must_use]
    pub const fn after(self, more: u64) -> Allowance {
        Allowance {
            used: self.used.saturating_add(more),
            ..self
        }
    }
}

/// How long a message waits for the next one, so that several go in one call: not at all where a call carries only
/// one, and never so long that the customer's free reply token runs out (`free_until`).
pub fn hold(
    per_call: usize,
    wanted: Duration,
    free_until: Option<Timestamp>,
    now: Timestamp,
) -> Duration {
    if per_call < 2 {
        return Duration::ZERO;
    }
    match free_until.filter(|until| *until > now) {
        Some(until) => wanted.min(until.since(now).saturating_sub(TOKEN_MARGIN)),
        None => wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 3600);
    const BEGIN: Timestamp = Timestamp::from_millis(1_785_500_000_000);

    fn allowance(most: Option<u64>, used: u64) -> Allowance {
        Allowance {
            most,
            used,
            begins_at: BEGIN,
            renews_at: BEGIN.plus(30 * DAY),
        }
    }

    #[test]
    fn the_warnings_come_at_80_95_and_100_percent() {
        for (most, used, level, left) in [
            (None, 1_000_000, Level::Fine, None),
            (Some(200), 0, Level::Fine, Some(200)),
            (Some(200), 159, Level::Fine, Some(41)),
            (Some(200), 160, Level::Low, Some(40)),
            (Some(200), 189, Level::Low, Some(11)),
            (Some(200), 190, Level::Nearly, Some(10)),
            (Some(200), 200, Level::Used, Some(0)),
            (Some(200), 240, Level::Used, Some(0)),
            (Some(0), 0, Level::Used, Some(0)),
            (Some(u64::MAX), u64::MAX, Level::Used, Some(0)),
        ] {
            let it = allowance(most, used);
            assert_eq!((it.level(), it.left()), (level, left), "{most:?} {used}");
        }
        assert_eq!(allowance(Some(200), 150).after(50).level(), Level::Used);
    }

    #[test]
    fn the_forecast_goes_on_as_it_went_until_now() {
        let at = |days: u32| BEGIN.plus(days * DAY);
        let it = allowance(Some(200), 100);
        assert_eq!(it.forecast(BEGIN.plus(DAY / 2)), None, "too early to say");
        assert_eq!(it.forecast(at(10)), Some(300));
        assert_eq!(it.used_up_at(at(10)), Some(at(20)));
        assert_eq!(it.forecast(at(20)), Some(150));
        assert_eq!(it.used_up_at(at(20)), None, "it lasts");
        assert_eq!(it.forecast(at(30)), None, "another month");
        assert_eq!(allowance(None, 100).used_up_at(at(10)), None);
        assert_eq!(allowance(Some(200), 0).used_up_at(at(10)), None);
        let over = allowance(Some(100), 200);
        assert_eq!(over.used_up_at(at(10)), Some(at(10)), "not in the past");
    }

    #[test]
    fn a_message_never_waits_longer_than_its_answer_is_free() {
        let now = BEGIN;
        let seconds = |seconds| Duration::from_secs(seconds);
        for (per_call, free_for, expected) in [
            (1, None, 0),
            (1, Some(50), 0),
            (5, None, 4),
            (5, Some(50), 4),
            (5, Some(7), 2),
            (5, Some(5), 0),
            (5, Some(1), 0),
            (5, Some(0), 4),
        ] {
            let until = free_for.map(|free_for| now.plus(seconds(free_for)));
            let held = hold(per_call, HOLD, until, now);
            assert_eq!(held, seconds(expected), "{per_call} {free_for:?}");
        }
    }
}
