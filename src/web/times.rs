//! Times on screen, told in the organization's time zone.

use std::time::Duration;

use chrono::{DateTime, Datelike as _, NaiveDate, Timelike as _, Utc};
use chrono_tz::Tz;

use crate::domain::time::Timestamp;
use crate::locale::Text;

/// The moment as machines read it: `2026-11-21T14:02:00Z`.
pub fn iso(moment: Timestamp) -> String {
    utc(moment).to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// The time of day: 14:02.
pub fn clock(moment: Timestamp, zone: Tz) -> Text {
    let local = utc(moment).with_timezone(&zone);
    Text::new("time-clock")
        .arg("hour", format!("{:02}", local.hour()))
        .arg("minute", format!("{:02}", local.minute()))
}

/// The day, written out: 2 September 2025.
pub fn day(moment: Timestamp, zone: Tz) -> Text {
    let date = date(moment, zone);
    Text::new(format!("time-day-{}", date.month()))
        .arg("day", date.day().to_string())
        .arg("year", date.year().to_string())
}

/// Which day a moment falls on.
pub fn date(moment: Timestamp, zone: Tz) -> NaiveDate {
    utc(moment).with_timezone(&zone).date_naive()
}

/// How long ago, in short: now, 3 min. ago, 2 hr. ago, yesterday, 5 days ago. `static/js/relative.js` tells
/// it on in the same words.
pub fn ago(moment: Timestamp, now: Timestamp) -> Text {
    let minutes = now.since(moment).as_secs() / 60;
    match minutes {
        0 => Text::new("time-now"),
        1..60 => Text::new("time-minutes-ago").arg("count", minutes),
        60..1440 => Text::new("time-hours-ago").arg("count", minutes / 60),
        _ => Text::new("time-days-ago").arg("count", minutes / 1440),
    }
}

/// Whole days that have passed since.
pub fn days_since(moment: Timestamp, now: Timestamp) -> u64 {
    now.since(moment).as_secs() / DAY.as_secs()
}

const DAY: Duration = Duration::from_secs(24 * 3600);

fn utc(moment: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(moment.millis()).unwrap_or(DateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::Locale;

    const MOMENT: Timestamp = Timestamp::from_millis(1_764_287_400_000); // 2025-11-27 23:50 UTC

    #[test]
    fn a_time_is_told_in_the_organizations_zone() {
        assert_eq!(iso(MOMENT), "2025-11-27T23:50:00Z");
        let say = |text: Text| text.say(Locale::English);
        assert_eq!(say(clock(MOMENT, Tz::Europe__Helsinki)), "01:50");
        assert_eq!(say(day(MOMENT, Tz::Europe__Helsinki)), "28 November 2025");
        assert_eq!(say(day(MOMENT, Tz::UTC)), "27 November 2025");
    }

    #[test]
    fn an_age_is_told_in_short() {
        for (seconds, expected) in [
            (0, "now"),
            (59, "now"),
            (60, "1 min. ago"),
            (3599, "59 min. ago"),
            (3600, "1 hr. ago"),
            (86_400, "yesterday"),
            (5 * 86_400, "5 days ago"),
        ] {
            let now = MOMENT.plus(Duration::from_secs(seconds));
            assert_eq!(ago(MOMENT, now).say(Locale::English), expected);
        }
    }
}
