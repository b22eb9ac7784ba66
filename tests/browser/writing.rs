//! Writing to a customer: nothing that was typed is lost, nothing goes out twice, and nothing goes out
//! over the head of a customer who wrote meanwhile.

use serde_json::json;
use tiski::simulator::facebook::GraphError;

use super::Window;
use crate::support::program::wait_until;
use crate::support::world::World;

#[test]
fn what_is_being_written_survives_reloads_and_a_server_that_is_down() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Hello");
    let mut window = Window::of(&world, &world.owner);
    window.forgive_no_connection();
    window.take("Anna Virtanen");
    window.write("Half a thought");
    window.wait_for(
        "the server has the draft",
        "!Object.keys(localStorage).some(key => key.includes(':draft:'))",
    );
    window.reload();
    assert_eq!(window.value("Message"), "Half a thought");
    let elsewhere = Window::of(&world, &world.owner);
    elsewhere.go(&window.location());
    assert_eq!(
        elsewhere.value("Message"),
        "Half a thought",
        "in another browser, too"
    );

    world.kill();
    window.write("A whole thought");
    world.start();
    window.reload();
    assert_eq!(window.value("Message"), "A whole thought");
    window.wait_until_live();

    world.kill();
    window.focus("Message");
    window.key("Enter");
    window.wait_for(
        "the message says that it waits",
        "[...document.querySelectorAll('.msg--sending [data-waiting]')].some(line => line.getClientRects().length)",
    );
    window.wait_for_text("No connection to the server.");
    world.start();
    window.press("Try now");
    window.wait_for(
        "it went out",
        "document.querySelector('#log .msg--out:not(.msg--sending) .msg__state')",
    );
    window.wait_until_said(&["Hello", "A whole thought"]);
    world.settle();
    assert_eq!(
        world.facebook().sent_to(anna.psid()).len(),
        1,
        "it was sent once"
    );
    window.assert_quiet();
}

#[test]
fn a_reply_does_not_go_out_over_the_head_of_a_customer_who_wrote_meanwhile() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    for number in 1..=30 {
        anna.writes(&format!("Line {number}"));
    }
    world.settle();
    let mut window = Window::of(&world, &world.owner);
    window.forgive_no_connection();
    window.forgive("status of 409");
    window.take("Anna Virtanen");
    assert_eq!(window.said().len(), 30);
    reads_further_up(&window, &|| {
        anna.writes("Line 31");
    });

    window.block(&["*/events*"]);
    window.reload();
    anna.writes("Wait, something else");
    world.settle();
    assert!(
        !window.said().contains(&"Wait, something else".to_owned()),
        "the page does not know yet"
    );
    window.write("Then it is settled");
    window.key("Enter");
    window.wait_for_text("The customer wrote meanwhile");
    assert_eq!(
        window.value("Message"),
        "Then it is settled",
        "the text is back"
    );
    let last = |window: &Window| window.said().last().cloned().unwrap_or_default();
    assert_eq!(
        last(&window),
        "Wait, something else",
        "and the newer message is shown"
    );
    assert!(world.facebook().sent().is_empty());
    window.press("Send anyway");
    window.wait_for(
        "it goes out now that it was read",
        "document.querySelectorAll('#log .msg--out').length === 1",
    );
    wait_until("it was sent once", || {
        (world.facebook().sent_to(anna.psid()).len() == 1).then_some(())
    });
    window.assert_quiet();
}

/// What comes while somebody reads further up does not move the page.
fn reads_further_up(window: &Window, customer_writes: &dyn Fn()) {
    window.evaluate(
        "new Promise(done => { const log = document.getElementById('log'); \
           log.addEventListener('scroll', () => requestAnimationFrame(done), { once: true }); log.scrollTop = 0; })",
    );
    customer_writes();
    window.wait_for(
        "a button says what came",
        "document.getElementById('log-jump').innerText.trim() === '1 new message'",
    );
    assert_eq!(
        window.evaluate("document.getElementById('log').scrollTop"),
        json!(0),
        "what is being read does not move"
    );
    window.press("1 new message");
    window.wait_for(
        "the newest message is in sight",
        "(() => { const log = document.getElementById('log'); return log.scrollHeight - log.scrollTop - log.clientHeight < 5; })()",
    );
    window.wait_for(
        "the button is gone",
        "document.getElementById('log-jump').hidden",
    );
}

#[test]
fn when_the_reply_window_closes_its_place_says_why() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Hello");
    let window = Window::of(&world, &world.owner);
    window.take("Anna Virtanen");
    assert!(window.texts("#window-bar").concat().contains("23 h 59 min"));
    world.let_hours_pass(23);
    window.reload();
    window.wait_for(
        "the bar warns in the last hour",
        "document.querySelector('#window-bar.window-bar--warn')?.innerText.includes('59 min')",
    );
    world.let_hours_pass(1);
    window.reload();
    assert_eq!(
        window.evaluate("document.getElementById('composer-text')"),
        json!(null)
    );
    assert!(
        window
            .texts("#composer")
            .concat()
            .contains("The reply window has closed"),
        "{:?}",
        window.texts("#composer")
    );
    window.wait_until_live();
    anna.writes("I am back");
    window.wait_for(
        "it opens by itself when the customer writes",
        "document.getElementById('composer-text') && document.getElementById('window-bar').innerText.includes('23 h')",
    );
    window.assert_quiet();
}

#[test]
fn a_message_that_failed_says_why_and_is_tried_again_once() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Hello");
    let window = Window::of(&world, &world.owner);
    window.take("Anna Virtanen");
    let fails = |words: &str| {
        world
            .facebook()
            .inject(GraphError::CANNOT_RECEIVE.fault().once());
        window.write(words);
        window.key("Enter");
        window.wait_for_state(words, "Failed");
        window.wait_for_text("The customer cannot be reached here");
    };
    fails("Good morning");
    window.press_twice("Try again");
    window.wait_for(
        "it went out, and says nothing of the failure any more",
        "!document.querySelector('#log .why') && document.querySelector('#log .msg--out:not(.msg--sending):not(.msg--failed)')",
    );
    world.settle();
    assert_eq!(
        world.facebook().sent_to(anna.psid()).len(),
        1,
        "it was sent once"
    );

    fails("Good night");
    window.press("Delete");
    window.wait_for_text("Delete this message?");
    window.press("Keep it");
    window.wait_until_said(&["Hello", "Good morning", "Good night"]);
    window.press("Delete");
    window.press("Delete message");
    window.wait_until_said(&["Hello", "Good morning"]);
    window.reload();
    window.wait_until_said(&["Hello", "Good morning"]);
    assert_eq!(world.facebook().sent_to(anna.psid()).len(), 1);
    window.assert_quiet();
}
