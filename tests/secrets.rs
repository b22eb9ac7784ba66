//! After everything that can happen, no secret stands anywhere but where it belongs: not in the log, not on
//! a page, not in a file beside the key.

use std::collections::BTreeSet;

use tiski::simulator::facebook::GraphError;
use tiski::simulator::{Fault, Signature};

use super::support::client::{Client, Page};
use super::support::program::{SETUP_CODE, wait_until};
use super::support::world::{PASSWORD, Person, World, facebook_body, sign_in};

/// A wrong password that somebody typed; it may be the right one somewhere else.
const MISTYPED: &str = "mustikka piirakka uunissa kallo";

/// How the reply tokens of one large webhook body begin.
const LARGE_BODYS_TOKEN: &str = "large-bodys-reply-token";

#[test]
fn no_secret_stands_where_somebody_could_find_it() {
    let world = World::with(&[("TISKI_LOG", "trace")]);
    let account = world.connect_facebook(&["Lumi Café"]);
    let line = world.connect_line();
    let page = &account.pages[0];
    let mia = world.agent("Mia");
    let cookies = [&world.owner, &mia].map(|person| person.client.cookie_header());

    // Things go well …
    let anna = world.messenger_customer(page, "Anna Virtanen");
    let mei = world.line_customer(&line, "林怡君");
    anna.writes("Hello");
    mei.writes("一");
    let chat = mia.takes("Anna Virtanen");
    let line_chat = mia.takes("林怡君");
    chat.replies("Good morning");
    line_chat.replies("早安");
    chat.waits_until("Good morning", "Delivered");
    line_chat.waits_until("早安", "Sent");
    // … and badly, in every way in which a secret is near.
    let stranger = Client::new(&world.home.url());
    assert_eq!(sign_in(&stranger, &mia.email, MISTYPED).status, 422);
    let body = facebook_body(&page.id, &[]);
    for signature in [Signature::Wrong, Signature::Missing] {
        world
            .facebook()
            .deliver_with_signature(&account.app_id, &body, &signature);
    }
    let query = format!(
        "hub.mode=subscribe&hub.challenge=1&hub.verify_token={}",
        account.app_secret
    );
    let path = format!("/webhooks/facebook/nobody?{query}");
    stranger.request("GET", &path, &[], None);
    world.facebook().inject(Fault::ServerError.once());
    world.line().inject(Fault::AcceptThenDrop.once());
    chat.replies("Doubtful");
    line_chat.replies("Doubtful");
    line_chat.waits_until("Doubtful", "Sent");
    world.restart();
    world.let_pauses_end();
    chat.waits_until("Doubtful", "Unknown");
    chat.presses("Leave it and go on", "Doubtful");
    // A body too large for one page of the database, as a batch of several events is.
    let large = super::support::world::line_body(
        &line.bot,
        &(0..40)
            .map(|number| {
                serde_json::json!({
                "type": "message", "mode": "active", "timestamp": 1_780_500_000_000_i64 + number,
                "replyToken": format!("{LARGE_BODYS_TOKEN}-{number:02}"),
                "webhookEventId": format!("01FZ74A0TDDPYRVKNK77XKC4{number:02}"),
                "source": {"type": "user", "userId": mei.user_id()},
                "message": {"type": "text", "id": format!("46123096684206{number:02}"),
                            "text": format!("Many at once {number}: {}", "一二三四五".repeat(40))}})
            })
            .collect::<Vec<_>>(),
    );
    assert!(large.len() > 3 * 4096);
    let answer = world.line().deliver_raw(&line.channel_id, &large);
    assert_eq!(answer, Some(200));
    world.settle();
    assert!(
        line_chat
            .texts()
            .iter()
            .any(|text| text.starts_with("Many at once 39")),
        "the premise: the large body was worked on"
    );
    world
        .facebook()
        .kill_token(&page.token, GraphError::PASSWORD_CHANGED);
    world.line().kill_token(&line.token);
    chat.replies("Held back");
    line_chat.replies("Held back");
    // Also as a message that cannot be read.
    let mut parked = super::support::world::line_body(
        &line.bot,
        &[serde_json::json!({
        "type": "message", "mode": "active", "timestamp": 1, "replyToken": "parked-reply-token-d41d8cd98f",
        "webhookEventId": "01FZ74A0TDDPYRVKNK77XKC3ZR", "message": {"type": "text", "id": "1", "text": "Whose?"}})],
    );
    parked.push(b' ');
    world.line().deliver_raw(&line.channel_id, &parked);
    wait_until("the event is parked", || {
        (world.count("parked_event") == 1).then_some(())
    });
    let parked = world.owner.client.get("/admin/parked-events");
    parked.assert_says("Whose?");
    world
        .owner
        .client
        .submit(&parked.form("Try again"))
        .assert_says("Whose?");
    world.home.run(&["check"]);
    world
        .owner
        .client
        .get(&format!("/admin/accounts/{}", line.id));

    let mut secrets = vec![
        ("a page's access token", page.token.clone()),
        ("an app secret", account.app_secret.clone()),
        ("a channel secret", line.channel_secret.clone()),
        ("a channel access token", line.token.clone()),
        ("a password", PASSWORD.to_owned()),
        ("a mistyped password", MISTYPED.to_owned()),
        ("the set-up code", SETUP_CODE.to_owned()),
        (
            "a reply token of a large body",
            LARGE_BODYS_TOKEN.to_owned(),
        ),
        (
            "a reply token of a parked event",
            "parked-reply-token-d41d8cd98f".to_owned(),
        ),
    ];
    for cookie in cookies {
        let (_, value) = cookie.split_once('=').expect("a session cookie");
        secrets.push(("a session cookie", value.to_owned()));
    }
    let used = world.line().sent();
    let tokens: Vec<String> = used
        .into_iter()
        .filter_map(|sent| sent.reply_token)
        .collect();
    assert!(!tokens.is_empty(), "the premise: a reply token was used");
    secrets.extend(tokens.into_iter().map(|token| ("a reply token", token)));
    assert!(
        secrets.iter().all(|(_, secret)| secret.len() >= 16),
        "{secrets:?}"
    );

    let mut found = BTreeSet::new();
    for person in [&world.owner, &mia] {
        let pages = crawl(person);
        assert!(pages.len() > 5, "the crawl found its way");
        for page in &pages {
            for (what, secret) in &secrets {
                if page.body.contains(secret.as_str()) {
                    found.insert(format!("{what} on {} as {}", page.path, person.name));
                }
            }
        }
    }
    assert_eq!(world.stop(), Some(0));
    let files = world.home.files();
    let log = files
        .iter()
        .find(|(path, _)| path.extension().is_some_and(|it| it == "log"));
    let log = log.map(|(_, bytes)| String::from_utf8_lossy(bytes));
    for line in ["a message was not sent", "an event was parked"] {
        let is_said = log.as_ref().is_some_and(|log| log.contains(line));
        assert!(is_said, "the premise: it logs {line:?}, not {log:?}");
    }
    for (path, bytes) in &files {
        for (what, secret) in &secrets {
            let secret = secret.as_bytes();
            if bytes.windows(secret.len()).any(|window| window == secret) {
                found.insert(format!("{what} in {}", path.display()));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

/// Every page that links lead to.
fn crawl(person: &Person) -> Vec<Page> {
    let mut seen = BTreeSet::new();
    let mut due = vec![
        "/workspace".to_owned(),
        "/workspace/sessions".to_owned(),
        "/profile/sessions".to_owned(),
        "/admin".to_owned(),
        "/admin/parked-events".to_owned(),
    ];
    let mut pages = Vec::new();
    while let Some(path) = due.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let page = person.client.get(&path);
        let html = page.html();
        let links = scraper::Selector::parse("[href], [hx-get]").expect("a selector");
        for link in html.select(&links) {
            for name in ["href", "hx-get"] {
                let address = link.attr(name).unwrap_or_default();
                let address = address.split('#').next().unwrap_or_default();
                if address.starts_with('/') && !address.starts_with("/static/") {
                    due.push(address.to_owned());
                }
            }
        }
        drop(html);
        pages.push(page);
    }
    pages
}
