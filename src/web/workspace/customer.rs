//! A customer as pages show him.

use crate::domain::ids::SocialProfileId;
use crate::domain::names;
use crate::locale::Text;
use crate::store::profiles::{Profile, ShownName};
use crate::web::page::tone;

/// Name and round picture of a customer.
#[derive(Clone, Debug)]
pub struct CustomerView {
    /// The name, or what stands in for it.
    pub name: Text,
    /// BCP 47; empty where the platform tells none.
    pub lang: String,
    /// Letters in the round picture.
    pub initials: String,
    /// Its colour.
    pub tone: char,
    /// The channel's name.
    pub channel: String,
}

impl CustomerView {
    /// From what a list says of a customer.
    pub fn new(
        profile: SocialProfileId,
        name: &ShownName,
        language: Option<&str>,
        channel: &str,
    ) -> CustomerView {
        CustomerView {
            name: text_of(name),
            lang: language.unwrap_or_default().to_owned(),
            initials: match name {
                ShownName::Known(name) => names::initials(name),
                ShownName::Unnamed { .. } => names::initials(""),
            },
            tone: tone(profile.0),
            channel: channel.to_owned(),
        }
    }
}

impl From<&Profile> for CustomerView {
    fn from(profile: &Profile) -> CustomerView {
        CustomerView::new(
            profile.id,
            &profile.shown_name(),
            profile.language.as_deref(),
            &profile.channel,
        )
    }
}

/// How a customer is called.
pub fn text_of(name: &ShownName) -> Text {
    match name {
        ShownName::Known(name) => Text::new("customer-name").arg("name", name.clone()),
        ShownName::Unnamed {
            channel,
            kind,
            tail,
        } => {
            let key = format!("customer-unnamed-{channel}-{}", kind.word());
            Text::new(key).arg("tail", tail.clone())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::inbound::CustomerKind;
    use crate::locale::Locale;

    #[test]
    fn who_has_no_name_is_called_what_he_is() {
        for (channel, kind, words) in [
            ("facebook", CustomerKind::Person, "Messenger user …8826"),
            ("line", CustomerKind::Person, "LINE user …8826"),
            ("line", CustomerKind::Group, "LINE group …8826"),
            (
                "line",
                CustomerKind::Room,
                "LINE chat of several people …8826",
            ),
        ] {
            let name = ShownName::new(None, channel, kind, "C0318826");
            let view = CustomerView::new(SocialProfileId(1), &name, None, channel);
            // What Fluent sets around a slot is for the browser's direction of writing.
            let said = view.name.say(Locale::English);
            assert_eq!(said.replace(['\u{2068}', '\u{2069}'], ""), words);
        }
    }
}
