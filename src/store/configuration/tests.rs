use super::sections::SECTIONS;
use super::*;
use crate::crypto::Sealer;
use crate::domain::audit::Actor;
use crate::store::{Store, StoreError};

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), Sealer::new(&[1; 32]), |_| ()).unwrap();
    (folder, store)
}

#[test]
fn every_table_and_every_column_is_in_the_document_or_is_no_configuration() {
    let (_folder, store) = store();
    let undeclared = store.read(undeclared).unwrap();
    assert!(
        undeclared.is_empty(),
        "declare it in `sections`: {undeclared:#?}"
    );
}

fn fresh() -> Fresh {
    Fresh {
        unknown_hash: "nobody's".to_owned(),
        verified_channels: vec!["facebook".to_owned()],
        channels: ["facebook", "line"].map(str::to_owned).into(),
        locales: vec!["en".to_owned()],
    }
}

/// Imports, and keeps it when nothing is wrong with it.
fn given(store: &Store, text: &str) -> Result<Report, Vec<Mistake>> {
    let document: Fields = toml::from_str(&format!("{VERSION_FIELD} = {VERSION}\n{text}")).unwrap();
    read_in(store, document)
}

fn read_in(store: &Store, document: Fields) -> Result<Report, Vec<Mistake>> {
    let came = std::sync::Arc::new(parking_lot::Mutex::new(None));
    let told = came.clone();
    let _ = store.write_blocking(move |tx| {
        tx.act_as(Actor::CommandLine);
        let report = import(tx, &document, &fresh())?;
        let is_right = report.is_ok();
        *told.lock() = Some(report);
        match is_right {
            true => Ok(()),
            false => Err(StoreError::TakenBack),
        }
    });
    let came = came.lock().take();
    came.expect("the database works")
}

fn exported(store: &Store) -> Fields {
    store.read(export).unwrap().expect("names are unique")
}

/// Something of everything.
const SHOP: &str = r##"
[organization]
name = "Lumi & Co"
time_zone = "Europe/Helsinki"
locale = "en"

[settings]
markdown = true
blocked_extensions = ["exe", "bat"]

[[channel_files]]
channel = "line"
outbound = ["png", "pdf"]
inbound = ["picture"]

[[masking_rule]]
name = "Order number"
description = "What the shop calls an order"
pattern = "A-[0-9]{6}"
is_active = true

[[presence]]
name = "Lunch"
text = "Back soon"
base = "away"
description = ""

[[skill]]
name = "Finnish"
kind = "Language"
description = ""

[[capacity_profile]]
name = "Chats"
item_limit = 3
reset = "end-of-day"
blocks = true
member = [{ user = "aino@lumi.example", item_limit = 2 }]

[[operating_hours]]
name = "Shop"
description = ""
time_zone = "Europe/Helsinki"
day = [{ weekday = 1, hours = "09:00–12:00, 13:00–17:00" }]
holiday = [{ first_day = "2026-12-24", last_day = "2026-12-26", reason = "Christmas", hours = "" }]

[[user]]
email = "aino@lumi.example"
name = "Aino"
nickname = ""
role = "administrator"
capacity = 60
presence = "Lunch"
skill = [{ skill = "Finnish", rating = 9 }]

[[queue]]
name = "Returns"
is_default = false
priority = 5
assignment_method = "round-robin"
operating_hours = "Shop"
member = [{ user = "aino@lumi.example" }]
overflow = [{ condition = "work-items", threshold = 20, action = "transfer", queue = "Night" }]
assigns_by_rules = true
order_rule = [{ name = "At night", is_active = true, condition = { join = "all", parts = [{ test = { attribute = { is-open = "Shop" }, operator = "is", values = [{ flag = false }] } }] }, serves = "urgent" }]
agent_rule = [{ name = "Speakers", is_active = false, condition = { join = "all", parts = [] }, way = { presences = ["busy"], matching = "exact", needs = [{ skill = "Finnish", rating = 5 }], method = "proficiency" } }]

[[queue]]
name = "Night"
is_default = false
priority = 100
assignment_method = "highest-capacity"

[[workstream]]
name = "Messenger"
channel = "facebook"
mode = "push"
is_automatic = false
fallback_queue = "Night"
capacity_profile = "Chats"
auto_close_open_ms = 3600000
auto_close_active_ms = 7200000
auto_close_waiting_ms = 3600000
wrap_up_ms = 60000
allowed_presences = ["available"]
offer_field = [{ header = "Who", value = "{CustomerName}" }, { header = "Order", value = "{Order}" }]
context_variable = [{ name = "Order", kind = "text", value = "" }]

[[workstream.ruleset]]
name = "What it needs"

[[workstream.ruleset.rule]]
name = "In Finnish"
is_active = true
condition = { join = "all", parts = [{ test = { attribute = "profile-locale", operator = "is", values = [{ text = "fi_FI" }] } }] }
outputs = [{ skill = { skill = "Finnish", rating = 5 } }, { profile = "Chats" }]

[[workstream.route]]
name = "To returns"
is_active = true
condition = { join = "all", parts = [{ test = { attribute = "page", operator = "is", values = [{ page = "Lumi's app / Lumi Café" }] } }, { test = { attribute = { is-open = "Shop" }, operator = "is", values = [{ flag = true }] } }] }
overflow = { out_of_hours = { move = "Night" } }
share = [{ queue = "Returns", percent = 70 }, { queue = "Night", percent = 30 }]

[[workstream.timeout]]
name = "Silence"
is_active = true
silent = "customer"
after_ms = 3600000
action = { message = { to = "customer", texts = { en = "Are you still there?" }, fallback = "en" } }

[[channel_off]]
channel = "line"

[[account]]
name = "Lumi's app"
channel = "facebook"
external_id = "138483919580948"
flags_token_age = true

[[page]]
account = "Lumi's app"
name = "Lumi Café"
platform_id = "542998526103632"
workstream = "Messenger"
answer_language = "fi"
survey = false
file_attachments = true
customer_files = false
agent_files = true
human_agent_tag = true
hold_s = 4
shows_writing = true
marks_seen = true
shows_sender = false

[[automated_message]]
channel = "facebook"
page = "Lumi's app / Lumi Café"
trigger = "greeting"
is_active = true
text = [{ language = "en", text = "Welcome" }, { language = "fi", text = "Tervetuloa" }]

[[automated_message]]
channel = "facebook"
trigger = "greeting"
is_active = false

[privacy_notice]
text = "We keep what you write."
url = "https://lumi.example/privacy"
is_told = true

[[quick_reply]]
title = "Opening hours"
text = "We are open from 9 to 17."
language = "en"
tags = ["hours"]
workstream = [{ workstream = "Messenger" }]

[[customer_field]]
record = "contact"
name = "Size"
kind = "choice"
choices = "S\nM"
position = 1

[[topic]]
name = "Return"
description = ""
workstream = "Messenger"
"##;

#[test]
fn a_document_comes_out_as_it_went_in_from_one_counter_to_an_empty_one() {
    let (_folder, first) = store();
    let report = given(&first, SHOP).unwrap_or_else(|mistake| panic!("{mistake:?}"));
    assert!(report.changes.iter().any(|change| change.is_new));
    let document = exported(&first);
    for section in SECTIONS {
        assert!(document.contains_key(section.name), "{}", section.name);
        for list in section.lists {
            let entries = document[section.name].as_array().unwrap();
            let has_one = entries.iter().any(|entry| entry.get(list.name).is_some());
            assert!(has_one, "{}.{}", section.name, list.name);
        }
    }
    let (_other, second) = store();
    read_in(&second, document.clone()).unwrap_or_else(|mistake| panic!("{mistake:?}"));
    assert_eq!(exported(&second), document);
    let again = read_in(&second, document).unwrap();
    assert!(
        again.changes.is_empty() && again.staying.is_empty(),
        "{again:?}"
    );
    let text = toml::to_string_pretty(&exported(&second)).unwrap();
    assert_eq!(toml::from_str::<Fields>(&text).unwrap(), exported(&second));
}

#[test]
fn what_differs_is_changed_and_recorded_and_the_rest_stays() {
    let (_folder, store) = store();
    given(&store, SHOP).unwrap();
    let entries = || -> i64 {
        let count = |reader: &crate::store::Reader<'_>| {
            let sql = "SELECT count(*) FROM audit_entry WHERE act = 'configuration-imported'";
            Ok(reader.connection().query_row(sql, [], |row| row.get(0))?)
        };
        store.read(count).unwrap()
    };
    let before = entries();
    let report = given(
        &store,
        "[[queue]]\nname = 'returns'\npriority = 7\nmember = []\n[[skill]]\nname = 'Swedish'\nkind = ''\ndescription = ''",
    )
    .unwrap();
    let places: Vec<(&str, bool)> = report
        .changes
        .iter()
        .map(|change| (change.place.as_str(), change.is_new))
        .collect();
    assert_eq!(
        places,
        [("skill \"Swedish\"", true), ("queue \"returns\"", false)]
    );
    assert_eq!(entries() - before, 2);
    assert!(report.staying.contains(&"queue \"Night\"".to_owned()));
    let document = exported(&store);
    let returns = document["queue"]
        .as_array()
        .unwrap()
        .iter()
        .find(|queue| queue["name"] == "returns")
        .unwrap();
    assert_eq!(returns["priority"], 7);
    assert_eq!(returns["assignment_method"], "round-robin");
    assert!(returns.get("member").is_none());
}

#[test]
fn a_mistake_names_its_place_and_changes_nothing() {
    let (_folder, store) = store();
    given(&store, SHOP).unwrap();
    let before = exported(&store);
    let place = |text: &str| text.to_owned();
    for (text, expected) in [
        (
            "[[queues]]\nname = 'x'",
            Mistake::Unknown {
                place: String::new(),
                field: place("queues"),
            },
        ),
        (
            "[[queue]]\nname = 'Returns'\nprioriti = 5",
            Mistake::Unknown {
                place: place("queue \"Returns\""),
                field: place("prioriti"),
            },
        ),
        (
            "[[skill]]\nname = 'Swedish'\nkind = ''\ndescription = ''\n[[queue]]\nname = 'Returns'\noverflow = [{ condition = 'out-of-hours', akt = 'x' }]",
            Mistake::Unknown {
                place: place("queue \"Returns\", overflow 1"),
                field: place("akt"),
            },
        ),
        (
            "[[queue]]\nname = 'Returns'\npriority = 'high'",
            Mistake::Wrong {
                place: place("queue \"Returns\""),
                field: place("priority"),
            },
        ),
        (
            "[[queue]]\nname = 'Returns'\nmember = [{ user = 'nobody@lumi.example' }]",
            Mistake::Nowhere {
                place: place("queue \"Returns\", member 1"),
                field: place("user"),
                name: place("nobody@lumi.example"),
            },
        ),
        (
            "[organization]\ntime_zone = 'Moon/Tycho'",
            Mistake::Wrong {
                place: place("organization"),
                field: place("time_zone"),
            },
        ),
        (
            "[[queue]]\nname = 'A'\n[[queue]]\nname = 'a'",
            Mistake::Twice {
                place: place("queue \"a\""),
            },
        ),
        (
            "[[user]]\nemail = 'aino@lumi.example'\nrole = 'agent'",
            Mistake::NoAdministrator,
        ),
    ] {
        let found = given(&store, text).expect_err(text);
        assert_eq!(found[0], expected, "{text}");
        assert_eq!(exported(&store), before, "{text}");
    }
    let newer: Fields = toml::from_str("tiski_configuration = 2").unwrap();
    assert_eq!(
        read_in(&store, newer),
        Err(vec![Mistake::Newer { version: 2 }])
    );
    assert_eq!(
        read_in(&store, Fields::new()),
        Err(vec![Mistake::NoVersion])
    );
    assert_eq!(exported(&store), before);
}

#[test]
fn what_a_form_would_not_accept_is_not_accepted_here() {
    let (_folder, store) = store();
    given(&store, SHOP).unwrap();
    let before = exported(&store);
    let long = "x".repeat(101);
    let long_place = format!("skill {long:?}");
    let shares = "[[workstream]]\nname = 'Messenger'\n[[workstream.route]]\nname = 'r'\nis_active = true\n\
                  condition = { join = 'all', parts = [] }\n";
    let rule = "[[workstream]]\nname = 'Messenger'\n[[workstream.ruleset]]\nname = 's'\n\
                [[workstream.ruleset.rule]]\nname = 'r'\nis_active = true\n";
    let of = |words: &[&str]| Why::NoneOf {
        words: words.iter().map(|word| (*word).to_owned()).collect(),
    };
    for (text, place, field, why) in [
        ("[organization]\nname = ' '".to_owned(), "organization", "name", Why::Empty),
        ("[organization]\nname = ' Lumi'".to_owned(), "organization", "name", Why::Untidy),
        (
            "[organization]\nlocale = 'fi'".to_owned(),
            "organization",
            "locale",
            of(&["en"]),
        ),
        (
            format!("[[skill]]\nname = '{long}'"),
            long_place.as_str(),
            "name",
            Why::TooLong { most: 100 },
        ),
        (
            "[[queue]]\nname = 'Returns'\npriority = 5000".to_owned(),
            "queue \"Returns\"",
            "priority",
            Why::OutOfRange { from: 1, to: 1000 },
        ),
        (
            "[[queue]]\nname = 'Returns'\nassignment_method = 'dice'".to_owned(),
            "queue \"Returns\"",
            "assignment_method",
            of(&["highest-capacity", "round-robin", "least-active"]),
        ),
        (
            "[[queue]]\nname = 'Returns'\noverflow = [{ condition = 'work-items', threshold = 5, action = 'assign-anyway' }]".to_owned(),
            "queue \"Returns\", overflow 1",
            "action",
            of(&["transfer", "end-conversation"]),
        ),
        (
            "[[queue]]\nname = 'Returns'\noverflow = [{ condition = 'out-of-hours', action = 'transfer' }]".to_owned(),
            "queue \"Returns\", overflow 1",
            "action",
            Why::Without { other: "queue" },
        ),
        (
            "[settings]\nlanguages = ['fi']\ndefault_language = 'en'".to_owned(),
            "settings",
            "default_language",
            Why::NotWith { other: "languages" },
        ),
        (
            "[settings]\nblocked_extensions = ['.exe']".to_owned(),
            "settings",
            "blocked_extensions",
            Why::NoWord { word: ".exe".to_owned() },
        ),
        (
            "[[operating_hours]]\nname = 'Shop'\nholiday = [{ first_day = '2026-12-26', last_day = '2026-12-24', reason = 'x', hours = '' }]".to_owned(),
            "operating_hours \"Shop\", holiday 1",
            "last_day",
            Why::Backwards,
        ),
        (
            format!("{shares}share = [{{ queue = 'Night', percent = 50 }}, {{ queue = 'Returns', percent = 51 }}]"),
            "workstream \"Messenger\", route 1",
            "share",
            Why::Total { total: 101 },
        ),
        (
            format!("{rule}condition = {{ join = 'all', parts = [] }}\noutputs = []"),
            "workstream \"Messenger\", ruleset 1, rule 1",
            "outputs",
            Why::Empty,
        ),
        (
            "[[workstream]]\nname = 'Messenger'\ncontext_variable = [{ name = 'Count', kind = 'number', value = 'many' }]".to_owned(),
            "workstream \"Messenger\", context_variable 1",
            "value",
            Why::NotWith { other: "kind" },
        ),
        (
            "[privacy_notice]\ntext = ''\nurl = ''\nis_told = true".to_owned(),
            "privacy_notice",
            "is_told",
            Why::Without { other: "text" },
        ),
    ] {
        let expected = Mistake::Against {
            place: place.to_owned(),
            field,
            why,
        };
        assert_eq!(given(&store, &text), Err(vec![expected]), "{text}");
        assert_eq!(exported(&store), before, "{text}");
    }
    let several = given(
        &store,
        "[organization]\nname = ''\n[[queue]]\nname = 'A'\npriority = 0\n[[skill]]\nname = 'S'\nrank = 1",
    );
    assert_eq!(
        several.expect_err("three mistakes").len(),
        3,
        "all are told at once"
    );
    let rules: String = (0..10)
        .map(|n| format!("[[masking_rule]]\nname = 'R{n}'\ndescription = ''\npattern = 'x{n}'\nis_active = true\n"))
        .collect();
    let many = given(&store, &rules).expect_err("the built-in ones count as well");
    assert!(
        matches!(
            many[0],
            Mistake::Against {
                why: Why::TooMany { most: 10 },
                ..
            }
        ),
        "{many:?}"
    );
}

#[test]
fn no_secret_leaves_the_counter() {
    let (_folder, store) = store();
    given(&store, SHOP).unwrap();
    let text = serde_json::to_string(&exported(&store)).unwrap();
    for secret in ["nobody's", "vt_", "password", "webhook_key"] {
        assert!(!text.contains(secret), "{secret}");
    }
}
