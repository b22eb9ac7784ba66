//! Where a conversation stands, and when it closes by itself.

use std::time::Duration;

use rusqlite::{OptionalExtension as _, Row};

use crate::domain::capacity::WrapUpBlocking;
use crate::domain::conversation::{self, AutoClose, State};
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
    /// It is offered and not picked.
    pub(super) is_push: bool,
    /// Who had it is asked first when its customer is back.
    pub(super) keeps_agent: bool,
    /// How long Wrap-up takes capacity.
    pub(super) blocking: WrapUpBlocking,
}

impl Standing {
    /// Whether an offer waits for its answer: it is Active then, and nobody holds it.
    pub(super) fn is_offered(&self) -> bool {
        self.state == State::Active && self.agent.is_none()
    }

    /// Where it stands, as the rules ask.
    pub(super) fn now(&self) -> conversation::Standing {
        conversation::Standing {
            state: self.state,
            is_offered: self.is_offered(),
        }
    }

    /// When the conversation closes by itself if nothing more happens.
    pub(super) fn due(&self, now: Timestamp) -> Option<Timestamp> {
        self.pace.due(self.state, now)
    }
}

/// A workstream's times.
pub(super) fn pace(row: &Row<'_>) -> rusqlite::Result<AutoClose> {
    let millis = |value: i64| Duration::from_millis(value.unsigned_abs());
    Ok(AutoClose {
        open: millis(row.get("auto_close_open_ms")?),
        active: millis(row.get("auto_close_active_ms")?),
        waiting: millis(row.get("auto_close_waiting_ms")?),
        // What blocks capacity is not closed before it is free.
        wrap_up: blocking(row)?.wrap_up(millis(row.get("wrap_up_ms")?)),
    })
}

fn blocking(row: &Row<'_>) -> rusqlite::Result<WrapUpBlocking> {
    Ok(match row.get_ref("wrap_up_blocking")?.as_str()? {
        "never" => WrapUpBlocking::Never,
        "for" => {
            let millis: i64 = row.get("wrap_up_blocking_ms")?;
            WrapUpBlocking::For(Duration::from_millis(millis.unsigned_abs()))
        }
        _ => WrapUpBlocking::Always,
    })
}

pub(super) fn standing(tx: &Tx<'_>, id: ConversationId) -> Result<Option<Standing>> {
    Ok(tx
        .connection()
        .prepare_cached(
            "SELECT state, agent_id, disabled_at IS NOT NULL AS is_abandoned, auto_close_open_ms,
                    auto_close_active_ms, auto_close_waiting_ms, wrap_up_ms, wrap_up_blocking,
                    wrap_up_blocking_ms, is_push, keep_same_agent
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
                is_push: row.get("is_push")?,
                keeps_agent: row.get("keep_same_agent")?,
                blocking: blocking(row)?,
            })
        })
        .optional()?)
}
