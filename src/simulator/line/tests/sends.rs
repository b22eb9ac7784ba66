//! What may be sent, what it costs, whom it reaches.

use super::*;

#[test]
fn a_reply_token_works_once_and_for_a_minute() {
    let world = world();
    let token = |count: usize| {
        let bodies = world.product.bodies(count);
        let event = &bodies[count - 1]["events"][0];
        event["replyToken"].as_str().unwrap().to_owned()
    };
    world.mei.writes("one");
    assert_eq!(
        world.reply(&token(1), " ").0,
        400,
        "a refused reply does not use the token up"
    );
    assert_eq!(world.reply(&token(1), "first").0, 200);
    let (status, answer) = world.reply(&token(1), "twice");
    assert_eq!(
        (status, &answer["message"]),
        (400, &json!("Invalid reply token"))
    );
    world.mei.writes("two");
    world.simulator.clock().advance(Duration::from_secs(60));
    assert_eq!(world.reply(&token(2), "late").0, 400);
    world.simulator.line().courier().redeliver_last(1);
    assert_eq!(world.reply(&token(3), "after redelivery").0, 200);
    world.mei.writes("three");
    world
        .simulator
        .clock()
        .advance(Duration::from_secs(20 * 60));
    world.simulator.line().courier().redeliver_last(1);
    assert_eq!(world.reply(&token(5), "too old").0, 400);
    let sent = world.simulator.line().sent_to(USER);
    assert_eq!(world.texts(), ["first", "after redelivery"]);
    assert!(sent.iter().all(|sent| sent.via == Via::Reply));
    assert_eq!(world.simulator.line().quota_used(CHANNEL), 0);
}

#[test]
fn a_reply_must_not_carry_a_retry_key() {
    let world = world();
    world.mei.writes("hello");
    let token = world.product.bodies(1)[0]["events"][0]["replyToken"].clone();
    let body = json!({"replyToken": token, "messages": [{"type": "text", "text": "Hi"}]});
    let url = format!("{}/v2/bot/message/reply", world.simulator.line_url());
    let headers = [("X-Line-Retry-Key", KEY)];
    let (status, _) = call("POST", &url, &world.token, &headers, Some(&body)).unwrap();
    assert_eq!(status, 400);
}

#[test]
fn a_push_with_a_retry_key_is_accepted_once_a_day() {
    let world = world();
    let line = world.simulator.line();
    line.inject(Fault::AcceptThenDrop.once());
    assert!(world.try_push(Some(KEY), &to_user("Hi")).is_err());
    let (status, answer) = world.push(Some(KEY), "Hi");
    assert_eq!(status, 409);
    assert_eq!(answer["sentMessages"][0]["id"], line.sent_to(USER)[0].id);
    assert_eq!(
        (world.texts(), line.misused_retry_keys()),
        (vec!["Hi".to_owned()], 0)
    );
    assert_eq!(world.push(Some(KEY), "other").0, 409);
    assert_eq!(line.misused_retry_keys(), 1);
    assert_eq!(world.push(Some("no-uuid"), "Hi").0, 400);
    world
        .simulator
        .clock()
        .advance(Duration::from_secs(24 * 3600));
    assert_eq!(world.push(Some(KEY), "a day later").0, 200);
    assert_eq!(world.texts(), ["Hi", "a day later"]);
    // After the webhook was set, the first push is the one that was dropped.
    assert_eq!(line.calls()[1].status, None);
}

#[test]
fn pushes_count_and_end_with_the_quota() {
    let world = world();
    let line = world.simulator.line();
    line.set_quota(CHANNEL, Some(1));
    assert_eq!(
        world.call("GET", "/message/quota", None).1,
        json!({"type": "limited", "value": 1})
    );
    assert_eq!(world.push(None, "one").0, 200);
    let (status, answer) = world.push(None, "two");
    assert_eq!(
        (status, &answer["message"]),
        (429, &json!("You have reached your monthly limit."))
    );
    assert_eq!(
        world.call("GET", "/message/quota/consumption", None).1,
        json!({"totalUsage": 1})
    );
    world.mei.writes("free answers still work");
    let token = world.product.bodies(1)[0]["events"][0]["replyToken"].clone();
    assert_eq!(world.reply(token.as_str().unwrap(), "free").0, 200);
}

#[test]
fn a_push_to_who_blocked_us_is_accepted_and_never_arrives() {
    let world = world();
    world.mei.unfollows();
    assert_eq!(world.push(None, "Hi").0, 200);
    let sent = world.simulator.line().sent_to(USER);
    assert!(!sent[0].is_reached);
    assert_eq!(world.mei.transcript(), []);
    assert_eq!(world.simulator.line().quota_used(CHANNEL), 0);
    assert_eq!(world.call("GET", &format!("/profile/{USER}"), None).0, 404);
    world.mei.follows();
    let events = world.product.bodies(2);
    assert_eq!(events[0]["events"][0].get("replyToken"), None);
    assert_eq!(events[1]["events"][0]["follow"]["isUnblocked"], true);
    let (_, profile) = world.call("GET", &format!("/profile/{USER}"), None);
    assert_eq!(profile["displayName"], "美玲");
}

#[test]
fn unknown_recipients_and_bad_bodies_are_refused_with_details() {
    let world = world();
    let mut body = to_user("Hi");
    body["to"] = "Uffffffffffffffffffffffffffffffff".into();
    let (status, answer) = world.try_push(None, &body).unwrap();
    assert_eq!(
        (status, &answer["message"]),
        (400, &json!("Failed to send messages"))
    );
    let (status, answer) = world.push(None, "");
    assert_eq!(status, 400);
    assert_eq!(
        answer["details"][0],
        json!({"message": "May not be empty", "property": "messages[0].text"})
    );
    let (status, _) = world.call("POST", "/message/validate/push", Some(to_user("Hi")));
    assert_eq!((status, world.texts().len()), (200, 0));
}

#[test]
fn every_row_of_the_error_table_can_be_had() {
    let world = world();
    for (name, error) in LineError::ALL {
        world
            .simulator
            .line()
            .inject(error.fault().once().towards(USER));
        let (status, answer) = world.push(None, "Hi");
        assert_eq!(
            (status, &answer["message"]),
            (error.status, &json!(error.message)),
            "{name}"
        );
    }
    world
        .simulator
        .line()
        .inject(Fault::DeadToken.once().at(CHANNEL));
    assert_eq!(world.call("GET", "/info", None).0, 401);
    world.simulator.line().inject(Fault::RateLimited.once());
    assert_eq!(world.push(None, "Hi").0, 429);
    assert_eq!(world.texts().len(), 0);
}
