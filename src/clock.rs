//! The one place that reads the machine's clock. Everything below gets `now` as a value.

use crate::domain::time::Timestamp;

/// Now, in milliseconds since 1970 UTC, from the system's wall clock.
///
/// A clock before 1970 reads as 1970: the program must start even on a machine whose battery died.
pub fn now() -> Timestamp {
    let since_epoch = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}
