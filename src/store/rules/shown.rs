//! What the audit log keeps of rules: conditions and what they lead to as they are, for pages to put in words.

use rusqlite::OptionalExtension as _;
use serde::Serialize;

use crate::domain::audit::{Act, Kind, Shown, Subject};
use crate::domain::classification::Output;
use crate::domain::condition::Condition;
use crate::domain::ids::QueueId;
use crate::domain::overflow::Overflow;
use crate::domain::queue_rules::Way;
use crate::domain::timeouts::Action;
use crate::store::{Result, Tx, audit, queues, workstreams};

use super::{Item, agent_rules, order_rules, owner, queue_of, routes, rulesets, timeouts};

/// A rule of any kind in the audit log; what a kind does not have is left out.
#[derive(Default, Serialize)]
pub(super) struct ShownRule {
    #[serde(skip_serializing_if = "Option::is_none")]
    workstream: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    queue: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ruleset: Option<String>,
    name: String,
    place: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_active: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<Condition>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    outputs: Vec<Output>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    queues: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    overflow: Option<Overflow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    silent: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after_minutes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<Action>,
    #[serde(skip_serializing_if = "Option::is_none")]
    serves: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    way: Option<Way>,
}

impl Shown for ShownRule {}

/// The item as it is now; `None` when it is gone.
pub(super) fn shown(tx: &Tx<'_>, item: Item) -> Result<Option<ShownRule>> {
    let reader = tx.reader();
    if let Some(queue) = queue_of(&reader, item)? {
        return shown_of_queue(tx, item, queue);
    }
    let Some(workstream) = owner(&reader, item)? else {
        return Ok(None);
    };
    let mut shown = ShownRule {
        workstream: workstreams::by_id(&reader, workstream)?.map(|workstream| workstream.name),
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
                shown.condition = Some(rule.condition);
                shown.outputs = rule.outputs;
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
            shown.condition = Some(rule.condition);
            for share in &rule.split.0 {
                let queue = queues::name(&reader, share.queue)?.unwrap_or_default();
                shown.queues.push(format!("{queue} {} %", share.percent));
            }
            shown.overflow = rule.overflow;
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
            shown.action = Some(rule.action);
        }
        Item::Order(_) | Item::Agents(_) => return Ok(None),
    }
    Ok(Some(shown))
}

/// A rule of a queue as it is now; `None` when it is gone.
fn shown_of_queue(tx: &Tx<'_>, item: Item, queue: QueueId) -> Result<Option<ShownRule>> {
    let reader = tx.reader();
    let shown = ShownRule {
        queue: queues::name(&reader, queue)?,
        place: place(tx, item)?.unwrap_or_default(),
        ..ShownRule::default()
    };
    Ok(match item {
        Item::Order(id) => {
            let rules = order_rules(&reader, queue)?;
            let found = rules.into_iter().find(|one| one.id == id);
            found.map(|rule| ShownRule {
                name: rule.name,
                is_active: Some(rule.is_active),
                condition: Some(rule.condition),
                serves: Some(rule.order.word()),
                ..shown
            })
        }
        Item::Agents(id) => {
            let rules = agent_rules(&reader, queue)?;
            let found = rules.into_iter().find(|one| one.id == id);
            found.map(|rule| ShownRule {
                name: rule.name,
                is_active: Some(rule.is_active),
                condition: Some(rule.condition),
                way: Some(rule.way),
                ..shown
            })
        }
        Item::Ruleset(_) | Item::Classification(_) | Item::Route(_) | Item::Timeout(_) => None,
    })
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

fn subject(item: Item, shown: &ShownRule) -> Subject {
    let kind = match item {
        Item::Ruleset(_) => Kind::Ruleset,
        Item::Classification(_) => Kind::ClassificationRule,
        Item::Route(_) => Kind::RouteRule,
        Item::Timeout(_) => Kind::TimeoutRule,
        Item::Order(_) => Kind::OrderRule,
        Item::Agents(_) => Kind::AgentRule,
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
