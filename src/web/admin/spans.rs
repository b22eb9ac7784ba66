//! Times that an administrator gives in a unit of choice.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::locale::Text;
use crate::web::fields::Item;

/// The units, the largest first, in seconds.
const UNITS: [(&str, u64); 3] = [("days", 86_400), ("hours", 3_600), ("minutes", 60)];

/// The units as a list, the smallest first.
pub fn units() -> Vec<Item> {
    let units = UNITS.iter().rev();
    units
        .map(|(unit, _)| Item::word("time-unit", unit))
        .collect()
}

/// A time in the largest unit that it is a whole number of.
pub fn shown(time: Duration) -> (String, &'static str) {
    let seconds = time.as_secs();
    let fits = UNITS.iter().find(|(_, unit)| seconds.is_multiple_of(*unit));
    let (name, unit) = fits.unwrap_or(&UNITS[2]);
    ((seconds / unit).to_string(), name)
}

/// A time in short: 28 d.
pub fn said(time: Duration) -> Text {
    let (count, unit) = shown(time);
    Text::new(format!("duration-{unit}")).arg("count", count)
}

/// A typed time; `None` when it is none or not within the range.
pub fn read(count: &str, unit: &str, range: &RangeInclusive<Duration>) -> Option<Duration> {
    let (_, seconds) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let count: u64 = count.trim().parse().ok()?;
    let time = Duration::from_secs(count.checked_mul(*seconds)?);
    range.contains(&time).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_shown_as_it_was_typed() {
        let range = Duration::from_secs(60)..=Duration::from_secs(172_800);
        for (count, unit, seconds) in [
            ("1", "minutes", Some(60)),
            (" 90 ", "minutes", Some(5_400)),
            ("2", "days", Some(172_800)),
            ("3", "days", None),
            ("0", "minutes", None),
            ("1.5", "hours", None),
            ("1", "weeks", None),
            ("99999999999999999999", "days", None),
        ] {
            let time = read(count, unit, &range);
            assert_eq!(time.map(|time| time.as_secs()), seconds, "{count} {unit}");
            if let Some(time) = time {
                assert_eq!(shown(time), (count.trim().to_owned(), unit));
            }
        }
    }
}
