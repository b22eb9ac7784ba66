//! The main job from end to end, on both channels: set-up, account, webhook, conversation, reply, receipts,
//! the end of it, and the customer who comes back.

use tiski::simulator::facebook::{Customer, Receipts};
use tiski::simulator::line::{Phone, Via};

use super::support::client::Client;
use super::support::program::{Home, SETUP_CODE, wait_until};
use super::support::world::{Chat, OWNER, PASSWORD, World, sign_in};

#[test]
fn the_set_up_asks_for_its_code_and_is_gone_afterwards() {
    let home = Home::new();
    let _server = home.serve();
    let stranger = Client::new(&home.url());
    let values = |code| {
        [
            ("Setup code", code),
            ("Organization name", "Lumi & Co"),
            ("Your name", "Aino Owner"),
            ("Email", OWNER),
            ("Password", PASSWORD),
        ]
    };
    let button = "Create administrator";
    let page = stranger.get("/");
    assert_eq!(page.path, "/setup", "everything leads to the set-up");
    let refused = stranger.submit(&page.fill(button, &values("guess")));
    assert_eq!(refused.status, 422);
    assert_eq!(refused.value("Organization name"), "Lumi & Co");
    assert_eq!(refused.value("Password"), "", "secrets are asked again");
    let done = stranger.submit(&refused.fill(button, &values(SETUP_CODE)));
    assert_eq!(done.status, 200, "{}", done.text());
    assert_eq!(stranger.request("GET", "/setup", &[], None).status, 404);
    let late = stranger.post(&page.fill(button, &values(SETUP_CODE)));
    assert_eq!(late.status, 404);

    let other_browser = Client::new(&home.url());
    assert_eq!(sign_in(&other_browser, OWNER, "wrong").status, 422);
    assert_eq!(sign_in(&other_browser, OWNER, PASSWORD).status, 200);
}

#[test]
fn a_customer_of_messenger_is_answered() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café", "Valo Books"]);
    let page = &account.pages[0];
    let mia = world.agent("Mia");
    let anna = world.messenger_customer(page, "Anna Virtanen");
    anna.sets_receipts(Receipts::None);
    anna.writes("Is it open on Sunday? ☀️");

    let row = mia.sees("Open work items", "Anna Virtanen");
    assert!(row.contains("Lumi Café"), "{row}");
    let chat = mia.takes("Anna Virtanen");
    assert_eq!(chat.texts(), ["Is it open on Sunday? ☀️"]);
    assert!(chat.bubbles()[0].from_customer);
    assert!(mia.list("Open work items").is_empty());
    mia.sees("My work items", "Anna Virtanen");

    chat.replies("Yes, from ten to four.");
    chat.waits_until("Yes, from ten to four.", "Sent");
    let sent = world.facebook().sent_to(anna.psid());
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].text.as_deref(), Some("Yes, from ten to four."));
    assert_eq!(
        (sent[0].page_id.as_str(), sent[0].messaging_type.as_str()),
        (page.id.as_str(), "RESPONSE")
    );
    anna.receives_all();
    chat.waits_until("Yes, from ten to four.", "Delivered");
    anna.reads_all();
    chat.waits_until("Yes, from ten to four.", "Read");
    world.settle();
    assert_eq!(world.facebook().sent().len(), 1);
    assert_eq!(chat.texts().len(), 2, "the echo is no message of its own");

    ends_and_begins_anew(&world, &chat, "Anna Virtanen", &|text| {
        Customer::writes(&anna, text);
    });
}

#[test]
fn a_customer_of_line_is_answered() {
    let world = World::new();
    let account = world.connect_line();
    let mia = world.agent("Mia");
    let mei = world.line_customer(&account, "林怡君");
    mei.sets_phone(Phone::Open);
    mei.writes("請問星期日有開嗎？");

    let row = mia.sees("Open work items", "林怡君");
    assert!(row.contains("Lumi on LINE"), "{row}");
    let chat = mia.takes("林怡君");
    assert_eq!(chat.texts(), ["請問星期日有開嗎？"]);
    chat.replies("有的，十點到四點。");
    // LINE tells nobody whether a message arrived or was read.
    chat.waits_until("有的，十點到四點。", "Sent");
    let sent = world.line().sent_to(mei.user_id());
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].text.as_deref(), Some("有的，十點到四點。"));
    assert_eq!(sent[0].via, Via::Reply);

    ends_and_begins_anew(&world, &chat, "林怡君", &|text| {
        mei.writes(text);
    });
}

/// *End*, *Close*, and the customer's next message.
fn ends_and_begins_anew(world: &World, chat: &Chat<'_>, customer: &str, writes: &dyn Fn(&str)) {
    let state = |id: i64| -> String {
        world.one(
            "SELECT state FROM conversation WHERE conversation_id = ?1",
            [id],
        )
    };
    assert_eq!(state(chat.id), "active");
    chat.press("End");
    assert_eq!(state(chat.id), "wrap_up");
    chat.press("Close");
    assert_eq!(state(chat.id), "closed");
    chat.person.sees("Closed work items", customer);
    assert!(chat.person.list("My work items").is_empty());

    writes("One more thing");
    let next = chat.person.takes(customer);
    assert_ne!(next.id, chat.id);
    next.waits_for("One more thing");
    let previous: i64 = world.one(
        "SELECT previous_conversation_id FROM conversation WHERE conversation_id = ?1",
        [next.id],
    );
    assert_eq!(previous, chat.id);
}

#[test]
fn a_conversation_that_is_parked_comes_back_to_its_agent_when_the_customer_writes() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let mia = world.agent("Mia");
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Do you have it in blue?");
    let chat = mia.takes("Anna Virtanen");
    let question = chat.press("Close");
    question.assert_says("Close without ending?");
    mia.client
        .submit(&question.form("Close and wait"))
        .assert_says("waits until the customer writes");
    let row = mia.sees("My work items", "Anna Virtanen");
    assert!(row.contains("Waiting"), "{row}");
    anna.writes("Or in green?");
    wait_until("it is Active again", || {
        let row = mia.sees("My work items", "Anna Virtanen");
        row.contains("Active").then_some(())
    });
    assert_eq!(chat.texts(), ["Do you have it in blue?", "Or in green?"]);
}

#[test]
fn an_end_is_undone_within_a_moment_by_its_agent() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let mia = world.agent("Mia");
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.sets_receipts(Receipts::None);
    anna.writes("Hello");
    let chat = mia.takes("Anna Virtanen");
    let ended = chat.press("End");
    ended.assert_says("Conversation ended");
    let undo = ended.form("Undo");
    assert_eq!(mia.client.post(&undo).status, 303);
    let row = mia.sees("My work items", "Anna Virtanen");
    assert!(row.contains("Active"), "{row}");
    chat.replies("One more thing.");
    chat.waits_until("One more thing.", "Sent");
    assert_eq!(
        mia.client.post(&undo).status,
        409,
        "there is no end any more"
    );

    chat.press("End");
    world.change(
        "UPDATE conversation SET state_changed_at = state_changed_at - 60000",
        [],
    );
    assert_eq!(mia.client.post(&undo).status, 409, "a minute is too late");
    let page = mia
        .client
        .get(&format!("/workspace/conversations/{}", chat.id));
    assert!(!page.text().contains("Undo"), "{}", page.text());
}

#[test]
fn a_customer_who_writes_during_wrap_up_is_active_again() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Hello");
    let chat = world.owner.takes("Anna Virtanen");
    chat.press("End");
    let row = world.owner.sees("My work items", "Anna Virtanen");
    assert!(row.contains("Wrap-up"), "{row}");
    anna.writes("Wait");
    wait_until("it is Active again", || {
        let row = world.owner.sees("My work items", "Anna Virtanen");
        row.contains("Active").then_some(())
    });
    assert_eq!(world.count("conversation"), 1);
}

#[test]
fn the_connection_check_turns_green_step_by_step() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let path = format!("/admin/accounts/{}", account.id);
    let page = world.owner.client.get(&format!("{path}/callback"));
    assert_eq!(page.value("Callback URL"), account.callback);
    let page_of = |id: i64| {
        world
            .owner
            .client
            .get(&format!("/admin/accounts/{id}/pages"))
    };
    let is_running = |id: i64, name: &str| {
        page_of(id).part("tbody tr", name).assert_says("Running");
    };
    is_running(account.id, "Lumi Café");
    let first_message = || {
        let page = world.owner.client.get(&path);
        page.part("#connection li", "First message arrives").text()
    };
    let checked = world.owner.client.get(&path);
    for point in ["Address can be reached", "Facebook verifies the callback"] {
        let row = checked.part("#connection li", point);
        row.assert_says("done");
    }
    assert!(first_message().contains("waiting"), "{}", first_message());
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Hello");
    wait_until("the last point is done", || {
        first_message().contains("done").then_some(())
    });
    assert_eq!(
        world
            .facebook()
            .subscribed_fields(&account.pages[0].id, &account.app_id)
            .map(|fields| fields.contains(&"messages".to_owned())),
        Some(true)
    );
    let line = world.connect_line();
    assert_eq!(
        world.line().webhook_endpoint(&line.channel_id).as_deref(),
        Some(line.callback.as_str())
    );
    is_running(line.id, "Lumi on LINE");
}

#[test]
fn a_wrong_value_is_told_at_its_field() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let facebook = world.facebook();
    facebook.add_app("777", "60efff025951cddde78c8d03de577777");
    facebook.add_page("777", "700001", "Right Page");
    let other_token = facebook.add_page("777", "700002", "Other Page");
    let client = &world.owner.client;
    let page = world.begin_account("Second", "Facebook");
    let mut form = page.fill(
        "Next",
        &[
            ("App ID", "777"),
            ("App secret", "60efff025951cddde78c8d03de577777"),
        ],
    );
    let unticked = client.submit(&form);
    assert_eq!(unticked.status, 422, "the privacy notice is acknowledged");
    form.tick_everything(&page);
    let pages = client.submit(&form);
    let adding = client.submit(&pages.form("Add"));
    let add = |name: &str, id: &str, token: &str| {
        client.submit(&adding.fill(
            "Add",
            &[
                ("Page name", name),
                ("Page ID", id),
                ("Page access token", token),
            ],
        ))
    };
    let wrong = add("Right Page", "700001", &other_token);
    assert_eq!(wrong.status, 422);
    wrong.assert_says("This token belongs to another page, Other Page");
    let nonsense = add("Right Page", "700001", "not-a-token");
    assert_eq!(nonsense.status, 422);
    let used = &account.pages[0];
    let taken = add(&used.name, &used.id, &used.token);
    assert_eq!(taken.status, 422);
    let link = taken.link(&format!("/admin/accounts/{}", account.id));
    assert!(
        link.is_some(),
        "a link to the account that has it: {}",
        taken.text()
    );
}
