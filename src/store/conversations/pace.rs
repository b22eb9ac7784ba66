//! Where a conversation stands, and when it closes by itself.

use std::time::Duration;

use rusqlite::{OptionalExtension as _, Row};

use crate::domain::conversation::{AutoClose, State};
use crate::domain::ids::{ConversationId, UserId};
use crate::domain::time::Timestamp;
use crate::store::{Result, Tx};

/// Where a conversation stands, as far as moving it needs.
pub(super) struct Standing {
    pub(super) state: State,
    pub(super) agent: Option<UserId>,
    /// Whoever holds it can no longer sign in.
    pub(super) is_abandoned: bool,
    pub(super) pace: AutoClose,
}

impl Standing {
    /// When the conversation closes by itself if nothing more happens.
    pub(super) fn due(&self, now: Timestamp) -> Option<Timestamp> {
        self.pace.due(self.state, now)
    }
}

/// A workstream's times.
pub(super) fn pace(row: &Row<'_>) -> rusqlite::Result<AutoClose> {
    let millis = |value: i64| Duration::from_millis(value.unsigned_abs());
    Ok(AutoClose {
        waiting: millis(row.get("auto_close_waiting_ms")?),
        wrap_up: millis(row.get("wrap_up_ms")?),
        ..AutoClose::default()
    })
}

pub(super) fn standing(tx: &Tx<'_>, id: ConversationId) -> Result<Option<Standing>> {
    Ok(tx
        .connection()
        .prepare_cached(
            "SELECT state, agent_id, disabled_at IS NOT NULL AS is_abandoned, auto_close_waiting_ms,
                    wrap_up_ms
             FROM conversation JOIN workstream USING (workstream_id)
             LEFT JOIN user ON user_id = agent_id
             WHERE conversation_id = ?1",
        )?
        .query_row([id], |row| {
            Ok(Standing {
                state: row.get(0)?,
                agent: row.get(1)?,
                is_abandoned: row.get(2)?,
                pace: pace(row)?,
            })
        })
        .optional()?)
}
