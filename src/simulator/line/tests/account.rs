//! Tokens, content, the customer's phone.

use super::*;

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
