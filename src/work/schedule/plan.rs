//! When a job comes next.

use std::str::FromStr as _;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use cron::Schedule;

use crate::domain::time::Timestamp;

/// The first moment after `now` at which `expression` comes in `zone`. `None` for one that never comes (30
/// February), or that is not understood.
pub fn next_after(expression: &str, zone: Tz, now: Timestamp) -> Option<Timestamp> {
    let schedule = match Schedule::from_str(expression) {
        Ok(schedule) => schedule,
        Err(error) => {
            tracing::error!(expression, %error, "a schedule is not understood");
            return None;
        }
    };
    let now = DateTime::<Utc>::from_timestamp_millis(now.millis())?.with_timezone(&zone);
    let next = schedule.after(&now).next()?;
    Some(Timestamp::from_millis(next.timestamp_millis()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_millis(text.parse::<DateTime<Utc>>().unwrap().timestamp_millis())
    }

    #[test]
    fn a_job_comes_at_its_hour_in_the_zone_of_the_organization() {
        let nightly = "0 40 4 * * *";
        for (now, zone, next) in [
            ("2026-03-01T04:39:59Z", Tz::UTC, "2026-03-01T04:40:00Z"),
            ("2026-03-01T04:40:00Z", Tz::UTC, "2026-03-02T04:40:00Z"),
            // In Helsinki it is two hours later, three in summer.
            (
                "2026-03-01T12:00:00Z",
                Tz::Europe__Helsinki,
                "2026-03-02T02:40:00Z",
            ),
            (
                "2026-06-01T12:00:00Z",
                Tz::Europe__Helsinki,
                "2026-06-02T01:40:00Z",
            ),
            ("2028-02-28T12:00:00Z", Tz::UTC, "2028-02-29T04:40:00Z"),
            ("2038-01-19T03:14:08Z", Tz::UTC, "2038-01-19T04:40:00Z"),
        ] {
            assert_eq!(next_after(nightly, zone, at(now)), Some(at(next)), "{now}");
        }
    }

    #[test]
    fn an_hour_that_the_clocks_leave_out_or_repeat_brings_one_run() {
        // Helsinki: 2026-03-29 has no 03:30, 2026-10-25 has two of them.
        let zone = Tz::Europe__Helsinki;
        for (day, evening) in [
            ("2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z"),
            ("2026-10-24T21:00:00Z", "2026-10-25T22:00:00Z"),
        ] {
            let (mut now, mut runs) = (at(day), 0);
            while let Some(next) = next_after("0 30 3 * * *", zone, now) {
                if next >= at(evening) {
                    break;
                }
                (now, runs) = (next, runs + 1);
            }
            assert!(runs <= 2, "{day}: {runs} runs");
        }
    }

    #[test]
    fn a_schedule_that_never_comes_is_none() {
        let now = at("2026-01-01T00:00:00Z");
        assert_eq!(next_after("0 0 0 30 Feb *", Tz::UTC, now), None);
        assert_eq!(next_after("whenever", Tz::UTC, now), None);
    }
}
