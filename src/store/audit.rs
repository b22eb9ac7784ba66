//! The audit log: every change of the configuration and every act that needs a right, written in the
//! transaction of the change itself.
//!
//! How to record a change from a write function of this module:
//!
//! ```text
//! let before = shown(tx, id)?;                       // a struct that implements domain::audit::Shown
//! … UPDATE …
//! audit::changed(tx, Act::PageChanged, subject, &before, &shown(tx, id)?)
//! ```
//!
//! Who acts, and from where, comes from the transaction: handlers write with `Store::write_by`. A change that
//! changes nothing is not recorded. Entries are never rewritten; a trigger refuses it.

use rusqlite::{Row, ToSql, named_params};

use crate::domain::audit::{Act, Actor, Fields, Kind, Nothing, Shown, Subject, difference, fields};
use crate::domain::ids::{AuditEntryId, UserId};
use crate::domain::time::Timestamp;

use super::{Reader, Result, Tx};

/// A line of the log.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Row id; grows with time.
    pub id: AuditEntryId,
    /// When.
    pub at: Timestamp,
    /// Who, as a word of [`Actor`].
    pub actor: String,
    /// The person; `None` when it was not one.
    pub user: Option<UserId>,
    /// The person's name at that moment; empty when it was not one.
    pub name: String,
    /// Where the browser was; empty when there was none.
    pub address: String,
    /// What, as a word of [`Act`].
    pub act: String,
    /// What kind of thing was changed, as a word of [`Kind`].
    pub kind: String,
    /// Its row; `None` for what there is only one of.
    pub subject_id: Option<i64>,
    /// Its name at that moment; may be empty.
    pub subject: String,
    /// The fields that differ, as they were.
    pub before: Fields,
    /// The fields that differ, as they became.
    pub after: Fields,
}

/// Which lines are wanted; an empty filter wants all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// By this person.
    pub user: Option<UserId>,
    /// Of this act.
    pub act: Option<Act>,
    /// About this kind of thing.
    pub kind: Option<Kind>,
    /// About the thing with this row; wants `kind` as well.
    pub subject_id: Option<i64>,
    /// With these words in the thing's name, whatever their capitals; empty: any.
    pub words: String,
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

/// Records that something was added.
///
/// # Errors
/// SQLite's.
pub fn added(tx: &Tx<'_>, act: Act, subject: &Subject, after: &impl Shown) -> Result<()> {
    insert(tx, act, subject, Fields::new(), fields(after))
}

/// Records that something was taken away.
///
/// # Errors
/// SQLite's.
pub fn removed(tx: &Tx<'_>, act: Act, subject: &Subject, before: &impl Shown) -> Result<()> {
    insert(tx, act, subject, fields(before), Fields::new())
}

/// Records that something was changed; nothing when nothing differs.
///
/// # Errors
/// SQLite's.
pub fn changed<S: Shown>(
    tx: &Tx<'_>,
    act: Act,
    subject: &Subject,
    before: &S,
    after: &S,
) -> Result<()> {
    let (before, after) = difference(fields(before), fields(after));
    if before.is_empty() && after.is_empty() {
        return Ok(());
    }
    insert(tx, act, subject, before, after)
}

/// Records an act that changes nothing that could be shown.
///
/// # Errors
/// SQLite's.
pub fn done(tx: &Tx<'_>, act: Act, subject: &Subject) -> Result<()> {
    added(tx, act, subject, &Nothing {})
}

fn insert(tx: &Tx<'_>, act: Act, subject: &Subject, before: Fields, after: Fields) -> Result<()> {
    let (user, name, address) = match tx.actor() {
        Actor::Person { id, name, address } => (Some(id), name.as_str(), address.to_string()),
        Actor::Link { address } => (None, "", address.to_string()),
        Actor::CommandLine | Actor::Program => (None, "", String::new()),
    };
    tx.connection()
        .prepare_cached(
            "INSERT INTO audit_entry (at, actor, user_id, name, address, act, kind, subject_id, subject,
                                      before, after)
             VALUES (:at, :actor, :user, :name, :address, :act, :kind, :subject_id, :subject, :before,
                     :after)",
        )?
        .execute(named_params! {
            ":at": tx.now(),
            ":actor": tx.actor().word(),
            ":user": user,
            ":name": name,
            ":address": address,
            ":act": act.word(),
            ":kind": subject.kind.word(),
            ":subject_id": subject.id,
            ":subject": subject.name,
            ":before": serde_json::Value::Object(before).to_string(),
            ":after": serde_json::Value::Object(after).to_string(),
        })?;
    Ok(())
}

/// The newest lines before `before` that the filter wants, newest first, at most `limit`.
///
/// # Errors
/// SQLite's.
pub fn list(
    reader: &Reader<'_>,
    filter: &Filter,
    before: Option<AuditEntryId>,
    limit: usize,
) -> Result<Vec<Entry>> {
    let (conditions, values) = conditions(filter, before);
    let limit = limit as i64;
    let mut bound: Vec<&dyn ToSql> = values.iter().map(|value| &**value).collect();
    bound.push(&limit);
    let mut statement = reader.connection().prepare_cached(&format!(
        "SELECT audit_entry_id, at, actor, user_id, name, address, act, kind, subject_id, subject, before, after
         FROM audit_entry WHERE audit_entry_id < ? {conditions}
         ORDER BY audit_entry_id DESC LIMIT ?"
    ))?;
    let entries = statement.query_map(&*bound, read)?;
    Ok(entries.collect::<rusqlite::Result<_>>()?)
}

/// The conditions of a filter, each of fixed words, with the values that fill them in the same order.
fn conditions(filter: &Filter, before: Option<AuditEntryId>) -> (String, Vec<Box<dyn ToSql>>) {
    let mut sql = String::new();
    let mut values: Vec<Box<dyn ToSql>> = vec![Box::new(before.unwrap_or(AuditEntryId(i64::MAX)))];
    let mut add = |condition: &str, value: Option<Box<dyn ToSql>>| {
        if let Some(value) = value {
            sql.push_str(condition);
            values.push(value);
        }
    };
    add("AND user_id = ? ", filter.user.map(boxed));
    add("AND act = ? ", filter.act.map(Act::word).map(boxed));
    add("AND kind = ? ", filter.kind.map(Kind::word).map(boxed));
    add("AND subject_id = ? ", filter.subject_id.map(boxed));
    add("AND at >= ? ", filter.from.map(boxed));
    add("AND at < ? ", filter.until.map(boxed));
    let words = filter.words.trim();
    add(
        r"AND subject LIKE ? ESCAPE '\' ",
        (!words.is_empty()).then(|| boxed(super::containing(words))),
    );
    (sql, values)
}

fn boxed(value: impl ToSql + 'static) -> Box<dyn ToSql> {
    Box::new(value)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let fields = |index| -> rusqlite::Result<Fields> {
        // What this program wrote is an object; anything else is shown as nothing rather than hiding the line.
        Ok(serde_json::from_str(&row.get::<_, String>(index)?).unwrap_or_default())
    };
    Ok(Entry {
        id: row.get(0)?,
        at: row.get(1)?,
        actor: row.get(2)?,
        user: row.get(3)?,
        name: row.get(4)?,
        address: row.get(5)?,
        act: row.get(6)?,
        kind: row.get(7)?,
        subject_id: row.get(8)?,
        subject: row.get(9)?,
        before: fields(10)?,
        after: fields(11)?,
    })
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::*;
    use crate::crypto::Sealer;
    use crate::store::Store;

    #[derive(Clone, Serialize)]
    struct Thing {
        name: String,
    }

    impl Shown for Thing {}

    fn thing(name: &str) -> Thing {
        Thing {
            name: name.to_owned(),
        }
    }

    fn all(store: &Store, filter: &Filter) -> Vec<String> {
        let entries = store.read(|reader| list(reader, filter, None, 10)).unwrap();
        entries.into_iter().map(|entry| entry.subject).collect()
    }

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), Sealer::new(&[1; 32]), |_| ()).unwrap();
        (folder, store)
    }

    #[test]
    fn a_change_that_changes_nothing_is_not_recorded() {
        let (_folder, store) = store();
        store
            .write_blocking(|tx| {
                let subject = Subject::new(Kind::Page, 1, "Lumi");
                changed(tx, Act::PageChanged, &subject, &thing("a"), &thing("a"))?;
                changed(tx, Act::PageChanged, &subject, &thing("a"), &thing("b"))
            })
            .unwrap();
        assert_eq!(all(&store, &Filter::default()), ["Lumi"]);
    }

    #[test]
    fn a_filter_finds_what_it_says_and_nothing_else() {
        let (_folder, store) = store();
        store
            .write_blocking(|tx| {
                tx.act_as(Actor::CommandLine);
                for (act, kind, id, name) in [
                    (Act::PageAdded, Kind::Page, 1, "50% off"),
                    (Act::PageAdded, Kind::Page, 2, "500 things"),
                    (Act::UserAdded, Kind::User, 1, "Anna"),
                ] {
                    done(tx, act, &Subject::new(kind, id, name))?;
                }
                Ok(())
            })
            .unwrap();
        let found = |filter: Filter| all(&store, &filter);
        let act = Some(Act::PageAdded);
        assert_eq!(
            found(Filter {
                act,
                ..Filter::default()
            }),
            ["500 things", "50% off"]
        );
        let (kind, subject_id) = (Some(Kind::Page), Some(1));
        assert_eq!(
            found(Filter {
                kind,
                subject_id,
                ..Filter::default()
            }),
            ["50% off"]
        );
        let words = "50%".to_owned();
        assert_eq!(
            found(Filter {
                words,
                ..Filter::default()
            }),
            ["50% off"]
        );
        let until = Some(Timestamp::from_millis(0));
        assert!(
            found(Filter {
                until,
                ..Filter::default()
            })
            .is_empty()
        );
        let user = Some(UserId(1));
        assert!(
            found(Filter {
                user,
                ..Filter::default()
            })
            .is_empty()
        );
    }

    #[test]
    fn nobody_rewrites_an_entry() {
        let (_folder, store) = store();
        let rewritten = store.write_blocking(|tx| {
            done(tx, Act::AuditExported, &Subject::only(Kind::AuditLog))?;
            tx.connection()
                .execute("UPDATE audit_entry SET name = 'Somebody else'", [])?;
            Ok(())
        });
        assert!(
            rewritten
                .unwrap_err()
                .to_string()
                .contains("never rewritten")
        );
    }

    #[test]
    fn a_change_that_is_taken_back_leaves_no_entry() {
        let (_folder, store) = store();
        let failed: Result<()> = store.write_blocking(|tx| {
            done(tx, Act::AuditExported, &Subject::only(Kind::AuditLog))?;
            Err(crate::store::StoreError::Busy)
        });
        assert!(failed.is_err());
        assert!(all(&store, &Filter::default()).is_empty());
    }
}
