//! What an administrator says is prepared at the platform, where no call can tell.

use std::collections::BTreeMap;

use rusqlite::params;
use serde::Serialize;

use crate::domain::audit::{Act, Shown};
use crate::domain::ids::{AccountId, UserId};
use crate::domain::time::Timestamp;
use crate::store::{Reader, Result, Tx, audit};

use super::{audited, changed};

/// Who said so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// The person's name.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// The points in the audit log.
#[derive(Serialize)]
struct ShownPoints {
    prepared: Vec<String>,
}

impl Shown for ShownPoints {}

/// What is said to be prepared, by the word of its point.
///
/// # Errors
/// SQLite's.
pub fn prepared(reader: &Reader<'_>, account: AccountId) -> Result<BTreeMap<String, Prepared>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT point, user.name, prepared_at FROM account_preparation JOIN user ON user_id = prepared_by
         WHERE account_id = ?1",
    )?;
    let rows = statement.query_map([account], |row| {
        let prepared = Prepared {
            by: row.get(1)?,
            at: row.get(2)?,
        };
        Ok((row.get(0)?, prepared))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// These points are prepared, and no others. Who said so first stays.
///
/// # Errors
/// SQLite's.
pub fn prepare(tx: &Tx<'_>, account: AccountId, points: &[&str], by: UserId) -> Result<()> {
    let reader = tx.reader();
    let before = shown(&reader, account)?;
    for gone in before
        .prepared
        .iter()
        .filter(|it| !points.contains(&it.as_str()))
    {
        tx.connection()
            .prepare_cached("DELETE FROM account_preparation WHERE account_id = ?1 AND point = ?2")?
            .execute(params![account, gone])?;
    }
    for point in points {
        tx.connection()
            .prepare_cached(
                "INSERT INTO account_preparation (account_id, point, prepared_by, prepared_at)
                 VALUES (?1, ?2, ?3, ?4) ON CONFLICT (account_id, point) DO NOTHING",
            )?
            .execute(params![account, point, by, tx.now()])?;
    }
    if let Some(row) = audited::shown(tx, account)? {
        let (subject, after) = (audited::subject(account, &row), shown(&reader, account)?);
        audit::changed(tx, Act::AccountChanged, &subject, &before, &after)?;
    }
    changed(tx, account)
}

fn shown(reader: &Reader<'_>, account: AccountId) -> Result<ShownPoints> {
    Ok(ShownPoints {
        prepared: prepared(reader, account)?.into_keys().collect(),
    })
}
