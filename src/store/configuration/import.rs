//! Reading the configuration back: one transaction, with a line in the audit log for each entry that changes.

use std::collections::BTreeSet;

use rusqlite::types::Value as Sql;
use rusqlite::{params, params_from_iter};
use serde::Serialize;
use serde_json::Value;

use crate::crypto::{Secret, random_key};
use crate::domain::access::Role;
use crate::domain::audit::{Act, Shown, Subject};
use crate::domain::live_event::Notice;
use crate::store::accounts::{self, NewAccount};
use crate::store::users::{self, Added, NewUser};
use crate::store::{Result, Tx, audit};

use super::Fields;
use super::check::{entries, mistakes};
use super::export::{Names, rows};
use super::report::{Change, Fresh, Mistake, Report};
use super::rule::Why;
use super::sections::SECTIONS;
use super::shape::{Begins, List, Section};
use super::value::{Step, Stop, against, nowhere, refused, sql, stop, wrong};

/// An entry in the audit log. Documents hold no secrets.
#[derive(Serialize)]
#[serde(transparent)]
struct ShownEntry(Fields);

impl Shown for ShownEntry {}

/// Makes the configuration what the document says.
///
/// # Errors
/// Inside: what is wrong with the document; the caller takes the transaction back then. Outside: SQLite's.
pub fn import(
    tx: &Tx<'_>,
    document: &Fields,
    fresh: &Fresh,
) -> Result<std::result::Result<Report, Vec<Mistake>>> {
    let mistakes = mistakes(document, fresh);
    if !mistakes.is_empty() {
        return Ok(Err(mistakes));
    }
    match run(tx, document, fresh) {
        Ok(report) => {
            tx.after_commit(Notice::AccountsChanged);
            Ok(Ok(report))
        }
        Err(Stop::Mistake(mistake)) => Ok(Err(vec![mistake])),
        Err(Stop::Store(error)) => Err(error),
    }
}

fn run(tx: &Tx<'_>, document: &Fields, fresh: &Fresh) -> Step<Report> {
    let had_administrator = users::has_administrator(&tx.reader())?;
    let mut report = Report::default();
    let mut importers: Vec<Importer<'_, '_>> = SECTIONS
        .iter()
        .map(|section| Importer {
            given: entries(section, document.get(section.name)).unwrap_or_default(),
            before: Vec::new(),
            tx,
            fresh,
            section,
        })
        .collect();
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

/// The import of a section.
struct Importer<'i, 't> {
    tx: &'i Tx<'t>,
    fresh: &'i Fresh,
    section: &'static Section,
    /// The entries of the document.
    given: Vec<&'i Fields>,
    /// The entries as they were.
    before: Vec<(Sql, Fields)>,
}

impl Importer<'_, '_> {
    fn write_rows(&mut self) -> Step<()> {
        let names = Names::load(&self.tx.reader())?;
        self.before = rows(&self.tx.reader(), self.section, &names)?;
        for entry in &self.given {
            self.write_row(&self.section.place(entry), entry)?;
        }
        let now = rows(&self.tx.reader(), self.section, &names)?.len();
        match now > self.section.most && now > self.before.len() {
            true => against(
                self.section.name,
                self.section.name,
                Why::TooMany {
                    most: self.section.most,
                },
            ),
            false => Ok(()),
        }
    }

    fn write_lists(&self) -> Step<()> {
        let names = Names::load(&self.tx.reader())?;
        let rows = rows(&self.tx.reader(), self.section, &names)?;
        for entry in &self.given {
            let place = self.section.place(entry);
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
        self.section
            .key(a)
            .eq_ignore_ascii_case(&self.section.key(b))
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
            "channel" => Ok(Sql::Text(section.key(entry))),
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
            let place = self.section.place(&after);
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
                name: self.section.key(&after),
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
