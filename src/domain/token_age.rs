//! How old an access token is, and when that is worth saying: platforms end tokens without notice.

use std::time::Duration;

use super::time::Timestamp;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// From this age on a notice.
pub const NOTICE: Duration = Duration::from_secs(50 * 24 * 3600);
/// From this age on a warning.
pub const WARNING: Duration = Duration::from_secs(60 * 24 * 3600);

/// A token's age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TokenAge {
    /// Nothing to say.
    Fresh(u64),
    /// To be replaced soon.
    Aging(u64),
    /// To be replaced.
    Old(u64),
}

impl TokenAge {
    /// Whole days.
    pub const fn days(self) -> u64 {
        match self {
            TokenAge::Fresh(days) | TokenAge::Aging(days) | TokenAge::Old(days) => days,
        }
    }

    /// To be replaced soon.
    pub const fn is_aging(self) -> bool {
        matches!(self, TokenAge::Aging(_))
    }

    /// To be replaced.
    pub const fn is_old(self) -> bool {
        matches!(self, TokenAge::Old(_))
    }
}

/// The age at `now` of a token that was saved at `saved_at`.
pub fn age(saved_at: Timestamp, now: Timestamp) -> TokenAge {
    let age = now.since(saved_at);
    let days = age.as_secs() / DAY.as_secs();
    if age >= WARNING {
        TokenAge::Old(days)
    } else if age >= NOTICE {
        TokenAge::Aging(days)
    } else {
        TokenAge::Fresh(days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_noticed_at_50_days_and_warned_about_at_60() {
        let saved = Timestamp::from_millis(1_780_000_000_000);
        for (days, expected) in [
            (0, TokenAge::Fresh(0)),
            (49, TokenAge::Fresh(49)),
            (50, TokenAge::Aging(50)),
            (59, TokenAge::Aging(59)),
            (60, TokenAge::Old(60)),
            (400, TokenAge::Old(400)),
        ] {
            assert_eq!(age(saved, saved.plus(DAY * days)), expected);
        }
    }
}
