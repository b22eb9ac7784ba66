use super::*;
use crate::domain::condition::{Operator, Test};
use crate::domain::facts::Attribute;
use crate::domain::ids::{PageId, SkillId};

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn says(words: &str) -> Condition {
    Condition::all(vec![Test {
        attribute: Attribute::MessageText,
        operator: Operator::Contains,
        values: vec![text(words)],
    }])
}

fn variable_is(name: &str, value: &str) -> Condition {
    Condition::all(vec![Test {
        attribute: Attribute::Variable(name.to_owned()),
        operator: Operator::Is,
        values: vec![text(value)],
    }])
}

fn set(name: &str, value: &str) -> Output {
    Output::Variable {
        name: name.to_owned(),
        value: text(value),
    }
}

fn rule(id: i64, condition: Condition, outputs: Vec<Output>) -> Rule {
    Rule {
        id: ClassificationRuleId(id),
        name: format!("Rule {id}"),
        is_active: true,
        condition,
        outputs,
    }
}

fn ruleset(id: i64, rules: Vec<Rule>) -> Ruleset {
    Ruleset {
        id: RulesetId(id),
        name: format!("Ruleset {id}"),
        rules,
    }
}

fn facts(message: &str) -> Facts {
    Facts::new("messenger", PageId(1), "4711", message)
}

#[test]
fn the_first_match_in_a_ruleset_wins_and_the_next_ruleset_goes_on() {
    let high = Output::Priority(Priority::High);
    let rulesets = [
        ruleset(
            1,
            vec![
                rule(1, says("refund"), vec![set("topic", "refund")]),
                rule(2, says("order"), vec![set("topic", "order"), high]),
                rule(3, Condition::always(), vec![set("topic", "other")]),
            ],
        ),
        ruleset(
            2,
            vec![rule(4, Condition::always(), vec![set("seen", "yes")])],
        ),
    ];
    let classified = classify(&rulesets, facts("Where is my order?"), Demand::of_units(2));
    assert_eq!(classified.facts.variables["topic"], text("order"));
    assert_eq!(classified.facts.variables["seen"], text("yes"));
    assert_eq!(classified.facts.priority, Priority::High);
    assert_eq!(classified.demand, Demand::of_units(2));
    let outcomes: Vec<&str> = classified
        .trace
        .iter()
        .map(|considered| match considered.outcome {
            Outcome::Matched { .. } => "matched",
            Outcome::NotMatched { .. } => "not matched",
            Outcome::NotReached => "not reached",
            Outcome::Inactive => "inactive",
            Outcome::Broken(_) => "broken",
        })
        .collect();
    assert_eq!(
        outcomes,
        ["not matched", "matched", "not reached", "matched"]
    );
}

#[test]
fn what_one_ruleset_wrote_the_next_can_ask_for_and_add_to() {
    let need = |skill, rating| Need {
        skill: SkillId(skill),
        rating: Some(rating),
    };
    let profile = CapacityProfileId(9);
    let skilled = Condition::all(vec![Test {
        attribute: Attribute::Skill(SkillId(1)),
        operator: Operator::IsAtLeast,
        values: vec![Value::Number(3.0)],
    }]);
    let rulesets = [
        ruleset(
            1,
            vec![rule(
                1,
                says("claim"),
                vec![set("topic", "claim"), Output::Skill(need(1, 3))],
            )],
        ),
        ruleset(
            2,
            vec![rule(
                2,
                variable_is("topic", "Claim"),
                vec![Output::Profile(profile)],
            )],
        ),
        ruleset(
            3,
            vec![rule(
                3,
                skilled,
                vec![Output::Skill(need(2, 1)), Output::Profile(profile)],
            )],
        ),
    ];
    let classified = classify(&rulesets, facts("A claim!"), Demand::of_units(1));
    assert_eq!(classified.facts.needs, [need(1, 3), need(2, 1)]);
    assert_eq!(classified.demand.profiles, [profile]);
    assert!(!classified.is_broken);
    let other = classify(&rulesets, facts("Hello"), Demand::of_units(1));
    assert_eq!((other.facts.needs, other.demand.profiles), (vec![], vec![]));
}

#[test]
fn a_rule_that_is_switched_off_or_broken_writes_nothing() {
    let off = Rule {
        is_active: false,
        ..rule(1, Condition::always(), vec![set("topic", "off")])
    };
    let senseless = Condition::all(vec![Test {
        attribute: Attribute::MessageText,
        operator: Operator::IsGreater,
        values: vec![Value::Number(1.0)],
    }]);
    let broken = rule(2, senseless, vec![set("topic", "broken")]);
    let good = rule(3, Condition::always(), vec![set("topic", "good")]);
    let classified = classify(
        &[ruleset(1, vec![off, broken, good])],
        facts("Hello"),
        Demand::default(),
    );
    assert_eq!(classified.facts.variables["topic"], text("good"));
    assert!(classified.is_broken, "it goes to the fallback queue");
    assert_eq!(classified.trace[0].outcome, Outcome::Inactive);
    assert_eq!(
        classified.trace[1].outcome,
        Outcome::Broken(Fault::Operator)
    );
}

#[test]
fn the_limits_hold() {
    let fine = || rule(1, Condition::always(), vec![set("topic", "x")]);
    let sets = |number| {
        (0..number)
            .map(|id| ruleset(id, vec![fine()]))
            .collect::<Vec<_>>()
    };
    let with = |outputs| [ruleset(1, vec![rule(1, Condition::always(), outputs)])];
    assert_eq!(check(&sets(10)), Ok(()));
    assert_eq!(check(&sets(11)), Err(Mistake::TooManyRulesets));
    assert_eq!(check(&[ruleset(1, vec![fine(); 100])]), Ok(()));
    assert_eq!(
        check(&[ruleset(1, vec![fine(); 101])]),
        Err(Mistake::TooManyRules)
    );
    assert_eq!(check(&with(vec![])), Err(Mistake::NoOutput));
    assert_eq!(check(&with(vec![set("a", "b"); 5])), Ok(()));
    assert_eq!(
        check(&with(vec![set("a", "b"); 6])),
        Err(Mistake::TooManyOutputs)
    );
    assert_eq!(check(&with(vec![set("a b", "c")])), Err(Mistake::Variable));
    let long = "x".repeat(4_001);
    assert_eq!(check(&with(vec![set("a", &long)])), Err(Mistake::Variable));
}

#[test]
fn a_trace_can_be_stored() {
    let rulesets = [ruleset(1, vec![rule(1, says("x"), vec![set("a", "b")])])];
    let trace = classify(&rulesets, facts("x"), Demand::default()).trace;
    let stored = serde_json::to_string(&trace).unwrap();
    assert_eq!(
        serde_json::from_str::<Vec<Considered>>(&stored).unwrap(),
        trace
    );
}
