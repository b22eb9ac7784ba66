//! What becomes of a reply: it arrives once and in order, or the agent reads why not and what to do.

use std::time::Duration;

use tiski::simulator::facebook::{Customer, Echo, GraphError, Receipts};
use tiski::simulator::line::{LineError, LineUser, Via};
use tiski::simulator::{Calls, Fault, FaultRule};

use super::support::program::wait_until;
use super::support::world::{Chat, ConnectedPage, LineAccount, World};

/// A Messenger customer who has written, and whose phone tells nothing.
fn anna(world: &World) -> (ConnectedPage, Customer, Chat<'_>) {
    let account = world.connect_facebook(&["Lumi Café"]);
    let page = account.pages[0].clone();
    let anna = world.messenger_customer(&page, "Anna Virtanen");
    anna.sets_receipts(Receipts::None);
    anna.writes("Hello");
    let chat = world.owner.takes("Anna Virtanen");
    (page, anna, chat)
}

/// A LINE customer who has written.
fn mei(world: &World) -> (LineAccount, LineUser, Chat<'_>) {
    let account = world.connect_line();
    let mei = world.line_customer(&account, "林怡君");
    mei.writes("一");
    let chat = world.owner.takes("林怡君");
    (account, mei, chat)
}

fn facebook_texts(world: &World, anna: &Customer) -> Vec<String> {
    let sent = world.facebook().sent_to(anna.psid());
    sent.into_iter().filter_map(|sent| sent.text).collect()
}

fn line_texts(world: &World, mei: &LineUser) -> Vec<String> {
    let sent = world.line().sent_to(mei.user_id());
    sent.into_iter().filter_map(|sent| sent.text).collect()
}

fn times(texts: &[String], text: &str) -> usize {
    texts.iter().filter(|found| *found == text).count()
}

#[test]
fn what_messenger_refuses_for_good_is_told_in_words_and_can_really_be_sent_again() {
    let world = World::new();
    let (_, anna, chat) = anna(&world);
    for (error, words) in [
        (GraphError::OUTSIDE_WINDOW, "The reply window has closed"),
        (GraphError::PERSON_UNAVAILABLE, "cannot be reached here"),
        (GraphError::NO_MATCHING_USER, "knows no such customer"),
        (GraphError::INVALID_PARAMETER, "refuses this message"),
        (GraphError::APP_NOT_LIVE, "a permission is missing"),
    ] {
        let text = format!("After {} {:?}", error.code, error.subcode);
        world.facebook().inject(error.fault().once());
        chat.replies(&text);
        let failed = chat.waits_until(&text, "Failed");
        assert!(failed.why.contains(words), "{error:?}: {failed:?}");
        assert!(failed.html.contains("Try again"), "{failed:?}");
        assert_eq!(times(&facebook_texts(&world, &anna), &text), 0);

        chat.presses("Try again", &text);
        chat.waits_until(&text, "Sent");
        assert_eq!(times(&facebook_texts(&world, &anna), &text), 1);
    }
}

#[test]
fn what_line_refuses_for_good_is_told_in_words_and_can_really_be_sent_again() {
    let world = World::new();
    let (_, mei, chat) = mei(&world);
    world.let_reply_tokens_expire();
    for (error, words) in [
        (LineError::BAD_REQUEST, "refuses this message"),
        (LineError::UNKNOWN_RECIPIENT, "refuses this message"),
        (LineError::FORBIDDEN, "a permission is missing"),
    ] {
        let text = format!("After {} {}", error.status, error.message);
        world.line().inject(error.fault().once());
        chat.replies(&text);
        let failed = chat.waits_until(&text, "Failed");
        assert!(failed.why.contains(words), "{error:?}: {failed:?}");
        chat.presses("Try again", &text);
        chat.waits_until(&text, "Sent");
        assert_eq!(times(&line_texts(&world, &mei), &text), 1);
    }
}

#[test]
fn what_a_platform_cannot_do_for_a_moment_goes_out_by_itself_once() {
    let world = World::new();
    let (_, anna, chat) = anna(&world);
    for (number, error) in [GraphError::TEMPORARY_SEND_FAILURE, GraphError::SERVICE]
        .into_iter()
        .enumerate()
    {
        let text = format!("Again {number}");
        world.facebook().inject(error.fault().once());
        chat.replies(&text);
        chat.waits_until(&text, "Sent");
        assert_eq!(times(&facebook_texts(&world, &anna), &text), 1);
    }
    let (_, mei, chat) = mei(&world);
    world.let_reply_tokens_expire();
    for (number, fault) in [
        Fault::ServerError,
        Fault::DropBeforeAccept,
        Fault::AcceptThenServerError,
        Fault::AcceptThenDrop,
    ]
    .into_iter()
    .enumerate()
    {
        let text = format!("Again {number}");
        world.line().inject(fault.clone().once());
        chat.replies(&text);
        chat.waits_until(&text, "Sent");
        assert_eq!(times(&line_texts(&world, &mei), &text), 1, "{fault:?}");
    }
    let pushed = world.line().sent_to(mei.user_id());
    assert!(pushed.iter().all(|sent| sent.retry_key.is_some()));
    assert_eq!(world.line().misused_retry_keys(), 0);
}

#[test]
fn a_message_that_messenger_took_without_saying_so_is_settled_by_its_echo() {
    let world = World::new();
    let (_, anna, chat) = anna(&world);
    for (echo, fault) in [
        (Echo::After, Fault::AcceptThenDrop),
        (Echo::After, Fault::AcceptThenServerError),
        (Echo::Before, Fault::AcceptThenDrop),
    ] {
        let text = format!("{fault:?}, the echo {echo:?}");
        world.facebook().set_echo(echo);
        world.facebook().inject(fault.once());
        chat.replies(&text);
        chat.waits_until(&text, "Sent");
        assert_eq!(times(&facebook_texts(&world, &anna), &text), 1);
    }
    world.settle();
    assert_eq!(chat.texts().len(), 4, "no echo became a message of its own");
}

#[test]
fn a_message_whose_echo_never_came_is_found_in_the_platforms_own_record() {
    let world = World::new();
    let (_, anna, chat) = anna(&world);
    world.facebook().set_echo(Echo::Never);
    // The same words were said before: that message is not taken for this one.
    chat.replies("Yes");
    chat.waits_until("Yes", "Sent");
    world.facebook().inject(Fault::AcceptThenDrop.once());
    chat.replies("Yes");
    wait_for_echo(&world);
    world.let_pauses_end();
    wait_until("it is found", || {
        let sent: i64 = world.one(
            "SELECT count(*) FROM message WHERE text = 'Yes' AND status = 'sent'",
            [],
        );
        (sent == 2).then_some(())
    });
    world.settle();
    assert_eq!(times(&facebook_texts(&world, &anna), "Yes"), 2);
    let ids: i64 = world.one(
        "SELECT count(DISTINCT platform_id) FROM message WHERE text = 'Yes'",
        [],
    );
    assert_eq!(ids, 2);
}

fn wait_for_echo(world: &World) {
    wait_until("the echo is waited for", || {
        let waiting: i64 = world.one(
            "SELECT count(*) FROM outbox WHERE state = 'reconciling'",
            [],
        );
        (waiting == 1).then_some(())
    });
}

#[test]
fn a_message_whose_fate_nobody_knows_is_shown_as_unknown_and_never_sent_twice_by_itself() {
    let world = World::new();
    let (_, anna, chat) = anna(&world);
    world.facebook().set_echo(Echo::Never);
    for (fault, decision, arrives) in [
        (Fault::DropBeforeAccept, "Try again", 1),
        (Fault::ServerError, "Leave it and go on", 0),
    ] {
        let text = format!("{fault:?}");
        world.facebook().inject(fault.once());
        chat.replies(&text);
        wait_for_echo(&world);
        let later = format!("Later than {text}");
        chat.replies(&later);
        world.let_pauses_end();
        let unknown = chat.waits_until(&text, "Unknown");
        assert!(
            unknown.why.contains("may or may not have arrived"),
            "{unknown:?}"
        );
        assert!(unknown.html.contains("Try again"), "{unknown:?}");
        world.settle();
        assert_eq!(times(&facebook_texts(&world, &anna), &text), 0);
        // What was written later waits for a person's decision.
        assert_eq!(times(&facebook_texts(&world, &anna), &later), 0);
        assert_eq!(chat.waits_for(&later).status, "Sending");

        chat.presses(decision, &text);
        chat.waits_until(&later, "Sent");
        let texts = facebook_texts(&world, &anna);
        assert_eq!((times(&texts, &text), times(&texts, &later)), (arrives, 1));
        let place = |text: &str| texts.iter().position(|found| found == text);
        assert!(arrives == 0 || place(&text) < place(&later), "{texts:?}");
    }
}

#[test]
fn an_echo_that_comes_late_still_settles_an_unknown_message() {
    let world = World::new();
    let (_, anna, chat) = anna(&world);
    world.facebook().inject(Fault::AcceptThenDrop.once());
    world.facebook().courier().hold();
    chat.replies("Are you there?");
    wait_until("the platform took it", || {
        (facebook_texts(&world, &anna).len() == 1).then_some(())
    });
    wait_until("the echo is waited for", || {
        let waiting: i64 = world.one(
            "SELECT count(*) FROM outbox WHERE state = 'reconciling'",
            [],
        );
        (waiting == 1).then_some(())
    });
    // Nor does the platform show what it has on record.
    world
        .facebook()
        .inject(Fault::ServerError.until_cleared().on(Calls::Every));
    world.let_pauses_end();
    chat.waits_until("Are you there?", "Unknown");
    world.facebook().clear_faults();
    world.facebook().courier().release();
    chat.waits_until("Are you there?", "Sent");
    assert_eq!(facebook_texts(&world, &anna).len(), 1);
}

#[test]
fn try_again_pressed_twice_sends_once() {
    let world = World::new();
    let (_, anna, chat) = anna(&world);
    world
        .facebook()
        .inject(GraphError::INVALID_PARAMETER.fault().once());
    chat.replies("Only once");
    chat.waits_until("Only once", "Failed");
    let message = chat.page().part("#log article", "Only once");
    let form = message.form("Try again");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| world.owner.client.submit(&form));
        }
    });
    chat.waits_until("Only once", "Sent");
    world.settle();
    assert_eq!(facebook_texts(&world, &anna), ["Only once"]);
}

#[test]
fn send_pressed_twice_sends_once() {
    let world = World::new();
    let (_, anna, chat) = anna(&world);
    let form = chat.page().fill("Send", &[("Message", "Only once")]);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| world.owner.client.submit(&form));
        }
    });
    chat.waits_until("Only once", "Sent");
    world.settle();
    assert_eq!(facebook_texts(&world, &anna), ["Only once"]);
    assert_eq!(chat.texts(), ["Hello", "Only once"]);
}

#[test]
fn a_message_that_failed_can_be_deleted() {
    let world = World::new();
    let (_, anna, chat) = anna(&world);
    world
        .facebook()
        .inject(GraphError::INVALID_PARAMETER.fault().once());
    chat.replies("Never mind");
    chat.waits_until("Never mind", "Failed");
    let question = chat.presses("Delete", "Never mind");
    question.assert_says("Delete this message?");
    assert_eq!(chat.texts(), ["Hello", "Never mind"], "it is asked first");
    world.owner.client.submit(&question.form("Delete message"));
    assert_eq!(chat.texts(), ["Hello"]);
    assert!(facebook_texts(&world, &anna).is_empty());
}

#[test]
fn a_dead_token_holds_the_page_until_it_is_replaced_in_place() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café", "Valo Books"]);
    let [cafe, books] = &account.pages[..] else {
        panic!("two pages");
    };
    let anna = world.messenger_customer(cafe, "Anna Virtanen");
    let ben = world.messenger_customer(books, "Ben Books");
    for customer in [&anna, &ben] {
        customer.sets_receipts(Receipts::None);
        customer.writes("Hello");
    }
    let chat = world.owner.takes("Anna Virtanen");
    let other_chat = world.owner.takes("Ben Books");

    world
        .facebook()
        .kill_token(&cafe.token, GraphError::PASSWORD_CHANGED);
    chat.replies("One");
    let client = &world.owner.client;
    let pages = || client.get(&format!("/admin/accounts/{}/pages", account.id));
    let fails = |name: &str| pages().part("tbody tr", name).text().contains("Failing");
    wait_until("the administrator sees that the page fails", || {
        fails(&cafe.name).then_some(())
    });
    assert!(!fails(&books.name));
    chat.replies("Two");
    world.let_pauses_end();
    let waiting = chat.waits_for("One");
    assert_eq!(waiting.status, "Sending");
    assert!(
        waiting.why.contains("access token is refused"),
        "{waiting:?}"
    );
    assert!(facebook_texts(&world, &anna).is_empty());
    // The other page goes on.
    other_chat.replies("Still here");
    other_chat.waits_until("Still here", "Sent");

    let token = world.facebook().new_page_token(&account.app_id, &cafe.id);
    let row = pages().part("tbody tr", &cafe.name);
    let asking = client.get(&row.link("replace=").expect("a way to replace the token"));
    let typed = [("New page access token", token.as_str())];
    let replaced = client.submit(&asking.fill("Check and replace", &typed));
    assert_eq!(replaced.status, 200, "{}", replaced.text());
    chat.waits_until("One", "Sent");
    chat.waits_until("Two", "Sent");
    assert_eq!(facebook_texts(&world, &anna), ["One", "Two"]);
    assert!(!fails(&cafe.name));
}

#[test]
fn a_platform_that_asks_to_wait_is_left_alone() {
    let world = World::new();
    let (_, anna, chat) = anna(&world);
    world.facebook().inject(Fault::RateLimited.once());
    chat.replies("One");
    let waiting = wait_until("the agent sees that it waits", || {
        let bubble = chat.waits_for("One");
        bubble.why.contains("asks to wait").then_some(bubble)
    });
    assert_eq!(waiting.status, "Sending");
    chat.replies("Two");
    let sends = || {
        let calls = world.facebook().calls();
        let is_send = |path: &str| path.ends_with("/messages");
        calls.iter().filter(|call| is_send(&call.path)).count()
    };
    assert_eq!(sends(), 1, "the second one does not even try");
    // The platform's wish was a minute.
    let pause: i64 = world.one("SELECT paused_until - paused_at FROM page", []);
    assert!((55_000..=120_000).contains(&pause), "{pause}");
    world.let_pauses_end();
    chat.waits_until("One", "Sent");
    chat.waits_until("Two", "Sent");
    assert_eq!(facebook_texts(&world, &anna), ["One", "Two"]);

    let (_, mei, chat) = mei(&world);
    world.let_reply_tokens_expire();
    world.line().inject(Fault::RateLimited.once());
    chat.replies("Three");
    chat.waits_until("Three", "Sent");
    assert_eq!(line_texts(&world, &mei), ["Three"]);
}

#[test]
fn a_page_that_its_platform_holds_back_waits_for_half_an_hour() {
    let world = World::new();
    let (_, anna, chat) = anna(&world);
    for error in [
        GraphError::PAGE_RESTRICTED,
        GraphError::POLICY_BLOCK,
        GraphError::TAG_ABUSE,
    ] {
        let text = format!("After {} {:?}", error.code, error.subcode);
        world.facebook().inject(error.fault().once());
        chat.replies(&text);
        let waiting = wait_until("the agent sees why it waits", || {
            let bubble = chat.waits_for(&text);
            bubble
                .why
                .contains("may not send for a while")
                .then_some(bubble)
        });
        assert_eq!(waiting.status, "Sending");
        let pause: i64 = world.one("SELECT paused_until - paused_at FROM page", []);
        assert!(
            (1_795_000..=1_860_000).contains(&pause),
            "{error:?}: {pause}"
        );
        assert_eq!(times(&facebook_texts(&world, &anna), &text), 0);
        world.let_pauses_end();
        chat.waits_until(&text, "Sent");
        assert_eq!(times(&facebook_texts(&world, &anna), &text), 1);
    }
}

#[test]
fn a_customer_of_messenger_who_blocks_the_page_is_told_as_not_reached() {
    let world = World::new();
    let (_, anna, chat) = anna(&world);
    anna.blocks(true);
    chat.replies("Are you there?");
    let failed = chat.waits_until("Are you there?", "Failed");
    assert!(failed.why.contains("cannot be reached here"), "{failed:?}");
    anna.blocks(false);
    chat.presses("Try again", "Are you there?");
    chat.waits_until("Are you there?", "Sent");
    assert_eq!(facebook_texts(&world, &anna), ["Are you there?"]);
}

/// LINE takes what is sent to somebody who has blocked the account, and delivers nothing (line.md §3): no
/// answer of its says so, only the event before.
#[test]
fn a_customer_of_line_who_blocks_the_account_is_shown_as_such_and_nothing_is_called_delivered() {
    let world = World::new();
    let (_, mei, chat) = mei(&world);
    mei.unfollows();
    wait_until("the agent sees it", || {
        let page = chat.page().text();
        page.contains("Has blocked the account").then_some(())
    });
    world.let_reply_tokens_expire();
    chat.replies("Are you there?");
    chat.waits_until("Are you there?", "Sent");
    world.settle();
    assert_eq!(chat.waits_for("Are you there?").status, "Sent");
    assert!(chat.page().text().contains("Has blocked the account"));
}

#[test]
fn while_another_app_has_a_messenger_customer_a_reply_is_tried_and_the_refusal_told() {
    let world = World::new();
    let (page, anna, chat) = anna(&world);
    world.facebook().refuse_takeover(&page.id);
    anna.is_controlled_by(Some("263902037430900"));
    anna.writes("I want a person");
    chat.waits_for("I want a person");
    chat.page().assert_says("Another app answers");
    chat.replies("Here I am");
    let failed = chat.waits_until("Here I am", "Failed");
    assert!(failed.why.contains("holds this conversation"), "{failed:?}");
    assert!(facebook_texts(&world, &anna).is_empty());

    anna.is_controlled_by(None);
    anna.writes("Hello?");
    chat.waits_for("Hello?");
    assert!(!chat.page().text().contains("another app answers"));
    chat.presses("Try again", "Here I am");
    chat.waits_until("Here I am", "Sent");
    assert_eq!(facebook_texts(&world, &anna), ["Here I am"]);
}

#[test]
fn a_person_takes_a_conversation_over_from_another_app_once_and_the_program_never_does() {
    let world = World::new();
    let (page, anna, chat) = anna(&world);
    anna.is_controlled_by(Some("263902037430900"));
    anna.writes("I want a person");
    chat.waits_for("I want a person");
    chat.page().assert_says("Another app answers");
    chat.replies("Here I am");
    chat.waits_until("Here I am", "Sent");
    assert_eq!(facebook_texts(&world, &anna), ["Here I am"]);
    let after = chat.page();
    after.assert_says("Tiski took it over for this answer.");
    // What the program says by itself takes nothing from anybody.
    let berta = world.messenger_customer(&page, "Berta Lind");
    berta.is_controlled_by(Some("263902037430900"));
    berta.writes("Hello");
    world.settle();
    let takes = |call: &tiski::simulator::SeenCall| call.path.ends_with("/take_thread_control");
    assert_eq!(
        world
            .facebook()
            .calls()
            .iter()
            .filter(|call| takes(call))
            .count(),
        1
    );
}

#[test]
fn while_another_app_has_a_line_customer_nothing_of_ours_goes_out() {
    let world = World::new();
    let (account, mei, chat) = mei(&world);
    let form = chat.page().fill("Send", &[("Message", "Written before")]);
    world.change("UPDATE page SET paused_until = 99999999999999", []);
    chat.replies("Waiting for its turn");
    world.line().set_standby(&account.channel_id, true);
    mei.writes("二");
    chat.waits_for("二");
    let page = chat.page();
    page.assert_says("Another app answers this customer now, and the platform lets only that app");
    assert!(
        page.parts("#composer textarea").is_empty(),
        "nothing can be written to the customer"
    );
    let refused = world.owner.client.submit(&form);
    assert_eq!(refused.status, 422);
    refused.assert_says("Not sent: another app answers this customer now.");
    // What waited is not sent either.
    world.let_pauses_end();
    let failed = chat.waits_until("Waiting for its turn", "Failed");
    assert!(failed.why.contains("holds this conversation"), "{failed:?}");
    world.settle();
    assert!(line_texts(&world, &mei).is_empty());

    world.line().set_standby(&account.channel_id, false);
    mei.writes("三");
    chat.waits_for("三");
    chat.replies("Here I am");
    chat.waits_until("Here I am", "Sent");
    chat.presses("Try again", "Waiting for its turn");
    chat.waits_until("Waiting for its turn", "Sent");
    assert_eq!(
        line_texts(&world, &mei),
        ["Here I am", "Waiting for its turn"]
    );
}

#[test]
fn a_dead_token_of_line_holds_its_account_until_it_is_replaced() {
    let world = World::new();
    let (account, mei, chat) = mei(&world);
    world.line().kill_token(&account.token);
    chat.replies("One");
    let waiting = wait_until("the agent sees why it waits", || {
        let bubble = chat.waits_for("One");
        bubble
            .why
            .contains("access token is refused")
            .then_some(bubble)
    });
    assert_eq!(waiting.status, "Sending");
    assert!(line_texts(&world, &mei).is_empty());

    let client = &world.owner.client;
    let pages = client.get(&format!("/admin/accounts/{}/pages", account.id));
    let asking = client.get(&pages.link("replace=").expect("a way to replace the token"));
    // Left empty, tokens are made from the channel's secret.
    let replaced = client.submit(&asking.form("Check and replace"));
    assert_eq!(replaced.status, 200, "{}", replaced.text());
    chat.waits_until("One", "Sent");
    assert_eq!(line_texts(&world, &mei), ["One"]);
}

#[test]
fn line_is_answered_for_free_while_the_customer_has_just_written_and_pushed_to_later() {
    let world = World::new();
    let (account, mei, chat) = mei(&world);
    let via = || -> Vec<Via> {
        let sent = world.line().sent_to(mei.user_id());
        sent.iter().map(|sent| sent.via).collect()
    };
    chat.replies("Free");
    chat.waits_until("Free", "Sent");
    assert_eq!(via(), [Via::Reply]);
    // A token answers once.
    chat.replies("Paid");
    chat.waits_until("Paid", "Sent");
    assert_eq!(via(), [Via::Reply, Via::Push]);
    // A new message brings a new one; too late it is not even tried.
    mei.writes("二");
    chat.waits_for("二");
    world.let_reply_tokens_expire();
    chat.replies("Late");
    chat.waits_until("Late", "Sent");
    assert_eq!(via(), [Via::Reply, Via::Push, Via::Push]);
    // One that the platform does not take any more costs a push, not the message.
    mei.writes("三");
    chat.waits_for("三");
    world.simulator.clock().advance(Duration::from_secs(120));
    chat.replies("Stale");
    chat.waits_until("Stale", "Sent");
    assert_eq!(via().last(), Some(&Via::Push));
    assert_eq!(world.line().quota_used(&account.channel_id), 3);
    assert_eq!(line_texts(&world, &mei), ["Free", "Paid", "Late", "Stale"]);
}

#[test]
fn a_free_answer_of_line_that_may_have_gone_out_is_never_pushed_after() {
    let world = World::new();
    let (_, mei, chat) = mei(&world);
    for (round, fault) in [Fault::AcceptThenDrop, Fault::AcceptThenServerError]
        .into_iter()
        .enumerate()
    {
        let text = format!("Doubtful {round}");
        mei.writes(&format!("{round}"));
        chat.waits_for(&format!("{round}"));
        world.line().inject(fault.clone().once());
        chat.replies(&text);
        let unknown = chat.waits_until(&text, "Unknown");
        world.settle();
        assert_eq!(times(&line_texts(&world, &mei), &text), 1, "{unknown:?}");
        // At once: LINE sends no echo that could be waited for.
        let outcome: String = world.one(
            "SELECT outcome FROM delivery_attempt ORDER BY delivery_attempt_id DESC LIMIT 1",
            [],
        );
        assert_eq!(outcome, "unknown");
        chat.presses("Leave it and go on", &text);
    }
}

#[test]
fn when_the_reply_window_is_closed_nothing_goes_out_until_the_customer_writes() {
    let world = World::new();
    let (_, anna, chat) = anna(&world);
    let form = chat.page().fill("Send", &[("Message", "Too late")]);
    world.let_hours_pass(25);
    chat.page()
        .assert_says("The reply window has closed. It opens again when the customer writes.");
    let answer = world.owner.client.submit(&form);
    assert_eq!(answer.status, 422, "{}", answer.text());
    world.settle();
    assert_eq!(world.count("outbox"), 0);
    assert!(facebook_texts(&world, &anna).is_empty());

    anna.writes("Hello again");
    chat.waits_for("Hello again");
    chat.replies("In time");
    chat.waits_until("In time", "Sent");
    assert_eq!(facebook_texts(&world, &anna), ["In time"]);
}

#[test]
fn the_human_agent_tag_is_used_between_a_day_and_a_week_and_only_where_it_is_switched_on() {
    let world = World::new();
    let (_, anna, chat) = anna(&world);
    world.change("UPDATE page SET human_agent_tag = 1", []);
    chat.replies("Within a day");
    chat.waits_until("Within a day", "Sent");
    world.let_hours_pass(25);
    chat.page().assert_says("human agent tag");
    chat.replies("Within a week");
    chat.waits_until("Within a week", "Sent");
    world.let_hours_pass(6 * 24);
    chat.page().assert_says("The reply window has closed");
    let sent = world.facebook().sent_to(anna.psid());
    let how: Vec<(&str, Option<&str>)> = sent
        .iter()
        .map(|sent| (sent.messaging_type.as_str(), sent.tag.as_deref()))
        .collect();
    assert_eq!(
        how,
        [("RESPONSE", None), ("MESSAGE_TAG", Some("HUMAN_AGENT"))]
    );
}

#[test]
fn a_long_text_goes_out_in_parts_and_in_order() {
    let world = World::new();
    let (_, anna, chat) = anna(&world);
    let sentence = |number: usize| format!("This is sentence number {number} of a long answer. ");
    let long: String = (0..110).map(sentence).collect();
    assert!(long.chars().count() > 4000);
    chat.replies(long.trim());
    wait_until("all parts are with the platform", || {
        (facebook_texts(&world, &anna).len() == 3).then_some(())
    });
    let parts = facebook_texts(&world, &anna);
    assert!(parts.iter().all(|part| part.chars().count() <= 2000));
    let folded = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(folded(&parts.join(" ")), folded(&long));

    let (_, mei, chat) = mei(&world);
    let long: String = (0..220).map(sentence).collect();
    assert!(long.chars().count() > 10_000);
    chat.replies(long.trim());
    wait_until("all parts are with the platform", || {
        (line_texts(&world, &mei).len() == 3).then_some(())
    });
    assert_eq!(folded(&line_texts(&world, &mei).join(" ")), folded(&long));
    let sent = world.line().sent_to(mei.user_id());
    assert!(
        sent.iter()
            .all(|bubble| bubble.request_id == sent[0].request_id),
        "several bubbles, one call"
    );
}

#[test]
fn the_messages_of_a_conversation_leave_one_after_another_in_the_order_of_the_page() {
    let world = World::new();
    let (_, anna, chat) = anna(&world);
    let (_, mei, line_chat) = mei(&world);
    let slow: FaultRule = Fault::Slow(Duration::from_millis(60)).until_cleared();
    world.facebook().inject(slow.clone());
    world.line().inject(slow);
    std::thread::scope(|scope| {
        for chat in [&chat, &line_chat] {
            for tab in 0..3 {
                scope.spawn(move || {
                    for number in 0..5 {
                        chat.replies(&format!("Tab {tab} message {number}"));
                    }
                });
            }
        }
    });
    world.settle();
    for (chat, texts) in [
        (&chat, facebook_texts(&world, &anna)),
        (&line_chat, line_texts(&world, &mei)),
    ] {
        let shown: Vec<String> = chat
            .bubbles()
            .into_iter()
            .filter(|bubble| !bubble.from_customer)
            .map(|bubble| bubble.text)
            .collect();
        assert_eq!(shown.len(), 15);
        assert_eq!(texts, shown);
    }
    assert_eq!(world.facebook().overlapping_sends(), 0);
    assert_eq!(world.line().overlapping_sends(), 0);
}

#[test]
fn what_came_in_meanwhile_is_shown_before_a_reply_goes_out() {
    let world = World::new();
    let (_, anna, chat) = anna(&world);
    let form = chat.page().fill("Send", &[("Message", "Yes, we have it")]);
    anna.writes("Forget it, I found one");
    chat.waits_for("Forget it, I found one");
    let answer = world.owner.client.submit(&form);
    answer.assert_says("Forget it, I found one");
    world.settle();
    assert!(facebook_texts(&world, &anna).is_empty());
    // The text is kept; sent again from that page it goes out, unless something newer came once more.
    anna.writes("But tell me the price");
    chat.waits_for("But tell me the price");
    let again = answer.form("Send anyway");
    assert_eq!(again.get("text"), Some("Yes, we have it"));
    let answer = world.owner.client.submit(&again);
    answer.assert_says("But tell me the price");
    world.settle();
    assert!(facebook_texts(&world, &anna).is_empty());
    world.owner.client.submit(&answer.form("Send anyway"));
    chat.waits_until("Yes, we have it", "Sent");
}

#[test]
fn what_somebody_wrote_in_the_page_inbox_is_shown_and_opens_no_window() {
    let world = World::new();
    let (_, anna, chat) = anna(&world);
    world.let_hours_pass(25);
    anna.is_answered_in_page_inbox("Answered in the page inbox");
    let bubble = chat.waits_for("Answered in the page inbox");
    assert!(!bubble.from_customer);
    chat.page().assert_says("The reply window has closed");
    assert_eq!(world.count("conversation"), 1);
}
