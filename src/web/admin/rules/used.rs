//! The rules that name something, on the page that would take it away.

use askama::Template;
use askama::filters::HtmlSafe;

use super::{Use, editor};
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
        editor(one.workstream, one.item)
    }
}
