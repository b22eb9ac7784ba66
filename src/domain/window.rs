//! The reply window: how long after the customer's last act a reply may be sent, and whether it is ours to
//! send.
//! (contracts/messenger.md §5; specification §5.2. Evaluated when a message is written and again when
//! it is sent.)

use std::time::Duration;

use super::time::Timestamp;

/// A channel's rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Open for this long after the customer's last act; `None`: always open.
    pub standard: Option<Duration>,
    /// With the human agent tag, open for this long; only for what a person wrote.
    pub tagged: Option<Duration>,
    /// Whether a reply may be tried while another application answers the customer. Messenger says no itself
    /// when that application holds the conversation, and lets every application answer when none does; LINE
    /// forbids it. (messenger.md §8.5, line.md §2)
    pub in_standby: bool,
}

/// What the window of one conversation depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Circumstances {
    /// The page's switch *Facebook message tag*; it holds from the next send on, also in a running
    /// conversation (product.md).
    pub tag_allowed: bool,
    /// The customer's last act that opens it; `None`: there was none.
    pub last_inbound_at: Option<Timestamp>,
    /// Another application answers the customer now.
    pub standby: bool,
}

/// What must be said to the platform about why the message is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// Messenger's `HUMAN_AGENT`: a person answers within seven days.
    HumanAgent,
}

/// Whether a reply may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// There is no window on this channel.
    Always,
    /// Open until the moment, without a tag.
    Open(Timestamp),
    /// Only a person's reply, with the tag, until the moment.
    Tagged(Tag, Timestamp),
    /// Closed since the moment; `None`: the customer never wrote.
    Closed(Option<Timestamp>),
    /// Another application answers the customer, and nobody else may.
    HeldElsewhere,
}

impl Window {
    /// Whether a person may write now.
    pub fn is_open(self) -> bool {
        !matches!(self, Window::Closed(_) | Window::HeldElsewhere)
    }

    /// The tag that a send needs now; `None` without one.
    pub fn tag(self) -> Option<Tag> {
        match self {
            Window::Tagged(tag, _) => Some(tag),
            _ => None,
        }
    }
}

/// The window at `now`.
pub fn check(rules: Rules, circumstances: Circumstances, now: Timestamp) -> Window {
    if circumstances.standby && !rules.in_standby {
        return Window::HeldElsewhere;
    }
    let Some(standard) = rules.standard else {
        return Window::Always;
    };
    let Some(last) = circumstances.last_inbound_at else {
        return Window::Closed(None);
    };
    let standard_end = last.plus(standard);
    if now < standard_end {
        return Window::Open(standard_end);
    }
    match rules.tagged {
        Some(tagged) if circumstances.tag_allowed => {
            let tagged_end = last.plus(tagged);
            if now < tagged_end {
                Window::Tagged(Tag::HumanAgent, tagged_end)
            } else {
                Window::Closed(Some(tagged_end))
            }
        }
        _ => Window::Closed(Some(standard_end)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);
    const MESSENGER: Rules = Rules {
        standard: Some(Duration::from_secs(24 * 3600)),
        tagged: Some(Duration::from_secs(7 * 24 * 3600)),
        in_standby: true,
    };
    const LINE: Rules = Rules {
        standard: None,
        tagged: None,
        in_standby: false,
    };

    fn last_wrote(last_inbound_at: Option<Timestamp>) -> Circumstances {
        Circumstances {
            tag_allowed: true,
            last_inbound_at,
            standby: false,
        }
    }

    #[test]
    fn the_window_follows_the_customers_last_act() {
        let wrote = Timestamp::from_millis(1_780_500_000_000);
        let day = wrote.plus(24 * HOUR);
        let week = wrote.plus(7 * 24 * HOUR);
        for (tag, now, expected) in [
            (false, wrote, Window::Open(day)),
            (
                false,
                wrote.plus(24 * HOUR - Duration::from_millis(1)),
                Window::Open(day),
            ),
            (false, day, Window::Closed(Some(day))),
            (true, day, Window::Tagged(Tag::HumanAgent, week)),
            (true, week, Window::Closed(Some(week))),
        ] {
            let circumstances = Circumstances {
                tag_allowed: tag,
                ..last_wrote(Some(wrote))
            };
            assert_eq!(check(MESSENGER, circumstances, now), expected);
        }
    }

    #[test]
    fn without_an_act_of_the_customer_the_window_is_closed() {
        let now = Timestamp::from_millis(0);
        assert_eq!(
            check(MESSENGER, last_wrote(None), now),
            Window::Closed(None)
        );
    }

    #[test]
    fn a_channel_without_a_window_is_always_open() {
        let now = Timestamp::from_millis(0);
        assert_eq!(check(LINE, last_wrote(None), now), Window::Always);
    }

    #[test]
    fn while_another_application_answers_only_a_channel_that_allows_it_is_tried() {
        let wrote = Timestamp::from_millis(1_780_500_000_000);
        let standby = Circumstances {
            standby: true,
            ..last_wrote(Some(wrote))
        };
        let held = check(LINE, standby, wrote);
        assert_eq!(held, Window::HeldElsewhere);
        assert!(!held.is_open());
        assert!(check(MESSENGER, standby, wrote).is_open());
    }
}
