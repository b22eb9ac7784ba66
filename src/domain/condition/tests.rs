use super::*;
use crate::domain::facts::ContactField;
use crate::domain::ids::{OperatingHoursId, PageId};

const SHOP: OperatingHoursId = OperatingHoursId(1);

fn facts() -> Facts {
    let mut facts = Facts::new("messenger", PageId(3), "4711", "Where is my ORDER 42?");
    facts.profile_locale = Some("fi_FI".to_owned());
    facts.language = Some("fi-FI".to_owned());
    facts.profile_time_zone = Some(2.0);
    facts.open.insert(SHOP, true);
    facts
        .variables
        .insert("basket".to_owned(), Value::Text("12.5".to_owned()));
    facts
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn test(attribute: Attribute, operator: Operator, values: Vec<Value>) -> Test {
    Test {
        attribute,
        operator,
        values,
    }
}

fn basket() -> Attribute {
    Attribute::Variable("basket".to_owned())
}

#[test]
fn every_operator_compares_as_people_expect() {
    use Attribute::*;
    use Operator::*;
    let unknown = || Contact(ContactField::Company);
    for (attribute, operator, values, holds) in [
        (ProfileLocale, Is, vec![text("FI_fi ")], true),
        (ProfileLocale, Is, vec![text("sv_FI")], false),
        (ProfileLocale, IsNot, vec![text("sv_FI")], true),
        (
            ProfileLocale,
            IsOneOf,
            vec![text("sv_FI"), text("fi_FI")],
            true,
        ),
        (
            ProfileLocale,
            IsNoneOf,
            vec![text("sv_FI"), text("fi_FI")],
            false,
        ),
        (Language, Is, vec![text("FI")], true),
        (Language, Is, vec![text("fi_fi")], true),
        (Language, Is, vec![text("f")], false),
        (Language, IsNoneOf, vec![text("sv"), text("fi")], false),
        (MessageText, Contains, vec![text("order")], true),
        (MessageText, ContainsNot, vec![text("refund")], true),
        (MessageText, BeginsWith, vec![text("where")], true),
        (MessageText, EndsWith, vec![text("42?")], true),
        (MessageText, EndsWith, vec![text("42")], false),
        (ProfileTimeZone, Is, vec![Value::Number(2.0)], true),
        (ProfileTimeZone, Is, vec![text("2")], true),
        (ProfileTimeZone, IsGreater, vec![Value::Number(2.0)], false),
        (ProfileTimeZone, IsAtLeast, vec![Value::Number(2.0)], true),
        (ProfileTimeZone, IsLess, vec![Value::Number(5.5)], true),
        (ProfileTimeZone, IsAtMost, vec![Value::Number(1.0)], false),
        (IsOpen(SHOP), Is, vec![Value::Flag(true)], true),
        (IsOpen(SHOP), IsNot, vec![Value::Flag(true)], false),
        (basket(), IsGreater, vec![Value::Number(12.0)], true),
        (basket(), Is, vec![text("12.5")], true),
        (basket(), Is, vec![Value::Number(12.5)], true),
        // Not known: negative tests hold, positive ones do not.
        (unknown(), Is, vec![text("Bakery")], false),
        (unknown(), IsNot, vec![text("Bakery")], true),
        (unknown(), IsNoneOf, vec![text("Bakery")], true),
        (unknown(), Contains, vec![text("")], false),
        (unknown(), ContainsNot, vec![text("Bakery")], true),
        (unknown(), IsKnown, vec![], false),
        (unknown(), IsNotKnown, vec![], true),
        (ProfileLocale, IsKnown, vec![], true),
    ] {
        let asked = test(attribute, operator, values);
        let answer = Condition::all(vec![asked.clone()]).ask(&facts()).unwrap();
        assert_eq!(answer.holds, holds, "{asked:?}");
    }
}

#[test]
fn a_variable_that_is_no_number_is_neither_more_nor_less() {
    let mut facts = facts();
    facts.variables.insert("basket".to_owned(), text("a dozen"));
    for operator in [Operator::IsGreater, Operator::IsAtMost] {
        let asked = test(basket(), operator, vec![Value::Number(1.0)]);
        assert!(!Condition::all(vec![asked]).ask(&facts).unwrap().holds);
    }
}

#[test]
fn groups_join_to_two_levels() {
    let yes = || test(Attribute::Channel, Operator::Is, vec![text("messenger")]);
    let no = || test(Attribute::Channel, Operator::Is, vec![text("line")]);
    let group = |join, tests| Part::Group { join, tests };
    for (join, parts, holds) in [
        (Join::All, vec![], true),
        (Join::Any, vec![], true),
        (Join::All, vec![Part::Test(yes()), Part::Test(no())], false),
        (Join::Any, vec![Part::Test(yes()), Part::Test(no())], true),
        (
            Join::All,
            vec![Part::Test(yes()), group(Join::Any, vec![no(), yes()])],
            true,
        ),
        (
            Join::All,
            vec![Part::Test(yes()), group(Join::All, vec![no(), yes()])],
            false,
        ),
        (
            Join::Any,
            vec![Part::Test(no()), group(Join::All, vec![yes(), yes()])],
            true,
        ),
        (
            Join::Any,
            vec![Part::Test(no()), group(Join::Any, vec![no(), no()])],
            false,
        ),
    ] {
        let condition = Condition { join, parts };
        let answer = condition.ask(&facts()).unwrap();
        assert_eq!(answer.holds, holds, "{condition:?}");
        assert_eq!(
            answer.asked.len(),
            condition.tests().count(),
            "all is traced"
        );
    }
}

#[test]
fn a_test_that_makes_no_sense_is_refused() {
    use Attribute::*;
    use Operator::*;
    for (attribute, operator, values, fault) in [
        (ProfileTimeZone, Contains, vec![text("2")], Fault::Operator),
        (MessageText, IsGreater, vec![text("2")], Fault::Operator),
        (
            IsOpen(SHOP),
            IsOneOf,
            vec![Value::Flag(true)],
            Fault::Operator,
        ),
        (MessageText, Contains, vec![], Fault::Count),
        (MessageText, Is, vec![text("a"), text("b")], Fault::Count),
        (MessageText, IsKnown, vec![text("a")], Fault::Count),
        (ProfileTimeZone, Is, vec![text("two")], Fault::Kind),
        (IsOpen(SHOP), Is, vec![text("yes")], Fault::Kind),
        (MessageText, Is, vec![Value::Number(2.0)], Fault::Kind),
        (basket(), IsLess, vec![text("many")], Fault::Kind),
    ] {
        let asked = test(attribute, operator, values);
        assert_eq!(asked.check(), Err(fault), "{asked:?}");
        assert_eq!(Condition::all(vec![asked]).ask(&facts()), Err(fault));
    }
    let one = test(MessageText, IsKnown, vec![]);
    let many = Condition::all(vec![one; MAX_TESTS + 1]);
    assert_eq!(many.check(), Err(Fault::TooManyTests));
}

#[test]
fn a_trace_keeps_what_was_found_but_not_the_customers_own_data() {
    let condition = Condition::all(vec![
        test(
            Attribute::MessageText,
            Operator::Contains,
            vec![text("order")],
        ),
        test(Attribute::ProfileLocale, Operator::Is, vec![text("fi_FI")]),
    ]);
    let answer = condition.ask(&facts()).unwrap();
    let found: Vec<_> = answer.asked.into_iter().map(|asked| asked.found).collect();
    assert_eq!(found, [None, Some(text("fi_FI"))]);
}

#[test]
fn a_condition_is_the_same_after_being_stored() {
    let condition = Condition {
        join: Join::Any,
        parts: vec![
            Part::Test(test(
                basket(),
                Operator::IsAtLeast,
                vec![Value::Number(5.5)],
            )),
            Part::Group {
                join: Join::All,
                tests: vec![test(
                    Attribute::Contact(ContactField::IsLinked),
                    Operator::Is,
                    vec![Value::Flag(false)],
                )],
            },
        ],
    };
    let stored = serde_json::to_string(&condition).unwrap();
    assert_eq!(
        serde_json::from_str::<Condition>(&stored).unwrap(),
        condition
    );
}

#[test]
fn every_word_leads_back_to_its_operator() {
    for operator in Operator::ALL {
        assert_eq!(Operator::from_word(operator.word()), Some(operator));
    }
}
