//! The IF of a rule: tests on what is known about a conversation, joined by AND or OR to two levels.
//! (Specification §3.2.)
//!
//! Texts are compared without regard to case and to blanks around them. What is not known is not equal to
//! anything: a negative test holds for it, a positive one does not.

use super::facts::{Attribute, Facts, Kind, Value};

/// Tests of one condition, over both levels, at most.
pub const MAX_TESTS: usize = 50;

/// How the parts of a group are joined.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Join {
    /// All must hold. Holds when there are none.
    #[default]
    All,
    /// One is enough. Holds when there are none.
    Any,
}

/// The IF of a rule. Without parts it holds for everything.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Condition {
    /// How its parts are joined.
    pub join: Join,
    /// Its parts.
    pub parts: Vec<Part>,
}

/// A part of a condition.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// One test.
    Test(Test),
    /// A group of tests, the second and last level.
    Group {
        /// How they are joined.
        join: Join,
        /// The tests.
        tests: Vec<Test>,
    },
}

/// One question about a conversation.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Test {
    /// About what.
    pub attribute: Attribute,
    /// How it is compared.
    pub operator: Operator,
    /// With what: one value, or any number for [`Operator::IsOneOf`] and [`Operator::IsNoneOf`], or none for
    /// [`Operator::IsKnown`] and [`Operator::IsNotKnown`].
    pub values: Vec<Value>,
}

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operator {
    /// Is the same.
    Is,
    /// Is another, or is not known.
    IsNot,
    /// Is one of several.
    IsOneOf,
    /// Is none of several, or is not known.
    IsNoneOf,
    /// The text contains it.
    Contains,
    /// The text does not contain it, or is not known.
    ContainsNot,
    /// The text begins with it.
    BeginsWith,
    /// The text ends with it.
    EndsWith,
    /// The number is greater.
    IsGreater,
    /// The number is the same or greater.
    IsAtLeast,
    /// The number is less.
    IsLess,
    /// The number is the same or less.
    IsAtMost,
    /// There is a value.
    IsKnown,
    /// There is no value.
    IsNotKnown,
}

impl Operator {
    /// Every operator, in the order in which an editor shows them.
    pub const ALL: [Operator; 14] = [
        Operator::Is,
        Operator::IsNot,
        Operator::IsOneOf,
        Operator::IsNoneOf,
        Operator::Contains,
        Operator::ContainsNot,
        Operator::BeginsWith,
        Operator::EndsWith,
        Operator::IsGreater,
        Operator::IsAtLeast,
        Operator::IsLess,
        Operator::IsAtMost,
        Operator::IsKnown,
        Operator::IsNotKnown,
    ];

    /// The word in forms and in locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Operator::Is => "is",
            Operator::IsNot => "is-not",
            Operator::IsOneOf => "is-one-of",
            Operator::IsNoneOf => "is-none-of",
            Operator::Contains => "contains",
            Operator::ContainsNot => "contains-not",
            Operator::BeginsWith => "begins-with",
            Operator::EndsWith => "ends-with",
            Operator::IsGreater => "is-greater",
            Operator::IsAtLeast => "is-at-least",
            Operator::IsLess => "is-less",
            Operator::IsAtMost => "is-at-most",
            Operator::IsKnown => "is-known",
            Operator::IsNotKnown => "is-not-known",
        }
    }

    /// The one of a word; `None` for any other word.
    pub fn from_word(word: &str) -> Option<Operator> {
        Operator::ALL.into_iter().find(|one| one.word() == word)
    }

    /// Whether it can be asked of values of a kind.
    pub const fn suits(self, kind: Kind) -> bool {
        match self {
            Operator::Is | Operator::IsNot | Operator::IsKnown | Operator::IsNotKnown => true,
            Operator::IsOneOf | Operator::IsNoneOf => !matches!(kind, Kind::Flag),
            Operator::Contains
            | Operator::ContainsNot
            | Operator::BeginsWith
            | Operator::EndsWith => matches!(kind, Kind::Text | Kind::Any),
            Operator::IsGreater | Operator::IsAtLeast | Operator::IsLess | Operator::IsAtMost => {
                matches!(kind, Kind::Number | Kind::Any)
            }
        }
    }

    /// How many values it is asked with: least and most.
    pub const fn takes(self) -> (usize, usize) {
        match self {
            Operator::IsKnown | Operator::IsNotKnown => (0, 0),
            Operator::IsOneOf | Operator::IsNoneOf => (1, usize::MAX),
            _ => (1, 1),
        }
    }
}

/// Why a test cannot be asked. Editors refuse such a test; it can come from an imported file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// The operator does not suit the attribute.
    Operator,
    /// There are too few or too many values.
    Count,
    /// A value is of another kind than the attribute.
    Kind,
    /// More tests than [`MAX_TESTS`].
    TooManyTests,
}

/// One test that was asked, for the trace.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Asked {
    /// The question.
    pub test: Test,
    /// What was found; `None` when nothing was, or when it is the customer's own data, which a trace does not
    /// keep.
    pub found: Option<Value>,
    /// Whether it holds.
    pub holds: bool,
}

/// What came of asking a condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Whether it holds.
    pub holds: bool,
    /// Every test, also those that could not change the answer any more: the trace shows the whole rule.
    pub asked: Vec<Asked>,
}

impl Condition {
    /// Everything.
    pub fn always() -> Condition {
        Condition::default()
    }

    /// All of these tests.
    pub fn all(tests: Vec<Test>) -> Condition {
        Condition {
            join: Join::All,
            parts: tests.into_iter().map(Part::Test).collect(),
        }
    }

    /// Its tests, over both levels, in reading order.
    pub fn tests(&self) -> impl Iterator<Item = &Test> {
        self.parts.iter().flat_map(|part| match part {
            Part::Test(test) => std::slice::from_ref(test),
            Part::Group { tests, .. } => tests.as_slice(),
        })
    }

    /// Whether every test can be asked.
    ///
    /// # Errors
    /// The first reason why not.
    pub fn check(&self) -> Result<(), Fault> {
        if self.tests().count() > MAX_TESTS {
            return Err(Fault::TooManyTests);
        }
        self.tests().try_for_each(Test::check)
    }

    /// Whether it holds for a conversation, and why.
    ///
    /// # Errors
    /// A test that cannot be asked.
    pub fn ask(&self, facts: &Facts) -> Result<Answer, Fault> {
        self.check()?;
        let mut asked = Vec::new();
        let mut ask = |test: &Test| {
            let found = facts.value(&test.attribute);
            let holds = test.holds(found.as_ref());
            asked.push(Asked {
                test: test.clone(),
                found: found.filter(|_| !test.attribute.is_personal()),
                holds,
            });
            holds
        };
        let parts: Vec<bool> = self
            .parts
            .iter()
            .map(|part| match part {
                Part::Test(test) => ask(test),
                Part::Group { join, tests } => {
                    let answers: Vec<bool> = tests.iter().map(&mut ask).collect();
                    join.of(&answers)
                }
            })
            .collect();
        Ok(Answer {
            holds: self.join.of(&parts),
            asked,
        })
    }
}

impl Join {
    fn of(self, answers: &[bool]) -> bool {
        match self {
            Join::All => answers.iter().all(|holds| *holds),
            Join::Any => answers.is_empty() || answers.iter().any(|holds| *holds),
        }
    }
}

impl Test {
    /// Whether it can be asked.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self) -> Result<(), Fault> {
        let kind = self.attribute.kind();
        if !self.operator.suits(kind) {
            return Err(Fault::Operator);
        }
        let (least, most) = self.operator.takes();
        if !(least..=most).contains(&self.values.len()) {
            return Err(Fault::Count);
        }
        let compares_numbers = matches!(
            self.operator,
            Operator::IsGreater | Operator::IsAtLeast | Operator::IsLess | Operator::IsAtMost
        );
        let suits = |value: &Value| match kind {
            Kind::Text => matches!(value, Value::Text(_)),
            Kind::Number => value.number().is_some(),
            Kind::Flag => matches!(value, Value::Flag(_)),
            Kind::Any if compares_numbers => value.number().is_some(),
            Kind::Any => true,
        };
        match self.values.iter().all(suits) {
            true => Ok(()),
            false => Err(Fault::Kind),
        }
    }

    /// Whether it holds for what was found. A test that cannot be asked ([`Test::check`]) does not.
    fn holds(&self, found: Option<&Value>) -> bool {
        let is_language = self.attribute == Attribute::Language;
        let is = |value: &Value| {
            found.is_some_and(|found| {
                is_same(found, value) || (is_language && is_of_language(found, value))
            })
        };
        let text = |compare: fn(&str, &str) -> bool| {
            let found = found.and_then(Value::text).map(|text| folded(&text));
            let wanted = self
                .values
                .first()
                .and_then(Value::text)
                .map(|text| folded(&text));
            found
                .zip(wanted)
                .is_some_and(|(found, wanted)| compare(&found, &wanted))
        };
        let number = |compare: fn(&f64, &f64) -> bool| {
            let found = found.and_then(Value::number);
            let wanted = self.values.first().and_then(Value::number);
            found
                .zip(wanted)
                .is_some_and(|(found, wanted)| compare(&found, &wanted))
        };
        match self.operator {
            Operator::Is | Operator::IsOneOf => self.values.iter().any(is),
            Operator::IsNot | Operator::IsNoneOf => !self.values.iter().any(is),
            Operator::Contains => text(|found, wanted| found.contains(wanted)),
            Operator::ContainsNot => !text(|found, wanted| found.contains(wanted)),
            Operator::BeginsWith => text(|found, wanted| found.starts_with(wanted)),
            Operator::EndsWith => text(|found, wanted| found.ends_with(wanted)),
            Operator::IsGreater => number(f64::gt),
            Operator::IsAtLeast => number(f64::ge),
            Operator::IsLess => number(f64::lt),
            Operator::IsAtMost => number(f64::le),
            Operator::IsKnown => found.is_some(),
            Operator::IsNotKnown => found.is_none(),
        }
    }
}

/// Two numbers, or a number and a text that is one, are compared as numbers.
fn is_same(found: &Value, wanted: &Value) -> bool {
    if let (Value::Flag(found), Value::Flag(wanted)) = (found, wanted) {
        return found == wanted;
    }
    let is_number = matches!(found, Value::Number(_)) || matches!(wanted, Value::Number(_));
    match (found.number(), wanted.number()) {
        (Some(found), Some(wanted)) if is_number => found == wanted,
        _ => match (found.text(), wanted.text()) {
            (Some(found), Some(wanted)) => folded(&found) == folded(&wanted),
            _ => false,
        },
    }
}

/// `fi-FI` is Finnish for who asks for `fi`.
fn is_of_language(found: &Value, wanted: &Value) -> bool {
    let tag = |value: &Value| Some(folded(&value.text()?).replace('_', "-"));
    match (tag(found), tag(wanted)) {
        (Some(found), Some(wanted)) => {
            let rest = found.strip_prefix(&wanted);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        }
        _ => false,
    }
}

fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

#[cfg(test)]
mod tests;
