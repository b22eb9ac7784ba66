use std::collections::BTreeMap;
use std::time::Duration;

use super::*;
use crate::domain::classification::{MAX_RULESETS, Output};
use crate::domain::condition::{Condition, Operator, Test};
use crate::domain::facts::{Attribute, ContactField, Priority, Value};
use crate::domain::ids::{OperatingHoursId, QueueId, RulesetId, SkillId};
use crate::domain::queue_rules::{Order, Way};
use crate::domain::skills::Need;
use crate::domain::split::{Share, Split};
use crate::domain::timeouts::{Action, Side};
use crate::store::customer_links::Customer;
use crate::store::testing::House;
use crate::store::{
    audit, companies, contacts, conversations, customer_links, operating_hours, queues, skills,
    workstreams,
};

fn asking(attribute: Attribute, value: Value) -> Condition {
    Condition::all(vec![Test {
        attribute,
        operator: Operator::Is,
        values: vec![value],
    }])
}

fn finnish() -> Condition {
    let fi = Value::Text("fi_FI".to_owned());
    asking(Attribute::ProfileLocale, fi)
}

fn classifying(name: &str) -> RuleDraft {
    RuleDraft {
        name: name.to_owned(),
        condition: finnish(),
        outputs: vec![Output::Priority(Priority::High)],
    }
}

fn routing(name: &str, shares: &[(i64, u8)]) -> RouteDraft {
    let share = |(queue, percent): &(i64, u8)| Share {
        queue: QueueId(*queue),
        percent: *percent,
    };
    RouteDraft {
        name: name.to_owned(),
        condition: finnish(),
        split: Split(shares.iter().map(share).collect()),
        overflow: None,
    }
}

fn silence(name: &str) -> TimeoutDraft {
    TimeoutDraft {
        name: name.to_owned(),
        silent: Side::Customer,
        after: Duration::from_secs(7200),
        action: Action::Park,
    }
}

fn add_route_to(house: &House, draft: RouteDraft) -> crate::domain::ids::RouteRuleId {
    let workstream = house.workstream;
    house
        .write(move |tx| add_route(tx, workstream, &draft))
        .expect("there is room")
}

fn names(house: &House) -> Vec<String> {
    let rules = house.read(|reader| routes(reader, house.workstream));
    rules.into_iter().map(|rule| rule.name).collect()
}

fn a_queue(house: &House) -> QueueId {
    house.execute("INSERT INTO queue (queue_id, name, created_at) VALUES (2, 'Finnish', 0)");
    QueueId(2)
}

#[test]
fn rules_come_back_as_they_were_given_and_in_their_order() {
    let house = House::furnished();
    a_queue(&house);
    let mut draft = routing("Half", &[(2, 50), (1, 50)]);
    draft.overflow = Some(crate::domain::overflow::Overflow {
        out_of_hours: Some(crate::domain::overflow::Entry::End),
        ..Default::default()
    });
    let id = add_route_to(&house, draft.clone());
    add_route_to(&house, routing("Rest", &[(1, 100)]));
    let rules = house.read(|reader| routes(reader, house.workstream));
    assert_eq!(rules[0].id, id);
    assert_eq!(RouteDraft::of(rules[0].clone()), draft);
    assert_eq!(names(&house), ["Half", "Rest"]);

    let workstream = house.workstream;
    house.write(move |tx| {
        let ruleset = add_ruleset(tx, workstream, "Language")?.unwrap();
        add_rule(tx, ruleset, &classifying("Finnish"))?;
        add_timeout(tx, workstream, &silence("Two hours"))
    });
    let sets = house.read(|reader| rulesets(reader, workstream));
    assert_eq!(sets[0].rules[0].condition, finnish());
    let silences = house.read(|reader| timeouts(reader, workstream));
    assert_eq!(TimeoutDraft::of(silences[0].clone()), silence("Two hours"));
}

#[test]
fn a_rule_moves_past_its_neighbour_and_stays_at_the_ends() {
    let house = House::furnished();
    let first = add_route_to(&house, routing("A", &[(1, 100)]));
    add_route_to(&house, routing("B", &[(1, 100)]));
    let last = add_route_to(&house, routing("C", &[(1, 100)]));
    let move_it = |rule, to| house.write(move |tx| shift(tx, Item::Route(rule), to));
    for (rule, to, expected) in [
        (first, Direction::Up, ["A", "B", "C"]),
        (last, Direction::Down, ["A", "B", "C"]),
        (last, Direction::Up, ["A", "C", "B"]),
        (last, Direction::Up, ["C", "A", "B"]),
        (first, Direction::Down, ["C", "B", "A"]),
    ] {
        move_it(rule, to);
        assert_eq!(names(&house), expected);
    }
    house.write(move |tx| copy_route(tx, last, "Copy of C"));
    assert_eq!(names(&house), ["C", "Copy of C", "B", "A"]);
    house.write(move |tx| remove(tx, Item::Route(first)));
    assert_eq!(names(&house), ["C", "Copy of C", "B"]);
}

#[test]
fn what_was_dealt_is_counted_until_the_shares_change() {
    let house = House::furnished();
    let queue = a_queue(&house);
    let rule = add_route_to(&house, routing("Half", &[(1, 50), (2, 50)]));
    house.write(move |tx| dealt(tx, &[(rule, queue), (rule, queue)]));
    let counted = || {
        let given = house.read(|reader| given(reader, house.workstream));
        given[&rule].clone()
    };
    assert_eq!(counted(), BTreeMap::from([(QueueId(1), 0), (queue, 2)]));
    let change = |draft| house.write(move |tx| change_route(tx, rule, &draft));
    change(routing("Another name", &[(1, 50), (2, 50)]));
    assert_eq!(counted()[&queue], 2);
    change(routing("Another name", &[(1, 40), (2, 60)]));
    assert_eq!(counted()[&queue], 0);
}

#[test]
fn the_eleventh_ruleset_and_a_full_one_are_refused() {
    let house = House::furnished();
    let workstream = house.workstream;
    let added = house.write(move |tx| {
        let mut added = Vec::new();
        for number in 0..=MAX_RULESETS {
            added.push(add_ruleset(tx, workstream, &format!("Ruleset {number}"))?);
        }
        Ok(added)
    });
    assert!(added[..MAX_RULESETS].iter().all(Option::is_some));
    assert_eq!(added[MAX_RULESETS], None);
    let first = added[0].unwrap();
    assert_eq!(
        house.write(move |tx| copy_ruleset(tx, first, "Copy")),
        None,
        "a copy is one more"
    );
}

#[test]
fn what_a_rule_names_stays_and_says_which_rule_names_it() {
    let house = House::furnished();
    let queue = a_queue(&house);
    let workstream = house.workstream;
    house.execute(
        "INSERT INTO skill (skill_id, name, kind, description, created_at) VALUES (1, 'Finnish', '', '', 0);
         INSERT INTO operating_hours (operating_hours_id, name, time_zone, created_at)
         VALUES (1, 'Shop', 'Europe/Helsinki', 0);
         INSERT INTO context_variable (context_variable_id, workstream_id, name, kind, value)
         VALUES (1, 1, 'basket', 'number', '5')",
    );
    let skill = SkillId(1);
    house.write(move |tx| {
        let ruleset = add_ruleset(tx, workstream, "Needs")?.unwrap();
        let draft = RuleDraft {
            condition: asking(Attribute::Variable("basket".to_owned()), Value::Number(5.0)),
            outputs: vec![Output::Skill(Need {
                skill,
                rating: Some(3),
            })],
            ..classifying("Speaks Finnish")
        };
        add_rule(tx, ruleset, &draft)?;
        let draft = RouteDraft {
            condition: asking(Attribute::IsOpen(OperatingHoursId(1)), Value::Flag(true)),
            ..routing("By day", &[(queue.0, 100)])
        };
        add_route(tx, workstream, &draft)
    });
    for (thing, rule) in [
        (Thing::Queue(queue), "By day"),
        (Thing::Hours(OperatingHoursId(1)), "By day"),
        (Thing::Skill(skill), "Speaks Finnish"),
        (
            Thing::Variable(workstream, "basket".to_owned()),
            "Speaks Finnish",
        ),
    ] {
        let found = house.read(|reader| uses(reader, &thing));
        let names: Vec<&str> = found.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, [rule], "{thing:?}");
    }
    let variable = crate::domain::ids::ContextVariableId(1);
    let removed = house.write(move |tx| {
        Ok([
            skills::remove(tx, skill)?,
            operating_hours::remove(tx, OperatingHoursId(1))?,
            queues::settings::remove(tx, queue)?,
            workstreams::variables::remove(tx, workstream, variable)?,
        ])
    });
    assert_eq!(removed, [false; 4]);
    let uses_of_another = house.read(|reader| {
        uses(
            reader,
            &Thing::Variable(crate::domain::ids::WorkstreamId(9), "basket".to_owned()),
        )
    });
    assert_eq!(uses_of_another, [], "names are a workstream's own");
}

#[test]
fn a_copied_workstream_has_the_same_rules_and_its_own() {
    let house = House::furnished();
    let workstream = house.workstream;
    let copy = house.write(move |tx| {
        let ruleset = add_ruleset(tx, workstream, "Language")?.unwrap();
        add_rule(tx, ruleset, &classifying("Finnish"))?;
        let route = add_route(tx, workstream, &routing("All", &[(1, 100)]))?.unwrap();
        switch(tx, Item::Route(route), false)?;
        add_timeout(tx, workstream, &silence("Two hours"))?;
        workstreams::settings::copy(tx, workstream, "Copy")
    });
    let sets = house.read(|reader| rulesets(reader, copy));
    assert_eq!(sets[0].rules[0].name, "Finnish");
    let copied = house.read(|reader| routes(reader, copy));
    assert!(!copied[0].is_active, "switched off as it was");
    assert_eq!(house.read(|reader| timeouts(reader, copy)).len(), 1);
    let ruleset = Item::Ruleset(sets[0].id);
    house.write(move |tx| remove(tx, ruleset));
    assert_eq!(house.read(|reader| rulesets(reader, workstream)).len(), 1);
}

#[test]
fn the_audit_log_keeps_what_changed() {
    let house = House::furnished();
    let rule = add_route_to(&house, routing("All", &[(1, 100)]));
    let changed = RouteDraft {
        name: "Everybody".to_owned(),
        ..routing("", &[(1, 100)])
    };
    house.write(move |tx| change_route(tx, rule, &changed));
    house.write(move |tx| switch(tx, Item::Route(rule), false));
    let entries = house.read(|reader| audit::list(reader, &audit::Filter::default(), None, 10));
    assert_eq!(entries.len(), 3);
    let field = |entry: usize, name: &str| entries[entry].after[name].to_string();
    let condition = entries[2].after["condition"].clone();
    assert_eq!(
        serde_json::from_value::<Condition>(condition).unwrap(),
        finnish()
    );
    assert_eq!(field(2, "queues"), r#"["Default messaging queue 100 %"]"#);
    assert_eq!(field(1, "name"), r#""Everybody""#);
    assert_eq!(field(0, "is_active"), "false");
}

#[test]
fn what_is_known_of_a_conversation_is_what_it_began_with() {
    let house = House::furnished();
    house.execute(
        "INSERT INTO context_variable (workstream_id, name, kind, value)
         VALUES (1, 'basket', 'number', '5'), (1, 'source', 'text', '7')",
    );
    let id = house.conversation("anna");
    house.message(id, "m1", "Where is my order?");
    house.message(id, "m2", "Hello?");
    house.execute(
        "UPDATE social_profile SET name = 'Anna', locale = 'fi_FI', time_zone = 2.0;
         UPDATE page SET answer_language = 'sv'",
    );
    let known = || {
        house.read(|reader| {
            let conversation = conversations::by_id(reader, id)?.unwrap();
            facts(reader, &conversation, crate::clock::now())
        })
    };
    let facts = known().unwrap();
    assert_eq!(facts.message_text, "Where is my order?");
    assert_eq!(facts.profile_time_zone, Some(2.0));
    assert_eq!(facts.language.as_deref(), Some("sv"), "the page's");
    assert_eq!(facts.variables["basket"], Value::Number(5.0));
    assert_eq!(facts.variables["source"], Value::Text("7".to_owned()));
    assert_eq!((facts.earlier_conversations, facts.is_group), (0, false));
    house.execute("UPDATE social_profile SET language = 'fi'");
    assert_eq!(known().unwrap().language.as_deref(), Some("fi"));
}

#[test]
fn what_the_book_says_of_the_customer_is_known_once_he_is_linked() {
    let house = House::furnished();
    let user = house.user("mine");
    let id = house.conversation("anna");
    let known = || {
        house.read(|reader| {
            let conversation = conversations::by_id(reader, id)?.unwrap();
            facts(reader, &conversation, crate::clock::now())
        })
    };
    assert_eq!(known().unwrap().contact, None);
    house.write(move |tx| {
        let draft = contacts::Draft {
            last_name: "Virtanen".to_owned(),
            company: Some(companies::ensure(tx, "Valo Oy")?),
            ..contacts::Draft::default()
        };
        let contact = contacts::add(tx, &draft)?;
        let profile = conversations::by_id(&tx.reader(), id)?.unwrap().profile;
        customer_links::link(tx, profile, Customer::Contact(contact), user)
    });
    let facts = known().unwrap();
    let value = |field| facts.value(&Attribute::Contact(field));
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    for (field, expected) in [
        (ContactField::IsLinked, Some(Value::Flag(true))),
        (ContactField::FirstName, None),
        (ContactField::LastName, text("Virtanen")),
        (ContactField::FullName, text("Virtanen")),
        (ContactField::Company, text("Valo Oy")),
        (ContactField::Email, None),
    ] {
        assert_eq!(value(field), expected, "{field:?}");
    }
    house.execute("UPDATE customer_link SET unlinked_at = 1, unlinked_by = 1");
    assert_eq!(known().unwrap().contact, None);
}

#[test]
fn only_rules_that_are_on_ask_for_the_profile() {
    let house = House::furnished();
    let workstream = house.workstream;
    let asks = || {
        house.read(|reader| {
            Ok(asks_profile(
                &rulesets(reader, workstream)?,
                &routes(reader, workstream)?,
            ))
        })
    };
    assert!(!asks());
    let rule = add_route_to(&house, routing("Finnish", &[(1, 100)]));
    assert!(asks());
    house.write(move |tx| switch(tx, Item::Route(rule), false));
    assert!(!asks());
    let ruleset = house.write(move |tx| {
        let ruleset = add_ruleset(tx, workstream, "Language")?.unwrap();
        add_rule(tx, ruleset, &classifying("Finnish"))?;
        Ok(ruleset)
    });
    assert!(asks());
    house.write(move |tx| remove(tx, Item::Ruleset(ruleset)));
    assert!(!asks());
    let nobody = Item::Ruleset(RulesetId(99));
    assert_eq!(house.read(|reader| owner(reader, nobody)), None);
}

#[test]
fn only_queues_whose_rules_decide_something_are_asked_and_a_copy_has_them_too() {
    let house = House::furnished();
    let queue = house.queue;
    assert!(house.read(in_force).is_empty());
    let order = OrderDraft {
        name: "Refunds".to_owned(),
        condition: Condition::always(),
        order: Order::Newest,
    };
    let agents = AgentDraft {
        name: "Anybody".to_owned(),
        condition: Condition::always(),
        way: Way::default(),
    };
    let (first, second) = house.write(move |tx| {
        let first = add_order(tx, queue, &order)?.unwrap();
        let second = add_agents(tx, queue, &agents)?.unwrap();
        Ok((first, second))
    });
    let found = house.read(in_force).remove(&queue).unwrap();
    assert_eq!(found.order.len(), 1);
    assert_eq!(found.agents, None, "the queue's method decides");
    house.execute("UPDATE queue SET assigns_by_rules = 1");
    let found = house.read(in_force).remove(&queue).unwrap();
    assert_eq!(found.agents.unwrap()[0].id, second);

    let copy = house.write(move |tx| queues::settings::copy(tx, queue, "Copy"));
    let copied = house.read(in_force).remove(&copy).unwrap();
    assert_eq!(copied.order[0].name, "Refunds");
    house.write(move |tx| queues::settings::remove(tx, copy));
    assert!(house.read(|reader| order_rules(reader, copy)).is_empty());

    house.write(move |tx| {
        switch(tx, Item::Order(first), false)?;
        switch(tx, Item::Agents(second), false)
    });
    let found = house.read(in_force).remove(&queue).unwrap();
    assert!(found.order.is_empty(), "none is on");
    assert_eq!(found.agents, None, "until one is on, the method decides");
}
