//! The organization that this database belongs to: one row, once somebody works in it.

use rusqlite::{OptionalExtension as _, params};
use serde::Serialize;

use crate::domain::audit::{Act, Kind, Shown, Subject};

use super::{Reader, Result, Tx, audit};

/// The organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Organization {
    /// Its name on screen; empty when the first person came by the command line.
    pub name: String,
    /// IANA name of the zone in which every time on screen is told.
    pub time_zone: String,
    /// Language tag of the screens of everybody who has not chosen another.
    pub locale: String,
}

impl Shown for Organization {}

/// The organization; `None` before the set-up.
///
/// # Errors
/// SQLite's.
pub fn find(reader: &Reader<'_>) -> Result<Option<Organization>> {
    Ok(reader
        .connection()
        .prepare_cached("SELECT name, time_zone, locale FROM organization")?
        .query_row([], |row| {
            Ok(Organization {
                name: row.get(0)?,
                time_zone: row.get(1)?,
                locale: row.get(2)?,
            })
        })
        .optional()?)
}

/// Gives the organization its name, zone and language, whether or not it is there already.
///
/// # Errors
/// SQLite's.
pub fn save(tx: &Tx<'_>, organization: &Organization) -> Result<()> {
    let subject = Subject::only(Kind::Organization);
    match find(&tx.reader())? {
        Some(before) => {
            audit::changed(
                tx,
                Act::OrganizationChanged,
                &subject,
                &before,
                organization,
            )?;
        }
        None => audit::added(tx, Act::OrganizationChanged, &subject, organization)?,
    }
    tx.connection()
        .prepare_cached(
            "INSERT INTO organization (organization_id, name, time_zone, locale, created_at)
             VALUES (1, ?1, ?2, ?3, ?4)
             ON CONFLICT (organization_id) DO UPDATE SET
                 name = excluded.name, time_zone = excluded.time_zone, locale = excluded.locale",
        )?
        .execute(params![
            organization.name,
            organization.time_zone,
            organization.locale,
            tx.now()
        ])?;
    Ok(())
}

/// Makes an organization without a name when there is none, for people who are added on the command line
/// before the set-up.
///
/// # Errors
/// SQLite's.
pub fn ensure(tx: &Tx<'_>) -> Result<()> {
    if find(&tx.reader())?.is_some() {
        return Ok(());
    }
    save(
        tx,
        &Organization {
            name: String::new(),
            time_zone: system_time_zone(),
            locale: "en".to_owned(),
        },
    )
}

/// The zone of this machine, as an IANA name; UTC when the system does not say.
pub fn system_time_zone() -> String {
    iana_time_zone::get_timezone().unwrap_or_else(|_| "UTC".to_owned())
}
