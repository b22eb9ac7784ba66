//! How ids, moments and the domain's words are read from and written to rows.

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};

use crate::domain::assignment::Method;
use crate::domain::automation::Trigger;
use crate::domain::capacity::Reset;
use crate::domain::conversation::{EventKind, State};
use crate::domain::courtesy::Courtesy;
use crate::domain::guard::Level;
use crate::domain::ids::*;
use crate::domain::inbound::CustomerKind;
use crate::domain::masking::BuiltIn;
use crate::domain::media::Stage;
use crate::domain::message::{AttachmentKind, Author, Kind, Status};
use crate::domain::offer::Ending;
use crate::domain::outgoing::{Purpose, Unsendable};
use crate::domain::presence::{Base, Why};
use crate::domain::queue::{Do, When};
use crate::domain::queue_rules::Order;
use crate::domain::record::{FieldKind, Record};
use crate::domain::session::Mode as Part;
use crate::domain::skills::Matching;
use crate::domain::status::{Closure, StatusReason};
use crate::domain::time::Timestamp;
use crate::domain::timeouts::Side;
use crate::domain::workstream::{Desktop, Mode, VariableKind};

macro_rules! ids {
    ($($name:ident),* $(,)?) => {$(
        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                i64::column_result(value).map($name)
            }
        }

        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.0.into())
            }
        }
    )*};
}

ids!(
    AlarmMailId,
    UserId,
    BrowserSessionId,
    AccountId,
    PageId,
    WebhookEventId,
    ParkedEventId,
    WorkstreamId,
    QueueId,
    ContextVariableId,
    OperatingHoursId,
    HolidayId,
    SocialProfileId,
    ConversationId,
    MessageId,
    AttachmentId,
    OutboxId,
    LiveEventId,
    AuditEntryId,
    TopicId,
    QuickReplyId,
    MaskingRuleId,
    PresenceId,
    PrivacyNoticeId,
    SkillId,
    RulesetId,
    ClassificationRuleId,
    RouteRuleId,
    TimeoutRuleId,
    OrderRuleId,
    AgentRuleId,
    SessionId,
    OfferId,
    CapacityProfileId,
    ContactId,
    CompanyId,
    CaseId,
    CustomerFieldId,
    MergeId,
    NoteId,
);

impl FromSql for Timestamp {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        i64::column_result(value).map(Timestamp::from_millis)
    }
}

impl ToSql for Timestamp {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.millis().into())
    }
}

/// A word that this program does not write is an error of the row, never a silent default.
macro_rules! words {
    ($($name:ident),* $(,)?) => {$(
        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                let word = value.as_str()?;
                $name::from_word(word).ok_or_else(|| {
                    FromSqlError::Other(format!("{word:?} is no {}", stringify!($name)).into())
                })
            }
        }

        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.word().into())
            }
        }
    )*};
}

words!(
    Part,
    Level,
    State,
    EventKind,
    CustomerKind,
    Author,
    Kind,
    AttachmentKind,
    Status,
    Base,
    Method,
    When,
    Do,
    Mode,
    Desktop,
    VariableKind,
    Matching,
    Side,
    BuiltIn,
    Trigger,
    Stage,
    Courtesy,
    Record,
    FieldKind,
    Purpose,
    Unsendable,
    Order,
);

/// Enums without a table of words: serde names them, in traces and in rows alike.
macro_rules! serde_words {
    ($($name:ident),* $(,)?) => {$(
        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                let word = value.as_str()?;
                serde_json::from_value(word.into()).map_err(|_| {
                    FromSqlError::Other(format!("{word:?} is no {}", stringify!($name)).into())
                })
            }
        }

        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                let word = serde_json::to_value(self)
                    .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
                match word {
                    serde_json::Value::String(word) => Ok(word.into()),
                    other => Err(rusqlite::Error::ToSqlConversionFailure(
                        format!("{other} is no word").into(),
                    )),
                }
            }
        }
    )*};
}

serde_words!(Why, Closure, StatusReason, Ending, Reset);
