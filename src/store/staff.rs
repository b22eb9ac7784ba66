//! The people who answer, as an administrator sees and sets them: role, language, capacity, presence, queues
//! and skills.
//!
//! Invariants: nobody changes their own role, and there is always an administrator who may sign in; everybody
//! is a member of the default queue.

use rusqlite::{OptionalExtension as _, Row, named_params, params};
use serde::Serialize;

use crate::domain::access::Role;
use crate::domain::audit::{Act, Actor, Kind, Shown, Subject};
use crate::domain::ids::{PresenceId, QueueId, SkillId, UserId};
use crate::domain::live_event::Worker;
use crate::domain::time::Timestamp;

use super::users::{self, Added, NewUser};
use super::{Reader, Result, Tx, audit};

/// Most units of capacity that a person can have.
pub const CAPACITY_LIMIT: u32 = 10_000;

/// A person, as the list of people shows them.
#[derive(Clone, Debug)]
pub struct Member {
    /// Row id.
    pub id: UserId,
    /// Address that they sign in with.
    pub email: String,
    /// Name on screen.
    pub name: String,
    /// A shorter name; may be empty.
    pub nickname: String,
    /// Permissions.
    pub role: Role,
    /// Language tag; `None`: the organization's.
    pub locale: Option<String>,
    /// Units of work that they take at once.
    pub capacity: u32,
    /// Where they begin after signing in; `None`: Available.
    pub presence: Option<PresenceId>,
    /// When they were added.
    pub created_at: Timestamp,
    /// When they first had a password of their own; `None`: invited, and not come yet.
    pub joined_at: Option<Timestamp>,
    /// Since when they may not sign in; `None`: they may.
    pub disabled_at: Option<Timestamp>,
    /// When one of their signed-in browsers was last seen; `None`: none is signed in.
    pub seen_at: Option<Timestamp>,
    /// The names of their queues beside the default one, by name.
    pub queues: Vec<String>,
}

/// What an administrator sets about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Name on screen.
    pub name: String,
    /// A shorter name; may be empty.
    pub nickname: String,
    /// Address that they sign in with.
    pub email: String,
    /// Permissions.
    pub role: Role,
    /// Language tag; `None`: the organization's.
    pub locale: Option<String>,
    /// Units of work that they take at once, at most [`CAPACITY_LIMIT`].
    pub capacity: u32,
    /// Where they begin after signing in; `None`: Available.
    pub presence: Option<PresenceId>,
    /// Their queues; the default one need not be among them.
    pub queues: Vec<QueueId>,
    /// Their skills with ratings from 1 to 10.
    pub skills: Vec<(SkillId, u8)>,
}

/// What came of [`save`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// It is as it was typed.
    Saved,
    /// Somebody else signs in with this email; nothing changed.
    EmailTaken,
    /// Nobody else could administer; nothing changed.
    LastAdministrator,
    /// Nobody changes their own role; nothing changed.
    OwnRole,
    /// There is no such person.
    Gone,
}

const COLUMNS: &str = "user_id, email, name, nickname, role, locale, capacity, default_presence_id, \
    created_at, joined_at, disabled_at, \
    (SELECT max(last_seen_at) FROM browser_session WHERE browser_session.user_id = user.user_id), \
    (SELECT json_group_array(queue.name ORDER BY queue.name) FROM queue_member JOIN queue USING (queue_id) \
     WHERE queue_member.user_id = user.user_id AND queue.is_default = 0)";

fn read(row: &Row<'_>) -> rusqlite::Result<Member> {
    Ok(Member {
        id: row.get(0)?,
        email: row.get(1)?,
        name: row.get(2)?,
        nickname: row.get(3)?,
        role: row.get(4)?,
        locale: row.get(5)?,
        capacity: row.get(6)?,
        presence: row.get(7)?,
        created_at: row.get(8)?,
        joined_at: row.get(9)?,
        disabled_at: row.get(10)?,
        seen_at: row.get(11)?,
        queues: serde_json::from_str(&row.get::<_, String>(12)?).unwrap_or_default(),
    })
}

/// Everybody, oldest first.
///
/// # Errors
/// SQLite's.
pub fn all(reader: &Reader<'_>) -> Result<Vec<Member>> {
    let mut statement = reader
        .connection()
        .prepare_cached(&format!("SELECT {COLUMNS} FROM user ORDER BY user_id"))?;
    let members = statement.query_map([], read)?;
    Ok(members.collect::<rusqlite::Result<_>>()?)
}

/// The person of an id; `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn by_id(reader: &Reader<'_>, user: UserId) -> Result<Option<Member>> {
    Ok(reader
        .connection()
        .prepare_cached(&format!("SELECT {COLUMNS} FROM user WHERE user_id = ?1"))?
        .query_row([user], read)
        .optional()?)
}

/// What an administrator sets about a person, as it is now; `None` when there is no such person.
///
/// # Errors
/// SQLite's.
pub fn draft(reader: &Reader<'_>, user: UserId) -> Result<Option<Draft>> {
    let Some(member) = by_id(reader, user)? else {
        return Ok(None);
    };
    let connection = reader.connection();
    let queues = connection
        .prepare_cached("SELECT queue_id FROM queue_member WHERE user_id = ?1 ORDER BY queue_id")?
        .query_map([user], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let skills = connection
        .prepare_cached(
            "SELECT skill_id, rating FROM user_skill WHERE user_id = ?1 ORDER BY skill_id",
        )?
        .query_map([user], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(Draft {
        name: member.name,
        nickname: member.nickname,
        email: member.email,
        role: member.role,
        locale: member.locale,
        capacity: member.capacity,
        presence: member.presence,
        queues,
        skills,
    }))
}

/// A person in the audit log.
#[derive(Serialize)]
struct ShownMember {
    name: String,
    nickname: String,
    email: String,
    role: &'static str,
    locale: Option<String>,
    capacity: u32,
    presence: Option<String>,
    queues: Vec<String>,
    skills: Vec<String>,
}

impl Shown for ShownMember {}

fn shown(tx: &Tx<'_>, user: UserId, member: Member) -> Result<ShownMember> {
    let presence = tx
        .connection()
        .prepare_cached("SELECT name FROM presence WHERE presence_id = ?1")?
        .query_row([member.presence], |row| row.get(0))
        .optional()?;
    let skills = tx
        .connection()
        .prepare_cached(
            "SELECT name, rating FROM user_skill JOIN skill USING (skill_id)
             WHERE user_id = ?1 ORDER BY name",
        )?
        .query_map([user], |row| {
            let (name, rating): (String, u8) = (row.get(0)?, row.get(1)?);
            Ok(format!("{name} {rating}"))
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(ShownMember {
        name: member.name,
        nickname: member.nickname,
        email: member.email,
        role: member.role.word(),
        locale: member.locale,
        capacity: member.capacity,
        presence,
        queues: member.queues,
        skills,
    })
}

/// Adds a person who has no password of their own yet: `unknown_hash` is one of a password that nobody knows.
///
/// # Errors
/// SQLite's.
pub fn invite(tx: &Tx<'_>, draft: &Draft, unknown_hash: String) -> Result<Added> {
    let new = NewUser {
        email: draft.email.clone(),
        name: draft.name.clone(),
        role: draft.role,
        password_hash: unknown_hash,
    };
    let added = users::add(tx, &new)?;
    if let Added::Added(user) = added {
        tx.connection()
            .prepare_cached("UPDATE user SET joined_at = NULL WHERE user_id = ?1")?
            .execute([user])?;
        store(tx, user, draft)?;
    }
    Ok(added)
}

/// Sets everything that an administrator sets about a person. Holds at once, also where they are signed in.
///
/// # Errors
/// SQLite's; a presence, queue or skill that is gone breaks a `FOREIGN KEY` constraint.
pub fn save(tx: &Tx<'_>, user: UserId, draft: &Draft) -> Result<Saved> {
    let Some(before) = by_id(&tx.reader(), user)? else {
        return Ok(Saved::Gone);
    };
    if before.role != draft.role {
        if matches!(tx.actor(), Actor::Person { id, .. } if *id == user) {
            return Ok(Saved::OwnRole);
        }
        if before.role == Role::Administrator && users::is_last_administrator(&tx.reader(), user)? {
            return Ok(Saved::LastAdministrator);
        }
    }
    let is_taken: bool = tx
        .connection()
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM user WHERE email = ?1 AND user_id <> ?2)")?
        .query_row(params![draft.email, user], |row| row.get(0))?;
    if is_taken {
        return Ok(Saved::EmailTaken);
    }
    let before = shown(tx, user, before)?;
    store(tx, user, draft)?;
    if let Some(after) = by_id(&tx.reader(), user)? {
        let after = shown(tx, user, after)?;
        let subject = Subject::new(Kind::User, user.0, &after.name);
        audit::changed(tx, Act::UserChanged, &subject, &before, &after)?;
    }
    Ok(Saved::Saved)
}

fn store(tx: &Tx<'_>, user: UserId, draft: &Draft) -> Result<()> {
    // Whoever administers from now on is told by letter what is the matter.
    tx.wake(Worker::Mail);
    let connection = tx.connection();
    connection
        .prepare_cached(
            "UPDATE user SET name = :name, nickname = :nickname, email = :email, role = :role,
                 locale = :locale, capacity = :capacity, default_presence_id = :presence
             WHERE user_id = :user",
        )?
        .execute(named_params! {
            ":user": user,
            ":name": draft.name,
            ":nickname": draft.nickname,
            ":email": draft.email,
            ":role": draft.role.word(),
            ":locale": draft.locale,
            ":capacity": draft.capacity,
            ":presence": draft.presence,
        })?;
    connection
        .prepare_cached(
            "DELETE FROM queue_member WHERE user_id = ?1
                 AND queue_id IN (SELECT queue_id FROM queue WHERE is_default = 0)",
        )?
        .execute([user])?;
    for queue in &draft.queues {
        super::queues::join(tx, *queue, user)?;
    }
    connection
        .prepare_cached("DELETE FROM user_skill WHERE user_id = ?1")?
        .execute([user])?;
    for (skill, rating) in &draft.skills {
        connection
            .prepare_cached(
                "INSERT INTO user_skill (user_id, skill_id, rating) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![user, skill, rating])?;
    }
    Ok(())
}

/// Sets what a supervisor sets about a person, and leaves the rest.
///
/// # Errors
/// SQLite's; a presence or queue that is gone breaks a `FOREIGN KEY` constraint.
pub fn set_work(
    tx: &Tx<'_>,
    user: UserId,
    capacity: u32,
    presence: Option<PresenceId>,
    queues: Vec<QueueId>,
) -> Result<()> {
    let Some(draft) = draft(&tx.reader(), user)? else {
        return Ok(());
    };
    let wanted = Draft {
        capacity,
        presence,
        queues,
        ..draft
    };
    save(tx, user, &wanted)?;
    Ok(())
}

/// What a person sets about themselves.
///
/// # Errors
/// SQLite's.
pub fn save_own(
    tx: &Tx<'_>,
    user: UserId,
    name: &str,
    nickname: &str,
    locale: Option<&str>,
) -> Result<()> {
    let Some(draft) = draft(&tx.reader(), user)? else {
        return Ok(());
    };
    let own = Draft {
        name: name.to_owned(),
        nickname: nickname.to_owned(),
        locale: locale.map(str::to_owned),
        ..draft
    };
    save(tx, user, &own)?;
    Ok(())
}

/// What a person has in hand: what is to be said before they are deactivated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InHand {
    /// Conversations that they are answering.
    pub active: u32,
    /// Conversations that wait for the customer.
    pub waiting: u32,
    /// Conversations that are being wrapped up.
    pub wrap_up: u32,
}

/// What a person has in hand.
///
/// # Errors
/// SQLite's.
pub fn in_hand(reader: &Reader<'_>, user: UserId) -> Result<InHand> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT count(*) FILTER (WHERE state = 'active'), count(*) FILTER (WHERE state = 'waiting'),
                    count(*) FILTER (WHERE state = 'wrap_up')
             FROM conversation WHERE agent_id = ?1",
        )?
        .query_row([user], |row| {
            Ok(InHand {
                active: row.get(0)?,
                waiting: row.get(1)?,
                wrap_up: row.get(2)?,
            })
        })?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::Sealer;
    use crate::store::{Store, queues};

    fn store_with(people: &[(&'static str, Role)]) -> (tempfile::TempDir, Store, Vec<UserId>) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), Sealer::new(&[1; 32]), |_| ()).unwrap();
        let ids = people
            .iter()
            .map(|(name, role)| {
                let new = NewUser {
                    email: format!("{name}@shop.example"),
                    name: (*name).to_owned(),
                    role: *role,
                    password_hash: "x".to_owned(),
                };
                match store
                    .write_blocking(move |tx| users::add(tx, &new))
                    .unwrap()
                {
                    Added::Added(id) => id,
                    Added::EmailTaken => panic!("{name} is there already"),
                }
            })
            .collect();
        (folder, store, ids)
    }

    fn change(store: &Store, by: UserId, user: UserId, edit: fn(&mut Draft)) -> Saved {
        let actor = Actor::Person {
            id: by,
            name: "somebody".to_owned(),
            address: "192.0.2.7".parse().unwrap(),
        };
        store
            .write_blocking(move |tx| {
                tx.act_as(actor);
                let mut typed = draft(&tx.reader(), user)?.unwrap();
                edit(&mut typed);
                save(tx, user, &typed)
            })
            .unwrap()
    }

    #[test]
    fn nobody_changes_their_own_role_and_somebody_always_administers() {
        let (_folder, store, ids) = store_with(&[
            ("boss", Role::Administrator),
            ("second", Role::Administrator),
            ("anna", Role::Agent),
        ]);
        let [boss, second, anna] = ids[..] else {
            panic!()
        };
        let demote = |draft: &mut Draft| draft.role = Role::Agent;
        assert_eq!(change(&store, boss, boss, demote), Saved::OwnRole);
        assert_eq!(change(&store, boss, second, demote), Saved::Saved);
        assert_eq!(
            change(&store, second, boss, demote),
            Saved::LastAdministrator
        );
        let promote = |draft: &mut Draft| draft.role = Role::Administrator;
        assert_eq!(change(&store, anna, anna, promote), Saved::OwnRole);
    }

    #[test]
    fn an_administrator_who_never_came_is_not_one_to_rely_on() {
        let (_folder, store, ids) = store_with(&[("boss", Role::Administrator)]);
        let boss = ids[0];
        let mut invited = store.read(|reader| draft(reader, boss)).unwrap().unwrap();
        invited.email = "new@shop.example".to_owned();
        store
            .write_blocking(move |tx| invite(tx, &invited, "x".to_owned()))
            .unwrap();
        let disabled = store
            .write_blocking(move |tx| users::disable(tx, boss, None))
            .unwrap();
        assert_eq!(disabled, users::Disabled::LastAdministrator);
    }

    #[test]
    fn an_email_is_one_persons_whatever_its_capitals() {
        let (_folder, store, ids) =
            store_with(&[("boss", Role::Administrator), ("anna", Role::Agent)]);
        let taken = |draft: &mut Draft| draft.email = "BOSS@shop.example".to_owned();
        assert_eq!(change(&store, ids[0], ids[1], taken), Saved::EmailTaken);
        let own = |draft: &mut Draft| draft.email = "Anna@shop.example".to_owned();
        assert_eq!(change(&store, ids[0], ids[1], own), Saved::Saved);
    }

    #[test]
    fn everybody_stays_in_the_default_queue() {
        let (_folder, store, ids) =
            store_with(&[("boss", Role::Administrator), ("anna", Role::Agent)]);
        change(&store, ids[0], ids[1], |draft| draft.queues.clear());
        let queue = store.write_blocking(queues::default_queue).unwrap();
        let anna = ids[1];
        assert!(
            store
                .read(|reader| queues::is_member(reader, queue, anna))
                .unwrap()
        );
    }
}
