//! What the program says by itself: in whose words, when, once; and what customers are told about privacy.

use std::time::Duration;

use tiski::simulator::Fault;
use tiski::simulator::facebook::{Customer, GraphError, Receipts};
use tiski::simulator::line::{LineUser, Via};

use super::support::client::Page;
use super::support::program::wait_until;
use super::support::world::{ConnectedPage, World};

/// The list of a channel.
const FACEBOOK: &str = "/admin/automated-messages?channel=facebook";
const LINE: &str = "/admin/automated-messages?channel=line";

/// A shop with a page on each platform.
struct Shop {
    world: World,
    page: ConnectedPage,
    anna: Customer,
}

impl Shop {
    fn new() -> Shop {
        let world = World::new();
        let account = world.connect_facebook(&["Lumi Café"]);
        let page = account.pages[0].clone();
        let anna = world.messenger_customer(&page, "Anna Virtanen");
        anna.sets_receipts(Receipts::None);
        Shop { world, page, anna }
    }

    /// Opens a message of a list by its name.
    fn message(&self, list: &str, name: &str) -> Page {
        let row = self.world.owner.client.get(list).part("tbody tr", name);
        let href = row.link("/admin/automated-messages/").unwrap();
        self.world.owner.client.get(&href)
    }

    /// Turns a message of a list on, with these words.
    fn says(&self, list: &str, name: &str, text: &str) -> Page {
        let page = self.message(list, name);
        let mut form = page.fill("Save", &[("Words", text)]);
        form.set("is_active", "true");
        self.world.owner.client.submit(&form)
    }

    /// Ticks messages of a list and presses a button under it.
    fn turn(&self, list: &str, trigger: &str, button: &str) {
        let mut form = self.world.owner.client.get(list).form(button);
        form.set("trigger", trigger);
        assert_eq!(self.world.owner.client.post(&form).status, 303);
    }

    fn customer(&self, name: &str) -> Customer {
        let customer = self.world.messenger_customer(&self.page, name);
        customer.sets_receipts(Receipts::None);
        customer
    }

    /// The list of the page's own messages.
    fn own_list(&self) -> String {
        let page: i64 = self.world.one(
            "SELECT page_id FROM page WHERE platform_id = ?1",
            [&self.page.id],
        );
        format!("{FACEBOOK}&instance={page}")
    }
}

fn told(world: &World, customer: &Customer) -> Vec<String> {
    let sent = world.facebook().sent_to(customer.psid());
    sent.into_iter().filter_map(|sent| sent.text).collect()
}

fn told_on_line(world: &World, customer: &LineUser) -> Vec<(String, Via)> {
    let sent = world.line().sent_to(customer.user_id());
    let texts = sent.into_iter();
    texts
        .filter_map(|sent| Some((sent.text.clone()?, sent.via)))
        .collect()
}

/// Waits until the customer was told so many things, and until nothing more is on its way.
#[track_caller]
fn waits_for(shop: &Shop, customer: &Customer, count: usize) -> Vec<String> {
    wait_until("the customer is told", || {
        (told(&shop.world, customer).len() >= count).then_some(())
    });
    shop.world.settle();
    told(&shop.world, customer)
}

#[test]
fn without_a_word_of_the_administrator_nobody_is_greeted() {
    let shop = Shop::new();
    shop.anna.writes("Hello");
    let chat = shop.world.owner.takes("Anna Virtanen");
    chat.replies("Good morning");
    chat.waits_until("Good morning", "Sent");
    chat.press("End");
    shop.world.settle();
    assert_eq!(told(&shop.world, &shop.anna), ["Good morning"]);
}

#[test]
fn a_new_conversation_is_greeted_once_and_the_greeting_is_seen_as_what_it_is() {
    let shop = Shop::new();
    let greeting = shop.says(FACEBOOK, "Greeting", "Welcome to {QueueName}{$no_such$}!");
    greeting.assert_says("Preview");
    shop.anna.writes("Hello");
    let words = "Welcome to Default messaging queue!";
    assert_eq!(waits_for(&shop, &shop.anna, 1), [words]);
    shop.anna.writes("Are you there?");
    shop.world.facebook().courier().redeliver_last(2);
    shop.world.settle();
    assert_eq!(told(&shop.world, &shop.anna), [words]);

    let chat = shop.world.owner.takes("Anna Virtanen");
    let bubble = chat.waits_until(words, "Sent");
    assert!(bubble.html.contains("msg--auto"), "{}", bubble.html);
    assert!(bubble.html.contains("Automated message"), "{}", bubble.html);
    chat.replies("Yes");
    chat.waits_until("Yes", "Sent");
    chat.press("End");
    chat.press("Close");
    shop.anna.writes("One more thing");
    let all = waits_for(&shop, &shop.anna, 3);
    assert_eq!(all, [words, "Yes", words], "a new conversation");
}

#[test]
fn a_greeting_that_is_turned_off_is_not_said() {
    let shop = Shop::new();
    shop.says(FACEBOOK, "Greeting", "Welcome!");
    shop.turn(FACEBOOK, "greeting", "Turn off");
    shop.anna.writes("Hello");
    shop.world.settle();
    assert!(told(&shop.world, &shop.anna).is_empty());
    shop.turn(FACEBOOK, "greeting", "Turn on");
    let otto = shop.customer("Otto Laine");
    otto.writes("Hello");
    assert_eq!(waits_for(&shop, &otto, 1), ["Welcome!"], "the words stayed");
    let none = shop.world.owner.client.get(FACEBOOK).form("Turn on");
    let refused = shop.world.owner.client.post(&none);
    assert_eq!(refused.status, 422);
    refused.assert_says("Tick at least one message");
}

#[test]
fn the_pages_words_take_the_channels_place_until_they_are_reset() {
    let shop = Shop::new();
    shop.says(FACEBOOK, "Greeting", "From the channel");
    let own = shop.own_list();
    let row = shop
        .world
        .owner
        .client
        .get(&own)
        .part("tbody tr", "Greeting");
    row.assert_says("The channel’s");
    let page = shop.says(&own, "Greeting", "From the page");
    page.assert_says("Own choice");
    shop.anna.writes("Hello");
    assert_eq!(waits_for(&shop, &shop.anna, 1), ["From the page"]);

    let page = shop.message(&own, "Greeting");
    shop.world.owner.client.submit(&page.form("Reset"));
    let otto = shop.customer("Otto Laine");
    otto.writes("Hello");
    assert_eq!(waits_for(&shop, &otto, 1), ["From the channel"]);
    let log = shop
        .world
        .owner
        .client
        .get("/admin/audit?kind=automated-message");
    log.assert_says("Automated message changed");
    log.assert_says("Lumi Café");
}

#[test]
fn a_page_speaks_its_own_language_and_else_the_organizations() {
    let shop = Shop::new();
    shop.says(FACEBOOK, "Greeting", "Welcome!");
    let greeting = shop.message(FACEBOOK, "Greeting");
    let finnish = greeting.link("language=fi").unwrap();
    let page = shop.world.owner.client.get(&finnish);
    let ours = page.value("Words");
    assert!(ours.starts_with("Kiitos viestistäsi."), "ours: {ours}");
    let form = page.fill("Save", &[("Words", "Tervetuloa!")]);
    shop.world.owner.client.submit(&form);
    for (language, words) in [
        (None, "Welcome!"),
        (Some("fi"), "Tervetuloa!"),
        (
            Some("pl"),
            "Dziękujemy za wiadomość. Odpowiemy najszybciej, jak to możliwe. Zachowujemy to, co piszesz, żeby móc pomóc.",
        ),
        (Some("sv"), "Welcome!"),
    ] {
        shop.world
            .change("UPDATE page SET answer_language = ?1", [language]);
        let customer = shop.customer(&format!("Customer {language:?}"));
        customer.writes("Hello");
        assert_eq!(waits_for(&shop, &customer, 1), [words], "{language:?}");
    }
}

#[test]
fn the_workstreams_switch_silences_its_pages() {
    let shop = Shop::new();
    shop.says(FACEBOOK, "Greeting", "Welcome!");
    shop.world
        .change("UPDATE workstream SET automated_messages = 0", []);
    shop.anna.writes("Hello");
    shop.anna.sends_unsupported();
    shop.world.settle();
    assert!(told(&shop.world, &shop.anna).is_empty());
}

#[test]
fn what_is_said_when_somebody_takes_ends_and_closes_names_the_agent() {
    let shop = Shop::new();
    shop.says(FACEBOOK, "Agent joined", "{AgentName} is here");
    shop.says(FACEBOOK, "Agent ended", "{AgentName} said goodbye");
    shop.says(FACEBOOK, "Conversation closed", "Closed");
    let mia = shop.world.agent("Mia");
    shop.anna.writes("Hello");
    let chat = mia.takes("Anna Virtanen");
    chat.press("End");
    chat.press("Close");
    let expected = ["Mia is here", "Mia said goodbye", "Closed"];
    assert_eq!(waits_for(&shop, &shop.anna, 3), expected);
}

#[test]
fn nothing_is_said_when_the_reply_window_is_closed() {
    let shop = Shop::new();
    shop.says(FACEBOOK, "Agent ended", "Goodbye");
    shop.anna.writes("Hello");
    let chat = shop.world.owner.takes("Anna Virtanen");
    shop.world.change("UPDATE page SET human_agent_tag = 1", []);
    shop.world.let_hours_pass(25);
    chat.press("End");
    shop.world.settle();
    assert!(told(&shop.world, &shop.anna).is_empty());
    assert!(chat.bubbles().iter().all(|bubble| bubble.text != "Goodbye"));
}

#[test]
fn a_kind_that_we_cannot_receive_is_answered_and_told_to_agents_who_want_it() {
    let shop = Shop::new();
    shop.says(FACEBOOK, "Unsupported kind (agent)", "Cannot be shown");
    shop.anna.writes("Hello");
    shop.anna.sends_unsupported();
    shop.anna.sends_unsupported();
    let all = waits_for(&shop, &shop.anna, 1);
    assert_eq!(all.len(), 1, "not for every one of them: {all:?}");
    assert!(all[0].contains("write it as text"), "{all:?}");
    let chat = shop.world.owner.takes("Anna Virtanen");
    chat.page().assert_says("Cannot be shown");
}

#[test]
fn a_message_that_did_not_arrive_is_told_to_agents_with_the_platforms_reason() {
    let shop = Shop::new();
    shop.says(FACEBOOK, "Message not sent", "It did not arrive");
    shop.anna.writes("Hello");
    let chat = shop.world.owner.takes("Anna Virtanen");
    shop.world
        .facebook()
        .inject(GraphError::NO_MATCHING_USER.fault().once());
    chat.replies("Good morning");
    chat.waits_until("Good morning", "Failed");
    chat.page().assert_says("It did not arrive (");
}

#[test]
fn on_line_what_comes_together_shares_the_free_reply() {
    let shop = Shop::new();
    let account = shop.world.connect_line();
    let mei = shop.world.line_customer(&account, "林怡君");
    shop.says(LINE, "Greeting", "歡迎");
    tell_privacy(&shop, "We keep what you write.");
    mei.writes("一");
    wait_until("both are told", || {
        (told_on_line(&shop.world, &mei).len() == 2).then_some(())
    });
    shop.world.settle();
    let expected = [
        (
            "We keep what you write.\nhttps://lumi.example/privacy".to_owned(),
            Via::Reply,
        ),
        ("歡迎".to_owned(), Via::Reply),
    ];
    assert_eq!(told_on_line(&shop.world, &mei), expected);
    assert_eq!(shop.world.line().quota_used(&account.channel_id), 0);
}

#[test]
fn a_plug_that_is_pulled_while_a_greeting_goes_out_does_not_double_it() {
    let shop = Shop::new();
    shop.says(FACEBOOK, "Greeting", "Welcome!");
    let slow = Fault::Slow(Duration::from_secs(3600));
    shop.world.facebook().inject(slow.once());
    shop.anna.writes("Hello");
    wait_until("the platform took it", || {
        (told(&shop.world, &shop.anna).len() == 1).then_some(())
    });
    shop.world.restart();
    shop.world.facebook().courier().redeliver_last(1);
    wait_until("what became of it is settled", || {
        shop.world.let_pauses_end();
        let open =
            "SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending', 'reconciling')";
        (shop.world.one::<i64>(open, []) == 0).then_some(())
    });
    assert_eq!(told(&shop.world, &shop.anna), ["Welcome!"]);
    let greetings = "SELECT count(*) FROM message WHERE automated = 'greeting'";
    assert_eq!(shop.world.one::<i64>(greetings, []), 1);
}

/// The organization tells its customers this.
fn tell_privacy(shop: &Shop, text: &str) {
    let client = &shop.world.owner.client;
    let page = client.get("/admin/privacy");
    let mut form = page.fill(
        "Save",
        &[("Words", text), ("Address", "https://lumi.example/privacy")],
    );
    form.set("is_told", "true");
    client.submit(&form).assert_says("Version 1");
}

#[test]
fn customers_are_told_about_privacy_once_and_it_is_kept_who_was_told_what() {
    let shop = Shop::new();
    let client = &shop.world.owner.client;
    client
        .get("/admin/privacy")
        .assert_says("alone is responsible");
    client.get("/admin/privacy").assert_says("2026-");
    tell_privacy(&shop, "We keep what you write.");
    let words = "We keep what you write.\nhttps://lumi.example/privacy";
    shop.anna.writes("Hello");
    assert_eq!(waits_for(&shop, &shop.anna, 1), [words]);
    let chat = shop.world.owner.takes("Anna Virtanen");
    chat.press("End");
    chat.press("Close");
    shop.anna.writes("Again");
    shop.world.owner.takes("Anna Virtanen");
    shop.world.settle();
    assert_eq!(
        told(&shop.world, &shop.anna),
        [words],
        "once, in whatever conversation"
    );
    let record = client.get("/admin/privacy/told");
    record.part("tbody tr", "Anna Virtanen").assert_says("1");
    for (words, found) in [("virtanen", 1), ("nobody", 0)] {
        let page = client.get(&format!("/admin/privacy/told?search={words}"));
        assert_eq!(page.parts("tbody tr").len(), found, "{words}");
    }
    client
        .get("/admin/privacy")
        .assert_says("1 customer was told");
}

#[test]
fn what_is_wrong_with_a_notice_or_a_message_is_said_at_its_field() {
    let shop = Shop::new();
    let client = &shop.world.owner.client;
    let page = client.get("/admin/privacy");
    for (field, value, sentence) in [
        ("url", "javascript:alert(1)", "Type a web address"),
        ("url", "lumi.example", "Type a web address"),
        ("text", "", "Write what customers are told"),
        ("text", &"x".repeat(1_801), "1800 characters"),
    ] {
        let mut form = page.form("Save");
        form.set("is_told", "true");
        form.set(field, value);
        let answer = client.post(&form);
        assert_eq!(answer.status, 422, "{field} {value}");
        let errors = answer.texts(".field__error");
        assert!(errors.iter().any(|it| it.contains(sentence)), "{errors:?}");
    }
    let page = shop.message(FACEBOOK, "Greeting");
    for (text, sentence) in [
        ("  ", "Write the words"),
        (&*"x".repeat(2_001), "2000 characters"),
    ] {
        let answer = client.post(&page.fill("Save", &[("Words", text)]));
        assert_eq!(answer.status, 422);
        let errors = answer.texts(".field__error");
        assert!(errors.iter().any(|it| it.contains(sentence)), "{errors:?}");
    }
    let preview = page.fill("Preview again", &[("Words", "{AgentName}: {$nothing$}")]);
    let preview = client.post(&preview);
    assert_eq!(preview.status, 200);
    preview.section("Preview").assert_says("{$nothing$}");
    let stored = "SELECT count(*) FROM automated_message";
    assert_eq!(
        shop.world.one::<i64>(stored, []),
        0,
        "a preview saves nothing"
    );
}
