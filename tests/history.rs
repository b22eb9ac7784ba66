//! What was said while nothing reached us comes from the platform's own record.

use super::support::program::wait_until;
use super::support::world::World;

/// Facebook tells nobody anything any more, as if our address were gone.
fn cut_off(world: &World, page: &str, app: &str) {
    world.facebook().drop_subscription(page, app);
}

#[test]
fn what_was_said_while_events_had_stopped_is_brought_in_and_what_is_unanswered_becomes_work() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let page = &account.pages[0];
    let anna = world.messenger_customer(page, "Anna Virtanen");
    let berta = world.messenger_customer(page, "Berta Lind");
    anna.writes("Before");
    world.owner.sees("Open work items", "Anna Virtanen");
    world.settle();
    cut_off(&world, &page.id, &account.app_id);
    anna.writes("Meanwhile");
    berta.writes("Is anybody there?");
    world.settle();
    assert_eq!(world.count("message"), 1, "nothing reaches us");

    run_look(&world);
    world.owner.sees("Open work items", "Berta Lind");
    let chat = world.owner.takes("Anna Virtanen");
    let meanwhile = chat.waits_for("Meanwhile");
    assert!(meanwhile.html.contains("Brought in later"), "{meanwhile:?}");
    assert_eq!(chat.texts(), ["Before", "Meanwhile"], "each once");
    // Events come again, and what they bring twice is here once.
    run_look(&world);
    anna.writes("Afterwards");
    chat.waits_for("Afterwards");
    assert_eq!(chat.texts(), ["Before", "Meanwhile", "Afterwards"]);
    world.settle();
    assert!(
        world.facebook().sent().is_empty(),
        "nothing is said because of it"
    );
}

#[test]
fn earlier_conversations_are_brought_in_on_demand_and_make_no_work() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let page = &account.pages[0];
    cut_off(&world, &page.id, &account.app_id);
    let anna = world.messenger_customer(page, "Anna Virtanen");
    anna.writes("Long ago");
    anna.is_answered_in_page_inbox("Answered elsewhere");
    world.settle();
    let client = &world.owner.client;
    let sending = client.get(&format!("/admin/accounts/{}/sending", account.id));
    client.submit(&sending.form("Bring in earlier conversations"));
    wait_until("both are here", || {
        (world.count("message") == 2).then_some(())
    });
    let open: i64 = world.one(
        "SELECT count(*) FROM conversation WHERE state <> 'closed'",
        [],
    );
    assert_eq!(open, 0);
    let imported: i64 = world.one("SELECT sum(imported) FROM message", []);
    assert_eq!(imported, 2);
}

/// *Run now* of the look whether events still come.
fn run_look(world: &World) {
    let client = &world.owner.client;
    let runs =
        || -> i64 { world.one("SELECT runs FROM job WHERE job = 'renew-subscriptions'", []) };
    let before = runs();
    let row = client
        .get("/admin/jobs")
        .part("tbody tr", "Look whether events still come");
    client.submit(&row.form("Run now"));
    wait_until("the job has run", || (runs() > before).then_some(()));
}
