//! Fetches customers' names after their messages are stored: a platform that does not tell one, or does not
//! answer, never holds up a message.

use std::collections::HashSet;
use std::thread::JoinHandle;
use std::time::Duration;

use crate::channels::{self, Credentials, ProfileError, Registry};
use crate::clock;
use crate::crypto;
use crate::domain::ids::PageId;
use crate::domain::live_event::{LiveEvent, Worker};
use crate::domain::{names, retry};
use crate::store::profiles::{self, Profile, Told};
use crate::store::{Result, Store, Tx, conversations, pages};

use super::Wake;

/// Names asked for before the database is looked at again.
const BATCH: usize = 32;
/// A wake-up may be lost: then the next look is after this long.
const POLL: Duration = Duration::from_secs(30);
/// A name that the platform hides, or a page whose token it refuses, is asked about again after this long.
const HIDDEN_FOR: Duration = Duration::from_secs(24 * 3600);
/// After this many tries a name waits until its customer comes back.
const TRIES: u32 = 12;

/// Starts the worker.
pub fn start(store: &Store, channels: &Registry, wake: &Wake) -> JoinHandle<()> {
    let (store, channels, wake) = (store.clone(), channels.clone(), wake.clone());
    super::spawn("names", move || run(&store, &channels, &wake))
}

fn run(store: &Store, channels: &Registry, wake: &Wake) {
    loop {
        let pause = ask_for_all(store, channels, wake).unwrap_or_else(|error| {
            tracing::error!(%error, "customers' names cannot be kept");
            POLL
        });
        if !wake.wait(Worker::Names, pause) {
            return;
        }
    }
}

/// Asks for every name that is due. How long nothing is due.
fn ask_for_all(store: &Store, channels: &Registry, wake: &Wake) -> Result<Duration> {
    // Pages whose token was refused a moment ago: asking in the name of others would be the same.
    let mut refused = HashSet::new();
    loop {
        let due = store.read(|reader| profiles::names_due(reader, clock::now(), BATCH))?;
        if due.is_empty() {
            break;
        }
        for profile in due {
            if wake.is_stopping() {
                return Ok(Duration::ZERO);
            }
            let told = ask(store, channels, &profile, &mut refused)?;
            store.write_blocking(move |tx| record(tx, &profile, told))?;
        }
    }
    let next = store.read(profiles::next_name_due)?;
    Ok(next.map_or(POLL, |due| due.since(clock::now()).min(POLL)))
}

type Answer = std::result::Result<channels::Profile, ProfileError>;

fn ask(
    store: &Store,
    channels: &Registry,
    profile: &Profile,
    refused: &mut HashSet<PageId>,
) -> Result<Answer> {
    let credentials = store.read(|reader| pages::credentials(reader, profile.page))?;
    let (Some(channel), Some(credentials)) = (channels.get(&profile.channel), credentials) else {
        return Ok(Err(ProfileError::Hidden(
            "the page is not set up".to_owned(),
        )));
    };
    if refused.contains(&profile.page) {
        return Ok(Err(ProfileError::Credentials(String::new())));
    }
    let told = channel.profile(&Credentials::from(credentials), &profile.customer());
    if let Err(ProfileError::Credentials(reason)) = &told {
        // Whether the token is dead is for the calls to say that need it: names may be refused by
        // themselves, and sending must not stop for that.
        tracing::warn!(page = %profile.page, reason, "the platform refuses to tell names to this page");
        refused.insert(profile.page);
    }
    Ok(told)
}

fn record(tx: &Tx<'_>, profile: &Profile, told: Answer) -> Result<()> {
    let name = |told: &channels::Profile| names::clean(&told.name);
    let due = match told {
        Ok(told) => match name(&told) {
            Some(name) => return keep(tx, profile, &name, &told),
            None => Some(tx.now().plus(HIDDEN_FOR)),
        },
        Err(ProfileError::Hidden(_) | ProfileError::Credentials(_)) => {
            Some(tx.now().plus(HIDDEN_FOR))
        }
        Err(ProfileError::Later(_)) => {
            let luck = f64::from(u16::from_le_bytes(crypto::random())) / f64::from(u16::MAX);
            Some(
                tx.now()
                    .plus(retry::pause(profile.name_tries + 1, luck, None)),
            )
        }
    };
    profiles::name_failed(
        tx,
        profile.id,
        due.filter(|_| profile.name_tries + 1 < TRIES),
    )
}

fn keep(tx: &Tx<'_>, profile: &Profile, name: &str, told: &channels::Profile) -> Result<()> {
    let told = Told {
        name,
        language: told.language.as_deref(),
        locale: told.locale.as_deref(),
        time_zone: told.time_zone,
    };
    if !profiles::set_told(tx, profile.id, &told)? {
        return Ok(());
    }
    match conversations::newest(&tx.reader(), profile.id)? {
        Some(newest) => tx.tell(LiveEvent::ConversationChanged(newest.id)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::SocialProfileId;
    use crate::store::testing::House;

    fn told(name: &str) -> Answer {
        Ok(channels::Profile {
            name: name.to_owned(),
            language: Some("fi".to_owned()),
            locale: Some("fi_FI".to_owned()),
            time_zone: Some(2.0),
        })
    }

    /// A customer, what the platform tells about him, and what is then known.
    fn after(answers: Vec<Answer>) -> (House, Profile) {
        let house = House::furnished();
        house.conversation("anna");
        let profile = || {
            house
                .read(|reader| profiles::by_id(reader, SocialProfileId(1)))
                .unwrap()
        };
        for answer in answers {
            let profile = profile();
            house.write(move |tx| record(tx, &profile, answer));
        }
        let profile = profile();
        (house, profile)
    }

    fn due_in(house: &House) -> Option<Duration> {
        let due = house.read(profiles::next_name_due)?;
        Some(due.since(clock::now()))
    }

    #[test]
    fn a_name_is_kept_without_what_could_deceive() {
        let (house, profile) = after(vec![told("\u{202E}anna\u{0007} ")]);
        assert_eq!(profile.name.as_deref(), Some("anna"));
        assert_eq!(profile.language.as_deref(), Some("fi"));
        assert_eq!(due_in(&house), None);
    }

    #[test]
    fn a_hidden_name_is_asked_for_again_the_next_day() {
        for answer in [
            Err(ProfileError::Hidden(String::new())),
            Err(ProfileError::Credentials(String::new())),
            told("\u{200B}"),
        ] {
            let (house, profile) = after(vec![answer]);
            assert_eq!(profile.name, None);
            assert!(due_in(&house).unwrap() > Duration::from_secs(23 * 3600));
        }
    }

    #[test]
    fn a_platform_that_does_not_answer_is_asked_less_and_less_and_then_no_more() {
        let later = || Err(ProfileError::Later(String::new()));
        let (house, profile) = after(vec![later(), later()]);
        assert_eq!(profile.name_tries, 2);
        assert!(due_in(&house).unwrap() <= Duration::from_secs(2));
        let (house, _) = after((0..TRIES).map(|_| later()).collect());
        assert_eq!(due_in(&house), None);
    }

    #[test]
    fn a_known_name_stays_when_it_is_hidden_later() {
        let hidden = Err(ProfileError::Hidden(String::new()));
        let (_, profile) = after(vec![told("Anna"), hidden]);
        assert_eq!(profile.name.as_deref(), Some("Anna"));
    }
}
