//! How a conversation begins.

use rusqlite::params;

use crate::domain::conversation::{EventKind, State};
use crate::domain::ids::{ConversationId, PageId, SocialProfileId, WorkstreamId};
use crate::domain::live_event::LiveEvent;
use crate::domain::status::StatusReason;
use crate::store::{Result, Tx};

use super::history::record;
use super::pace::pace;

/// Starts a conversation in a workstream's fallback queue, linked to the customer's earlier one. The customer must
/// have no conversation that is not closed.
///
/// # Errors
/// SQLite's; a second current conversation breaks a `UNIQUE` constraint.
pub fn open(
    tx: &Tx<'_>,
    profile: SocialProfileId,
    page: PageId,
    workstream: WorkstreamId,
    previous: Option<ConversationId>,
) -> Result<ConversationId> {
    let id = insert(tx, profile, page, workstream, previous, State::Open)?;
    record(tx, id, EventKind::Opened, None, "")?;
    tx.tell(LiveEvent::ConversationChanged(id))?;
    Ok(id)
}

/// The conversation that keeps what was written to a customer who has none: closed from the beginning,
/// because nobody here has anything to do with it, and found above the next one.
///
/// # Errors
/// SQLite's.
pub fn open_closed(
    tx: &Tx<'_>,
    profile: SocialProfileId,
    page: PageId,
    workstream: WorkstreamId,
) -> Result<ConversationId> {
    insert(tx, profile, page, workstream, None, State::Closed)
}

fn insert(
    tx: &Tx<'_>,
    profile: SocialProfileId,
    page: PageId,
    workstream: WorkstreamId,
    previous: Option<ConversationId>,
    state: State,
) -> Result<ConversationId> {
    let pace = tx
        .connection()
        .prepare_cached(
            "SELECT auto_close_open_ms, auto_close_active_ms, auto_close_waiting_ms, wrap_up_ms,
                    wrap_up_blocking, wrap_up_blocking_ms
             FROM workstream WHERE workstream_id = ?1",
        )?
        .query_row([workstream], pace)?;
    tx.connection()
        .prepare_cached(
            "INSERT INTO conversation (social_profile_id, page_id, workstream_id, queue_id,
                                       previous_conversation_id, state, created_at, state_changed_at,
                                       due_at, closed_at, last_message_at, is_push, routed_at, queued_at,
                                       interacted_at, status_reason)
             SELECT ?1, ?2, workstream_id, fallback_queue_id, ?4, ?5, ?6, ?6, ?7, ?8, ?6, mode = 'push',
                    ?6, ?6, ?6, ?9
             FROM workstream WHERE workstream_id = ?3",
        )?
        .execute(params![
            profile,
            page,
            workstream,
            previous,
            state,
            tx.now(),
            pace.due(state, tx.now()),
            (state == State::Closed).then(|| tx.now()),
            (state == State::Open).then_some(StatusReason::AwaitingAgentAssignment)
        ])?;
    Ok(ConversationId(tx.connection().last_insert_rowid()))
}
