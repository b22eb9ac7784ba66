//! What happens when a queue cannot take a conversation, or keeps it waiting too long. (Specification §3.8.)
//!
//! Without settings a conversation simply waits. What an overflow moves is not checked again before it is
//! queued; the waiting time is.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::ids::QueueId;
use super::time::Timestamp;

/// How many waiting conversations a limit may be.
pub const WAITING_LIMIT: RangeInclusive<u32> = 1..=100;
/// How long a waiting time may be.
pub const WAITING_TIME: RangeInclusive<Duration> =
    Duration::from_secs(60)..=Duration::from_secs(2 * 24 * 3600);

/// A queue's settings, or a rule's own that hold instead.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Overflow {
    /// When the queue is closed; `None`: the conversation is queued. Asked first.
    pub out_of_hours: Option<Entry>,
    /// When too many wait.
    pub too_many: Option<TooMany>,
    /// When one has waited too long.
    pub too_long: Option<TooLong>,
}

/// A limit of waiting conversations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TooMany {
    /// So many may wait; one more is too many. Within [`WAITING_LIMIT`].
    pub limit: u32,
    /// What is done with one more.
    pub action: Entry,
}

/// A limit of waiting time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TooLong {
    /// So long may one wait, since it entered this queue. Within [`WAITING_TIME`].
    pub after: Duration,
    /// What is done then.
    pub action: Exit,
}

/// What is done with a conversation before it is queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Entry {
    /// It is queued all the same.
    QueueAnyway,
    /// It goes to another queue.
    Move(QueueId),
    /// It is closed, and the customer is told.
    End,
}

/// What is done with a conversation that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exit {
    /// It goes to another queue.
    Move(QueueId),
    /// It is closed, and the customer is told.
    End,
}

/// Why a queue overflows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    /// It is closed.
    OutOfHours,
    /// Too many wait.
    TooMany {
        /// So many may.
        limit: u32,
        /// So many do, without this one.
        waiting: u32,
    },
}

/// A queue as it stands when a conversation is routed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The queue.
    pub queue: QueueId,
    /// Its counter is open now; a queue without operating hours always is.
    pub is_open: bool,
    /// When it opens next; `None`: it is open, or it never opens again.
    pub next_opening: Option<Timestamp>,
    /// Conversations that wait in it.
    pub waiting: u32,
    /// Its settings.
    pub overflow: Overflow,
}

/// Why settings cannot be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// Not within [`WAITING_LIMIT`].
    Limit,
    /// Not within [`WAITING_TIME`].
    Time,
    /// It would move conversations into the queue that overflows.
    IntoItself,
}

impl Overflow {
    /// Whether the settings make sense for a queue; `None`: for a rule, which may give to several.
    ///
    /// # Errors
    /// The first mistake.
    pub fn check(&self, queue: Option<QueueId>) -> Result<(), Mistake> {
        if self
            .too_many
            .is_some_and(|many| !WAITING_LIMIT.contains(&many.limit))
        {
            return Err(Mistake::Limit);
        }
        if self
            .too_long
            .is_some_and(|long| !WAITING_TIME.contains(&long.after))
        {
            return Err(Mistake::Time);
        }
        let is_same = |target: QueueId| Some(target) == queue;
        let entries = [self.out_of_hours, self.too_many.map(|many| many.action)];
        let moves_in = entries.into_iter().flatten().any(|entry| match entry {
            Entry::Move(target) => is_same(target),
            Entry::QueueAnyway | Entry::End => false,
        });
        let moves_on = self.too_long.is_some_and(|long| match long.action {
            Exit::Move(target) => is_same(target),
            Exit::End => false,
        });
        match moves_in || moves_on {
            true => Err(Mistake::IntoItself),
            false => Ok(()),
        }
    }

    /// Why a queue that stands so cannot take another conversation, and what these settings do with it. The
    /// opening hours are asked first. `None`: it can.
    pub fn before_queueing(&self, standing: &Standing) -> Option<(Trigger, Entry)> {
        if let (false, Some(action)) = (standing.is_open, self.out_of_hours) {
            return Some((Trigger::OutOfHours, action));
        }
        let many = self
            .too_many
            .filter(|many| standing.waiting >= many.limit)?;
        let trigger = Trigger::TooMany {
            limit: many.limit,
            waiting: standing.waiting,
        };
        Some((trigger, many.action))
    }

    /// When a conversation that entered the queue at `entered_at` has waited too long, and what is done
    /// then. `None`: it may wait for ever.
    pub fn while_queued(&self, entered_at: Timestamp) -> Option<(Timestamp, Exit)> {
        self.too_long
            .map(|long| (entered_at.plus(long.after), long.action))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUEUE: QueueId = QueueId(1);
    const OTHER: QueueId = QueueId(2);

    fn standing(is_open: bool, waiting: u32) -> Standing {
        Standing {
            queue: QUEUE,
            is_open,
            next_opening: None,
            waiting,
            overflow: Overflow::default(),
        }
    }

    fn limit(limit: u32, action: Entry) -> Option<TooMany> {
        Some(TooMany { limit, action })
    }

    #[test]
    fn the_opening_hours_are_asked_before_the_number() {
        let both = Overflow {
            out_of_hours: Some(Entry::End),
            too_many: limit(3, Entry::Move(OTHER)),
            too_long: None,
        };
        let number = Overflow {
            out_of_hours: None,
            ..both.clone()
        };
        let many = |waiting| Trigger::TooMany { limit: 3, waiting };
        for (settings, is_open, waiting, expected) in [
            (&both, false, 9, Some((Trigger::OutOfHours, Entry::End))),
            (&both, true, 9, Some((many(9), Entry::Move(OTHER)))),
            (&both, true, 3, Some((many(3), Entry::Move(OTHER)))),
            (&both, true, 2, None),
            (&number, false, 2, None),
            (&Overflow::default(), false, 1_000, None),
        ] {
            let standing = standing(is_open, waiting);
            assert_eq!(
                settings.before_queueing(&standing),
                expected,
                "{standing:?}"
            );
        }
    }

    #[test]
    fn a_conversation_waits_as_long_as_the_settings_say() {
        let entered = Timestamp::from_millis(5_000);
        let minutes = Duration::from_secs(600);
        let settings = Overflow {
            too_long: Some(TooLong {
                after: minutes,
                action: Exit::End,
            }),
            ..Overflow::default()
        };
        let due = settings.while_queued(entered);
        assert_eq!(due, Some((entered.plus(minutes), Exit::End)));
        assert_eq!(Overflow::default().while_queued(entered), None);
    }

    #[test]
    fn settings_beyond_the_limits_or_into_the_same_queue_are_refused() {
        let many = |number| Overflow {
            too_many: limit(number, Entry::End),
            ..Overflow::default()
        };
        let long = |seconds, action| Overflow {
            too_long: Some(TooLong {
                after: Duration::from_secs(seconds),
                action,
            }),
            ..Overflow::default()
        };
        let closed = |action| Overflow {
            out_of_hours: Some(action),
            ..Overflow::default()
        };
        for (settings, expected) in [
            (many(0), Err(Mistake::Limit)),
            (many(1), Ok(())),
            (many(100), Ok(())),
            (many(101), Err(Mistake::Limit)),
            (long(59, Exit::End), Err(Mistake::Time)),
            (long(60, Exit::End), Ok(())),
            (long(172_800, Exit::Move(OTHER)), Ok(())),
            (long(172_801, Exit::End), Err(Mistake::Time)),
            (long(60, Exit::Move(QUEUE)), Err(Mistake::IntoItself)),
            (closed(Entry::Move(QUEUE)), Err(Mistake::IntoItself)),
            (closed(Entry::QueueAnyway), Ok(())),
        ] {
            assert_eq!(settings.check(Some(QUEUE)), expected, "{settings:?}");
        }
        assert_eq!(closed(Entry::Move(QUEUE)).check(None), Ok(()));
    }
}
