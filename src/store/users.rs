//! The people who sign in.
//!
//! Invariants: once there is an administrator, there is always one who may sign in; everybody is a
//! member of the default queue; whoever is disabled or gets another password is signed out everywhere;
//! nobody who is disabled answers a conversation.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};
use rusqlite::{OptionalExtension as _, Row, params};

use serde::Serialize;

use crate::domain::access::Role;
use crate::domain::audit::{Act, Kind, Shown, Subject};
use crate::domain::ids::{BrowserSessionId, UserId};
use crate::domain::live_event::Worker;
use crate::domain::time::Timestamp;

use super::{Reader, Result, Tx, audit, conversations, queues, sessions, user_links};

/// A person who signs in.
#[derive(Clone, Debug)]
pub struct User {
    /// Row id.
    pub id: UserId,
    /// Address that they sign in with; upper and lower case are the same.
    pub email: String,
    /// Name on screen.
    pub name: String,
    /// Permissions.
    pub role: Role,
    /// Argon2id, as a PHC string.
    pub password_hash: String,
    /// Since when they may not sign in; `None`: they may.
    pub disabled_at: Option<Timestamp>,
}

/// A person to add.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Address to sign in with.
    pub email: String,
    /// Name on screen.
    pub name: String,
    /// Permissions.
    pub role: Role,
    /// Argon2id, as a PHC string.
    pub password_hash: String,
}

/// What came of [`add`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// The person is there.
    Added(UserId),
    /// Somebody has this email already; nothing changed.
    EmailTaken,
}

/// What came of [`disable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disabled {
    /// The person can no longer sign in and is signed out everywhere.
    Disabled,
    /// Nobody else could administer; nothing changed.
    LastAdministrator,
}

impl FromSql for Role {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let word = value.as_str()?;
        Role::from_word(word)
            .ok_or_else(|| FromSqlError::Other(format!("{word:?} is no role").into()))
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        id: row.get(0)?,
        email: row.get(1)?,
        name: row.get(2)?,
        role: row.get(3)?,
        password_hash: row.get(4)?,
        disabled_at: row.get(5)?,
    })
}

/// Whoever signs in with `email`; `None` when nobody does. Disabled people are found too.
///
/// # Errors
/// SQLite's.
pub fn by_email(reader: &Reader<'_>, email: &str) -> Result<Option<User>> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT user_id, email, name, role, password_hash, disabled_at FROM user
             WHERE email = ?1",
        )?
        .query_row([email], read)
        .optional()?)
}

/// Everybody, by name.
///
/// # Errors
/// SQLite's.
pub fn all(reader: &Reader<'_>) -> Result<Vec<User>> {
    reader
        .connection()
        .prepare_cached(
            "SELECT user_id, email, name, role, password_hash, disabled_at FROM user
             ORDER BY name COLLATE NOCASE, user_id",
        )?
        .query_map([], read)?
        .map(|user| Ok(user?))
        .collect()
}

/// The name of a person on screen; `None` when there is no such person.
///
/// # Errors
/// SQLite's.
pub fn name(reader: &Reader<'_>, user: UserId) -> Result<Option<String>> {
    Ok(reader
        .connection()
        .prepare_cached("SELECT name FROM user WHERE user_id = ?1")?
        .query_row([user], |row| row.get(0))
        .optional()?)
}

/// Whether the set-up is over: somebody administers.
///
/// # Errors
/// SQLite's.
pub fn has_administrator(reader: &Reader<'_>) -> Result<bool> {
    Ok(reader
        .connection()
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM user WHERE role = 'administrator')")?
        .query_row([], |row| row.get(0))?)
}

/// Adds a person, and makes them a member of the default queue, which is made when it is not there yet.
///
/// # Errors
/// SQLite's.
pub fn add(tx: &Tx<'_>, user: &NewUser) -> Result<Added> {
    let added = tx
        .connection()
        .prepare_cached(
            "INSERT INTO user (email, name, role, password_hash, created_at, joined_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?5) ON CONFLICT (email) DO NOTHING",
        )?
        .execute(params![
            user.email,
            user.name,
            user.role.word(),
            user.password_hash,
            tx.now()
        ])?;
    if added == 0 {
        return Ok(Added::EmailTaken);
    }
    let id = UserId(tx.connection().last_insert_rowid());
    let queue = queues::default_queue(tx)?;
    queues::join(tx, queue, id)?;
    let shown = shown(tx, id)?;
    audit::added(tx, Act::UserAdded, &subject(id, &shown), &shown)?;
    Ok(Added::Added(id))
}

/// A person in the audit log.
#[derive(Serialize)]
struct ShownUser {
    name: String,
    email: String,
    role: &'static str,
}

impl Shown for ShownUser {}

fn shown(tx: &Tx<'_>, user: UserId) -> Result<ShownUser> {
    Ok(tx
        .connection()
        .prepare_cached("SELECT name, email, role FROM user WHERE user_id = ?1")?
        .query_row([user], |row| {
            Ok(ShownUser {
                name: row.get(0)?,
                email: row.get(1)?,
                role: row.get::<_, Role>(2)?.word(),
            })
        })?)
}

fn subject(user: UserId, shown: &ShownUser) -> Subject {
    Subject::new(Kind::User, user.0, &shown.name)
}

/// Gives a person another password and signs them out everywhere.
///
/// # Errors
/// SQLite's.
pub fn set_password(tx: &Tx<'_>, user: UserId, password_hash: &str) -> Result<()> {
    store_password(tx, user, password_hash)?;
    sessions::end_all(tx, user)
}

/// Gives a person the password that they chose themselves, and signs every browser of theirs out but one.
///
/// # Errors
/// SQLite's.
pub fn change_own_password(
    tx: &Tx<'_>,
    user: UserId,
    password_hash: &str,
    kept: BrowserSessionId,
) -> Result<()> {
    store_password(tx, user, password_hash)?;
    sessions::end_others(tx, user, kept)
}

fn store_password(tx: &Tx<'_>, user: UserId, password_hash: &str) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE user SET password_hash = ?2, joined_at = coalesce(joined_at, ?3)
             WHERE user_id = ?1",
        )?
        .execute(params![user, password_hash, tx.now()])?;
    user_links::forget(tx, user)?;
    // Whoever administers from now on is told by letter what is the matter.
    tx.wake(Worker::Mail);
    let person = subject(user, &shown(tx, user)?);
    audit::done(tx, Act::UserPasswordChanged, &person)
}

/// Whether nobody else could administer without this person. Whoever was invited and has not come yet does not
/// count: the link may get lost.
///
/// # Errors
/// SQLite's.
pub fn is_last_administrator(reader: &Reader<'_>, user: UserId) -> Result<bool> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT role = 'administrator' AND NOT EXISTS (
                 SELECT 1 FROM user AS other
                 WHERE other.role = 'administrator' AND other.disabled_at IS NULL
                   AND other.joined_at IS NOT NULL AND other.user_id <> user.user_id
             ) FROM user WHERE user_id = ?1",
        )?
        .query_row([user], |row| row.get(0))?)
}

/// Lets a person no longer sign in, signs them out everywhere, and puts the conversations that they were
/// answering back into their queues, with a line that says why. `by` does it; `None`: the command line. To
/// disable somebody twice changes nothing.
///
/// # Errors
/// SQLite's.
pub fn disable(tx: &Tx<'_>, user: UserId, by: Option<UserId>) -> Result<Disabled> {
    if is_last_administrator(&tx.reader(), user)? {
        return Ok(Disabled::LastAdministrator);
    }
    let disabled = tx
        .connection()
        .prepare_cached(
            "UPDATE user SET disabled_at = ?2 WHERE user_id = ?1 AND disabled_at IS NULL",
        )?
        .execute(params![user, tx.now()])?;
    if disabled == 1 {
        audit::done(tx, Act::UserDisabled, &subject(user, &shown(tx, user)?))?;
    }
    user_links::forget(tx, user)?;
    sessions::end_all(tx, user)?;
    conversations::release_all(tx, user, by)?;
    Ok(Disabled::Disabled)
}

/// Lets a person sign in again.
///
/// # Errors
/// SQLite's.
pub fn enable(tx: &Tx<'_>, user: UserId) -> Result<()> {
    let enabled = tx
        .connection()
        .prepare_cached(
            "UPDATE user SET disabled_at = NULL WHERE user_id = ?1 AND disabled_at IS NOT NULL",
        )?
        .execute([user])?;
    if enabled == 1 {
        tx.wake(Worker::Mail);
        audit::done(tx, Act::UserEnabled, &subject(user, &shown(tx, user)?))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::Sealer;
    use crate::store::Store;

    fn add_one(store: &Store, email: &str, role: Role) -> Added {
        let user = NewUser {
            email: email.to_owned(),
            name: "Somebody".to_owned(),
            role,
            password_hash: "x".to_owned(),
        };
        store.write_blocking(move |tx| add(tx, &user)).unwrap()
    }

    fn disable_one(store: &Store, added: Added) -> Disabled {
        let Added::Added(id) = added else {
            panic!("the person was not added");
        };
        store
            .write_blocking(move |tx| disable(tx, id, None))
            .unwrap()
    }

    #[test]
    fn an_email_is_taken_whatever_its_capitals() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), Sealer::new(&[1; 32]), |_| ()).unwrap();
        assert_ne!(
            add_one(&store, "anna@shop.example", Role::Agent),
            Added::EmailTaken
        );
        assert_eq!(
            add_one(&store, "Anna@Shop.example", Role::Agent),
            Added::EmailTaken
        );
    }

    #[test]
    fn somebody_always_administers() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), Sealer::new(&[1; 32]), |_| ()).unwrap();
        let agent = add_one(&store, "agent@shop.example", Role::Agent);
        let first = add_one(&store, "first@shop.example", Role::Administrator);
        assert_eq!(disable_one(&store, first), Disabled::LastAdministrator);
        let second = add_one(&store, "second@shop.example", Role::Administrator);
        assert_eq!(disable_one(&store, first), Disabled::Disabled);
        assert_eq!(disable_one(&store, second), Disabled::LastAdministrator);
        assert_eq!(disable_one(&store, agent), Disabled::Disabled);
    }

    #[test]
    fn everybody_is_a_member_of_the_default_queue() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), Sealer::new(&[1; 32]), |_| ()).unwrap();
        let Added::Added(user) = add_one(&store, "anna@shop.example", Role::Agent) else {
            panic!("the person was not added");
        };
        let queue = store.write_blocking(queues::default_queue).unwrap();
        assert!(
            store
                .read(|reader| queues::is_member(reader, queue, user))
                .unwrap()
        );
    }
}
