//! The guard against forgotten messages: a customer who has no answer is brought before more and more people.
//! (Issue of routing, point 6: person, then queue, then administrator.)

use std::time::Duration;

use super::conversation::State;
use super::time::Timestamp;

/// Who is told.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The agent who holds the conversation.
    Person,
    /// Everybody who works in its queue.
    Queue,
    /// The administrators.
    Administrator,
}

impl Level {
    /// Every level, the nearest first.
    pub const ALL: [Level; 3] = [Level::Person, Level::Queue, Level::Administrator];

    /// The word in the database and in locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Level::Person => "person",
            Level::Queue => "queue",
            Level::Administrator => "administrator",
        }
    }

    /// The level of a word; `None` for any other word.
    pub fn from_word(word: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.word() == word)
    }
}

/// After how long without an answer each level is told; `None`: never.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Patience {
    /// The agent.
    pub person: Option<Duration>,
    /// The queue.
    pub queue: Option<Duration>,
    /// The administrators.
    pub administrator: Option<Duration>,
}

impl Patience {
    fn of(&self, level: Level) -> Option<Duration> {
        match level {
            Level::Person => self.person,
            Level::Queue => self.queue,
            Level::Administrator => self.administrator,
        }
    }
}

/// A conversation as the guard sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unanswered {
    /// Where it stands.
    pub state: State,
    /// The first message of the customer after our last one came then.
    pub since: Timestamp,
    /// The highest level that was told of it; `None`: nobody yet.
    pub told: Option<Level>,
}

/// The level that is told next, and when; `None` when all were. Nobody holds an Open conversation, so its
/// queue is the first. Levels that were passed while the program did not run are told at once, but only the
/// highest of them: ask with `now`. A closed conversation is nobody's any more.
pub fn next(
    patience: &Patience,
    unanswered: Unanswered,
    now: Timestamp,
) -> Option<(Timestamp, Level)> {
    if unanswered.state == State::Closed {
        return None;
    }
    let is_held = unanswered.state != State::Open;
    let coming = || {
        Level::ALL
            .into_iter()
            .filter(|level| *level != Level::Person || is_held)
            .filter(|level| unanswered.told.is_none_or(|told| told < *level))
            .filter_map(|level| Some((unanswered.since.plus(patience.of(level)?), level)))
    };
    let overdue = coming()
        .filter(|(at, _)| *at <= now)
        .max_by_key(|(_, level)| *level);
    overdue.or_else(|| coming().min())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_millis(hours * 3_600_000)
    }

    fn unanswered(state: State, told: Option<Level>) -> Unanswered {
        Unanswered {
            state,
            since: at(10),
            told,
        }
    }

    #[test]
    fn person_then_queue_then_administrator() {
        use Level::*;
        use State::*;
        let patience = crate::domain::settings::Unanswered::default().patience();
        for (state, told, now, expected) in [
            (Active, None, 10, Some((11, Person))),
            (Active, Some(Person), 11, Some((14, Queue))),
            (Active, Some(Queue), 14, Some((30, Administrator))),
            (Active, Some(Administrator), 30, None),
            (Waiting, None, 10, Some((11, Person))),
            (Open, None, 10, Some((14, Queue))),
            (Open, Some(Queue), 15, Some((30, Administrator))),
            (Closed, None, 99, None),
            // The program did not run: once, to the highest.
            (Active, None, 14, Some((14, Queue))),
            (Active, None, 99, Some((30, Administrator))),
            (Open, None, 99, Some((30, Administrator))),
        ] {
            let found = next(&patience, unanswered(state, told), at(now));
            let expected = expected.map(|(hours, level)| (at(hours), level));
            assert_eq!(found, expected, "{state:?} {told:?} at {now}");
        }
    }

    #[test]
    fn a_level_that_is_switched_off_is_passed_over() {
        let patience = Patience {
            person: None,
            queue: Some(Duration::from_secs(4 * 3600)),
            administrator: None,
        };
        let first = next(&patience, unanswered(State::Active, None), at(10));
        assert_eq!(first, Some((at(14), Level::Queue)));
        let told = unanswered(State::Active, Some(Level::Queue));
        assert_eq!(next(&patience, told, at(99)), None);
    }

    #[test]
    fn every_word_leads_back_to_its_level() {
        for level in Level::ALL {
            assert_eq!(Level::from_word(level.word()), Some(level));
        }
    }
}
