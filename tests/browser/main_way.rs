//! The main job by hand, from the set-up to the closed conversation.

use serde_json::json;
use tiski::simulator::Simulator;
use tiski::simulator::facebook::Receipts;
use tiski::simulator::line::{Bot, ChatMode, Phone};

use super::{NARROW, WIDE, Window, message};
use crate::support::program::{Home, SETUP_CODE, Server};
use crate::support::world::{OWNER, PASSWORD, World};

const APP_ID: &str = "138483919580948";
const APP_SECRET: &str = "60efff025951cddde78c8d03de52cc90";
const PAGE_ID: &str = "542998526103632";

/// The platforms, and a program that nobody has set up.
struct NewHouse {
    simulator: Simulator,
    home: Home,
    _server: Server,
}

fn new_house() -> NewHouse {
    let simulator = Simulator::start().expect("the platforms start");
    let home = Home::new()
        .with("TISKI_GRAPH_API_URL", simulator.graph_url())
        .with("TISKI_LINE_API_URL", simulator.line_url())
        .with("TISKI_LINE_DATA_API_URL", simulator.line_data_url());
    let server = home.serve();
    NewHouse {
        simulator,
        home,
        _server: server,
    }
}

#[test]
fn an_owner_sets_up_connects_a_page_and_answers_the_first_customer() {
    let house = new_house();
    let mut owner = Window::new(&house.home.url(), WIDE);
    owner.forgive("status of 422");
    owner.allow_clipboard();
    sets_up(&owner);

    let facebook = house.simulator.facebook();
    facebook.add_app(APP_ID, APP_SECRET);
    let token = facebook.add_page(APP_ID, PAGE_ID, "Lumi Café");
    let (callback, verify_token) = connects_facebook(&owner, &token);

    assert!(owner.texts("#connection").concat().contains("Waiting"));
    facebook
        .set_webhook(APP_ID, &callback, &verify_token)
        .expect("the callback is verified");
    let check = |title: &str| {
        owner.wait_for(
            &format!("{title:?} turns green by itself"),
            &format!(
                "[...document.querySelectorAll('#connection li')].some(li => li.innerText.startsWith({}) && li.querySelector('.is-ok'))",
                json!(title)
            ),
        );
    };
    check("Facebook verifies the callback");
    let anna = facebook.customer(PAGE_ID, "5794982867201265", "Anna Virtanen");
    anna.sets_receipts(Receipts::None);
    anna.writes("Is it open on Sunday?");
    check("First message arrives");
    owner.follow("Done");
    owner.assert_quiet();

    owner.go("/workspace");
    owner.wait_until_live();
    owner.evaluate("window.__same = true");
    let mei = facebook.customer(PAGE_ID, "5794982867201266", "林怡君");
    mei.writes("請問還有位子嗎？");
    owner.wait_for(
        "the second customer appears without a reload",
        "window.__same && document.querySelector('[aria-labelledby=work-open]').innerText.includes('林怡君')",
    );
    owner.take("Anna Virtanen");
    assert_eq!(owner.said(), ["Is it open on Sunday?"]);
    anna.writes("Or on Monday?");
    owner.wait_until_said(&["Is it open on Sunday?", "Or on Monday?"]);

    writes_with_an_input_method(&owner);
    let reply = "On both days 日本\nfrom ten to four.";
    house
        .simulator
        .facebook()
        .inject(tiski::simulator::Fault::Slow(std::time::Duration::from_secs(2)).once());
    owner.key("Enter");
    assert_eq!(owner.value("Message"), "", "the box is empty at once");
    owner.wait_for_state(reply, "Sending");
    owner.evaluate(&format!("window.__bubble = {}.id", message(reply)));
    owner.wait_for_state(reply, "Sent");
    anna.receives_all();
    owner.wait_for_state(reply, "Delivered");
    anna.reads_all();
    owner.wait_for_state(reply, "Read");
    owner.wait_until_said(&["Is it open on Sunday?", "Or on Monday?", reply]);
    assert_eq!(
        owner.evaluate(&format!("{}.id === window.__bubble", message(reply))),
        json!(true),
        "all of it happened to one bubble"
    );
    let sent = house.simulator.facebook().sent_to(anna.psid());
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].text.as_deref(), Some(reply));

    ends_and_closes(&owner, "Anna Virtanen");
    owner.assert_quiet();
}

/// The set-up, first with a wrong code.
fn sets_up(owner: &Window) {
    owner.go("/");
    assert_eq!(owner.location(), "/setup", "everything leads to the set-up");
    owner.fill("Setup code", "guess");
    owner.fill("Organization name", "Lumi & Co");
    owner.fill("Your name", "Aino Owner");
    owner.fill("Email", OWNER);
    owner.fill("Password", PASSWORD);
    owner.follow("Create administrator");
    assert_eq!(
        owner.evaluate("document.activeElement.id"),
        "error-summary",
        "the focus is on what is to be corrected"
    );
    assert_eq!(
        owner.evaluate(
            "document.getElementById(document.getElementById('code').getAttribute('aria-describedby').split(' ')[0]).className"
        ),
        "field__error",
        "the error is told at its field"
    );
    assert_eq!(owner.value("Organization name"), "Lumi & Co");
    assert_eq!(owner.value("Your name"), "Aino Owner");
    assert_eq!(owner.value("Email"), OWNER);
    assert_eq!(owner.value("Password"), "", "secrets are asked again");
    owner.fill("Setup code", SETUP_CODE);
    owner.fill("Password", PASSWORD);
    owner.follow("Create administrator");
    assert!(
        owner.location().starts_with("/admin"),
        "the set-up leads on: {}",
        owner.location()
    );
}

/// *New account* for Facebook, up to its last step; the callback URL and the verify token.
fn connects_facebook(owner: &Window, token: &str) -> (String, String) {
    owner.go("/admin/accounts");
    owner.follow("New account");
    assert_step(owner, "Channel details");
    owner.fill("Name", "Our Facebook");
    owner.choose("Channel", "Facebook");
    owner.follow("Next");
    assert_step(owner, "Add account");
    owner.fill("App ID", APP_ID);
    owner.fill("App secret", APP_SECRET);
    owner.tick("I have read this");
    owner.follow("Next");
    assert_step(owner, "Add Facebook Pages");
    assert_no_secret(owner, &[APP_SECRET]);
    owner.follow("Add");
    owner.fill("Page name", "Lumi Café");
    owner.fill("Page ID", PAGE_ID);
    owner.fill("Page access token", token);
    owner.follow("Add");
    owner.wait_for_text("Lumi Café");
    assert_no_secret(owner, &[APP_SECRET, token]);

    owner.follow("Back");
    assert_step(owner, "Add account");
    assert_eq!(owner.value("App ID"), APP_ID, "Back keeps what was typed");
    assert_eq!(owner.value("App secret"), "");
    assert_no_secret(owner, &[APP_SECRET, token]);
    owner.follow("Back");
    assert_step(owner, "Channel details");
    assert_eq!(owner.value("Name"), "Our Facebook");
    for _ in 0..3 {
        owner.follow("Next");
    }
    assert_step(owner, "Callback information");
    assert_no_secret(owner, &[APP_SECRET, token]);
    owner.wait_until_live();
    copies(owner);
    (owner.value("Callback URL"), owner.value("Verify token"))
}

#[track_caller]
fn assert_step(owner: &Window, title: &str) {
    let current = owner.texts("[aria-current=step] .step__title");
    assert_eq!(current, [title], "at {}", owner.location());
    assert_eq!(owner.texts("h1"), [title]);
}

#[track_caller]
fn assert_no_secret(owner: &Window, secrets: &[&str]) {
    let html = owner
        .evaluate("document.documentElement.outerHTML")
        .to_string();
    let path = owner.location();
    assert!(
        secrets.iter().all(|secret| !html.contains(secret)),
        "{path} shows a secret"
    );
}

/// The button beside the callback URL.
fn copies(owner: &Window) {
    let button = "document.querySelector('[data-copy=callback_url]')";
    let width = owner.evaluate(&format!("{button}.getBoundingClientRect().width"));
    owner.press_at("[data-copy=callback_url]");
    owner.wait_for(
        "the button says Copied",
        &format!("{button}.innerText.includes('Copied')"),
    );
    assert_eq!(
        owner.evaluate(&format!("{button}.getBoundingClientRect().width")),
        width,
        "the button keeps its width"
    );
    owner.wait_for(
        "it is announced",
        "[...document.querySelectorAll('[aria-live=polite]')].some(place => place.textContent === 'Callback URL copied')",
    );
    assert_eq!(
        owner.evaluate("navigator.clipboard.readText()"),
        owner.value("Callback URL")
    );
    owner.wait_for(
        "the button says Copy again",
        &format!("!{button}.innerText.includes('Copied')"),
    );
}

/// Enter chooses a word while an input method composes, and Shift+Enter makes a line; neither sends.
fn writes_with_an_input_method(owner: &Window) {
    owner.write("On both days ");
    owner.compose("にほん");
    owner.send(
        "Input.dispatchKeyEvent",
        json!({ "type": "rawKeyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13 }),
    );
    owner.type_text("日本");
    owner.shift_key("Enter");
    owner.type_text("from ten to four.");
    assert_eq!(
        owner.value("Message"),
        "On both days 日本\nfrom ten to four.",
        "nothing was sent"
    );
    assert_eq!(owner.texts("#log .msg--out").len(), 0, "nothing was sent");
}

/// *End*, then *Close*.
fn ends_and_closes(window: &Window, customer: &str) {
    window.follow("End");
    window.wait_for_text("Wrap-up");
    assert_eq!(
        window.evaluate("document.getElementById('composer-text')"),
        json!(null),
        "there is nothing to write any more"
    );
    window.follow("Close");
    window.wait_for(
        "it is in Closed work items",
        &format!(
            "document.querySelector('[aria-labelledby=work-closed]').innerText.includes({})",
            json!(customer)
        ),
    );
}

#[test]
fn a_line_account_is_connected_and_its_customer_answered() {
    let house = new_house();
    let owner = Window::new(&house.home.url(), WIDE);
    owner.go("/setup");
    owner.fill("Setup code", SETUP_CODE);
    owner.fill("Organization name", "Lumi & Co");
    owner.fill("Your name", "Aino Owner");
    owner.fill("Email", OWNER);
    owner.fill("Password", PASSWORD);
    owner.follow("Create administrator");

    let line = house.simulator.line();
    let (channel, secret) = ("1655829372", "8c570fa6dd201bb328f1c1eac23a96d8");
    let token = "line-token-that-nobody-may-see-q8fj2LxY0d7aPz";
    line.add_channel(
        channel,
        secret,
        Some(token),
        Bot {
            user_id: "U8e742f61d673b39c7fff3cecb7536ef0".to_owned(),
            basic_id: "@lumi".to_owned(),
            display_name: "Lumi on LINE".to_owned(),
            chat_mode: ChatMode::Chat,
        },
    );
    owner.go("/admin/accounts/new");
    assert_step(&owner, "Channel details");
    owner.fill("Name", "Our LINE");
    owner.choose("Channel", "LINE");
    owner.follow("Next");
    assert_step(&owner, "Account details");
    owner.fill("Channel ID", channel);
    owner.fill("Channel secret", secret);
    owner.fill("Channel access token", token);
    owner.tick("I have read this");
    owner.follow("Next");
    assert_step(&owner, "Callback information");
    assert_no_secret(&owner, &[secret, token]);
    assert!(
        owner
            .texts("label")
            .iter()
            .all(|label| label != "Verify token"),
        "LINE has no verify token"
    );
    owner.follow("Done");
    owner.assert_quiet();

    owner.go("/workspace");
    owner.wait_until_live();
    let mei = line.user(channel, "U0123456789abcdef0123456789abcdef", "林怡君");
    mei.sets_phone(Phone::Open);
    mei.writes("請問星期日有開嗎？");
    owner.take("林怡君");
    owner.write("有的，十點到四點。");
    owner.key("Enter");
    // LINE tells nobody whether a message arrived or was read.
    owner.wait_for_state("有的，十點到四點。", "Sent");
    owner.wait_until_said(&["請問星期日有開嗎？", "有的，十點到四點。"]);
    assert_eq!(line.sent_to(mei.user_id()).len(), 1);
    ends_and_closes(&owner, "林怡君");
    owner.assert_quiet();
}

#[test]
fn an_agent_answers_on_a_phone() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let mia = world.agent("Mia");
    let phone = Window::of_size(&world, &mia, NARROW);
    phone.wait_until_live();
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.sets_receipts(Receipts::Read);
    anna.writes("Is it open on Sunday?");
    phone.take("Anna Virtanen");
    phone.write("Yes, from ten to four.");
    phone.press("Send");
    phone.wait_for_state("Yes, from ten to four.", "Read");
    assert_eq!(phone.overflow(), 0);
    assert_eq!(
        phone.evaluate("(() => { const box = document.querySelector('#composer .composer__bar button').getBoundingClientRect(); return box.bottom <= innerHeight && box.height >= 44; })()"),
        json!(true),
        "the button is in sight, and large enough for a finger"
    );

    phone.press("Customer details");
    phone.wait_for_text("Page user ID");
    phone.press("Close customer details");
    phone.follow("Back to sessions");
    phone.wait_for_text("Anna Virtanen");
    assert!(phone.location().starts_with("/workspace/sessions"));
    anna.writes("Thank you!");
    phone.wait_for(
        "the session list counts what is unread",
        "document.querySelector('#sessions .count--accent')?.innerText.startsWith('1')",
    );
    phone.follow("Dashboard");
    phone.wait_for(
        "so does the tab at the bottom",
        "document.querySelector('.mobile-tabs [data-unread-badge]')?.innerText === '1'",
    );
    phone.assert_quiet();

    let owner = Window::of_size(&world, &world.owner, NARROW);
    owner.go("/admin");
    owner.press("Open menu");
    owner.wait_for(
        "the menu is open",
        "document.querySelector('#sidebar:popover-open')",
    );
    owner.follow("Channels");
    owner.wait_for_text("Running");
    owner.assert_quiet();
}
