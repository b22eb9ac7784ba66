//! The rules of a workstream as an administrator makes them: the editors without scripts, their limits, what is
//! tried, what is kept while a rule names it.

use crate::support::client::{Client, Form, Page};
use crate::support::world::World;

const WORKSTREAM: &str = "/admin/workstreams/1";

fn errors(page: &Page) -> Vec<String> {
    page.texts(".field__error")
}

/// The form of a rule's editor, named and with one test.
fn asking(page: &Page, name: &str, test: (&str, &str, &str)) -> Form {
    let mut form = page.form("Save");
    let (attribute, operator, value) = test;
    form.set("name", name);
    form.set("when.group[0].test[0].attribute", attribute);
    form.set("when.group[0].test[0].operator", operator);
    form.set("when.group[0].test[0].value", value);
    form
}

fn queue(client: &Client, name: &str) -> String {
    let form = client
        .get("/admin/queues/new")
        .fill("Create queue", &[("Name", name)]);
    let answer = client.post(&form);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let location = answer.location.expect("the queue's page");
    location.rsplit('/').next().expect("its id").to_owned()
}

/// A rule that sends who writes in Finnish to a queue.
fn finnish(client: &Client, queue: &str) -> Page {
    let page = client.get(&format!("{WORKSTREAM}/routes/new"));
    let mut form = asking(&page, "Finnish", ("profile-locale", "is", "fi_FI"));
    form.set("share[0].queue", queue);
    form.set("share[0].percent", "100");
    client.submit(&form)
}

/// The names of the rules on a list, in its order.
fn names(page: &Page) -> Vec<String> {
    page.texts(".rule__name a")
}

#[test]
fn a_locale_goes_to_its_queue_and_trying_it_makes_nothing() {
    let world = World::new();
    world.connect_facebook(&["Lumi Café"]);
    let client = &world.owner.client;
    let queue = queue(client, "Suomi");
    let list = finnish(client, &queue);
    assert_eq!(names(&list), ["Finnish"]);
    list.assert_says("Locale is fi_FI");

    let tried = |values: &[(&str, &str)]| {
        let page = client.get(&format!("{WORKSTREAM}/trial"));
        client.post(&page.fill("Try it", values))
    };
    let finn = tried(&[("Message", "Moi"), ("Locale", "fi_FI")]);
    assert_eq!(finn.texts("#trial-decided"), ["Rule Finnish decides"]);
    finn.assert_says("Suomi");
    let swede = tried(&[("Message", "Hej"), ("Locale", "sv_SE")]);
    assert_eq!(
        swede.texts("#trial-decided"),
        ["No rule fits: the fallback queue"]
    );
    let refused = tried(&[("Message", "Moi"), ("Time zone", "two")]);
    assert_eq!((refused.status, errors(&refused).len()), (422, 1));
    assert_eq!(world.count("conversation"), 0);
    let given: i64 = world.one("SELECT sum(given) FROM route_share", []);
    assert_eq!(given, 0, "what is tried is not counted");
}

#[test]
fn rows_are_added_and_taken_away_with_what_was_typed_kept() {
    let world = World::new();
    world.connect_facebook(&["Lumi Café"]);
    let client = &world.owner.client;
    let page = client.get(&format!("{WORKSTREAM}/routes/new"));
    let mut form = asking(&page, "Refunds", ("message-text", "contains", "refund"));
    form.set("act", "add-test:0");
    let two = client.post(&form);
    assert_eq!(two.status, 200);
    assert!(errors(&two).is_empty(), "nothing was saved yet");
    let drawn = two.form("Save");
    assert_eq!(drawn.get("name"), Some("Refunds"));
    assert_eq!(drawn.get("when.group[0].test[0].value"), Some("refund"));
    assert_eq!(drawn.get("when.group[0].test[1].attribute"), Some(""));
    assert_eq!(two.parts("[autofocus]").len(), 1);
    let mut form = drawn;
    form.set("act", "remove-test:0.0");
    let one = client.post(&form).form("Save");
    assert_eq!(one.get("when.group[0].test[0].attribute"), Some(""));
    assert_eq!(one.get("when.group[0].test[1].attribute"), None);
    assert_eq!(world.count("route_rule"), 0);
}

#[test]
fn parts_make_a_hundred_percent_and_every_mistake_is_said_at_its_field() {
    let world = World::new();
    world.connect_facebook(&["Lumi Café"]);
    let client = &world.owner.client;
    let (a, b) = (queue(client, "A"), queue(client, "B"));
    let page = client.get(&format!("{WORKSTREAM}/routes/new"));
    let shares = |name: &str, parts: &[(&str, &str)]| {
        let mut form = asking(&page, name, ("message-text", "contains", "order"));
        for (at, (queue, percent)) in parts.iter().enumerate() {
            form.set(&format!("share[{at}].queue"), queue);
            form.set(&format!("share[{at}].percent"), percent);
        }
        client.post(&form)
    };
    for (name, parts, sentence) in [
        (
            "Half",
            &[(&*a, "50"), (&*b, "51")][..],
            "The parts make 101 %",
        ),
        (
            "Half",
            &[(&*a, "50"), (&*a, "50")],
            "This queue is there already.",
        ),
        ("Half", &[(&*a, "100"), (&*b, "0")], "Type a whole number"),
        ("Half", &[("", "100")], "Choose one of the list."),
        ("", &[(&*a, "100")], "Fill this in."),
    ] {
        let answer = shares(name, parts);
        assert_eq!(answer.status, 422, "{parts:?}");
        let said = errors(&answer);
        assert!(
            said.len() == 1 && said[0].starts_with(sentence),
            "{parts:?}: {said:?}"
        );
    }
    assert_eq!(world.count("route_rule"), 0);
    assert_eq!(shares("Half", &[(&a, "60"), (&b, "40")]).status, 303);
    client
        .get(&format!("{WORKSTREAM}/routes"))
        .assert_says("A 60 %");

    for (test, sentence) in [
        (("profile-time-zone", "is", "two"), "Type a number."),
        (
            ("profile-time-zone", "contains", "2"),
            "This comparison does not suit",
        ),
        (("message-text", "contains", ""), "Fill this in."),
        (("page", "is", "Nowhere"), "Choose one of the list."),
        (("shoe-size", "is", "44"), "Choose one of the list."),
    ] {
        let mut form = asking(&page, "Wrong", test);
        form.set("share[0].queue", &a);
        form.set("share[0].percent", "100");
        let answer = client.post(&form);
        let said = errors(&answer);
        assert!(
            answer.status == 422 && said.len() == 1 && said[0].starts_with(sentence),
            "{test:?}: {} {said:?}",
            answer.status
        );
    }
}

#[test]
fn rules_are_put_in_order_by_buttons_that_keep_the_focus() {
    let world = World::new();
    world.connect_facebook(&["Lumi Café"]);
    let client = &world.owner.client;
    let queue = queue(client, "Suomi");
    let list = finnish(client, &queue);
    let row = list.part(".rule", "Finnish");
    // The buttons that copy and move show an icon only.
    let press = |end: &str| row.form("Turn off").in_row(end);
    let copied = client.post(&press("/copy"));
    assert_eq!(copied.status, 303);
    let list = client.get(&format!("{WORKSTREAM}/routes"));
    assert_eq!(names(&list), ["Finnish", "Copy of Finnish"]);
    let second: i64 = world.one("SELECT max(route_rule_id) FROM route_rule", []);
    let row = list.part(".rule", "Copy of Finnish");
    let mut up = row.form("Turn off").in_row("/place");
    up.set("to", "up");
    let moved = client.submit(&up);
    assert_eq!(names(&moved), ["Copy of Finnish", "Finnish"]);
    let focused = moved.parts("[autofocus]");
    assert!(focused[0].body.contains("Move Copy of Finnish up"));

    let off = moved.part(".rule", "Copy of Finnish").form("Turn off");
    let off = client.submit(&off);
    off.part(".rule", "Copy of Finnish").assert_says("Off");
    let found = client.get(&format!("{WORKSTREAM}/routes?search=copy"));
    assert_eq!(names(&found), ["Copy of Finnish"]);
    assert!(found.parts(".rule__order").is_empty(), "no order in a part");
    let asked = client.get(&format!("{WORKSTREAM}/rules/route/{second}/removal"));
    asked.assert_says("Delete Copy of Finnish?");
    assert_eq!(names(&client.submit(&asked.form("Delete"))), ["Finnish"]);
    let acts: i64 = world.one(
        "SELECT count(*) FROM audit_entry WHERE act LIKE 'rule-%' AND kind = 'route-rule'",
        [],
    );
    // Two added; two places, one switch; one deleted.
    assert!(acts >= 5, "{acts}");
}

#[test]
fn the_eleventh_ruleset_and_the_sixth_output_are_refused() {
    let world = World::new();
    world.connect_facebook(&["Lumi Café"]);
    let client = &world.owner.client;
    let new = client.get(&format!("{WORKSTREAM}/classification/rulesets/new"));
    for number in 1..=10 {
        let form = new.fill("Save", &[("Name", &format!("Ruleset {number}"))]);
        assert_eq!(client.post(&form).status, 303, "{number}");
    }
    let eleventh = client.post(&new.fill("Save", &[("Name", "One more")]));
    assert_eq!(eleventh.status, 422);
    assert!(errors(&eleventh)[0].starts_with("There are 10 rulesets already."));

    let ruleset: i64 = world.one(
        "SELECT min(classification_ruleset_id) FROM classification_ruleset",
        [],
    );
    let page = client.get(&format!(
        "{WORKSTREAM}/classification/rulesets/{ruleset}/new"
    ));
    let writing = |outputs: usize| {
        let mut form = asking(&page, "Urgent", ("message-text", "contains", "urgent"));
        for at in 0..outputs {
            form.set(&format!("output[{at}].what"), "priority");
            form.set(&format!("output[{at}].value"), "high");
        }
        client.post(&form)
    };
    let sixth = writing(6);
    assert_eq!(sixth.status, 422);
    assert!(errors(&sixth)[0].starts_with("A rule writes at most 5 things."));
    assert_eq!(world.count("classification_rule"), 0);
    assert_eq!(writing(5).status, 303);
    client
        .get(&format!("{WORKSTREAM}/classification"))
        .assert_says("Priority high");
}

#[test]
fn what_a_rule_names_stays_and_the_page_says_which_rule_it_is() {
    let world = World::new();
    world.connect_facebook(&["Lumi Café"]);
    let client = &world.owner.client;
    let queue = queue(client, "Suomi");
    finnish(client, &queue);
    let asked = client.get(&format!("/admin/queues/{queue}/removal"));
    asked.assert_says("Rule Finnish of");
    assert!(asked.link(&format!("{WORKSTREAM}/routes/")).is_some());

    let variable = client
        .get(&format!("{WORKSTREAM}/variables/new"))
        .fill("Save variable", &[("Name", "basket"), ("Value", "x")]);
    client.submit(&variable);
    let page = client.get(&format!("{WORKSTREAM}/routes/new"));
    let mut form = asking(&page, "Big", ("variable:basket", "is", "x"));
    form.set("share[0].queue", &queue);
    form.set("share[0].percent", "100");
    client.submit(&form);
    let variable = client.get(&format!("{WORKSTREAM}/variables/1"));
    let renamed = client.post(&variable.fill("Save variable", &[("Name", "cart")]));
    assert_eq!(renamed.status, 422);
    assert!(errors(&renamed)[0].starts_with("The rule Big uses it."));
}

#[test]
fn a_timeout_rule_says_in_every_language_what_is_sent() {
    let world = World::new();
    world.connect_facebook(&["Lumi Café"]);
    let client = &world.owner.client;
    let page = client.get(&format!("{WORKSTREAM}/timeouts/new"));
    let mut form = page.form("Save");
    form.set("name", "Reminder");
    let empty = client.post(&form);
    assert_eq!(empty.status, 422);
    assert_eq!(errors(&empty).len(), 1, "the text is missing");
    form.set("text[0].language", "en");
    form.set("text[0].words", "Are you still there?");
    form.set("text[1].language", "fi");
    form.set("text[1].words", "Vieläkö olet siellä?");
    for (name, value, sentence) in [
        ("after", "0", "Type a whole number"),
        ("fallback", "pl", "There is no text in this language."),
        ("silent", "nobody", "Choose one of the list."),
    ] {
        let mut wrong = form.clone();
        wrong.set(name, value);
        let said = errors(&client.post(&wrong));
        assert!(said.len() == 1 && said[0].starts_with(sentence), "{said:?}");
    }
    let list = client.submit(&form);
    list.assert_says("Customer silent for 2 hours");
    let stored: String = world.one("SELECT action FROM timeout_rule", []);
    assert!(stored.contains("Vieläkö olet siellä?"), "{stored}");
    let mut close = page.form("Save");
    close.set("name", "Give up");
    close.set("action", "close");
    let said = errors(&client.post(&close));
    assert_eq!(said, ["Choose at least one state."]);
}

#[test]
fn the_last_conversations_show_where_they_would_be() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let client = &world.owner.client;
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    let olof = world.messenger_customer(&account.pages[0], "Olof Berg");
    anna.comes_from("fi_FI", 2.0);
    anna.writes("Moi");
    olof.writes("Hej");
    world.settle();
    world.owner.sees("Open work items", "Anna Virtanen");
    let told: String = world.one(
        "SELECT locale FROM social_profile WHERE name = 'Anna Virtanen'",
        [],
    );
    assert_eq!(told, "fi_FI");
    let queue = queue(client, "Suomi");
    finnish(client, &queue);
    let past = client.get(&format!("{WORKSTREAM}/trial/history"));
    past.assert_says("1 of 2 would be somewhere else.");
    past.part("tbody tr", "Anna Virtanen").assert_says("Suomi");
    past.part("tbody tr", "Olof Berg").assert_says("The same");
}
