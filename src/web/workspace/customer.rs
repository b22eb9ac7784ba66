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

fn text_of(name: &ShownName) -> Text {
    match name {
        ShownName::Known(name) => Text::new("customer-name").arg("name", name.clone()),
        ShownName::Unnamed { channel, tail } => {
            Text::new(format!("customer-unnamed-{channel}")).arg("tail", tail.clone())
        }
    }
}
