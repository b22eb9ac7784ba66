//! Facts about the database itself.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _};

use crate::crypto::{Sealer, Secret};
use crate::domain::time::Timestamp;

use super::{OpenError, Reader, Result as StoreResult, Tx};

const KEY_CHECK: &str = "key check";
const KEY_CHECK_PLACE: &str = "fact|value|key check";

/// Writes when the health was last asked for, to see that writing works.
///
/// # Errors
/// SQLite's.
pub fn note_health(tx: &Tx<'_>) -> StoreResult<()> {
    tx.connection()
        .prepare_cached(
            "INSERT INTO fact (name, value) VALUES ('health', ?1)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )?
        .execute([tx.now().millis().to_string()])?;
    Ok(())
}

/// Until when the platforms are known to have reached us, or to have kept what they could not bring. `None`: nobody has
/// looked yet.
///
/// # Errors
/// SQLite's.
pub fn listened_until(reader: &Reader<'_>) -> StoreResult<Option<Timestamp>> {
    let stored: Option<String> = reader
        .connection()
        .prepare_cached("SELECT value FROM fact WHERE name = 'listened until'")?
        .query_row([], |row| row.get(0))
        .optional()?;
    let millis = stored.and_then(|text| text.parse().ok());
    Ok(millis.map(Timestamp::from_millis))
}

/// Records that what was said until now is here.
///
/// # Errors
/// SQLite's.
pub fn note_listening(tx: &Tx<'_>) -> StoreResult<()> {
    tx.connection()
        .prepare_cached(
            "INSERT INTO fact (name, value) VALUES ('listened until', ?1)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )?
        .execute([tx.now().millis().to_string()])?;
    Ok(())
}

/// When something was stored last, as far as it is easily told. `None`: nothing was.
///
/// # Errors
/// SQLite's.
pub fn newest(reader: &Reader<'_>) -> StoreResult<Option<Timestamp>> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT max(moment) FROM (
                 SELECT max(occurred_at) AS moment FROM live_event
                 UNION ALL SELECT created_at FROM organization)",
        )?
        .query_row([], |row| row.get(0))?)
}

/// Whether the key is the one that sealed this database's secrets; no key has yet sealed any of a new one's.
pub(super) fn fits(connection: &Connection, sealer: &Sealer) -> rusqlite::Result<bool> {
    let sealed = sealed_check(connection)?;
    Ok(sealed.is_none_or(|sealed| sealer.open(KEY_CHECK_PLACE, &sealed).is_ok()))
}

fn sealed_check(connection: &Connection) -> rusqlite::Result<Option<String>> {
    connection
        .query_row(
            "SELECT value FROM fact WHERE name = ?1",
            [KEY_CHECK],
            |row| row.get(0),
        )
        .optional()
}

/// Lets SQLite look at how its tables have grown, so that it keeps choosing the right index. Short: it samples.
///
/// # Errors
/// SQLite's.
pub fn optimize(tx: &Tx<'_>) -> StoreResult<()> {
    tx.connection()
        .execute_batch("PRAGMA analysis_limit = 400; PRAGMA optimize")?;
    Ok(())
}

/// Compares the key with the one that sealed this database's secrets; a new database takes the key.
/// A wrong key never overwrites anything.
pub(super) fn check_key(
    connection: &Connection,
    sealer: &Sealer,
    path: &Path,
) -> Result<(), OpenError> {
    let database = |source| OpenError::Database {
        path: path.to_owned(),
        source,
    };
    let sealed = sealed_check(connection).map_err(database)?;
    match sealed {
        Some(sealed) => sealer
            .open(KEY_CHECK_PLACE, &sealed)
            .map(|_| ())
            .map_err(|_| OpenError::WrongKey {
                path: path.to_owned(),
            }),
        None => {
            let sealed = sealer.seal(KEY_CHECK_PLACE, &Secret::new("tiski"));
            connection
                .execute(
                    "INSERT INTO fact (name, value) VALUES (?1, ?2)",
                    [KEY_CHECK, &sealed],
                )
                .map(|_| ())
                .map_err(database)
        }
    }
}
