//! Operating hours: when the counters that use them are open.

use std::collections::HashMap;

use chrono::NaiveDate;
use rusqlite::{OptionalExtension as _, Row, named_params, params};
use serde::Serialize;

use crate::domain::audit::{Act, Kind, Shown, Subject};
use crate::domain::hours::{DayHours, Holiday, Hours};
use crate::domain::ids::{HolidayId, OperatingHoursId};

use super::free_name::free_name;
use super::{Reader, Result, StoreError, Tx, audit, rules};

/// Operating hours with their name.
#[derive(Clone, Debug)]
pub struct OperatingHours {
    /// Row id.
    pub id: OperatingHoursId,
    /// Name; no two have the same.
    pub name: String,
    /// What they are for; may be empty.
    pub description: String,
    /// The hours themselves, with all holidays.
    pub hours: Hours,
}

/// What an administrator gives: everything but the holidays, which are rows of their own.
#[derive(Clone, Debug)]
pub struct Given {
    /// Name.
    pub name: String,
    /// What they are for; may be empty.
    pub description: String,
    /// The zone that the week is told in.
    pub zone: chrono_tz::Tz,
    /// Monday to Sunday.
    pub week: [DayHours; 7],
}

/// A row whose name and zone are read; its days are not yet.
struct Head {
    id: OperatingHoursId,
    name: String,
    description: String,
    zone: String,
}

const COLUMNS: &str = "operating_hours_id, name, description, time_zone";

fn head(row: &Row<'_>) -> rusqlite::Result<Head> {
    Ok(Head {
        id: row.get(0)?,
        name: row.get(1)?,
        description: row.get(2)?,
        zone: row.get(3)?,
    })
}

/// The operating hours of an id; `None` when there are none.
///
/// # Errors
/// SQLite's.
pub fn by_id(reader: &Reader<'_>, id: OperatingHoursId) -> Result<Option<OperatingHours>> {
    let found = reader
        .connection()
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM operating_hours WHERE operating_hours_id = ?1"
        ))?
        .query_row([id], head)
        .optional()?;
    found.map(|head| complete(reader, head)).transpose()
}

/// All of them, by name.
///
/// # Errors
/// SQLite's.
pub fn all(reader: &Reader<'_>) -> Result<Vec<OperatingHours>> {
    let heads: Vec<Head> = reader
        .connection()
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM operating_hours ORDER BY name, operating_hours_id"
        ))?
        .query_map([], head)?
        .collect::<rusqlite::Result<_>>()?;
    heads
        .into_iter()
        .map(|head| complete(reader, head))
        .collect()
}

fn complete(reader: &Reader<'_>, head: Head) -> Result<OperatingHours> {
    let zone = head.zone.parse().map_err(|_| StoreError::Word {
        what: "a time zone",
        word: head.zone.clone(),
    })?;
    let holidays = holidays(reader, head.id)?;
    Ok(OperatingHours {
        hours: Hours {
            zone,
            week: week(reader, head.id)?,
            holidays: holidays.into_iter().map(|(_, holiday)| holiday).collect(),
        },
        id: head.id,
        name: head.name,
        description: head.description,
    })
}

fn week(reader: &Reader<'_>, id: OperatingHoursId) -> Result<[DayHours; 7]> {
    let mut week: [DayHours; 7] = Default::default();
    let days: Vec<(u8, String)> = reader
        .connection()
        .prepare_cached(
            "SELECT weekday, hours FROM operating_hours_day WHERE operating_hours_id = ?1",
        )?
        .query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (weekday, stored) in days {
        if let Some(day) = week.get_mut(usize::from(weekday).wrapping_sub(1)) {
            *day = day_hours(stored)?;
        }
    }
    Ok(week)
}

fn day_hours(stored: String) -> Result<DayHours> {
    DayHours::parse(&stored).map_err(|_| StoreError::Word {
        what: "the hours of a day",
        word: stored,
    })
}

fn date(stored: String) -> Result<NaiveDate> {
    stored.parse().map_err(|_| StoreError::Word {
        what: "a day",
        word: stored,
    })
}

/// The holidays and exceptions, by their first day; those of the same day in the order in which they were added.
///
/// # Errors
/// SQLite's.
pub fn holidays(reader: &Reader<'_>, id: OperatingHoursId) -> Result<Vec<(HolidayId, Holiday)>> {
    let rows: Vec<(HolidayId, String, String, String, String)> = reader
        .connection()
        .prepare_cached(
            "SELECT holiday_id, first_day, last_day, reason, hours FROM holiday
             WHERE operating_hours_id = ?1 ORDER BY first_day, holiday_id",
        )?
        .query_map([id], |row| {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
            ))
        })?
        .collect::<rusqlite::Result<_>>()?;
    rows.into_iter()
        .map(|(id, first, last, reason, hours)| {
            let holiday = Holiday {
                first: date(first)?,
                last: date(last)?,
                reason,
                hours: day_hours(hours)?,
            };
            Ok((id, holiday))
        })
        .collect()
}

/// The names of the queues that use each of them, by name.
///
/// # Errors
/// SQLite's.
pub fn users(reader: &Reader<'_>) -> Result<HashMap<OperatingHoursId, Vec<String>>> {
    let mut users: HashMap<OperatingHoursId, Vec<String>> = HashMap::new();
    let mut statement = reader.connection().prepare_cached(
        "SELECT operating_hours_id, name FROM queue
         WHERE operating_hours_id IS NOT NULL ORDER BY name",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    for row in rows {
        let (id, queue) = row?;
        users.entry(id).or_default().push(queue);
    }
    Ok(users)
}

/// Adds operating hours without holidays. A name that others have breaks a `UNIQUE` constraint.
///
/// # Errors
/// SQLite's.
pub fn add(tx: &Tx<'_>, given: &Given) -> Result<OperatingHoursId> {
    tx.connection()
        .prepare_cached(
            "INSERT INTO operating_hours (name, description, time_zone, created_at)
             VALUES (:name, :description, :zone, :now)",
        )?
        .execute(named_params! {
            ":name": given.name,
            ":description": given.description,
            ":zone": given.zone.name(),
            ":now": tx.now(),
        })?;
    let id = OperatingHoursId(tx.connection().last_insert_rowid());
    store_week(tx, id, &given.week)?;
    record_added(tx, id)?;
    Ok(id)
}

/// Changes everything but the holidays. A name that others have breaks a `UNIQUE` constraint.
///
/// # Errors
/// SQLite's.
pub fn change(tx: &Tx<'_>, id: OperatingHoursId, given: &Given) -> Result<()> {
    recorded(tx, id, || {
        tx.connection()
            .prepare_cached(
                "UPDATE operating_hours SET name = :name, description = :description, time_zone = :zone
                 WHERE operating_hours_id = :id",
            )?
            .execute(named_params! {
                ":id": id,
                ":name": given.name,
                ":description": given.description,
                ":zone": given.zone.name(),
            })?;
        store_week(tx, id, &given.week)
    })
}

fn store_week(tx: &Tx<'_>, id: OperatingHoursId, week: &[DayHours; 7]) -> Result<()> {
    tx.connection()
        .prepare_cached("DELETE FROM operating_hours_day WHERE operating_hours_id = ?1")?
        .execute([id])?;
    for (weekday, day) in (1..).zip(week) {
        if !day.is_closed() {
            tx.connection()
                .prepare_cached(
                    "INSERT INTO operating_hours_day (operating_hours_id, weekday, hours)
                     VALUES (?1, ?2, ?3)",
                )?
                .execute(params![id, weekday, day.to_string()])?;
        }
    }
    Ok(())
}

/// Adds a copy with all holidays, called `name` or, where that is taken, `name 2`.
///
/// # Errors
/// SQLite's.
pub fn copy(tx: &Tx<'_>, id: OperatingHoursId, name: &str) -> Result<OperatingHoursId> {
    let name = free_name(name, |name| is_taken(tx, name))?;
    tx.connection()
        .prepare_cached(
            "INSERT INTO operating_hours (name, description, time_zone, created_at)
             SELECT ?2, description, time_zone, ?3 FROM operating_hours WHERE operating_hours_id = ?1",
        )?
        .execute(params![id, name, tx.now()])?;
    let copy = OperatingHoursId(tx.connection().last_insert_rowid());
    tx.connection()
        .prepare_cached(
            "INSERT INTO operating_hours_day (operating_hours_id, weekday, hours)
             SELECT ?2, weekday, hours FROM operating_hours_day WHERE operating_hours_id = ?1",
        )?
        .execute(params![id, copy])?;
    tx.connection()
        .prepare_cached(
            "INSERT INTO holiday (operating_hours_id, first_day, last_day, reason, hours)
             SELECT ?2, first_day, last_day, reason, hours FROM holiday
             WHERE operating_hours_id = ?1 ORDER BY holiday_id",
        )?
        .execute(params![id, copy])?;
    record_added(tx, copy)?;
    Ok(copy)
}

fn is_taken(tx: &Tx<'_>, name: &str) -> Result<bool> {
    Ok(tx
        .connection()
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM operating_hours WHERE name = ?1)")?
        .query_row([name], |row| row.get(0))?)
}

/// Takes operating hours away with their holidays. False when a queue or a rule uses them; then they stay.
///
/// # Errors
/// SQLite's.
pub fn remove(tx: &Tx<'_>, id: OperatingHoursId) -> Result<bool> {
    let Some(before) = by_id(&tx.reader(), id)? else {
        return Ok(false);
    };
    if !rules::uses(&tx.reader(), &rules::Thing::Hours(id))?.is_empty() {
        return Ok(false);
    }
    let gone = tx
        .connection()
        .prepare_cached(
            "DELETE FROM operating_hours WHERE operating_hours_id = ?1
                 AND NOT EXISTS (SELECT 1 FROM queue WHERE operating_hours_id = ?1)",
        )?
        .execute([id])?;
    if gone > 0 {
        let act = Act::OperatingHoursRemoved;
        audit::removed(tx, act, &subject(&before), &ShownHours::of(&before))?;
    }
    Ok(gone > 0)
}

/// Adds holidays and exceptions.
///
/// # Errors
/// SQLite's.
pub fn add_holidays(tx: &Tx<'_>, id: OperatingHoursId, holidays: &[Holiday]) -> Result<()> {
    recorded(tx, id, || {
        for holiday in holidays {
            tx.connection()
                .prepare_cached(
                    "INSERT INTO holiday (operating_hours_id, first_day, last_day, reason, hours)
                     VALUES (:id, :first, :last, :reason, :hours)",
                )?
                .execute(named_params! {
                    ":id": id,
                    ":first": holiday.first.to_string(),
                    ":last": holiday.last.to_string(),
                    ":reason": holiday.reason,
                    ":hours": holiday.hours.to_string(),
                })?;
        }
        Ok(())
    })
}

/// Changes a holiday or exception of these hours.
///
/// # Errors
/// SQLite's.
pub fn change_holiday(
    tx: &Tx<'_>,
    id: OperatingHoursId,
    holiday: HolidayId,
    to: &Holiday,
) -> Result<()> {
    recorded(tx, id, || {
        tx.connection()
            .prepare_cached(
                "UPDATE holiday SET first_day = :first, last_day = :last, reason = :reason, hours = :hours
                 WHERE holiday_id = :holiday AND operating_hours_id = :id",
            )?
            .execute(named_params! {
                ":id": id,
                ":holiday": holiday,
                ":first": to.first.to_string(),
                ":last": to.last.to_string(),
                ":reason": to.reason,
                ":hours": to.hours.to_string(),
            })?;
        Ok(())
    })
}

/// Takes a holiday or exception of these hours away.
///
/// # Errors
/// SQLite's.
pub fn remove_holiday(tx: &Tx<'_>, id: OperatingHoursId, holiday: HolidayId) -> Result<()> {
    recorded(tx, id, || {
        tx.connection()
            .prepare_cached(
                "DELETE FROM holiday WHERE holiday_id = ?2 AND operating_hours_id = ?1",
            )?
            .execute(params![id, holiday])?;
        Ok(())
    })
}

/// Operating hours in the audit log.
#[derive(Serialize)]
struct ShownHours {
    name: String,
    description: String,
    time_zone: &'static str,
    /// Monday to Sunday.
    week: Vec<String>,
    holidays: Vec<String>,
}

impl Shown for ShownHours {}

impl ShownHours {
    fn of(stored: &OperatingHours) -> ShownHours {
        let holidays = stored.hours.holidays.iter().map(|holiday| {
            let Holiday {
                first,
                last,
                reason,
                hours,
            } = holiday;
            format!("{first}/{last} {reason} {hours}")
                .trim_end()
                .to_owned()
        });
        ShownHours {
            name: stored.name.clone(),
            description: stored.description.clone(),
            time_zone: stored.hours.zone.name(),
            week: stored.hours.week.iter().map(DayHours::to_string).collect(),
            holidays: holidays.collect(),
        }
    }
}

fn subject(stored: &OperatingHours) -> Subject {
    Subject::new(Kind::OperatingHours, stored.id.0, &stored.name)
}

fn record_added(tx: &Tx<'_>, id: OperatingHoursId) -> Result<()> {
    match by_id(&tx.reader(), id)? {
        Some(stored) => audit::added(
            tx,
            Act::OperatingHoursAdded,
            &subject(&stored),
            &ShownHours::of(&stored),
        ),
        None => Ok(()),
    }
}

/// Makes a change of operating hours and records what differs afterwards.
fn recorded(tx: &Tx<'_>, id: OperatingHoursId, change: impl FnOnce() -> Result<()>) -> Result<()> {
    let before = by_id(&tx.reader(), id)?;
    change()?;
    if let (Some(before), Some(after)) = (before, by_id(&tx.reader(), id)?) {
        let act = Act::OperatingHoursChanged;
        let (was, is) = (ShownHours::of(&before), ShownHours::of(&after));
        audit::changed(tx, act, &subject(&after), &was, &is)?;
    }
    Ok(())
}
