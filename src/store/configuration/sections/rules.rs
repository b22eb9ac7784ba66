//! The rules of workstreams and of queues: lists of their sections.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::domain::classification::{self, MAX_OUTPUTS, MAX_RULES, MAX_RULESETS, Output};
use crate::domain::condition::Condition;
use crate::domain::overflow::Overflow;
use crate::domain::queue_rules::{self, MAX_NEEDS, Order, Way};
use crate::domain::routing;
use crate::domain::split::MAX_QUEUES;
use crate::domain::timeouts::{AFTER, Action, Side};
use crate::store::configuration::rule::{Rule, Why, times};
use crate::store::configuration::shape::{Field, List, json, list, name, number, of, switch, text};

use super::words_of;

pub(super) const RULESET: List = List {
    name: "ruleset",
    table: "classification_ruleset",
    id: "classification_ruleset_id",
    order: "position, classification_ruleset_id",
    position: "position",
    fields: &[name("name")],
    lists: &[List {
        name: "rule",
        table: "classification_rule",
        order: "position, classification_rule_id",
        position: "position",
        fields: &[
            name("name"),
            switch("is_active"),
            CONDITION,
            json("outputs", outputs),
        ],
        most: MAX_RULES,
        begins: &["created_at"],
        beside: &["classification_rule_id"],
        ..list("classification_ruleset_id")
    }],
    most: MAX_RULESETS,
    begins: &["created_at"],
    ..list("workstream_id")
};

pub(super) const ROUTE: List = List {
    name: "route",
    table: "route_rule",
    id: "route_rule_id",
    order: "position, route_rule_id",
    position: "position",
    fields: &[
        name("name"),
        switch("is_active"),
        CONDITION,
        json("overflow", overflow).optional(),
    ],
    lists: &[List {
        name: "share",
        table: "route_share",
        order: "position",
        position: "position",
        fields: &[
            of("queue", "queue_id", "queue"),
            number("percent").by(Rule::Within(1, 100)),
        ],
        most: MAX_QUEUES,
        sum: Some("percent"),
        beside: &["given"],
        ..list("route_rule_id")
    }],
    most: routing::MAX_RULES,
    begins: &["created_at"],
    ..list("workstream_id")
};

pub(super) const TIMEOUT: List = List {
    name: "timeout",
    table: "timeout_rule",
    order: "position, timeout_rule_id",
    position: "position",
    fields: &[
        name("name"),
        switch("is_active"),
        text("silent").by(words_of!(Side)),
        number("after_ms").by(times(&AFTER)),
        json("action", action),
    ],
    begins: &["created_at"],
    beside: &["timeout_rule_id"],
    ..list("workstream_id")
};

pub(super) const ORDER_RULE: List = List {
    name: "order_rule",
    table: "queue_order_rule",
    order: "position, queue_order_rule_id",
    position: "position",
    fields: &[
        name("name"),
        switch("is_active"),
        CONDITION,
        text("serves").by(words_of!(Order)),
    ],
    most: queue_rules::MAX_RULES,
    begins: &["created_at"],
    beside: &["queue_order_rule_id"],
    ..list("queue_id")
};

pub(super) const AGENT_RULE: List = List {
    name: "agent_rule",
    table: "queue_agent_rule",
    order: "position, queue_agent_rule_id",
    position: "position",
    fields: &[
        name("name"),
        switch("is_active"),
        CONDITION,
        json("way", way),
    ],
    most: queue_rules::MAX_RULES,
    begins: &["created_at"],
    beside: &["queue_agent_rule_id"],
    ..list("queue_id")
};

const CONDITION: Field = json("condition", condition);

/// The value as its type reads it.
fn of_type<T: DeserializeOwned>(value: Value) -> Result<T, Why> {
    serde_json::from_value(value).map_err(|_| Why::Form)
}

/// The value as its type writes it.
fn canonical<T: Serialize>(value: &T) -> Result<Value, Why> {
    serde_json::to_value(value).map_err(|_| Why::Form)
}

fn condition(value: Value) -> Result<Value, Why> {
    let condition: Condition = of_type(value)?;
    condition.check().map_err(|_| Why::Senseless)?;
    canonical(&condition)
}

fn outputs(value: Value) -> Result<Value, Why> {
    let outputs: Vec<Output> = of_type(value)?;
    classification::check_outputs(&outputs).map_err(|mistake| match mistake {
        classification::Mistake::NoOutput => Why::Empty,
        classification::Mistake::TooManyOutputs => Why::TooMany { most: MAX_OUTPUTS },
        _ => Why::Senseless,
    })?;
    canonical(&outputs)
}

fn overflow(value: Value) -> Result<Value, Why> {
    let overflow: Overflow = of_type(value)?;
    overflow.check(None).map_err(|_| Why::Senseless)?;
    canonical(&overflow)
}

fn way(value: Value) -> Result<Value, Why> {
    let way: Way = of_type(value)?;
    match way.needs.len() <= MAX_NEEDS {
        true => canonical(&way),
        false => Err(Why::TooMany { most: MAX_NEEDS }),
    }
}

fn action(value: Value) -> Result<Value, Why> {
    let action: Action = of_type(value)?;
    match action.is_sound() {
        true => canonical(&action),
        false => Err(Why::Senseless),
    }
}
