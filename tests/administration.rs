//! What an administrator sets up holds, from the form to what a customer or an agent sees of it.

use std::time::{SystemTime, UNIX_EPOCH};

use super::support::client::{Client, Page};
use super::support::program::wait_until;
use super::support::world::{World, path_of};

const WORKSTREAM: &str = "/admin/workstreams/1";

/// A new queue; its id.
fn queue(client: &Client, name: &str, values: &[(&str, &str)]) -> String {
    let all: Vec<(&str, &str)> = [("Name", name)]
        .into_iter()
        .chain(values.iter().copied())
        .collect();
    let form = client.get("/admin/queues/new").fill("Create queue", &all);
    let answer = client.post(&form);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let location = answer.location.expect("the queue's page");
    location.rsplit('/').next().expect("its id").to_owned()
}

/// A rule that sends a message with a word in it to a queue.
fn rule(client: &Client, word: &str, queue: &str) {
    let mut form = client.get(&format!("{WORKSTREAM}/routes/new")).form("Save");
    for (name, value) in [
        ("name", word),
        ("when.group[0].test[0].attribute", "message-text"),
        ("when.group[0].test[0].operator", "contains"),
        ("when.group[0].test[0].value", word),
        ("share[0].queue", queue),
        ("share[0].percent", "100"),
    ] {
        form.set(name, value);
    }
    let list = client.submit(&form);
    assert_eq!(list.status, 200, "{}", list.text());
}

fn rules(page: &Page) -> Vec<String> {
    page.texts(".rule__name a")
}

/// Makes the workstream fall back to a queue, by the queue's name.
fn fall_back(client: &Client, queue: &str) {
    let details = client.get(&format!("{WORKSTREAM}/details"));
    let saved = client.submit(&details.fill("Save", &[("Fallback queue", queue)]));
    saved.assert_says(&format!("Fallback queue: {queue}"));
}

/// The queue of the only conversation.
fn queue_of(world: &World, customer: &str) -> String {
    wait_until(&format!("{customer} waits"), || {
        world
            .database()
            .query_row(
                "SELECT queue.name FROM conversation JOIN queue USING (queue_id)
                     JOIN social_profile USING (social_profile_id) WHERE social_profile.name = ?1",
                [customer],
                |row| row.get(0),
            )
            .ok()
    })
}

#[test]
fn two_pages_of_one_app_stand_in_its_list_of_pages() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café", "Lumi Kauppa"]);
    let client = &world.owner.client;
    let pages = client.get(&format!("/admin/accounts/{}/pages", account.id));
    for name in ["Lumi Café", "Lumi Kauppa"] {
        pages.part("tbody tr", name).assert_says("Running");
    }
    let accounts = client.get("/admin/accounts");
    assert_eq!(accounts.parts("tbody tr").len(), 1);
    for words in ["Facebook", "2 pages", "Running"] {
        accounts.assert_says(words);
    }
    let callback = path_of(&account.callback);
    assert!(callback.starts_with("/webhooks/facebook/"), "{callback}");
}

#[test]
fn what_no_rule_fits_lands_in_the_fallback_queue_and_a_copy_has_the_same_rules() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let client = &world.owner.client;
    let refunds = queue(client, "Refunds", &[]);
    queue(client, "Counter", &[]);
    rule(client, "refund", &refunds);
    fall_back(client, "Counter");
    for (name, words, expected) in [
        ("Anna Virtanen", "I want a refund", "Refunds"),
        ("Ben Laine", "Where are you?", "Counter"),
    ] {
        let customer = world.messenger_customer(&account.pages[0], name);
        customer.writes(words);
        assert_eq!(queue_of(&world, name), expected, "{words}");
    }

    let copy = client.submit(&client.get(WORKSTREAM).form("Copy"));
    assert!(
        copy.texts("h1")[0].starts_with("Copy of "),
        "{:?}",
        copy.texts("h1")
    );
    copy.assert_says("Fallback queue: Counter");
    let list = |workstream: &str| rules(&client.get(&format!("{workstream}/routes")));
    assert_eq!(list(&copy.path), ["refund"]);
    assert_eq!(list(WORKSTREAM), list(&copy.path));
}

#[test]
fn a_message_says_its_variables_and_nothing_for_those_that_do_not_exist() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let client = &world.owner.client;
    let variable = client
        .get(&format!("{WORKSTREAM}/variables/new"))
        .fill("Save variable", &[("Name", "Shop"), ("Value", "Lumi")]);
    client.submit(&variable);
    let address = "/admin/automated-messages/facebook/agent-joined";
    let words = "{AgentName} of {$Shop$}{$shop$}{$nothing$} here";
    let mut form = client.get(address).fill("Save", &[("Words", words)]);
    form.set("is_active", "true");
    let saved = client.submit(&form);
    saved.assert_says("No workstream here has this, so it stays empty: {$shop$} {$nothing$}");
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Hello");
    world.owner.takes("Anna Virtanen");
    wait_until("the customer is told", || {
        let sent = world.facebook().sent_to(anna.psid());
        let said: Vec<String> = sent.into_iter().filter_map(|it| it.text).collect();
        (said == ["Aino Owner of Lumi here"]).then_some(())
    });
}

#[test]
fn of_two_queues_the_one_with_the_smaller_number_is_served_first() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let client = &world.owner.client;
    world.change("UPDATE workstream SET mode = 'push'", []);
    let late = queue(client, "Late", &[("Priority", "7")]);
    let soon = queue(client, "Soon", &[("Priority", "3")]);
    rule(client, "order", &late);
    rule(client, "urgent", &soon);
    for (name, words) in [
        ("Anna Virtanen", "About my order"),
        ("Ben Laine", "This is urgent"),
    ] {
        let customer = world.messenger_customer(&account.pages[0], name);
        customer.writes(words);
        queue_of(&world, name);
    }
    // Nobody is there yet; whoever comes is asked about the newer one first.
    let mia = world.agent("Mia");
    let id: i64 = world.one("SELECT user_id FROM user WHERE name = 'Mia'", []);
    for queue in [&late, &soon] {
        world.change(
            "INSERT INTO queue_member (queue_id, user_id, joined_at) VALUES (?1, ?2, 1)",
            (queue, id),
        );
    }
    let mut tab = mia.client.listen(None).expect("a stream");
    tab.catches_up();
    wait_until("both are offered", || {
        let offered: i64 = world.one("SELECT count(*) FROM offer WHERE user_id = ?1", [id]);
        (offered == 2).then_some(())
    });
    let first: String = world.one(
        "SELECT queue.name FROM offer JOIN conversation USING (conversation_id)
             JOIN queue ON queue.queue_id = conversation.queue_id
         ORDER BY offer_id LIMIT 1",
        [],
    );
    assert_eq!(first, "Soon");
}

#[test]
fn who_writes_on_a_holiday_is_told_so_in_the_language_of_the_page() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let client = &world.owner.client;
    let new = client.get("/admin/operating-hours/new");
    let hours = client.submit(&new.fill("Create", &[("Name", "Shop"), ("Time zone", "UTC")]));
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970")
        .as_secs();
    // Yesterday to tomorrow, so that midnight does not matter.
    let day = |offset: i64| {
        let days = i64::try_from(seconds / 86_400).expect("a day") + offset;
        let date = chrono::DateTime::from_timestamp(days * 86_400, 0).expect("a date");
        date.format("%Y-%m-%d").to_string()
    };
    let holiday = client.get(&format!("{}/holidays/new", hours.path)).fill(
        "Save holiday",
        &[
            ("Reason", "Midsummer"),
            ("First day", &day(-1)),
            ("Last day", &day(1)),
        ],
    );
    client.submit(&holiday).assert_says("Midsummer");
    queue(client, "Counter", &[("Operating hours", "Shop")]);
    fall_back(client, "Counter");
    let page: i64 = world.one("SELECT page_id FROM page", []);
    let instance = client.get(&format!("{WORKSTREAM}/instances/{page}"));
    client.submit(&instance.fill("Save", &[("Language", "Suomi")]));
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Moi");
    wait_until("the customer is told", || {
        let sent = world.facebook().sent_to(anna.psid());
        let said: Vec<String> = sent.into_iter().filter_map(|it| it.text).collect();
        let words = "Kiitos viestistäsi. Olemme tänään kiinni pyhäpäivän vuoksi ja vastaamme, kun olemme taas paikalla.";
        (said == [words]).then_some(())
    });
    let log = client.get("/admin/audit?kind=operating-hours");
    log.assert_says("Midsummer");
    assert!(
        !log.text().contains(&day(-1)),
        "days are written out: {}",
        log.text()
    );
}

#[test]
fn that_a_secret_was_replaced_stands_in_the_audit_log_and_the_secret_does_not() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let client = &world.owner.client;
    let page: i64 = world.one("SELECT page_id FROM page", []);
    let pages = format!("/admin/accounts/{}/pages", account.id);
    let own = &account.pages[0];
    let fresh = world.facebook().new_page_token(&account.app_id, &own.id);
    let before = world.count("audit_entry");
    let replacing = client
        .get(&format!("{pages}?replace={page}"))
        .fill("Check and replace", &[("New page access token", &fresh)]);
    let replaced = client.submit(&replacing);
    assert_eq!(replaced.status, 200, "{}", replaced.text());
    assert!(world.count("audit_entry") > before);
    let log = client.get("/admin/audit?kind=page");
    for words in ["Access token", "replaced"] {
        log.assert_says(words);
    }
    log.assert_says("Aino Owner");
    let whole: String = world.one(
        "SELECT group_concat(act || subject || before || after) FROM audit_entry",
        [],
    );
    assert!(whole.contains("replaced"), "{whole}");
    for secret in [&own.token, &fresh] {
        assert!(!whole.contains(secret.as_str()), "{whole}");
        assert!(!log.text().contains(secret.as_str()));
    }
}

#[test]
fn what_the_law_asks_for_stands_where_people_work() {
    let world = World::new();
    let noa = world.agent("Noa");
    noa.client
        .get("/profile")
        .assert_says("Your organization may read, record and keep what is written here");
    for path in [
        "/admin/presences",
        "/admin/capacity-profiles",
        "/admin/settings/supervision",
        "/admin/settings/presence",
        "/admin/settings/notifications",
    ] {
        let page = world.owner.client.get(path);
        page.assert_says("Do not decide by them on pay, rewards or rank");
    }
}
