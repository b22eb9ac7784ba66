//! Work that is offered: from the customer's message to the agent's screen, and all that can come between.

use std::sync::Barrier;

use super::support::program::wait_until;
use super::support::shop::{AtWork, Shop};

#[test]
fn a_message_is_offered_on_the_agents_screen_and_accepted() {
    let shop = Shop::open();
    let mut mia = shop.agent("Mia");
    shop.customer("Anna Virtanen").writes("Is the café open?");
    let shown = wait_until("the offer is on the screen", || {
        let event = mia.tab.next();
        event.data.contains("alertdialog").then_some(event.data)
    });
    for words in ["Is the café open?", "Lumi Café", "Accept", "Reject"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let offer = shop.offered(&mia);
    let id = shop.conversation_of(offer);
    assert_eq!(shop.state(id), "active", "it is offered");
    let page = mia.accepts(offer);
    assert_eq!(page.path, format!("/workspace/conversations/{id}"));
    page.assert_says("Is the café open?");
    assert_eq!(shop.ending(offer), "accepted");
    assert_eq!(
        shop.steps(id),
        ["routed", "assessed", "offered", "answered"]
    );
    assert_eq!(
        shop.number(
            "SELECT agent_id FROM conversation WHERE conversation_id = ?1",
            id
        ),
        mia.id
    );
    // Pressed once more in another window: the conversation is hers.
    assert_eq!(
        mia.accepts(offer).path,
        format!("/workspace/conversations/{id}")
    );
}

#[test]
fn of_fifty_accepts_one_counts_and_nobody_else_can_answer() {
    let shop = Shop::open();
    let (mia, noa) = (shop.agent("Mia"), shop.agent("Noa"));
    shop.customer("Anna Virtanen").writes("Hello");
    shop.until("somebody is asked", || {
        shop.number("SELECT count(*) FROM offer", 0) == 1
    });
    let offer = shop.number("SELECT max(offer_id) FROM offer", 0);
    let asked = shop.number("SELECT user_id FROM offer", 0);
    let (asked, other) = match asked == mia.id {
        true => (&mia, &noa),
        false => (&noa, &mia),
    };
    let barrier = Barrier::new(50);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let presses: Vec<_> = (0..50)
            .map(|number| {
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    match number % 5 {
                        0 => other.accepts(offer).status,
                        _ => asked.accepts(offer).status,
                    }
                })
            })
            .collect();
        presses
            .into_iter()
            .map(|press| press.join().unwrap())
            .collect()
    });
    let not_found = statuses.iter().filter(|status| **status == 404).count();
    assert_eq!(not_found, 10, "{statuses:?}");
    let id = shop.conversation_of(offer);
    let answers = shop
        .steps(id)
        .iter()
        .filter(|step| *step == "answered")
        .count();
    assert_eq!(answers, 1);
    assert_eq!(shop.number("SELECT count(*) FROM agent_session", 0), 1);
    assert_eq!(
        shop.number(
            "SELECT agent_id FROM conversation WHERE conversation_id = ?1",
            id
        ),
        asked.id
    );
}

#[test]
fn an_accept_against_the_clock_ends_one_way_or_the_other() {
    let shop = Shop::open();
    let mia = shop.agent("Mia");
    for round in 0..6 {
        shop.customer(&format!("Customer {round}")).writes("Hello");
        let offer = shop.offered(&mia);
        let id = shop.conversation_of(offer);
        shop.let_offer_age(offer, 300);
        let page = mia.accepts(offer);
        let ending = shop.ending(offer);
        let answers = shop
            .steps(id)
            .iter()
            .filter(|step| *step == "answered")
            .count();
        assert!(answers >= 1);
        match ending.as_str() {
            "accepted" => assert_eq!(page.status, 200, "{}", page.text()),
            "missed" => {
                assert_eq!(page.status, 409, "{}", page.text());
                let again = shop.offered(&mia);
                assert_eq!(mia.accepts(again).status, 200);
            }
            other => panic!("{other}"),
        }
        assert_eq!(shop.state(id), "active");
        mia.presses("End", id);
        mia.presses("Close", id);
    }
}

#[test]
fn who_declined_three_times_is_not_asked_a_fourth_time() {
    let shop = Shop::open();
    let mia = shop.agent("Mia");
    shop.customer("Anna Virtanen").writes("Hello");
    let id = shop.conversation_of(shop.offered(&mia));
    for _ in 0..3 {
        let offer = shop.offered(&mia);
        assert_eq!(shop.conversation_of(offer), id);
        mia.rejects(offer);
        assert_eq!(shop.ending(offer), "rejected");
    }
    // The next conversation is handed out after it: it was its turn, and she was not asked.
    shop.customer("Ben Laine").writes("Hello");
    let offer = shop.offered(&mia);
    assert_ne!(shop.conversation_of(offer), id);
    assert_eq!(
        shop.number("SELECT count(*) FROM offer WHERE conversation_id = ?1", id),
        3
    );
    assert_eq!(shop.state(id), "open");
    // Taking it by hand is still possible.
    mia.presses("Assign to me", id);
    assert_eq!(shop.state(id), "active");
}

#[test]
fn whoever_misses_an_offer_is_inactive_until_the_presence_is_reset() {
    let shop = Shop::open();
    shop.world.change(
        "UPDATE settings SET missed_makes_inactive = 1, rejected_makes_do_not_disturb = 1",
        [],
    );
    let mut mia = shop.agent("Mia");
    shop.customer("Anna Virtanen").writes("Hello");
    let offer = shop.offered(&mia);
    shop.let_offer_age(offer, 300);
    assert_eq!(shop.ending(offer), "missed");
    wait_until("the screen says so", || {
        mia.tab
            .next()
            .data
            .contains("You missed an offer")
            .then_some(())
    });
    assert_eq!(
        shop.word("SELECT why FROM agent WHERE user_id = ?1", mia.id),
        "missed"
    );
    shop.customer("Ben Laine").writes("Hello");
    shop.waits(2);
    mia.becomes(0);
    let offer = shop.offered(&mia);
    mia.rejects(offer);
    shop.until("she is not disturbed", || {
        shop.word("SELECT why FROM agent WHERE user_id = ?1", mia.id) == "rejected"
    });
}

#[test]
fn an_offer_goes_on_when_the_browser_is_gone() {
    let shop = Shop::open();
    let mia = shop.agent("Mia");
    shop.customer("Anna Virtanen").writes("Hello");
    let offer = shop.offered(&mia);
    let noa = shop.agent("Noa");
    let (id, person) = (mia.id, mia.person);
    drop(mia.tab);
    shop.until("the stream is noticed to be gone", || {
        shop.number("SELECT is_connected FROM agent WHERE user_id = ?1", id) == 0
    });
    assert_eq!(
        shop.word("SELECT base FROM agent WHERE user_id = ?1", id),
        "offline"
    );
    shop.world.change(
        "UPDATE agent SET connected_at = connected_at - 15000 WHERE user_id = ?1",
        [id],
    );
    shop.let_offer_age(offer, 15);
    assert_eq!(shop.ending(offer), "lost");
    let next = shop.offered(&noa);
    assert_eq!(shop.conversation_of(next), shop.conversation_of(offer));
    // Back within the grace time she is what she was.
    let _tab = person.client.listen(None).expect("a stream");
    shop.until("she is back", || {
        shop.word("SELECT base FROM agent WHERE user_id = ?1", id) == "available"
    });
}

#[test]
fn an_offer_goes_on_when_the_browser_vanishes_without_a_word() {
    let shop = Shop::open();
    let mut mia = shop.agent("Mia");
    // A page with scripts says that it answers; then its network is gone, and the connection seems to stand.
    let sql = "SELECT is_connected FROM agent WHERE user_id = ?1";
    let vanished = mia.person.client.listen_at("/events?answers=true", None);
    drop(std::mem::replace(&mut mia.tab, vanished.expect("a stream")));
    mia.tab.catches_up();
    shop.customer("Anna Virtanen").writes("Hello");
    let offer = shop.offered(&mia);
    let noa = shop.agent("Noa");
    shop.until("nobody answers for her", || shop.number(sql, mia.id) == 0);
    assert_eq!(shop.ending(offer), "lost");
    let lasted = "SELECT ended_at - offered_at FROM offer WHERE offer_id = ?1";
    let lasted = shop.number(lasted, offer);
    // Not with the countdown, which is two minutes.
    assert!((15_000..60_000).contains(&lasted), "{lasted} ms");
    let next = shop.offered(&noa);
    assert_eq!(shop.conversation_of(next), shop.conversation_of(offer));
}

#[test]
fn an_offer_stays_with_a_browser_that_answers() {
    let shop = Shop::open();
    let mut mia = shop.agent("Mia");
    let answering = mia.person.client.listen_at("/events?answers=true", None);
    drop(std::mem::replace(
        &mut mia.tab,
        answering.expect("a stream"),
    ));
    mia.tab.catches_up();
    shop.customer("Anna Virtanen").writes("Hello");
    let offer = shop.offered(&mia);
    let mut numbers = Vec::new();
    // Longer than anybody may be silent: four beats.
    while numbers.len() < 4 {
        let event = mia.tab.next();
        if event.name == "answer" {
            let number = event.data.trim().to_owned();
            let answer = mia.posts("/events/answers", &[("stream", &number)]);
            assert_eq!(answer.status, 204);
            numbers.push(number);
        }
    }
    assert!(numbers.iter().all(|number| *number == numbers[0]));
    assert_eq!(mia.accepts(offer).status, 200);
    assert_eq!(shop.ending(offer), "accepted");
    // Somebody else's stream is nobody's business.
    let noa = shop.agent("Noa");
    let refused = noa.posts("/events/answers", &[("stream", &numbers[0])]);
    assert_eq!(refused.status, 404);
}

#[test]
fn a_presence_against_an_offer_leaves_nothing_lost_and_nobody_with_two() {
    let shop = Shop::open();
    let mia = shop.agent("Mia");
    let presence = |word: &str| {
        shop.world.one::<i64>(
            "SELECT presence_id FROM presence WHERE built_in = ?1",
            [word],
        )
    };
    let (away, available) = (presence("away"), presence("available"));
    for round in 1..=6 {
        let anna = shop.customer(&format!("Customer {round}"));
        let barrier = Barrier::new(2);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                barrier.wait();
                anna.writes("Hello");
            });
            barrier.wait();
            mia.becomes(away);
        });
        let sql = "SELECT coalesce(max(conversation_id), 0) FROM conversation";
        shop.until("it has begun", || shop.number(sql, 0) == round);
        // Offered before she went away, or waiting for her: one of the two, and she can have it either way.
        mia.becomes(available);
        let offer = shop.offered(&mia);
        assert_eq!(shop.conversation_of(offer), round);
        let open = "SELECT count(*) FROM offer WHERE ended_at IS NULL";
        assert_eq!(shop.number(open, 0), 1);
        assert_eq!(mia.accepts(offer).status, 200);
        mia.presses("End", round);
        mia.presses("Close", round);
    }
    let held = "SELECT count(*) FROM agent_session WHERE closed_at IS NULL";
    assert_eq!(shop.number(held, 0), 0);
}

#[test]
fn what_has_no_room_waits_and_is_handed_out_when_there_is_some_the_oldest_first() {
    let shop = Shop::open();
    shop.world
        .change("UPDATE workstream SET capacity_units = 50", []);
    let mia = shop.agent("Mia");
    let mut ids = Vec::new();
    for name in ["Anna Virtanen", "Ben Laine"] {
        shop.customer(name).writes("Hello");
        let offer = shop.offered(&mia);
        assert_eq!(mia.accepts(offer).status, 200);
        ids.push(shop.conversation_of(offer));
    }
    assert_eq!(
        shop.word("SELECT base FROM agent WHERE user_id = ?1", mia.id),
        "do-not-disturb"
    );
    shop.customer("Cai Wei").writes("First");
    let first = shop.waits(3);
    shop.customer("Dora Nowak").writes("Second");
    let second = shop.waits(4);
    assert!(first < second);
    // Wrap-up blocks: only closing frees.
    mia.presses("End", ids[0]);
    assert_eq!(
        shop.number("SELECT count(*) FROM offer WHERE ended_at IS NULL", 0),
        0
    );
    mia.presses("Close", ids[0]);
    assert_eq!(shop.conversation_of(shop.offered(&mia)), first);
    assert_eq!(shop.state(second), "open");
}

#[test]
fn a_presence_that_is_not_allowed_is_not_asked_and_a_change_hands_out_at_once() {
    let shop = Shop::open();
    let mia = shop.agent("Mia");
    let presence = |word: &str| {
        shop.world.one::<i64>(
            "SELECT presence_id FROM presence WHERE built_in = ?1",
            [word],
        )
    };
    mia.becomes(presence("away"));
    shop.customer("Anna Virtanen").writes("Hello");
    let id = shop.waits(1);
    mia.becomes(presence("available"));
    assert_eq!(shop.conversation_of(shop.offered(&mia)), id);
    // What only the program sets is chosen by nobody.
    let refused = mia.posts(
        "/workspace/presence",
        &[("presence", &presence("inactive").to_string())],
    );
    assert_eq!(refused.status, 422);
}

#[test]
fn a_customer_who_comes_back_is_offered_to_the_same_agent_first() {
    let shop = Shop::open();
    let mia = shop.agent("Mia");
    let anna = shop.customer("Anna Virtanen");
    anna.writes("Hello");
    let offer = shop.offered(&mia);
    let id = shop.conversation_of(offer);
    mia.accepts(offer);
    // A colleague with all the room there is.
    let noa = shop.agent("Noa");
    let path = format!("/workspace/conversations/{id}/parking");
    assert_eq!(mia.posts(&path, &[]).status, 200);
    assert_eq!(shop.state(id), "waiting");
    shop.customer("Ben Laine").writes("I wait");
    let bens = shop.offered(&noa);
    assert_eq!(noa.accepts(bens).status, 200);
    anna.writes("I am back");
    assert_eq!(shop.conversation_of(shop.offered(&mia)), id);
}

#[test]
fn a_queue_that_overflows_ends_or_moves_on_what_comes() {
    let shop = Shop::open();
    let database = shop.world.database();
    database
        .execute_batch(
            r#"INSERT INTO queue (queue_id, name, created_at) VALUES (70, 'Small', 0), (71, 'Large', 0);
               INSERT INTO queue_overflow (queue_id, condition, threshold, action, target_queue_id)
               VALUES (70, 'work-items', 1, 'end-conversation', NULL), (70, 'waiting-time', 60000, 'transfer', 71);
               INSERT INTO route_rule (route_rule_id, workstream_id, position, name, condition, created_at)
               SELECT 1, workstream_id, 1, 'All', '{"join":"all","parts":[]}', 0 FROM workstream;
               INSERT INTO route_share (route_rule_id, queue_id, position, percent) VALUES (1, 70, 1, 100);"#,
        )
        .unwrap();
    shop.customer("Anna Virtanen").writes("Hello");
    let first = shop.waits(1);
    shop.customer("Ben Laine").writes("Hello");
    shop.until("the second is closed", || {
        shop.number(
            "SELECT count(*) FROM conversation WHERE state = 'closed'",
            0,
        ) == 1
    });
    let second = shop.number("SELECT max(conversation_id) FROM conversation", 0);
    assert_eq!(
        shop.word(
            "SELECT status_reason FROM conversation WHERE conversation_id = ?1",
            second
        ),
        "closed-due-to-overflow"
    );
    shop.until("the customer is told", || {
        shop.number(
            "SELECT count(*) FROM message WHERE conversation_id = ?1 AND automated = 'overflow-ended'",
            second,
        ) == 1
    });
    shop.world.change(
        "UPDATE conversation SET queued_at = queued_at - 60000 WHERE conversation_id = ?1",
        [first],
    );
    shop.until("the first has moved on", || {
        shop.number(
            "SELECT queue_id FROM conversation WHERE conversation_id = ?1",
            first,
        ) == 71
    });
    let steps = shop.steps(first);
    for step in ["waited-too-long", "moved"] {
        assert!(steps.contains(&step.to_owned()), "{step}: {steps:?}");
    }
    assert_eq!(shop.number("SELECT given FROM route_share", 0), 2);
}

#[test]
fn a_timeout_rule_closes_what_the_customer_left() {
    let shop = Shop::open();
    let mia = shop.agent("Mia");
    shop.world
        .database()
        .execute_batch(
            r#"INSERT INTO timeout_rule (workstream_id, position, name, silent, after_ms, action, created_at)
               SELECT workstream_id, 1, 'Gone', 'customer', 60000, '{"close":["active"]}', 0 FROM workstream"#,
        )
        .unwrap();
    shop.customer("Anna Virtanen").writes("Hello");
    let offer = shop.offered(&mia);
    let id = shop.conversation_of(offer);
    mia.accepts(offer);
    let page = mia
        .person
        .client
        .get(&format!("/workspace/conversations/{id}"));
    mia.person
        .client
        .submit(&page.fill("Send", &[("Message", "Are you there?")]));
    shop.world.settle();
    shop.world.change(
        "UPDATE conversation SET spoke_at = spoke_at - 61000 WHERE spoke_last = 'agent' AND conversation_id = ?1",
        [id],
    );
    let jobs = shop.world.owner.client.get("/admin/jobs");
    let row = jobs.part("tbody tr", "Apply timeout rules");
    shop.world.owner.client.submit(&row.form("Run now"));
    shop.until("the rule acts", || shop.state(id) == "closed");
    assert_eq!(
        shop.word(
            "SELECT closure FROM agent_session WHERE conversation_id = ?1",
            id
        ),
        "customer-non-response-timeout-rule"
    );
    assert!(shop.steps(id).contains(&"rule-acted".to_owned()));
}

#[test]
fn offers_and_presences_survive_a_restart() {
    let shop = Shop::open();
    let mia = shop.agent("Mia");
    shop.customer("Anna Virtanen").writes("Hello");
    let offer = shop.offered(&mia);
    let (id, person, csrf) = (mia.id, mia.person, mia.csrf);
    drop(mia.tab);
    shop.world.restart();
    let tab = person.client.listen(None).expect("a stream");
    shop.until("she is connected", || {
        shop.number("SELECT is_connected FROM agent WHERE user_id = ?1", id) == 1
    });
    let mia = AtWork {
        person,
        id,
        csrf,
        tab,
    };
    assert_eq!(mia.accepts(offer).status, 200);
    assert_eq!(shop.ending(offer), "accepted");
}

#[test]
fn rules_wait_a_moment_for_what_the_platform_tells_of_the_customer() {
    let shop = Shop::open();
    shop.world
        .database()
        .execute_batch(
            r#"INSERT INTO queue (queue_id, name, created_at) VALUES (70, 'Anna''s', 0);
               INSERT INTO route_rule (route_rule_id, workstream_id, position, name, condition, created_at)
               SELECT 1, workstream_id, 1, 'Annas',
                   '{"join":"all","parts":[{"test":{"attribute":"profile-name","operator":"contains","values":[{"text":"Anna"}]}}]}', 0
               FROM workstream;
               INSERT INTO route_share (route_rule_id, queue_id, position, percent) VALUES (1, 70, 1, 100);"#,
        )
        .unwrap();
    for (so_many, name, is_hers) in [(1, "Anna Virtanen", true), (2, "Ben Laine", false)] {
        shop.customer(name).writes("Hello");
        let id = shop.waits(so_many);
        let sql = "SELECT queue_id FROM conversation WHERE conversation_id = ?1";
        assert_eq!(shop.number(sql, id) == 70, is_hers, "{name}");
        assert_eq!(shop.steps(id), ["routed", "assessed"]);
    }
}
