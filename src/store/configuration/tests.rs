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
    }
}

/// Imports, and keeps it when nothing is wrong with it.
fn given(store: &Store, text: &str) -> Result<Report, Mistake> {
    let document: Fields = toml::from_str(&format!("{VERSION_FIELD} = {VERSION}\n{text}")).unwrap();
    read_in(store, document)
}

fn read_in(store: &Store, document: Fields) -> Result<Report, Mistake> {
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
inbound = ["image"]

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
        assert_eq!(given(&store, text), Err(expected), "{text}");
        assert_eq!(exported(&store), before, "{text}");
    }
    let refused = given(&store, "[[queue]]\nname = 'Returns'\npriority = 5000");
    assert!(
        matches!(refused, Err(Mistake::Refused { .. })),
        "{refused:?}"
    );
    let newer: Fields = toml::from_str("tiski_configuration = 2").unwrap();
    assert_eq!(read_in(&store, newer), Err(Mistake::Newer { version: 2 }));
    assert_eq!(read_in(&store, Fields::new()), Err(Mistake::NoVersion));
    assert_eq!(exported(&store), before);
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
