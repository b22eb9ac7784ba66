//! The condition of a rule as a form: groups of tests. Adding and removing are submit buttons that draw the page
//! again with what was typed, so that all works without scripts.

use askama::Template;
use askama::filters::HtmlSafe;
use rocket::form::FromForm;

use super::known::{Group, Known};
use crate::domain::condition::{Condition, Join, MAX_TESTS, Operator, Part, Test};
use crate::domain::facts::{Attribute, Kind, VARIABLE_VALUE, Value};
use crate::locale::Text;
use crate::web::fields::{self, Item};
use crate::web::forms::Problems;
use crate::web::page::filters;

/// The form's fields begin with this.
const WHEN: &str = "when";

/// What was typed of a condition. One group without others is the whole condition.
#[derive(Clone, Debug, Default, FromForm)]
pub struct TypedCondition {
    #[field(default = "")]
    join: String,
    group: Vec<TypedGroup>,
}

#[derive(Clone, Debug, Default, FromForm)]
struct TypedGroup {
    #[field(default = "")]
    join: String,
    test: Vec<TypedTest>,
}

#[derive(Clone, Debug, Default, FromForm)]
struct TypedTest {
    #[field(default = "")]
    attribute: String,
    #[field(default = "")]
    operator: String,
    #[field(default = "")]
    value: String,
}

const fn word(join: Join) -> &'static str {
    match join {
        Join::All => "all",
        Join::Any => "any",
    }
}

fn join(word: &str) -> Join {
    match word {
        "any" => Join::Any,
        _ => Join::All,
    }
}

impl TypedCondition {
    /// What a new rule begins with: one empty row.
    pub fn empty() -> TypedCondition {
        TypedCondition {
            join: String::new(),
            group: vec![TypedGroup {
                join: String::new(),
                test: vec![Default::default()],
            }],
        }
    }

    /// A stored condition. Tests that stand beside groups become a group, which means the same.
    pub fn of(condition: &Condition) -> TypedCondition {
        let outer = condition.join;
        let mut loose = Vec::new();
        let mut group = Vec::new();
        for part in &condition.parts {
            match part {
                Part::Test(test) => loose.push(TypedTest::of(test)),
                Part::Group { join, tests } => group.push(TypedGroup {
                    join: word(*join).to_owned(),
                    test: tests.iter().map(TypedTest::of).collect(),
                }),
            }
        }
        if !loose.is_empty() {
            let loose = TypedGroup {
                join: word(outer).to_owned(),
                test: loose,
            };
            group.insert(0, loose);
        }
        if group.is_empty() {
            return TypedCondition::empty();
        }
        TypedCondition {
            join: word(outer).to_owned(),
            group,
        }
    }

    /// Does what a button of the builder says. The field that gets the focus; `None`: it was another button.
    pub fn act(&mut self, act: &str) -> Option<String> {
        let (what, place) = act.split_once(':').unwrap_or((act, ""));
        match what {
            "add-group" => {
                self.group.push(TypedGroup {
                    join: String::new(),
                    test: vec![Default::default()],
                });
                Some(path(self.group.len() - 1, 0, "attribute"))
            }
            "add-test" => {
                let at: usize = place.parse().ok()?;
                let group = self.group.get_mut(at)?;
                group.test.push(Default::default());
                Some(path(at, group.test.len() - 1, "attribute"))
            }
            "remove-test" => {
                let (at, test) = place.split_once('.')?;
                let (at, test): (usize, usize) = (at.parse().ok()?, test.parse().ok()?);
                let group = self.group.get_mut(at)?;
                if test < group.test.len() {
                    group.test.remove(test);
                }
                if group.test.is_empty() {
                    self.group.remove(at);
                }
                if self.group.is_empty() {
                    *self = TypedCondition::empty();
                }
                let at = at.min(self.group.len() - 1);
                let test = test.min(self.group[at].test.len() - 1);
                Some(path(at, test, "attribute"))
            }
            // Another attribute has other values.
            "look" => Some(place.to_owned()),
            _ => None,
        }
    }

    /// What it means; what is not accepted is added to the problems.
    pub fn read(&self, problems: &mut Problems, known: &Known) -> Condition {
        let mut groups = Vec::new();
        for (at, group) in self.group.iter().enumerate() {
            let mut tests = Vec::new();
            for (number, test) in group.test.iter().enumerate() {
                tests.extend(test.read(problems, known, at, number));
            }
            if !tests.is_empty() {
                groups.push((join(&group.join), tests));
            }
        }
        let count: usize = groups.iter().map(|(_, tests)| tests.len()).sum();
        if count > MAX_TESTS {
            let why = Text::new("rule-too-many-tests").arg("limit", MAX_TESTS);
            problems.add(WHEN, why);
        }
        if let [(join, tests)] = groups.as_mut_slice() {
            return Condition {
                join: *join,
                parts: std::mem::take(tests).into_iter().map(Part::Test).collect(),
            };
        }
        let parts = groups
            .into_iter()
            .map(|(join, mut tests)| match tests.pop() {
                Some(only) if tests.is_empty() => Part::Test(only),
                last => {
                    tests.extend(last);
                    Part::Group { join, tests }
                }
            });
        Condition {
            join: join(&self.join),
            parts: parts.collect(),
        }
    }
}

fn path(group: usize, test: usize, field: &str) -> String {
    format!("{WHEN}.group[{group}].test[{test}].{field}")
}

impl TypedTest {
    fn of(test: &Test) -> TypedTest {
        let values = test.values.iter().map(|value| match value {
            Value::Flag(flag) => flag.to_string(),
            other => other.text().unwrap_or_default(),
        });
        TypedTest {
            attribute: test.attribute.word(),
            operator: test.operator.word().to_owned(),
            value: values.collect::<Vec<_>>().join(", "),
        }
    }

    fn is_empty(&self) -> bool {
        self.attribute.is_empty() && self.value.trim().is_empty()
    }

    /// `None` for an empty row, and for one that is not accepted.
    fn read(
        &self,
        problems: &mut Problems,
        known: &Known,
        group: usize,
        number: usize,
    ) -> Option<Test> {
        if self.is_empty() {
            return None;
        }
        let at = |field| path(group, number, field);
        let attribute = known.attribute(&self.attribute);
        problems.check(at("attribute"), attribute.is_some(), "field-choose");
        let attribute = attribute?;
        let kind = known.kind(&attribute);
        let operator = Operator::from_word(&self.operator).filter(|it| it.suits(kind));
        problems.check(at("operator"), operator.is_some(), "rule-operator-wrong");
        let operator = operator?;
        let typed: Vec<&str> = match operator.takes() {
            (0, 0) => Vec::new(),
            (_, 1) => vec![self.value.trim()],
            _ => self.value.split(',').map(str::trim).collect(),
        };
        let mut values = Vec::new();
        for typed in typed.into_iter().filter(|typed| !typed.is_empty()) {
            match value(known, &attribute, kind, typed) {
                Ok(value) => values.push(value),
                Err(why) => {
                    problems.add(at("value"), Text::new(why));
                    return None;
                }
            }
        }
        if values.len() < operator.takes().0 {
            problems.add(at("value"), Text::new("field-required"));
            return None;
        }
        Some(Test {
            attribute,
            operator,
            values,
        })
    }
}

/// A typed value; a page also by its name.
fn value(
    known: &Known,
    attribute: &Attribute,
    kind: Kind,
    typed: &str,
) -> Result<Value, &'static str> {
    let typed = match known.values(attribute) {
        Some(items) => {
            let is_it = |item: &&Item| {
                let is_named = match &item.said {
                    fields::Said::Name(name) => name.to_lowercase() == typed.to_lowercase(),
                    fields::Said::Text(_) => false,
                };
                item.value == typed || is_named
            };
            let found = items.iter().find(is_it);
            found.map(|item| item.value.clone()).ok_or("field-choose")?
        }
        None => typed.to_owned(),
    };
    match kind {
        Kind::Flag => Ok(Value::Flag(typed == "true")),
        Kind::Number => {
            let number: Option<f64> = typed.replace(',', ".").parse().ok();
            let number = number.filter(|number| number.is_finite());
            number.map(Value::Number).ok_or("rule-value-number")
        }
        Kind::Text | Kind::Any if typed.chars().count() > VARIABLE_VALUE => Err("rule-value-long"),
        Kind::Text | Kind::Any => Ok(Value::Text(typed)),
    }
}

/// The builder in a page.
#[derive(Template)]
#[template(path = "admin/rules/_builder.html")]
pub struct Builder<'a> {
    action: &'a str,
    join: &'a str,
    groups: Vec<DrawnGroup<'a>>,
    attributes: Vec<Group>,
    error: Option<&'a Text>,
    focus: &'a str,
}

impl HtmlSafe for Builder<'_> {}

struct DrawnGroup<'a> {
    path: String,
    join: &'a str,
    rows: Vec<DrawnTest<'a>>,
}

struct DrawnTest<'a> {
    /// Group and place, as buttons name them.
    place: String,
    path: String,
    typed: &'a TypedTest,
    /// Those that suit the attribute.
    operators: Vec<Item>,
    /// `None`: it is typed.
    values: Option<Vec<Item>>,
    asks_value: bool,
    errors: [Option<&'a Text>; 3],
}

impl<'a> Builder<'a> {
    /// The builder of a condition in a form that is sent to `action`; `focus` is the field that gets the focus.
    pub fn new(
        condition: &'a TypedCondition,
        known: &Known,
        problems: &'a Problems,
        action: &'a str,
        focus: &'a str,
    ) -> Builder<'a> {
        let groups = condition.group.iter().enumerate();
        let groups = groups.map(|(at, group)| DrawnGroup {
            path: format!("{WHEN}.group[{at}]"),
            join: word(join(&group.join)),
            rows: group
                .test
                .iter()
                .enumerate()
                .map(|(number, typed)| DrawnTest::new(typed, known, problems, at, number))
                .collect(),
        });
        Builder {
            action,
            join: word(join(&condition.join)),
            groups: groups.collect(),
            attributes: known.attributes(),
            error: problems.at(WHEN),
            focus,
        }
    }
}

impl<'a> DrawnTest<'a> {
    fn new(
        typed: &'a TypedTest,
        known: &Known,
        problems: &'a Problems,
        group: usize,
        number: usize,
    ) -> DrawnTest<'a> {
        let attribute = known.attribute(&typed.attribute);
        let kind = attribute.as_ref().map_or(Kind::Any, |it| known.kind(it));
        let operator = Operator::from_word(&typed.operator);
        let operators = Operator::ALL.iter().filter(|it| it.suits(kind));
        let takes_one = operator.is_none_or(|operator| operator.takes().1 == 1);
        let values = attribute
            .as_ref()
            .filter(|_| takes_one)
            .and_then(|attribute| known.values(attribute));
        let at = |field| problems.at(&path(group, number, field));
        DrawnTest {
            place: format!("{group}.{number}"),
            path: format!("{WHEN}.group[{group}].test[{number}]"),
            typed,
            operators: operators
                .map(|operator| Item::word("rule-operator", operator.word()))
                .collect(),
            values,
            asks_value: operator.is_none_or(|operator| operator.takes().1 > 0),
            errors: [at("attribute"), at("operator"), at("value")],
        }
    }

    fn is_wrong(&self, field: usize) -> bool {
        self.errors[field].is_some()
    }
}
