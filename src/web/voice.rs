//! How the program speaks to customers: the channels' manners and our own texts, for the store.

use std::collections::HashMap;

use crate::channels::Registry;
use crate::domain::automation::{Manner, Trigger, Voice};
use crate::locale::customers;

/// The voice of this program on these channels, in every language that it has words of its own in.
pub fn voice(channels: &Registry) -> Voice {
    let manner = |channel: &dyn crate::channels::Channel| Manner {
        window: channel.window(),
        limit: channel.text_limit(),
        messages_per_call: channel.messages_per_call(),
    };
    let mut texts: HashMap<String, HashMap<Trigger, String>> = HashMap::new();
    for trigger in Trigger::listed() {
        for (language, text) in own_texts(trigger) {
            let of_language = texts.entry(language.to_owned()).or_default();
            of_language.insert(trigger, text);
        }
    }
    Voice {
        manners: channels
            .all()
            .map(|channel| (channel.name().to_owned(), manner(channel)))
            .collect(),
        texts,
    }
}

/// Our own texts of a trigger, with their slugs, by language.
pub fn own_texts(trigger: Trigger) -> impl Iterator<Item = (&'static str, String)> {
    let text = move |language| {
        let slots = [("agent", "{AgentName}")];
        customers::text(language, trigger.word(), &slots).map(|text| (language, text))
    };
    customers::languages().filter_map(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::automation::LAST_LANGUAGE;
    use crate::domain::languages;
    use crate::domain::settings::Languages;

    #[test]
    fn everything_is_said_in_each_language_that_is_offered_at_first() {
        let spoken: Vec<&str> = customers::languages().collect();
        assert_eq!(spoken, Languages::default().languages);
        assert!(spoken.iter().all(|tag| languages::name(tag).is_some()));
        for trigger in Trigger::listed() {
            let texts: HashMap<&str, String> = own_texts(trigger).collect();
            let names_the_agent = texts[LAST_LANGUAGE].contains("{AgentName}");
            for language in &spoken {
                let text = texts.get(language);
                let text = text.unwrap_or_else(|| panic!("{language} lacks {}", trigger.word()));
                assert_eq!(text.contains("{AgentName}"), names_the_agent, "{text}");
            }
            let mut different: Vec<&String> = texts.values().collect();
            different.sort();
            different.dedup();
            assert_eq!(different.len(), spoken.len(), "{texts:?}");
        }
    }
}
