use super::*;
use crate::domain::text::Unit;

fn values() -> Values {
    Values {
        agent: "Mia {QueueName}".to_owned(),
        queue: "Sales".to_owned(),
        variables: HashMap::from([("Order_1".to_owned(), "4711".to_owned())]),
    }
}

#[test]
fn slugs_are_filled_in_exactly_and_an_unknown_variable_is_empty() {
    for (text, filled) in [
        ("I am {AgentName}.", "I am Mia {QueueName}."),
        ("{QueueName}: {$Order_1$}", "Sales: 4711"),
        ("Order {$order_1$}!", "Order !"),
        ("{$x$}", ""),
        ("{agentname} {Agent Name}", "{agentname} {Agent Name}"),
        ("{$a b$} {$$} {", "{$a b$} {$$} {"),
        ("{{AgentName}}", "{Mia {QueueName}}"),
        ("no slug } at all", "no slug } at all"),
    ] {
        assert_eq!(fill(text, &values()), filled, "{text}");
    }
}

#[test]
fn the_variables_of_a_text_are_named_once() {
    let names = variables("{$a$} {AgentName} {$b_2$} {$a$} {$no way$}");
    assert_eq!(names, ["a", "b_2"]);
}

#[test]
fn the_page_speaks_before_the_channel_and_the_pages_language_before_the_organizations() {
    let texts = |pairs: &[(&str, &str)]| -> HashMap<String, String> {
        let owned = |(language, text): &(&str, &str)| ((*language).to_owned(), (*text).to_owned());
        pairs.iter().map(owned).collect()
    };
    let (none, page_en, page_fi) = (
        texts(&[]),
        texts(&[("en", "page en")]),
        texts(&[("en", "page en"), ("fi", "page fi")]),
    );
    let (channel_en, channel_fi) = (
        texts(&[("en", "channel en")]),
        texts(&[("fi", "channel fi")]),
    );
    let only_english = texts(&[("en", "ours en")]);
    let finnish_too = texts(&[("en", "ours en"), ("fi", "ours fi")]);
    let cases = [
        (&none, &none, &only_english, ["fi", "fi"], "ours en"),
        (&none, &none, &finnish_too, ["fi", "en"], "ours fi"),
        (
            &none,
            &channel_en,
            &only_english,
            ["fi", "en"],
            "channel en",
        ),
        (&none, &channel_en, &finnish_too, ["fi", "en"], "ours fi"),
        (
            &none,
            &channel_fi,
            &only_english,
            ["pl", "fi"],
            "channel fi",
        ),
        (&page_en, &channel_fi, &finnish_too, ["fi", "en"], "page en"),
        (&page_fi, &channel_fi, &finnish_too, ["fi", "en"], "page fi"),
        (
            &page_en,
            &channel_fi,
            &finnish_too,
            ["pl", "fi"],
            "channel fi",
        ),
    ];
    for (page, channel, ours, languages, expected) in cases {
        let ours = |language: &str| ours.get(language).map(String::as_str);
        let words = words_for(page, channel, ours, languages);
        assert_eq!(words, Some(expected), "{page:?} {channel:?} {languages:?}");
    }
    let blank = texts(&[("en", "  ")]);
    assert_eq!(
        words_for(&blank, &none, |_| Some("ours"), ["en", "en"]),
        None
    );
}

#[test]
fn the_program_speaks_only_where_a_person_could_without_a_tag() {
    let hour = Duration::from_secs(3600);
    let wrote = Timestamp::from_millis(1_780_500_000_000);
    let limit = Limit {
        max: 20,
        unit: Unit::Characters,
    };
    let manner = |standard| Manner {
        window: Rules {
            standard,
            tagged: Some(7 * 24 * hour),
            in_standby: true,
        },
        limit,
        messages_per_call: 1,
    };
    let circumstances = |standby| Circumstances {
        tag_allowed: true,
        last_inbound_at: Some(wrote),
        standby,
    };
    let (day, always) = (manner(Some(24 * hour)), manner(None));
    assert!(day.may_speak(circumstances(false), wrote.plus(23 * hour)));
    assert!(!day.may_speak(circumstances(false), wrote.plus(25 * hour)));
    assert!(!day.may_speak(circumstances(true), wrote));
    assert!(always.may_speak(circumstances(false), wrote.plus(90 * 24 * hour)));
    assert!(!always.may_speak(circumstances(true), wrote));
    assert_eq!(day.messages(&"word ".repeat(100)).len(), MOST_PARTS);
}

#[test]
fn what_is_on_at_first_says_that_something_or_somebody_is_not_there() {
    let on: Vec<&str> = Trigger::listed()
        .filter(|trigger| trigger.is_on_at_first())
        .map(Trigger::word)
        .collect();
    let expected = [
        "out-of-hours",
        "holiday",
        "overflow-ended",
        "file-too-large",
        "file-refused",
        "unsupported",
        "agent-file-too-large",
    ];
    assert_eq!(on, expected);
    assert!(
        Trigger::listed().all(|trigger| trigger.is_on_at_first() || !trigger.is_said_in_any_case())
    );
}
