//! Operating hours: the week of a counter in its own time zone, with holidays and other exceptions.
//! (Specification §2.11.)
//!
//! Hours are what a clock on the counter's wall shows. When that clock is put forward, the hour that it leaves
//! out is nobody's working time; when it is put back, the hour that it shows twice is open both times.

use std::fmt;
use std::ops::Range;

use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveTime, Offset as _, TimeZone as _};
use chrono_tz::Tz;

use super::time::Timestamp;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// Minutes of a day; 24:00 is the end of it.
const DAY_MINUTES: u16 = 24 * 60;

/// The longest description of hours, in characters.
pub const DESCRIPTION_LIMIT: usize = 500;
/// An exception is shorter than this; longer is another week.
pub const LONGEST_EXCEPTION_DAYS: i64 = 366;

/// More than anybody opens a counter on one day.
const MOST_INTERVALS: usize = 8;

/// From one time of day to a later one, in minutes since midnight: 09:00–17:30, up to 24:00.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interval {
    from: u16,
    until: u16,
}

impl Interval {
    /// Minutes since midnight when it begins, 0 to 1439.
    pub const fn from(self) -> u16 {
        self.from
    }

    /// Minutes since midnight when it ends, 1 to 1440; after [`Interval::from`].
    pub const fn until(self) -> u16 {
        self.until
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, until) = (self.from, self.until);
        write!(
            f,
            "{:02}:{:02}–{:02}:{:02}",
            from / 60,
            from % 60,
            until / 60,
            until % 60
        )
    }
}

/// The hours of one day: intervals in order that do not overlap; none when it is closed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayHours(Vec<Interval>);

/// Why typed hours are not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// This part is no interval.
    Unreadable(String),
    /// This interval ends before it begins, or at once. One that goes past midnight belongs to two days.
    Backwards(String),
    /// Two intervals share time.
    Overlapping,
    /// More than eight intervals.
    TooMany,
}

impl DayHours {
    /// Not open at all.
    pub const fn closed() -> DayHours {
        DayHours(Vec::new())
    }

    /// From midnight to midnight.
    pub fn all_day() -> DayHours {
        DayHours(vec![Interval {
            from: 0,
            until: DAY_MINUTES,
        }])
    }

    /// Reads what a person types, or what [`DayHours`] writes: `9–12, 13:00-17:30`. Nothing means closed.
    ///
    /// # Errors
    /// See [`Mistake`].
    pub fn parse(typed: &str) -> Result<DayHours, Mistake> {
        let mut intervals = Vec::new();
        for part in typed.split([',', ';']).map(str::trim) {
            if !part.is_empty() {
                intervals.push(interval(part)?);
            }
        }
        intervals.sort_unstable();
        if intervals.windows(2).any(|two| two[1].from < two[0].until) {
            return Err(Mistake::Overlapping);
        }
        if intervals.len() > MOST_INTERVALS {
            return Err(Mistake::TooMany);
        }
        Ok(DayHours(intervals))
    }

    /// In order.
    pub fn intervals(&self) -> &[Interval] {
        &self.0
    }

    /// Whether it is not open at all.
    pub fn is_closed(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it is open from midnight to midnight.
    pub fn is_all_day(&self) -> bool {
        *self == DayHours::all_day()
    }
}

impl fmt::Display for DayHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, interval) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{interval}")?;
        }
        Ok(())
    }
}

fn interval(part: &str) -> Result<Interval, Mistake> {
    let unreadable = || Mistake::Unreadable(part.to_owned());
    let (from, until) = part
        .split_once(['-', '–', '—', '~', '〜', '～'])
        .ok_or_else(unreadable)?;
    let from = time_of_day(from).ok_or_else(unreadable)?;
    let until = time_of_day(until).ok_or_else(unreadable)?;
    if until <= from {
        return Err(Mistake::Backwards(part.to_owned()));
    }
    Ok(Interval { from, until })
}

/// Minutes since midnight of `9`, `09:30`, `9.30` or `0930`; `None` for what is no time of day.
fn time_of_day(typed: &str) -> Option<u16> {
    let typed = typed.trim();
    let (hour, minute) = match typed.split_once([':', '.', '：']) {
        Some((hour, minute)) if minute.len() == 2 => (hour, minute),
        Some(_) => return None,
        None if typed.len() == 4 && typed.is_ascii() => typed.split_at(2),
        None => (typed, "0"),
    };
    let is_number = |word: &str| {
        (1..=2).contains(&word.len()) && word.bytes().all(|digit| digit.is_ascii_digit())
    };
    if !is_number(hour) || !is_number(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let time = hour * 60 + minute;
    (minute < 60 && time <= DAY_MINUTES).then_some(time)
}

/// Days on which the week does not hold: a holiday, or other hours for once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// The first day.
    pub first: NaiveDate,
    /// The last day; the first itself when it is one day.
    pub last: NaiveDate,
    /// Why, as people read it.
    pub reason: String,
    /// The hours of each of the days; usually none.
    pub hours: DayHours,
}

impl Holiday {
    /// Whether it holds on a day.
    pub fn covers(&self, day: NaiveDate) -> bool {
        (self.first..=self.last).contains(&day)
    }
}

/// When a counter is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    /// The zone that its clock shows.
    pub zone: Tz,
    /// Monday to Sunday.
    pub week: [DayHours; 7],
    /// In any order. Where two cover a day, the one with fewer days holds; the later in the list among equals.
    pub holidays: Vec<Holiday>,
}

/// A stretch of time in which the zone's clock is not put forward or back, in milliseconds.
struct Stretch {
    /// As the wall's clock tells it, counted as if it were UTC.
    wall: Range<i64>,
    /// What the wall's clock is ahead of UTC.
    offset: i64,
}

impl Hours {
    /// Whether it is open at a moment.
    pub fn is_open(&self, at: Timestamp) -> bool {
        let wall = at.millis() + self.offset(at.millis());
        !self.open_in(wall..wall + 1).is_empty()
    }

    /// The first moment from `at` on at which it is open: `at` itself when it is. `None` when it does not
    /// open any more.
    pub fn next_opening(&self, at: Timestamp) -> Option<Timestamp> {
        self.find(at, |wall, open| {
            open.first().map(|first| first.start.max(wall.start))
        })
    }

    /// The first moment from `at` on at which it is closed: `at` itself when it is. `None` when it does not
    /// close any more.
    pub fn next_closing(&self, at: Timestamp) -> Option<Timestamp> {
        self.find(at, |wall, open| {
            let mut closed = wall.start;
            for span in open {
                if span.start > closed {
                    break;
                }
                closed = span.end;
            }
            (closed < wall.end).then_some(closed)
        })
    }

    /// The holiday or exception that holds at a moment; `None` when the week does.
    pub fn holiday(&self, at: Timestamp) -> Option<&Holiday> {
        self.holiday_on(self.day(at))
    }

    /// The holiday or exception that holds on a day; `None` when the week does.
    pub fn holiday_on(&self, day: NaiveDate) -> Option<&Holiday> {
        // The last of the smallest.
        let covering = self.holidays.iter().rev();
        covering
            .filter(|holiday| holiday.covers(day))
            .min_by_key(|holiday| holiday.last - holiday.first)
    }

    /// The hours of a day.
    pub fn on(&self, day: NaiveDate) -> &DayHours {
        match self.holiday_on(day) {
            Some(holiday) => &holiday.hours,
            None => &self.week[day.weekday().num_days_from_monday() as usize],
        }
    }

    /// Which day it is on the counter's wall.
    pub fn day(&self, at: Timestamp) -> NaiveDate {
        day_of(at.millis() + self.offset(at.millis()))
    }

    /// By how many minutes the clock is put forward on a day; negative when it is put back, 0 on most days.
    pub fn clock_change(&self, day: NaiveDate) -> i64 {
        let midnight = start_of(day);
        let start = midnight - self.offset(midnight);
        (self.offset(start + DAY_MS) - self.offset(start)) / MINUTE_MS
    }

    /// What the wall's clock is ahead of UTC at a moment, in milliseconds.
    fn offset(&self, at: i64) -> i64 {
        let utc = DateTime::from_timestamp_millis(at).unwrap_or(DateTime::UNIX_EPOCH);
        let offset = self.zone.offset_from_utc_datetime(&utc.naive_utc()).fix();
        i64::from(offset.local_minus_utc()) * 1000
    }

    /// The stretch that begins at a moment: a day, or less when the clock is changed within.
    fn stretch(&self, from: i64) -> Stretch {
        let offset = self.offset(from);
        let mut until = from + DAY_MS;
        if self.offset(until) != offset {
            // The change lies after `same` and not after `until`.
            let mut same = from;
            while until - same > 1 {
                let middle = same + (until - same) / 2;
                if self.offset(middle) == offset {
                    same = middle;
                } else {
                    until = middle;
                }
            }
        }
        Stretch {
            wall: from + offset..until + offset,
            offset,
        }
    }

    /// Goes stretch by stretch until `pick` finds a moment in one. It is given the stretch and when it is open
    /// within.
    fn find(
        &self,
        at: Timestamp,
        pick: impl Fn(&Range<i64>, &[Range<i64>]) -> Option<i64>,
    ) -> Option<Timestamp> {
        let mut from = at.millis();
        let end = self.nothing_new_after(from);
        while from < end {
            let Stretch { wall, offset } = self.stretch(from);
            if let Some(found) = pick(&wall, &self.open_in(wall.clone())) {
                return Some(Timestamp::from_millis(found - offset));
            }
            from = wall.end - offset;
        }
        None
    }

    /// Every day of the week has been seen after the last holiday by then.
    fn nothing_new_after(&self, at: i64) -> i64 {
        let last = self.holidays.iter().map(|holiday| start_of(holiday.last));
        last.max().map_or(at, |last| last.max(at)) + 9 * DAY_MS
    }

    /// When it is open within a range of the wall's time, in order.
    fn open_in(&self, wall: Range<i64>) -> Vec<Range<i64>> {
        let mut open = Vec::new();
        let mut day = day_of(wall.start);
        while start_of(day) < wall.end {
            let midnight = start_of(day);
            for interval in self.on(day).intervals() {
                let start = wall
                    .start
                    .max(midnight + i64::from(interval.from) * MINUTE_MS);
                let end = wall
                    .end
                    .min(midnight + i64::from(interval.until) * MINUTE_MS);
                if start < end {
                    open.push(start..end);
                }
            }
            let Some(next) = day.checked_add_days(Days::new(1)) else {
                break;
            };
            day = next;
        }
        open
    }
}

fn start_of(day: NaiveDate) -> i64 {
    day.and_time(NaiveTime::MIN).and_utc().timestamp_millis()
}

fn day_of(wall: i64) -> NaiveDate {
    DateTime::from_timestamp_millis(wall)
        .unwrap_or(DateTime::UNIX_EPOCH)
        .date_naive()
}

#[cfg(test)]
mod tests;
