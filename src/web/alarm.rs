//! What administrators are told on every page, wherever they are: access tokens that need them. The same
//! words go into the browser's notification.

use crate::domain::time::Timestamp;
use crate::domain::token_health::{self, Concern};
use crate::locale::Text;
use crate::store::pages::Page;
use crate::store::{self, Reader, pages};

/// The most pressing of what administrators are told.
#[derive(Clone, Debug)]
pub struct Alarm {
    /// `bad` when messages stop, `warn` otherwise.
    pub kind: &'static str,
    /// What is the matter.
    pub title: Text,
    /// Where it is mended.
    pub href: String,
    /// How many tokens need somebody, this one included.
    pub count: usize,
    /// Another one when something else is the matter: a browser tells each once.
    pub key: String,
}

/// What an administrator is told at `now`; `None`: nothing is the matter.
///
/// # Errors
/// SQLite's.
pub fn of(reader: &Reader<'_>, now: Timestamp) -> store::Result<Option<Alarm>> {
    let mut told: Vec<(Page, Concern)> = pages::all(reader)?
        .into_iter()
        .filter_map(|page| {
            let concern = token_health::told(&page.token(), now)?;
            concern.is_flag().then_some((page, concern))
        })
        .collect();
    told.sort_by_key(|(_, concern)| !concern.is_urgent());
    let count = told.len();
    Ok(told.into_iter().next().map(|(page, concern)| Alarm {
        kind: if concern.is_urgent() { "bad" } else { "warn" },
        title: token_title(&page.name, concern, now),
        href: format!("/admin/accounts/{}/pages?replace={}", page.account, page.id),
        count,
        key: format!("{}-{}-{count}", page.id, word(concern)),
    }))
}

/// The word of a concern, in keys and in the database.
pub const fn word(concern: Concern) -> &'static str {
    match concern {
        Concern::Refused => "refused",
        Concern::Ending(_) => "ending",
        Concern::Old(_) => "old",
        Concern::Aging(_) => "aging",
    }
}

/// What is the matter with a page's token, in one line.
pub fn token_title(page: &str, concern: Concern, now: Timestamp) -> Text {
    let page = page.to_owned();
    match concern {
        Concern::Refused => Text::new("notice-token-refused").arg("page", page),
        Concern::Ending(at) if at <= now => Text::new("notice-token-ended").arg("page", page),
        Concern::Ending(at) => Text::new("notice-token-ending")
            .arg("page", page)
            .arg("days", at.since(now).as_secs() / (24 * 3600)),
        Concern::Old(days) | Concern::Aging(days) => Text::new("notice-token-old")
            .arg("page", page)
            .arg("days", days),
    }
}
