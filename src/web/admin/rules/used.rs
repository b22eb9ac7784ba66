//! The rules that name something, on the page that would take it away.

use askama::Template;
use askama::filters::HtmlSafe;

use super::{Home, Use, editor};
use crate::web::page::filters;

/// Rules that name something, each with the way to it.
#[derive(Template)]
#[template(path = "admin/rules/_used.html")]
pub struct UsedBy<'a> {
    uses: &'a [Use],
}

impl HtmlSafe for UsedBy<'_> {}

/// Makes a [`UsedBy`].
pub fn used_by(uses: &[Use]) -> UsedBy<'_> {
    UsedBy { uses }
}

impl UsedBy<'_> {
    fn href(&self, one: &Use) -> String {
        editor(one.home, one.item)
    }

    /// The sentence that names it, by what it is a rule of.
    fn key(&self, one: &Use) -> &'static str {
        match one.home {
            Home::Workstream(_) => "rule-used-by",
            Home::Queue(_) => "rule-used-by-queue",
        }
    }
}
