//! What reaches the product, and how.

use super::*;

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
    facebook.inject(Fault::OutOfOrder.until_cleared());
    let first = world.anna.writes("first");
    let second = world.anna.writes("second");
    let mid = |body: &Value| body["entry"][0]["messaging"][0]["message"]["mid"].clone();
    let bodies = world.product.bodies(2);
    assert_eq!(
        (mid(&bodies[0]), mid(&bodies[1])),
        (second.into(), first.into())
    );
    facebook.clear_faults();
    facebook.inject(Fault::Redelivery.once());
    world.anna.writes("third");
    let bodies = world.product.bodies(4);
    assert_eq!(mid(&bodies[2]), mid(&bodies[3]));
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
