//! How ids and moments are read from and written to rows.

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlResult, ToSqlOutput, ValueRef};

use crate::domain::ids::*;
use crate::domain::time::Timestamp;

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
    UserId,
    BrowserSessionId,
    AccountId,
    PageId,
    WebhookEventId,
    ParkedEventId,
    WorkstreamId,
    QueueId,
    SocialProfileId,
    ConversationId,
    MessageId,
    OutboxId,
    LiveEventId,
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
