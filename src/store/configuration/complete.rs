//! Whether the declaration and the database agree.

use std::collections::{BTreeMap, BTreeSet};

use crate::store::{Reader, Result};

use super::sections::{NO_CONFIGURATION, SECTIONS};
use super::shape::List;

type Tables = BTreeMap<String, BTreeSet<String>>;

/// What the database has and the declaration does not, or the other way round: a table, or `table.column`. Nothing
/// when they agree.
///
/// # Errors
/// SQLite's.
pub fn undeclared(reader: &Reader<'_>) -> Result<Vec<String>> {
    let (stored, declared) = (stored(reader)?, declared());
    let mut found = Vec::new();
    for (table, columns) in &stored {
        match declared.get(table) {
            None if NO_CONFIGURATION.contains(&table.as_str()) => {}
            None => found.push(table.clone()),
            Some(known) => {
                let differing = columns.symmetric_difference(known);
                found.extend(differing.map(|column| format!("{table}.{column}")));
            }
        }
    }
    let known = declared
        .keys()
        .map(String::as_str)
        .chain(NO_CONFIGURATION.iter().copied());
    found.extend(
        known
            .filter(|name| !stored.contains_key(*name))
            .map(str::to_owned),
    );
    Ok(found)
}

fn stored(reader: &Reader<'_>) -> Result<Tables> {
    let mut statement = reader.connection().prepare(
        "SELECT sqlite_master.name, column.name FROM sqlite_master
         JOIN pragma_table_info(sqlite_master.name) AS column
         WHERE sqlite_master.type = 'table' AND sqlite_master.name NOT LIKE 'sqlite%'",
    )?;
    let mut tables = Tables::new();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        tables.entry(row.get(0)?).or_default().insert(row.get(1)?);
    }
    Ok(tables)
}

fn declared() -> Tables {
    let mut tables = Tables::new();
    for section in SECTIONS {
        let columns = section.fields.iter().map(|field| field.column);
        let columns = columns
            .chain(section.beside.iter().copied())
            .chain([section.id]);
        tables.insert(
            section.table.to_owned(),
            columns.map(str::to_owned).collect(),
        );
        add_lists(section.lists, &mut tables);
    }
    tables
}

fn add_lists(lists: &[List], tables: &mut Tables) {
    for list in lists {
        let columns = list.fields.iter().map(|field| field.column);
        let columns = columns
            .chain(list.beside.iter().chain(list.begins).copied())
            .chain([list.id, list.parent, list.position])
            .filter(|column| !column.is_empty());
        tables.insert(list.table.to_owned(), columns.map(str::to_owned).collect());
        add_lists(list.lists, tables);
    }
}
