//! The shop's book of its customers: contacts, companies, cases, notes, and who of them the customer of a
//! conversation is.
//!
//! Everybody who works here finds and changes records. What was said in conversations, and what was noted in them, is
//! shown to those who may read the conversation and to nobody else: see [`crate::store::timeline`].

use rocket::Route;

pub mod about_case;
pub mod book_entry;
mod cases;
mod companies;
mod contacts;
pub mod extra;
pub mod linking;
mod merges;
mod naming;
pub mod notes;
mod record;
pub mod timeline;
mod typed;

/// Rows of a list on one page.
const PAGE: usize = 50;
/// So many records are shown for a search; more are no help to anybody.
const FOUND: usize = 100;

/// The routes of the book.
pub fn routes() -> Vec<Route> {
    [
        about_case::routes(),
        cases::routes(),
        companies::routes(),
        contacts::routes(),
        linking::routes(),
        merges::routes(),
        naming::routes(),
        notes::routes(),
        record::routes(),
    ]
    .concat()
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, rocket::form::FromFormField)]
enum Order {
    /// By name.
    #[default]
    #[field(value = "name")]
    Name,
    /// The last changed first.
    #[field(value = "changed")]
    Changed,
}

impl Order {
    const fn word(self) -> &'static str {
        match self {
            Order::Name => "name",
            Order::Changed => "changed",
        }
    }
}

/// The next page of a list that was read with one row too many: cuts that row off, and tells behind which one the
/// next page begins.
fn cut<T>(rows: &mut Vec<T>, id: impl Fn(&T) -> i64) -> Option<i64> {
    if rows.len() <= PAGE {
        return None;
    }
    rows.truncate(PAGE);
    rows.last().map(id)
}
