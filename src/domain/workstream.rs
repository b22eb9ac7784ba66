//! What an administrator decides about a workstream. (Specification §1.4, §1.19, §2.8.)

use std::ops::RangeInclusive;
use std::time::Duration;

use super::words::words;

/// How many units a conversation may take of an agent's capacity.
pub const CAPACITY_UNITS: RangeInclusive<u32> = 0..=10_000;
/// How long conversations may stay Open, Active or Waiting without a message: from a minute to a year.
pub const AUTO_CLOSE: RangeInclusive<Duration> =
    Duration::from_secs(60)..=Duration::from_secs(365 * 24 * 3600);
/// How long Wrap-up may last: from a minute to a week.
pub const WRAP_UP: RangeInclusive<Duration> =
    Duration::from_secs(60)..=Duration::from_secs(7 * 24 * 3600);
/// How many sessions a limit may allow.
pub const SESSIONS: RangeInclusive<u32> = 1..=50;
/// How many seconds an offer may wait for an answer: what is shorter than 20 s is no time to read.
pub const COUNTDOWN: RangeInclusive<u32> = 20..=1_200;
/// How many fields an offer shows at most.
pub const OFFER_FIELDS: usize = 4;
/// The longest value of such a field, in characters.
pub const OFFER_VALUE: usize = 200;
/// Longest value of a context variable, in characters.
pub const VARIABLE_VALUE: usize = 4_000;
const VARIABLE_NAME: usize = 100;

words! {
    /// How conversations come to agents; cannot be changed later.
    Mode {
        /// They are offered.
        Push = "push",
        /// Agents take them out of a list.
        Pick = "pick",
    }
}

words! {
    /// When an offer shows outside the browser's page.
    Desktop {
        /// Never.
        Never = "never",
        /// While the page is hidden.
        Background = "background",
        /// Always.
        Always = "always",
    }
}

words! {
    /// What a context variable holds.
    VariableKind {
        /// Any text.
        Text = "text",
        /// A number.
        Number = "number",
    }
}

/// Whether a context variable may be called so: letters, digits and underscores, at most 100.
pub fn is_variable_name(name: &str) -> bool {
    (1..=VARIABLE_NAME).contains(&name.len())
        && name
            .bytes()
            .all(|sign| sign.is_ascii_alphanumeric() || sign == b'_')
}

/// Whether a context variable of a kind may hold a value.
pub fn is_variable_value(kind: VariableKind, value: &str) -> bool {
    value.chars().count() <= VARIABLE_VALUE
        && (kind == VariableKind::Text
            || value.parse::<f64>().is_ok_and(|number| number.is_finite()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_has_a_plain_name_and_a_value_of_its_kind() {
        for (name, is_fine) in [
            ("Order_Number2", true),
            ("_", true),
            ("", false),
            ("order number", false),
            ("tilaus-1", false),
            ("määrä", false),
        ] {
            assert_eq!(is_variable_name(name), is_fine, "{name:?}");
        }
        assert!(is_variable_name(&"x".repeat(100)) && !is_variable_name(&"x".repeat(101)));
        for (kind, value, is_fine) in [
            (VariableKind::Text, "", true),
            (VariableKind::Text, "anything", true),
            (VariableKind::Number, "-2.5", true),
            (VariableKind::Number, "", false),
            (VariableKind::Number, "two", false),
            (VariableKind::Number, "NaN", false),
        ] {
            assert_eq!(
                is_variable_value(kind, value),
                is_fine,
                "{kind:?} {value:?}"
            );
        }
        let long = "ä".repeat(4_000);
        assert!(is_variable_value(VariableKind::Text, &long));
        assert!(!is_variable_value(VariableKind::Text, &format!("{long}ä")));
    }
}
