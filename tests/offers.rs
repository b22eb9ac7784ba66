//! What an agent sees and does about offered and waiting work: the countdown, presence, sessions, badges, and why a
//! conversation came to whom it came to.

use super::support::client::Page;
use super::support::program::wait_until;
use super::support::shop::{AtWork, Shop};

/// Waits until a tab is told this; the fragment.
fn told(at_work: &mut AtWork, words: &str) -> String {
    wait_until(&format!("{words:?} is told"), || {
        let event = at_work.tab.next();
        event.data.contains(words).then_some(event.data)
    })
}

fn section(at_work: &AtWork, title: &str) -> Page {
    at_work.person.dashboard().section(title)
}

#[test]
fn an_offer_that_nobody_answers_in_its_time_goes_to_the_next_agent_and_its_agent_is_told() {
    let shop = Shop::open();
    let mut mia = shop.agent("Mia");
    shop.customer("Anna Virtanen").writes("Hello");
    let offer = shop.offered(&mia);
    let id = shop.conversation_of(offer);
    let seconds = shop.number(
        "SELECT (expires_at - offered_at) / 1000 FROM offer WHERE offer_id = ?1",
        offer,
    );
    assert_eq!(seconds, 120);
    let noa = shop.agent("Noa");
    shop.let_offer_age(offer, 121);
    assert_eq!(shop.ending(offer), "missed");
    let toast = told(&mut mia, "went on: the time was over");
    assert!(toast.contains("Anna Virtanen"), "{toast}");
    let next = shop.offered(&noa);
    assert_eq!(shop.conversation_of(next), id);
}

#[test]
fn an_offer_that_is_taken_away_says_who_has_the_conversation_now() {
    let shop = Shop::open();
    let mut mia = shop.agent("Mia");
    shop.customer("Anna Virtanen").writes("Hello");
    let offer = shop.offered(&mia);
    let id = shop.conversation_of(offer);
    let noa = shop.agent("Noa");
    let owner = &shop.world.owner.client;
    let path = format!("/workspace/supervisor/acts/transfer?id={id}");
    let mut form = owner.get(&path).form("Transfer conversation");
    form.set("target", &format!("person-{}", noa.id));
    owner.submit(&form);
    assert_eq!(shop.ending(offer), "taken-back");
    told(&mut mia, "Noa has the conversation with Anna Virtanen now");
    // The button of a page that was not fetched anew says so, too.
    assert_eq!(mia.accepts(offer).status, 409);
}

#[test]
fn what_is_offered_is_not_taken_by_hand_but_by_whom_it_is_offered_to() {
    let shop = Shop::open();
    let (mia, noa) = (shop.agent("Mia"), shop.agent("Noa"));
    shop.customer("Anna Virtanen").writes("Hello");
    shop.until("somebody is asked", || {
        shop.number("SELECT count(*) FROM offer", 0) == 1
    });
    let asked = shop.number("SELECT user_id FROM offer", 0);
    let (asked, other) = match asked == mia.id {
        true => (&mia, &noa),
        false => (&noa, &mia),
    };
    let offer = shop.offered(asked);
    let id = shop.conversation_of(offer);
    let path = format!("/workspace/conversations/{id}/assignment");
    let page = other.posts(&path, &[]);
    assert_eq!(page.status, 409);
    page.assert_says(&format!(
        "This conversation is offered to {}",
        asked.person.name
    ));
    let page = asked.posts(&path, &[]);
    assert_eq!(page.path, format!("/workspace/conversations/{id}"));
    assert_eq!(shop.ending(offer), "accepted");
}

#[test]
fn what_is_picked_waits_in_the_list_until_somebody_takes_it_and_is_in_his_own_then() {
    let shop = Shop::open();
    shop.world.change("UPDATE workstream SET mode = 'pick'", []);
    let (mia, noa) = (shop.agent("Mia"), shop.agent("Noa"));
    shop.customer("Anna Virtanen").writes("Is the café open?");
    for at_work in [&mia, &noa] {
        at_work.person.sees("Open work items", "Anna Virtanen");
    }
    shop.world.settle();
    assert_eq!(
        shop.number("SELECT count(*) FROM offer", 0),
        0,
        "nobody is asked"
    );
    let taking = section(&mia, "Open work items")
        .part("tbody tr", "Anna Virtanen")
        .form("Assign to me");
    let page = mia.person.client.submit(&taking);
    page.assert_says("Is the café open?");
    let has = |at_work: &AtWork, list: &str| section(at_work, list).text().contains("Anna");
    assert!(has(&mia, "My work items") && !has(&mia, "Open work items"));
    assert!(!has(&noa, "My work items") && !has(&noa, "Open work items"));
}

#[test]
fn an_eleventh_conversation_is_not_offered_to_whom_has_ten_sessions() {
    let shop = Shop::open();
    shop.world
        .change("UPDATE workstream SET capacity_units = 1", []);
    let mut mia = shop.agent("Mia");
    for number in 1..=10 {
        shop.customer(&format!("Customer {number:02}"))
            .writes("Hello");
        let offer = shop.offered(&mia);
        assert_eq!(mia.accepts(offer).status, 200, "{number}");
    }
    let base = "SELECT base FROM agent WHERE user_id = ?1";
    assert_ne!(
        shop.word(base, mia.id),
        "do-not-disturb",
        "the premise: units are free"
    );
    shop.customer("Customer 11").writes("Hello");
    let eleventh = shop.waits(11);
    assert_eq!(shop.word(base, mia.id), "do-not-disturb");
    told(&mut mia, "You have as many sessions as allowed");
    assert_eq!(shop.state(eleventh), "open");
    let offers = "SELECT count(*) FROM offer WHERE conversation_id = ?1";
    assert_eq!(shop.number(offers, eleventh), 0);
}

#[test]
fn ten_unread_messages_show_as_nine_and_a_plus() {
    let shop = Shop::open();
    shop.world.change("UPDATE workstream SET mode = 'pick'", []);
    let mia = shop.agent("Mia");
    let anna = shop.customer("Anna Virtanen");
    anna.writes("Hello");
    let chat = mia.person.takes("Anna Virtanen");
    chat.replies("Good morning");
    let badge = || {
        let list = mia.person.client.get("/workspace/sessions");
        list.texts(".session .count").concat()
    };
    for number in 1..=9 {
        anna.writes(&format!("Line {number}"));
    }
    wait_until("nine are unread", || {
        badge().starts_with("9 ").then_some(())
    });
    anna.writes("Line 10");
    wait_until("more than nine are unread", || {
        badge().starts_with("9+").then_some(())
    });
}

#[test]
fn end_begins_the_wrap_up_and_close_asks_and_then_parks() {
    let shop = Shop::open();
    shop.world.change("UPDATE workstream SET mode = 'pick'", []);
    let mia = shop.agent("Mia");
    shop.customer("Anna Virtanen").writes("Hello");
    let ended = mia.person.takes("Anna Virtanen");
    mia.presses("End", ended.id);
    assert_eq!(shop.state(ended.id), "wrap_up");

    shop.customer("Ben Laine").writes("Hello");
    let parked = mia.person.takes("Ben Laine");
    let path = format!("/workspace/conversations/{}", parked.id);
    let client = &mia.person.client;
    let asked = client.submit(&client.get(&path).form("Close"));
    assert_eq!(shop.state(parked.id), "active", "it only asks");
    asked.assert_says("waits until the customer writes again");
    let button = format!("{path}/parking");
    let close = asked.parts("form").into_iter().map(|form| form.form(""));
    let close = close.into_iter().find(|form| form.action == button);
    client.submit(&close.expect("the act"));
    assert_eq!(shop.state(parked.id), "waiting");
}

#[test]
fn the_routing_log_tells_every_rule_agent_offer_and_answer_with_its_reason() {
    let shop = Shop::open();
    shop.world
        .database()
        .execute_batch(
            r#"INSERT INTO queue (queue_id, name, created_at) VALUES (70, 'Refunds', 0);
               INSERT INTO queue_member (queue_id, user_id) SELECT 70, user_id FROM user;
               INSERT INTO route_rule (route_rule_id, workstream_id, position, name, condition, created_at)
               SELECT 1, workstream_id, 1, 'Cats',
                   '{"join":"all","parts":[{"test":{"attribute":"message-text","operator":"contains","values":[{"text":"cat"}]}}]}', 0
               FROM workstream;
               INSERT INTO route_rule (route_rule_id, workstream_id, position, name, condition, created_at)
               SELECT 2, workstream_id, 2, 'Money',
                   '{"join":"all","parts":[{"test":{"attribute":"message-text","operator":"contains","values":[{"text":"refund"}]}}]}', 0
               FROM workstream;
               INSERT INTO route_share (route_rule_id, queue_id, position, percent) VALUES (1, 70, 1, 100), (2, 70, 1, 100);"#,
        )
        .unwrap();
    let (mia, noa) = (shop.agent("Mia"), shop.agent("Noa"));
    shop.world.change(
        "INSERT OR IGNORE INTO queue_member (queue_id, user_id) SELECT 70, user_id FROM user",
        [],
    );
    let away = shop.world.one::<i64>(
        "SELECT presence_id FROM presence WHERE built_in = 'away'",
        [],
    );
    noa.becomes(away);
    shop.customer("Anna Virtanen").writes("I want a refund");
    let offer = shop.offered(&mia);
    let id = shop.conversation_of(offer);
    mia.rejects(offer);
    let again = shop.offered(&mia);
    mia.accepts(again);

    // One click from the conversation, and one from the board.
    let owner = &shop.world.owner.client;
    let path = format!("/workspace/conversations/{id}/routing");
    let conversation = owner.get(&format!("/workspace/conversations/{id}"));
    assert!(conversation.link(&path).is_some());
    let board = owner.get("/workspace/supervisor");
    let row = board
        .section("Ongoing conversations")
        .part("tbody tr", "Anna Virtanen");
    assert!(row.link(&path).is_some());
    let log = owner.get(&path);
    for words in [
        "Cats",
        "does not fit",
        "Money",
        "fits, and decides",
        "refund",
        "Routed to Refunds",
        "would be offered it first",
        "has a presence in which nothing is offered",
        "units free",
        "Offered to Mia for 120 seconds",
        "Mia rejected it",
        "Mia accepted",
    ] {
        log.assert_says(words);
    }

    // Taken by hand, it says so as well.
    let owners = format!("person-{}", shop.number("SELECT min(user_id) FROM user", 0));
    let acts = format!("/workspace/supervisor/acts/transfer?id={id}");
    let mut form = owner.get(&acts).form("Transfer conversation");
    form.set("target", &format!("person-{}", noa.id));
    noa.becomes(0);
    assert_ne!(owners, format!("person-{}", noa.id));
    owner.submit(&form);
    owner.get(&path).assert_says("gave it to Noa");
}

#[test]
fn everybody_chooses_what_is_heard_and_the_screen_is_told() {
    let shop = Shop::open();
    shop.world
        .change("UPDATE workstream SET offer_desktop = 'background'", []);
    let mut mia = shop.agent("Mia");
    let page = mia.person.client.get("/profile/notifications");
    let form = page.fill(
        "Save",
        &[
            ("Offer on Facebook", "Bell"),
            ("Volume", "15"),
            ("New message in a session", "None"),
        ],
    );
    let saved = mia.person.client.submit(&form);
    assert_eq!(saved.value("Volume"), "15");
    shop.customer("Anna Virtanen").writes("Hello");
    let shown = told(&mut mia, "alertdialog");
    for part in [
        "data-sound=\"bell\"",
        "data-volume=\"15\"",
        "data-message=\"silent\"",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(shown.contains("data-desktop=\"background\""), "{shown}");
    let mut wrong = page.form("Save");
    wrong.set("volume", "400");
    assert_eq!(mia.person.client.post(&wrong).status, 422);
}

#[test]
fn without_scripts_the_dashboard_shows_what_is_offered() {
    let shop = Shop::open();
    let mia = shop.agent("Mia");
    shop.customer("Anna Virtanen").writes("Hello");
    let offer = shop.offered(&mia);
    // Read as a browser without scripts reads it.
    let dashboard = mia.person.dashboard();
    let shown = dashboard.part(".incoming", "Anna Virtanen");
    let accept = shown
        .parts("form")
        .into_iter()
        .map(|form| form.form(""))
        .find(|form| form.action.ends_with("/acceptance"))
        .expect("a button");
    let page = mia.person.client.submit(&accept);
    page.assert_says("Hello");
    assert_eq!(shop.ending(offer), "accepted");
    let list = mia.person.dashboard();
    list.assert_says("Today you took 1, closed 0 and missed no offer");
}
