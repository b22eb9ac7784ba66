use chrono::NaiveDateTime;
use chrono_tz::{Africa, America, Asia, Australia, Europe, UTC};
use proptest::prelude::*;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn hours(text: &str) -> DayHours {
    DayHours::parse(text).unwrap()
}

/// Monday to Friday, Saturday, Sunday.
fn counter(zone: Tz, weekday: &str, saturday: &str, sunday: &str) -> Hours {
    let weekday = hours(weekday);
    Hours {
        zone,
        week: [
            weekday.clone(),
            weekday.clone(),
            weekday.clone(),
            weekday.clone(),
            weekday,
            hours(saturday),
            hours(sunday),
        ],
        holidays: Vec::new(),
    }
}

fn shop() -> Hours {
    counter(Europe::Helsinki, "09:00–12:00, 13:00–17:00", "10–14", "")
}

fn holiday(first: &str, last: &str, open: &str) -> Holiday {
    Holiday {
        first: day(first),
        last: day(last),
        reason: "Holiday".to_owned(),
        hours: hours(open),
    }
}

/// A moment given in UTC.
fn utc(text: &str) -> Timestamp {
    let moment = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S")
        .or_else(|_| NaiveDateTime::parse_from_str(&format!("{text}:00"), "%Y-%m-%d %H:%M:%S"))
        .unwrap();
    Timestamp::from_millis(moment.and_utc().timestamp_millis())
}

fn said(at: Option<Timestamp>) -> String {
    at.map_or("never".to_owned(), |at| {
        let moment = DateTime::from_timestamp_millis(at.millis()).unwrap();
        moment.format("%Y-%m-%d %H:%M").to_string()
    })
}

#[test]
fn hours_are_read_as_people_type_them() {
    for (typed, expected) in [
        ("", ""),
        ("  ", ""),
        ("9-17", "09:00–17:00"),
        ("09:00–17:30", "09:00–17:30"),
        ("9.30 — 17.00", "09:30–17:00"),
        ("0930-1700", "09:30–17:00"),
        ("13-17, 9-12", "09:00–12:00, 13:00–17:00"),
        ("9-12;12-17", "09:00–12:00, 12:00–17:00"),
        ("10：00～19：00", "10:00–19:00"),
        ("0-24", "00:00–24:00"),
        ("9-17,", "09:00–17:00"),
    ] {
        assert_eq!(hours(typed).to_string(), expected, "{typed:?}");
        assert_eq!(hours(expected), hours(typed), "what is written is read");
    }
    let unreadable = |part: &str| Mistake::Unreadable(part.to_owned());
    let backwards = |part: &str| Mistake::Backwards(part.to_owned());
    for (typed, expected) in [
        ("nine to five", unreadable("nine to five")),
        ("9", unreadable("9")),
        ("9-25", unreadable("9-25")),
        ("9-24:01", unreadable("9-24:01")),
        ("9:5-17", unreadable("9:5-17")),
        ("9:60-17", unreadable("9:60-17")),
        ("-9-17", unreadable("-9-17")),
        ("+9-17", unreadable("+9-17")),
        ("9-17, x", unreadable("x")),
        ("22-2", backwards("22-2")),
        ("9-9", backwards("9-9")),
        ("9-12, 11-17", Mistake::Overlapping),
        (
            "0-1,2-3,4-5,6-7,8-9,10-11,12-13,14-15,16-17",
            Mistake::TooMany,
        ),
    ] {
        assert_eq!(DayHours::parse(typed), Err(expected), "{typed:?}");
    }
    assert!(hours("0-24").is_all_day() && !hours("0-23:59").is_all_day());
}

#[test]
fn a_week_is_open_when_its_wall_clock_says_so() {
    // 20 November 2026 is a Friday; Helsinki is two hours ahead.
    for (at, is_open, opens, closes) in [
        (
            "2026-11-20 06:59:59",
            false,
            "2026-11-20 07:00",
            "2026-11-20 06:59",
        ),
        (
            "2026-11-20 07:00",
            true,
            "2026-11-20 07:00",
            "2026-11-20 10:00",
        ),
        (
            "2026-11-20 09:59:59",
            true,
            "2026-11-20 09:59",
            "2026-11-20 10:00",
        ),
        (
            "2026-11-20 10:00",
            false,
            "2026-11-20 11:00",
            "2026-11-20 10:00",
        ),
        (
            "2026-11-20 15:00",
            false,
            "2026-11-21 08:00",
            "2026-11-20 15:00",
        ),
        (
            "2026-11-21 12:00",
            false,
            "2026-11-23 07:00",
            "2026-11-21 12:00",
        ),
    ] {
        let shop = shop();
        assert_eq!(shop.is_open(utc(at)), is_open, "{at}");
        assert_eq!(said(shop.next_opening(utc(at))), opens, "{at}");
        assert_eq!(said(shop.next_closing(utc(at))), closes, "{at}");
    }
}

#[test]
fn what_never_opens_and_what_never_closes_is_told() {
    let never = counter(UTC, "", "", "");
    let always = counter(UTC, "0-24", "0-24", "0-24");
    let now = utc("2026-11-20 12:00");
    assert_eq!(never.next_opening(now), None);
    assert_eq!(never.next_closing(now), Some(now));
    assert_eq!(always.next_opening(now), Some(now));
    assert_eq!(always.next_closing(now), None);
    let until_the_holiday = Hours {
        holidays: vec![holiday("2027-01-01", "2027-01-01", "")],
        ..always
    };
    assert_eq!(
        said(until_the_holiday.next_closing(now)),
        "2027-01-01 00:00"
    );
    let on_the_holiday_only = Hours {
        holidays: vec![holiday("2027-12-24", "2027-12-24", "8-9")],
        ..never
    };
    assert_eq!(
        said(on_the_holiday_only.next_opening(now)),
        "2027-12-24 08:00"
    );
}

#[test]
fn a_night_is_two_days_and_does_not_close_at_midnight() {
    let bar = counter(UTC, "0-2, 18-24", "0-2, 18-24", "0-2, 18-24");
    assert_eq!(
        said(bar.next_closing(utc("2026-11-20 23:00"))),
        "2026-11-21 02:00"
    );
    assert!(bar.is_open(utc("2026-11-20 23:59:59")) && bar.is_open(utc("2026-11-21 00:00")));
}

#[test]
fn a_clock_that_is_put_forward_leaves_out_an_hour() {
    // Helsinki, 29 March 2026: 03:00 becomes 04:00 (01:00 UTC).
    for (sunday, at, opens, closes) in [
        // Closed until the middle of the hour that is left out: open as soon as it is over.
        (
            "3:30-6",
            "2026-03-29 00:00",
            "2026-03-29 01:00",
            "2026-03-29 00:00",
        ),
        (
            "3:30-6",
            "2026-03-29 02:00",
            "2026-03-29 02:00",
            "2026-03-29 03:00",
        ),
        // All of it lies in that hour: not open on that day. Next Sunday it is.
        (
            "3:10-3:50",
            "2026-03-29 00:00",
            "2026-04-05 00:10",
            "2026-03-29 00:00",
        ),
        // Four hours on the wall, one of them left out.
        (
            "2-6",
            "2026-03-29 00:00",
            "2026-03-29 00:00",
            "2026-03-29 03:00",
        ),
        // Ends within the hour: closes when the hour begins.
        (
            "1-3:30",
            "2026-03-29 00:30",
            "2026-03-29 00:30",
            "2026-03-29 01:00",
        ),
    ] {
        let shop = counter(Europe::Helsinki, "", "", sunday);
        let at = utc(at);
        assert_eq!(said(shop.next_opening(at)), opens, "{sunday}");
        assert_eq!(said(shop.next_closing(at)), closes, "{sunday}");
    }
    assert_eq!(shop().clock_change(day("2026-03-29")), 60);
    assert_eq!(shop().clock_change(day("2026-03-28")), 0);
}

#[test]
fn a_clock_that_is_put_back_shows_an_hour_twice_and_is_open_both_times() {
    // Helsinki, 25 October 2026: 04:00 becomes 03:00 (01:00 UTC).
    let shop = counter(Europe::Helsinki, "", "", "3:30-3:45");
    for (at, is_open) in [
        ("2026-10-25 00:29", false),
        ("2026-10-25 00:30", true),
        ("2026-10-25 00:45", false),
        ("2026-10-25 01:29", false),
        ("2026-10-25 01:30", true),
        ("2026-10-25 01:45", false),
    ] {
        assert_eq!(shop.is_open(utc(at)), is_open, "{at}");
    }
    assert_eq!(
        said(shop.next_opening(utc("2026-10-25 00:50"))),
        "2026-10-25 01:30"
    );
    // Open until half past three, twice: the clock that is put back opens it again.
    let early = counter(Europe::Helsinki, "", "", "1-3:30");
    assert_eq!(
        said(early.next_closing(utc("2026-10-25 00:00"))),
        "2026-10-25 00:30"
    );
    assert_eq!(
        said(early.next_opening(utc("2026-10-25 00:40"))),
        "2026-10-25 01:00"
    );
    assert_eq!(shop.clock_change(day("2026-10-25")), -60);
}

#[test]
fn zones_with_their_own_ways_are_right_too() {
    for (zone, at, opens) in [
        // Half an hour: Lord Howe puts its clock forward from 02:00 to 02:30 on 4 October 2026.
        (Australia::Lord_Howe, "2026-10-03 15:29", "2026-10-03 21:00"),
        // Midnight itself is left out: Cairo, 24 April 2026, 00:00 becomes 01:00.
        (Africa::Cairo, "2026-04-23 21:59", "2026-04-24 05:00"),
        // No change at all.
        (Asia::Taipei, "2026-11-20 12:00", "2026-11-21 00:00"),
        (Asia::Kathmandu, "2026-11-20 12:00", "2026-11-21 02:15"),
        // St John's, 1 November 2026: 02:00 becomes 01:00.
        (America::St_Johns, "2026-11-01 04:00", "2026-11-01 11:30"),
    ] {
        let shop = counter(zone, "8-16", "8-16", "8-16");
        assert_eq!(said(shop.next_opening(utc(at))), opens, "{zone}");
    }
}

#[test]
fn a_holiday_holds_instead_of_the_week() {
    let mut shop = shop();
    shop.holidays = vec![
        holiday("2026-12-24", "2026-12-26", ""),
        holiday("2026-12-24", "2026-12-24", "9-12"),
        holiday("2026-12-27", "2026-12-27", "12-15"),
    ];
    for (at, is_open, opens) in [
        // Thursday: the shorter of the two holds.
        ("2026-12-24 07:30", true, "2026-12-24 07:30"),
        ("2026-12-24 12:00", false, "2026-12-27 10:00"),
        ("2026-12-25 09:00", false, "2026-12-27 10:00"),
        // A Sunday that is open for once.
        ("2026-12-27 10:00", true, "2026-12-27 10:00"),
        ("2026-12-27 13:00", false, "2026-12-28 07:00"),
    ] {
        assert_eq!(shop.is_open(utc(at)), is_open, "{at}");
        assert_eq!(said(shop.next_opening(utc(at))), opens, "{at}");
    }
    // The day is that of the wall: in Helsinki it is the 24th two hours before UTC says so.
    assert_eq!(shop.holiday(utc("2026-12-23 21:59")), None);
    let eve = shop.holiday(utc("2026-12-23 22:00")).unwrap();
    assert_eq!(
        (eve.first, eve.last),
        (day("2026-12-24"), day("2026-12-24"))
    );
}

#[test]
fn of_two_equal_exceptions_the_later_holds() {
    let mut shop = shop();
    shop.holidays = vec![
        holiday("2026-12-24", "2026-12-24", "9-12"),
        holiday("2026-12-24", "2026-12-24", ""),
    ];
    assert!(shop.on(day("2026-12-24")).is_closed());
}

proptest! {
    /// The three questions agree with each other at any moment, around changes of the clock above all.
    #[test]
    fn opening_and_closing_agree_with_being_open(
        minutes in 0_i64..525_600,
        from in 0_u16..1439,
        length in 1_u16..600,
        zone in prop::sample::select(vec![
            Europe::Helsinki, America::St_Johns, Australia::Lord_Howe, Africa::Cairo, Asia::Taipei,
        ]),
    ) {
        let interval = Interval { from, until: (from + length).min(DAY_MINUTES) };
        let day = DayHours(vec![interval]);
        let shop = Hours { zone, week: std::array::from_fn(|_| day.clone()), holidays: Vec::new() };
        let at = Timestamp::from_millis(utc("2026-01-01 00:00").millis() + minutes * MINUTE_MS);
        let opening = shop.next_opening(at).unwrap();
        prop_assert!(opening >= at && shop.is_open(opening));
        prop_assert_eq!(opening == at, shop.is_open(at));
        if opening > at {
            prop_assert!(!shop.is_open(Timestamp::from_millis(opening.millis() - 1)));
        }
        let closing = shop.next_closing(opening).unwrap();
        prop_assert!(closing > opening && !shop.is_open(closing));
        prop_assert!(shop.is_open(Timestamp::from_millis(closing.millis() - 1)));
    }
}
