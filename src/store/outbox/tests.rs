//! The outbox on a real database; a crash is a store that is opened anew.

use std::time::Duration;

use super::*;
use crate::crypto::Secret;
use crate::domain::conversation::Act;
use crate::domain::delivery::{ECHO_WAIT, Outcome};
use crate::domain::ids::SocialProfileId;
use crate::store::messages::Message;
use crate::store::testing::House;
use crate::store::{messages, pages, profiles};

/// A house with an agent who holds a conversation in which the customer has written.
struct Counter {
    house: House,
    agent: UserId,
    conversation: ConversationId,
    asked: MessageId,
}

impl Counter {
    fn open() -> Counter {
        let house = House::furnished();
        let agent = house.user("Mia");
        let conversation = house.answered_by(agent, "customer-1");
        let asked = house
            .read(|reader| conversations::by_id(reader, conversation))
            .and_then(|it| it.last_message)
            .expect("the customer has written");
        Counter {
            house,
            agent,
            conversation,
            asked,
        }
    }

    fn reply(&self, client_id: &str, parts: &[&str]) -> Reply {
        Reply {
            conversation: self.conversation,
            user: self.agent,
            client_id: client_id.to_owned(),
            parts: parts.iter().map(|part| (*part).to_owned()).collect(),
            parts_per_call: 2,
            quoted: None,
            last_seen: Some(self.asked),
        }
    }

    fn send(&self, reply: Reply) -> Enqueued {
        self.house.write(move |tx| enqueue(tx, &reply))
    }

    /// Sends and returns the ids.
    fn say(&self, client_id: &str, parts: &[&str]) -> Vec<MessageId> {
        match self.send(self.reply(client_id, parts)) {
            Enqueued::Queued(ids) => ids,
            other => panic!("{other:?}"),
        }
    }

    fn claim(&self) -> Option<Claimed> {
        match self.house.write(|tx| claim_due(tx, &[])) {
            Claim::Call(claimed) => Some(*claimed),
            Claim::Nothing(_) => None,
        }
    }

    fn finish(&self, claimed: &Claimed, came: Came) {
        let ticket = claimed.ticket;
        self.house.write(move |tx| finish(tx, &ticket, came));
    }

    fn sent(&self, claimed: &Claimed, ids: &[&str]) {
        self.finish(
            claimed,
            Came::Sent {
                platform_ids: ids.iter().map(|id| (*id).to_owned()).collect(),
                way: "RESPONSE",
                request_id: String::new(),
                counted: None,
                kept_there: Vec::new(),
                took_control: false,
            },
        );
    }

    fn not_sent(&self, claimed: &Claimed, outcome: Outcome) {
        let doubt = matches!(outcome, Outcome::WaitForEcho(..));
        self.finish(claimed, Came::NotSent { outcome, doubt });
    }

    fn message(&self, id: MessageId) -> Message {
        self.house
            .read(|reader| messages::by_id(reader, id))
            .expect("the message is there")
    }

    fn status(&self, id: MessageId) -> Status {
        self.message(id).status.expect("it is ours")
    }

    fn state(&self, id: MessageId) -> String {
        self.house.write(move |tx| {
            Ok(tx.connection().query_row(
                "SELECT state FROM message JOIN outbox USING (outbox_id) WHERE message_id = ?1",
                [id],
                |row| row.get(0),
            )?)
        })
    }

    fn echo(&self, metadata: &str, platform_id: &str, at: Timestamp) -> bool {
        let (page, metadata, platform_id) =
            (self.house.page, metadata.to_owned(), platform_id.to_owned());
        self.house
            .write(move |tx| settle_echo(tx, page, &metadata, &platform_id, at))
    }

    fn receipt(&self, news: Receipt) {
        let page = self.house.page;
        self.house
            .write(move |tx| receipt(tx, page, SocialProfileId(1), &news));
    }
}

fn now() -> Timestamp {
    crate::clock::now()
}

fn later() -> Timestamp {
    now().plus(Duration::from_secs(3600))
}

fn why(word: &str) -> Reason {
    Reason::of(word)
}

#[test]
fn a_reply_is_stored_once_however_often_its_form_comes() {
    let counter = Counter::open();
    let ids = counter.say("c-1", &["one", "two", "three"]);
    assert_eq!(counter.say("c-1", &["one", "two", "three"]), ids);
    let texts: Vec<String> = ids.iter().map(|id| counter.message(*id).text).collect();
    assert_eq!(texts, ["one", "two", "three"]);
    assert_eq!(counter.message(ids[0]).client_id.as_deref(), Some("c-1"));
    let conversation = counter
        .house
        .read(|reader| conversations::by_id(reader, counter.conversation))
        .unwrap();
    assert_eq!(conversation.last_message, Some(ids[2]));
    assert_eq!(conversation.unanswered_since, None);
}

#[test]
fn parts_share_a_call_up_to_the_channels_number() {
    let counter = Counter::open();
    counter.say("c-1", &["one", "two", "three"]);
    let first = counter.claim().unwrap();
    assert_eq!(first.texts, ["one", "two"]);
    counter.sent(&first, &["m_1", "m_2"]);
    assert_eq!(counter.claim().unwrap().texts, ["three"]);
}

#[test]
fn what_came_in_meanwhile_is_shown_before_the_text_goes_out() {
    let counter = Counter::open();
    let newer = counter
        .house
        .message(counter.conversation, "m_in_2", "Never mind!");
    let stale = counter.reply("c-1", &["Yes, two left."]);
    assert_eq!(counter.send(stale.clone()), Enqueued::Stale);
    assert!(counter.claim().is_none());
    let seen = Reply {
        quoted: None,
        last_seen: Some(newer),
        ..stale.clone()
    };
    assert!(matches!(counter.send(seen), Enqueued::Queued(_)));
    let confirmed = Reply {
        client_id: "c-2".to_owned(),
        quoted: None,
        last_seen: None,
        ..stale
    };
    assert!(matches!(counter.send(confirmed), Enqueued::Queued(_)));
}

#[test]
fn only_the_holder_of_an_active_conversation_writes() {
    let counter = Counter::open();
    let somebody_else = Reply {
        user: counter.house.user("Ole"),
        ..counter.reply("c-1", &["Hello"])
    };
    assert_eq!(counter.send(somebody_else), Enqueued::NotActive);
    let (conversation, agent) = (counter.conversation, counter.agent);
    counter
        .house
        .write(move |tx| conversations::apply(tx, conversation, Act::End, Some(agent)));
    let ended = counter.reply("c-2", &["Hello"]);
    assert_eq!(counter.send(ended), Enqueued::NotActive);
}

#[test]
fn one_call_of_a_conversation_is_in_flight_and_the_order_holds() {
    let counter = Counter::open();
    let first = counter.say("c-1", &["first"])[0];
    counter.say("c-2", &["second"]);
    let call = counter.claim().unwrap();
    assert_eq!(call.texts, ["first"]);
    assert_eq!(counter.status(first), Status::Sending);
    assert!(counter.claim().is_none(), "the second waits for the first");
    counter.not_sent(&call, Outcome::RetryAt(later(), why("unreachable")));
    assert!(
        counter.claim().is_none(),
        "also while it waits for its next try"
    );
    assert_eq!(counter.status(first), Status::Queued);
    assert_eq!(counter.message(first).reason, Some(why("unreachable")));
    counter.house.let_time_pass();
    let again = counter.claim().unwrap();
    assert_eq!(again.texts, ["first"]);
    assert_eq!(again.idempotency_key, call.idempotency_key);
    assert_eq!((again.ticket.tries, again.doubt.clone()), (2, None));
    counter.sent(&again, &["m_1"]);
    assert_eq!(counter.message(first).reason, None);
    assert_eq!(counter.claim().unwrap().texts, ["second"]);
}

#[test]
fn what_failed_holds_nobody_back_and_what_is_in_doubt_does() {
    let counter = Counter::open();
    let [first, second, third] = ["one", "two", "three"].map(|text| counter.say(text, &[text])[0]);
    let call = counter.claim().unwrap();
    counter.not_sent(&call, Outcome::Failed(why("blocked")));
    assert_eq!(counter.status(first), Status::Failed);
    let call = counter.claim().unwrap();
    assert_eq!(call.texts, ["two"]);
    counter.not_sent(&call, Outcome::WaitForEcho(later(), why("uncertain")));
    assert_eq!(counter.status(second), Status::Sending);
    assert!(counter.claim().is_none());
    counter.house.let_time_pass();
    let call = counter.claim().unwrap();
    assert!(
        call.known.is_some(),
        "the platform's record is looked at first"
    );
    counter.not_sent(&call, Outcome::Unknown(why("uncertain")));
    assert!(counter.claim().is_none());
    assert_eq!(counter.status(second), Status::Unknown);
    assert_eq!(counter.message(second).reason, Some(why("uncertain")));
    let (agent, house) = (counter.agent, &counter.house);
    assert!(house.read(|reader| holds_others(reader, second)));
    assert!(house.write(move |tx| release(tx, second, agent)));
    assert!(!house.write(move |tx| release(tx, second, agent)));
    assert_eq!(
        counter.status(second),
        Status::Unknown,
        "it stays what it is"
    );
    let call = counter.claim().unwrap();
    counter.sent(&call, &["m_3"]);
    assert_eq!(counter.status(third), Status::Sent);
}

#[test]
fn a_refused_token_holds_its_page_until_it_is_replaced() {
    let counter = Counter::open();
    let id = counter.say("c-1", &["Hello"])[0];
    let call = counter.claim().unwrap();
    counter.not_sent(&call, Outcome::HoldPage(why("credentials")));
    counter.house.let_time_pass();
    assert!(counter.claim().is_none());
    assert_eq!(counter.message(id).reason, Some(why("credentials")));
    let page = counter.house.page;
    let held = counter.house.read(|reader| left(reader, later()));
    assert_eq!((held.due, held.waiting), (0, 1));
    counter
        .house
        .write(move |tx| pages::replace_token(tx, page, Some(&Secret::new("new-token-1234"))));
    let call = counter.claim().unwrap();
    counter.sent(&call, &["m_1"]);
    assert_eq!(counter.status(id), Status::Sent);
}

#[test]
fn a_paused_page_waits_and_a_closed_circuit_is_left_alone() {
    let counter = Counter::open();
    counter.say("c-1", &["Hello"]);
    let page = counter.house.page;
    assert!(matches!(
        counter.house.write(move |tx| claim_due(tx, &[page])),
        Claim::Nothing(_)
    ));
    let call = counter.claim().unwrap();
    let until = later();
    counter.not_sent(&call, Outcome::PausePage(until, why("throttled")));
    let other = counter.house.conversation("customer-2");
    let agent = counter.agent;
    counter
        .house
        .write(move |tx| conversations::assign(tx, other, agent));
    counter.send(Reply {
        conversation: other,
        client_id: "c-2".to_owned(),
        ..counter.reply("", &["Hello too"])
    });
    match counter.house.write(|tx| claim_due(tx, &[])) {
        Claim::Nothing(next) => assert_eq!(next, Some(until)),
        Claim::Call(call) => panic!("{call:?}"),
    }
}

#[test]
fn a_crash_before_the_call_or_after_it_leaves_a_doubt_that_the_next_try_carries() {
    let mut counter = Counter::open();
    let first = counter.say("c-1", &["first"])[0];
    counter.say("c-2", &["second"]);
    counter.house.reopen();
    assert_eq!(counter.house.write(recover), 0, "queued is queued");
    let call = counter.claim().unwrap();
    counter.house.reopen();
    assert_eq!(counter.house.write(recover), 1);
    let again = counter.claim().unwrap();
    assert_eq!(again.texts, ["first"]);
    assert_eq!(again.idempotency_key, call.idempotency_key);
    assert_eq!(again.doubt, Some(why("crashed")));
    // A channel without a retry key does not call, and says so.
    counter.not_sent(
        &again,
        Outcome::WaitForEcho(now().plus(ECHO_WAIT), why("uncertain")),
    );
    counter.house.reopen();
    assert_eq!(counter.house.write(recover), 0);
    assert!(counter.claim().is_none(), "it waits for the echo anew");
    counter.house.let_time_pass();
    let look = counter.claim().unwrap();
    assert!(
        look.known.is_some(),
        "the platform's record is looked at once"
    );
    counter.not_sent(&look, Outcome::Unknown(why("crashed")));
    assert!(counter.claim().is_none());
    assert_eq!(counter.message(first).reason, Some(why("crashed")));
    assert!(counter.echo(&call.idempotency_key, "m_1", now()));
    assert_eq!(counter.status(first), Status::Sent);
    assert_eq!(counter.message(first).reason, None);
    assert_eq!(counter.claim().unwrap().texts, ["second"]);
}

#[test]
fn a_free_reply_token_is_taken_at_the_first_try_and_kept_for_the_next() {
    let counter = Counter::open();
    let id = counter.say("c-1", &["Hello"])[0];
    let keep = |token: &'static str| {
        counter.house.write(move |tx| {
            profiles::keep_reply_token(
                tx,
                SocialProfileId(1),
                token,
                tx.now().plus(Duration::from_secs(50)),
            )
        });
    };
    let token = |call: &Claimed| call.reply_token.as_ref().map(|it| it.expose().to_owned());
    keep("token-1");
    let call = counter.claim().unwrap();
    assert_eq!(token(&call).as_deref(), Some("token-1"));
    counter.not_sent(&call, Outcome::RetryAt(now(), why("unreachable")));
    keep("token-2");
    let call = counter.claim().unwrap();
    assert_eq!(token(&call).as_deref(), Some("token-1"));
    counter.sent(&call, &["m_1"]);
    assert_eq!(counter.state(id), "done");
    counter.say("c-2", &["Hello again"]);
    let call = counter.claim().unwrap();
    assert_eq!(token(&call).as_deref(), Some("token-2"));
}

#[test]
fn a_call_that_was_tried_without_a_reply_token_never_takes_one() {
    let counter = Counter::open();
    counter.say("c-1", &["Hello"]);
    let call = counter.claim().unwrap();
    assert!(call.reply_token.is_none());
    counter.not_sent(&call, Outcome::RetryAt(now(), why("unreachable")));
    counter.house.write(|tx| {
        let expires = tx.now().plus(Duration::from_secs(50));
        profiles::keep_reply_token(tx, SocialProfileId(1), "token", expires)
    });
    assert!(counter.claim().unwrap().reply_token.is_none());
}

#[test]
fn an_echo_settles_a_call_before_its_answer_does() {
    let counter = Counter::open();
    let id = counter.say("c-1", &["Hello"])[0];
    let call = counter.claim().unwrap();
    let at = now();
    assert!(counter.echo(&call.idempotency_key, "m_1", at));
    assert_eq!(counter.state(id), "done");
    counter.not_sent(&call, Outcome::WaitForEcho(later(), why("uncertain")));
    assert_eq!(
        (counter.status(id), counter.state(id).as_str()),
        (Status::Sent, "done")
    );
    assert!(
        counter.echo(&call.idempotency_key, "m_1", at),
        "it may come twice"
    );
    assert!(!counter.echo("another-key", "m_9", at));
}

#[test]
fn an_echo_without_our_key_gives_way_to_the_answer() {
    let counter = Counter::open();
    let id = counter.say("c-1", &["Hello"])[0];
    let call = counter.claim().unwrap();
    let stranger = counter.house.message(counter.conversation, "m_1", "Hello");
    counter.house.write(move |tx| {
        Ok(tx.connection().execute(
            "UPDATE message SET author = 'elsewhere' WHERE message_id = ?1",
            [stranger],
        )?)
    });
    counter.sent(&call, &["m_1"]);
    assert_eq!(counter.message(id).platform_id.as_deref(), Some("m_1"));
    let gone = counter
        .house
        .read(|reader| messages::by_id(reader, stranger));
    assert_eq!(gone, None);
}

#[test]
fn receipts_move_statuses_forward_in_any_order_and_never_ahead_of_the_truth() {
    let counter = Counter::open();
    let first = counter.say("c-1", &["first"])[0];
    let second = counter.say("c-2", &["second"])[0];
    let start = now().minus(Duration::from_secs(60));
    let second_at = start.plus(Duration::from_secs(10));
    let call = counter.claim().unwrap();
    counter.sent(&call, &["m_1"]);
    counter.echo(&call.idempotency_key, "m_1", start);
    counter.receipt(Receipt::Read { watermark: start });
    assert_eq!(counter.status(first), Status::Read);
    counter.receipt(Receipt::Delivered {
        platform_ids: vec!["m_1".to_owned(), "m_unknown".to_owned()],
        watermark: Some(start),
    });
    assert_eq!(counter.status(first), Status::Read);

    let call = counter.claim().unwrap();
    counter.receipt(Receipt::Delivered {
        platform_ids: Vec::new(),
        watermark: Some(second_at),
    });
    counter.sent(&call, &["m_2"]);
    assert_eq!(counter.status(second), Status::Sent);
    counter.receipt(Receipt::Read { watermark: start });
    assert_eq!(
        counter.status(second),
        Status::Sent,
        "read was something else"
    );
    assert!(counter.echo(&call.idempotency_key, "m_2", second_at));
    assert_eq!(
        counter.status(second),
        Status::Delivered,
        "the receipt came first"
    );
}

#[test]
fn try_again_really_sends_again_once_and_in_its_turn() {
    let counter = Counter::open();
    let first = counter.say("c-1", &["first"])[0];
    let second = counter.say("c-2", &["second"])[0];
    let call = counter.claim().unwrap();
    counter.not_sent(&call, Outcome::Unknown(why("uncertain")));
    let agent = counter.agent;
    let press = || counter.house.write(move |tx| retry(tx, first, agent));
    assert_eq!(press(), Some(vec![first]));
    assert_eq!(press(), None, "pressed twice");
    let again = counter.claim().unwrap();
    assert_eq!(again.texts, ["first"], "before what was written later");
    assert_ne!(again.idempotency_key, call.idempotency_key);
    assert_eq!(again.doubt, None);
    counter.sent(&again, &["m_1b"]);
    assert_eq!(press(), None);
    assert!(
        !counter.echo(&call.idempotency_key, "m_1a", now()),
        "the first did arrive too: a message of its own"
    );
    let call = counter.claim().unwrap();
    counter.sent(&call, &["m_2"]);
    assert_eq!(counter.status(second), Status::Sent);
}

#[test]
fn late_proof_of_the_first_call_takes_the_second_back() {
    let counter = Counter::open();
    let id = counter.say("c-1", &["first"])[0];
    let call = counter.claim().unwrap();
    counter.not_sent(&call, Outcome::Unknown(why("uncertain")));
    let agent = counter.agent;
    counter.house.write(move |tx| retry(tx, id, agent));
    assert!(counter.echo(&call.idempotency_key, "m_1", now()));
    assert_eq!(counter.status(id), Status::Sent);
    assert!(counter.claim().is_none());
}

#[test]
fn a_failed_message_can_be_removed_and_no_other() {
    let counter = Counter::open();
    let id = counter.say("c-1", &["first"])[0];
    let agent = counter.agent;
    let remove = || counter.house.write(move |tx| delete(tx, id, agent));
    assert!(!remove());
    let call = counter.claim().unwrap();
    counter.not_sent(&call, Outcome::Failed(why("rejected")));
    let stranger = counter.house.user("Ole");
    assert!(!counter.house.write(move |tx| delete(tx, id, stranger)));
    assert!(remove());
    assert!(!remove());
    let conversation = counter
        .house
        .read(|reader| conversations::by_id(reader, counter.conversation))
        .unwrap();
    assert_eq!(conversation.last_message, Some(counter.asked));
    assert!(
        !counter.echo(&call.idempotency_key, "m_1", now()),
        "should it have arrived, it comes back as a message of its own"
    );
}

#[test]
fn a_clock_that_was_put_back_delays_nothing() {
    let counter = Counter::open();
    counter.say("c-1", &["first"]);
    counter.house.write(|tx| {
        let ahead = tx.now().plus(Duration::from_secs(2 * 3600));
        Ok(tx
            .connection()
            .execute("UPDATE outbox SET due_at = ?1, changed_at = ?1", [ahead])?)
    });
    assert!(counter.claim().is_some());
}

#[test]
fn what_the_program_would_still_do_is_counted() {
    let counter = Counter::open();
    let count = || {
        let left = counter.house.read(|reader| left(reader, now()));
        (left.in_flight, left.due, left.waiting)
    };
    assert_eq!(count(), (0, 0, 0));
    counter.say("c-1", &["first"]);
    counter.say("c-2", &["second"]);
    assert_eq!(count(), (0, 2, 0));
    let call = counter.claim().unwrap();
    assert_eq!(count(), (1, 1, 0));
    counter.not_sent(&call, Outcome::RetryAt(later(), why("unreachable")));
    assert_eq!(count(), (0, 0, 2));
    counter.house.let_time_pass();
    let call = counter.claim().unwrap();
    counter.not_sent(&call, Outcome::Unknown(why("uncertain")));
    assert_eq!(count(), (0, 0, 1), "behind one in doubt");
}

#[test]
fn a_page_has_at_most_four_calls_in_flight_and_other_pages_go_on() {
    let counter = Counter::open();
    let say = |conversation: ConversationId| {
        let reply = Reply {
            conversation,
            client_id: conversation.to_string(),
            parts: vec!["Hello".to_owned()],
            quoted: None,
            last_seen: None,
            ..counter.reply("", &[])
        };
        counter.send(reply);
    };
    for number in 0..=MOST_PER_PAGE {
        let customer = format!("busy-{number}");
        say(counter.house.answered_by(counter.agent, &customer));
    }
    let claimed: Vec<Claimed> = (0..MOST_PER_PAGE)
        .map(|_| counter.claim().expect("there is room"))
        .collect();
    assert!(counter.claim().is_none(), "the page has enough in flight");

    let elsewhere = counter.house.answered_by(counter.agent, "elsewhere");
    let page = counter.house.line_page;
    counter.house.execute(&format!(
        "UPDATE conversation SET page_id = {page} WHERE conversation_id = {elsewhere}"
    ));
    say(elsewhere);
    let other = counter.claim().expect("another page goes on");
    assert_eq!(other.ticket.page, page);

    counter.sent(&claimed[0], &["m-1"]);
    assert!(counter.claim().is_some(), "one was over");
}
