//! The plug is pulled between any two steps of the two walkthroughs: nothing is lost, nothing is doubled,
//! and what nobody can know is shown as such.

use std::time::Duration;

use serde_json::json;
use tiski::simulator::facebook::{Customer, Echo, Receipts};
use tiski::simulator::line::{LineUser, Via};
use tiski::simulator::{Calls, Fault};

use super::support::program::wait_until;
use super::support::world::{Chat, World, facebook_body};

/// An answer that does not come before the plug is pulled.
const VERY_SLOW: Fault = Fault::Slow(Duration::from_secs(3600));

fn anna(world: &World) -> (Customer, Chat<'_>) {
    let account = world.connect_facebook(&["Lumi Café"]);
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.sets_receipts(Receipts::None);
    anna.writes("Hello");
    let chat = world.owner.takes("Anna Virtanen");
    (anna, chat)
}

fn mei(world: &World) -> (LineUser, Chat<'_>) {
    let account = world.connect_line();
    let mei = world.line_customer(&account, "林怡君");
    mei.writes("一");
    let chat = world.owner.takes("林怡君");
    (mei, chat)
}

fn to_anna(world: &World, anna: &Customer) -> Vec<String> {
    let sent = world.facebook().sent_to(anna.psid());
    sent.into_iter().filter_map(|sent| sent.text).collect()
}

fn to_mei(world: &World, mei: &LineUser) -> Vec<String> {
    let sent = world.line().sent_to(mei.user_id());
    sent.into_iter().filter_map(|sent| sent.text).collect()
}

// ------------------------------------------------------------------------------ one inbound message

#[test]
fn what_came_while_the_program_was_down_comes_again_and_is_stored_once() {
    let world = World::new();
    let (anna, chat) = anna(&world);
    let (mei, line_chat) = mei(&world);
    world.kill();
    for number in 0..3 {
        anna.writes(&format!("Anna {number}"));
        mei.writes(&format!("Mei {number}"));
    }
    world.start();
    assert_eq!(world.facebook().courier().redeliver_pending(), 3);
    assert_eq!(world.line().courier().redeliver_pending(), 3);
    world.settle();
    assert_eq!(chat.texts(), ["Hello", "Anna 0", "Anna 1", "Anna 2"]);
    assert_eq!(line_chat.texts(), ["一", "Mei 0", "Mei 1", "Mei 2"]);
}

#[test]
fn what_was_answered_200_and_not_yet_worked_on_is_worked_on_after_the_restart() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    world.kill();
    // Exactly the moment after the answer: one row in the journal, and nothing else.
    let body = facebook_body(
        &account.pages[0].id,
        &[
            json!({"sender": {"id": "5794982867201265"}, "recipient": {"id": account.pages[0].id},
                 "timestamp": 1_780_500_000_100_i64, "message": {"mid": "m_1", "text": "Acknowledged"}}),
        ],
    );
    world.change(
        "INSERT INTO webhook_event (account_id, received_at, body) VALUES (?1, 1780500000100, ?2)",
        rusqlite::params![account.id, body],
    );
    world.start();
    world.settle();
    assert_eq!(world.owner.takes("…1265").texts(), ["Acknowledged"]);
    // The platform did not hear the answer and brings it again.
    let status = world.facebook().deliver_raw(&account.app_id, &body);
    assert_eq!(status, Some(200));
    world.settle();
    assert_eq!(world.count("message"), 1);
}

#[test]
fn a_plug_pulled_right_after_each_answer_loses_nothing() {
    let world = World::new();
    let (anna, chat) = anna(&world);
    let (mei, line_chat) = mei(&world);
    let mut expected = (vec!["Hello".to_owned()], vec!["一".to_owned()]);
    for round in 0..6 {
        let text = format!("Round {round}");
        anna.writes(&text);
        mei.writes(&text);
        world.restart();
        expected.0.push(text.clone());
        expected.1.push(text);
    }
    assert_eq!(
        world.facebook().courier().pending(),
        0,
        "all were answered 200"
    );
    assert_eq!(world.line().courier().pending(), 0);
    world.settle();
    assert_eq!((chat.texts(), line_chat.texts()), expected);
}

#[test]
fn a_name_that_was_being_asked_for_is_asked_for_again() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    world
        .facebook()
        .inject(VERY_SLOW.once().on(Calls::Profiles));
    anna.writes("Hello");
    wait_until("the name is asked for", || {
        world.facebook().faults().is_empty().then_some(())
    });
    world.restart();
    let chat = world.owner.takes("Anna Virtanen");
    assert_eq!(chat.texts(), ["Hello"]);
}

#[test]
fn receipts_that_came_while_the_program_was_down_still_move_the_ticks() {
    let world = World::new();
    let (anna, chat) = anna(&world);
    chat.replies("Good morning");
    chat.waits_until("Good morning", "Sent");
    world.settle();
    world.kill();
    anna.receives_all();
    anna.reads_all();
    world.start();
    assert_eq!(world.facebook().courier().redeliver_pending(), 2);
    chat.waits_until("Good morning", "Read");
}

#[test]
fn a_tab_hears_after_the_restart_what_was_stored_before_it_could_be_told() {
    let world = World::new();
    let (anna, chat) = anna(&world);
    let client = &world.owner.client;
    world.settle();
    let mut tab = client.listen(None).expect("a stream");
    tab.catches_up();
    // The connection breaks; the message is stored; the plug is pulled.
    let last = tab.last_id.clone();
    drop(tab);
    anna.writes("Stored and not told");
    world.settle();
    world.restart();
    let mut tab = client.listen(Some(&last)).expect("a stream");
    let told = tab.catches_up();
    let fragments: Vec<&str> = told
        .iter()
        .map(|event| event.data.as_str())
        .filter(|data| data.contains("Stored and not told"))
        .collect();
    assert_eq!(fragments.len(), 1, "{told:?}");
    let message: i64 = world.one(
        "SELECT message_id FROM message WHERE text = 'Stored and not told'",
        [],
    );
    assert!(
        fragments[0].contains(&format!("message-{message}")),
        "{fragments:?}"
    );
    assert!(told.iter().all(|event| event.name != "reload"), "{told:?}");

    // Also what the restarted program works on while nobody listens yet, and what happens from now on.
    let last = tab.last_id.clone();
    drop(tab);
    world.kill();
    anna.writes("Sent while it was down");
    world.start();
    let mut tab = client.listen(Some(&last)).expect("a stream");
    assert_eq!(world.facebook().courier().redeliver_pending(), 1);
    while !tab.next().data.contains("Sent while it was down") {}
    assert_eq!(
        chat.texts(),
        ["Hello", "Stored and not told", "Sent while it was down"]
    );
}

// ----------------------------------------------------------------------------- one outbound message

#[test]
fn what_waited_for_its_turn_goes_out_after_the_restart_once() {
    let world = World::new();
    let (anna, chat) = anna(&world);
    let (mei, line_chat) = mei(&world);
    // Written, and held back before any call.
    world.change("UPDATE page SET paused_until = 99999999999999", []);
    for number in 0..3 {
        chat.replies(&format!("Reply {number}"));
        line_chat.replies(&format!("Reply {number}"));
    }
    world.restart();
    assert!(to_anna(&world, &anna).is_empty() && to_mei(&world, &mei).is_empty());
    world.let_pauses_end();
    for number in 0..3 {
        chat.waits_until(&format!("Reply {number}"), "Sent");
        line_chat.waits_until(&format!("Reply {number}"), "Sent");
    }
    world.settle();
    let expected = ["Reply 0", "Reply 1", "Reply 2"];
    assert_eq!(to_anna(&world, &anna), expected);
    assert_eq!(to_mei(&world, &mei), expected);
}

/// The plug is pulled after the program noted that it calls, and before the call: the same to the program
/// as after it, but the platform has nothing.
fn pull_the_plug_before_the_call(world: &World) {
    world.kill();
    world.change(
        "UPDATE outbox SET state = 'sending', tries = 1, first_tried_at = created_at,
             lease_until = changed_at + 60000 WHERE state = 'queued'",
        [],
    );
    world.change(
        "INSERT INTO delivery_attempt (outbox_id, started_at)
         SELECT outbox_id, created_at FROM outbox WHERE state = 'sending'",
        [],
    );
    world.change(
        "UPDATE message SET status = 'sending' WHERE status = 'queued'",
        [],
    );
    world.change("UPDATE page SET paused_until = NULL", []);
    world.start();
}

#[test]
fn a_call_of_messenger_that_was_never_made_is_shown_as_unknown_and_not_repeated_by_itself() {
    let world = World::new();
    let (anna, chat) = anna(&world);
    world.change("UPDATE page SET paused_until = 99999999999999", []);
    chat.replies("Did it go out?");
    pull_the_plug_before_the_call(&world);
    wait_until("an echo is waited for, in vain", || {
        let waiting: i64 = world.one(
            "SELECT count(*) FROM outbox WHERE state = 'reconciling'",
            [],
        );
        (waiting == 1).then_some(())
    });
    world.let_pauses_end();
    let unknown = chat.waits_until("Did it go out?", "Unknown");
    assert!(
        unknown.why.contains("may or may not have arrived"),
        "{unknown:?}"
    );
    assert!(to_anna(&world, &anna).is_empty());
    chat.presses("Try again", "Did it go out?");
    chat.waits_until("Did it go out?", "Sent");
    assert_eq!(to_anna(&world, &anna), ["Did it go out?"]);
}

#[test]
fn a_push_of_line_that_was_never_made_is_made_after_the_restart() {
    let world = World::new();
    let (mei, chat) = mei(&world);
    world.let_reply_tokens_expire();
    world.change("UPDATE page SET paused_until = 99999999999999", []);
    chat.replies("Did it go out?");
    pull_the_plug_before_the_call(&world);
    chat.waits_until("Did it go out?", "Sent");
    world.settle();
    assert_eq!(to_mei(&world, &mei), ["Did it go out?"]);
}

#[test]
fn a_message_that_messenger_took_before_the_plug_was_pulled_is_settled_by_its_echo() {
    let world = World::new();
    let (anna, chat) = anna(&world);
    world.facebook().set_echo(Echo::Before);
    world.facebook().courier().hold();
    world.facebook().inject(VERY_SLOW.once());
    chat.replies("Taken");
    wait_until("the platform took it", || {
        (to_anna(&world, &anna).len() == 1).then_some(())
    });
    chat.replies("Written after it");
    world.restart();
    world.facebook().courier().release();
    chat.waits_until("Taken", "Sent");
    chat.waits_until("Written after it", "Sent");
    world.settle();
    assert_eq!(to_anna(&world, &anna), ["Taken", "Written after it"]);
    assert_eq!(chat.texts(), ["Hello", "Taken", "Written after it"]);
}

#[test]
fn a_message_that_messenger_took_without_an_echo_is_found_after_the_restart_and_not_doubled() {
    let world = World::new();
    let (anna, chat) = anna(&world);
    world.facebook().set_echo(Echo::Never);
    world.facebook().inject(VERY_SLOW.once());
    chat.replies("Taken");
    wait_until("the platform took it", || {
        (to_anna(&world, &anna).len() == 1).then_some(())
    });
    world.restart();
    wait_until("an echo is waited for, in vain", || {
        let waiting: i64 = world.one(
            "SELECT count(*) FROM outbox WHERE state = 'reconciling'",
            [],
        );
        (waiting == 1).then_some(())
    });
    // Also a second pull of the plug while it is waited for changes nothing.
    world.restart();
    world.let_pauses_end();
    chat.waits_until("Taken", "Sent");
    world.settle();
    assert_eq!(to_anna(&world, &anna), ["Taken"]);
}

#[test]
fn a_push_that_line_took_before_the_plug_was_pulled_is_not_pushed_twice() {
    let world = World::new();
    let (mei, chat) = mei(&world);
    world.let_reply_tokens_expire();
    world.line().inject(VERY_SLOW.once());
    chat.replies("Taken");
    wait_until("the platform took it", || {
        (to_mei(&world, &mei).len() == 1).then_some(())
    });
    world.restart();
    chat.waits_until("Taken", "Sent");
    world.settle();
    assert_eq!(to_mei(&world, &mei), ["Taken"]);
    let refused = world.line().calls();
    assert!(
        refused.iter().any(|call| call.status == Some(409)),
        "the retry key was recognised: {refused:?}"
    );
    assert_eq!(world.line().misused_retry_keys(), 0);
}

#[test]
fn a_free_answer_that_line_took_before_the_plug_was_pulled_is_never_pushed_after() {
    let world = World::new();
    let (mei, chat) = mei(&world);
    world.line().inject(VERY_SLOW.once());
    chat.replies("Taken");
    wait_until("the platform took it", || {
        (to_mei(&world, &mei).len() == 1).then_some(())
    });
    assert_eq!(world.line().sent_to(mei.user_id())[0].via, Via::Reply);
    world.restart();
    wait_until("nobody can know", || {
        world.let_pauses_end();
        (chat.waits_for("Taken").status == "Unknown").then_some(())
    });
    world.settle();
    assert_eq!(to_mei(&world, &mei), ["Taken"]);
}

#[test]
fn ticks_do_not_go_back_over_a_restart() {
    let world = World::new();
    let (anna, chat) = anna(&world);
    anna.sets_receipts(Receipts::Read);
    chat.replies("Good morning");
    chat.waits_until("Good morning", "Read");
    world.settle();
    world.restart();
    world.facebook().courier().redeliver_last(4);
    world.settle();
    assert_eq!(chat.waits_for("Good morning").status, "Read");
    assert_eq!(to_anna(&world, &anna).len(), 1);
}

#[test]
fn a_sign_in_a_draft_and_an_unread_count_survive() {
    let world = World::new();
    let (anna, chat) = anna(&world);
    let page = chat.page();
    let mut draft = page.fill("Send", &[("Message", "Half a sen")]);
    draft.action = format!("{}/draft", chat.path());
    draft
        .fields
        .retain(|(name, _)| ["csrf", "text"].contains(&name.as_str()));
    let kept = world.owner.client.post(&draft);
    assert!(kept.status < 400, "{}: {}", kept.status, kept.text());
    anna.writes("Are you still there?");
    world.settle();
    world.restart();
    assert_eq!(chat.page().value("Message"), "Half a sen");
    assert_eq!(world.owner.dashboard().status, 200, "still signed in");
}
