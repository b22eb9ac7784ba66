//! How the program speaks to customers: the channels' manners and the catalog's texts, for the store.

use crate::channels::Registry;
use crate::domain::automation::{Manner, Trigger, Voice};
use crate::locale::{Locale, Text};

/// The voice of this program on these channels, in every language of the catalog.
pub fn voice(channels: &Registry) -> Voice {
    let manner = |channel: &dyn crate::channels::Channel| Manner {
        window: channel.window(),
        limit: channel.text_limit(),
        messages_per_call: channel.messages_per_call(),
    };
    let texts = |locale: Locale| {
        let text = |trigger| (trigger, own_text(trigger, locale));
        Trigger::listed().map(text).collect()
    };
    Voice {
        manners: channels
            .all()
            .map(|channel| (channel.name().to_owned(), manner(channel)))
            .collect(),
        texts: Locale::CHOICES
            .into_iter()
            .map(|locale| (locale.tag().to_owned(), texts(locale)))
            .collect(),
    }
}

/// Our own text of a trigger, with its slugs.
pub fn own_text(trigger: Trigger, locale: Locale) -> String {
    Text::new(format!("automated-text-{}", trigger.word()))
        .arg("agent", "{AgentName}")
        .say(locale)
}
