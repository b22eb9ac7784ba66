//! The month's paid messages.

use std::time::Duration;

use chrono::{Datelike as _, NaiveDate};

use crate::channels::{Credentials, SetupError};
use crate::domain::allowance::Allowance;
use crate::domain::time::Timestamp;

use super::api::{Api, Deadline, Query};
use super::setup::{body_of, of_failure};

/// LINE counts its days in Japan's time, which has no summer time. (line.md §3)
const JAPAN: Duration = Duration::from_secs(9 * 3600);

/// What the plan allows and what is used of it, in the month in which `now` lies. What was sent in the official
/// account's own manager is in it; the figure is approximate, says LINE.
pub fn allowance(
    api: &Api,
    credentials: &Credentials,
    now: Timestamp,
) -> Result<Allowance, SetupError> {
    let deadline = Deadline::of_a_call();
    let (begins_at, renews_at) = month_of(now);
    Ok(Allowance {
        most: most(api, credentials, deadline)?,
        used: used(api, credentials, deadline)?,
        begins_at,
        renews_at,
    })
}

/// Whether there is room for one more; `None` when LINE does not tell.
pub fn has_room(api: &Api, credentials: &Credentials, deadline: Deadline) -> Option<bool> {
    match most(api, credentials, deadline).ok()? {
        None => Some(true),
        Some(most) => Some(used(api, credentials, deadline).ok()? < most),
    }
}

/// `{"type":"limited","value":200}`, or `{"type":"none"}`.
fn most(
    api: &Api,
    credentials: &Credentials,
    deadline: Deadline,
) -> Result<Option<u64>, SetupError> {
    let query = Query::get("/v2/bot/message/quota");
    let answer = api.ask(credentials, deadline, &query).map_err(of_failure)?;
    let quota = body_of(&answer, credentials)?;
    Ok(match quota["type"] == "none" {
        true => None,
        false => Some(quota["value"].as_u64().ok_or_else(unreadable)?),
    })
}

/// `{"totalUsage":180}`
fn used(api: &Api, credentials: &Credentials, deadline: Deadline) -> Result<u64, SetupError> {
    let query = Query::get("/v2/bot/message/quota/consumption");
    let answer = api.ask(credentials, deadline, &query).map_err(of_failure)?;
    let usage = body_of(&answer, credentials)?;
    usage["totalUsage"].as_u64().ok_or_else(unreadable)
}

fn unreadable() -> SetupError {
    SetupError::Other(String::new())
}

/// The beginning of the month and of the next.
fn month_of(now: Timestamp) -> (Timestamp, Timestamp) {
    let here =
        chrono::DateTime::from_timestamp_millis(now.plus(JAPAN).millis()).unwrap_or_default();
    let begins = |year: i32, month: u32| {
        let first = NaiveDate::from_ymd_opt(year, month, 1).unwrap_or_default();
        let midnight = first.and_time(chrono::NaiveTime::MIN).and_utc();
        Timestamp::from_millis(midnight.timestamp_millis()).minus(JAPAN)
    };
    let next = match here.month() {
        12 => begins(here.year() + 1, 1),
        month => begins(here.year(), month + 1),
    };
    (begins(here.year(), here.month()), next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_japans() {
        let at = |text: &str| {
            let moment = chrono::DateTime::parse_from_rfc3339(text).unwrap();
            Timestamp::from_millis(moment.timestamp_millis())
        };
        for (now, begins, renews) in [
            (
                "2026-08-31T14:59:59Z",
                "2026-08-01T00:00:00+09:00",
                "2026-09-01T00:00:00+09:00",
            ),
            (
                "2026-08-31T15:00:00Z",
                "2026-09-01T00:00:00+09:00",
                "2026-10-01T00:00:00+09:00",
            ),
            (
                "2026-12-31T20:00:00Z",
                "2027-01-01T00:00:00+09:00",
                "2027-02-01T00:00:00+09:00",
            ),
            (
                "2026-12-15T00:00:00Z",
                "2026-12-01T00:00:00+09:00",
                "2027-01-01T00:00:00+09:00",
            ),
        ] {
            assert_eq!(month_of(at(now)), (at(begins), at(renews)), "{now}");
        }
    }
}
