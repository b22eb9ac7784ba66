//! Timeout rules: what is done when the customer or the agent has been silent for long. (Specification §2.9.)
//!
//! A rule acts once in a silence. Every message of the other side begins a new one.

use std::collections::BTreeMap;
use std::time::Duration;

use super::conversation::{Act, State};
use super::ids::TimeoutRuleId;
use super::time::Timestamp;

/// The shortest and the longest silence that a rule may wait for.
pub const AFTER: std::ops::RangeInclusive<Duration> =
    Duration::from_secs(60)..=Duration::from_secs(90 * 24 * 3600);

/// A rule of a workstream.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Rule {
    /// Row id.
    pub id: TimeoutRuleId,
    /// Its name.
    pub name: String,
    /// Switched on.
    pub is_active: bool,
    /// Whose silence.
    pub silent: Side,
    /// How long; within [`AFTER`].
    pub after: Duration,
    /// What is done.
    pub action: Action,
    /// Of rules that are due at the same moment the smallest number acts first.
    pub priority: i64,
}

/// Somebody who may be silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The last message is ours.
    Customer,
    /// The last message is the customer's.
    Agent,
}

impl Side {
    /// Both.
    pub const ALL: [Side; 2] = [Side::Customer, Side::Agent];

    /// The word in the database, in forms and in locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Side::Customer => "customer",
            Side::Agent => "agent",
        }
    }

    /// The side of a word; `None` for any other word.
    pub fn from_word(word: &str) -> Option<Side> {
        Side::ALL.into_iter().find(|side| side.word() == word)
    }
}

/// What a rule does.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Sends a message.
    Message {
        /// To whom.
        to: Side,
        /// The text in each language, by its BCP 47 tag.
        texts: BTreeMap<String, String>,
        /// The language for everybody else; one of those in `texts`.
        fallback: String,
    },
    /// Parks an Active conversation.
    Park,
    /// Closes it in these states: Open, Active, Waiting.
    Close(Vec<State>),
}

impl Action {
    /// The text of a message for somebody who reads `language`: the very language, else one of the same
    /// primary language (`pt` for `pt-BR`), else the fallback. `None` for an action that sends nothing, or
    /// without any text.
    pub fn text(&self, language: Option<&str>) -> Option<&str> {
        let Action::Message {
            texts, fallback, ..
        } = self
        else {
            return None;
        };
        let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or(tag).to_lowercase();
        let same = |wanted: &str| {
            texts.iter().find(|(tag, _)| {
                tag.replace('_', "-")
                    .eq_ignore_ascii_case(&wanted.replace('_', "-"))
            })
        };
        let related = |wanted: &str| {
            texts
                .iter()
                .find(|(tag, _)| primary(tag) == primary(wanted))
        };
        language
            .and_then(|wanted| same(wanted).or_else(|| related(wanted)))
            .or_else(|| same(fallback))
            .map(|(_, text)| text.as_str())
    }

    /// Whether it can be done in a state. Messages go out in conversations that somebody holds or that wait;
    /// after *End* nothing more is done.
    pub fn suits(&self, state: State) -> bool {
        match self {
            Action::Message { .. } => {
                matches!(state, State::Open | State::Active | State::Waiting)
            }
            Action::Park => state == State::Active,
            Action::Close(states) => {
                matches!(state, State::Open | State::Active | State::Waiting)
                    && states.contains(&state)
            }
        }
    }
}

impl Action {
    /// Whether it makes sense: there is something to say in the language that stands in for the others, something
    /// to close.
    pub fn is_sound(&self) -> bool {
        match self {
            Action::Message {
                texts, fallback, ..
            } => texts.contains_key(fallback) && texts.values().all(|text| !text.trim().is_empty()),
            Action::Park => true,
            Action::Close(states) => {
                !states.is_empty() && states.iter().all(|state| self.suits(*state))
            }
        }
    }
}

impl Rule {
    /// What it does to the conversation; `None`: it sends a message.
    pub fn act(&self) -> Option<Act> {
        match (&self.action, self.silent) {
            (Action::Message { .. }, _) => None,
            (Action::Park, _) => Some(Act::RuleParks),
            (Action::Close(_), Side::Customer) => Some(Act::RuleClosesSilentCustomer),
            (Action::Close(_), Side::Agent) => Some(Act::RuleClosesUnanswered),
        }
    }

    /// Whether it makes sense.
    pub fn is_sound(&self) -> bool {
        AFTER.contains(&self.after) && self.action.is_sound()
    }
}

/// A silence: who last wrote, and what rules did about it so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silence {
    /// Where the conversation stands.
    pub state: State,
    /// Who is silent: the side that did not write last.
    pub of: Side,
    /// When the other side wrote last.
    pub since: Timestamp,
    /// The rules that acted in this silence.
    pub done: Vec<TimeoutRuleId>,
}

/// The rule that acts next in a silence, and when: the earliest, of equals the one with the smallest
/// priority. `None` when none will.
pub fn next<'a>(rules: &'a [Rule], silence: &Silence) -> Option<(Timestamp, &'a Rule)> {
    rules
        .iter()
        .filter(|rule| rule.is_active && rule.silent == silence.of)
        .filter(|rule| !silence.done.contains(&rule.id) && rule.action.suits(silence.state))
        .map(|rule| (silence.since.plus(rule.after), rule))
        .min_by_key(|(at, rule)| (*at, rule.priority, rule.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_millis(hours * 3_600_000)
    }

    fn message(texts: &[(&str, &str)], fallback: &str) -> Action {
        Action::Message {
            to: Side::Customer,
            texts: texts
                .iter()
                .map(|(tag, text)| ((*tag).to_owned(), (*text).to_owned()))
                .collect(),
            fallback: fallback.to_owned(),
        }
    }

    fn rule(id: i64, silent: Side, hours: u32, action: Action) -> Rule {
        Rule {
            id: TimeoutRuleId(id),
            name: format!("Rule {id}"),
            is_active: true,
            silent,
            after: HOUR * hours,
            action,
            priority: 0,
        }
    }

    /// Lets rules act until none will: when, which.
    fn play(rules: &[Rule], mut silence: Silence) -> Vec<(i64, i64)> {
        let mut acted = Vec::new();
        while let Some((moment, rule)) = next(rules, &silence) {
            acted.push((moment.millis() / 3_600_000, rule.id.0));
            silence.done.push(rule.id);
            if let Some(act) = rule.act() {
                silence.state = super::super::conversation::next(silence.state, act).unwrap();
            }
        }
        acted
    }

    fn silence(state: State, of: Side) -> Silence {
        Silence {
            state,
            of,
            since: at(10),
            done: vec![],
        }
    }

    #[test]
    fn a_silent_customer_is_reminded_parked_and_closed_each_once() {
        use Side::*;
        let rules = [
            rule(3, Customer, 48, Action::Close(vec![State::Waiting])),
            rule(1, Customer, 2, message(&[("en", "Are you there?")], "en")),
            rule(2, Customer, 24, Action::Park),
            rule(4, Agent, 1, message(&[("en", "Sorry")], "en")),
        ];
        let acted = play(&rules, silence(State::Active, Customer));
        assert_eq!(acted, [(12, 1), (34, 2), (58, 3)]);
        assert_eq!(play(&rules, silence(State::Active, Agent)), [(11, 4)]);
        assert_eq!(play(&rules, silence(State::WrapUp, Customer)), []);
        let off = rules.map(|rule| Rule {
            is_active: false,
            ..rule
        });
        assert_eq!(play(&off, silence(State::Active, Customer)), []);
    }

    #[test]
    fn of_two_that_are_due_at_once_the_smaller_priority_acts_first() {
        let first = rule(1, Side::Agent, 1, Action::Close(vec![State::Open]));
        let second = Rule {
            priority: -1,
            ..rule(2, Side::Agent, 1, message(&[("en", "x")], "en"))
        };
        let acted = play(&[first, second], silence(State::Open, Side::Agent));
        assert_eq!(acted, [(11, 2), (11, 1)]);
    }

    #[test]
    fn a_closing_rule_says_whose_silence_it_was() {
        let close = || Action::Close(vec![State::Open]);
        assert_eq!(
            rule(1, Side::Customer, 1, close()).act(),
            Some(Act::RuleClosesSilentCustomer)
        );
        assert_eq!(
            rule(1, Side::Agent, 1, close()).act(),
            Some(Act::RuleClosesUnanswered)
        );
    }

    #[test]
    fn everybody_is_written_to_in_his_language_or_the_nearest() {
        let texts = [("en", "Hello"), ("pt-BR", "Oi"), ("zh-TW", "你好")];
        let action = message(&texts, "en");
        for (language, text) in [
            (Some("pt-BR"), "Oi"),
            (Some("pt_br"), "Oi"),
            (Some("pt"), "Oi"),
            (Some("en_GB"), "Hello"),
            (Some("fi"), "Hello"),
            (None, "Hello"),
        ] {
            assert_eq!(action.text(language), Some(text), "{language:?}");
        }
        assert_eq!(Action::Park.text(None), None);
        assert_eq!(message(&[], "en").text(Some("en")), None);
    }

    #[test]
    fn a_rule_that_makes_no_sense_is_known() {
        let fine = rule(1, Side::Agent, 1, Action::Park);
        assert!(fine.is_sound());
        let seconds = |seconds| Rule {
            after: Duration::from_secs(seconds),
            ..fine.clone()
        };
        assert!(!seconds(59).is_sound() && seconds(60).is_sound());
        for (action, is_sound) in [
            (message(&[("en", "x")], "en"), true),
            (message(&[("en", "x")], "fi"), false),
            (message(&[("en", " ")], "en"), false),
            (Action::Close(vec![State::Open, State::Waiting]), true),
            (Action::Close(vec![State::WrapUp]), false),
            (Action::Close(vec![]), false),
        ] {
            let rule = rule(1, Side::Agent, 1, action);
            assert_eq!(rule.is_sound(), is_sound, "{rule:?}");
        }
    }
}
