//! The page that asks before a thing is deleted: what goes with it, or who needs it, so that it stays.

use askama::Template;

use super::rules::used;
use crate::locale::Text;
use crate::store::rules::Use;
use crate::web::page::filters;

/// The page. Its button posts to `back` with `/removal` behind it.
#[derive(Template)]
#[template(path = "admin/removal.html")]
pub struct Removal {
    /// The places above the thing: address and name.
    pub above: Vec<(&'static str, Text)>,
    /// What the thing is called.
    pub name: String,
    /// The question.
    pub title: Text,
    /// What becomes of it, or that it cannot be.
    pub lede: Text,
    /// What goes with it.
    pub points: Vec<Text>,
    /// Who needs it, with the way there; then it stays.
    pub needed: Vec<(Option<String>, Text)>,
    /// Rules that name it; then it stays.
    pub rules: Vec<Use>,
    /// Where the thing is.
    pub back: String,
    /// The words on the button.
    pub act: Text,
}

impl Removal {
    /// Of a thing that nothing else needs.
    pub fn new(above: Vec<(&'static str, Text)>, name: &str, title: Text, lede: Text) -> Removal {
        Removal {
            above,
            name: name.to_owned(),
            title,
            lede,
            points: Vec::new(),
            needed: Vec::new(),
            rules: Vec::new(),
            back: String::new(),
            act: Text::new("delete-it"),
        }
    }

    /// Whether it may be done.
    fn may_go(&self) -> bool {
        self.needed.is_empty() && self.rules.is_empty()
    }
}
