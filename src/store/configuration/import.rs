//! Reading the configuration back: one transaction, with a line in the audit log for each entry that changes.

use std::collections::BTreeSet;

use rusqlite::types::Value as Sql;
use rusqlite::{params, params_from_iter};
use serde::Serialize;
use serde_json::{Value, json};

use crate::crypto::{Secret, random_key};
use crate::domain::access::Role;
use crate::domain::audit::{Act, Shown, Subject};
use crate::domain::live_event::Notice;
use crate::store::accounts::{self, NewAccount};
use crate::store::users::{self, Added, NewUser};
use crate::store::{Result, StoreError, Tx, audit};

use super::export::{IDS, Names, key, rows};
use super::sections::{SECTIONS, section};
use super::shape::{Begins, Field, Kind, List, Section};
use super::{Fields, VERSION, VERSION_FIELD};

/// What an import needs beside the document, for what is not there yet.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// The hash of a password that nobody knows: people choose theirs by a link.
    pub unknown_hash: String,
    /// Channels whose platform verifies the callback with a token of ours.
    pub verified_channels: Vec<String>,
}

/// Why a document is refused. `place` says where: `queue "Returns", overflow 2`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// It was written by a newer program.
    Newer {
        /// The version that it has.
        version: u64,
    },
    /// It does not say that it is a configuration.
    NoVersion,
    /// There is no such section or field.
    Unknown {
        /// Where.
        place: String,
        /// Its name.
        field: String,
    },
    /// A field is missing.
    Missing {
        /// Where.
        place: String,
        /// Its name.
        field: &'static str,
    },
    /// A value is not one of this field.
    Wrong {
        /// Where.
        place: String,
        /// The field.
        field: String,
    },
    /// A value names something that is not there.
    Nowhere {
        /// Where.
        place: String,
        /// The field.
        field: String,
        /// What it names.
        name: String,
    },
    /// Two entries have the same name.
    Twice {
        /// Which.
        place: String,
    },
    /// There is no such thing, and only the program itself could have it.
    NotOurs {
        /// Which.
        place: String,
    },
    /// The database does not take it.
    Refused {
        /// Where.
        place: String,
        /// What the database says.
        words: String,
    },
    /// Nobody could administer any more.
    NoAdministrator,
}

/// What an import does, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// In the order of the document.
    pub changes: Vec<Change>,
    /// Entries that the document does not have: they stay as they are.
    pub staying: Vec<String>,
}

/// One entry that is added or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub place: String,
    /// It is not there yet.
    pub is_new: bool,
    /// The fields that differ, as they are and as they become; `None`: nothing is there.
    pub fields: Vec<(String, Option<Value>, Option<Value>)>,
}

/// Either a mistake in the document or the database's.
enum Stop {
    Mistake(Mistake),
    Store(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Stop {
        Stop::Store(error)
    }
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Stop {
        Stop::Store(error.into())
    }
}

type Step<T> = std::result::Result<T, Stop>;

/// An entry in the audit log. Documents hold no secrets.
#[derive(Serialize)]
#[serde(transparent)]
struct ShownEntry(Fields);

impl Shown for ShownEntry {}

/// Makes the configuration what the document says.
///
/// # Errors
/// Inside: a mistake in the document; the caller takes the transaction back then. Outside: SQLite's.
pub fn import(
    tx: &Tx<'_>,
    document: &Fields,
    fresh: &Fresh,
) -> Result<std::result::Result<Report, Mistake>> {
    match run(tx, document, fresh) {
        Ok(report) => {
            tx.after_commit(Notice::AccountsChanged);
            Ok(Ok(report))
        }
        Err(Stop::Mistake(mistake)) => Ok(Err(mistake)),
        Err(Stop::Store(error)) => Err(error),
    }
}

fn run(tx: &Tx<'_>, document: &Fields, fresh: &Fresh) -> Step<Report> {
    check_version(document)?;
    let unknown = document
        .keys()
        .find(|name| *name != VERSION_FIELD && section(name).is_none());
    if let Some(name) = unknown {
        return stop(Mistake::Unknown {
            place: String::new(),
            field: name.clone(),
        });
    }
    let had_administrator = users::has_administrator(&tx.reader())?;
    let mut report = Report::default();
    let mut importers = Vec::new();
    for section in SECTIONS {
        importers.push(Importer {
            given: entries(section, document.get(section.name))?,
            before: Vec::new(),
            tx,
            fresh,
            section,
        });
    }
    // First every entry itself, then what they hold: entries name each other.
    for importer in &mut importers {
        importer.write_rows()?;
    }
    for importer in &importers {
        importer.write_lists()?;
    }
    for importer in &importers {
        importer.tell(&mut report)?;
    }
    if had_administrator && !users::has_administrator(&tx.reader())? {
        return stop(Mistake::NoAdministrator);
    }
    Ok(report)
}

fn stop<T>(mistake: Mistake) -> Step<T> {
    Err(Stop::Mistake(mistake))
}

fn check_version(document: &Fields) -> Step<()> {
    match document.get(VERSION_FIELD).and_then(Value::as_u64) {
        Some(version) if version > VERSION => stop(Mistake::Newer { version }),
        Some(_) => Ok(()),
        None => stop(Mistake::NoVersion),
    }
}

/// The entries of a section in the document.
fn entries(section: &Section, given: Option<&Value>) -> Step<Vec<Fields>> {
    let wrong = || {
        stop(Mistake::Wrong {
            place: String::new(),
            field: section.name.to_owned(),
        })
    };
    match given {
        None => Ok(Vec::new()),
        Some(Value::Object(entry)) if section.is_single => Ok(vec![entry.clone()]),
        Some(Value::Array(entries)) if !section.is_single => {
            let mut found = Vec::new();
            for entry in entries {
                match entry {
                    Value::Object(entry) => found.push(entry.clone()),
                    _ => return wrong(),
                }
            }
            Ok(found)
        }
        Some(_) => wrong(),
    }
}

/// The import of a section.
struct Importer<'i, 't> {
    tx: &'i Tx<'t>,
    fresh: &'i Fresh,
    section: &'static Section,
    /// The entries of the document.
    given: Vec<Fields>,
    /// The entries as they were.
    before: Vec<(Sql, Fields)>,
}

impl Importer<'_, '_> {
    fn write_rows(&mut self) -> Step<()> {
        let names = Names::load(&self.tx.reader())?;
        self.before = rows(&self.tx.reader(), self.section, &names)?;
        let mut seen = BTreeSet::new();
        for entry in &self.given {
            let place = self.place(entry);
            if !seen.insert(key(self.section, entry).to_lowercase()) {
                return stop(Mistake::Twice { place });
            }
            self.check_names(&place, entry)?;
            self.write_row(&place, entry)?;
        }
        Ok(())
    }

    fn write_lists(&self) -> Step<()> {
        let names = Names::load(&self.tx.reader())?;
        let rows = rows(&self.tx.reader(), self.section, &names)?;
        for entry in &self.given {
            let place = self.place(entry);
            let found = rows.iter().find(|(_, row)| self.is_same(row, entry));
            if let Some((Sql::Integer(id), row)) = found {
                for list in self.section.lists {
                    self.write_list(&place, list, *id, entry.get(list.name), row.get(list.name))?;
                }
            }
        }
        Ok(())
    }

    fn is_same(&self, a: &Fields, b: &Fields) -> bool {
        key(self.section, a).eq_ignore_ascii_case(&key(self.section, b))
    }

    /// Where an entry is, for people.
    fn place(&self, entry: &Fields) -> String {
        match key(self.section, entry) {
            key if key.is_empty() => self.section.name.to_owned(),
            key => format!("{} {key:?}", self.section.name),
        }
    }

    fn check_names(&self, place: &str, entry: &Fields) -> Step<()> {
        check_names(place, entry, self.section.fields, self.section.lists)?;
        let fields = self.section.fields.iter();
        let mut missing = fields.filter(|field| {
            let is_key = self.section.key.contains(&field.name);
            is_key && !field.is_optional && !entry.contains_key(field.name)
        });
        match missing.next() {
            Some(field) => stop(Mistake::Missing {
                place: place.to_owned(),
                field: field.name,
            }),
            None => Ok(()),
        }
    }

    fn write_row(&self, place: &str, entry: &Fields) -> Step<()> {
        let (tx, section) = (self.tx, self.section);
        let names = Names::load(&tx.reader())?;
        let rows = rows(&tx.reader(), section, &names)?;
        let found = rows.into_iter().find(|(_, row)| self.is_same(row, entry));
        let id = match found {
            Some((_, row)) if section.appends && row == *entry => return Ok(()),
            Some((id, _)) if !section.appends => id,
            _ => self.begin(place, entry, &names)?,
        };
        let mut columns = Vec::new();
        let mut values = Vec::new();
        for field in section.fields {
            if let Some(value) = sql(place, field, entry.get(field.name), &names)? {
                columns.push(format!("{} = ?", field.column));
                values.push(value);
            }
        }
        values.push(id);
        let sql = format!(
            "UPDATE {} SET {} WHERE {} = ?",
            section.table,
            columns.join(", "),
            section.id
        );
        refused(
            place,
            tx.connection().execute(&sql, params_from_iter(values)),
        )
    }

    /// Makes a row that is not there yet; its fields are written afterwards.
    fn begin(&self, place: &str, entry: &Fields, names: &Names) -> Step<Sql> {
        let (tx, section) = (self.tx, self.section);
        let text = |field: &'static str| match entry.get(field).and_then(Value::as_str) {
            Some(text) => Ok(text.to_owned()),
            None => stop(Mistake::Missing {
                place: place.to_owned(),
                field,
            }),
        };
        match section.begins {
            Begins::Never => stop(Mistake::NotOurs {
                place: place.to_owned(),
            }),
            Begins::Plain(moments) => self.insert(place, entry, moments, names),
            Begins::Person => {
                let role = text("role")?;
                let Some(role) = Role::from_word(&role) else {
                    return wrong(place, "role");
                };
                let person = NewUser {
                    email: text("email")?,
                    name: text("name")?,
                    role,
                    password_hash: self.fresh.unknown_hash.clone(),
                };
                let Added::Added(user) = users::add(tx, &person)? else {
                    // Somebody who may not sign in any more has this address.
                    return wrong(place, "email");
                };
                tx.connection().execute(
                    "UPDATE user SET joined_at = NULL WHERE user_id = ?1",
                    [user],
                )?;
                Ok(Sql::Integer(user.0))
            }
            Begins::Account => {
                let channel = text("channel")?;
                let verified = self.fresh.verified_channels.contains(&channel);
                let account = accounts::add(
                    tx,
                    &NewAccount {
                        name: text("name")?,
                        webhook_key: random_key(),
                        verify_token: verified.then(|| Secret::new(format!("vt_{}", random_key()))),
                        created_by: None,
                        channel,
                    },
                )?;
                Ok(Sql::Integer(account.0))
            }
            Begins::Page => {
                let account = text("account")?;
                let Some(id) = names.id("account", &account) else {
                    return nowhere(place, "account", &account);
                };
                let made = tx.connection().execute(
                    "INSERT INTO page (account_id, channel, platform_id, name, created_at)
                     SELECT account_id, channel, ?2, ?3, ?4 FROM account WHERE account_id = ?1",
                    params![id, text("platform_id")?, text("name")?, tx.now()],
                );
                refused(place, made)?;
                Ok(Sql::Integer(tx.connection().last_insert_rowid()))
            }
            Begins::OffChannel => {
                let channel = text("channel")?;
                let made = tx.connection().execute(
                    "INSERT INTO disabled_channel (channel, disabled_by, disabled_at)
                     SELECT ?1, user_id, ?2 FROM user WHERE role = 'administrator' ORDER BY user_id LIMIT 1",
                    params![channel, tx.now()],
                )?;
                match made {
                    0 => stop(Mistake::NoAdministrator),
                    _ => Ok(Sql::Text(channel)),
                }
            }
        }
    }

    fn insert(&self, place: &str, entry: &Fields, moments: &[&str], names: &Names) -> Step<Sql> {
        let (tx, section) = (self.tx, self.section);
        let mut columns: Vec<&str> = moments.to_vec();
        let mut values: Vec<Sql> = moments
            .iter()
            .map(|_| Sql::Integer(tx.now().millis()))
            .collect();
        for field in section.fields {
            // What is not named yet because it comes in the same section is written afterwards.
            if let Some(value) = sql(place, field, entry.get(field.name), names)? {
                columns.push(field.column);
                values.push(value);
            }
        }
        if section.is_single && !section.appends {
            columns.push(section.id);
            values.push(Sql::Integer(1));
        }
        let marks = vec!["?"; columns.len()].join(", ");
        let statement = format!(
            "INSERT INTO {} ({}) VALUES ({marks})",
            section.table,
            columns.join(", ")
        );
        let made = tx
            .connection()
            .execute(&statement, params_from_iter(values));
        refused(place, made)?;
        match section.id {
            "channel" => Ok(Sql::Text(key(section, entry))),
            _ => Ok(Sql::Integer(tx.connection().last_insert_rowid())),
        }
    }

    /// Replaces a list of an entry when it differs.
    fn write_list(
        &self,
        place: &str,
        list: &List,
        parent: i64,
        given: Option<&Value>,
        stored: Option<&Value>,
    ) -> Step<()> {
        if given == stored {
            return Ok(());
        }
        let names = Names::load(&self.tx.reader())?;
        let gone = format!(
            "DELETE FROM {} WHERE {} = ?1 AND {}",
            list.table, list.parent, list.there
        );
        refused(place, self.tx.connection().execute(&gone, [parent]))?;
        self.insert_list(place, list, parent, given, &names)
    }

    fn insert_list(
        &self,
        place: &str,
        list: &List,
        parent: i64,
        given: Option<&Value>,
        names: &Names,
    ) -> Step<()> {
        let given = match given {
            None => return Ok(()),
            Some(Value::Array(given)) => given,
            Some(_) => return wrong(place, list.name),
        };
        for (position, entry) in given.iter().enumerate() {
            let place = format!("{place}, {} {}", list.name, position + 1);
            let Value::Object(entry) = entry else {
                return wrong(&place, list.name);
            };
            let mut columns = vec![list.parent];
            let mut values = vec![Sql::Integer(parent)];
            for moment in list.begins {
                columns.push(moment);
                values.push(Sql::Integer(self.tx.now().millis()));
            }
            if !list.position.is_empty() {
                columns.push(list.position);
                values.push(Sql::Integer(position as i64 + 1));
            }
            for field in list.fields {
                if let Some(value) = sql(&place, field, entry.get(field.name), names)? {
                    columns.push(field.column);
                    values.push(value);
                }
            }
            let marks = vec!["?"; columns.len()].join(", ");
            let statement = format!(
                "INSERT INTO {} ({}) VALUES ({marks})",
                list.table,
                columns.join(", ")
            );
            let connection = self.tx.connection();
            refused(
                &place,
                connection.execute(&statement, params_from_iter(values)),
            )?;
            let id = connection.last_insert_rowid();
            for inner in list.lists {
                self.insert_list(&place, inner, id, entry.get(inner.name), names)?;
            }
        }
        Ok(())
    }

    /// Says and records what is another now.
    fn tell(&self, report: &mut Report) -> Step<()> {
        let tx = self.tx;
        let names = Names::load(&tx.reader())?;
        for (id, after) in rows(&tx.reader(), self.section, &names)? {
            let place = self.place(&after);
            let was = self
                .before
                .iter()
                .find(|(known, _)| *known == id || self.section.appends);
            if !self.given.iter().any(|entry| self.is_same(entry, &after)) {
                report.staying.push(place);
                continue;
            }
            let empty = Fields::new();
            let was = was.map_or(&empty, |(_, was)| was);
            if *was == after {
                continue;
            }
            report.changes.push(Change {
                place,
                is_new: was.is_empty(),
                fields: differences(was, &after),
            });
            let subject = Subject {
                kind: self.section.subject,
                id: match id {
                    Sql::Integer(id) if !self.section.is_single => Some(id),
                    _ => None,
                },
                name: key(self.section, &after),
            };
            let (was, after) = (ShownEntry(was.clone()), ShownEntry(after));
            audit::changed(tx, Act::ConfigurationImported, &subject, &was, &after)?;
        }
        Ok(())
    }
}

fn differences(was: &Fields, is: &Fields) -> Vec<(String, Option<Value>, Option<Value>)> {
    let names: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    names
        .into_iter()
        .filter(|name| was.get(*name) != is.get(*name))
        .map(|name| (name.clone(), was.get(name).cloned(), is.get(name).cloned()))
        .collect()
}

fn check_names(place: &str, entry: &Fields, fields: &[Field], lists: &[List]) -> Step<()> {
    for (name, value) in entry {
        if fields.iter().any(|field| field.name == name) {
            continue;
        }
        let Some(list) = lists.iter().find(|list| list.name == name) else {
            return stop(Mistake::Unknown {
                place: place.to_owned(),
                field: name.clone(),
            });
        };
        for (position, entry) in value.as_array().into_iter().flatten().enumerate() {
            let place = format!("{place}, {name} {}", position + 1);
            match entry {
                Value::Object(entry) => check_names(&place, entry, list.fields, list.lists)?,
                _ => return wrong(&place, name),
            }
        }
    }
    Ok(())
}

fn wrong<T>(place: &str, field: &str) -> Step<T> {
    stop(Mistake::Wrong {
        place: place.to_owned(),
        field: field.to_owned(),
    })
}

fn nowhere<T>(place: &str, field: &str, name: &str) -> Step<T> {
    stop(Mistake::Nowhere {
        place: place.to_owned(),
        field: field.to_owned(),
        name: name.to_owned(),
    })
}

/// What is wrong with a value is the document's matter, what is wrong with the disk is not.
fn refused(place: &str, done: rusqlite::Result<usize>) -> Step<()> {
    match done.map_err(StoreError::from) {
        Ok(_) => Ok(()),
        Err(error) if error.is_about_the_data() => stop(Mistake::Refused {
            place: place.to_owned(),
            words: error.to_string(),
        }),
        Err(error) => Err(error.into()),
    }
}

/// A value as its column keeps it. `None`: the document does not say it, and it may stay as it is.
fn sql(place: &str, field: &Field, given: Option<&Value>, names: &Names) -> Step<Option<Sql>> {
    let Some(given) = given else {
        return Ok(field.is_optional.then_some(Sql::Null));
    };
    let value = match (&field.kind, given) {
        (Kind::Text, Value::String(text)) => Sql::Text(text.clone()),
        (Kind::Read(understands), Value::String(text)) if understands(text) => {
            Sql::Text(text.clone())
        }
        (Kind::Number, Value::Number(number)) if number.is_i64() => {
            Sql::Integer(number.as_i64().unwrap_or_default())
        }
        (Kind::Switch, Value::Bool(is_on)) => Sql::Integer(i64::from(*is_on)),
        (Kind::Words, Value::Array(words)) => {
            let words: Option<Vec<&str>> = words.iter().map(Value::as_str).collect();
            match words {
                Some(words) => Sql::Text(words.join(" ")),
                None => return wrong(place, field.name),
            }
        }
        (Kind::Of(section), Value::String(name)) => match names.id(section, name) {
            Some(id) => Sql::Integer(id),
            None => return nowhere(place, field.name, name),
        },
        (Kind::Json(read), given) => {
            match read(numbered(place, field.name, given.clone(), names)?) {
                Some(canonical) => Sql::Text(canonical.to_string()),
                None => return wrong(place, field.name),
            }
        }
        _ => return wrong(place, field.name),
    };
    Ok(Some(value))
}

/// A piece of JSON with ids for names.
fn numbered(place: &str, field: &str, value: Value, names: &Names) -> Step<Value> {
    let find = |section: &str, name: &str| match names.id(section, name) {
        Some(id) => Ok(json!(id)),
        None => nowhere(place, field, name),
    };
    match value {
        Value::Object(fields) => {
            let mut numbered_fields = Fields::new();
            for (name, value) in fields {
                let of = IDS.iter().find(|(known, _)| *known == name);
                let value = match (of, &value) {
                    (Some((_, section)), Value::String(text)) => find(section, text)?,
                    (None, Value::String(text)) if name == "page" => {
                        let id = find("page", text)?;
                        numbered_fields.insert("number".to_owned(), json!(id.as_f64()));
                        continue;
                    }
                    _ => numbered(place, field, value, names)?,
                };
                numbered_fields.insert(name, value);
            }
            Ok(Value::Object(numbered_fields))
        }
        Value::Array(values) => {
            let values = values.into_iter();
            let numbered = values.map(|value| numbered(place, field, value, names));
            Ok(Value::Array(numbered.collect::<Step<_>>()?))
        }
        other => Ok(other),
    }
}
