//! Workstreams as an administrator makes them: the dialog, the wizard for both channels, the guards, what holds
//! at once.

use crate::support::client::{Client, Page};
use crate::support::program::wait_until;
use crate::support::world::World;

fn errors(page: &Page) -> Vec<String> {
    page.texts(".field__error")
}

/// A new workstream, made in the dialog.
fn workstream(client: &Client, name: &str, channel: &str, mode: &str) -> Page {
    let form = client.get("/admin/workstreams/new").fill(
        "Create",
        &[
            ("Name", name),
            ("Channel", channel),
            ("Work distribution mode", mode),
        ],
    );
    let answer = client.post(&form);
    assert_eq!(answer.status, 303, "{}", answer.text());
    client.get(&answer.location.unwrap())
}

/// The wizard's first step with the one page of the account chosen.
fn first_step(client: &Client, workstream: &Page, page: i64) -> Page {
    let step = client.get(&format!("{}/set-up", workstream.path));
    let mut form = step.form("Next");
    form.set("page", &page.to_string());
    client.submit(&form)
}

fn has(page: &Page, field: &str) -> bool {
    page.body.contains(&format!("name=\"{field}\""))
}

#[test]
fn the_dialog_makes_a_workstream_with_an_existing_or_a_new_queue() {
    let world = World::new();
    let client = &world.owner.client;
    let page = client.get("/admin/workstreams/new");
    for (changes, sentence) in [
        (&[("name", "")][..], "Fill this in."),
        (&[("mode", "throw")], "Choose one of the list."),
        (&[("fallback_queue", "99")], "Choose one of the list."),
        (&[("fallback_queue", "new")], "Fill this in."),
        (
            &[
                ("fallback_queue", "new"),
                ("new_queue", "default MESSAGING queue"),
            ],
            "Another one has this name.",
        ),
    ] {
        let mut form = page.fill("Create", &[("Name", "Web shop"), ("Channel", "LINE")]);
        for (name, value) in changes {
            form.set(name, value);
        }
        let answer = client.post(&form);
        assert_eq!(answer.status, 422, "{changes:?}");
        let errors = errors(&answer);
        assert!(
            errors.len() == 1 && errors[0].starts_with(sentence),
            "{errors:?}"
        );
    }
    let form = page.fill(
        "Create",
        &[
            ("Name", "Web shop"),
            ("Channel", "LINE"),
            ("Work distribution mode", "Pick"),
            ("Fallback queue", "New queue"),
            ("Name of the new queue", "Web"),
        ],
    );
    let shop = client.submit(&form);
    shop.assert_says("Fallback queue: Web");
    shop.assert_says("Set up LINE");
    let stored: (String, String) = world
        .database()
        .query_row(
            "SELECT channel, mode FROM workstream WHERE name = 'Web shop'",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert_eq!(stored, ("line".to_owned(), "pick".to_owned()));
    let details = client.get(&format!("{}/details", shop.path));
    assert!(
        !has(&details, "mode") && !has(&details, "channel"),
        "they stay"
    );
    let shop = client.submit(&details.fill(
        "Save",
        &[
            ("Name", "Shop"),
            ("Fallback queue", "Default messaging queue"),
        ],
    ));
    shop.assert_says("Fallback queue: Default messaging queue");
    assert_eq!(
        client
            .get("/admin/workstreams?search=shop")
            .parts("tbody tr")
            .len(),
        1
    );
}

#[test]
fn the_wizard_sets_a_facebook_page_up_step_by_step() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let client = &world.owner.client;
    let page: i64 = world.one("SELECT page_id FROM page", []);
    let shop = workstream(client, "Café", "Facebook", "Push");
    let without = client.get(&format!("{}/set-up?step=language", shop.path));
    assert_eq!(without.status, 422);
    assert!(errors(&without)[0].starts_with("Choose one that no other workstream answers."));

    let step = client.get(&format!("{}/set-up", shop.path));
    assert_eq!(
        step.texts(".step__title"),
        [
            "Facebook page",
            "Language",
            "Behaviors",
            "User features",
            "Summary"
        ]
    );
    step.assert_says("moves here from");
    let language = first_step(client, &shop, page);
    let behaviors = client.submit(&language.fill("Next", &[("Language", "Suomi")]));
    behaviors.assert_says("Not available yet");
    assert!(behaviors.form("Next").get("survey").is_none());
    let empty = client.submit(&behaviors.form("Add message"));
    assert_eq!(empty.status, 422);
    assert_eq!(
        errors(&empty),
        ["Write the words, or turn the message off."]
    );
    let add = |page: &Page, message: &str, words: &str| {
        client.submit(&page.fill("Add message", &[("Message", message), ("Words", words)]))
    };
    let behaviors = add(&behaviors, "Greeting", "Hei, täällä Lumi Café!");
    let behaviors = add(&behaviors, "Agent joined", "{AgentName} täällä.");
    let behaviors = add(&behaviors, "Conversation closed", "Hei hei!");
    let behaviors = client.submit(&behaviors.form("Remove Conversation closed"));
    behaviors
        .section("Custom automated messages")
        .assert_says("Hei, täällä Lumi Café!");
    assert!(!behaviors.text().contains("Hei hei!"));
    let features = client.submit(&behaviors.form("Next"));
    features.assert_says("Facebook message tag");
    features.assert_says("Human Agent permission");
    let mut form = features.form("Next");
    form.set("human_agent_tag", "true");
    form.fields.retain(|(name, _)| name != "agent_files");
    let summary = client.submit(&form);
    let said = summary.section("Summary");
    for words in [
        "Facebook page Lumi Café",
        "Language Suomi",
        "Custom automated messages Greeting: Hei, täällä Lumi Café! Agent joined: {AgentName} täällä.",
        "Post-conversation survey No",
        "Customers can send file attachments Yes",
        "Agents can send file attachments No",
        "Facebook message tag Yes",
    ] {
        said.assert_says(words);
    }
    assert_eq!(world.count("workstream"), 2, "nothing has moved yet");
    assert_eq!(world.count("automated_message"), 0, "nothing is said yet");
    let shop = client.submit(&summary.form("Create"));
    shop.section("Channels").assert_says("Lumi Café");
    shop.section("Channels").assert_says("Files from customers");

    // The one that was made with the account has nothing left to do.
    let list = client.get("/admin/workstreams");
    assert_eq!(list.texts("tbody a.strong"), ["Café"]);
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Hello");
    world.owner.takes("Anna Virtanen");
    wait_until("the page's own words are said", || {
        let sent = world.facebook().sent_to(anna.psid());
        let said: Vec<String> = sent.into_iter().filter_map(|it| it.text).collect();
        (said == ["Hei, täällä Lumi Café!", "Aino Owner täällä."]).then_some(())
    });
    let name: String = world.one(
        "SELECT workstream.name FROM conversation JOIN workstream USING (workstream_id)",
        [],
    );
    assert_eq!(name, "Café");
}

#[test]
fn the_wizard_sets_a_line_account_up_without_a_tag() {
    let world = World::new();
    world.connect_line();
    let client = &world.owner.client;
    let page: i64 = world.one("SELECT page_id FROM page", []);
    let shop = workstream(client, "LINE shop", "LINE", "Push");
    let step = client.get(&format!("{}/set-up", shop.path));
    assert_eq!(step.texts(".step__title")[0], "LINE account");
    let behaviors = client.submit(&first_step(client, &shop, page).form("Next"));
    let features = client.submit(&behaviors.form("Next"));
    assert!(!has(&features, "human_agent_tag"));
    let summary = client.submit(&features.form("Next"));
    let shop = client.submit(&summary.form("Create"));
    shop.section("Channels").assert_says("Files both ways");
}

#[test]
fn a_page_is_in_one_workstream() {
    let world = World::new();
    world.connect_facebook(&["Lumi Café"]);
    let client = &world.owner.client;
    let page: i64 = world.one("SELECT page_id FROM page", []);
    let first = workstream(client, "First", "Facebook", "Push");
    let summary = client.get(&format!("{}/set-up?step=summary&page={page}", first.path));
    client.submit(&summary.form("Create"));
    let second = workstream(client, "Second", "Facebook", "Push");
    let step = client.get(&format!("{}/set-up", second.path));
    step.assert_says("Answered by First. Delete it there first.");
    assert!(!has(&step, "page"), "it cannot be chosen");
    let pressed = client.get(&format!("{}/set-up?step=summary&page={page}", second.path));
    assert_eq!(pressed.status, 422);

    let guard = client.get(&format!("{}/removal", first.path));
    guard.assert_says("It answers these pages.");
    let removal = client.get(&guard.link("/instances/").unwrap());
    removal.assert_says("No conversation with this page goes on.");
    let first = client.submit(&removal.form("Delete from workstream"));
    first.assert_says("It answers no page yet.");
    let step = client.get(&format!("{}/set-up", second.path));
    assert!(has(&step, "page"), "now it can");
    let removal = client.get(&format!("{}/removal", first.path));
    client.submit(&removal.form("Delete workstream"));
    assert_eq!(client.get(&first.path).status, 404);
}

#[test]
fn what_comes_for_a_page_without_a_workstream_is_kept() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let client = &world.owner.client;
    let page: i64 = world.one("SELECT page_id FROM page", []);
    let path = format!(
        "/admin/workstreams/{}/instances/{page}/removal",
        world.one::<i64>("SELECT workstream_id FROM workstream", [])
    );
    client.submit(&client.get(&path).form("Delete from workstream"));
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Is anybody there?");
    wait_until("the event is parked", || {
        (world.count("parked_event") == 1).then_some(())
    });
    assert_eq!(world.count("conversation"), 0);
}

#[test]
fn the_message_tag_and_the_times_hold_at_once() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let client = &world.owner.client;
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Hello");
    let chat = world.owner.takes("Anna Virtanen");
    let (page, workstream): (i64, i64) = world
        .database()
        .query_row("SELECT page_id, workstream_id FROM page", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    // Two days after the customer's last message.
    world.change(
        "UPDATE conversation SET last_inbound_at = last_inbound_at - 172800000",
        [],
    );
    let address = format!("/workspace/conversations/{}", chat.id);
    client
        .get(&address)
        .assert_says("The reply window has closed.");
    let settings = client.get(&format!("/admin/workstreams/{workstream}/instances/{page}"));
    let mut form = settings.form("Save");
    form.set("human_agent_tag", "true");
    client.submit(&form);
    client
        .get(&address)
        .assert_says("Replies go out with the human agent tag");

    world.change(
        "UPDATE conversation SET state = 'waiting', due_at = 1000000000000",
        [],
    );
    let distribution = client.get(&format!("/admin/workstreams/{workstream}/distribution"));
    assert_eq!(
        distribution.value("Waiting conversations close after"),
        "28"
    );
    let form = distribution.fill("Save", &[("Waiting conversations close after", "30")]);
    client.submit(&form);
    let due: i64 = world.one("SELECT due_at FROM conversation", []);
    assert_eq!(
        due,
        1_000_000_000_000 + 2 * 86_400_000,
        "two days later than before"
    );
}

#[test]
fn the_settings_are_checked_and_copied() {
    let world = World::new();
    let client = &world.owner.client;
    let shop = workstream(client, "Shop", "Facebook", "Push");
    let distribution = client.get(&format!("{}/distribution", shop.path));
    for (name, value, sentence) in [
        ("capacity_units", "-1", "Type a whole number from 0"),
        ("open.count", "0", "Type a time from 1 minute"),
        ("active.count", "366", "Type a time from 1 minute"),
        ("waiting.count", "0", "Type a time from 1 minute"),
        ("wrap_up.count", "9999", "Type a time from 1 minute"),
        ("matching", "perhaps", "Choose one of the list."),
        ("presence", "asleep", "Tick at least one."),
        ("blocking", "for", "Type a number of minutes"),
    ] {
        let mut form = distribution.form("Save");
        form.set(name, value);
        let answer = client.post(&form);
        assert_eq!(answer.status, 422, "{name}");
        assert!(
            errors(&answer)[0].starts_with(sentence),
            "{name} {:?}",
            errors(&answer)
        );
    }
    let mut form = distribution.fill(
        "Save",
        &[
            ("Capacity units", "50"),
            ("Skill matching", "Closest match"),
            ("Block capacity for wrap-up", "For a time"),
            ("Minutes", "0.5"),
        ],
    );
    form.fields
        .retain(|(name, value)| name != "keep_same_agent" && value != "busy");
    client.submit(&form);

    let offers = client.get(&format!("{}/offers", shop.path));
    assert_eq!(offers.value("Countdown"), "120");
    for (name, value, sentence) in [
        ("countdown", "19", "Type a whole number from 20 to 1200."),
        ("sessions", "0", "Type a whole number from 1 to 50."),
        ("second.header", "Name", "Fill this in."),
    ] {
        let mut form = offers.form("Save");
        form.set(name, value);
        let answer = client.post(&form);
        assert_eq!(answer.status, 422, "{name}");
        assert!(
            errors(&answer)[0].starts_with(sentence),
            "{name} {:?}",
            errors(&answer)
        );
    }
    let mut form = offers.fill("Save", &[("Desktop notification", "Always")]);
    form.set("first.header", "Customer");
    form.set("first.value", "{customerName}");
    client.submit(&form);

    let variable = client.get(&format!("{}/variables/new", shop.path));
    for (name, value, sentence) in [
        ("name", "order number", "Use 1 to 100 letters"),
        ("value", "many", "Type a number"),
    ] {
        let mut form = variable.fill(
            "Save variable",
            &[("Name", "Orders"), ("Type", "Number"), ("Value", "3")],
        );
        form.set(name, value);
        let answer = client.post(&form);
        assert_eq!(answer.status, 422, "{name}");
        assert!(
            errors(&answer)[0].starts_with(sentence),
            "{:?}",
            errors(&answer)
        );
    }
    let form = variable.fill(
        "Save variable",
        &[("Name", "Orders"), ("Type", "Number"), ("Value", "3")],
    );
    client.submit(&form);
    assert_eq!(client.post(&form).status, 422, "the name is taken");

    let copy = client.submit(&client.get(&shop.path).form("Copy"));
    copy.assert_says("Copy of Shop");
    copy.assert_says("Orders");
    let stored: String = world.one(
        "SELECT capacity_units || ' ' || allowed_presences || ' ' || skill_matching || ' '
             || wrap_up_blocking || ' ' || wrap_up_blocking_ms || ' ' || keep_same_agent || ' '
             || offer_desktop || ' ' || (SELECT header || value FROM offer_field
                 WHERE offer_field.workstream_id = workstream.workstream_id)
         FROM workstream WHERE name = 'Copy of Shop'",
        [],
    );
    assert_eq!(
        stored,
        "50 available closest for 30000 0 always Customer{customerName}"
    );
    let part = copy.part("tr", "Orders");
    let copy = client.submit(&part.form("Delete variable"));
    copy.assert_says("None yet. A context variable");
    client.get(&shop.path).assert_says("Orders");
}
