//! What the platforms bring: only what they signed, all of it, and each thing once.

use serde_json::{Value, json};
use tiski::simulator::{Calls, Fault, Signature};

use super::support::client::{Client, Page};
use super::support::program::wait_until;
use super::support::world::{
    FacebookAccount, LineAccount, World, facebook_body, facebook_signature, line_body,
    line_signature, path_of,
};

const MIBIBYTE: usize = 1 << 20;

/// A call of a platform with headers and a body of the test's choice.
fn post(world: &World, callback: &str, headers: &[(&str, &str)], body: &[u8]) -> Page {
    let platform = Client::new(&world.home.url());
    platform.request("POST", &path_of(callback), headers, Some(body.to_vec()))
}

fn a_message(account: &FacebookAccount, mid: &str, text: &str) -> Value {
    json!({
        "sender": {"id": "5794982867201265"},
        "recipient": {"id": account.pages[0].id},
        "timestamp": 1_780_500_000_100_i64,
        "message": {"mid": mid, "text": text},
    })
}

fn a_line_message(id: &str, text: &str) -> Value {
    json!({
        "type": "message",
        "mode": "active",
        "timestamp": 1_780_500_000_100_i64,
        "source": {"type": "user", "userId": "U4af4980629000000000000000000abcd"},
        "webhookEventId": format!("01FZ74A0TDDPYRVKNK77{id:>06}"),
        "deliveryContext": {"isRedelivery": false},
        "message": {"type": "text", "id": id, "text": text},
    })
}

/// Nothing of what came was kept, not even for a moment.
fn assert_nothing_was_kept(world: &World) {
    world.settle();
    for table in ["webhook_event", "message", "conversation", "parked_event"] {
        assert_eq!(world.count(table), 0, "{table}");
    }
}

#[test]
fn facebook_is_told_its_challenge_only_for_the_right_token() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let facebook = Client::new(&world.home.url());
    let ask = |query: &str| {
        let path = format!("{}?{query}", path_of(&account.callback));
        facebook.request("GET", &path, &[], None)
    };
    let token = &account.verify_token;
    let answer = ask(&format!(
        "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={token}"
    ));
    assert_eq!((answer.status, answer.body.as_str()), (200, "1158201444"));
    let kind = answer.header("content-type").unwrap_or_default();
    assert!(kind.starts_with("text/plain"), "{kind}");

    for wrong in [
        "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=guess".to_owned(),
        "hub.mode=subscribe&hub.challenge=1158201444".to_owned(),
        format!("hub.mode=unsubscribe&hub.challenge=1158201444&hub.verify_token={token}"),
        format!("hub.challenge=1158201444&hub.verify_token={token}"),
        format!("hub.mode=subscribe&hub.challenge=%3Cscript%3E&hub.verify_token={token}"),
        String::new(),
    ] {
        let answer = ask(&wrong);
        assert_eq!(answer.status, 403, "{wrong}");
        assert!(!answer.body.contains("1158201444"), "{wrong}");
    }
    let nobody = facebook.request(
        "GET",
        "/webhooks/facebook/nobodys-key?hub.mode=subscribe&hub.challenge=1&hub.verify_token=x",
        &[],
        None,
    );
    assert_eq!(nobody.status, 404);
}

#[test]
fn a_body_of_facebook_without_its_right_signature_is_refused_and_not_kept() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let body = facebook_body(&account.pages[0].id, &[a_message(&account, "m_1", "Hello")]);
    let right = facebook_signature(&account.app_secret, &body);
    let digits = right.trim_start_matches("sha256=");
    for header in [
        Signature::Wrong,
        Signature::Missing,
        Signature::Header(String::new()),
        Signature::Header("sha256=".to_owned()),
        Signature::Header(digits.to_owned()),
        Signature::Header(format!("sha1={digits}")),
        Signature::Header(format!("{right}00")),
        Signature::Header(right[..right.len() - 2].to_owned()),
        Signature::Header(facebook_signature("", &body)),
    ] {
        let status = world
            .facebook()
            .deliver_with_signature(&account.app_id, &body, &header);
        assert_eq!(status, Some(401), "{header:?}");
    }
    let name = "x-hub-signature-256";
    for headers in [
        &[(name, right.as_str()), (name, right.as_str())][..],
        &[(name, right.as_str()), (name, "sha256=00")],
        &[("x-hub-signature", right.as_str())],
    ] {
        let answer = post(&world, &account.callback, headers, &body);
        assert_eq!(answer.status, 401, "{headers:?}");
    }
    assert_nothing_was_kept(&world);
    // The premise: the same body with the right signature is taken.
    let answer = post(&world, &account.callback, &[(name, &right)], &body);
    assert_eq!(answer.status, 200);
    world.settle();
    assert_eq!(world.count("message"), 1);
}

#[test]
fn a_body_of_line_without_its_right_signature_is_refused_and_not_kept() {
    let world = World::new();
    let account = world.connect_line();
    let kept_at_set_up = world.count("webhook_event");
    let body = line_body(&account.bot, &[a_line_message("444", "Hello")]);
    let right = line_signature(&account.channel_secret, &body);
    for header in [
        Signature::Wrong,
        Signature::Missing,
        Signature::Header(String::new()),
        Signature::Header("not base64 at all".to_owned()),
        Signature::Header(right.trim_end_matches('=').to_owned()),
        Signature::Header(right[..right.len() - 8].to_owned()),
        Signature::Header(line_signature("", &body)),
    ] {
        let status = world
            .line()
            .deliver_with_signature(&account.channel_id, &body, &header);
        assert_eq!(status, Some(401), "{header:?}");
    }
    let name = "x-line-signature";
    let twice = [(name, right.as_str()), (name, right.as_str())];
    let answer = post(&world, &account.callback, &twice, &body);
    assert_eq!(answer.status, 401);
    world.settle();
    assert_eq!(world.count("webhook_event"), kept_at_set_up);
    assert_eq!(world.count("message"), 0);
    let answer = post(&world, &account.callback, &[(name, &right)], &body);
    assert_eq!(answer.status, 200);
    world.settle();
    assert_eq!(world.count("message"), 1);
}

#[test]
fn what_is_not_for_anybody_or_too_large_or_packed_is_refused() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let signed = |body: &[u8]| facebook_signature(&account.app_secret, body);

    let body = facebook_body(&account.pages[0].id, &[a_message(&account, "m_1", "Hello")]);
    let signature = signed(&body);
    let headers = [("x-hub-signature-256", signature.as_str())];
    for path in [
        "/webhooks/facebook/nobodys-key".to_owned(),
        // The key of another channel opens nothing.
        path_of(&account.callback).replace("facebook", "line"),
        path_of(&account.callback).replace("facebook", "telegram"),
    ] {
        let answer = post(&world, &format!("http://x{path}"), &headers, &body);
        assert_eq!(answer.status, 404, "{path}");
    }

    let large = vec![b' '; MIBIBYTE + 1];
    let signature = signed(&large);
    let headers = [("x-hub-signature-256", signature.as_str())];
    let answer = post(&world, &account.callback, &headers, &large);
    assert_eq!(answer.status, 413);

    let signature = signed(&body);
    let headers = [
        ("x-hub-signature-256", signature.as_str()),
        ("content-encoding", "gzip"),
    ];
    let answer = post(&world, &account.callback, &headers, &body);
    assert_eq!(answer.status, 415);
    assert_nothing_was_kept(&world);

    // Up to the limit it is taken.
    let mut full = body.clone();
    full.resize(MIBIBYTE, b' ');
    let status = world.facebook().deliver_raw(&account.app_id, &full);
    assert_eq!(status, Some(200));
}

#[test]
fn an_account_without_a_secret_is_closed() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    world.kill();
    world.change("UPDATE account SET secret = NULL", []);
    world.start();
    let body = facebook_body(&account.pages[0].id, &[a_message(&account, "m_1", "Hello")]);
    for secret in ["", account.app_secret.as_str()] {
        let signature = facebook_signature(secret, &body);
        let headers = [("x-hub-signature-256", signature.as_str())];
        let answer = post(&world, &account.callback, &headers, &body);
        assert_eq!(answer.status, 401, "signed with {secret:?}");
    }
    assert_nothing_was_kept(&world);
}

#[test]
fn what_comes_again_is_stored_once() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let line = world.connect_line();
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    let mei = world.line_customer(&line, "林怡君");
    world.facebook().inject(Fault::Redelivery.until_cleared());
    world.line().inject(Fault::Redelivery.until_cleared());
    anna.writes("One");
    anna.taps_postback("Get started", "START");
    anna.follows_link("spring");
    mei.writes("一");
    mei.taps_postback("storeId=12345");
    world.facebook().courier().redeliver_last(3);
    world.line().courier().redeliver_last(2);
    world.settle();
    assert_eq!(world.count("message"), 4);
    assert_eq!(world.count("conversation"), 2);
    let unread: i64 = world.one("SELECT sum(inbound_count) FROM conversation", []);
    assert_eq!(unread, 4);
    let remarks: i64 = world.one(
        "SELECT count(*) FROM conversation_event WHERE kind = 'remark'",
        [],
    );
    assert_eq!(remarks, 1);
}

#[test]
fn fifty_copies_at_the_same_instant_are_one_message() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let line = world.connect_line();
    let facebook = facebook_body(&account.pages[0].id, &[a_message(&account, "m_1", "Hello")]);
    let line_one = line_body(&line.bot, &[a_line_message("444", "Hello")]);
    std::thread::scope(|scope| {
        for _ in 0..50 {
            scope.spawn(|| {
                let status = world.facebook().deliver_raw(&account.app_id, &facebook);
                assert_eq!(status, Some(200));
            });
            scope.spawn(|| {
                let status = world.line().deliver_raw(&line.channel_id, &line_one);
                assert_eq!(status, Some(200));
            });
        }
    });
    world.settle();
    assert_eq!(world.count("message"), 2);
    assert_eq!(world.count("conversation"), 2);
    assert_eq!(world.count("social_profile"), 2);
}

#[test]
fn events_of_a_page_that_is_not_ours_are_counted_and_nothing_else() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let line = world.connect_line();
    let stranger = json!({
        "sender": {"id": "1"}, "recipient": {"id": "999"},
        "timestamp": 1_780_500_000_100_i64, "message": {"mid": "m_1", "text": "secret words"},
    });
    let body = facebook_body("999", &[stranger]);
    assert_eq!(
        world.facebook().deliver_raw(&account.app_id, &body),
        Some(200)
    );
    let other_bot = "U00000000000000000000000000000000";
    let body = line_body(other_bot, &[a_line_message("444", "secret words")]);
    assert_eq!(world.line().deliver_raw(&line.channel_id, &body), Some(200));
    world.settle();
    for table in ["message", "conversation", "social_profile", "parked_event"] {
        assert_eq!(world.count(table), 0, "{table}");
    }
    for id in [account.id, line.id] {
        let counted: i64 = world.one(
            "SELECT unknown_page_events FROM account WHERE account_id = ?1",
            [id],
        );
        assert_eq!(counted, 1);
    }
}

#[test]
fn the_first_message_of_a_line_account_that_was_saved_while_line_was_away_is_taken() {
    let world = World::new();
    let away = Fault::ServerError.until_cleared().on(Calls::Every);
    world.line().inject(away);
    let line = world.connect_line();
    let known = || -> String { world.one("SELECT platform_id FROM page", []) };
    assert_eq!(known(), "", "LINE has told nothing yet");

    let body = line_body(&line.bot, &[a_line_message("444", "Anybody there?")]);
    let signature = line_signature(&line.channel_secret, &body);
    let headers = [("X-Line-Signature", signature.as_str())];
    assert_eq!(post(&world, &line.callback, &headers, &body).status, 200);
    world.settle();
    assert_eq!(world.count("message"), 1);
    assert_eq!(known(), line.bot);
    let counted: i64 = world.one("SELECT sum(unknown_page_events) FROM account", []);
    assert_eq!(counted, 0);
}

#[test]
fn a_body_signed_for_one_account_tells_nothing_about_a_page_of_another() {
    let world = World::new();
    let ours = world.connect_facebook(&["Lumi Café"]);
    let theirs = world.connect_facebook(&["Valo Books"]);
    let body = facebook_body(&theirs.pages[0].id, &[a_message(&theirs, "m_1", "Hello")]);
    assert_eq!(world.facebook().deliver_raw(&ours.app_id, &body), Some(200));
    world.settle();
    assert_eq!(world.count("message"), 0);
    let counted: i64 = world.one(
        "SELECT unknown_page_events FROM account WHERE account_id = ?1",
        [ours.id],
    );
    assert_eq!(counted, 1);
}

#[test]
fn messages_that_overtake_each_other_are_all_there() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let line = world.connect_line();
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    let mei = world.line_customer(&line, "林怡君");
    for courier in [world.facebook().courier(), world.line().courier()] {
        courier.hold();
    }
    for number in 0..20 {
        anna.writes(&format!("Anna {number}"));
        mei.writes(&format!("Mei {number}"));
    }
    world.facebook().courier().release_shuffled(7);
    world.line().courier().release_shuffled(8);
    world.settle();
    for customer in ["Anna Virtanen", "林怡君"] {
        let chat = world.owner.takes(customer);
        let mut texts = chat.texts();
        texts.sort();
        texts.dedup();
        assert_eq!(texts.len(), 20, "{texts:?}");
    }
    assert_eq!(world.count("conversation"), 2);
}

#[test]
fn a_change_that_overtakes_its_message_holds() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let line = world.connect_line();
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    world.facebook().courier().hold();
    let mid = anna.writes("I want two");
    anna.edits(&mid, "I want three", 1);
    world.facebook().courier().release_in_order(&[1, 0]);

    let group = world.line().group(
        &line.channel_id,
        "Ca56f94637c00000000000000000abcde",
        "Hikers",
    );
    group.has_member("U0123456789abcdef0123456789abcdef", "Kai");
    world.line().courier().hold();
    let id = group.hears("U0123456789abcdef0123456789abcdef", "at nine");
    group.hears_edit("U0123456789abcdef0123456789abcdef", &id, "at ten");
    world.line().courier().release_in_order(&[1, 0]);

    world.settle();
    assert_eq!(world.owner.takes("Anna Virtanen").texts(), ["I want three"]);
    assert_eq!(world.owner.takes("Hikers").texts(), ["at ten"]);
}

#[test]
fn a_message_that_was_taken_back_is_gone_from_the_page_and_from_the_disk() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let line = world.connect_line();
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    let mei = world.line_customer(&line, "林怡君");
    anna.writes("Good morning");
    mei.writes("早安");
    let mid = anna.writes("My card is 4111-ANNA-REGRETS");
    let id = mei.writes("My card is 5500-MEI-REGRETS");
    // Taken back before it comes.
    world.facebook().courier().hold();
    let early = anna.writes("Nobody shall read 6011-ANNA-EARLY");
    anna.unsends(&early);
    world.facebook().courier().release_in_order(&[1, 0]);
    world.settle();
    assert!(is_on_disk(&world, "4111-ANNA-REGRETS"), "the premise");

    anna.unsends(&mid);
    mei.unsends(&id);
    world.settle();
    let regrets = ["4111-ANNA-REGRETS", "5500-MEI-REGRETS", "6011-ANNA-EARLY"];
    for (customer, removed) in [("Anna Virtanen", 2), ("林怡君", 1)] {
        let chat = world.owner.takes(customer);
        let page = chat.page();
        for words in regrets {
            assert!(!page.body.contains(words), "{words} on {}", page.path);
        }
        let gone = "The customer took this message back.";
        let shown = chat.texts().into_iter().filter(|text| text == gone);
        assert_eq!(shown.count(), removed);
    }
    for words in regrets {
        for row in world.owner.list("My work items") {
            assert!(!row.contains(words), "{row}");
        }
    }
    // The last one out writes the log back into the database.
    assert_eq!(world.stop(), Some(0));
    for words in regrets {
        assert!(!is_on_disk(&world, words), "{words} is still on the disk");
    }
}

fn is_on_disk(world: &World, words: &str) -> bool {
    let files = world.home.files();
    files.iter().any(|(_, bytes)| {
        bytes
            .windows(words.len())
            .any(|window| window == words.as_bytes())
    })
}

#[test]
fn a_bad_event_is_parked_with_its_reason_and_its_neighbours_go_on() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let line = world.connect_line();
    let bad = json!({"recipient": {"id": account.pages[0].id}, "timestamp": 1, "message": {"mid": "m_2", "text": "Whose?"}});
    let body = facebook_body(
        &account.pages[0].id,
        &[
            a_message(&account, "m_1", "Before"),
            bad,
            a_message(&account, "m_3", "After"),
        ],
    );
    assert_eq!(
        world.facebook().deliver_raw(&account.app_id, &body),
        Some(200)
    );
    let body = line_body(
        &line.bot,
        &[
            a_line_message("1", "Before"),
            json!({"type": "unsend", "timestamp": 1, "unsend": {}}),
            a_line_message("3", "After"),
        ],
    );
    assert_eq!(world.line().deliver_raw(&line.channel_id, &body), Some(200));
    // Signed, and not to be understood at all.
    assert_eq!(
        world.facebook().deliver_raw(&account.app_id, b"{nonsense"),
        Some(200)
    );
    world.settle();
    assert_eq!(world.count("message"), 4);
    assert_eq!(world.count("parked_event"), 3);

    let page = world.owner.client.get("/admin/parked-events");
    page.assert_says("does not say whose conversation it belongs to")
        .assert_says("does not say which message it is about")
        .assert_says("not valid JSON");
    for (words, found) in [("NONSENSE", 1), ("nowhere", 0), ("", 3)] {
        let page = world
            .owner
            .client
            .get(&format!("/admin/parked-events?search={words}"));
        assert_eq!(page.parts("tbody tr").len(), found, "{words}");
    }
    let again = world.owner.client.submit(&page.form("Try again"));
    assert_eq!(again.status, 200, "{}", again.text());
    assert_eq!(world.count("parked_event"), 3, "it is as bad as before");
    let tries: i64 = world.one("SELECT sum(tries) FROM parked_event", []);
    assert_eq!(tries, 4);
}

#[test]
fn what_waits_for_a_workstream_goes_through_by_itself_once_its_page_has_one() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    world.change("UPDATE page SET workstream_id = NULL", []);
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Hello");
    world.settle();
    assert_eq!(
        (world.count("message"), world.count("parked_event")),
        (0, 1)
    );
    let page = world.owner.client.get("/admin/parked-events");
    page.assert_says("in no workstream");
    world.change(
        "UPDATE page SET workstream_id = (SELECT workstream_id FROM workstream)",
        [],
    );
    wait_until("the event goes through", || {
        (world.count("parked_event") == 0).then_some(())
    });
    assert_eq!(world.owner.takes("Anna Virtanen").texts(), ["Hello"]);
}

#[test]
fn the_platforms_own_tests_are_recognised_and_make_no_work() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let line = world.connect_line();
    assert_eq!(
        world.facebook().press_dashboard_test(&account.app_id),
        Some(200)
    );
    let empty = line_body(&line.bot, &[]);
    assert_eq!(
        world.line().deliver_raw(&line.channel_id, &empty),
        Some(200)
    );
    world.settle();
    for id in [account.id, line.id] {
        let seen: bool = world.one(
            "SELECT test_event_at IS NOT NULL FROM account WHERE account_id = ?1",
            [id],
        );
        assert!(seen);
    }
    for table in ["message", "conversation", "social_profile", "parked_event"] {
        assert_eq!(world.count(table), 0, "{table}");
    }
    let counted: i64 = world.one("SELECT sum(unknown_page_events) FROM account", []);
    assert_eq!(counted, 0, "a test is no mistake");
}

/// Each with the words by which an agent sees what it is.
fn every_kind_of_messenger() -> Vec<(Value, &'static str)> {
    let with = |kind: &str, payload: Value| json!({"message": {"mid": format!("m_{kind}_{}", payload), "attachments": [{"type": kind, "payload": payload}]}});
    let url = "https://scontent.xx.fbcdn.net/v/1.bin?oe=6A606A07";
    vec![
        (
            json!({"message": {"mid": "m_text", "text": "Plain words"}}),
            "Plain words",
        ),
        (
            json!({"message": {"mid": "m_quick", "text": "Green", "quick_reply": {"payload": "G"}}}),
            "Green",
        ),
        (
            json!({"message": {"mid": "m_ad", "text": "Still available?", "referral": {"ad_id": "6302572858686", "source": "ADS", "ads_context_data": {"ad_title": "Spring boots"}}}}),
            "Spring boots",
        ),
        (
            json!({"message": {"mid": "m_unsupported", "is_unsupported": true}}),
            "A message of a kind that Messenger and LINE do not hand on",
        ),
        (
            json!({"message": {"mid": "m_command", "text": "/track", "commands": [{"name": "track"}]}}),
            "/track",
        ),
        (with("image", json!({"url": url})), "Picture"),
        (with("audio", json!({"url": url})), "Voice message"),
        (with("video", json!({"url": url})), "Video"),
        (
            with(
                "file",
                json!({"url": "https://cdn.fbsbx.com/v/Invoice-7.pdf?dl=1"}),
            ),
            "Invoice-7.pdf",
        ),
        (
            with(
                "sticker",
                json!({"url": url, "sticker_id": 369_239_263_222_822_i64}),
            ),
            "Sticker",
        ),
        (
            with(
                "fallback",
                json!({"url": "https://example.com", "title": "Example page"}),
            ),
            "Example page",
        ),
        (
            with(
                "location",
                json!({"coordinates": {"lat": 13.75, "long": 100.5}}),
            ),
            "Location",
        ),
        (
            with(
                "reel",
                json!({"url": "https://www.facebook.com/reel/1", "title": "Our reel"}),
            ),
            "Our reel",
        ),
        (
            with(
                "post",
                json!({"url": "https://www.facebook.com/1", "title": "Our sale"}),
            ),
            "Our sale",
        ),
        (
            with(
                "appointment_booking",
                json!({"booking_id": "b77", "title": "Haircut"}),
            ),
            "Haircut",
        ),
        (
            with(
                "template",
                json!({"product": {"elements": [{"id": "1", "title": "Red shoes", "subtitle": "$10"}]}}),
            ),
            "Red shoes",
        ),
        (
            with("hologram", json!({"depth": 3})),
            "Something that Tiski cannot show yet",
        ),
        (
            json!({"message": {"mid": "m_echo", "is_echo": true, "app_id": 263_902_037_430_900_i64, "text": "From the page inbox"}}),
            "From the page inbox",
        ),
        (
            json!({"message_edit": {"mid": "m_text", "text": "Plainer words", "num_edit": 1}}),
            "Plainer words",
        ),
        (
            json!({"reaction": {"mid": "m_quick", "action": "react", "reaction": "love", "emoji": "❤"}}),
            "The customer reacted with ❤",
        ),
        (
            json!({"reaction": {"mid": "m_quick", "action": "unreact"}}),
            "The customer took a reaction back",
        ),
        (
            json!({"postback": {"mid": "m_tap", "title": "Get started", "payload": "START"}}),
            "Get started",
        ),
        (
            json!({"referral": {"ref": "winter-link", "source": "SHORTLINK", "type": "OPEN_THREAD"}}),
            "Came back by a link winter-link",
        ),
        (
            json!({"referral": {"ref": "r", "source": "ADS", "ads_context_data": {"ad_title": "Big ad"}}}),
            "Came by an advertisement: Big ad",
        ),
        (
            json!({"optin": {"type": "notification_messages", "title": "News"}}),
            "Agreed to be notified News",
        ),
        (
            json!({"optin": {"type": "notification_messages", "title": "News", "notification_messages_status": "STOP_NOTIFICATIONS"}}),
            "No longer wants to be notified News",
        ),
        (
            json!({"account_linking": {"status": "linked", "authorization_code": "abc"}}),
            "Linked an account",
        ),
        (
            json!({"account_linking": {"status": "unlinked"}}),
            "Unlinked the account",
        ),
        (
            json!({"pass_thread_control": {"new_owner_app_id": "263902037430900"}}),
            "This conversation was passed to another app",
        ),
        (
            json!({"take_thread_control": {"new_owner_app_id": "151"}}),
            "Another app took over this conversation",
        ),
        (
            json!({"request_thread_control": {"requested_owner_app_id": "152"}}),
            "Another app asked for this conversation",
        ),
        (
            json!({"response_feedback": {"feedback": "Bad response", "mid": "m_quick"}}),
            "Rated an answer: Bad response",
        ),
        (
            json!({"order": {"products": [{"name": "Lantern", "quantity": 2}], "note": "as a gift"}}),
            "Ordered: 2 × Lantern, as a gift",
        ),
        (
            json!({"game_play": {"game_id": "1", "score": 99}}),
            "Played a game 99",
        ),
        (
            json!({"checkout_update": {"payload": "x"}}),
            "Started to pay",
        ),
        (
            json!({"payment": {"payload": "x", "amount": {"currency": "USD", "amount": "29.62"}}}),
            "Paid 29.62 USD",
        ),
        (
            json!({"telepathy": {"strength": 3}}),
            "Something that Tiski does not know yet: telepathy",
        ),
    ]
}

#[test]
fn every_event_of_messenger_is_seen_as_what_it_is() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let page = &account.pages[0];
    let anna = world.messenger_customer(page, "Anna Virtanen");
    anna.writes("First");
    let chat = world.owner.takes("Anna Virtanen");
    for (at, (mut event, _)) in every_kind_of_messenger().into_iter().enumerate() {
        let is_echo = event["message"]["is_echo"] == true;
        let (customer, shop) = (json!({"id": anna.psid()}), json!({"id": page.id}));
        (event["sender"], event["recipient"]) = if is_echo {
            (shop, customer)
        } else {
            (customer, shop)
        };
        event["timestamp"] = json!(1_780_500_000_100_i64 + at as i64);
        let body = facebook_body(&page.id, &[event.clone()]);
        assert_eq!(
            world.facebook().deliver_raw(&account.app_id, &body),
            Some(200),
            "{event}"
        );
    }
    // What another application hears too, and a policy warning about the page.
    let standby = json!({"object": "page", "entry": [{"id": page.id, "time": 1, "standby": [{
        "sender": {"id": anna.psid()}, "recipient": {"id": page.id}, "timestamp": 1_780_500_009_000_i64,
        "message": {"mid": "m_standby", "text": "I want a person"}}]}]});
    let policy = json!({"object": "page", "entry": [{"id": page.id, "time": 1, "messaging": [{
        "recipient": {"id": page.id}, "timestamp": 1, "policy_enforcement": {"action": "block", "reason": "spam"}}]}]});
    let feed = json!({"object": "page", "entry": [{"id": page.id, "time": 1, "changes": [{
        "field": "feed", "value": {"item": "comment", "message": "How much?"}}]}]});
    let instagram =
        json!({"object": "instagram", "entry": [{"id": "17841452691600098", "time": 1}]});
    let empty = json!({"object": "page", "entry": [{"id": page.id, "time": 1}]});
    for body in [standby, policy, feed, instagram, empty] {
        let body = body.to_string().into_bytes();
        let status = world.facebook().deliver_raw(&account.app_id, &body);
        assert_eq!(status, Some(200));
    }
    world.settle();
    assert_eq!(world.count("parked_event"), 0);
    let log = whole_log(&chat.page(), &world);
    for (event, words) in every_kind_of_messenger() {
        if words != "Plain words" {
            assert!(log.contains(words), "{event}: {words:?} is not in\n{log}");
        }
    }
    assert!(log.contains("I want a person"), "{log}");
    assert!(log.contains("Another app answers this customer"), "{log}");
    assert!(!log.contains("Plain words"), "it was changed: {log}");
    assert!(!log.contains("How much?"), "a comment is no message: {log}");
}

fn every_kind_of_line() -> Vec<(Value, &'static str)> {
    let provider = json!({"type": "line"});
    let message = |fields: Value| json!({"type": "message", "message": fields});
    vec![
        (
            message(json!({"type": "text", "id": "1", "text": "好的 (love)"})),
            "好的 (love)",
        ),
        (
            message(json!({"type": "image", "id": "2", "contentProvider": provider})),
            "Picture",
        ),
        (
            message(
                json!({"type": "video", "id": "3", "duration": 60000, "contentProvider": provider}),
            ),
            "Video",
        ),
        (
            message(
                json!({"type": "audio", "id": "4", "duration": 6000, "contentProvider": provider}),
            ),
            "Voice message",
        ),
        (
            message(
                json!({"type": "file", "id": "5", "fileName": "receipt.pdf", "fileSize": 2138}),
            ),
            "receipt.pdf",
        ),
        (
            message(
                json!({"type": "location", "id": "6", "title": "Our meeting point", "latitude": 35.6, "longitude": 139.7}),
            ),
            "Our meeting point",
        ),
        (
            message(
                json!({"type": "sticker", "id": "7", "packageId": "446", "stickerId": "1988", "stickerResourceType": "STATIC"}),
            ),
            "Sticker",
        ),
        (message(json!({"type": "hologram", "id": "8"})), "hologram"),
        (
            json!({"type": "messageEdited", "message": {"type": "text", "id": "1", "text": "不好"}}),
            "不好",
        ),
        (
            json!({"type": "postback", "postback": {"data": "storeId=12345"}}),
            "storeId=12345",
        ),
        (
            json!({"type": "postback", "postback": {"data": "x", "params": {"datetime": "2017-12-25T01:00"}}}),
            "2017-12-25T01:00",
        ),
        (
            json!({"type": "postback", "postback": {"data": "x", "params": {"newRichMenuAliasId": "menu-b", "status": "SUCCESS"}}}),
            "Changed the menu menu-b",
        ),
        (
            json!({"type": "videoPlayComplete", "videoPlayComplete": {"trackingId": "track-9"}}),
            "Watched a video to the end track-9",
        ),
        (
            json!({"type": "beacon", "beacon": {"hwid": "d41d8cd98f", "type": "enter"}}),
            "Came near a beacon d41d8cd98f",
        ),
        (
            json!({"type": "beacon", "beacon": {"hwid": "d41d8cd98f", "type": "banner"}}),
            "Tapped the banner of a beacon",
        ),
        (
            json!({"type": "accountLink", "link": {"result": "ok", "nonce": "n"}}),
            "Linked an account",
        ),
        (
            json!({"type": "membership", "membership": {"type": "joined", "membershipId": 3189}}),
            "Joined membership 3189",
        ),
        (
            json!({"type": "membership", "membership": {"type": "left", "membershipId": 3189}}),
            "Left membership 3189",
        ),
        (
            json!({"type": "unfollow"}),
            "The customer blocked the account",
        ),
        (
            json!({"type": "follow", "follow": {"isUnblocked": true}}),
            "The customer added the account as a friend",
        ),
        (
            json!({"type": "telepathy"}),
            "Something that Tiski does not know yet: telepathy",
        ),
    ]
}

#[test]
fn every_event_of_line_is_seen_as_what_it_is() {
    let world = World::new();
    let account = world.connect_line();
    let mei = world.line_customer(&account, "林怡君");
    mei.writes("一");
    let chat = world.owner.takes("林怡君");
    let source = json!({"type": "user", "userId": mei.user_id()});
    let send = |event: Value| {
        let body = line_body(&account.bot, std::slice::from_ref(&event));
        let status = world.line().deliver_raw(&account.channel_id, &body);
        assert_eq!(status, Some(200), "{event}");
    };
    for (at, (mut event, _)) in every_kind_of_line().into_iter().enumerate() {
        event["source"] = source.clone();
        event["timestamp"] = json!(1_780_500_000_100_i64 + at as i64);
        event["webhookEventId"] = json!(format!("01FZ74A0TDDPYRVKNK77XK{at:04}"));
        event["mode"] = json!("active");
        send(event);
    }
    // What concerns no conversation, and comes without a source.
    for (at, kind) in ["botSuspended", "botResumed", "delivery", "module"]
        .iter()
        .enumerate()
    {
        send(
            json!({"type": kind, "timestamp": 1_780_500_001_000_i64 + at as i64, "mode": "active"}),
        );
    }
    world.settle();
    assert_eq!(world.count("parked_event"), 0);
    let log = whole_log(&chat.page(), &world);
    for (event, words) in every_kind_of_line() {
        if words != "好的 (love)" {
            assert!(log.contains(words), "{event}: {words:?} is not in\n{log}");
        }
    }
    assert!(!log.contains("好的"), "it was changed: {log}");
}

/// All that stands in a log: the newest page, and the earlier ones that it leads to.
fn whole_log(page: &Page, world: &World) -> String {
    let mut log = page.text();
    let mut earlier = page.link("before=");
    while let Some(path) = earlier {
        let page = world.owner.client.get(&path);
        log.push_str(&page.text());
        earlier = page.link("before=");
    }
    log
}

#[test]
fn health_says_that_the_program_can_work() {
    let world = World::new();
    let monitor = Client::new(&world.home.url());
    let answer = monitor.request("GET", "/health", &[], None);
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (200, r#"{"status":"ok"}"#)
    );
}

#[test]
fn a_name_that_the_platform_hides_does_not_hold_up_a_message() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let line: LineAccount = world.connect_line();
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    let hidden = Fault::ServerError.until_cleared().on(Calls::Profiles);
    world.facebook().inject(hidden);
    anna.writes("Hello");
    let mei = world.line_customer(&line, "林怡君");
    mei.hides_profile(true);
    mei.writes("一");
    for (shown, id) in [
        ("Messenger user …", anna.psid()),
        ("LINE user …", mei.user_id()),
    ] {
        let name = format!("{shown}{}", &id[id.len() - 4..]);
        let chat = world.owner.takes(&name);
        assert_eq!(chat.texts().len(), 1);
    }
    // It is asked for again later, and comes then.
    world.facebook().clear_faults();
    world.change(
        "UPDATE social_profile SET name_due_at = 0 WHERE platform_user_id = ?1",
        [anna.psid()],
    );
    anna.writes("Are you there?");
    world.owner.sees("My work items", "Anna Virtanen");
}
