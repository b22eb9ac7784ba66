//! Shows customers that somebody writes to them or has read what they wrote. Whatever goes wrong, nobody waits for it
//! and nothing is repeated: what comes late is worth nothing.

use std::thread::JoinHandle;
use std::time::Duration;

use crate::channels::{Credentials, Registry};
use crate::domain::live_event::Worker;
use crate::store::courtesies::{self, Due};
use crate::store::{Result, Store, pages, profiles};

use super::Wake;

/// A lost wake-up costs at most this.
const POLL: Duration = Duration::from_secs(10);

/// Starts the worker.
pub fn start(store: &Store, channels: &Registry, wake: &Wake) -> JoinHandle<()> {
    let (store, channels, wake) = (store.clone(), channels.clone(), wake.clone());
    super::spawn("courtesies", move || {
        loop {
            if let Err(error) = show_all(&store, &channels, &wake) {
                tracing::error!(%error, "what is shown to customers cannot be read");
            }
            if !wake.wait(Worker::Courtesies, POLL) {
                return;
            }
        }
    })
}

fn show_all(store: &Store, channels: &Registry, wake: &Wake) -> Result<()> {
    while !wake.is_stopping() {
        // Asked without a write first: mostly there is nothing.
        if !store.read(courtesies::is_any_due)? {
            return Ok(());
        }
        let Some(due) = store.write_blocking(courtesies::take)? else {
            return Ok(());
        };
        show(store, channels, &due)?;
    }
    Ok(())
}

fn show(store: &Store, channels: &Registry, due: &Due) -> Result<()> {
    let (profile, credentials) = store.read(|reader| {
        Ok((
            profiles::by_id(reader, due.profile)?,
            pages::credentials(reader, due.page)?,
        ))
    })?;
    let (Some(profile), Some(credentials)) = (profile, credentials) else {
        return Ok(());
    };
    let Some(channel) = channels.get(&profile.channel) else {
        return Ok(());
    };
    let credentials = Credentials::from(credentials);
    let shown = channel.show(
        &credentials,
        &profile.customer(),
        due.courtesy,
        due.read_token.as_deref(),
    );
    if let Err(error) = shown {
        tracing::info!(page = %due.page, courtesy = due.courtesy.word(), error = error.word(), "not shown to a customer");
    }
    Ok(())
}
