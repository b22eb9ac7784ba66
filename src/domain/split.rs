//! One rule, several queues: each gets its percentage of the conversations. (Specification §3.3.)

use std::collections::BTreeMap;

use super::ids::QueueId;

/// Queues of a rule at most.
pub const MAX_QUEUES: usize = 5;

/// A queue's part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Share {
    /// The queue.
    pub queue: QueueId,
    /// 1 to 100.
    pub percent: u8,
}

/// The queues of a rule. One queue has all.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Split(pub Vec<Share>);

/// Why a split cannot be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// No queue.
    Empty,
    /// More than [`MAX_QUEUES`].
    TooMany,
    /// A queue twice.
    Twice(QueueId),
    /// A queue that gets nothing.
    Nothing(QueueId),
    /// The percentages are not 100 together, but this.
    Total(u32),
}

impl Split {
    /// Everything to one queue.
    pub fn one(queue: QueueId) -> Split {
        Split(vec![Share {
            queue,
            percent: 100,
        }])
    }

    /// Whether the shares make sense.
    ///
    /// # Errors
    /// The first mistake.
    pub fn check(&self) -> Result<(), Mistake> {
        match self.0.len() {
            0 => return Err(Mistake::Empty),
            1..=MAX_QUEUES => {}
            _ => return Err(Mistake::TooMany),
        }
        for (index, share) in self.0.iter().enumerate() {
            if self.0[..index]
                .iter()
                .any(|other| other.queue == share.queue)
            {
                return Err(Mistake::Twice(share.queue));
            }
            if share.percent == 0 {
                return Err(Mistake::Nothing(share.queue));
            }
        }
        match self.0.iter().map(|share| u32::from(share.percent)).sum() {
            100 => Ok(()),
            total => Err(Mistake::Total(total)),
        }
    }

    /// The queue that the next conversation goes to: the one that lacks most of its part of the conversations
    /// that this rule has given out, `given` per queue; of equal ones the first. After any number of
    /// conversations no queue is more than one away from its part (two, with five queues), without chance.
    /// `None` without queues.
    pub fn next(&self, given: &BTreeMap<QueueId, u64>) -> Option<QueueId> {
        let count = |share: &Share| given.get(&share.queue).copied().unwrap_or(0);
        // Queues that left the rule do not count, or the others would wait for ever.
        let total: u64 = self.0.iter().map(count).sum();
        let lack = |share: &Share| {
            i128::from(share.percent) * (i128::from(total) + 1) - 100 * i128::from(count(share))
        };
        self.0
            .iter()
            // `max_by_key` takes the last of equals.
            .rev()
            .max_by_key(|share| lack(share))
            .map(|share| share.queue)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(percents: &[u8]) -> Split {
        let share = |(index, percent): (usize, &u8)| Share {
            queue: QueueId(index as i64),
            percent: *percent,
        };
        Split(percents.iter().enumerate().map(share).collect())
    }

    fn play(split: &Split, conversations: u64) -> BTreeMap<QueueId, u64> {
        let mut given = BTreeMap::new();
        for _ in 0..conversations {
            *given.entry(split.next(&given).unwrap()).or_insert(0) += 1;
        }
        given
    }

    #[test]
    fn percentages_are_of_one_to_five_queues_and_make_100() {
        for (percents, expected) in [
            (&[100][..], Ok(())),
            (&[50, 30, 20], Ok(())),
            (&[20; 5], Ok(())),
            (&[], Err(Mistake::Empty)),
            (&[20; 6], Err(Mistake::TooMany)),
            (&[50, 51], Err(Mistake::Total(101))),
            (&[50, 49], Err(Mistake::Total(99))),
            (&[100, 0], Err(Mistake::Nothing(QueueId(1)))),
        ] {
            assert_eq!(split(percents).check(), expected, "{percents:?}");
        }
        let twice = Split(vec![
            Share {
                queue: QueueId(1),
                percent: 50
            };
            2
        ]);
        assert_eq!(twice.check(), Err(Mistake::Twice(QueueId(1))));
    }

    #[test]
    fn ten_conversations_are_dealt_as_the_percentages_say() {
        let given = play(&split(&[50, 30, 20]), 10);
        assert_eq!(given.into_values().collect::<Vec<_>>(), [5, 3, 2]);
    }

    #[test]
    fn a_queue_that_left_the_rule_is_forgotten() {
        let given = BTreeMap::from([(QueueId(7), 1_000), (QueueId(0), 5)]);
        assert_eq!(split(&[50, 50]).next(&given), Some(QueueId(1)));
        assert_eq!(Split(vec![]).next(&given), None);
    }

    proptest! {
        #[test]
        fn no_queue_is_ever_far_from_its_part(
            weights in proptest::collection::vec(1u32..100, 1..=5),
            conversations in 1u64..400,
        ) {
            let sum: u32 = weights.iter().sum();
            let mut percents: Vec<u8> =
                weights.iter().map(|weight| (weight * 100 / sum).max(1) as u8).collect();
            let rest: i32 = 100 - percents.iter().map(|percent| i32::from(*percent)).sum::<i32>();
            percents[0] = (i32::from(percents[0]) + rest) as u8;
            prop_assume!(split(&percents).check().is_ok());
            let given = play(&split(&percents), conversations);
            for (index, percent) in percents.iter().enumerate() {
                let part = f64::from(*percent) * conversations as f64 / 100.0;
                let got = given.get(&QueueId(index as i64)).copied().unwrap_or(0) as f64;
                prop_assert!((got - part).abs() < 2.0, "{percents:?}: {got} of {part}");
            }
        }
    }
}
