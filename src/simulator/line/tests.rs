//! The simulated LINE, met as the product meets it: over HTTP.

use super::super::fake_product::{FakeProduct, call};
use super::super::{Calls, Fault, Side, Signature, Simulator, Tick, wire};
use super::{Bot, ChatMode, LineError, LineUser, Phone, Via};
use serde_json::{Value, json};
use std::time::Duration;

const CHANNEL: &str = "1653424449";
const SECRET: &str = "8c570fa6dd201bb328f1c1eac23a96d8";
const BOT: &str = "U8e742f61d673b39c7fff3cecb7536ef0";
const USER: &str = "U0123456789abcdef0123456789abcdef";
const KEY: &str = "123e4567-e89b-12d3-a456-426614174000";

struct World {
    simulator: Simulator,
    product: FakeProduct,
    token: String,
    mei: LineUser,
}

/// One official account whose webhook is set, and one friend.
fn world() -> World {
    let simulator = Simulator::start().unwrap();
    let bot = Bot {
        user_id: BOT.to_owned(),
        basic_id: "@shop".to_owned(),
        display_name: "Shop".to_owned(),
        chat_mode: ChatMode::Chat,
    };
    let line = simulator.line();
    line.add_channel(CHANNEL, SECRET, Some("long"), bot);
    let world = World {
        mei: line.user(CHANNEL, USER, "美玲"),
        token: "long".to_owned(),
        product: FakeProduct::start(),
        simulator,
    };
    let endpoint = json!({"endpoint": world.product.url});
    assert_eq!(
        world
            .call("PUT", "/channel/webhook/endpoint", Some(endpoint))
            .0,
        200
    );
    world
}

impl World {
    fn call(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let url = format!("{}/v2/bot{path}", self.simulator.line_url());
        call(method, &url, &self.token, &[], body.as_ref()).unwrap()
    }

    fn try_push(&self, key: Option<&str>, body: &Value) -> Result<(u16, Value), ureq::Error> {
        let url = format!("{}/v2/bot/message/push", self.simulator.line_url());
        let header = key.map(|key| ("X-Line-Retry-Key", key));
        call("POST", &url, &self.token, header.as_slice(), Some(body))
    }

    fn push(&self, key: Option<&str>, text: &str) -> (u16, Value) {
        self.try_push(key, &to_user(text)).unwrap()
    }

    fn reply(&self, token: &str, text: &str) -> (u16, Value) {
        let body = json!({"replyToken": token, "messages": [{"type": "text", "text": text}]});
        self.call("POST", "/message/reply", Some(body))
    }

    fn texts(&self) -> Vec<String> {
        let sent = self.simulator.line().sent_to(USER);
        sent.into_iter().filter_map(|sent| sent.text).collect()
    }
}

fn to_user(text: &str) -> Value {
    json!({"to": USER, "messages": [{"type": "text", "text": text}]})
}

#[test]
fn a_stateless_token_is_given_for_the_secret_and_lives_fifteen_minutes() {
    let mut world = world();
    let url = format!("{}/oauth2/v3/token", world.simulator.line_url());
    let ask = |secret: &str| {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", CHANNEL),
            ("client_secret", secret),
        ];
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .into();
        let mut response = agent.post(&url).send_form(form).unwrap();
        let body: Value = response.body_mut().read_json().unwrap_or_default();
        (response.status().as_u16(), body)
    };
    let (status, refusal) = ask("wrong");
    assert_eq!((status, &refusal["error"]), (400, &json!("invalid_client")));
    let (status, answer) = ask(SECRET);
    assert_eq!((status, &answer["expires_in"]), (200, &json!(900)));
    world.token = answer["access_token"].as_str().unwrap().to_owned();
    let (status, info) = world.call("GET", "/info", None);
    assert_eq!((status, &info["userId"]), (200, &json!(BOT)));
    world.simulator.clock().advance(Duration::from_secs(900));
    assert_eq!(world.call("GET", "/info", None).0, 401);
    let outage = Fault::ServerError.once().on(Calls::Tokens);
    world.simulator.line().inject(outage);
    assert_eq!(ask(SECRET).0, 500);
}

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

#[test]
fn content_is_prepared_served_and_gone_after_an_unsend() {
    let world = world();
    let line = world.simulator.line();
    let id = world.mei.sends_video(b"bytes", 1000);
    let fetch = || {
        let url = format!(
            "{}/v2/bot/message/{id}/content",
            world.simulator.line_data_url()
        );
        call("GET", &url, &world.token, &[], None).unwrap()
    };
    line.prepare_content(&id, 1);
    assert_eq!(fetch(), (202, json!("")));
    assert_eq!(fetch(), (200, json!("bytes")));
    world.mei.unsends(&id);
    assert_eq!(fetch().0, 410);
    line.forget_content(&id);
    assert_eq!(fetch().0, 404);
    let unsend = &world.product.bodies(2)[1]["events"][0];
    assert_eq!(
        (&unsend["unsend"]["messageId"], unsend.get("replyToken")),
        (&json!(id), None)
    );
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

#[test]
fn the_phone_shows_what_arrived_and_what_was_read() {
    let world = world();
    world.mei.sets_phone(Phone::Off);
    world.push(None, "Hi");
    assert_eq!(world.mei.transcript()[0].tick, Tick::Sent);
    world.mei.sets_phone(Phone::On);
    assert_eq!(world.mei.transcript()[0].tick, Tick::Delivered);
    world.mei.reads_all();
    let bubble = &world.mei.transcript()[0];
    assert_eq!(
        (bubble.side, bubble.tick, bubble.text.as_str()),
        (Side::Business, Tick::Read, "Hi")
    );
}
