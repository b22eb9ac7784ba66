use std::time::Duration;

use rocket::http::Header;

use super::*;
use crate::domain::delivery::{Outcome, Reason};
use crate::domain::message::Status as Progress;
use crate::locale;
use crate::store::outbox::{Came, Claim};
use crate::store::testing::House as Furniture;
use crate::store::{conversations, messages};
use crate::web::testing::{Browser, House};

/// A server on which Anna holds a conversation.
struct Desk {
    house: House,
    furniture: Furniture,
    conversation: ConversationId,
}

impl Desk {
    fn new() -> Desk {
        let house = House::new();
        let furniture = Furniture::in_store(house.app.store.clone());
        house.people();
        let mia = house.add("mia@shop.example", crate::domain::access::Role::Agent);
        let conversation = furniture.answered_by(mia, "customer-1");
        Desk {
            house,
            furniture,
            conversation,
        }
    }

    fn conversation_url(&self) -> String {
        format!("/workspace/conversations/{}", self.conversation)
    }

    fn url(&self) -> String {
        format!("{}/messages", self.conversation_url())
    }

    fn newest(&self) -> MessageId {
        let conversation = self
            .furniture
            .read(|reader| conversations::by_id(reader, self.conversation));
        conversation.and_then(|it| it.last_message).unwrap()
    }

    fn post(
        &self,
        browser: &Browser<'_>,
        text: &str,
        seen: MessageId,
    ) -> crate::web::testing::Answer {
        let seen = seen.to_string();
        let fields = [
            ("text", text),
            ("client_id", "0197-abcd-1"),
            ("last_seen_message_id", &seen),
        ];
        browser.post(&self.url(), &fields)
    }

    /// What a script sends.
    fn script(
        &self,
        browser: &Browser<'_>,
        path: &str,
        fields: &[(&str, &str)],
    ) -> crate::web::testing::Answer {
        let csrf = browser.csrf();
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("csrf", &csrf)
            .extend_pairs(fields)
            .finish();
        let request = self.house.client.post(path.to_owned());
        let request = request
            .header(Header::new("Sec-Fetch-Site", "same-origin"))
            .header(Header::new("HX-Request", "true"))
            .header(rocket::http::ContentType::Form)
            .body(body);
        browser.send(request)
    }

    fn texts(&self) -> Vec<String> {
        let all = self
            .furniture
            .read(|reader| messages::page_of(reader, self.conversation, None, 100));
        all.into_iter().map(|message| message.text).collect()
    }

    /// The newest message comes out of its call like this.
    fn end_call(&self, outcome: Outcome) {
        self.furniture.write(|tx| {
            let Claim::Call(call) = outbox::claim_due(tx, &[])? else {
                panic!("nothing is due");
            };
            let doubt = false;
            outbox::finish(tx, &call.ticket, Came::NotSent { outcome, doubt })
        });
    }
}

#[test]
fn a_reply_is_on_its_way_and_shown_under_the_browsers_own_id() {
    let desk = Desk::new();
    let mia = desk.house.signed_in("mia@shop.example");
    let seen = desk.newest().to_string();
    let fields = [
        ("text", "Yes, two left.\r\nCome by!"),
        ("client_id", "0197-abcd-1"),
        ("last_seen_message_id", &seen),
    ];
    for _ in 0..2 {
        let answer = desk.script(&mia, &desk.url(), &fields);
        assert_eq!(answer.status, Status::Ok);
        assert!(
            answer.body.contains(r#"id="message-0197-abcd-1""#),
            "{}",
            answer.body
        );
        assert!(answer.body.contains("Sending"), "{}", answer.body);
    }
    assert_eq!(desk.texts(), ["Hello?", "Yes, two left.\nCome by!"]);
    let answer = desk.post(&mia, "Without a script", desk.newest());
    assert_eq!(answer.status, Status::SeeOther);
    assert_eq!(
        answer.location,
        format!("/workspace/conversations/{}", desk.conversation)
    );
}

#[test]
fn what_is_not_taken_comes_back_with_its_reason_and_its_text() {
    let desk = Desk::new();
    let mia = desk.house.signed_in("mia@shop.example");
    let seen = desk.newest();
    let long = "word ".repeat(5000);
    for (text, reason) in [(" \r\n ", "nothing to send"), (long.as_str(), "too long")] {
        let answer = desk.post(&mia, text, seen);
        assert_eq!(answer.status, Status::UnprocessableEntity);
        assert!(answer.body.contains(reason), "{}", answer.body);
    }

    desk.furniture
        .message(desk.conversation, "m-2", "And the poles?");
    let answer = desk.post(&mia, "Two <tents> left", seen);
    assert_eq!(answer.status, Status::Conflict);
    for part in ["And the poles?", "Two &#60;tents&#62; left", "meanwhile"] {
        assert!(answer.body.contains(part), "{part}: {}", answer.body);
    }

    let (day, newest) = (Duration::from_secs(25 * 3600), desk.newest());
    desk.furniture.last_inbound(desk.conversation, day);
    let answer = desk.post(&mia, "Two left", newest);
    assert_eq!(answer.status, Status::UnprocessableEntity);
    assert!(
        answer.body.contains("reply window has closed"),
        "{}",
        answer.body
    );
    assert_eq!(desk.texts(), ["Hello?", "And the poles?"]);
}

#[test]
fn a_script_gets_what_came_in_and_the_reason_as_parts_of_its_page() {
    let desk = Desk::new();
    let mia = desk.house.signed_in("mia@shop.example");
    let seen = desk.newest().to_string();
    desk.furniture
        .message(desk.conversation, "m-2", "And the poles?");
    let fields = [
        ("text", "Two left"),
        ("client_id", "0197-abcd-2"),
        ("last_seen_message_id", &seen),
    ];
    let answer = desk.script(&mia, &desk.url(), &fields);
    assert_eq!(answer.status, Status::Conflict);
    assert!(
        answer.body.contains(r##"hx-target="#log""##),
        "{}",
        answer.body
    );
    assert!(answer.body.contains("And the poles?"), "{}", answer.body);
    assert!(
        answer.body.contains(r#"id="composer-notice""#),
        "{}",
        answer.body
    );
}

#[test]
fn send_anyway_goes_over_what_it_showed_and_nothing_newer() {
    let desk = Desk::new();
    let mia = desk.house.signed_in("mia@shop.example");
    let seen = desk.newest().to_string();
    let came = |id: &str, text: &str| {
        let id = desk.furniture.message(desk.conversation, id, text);
        id.to_string()
    };
    let send_anyway = |confirmed: &str| {
        let fields = [
            ("text", "Two left"),
            ("client_id", "0197-abcd-3"),
            ("last_seen_message_id", &seen),
            ("confirmed_message_id", confirmed),
        ];
        mia.post(&desk.url(), &fields)
    };
    let button = |id: &str| format!(r#"name="confirmed_message_id" value="{id}""#);

    let second = came("m-2", "And the poles?");
    let answer = desk.post(&mia, "Two left", seen.parse().map(MessageId).unwrap());
    assert!(answer.body.contains(&button(&second)), "{}", answer.body);
    let third = came("m-3", "Never mind");
    let answer = send_anyway(&second);
    assert_eq!(answer.status, Status::Conflict);
    assert!(answer.body.contains("Never mind"), "{}", answer.body);
    assert!(!answer.body.contains("And the poles?"), "it was shown");
    assert!(answer.body.contains(&button(&third)), "{}", answer.body);
    assert_eq!(send_anyway(&third).status, Status::SeeOther);
    assert_eq!(desk.texts().last().unwrap(), "Two left");

    let fourth = came("m-4", "Wait");
    let fields = [
        ("text", "Three left"),
        ("client_id", "0197-abcd-4"),
        ("last_seen_message_id", &third),
    ];
    let answer = desk.script(&mia, &desk.url(), &fields);
    assert!(answer.body.contains(&button(&fourth)), "{}", answer.body);
    let answer = desk.post(&mia, " ", desk.newest());
    assert!(
        !answer.body.contains("confirmed_message_id"),
        "an empty text never goes"
    );
}

#[test]
fn what_was_answered_is_read() {
    let desk = Desk::new();
    let mia = desk.house.signed_in("mia@shop.example");
    let read = desk.conversation_url();
    let offers = || mia.get(&read).body.contains("Mark as read");
    assert!(offers(), "looking alone changes nothing");
    assert!(offers());
    let seen = desk.newest().to_string();
    let answer = mia.post(&format!("{read}/read"), &[("message_id", &seen)]);
    assert_eq!(
        (answer.status, answer.location.as_str()),
        (Status::SeeOther, read.as_str())
    );
    assert!(!offers());
    let conversation = desk.conversation;
    let came = desk
        .furniture
        .message(conversation, "m-2", "And the poles?");
    desk.furniture.write(move |tx| {
        let now = tx.now();
        conversations::customer_wrote(tx, conversation, came, now)
    });
    assert!(offers());
    desk.post(&mia, "Two left", desk.newest());
    assert!(!offers());
}

#[test]
fn only_the_holder_writes_and_decides() {
    let desk = Desk::new();
    let seen = desk.newest();
    let id = {
        let mia = desk.house.signed_in("mia@shop.example");
        desk.post(&mia, "Two left", seen);
        desk.end_call(Outcome::Failed(Reason::of("blocked")));
        desk.newest()
    };
    for (email, status) in [
        ("anna@shop.example", Status::NotFound),
        ("boss@shop.example", Status::Forbidden),
    ] {
        let browser = desk.house.signed_in(email);
        assert_eq!(desk.post(&browser, "Hello", seen).status, status);
        for act in ["retry", "release", "delete"] {
            let answer = browser.post(&format!("/workspace/messages/{id}/{act}"), &[]);
            assert_eq!(answer.status, status, "{email} {act}");
        }
        let question = browser.get(&format!("/workspace/messages/{id}/delete"));
        assert_eq!(question.status, status, "{email}");
        let question = browser.get(&format!("{}/parking", desk.conversation_url()));
        assert_eq!(question.status, status, "{email}");
    }
    let stranger = desk.house.browser();
    assert_ne!(desk.post(&stranger, "Hello", seen).status, Status::Ok);
    assert_eq!(desk.texts(), ["Hello?", "Two left"]);
}

#[test]
fn a_failed_message_is_sent_again_or_deleted_at_a_press() {
    let desk = Desk::new();
    let mia = desk.house.signed_in("mia@shop.example");
    desk.post(&mia, "Two left", desk.newest());
    let id = desk.newest();
    let press = |act: &str| desk.script(&mia, &format!("/workspace/messages/{id}/{act}"), &[]);
    let status = || {
        let message = desk.furniture.read(|reader| messages::by_id(reader, id));
        message.and_then(|message| message.status)
    };
    desk.end_call(Outcome::Failed(Reason::of("blocked")));
    let answer = press("retry");
    assert_eq!(answer.status, Status::Ok);
    assert!(answer.body.contains("Sending"), "{}", answer.body);
    assert_eq!(status(), Some(Progress::Queued));
    desk.end_call(Outcome::Unknown(Reason::of("uncertain")));
    let answer = press("release");
    assert!(answer.body.contains("Unknown"), "{}", answer.body);
    assert!(
        press("delete").body.contains("Unknown"),
        "it may have arrived"
    );
    press("retry");
    desk.end_call(Outcome::Failed(Reason::of("rejected")));
    let question = mia.get(&format!("/workspace/messages/{id}/delete"));
    for part in ["Delete this message?", "Two left", "<main"] {
        assert!(question.body.contains(part), "{part}: {}", question.body);
    }
    let question = mia.fragment(&format!("/workspace/messages/{id}/delete"));
    assert!(!question.body.contains("<main"), "{}", question.body);
    assert!(
        question
            .body
            .contains(r##"hx-target="#message-0197-abcd-1""##),
        "{}",
        question.body
    );
    let answer = press("delete");
    assert_eq!((answer.status, answer.body.trim()), (Status::Ok, ""));
    assert_eq!(status(), None);
    assert_eq!(press("delete").status, Status::NotFound);
}

#[test]
fn every_reason_has_its_sentence() {
    for word in Reason::WORDS {
        assert!(locale::has(&format!("reason-{word}")), "reason-{word}");
    }
    for word in Reason::WAITING_WORDS {
        assert!(locale::has(&format!("waiting-{word}")), "waiting-{word}");
    }
}
