//! No shared read and no write walks through a table that grows with the business.

use super::statements::{assert_no_scan, plans};
use super::testing::{House, customer};
use super::*;
use crate::domain::conversation::{Act, EventKind, State};
use crate::domain::ids::{MessageId, SocialProfileId};
use crate::domain::time::Timestamp;

#[test]
fn no_read_walks_through_a_large_table() {
    let house = House::furnished();
    let id = house.conversation("anna");
    let message = house.message(id, "m1", "hello");
    let user = house.user("mine");
    let now = Timestamp::from_millis(1);
    house.read(|reader| {
        let plans = plans(reader.connection(), || {
            messages::by_id(reader, message).unwrap();
            messages::by_platform_id(reader, house.page, "m1").unwrap();
            messages::page_of(reader, id, None, 50).unwrap();
            messages::newer_than(reader, id, MessageId(0), 50).unwrap();
            conversations::by_id(reader, id).unwrap();
            conversations::current(reader, SocialProfileId(1)).unwrap();
            conversations::newest(reader, SocialProfileId(1)).unwrap();
            conversations::earlier(reader, SocialProfileId(1), id, 10).unwrap();
            conversations::history(reader, id, None, None, 50).unwrap();
            conversations::overdue(reader, now, 10).unwrap();
            profiles::by_id(reader, SocialProfileId(1)).unwrap();
            profiles::names_due(reader, now, 10).unwrap();
            profiles::next_name_due(reader).unwrap();
            drafts::of(reader, id, user).unwrap();
            read_marks::unread(reader, id, user).unwrap();
            conversations::count_in(reader, State::Open).unwrap();
            messages::inbound_since(reader, now).unwrap();
            journal::unfinished(reader, crate::domain::ids::WebhookEventId(0), 10, 10).unwrap();
        });
        assert!(plans.len() >= 16, "{plans:#?}");
        assert_no_scan(&plans);
        Ok(())
    });
}

#[test]
fn no_write_walks_through_a_large_table() {
    let house = House::furnished();
    let id = house.conversation("anna");
    let message = house.message(id, "m1", "hello");
    let (page, user) = (house.page, house.user("mine"));
    let plans = house.write(move |tx| {
        let now = tx.now();
        Ok(plans(tx.connection(), || {
            profiles::find_or_create(tx, page, &customer("anna")).unwrap();
            profiles::find_or_create(tx, page, &customer("berta")).unwrap();
            profiles::set_follows(tx, SocialProfileId(1), true, now).unwrap();
            profiles::keep_reply_token(tx, SocialProfileId(1), "token", now).unwrap();
            profiles::take_reply_token(tx, SocialProfileId(1)).unwrap();
            conversations::customer_wrote(tx, id, message, now).unwrap();
            conversations::answered(tx, id, message).unwrap();
            conversations::open_window(tx, id, now).unwrap();
            conversations::add_line(tx, id, EventKind::Reaction, None, "").unwrap();
            conversations::assign(tx, id, user).unwrap();
            conversations::apply(tx, id, Act::Park, Some(user)).unwrap();
            messages::edit(tx, page, "m1", "other", now).unwrap();
            messages::edit(tx, page, "m2", "early", now).unwrap();
            messages::unsend(tx, page, "m1", now).unwrap();
            messages::prune_early_edits(tx, Timestamp::from_millis(0), 10).unwrap();
            read_marks::mark(tx, id, user, 1).unwrap();
            drafts::save(tx, id, user, "text").unwrap();
            journal::prune(tx, now, 10).unwrap();
            live_events::prune(tx, now, 10).unwrap();
            seen_events::is_new(tx, page, "key").unwrap();
            seen_events::prune(tx, now, 10).unwrap();
        }))
    });
    assert!(plans.len() >= 20, "{plans:#?}");
    assert_no_scan(&plans);
}

/// What promises.md §1.2 names, on the connections that really work.
#[test]
fn every_connection_has_every_setting() {
    let house = House::furnished();
    let reads = |connection: &Connection, name: &str| -> String {
        let value = |row: &rusqlite::Row<'_>| row.get::<_, rusqlite::types::Value>(0);
        match connection.pragma_query_value(None, name, value).unwrap() {
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Text(text) => text,
            other => panic!("{name} reads {other:?}"),
        }
    };
    let everywhere = [
        ("journal_mode", "wal"),
        ("busy_timeout", "5000"),
        ("temp_store", "2"),
        ("trusted_schema", "0"),
        ("cell_size_check", "1"),
    ];
    let writing = [
        ("synchronous", "2"),
        ("foreign_keys", "1"),
        ("wal_autocheckpoint", "0"),
        ("journal_size_limit", "67108864"),
        ("secure_delete", "1"),
        ("query_only", "0"),
    ];
    let has = move |connection: &Connection, kind: &str, settings: &[(&str, &str)]| {
        for (name, value) in settings.iter().chain(&everywhere) {
            assert_eq!(reads(connection, name), *value, "{name} of the {kind}");
        }
    };
    house.read(|reader| {
        has(reader.connection(), "reader", &[("query_only", "1")]);
        Ok(())
    });
    house.write(move |tx| {
        has(tx.connection(), "writer", &writing);
        Ok(())
    });
    // The checkpoints' connection is made in the same way as the writer's, and works on a thread of its own.
    let checkpoints = connect(house.store.path(), false).unwrap();
    has(&checkpoints, "checkpoints", &writing);
}

#[test]
fn a_setting_that_is_not_taken_is_noticed() {
    let house = House::furnished();
    let connection = connect(house.store.path(), false).unwrap();
    assert!(check_settings(&connection, WRITING).is_ok());
    connection.pragma_update(None, "synchronous", 1).unwrap();
    let error = check_settings(&connection, WRITING).unwrap_err();
    assert!(error.to_string().contains("synchronous"), "{error}");
}
