//! The small parts that every page is built from, as templates of their own.
//!
//! A macro is written out anew at every place that calls it; with parts within parts that made the
//! program's pages ten times their size and its build minutes longer. These are rendered by a call.

use std::fmt::Display;

use askama::Template;
use askama::filters::HtmlSafe;

use super::page::{Person, filters};

macro_rules! parts {
    ($($(#[$doc:meta])* $name:ident($path:literal) by $function:ident { $($field:ident: $generic:ident),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Template)]
        #[template(path = $path)]
        pub struct $name<$($generic: Display),*> {
            $($field: $generic,)*
        }

        impl<$($generic: Display),*> HtmlSafe for $name<$($generic),*> {}

        #[doc = concat!("Makes a [`", stringify!($name), "`].")]
        pub fn $function<$($generic: Display),*>($($field: $generic),*) -> $name<$($generic),*> {
            $name { $($field),* }
        }
    )*};
}

parts! {
    /// An icon of the sprite, beside words that say what it means.
    Icon("ui/icon.html") by icon { name: N, class: C }
    /// A channel's badge with its name for those who do not see it.
    ChannelBadge("ui/channel_badge.html") by channel_badge { channel: C }
    /// The round picture of a person; `channel` may be empty.
    Avatar("ui/avatar.html") by avatar { initials: I, tone: T, channel: C, class: K }
    /// The state of a conversation, by its word.
    StatePill("ui/state_pill.html") by state_pill { state: S }
}

/// Tiski's mark.
#[derive(Template)]
#[template(path = "ui/mark.html")]
pub struct Mark;

impl HtmlSafe for Mark {}

/// The light of the live stream.
#[derive(Template)]
#[template(path = "ui/live_light.html")]
pub struct LiveLight;

impl HtmlSafe for LiveLight {}

/// The field with the session's token.
#[derive(Template)]
#[template(path = "ui/csrf.html")]
pub struct Csrf;

impl HtmlSafe for Csrf {}

/// What people can do with their own sign-in.
#[derive(Template)]
#[template(path = "ui/account_menu.html")]
pub struct AccountMenu<'a> {
    person: &'a Person,
}

impl HtmlSafe for AccountMenu<'_> {}

/// Makes an [`AccountMenu`].
pub fn account_menu(person: &Person) -> AccountMenu<'_> {
    AccountMenu { person }
}

/// Texts for 1 to 9 and for more, so that scripts count in every language without knowing its plurals.
#[derive(Template)]
#[template(path = "ui/counted.html")]
pub struct Counted<'a> {
    key: &'a str,
}

impl HtmlSafe for Counted<'_> {}

/// Makes a [`Counted`].
pub fn counted(key: &str) -> Counted<'_> {
    Counted { key }
}

/// The end of a form: *Save*, and with scripts the bar that names what is not saved yet. See
/// `static/js/unsaved.js`; the form carries `data-unsaved`.
#[derive(Template)]
#[template(path = "ui/save_bar.html")]
pub struct SaveBar<'a> {
    /// Locale key of the button.
    save: &'a str,
}

impl HtmlSafe for SaveBar<'_> {}

/// Makes a [`SaveBar`].
pub fn save_bar(save: &str) -> SaveBar<'_> {
    SaveBar { save }
}
