//! What the audit log shows of rules.

use rusqlite::OptionalExtension as _;
use serde::Serialize;

use crate::domain::audit::{Act, Kind, Shown, Subject};
use crate::domain::classification::Output;
use crate::domain::condition::{Condition, Join, Part, Test};
use crate::domain::facts::Value;
use crate::domain::overflow::{Entry, Exit, Overflow};
use crate::domain::timeouts::Action;
use crate::store::{Reader, Result, Tx, audit, queues, skills, workstreams};

use super::{Item, owner, routes, rulesets, timeouts};

/// A rule of any kind in the audit log; what a kind does not have is left out.
#[derive(Default, Serialize)]
pub(super) struct ShownRule {
    workstream: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ruleset: Option<String>,
    name: String,
    place: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_active: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    outputs: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    queues: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    overflow: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    silent: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after_minutes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<String>,
}

impl Shown for ShownRule {}

/// The item as it is now; `None` when it is gone.
pub(super) fn shown(tx: &Tx<'_>, item: Item) -> Result<Option<ShownRule>> {
    let reader = tx.reader();
    let Some(workstream) = owner(&reader, item)? else {
        return Ok(None);
    };
    let mut shown = ShownRule {
        workstream: workstreams::by_id(&reader, workstream)?
            .map(|workstream| workstream.name)
            .unwrap_or_default(),
        place: place(tx, item)?.unwrap_or_default(),
        ..ShownRule::default()
    };
    match item {
        Item::Ruleset(id) => {
            let all = rulesets(&reader, workstream)?;
            let Some(found) = all.into_iter().find(|one| one.id == id) else {
                return Ok(None);
            };
            shown.name = found.name;
        }
        Item::Classification(id) => {
            for ruleset in rulesets(&reader, workstream)? {
                let Some(rule) = ruleset.rules.into_iter().find(|one| one.id == id) else {
                    continue;
                };
                shown.ruleset = Some(ruleset.name);
                shown.name = rule.name;
                shown.is_active = Some(rule.is_active);
                shown.condition = Some(condition(&rule.condition));
                for written in &rule.outputs {
                    shown.outputs.push(output(&reader, written)?);
                }
                break;
            }
        }
        Item::Route(id) => {
            let all = routes(&reader, workstream)?;
            let Some(rule) = all.into_iter().find(|one| one.id == id) else {
                return Ok(None);
            };
            shown.name = rule.name;
            shown.is_active = Some(rule.is_active);
            shown.condition = Some(condition(&rule.condition));
            for share in &rule.split.0 {
                let queue = queues::name(&reader, share.queue)?.unwrap_or_default();
                shown.queues.push(format!("{queue} {} %", share.percent));
            }
            shown.overflow = match &rule.overflow {
                Some(settings) => Some(overflow(&reader, settings)?),
                None => None,
            };
        }
        Item::Timeout(id) => {
            let all = timeouts(&reader, workstream)?;
            let Some(rule) = all.into_iter().find(|one| one.id == id) else {
                return Ok(None);
            };
            shown.name = rule.name;
            shown.is_active = Some(rule.is_active);
            shown.silent = Some(rule.silent.word());
            shown.after_minutes = Some(rule.after.as_secs() / 60);
            shown.action = Some(action(&rule.action));
        }
    }
    Ok(Some(shown))
}

fn place(tx: &Tx<'_>, item: Item) -> Result<Option<i64>> {
    let table = item.table();
    Ok(tx
        .connection()
        .prepare_cached(&format!(
            "SELECT position FROM {table} WHERE {table}_id = ?1"
        ))?
        .query_row([item.id()], |row| row.get(0))
        .optional()?)
}

/// `(profile-locale is fi_FI or language begins-with fi) and message-text contains refund`
fn condition(condition: &Condition) -> String {
    let parts = condition.parts.iter().map(|part| match part {
        Part::Test(test) => asked(test),
        Part::Group { join, tests } => {
            let tests: Vec<String> = tests.iter().map(asked).collect();
            format!("({})", tests.join(between(*join)))
        }
    });
    parts.collect::<Vec<_>>().join(between(condition.join))
}

const fn between(join: Join) -> &'static str {
    match join {
        Join::All => " and ",
        Join::Any => " or ",
    }
}

fn asked(test: &Test) -> String {
    let values: Vec<String> = test.values.iter().map(plain).collect();
    let sentence = [
        test.attribute.word(),
        test.operator.word().to_owned(),
        values.join(", "),
    ];
    sentence.join(" ").trim_end().to_owned()
}

fn plain(value: &Value) -> String {
    match value {
        Value::Flag(flag) => flag.to_string(),
        other => other.text().unwrap_or_default(),
    }
}

fn output(reader: &Reader<'_>, output: &Output) -> Result<String> {
    Ok(match output {
        Output::Priority(priority) => format!("priority {}", priority.word()),
        Output::Skill(need) => {
            let skill = skills::by_id(reader, need.skill)?;
            let name = skill.map(|skill| skill.draft.name).unwrap_or_default();
            match need.rating {
                Some(rating) => format!("skill {name} {rating}"),
                None => format!("skill {name}"),
            }
        }
        Output::Profile(profile) => format!("profile {profile}"),
        Output::Variable { name, value } => format!("{name} = {}", plain(value)),
    })
}

fn overflow(reader: &Reader<'_>, overflow: &Overflow) -> Result<String> {
    let to = |queue| queues::name(reader, queue).map(Option::unwrap_or_default);
    let entry = |entry: Entry| -> Result<String> {
        Ok(match entry {
            Entry::QueueAnyway => "assign-anyway".to_owned(),
            Entry::Move(queue) => format!("transfer {}", to(queue)?),
            Entry::End => "end-conversation".to_owned(),
        })
    };
    let mut parts = Vec::new();
    if let Some(action) = overflow.out_of_hours {
        parts.push(format!("out-of-hours: {}", entry(action)?));
    }
    if let Some(many) = overflow.too_many {
        parts.push(format!("{} waiting: {}", many.limit, entry(many.action)?));
    }
    if let Some(long) = overflow.too_long {
        let action = match long.action {
            Exit::Move(queue) => entry(Entry::Move(queue))?,
            Exit::End => entry(Entry::End)?,
        };
        parts.push(format!("{} min: {action}", long.after.as_secs() / 60));
    }
    Ok(parts.join("; "))
}

fn action(action: &Action) -> String {
    match action {
        Action::Message { to, texts, .. } => {
            let texts: Vec<String> = texts
                .iter()
                .map(|(language, text)| format!("{language}: {text}"))
                .collect();
            format!("message {}: {}", to.word(), texts.join("; "))
        }
        Action::Park => "park".to_owned(),
        Action::Close(states) => {
            let states: Vec<&str> = states.iter().map(|state| state.word()).collect();
            format!("close {}", states.join(", "))
        }
    }
}

fn subject(item: Item, shown: &ShownRule) -> Subject {
    let kind = match item {
        Item::Ruleset(_) => Kind::Ruleset,
        Item::Classification(_) => Kind::ClassificationRule,
        Item::Route(_) => Kind::RouteRule,
        Item::Timeout(_) => Kind::TimeoutRule,
    };
    Subject::new(kind, item.id(), &shown.name)
}

/// Records that an item was added.
pub(super) fn added(tx: &Tx<'_>, item: Item) -> Result<()> {
    match shown(tx, item)? {
        Some(shown) => audit::added(tx, Act::RuleAdded, &subject(item, &shown), &shown),
        None => Ok(()),
    }
}

/// Makes a change of an item and records what differs afterwards.
pub(super) fn recorded(tx: &Tx<'_>, item: Item, change: impl FnOnce() -> Result<()>) -> Result<()> {
    let before = shown(tx, item)?;
    change()?;
    if let (Some(before), Some(after)) = (before, shown(tx, item)?) {
        let subject = subject(item, &after);
        audit::changed(tx, Act::RuleChanged, &subject, &before, &after)?;
    }
    Ok(())
}

/// Records that an item was taken away.
pub(super) fn removed(tx: &Tx<'_>, item: Item, before: &ShownRule) -> Result<()> {
    audit::removed(tx, Act::RuleRemoved, &subject(item, before), before)
}
