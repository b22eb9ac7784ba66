//! The simulated Facebook, met as the product meets it: over HTTP.

use super::super::fake_product::{FakeProduct, LIMIT, call};
use super::super::{Fault, Side, Signature, Simulator, Tick, TokenPlace, wire};
use super::{Customer, Echo, GraphError, ProfileAccess, Receipts};
use serde_json::{Value, json};
use std::time::Duration;

const APP: &str = "138483919580948";
const SECRET: &str = "60efff025951cddde78c8d03de52cc90";
const PAGE: &str = "542998526103632";
const PSID: &str = "5794982867201265";

struct World {
    simulator: Simulator,
    product: FakeProduct,
    token: String,
    anna: Customer,
}

/// One page, subscribed for everything, and one customer.
fn world() -> World {
    let product = FakeProduct::start();
    let simulator = Simulator::start().unwrap();
    let facebook = simulator.facebook();
    facebook.add_app(APP, SECRET);
    let token = facebook.add_page(APP, PAGE, "Shop");
    facebook
        .set_webhook(APP, &format!("{}/hook", product.url), "right")
        .unwrap();
    let anna = facebook.customer(PAGE, PSID, "Anna Meri");
    anna.sets_receipts(Receipts::None);
    let world = World {
        anna,
        simulator,
        product,
        token,
    };
    let fields = "messages,messaging_postbacks,message_echoes,message_reads,message_deliveries,\
                  message_reactions,message_edits,standby";
    let path = format!("/{PAGE}/subscribed_apps?subscribed_fields={fields}");
    assert_eq!(world.post(&path, &json!({})).0, 200);
    world
}

impl World {
    fn get(&self, path: &str) -> (u16, Value) {
        let url = format!("{}/v25.0{path}", self.simulator.graph_url());
        call("GET", &url, &self.token, &[], None).unwrap()
    }

    fn try_post(&self, path: &str, body: &Value) -> Result<(u16, Value), ureq::Error> {
        let url = format!("{}/v25.0{path}", self.simulator.graph_url());
        call("POST", &url, &self.token, &[], Some(body))
    }

    fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.try_post(path, body).unwrap()
    }

    fn send(&self, message: Value) -> (u16, Value) {
        self.post(&format!("/{PAGE}/messages"), &response(message))
    }

    /// The code and subcode with which a send is refused.
    fn refusal(&self, body: &Value) -> (i64, Option<i64>) {
        let (status, answer) = self.post("/me/messages", body);
        assert!(status >= 400, "accepted: {answer}");
        code(&answer)
    }
}

fn response(message: Value) -> Value {
    json!({"recipient": {"id": PSID}, "messaging_type": "RESPONSE", "message": message})
}

fn code(answer: &Value) -> (i64, Option<i64>) {
    let error = &answer["error"];
    (
        error["code"].as_i64().unwrap(),
        error["error_subcode"].as_i64(),
    )
}

#[test]
fn a_callback_is_kept_only_when_the_challenge_comes_back() {
    let product = FakeProduct::start();
    let simulator = Simulator::start().unwrap();
    let facebook = simulator.facebook();
    facebook.add_app(APP, SECRET);
    assert!(facebook.set_webhook(APP, &product.url, "wrong").is_err());
    assert_eq!(facebook.callback_url(APP), None);
    assert_eq!(facebook.set_webhook(APP, &product.url, "right"), Ok(()));
    assert_eq!(facebook.callback_url(APP), Some(product.url.clone()));
}

#[test]
fn a_customers_text_arrives_escaped_and_signed_over_its_bytes() {
    let world = world();
    let mid = world.anna.writes("Hyvää päivää 🙂");
    let body = &world.product.bodies(1)[0];
    let item = &body["entry"][0]["messaging"][0];
    assert_eq!(body["entry"][0]["id"], PAGE);
    assert_eq!(
        item["message"],
        json!({"mid": mid, "text": "Hyvää päivää 🙂"})
    );
    let post = world.product.newest();
    assert!(post.body.is_ascii());
    let signature = wire::facebook_signature(SECRET, &post.body);
    assert_eq!(post.header("x-hub-signature-256"), Some(signature.as_str()));
    assert_eq!(world.anna.transcript()[0].tick, Tick::Delivered);
}

#[test]
fn only_what_is_subscribed_on_both_levels_is_delivered() {
    let world = world();
    world
        .simulator
        .facebook()
        .set_app_fields(APP, &["messages"]);
    world.anna.taps_postback("Get Started", "GET_STARTED");
    world.anna.writes("hello");
    assert_eq!(world.product.bodies(1).len(), 1);
    world.simulator.facebook().disable_webhooks(PAGE);
    world.anna.writes("nobody hears");
    assert_eq!(world.product.bodies(1).len(), 1);
}

#[test]
fn what_the_product_refuses_stays_pending_and_comes_again() {
    let world = world();
    let courier = world.simulator.facebook().courier();
    world.product.answers(503);
    world.anna.writes("hello");
    assert_eq!(
        (courier.pending(), courier.deliveries()[0].status()),
        (1, Some(503))
    );
    assert_eq!(courier.redeliver_pending(), 0);
    world.product.answers(200);
    assert_eq!(courier.redeliver_pending(), 1);
    let bodies = world.product.bodies(3);
    assert_eq!(
        bodies[0]["entry"][0]["messaging"],
        bodies[2]["entry"][0]["messaging"]
    );
    world.product.answers(503);
    courier.retry_by_itself(&[Duration::ZERO]);
    world.anna.writes("again");
    world.product.answers(200);
    assert!(
        world
            .simulator
            .wait_until(LIMIT, |_| courier.pending() == 0)
    );
}

#[test]
fn deliveries_can_be_held_reordered_joined_and_repeated() {
    let world = world();
    let courier = world.simulator.facebook().courier();
    let texts = |bodies: &[Value]| -> Vec<String> {
        let entries = bodies
            .iter()
            .flat_map(|body| body["entry"].as_array().unwrap());
        let items = entries.map(|entry| &entry["messaging"][0]["message"]["text"]);
        items
            .map(|text| text.as_str().unwrap().to_owned())
            .collect()
    };
    courier.hold();
    for text in ["a", "b", "c"] {
        world.anna.writes(text);
    }
    courier.release_in_order(&[2, 0]);
    assert_eq!(texts(&world.product.bodies(3)), ["c", "a", "b"]);
    courier.hold();
    for text in ["d", "e"] {
        world.anna.writes(text);
    }
    courier.release_together();
    let bodies = world.product.bodies(4);
    assert_eq!(texts(&bodies[3..]), ["d", "e"]);
    courier.redeliver_last(1);
    assert_eq!(texts(&world.product.bodies(5)[4..]), ["d", "e"]);
}

#[test]
fn a_webhook_can_be_overtaken_or_come_twice() {
    let world = world();
    let facebook = world.simulator.facebook();
    facebook.inject(Fault::OutOfOrder.once());
    let first = world.anna.writes("first");
    let second = world.anna.writes("second");
    let mid = |body: &Value| body["entry"][0]["messaging"][0]["message"]["mid"].clone();
    let bodies = world.product.bodies(2);
    assert_eq!(
        (mid(&bodies[0]), mid(&bodies[1])),
        (second.into(), first.into())
    );
    facebook.inject(Fault::Redelivery.once());
    world.anna.writes("third");
    let bodies = world.product.bodies(4);
    assert_eq!(mid(&bodies[2]), mid(&bodies[3]));
}

#[test]
fn an_accepted_message_is_in_the_ledger_and_its_echo_and_receipts_come() {
    let world = world();
    world.anna.writes("hello");
    let (status, answer) = world.send(json!({"text": "Hi", "metadata": "ours:1"}));
    assert_eq!(status, 200, "{answer}");
    let sent = &world.simulator.facebook().sent_to(PSID)[0];
    assert_eq!(
        answer,
        json!({"recipient_id": PSID, "message_id": sent.mid})
    );
    assert_eq!(
        (sent.text.as_deref(), sent.metadata.as_deref()),
        (Some("Hi"), Some("ours:1"))
    );
    let echo = &world.product.bodies(2)[1]["entry"][0]["messaging"][0];
    assert_eq!(echo["sender"]["id"], PAGE);
    assert_eq!(echo["message"]["is_echo"], true);
    assert_eq!(echo["message"]["metadata"], "ours:1");
    assert_eq!(echo["message"]["app_id"].to_string(), APP);
    world.anna.sets_receipts(Receipts::Delivered);
    let delivery = &world.product.bodies(3)[2]["entry"][0]["messaging"][0];
    assert_eq!(delivery["delivery"]["mids"], json!([sent.mid]));
    assert_eq!(delivery["timestamp"], Value::Null);
    world.anna.reads_all();
    let read = &world.product.bodies(4)[3]["entry"][0]["messaging"][0];
    assert_eq!(read["read"]["watermark"], sent.at_ms);
    let bubble = &world.anna.transcript()[1];
    assert_eq!((bubble.side, bubble.tick), (Side::Business, Tick::Read));
}

#[test]
fn an_echo_can_overtake_the_answer_and_survive_its_loss() {
    let world = world();
    let facebook = world.simulator.facebook();
    world.anna.writes("hello");
    facebook.set_echo(Echo::Before);
    world.send(json!({"text": "one"}));
    assert_eq!(facebook.courier().deliveries().len(), 2);
    facebook.set_echo(Echo::After);
    facebook.inject(Fault::AcceptThenDrop.once());
    let body = response(json!({"text": "two"}));
    assert!(world.try_post("/me/messages", &body).is_err());
    assert_eq!(facebook.sent_to(PSID).len(), 2);
    assert_eq!(world.product.bodies(3).len(), 3);
    facebook.inject(Fault::DropBeforeAccept.once());
    assert!(world.try_post("/me/messages", &body).is_err());
    assert_eq!(facebook.sent_to(PSID).len(), 2);
    assert_eq!(facebook.calls().last().unwrap().status, None);
}

#[test]
fn the_window_closes_after_a_day_and_for_people_after_a_week() {
    let world = world();
    let clock = world.simulator.clock();
    let day = Duration::from_secs(24 * 3600);
    let reply = response(json!({"text": "Hi"}));
    let mut tagged = reply.clone();
    tagged["messaging_type"] = "MESSAGE_TAG".into();
    tagged["tag"] = "HUMAN_AGENT".into();
    assert_eq!(
        world.refusal(&reply),
        (10, Some(2018278)),
        "before the first act"
    );
    world.anna.writes("hello");
    clock.advance(day);
    assert_eq!(world.refusal(&reply), (10, Some(2018278)));
    assert_eq!(world.post("/me/messages", &tagged).0, 200);
    clock.advance(6 * day);
    assert_eq!(world.refusal(&tagged), (10, Some(2018278)));
    tagged["tag"] = "ACCOUNT_UPDATE".into();
    assert_eq!(world.refusal(&tagged), (100, Some(1893061)));
}

#[test]
fn sends_are_refused_as_the_platform_refuses_them() {
    let world = world();
    world.anna.writes("hello");
    let text = |text: &str| response(json!({"text": text}));
    assert_eq!(world.refusal(&text(" ")).0, 100);
    assert_eq!(world.refusal(&text(&"ä".repeat(2001))).0, 100);
    assert_eq!(world.post("/me/messages", &text(&"ä".repeat(2000))).0, 200);
    let mut stranger = text("Hi");
    stranger["recipient"]["id"] = "1".into();
    assert_eq!(world.refusal(&stranger), (100, Some(2018001)));
    let mut untyped = text("Hi");
    untyped.as_object_mut().unwrap().remove("messaging_type");
    assert_eq!(world.refusal(&untyped).0, 100);
    let (_, answer) = world.post("/999/messages", &text("Hi"));
    assert_eq!(code(&answer), (10, None));
    world.anna.is_controlled_by(Some("263902037430900"));
    assert_eq!(world.refusal(&text("Hi")), (10, Some(2018300)));
    world.anna.is_controlled_by(None);
    world.anna.blocks(true);
    assert_eq!(world.refusal(&text("Hi")), (551, Some(1545041)));
}

#[test]
fn text_beside_an_attachment_is_all_that_arrives() {
    let world = world();
    world.anna.writes("hello");
    let picture = json!({"type": "image", "payload": {"url": "https://example.com/a.png"}});
    let (status, _) = world.send(json!({"text": "look", "attachment": picture}));
    let sent = world.simulator.facebook().sent_to(PSID).remove(0);
    assert_eq!(status, 200);
    assert_eq!((sent.attachment, sent.is_attachment_dropped), (None, true));
}

#[test]
fn every_row_of_the_error_table_can_be_had() {
    let world = world();
    world.anna.writes("hello");
    for (name, error) in GraphError::ALL {
        world.simulator.facebook().inject(error.fault().once());
        let (status, answer) = world.send(json!({"text": "Hi"}));
        assert_eq!(status, error.status, "{name}");
        assert_eq!(code(&answer), (error.code, error.subcode), "{name}");
    }
    world.simulator.facebook().inject(Fault::ServerError.once());
    let (status, answer) = world.send(json!({"text": "Hi"}));
    assert_eq!(status, 500);
    assert!(answer.as_str().unwrap().contains("<html>"));
    assert_eq!(world.simulator.facebook().sent_to(PSID), []);
}

#[test]
fn a_dead_token_is_refused_everywhere_and_a_new_one_works() {
    let mut world = world();
    let facebook = world.simulator.facebook().clone();
    world.anna.writes("hello");
    facebook.kill_token(&world.token, GraphError::PASSWORD_CHANGED);
    assert_eq!(
        world.refusal(&response(json!({"text": "Hi"}))),
        (190, Some(460))
    );
    assert_eq!(code(&world.get("/me").1), (190, Some(460)));
    world.token = facebook.new_page_token(APP, PAGE);
    assert_eq!(world.send(json!({"text": "Hi"})).0, 200);
    assert!(
        facebook
            .calls()
            .iter()
            .all(|call| call.token == TokenPlace::Header)
    );
}

#[test]
fn a_token_says_whose_it_is() {
    let world = world();
    let facebook = world.simulator.facebook();
    let debug = |token: &str| {
        let app_token = format!("{APP}|{SECRET}");
        let url = format!(
            "{}/v25.0/debug_token?input_token={token}",
            world.simulator.graph_url()
        );
        call("GET", &url, &app_token, &[], None).unwrap().1["data"].clone()
    };
    let data = debug(&world.token);
    assert_eq!(
        (&data["type"], &data["profile_id"], &data["app_id"]),
        (&json!("PAGE"), &json!(PAGE), &json!(APP))
    );
    assert_eq!(data["is_valid"], true);
    assert_eq!(debug(&facebook.user_token(APP, "Owner"))["type"], "USER");
    assert_eq!(debug("EAAnonsense")["is_valid"], false);
    facebook.inject(Fault::DeadToken.until_cleared().at(PAGE));
    assert_eq!(debug(&world.token)["error"]["subcode"], 460);
    facebook.clear_faults();
    assert_eq!(
        world.get("/me?fields=id,name").1,
        json!({"id": PAGE, "name": "Shop"})
    );
    assert_eq!(code(&world.get("/me?fields=id,tasks").1), (100, None));
}

#[test]
fn one_unknown_field_fails_a_subscription() {
    let world = world();
    let path = format!("/{PAGE}/subscribed_apps?subscribed_fields=messages,nonsense");
    assert_eq!(code(&world.post(&path, &json!({})).1), (100, None));
    let (_, answer) = world.get(&format!("/{PAGE}/subscribed_apps"));
    assert_eq!(answer["data"][0]["id"], APP);
    assert_eq!(
        answer["data"][0]["subscribed_fields"]
            .as_array()
            .unwrap()
            .len(),
        8
    );
}

#[test]
fn a_profile_is_full_partial_empty_or_refused() {
    let world = world();
    let profile = || {
        world
            .get(&format!(
                "/{PSID}?fields=first_name,last_name,name,profile_pic"
            ))
            .1
    };
    assert_eq!(profile(), json!({}), "before the customer has acted");
    world.anna.writes("hello");
    assert_eq!(profile()["name"], "Anna Meri");
    world.anna.shows_profile(ProfileAccess::FirstName);
    assert_eq!(profile(), json!({"first_name": "Anna", "id": PSID}));
    world.anna.shows_profile(ProfileAccess::Empty);
    assert_eq!(profile(), json!({}));
    world.anna.hides_profile();
    assert_eq!(code(&profile()), (100, Some(2018247)));
    let path =
        format!("/{PAGE}/conversations?platform=messenger&user_id={PSID}&fields=participants");
    let (_, answer) = world.get(&path);
    assert_eq!(
        answer["data"][0]["participants"]["data"][0]["name"],
        "Anna Meri"
    );
}

#[test]
fn a_proof_must_fit_and_can_be_demanded() {
    let world = world();
    let facebook = world.simulator.facebook();
    facebook.require_proof(APP, true);
    assert_eq!(world.get("/me").0, 400);
    let proof = wire::appsecret_proof(SECRET, &world.token);
    assert_eq!(world.get(&format!("/me?appsecret_proof={proof}")).0, 200);
    facebook.require_proof(APP, false);
    assert_eq!(world.get("/me?appsecret_proof=00").0, 400);
}

#[test]
fn in_standby_events_come_in_the_other_array() {
    let world = world();
    world.anna.is_controlled_by(Some("1"));
    world.anna.taps_postback("Menu", "MENU");
    let entry = &world.product.bodies(1)[0]["entry"][0];
    assert_eq!(entry.get("messaging"), None);
    assert_eq!(entry["standby"][0]["postback"]["title"], "Menu");
    assert_eq!(entry["standby"][0]["postback"].get("payload"), None);
}

#[test]
fn bodies_of_a_tests_own_making_are_signed_as_told() {
    let world = world();
    let facebook = world.simulator.facebook();
    assert_eq!(facebook.press_dashboard_test(APP), Some(200));
    assert_eq!(world.product.bodies(1)[0]["entry"][0]["id"], "0");
    facebook.deliver_with_signature(APP, b"{}", &Signature::Missing);
    assert_eq!(world.product.newest().header("x-hub-signature-256"), None);
    facebook.deliver_with_signature(APP, b"{}", &Signature::Wrong);
    let wrong = world.product.newest();
    let right = wire::facebook_signature(SECRET, b"{}");
    assert_ne!(wrong.header("x-hub-signature-256"), Some(right.as_str()));
}

#[test]
fn two_sends_to_one_person_at_once_are_noticed() {
    let world = world();
    let facebook = world.simulator.facebook();
    world.anna.writes("hello");
    facebook.inject(Fault::Slow(Duration::from_secs(3600)).once());
    let url = format!("{}/v25.0/me/messages", world.simulator.graph_url());
    let token = world.token.clone();
    std::thread::spawn(move || {
        // Never answered while the test runs: the simulator goes first.
        let _ = call(
            "POST",
            &url,
            &token,
            &[],
            Some(&response(json!({"text": "slow"}))),
        );
    });
    assert!(facebook.wait_until(LIMIT, |facebook| facebook.sent().len() == 1));
    assert_eq!(facebook.overlapping_sends(), 0);
    world.send(json!({"text": "Hi"}));
    assert_eq!(facebook.overlapping_sends(), 1);
}

#[test]
fn files_of_customers_expire() {
    let world = world();
    let facebook = world.simulator.facebook();
    let url = facebook.put_file("a.png", "image/png", b"bytes");
    let fetch = || call("GET", &url, "", &[], None).unwrap();
    assert_eq!(fetch(), (200, Value::String("bytes".to_owned())));
    facebook.expire_file(&url);
    assert_eq!(fetch().0, 403);
}
