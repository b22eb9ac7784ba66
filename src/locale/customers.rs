//! What the program says by itself in conversations, in its own words. These texts are apart from the catalogs of
//! the screens: a customer is spoken to in the language of the page, whatever language the screens have.

use std::collections::HashMap;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

/// Every catalog by its language tag, which is one of those that an organization can choose.
const CATALOGS: [(&str, &str); 5] = [
    ("en", include_str!("customers/en.ftl")),
    ("fi", include_str!("customers/fi.ftl")),
    ("zh-TW", include_str!("customers/zh-TW.ftl")),
    ("pl", include_str!("customers/pl.ftl")),
    ("pt-BR", include_str!("customers/pt-BR.ftl")),
];

static BUNDLES: LazyLock<HashMap<&str, FluentBundle<FluentResource>>> = LazyLock::new(|| {
    CATALOGS
        .into_iter()
        .map(|(tag, catalog)| (tag, super::bundle_of(tag, catalog)))
        .collect()
});

/// Reads every catalog: see [`super::load`].
pub(super) fn load() {
    LazyLock::force(&BUNDLES);
}

/// The tags of the languages that have texts here.
pub fn languages() -> impl Iterator<Item = &'static str> {
    CATALOGS.into_iter().map(|(tag, _)| tag)
}

/// A text in a language, with its slots filled in; `None` when there is none in that language.
pub fn text(language: &str, key: &str, slots: &[(&str, &str)]) -> Option<String> {
    let bundle = BUNDLES.get(language)?;
    let pattern = bundle.get_message(key)?.value()?;
    let mut arguments = FluentArgs::with_capacity(slots.len());
    for (name, value) in slots {
        arguments.set(*name, *value);
    }
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(&arguments), &mut errors);
    if !errors.is_empty() {
        tracing::error!(
            key,
            language,
            ?errors,
            "a text to customers was not filled in"
        );
    }
    Some(text.into_owned())
}
