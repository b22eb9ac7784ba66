//! What is on screen stays true by itself: messages, counts, and what colleagues do.

use serde_json::json;

use super::Window;
use crate::support::world::World;

#[test]
fn what_was_missed_comes_once_and_in_order() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("One");
    let mut window = Window::of(&world, &world.owner);
    window.forgive_no_connection();
    window.take("Anna Virtanen");
    window.evaluate("window.__same = true");
    let light = |state: &str, word: &str| {
        window.wait_for(
            &format!("the light says {word}"),
            &format!(
                "document.getElementById('live').dataset.state === '{state}' && document.getElementById('live').innerText.trim() === '{word}'"
            ),
        );
    };
    light("live", "Live");

    world.kill();
    light("reconnecting", "Reconnecting");
    window.wait_for_text("No connection to the server.");
    anna.writes("Two");
    anna.writes("Three");
    let courier = world.facebook().courier();
    assert_eq!(courier.pending(), 2, "both calls came to nothing");
    world.start();
    courier.redeliver_pending();
    window.press("Try now");
    light("live", "Live");
    window.wait_until_said(&["One", "Two", "Three"]);
    window.wait_for(
        "the bar is gone",
        "document.getElementById('live-bar').hidden",
    );

    window.offline(true);
    light("offline", "Offline");
    for words in ["Four", "Five", "Six"] {
        anna.writes(words);
        world.settle();
    }
    window.offline(false);
    light("live", "Live");
    window.wait_until_said(&["One", "Two", "Three", "Four", "Five", "Six"]);
    anna.writes("Seven");
    window.wait_until_said(&["One", "Two", "Three", "Four", "Five", "Six", "Seven"]);
    assert_eq!(
        window.evaluate("window.__same"),
        json!(true),
        "all of it without a reload"
    );
    window.assert_quiet();
}

#[test]
fn counts_and_titles_say_what_is_unread() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    let bea = world.messenger_customer(&account.pages[0], "Bea Niemi");
    anna.writes("Hello");
    bea.writes("Good morning");
    let window = Window::of(&world, &world.owner);
    window.take("Bea Niemi");
    window.wait_for(
        "what was looked at is read",
        "document.querySelector('#sessions .session') && !document.querySelector('#sessions .session--unread')",
    );
    window.go("/workspace");
    window.take("Anna Virtanen");
    let title = |title: &str| {
        window.wait_for(
            &format!("the title is {title:?}"),
            &format!("document.title === {}", json!(title)),
        );
    };
    bea.writes("Are you there?");
    bea.writes("Please?");
    let unread = "document.querySelector('#sessions .session--unread')?.textContent";
    window.wait_for(
        "the session list counts two, and shows the newer words",
        &format!("{unread}?.includes('2 unread') && {unread}.includes('Please?')"),
    );
    title("(2) Anna Virtanen · Tiski");
    assert_eq!(
        window.evaluate("document.querySelector('link[rel=icon]').href.includes('unread')"),
        json!(true)
    );
    window.evaluate("window.__left = true");
    window.press_at("#sessions .session--unread");
    window.wait_for(
        "the other conversation is on screen",
        "!window.__left && document.querySelector('h1').innerText.includes('Bea Niemi')",
    );
    title("Bea Niemi · Tiski");
    window.wait_for(
        "nothing is unread",
        "!document.querySelector('#sessions .session--unread')",
    );
    window.assert_quiet();
}

#[test]
fn what_colleagues_and_other_windows_do_is_seen_at_once() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let mia = world.agent("Mia");
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Hello");
    let owner = Window::of(&world, &world.owner);
    owner.wait_until_live();
    owner.wait_for_text("Anna Virtanen");
    let mut late = Window::of(&world, &world.owner);
    late.forgive_no_connection();
    late.forgive("status of 409");
    late.block(&["*/events*"]);
    late.go("/workspace");

    let first = Window::of(&world, &mia);
    first.take("Anna Virtanen");
    owner.wait_for(
        "it leaves Open work items by itself",
        "!document.querySelector('[aria-labelledby=work-open]').innerText.includes('Anna Virtanen')",
    );
    late.follow("Assign to me");
    late.wait_for_text("Mia was faster");

    let path = first.location();
    let second = Window::of(&world, &mia);
    second.go(&path);
    second.wait_until_live();
    let mut deaf = Window::of(&world, &mia);
    deaf.forgive_no_connection();
    deaf.forgive("status of 409");
    deaf.block(&["*/events*"]);
    deaf.go(&path);
    first.follow("End");
    second.wait_for(
        "the second window cannot write any more",
        "!document.getElementById('composer-text') && document.getElementById('composer').innerText.includes('You have ended this conversation')",
    );
    second.wait_for(
        "the second window says Wrap-up",
        "document.getElementById('conversation-head').innerText.includes('Wrap-up')",
    );
    deaf.write("One more thing");
    deaf.key("Enter");
    deaf.wait_for_text("not active with you any more");
    assert_eq!(deaf.value("Message"), "One more thing", "the text is kept");
    assert!(world.facebook().sent().is_empty(), "nothing went out");
    for window in [&owner, &late, &first, &second, &deaf] {
        window.assert_quiet();
    }
}
