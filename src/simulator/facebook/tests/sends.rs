//! What may be sent, and what comes of it.

use super::*;

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
    facebook.inject(Fault::AcceptThenServerError.once());
    assert_eq!(world.post("/me/messages", &body).0, 500);
    assert_eq!(world.product.bodies(4).len(), 4);
    facebook.inject(Fault::DropBeforeAccept.once());
    assert!(world.try_post("/me/messages", &body).is_err());
    assert_eq!(facebook.sent_to(PSID).len(), 3);
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
fn one_file_can_be_uploaded_with_a_message() {
    let world = world();
    world.anna.writes("hello");
    let upload = |count: usize| {
        let mut body = String::new();
        let message = r#"{"attachment":{"type":"image","payload":{}}}"#;
        let fields = [
            ("recipient", format!(r#"{{"id":"{PSID}"}}"#)),
            ("messaging_type", "RESPONSE".to_owned()),
            ("message", message.to_owned()),
        ];
        for (name, value) in fields {
            let head = format!("Content-Disposition: form-data; name=\"{name}\"");
            body += &format!("--edge\r\n{head}\r\n\r\n{value}\r\n");
        }
        for _ in 0..count {
            let head = "Content-Disposition: form-data; name=\"filedata\"; filename=\"a.png\"";
            body += &format!("--edge\r\n{head}\r\nContent-Type: image/png\r\n\r\nPNG\r\n");
        }
        body += "--edge--\r\n";
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .into();
        let url = format!("{}/v25.0/me/messages", world.simulator.graph_url());
        let request = agent
            .post(url)
            .header("Authorization", format!("Bearer {}", world.token));
        let request = request.content_type("multipart/form-data; boundary=edge");
        request.send(body).unwrap().status().as_u16()
    };
    assert_eq!((upload(0), upload(2), upload(1)), (400, 400, 200));
    let sent = world.simulator.facebook().sent_to(PSID).remove(0);
    assert_eq!(
        sent.attachment.unwrap()["payload"]["media_type"],
        "image/png"
    );
}

#[test]
fn an_attachment_that_the_page_keeps_can_be_sent_by_its_id() {
    let world = world();
    world.anna.writes("hello");
    let upload = json!({"message": {"attachment": {
        "type": "image",
        "payload": {"url": "https://example.com/a.png", "is_reusable": true},
    }}});
    let (_, kept) = world.post(&format!("/{PAGE}/message_attachments"), &upload);
    let by_id = |id: &Value| {
        response(json!({"attachment": {"type": "image", "payload": {"attachment_id": id}}}))
    };
    assert_eq!(
        world.post("/me/messages", &by_id(&kept["attachment_id"])).0,
        200
    );
    assert_eq!(world.refusal(&by_id(&json!("1"))), (100, Some(2018074)));
}
