//! The database as a second process looks at it: read-only, beside a running server or without one. Nothing
//! is changed, not even brought up to date.

use std::path::Path;

use rusqlite::Connection;

use crate::crypto::Sealer;

use super::{FILE, Reader, Result, connect, facts, migrate};

/// A database that is looked at.
pub struct Inspection {
    connection: Connection,
}

/// How a database's schema stands to this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// The program's own.
    Current,
    /// Older: the next start brings it up to date.
    Older,
    /// A newer program's.
    Newer,
}

impl Inspection {
    /// Opens the database in `folder`.
    ///
    /// # Errors
    /// SQLite's: there is none, it may not be read, or the file is something else.
    pub fn open(folder: &Path) -> Result<Inspection> {
        let connection = connect(&folder.join(FILE), true)?;
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        Ok(Inspection { connection })
    }

    /// What SQLite's own check finds wrong, line by line. Empty: nothing. Reads the whole file.
    ///
    /// # Errors
    /// SQLite's.
    pub fn damage(&self) -> Result<Vec<String>> {
        let mut statement = self.connection.prepare("PRAGMA integrity_check")?;
        let mut found: Vec<String> = statement
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        found.retain(|line| line != "ok");
        let mut statement = self.connection.prepare("PRAGMA foreign_key_check")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
            found.push(format!("a row of {table} points to none of {parent}"));
        }
        Ok(found)
    }

    /// How the schema stands to this program.
    ///
    /// # Errors
    /// SQLite's.
    pub fn schema(&self) -> Result<Schema> {
        let version: u32 = self
            .connection
            .query_row("PRAGMA user_version", [], |row| row.get(0))?;
        Ok(match (version as usize).cmp(&migrate::LATEST) {
            std::cmp::Ordering::Less => Schema::Older,
            std::cmp::Ordering::Equal => Schema::Current,
            std::cmp::Ordering::Greater => Schema::Newer,
        })
    }

    /// Whether the key is the one that sealed this database's secrets.
    ///
    /// # Errors
    /// SQLite's.
    pub fn fits(&self, sealer: &Sealer) -> Result<bool> {
        Ok(facts::fits(&self.connection, sealer)?)
    }

    /// Runs `read` on one snapshot. Sealed secrets open with `sealer`.
    ///
    /// # Errors
    /// What `read` returns.
    pub fn read<T>(
        &self,
        sealer: &Sealer,
        read: impl FnOnce(&Reader<'_>) -> Result<T>,
    ) -> Result<T> {
        let snapshot = self.connection.unchecked_transaction()?;
        read(&Reader {
            connection: &snapshot,
            sealer,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[test]
    fn a_database_is_looked_at_beside_its_server_and_not_changed() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Inspection::open(folder.path()).is_err());
        let key = Sealer::new(&[7; 32]);
        let store = Store::open(folder.path(), key.clone(), |_| ()).unwrap();
        let inspection = Inspection::open(folder.path()).unwrap();
        assert_eq!(inspection.damage().unwrap(), Vec::<String>::new());
        assert_eq!(inspection.schema().unwrap(), Schema::Current);
        assert!(inspection.fits(&key).unwrap());
        assert!(!inspection.fits(&Sealer::new(&[8; 32])).unwrap());
        store.close();

        let newer = Connection::open(folder.path().join(FILE)).unwrap();
        newer.pragma_update(None, "user_version", 9999).unwrap();
        assert_eq!(inspection.schema().unwrap(), Schema::Newer);
        newer.pragma_update(None, "user_version", 1).unwrap();
        assert_eq!(inspection.schema().unwrap(), Schema::Older);
    }

    #[test]
    fn damage_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), Sealer::new(&[7; 32]), |_| ()).unwrap();
        store.close();
        let file = Connection::open(folder.path().join(FILE)).unwrap();
        file.execute_batch(
            "PRAGMA foreign_keys = off;
             INSERT INTO queue_member (queue_id, user_id) VALUES (7, 7);",
        )
        .unwrap();
        let damage = Inspection::open(folder.path()).unwrap().damage().unwrap();
        assert_eq!(damage.len(), 2, "{damage:?}");
    }
}
