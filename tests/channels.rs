//! The adapters against the simulated platforms: what they send, and what they make of the answers.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc;
use std::time::Duration;

use super::support::line_contract;
use serde_json::Value;
use tiski::channels::{
    Call, Channel, Credentials, Earlier, ProfileError, Registry, SetupError, registry,
};
use tiski::config::Platforms;
use tiski::crypto::Secret;
use tiski::domain::delivery::SendError;
use tiski::domain::inbound::{Customer, CustomerKind, PageEffect, What};
use tiski::domain::time::Timestamp;
use tiski::domain::window::Tag;
use tiski::locale;
use tiski::simulator::facebook::{GraphError, ProfileAccess};
use tiski::simulator::line::{Bot, ChatMode, LineError};
use tiski::simulator::{Calls, Fault, Simulator, TokenPlace};

const APP: &str = "138483919580948";
const SECRET: &str = "60efff025951cddde78c8d03de52cc90";
const PAGE: &str = "542998526103632";
const PSID: &str = "5794982867201265";
const BOT: &str = "U8e742f61d673b39c7fff3cecb7536ef0";
const USER: &str = "U4af49806292b4af49806292b4af49806";
const CHANNEL: &str = "1440057261";
const KEY: &str = "123e4567-e89b-42d3-a456-426614174000";

struct World {
    simulator: Simulator,
    channels: Registry,
    page: Credentials,
    bot: Credentials,
}

fn world() -> World {
    let simulator = Simulator::start().unwrap();
    let facebook = simulator.facebook();
    facebook.add_app(APP, SECRET);
    let token = facebook.add_page(APP, PAGE, "Shop");
    facebook.customer(PAGE, PSID, "Anna Meri").writes("Hello");
    let bot = Bot {
        user_id: BOT.to_owned(),
        basic_id: "@shop".to_owned(),
        display_name: "Shop on LINE".to_owned(),
        chat_mode: ChatMode::Bot,
    };
    simulator.line().add_channel(CHANNEL, SECRET, None, bot);
    let channels = registry(&Platforms {
        graph_api: simulator.graph_url().to_owned(),
        line_api: simulator.line_url().to_owned(),
        line_data_api: simulator.line_data_url().to_owned(),
        allow_private_fetch: true,
    });
    World {
        page: Credentials {
            external_id: APP.to_owned(),
            secret: Secret::new(SECRET),
            page: PAGE.to_owned(),
            token: Some(Secret::new(token)),
        },
        bot: Credentials {
            external_id: CHANNEL.to_owned(),
            secret: Secret::new(SECRET),
            page: BOT.to_owned(),
            token: None,
        },
        simulator,
        channels,
    }
}

impl Drop for World {
    /// Whatever a test is about: LINE's own description allows every call that it made.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let faults = line_contract::faults(&self.simulator.line().calls());
            assert!(faults.is_empty(), "LINE would refuse: {faults:#?}");
        }
    }
}

impl World {
    fn facebook(&self) -> &dyn Channel {
        self.channels.get("facebook").unwrap()
    }

    fn line(&self) -> &dyn Channel {
        self.channels.get("line").unwrap()
    }

    /// The friend on LINE, who has just written; the token of his message.
    fn friend_writes(&self) -> Secret {
        let hook = Hook::start();
        let line = self.line();
        line.subscribe(&self.bot, &hook.url).unwrap();
        let friend = self.simulator.line().user(CHANNEL, USER, "Chen");
        friend.writes("Hello");
        loop {
            let body = hook.bodies.recv_timeout(Duration::from_secs(20)).unwrap();
            let now = Timestamp::from_millis(self.simulator.clock().now_ms());
            for parsed in line.parse(&body, now).unwrap() {
                let event = parsed.event.unwrap();
                if let (What::Message(_), Some(token)) = (event.what, event.reply_token) {
                    return Secret::new(token.token);
                }
            }
        }
    }
}

/// A callback address that answers 200 to everything and shows what came.
struct Hook {
    url: String,
    bodies: mpsc::Receiver<Vec<u8>>,
}

impl Hook {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (tell, bodies) = mpsc::channel();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { continue };
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut length = 0;
                let mut line = String::new();
                while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                    if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                        length = value.trim().parse().unwrap();
                    }
                    line.clear();
                }
                let mut body = vec![0; length];
                if reader.read_exact(&mut body).is_err() {
                    continue;
                }
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                if stream.write_all(answer).is_err() || tell.send(body).is_err() {
                    return;
                }
            }
        });
        Self { url, bodies }
    }
}

fn person(id: &str) -> Customer {
    Customer {
        platform_id: id.to_owned(),
        kind: CustomerKind::Person,
        speaker: None,
    }
}

fn call(to: &str, texts: &[&str]) -> Call {
    Call {
        to: person(to),
        texts: texts.iter().map(|text| (*text).to_owned()).collect(),
        files: Vec::new(),
        idempotency_key: KEY.to_owned(),
        reply_token: None,
        tag: None,
        earlier: Earlier::Nothing,
        quotes: vec![None; texts.len()],
        look: None,
        by_person: true,
        sender: None,
    }
}

#[test]
fn every_remark_has_its_sentence() {
    let channels = registry(&Platforms::default());
    let mut words = 0;
    for (channel, body) in [
        (
            "facebook",
            include_str!("../src/channels/facebook/fixtures/taps.json"),
        ),
        (
            "facebook",
            include_str!("../src/channels/facebook/fixtures/others.json"),
        ),
        (
            "line",
            include_str!("../src/channels/line/fixtures/others.json"),
        ),
    ] {
        let now = Timestamp::from_millis(1_780_500_001_000);
        let parsed = channels.get(channel).unwrap().parse(body.as_bytes(), now);
        for event in parsed.unwrap() {
            let what = event.event.map(|event| event.what);
            if let Ok(What::Page(notice)) = &what
                && notice.effect != PageEffect::Resumes
            {
                for key in [
                    format!("page-notice-{}", notice.word),
                    format!("page-notice-{}-text", notice.word),
                ] {
                    assert!(locale::has(&key), "{key}");
                }
            }
            if let Ok(What::Remark(remark)) = what {
                words += 1;
                assert!(
                    locale::has(&format!("remark-{}", remark.word)),
                    "{remark:?}"
                );
            }
        }
    }
    assert!(words > 18);
}

#[test]
fn messenger_gets_the_text_with_our_key_and_no_token_in_an_address() {
    let world = world();
    let sent = world
        .facebook()
        .send(&world.page, &call(PSID, &["Hyvää 🙂"]))
        .unwrap();
    let seen = world.simulator.facebook().sent_to(PSID).remove(0);
    assert_eq!(sent.platform_ids, [seen.mid]);
    assert_eq!(sent.way, "RESPONSE");
    assert_eq!(seen.text.as_deref(), Some("Hyvää 🙂"));
    assert_eq!(seen.messaging_type, "RESPONSE");
    let calls = world.simulator.facebook().calls();
    assert!(!calls.is_empty());
    assert!(calls.iter().all(|call| call.token == TokenPlace::Header));
}

#[test]
fn the_human_agent_tag_goes_along_when_the_window_asks_for_it() {
    let world = world();
    world.simulator.facebook().set_human_agent(APP, true);
    let tagged = Call {
        tag: Some(Tag::HumanAgent),
        ..call(PSID, &["Sorry for the wait"])
    };
    let sent = world.facebook().send(&world.page, &tagged).unwrap();
    assert_eq!(sent.way, "HUMAN_AGENT");
    let seen = world.simulator.facebook().sent_to(PSID).remove(0);
    assert_eq!(seen.tag.as_deref(), Some("HUMAN_AGENT"));
}

#[test]
fn every_error_of_the_graph_has_its_meaning_and_no_token_in_it() {
    let world = world();
    for (name, error) in GraphError::ALL {
        let expected = match *name {
            "UNKNOWN" | "UNKNOWN_99" | "SERVICE" | "TEMPORARY_SEND_FAILURE" => "unreachable",
            "APP_LIMIT"
            | "USER_LIMIT"
            | "PAGE_LIMIT"
            | "ACTION_LIMIT"
            | "RATE_LIMIT"
            | "PAGE_USE_CASE_LIMIT"
            | "MESSENGER_LIMIT" => "throttled",
            "TAG_ABUSE" | "PAGE_RESTRICTED" | "POLICY_BLOCK" => "restricted",
            "OUTSIDE_WINDOW" | "OUTSIDE_WINDOW_OLD" => "window-closed",
            "CANNOT_RECEIVE" | "PERSON_UNAVAILABLE" => "blocked",
            "OTHER_APP_IN_CONTROL" => "held-elsewhere",
            "CONTACT_TERMS" => "terms-open",
            "PAGE_MISMATCH" | "NO_HUMAN_AGENT" | "PERMISSION" | "APP_NOT_LIVE" => "not-permitted",
            "NO_MATCHING_USER" | "UNKNOWN_ID" => "unknown-customer",
            "CANNOT_FETCH" | "WRONG_MEDIA_TYPE" | "FOREIGN_ATTACHMENT" | "MEDIA_TOO_BIG"
            | "FILE_TYPE_BLOCKED" => "file-not-taken",
            "NO_CONSENT" => "no-consent",
            "TOKEN_EXPIRED" | "APP_REMOVED" | "CHECKPOINT" | "PASSWORD_CHANGED"
            | "TOKEN_INVALID" | "NOT_PAGE_ADMIN" | "SESSION" => "credentials",
            _ => "rejected",
        };
        let facebook = world.simulator.facebook();
        facebook.clear_faults();
        facebook.inject(error.fault().until_cleared());
        let refused = world.facebook().send(&world.page, &call(PSID, &["Hello"]));
        let refused = refused.expect_err(name);
        assert_eq!(refused.word(), expected, "{name}");
        let token = world.page.token.as_ref().unwrap();
        assert!(!refused.detail().contains(token.expose()), "{name}");
    }
    assert!(world.simulator.facebook().sent().is_empty());
}

#[test]
fn a_messenger_call_in_doubt_is_not_made_again() {
    let world = world();
    let facebook = world.simulator.facebook();
    facebook.inject(Fault::AcceptThenDrop.once());
    let doubtful = world.facebook().send(&world.page, &call(PSID, &["Hello"]));
    assert!(
        matches!(doubtful, Err(SendError::Uncertain(_))),
        "{doubtful:?}"
    );
    facebook.inject(Fault::ServerError.once());
    let broken = world.facebook().send(&world.page, &call(PSID, &["Hello"]));
    assert!(matches!(broken, Err(SendError::Uncertain(_))), "{broken:?}");
    let again = Call {
        earlier: Earlier::Doubt,
        ..call(PSID, &["Hello"])
    };
    let refused = world.facebook().send(&world.page, &again);
    assert!(
        matches!(refused, Err(SendError::Uncertain(_))),
        "{refused:?}"
    );
    assert_eq!(facebook.sent_to(PSID).len(), 1);
}

#[test]
fn limits_say_how_long_to_wait() {
    let world = world();
    world.simulator.facebook().inject(Fault::RateLimited.once());
    let limited = world.facebook().send(&world.page, &call(PSID, &["Hello"]));
    let Err(SendError::Throttled { retry_after, .. }) = limited else {
        panic!("{limited:?}");
    };
    assert!(retry_after.is_some_and(|wait| wait >= Duration::from_secs(60)));
}

#[test]
fn an_app_that_wants_the_secret_proved_gets_the_proof() {
    let world = world();
    world.simulator.facebook().require_proof(APP, true);
    for _ in 0..2 {
        world
            .facebook()
            .send(&world.page, &call(PSID, &["Hello"]))
            .unwrap();
    }
    assert_eq!(world.simulator.facebook().sent_to(PSID).len(), 2);
}

#[test]
fn a_name_is_found_where_the_profile_is_closed() {
    let world = world();
    let facebook = world.simulator.facebook();
    let anna = facebook.find_customer(PSID).unwrap();
    let ask = || world.facebook().profile(&world.page, &person(PSID));
    assert_eq!(ask().unwrap().name, "Anna Meri");
    for access in [
        ProfileAccess::Empty,
        ProfileAccess::Refused(GraphError::PROFILE_PERMISSION),
    ] {
        anna.shows_profile(access);
        assert_eq!(ask().unwrap().name, "Anna Meri");
    }
    facebook.inject(Fault::DeadToken.once());
    assert!(matches!(ask(), Err(ProfileError::Credentials(_))));
    facebook.inject(Fault::ServerError.once().on(Calls::Profiles));
    assert!(matches!(ask(), Err(ProfileError::Later(_))));
    let stranger = world.facebook().profile(&world.page, &person("1"));
    assert!(
        matches!(stranger, Err(ProfileError::Hidden(_))),
        "{stranger:?}"
    );
}

#[test]
fn a_page_is_checked_before_it_is_kept() {
    let world = world();
    let facebook = world.simulator.facebook();
    let check = |credentials: &Credentials| world.facebook().check(credentials);
    let with_token = |token: &str| Credentials {
        token: Some(Secret::new(token)),
        ..world.page.clone()
    };
    assert_eq!(check(&world.page).unwrap().name, "Shop");

    let other = facebook.add_page(APP, "777", "Another shop");
    let (name, page) = ("Another shop".to_owned(), "777".to_owned());
    assert_eq!(
        check(&with_token(&other)),
        Err(SetupError::OtherPage { name, page })
    );
    let users = facebook.user_token(APP, "Anna");
    assert_eq!(check(&with_token(&users)), Err(SetupError::NotAPageToken));
    facebook.add_app("999", "s");
    let foreign = facebook.new_page_token("999", PAGE);
    assert_eq!(check(&with_token(&foreign)), Err(SetupError::OtherApp));
    let wrong_secret = Credentials {
        secret: Secret::new("wrong"),
        ..world.page.clone()
    };
    assert!(matches!(
        check(&wrong_secret),
        Err(SetupError::SecretRefused(_))
    ));
    let unknown = check(&with_token("EAAGunknown"));
    assert!(
        matches!(unknown, Err(SetupError::TokenRefused(_))),
        "{unknown:?}"
    );
    let poor = facebook.new_page_token(APP, PAGE);
    facebook.set_scopes(&poor, &["pages_messaging"]);
    let missing = SetupError::MissingPermission("pages_manage_metadata".to_owned());
    assert_eq!(check(&with_token(&poor)), Err(missing));
    let none = Credentials {
        token: None,
        ..world.page.clone()
    };
    assert!(matches!(check(&none), Err(SetupError::TokenRefused(_))));
}

#[test]
fn a_page_is_subscribed_to_all_that_is_understood() {
    let world = world();
    let subscribed = world
        .facebook()
        .subscribe(&world.page, "https://example.com")
        .unwrap();
    assert_eq!(subscribed.warning, None);
    let fields = world
        .simulator
        .facebook()
        .subscribed_fields(PAGE, APP)
        .unwrap();
    for field in ["messages", "message_echoes", "message_reads", "standby"] {
        assert!(fields.iter().any(|it| it == field), "{field}");
    }
}

#[test]
fn line_answers_free_while_the_token_holds_and_pays_after_that() {
    let world = world();
    let token = world.friend_writes();
    let reply = || Call {
        reply_token: Some(token.clone()),
        ..call(USER, &["One", "Two", "Three"])
    };
    let free = world.line().send(&world.bot, &reply()).unwrap();
    assert_eq!((free.way, free.platform_ids.len()), ("reply", 3));
    assert_eq!(world.simulator.line().quota_used(CHANNEL), 0);

    let paid = world.line().send(&world.bot, &reply()).unwrap();
    assert_eq!((paid.way, paid.platform_ids.len()), ("push", 3));
    assert_eq!(world.simulator.line().quota_used(CHANNEL), 1);
    assert_eq!(world.simulator.line().misused_retry_keys(), 0);
}

#[test]
fn a_repeated_push_arrives_once() {
    let world = world();
    world.friend_writes();
    let line = world.simulator.line();
    line.inject(Fault::AcceptThenDrop.once());
    let dropped = world.line().send(&world.bot, &call(USER, &["Hello"]));
    assert!(
        matches!(dropped, Err(SendError::Repeatable(_))),
        "{dropped:?}"
    );
    for earlier in [Earlier::Nothing, Earlier::Doubt] {
        let again = Call {
            earlier,
            ..call(USER, &["Hello"])
        };
        assert_eq!(
            world
                .line()
                .send(&world.bot, &again)
                .unwrap()
                .platform_ids
                .len(),
            1
        );
    }
    assert_eq!(line.sent_to(USER).len(), 1);
}

#[test]
fn a_reply_in_doubt_is_tried_once_more_and_never_pushed() {
    let world = world();
    let reply = |token: Secret| Call {
        reply_token: Some(token),
        ..call(USER, &["Hello"])
    };
    let line = world.simulator.line();
    let token = world.friend_writes();
    line.inject(Fault::DropBeforeAccept.once());
    let sent = world.line().send(&world.bot, &reply(token)).unwrap();
    assert_eq!(sent.way, "reply");
    assert_eq!(line.sent_to(USER).len(), 1);

    let token = world.friend_writes();
    line.inject(Fault::AcceptThenDrop.once());
    let doubtful = world.line().send(&world.bot, &reply(token.clone()));
    assert!(
        matches!(doubtful, Err(SendError::Uncertain(_))),
        "{doubtful:?}"
    );
    assert_eq!(line.sent_to(USER).len(), 2);

    let again = Call {
        earlier: Earlier::DoubtWithReplyToken,
        ..reply(token)
    };
    let refused = world.line().send(&world.bot, &again);
    assert!(
        matches!(refused, Err(SendError::Uncertain(_))),
        "{refused:?}"
    );
    assert_eq!(line.sent_to(USER).len(), 2);
}

#[test]
fn the_two_limits_of_line_are_told_apart() {
    let world = world();
    world.friend_writes();
    let line = world.simulator.line();
    let push = || world.line().send(&world.bot, &call(USER, &["Hello"]));
    line.inject(LineError::RATE_LIMIT.fault().once());
    assert!(matches!(push(), Err(SendError::Throttled { .. })));
    // Told although there is room: a broadcast holds it for a while.
    line.inject(LineError::MONTHLY_LIMIT.fault().once());
    assert!(matches!(
        push(),
        Err(SendError::Throttled {
            retry_after: Some(_),
            ..
        })
    ));
    line.set_quota(CHANNEL, Some(1));
    line.set_quota_used(CHANNEL, 1);
    assert!(matches!(push(), Err(SendError::QuotaUsed(_))));
    for (error, expected) in [
        (LineError::UNKNOWN_RECIPIENT, "rejected"),
        (LineError::FORBIDDEN, "not-permitted"),
        (LineError::TOO_LARGE, "too-large"),
        (LineError::INTERNAL, "unreachable"),
    ] {
        line.inject(error.fault().once());
        assert_eq!(push().unwrap_err().word(), expected, "{error:?}");
    }
}

#[test]
fn stateless_tokens_are_shared_and_replaced_when_refused() {
    let world = world();
    world.friend_writes();
    let line = world.simulator.line();
    let issued = || {
        let calls = line.calls();
        calls
            .iter()
            .filter(|call| call.path.ends_with("/oauth2/v3/token"))
            .count()
    };
    let push = |key: &str| {
        let call = Call {
            idempotency_key: key.to_owned(),
            ..call(USER, &["Hello"])
        };
        world.line().send(&world.bot, &call)
    };
    let before = issued();
    push("123e4567-e89b-42d3-a456-426614174001").unwrap();
    assert_eq!(issued(), before);
    line.inject(LineError::UNAUTHORIZED.fault().once());
    push("123e4567-e89b-42d3-a456-426614174002").unwrap();
    assert_eq!(issued(), before + 1);
    let wrong = Credentials {
        secret: Secret::new("wrong"),
        ..world.bot.clone()
    };
    let refused = world.line().send(&wrong, &call(USER, &["Hello"]));
    assert!(
        matches!(refused, Err(SendError::Credentials(_))),
        "{refused:?}"
    );
}

#[test]
fn people_and_groups_on_line_have_names() {
    let world = world();
    world.friend_writes();
    let group = "Ca56f94637c000000000000000000000a";
    let talk = world.simulator.line().group(CHANNEL, group, "Tent friends");
    talk.has_member(USER, "Chen");
    talk.invites_bot();
    let ask = |customer: Customer| world.line().profile(&world.bot, &customer);
    assert_eq!(ask(person(USER)).unwrap().name, "Chen");
    let in_group = |speaker: Option<&str>| Customer {
        platform_id: group.to_owned(),
        kind: CustomerKind::Group,
        speaker: speaker.map(str::to_owned),
    };
    assert_eq!(ask(in_group(None)).unwrap().name, "Tent friends");
    assert_eq!(ask(in_group(Some(USER))).unwrap().name, "Chen");
    world
        .simulator
        .line()
        .find_user(USER)
        .unwrap()
        .hides_profile(true);
    assert!(matches!(ask(person(USER)), Err(ProfileError::Hidden(_))));
}

#[test]
fn a_line_channel_is_set_up_by_its_api() {
    let world = world();
    let line = world.simulator.line();
    let facts = world.line().check(&world.bot).unwrap();
    assert_eq!((facts.page.as_str(), facts.handle.as_str()), (BOT, "@shop"));
    assert_eq!(facts.name, "Shop on LINE");
    let wrong = Credentials {
        secret: Secret::new("wrong"),
        ..world.bot.clone()
    };
    assert!(matches!(
        world.line().check(&wrong),
        Err(SetupError::SecretRefused(_))
    ));
    let bad_token = Credentials {
        token: Some(Secret::new("nonsense")),
        ..world.bot.clone()
    };
    assert!(matches!(
        world.line().check(&bad_token),
        Err(SetupError::TokenRefused(_))
    ));

    let (first, second) = (Hook::start(), Hook::start());
    let done = world.line().subscribe(&world.bot, &first.url).unwrap();
    assert!(done.callback_proved);
    assert_eq!(done.replaced, None);
    assert_eq!(line.webhook_endpoint(CHANNEL).as_ref(), Some(&first.url));
    let body = first.bodies.recv_timeout(Duration::from_secs(20)).unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["events"], serde_json::json!([]));

    let done = world.line().subscribe(&world.bot, &second.url).unwrap();
    assert_eq!(done.replaced.as_ref(), Some(&first.url));
    let nobody = world
        .line()
        .subscribe(&world.bot, "http://127.0.0.1:1/hook");
    assert!(
        matches!(nobody, Err(SetupError::CallbackUnreachable(_))),
        "{nobody:?}"
    );
    line.set_webhook_active(CHANNEL, false);
    let off = world.line().subscribe(&world.bot, &second.url);
    assert_eq!(off, Err(SetupError::WebhookOff));
}
