//! What an administrator decides about a queue, in the words of its page. (Specification §1.6, §3.8.)

use std::ops::RangeInclusive;
use std::time::Duration;

use super::ids::QueueId;
use super::overflow::{Entry, Exit, Overflow, TooLong, TooMany};
use super::words::words;

/// Priorities; the smaller number is served first.
pub const PRIORITIES: RangeInclusive<u32> = 1..=1000;
/// The priority of a new queue: there is room on both sides.
pub const PRIORITY: u32 = 100;

words! {
    /// What a conversation may meet in a queue, in the order in which it is looked at.
    When {
        /// It comes outside the operating hours.
        OutOfHours = "out-of-hours",
        /// Too many wait when it comes.
        WorkItems = "work-items",
        /// It has waited for too long.
        WaitingTime = "waiting-time",
    }
}

words! {
    /// What is done then.
    Do {
        /// It goes into the queue all the same.
        AssignAnyway = "assign-anyway",
        /// It goes into another queue.
        Transfer = "transfer",
        /// It is ended, with a message to the customer.
        EndConversation = "end-conversation",
    }
}

impl When {
    /// What may be done about it, the usual first.
    pub const fn actions(self) -> &'static [Do] {
        match self {
            When::OutOfHours => &[Do::AssignAnyway, Do::Transfer, Do::EndConversation],
            When::WorkItems | When::WaitingTime => &[Do::Transfer, Do::EndConversation],
        }
    }
}

/// When a queue is too full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Outside the operating hours.
    OutOfHours,
    /// More than so many conversations wait, see [`WAITING_LIMIT`](super::overflow::WAITING_LIMIT).
    WorkItems(u32),
    /// It waits longer than this, see
    /// [`WAITING_TIME`](super::overflow::WAITING_TIME).
    WaitingTime(Duration),
}

impl Condition {
    /// Its kind.
    pub const fn when(self) -> When {
        match self {
            Condition::OutOfHours => When::OutOfHours,
            Condition::WorkItems(_) => When::WorkItems,
            Condition::WaitingTime(_) => When::WaitingTime,
        }
    }
}

/// What happens to a conversation that a queue has no room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It goes into the queue all the same.
    AssignAnyway,
    /// It goes into this queue.
    Transfer(QueueId),
    /// It is ended, with a message to the customer.
    EndConversation,
}

impl Action {
    /// Its kind.
    pub const fn what(self) -> Do {
        match self {
            Action::AssignAnyway => Do::AssignAnyway,
            Action::Transfer(_) => Do::Transfer,
            Action::EndConversation => Do::EndConversation,
        }
    }
}

/// An overflow pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// When.
    pub condition: Condition,
    /// What then.
    pub action: Action,
}

/// The pairs as routing asks about them.
pub fn overflow(pairs: &[Pair]) -> Overflow {
    let mut overflow = Overflow::default();
    for pair in pairs {
        let entry = match pair.action {
            Action::AssignAnyway => Entry::QueueAnyway,
            Action::Transfer(queue) => Entry::Move(queue),
            Action::EndConversation => Entry::End,
        };
        match pair.condition {
            Condition::OutOfHours => overflow.out_of_hours = Some(entry),
            Condition::WorkItems(limit) => {
                overflow.too_many = Some(TooMany {
                    limit,
                    action: entry,
                });
            }
            Condition::WaitingTime(after) => {
                overflow.too_long = match pair.action {
                    Action::Transfer(queue) => Some(Exit::Move(queue)),
                    Action::EndConversation => Some(Exit::End),
                    // What waits is in the queue already.
                    Action::AssignAnyway => None,
                }
                .map(|action| TooLong { after, action });
            }
        }
    }
    overflow
}

/// Settings as pairs, in the order in which they are looked at: the other way round of [`overflow`].
pub fn pairs(overflow: &Overflow) -> Vec<Pair> {
    let entry = |entry: Entry| match entry {
        Entry::QueueAnyway => Action::AssignAnyway,
        Entry::Move(queue) => Action::Transfer(queue),
        Entry::End => Action::EndConversation,
    };
    let out_of_hours = overflow.out_of_hours.map(|action| Pair {
        condition: Condition::OutOfHours,
        action: entry(action),
    });
    let too_many = overflow.too_many.map(|many| Pair {
        condition: Condition::WorkItems(many.limit),
        action: entry(many.action),
    });
    let too_long = overflow.too_long.map(|long| Pair {
        condition: Condition::WaitingTime(long.after),
        action: match long.action {
            Exit::Move(queue) => Action::Transfer(queue),
            Exit::End => Action::EndConversation,
        },
    });
    [out_of_hours, too_many, too_long]
        .into_iter()
        .flatten()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_say_what_routing_asks() {
        let other = QueueId(7);
        let hour = Duration::from_secs(3600);
        let pair = |condition, action| Pair { condition, action };
        let given = [
            pair(Condition::OutOfHours, Action::AssignAnyway),
            pair(Condition::WorkItems(10), Action::Transfer(other)),
            pair(Condition::WaitingTime(hour), Action::EndConversation),
        ];
        let found = overflow(&given);
        assert_eq!(pairs(&found), given, "and back again");
        assert_eq!(found.out_of_hours, Some(Entry::QueueAnyway));
        let many = found.too_many.unwrap();
        assert_eq!((many.limit, many.action), (10, Entry::Move(other)));
        let long = found.too_long.unwrap();
        assert_eq!((long.after, long.action), (hour, Exit::End));
        assert_eq!(overflow(&[]), Overflow::default());
    }

    #[test]
    fn whoever_waits_already_is_not_queued_anyway() {
        assert!(!When::WaitingTime.actions().contains(&Do::AssignAnyway));
        for when in When::ALL {
            assert_eq!(When::from_word(when.word()), Some(*when));
        }
        for what in Do::ALL {
            assert_eq!(Do::from_word(what.word()), Some(*what));
        }
    }
}
