use super::*;
use crate::domain::condition::{Operator, Test};
use crate::domain::facts::{Attribute, Value};
use crate::domain::ids::PageId;
use crate::domain::overflow::TooMany;
use crate::domain::split::Share;
use crate::domain::time::Timestamp;

const FALLBACK: QueueId = QueueId(100);

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn locale_is(locale: &str) -> Condition {
    Condition::all(vec![Test {
        attribute: Attribute::ProfileLocale,
        operator: Operator::Is,
        values: vec![text(locale)],
    }])
}

fn senseless() -> Condition {
    Condition::all(vec![Test {
        attribute: Attribute::MessageText,
        operator: Operator::IsLess,
        values: vec![text("1")],
    }])
}

fn finn() -> Facts {
    let mut facts = Facts::new("messenger", PageId(1), "4711", "Hei");
    facts.profile_locale = Some("fi_FI".to_owned());
    facts
}

fn rule(id: i64, condition: Condition, queue: i64) -> Rule {
    Rule {
        id: RouteRuleId(id),
        name: format!("Rule {id}"),
        is_active: true,
        condition,
        split: Split::one(QueueId(queue)),
        overflow: None,
    }
}

/// An open queue in which nobody waits, and which has no overflow.
fn queue(id: i64) -> Standing {
    Standing {
        queue: QueueId(id),
        is_open: true,
        next_opening: None,
        waiting: 0,
        overflow: Overflow::default(),
    }
}

/// A queue that is closed until then, with this action.
fn closed(id: i64, opens: Option<i64>, action: Entry) -> Standing {
    Standing {
        is_open: false,
        next_opening: opens.map(Timestamp::from_millis),
        overflow: Overflow {
            out_of_hours: Some(action),
            ..Overflow::default()
        },
        ..queue(id)
    }
}

/// An open queue in which too many wait, with this action.
fn crowded(id: i64, action: Entry) -> Standing {
    Standing {
        waiting: 10,
        overflow: Overflow {
            too_many: Some(TooMany { limit: 10, action }),
            ..Overflow::default()
        },
        ..queue(id)
    }
}

fn routed(rules: &[Rule], queues: Vec<Standing>, is_broken: bool) -> Routed {
    let queues = queues
        .into_iter()
        .map(|queue| (queue.queue, queue))
        .collect();
    let workstream = Workstream {
        rules,
        fallback: FALLBACK,
        queues: &queues,
        given: &BTreeMap::new(),
    };
    route(&workstream, &finn(), is_broken)
}

fn to(queue: i64) -> Destination {
    Destination::Queue(QueueId(queue))
}

#[test]
fn the_first_matching_rule_whose_queue_does_not_overflow_is_taken() {
    let rules = [
        rule(1, locale_is("sv_SE"), 1),
        rule(2, locale_is("fi_FI"), 2),
        rule(3, Condition::always(), 3),
        rule(4, Condition::always(), 4),
    ];
    let all = |second| vec![queue(1), second, queue(3), queue(4)];
    let routed_to = routed(&rules, all(queue(2)), false);
    assert_eq!(
        (routed_to.destination, routed_to.by),
        (to(2), By::Rule(RouteRuleId(2)))
    );
    let words = |routed: &Routed| -> Vec<&str> {
        let word = |outcome: &Outcome| match outcome {
            Outcome::Taken { .. } => "taken",
            Outcome::Overflows { .. } => "overflows",
            Outcome::MatchesToo { .. } => "matches too",
            Outcome::NotMatched { .. } => "not matched",
            Outcome::Inactive => "inactive",
            Outcome::Broken(_) => "broken",
            Outcome::NoQueue { .. } => "no queue",
        };
        routed
            .trace
            .iter()
            .map(|considered| word(&considered.outcome))
            .collect()
    };
    assert_eq!(
        words(&routed_to),
        ["not matched", "taken", "matches too", "matches too"]
    );
    let overflowed = routed(&rules, all(closed(2, Some(5), Entry::End)), false);
    assert_eq!(
        (overflowed.destination, overflowed.by),
        (to(3), By::Rule(RouteRuleId(3)))
    );
    assert_eq!(
        words(&overflowed),
        ["not matched", "overflows", "taken", "matches too"]
    );
}

#[test]
fn when_all_overflow_an_open_one_acts_and_else_the_one_that_opens_first() {
    let rules = [1, 2, 3].map(|id| rule(id, Condition::always(), id));
    let other = QueueId(50);
    for (queues, destination, rule) in [
        // An open one, whatever the order.
        (
            vec![
                closed(1, Some(10), Entry::End),
                crowded(2, Entry::Move(other)),
                crowded(3, Entry::End),
            ],
            to(50),
            2,
        ),
        // All closed: the one that opens first.
        (
            vec![
                closed(1, Some(30), Entry::End),
                closed(2, None, Entry::End),
                closed(3, Some(20), Entry::QueueAnyway),
            ],
            to(3),
            3,
        ),
        // Equal ones: the first.
        (
            vec![
                closed(1, Some(30), Entry::End),
                closed(2, Some(30), Entry::QueueAnyway),
                closed(3, Some(30), Entry::QueueAnyway),
            ],
            Destination::End,
            1,
        ),
        // Never again.
        (
            vec![
                closed(1, None, Entry::QueueAnyway),
                closed(2, None, Entry::End),
                closed(3, None, Entry::End),
            ],
            to(1),
            1,
        ),
    ] {
        let routed = routed(&rules, queues, false);
        assert_eq!(routed.destination, destination);
        match routed.by {
            By::Overflow { rule: by, .. } => assert_eq!(by, RouteRuleId(rule)),
            by => panic!("{by:?}"),
        }
    }
}

#[test]
fn a_rules_own_overflow_holds_instead_of_its_queues() {
    let patient = Rule {
        overflow: Some(Overflow::default()),
        ..rule(1, Condition::always(), 1)
    };
    let strict = Rule {
        overflow: Some(Overflow {
            out_of_hours: Some(Entry::End),
            ..Overflow::default()
        }),
        ..rule(1, Condition::always(), 1)
    };
    let night = || vec![closed(1, Some(9), Entry::Move(QueueId(7)))];
    assert_eq!(routed(&[patient], night(), false).destination, to(1));
    assert_eq!(
        routed(&[strict], night(), false).destination,
        Destination::End
    );
}

#[test]
fn the_fallback_queue_gets_what_no_rule_can_place() {
    let inactive = Rule {
        is_active: false,
        ..rule(1, Condition::always(), 1)
    };
    let broken = || rule(2, senseless(), 1);
    let always = || rule(3, Condition::always(), 1);
    let never = || rule(4, locale_is("sv_SE"), 1);
    for (rules, is_broken, why) in [
        (vec![], false, Some(Why::NoRules)),
        (vec![never()], false, Some(Why::NoMatch)),
        (vec![inactive], false, Some(Why::NoMatch)),
        (
            vec![broken(), always()],
            false,
            Some(Why::Rule(RouteRuleId(2))),
        ),
        (vec![always()], true, Some(Why::Classification)),
        (
            vec![rule(5, Condition::always(), 404)],
            false,
            Some(Why::NoQueue(RouteRuleId(5))),
        ),
        // What comes after the decision cannot break it.
        (vec![always(), broken()], false, None),
    ] {
        let routed = routed(&rules, vec![queue(1)], is_broken);
        match why {
            Some(why) => {
                assert_eq!(routed.destination, Destination::Queue(FALLBACK), "{why:?}");
                assert_eq!(routed.by, By::Fallback(why));
            }
            None => assert_eq!(routed.destination, to(1)),
        }
        assert_eq!(
            routed.trace.len(),
            rules.len(),
            "every rule is in the trace"
        );
    }
}

#[test]
fn percentages_are_dealt_before_overflow_is_asked() {
    let mut rules = [
        rule(1, Condition::always(), 1),
        rule(2, Condition::always(), 3),
    ];
    rules[0].split = Split(vec![
        Share {
            queue: QueueId(1),
            percent: 75,
        },
        Share {
            queue: QueueId(2),
            percent: 25,
        },
    ]);
    let queues: BTreeMap<_, _> = [crowded(1, Entry::End), queue(2), queue(3)]
        .into_iter()
        .map(|queue| (queue.queue, queue))
        .collect();
    let mut given: BTreeMap<RouteRuleId, BTreeMap<QueueId, u64>> = BTreeMap::new();
    let mut ended_in: BTreeMap<Destination, u32> = BTreeMap::new();
    for _ in 0..100 {
        let workstream = Workstream {
            rules: &rules,
            fallback: FALLBACK,
            queues: &queues,
            given: &given,
        };
        let routed = route(&workstream, &finn(), false);
        for (rule, queue) in routed.dealt {
            *given.entry(rule).or_default().entry(queue).or_default() += 1;
        }
        *ended_in.entry(routed.destination).or_default() += 1;
    }
    assert_eq!(
        given[&RouteRuleId(1)],
        BTreeMap::from([(QueueId(1), 75), (QueueId(2), 25)])
    );
    assert_eq!(ended_in, BTreeMap::from([(to(2), 25), (to(3), 75)]));
}

#[test]
fn rules_beyond_the_limits_are_refused() {
    let fine = rule(1, Condition::always(), 1);
    assert_eq!(check(&vec![fine.clone(); 200]), Ok(()));
    assert_eq!(check(&vec![fine.clone(); 201]), Err(Mistake::TooMany));
    let mut over = fine.clone();
    over.split.0.push(Share {
        queue: QueueId(2),
        percent: 1,
    });
    assert_eq!(
        check(&[over]),
        Err(Mistake::Split(split::Mistake::Total(101)))
    );
    let loops = Rule {
        overflow: Some(Overflow {
            out_of_hours: Some(Entry::Move(QueueId(1))),
            ..Overflow::default()
        }),
        ..fine
    };
    let into_itself = Mistake::Overflow(crate::domain::overflow::Mistake::IntoItself);
    assert_eq!(check(&[loops]), Err(into_itself));
    let broken = rule(1, senseless(), 1);
    assert_eq!(check(&[broken]), Err(Mistake::Condition(Fault::Operator)));
}

#[test]
fn a_trace_can_be_stored() {
    let rules = [
        rule(1, locale_is("fi_FI"), 1),
        rule(2, Condition::always(), 2),
    ];
    let trace = routed(&rules, vec![closed(1, None, Entry::End), queue(2)], false).trace;
    let stored = serde_json::to_string(&trace).unwrap();
    assert_eq!(
        serde_json::from_str::<Vec<Considered>>(&stored).unwrap(),
        trace
    );
}
