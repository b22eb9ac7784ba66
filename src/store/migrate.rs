//! Brings the database up to date: forward-only migrations, embedded, numbered without gaps.

use std::path::Path;

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations, SchemaVersion};

use super::OpenError;

/// In order; the structure test compares this with the folder `migrations`.
const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/0001_people.sql"),
    include_str!("../../migrations/0002_channels.sql"),
    include_str!("../../migrations/0003_conversations.sql"),
    include_str!("../../migrations/0004_conversation_counts.sql"),
    include_str!("../../migrations/0005_standby.sql"),
    include_str!("../../migrations/0006_audit.sql"),
    include_str!("../../migrations/0007_staff.sql"),
    include_str!("../../migrations/0008_token_health.sql"),
    include_str!("../../migrations/0009_operating_hours.sql"),
    include_str!("../../migrations/0010_queues.sql"),
    include_str!("../../migrations/0011_workstreams.sql"),
    include_str!("../../migrations/0012_rules.sql"),
    include_str!("../../migrations/0013_settings.sql"),
    include_str!("../../migrations/0014_automated_messages.sql"),
    include_str!("../../migrations/0015_parked_events.sql"),
    include_str!("../../migrations/0016_distribution.sql"),
    include_str!("../../migrations/0017_quick_replies.sql"),
    include_str!("../../migrations/0018_topics.sql"),
    include_str!("../../migrations/0019_removed_accounts.sql"),
    include_str!("../../migrations/0020_alarm_mail.sql"),
    include_str!("../../migrations/0021_media.sql"),
    include_str!("../../migrations/0022_sending.sql"),
    include_str!("../../migrations/0023_customers.sql"),
    include_str!("../../migrations/0024_media_out.sql"),
    include_str!("../../migrations/0025_instance_draft.sql"),
    include_str!("../../migrations/0026_courtesies.sql"),
    include_str!("../../migrations/0027_history.sql"),
    include_str!("../../migrations/0028_quotes.sql"),
    include_str!("../../migrations/0029_taking_part.sql"),
    include_str!("../../migrations/0030_distribution_times.sql"),
    include_str!("../../migrations/0031_queue_rules.sql"),
];

/// The version of the schema that this program works with.
pub(super) const LATEST: usize = MIGRATIONS.len();

/// Applies what is missing. A database that already holds data is copied first.
pub(super) fn to_latest(connection: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let migrations = Migrations::new(MIGRATIONS.iter().map(|sql| M::up(sql)).collect());
    let failed = |reason: String| OpenError::Migration {
        path: path.to_owned(),
        reason,
    };
    let version = match migrations
        .current_version(connection)
        .map_err(|error| failed(error.to_string()))?
    {
        SchemaVersion::NoneSet => 0,
        SchemaVersion::Inside(version) => version.get(),
        SchemaVersion::Outside(_) => {
            return Err(OpenError::Newer {
                path: path.to_owned(),
            });
        }
    };
    if version == MIGRATIONS.len() {
        return Ok(());
    }
    if version > 0 {
        copy(connection, path, version).map_err(|error| failed(error.to_string()))?;
    }
    migrations
        .to_latest(connection)
        .map_err(|error| failed(error.to_string()))
}

/// The name of the copy that is kept beside the database before the migration from `version`.
pub fn copy_name(version: usize) -> String {
    format!("tiski-before-{:04}.db", version + 1)
}

fn copy(connection: &Connection, path: &Path, version: usize) -> rusqlite::Result<()> {
    let copy = path.with_file_name(copy_name(version));
    // Left by an update that was cut off before its migration: made again.
    let _ = std::fs::remove_file(&copy);
    connection.execute("VACUUM INTO ?1", [copy.to_string_lossy()])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_database_has_every_table_and_no_copy_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tiski.db");
        let mut connection = Connection::open(&path).unwrap();
        to_latest(&mut connection, &path).unwrap();
        let tables: i64 = connection
            .query_row(
                "SELECT count(*) FROM sqlite_schema WHERE type = 'table'",
                [],
                |row| row.get(0),
            )
            .unwrap();
        assert!(tables > 15);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn an_older_database_is_copied_before_it_is_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tiski.db");
        let mut connection = Connection::open(&path).unwrap();
        Migrations::new(vec![M::up(MIGRATIONS[0])])
            .to_latest(&mut connection)
            .unwrap();
        to_latest(&mut connection, &path).unwrap();
        let copy = Connection::open(folder.path().join(copy_name(1))).unwrap();
        let version: i64 = copy
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .unwrap();
        assert_eq!(version, 1);
    }

    #[test]
    fn a_newer_database_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tiski.db");
        let mut connection = Connection::open(&path).unwrap();
        connection
            .pragma_update(None, "user_version", 9999)
            .unwrap();
        let refused = to_latest(&mut connection, &path).unwrap_err();
        assert!(refused.to_string().contains("newer"), "{refused}");
    }
}
