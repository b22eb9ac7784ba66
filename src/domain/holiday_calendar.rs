//! Holidays out of a calendar file (iCalendar, RFC 5545), read leniently: every all-day event that is still to
//! come is a holiday; what is not understood is counted and left out.

use chrono::{Datelike as _, Days, NaiveDate};

use super::hours::{DayHours, Holiday};
use super::names;

/// More than any calendar of holidays holds.
const MOST_EVENTS: usize = 2_000;

/// An event that comes back every year is taken for this year and the next two.
const YEARS_AHEAD: i32 = 2;

/// Longer than this is no holiday but somebody's project.
const LONGEST_DAYS: u64 = 366;

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    /// Those to come, by their first day. All closed.
    pub holidays: Vec<Holiday>,
    /// Events that are over.
    pub past: usize,
    /// Events that take part of a day.
    pub timed: usize,
    /// Events that are not understood, or come back by a rule that is not.
    pub unread: usize,
}

/// The text is no iCalendar file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotACalendar;

/// Reads a file as of `today`.
///
/// # Errors
/// [`NotACalendar`] when there is no calendar in it.
pub fn read(text: &str, today: NaiveDate) -> Result<Calendar, NotACalendar> {
    let lines = unfolded(text);
    if !lines.iter().any(|line| is(line, "BEGIN:VCALENDAR")) {
        return Err(NotACalendar);
    }
    let mut calendar = Calendar::default();
    let events = lines.split(|line| is(line, "BEGIN:VEVENT")).skip(1);
    for event in events.take(MOST_EVENTS) {
        let end = event.iter().position(|line| is(line, "END:VEVENT"));
        calendar.take(&event[..end.unwrap_or(event.len())], today);
    }
    calendar
        .holidays
        .sort_by(|a, b| (a.first, &a.reason).cmp(&(b.first, &b.reason)));
    calendar.holidays.dedup();
    Ok(calendar)
}

/// The lines of the file, those put together again that the format cut.
fn unfolded(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.trim_start_matches('\u{feff}').lines() {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some(last)) => last.push_str(rest),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

fn is(line: &str, wanted: &str) -> bool {
    line.trim_end().eq_ignore_ascii_case(wanted)
}

/// One event's days.
struct Event {
    first: NaiveDate,
    last: NaiveDate,
    reason: String,
}

/// What the times of an event say.
enum Time {
    Day(NaiveDate),
    Moment,
}

impl Calendar {
    fn take(&mut self, event: &[String], today: NaiveDate) {
        if property(event, "STATUS").is_some_and(|(_, status)| is(status, "CANCELLED")) {
            return;
        }
        let Some(start) = property(event, "DTSTART").and_then(time) else {
            self.unread += 1;
            return;
        };
        let Time::Day(first) = start else {
            self.timed += 1;
            return;
        };
        // The end is the first day that does not belong to it.
        let end = match property(event, "DTEND").map(time) {
            Some(Some(Time::Day(end))) => Some(end),
            Some(Some(Time::Moment)) => {
                self.timed += 1;
                return;
            }
            _ => property(event, "DURATION")
                .and_then(|(_, value)| days(value))
                .and_then(|days| first.checked_add_days(days)),
        };
        let last = end
            .and_then(|end| end.pred_opt())
            .unwrap_or(first)
            .max(first);
        if last - first >= chrono::TimeDelta::days(LONGEST_DAYS as i64) {
            self.unread += 1;
            return;
        }
        let reason = property(event, "SUMMARY")
            .and_then(|(_, value)| names::clean(&unescaped(value)))
            .unwrap_or_default();
        let event_days = Event {
            first,
            last,
            reason,
        };
        match property(event, "RRULE") {
            None => self.add(event_days, today),
            Some((_, rule)) => self.repeat(&event_days, rule, today),
        }
    }

    fn add(&mut self, event: Event, today: NaiveDate) {
        if event.last < today {
            self.past += 1;
            return;
        }
        self.holidays.push(Holiday {
            first: event.first,
            last: event.last,
            reason: event.reason,
            hours: DayHours::closed(),
        });
    }

    /// An event that comes back on the same day of the year.
    fn repeat(&mut self, event: &Event, rule: &str, today: NaiveDate) {
        let Some(rule) = Yearly::read(rule, event.first) else {
            self.unread += 1;
            return;
        };
        let length = event.last - event.first;
        let final_year = today.year() + YEARS_AHEAD;
        let mut count = 0;
        let mut any = false;
        let mut year = event.first.year();
        while year <= final_year && rule.count.is_none_or(|most| count < most) {
            // The 29th of February is not there every year.
            if let Some(first) = event.first.with_year(year) {
                if rule.until.is_some_and(|until| first > until) {
                    break;
                }
                count += 1;
                let last = first + length;
                if last >= today {
                    any = true;
                    let reason = event.reason.clone();
                    self.add(
                        Event {
                            first,
                            last,
                            reason,
                        },
                        today,
                    );
                }
            }
            year = year.saturating_add(rule.interval);
        }
        if !any {
            self.past += 1;
        }
    }
}

/// The rule of an event that comes back on the same day of the year.
struct Yearly {
    interval: i32,
    count: Option<u32>,
    until: Option<NaiveDate>,
}

impl Yearly {
    /// `None` for any other rule: a holiday on a wrong day is worse than one that is missing.
    fn read(rule: &str, first: NaiveDate) -> Option<Yearly> {
        let mut yearly = Yearly {
            interval: 1,
            count: None,
            until: None,
        };
        let mut is_yearly = false;
        for part in rule.trim().split(';') {
            let (name, value) = part.split_once('=')?;
            match name.to_ascii_uppercase().as_str() {
                "FREQ" => is_yearly = value.eq_ignore_ascii_case("YEARLY"),
                "INTERVAL" => yearly.interval = value.parse().ok().filter(|years| *years > 0)?,
                "COUNT" => yearly.count = Some(value.parse().ok()?),
                "UNTIL" => yearly.until = Some(date(value.get(..8)?)?),
                "BYMONTH" if value.parse() == Ok(first.month()) => {}
                "BYMONTHDAY" if value.parse() == Ok(first.day()) => {}
                "WKST" => {}
                _ => return None,
            }
        }
        is_yearly.then_some(yearly)
    }
}

/// The parameters and the value of a property: `DTSTART;VALUE=DATE:20261224`.
fn property<'a>(event: &'a [String], name: &str) -> Option<(&'a str, &'a str)> {
    event.iter().find_map(|line| {
        let (head, value) = line.split_once(':')?;
        let (found, parameters) = head.split_once(';').unwrap_or((head, ""));
        found
            .eq_ignore_ascii_case(name)
            .then_some((parameters, value.trim_end()))
    })
}

/// A day, or a moment within one. Some programs write a day as its first midnight.
fn time((_, value): (&str, &str)) -> Option<Time> {
    let day = date(value.get(..8)?)?;
    match &value[8..] {
        "" | "T000000" => Some(Time::Day(day)),
        rest if rest.starts_with('T') => Some(Time::Moment),
        _ => None,
    }
}

/// `20261224`.
fn date(digits: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(digits, "%Y%m%d").ok()
}

/// `P1D` or `P1W`.
fn days(duration: &str) -> Option<Days> {
    let duration = duration.to_ascii_uppercase();
    let number = duration.strip_prefix('P')?;
    let (number, unit) = match number.strip_suffix('W') {
        Some(weeks) => (weeks, 7),
        None => (number.strip_suffix('D')?, 1),
    };
    let count: u64 = number.parse().ok()?;
    Some(Days::new(count.min(LONGEST_DAYS) * unit))
}

/// `Christmas\, all of it` as people read it.
fn unescaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut signs = value.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => match signs.next() {
                Some('n' | 'N') => text.push(' '),
                Some(other) => text.push(other),
                None => {}
            },
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn calendar(events: &[&str]) -> Calendar {
        let events: String = events
            .iter()
            .map(|event| format!("BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n"))
            .collect();
        let file = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n");
        read(&file, day("2026-11-21")).unwrap()
    }

    fn days_of(calendar: &Calendar) -> Vec<String> {
        let holidays = calendar.holidays.iter();
        holidays
            .map(|holiday| format!("{} {} {}", holiday.first, holiday.last, holiday.reason))
            .collect()
    }

    #[test]
    fn all_day_events_are_holidays_however_their_days_are_written() {
        for (event, expected) in [
            (
                "DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261227\r\nSUMMARY:Joulu",
                "2026-12-24 2026-12-26 Joulu",
            ),
            (
                "DTSTART:20261206\r\nSUMMARY:Itsen\u{e4}isyysp\u{e4}iv\u{e4}",
                "2026-12-06 2026-12-06 Itsen\u{e4}isyysp\u{e4}iv\u{e4}",
            ),
            (
                "dtstart;value=date:20270101\r\nduration:P2D\r\nsummary;language=en:New\\, year\\n2027",
                "2027-01-01 2027-01-02 New, year 2027",
            ),
            (
                "DTSTART;TZID=Europe/Helsinki:20261225T000000\r\nDTEND;TZID=Europe/Helsinki:20261226T000000\r\nSUMMARY:Christ\r\n mas Day",
                "2026-12-25 2026-12-25 Christmas Day",
            ),
            // Ends before it begins, or is not told: the one day.
            (
                "DTSTART:20261206\r\nDTEND:20261201\r\nSUMMARY:A",
                "2026-12-06 2026-12-06 A",
            ),
            ("DTSTART:20261206", "2026-12-06 2026-12-06 "),
        ] {
            assert_eq!(days_of(&calendar(&[event])), [expected], "{event}");
        }
    }

    #[test]
    fn what_is_no_holiday_to_come_is_counted_and_left_out() {
        for (event, past, timed, unread) in [
            ("DTSTART:20261120\r\nSUMMARY:Yesterday", 1, 0, 0),
            ("DTSTART:20261224T180000Z\r\nSUMMARY:Dinner", 0, 1, 0),
            (
                "DTSTART:20261224T000000\r\nDTEND:20261224T120000\r\nSUMMARY:Half",
                0,
                1,
                0,
            ),
            ("SUMMARY:Never", 0, 0, 1),
            ("DTSTART:20261332\r\nSUMMARY:Wrong", 0, 0, 1),
            ("DTSTART:2026", 0, 0, 1),
            ("DTSTART:20261224\r\nDTEND:20280101", 0, 0, 1),
            ("DTSTART:20261224\r\nRRULE:FREQ=YEARLY;BYDAY=4TH", 0, 0, 1),
            ("DTSTART:20261224\r\nRRULE:FREQ=MONTHLY", 0, 0, 1),
            ("DTSTART:20261224\r\nSTATUS:CANCELLED", 0, 0, 0),
            (
                "DTSTART:20200101\r\nRRULE:FREQ=YEARLY;UNTIL=20220101T000000Z",
                1,
                0,
                0,
            ),
        ] {
            let expected = Calendar {
                holidays: Vec::new(),
                past,
                timed,
                unread,
            };
            assert_eq!(calendar(&[event]), expected, "{event}");
        }
    }

    #[test]
    fn what_comes_back_every_year_is_taken_for_the_years_to_come() {
        for (event, expected) in [
            (
                "DTSTART:20201224\r\nRRULE:FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24",
                &["2026-12-24", "2027-12-24", "2028-12-24"][..],
            ),
            (
                "DTSTART:20200101\r\nRRULE:FREQ=YEARLY",
                &["2027-01-01", "2028-01-01"],
            ),
            (
                "DTSTART:20201224\r\nRRULE:FREQ=YEARLY;INTERVAL=2",
                &["2026-12-24", "2028-12-24"],
            ),
            (
                "DTSTART:20251224\r\nRRULE:FREQ=YEARLY;COUNT=2",
                &["2026-12-24"],
            ),
            (
                "DTSTART:20201224\r\nRRULE:FREQ=YEARLY;UNTIL=20271224",
                &["2026-12-24", "2027-12-24"],
            ),
            ("DTSTART:20240229\r\nRRULE:FREQ=YEARLY", &["2028-02-29"]),
        ] {
            let found = calendar(&[event]);
            let firsts = found
                .holidays
                .iter()
                .map(|holiday| holiday.first.to_string());
            assert_eq!(firsts.collect::<Vec<_>>(), expected, "{event}");
        }
    }

    #[test]
    fn holidays_stand_in_order_each_once() {
        let found = calendar(&[
            "DTSTART:20270101\r\nSUMMARY:B",
            "DTSTART:20261224\r\nSUMMARY:A",
            "DTSTART:20270101\r\nSUMMARY:B",
        ]);
        assert_eq!(
            days_of(&found),
            ["2026-12-24 2026-12-24 A", "2027-01-01 2027-01-01 B"]
        );
    }

    #[test]
    fn any_text_is_read_or_refused() {
        let today = day("2026-11-21");
        for text in ["", "hello", "\u{feff}", "BEGIN:VEVENT\nDTSTART:20261224"] {
            assert_eq!(read(text, today), Err(NotACalendar), "{text:?}");
        }
        // Cut off in the middle.
        let cut = "\u{feff}begin:vcalendar\nBEGIN:VEVENT\nDTSTART:20261224";
        assert_eq!(read(cut, today).unwrap().holidays.len(), 1);
    }

    proptest::proptest! {
        #[test]
        fn no_file_breaks_it(lines in proptest::collection::vec("[A-Z;:=0-9é ]{0,20}", 0..20)) {
            let file = format!(
                "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:{}",
                lines.join("\n")
            );
            let _ = read(&file, day("2026-11-21"));
        }
    }
}
