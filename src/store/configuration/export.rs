//! Writing the configuration down.

use std::collections::BTreeMap;

use rusqlite::types::ValueRef;
use rusqlite::{Row, params};
use serde_json::{Map, Value, json};

use crate::store::{Reader, Result, StoreError};

use super::sections::SECTIONS;
use super::shape::{Field, Kind, List, Section};
use super::{Fields, VERSION, VERSION_FIELD};

/// Two entries that nothing tells apart: the document cannot name them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ambiguous {
    /// The section.
    pub section: &'static str,
    /// What both are called.
    pub name: String,
}

/// Names for the ids of other sections, of one section at a time.
#[derive(Default)]
pub(super) struct Names(BTreeMap<&'static str, BTreeMap<i64, String>>);

impl Names {
    /// The names of every section that others name.
    pub(super) fn load(reader: &Reader<'_>) -> Result<Names> {
        let mut names = Names::default();
        for section in SECTIONS.iter().filter(|section| section.id != "channel") {
            let mut statement = reader.connection().prepare_cached(&format!(
                "SELECT {}, {} FROM {} WHERE {}",
                section.id, section.label, section.table, section.there
            ))?;
            let rows = statement.query_map([], |row| {
                Ok((
                    row.get(0)?,
                    row.get_ref(1)?.as_str().unwrap_or_default().to_owned(),
                ))
            })?;
            names
                .0
                .insert(section.name, rows.collect::<rusqlite::Result<_>>()?);
        }
        Ok(names)
    }

    pub(super) fn name(&self, section: &str, id: i64) -> Option<&str> {
        self.0.get(section)?.get(&id).map(String::as_str)
    }

    /// The id of a name, among those of the document as it is stored.
    pub(super) fn id(&self, section: &str, name: &str) -> Option<i64> {
        let names = self.0.get(section)?;
        let found = names
            .iter()
            .find(|(_, known)| known.eq_ignore_ascii_case(name));
        found.map(|(id, _)| *id)
    }
}

/// The whole configuration, as it is now.
///
/// # Errors
/// Inside: two entries of the same name. Outside: SQLite's.
pub fn export(reader: &Reader<'_>) -> Result<std::result::Result<Fields, Ambiguous>> {
    let names = Names::load(reader)?;
    let mut document = Fields::new();
    document.insert(VERSION_FIELD.to_owned(), json!(VERSION));
    for section in SECTIONS {
        let mut entries: Vec<Fields> = rows(reader, section, &names)?
            .into_iter()
            .map(|(_, entry)| entry)
            .collect();
        let mut keys: Vec<String> = entries.iter().map(|entry| section.key(entry)).collect();
        keys.sort();
        if let Some(pair) = keys.windows(2).find(|pair| pair[0] == pair[1]) {
            return Ok(Err(Ambiguous {
                section: section.name,
                name: pair[0].clone(),
            }));
        }
        if section.is_single {
            if let Some(entry) = entries.pop() {
                document.insert(section.name.to_owned(), Value::Object(entry));
            }
        } else if !entries.is_empty() {
            // By name, so that two exports of the same are the same.
            entries.sort_by_key(|entry| section.key(entry));
            document.insert(section.name.to_owned(), json!(entries));
        }
    }
    Ok(Ok(document))
}

/// The entries of a section with their ids.
pub(super) fn rows(
    reader: &Reader<'_>,
    section: &Section,
    names: &Names,
) -> Result<Vec<(rusqlite::types::Value, Fields)>> {
    let columns = columns(section.fields);
    let mut statement = reader.connection().prepare_cached(&format!(
        "SELECT {}, {columns} FROM {} WHERE {}",
        section.id, section.table, section.there
    ))?;
    let mut found = Vec::new();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id: rusqlite::types::Value = row.get(0)?;
        found.push((id, entry(row, section.fields, names)?));
    }
    for (id, entry) in &mut found {
        if let rusqlite::types::Value::Integer(id) = id {
            lists(reader, section.lists, *id, names, entry)?;
        }
    }
    Ok(found)
}

fn columns(fields: &[Field]) -> String {
    let columns: Vec<&str> = fields.iter().map(|field| field.column).collect();
    columns.join(", ")
}

/// Fields of a row; what comes before them is the caller's.
fn entry(row: &Row<'_>, fields: &[Field], names: &Names) -> Result<Fields> {
    let mut entry = Map::new();
    for (index, field) in fields.iter().enumerate() {
        if let Some(value) = value(row.get_ref(index + 1)?, field, names)? {
            entry.insert(field.name.to_owned(), value);
        }
    }
    Ok(entry)
}

fn value(stored: ValueRef<'_>, field: &Field, names: &Names) -> Result<Option<Value>> {
    let number = || stored.as_i64().map_err(rusqlite::Error::from);
    let text = || stored.as_str().map_err(rusqlite::Error::from);
    if stored == ValueRef::Null {
        return Ok(None);
    }
    Ok(Some(match field.kind {
        Kind::Text | Kind::Read(_) => json!(text()?),
        Kind::Number => json!(number()?),
        Kind::Switch => json!(number()? != 0),
        Kind::Words => json!(text()?.split_whitespace().collect::<Vec<_>>()),
        Kind::Of(section) => match names.name(section, number()?) {
            Some(name) => json!(name),
            None => return Ok(None),
        },
        Kind::Json(_) => {
            let text = text()?;
            let parsed = serde_json::from_str(text).map_err(|_| StoreError::Word {
                what: field.name,
                word: text.to_owned(),
            })?;
            named(parsed, names)
        }
    }))
}

/// Ids of other sections in a piece of JSON, by the name of their field.
pub(super) const IDS: &[(&str, &str)] = &[
    ("move", "queue"),
    ("skill", "skill"),
    ("profile", "capacity_profile"),
    ("is-open", "operating_hours"),
];

/// A piece of JSON with names for ids. What is null is left out.
fn named(value: Value, names: &Names) -> Value {
    match value {
        Value::Object(fields) => {
            let about_page = fields.get("attribute").is_some_and(|it| it == "page");
            let fields = fields.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(
                fields
                    .map(|(field, value)| {
                        let of = IDS.iter().find(|(name, _)| *name == field);
                        let name = of.and_then(|(_, section)| names.name(section, value.as_i64()?));
                        let value = match name {
                            Some(name) => json!(name),
                            None if about_page && field == "values" => pages(value, names),
                            None => named(value, names),
                        };
                        (field, value)
                    })
                    .collect(),
            )
        }
        Value::Array(values) => values.into_iter().map(|it| named(it, names)).collect(),
        other => other,
    }
}

/// The pages that a test compares with: `{"number": 3}` becomes `{"page": "Account / Page"}`.
fn pages(values: Value, names: &Names) -> Value {
    let Value::Array(values) = values else {
        return values;
    };
    let named = values.into_iter().map(|value| {
        let id = value["number"].as_f64().map(|id| id as i64);
        match id.and_then(|id| names.name("page", id)) {
            Some(name) => json!({ "page": name }),
            None => value,
        }
    });
    named.collect()
}

/// Adds an entry's lists.
pub(super) fn lists(
    reader: &Reader<'_>,
    lists: &[List],
    parent: i64,
    names: &Names,
    entry: &mut Fields,
) -> Result<()> {
    for list in lists {
        let rows = list_rows(reader, list, parent, names)?;
        if !rows.is_empty() {
            entry.insert(list.name.to_owned(), json!(rows));
        }
    }
    Ok(())
}

fn list_rows(reader: &Reader<'_>, list: &List, parent: i64, names: &Names) -> Result<Vec<Fields>> {
    let id = match list.id {
        "" => "NULL",
        id => id,
    };
    let mut statement = reader.connection().prepare_cached(&format!(
        "SELECT {id}, {} FROM {} WHERE {} = ?1 AND {} ORDER BY {}",
        columns(list.fields),
        list.table,
        list.parent,
        list.there,
        list.order
    ))?;
    let mut found = Vec::new();
    let mut rows = statement.query(params![parent])?;
    while let Some(row) = rows.next()? {
        let id: Option<i64> = row.get(0)?;
        found.push((id, entry(row, list.fields, names)?));
    }
    for (id, entry) in &mut found {
        if let Some(id) = id {
            lists(reader, list.lists, *id, names, entry)?;
        }
    }
    Ok(found.into_iter().map(|(_, entry)| entry).collect())
}
