//! What SQLite is asked, and how it means to answer. For tests.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ffi::{CStr, c_int, c_uint, c_void};

use parking_lot::Mutex;
use rusqlite::{Connection, ffi};

use super::Store;

thread_local! {
    static HEARD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

unsafe extern "C" fn hear(
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
        HEARD.with_borrow_mut(|heard| heard.push(sql.to_string_lossy().into_owned()));
    }
    0
}

/// Hears every statement that this thread runs on a connection, until it is dropped.
struct Ear<'a> {
    connection: &'a Connection,
}

impl<'a> Ear<'a> {
    fn on(connection: &'a Connection) -> Ear<'a> {
        // SAFETY: the handle is used while its connection is borrowed; the callback is a plain function.
        unsafe {
            let mask = ffi::SQLITE_TRACE_STMT as c_uint;
            ffi::sqlite3_trace_v2(connection.handle(), mask, Some(hear), std::ptr::null_mut());
        }
        Ear { connection }
    }
}

impl Drop for Ear<'_> {
    fn drop(&mut self) {
        // SAFETY: as above.
        unsafe {
            ffi::sqlite3_trace_v2(self.connection.handle(), 0, None, std::ptr::null_mut());
        }
    }
}

/// Runs `work`; the plan of every statement that it ran on this connection, in words.
pub fn plans(connection: &Connection, work: impl FnOnce()) -> Vec<String> {
    let ear = Ear::on(connection);
    work();
    drop(ear);
    explain(connection, HEARD.take())
}

fn explain(connection: &Connection, statements: impl IntoIterator<Item = String>) -> Vec<String> {
    let asks = |sql: &String| {
        ["SELECT", "WITH", "INSERT", "UPDATE", "DELETE"]
            .iter()
            .any(|verb| sql.trim_start().starts_with(verb))
    };
    statements
        .into_iter()
        .filter(asks)
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

/// Tables that grow with the business are reached by an index only.
pub fn assert_no_scan(plans: &[String]) {
    let large = [
        "message",
        "attachment",
        "conversation",
        "conversation_event",
        "social_profile",
        "webhook_event",
        "live_event",
        "seen_event",
        "contact",
        "company",
        "customer_case",
        "customer_link",
        "note",
        "record_word",
        // As the lists call them.
        "m",
        "c",
        "p",
    ];
    for plan in plans {
        for table in large {
            assert!(!plan.starts_with(&format!("SCAN {table} ")), "{plan}");
        }
    }
}

/// What a store's readers are asked, while somebody wants to know.
#[derive(Default)]
pub(super) struct Log(Mutex<Option<BTreeSet<String>>>);

impl Log {
    /// Runs a read, and keeps what it asked if somebody wants to know.
    pub(super) fn keep<T>(&self, connection: &Connection, read: impl FnOnce() -> T) -> T {
        if self.0.lock().is_none() {
            return read();
        }
        let ear = Ear::on(connection);
        let result = read();
        drop(ear);
        if let Some(kept) = &mut *self.0.lock() {
            kept.extend(HEARD.take());
        }
        result
    }
}

impl Store {
    /// Runs `work`; the plan of every statement that the readers were asked meanwhile, in words.
    pub fn plans_of_reads(&self, work: impl FnOnce()) -> Vec<String> {
        *self.inner.log.0.lock() = Some(BTreeSet::new());
        work();
        let heard = self.inner.log.0.lock().take().unwrap_or_default();
        self.read(|reader| Ok(explain(reader.connection(), heard)))
            .unwrap()
    }
}
