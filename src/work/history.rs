//! Brings in what was said while nothing reached us, from the platforms' own records.
//!
//! It is flagged as brought in, and nothing is said because of it: no greeting, no notice. What nobody has answered
//! becomes work like any other message, since a customer waits for it; what somebody asked to have for the sake of
//! completeness does not.

use std::collections::HashMap;

use super::ingest;
use super::schedule::Tools;
use crate::channels::{Channel, Credentials, SetupError};
use crate::domain::inbound::{Inbound, What};
use crate::domain::time::Timestamp;
use crate::store::Result;
use crate::store::pages::{self, Page};

/// Brings in what was said since a moment; how many messages were new. `makes_work`: what is unanswered waits for
/// somebody. A platform that keeps no record, or is not reached, brings nothing; the second is told by `None`, and
/// should be asked again. Blocks up to 60 s.
///
/// # Errors
/// The database's.
pub fn bring_in(
    tools: &Tools,
    channel: &dyn Channel,
    page: &Page,
    since: Timestamp,
    makes_work: bool,
) -> Result<Option<u64>> {
    let id = page.id;
    let Some(credentials) = tools.store.read(|reader| pages::credentials(reader, id))? else {
        return Ok(Some(0));
    };
    let events = match channel.history(&Credentials::from(credentials), since) {
        Ok(events) => events.unwrap_or_default(),
        Err(SetupError::Unreachable(why)) => {
            tracing::info!(page = %id, why, "what was said meanwhile cannot be read");
            return Ok(None);
        }
        Err(error) => {
            tracing::warn!(page = %id, ?error, "a platform does not show what was said meanwhile");
            return Ok(Some(0));
        }
    };
    let answered = last_answers(&events);
    let mut brought = 0;
    for event in events {
        let customer = event
            .customer
            .as_ref()
            .map(|customer| &customer.platform_id);
        let answered_at = customer
            .and_then(|customer| answered.get(customer))
            .copied();
        let is_open = makes_work && answered_at.is_none_or(|answered_at| event.at > answered_at);
        let page = page.clone();
        let is_new = tools
            .store
            .write_blocking(move |tx| ingest::import(tx, &page, &event, is_open))?;
        brought += u64::from(is_new);
    }
    if brought > 0 {
        tracing::info!(page = %id, brought, "messages that had not reached us were brought in");
    }
    Ok(Some(brought))
}

/// When the page last said something to each customer.
fn last_answers(events: &[Inbound]) -> HashMap<String, Timestamp> {
    let mut last = HashMap::new();
    for event in events {
        if let (What::Echo { .. }, Some(customer)) = (&event.what, &event.customer) {
            last.insert(customer.platform_id.clone(), event.at);
        }
    }
    last
}
