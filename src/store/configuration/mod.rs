//! The whole configuration as one document: what an administrator has set, under stable names, without secrets
//! and without anything that a customer wrote.
//!
//! What belongs to it is declared once, in [`sections`]; [`export()`] and [`import()`] walk that declaration, and a
//! test fails when a table or a column of the database is neither in it nor in the list of what is no
//! configuration. What a form would not accept is not accepted here: `rule` holds what forms ask, `check` finds all
//! that is against it before anything is written.
//!
//! To import never takes anything away but what stands inside an entry: its members, rules, holidays, days. An
//! entry that the document does not have stays.

mod check;
mod complete;
mod export;
mod import;
mod report;
mod rule;
mod sections;
mod shape;
#[cfg(test)]
mod tests;
mod value;

use serde_json::{Map, Value};

pub use complete::undeclared;
pub use export::{Ambiguous, export};
pub use import::import;
pub use report::{Change, Fresh, Mistake, Report};
pub use rule::Why;

/// The version of the document's form. A newer one is refused.
pub const VERSION: u64 = 1;

/// Its place in the document.
pub const VERSION_FIELD: &str = "tiski_configuration";

/// A document, or an entry of it.
pub type Fields = Map<String, Value>;
