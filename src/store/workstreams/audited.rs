//! What the audit log shows of a workstream.

use std::time::Duration;

use serde::Serialize;

use crate::domain::audit::{Act, Kind, Shown, Subject};
use crate::domain::capacity::WrapUpBlocking;
use crate::domain::ids::WorkstreamId;
use crate::store::{Result, Tx, audit, capacity_profiles, queues};

use super::{settings, variables};

/// A workstream in the audit log.
#[derive(Serialize)]
pub(super) struct ShownWorkstream {
    name: String,
    channel: String,
    mode: &'static str,
    fallback_queue: Option<String>,
    capacity_units: u32,
    capacity_profile: Option<String>,
    allowed_presences: Vec<&'static str>,
    wrap_up_blocking: &'static str,
    /// Only when it is for a time.
    wrap_up_blocking_seconds: Option<u64>,
    skill_matching: &'static str,
    keep_same_agent: bool,
    automated_messages: bool,
    auto_close_open_minutes: u64,
    auto_close_active_minutes: u64,
    auto_close_waiting_minutes: u64,
    wrap_up_minutes: u64,
    restrict_transcript: bool,
    session_limit: Option<u32>,
    offer_countdown: u32,
    offer_auto_assign: bool,
    offer_reject: bool,
    offer_desktop: &'static str,
    offer_fields: Vec<String>,
    context_variables: Vec<String>,
}

impl Shown for ShownWorkstream {}

/// The workstream as it is now; `None` when it is gone.
pub(super) fn shown(tx: &Tx<'_>, workstream: WorkstreamId) -> Result<Option<ShownWorkstream>> {
    let reader = tx.reader();
    let Some(found) = settings::by_id(&reader, workstream)? else {
        return Ok(None);
    };
    let variables = variables::of(&reader, workstream)?;
    let (distribution, offers) = (found.distribution, found.offers);
    let profile = match distribution.capacity_profile {
        Some(profile) => capacity_profiles::by_id(&reader, profile)?,
        None => None,
    };
    let minutes = |time: Duration| time.as_secs() / 60;
    let presences = distribution.allowed_presences.iter();
    let (wrap_up_blocking, wrap_up_blocking_seconds) = match distribution.wrap_up_blocking {
        WrapUpBlocking::Always => ("always", None),
        WrapUpBlocking::Never => ("never", None),
        WrapUpBlocking::For(time) => ("for", Some(time.as_secs())),
    };
    Ok(Some(ShownWorkstream {
        name: found.name,
        channel: found.channel,
        mode: found.mode.word(),
        fallback_queue: queues::name(&reader, found.fallback_queue)?,
        capacity_units: distribution.capacity_units,
        capacity_profile: profile.map(|profile| profile.draft.name),
        allowed_presences: presences.map(|base| base.word()).collect(),
        wrap_up_blocking,
        wrap_up_blocking_seconds,
        skill_matching: distribution.skill_matching.word(),
        keep_same_agent: distribution.keep_same_agent,
        automated_messages: distribution.automated_messages,
        auto_close_open_minutes: minutes(distribution.auto_close.open),
        auto_close_active_minutes: minutes(distribution.auto_close.active),
        auto_close_waiting_minutes: minutes(distribution.auto_close.waiting),
        wrap_up_minutes: minutes(distribution.auto_close.wrap_up),
        restrict_transcript: distribution.restrict_transcript,
        session_limit: offers.session_limit,
        offer_countdown: offers.countdown_s,
        offer_auto_assign: offers.auto_assign,
        offer_reject: offers.reject,
        offer_desktop: offers.desktop.word(),
        offer_fields: offers
            .fields
            .into_iter()
            .map(|(header, value)| format!("{header}: {value}"))
            .collect(),
        context_variables: variables
            .into_iter()
            .map(|(_, it)| format!("{} = {}", it.name, it.value))
            .collect(),
    }))
}

fn subject(workstream: WorkstreamId, shown: &ShownWorkstream) -> Subject {
    Subject::new(Kind::Workstream, workstream.0, &shown.name)
}

/// Records that a workstream was added.
pub(super) fn added(tx: &Tx<'_>, workstream: WorkstreamId) -> Result<()> {
    match shown(tx, workstream)? {
        Some(shown) => {
            let subject = subject(workstream, &shown);
            audit::added(tx, Act::WorkstreamAdded, &subject, &shown)
        }
        None => Ok(()),
    }
}

/// Makes a change of a workstream and records what differs afterwards.
pub(super) fn recorded(
    tx: &Tx<'_>,
    workstream: WorkstreamId,
    change: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let before = shown(tx, workstream)?;
    change()?;
    if let (Some(before), Some(after)) = (before, shown(tx, workstream)?) {
        let subject = subject(workstream, &after);
        audit::changed(tx, Act::WorkstreamChanged, &subject, &before, &after)?;
    }
    Ok(())
}

/// Records that a workstream was taken away.
pub(super) fn removed(
    tx: &Tx<'_>,
    workstream: WorkstreamId,
    before: &ShownWorkstream,
) -> Result<()> {
    let subject = subject(workstream, before);
    audit::removed(tx, Act::WorkstreamRemoved, &subject, before)
}
