//! *Channels*: how every page and account does, pausing a page, turning a channel off, and what administrators
//! are told wherever they are.

use serde_json::json;
use tiski::simulator::facebook::GraphError;

use super::support::client::Page;
use super::support::program::wait_until;
use super::support::world::World;

fn channels(world: &World) -> Page {
    world.owner.client.get("/admin/channels")
}

fn row(world: &World, name: &str) -> Page {
    channels(world).part("tbody tr", name)
}

/// Follows a link of a page and presses the button of the page that it leads to.
fn follow_and_press(world: &World, page: &Page, link: &str, button: &str) -> Page {
    let client = &world.owner.client;
    let href = page
        .link(link)
        .unwrap_or_else(|| panic!("no link {link}: {}", page.text()));
    client.submit(&client.get(&href).form(button))
}

#[test]
fn a_paused_page_sends_nothing_takes_in_everything_and_goes_on_where_it_was() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café", "Valo Books"]);
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    let berta = world.messenger_customer(&account.pages[1], "Berta Books");
    anna.writes("Hello");
    berta.writes("Hello");
    let chat = world.owner.takes("Anna Virtanen");
    let other = world.owner.takes("Berta Books");

    let after = follow_and_press(&world, &row(&world, "Lumi Café"), "/pause", "Pause");
    assert_eq!(after.path, "/admin/channels");
    row(&world, "Lumi Café").assert_says("Paused");
    row(&world, "Valo Books").assert_says("Running");

    chat.replies("First");
    chat.replies("Second");
    other.replies("Not paused");
    other.waits_until("Not paused", "Delivered");
    anna.writes("Still here");
    chat.waits_for("Still here");
    world.settle();
    assert!(world.facebook().sent_to(anna.psid()).is_empty());
    row(&world, "Lumi Café").assert_says("2 messages wait to be sent");

    // A pause outlives the program.
    world.restart();
    world.settle();
    assert!(world.facebook().sent_to(anna.psid()).is_empty());

    let resumed = world
        .owner
        .client
        .submit(&row(&world, "Lumi Café").form("Resume"));
    assert_eq!(resumed.path, "/admin/channels");
    chat.waits_until("Second", "Delivered");
    let texts: Vec<_> = world
        .facebook()
        .sent_to(anna.psid())
        .into_iter()
        .filter_map(|sent| sent.text)
        .collect();
    assert_eq!(texts, ["First", "Second"], "in their order, each once");
    row(&world, "Lumi Café").assert_says("Running");
}

#[test]
fn a_channel_that_is_off_sends_nothing_and_makes_no_account_until_it_is_on() {
    let world = World::new();
    let facebook = world.connect_facebook(&["Lumi Café"]);
    let line = world.connect_line();
    let anna = world.messenger_customer(&facebook.pages[0], "Anna Virtanen");
    let mei = world.line_customer(&line, "Mei Lin");
    anna.writes("Hello");
    mei.writes("Hello");
    let chat = world.owner.takes("Anna Virtanen");
    let other = world.owner.takes("Mei Lin");

    let client = &world.owner.client;
    let open = client.get("/admin/accounts/new");
    let open = open.fill("Next", &[("Name", "Another"), ("Channel", "Facebook")]);
    let page = channels(&world);
    let after = follow_and_press(&world, &page, "/facebook/off", "Turn off");
    after.assert_says("Turned off by Aino Owner");
    chat.replies("Not yet");
    other.replies("Hello Mei");
    other.waits_until("Hello Mei", "Sent");
    world.settle();
    assert!(world.facebook().sent_to(anna.psid()).is_empty());
    anna.writes("Anybody there?");
    chat.waits_for("Anybody there?");
    // The form was open when the channel was turned off.
    let refused = client.submit(&open);
    assert_eq!(refused.status, 422);
    refused.assert_says("This channel is turned off.");

    let page = channels(&world);
    let after = follow_and_press(&world, &page, "/facebook/on", "Turn on");
    assert_eq!(after.path, "/admin/channels");
    chat.waits_until("Not yet", "Delivered");
    assert_eq!(world.facebook().sent_to(anna.psid()).len(), 1);
    assert_eq!(world.begin_account("Another", "Facebook").status, 200);
    assert_eq!(client.get("/admin/channels/telegraph/off").status, 404);
}

#[test]
fn the_row_of_a_page_tells_what_came_what_went_and_what_went_wrong() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    row(&world, "Lumi Café").assert_says("Nothing sent");
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Hello");
    let chat = world.owner.takes("Anna Virtanen");
    chat.replies("One");
    chat.waits_until("One", "Delivered");
    world
        .facebook()
        .inject(GraphError::CANNOT_RECEIVE.fault().once());
    chat.replies("Two");
    chat.waits_until("Two", "Failed");
    let home = world.owner.client.get("/admin");
    home.assert_says("1 message did not arrive, or may not have");
    home.assert_says("4 of 6 done");
    home.assert_says("Invite your team");
    let row = row(&world, "Lumi Café");
    row.assert_says("1 of 2 tries (50 %)");
    assert!(!row.text().contains("Never"), "{}", row.text());
}

#[test]
fn the_activity_shows_the_last_calls_with_what_became_of_them() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let path = format!("/admin/accounts/{}/activity", account.id);
    let activity = || world.owner.client.get(&path);
    activity().assert_says("Nothing came yet");
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Hello");
    wait_until("the message is stored", || {
        activity().text().contains("Stored: 1.").then_some(())
    });
    anna.tells("messages", "message", json!({ "text": "No id" }));
    wait_until("the event is parked", || {
        activity().text().contains("Parked: 1.").then_some(())
    });
    let rows = activity().texts("tbody tr");
    assert!(
        rows[0].contains("Could not be read"),
        "newest first: {rows:?}"
    );
    for number in 0..25 {
        anna.writes(&format!("Message {number}"));
    }
    world.settle();
    assert_eq!(activity().texts("tbody tr").len(), 20);
}

#[test]
fn administrators_are_told_on_every_page_and_nobody_else_is() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café", "Valo Books"]);
    let mia = world.agent("Mia");
    let bar = |path: &str| world.owner.client.get(path).texts("#alarm").join(" ");
    assert_eq!(bar("/workspace").trim(), "");
    world
        .facebook()
        .kill_token(&account.pages[0].token, GraphError::PASSWORD_CHANGED);
    let form = world
        .owner
        .client
        .get(&format!("/admin/accounts/{}", account.id))
        .form("Check now");
    world.owner.client.submit(&form);
    for path in [
        "/workspace",
        "/admin/accounts",
        "/profile/sessions",
        "/admin/alarm",
    ] {
        wait_until(&format!("{path} tells it"), || {
            bar(path)
                .contains("Lumi Café cannot send: its access token is refused")
                .then_some(())
        });
    }
    world.change(
        "UPDATE page SET token_saved_at = 0 WHERE name = 'Valo Books'",
        [],
    );
    let told = bar("/workspace");
    assert!(
        told.contains("Lumi Café cannot send"),
        "the worst first: {told}"
    );
    assert!(told.contains("One more access token needs you."), "{told}");

    assert!(mia.client.get("/workspace").texts("#alarm").is_empty());
    assert_eq!(mia.client.get("/admin/alarm").status, 403);
    assert_eq!(mia.client.get("/admin/channels").status, 403);
}
