//! Rules as people read them.

use askama::Template;
use askama::filters::HtmlSafe;

use super::known::Known;
use crate::domain::classification::Output;
use crate::domain::condition::{Condition, Join, Part, Test};
use crate::domain::facts::{Attribute, Value};
use crate::domain::overflow::{Exit, Overflow};
use crate::domain::queue_rules::Way;
use crate::domain::routing;
use crate::domain::timeouts::{self, Action};
use crate::locale::{Locale, Text};
use crate::web::admin::spans;
use crate::web::decisions::entry;
use crate::web::fields::{self, Said};
use crate::web::page::filters;

/// A condition in words.
#[derive(Template)]
#[template(path = "admin/rules/_condition.html")]
pub struct ShownCondition {
    /// Between the groups.
    join: Text,
    groups: Vec<ShownGroup>,
}

impl HtmlSafe for ShownCondition {}

struct ShownGroup {
    /// Between its tests.
    join: Text,
    tests: Vec<ShownTest>,
}

/// A test in words, wherever rules are told of: in their lists, in the routing log, in the audit log.
pub struct ShownTest {
    /// What is asked about.
    pub attribute: Text,
    /// How it is compared.
    pub operator: Text,
    /// With what.
    pub values: Vec<Said>,
}

impl ShownCondition {
    /// A condition with the names of what it asks about.
    pub fn of(condition: &Condition, known: &Known) -> ShownCondition {
        let join = between(condition.join);
        let groups = condition.parts.iter().map(|part| match part {
            Part::Test(one) => ShownGroup {
                join: join.clone(),
                tests: vec![test(one, known)],
            },
            Part::Group { join, tests } => ShownGroup {
                join: between(*join),
                tests: tests.iter().map(|one| test(one, known)).collect(),
            },
        });
        ShownCondition {
            groups: groups.collect(),
            join,
        }
    }
}

fn between(join: Join) -> Text {
    Text::new(match join {
        Join::All => "rule-and",
        Join::Any => "rule-or",
    })
}

/// A test with the names of what it asks about.
pub fn test(test: &Test, known: &Known) -> ShownTest {
    let values = test.values.iter();
    ShownTest {
        attribute: known.said(&test.attribute),
        operator: Text::new(format!("rule-operator-{}", test.operator.word())),
        values: values
            .map(|one| value(&test.attribute, one, known))
            .collect(),
    }
}

impl ShownTest {
    /// As one sentence.
    fn say(&self, locale: Locale) -> String {
        let values = self.values.iter().map(|value| value.say(locale));
        let words = [
            self.attribute.say(locale),
            self.operator.say(locale),
            values.collect::<Vec<_>>().join(", "),
        ];
        words.join(" ").trim_end().to_owned()
    }
}

impl ShownCondition {
    /// As one sentence, for a list of changes and a spreadsheet.
    pub fn say(&self, locale: Locale) -> String {
        if self.groups.is_empty() {
            return Text::new("rule-always").say(locale);
        }
        let is_whole = self.groups.len() == 1;
        let groups = self.groups.iter().map(|group| {
            let tests = group.tests.iter().map(|test| test.say(locale));
            let between = format!(" {} ", group.join.say(locale));
            let words = tests.collect::<Vec<_>>().join(&between);
            match group.tests.len() > 1 && !is_whole {
                true => format!("({words})"),
                false => words,
            }
        });
        let between = format!(" {} ", self.join.say(locale));
        groups.collect::<Vec<_>>().join(&between)
    }
}

/// A value as people read it: a page by its name.
pub fn value(attribute: &Attribute, value: &Value, known: &Known) -> Said {
    let word = match value {
        Value::Flag(flag) => flag.to_string(),
        other => other.text().unwrap_or_default(),
    };
    let items = known.values(attribute).unwrap_or_default();
    let found = items.into_iter().find(|item| item.value == word);
    match (found, attribute) {
        (Some(item), _) => item.said,
        (None, Attribute::Page) => Said::Text(Text::new("rule-page-gone")),
        (None, _) => Said::Name(word),
    }
}

/// What a classification rule writes.
pub fn output(output: &Output, known: &Known) -> Text {
    match output {
        Output::Priority(priority) => {
            Text::new(format!("rule-output-priority-{}", priority.word()))
        }
        Output::Skill(need) => {
            let name = known.skill(need.skill);
            match need.rating {
                Some(rating) => Text::new("rule-output-skill-rated")
                    .arg("name", name)
                    .arg("rating", rating.to_string()),
                None => Text::new("rule-output-skill").arg("name", name),
            }
        }
        Output::Profile(profile) => {
            Text::new("rule-output-profile").arg("name", known.profile(*profile))
        }
        Output::Variable { name, value } => Text::new("rule-output-variable")
            .arg("name", name.clone())
            .arg("value", value.text().unwrap_or_default()),
    }
}

/// What happens when a queue overflows, one sentence for each reason.
pub fn overflow(overflow: &Overflow, known: &Known) -> Vec<(Text, Text)> {
    let mut said = Vec::new();
    if let Some(action) = overflow.out_of_hours {
        said.push((Text::new("rule-overflow-closed"), entry(action, known)));
    }
    if let Some(many) = overflow.too_many {
        let when = Text::new("rule-overflow-many").arg("count", many.limit);
        said.push((when, entry(many.action, known)));
    }
    if let Some(long) = overflow.too_long {
        let (count, unit) = spans::shown(long.after);
        let when = Text::new(format!("rule-overflow-long-{unit}")).arg("count", count);
        let then = match long.action {
            Exit::Move(queue) => Text::new("decision-moved").arg("name", known.queue(queue)),
            Exit::End => Text::new("decision-ended"),
        };
        said.push((when, then));
    }
    said
}

/// Where a route-to-queue rule sends conversations.
pub fn queues(rule: &routing::Rule, known: &Known) -> Vec<Text> {
    let shares = rule.split.0.iter();
    let is_split = rule.split.0.len() > 1;
    shares
        .map(|share| {
            let name = known.queue(share.queue);
            match is_split {
                true => Text::new("rule-share")
                    .arg("name", name)
                    .arg("percent", share.percent.to_string()),
                false => Text::new("rule-to").arg("name", name),
            }
        })
        .collect()
}

/// Who is asked by a rule of a queue.
pub fn way(way: &Way, known: &Known) -> Vec<Text> {
    let mut said = Vec::new();
    for base in &way.presences {
        said.push(Text::new(format!("presence-{}", base.word())));
    }
    if let Some(matching) = way.matching {
        said.push(Text::new(format!(
            "queue-agents-matching-{}",
            matching.word()
        )));
    }
    for need in &way.needs {
        let name = known.skill(need.skill);
        said.push(match need.rating {
            Some(rating) => Text::new("rule-output-skill-rated")
                .arg("name", name)
                .arg("rating", rating.to_string()),
            None => Text::new("rule-output-skill").arg("name", name),
        });
    }
    said.push(Text::new(format!("queue-method-{}", way.method.word())));
    said
}

/// When a timeout rule acts.
pub fn silence(rule: &timeouts::Rule) -> Text {
    let (count, unit) = spans::shown(rule.after);
    Text::new(format!("timeout-silent-{}-{unit}", rule.silent.word())).arg("count", count)
}

/// What a timeout rule does.
pub fn action(action: &Action) -> Text {
    match action {
        Action::Message { to, .. } => Text::new(format!("timeout-does-message-{}", to.word())),
        Action::Park => Text::new("timeout-does-park"),
        Action::Close(_) => Text::new("timeout-does-close"),
    }
}

/// A rule in its list.
#[derive(Template)]
#[template(path = "admin/rules/_row.html")]
pub struct Row {
    /// In addresses: `/admin/workstreams/<id>/rules/<kind>/<id>`.
    pub base: String,
    /// Where it is changed.
    pub href: String,
    /// The kind's word and the row id: unique on the page.
    pub key: String,
    /// Its place, from 1.
    pub number: usize,
    /// How many there are.
    pub of: usize,
    /// Its name.
    pub name: String,
    /// Switched on.
    pub is_active: bool,
    /// The IF.
    pub when: When,
    /// The THEN.
    pub then: Vec<Text>,
    /// The button that was pressed to move it: it has the focus.
    pub moved: Option<Moved>,
    /// It can be moved: the whole list is shown, and not what was searched.
    pub can_move: bool,
}

impl HtmlSafe for Row {}

/// A direction that an item was moved in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// Towards the beginning.
    Up,
    /// Towards the end.
    Down,
}

/// The IF of a rule of any kind.
pub enum When {
    /// A condition.
    Condition(ShownCondition),
    /// A silence.
    Silence(Text),
}

impl Row {
    fn is_moved(&self, moved: Moved) -> bool {
        self.moved == Some(moved)
    }
}
