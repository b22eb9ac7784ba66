//! What is kept about customers, beside their conversations.

use super::{NARROW, Window};
use crate::support::program::wait_until;
use crate::support::world::{Chat, World};

#[test]
fn a_note_that_was_not_saved_is_stored_when_its_author_goes_to_another_session() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let [anna, ben] = ["Anna Virtanen", "Ben Nowak"].map(|name| {
        let customer = world.messenger_customer(&account.pages[0], name);
        customer.writes("Hello");
        world.owner.takes(name)
    });
    let window = Window::of(&world, &world.owner);
    let open = |chat: &Chat<'_>| {
        window.evaluate("window.__left = true");
        window.press_at(&format!("a.session[href='{}']", chat.path()));
        window.wait_for(
            "the session is on screen",
            "!window.__left && document.readyState === 'complete'",
        );
        window.wait_until_live();
    };
    window.go("/workspace/sessions");
    open(&anna);
    window.fill("New note", "Wants the blue one");
    open(&ben);
    let stored = |text: &str| {
        wait_until("the note is stored", || {
            let database = world.database();
            let found: Option<String> = database
                .query_row("SELECT text FROM note", [], |row| row.get(0))
                .ok();
            found.filter(|found| found == text)
        })
    };
    stored("Wants the blue one");
    open(&anna);
    window.wait_for_text("Wants the blue one");
    assert_eq!(window.value("New note"), "", "it is no draft any more");
    window.fill("New note", "in size M");
    open(&ben);
    stored("Wants the blue one\nin size M");
    window.assert_quiet();
}

#[test]
fn what_is_being_noted_survives_a_browser_that_is_gone() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Hello");
    let chat = world.owner.takes("Anna Virtanen");
    let window = Window::of(&world, &world.owner);
    window.go(&chat.path());
    window.fill("New note", "Half a thought");
    wait_until("the server has the draft", || {
        (world.count("note_draft") == 1).then_some(())
    });
    let elsewhere = Window::of(&world, &world.owner);
    elsewhere.go(&chat.path());
    assert_eq!(elsewhere.value("New note"), "Half a thought");
    assert_eq!(world.count("note"), 0, "nothing was saved yet");
}

#[test]
fn a_customer_is_linked_by_a_search_while_typing_and_unlinked_with_undo() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Hello");
    let chat = world.owner.takes("Anna Virtanen");
    let client = &world.owner.client;
    let page = client.get("/workspace/contacts/new");
    let values = [("First name", "怡君"), ("Last name", "林")];
    client.submit(&page.fill("Save", &values));
    let window = Window::of(&world, &world.owner);
    window.go(&chat.path());
    window.wait_until_live();
    window.focus("Search contacts and companies");
    window.type_text("君");
    window.wait_for_text("林怡君");
    let press = |place: &str, words: &str, said: &str| {
        window.evaluate("window.__left = true");
        window.press_in(place, words);
        window.wait_for(
            &format!("{words:?} leads back to the conversation"),
            "!window.__left && document.readyState === 'complete'",
        );
        window.wait_for_text(said);
        window.wait_until_live();
    };
    press("#customer-found", "Link", "Linked to contact 林怡君");
    // By the keyboard: the toast of what was done may still lie over the panel.
    window.evaluate("window.__left = true");
    window
        .evaluate("document.querySelector('#customer-facts form[action$=removal] button').focus()");
    window.key("Enter");
    window.wait_for(
        "Unlink leads back to the conversation",
        "!window.__left && document.readyState === 'complete'",
    );
    window.wait_for_text("Not linked to a contact");
    window.wait_until_live();
    press("#toasts", "Undo", "Linked to contact 林怡君");
    window.assert_quiet();

    let phone = Window::of_size(&world, &world.owner, NARROW);
    phone.go("/workspace/contacts");
    phone.wait_for_text("林怡君");
    assert!(phone.overflow() <= 0, "the list fits a phone");
}
