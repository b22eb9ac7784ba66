//! Queues as an administrator makes them: members, overflow, hours, the guards of deletion.

use crate::support::client::{Client, Page};
use crate::support::program::wait_until;
use crate::support::world::World;

/// A new queue with this name and everything else as offered.
fn queue(client: &Client, name: &str) -> Page {
    let form = client
        .get("/admin/queues/new")
        .fill("Create queue", &[("Name", name)]);
    let answer = client.post(&form);
    assert_eq!(answer.status, 303, "{}", answer.text());
    client.get(&answer.location.unwrap())
}

fn errors(page: &Page) -> Vec<String> {
    page.texts(".field__error")
}

#[test]
fn a_queue_is_made_changed_copied_and_taken_away() {
    let world = World::new();
    let mia = world.agent("Mia");
    let client = &world.owner.client;
    let general = queue(client, "General");
    let page = queue(client, "Returns");
    page.assert_says("Nobody works in this queue");
    assert_eq!(page.value("Priority"), "100");

    let mut form = page.fill(
        "Save",
        &[
            ("Priority", "5"),
            ("Assignment method", "Round robin"),
            ("Most conversations that wait", "10"),
            ("When more wait", "Transfer to a different queue"),
            ("Longest wait", "2"),
            ("Unit", "hours"),
            ("When one waits longer", "End conversation"),
        ],
    );
    form.set("work_items.queue", general.path.rsplit('/').next().unwrap());
    let mia_id: i64 = world.one("SELECT user_id FROM user WHERE email = ?1", [&mia.email]);
    form.set("member", &mia_id.to_string());
    let page = client.submit(&form);
    page.assert_says("1 person");
    assert_eq!(page.value("Longest wait"), "2");
    assert_eq!(page.value("Unit"), "hours");
    let stored: String = world.one(
        "SELECT group_concat(condition || ' ' || threshold || ' ' || action, ', ')
         FROM queue_overflow JOIN queue USING (queue_id) WHERE name = 'Returns'",
        [],
    );
    assert_eq!(
        stored,
        "waiting-time 7200000 end-conversation, work-items 10 transfer"
    );

    let copy = client.submit(&page.form("Copy"));
    copy.assert_says("Copy of Returns");
    copy.assert_says("1 person");
    assert_eq!(copy.value("Most conversations that wait"), "10");

    let list = client.get("/admin/queues");
    let names = list.texts("tbody a.strong");
    assert_eq!(
        names,
        [
            "Copy of Returns",
            "Returns",
            "Default messaging queue",
            "General"
        ],
        "in the order in which they are served"
    );
    list.part("tr", "General").assert_says("No members");
    assert_eq!(
        client
            .get("/admin/queues?search=copy")
            .parts("tbody tr")
            .len(),
        1
    );

    let removal = client.get(&format!("{}/removal", copy.path));
    removal.assert_says("No conversation is in it.");
    client.submit(&removal.form("Delete queue"));
    assert_eq!(client.get(&copy.path).status, 404);
}

#[test]
fn wrong_values_are_told_at_their_field_and_kept() {
    let world = World::new();
    let client = &world.owner.client;
    queue(client, "General");
    let page = client.get("/admin/queues/new");
    for (changes, field, sentence) in [
        (&[("name", "")][..], "name", "Fill this in."),
        (&[("name", "general")], "name", "Another one has this name."),
        (
            &[("priority", "0")],
            "priority",
            "Type a whole number from 1 to 1000.",
        ),
        (
            &[("priority", "1.5")],
            "priority",
            "Type a whole number from 1 to 1000.",
        ),
        (
            &[("method", "by dice")],
            "method",
            "Choose one of the list.",
        ),
        (&[("hours", "99")], "hours", "Choose one of the list."),
        (
            &[
                ("work_items.action", "end-conversation"),
                ("work_items.limit", "101"),
            ],
            "work_items.limit",
            "Type a whole number from 1 to 100.",
        ),
        (
            &[
                ("work_items.action", "transfer"),
                ("work_items.limit", "10"),
            ],
            "work_items.queue",
            "Choose the queue that it goes to.",
        ),
        (
            &[
                ("work_items.action", "assign-anyway"),
                ("work_items.limit", "10"),
            ],
            "work_items.action",
            "Choose one of the list.",
        ),
        (
            &[
                ("waiting_time.action", "end-conversation"),
                ("waiting_time.limit", "3"),
                ("waiting_time.unit", "days"),
            ],
            "waiting_time.limit",
            "Enter a time from 1 minute to 2 days.",
        ),
    ] {
        let mut form = page.fill("Create queue", &[("Name", "Returns")]);
        for (name, value) in changes {
            form.set(name, value);
        }
        let answer = client.post(&form);
        assert_eq!(answer.status, 422, "{changes:?}");
        let errors = errors(&answer);
        assert_eq!(errors.len(), 1, "{changes:?} {errors:?}");
        assert!(errors[0].starts_with(sentence), "{changes:?} {errors:?}");
        assert!(
            answer.body.contains(&format!("href=\"#{field}\"")),
            "{changes:?}"
        );
    }
    assert_eq!(world.count("queue"), 2);
}

#[test]
fn of_the_default_queue_only_the_method_changes_and_everybody_is_its_member() {
    let world = World::new();
    world.agent("Mia");
    let client = &world.owner.client;
    let list = client.get("/admin/queues");
    let row = list.part("tr", "Default messaging queue");
    row.assert_says("2 people");
    assert!(row.link("/removal").is_none());
    let page = client.get(&row.link("/admin/queues/").unwrap());
    let mut form = page.fill("Save", &[("Assignment method", "Least active")]);
    // Whatever somebody makes of the form.
    form.set("name", "Mine");
    form.set("priority", "1");
    let page = client.submit(&form);
    assert_eq!(page.value("Assignment method"), "least-active");
    let stored: (String, i64, i64) = world
        .database()
        .query_row(
            "SELECT name, priority, (SELECT count(*) FROM queue_member) FROM queue",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .unwrap();
    assert_eq!(stored, ("Default messaging queue".to_owned(), 100, 2));
    assert_eq!(client.get(&format!("{}/removal", page.path)).status, 404);
}

#[test]
fn hours_bring_their_pair_and_cannot_be_deleted_while_they_are_used() {
    let world = World::new();
    let client = &world.owner.client;
    let form = client
        .get("/admin/operating-hours/new")
        .fill("Create", &[("Name", "Shop hours")]);
    let hours = client.submit(&form);
    let page = queue(client, "Returns");
    let page = client.submit(&page.fill("Save", &[("Operating hours", "Shop hours")]));
    assert_eq!(page.value("Outside operating hours"), "assign-anyway");
    let pair: String = world.one("SELECT condition || ' ' || action FROM queue_overflow", []);
    assert_eq!(pair, "out-of-hours assign-anyway");
    client
        .get(&hours.path)
        .section("Used by")
        .assert_says("Returns");
    let removal = client.get(&format!("{}/removal", hours.path));
    removal.assert_says("These queues use them.");
    removal.assert_says("Returns");
    assert!(!removal.body.contains("Delete operating hours</button>"));

    let page = client.submit(&page.fill("Save", &[("Operating hours", "Around the clock")]));
    assert_eq!(world.count("queue_overflow"), 0, "{}", page.text());
    let removal = client.get(&format!("{}/removal", hours.path));
    client.submit(&removal.form("Delete operating hours"));
    assert_eq!(world.count("operating_hours"), 0);
}

#[test]
fn a_queue_without_members_is_flagged_and_its_conversations_wait() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let client = &world.owner.client;
    let page = queue(client, "Returns");
    let id: i64 = page.path.rsplit('/').next().unwrap().parse().unwrap();
    world.change("UPDATE workstream SET fallback_queue_id = ?1", [id]);
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Is anybody there?");
    wait_until("the conversation is there", || {
        (world.count("conversation") == 1).then_some(())
    });
    let state: String = world.one("SELECT state FROM conversation", []);
    assert_eq!(state, "open");
    let home = client.get("/admin");
    home.assert_says("Nobody works in Returns");
    home.assert_says("One conversation waits there until somebody joins.");

    let removal = client.get(&format!("{}/removal", page.path));
    removal.assert_says("Fallback queue of the workstream");
    assert!(!removal.body.contains("Delete queue</button>"));
    world.change("UPDATE workstream SET fallback_queue_id = 1", []);
    let removal = client.get(&format!("{}/removal", page.path));
    removal.assert_says("The one conversation that is not closed goes to the default queue.");
    client.submit(&removal.form("Delete queue"));
    world.owner.dashboard().assert_says("Anna Virtanen");
}
