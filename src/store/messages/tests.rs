use super::*;
use crate::domain::message::AttachmentKind;
use crate::store::testing::House;

fn picture() -> Attachment {
    Attachment {
        kind: AttachmentKind::Picture,
        name: "tent.jpg".to_owned(),
        size_bytes: Some(12),
        url: Some("https://example.com/tent.jpg".to_owned()),
        detail: serde_json::json!({"sticker_id": 7}),
    }
}

#[test]
fn pages_run_backwards_by_message_and_read_forwards() {
    let house = House::furnished();
    let id = house.conversation("anna");
    let other = house.conversation("berta");
    let mut all = Vec::new();
    for number in 0..7 {
        house.message(other, &format!("o{number}"), "elsewhere");
        all.push(house.message(id, &format!("m{number}"), &number.to_string()));
    }
    let ids = |before, limit| -> Vec<MessageId> {
        house
            .read(|reader| page_of(reader, id, before, limit))
            .iter()
            .map(|message| message.id)
            .collect()
    };
    assert_eq!(ids(None, 3), all[4..]);
    assert_eq!(ids(Some(all[4]), 3), all[1..4]);
    assert_eq!(ids(Some(all[1]), 3), all[..1]);
    let newer = house.read(|reader| newer_than(reader, id, all[4], 10));
    assert_eq!(newer.len(), 2);
}

#[test]
fn the_same_platform_id_is_stored_once_on_a_page() {
    let house = House::furnished();
    let id = house.conversation("anna");
    let (page, stored) = (house.page, house.message(id, "m1", "hello"));
    let again = house.write(move |tx| {
        let attachments = [picture()];
        insert(tx, &inbound(id, page, "m1", "again", &attachments))
    });
    assert_eq!(again, None);
    let message = house.read(|reader| by_id(reader, stored)).unwrap();
    assert_eq!(
        (message.text.as_str(), message.attachments.len()),
        ("hello", 0)
    );
}

#[test]
fn what_was_taken_back_is_gone_and_stays_gone() {
    let house = House::furnished();
    let id = house.conversation("anna");
    let page = house.page;
    let message = house
        .write(move |tx| {
            let attachments = [picture()];
            insert(tx, &inbound(id, page, "m1", "secret", &attachments))
        })
        .unwrap();
    let stored = house.read(|reader| by_id(reader, message)).unwrap();
    let hanging: Vec<&Attachment> = stored.attachments.iter().map(|it| &it.what).collect();
    assert_eq!(hanging, [&picture()]);
    let at = Timestamp::from_millis(5);
    house.write(move |tx| unsend(tx, page, "m1", at));
    house.write(move |tx| edit(tx, page, "m1", "secret again", Timestamp::from_millis(9)));
    let gone = house.read(|reader| by_id(reader, message)).unwrap();
    assert_eq!((gone.text.as_str(), gone.attachments.len()), ("", 0));
    assert_eq!(gone.unsent_at, Some(at));
}

#[test]
fn the_latest_edit_is_shown_whatever_the_order() {
    let house = House::furnished();
    let id = house.conversation("anna");
    let page = house.page;
    let message = house.message(id, "m1", "frist");
    let time = |seconds: i64| Timestamp::from_millis(1_780_500_000_000 + seconds * 1000);
    house.write(move |tx| edit(tx, page, "m1", "third", time(3)));
    house.write(move |tx| edit(tx, page, "m1", "second", time(2)));
    let shown = house.read(|reader| by_id(reader, message)).unwrap();
    assert_eq!(
        (shown.text.as_str(), shown.edited_at),
        ("third", Some(time(3)))
    );
    for (text, at) in [("b", time(2)), ("c", time(3)), ("a", time(1))] {
        house.write(move |tx| edit(tx, page, "early", text, at));
    }
    assert_eq!(
        house.write(move |tx| take_early_edit(tx, page, "early")),
        Some(("c".to_owned(), time(3)))
    );
}

#[test]
fn messages_since_a_moment_are_counted_from_the_first_of_them_on() {
    let house = House::furnished();
    let id = house.conversation("anna");
    let since = |millis| {
        let moment = Timestamp::from_millis(millis);
        house.read(|reader| inbound_since(reader, moment))
    };
    assert_eq!(since(0), 0);
    for number in 0..9 {
        house.message(id, &format!("m{number}"), "hello");
    }
    house.execute(
        "UPDATE message SET created_at = message_id * 10;
         UPDATE message SET author = 'agent' WHERE message_id = 8;
         DELETE FROM message WHERE message_id IN (3, 4);",
    );
    assert_eq!(
        [0, 10, 20, 21, 50, 80, 90, 91].map(since),
        [6, 6, 5, 4, 4, 1, 1, 0]
    );
}

fn inbound<'a>(
    conversation: ConversationId,
    page: PageId,
    platform_id: &'a str,
    text: &'a str,
    attachments: &'a [Attachment],
) -> NewMessage<'a> {
    NewMessage {
        conversation,
        page,
        platform_id: Some(platform_id),
        author: Author::Customer,
        user: None,
        speaker: None,
        kind: Kind::Text,
        text,
        client_id: None,
        outbox: None,
        status: None,
        reply_to: None,
        sent_at: Timestamp::from_millis(1_780_500_000_000),
        automated: None,
        attachments,
    }
}
