//! Times on screen, told in the organization's time zone.

use std::time::Duration;

use chrono::{
    DateTime, Datelike as _, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Timelike as _, Utc,
};
use chrono_tz::Tz;

use crate::domain::time::Timestamp;
use crate::locale::Text;

/// The moment as machines read it: `2026-11-21T14:02:00Z`.
pub fn iso(moment: Timestamp) -> String {
    utc(moment).to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// The time of day: 14:02.
pub fn clock(moment: Timestamp, zone: Tz) -> Text {
    fill_clock(Text::new("time-clock"), moment, zone)
}

/// Fills a text's slots for a time of day.
pub fn fill_clock(text: Text, moment: Timestamp, zone: Tz) -> Text {
    let local = utc(moment).with_timezone(&zone);
    text.arg("hour", format!("{:02}", local.hour()))
        .arg("minute", format!("{:02}", local.minute()))
}

/// The day, written out: 2 September 2025.
pub fn day(moment: Timestamp, zone: Tz) -> Text {
    let date = date(moment, zone);
    Text::new(format!("time-day-{}", date.month()))
        .arg("day", date.day().to_string())
        .arg("year", date.year().to_string())
}

/// The day as the line across a conversation: *Today, 21 November*; *Friday, 14 November* within a week; the
/// year with what is not of this one.
pub fn day_line(moment: Timestamp, now: Timestamp, zone: Tz) -> Text {
    let (date, today) = (date(moment, zone), date(now, zone));
    let key = match (today - date).num_days() {
        0 => "time-line-today",
        1 => "time-line-yesterday",
        2..7 => "time-line-weekday",
        _ if date.year() == today.year() => "time-line-date",
        _ => return day(moment, zone),
    };
    of_date(Text::new(key), date)
}

/// The moment in a list: the time of day today, then *Yesterday*, *13 Nov*, *13 Nov 2025*.
pub fn short(moment: Timestamp, now: Timestamp, zone: Tz) -> Text {
    let (date, today) = (date(moment, zone), date(now, zone));
    let key = match (today - date).num_days() {
        0 => return clock(moment, zone),
        1 => "time-yesterday",
        _ if date.year() == today.year() => "time-short",
        _ => "time-short-year",
    };
    of_date(Text::new(key), date)
}

/// Fills a text's slots for a day: its number, month, year, and day of the week.
pub fn of_date(text: Text, date: NaiveDate) -> Text {
    text.arg("day", date.day().to_string())
        .arg("month", date.month())
        .arg("year", date.year().to_string())
        .arg("weekday", date.weekday().number_from_monday())
}

/// A span in its two largest units, as `static/js/window.js` counts it down: 5 d 19 h, 23 h 41 min, 8 min.
pub fn span(span: Duration) -> Text {
    let minutes = span.as_secs() / 60;
    let (days, hours) = (minutes / 1440, minutes / 60 % 24);
    match (days, hours) {
        (0, 0) => Text::new("time-span-minutes").arg("minutes", minutes),
        (0, _) => Text::new("time-span-hours")
            .arg("hours", hours)
            .arg("minutes", minutes % 60),
        _ => Text::new("time-span-days")
            .arg("days", days)
            .arg("hours", hours),
    }
}

/// How long something took, in the unit that tells it best.
pub fn run_time(took: Duration) -> Text {
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    match millis {
        0..1_000 => Text::new("run-time-millis").arg("millis", millis),
        1_000..60_000 => Text::new("run-time-seconds").arg("seconds", millis / 1_000),
        _ => span(took),
    }
}

/// When the day began on which `now` falls. Where a clock change leaves midnight out, the first moment after.
pub fn start_of_day(now: Timestamp, zone: Tz) -> Timestamp {
    start_of(date(now, zone), zone).unwrap_or(now)
}

/// When a day begins; `None` for a day that a zone leaves out.
pub fn start_of(day: NaiveDate, zone: Tz) -> Option<Timestamp> {
    let midnight = day.and_time(NaiveTime::MIN);
    let start = (0..4).find_map(|hours| {
        let hour = midnight.checked_add_signed(TimeDelta::hours(hours))?;
        zone.from_local_datetime(&hour).earliest()
    })?;
    Some(Timestamp::from_millis(start.timestamp_millis()))
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
    fn a_day_is_told_as_near_as_it_is() {
        let zone = Tz::Asia__Taipei;
        let days_later = |days: u64| MOMENT.plus(Duration::from_secs(days * 86_400));
        for (days, line, short_form) in [
            (0, "Today, 28 November", "07:50"),
            (1, "Yesterday, 28 November", "Yesterday"),
            (2, "Friday, 28 November", "28 Nov"),
            (7, "28 November", "28 Nov"),
            (60, "28 November 2025", "28 Nov 2025"),
        ] {
            let now = days_later(days);
            assert_eq!(day_line(MOMENT, now, zone).say(Locale::English), line);
            assert_eq!(short(MOMENT, now, zone).say(Locale::English), short_form);
        }
    }

    #[test]
    fn a_span_is_told_in_its_two_largest_units() {
        for (minutes, told) in [
            (0, "0 min"),
            (59, "59 min"),
            (61, "1 h 1 min"),
            (1440 * 5 + 60 * 19 + 30, "5 d 19 h"),
        ] {
            let told_span = span(Duration::from_secs(minutes * 60 + 59));
            assert_eq!(told_span.say(Locale::English), told);
        }
    }

    #[test]
    fn a_day_begins_at_midnight_or_at_the_first_moment_after() {
        let start = |zone| iso(start_of_day(MOMENT, zone));
        assert_eq!(start(Tz::UTC), "2025-11-27T00:00:00Z");
        assert_eq!(start(Tz::Asia__Taipei), "2025-11-27T16:00:00Z");
        // In Beirut the clocks went from 23:59 to 01:00 on 30 March 2025.
        let spring = Timestamp::from_millis(1_743_300_000_000);
        assert_eq!(
            iso(start_of_day(spring, Tz::Asia__Beirut)),
            "2025-03-29T22:00:00Z"
        );
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
