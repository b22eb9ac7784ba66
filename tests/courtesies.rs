//! What customers see beside messages, and what platforms say about pages.

use serde_json::json;
use tiski::simulator::SeenCall;
use tiski::simulator::facebook::GraphError;

use super::support::program::wait_until;
use super::support::world::World;

/// *Run now* of a job, until it has run.
fn run_job(world: &World, key: &str, name: &str) {
    let client = &world.owner.client;
    let runs = || -> i64 { world.one("SELECT runs FROM job WHERE job = ?1", [key]) };
    let before = runs();
    let row = client.get("/admin/jobs").part("tbody tr", name);
    client.submit(&row.form("Run now"));
    wait_until("the job has run", || (runs() > before).then_some(()));
}

/// Somebody types, as the page's script tells it, and has seen all that is there.
fn types_and_reads(world: &World, conversation: i64) {
    let client = &world.owner.client;
    let path = format!("/workspace/conversations/{conversation}");
    let composer = client.get(&path).form("Send");
    let newest: i64 = world.one("SELECT max(message_id) FROM message", []);
    let told = |part: &str, field: &str, value: &str| {
        let mut form = composer.clone();
        form.action = format!("{path}/{part}");
        form.fields.retain(|(name, _)| name == "csrf");
        form.set(field, value);
        let answer = client.post(&form);
        assert!(answer.status < 400, "{part}: {}", answer.status);
    };
    told("draft", "text", "Let me see");
    told("read", "message_id", &newest.to_string());
}

#[test]
fn messenger_shows_that_somebody_writes_and_has_read_until_it_is_switched_off() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Hello");
    let chat = world.owner.takes("Anna Virtanen");
    let shown = || -> Vec<String> {
        let actions = world.facebook().calls();
        let actions = actions
            .iter()
            .filter_map(|call| call.body["sender_action"].as_str());
        actions.map(str::to_owned).collect()
    };
    types_and_reads(&world, chat.id);
    wait_until("both are shown", || {
        let shown = shown();
        let both = ["typing_on", "mark_seen"].map(str::to_owned);
        both.iter().all(|it| shown.contains(it)).then_some(())
    });
    // Somebody who goes on typing says so once in a while, not with every letter.
    types_and_reads(&world, chat.id);
    world.settle();
    let typing = |shown: &[String]| shown.iter().filter(|it| *it == "typing_on").count();
    assert_eq!(typing(&shown()), 1);

    let client = &world.owner.client;
    let path = format!("/admin/accounts/{}/sending", account.id);
    let mut form = client.get(&path).form("Save");
    form.fields
        .retain(|(name, _)| name != "shows_writing" && name != "marks_seen");
    assert_eq!(client.submit(&form).status, 200);
    world.change("UPDATE courtesy SET done_at = 1", []);
    let before = shown().len();
    types_and_reads(&world, chat.id);
    world.settle();
    assert_eq!(shown().len(), before);
}

#[test]
fn line_shows_its_animation_and_marks_the_newest_message_as_read() {
    let world = World::new();
    let account = world.connect_line();
    let mei = world.line_customer(&account, "林怡君");
    mei.writes("一");
    mei.writes("二");
    let chat = world.owner.takes("林怡君");
    types_and_reads(&world, chat.id);
    let made = |path: &str| -> Vec<SeenCall> {
        let calls = world.line().calls();
        calls.into_iter().filter(|call| call.path == path).collect()
    };
    wait_until("both are shown", || {
        let both = ["/v2/bot/chat/loading/start", "/v2/bot/chat/markAsRead"];
        both.iter().all(|path| !made(path).is_empty()).then_some(())
    });
    let loading = made("/v2/bot/chat/loading/start").remove(0);
    assert_eq!(loading.body["chatId"], mei.user_id());
    assert_eq!(loading.status, Some(202));
    let read = made("/v2/bot/chat/markAsRead").remove(0);
    assert_eq!(read.status, Some(200), "{}", read.body);
}

#[test]
fn customers_of_line_see_who_writes_where_that_is_switched_on() {
    let world = World::new();
    let account = world.connect_line();
    let mei = world.line_customer(&account, "林怡君");
    mei.writes("一");
    let chat = world.owner.takes("林怡君");
    let client = &world.owner.client;
    let path = format!("/admin/accounts/{}/sending", account.id);
    let mut form = client.get(&path).form("Save");
    form.set("shows_sender", "true");
    form.set("hold_s", "0");
    assert_eq!(client.submit(&form).status, 200);
    chat.replies("Hello");
    chat.waits_until("Hello", "Sent");
    let sent = world.line().sent_to(mei.user_id()).remove(0);
    assert_eq!(sent.message["sender"], json!({ "name": "Aino Owner" }));
}

#[test]
fn a_page_whose_events_stopped_is_subscribed_again() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let page = &account.pages[0];
    let fields = || {
        world
            .facebook()
            .subscribed_fields(&page.id, &account.app_id)
    };
    assert!(fields().is_some(), "the premise");
    world
        .facebook()
        .drop_subscription(&page.id, &account.app_id);
    run_job(
        &world,
        "renew-subscriptions",
        "Look whether events still come",
    );
    let fields = fields().expect("it is subscribed again");
    assert!(fields.contains(&"messages".to_owned()), "{fields:?}");
    let anna = world.messenger_customer(page, "Anna Virtanen");
    anna.writes("Are you there?");
    world.owner.sees("Open work items", "Anna Virtanen");
}

#[test]
fn a_webhook_of_line_that_leads_elsewhere_is_told_and_left_alone() {
    let world = World::new();
    let account = world.connect_line();
    let elsewhere = "https://other.example/hook";
    world
        .line()
        .set_webhook_endpoint(&account.channel_id, elsewhere);
    run_job(
        &world,
        "renew-subscriptions",
        "Look whether events still come",
    );
    let page = world
        .owner
        .client
        .get(&format!("/admin/accounts/{}", account.id));
    page.assert_says("The events go to another address");
    assert_eq!(
        world
            .line()
            .webhook_endpoint(&account.channel_id)
            .as_deref(),
        Some(elsewhere)
    );
}

#[test]
fn a_page_that_meta_blocks_sends_nothing_and_its_administrator_is_told() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let page = &account.pages[0];
    let anna = world.messenger_customer(page, "Anna Virtanen");
    anna.writes("Hello");
    let chat = world.owner.takes("Anna Virtanen");
    world.facebook().enforce_policy(&page.id, "block", "Spam");
    let client = &world.owner.client;
    let title = "Lumi Café was blocked for breaking the platform's rules";
    wait_until("it is told", || {
        client.get("/admin").text().contains(title).then_some(())
    });
    chat.replies("Waits");
    let sending = format!("/admin/accounts/{}/sending", account.id);
    client.get(&sending).assert_says("Spam");
    world.facebook().enforce_policy(&page.id, "unblock", "");
    chat.waits_until("Waits", "Delivered");
    assert!(!client.get("/admin").text().contains(title));

    world
        .facebook()
        .inject(GraphError::POLICY_BLOCK.fault().once());
    chat.replies("Refused");
    wait_until("it is told", || {
        let home = client.get("/admin").text();
        home.contains("may not send at the moment").then_some(())
    });
    let seen = client.submit(&client.get(&sending).form("I have seen it"));
    assert!(!seen.text().contains("may not send at the moment"));
}
