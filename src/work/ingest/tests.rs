//! Bodies in, conversations out.

use super::*;
use crate::channels::registry;
use crate::config::Platforms;
use crate::domain::conversation::{Act, EventKind, State};
use crate::domain::ids::{ConversationId, MessageId};
use crate::domain::message::{Author, Status};
use crate::domain::time::Timestamp;
use crate::store::conversations::Conversation;
use crate::store::messages::Message;
use crate::store::parked_events::ParkedEvent;
use crate::store::testing::House;
use crate::store::{conversations, messages, profiles};

/// Our counter with both channels, and no worker running: a test says when ingest works.
struct Counter {
    house: House,
    channels: Registry,
}

/// A moment of these tests, in seconds.
fn time(seconds: i64) -> Timestamp {
    Timestamp::from_millis((1_780_500_000 + seconds) * 1000)
}

impl Counter {
    fn open() -> Counter {
        Counter {
            house: House::furnished(),
            channels: registry(&Platforms::default()),
        }
    }

    /// A body comes to an account and is worked on.
    fn deliver_to(&self, account: AccountId, body: &str) {
        let body = body.to_owned();
        self.house
            .write(move |tx| journal::append(tx, account, body.as_bytes()));
        drain(&self.house.store, &self.channels, &Wake::default()).unwrap();
        assert_eq!(self.house.read(journal::unfinished_count), 0);
    }

    /// Messenger events come in one body.
    fn messenger(&self, items: &[&str]) {
        self.deliver_to(self.house.account, &messenger_body("page1", items));
    }

    /// LINE events come in one body.
    fn line(&self, events: &[&str]) {
        let events = events.join(",");
        let body = format!(r#"{{"destination":"Ubot","events":[{events}]}}"#);
        self.deliver_to(self.house.line_account, &body);
    }

    fn conversations(&self) -> Vec<Conversation> {
        let newest = self.house.number("SELECT count(*) FROM conversation");
        (1..=newest)
            .map(|id| {
                self.house
                    .read(|reader| conversations::by_id(reader, ConversationId(id)))
                    .unwrap()
            })
            .collect()
    }

    fn conversation(&self) -> Conversation {
        let mut all = self.conversations();
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    fn messages(&self, conversation: ConversationId) -> Vec<Message> {
        self.house
            .read(|reader| messages::page_of(reader, conversation, None, 100))
    }

    fn message(&self) -> Message {
        let mut all = self.messages(self.conversation().id);
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    fn texts(&self) -> Vec<String> {
        let messages = self.messages(self.conversation().id);
        messages.into_iter().map(|message| message.text).collect()
    }

    fn lines(&self, conversation: ConversationId) -> Vec<(EventKind, String)> {
        self.house
            .read(|reader| conversations::history(reader, conversation, None, None, 100))
            .into_iter()
            .map(|line| (line.kind, line.detail))
            .collect()
    }

    fn parked(&self) -> Vec<ParkedEvent> {
        self.house
            .read(|reader| parked_events::list(reader, "", None, 100))
    }
}

fn messenger_body(page: &str, items: &[&str]) -> String {
    let items = items.join(",");
    format!(
        r#"{{"object":"page","entry":[{{"id":"{page}","time":1780500000000,"messaging":[{items}]}}]}}"#
    )
}

/// An item that a customer caused.
fn item(seconds: i64, what: &str) -> String {
    let at = time(seconds).millis();
    format!(r#"{{"sender":{{"id":"U1"}},"recipient":{{"id":"page1"}},"timestamp":{at},{what}}}"#)
}

fn text(seconds: i64, mid: &str, text: &str) -> String {
    item(
        seconds,
        &format!(r#""message":{{"mid":"{mid}","text":"{text}"}}"#),
    )
}

fn echo(seconds: i64, mid: &str, text: &str) -> String {
    let at = time(seconds).millis();
    format!(
        r#"{{"sender":{{"id":"page1"}},"recipient":{{"id":"U1"}},"timestamp":{at},"message":{{"mid":"{mid}","is_echo":true,"text":"{text}"}}}}"#
    )
}

fn line_event(seconds: i64, id: &str, what: &str) -> String {
    let at = time(seconds).millis();
    format!(
        r#"{{"mode":"active","timestamp":{at},"source":{{"type":"user","userId":"Ucustomer"}},"webhookEventId":"{id}",{what}}}"#
    )
}

#[test]
fn a_first_message_opens_a_conversation_in_the_fallback_queue() {
    let counter = Counter::open();
    counter.messenger(&[&text(0, "m1", "Is it still there?")]);
    let conversation = counter.conversation();
    assert_eq!(conversation.state, State::Open);
    assert_eq!(conversation.queue, counter.house.queue);
    assert_eq!(conversation.last_inbound_at, Some(time(0)));
    assert_eq!(conversation.inbound_count, 1);
    let message = counter.message();
    assert_eq!(message.text, "Is it still there?");
    assert_eq!(message.author, Author::Customer);
    assert_eq!((message.sent_at, message.status), (time(0), None));
    assert_eq!(conversation.last_message, Some(message.id));
    let due = counter
        .house
        .read(|reader| profiles::names_due(reader, message.created_at, 10));
    assert_eq!(due.len(), 1, "the name is asked for afterwards");
    assert_eq!(
        counter
            .house
            .number("SELECT count(*) FROM account WHERE first_event_at IS NOT NULL"),
        1
    );
}

#[test]
fn a_body_that_comes_again_and_again_is_stored_once() {
    let counter = Counter::open();
    let postback = item(3, r#""postback":{"title":"Buy","payload":"BUY"}"#);
    let referral = item(
        4,
        r#""referral":{"ref":"r","source":"SHORTLINK","type":"OPEN_THREAD"}"#,
    );
    let items = [
        &text(0, "m1", "one")[..],
        &text(1, "m2", "two"),
        &postback,
        &referral,
    ];
    for _ in 0..3 {
        counter.messenger(&items);
    }
    counter.messenger(&[items[1], items[0]]);
    assert_eq!(counter.texts(), ["one", "two", "Buy"]);
    let conversation = counter.conversation();
    assert_eq!(conversation.inbound_count, 3);
    assert_eq!(counter.lines(conversation.id).len(), 2, "opened, referral");
}

#[test]
fn a_redelivered_message_of_a_closed_conversation_opens_no_new_one() {
    let counter = Counter::open();
    counter.messenger(&[&text(0, "m1", "hello")]);
    let id = counter.conversation().id;
    counter
        .house
        .write(move |tx| conversations::apply(tx, id, Act::TimeOver, None));
    counter.messenger(&[&text(0, "m1", "hello")]);
    assert_eq!(counter.conversation().state, State::Closed);
    counter.messenger(&[&text(9, "m2", "me again")]);
    let all = counter.conversations();
    assert_eq!((all.len(), all[1].previous), (2, Some(id)));
}

#[test]
fn a_late_message_keeps_its_own_time_and_does_not_move_the_window_back() {
    let counter = Counter::open();
    counter.messenger(&[&text(60, "m2", "second")]);
    counter.messenger(&[&text(0, "m1", "first, but late")]);
    assert_eq!(counter.texts(), ["second", "first, but late"]);
    assert_eq!(counter.conversation().last_inbound_at, Some(time(60)));
}

#[test]
fn a_bad_event_is_parked_and_its_neighbours_go_on() {
    let counter = Counter::open();
    let bad = r#"{"sender":{"id":"U1"},"recipient":{"id":"page1"},"timestamp":1780500000100}"#;
    counter.messenger(&[&text(0, "m1", "before"), bad, &text(1, "m2", "after")]);
    assert_eq!(counter.texts(), ["before", "after"]);
    let parked = counter.parked();
    assert_eq!(parked.len(), 1);
    assert!(!parked[0].whole_body);
    assert_eq!(parked[0].obstacle, Obstacle::NothingHappened);
    counter.deliver_to(counter.house.account, "{");
    let parked = counter.parked();
    assert_eq!(parked.len(), 2);
    assert!(parked[0].whole_body);
    assert!(matches!(
        parked[0].obstacle,
        Obstacle::NotJson { line: 1, .. }
    ));
    assert_eq!(parked[0].payload, "{");
}

#[test]
fn a_parked_event_is_tried_again_when_what_was_missing_is_there() {
    let counter = Counter::open();
    counter
        .house
        .execute("UPDATE page SET workstream_id = NULL WHERE page_id = 1");
    counter.messenger(&[&text(0, "m1", "hello")]);
    assert_eq!(counter.conversations(), []);
    let parked = counter.parked().remove(0);
    let retry = || {
        rocket::tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(parked::try_again(
                &counter.house.store,
                &counter.channels,
                parked.id,
            ))
            .unwrap()
    };
    assert_eq!(retry(), parked::Retried::StillParked);
    assert_eq!(counter.parked()[0].tries, 2);
    counter
        .house
        .execute("UPDATE page SET workstream_id = 1 WHERE page_id = 1");
    assert_eq!(retry(), parked::Retried::Settled);
    assert_eq!(counter.texts(), ["hello"]);
    assert_eq!(retry(), parked::Retried::Gone);
}

#[test]
fn what_is_parked_for_want_of_a_workstream_goes_through_once_its_page_has_one() {
    let counter = Counter::open();
    counter
        .house
        .execute("UPDATE page SET workstream_id = NULL WHERE page_id = 1");
    let bad = item(1, r#""message":{"text":"without an id"}"#);
    counter.messenger(&[&text(0, "m1", "hello"), &bad, &text(2, "m2", "again")]);
    let work = || drain(&counter.house.store, &counter.channels, &Wake::default()).unwrap();
    work();
    let tries: Vec<u32> = counter.parked().iter().map(|event| event.tries).collect();
    assert_eq!(tries, [1, 1, 1], "nothing is tried in vain");
    counter
        .house
        .execute("UPDATE page SET workstream_id = 1 WHERE page_id = 1");
    work();
    assert_eq!(counter.texts(), ["hello", "again"]);
    let left = counter.parked();
    assert_eq!(left.len(), 1);
    assert_eq!(
        (&left[0].obstacle, left[0].tries),
        (&Obstacle::NoMessageId, 1),
        "what is bad in itself waits for a person"
    );
}

#[test]
fn the_sentence_of_an_earlier_program_stays_readable() {
    let counter = Counter::open();
    counter.deliver_to(counter.house.account, "{");
    counter
        .house
        .execute("UPDATE parked_event SET reason = 'not valid JSON (line 1, column 1)'");
    let detail = "not valid JSON (line 1, column 1)".to_owned();
    assert_eq!(counter.parked()[0].obstacle, Obstacle::Noted { detail });
}

#[test]
fn an_event_that_the_database_refuses_is_parked_alone() {
    let counter = Counter::open();
    counter.house.execute(
        "CREATE TRIGGER refuse BEFORE INSERT ON message WHEN new.text = 'poison'
         BEGIN SELECT RAISE(ABORT, 'refused by the test'); END",
    );
    counter.messenger(&[
        &text(0, "m1", "before"),
        &text(1, "m2", "poison"),
        &text(2, "m3", "after"),
    ]);
    assert_eq!(counter.texts(), ["before", "after"]);
    assert_eq!(counter.parked().len(), 1);
    assert_eq!(counter.conversation().inbound_count, 2);
}

#[test]
fn events_of_foreign_pages_are_counted_and_not_stored() {
    let counter = Counter::open();
    let body = messenger_body("page9", &[&text(0, "m1", "hello")]);
    counter.deliver_to(counter.house.account, &body);
    // Signed for the LINE account, but naming the Facebook page.
    let crossed = r#"{"destination":"page1","events":[{"type":"follow","mode":"active","timestamp":1780500000000,"source":{"type":"user","userId":"U1"}}]}"#;
    counter.deliver_to(counter.house.line_account, crossed);
    assert_eq!(
        counter.house.number("SELECT count(*) FROM social_profile"),
        0
    );
    assert_eq!(
        counter
            .house
            .number("SELECT sum(unknown_page_events) FROM account"),
        2
    );
}

#[test]
fn the_platforms_own_tests_are_seen_and_store_nothing() {
    let counter = Counter::open();
    counter.line(&[]);
    let sql =
        "SELECT count(*) FROM account WHERE test_event_at IS NOT NULL AND first_event_at IS NULL";
    assert_eq!(counter.house.number(sql), 1);
    assert_eq!(counter.conversations(), []);
}

#[test]
fn an_edit_holds_whether_it_comes_after_or_before_its_message() {
    for order in [[0, 1, 2], [1, 0, 2], [2, 1, 0], [1, 2, 0]] {
        let counter = Counter::open();
        let edit = |seconds, words: &str| {
            item(
                seconds,
                &format!(r#""message_edit":{{"mid":"m1","text":"{words}","num_edit":1}}"#),
            )
        };
        let events = [text(0, "m1", "frist"), edit(1, "first"), edit(2, "First!")];
        for at in order {
            counter.messenger(&[&events[at]]);
        }
        let message = counter.message();
        assert_eq!(message.text, "First!", "{order:?}");
        assert_eq!(message.edited_at, Some(time(2)), "{order:?}");
    }
}

#[test]
fn what_was_taken_back_leaves_a_tombstone_whether_it_comes_after_or_before_its_message() {
    let message = line_event(
        0,
        "E1",
        r#""type":"message","replyToken":"r1","message":{"id":"444","type":"text","text":"secret words"}"#,
    );
    let unsend = line_event(1, "E2", r#""type":"unsend","unsend":{"messageId":"444"}"#);
    for events in [[&message, &unsend], [&unsend, &message]] {
        let counter = Counter::open();
        for event in events {
            counter.line(&[event]);
        }
        let message = counter.message();
        assert_eq!(
            (message.text.as_str(), message.unsent_at),
            ("", Some(time(1)))
        );
        counter.house.store.close();
        let file = std::fs::read(counter.house.store.path()).unwrap();
        let words = b"secret words";
        assert!(!file.windows(words.len()).any(|part| part == words));
    }
}

#[test]
fn what_is_written_elsewhere_joins_the_talk_and_opens_no_window() {
    let counter = Counter::open();
    counter.messenger(&[&text(0, "m1", "hello")]);
    counter.messenger(&[&echo(5, "m2", "Anna here")]);
    counter.messenger(&[&echo(5, "m2", "Anna here")]);
    let conversation = counter.conversation();
    let messages = counter.messages(conversation.id);
    assert_eq!(messages.len(), 2);
    assert_eq!(messages[1].author, Author::Elsewhere);
    assert_eq!(messages[1].status, Some(Status::Sent));
    assert_eq!(conversation.last_inbound_at, Some(time(0)));
    assert!(conversation.unanswered_since.is_some());
    assert_eq!(conversation.inbound_count, 1);
}

#[test]
fn what_is_written_elsewhere_to_nobodys_customer_makes_no_work() {
    let counter = Counter::open();
    counter.messenger(&[&echo(0, "m1", "We saw your comment")]);
    let kept = counter.conversation();
    assert_eq!((kept.state, kept.due_at), (State::Closed, None));
    counter.messenger(&[&text(5, "m2", "Thank you!")]);
    let all = counter.conversations();
    assert_eq!(all.len(), 2);
    assert_eq!(
        (all[1].state, all[1].previous),
        (State::Open, Some(kept.id))
    );
}

#[test]
fn a_reaction_is_a_line_and_opens_the_window() {
    let counter = Counter::open();
    counter.messenger(&[&text(0, "m1", "hello")]);
    let id = counter.conversation().id;
    counter.messenger(&[&item(
        7,
        r#""reaction":{"mid":"m1","action":"react","reaction":"love","emoji":"❤"}"#,
    )]);
    counter.messenger(&[&item(9, r#""reaction":{"mid":"m1","action":"unreact"}"#)]);
    assert_eq!(counter.conversation().last_inbound_at, Some(time(7)));
    assert_eq!(
        counter.lines(id)[1..],
        [
            (EventKind::Reaction, "❤".to_owned()),
            (EventKind::Reaction, String::new())
        ]
    );
}

#[test]
fn a_reply_token_is_kept_but_never_one_from_standby() {
    let counter = Counter::open();
    let message = |id: &str, mode: &str| {
        line_event(0, id, &format!(
            r#""type":"message","replyToken":"token-{id}","message":{{"id":"{id}","type":"text","text":"hi"}}"#
        ))
        .replace("active", mode)
    };
    counter.line(&[&message("1", "standby")]);
    assert_eq!(counter.house.number("SELECT count(*) FROM reply_token"), 0);
    counter.line(&[&message("2", "active")]);
    let profile = counter.conversation().profile;
    let token = counter
        .house
        .write(move |tx| profiles::take_reply_token(tx, profile))
        .unwrap();
    assert_eq!(token.expose(), "token-2");
}

#[test]
fn a_reaction_or_a_remark_of_somebody_new_is_kept_and_makes_no_work() {
    let referral = r#""referral":{"ref":"summer","source":"SHORTLINK","type":"OPEN_THREAD"}"#;
    let reaction = r#""reaction":{"mid":"m0","action":"react","reaction":"love","emoji":"❤"}"#;
    for (what, kind) in [
        (referral, EventKind::Remark),
        (reaction, EventKind::Reaction),
    ] {
        let counter = Counter::open();
        counter.messenger(&[&item(0, what)]);
        let kept = counter.conversation();
        assert_eq!(kept.state, State::Closed);
        assert_eq!(counter.lines(kept.id)[0].0, kind);
        counter.messenger(&[&text(5, "m1", "Hello")]);
        assert_eq!(counter.conversations()[1].previous, Some(kept.id));
    }
    let counter = Counter::open();
    counter.messenger(&[&item(0, r#""reaction":{"mid":"m0","action":"unreact"}"#)]);
    assert_eq!(counter.conversations(), []);
}

#[test]
fn a_line_says_when_another_app_answers_and_when_it_is_over() {
    let counter = Counter::open();
    let standby = |items: &[&str]| {
        let body = messenger_body("page1", items).replace("\"messaging\"", "\"standby\"");
        counter.deliver_to(counter.house.account, &body);
    };
    let says = || -> Vec<String> {
        let lines = counter.lines(counter.conversation().id);
        let remarks = lines
            .into_iter()
            .filter(|(kind, _)| *kind == EventKind::Remark);
        remarks.map(|(_, detail)| detail).collect()
    };
    counter.messenger(&[&text(0, "m1", "Hello")]);
    assert!(says().is_empty());
    standby(&[
        &text(10, "m2", "I want a person"),
        &echo(11, "m3", "I am a bot"),
    ]);
    assert_eq!(says(), ["standby"]);
    let profile = counter.conversation().profile;
    let is_standby = || {
        let profile = counter
            .house
            .read(|reader| profiles::by_id(reader, profile));
        profile.unwrap().standby
    };
    assert!(is_standby());
    // What was on its way before the hand-over is no news.
    counter.messenger(&[&text(5, "m4", "Late")]);
    assert_eq!(says(), ["standby"]);
    counter.messenger(&[&text(20, "m5", "Finally")]);
    assert_eq!(says(), ["standby", "standby-over"]);
    assert!(!is_standby());
}

#[test]
fn following_moves_with_the_newest_news_only() {
    let counter = Counter::open();
    counter.line(&[&line_event(
        0,
        "1",
        r#""type":"message","message":{"id":"1","type":"text","text":"hi"}"#,
    )]);
    let unfollow = line_event(20, "3", r#""type":"unfollow""#);
    let follow = line_event(10, "2", r#""type":"follow","follow":{"isUnblocked":false}"#);
    counter.line(&[&unfollow, &follow, &unfollow]);
    let conversation = counter.conversation();
    let profile = counter
        .house
        .read(|reader| profiles::by_id(reader, conversation.profile))
        .unwrap();
    assert_eq!(profile.follows, Some(false));
    let lines = counter.lines(conversation.id);
    assert_eq!(lines.len(), 2, "{lines:?}");
}

#[test]
fn a_group_is_a_conversation_of_its_own_with_its_speakers() {
    let counter = Counter::open();
    let spoken = |id: &str, user: &str| {
        format!(
            r#"{{"type":"message","mode":"active","timestamp":1780500000000,"source":{{"type":"group","groupId":"C1","userId":"{user}"}},"webhookEventId":"{id}","message":{{"id":"{id}","type":"text","text":"hi"}}}}"#
        )
    };
    counter.line(&[&spoken("1", "U1"), &spoken("2", "U2")]);
    let conversation = counter.conversation();
    let speakers: Vec<Option<String>> = counter
        .messages(conversation.id)
        .into_iter()
        .map(|message| message.speaker)
        .collect();
    assert_eq!(speakers, [Some("U1".to_owned()), Some("U2".to_owned())]);
}

#[test]
fn a_body_that_spoils_every_commit_is_parked_whole_after_three_tries() {
    let counter = Counter::open();
    // A fault of the whole job, not of one event: the counts of this body cannot be written.
    counter.house.execute(
        "CREATE TRIGGER refuse BEFORE UPDATE OF events ON webhook_event
         WHEN new.webhook_event_id = 2 AND new.events > 0
         BEGIN SELECT RAISE(ABORT, 'refused by the test'); END",
    );
    for (number, words) in [(1, "one"), (2, "two"), (3, "three")] {
        let body = messenger_body("page1", &[&text(number, &format!("m{number}"), words)]);
        counter
            .house
            .write(move |tx| journal::append(tx, AccountId(1), body.as_bytes()));
    }
    let wake = Wake::default();
    for round in 1..=3 {
        drain(&counter.house.store, &counter.channels, &wake).unwrap();
        let waiting = counter.house.read(journal::unfinished_count);
        assert_eq!(waiting, u64::from(round < 3), "after round {round}");
        assert_eq!(counter.texts(), ["one", "three"]);
    }
    assert!(counter.parked()[0].whole_body);
}

#[test]
fn nothing_is_left_of_a_body_once_it_is_settled() {
    let counter = Counter::open();
    counter.messenger(&[&text(0, "m1", "hello")]);
    assert_eq!(
        counter
            .house
            .number("SELECT sum(length(body)) FROM webhook_event"),
        0
    );
    assert_eq!(counter.message().id, MessageId(1));
}

#[test]
fn the_first_signed_event_tells_the_id_of_a_page_that_was_saved_while_its_platform_was_away() {
    let counter = Counter::open();
    let house = &counter.house;
    house.execute("UPDATE page SET platform_id = '' WHERE page_id = 2");
    let hello = r#""type":"message","message":{"type":"text","id":"1","text":"Hello"}"#;
    counter.line(&[&line_event(0, "E1", hello)]);
    assert_eq!(counter.texts(), ["Hello"]);
    let page = house.read(|reader| pages::by_id(reader, house.line_page));
    assert_eq!(page.unwrap().platform_id, "Ubot");

    // From now on another destination is a mistake again.
    let body = format!(
        r#"{{"destination":"Uother","events":[{}]}}"#,
        line_event(1, "E2", hello)
    );
    counter.deliver_to(house.line_account, &body);
    let account = house.read(|reader| accounts::by_id(reader, house.line_account));
    assert_eq!(account.unwrap().unknown_page_events, 1);
}

#[test]
fn an_unknown_page_is_not_guessed_among_several_nor_taken_from_another_account() {
    let counter = Counter::open();
    let house = &counter.house;
    let learn = |account, id: &'static str| {
        let learned = house.write(move |tx| pages::learn_platform_id(tx, account, id));
        learned.map(|page| page.id)
    };
    house.execute("UPDATE page SET platform_id = '' WHERE page_id = 2");
    house.execute(
        "INSERT INTO account (account_id, channel, name, webhook_key, created_at)
         VALUES (3, 'line', 'Another', 'key3', 0);
         INSERT INTO page (page_id, account_id, channel, platform_id, name, workstream_id, created_at)
         VALUES (3, 3, 'line', 'Utaken', 'Another', 1, 0)",
    );
    assert_eq!(learn(house.line_account, "Utaken"), None);
    assert_eq!(learn(house.line_account, ""), None);
    house.execute(
        "INSERT INTO page (page_id, account_id, channel, platform_id, name, workstream_id, created_at)
         VALUES (4, 2, 'line', '', 'Second', 1, 0)",
    );
    assert_eq!(learn(house.line_account, "Ubot"), None);
    house.execute("DELETE FROM page WHERE page_id = 4");
    assert_eq!(learn(house.line_account, "Ubot"), Some(house.line_page));
}
