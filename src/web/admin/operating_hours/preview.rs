//! Hours as people look at them: whether the counter is open now, and the next seven days.

use chrono::{Datelike as _, Days, NaiveDate};

use super::typed::weekday;
use crate::domain::hours::{DayHours, Hours};
use crate::domain::time::Timestamp;
use crate::locale::Text;
use crate::web::times;

/// The next seven days.
pub struct Preview {
    pub status: Text,
    pub days: Vec<PreviewDay>,
}

/// One of them.
pub struct PreviewDay {
    pub weekday: Text,
    pub date: Text,
    pub bars: Vec<Bar>,
    /// *Closed*, *All day*, or the hours.
    pub said: Text,
    /// Why the week does not hold on this day.
    pub reason: Option<String>,
    /// That the clock is put forward or back.
    pub change: Option<Text>,
}

/// An interval on the strip of a day, in hundredths of it.
pub struct Bar {
    pub x: String,
    pub width: String,
}

impl Preview {
    pub fn of(hours: &Hours, now: Timestamp) -> Preview {
        let today = hours.day(now);
        let days = (0..7).filter_map(|ahead| today.checked_add_days(Days::new(ahead)));
        Preview {
            status: status(hours, now),
            days: days.map(|day| PreviewDay::of(hours, day)).collect(),
        }
    }
}

impl PreviewDay {
    fn of(hours: &Hours, day: NaiveDate) -> PreviewDay {
        let open = hours.on(day);
        PreviewDay {
            weekday: weekday(day.weekday().num_days_from_monday() as usize),
            date: times::of_date(Text::new("time-short"), day),
            bars: bars(open),
            said: said(open),
            reason: hours.holiday_on(day).map(|holiday| holiday.reason.clone()),
            change: match hours.clock_change(day) {
                0 => None,
                minutes if minutes > 0 => {
                    Some(Text::new("hours-clock-forward").arg("minutes", minutes))
                }
                minutes => Some(Text::new("hours-clock-back").arg("minutes", -minutes)),
            },
        }
    }
}

fn bars(hours: &DayHours) -> Vec<Bar> {
    let share = |minutes: u16| format!("{:.2}%", f64::from(minutes) / 14.4);
    let intervals = hours.intervals().iter();
    intervals
        .map(|interval| Bar {
            x: share(interval.from()),
            width: share(interval.until() - interval.from()),
        })
        .collect()
}

/// The hours of a day in words.
pub fn said(hours: &DayHours) -> Text {
    match hours {
        closed if closed.is_closed() => Text::new("hours-closed"),
        all_day if all_day.is_all_day() => Text::new("hours-all-day"),
        open => Text::new("hours-said").arg("hours", open.to_string()),
    }
}

/// Whether it is open now, and until when: *Open now, closes at 18:00*.
pub fn status(hours: &Hours, now: Timestamp) -> Text {
    let (key, change) = match (hours.is_open(now), hours.next_closing(now)) {
        (true, Some(closing)) => ("hours-open-until", closing),
        (true, None) => return Text::new("hours-open-always"),
        (false, _) => match hours.next_opening(now) {
            Some(opening) => ("hours-closed-until", opening),
            None => return Text::new("hours-closed-always"),
        },
    };
    let (today, day) = (hours.day(now), hours.day(change));
    let key = match (day - today).num_days() {
        0 => format!("{key}-time"),
        1..7 => format!("{key}-weekday"),
        _ => format!("{key}-date"),
    };
    times::of_date(times::fill_clock(Text::new(key), change, hours.zone), day)
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe;

    use super::*;
    use crate::domain::hours::Holiday;
    use crate::locale::Locale;

    fn shop(weekday: &str) -> Hours {
        let day = DayHours::parse(weekday).unwrap();
        let mut week: [DayHours; 7] = std::array::from_fn(|_| day.clone());
        week[6] = DayHours::closed();
        Hours {
            zone: Europe::Helsinki,
            week,
            holidays: Vec::new(),
        }
    }

    /// 21 November 2026 is a Saturday; Helsinki is two hours ahead of UTC.
    fn at(hour: i64) -> Timestamp {
        Timestamp::from_millis(1_795_219_200_000 + hour * 3_600_000)
    }

    #[test]
    fn the_status_names_the_next_change() {
        let long_holiday = Holiday {
            first: "2026-11-22".parse().unwrap(),
            last: "2026-12-06".parse().unwrap(),
            reason: String::new(),
            hours: DayHours::closed(),
        };
        let closed_for_long = Hours {
            holidays: vec![long_holiday],
            ..shop("9-17")
        };
        let always = Hours {
            week: std::array::from_fn(|_| DayHours::all_day()),
            ..shop("")
        };
        for (hours, now, expected) in [
            (shop("9-17"), at(8), "Open now, closes at 17:00"),
            (shop("9-17"), at(6), "Closed, opens at 09:00"),
            (shop("9-17"), at(16), "Closed, opens Monday 09:00"),
            (closed_for_long, at(16), "Closed, opens 7 December 09:00"),
            (shop("0-24"), at(8), "Open now, closes Sunday 00:00"),
            (always, at(8), "Open around the clock"),
            (shop(""), at(8), "Never open"),
        ] {
            assert_eq!(status(&hours, now).say(Locale::English), expected);
        }
    }

    #[test]
    fn seven_days_are_shown_from_today_on_with_what_is_special() {
        let mut hours = shop("9-12, 13-17");
        hours.holidays = vec![Holiday {
            first: "2026-11-23".parse().unwrap(),
            last: "2026-11-23".parse().unwrap(),
            reason: "Stocktaking".to_owned(),
            hours: DayHours::parse("15-17").unwrap(),
        }];
        let preview = Preview::of(&hours, at(8));
        let days: Vec<String> = preview
            .days
            .iter()
            .map(|day| {
                let say = |text: &Text| text.say(Locale::English);
                format!(
                    "{} {} {}",
                    say(&day.weekday),
                    say(&day.date),
                    say(&day.said)
                )
            })
            .collect();
        assert_eq!(
            days[..4],
            [
                "Saturday 21 Nov 09:00–12:00, 13:00–17:00",
                "Sunday 22 Nov Closed",
                "Monday 23 Nov 15:00–17:00",
                "Tuesday 24 Nov 09:00–12:00, 13:00–17:00",
            ]
        );
        assert_eq!(days.len(), 7);
        assert_eq!(preview.days[2].reason.as_deref(), Some("Stocktaking"));
        let bars: Vec<_> = preview.days[0]
            .bars
            .iter()
            .map(|bar| (&*bar.x, &*bar.width))
            .collect();
        assert_eq!(bars, [("37.50%", "12.50%"), ("54.17%", "16.67%")]);
    }
}
