use std::collections::HashMap;
use std::time::Duration;

use super::*;
use crate::domain::automation::{Manner, Voice};
use crate::domain::conversation::Act as Move;
use crate::domain::ids::{ConversationId, UserId};
use crate::domain::text::{Limit, Unit};
use crate::domain::window::Rules;
use crate::store::privacy_notices::{self, Notice};
use crate::store::testing::House;
use crate::store::{conversations, messages, outbox};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// A house whose page has a window of a day and takes two messages in a call.
fn house() -> House {
    let house = House::furnished();
    let manner = Manner {
        window: Rules {
            standard: Some(DAY),
            tagged: Some(7 * DAY),
            in_standby: true,
        },
        limit: Limit {
            max: 2000,
            unit: Unit::Characters,
        },
        messages_per_call: 2,
    };
    let text = |trigger: Trigger| (trigger, format!("ours {} {{AgentName}}", trigger.word()));
    house.store.give_voice(Voice {
        manners: HashMap::from([("facebook".to_owned(), manner)]),
        texts: HashMap::from([("en".to_owned(), Trigger::listed().map(text).collect())]),
    });
    house
}

fn channel() -> Level {
    Level::Channel("facebook".to_owned())
}

fn choose_for(house: &House, level: Level, trigger: Trigger, is_active: bool, text: Option<&str>) {
    let texts = text.map(|text| ("en".to_owned(), text.to_owned()));
    let choice = Choice {
        is_active,
        texts: texts.into_iter().collect(),
    };
    house.write(move |tx| choose(tx, &level, trigger, &choice));
}

/// What the program said in a conversation, oldest first.
fn said(house: &House, conversation: ConversationId) -> Vec<String> {
    let all = house.read(|reader| messages::page_of(reader, conversation, None, 50));
    let said = all.into_iter().filter(|it| it.automated.is_some());
    said.map(|message| message.text).collect()
}

fn notices(house: &House, conversation: ConversationId) -> Vec<String> {
    let lines = house.read(|reader| conversations::history(reader, conversation, None, None, 50));
    let notice = crate::domain::conversation::EventKind::Notice;
    let lines = lines.into_iter().filter(|line| line.kind == notice);
    lines.map(|line| line.detail).collect()
}

fn try_say(house: &House, conversation: ConversationId, trigger: Trigger) -> bool {
    house
        .write(move |tx| say(tx, conversation, trigger, About::default()))
        .is_some()
}

fn asked(house: &House) -> (UserId, ConversationId) {
    let mia = house.user("Mia");
    (mia, house.answered_by(mia, "4711"))
}

#[test]
fn what_nobody_turned_on_is_not_said_and_what_is_on_at_first_is() {
    let house = house();
    let (_, conversation) = asked(&house);
    assert!(!try_say(&house, conversation, Trigger::Greeting));
    assert!(try_say(&house, conversation, Trigger::OutOfHours));
    assert_eq!(said(&house, conversation), ["ours out-of-hours Mia"]);
}

#[test]
fn the_pages_choice_replaces_the_channels_and_goes_back_to_it() {
    let house = house();
    let (page, trigger) = (
        Level::Page("facebook".to_owned(), house.page),
        Trigger::AgentEnded,
    );
    let (_, conversation) = asked(&house);
    choose_for(&house, channel(), trigger, true, Some("Channel's"));
    assert!(try_say(&house, conversation, trigger));
    choose_for(&house, page.clone(), trigger, true, Some("Page's"));
    assert!(try_say(&house, conversation, trigger));
    choose_for(&house, page.clone(), trigger, false, Some("Page's"));
    assert!(!try_say(&house, conversation, trigger));
    house.write(move |tx| reset(tx, &page, trigger));
    assert!(try_say(&house, conversation, trigger));
    let expected = ["Channel's", "Page's", "Channel's"];
    assert_eq!(said(&house, conversation), expected);
    let entries = house.number("SELECT count(*) FROM audit_entry WHERE kind = 'automated-message'");
    assert_eq!(entries, 4);
}

#[test]
fn the_greeting_is_said_once_in_a_conversation_and_not_when_it_is_off() {
    let house = house();
    let (_, conversation) = asked(&house);
    choose_for(&house, channel(), Trigger::Greeting, true, None);
    assert!(try_say(&house, conversation, Trigger::Greeting));
    assert!(!try_say(&house, conversation, Trigger::Greeting));
    choose_for(&house, channel(), Trigger::Greeting, false, None);
    let other = house.answered_by(UserId(1), "4712");
    assert!(!try_say(&house, other, Trigger::Greeting));
}

#[test]
fn the_workstreams_switch_silences_everything_but_the_privacy_notice() {
    let house = house();
    let (_, conversation) = asked(&house);
    house.execute("UPDATE workstream SET automated_messages = 0");
    let notice = Notice {
        text: "We keep what you write.".to_owned(),
        url: "https://example.com/privacy".to_owned(),
        is_told: true,
    };
    house.write(move |tx| privacy_notices::save(tx, &notice));
    assert!(!try_say(&house, conversation, Trigger::OutOfHours));
    assert!(try_say(&house, conversation, Trigger::PrivacyNotice));
    assert!(!try_say(&house, conversation, Trigger::PrivacyNotice));
    let words = "We keep what you write.\nhttps://example.com/privacy";
    assert_eq!(said(&house, conversation), [words]);
    let told = house.number(
        "SELECT count(*) FROM privacy_notice_told JOIN message USING (message_id)
         WHERE automated = 'privacy-notice' AND privacy_notice_id = 1",
    );
    assert_eq!(told, 1);
}

#[test]
fn nothing_is_said_outside_the_window_or_while_another_application_answers() {
    let house = house();
    let (_, conversation) = asked(&house);
    house.with_human_agent_tag();
    house.last_inbound(conversation, DAY);
    assert!(!try_say(&house, conversation, Trigger::OutOfHours));
    house.last_inbound(conversation, DAY / 2);
    house.execute("UPDATE social_profile SET standby = 1");
    assert!(!try_say(&house, conversation, Trigger::OutOfHours));
    house.execute("UPDATE social_profile SET standby = 0");
    assert!(try_say(&house, conversation, Trigger::OutOfHours));
}

#[test]
fn what_comes_together_goes_out_together_as_far_as_the_channel_takes_it() {
    let house = house();
    let (mia, conversation) = asked(&house);
    for trigger in [Trigger::OutOfHours, Trigger::Holiday, Trigger::Unsupported] {
        assert!(try_say(&house, conversation, trigger));
    }
    let reply = outbox::Reply {
        conversation,
        user: mia,
        client_id: "client-0001".to_owned(),
        parts: vec!["Hello".to_owned()],
        parts_per_call: 2,
        quoted: None,
        last_seen: None,
    };
    house.write(move |tx| outbox::enqueue(tx, &reply));
    assert!(try_say(&house, conversation, Trigger::FileTooLarge));
    let calls = house.number("SELECT count(*) FROM outbox");
    assert_eq!(calls, 4, "two together, one, the agent's, one after it");
    let in_order = house.number(
        "SELECT count(*) FROM message AS a JOIN message AS b ON b.message_id > a.message_id
         WHERE b.outbox_id < a.outbox_id",
    );
    assert_eq!(in_order, 0);
}

#[test]
fn the_customer_still_waits_for_a_person() {
    let house = house();
    let (_, conversation) = asked(&house);
    assert!(try_say(&house, conversation, Trigger::OutOfHours));
    let found = house.read(|reader| conversations::by_id(reader, conversation));
    let found = found.unwrap();
    assert!(found.unanswered_since.is_some());
    let newest = house.read(|reader| messages::by_id(reader, found.last_message.unwrap()));
    assert_eq!(newest.unwrap().automated, Some(Trigger::OutOfHours));
}

#[test]
fn taking_ending_and_closing_are_told_with_the_agents_name() {
    let house = house();
    for trigger in [
        Trigger::AgentJoined,
        Trigger::AgentEnded,
        Trigger::SessionEnded,
    ] {
        choose_for(&house, channel(), trigger, true, None);
    }
    let (mia, conversation) = asked(&house);
    for act in [Move::End, Move::Complete] {
        house.write(move |tx| conversations::apply(tx, conversation, act, Some(mia)));
    }
    let again = house.write(move |tx| conversations::assign(tx, conversation, mia));
    assert_eq!(again, conversations::Assignment::NotOpen);
    let expected = [
        "ours agent-joined Mia",
        "ours agent-ended Mia",
        "ours session-ended Mia",
    ];
    assert_eq!(said(&house, conversation), expected);
}

#[test]
fn variables_of_the_workstream_are_filled_in_and_others_are_empty() {
    let house = house();
    let (_, conversation) = asked(&house);
    house.execute(
        "INSERT INTO context_variable (workstream_id, name, kind, value) VALUES (1, 'Shop', 'text', 'Main St')",
    );
    let text = "{QueueName}, {$Shop$}{$shop$}";
    choose_for(&house, channel(), Trigger::Holiday, true, Some(text));
    assert!(try_say(&house, conversation, Trigger::Holiday));
    let expected = ["Default messaging queue, Main St"];
    assert_eq!(said(&house, conversation), expected);
    choose_for(
        &house,
        channel(),
        Trigger::OutOfHours,
        true,
        Some("{$nothing$}"),
    );
    assert!(
        !try_say(&house, conversation, Trigger::OutOfHours),
        "no words are no message"
    );
}

#[test]
fn a_closed_conversation_is_told_of_an_overflow_also_when_that_was_turned_off() {
    let house = house();
    let (_, conversation) = asked(&house);
    choose_for(
        &house,
        channel(),
        Trigger::OverflowEnded,
        false,
        Some("Bye"),
    );
    assert!(try_say(&house, conversation, Trigger::OverflowEnded));
    assert_eq!(said(&house, conversation), ["ours overflow-ended Mia"]);
}

#[test]
fn agents_are_told_in_a_line_with_the_facts_and_not_over_and_over() {
    let house = house();
    let (_, conversation) = asked(&house);
    let tell = |trigger: Trigger| {
        house.write(move |tx| {
            let about = About {
                facts: "code 10",
                ..About::default()
            };
            say(tx, conversation, trigger, about)
        });
    };
    tell(Trigger::NotSent);
    assert!(notices(&house, conversation).is_empty(), "off at first");
    choose_for(
        &house,
        channel(),
        Trigger::NotSent,
        true,
        Some("It did not arrive"),
    );
    choose_for(
        &house,
        channel(),
        Trigger::WindowClosed,
        true,
        Some("Too late"),
    );
    for trigger in [
        Trigger::NotSent,
        Trigger::WindowClosed,
        Trigger::WindowClosed,
    ] {
        tell(trigger);
    }
    let expected = ["It did not arrive (code 10)", "Too late (code 10)"];
    assert_eq!(notices(&house, conversation), expected);
    assert!(said(&house, conversation).is_empty());
}

#[test]
fn what_says_the_same_as_the_next_level_is_no_choice() {
    let house = house();
    let page = Level::Page("facebook".to_owned(), house.page);
    let chosen = || house.number("SELECT count(*) FROM automated_message");
    choose_for(&house, channel(), Trigger::Greeting, false, None);
    choose_for(&house, page.clone(), Trigger::Greeting, false, None);
    assert_eq!(chosen(), 0);
    let both = [Trigger::Greeting, Trigger::AgentEnded];
    house.write(move |tx| turn(tx, &channel(), &both, true));
    choose_for(&house, page, Trigger::Greeting, true, None);
    assert_eq!(chosen(), 2);
    house.write(move |tx| turn(tx, &channel(), &both, false));
    assert_eq!(chosen(), 0);
}
