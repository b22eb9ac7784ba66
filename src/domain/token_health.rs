//! How an access token is, and when that is worth saying: platforms end tokens without notice. (product.md:
//! a notice from 50 days on, a flag at 60, a refused token at once, whatever its age.)

use std::time::Duration;

use super::time::Timestamp;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// From this age on a notice.
pub const NOTICE: Duration = Duration::from_secs(50 * 24 * 3600);
/// From this age on a flag.
pub const FLAG: Duration = Duration::from_secs(60 * 24 * 3600);
/// An end that the platform has told is flagged this long before it comes.
pub const END_NEAR: Duration = Duration::from_secs(7 * 24 * 3600);
/// *Remind me in a week*.
pub const SNOOZE: Duration = Duration::from_secs(7 * 24 * 3600);

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

/// The age at `now` of a token that was saved at `saved_at`; a moment in the future (the clock was set back)
/// counts as now.
pub fn age(saved_at: Timestamp, now: Timestamp) -> TokenAge {
    let age = now.since(saved_at);
    let days = age.as_secs() / DAY.as_secs();
    if age >= FLAG {
        TokenAge::Old(days)
    } else if age >= NOTICE {
        TokenAge::Aging(days)
    } else {
        TokenAge::Fresh(days)
    }
}

/// What is known about a page's token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// When it was saved; `None`: it is made from the secret on use and never gets old.
    pub saved_at: Option<Timestamp>,
    /// When it ends, as the platform told; `None`: it does not, or the platform did not tell.
    pub ends_at: Option<Timestamp>,
    /// The platform refuses it now.
    pub is_refused: bool,
    /// Whether its age is flagged: an administrator may have turned that off.
    pub flags_age: bool,
    /// *Remind me in a week* holds until then.
    pub snoozed_until: Option<Timestamp>,
}

/// What is wrong with a token, or will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concern {
    /// The platform refuses it: nothing is sent.
    Refused,
    /// The platform ends it at this moment, soon or just now.
    Ending(Timestamp),
    /// Flagged for its age in days.
    Old(u64),
    /// Will be flagged; its age in days.
    Aging(u64),
}

impl Concern {
    /// Whether it is flagged wherever the token is shown; otherwise it is a notice.
    pub const fn is_flag(self) -> bool {
        !matches!(self, Concern::Aging(_))
    }

    /// Whether messages stop, now or within days.
    pub const fn is_urgent(self) -> bool {
        matches!(self, Concern::Refused | Concern::Ending(_))
    }
}

/// What is wrong with a token at `now`; `None`: nothing.
pub fn concern(token: &Token, now: Timestamp) -> Option<Concern> {
    if token.is_refused {
        return Some(Concern::Refused);
    }
    let saved_at = token.saved_at?;
    if let Some(ends_at) = token
        .ends_at
        .filter(|ends_at| ends_at.since(now) <= END_NEAR)
    {
        return Some(Concern::Ending(ends_at));
    }
    match age(saved_at, now) {
        TokenAge::Old(days) if token.flags_age => Some(Concern::Old(days)),
        TokenAge::Aging(days) if token.flags_age => Some(Concern::Aging(days)),
        _ => None,
    }
}

/// What administrators are told about a token at `now`: its concern, unless it is only its age and they asked
/// to be reminded later. A reminder further away than it can be asked for (the clock was set back) is none.
pub fn told(token: &Token, now: Timestamp) -> Option<Concern> {
    let is_snoozed = token
        .snoozed_until
        .is_some_and(|until| until > now && until.since(now) <= SNOOZE);
    concern(token, now).filter(|concern| concern.is_urgent() || !is_snoozed)
}

/// Whether a token that the platform accepts is still worse than the one in place: it ends sooner, and before
/// it could even get old. Next to one that is refused or over, every accepted one is better.
pub fn is_worse(new_ends_at: Option<Timestamp>, old: &Token, now: Timestamp) -> bool {
    let Some(new_ends_at) = new_ends_at else {
        return false;
    };
    let old_works = !old.is_refused && old.ends_at.is_none_or(|ends_at| ends_at > now);
    let ends_sooner = old.ends_at.is_none_or(|ends_at| new_ends_at < ends_at);
    old_works && ends_sooner && new_ends_at.since(now) < NOTICE
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

    fn days(count: u32) -> Duration {
        DAY * count
    }

    /// Saved so many days ago; nothing else is known.
    fn saved(days_ago: u32) -> Token {
        Token {
            saved_at: Some(NOW.minus(days(days_ago))),
            ends_at: None,
            is_refused: false,
            flags_age: true,
            snoozed_until: None,
        }
    }

    fn ending(in_days: u32) -> Token {
        Token {
            ends_at: Some(NOW.plus(days(in_days))),
            ..saved(10)
        }
    }

    #[test]
    fn a_token_is_noticed_at_50_days_and_flagged_at_60() {
        for (age, expected) in [
            (0, None),
            (49, None),
            (50, Some(Concern::Aging(50))),
            (59, Some(Concern::Aging(59))),
            (60, Some(Concern::Old(60))),
            (400, Some(Concern::Old(400))),
        ] {
            let concern = concern(&saved(age), NOW);
            assert_eq!(concern, expected);
            assert_eq!(concern.is_some_and(Concern::is_flag), age >= 60);
        }
        let almost = Token {
            saved_at: Some(NOW.minus(FLAG - Duration::from_millis(1))),
            ..saved(0)
        };
        assert_eq!(concern(&almost, NOW), Some(Concern::Aging(59)));
        let from_the_future = Token {
            saved_at: Some(NOW.plus(days(400))),
            ..saved(0)
        };
        assert_eq!(concern(&from_the_future, NOW), None);
    }

    #[test]
    fn what_stops_messages_comes_before_what_may() {
        let refused = |token| Token {
            is_refused: true,
            ..token
        };
        let made_on_use = Token {
            saved_at: None,
            ..saved(0)
        };
        for (token, expected) in [
            (refused(saved(0)), Some(Concern::Refused)),
            (refused(saved(70)), Some(Concern::Refused)),
            (refused(ending(1)), Some(Concern::Refused)),
            (refused(made_on_use), Some(Concern::Refused)),
            (made_on_use, None),
            (ending(8), None),
            (ending(7), Some(Concern::Ending(NOW.plus(days(7))))),
            (
                Token {
                    saved_at: Some(NOW.minus(days(70))),
                    ..ending(2)
                },
                Some(Concern::Ending(NOW.plus(days(2)))),
            ),
            (
                Token {
                    ends_at: Some(NOW.minus(days(1))),
                    ..saved(10)
                },
                Some(Concern::Ending(NOW.minus(days(1)))),
            ),
            (
                Token {
                    flags_age: false,
                    ..saved(400)
                },
                None,
            ),
            (
                Token {
                    flags_age: false,
                    ..ending(2)
                },
                Some(Concern::Ending(NOW.plus(days(2)))),
            ),
        ] {
            assert_eq!(concern(&token, NOW), expected, "{token:?}");
        }
    }

    #[test]
    fn a_reminder_puts_off_what_is_only_age() {
        let snoozed = |token, in_days| Token {
            snoozed_until: Some(NOW.plus(days(in_days))),
            ..token
        };
        for (token, expected) in [
            (snoozed(saved(60), 7), None),
            (snoozed(saved(55), 1), None),
            (snoozed(saved(60), 0), Some(Concern::Old(60))),
            (
                snoozed(ending(2), 7),
                Some(Concern::Ending(NOW.plus(days(2)))),
            ),
            // Asked for when the clock was wrong.
            (snoozed(saved(60), 400), Some(Concern::Old(60))),
        ] {
            assert_eq!(told(&token, NOW), expected, "{token:?}");
            assert!(concern(&token, NOW).is_some(), "it is flagged all the same");
        }
    }

    #[test]
    fn a_token_that_ends_within_weeks_does_not_replace_one_that_goes_on() {
        let in_days = |count| Some(NOW.plus(days(count)));
        let refused = Token {
            is_refused: true,
            ..saved(70)
        };
        let over = Token {
            ends_at: Some(NOW.minus(days(1))),
            ..saved(70)
        };
        for (new, old, expected) in [
            (None, saved(70), false),
            (in_days(0), saved(70), true),
            (in_days(49), saved(70), true),
            (in_days(50), saved(70), false),
            (in_days(2), ending(3), true),
            (in_days(3), ending(3), false),
            (in_days(30), ending(3), false),
            (in_days(1), refused, false),
            (in_days(1), over, false),
        ] {
            assert_eq!(is_worse(new, &old, NOW), expected, "{new:?} {old:?}");
        }
    }
}
