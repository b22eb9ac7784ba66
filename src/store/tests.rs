//! Every statement that the shared reads and writes run, and how SQLite means to answer it.

use std::cell::RefCell;
use std::ffi::{CStr, c_int, c_uint, c_void};

use rusqlite::{Connection, ffi};

use super::testing::{House, customer};
use super::*;
use crate::domain::conversation::{Act, EventKind};
use crate::domain::ids::{MessageId, SocialProfileId};
use crate::domain::time::Timestamp;

thread_local! {
    static SEEN: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

unsafe extern "C" fn see(
    _: c_uint,
    _: *mut c_void,
    statement: *mut c_void,
    _: *mut c_void,
) -> c_int {
    // SAFETY: SQLite gives the statement that begins; its text lives as long as it does.
    let sql = unsafe { ffi::sqlite3_sql(statement.cast()) };
    if !sql.is_null() {
        // SAFETY: a text that SQLite ends with a zero.
        let sql = unsafe { CStr::from_ptr(sql) };
        SEEN.with_borrow_mut(|seen| seen.push(sql.to_string_lossy().into_owned()));
    }
    0
}

/// Runs `work`; the plan of every statement that it ran on this connection, in words.
fn plans(connection: &Connection, work: impl FnOnce()) -> Vec<String> {
    // SAFETY: the handle is used while its connection is borrowed; the callback is a plain function.
    unsafe {
        let mask = ffi::SQLITE_TRACE_STMT as c_uint;
        ffi::sqlite3_trace_v2(connection.handle(), mask, Some(see), std::ptr::null_mut());
    }
    work();
    // SAFETY: as above.
    unsafe {
        ffi::sqlite3_trace_v2(connection.handle(), 0, None, std::ptr::null_mut());
    }
    let mut statements = SEEN.take();
    statements.retain(|sql| {
        ["SELECT", "INSERT", "UPDATE", "DELETE"]
            .iter()
            .any(|verb| sql.trim_start().starts_with(verb))
    });
    statements
        .iter()
        .flat_map(|sql| {
            let mut explain = connection
                .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
                .unwrap();
            explain
                .raw_query()
                .mapped(|row| row.get::<_, String>(3))
                .map(|step| format!("{} <- {sql}", step.unwrap()))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn assert_no_scan(plans: &[String]) {
    let large = [
        "message",
        "attachment",
        "conversation",
        "conversation_event",
        "social_profile",
        "webhook_event",
        "live_event",
        "seen_event",
    ];
    for plan in plans {
        for table in large {
            assert!(!plan.starts_with(&format!("SCAN {table} ")), "{plan}");
        }
    }
}

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
