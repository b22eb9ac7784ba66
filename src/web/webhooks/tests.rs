//! The whole server, called as the platforms call it.

use std::time::{Duration, Instant};

use rocket::http::{Header, Status};
use rocket::local::blocking::LocalResponse;

use crate::crypto::{Secret, hex, hmac_sha256};
use crate::domain::ids::{AccountId, WebhookEventId};
use crate::store::accounts::{self, Account, NewAccount};
use crate::store::journal;
use crate::web::testing::House;

const BODY: &str = r#"{"object":"page","entry":[]}"#;
const SECRET: &str = "app-secret";
/// A condition that should come about is waited for this long.
const LIMIT: Duration = Duration::from_secs(20);

/// A server with a Facebook account `fb`, a LINE account `line`, and one without a secret, `bare`.
fn connected() -> House {
    let house = House::new();
    let accounts = [("facebook", "fb"), ("line", "ln"), ("facebook", "bare")];
    for (channel, key) in accounts {
        house
            .app
            .store
            .write_blocking(move |tx| {
                let id = accounts::add(
                    tx,
                    &NewAccount {
                        channel: channel.to_owned(),
                        name: key.to_owned(),
                        webhook_key: key.to_owned(),
                        verify_token: (channel == "facebook").then(|| Secret::new("verify-me")),
                        created_by: None,
                    },
                )?;
                if key != "bare" {
                    accounts::set_secret(tx, id, &Secret::new(SECRET))?;
                }
                Ok(())
            })
            .unwrap();
    }
    house
}

const FACEBOOK: AccountId = AccountId(1);

impl House {
    fn call(&self, path: &str, headers: &[(&'static str, &str)], body: &str) -> Status {
        let mut request = self.client.post(path.to_owned()).body(body);
        for (name, value) in headers {
            request.add_header(Header::new(*name, (*value).to_owned()));
        }
        request.dispatch().status()
    }

    fn shake_hands(&self, path: &str) -> LocalResponse<'_> {
        self.client.get(path.to_owned()).dispatch()
    }

    fn journal(&self) -> Vec<String> {
        self.app
            .store
            .read(|reader| journal::unfinished(reader, WebhookEventId(0), 100, 1 << 20))
            .unwrap()
            .into_iter()
            .map(|entry| String::from_utf8(entry.body).unwrap())
            .collect()
    }

    /// Waits until the Facebook account is as `is` says.
    fn until(&self, is: impl Fn(&Account) -> bool) {
        eventually(|| {
            let account = self
                .app
                .store
                .read(|reader| accounts::by_id(reader, FACEBOOK));
            is(&account.unwrap().unwrap())
        });
    }
}

fn eventually(is: impl Fn() -> bool) {
    let deadline = Instant::now() + LIMIT;
    while !is() {
        assert!(Instant::now() < deadline, "it did not come about");
        std::thread::yield_now();
    }
}

fn signature(secret: &str, body: &str) -> String {
    format!(
        "sha256={}",
        hex(&hmac_sha256(secret.as_bytes(), body.as_bytes()))
    )
}

#[test]
fn a_signed_body_is_in_the_journal_when_it_is_answered() {
    let house = connected();
    let signature = signature(SECRET, BODY);
    // What a platform never sends and a browser always does changes nothing.
    let headers = [
        ("X-Hub-Signature-256", &signature[..]),
        ("Sec-Fetch-Site", "cross-site"),
    ];
    assert_eq!(
        house.call("/webhooks/facebook/fb", &headers, BODY),
        Status::Ok
    );
    assert_eq!(house.journal(), [BODY]);
}

#[test]
fn whatever_is_not_properly_signed_is_refused_and_leaves_nothing() {
    let house = connected();
    let good = signature(SECRET, BODY);
    let other = signature("another", BODY);
    let without_secret = signature("", BODY);
    let large = " ".repeat(1024 * 1024 + 1);
    let signed_large = signature(SECRET, &large);
    let header = "X-Hub-Signature-256";
    let facebook = "/webhooks/facebook/fb";
    for (path, headers, body, status) in [
        (facebook, &[][..], BODY, Status::Unauthorized),
        (facebook, &[(header, "")][..], BODY, Status::Unauthorized),
        (facebook, &[(header, &other)], BODY, Status::Unauthorized),
        (facebook, &[(header, &good)], "{}", Status::Unauthorized),
        (
            facebook,
            &[(header, &good), (header, &good)],
            BODY,
            Status::Unauthorized,
        ),
        (
            facebook,
            &[("X-Hub-Signature", &good)],
            BODY,
            Status::Unauthorized,
        ),
        (
            facebook,
            &[(header, &signed_large)],
            &large,
            Status::PayloadTooLarge,
        ),
        (
            facebook,
            &[(header, &good), ("Content-Encoding", "gzip")],
            BODY,
            Status::UnsupportedMediaType,
        ),
        (
            "/webhooks/facebook/bare",
            &[(header, &good)],
            BODY,
            Status::Unauthorized,
        ),
        (
            "/webhooks/facebook/bare",
            &[(header, &without_secret)],
            BODY,
            Status::Unauthorized,
        ),
        (
            "/webhooks/facebook/ln",
            &[(header, &good)],
            BODY,
            Status::NotFound,
        ),
        (
            "/webhooks/facebook/none",
            &[(header, &good)],
            BODY,
            Status::NotFound,
        ),
        (
            "/webhooks/telegram/fb",
            &[(header, &good)],
            BODY,
            Status::NotFound,
        ),
    ] {
        assert_eq!(
            house.call(path, headers, body),
            status,
            "{path} {headers:?}"
        );
    }
    assert_eq!(house.journal(), [""; 0]);
    house.until(|account| account.signature_failures == 6);
}

#[test]
fn a_replaced_secret_counts_at_once() {
    let house = connected();
    let old = signature(SECRET, BODY);
    let call = |signature: &str| {
        house.call(
            "/webhooks/facebook/fb",
            &[("X-Hub-Signature-256", signature)],
            BODY,
        )
    };
    assert_eq!(call(&old), Status::Ok);
    house
        .app
        .store
        .write_blocking(|tx| accounts::set_secret(tx, FACEBOOK, &Secret::new("new-secret")))
        .unwrap();
    let new = signature("new-secret", BODY);
    eventually(|| call(&new) == Status::Ok);
    assert_eq!(call(&old), Status::Unauthorized);
}

#[test]
fn the_challenge_is_echoed_as_it_came_and_only_for_the_right_token() {
    let house = connected();
    let path =
        "/webhooks/facebook/fb?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=";
    let right = house.shake_hands(&format!("{path}verify-me"));
    assert_eq!(right.status(), Status::Ok);
    assert!(right.content_type().unwrap().is_plain());
    assert_eq!(right.into_string().unwrap(), "1158201444");
    house.until(|account| account.verified_at.is_some());
    for wrong in [
        &format!("{path}verify-you")[..],
        "/webhooks/facebook/fb",
        "/webhooks/facebook/fb?hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=verify-me",
        "/webhooks/facebook/fb?hub.mode=subscribe&hub.challenge=%3Cb%3E&hub.verify_token=verify-me",
    ] {
        assert_eq!(
            house.shake_hands(wrong).status(),
            Status::Forbidden,
            "{wrong}"
        );
    }
    house.until(|account| account.verify_error.is_some());
    let line = house.shake_hands("/webhooks/line/ln");
    assert_eq!(line.status(), Status::NotFound);
}

#[test]
fn what_cannot_be_stored_is_not_acknowledged_and_verification_works_all_the_same() {
    let house = connected();
    let signature = signature(SECRET, BODY);
    let headers = [("X-Hub-Signature-256", &signature[..])];
    let call = || house.call("/webhooks/facebook/fb", &headers, BODY);
    assert_eq!(call(), Status::Ok);
    assert_eq!(
        house.shake_hands("/health").into_string().unwrap(),
        r#"{"status":"ok"}"#
    );
    house.app.store.close();
    assert_eq!(call(), Status::ServiceUnavailable);
    let path =
        "/webhooks/facebook/fb?hub.mode=subscribe&hub.challenge=77&hub.verify_token=verify-me";
    assert_eq!(house.shake_hands(path).into_string().unwrap(), "77");
    eventually(|| house.shake_hands("/health").status() == Status::ServiceUnavailable);
    let told = house.shake_hands("/health").into_string().unwrap();
    assert!(told.contains("the database is busy"), "{told}");
}
