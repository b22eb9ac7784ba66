//! What reaches the product, and how.

use super::*;

#[test]
fn the_webhooks_address_is_set_read_and_tested_with_a_signed_empty_body() {
    let world = world();
    let (_, endpoint) = world.call("GET", "/channel/webhook/endpoint", None);
    assert_eq!(
        endpoint,
        json!({"endpoint": world.product.url, "active": true})
    );
    let (status, test) = world.call("POST", "/channel/webhook/test", Some(json!({})));
    assert_eq!(
        (status, &test["success"], &test["reason"]),
        (200, &json!(true), &json!("OK"))
    );
    let post = world.product.newest();
    assert_eq!(
        post.json().unwrap(),
        json!({"destination": BOT, "events": []})
    );
    let signature = wire::line_signature(SECRET, &post.body);
    assert_eq!(post.header("x-line-signature"), Some(signature.as_str()));
    world.product.answers(401);
    let (_, test) = world.call("POST", "/channel/webhook/test", Some(json!({})));
    assert_eq!(
        (&test["statusCode"], &test["reason"]),
        (&json!(401), &json!("ERROR_STATUS_CODE"))
    );
    let nowhere = json!({"endpoint": "http://127.0.0.1:1/"});
    let (_, test) = world.call("POST", "/channel/webhook/test", Some(nowhere));
    assert_eq!(test["reason"], "COULD_NOT_CONNECT");
    let plain = json!({"endpoint": "http://shop.example/"});
    assert_eq!(
        world
            .call("PUT", "/channel/webhook/endpoint", Some(plain))
            .0,
        400
    );
}

#[test]
fn a_customers_text_comes_with_everything_an_event_has() {
    let world = world();
    let id = world.mei.writes("你好 🙂");
    let body = &world.product.bodies(1)[0];
    let event = &body["events"][0];
    assert_eq!(body["destination"], BOT);
    assert_eq!(
        (&event["message"]["id"], &event["message"]["text"]),
        (&json!(id), &json!("你好 🙂"))
    );
    assert_eq!(event["source"], json!({"type": "user", "userId": USER}));
    assert_eq!(event["deliveryContext"]["isRedelivery"], false);
    assert_eq!(event["webhookEventId"].as_str().unwrap().len(), 26);
    let raw = String::from_utf8(world.product.newest().body).unwrap();
    assert!(raw.contains("你好 \\uD83D\\uDE42"), "{raw}");
    let read = json!({"markAsReadToken": event["message"]["markAsReadToken"]});
    assert_eq!(world.mei.transcript()[0].tick, Tick::Delivered);
    assert_eq!(world.call("POST", "/chat/markAsRead", Some(read)).0, 200);
    assert_eq!(world.mei.transcript()[0].tick, Tick::Read);
}

#[test]
fn a_redelivery_is_the_same_event_and_says_so() {
    let world = world();
    world.product.answers(503);
    world.mei.writes("hello");
    world.product.answers(200);
    assert_eq!(world.simulator.line().courier().redeliver_pending(), 1);
    let bodies = world.product.bodies(2);
    let mut expected = bodies[0]["events"][0].clone();
    expected["deliveryContext"]["isRedelivery"] = true.into();
    assert_eq!(bodies[1]["events"][0], expected);
}

#[test]
fn a_group_writes_and_is_answered_as_a_group() {
    let world = world();
    let line = world.simulator.line();
    let id = "C0123456789abcdef0123456789abcdef";
    let group = line.group(CHANNEL, id, "Book club");
    group.has_member(USER, "美玲");
    group.invites_bot();
    group.hears(USER, "hello all");
    let event = &world.product.bodies(2)[1]["events"][0];
    assert_eq!(
        event["source"],
        json!({"type": "group", "groupId": id, "userId": USER})
    );
    assert_eq!(
        world
            .reply(event["replyToken"].as_str().unwrap(), "hello group")
            .0,
        200
    );
    assert_eq!(line.sent_to(id)[0].text.as_deref(), Some("hello group"));
    let (_, summary) = world.call("GET", &format!("/group/{id}/summary"), None);
    assert_eq!(summary["groupName"], "Book club");
    let (_, member) = world.call("GET", &format!("/group/{id}/member/{USER}"), None);
    assert_eq!(member["displayName"], "美玲");
}

#[test]
fn a_switched_off_webhook_and_standby_change_what_comes() {
    let world = world();
    let line = world.simulator.line();
    line.set_webhook_active(CHANNEL, false);
    world.mei.writes("nobody hears");
    assert_eq!(
        world.call("GET", "/channel/webhook/endpoint", None).1["active"],
        false
    );
    line.set_webhook_active(CHANNEL, true);
    line.set_standby(CHANNEL, true);
    world.mei.writes("somebody else answers");
    let bodies = world.product.bodies(1);
    let event = &bodies[0]["events"][0];
    assert_eq!(
        (bodies.len(), &event["mode"], event.get("replyToken")),
        (1, &json!("standby"), None)
    );
}

#[test]
fn a_rotated_secret_signs_from_now_on_and_bodies_are_signed_as_told() {
    let world = world();
    let line = world.simulator.line();
    let secret = line.rotate_secret(CHANNEL);
    world.mei.writes("hello");
    let post = world.product.newest();
    let signature = wire::line_signature(&secret, &post.body);
    assert_eq!(post.header("x-line-signature"), Some(signature.as_str()));
    assert_eq!(
        line.deliver_with_signature(CHANNEL, b"{}", &Signature::Missing),
        Some(200)
    );
    assert_eq!(world.product.newest().header("x-line-signature"), None);
}
