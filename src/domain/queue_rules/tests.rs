use std::collections::BTreeMap;

use super::*;
use crate::domain::assignment::{
    Agent, Member, Settings, Verdict, WhyNot, assess, hand_out, in_order,
};
use crate::domain::capacity::{Demand, Load};
use crate::domain::condition::{Operator, Test};
use crate::domain::facts::{Attribute, Value};
use crate::domain::ids::{ConversationId, PageId, QueueId, SkillId, UserId};
use crate::domain::presence::{Presence, Status, Why};
use crate::domain::skills::Skill;

const QUEUE: QueueId = QueueId(1);
const FINNISH: SkillId = SkillId(1);
const REFUNDS: SkillId = SkillId(2);
const SETTINGS: Settings = Settings {
    max_declines: 3,
    max_sessions: 10,
};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1000)
}

fn facts(message: &str) -> Facts {
    Facts::new("somewhere", PageId(1), "customer", message)
}

fn says(word: &str) -> Condition {
    Condition::all(vec![Test {
        attribute: Attribute::MessageText,
        operator: Operator::Contains,
        values: vec![Value::Text(word.to_owned())],
    }])
}

fn broken() -> Condition {
    Condition::all(vec![Test {
        attribute: Attribute::MessageText,
        operator: Operator::IsGreater,
        values: vec![Value::Number(1.0)],
    }])
}

fn order_rule(id: i64, condition: Condition, order: Order) -> OrderRule {
    OrderRule {
        id: OrderRuleId(id),
        name: format!("Rule {id}"),
        is_active: true,
        condition,
        order,
    }
}

fn agent_rule(id: i64, condition: Condition, way: Way) -> AgentRule {
    AgentRule {
        id: AgentRuleId(id),
        name: format!("Rule {id}"),
        is_active: true,
        condition,
        way,
    }
}

fn item(conversation: i64, second: i64) -> Item {
    Item {
        conversation: ConversationId(conversation),
        queue: QUEUE,
        queue_priority: 100,
        method: Method::HighestCapacity,
        priority: Priority::Normal,
        last_interaction_at: at(second),
        needs: Vec::new(),
        matching: Matching::None,
        demand: Demand::of_units(1),
        allowed: vec![Base::Available],
        keeps: None,
        declines: BTreeMap::new(),
        position: None,
        ways: None,
    }
}

fn agent(user: i64, base: Base, skills: &[(SkillId, u8)]) -> Agent {
    Agent {
        user: UserId(user),
        status: Status {
            presence: Presence::built_in(base),
            why: Why::Chosen,
            since: at(0),
            before: None,
        },
        is_connected: true,
        load: Load::of_units(3),
        skills: skills
            .iter()
            .map(|(skill, rating)| Skill {
                skill: *skill,
                rating: *rating,
            })
            .collect(),
        sessions: 0,
        signed_in_at: at(0),
        released_at: None,
        queues: BTreeMap::from([(
            QUEUE,
            Member {
                joined: user,
                assigned_at: None,
            },
        )]),
    }
}

/// The words of a trace: the rule's id and what came of it.
fn words<Id: Copy>(trace: &[Considered<Id>], id: impl Fn(Id) -> i64) -> Vec<(i64, &'static str)> {
    let word = |outcome: &Outcome| match outcome {
        Outcome::Taken { .. } => "taken",
        Outcome::Nobody { .. } => "nobody",
        Outcome::NotMatched { .. } => "not matched",
        Outcome::NotReached => "not reached",
        Outcome::Inactive => "inactive",
        Outcome::Broken(_) => "broken",
    };
    let rules = trace.iter();
    rules
        .map(|considered| (id(considered.rule), word(&considered.outcome)))
        .collect()
}

#[test]
fn the_first_rule_that_fits_decides_the_place_and_the_trace_names_every_rule() {
    let off = OrderRule {
        is_active: false,
        ..order_rule(1, Condition::always(), Order::Oldest)
    };
    let rules = [
        off,
        order_rule(2, broken(), Order::Oldest),
        order_rule(3, says("refund"), Order::Newest),
        order_rule(4, says("order"), Order::Urgent),
    ];
    for (message, expected, trace) in [
        (
            "my refund of the order",
            Some((2, Order::Newest)),
            [
                (1, "inactive"),
                (2, "broken"),
                (3, "taken"),
                (4, "not reached"),
            ],
        ),
        (
            "my order",
            Some((3, Order::Urgent)),
            [
                (1, "inactive"),
                (2, "broken"),
                (3, "not matched"),
                (4, "taken"),
            ],
        ),
        (
            "hello",
            None,
            [
                (1, "inactive"),
                (2, "broken"),
                (3, "not matched"),
                (4, "not matched"),
            ],
        ),
    ] {
        let (found, considered) = place(&rules, &facts(message));
        assert_eq!(found, expected, "{message}");
        assert_eq!(words(&considered, |id| id.0), trace, "{message}");
    }
}

#[test]
fn rules_are_served_in_their_order_and_what_fits_none_last_the_oldest_first() {
    let rules = [
        order_rule(1, says("refund"), Order::Newest),
        order_rule(2, says("order"), Order::Urgent),
    ];
    let queued = |conversation, second, message: &str, priority| {
        let (place, _) = place(&rules, &facts(message));
        Item {
            priority,
            position: Some(Position::new("Shop", place, priority, at(second))),
            ..item(conversation, second)
        }
    };
    use Priority::{High, Low, Normal};
    let items = [
        queued(1, 10, "hello", High),
        queued(2, 9, "hello", Low),
        queued(3, 8, "order", Low),
        queued(4, 30, "order", High),
        queued(5, 20, "order", High),
        queued(6, 40, "refund", Normal),
        queued(7, 50, "refund", Low),
    ];
    let order: Vec<i64> = in_order(&items)
        .iter()
        .map(|item| item.conversation.0)
        .collect();
    assert_eq!(order, [7, 6, 5, 4, 3, 2, 1]);
}

#[test]
fn queues_of_one_priority_are_served_those_without_an_order_first_and_the_others_by_name() {
    let of = |conversation, name: Option<&str>, queue_priority| Item {
        queue_priority,
        position: name.map(|name| Position::new(name, None, Priority::Normal, at(conversation))),
        ..item(conversation, conversation)
    };
    let items = [
        of(1, Some("returns"), 100),
        of(2, Some("Orders"), 100),
        of(3, None, 100),
        of(4, Some("Zebra"), 50),
    ];
    let order: Vec<i64> = in_order(&items)
        .iter()
        .map(|item| item.conversation.0)
        .collect();
    assert_eq!(order, [4, 3, 2, 1]);
}

#[test]
fn of_the_rules_that_fit_the_first_that_finds_somebody_decides() {
    let expert = |rating| Need {
        skill: FINNISH,
        rating: Some(rating),
    };
    let rules = [
        agent_rule(1, says("refund"), Way::default()),
        agent_rule(
            2,
            Condition::always(),
            Way {
                needs: vec![expert(9)],
                ..Way::default()
            },
        ),
        agent_rule(
            3,
            Condition::always(),
            Way {
                presences: vec![Base::Available, Base::Busy],
                needs: vec![expert(5)],
                ..Way::default()
            },
        ),
        agent_rule(4, Condition::always(), Way::default()),
    ];
    let asked = |agents: &[Agent]| {
        let (ways, trace) = ways(&rules, &facts("hello"));
        let item = Item {
            ways: Some(ways),
            ..item(1, 1)
        };
        let assessment = assess(&item, agents, SETTINGS);
        let trace = told(trace, assessment.rule);
        let order: Vec<i64> = assessment.order.iter().map(|user| user.0).collect();
        (order, words(&trace, |id| id.0))
    };
    let best = agent(1, Base::Available, &[(FINNISH, 9)]);
    let busy = agent(2, Base::Busy, &[(FINNISH, 6)]);
    let anybody = agent(3, Base::Available, &[]);
    let (first, second, third, fourth) = (1, 2, 3, 4);
    assert_eq!(
        asked(&[best, busy.clone(), anybody.clone()]),
        (
            vec![1],
            vec![
                (first, "not matched"),
                (second, "taken"),
                (third, "not reached"),
                (fourth, "not reached")
            ]
        )
    );
    assert_eq!(
        asked(&[busy.clone(), anybody.clone()]).1[1..],
        [(2, "nobody"), (3, "taken"), (4, "not reached")]
    );
    assert_eq!(asked(&[anybody]).0, [3], "the last rule asks for nothing");
    let away = agent(4, Base::Away, &[(FINNISH, 10)]);
    assert_eq!(
        asked(&[away]).1[1..],
        [(2, "nobody"), (3, "nobody"), (4, "nobody")]
    );
}

#[test]
fn a_rule_says_who_comes_first_and_skills_of_the_conversation_as_it_wants() {
    let refunds = Need {
        skill: REFUNDS,
        rating: Some(5),
    };
    let agents = [
        agent(1, Base::Available, &[(REFUNDS, 6), (FINNISH, 1)]),
        agent(2, Base::Available, &[(REFUNDS, 9), (FINNISH, 9)]),
        agent(3, Base::Available, &[(REFUNDS, 4)]),
    ];
    for (method, matching, expected) in [
        (Method::Proficiency, Some(Matching::Exact), &[2, 1][..]),
        (Method::Proficiency, None, &[2, 1, 3]),
        (Method::FewestSkills, None, &[3, 1, 2]),
        (Method::RoundRobin, Some(Matching::Exact), &[1, 2]),
        (Method::HighestCapacity, Some(Matching::None), &[1, 2, 3]),
    ] {
        let way = Way {
            matching,
            method,
            ..Way::default()
        };
        let (ways, _) = ways(&[agent_rule(1, Condition::always(), way)], &facts(""));
        let item = Item {
            needs: vec![refunds],
            ways: Some(ways),
            ..item(1, 1)
        };
        let order = assess(&item, &agents, SETTINGS).order;
        let order: Vec<i64> = order.iter().map(|user| user.0).collect();
        assert_eq!(order, expected, "{method:?} {matching:?}");
    }
}

#[test]
fn no_rule_gives_anybody_more_than_fits_and_without_a_rule_nobody_is_asked() {
    let everything = Way {
        presences: Base::ALL.to_vec(),
        matching: Some(Matching::None),
        ..Way::default()
    };
    let (fitting, _) = ways(
        &[agent_rule(1, Condition::always(), everything)],
        &facts(""),
    );
    let waiting: Vec<Item> = (1..=9)
        .map(|number| Item {
            ways: Some(fitting.clone()),
            ..item(number, number)
        })
        .collect();
    let mut agents = [agent(1, Base::Away, &[]), agent(2, Base::Available, &[])];
    agents[1].is_connected = false;
    let given = hand_out(&waiting, &mut agents, SETTINGS, at(100));
    assert_eq!(given.len(), 3, "as many as there is room for");
    assert!(given.iter().all(|given| given.user == UserId(1)));

    let nothing = Item {
        ways: Some(Vec::new()),
        ..item(1, 1)
    };
    let agents = [agent(3, Base::Available, &[])];
    let assessment = assess(&nothing, &agents, SETTINGS);
    assert!(assessment.order.is_empty());
    let verdict = assessment.considered[0].verdict;
    assert_eq!(verdict, Verdict::No(WhyNot::NoRule));
}

#[test]
fn what_was_written_of_a_way_stays_readable() {
    let stored = r#"{"presences":["busy"],"needs":[{"skill":4}],"method":"proficiency"}"#;
    let way: Way = serde_json::from_str(stored).unwrap();
    assert_eq!(way.matching, None);
    assert_eq!(way.needs[0].rating, None);
    let again = serde_json::to_string(&way).unwrap();
    assert_eq!(serde_json::from_str::<Way>(&again).unwrap(), way);
}
