//! What sending costs: several messages in one call, answers that are free, and what happens when the month's paid
//! messages are used up.

use tiski::simulator::line::{LineUser, Via};

use super::support::program::wait_until;
use super::support::world::{Chat, LineAccount, World};

/// A LINE customer whose free answer is over.
fn mei(world: &World) -> (LineAccount, LineUser, Chat<'_>) {
    let account = world.connect_line();
    let mei = world.line_customer(&account, "林怡君");
    mei.writes("一");
    let chat = world.owner.takes("林怡君");
    world.let_reply_tokens_expire();
    (account, mei, chat)
}

/// What went out: which call it was in, and how.
fn calls(world: &World, mei: &LineUser) -> Vec<(Vec<String>, Via)> {
    let mut calls: Vec<(String, Vec<String>, Via)> = Vec::new();
    for sent in world.line().sent_to(mei.user_id()) {
        let text = sent.text.unwrap_or_default();
        match calls.iter_mut().find(|(id, ..)| *id == sent.request_id) {
            Some((_, texts, _)) => texts.push(text),
            None => calls.push((sent.request_id, vec![text], sent.via)),
        }
    }
    calls
        .into_iter()
        .map(|(_, texts, via)| (texts, via))
        .collect()
}

fn told(texts: &[&str], via: Via) -> (Vec<String>, Via) {
    (texts.iter().map(|text| (*text).to_owned()).collect(), via)
}

/// A page waits for the next message as long as its administrator says.
fn hold(world: &World, account: &LineAccount, seconds: &str) {
    let client = &world.owner.client;
    let path = format!("/admin/accounts/{}/sending", account.id);
    let form = client
        .get(&path)
        .fill("Save", &[("Seconds to wait for the next message", seconds)]);
    assert_eq!(client.submit(&form).status, 200);
}

#[test]
fn what_is_written_within_a_moment_goes_out_in_one_call_and_counts_once() {
    let world = World::new();
    let (account, mei, chat) = mei(&world);
    hold(&world, &account, "10");
    for text in ["One", "Two", "Three", "Four"] {
        chat.replies(text);
    }
    let waiting = chat.waits_until("One", "Sending");
    assert!(waiting.why.contains("cost as much as one"), "{waiting:?}");
    assert!(world.line().sent_to(mei.user_id()).is_empty(), "it waits");
    // A fifth fills the call: nothing more is waited for.
    chat.replies("Five");
    chat.waits_until("Five", "Sent");
    let all = ["One", "Two", "Three", "Four", "Five"];
    assert_eq!(calls(&world, &mei), [told(&all, Via::Push)]);
    assert_eq!(world.line().quota_used(&account.channel_id), 1);
    for text in all {
        assert!(chat.waits_until(text, "Sent").html.contains("Counted"));
    }
}

#[test]
fn whoever_writes_can_send_at_once_or_take_back_what_still_waits() {
    let world = World::new();
    let (account, mei, chat) = mei(&world);
    hold(&world, &account, "10");
    chat.replies("Wrong");
    let question = chat.presses("Delete", "Wrong");
    chat.person.client.submit(&question.form("Delete message"));
    assert!(!chat.texts().contains(&"Wrong".to_owned()));
    chat.replies("Now");
    chat.presses("Send now", "Now");
    wait_until("it is with the platform", || {
        (!world.line().sent_to(mei.user_id()).is_empty()).then_some(())
    });
    world.settle();
    assert_eq!(calls(&world, &mei), [told(&["Now"], Via::Push)]);
}

#[test]
fn a_page_that_waits_for_nothing_sends_each_message_at_once() {
    let world = World::new();
    let (account, mei, chat) = mei(&world);
    hold(&world, &account, "0");
    chat.replies("One");
    chat.waits_until("One", "Sent");
    chat.replies("Two");
    chat.waits_until("Two", "Sent");
    let each = [told(&["One"], Via::Push), told(&["Two"], Via::Push)];
    assert_eq!(calls(&world, &mei), each);
    let client = &world.owner.client;
    let path = format!("/admin/accounts/{}/sending", account.id);
    let form = client
        .get(&path)
        .fill("Save", &[("Seconds to wait for the next message", "11")]);
    let refused = client.submit(&form);
    assert_eq!(refused.status, 422);
    refused.assert_says("Enter a number from 0 to 10.");
    assert_eq!(refused.value("Seconds to wait for the next message"), "11");
}

#[test]
fn when_the_paid_messages_are_used_up_nothing_is_lost_and_the_next_free_answer_carries_it() {
    let world = World::new();
    let (account, mei, chat) = mei(&world);
    hold(&world, &account, "0");
    world.line().set_quota(&account.channel_id, Some(200));
    world.line().set_quota_used(&account.channel_id, 200);
    chat.replies("First");
    let first = wait_until("it waits for the allowance", || {
        let first = chat.waits_until("First", "Sending");
        first.why.contains("paid messages").then_some(first)
    });
    assert!(first.html.contains("Send now"), "{first:?}");
    chat.replies("Second");
    world.settle();
    assert!(world.line().sent_to(mei.user_id()).is_empty());
    let sending = format!("/admin/accounts/{}/sending", account.id);
    let client = &world.owner.client;
    client
        .get(&sending)
        .assert_says("2 messages wait until their customers write or there is room again.");

    mei.writes("二");
    chat.waits_until("Second", "Sent");
    assert_eq!(
        calls(&world, &mei),
        [told(&["First", "Second"], Via::Reply)]
    );
    assert!(chat.waits_until("First", "Sent").html.contains("Free"));
    assert_eq!(world.line().quota_used(&account.channel_id), 200);
}

#[test]
fn what_waits_for_the_allowance_goes_out_when_the_platform_has_room_again() {
    let world = World::new();
    let (account, mei, chat) = mei(&world);
    hold(&world, &account, "0");
    world.line().set_quota(&account.channel_id, Some(200));
    world.line().set_quota_used(&account.channel_id, 200);
    chat.replies("Later");
    wait_until("it waits for the allowance", || {
        let later = chat.waits_until("Later", "Sending");
        later.why.contains("paid messages").then_some(())
    });
    let client = &world.owner.client;
    run_job(&world);
    client
        .get("/admin")
        .assert_says("has used up this month's paid messages");
    world.line().set_quota(&account.channel_id, Some(1000));
    run_job(&world);
    chat.waits_until("Later", "Sent");
    assert_eq!(calls(&world, &mei), [told(&["Later"], Via::Push)]);
    let sending = client.get(&format!("/admin/accounts/{}/sending", account.id));
    sending.assert_says("of 1000 paid messages used this month");
}

#[test]
fn the_allowance_warns_at_80_and_95_percent() {
    let world = World::new();
    let account = world.connect_line();
    let client = &world.owner.client;
    for (used, words) in [
        (100, None),
        (
            160,
            Some("has used more than 80 % of this month's paid messages"),
        ),
        (
            190,
            Some("has used more than 95 % of this month's paid messages"),
        ),
    ] {
        world.line().set_quota(&account.channel_id, Some(200));
        world.line().set_quota_used(&account.channel_id, used);
        run_job(&world);
        let home = client.get("/admin").text();
        match words {
            Some(words) => assert!(home.contains(words), "{used}: {home}"),
            None => assert!(!home.contains("paid messages"), "{used}: {home}"),
        }
    }
}

/// *Run now* of the job that asks for the allowances, until it has run.
fn run_job(world: &World) {
    let client = &world.owner.client;
    let runs = || -> i64 { world.one("SELECT runs FROM job WHERE job = 'read-allowances'", []) };
    let before = runs();
    let row = client
        .get("/admin/jobs")
        .part("tbody tr", "Read what is left of paid messages");
    client.submit(&row.form("Run now"));
    wait_until("the job has run", || (runs() > before).then_some(()));
}
