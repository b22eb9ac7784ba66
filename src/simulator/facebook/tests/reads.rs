//! Tokens, subscriptions, profiles, files.

use super::*;

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
fn files_of_customers_expire() {
    let world = world();
    let facebook = world.simulator.facebook();
    let url = facebook.put_file("a.png", "image/png", b"bytes");
    let fetch = || call("GET", &url, "", &[], None).unwrap();
    assert_eq!(fetch(), (200, Value::String("bytes".to_owned())));
    facebook.expire_file(&url);
    assert_eq!(fetch().0, 403);
}

#[test]
fn what_was_said_can_be_read_back_newest_first() {
    let world = world();
    let question = world.anna.writes("Do you ship?");
    let (_, answer) = world.send(json!({"text": "We do."}));
    let fields = "fields=id,messages.limit(5){id,from,message}";
    let path = format!("/{PAGE}/conversations?platform=messenger&user_id={PSID}&{fields}");
    let (_, threads) = world.get(&path);
    let messages = &threads["data"][0]["messages"]["data"];
    assert_eq!(messages[0]["id"], answer["message_id"]);
    assert_eq!(messages[0]["from"]["id"], PAGE);
    assert_eq!(messages[1]["id"], question);
    let (_, message) = world.get(&format!("/{question}?fields=from,message"));
    assert_eq!(message["from"]["name"], "Anna Meri");
}

#[test]
fn control_of_a_conversation_can_be_taken_back() {
    let world = world();
    world.anna.writes("hello");
    world.anna.is_controlled_by(Some("1"));
    let party = json!({"recipient": {"id": PSID}});
    assert_eq!(
        world
            .post(&format!("/{PAGE}/request_thread_control"), &party)
            .0,
        200
    );
    assert_eq!(world.send(json!({"text": "Hi"})).0, 400);
    assert_eq!(
        world
            .post(&format!("/{PAGE}/take_thread_control"), &party)
            .0,
        200
    );
    assert_eq!(world.send(json!({"text": "Hi"})).0, 200);
}
