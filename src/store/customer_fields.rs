//! Fields that an administrator adds to contacts, companies and cases, and what stands in them.

use rusqlite::{OptionalExtension as _, Row, named_params, params};
use serde::Serialize;

use crate::domain::audit::{Act, Kind, Shown, Subject};
use crate::domain::ids::CustomerFieldId;
use crate::domain::record::{FieldKind, Record};

use super::{Reader, Result, Tx, audit};

/// A record has at most so many fields of this sort.
pub const MOST: usize = 50;

/// A field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerField {
    /// Row id.
    pub id: CustomerFieldId,
    /// What has it; stays as it was made.
    pub record: Record,
    /// What it holds; stays as it was made.
    pub kind: FieldKind,
    /// Its name; no two of one kind of record have the same, whatever their capitals.
    pub name: String,
    /// Of a choice: what there is to choose; empty for any other kind.
    pub choices: Vec<String>,
    /// How many records have something in it.
    pub filled: u32,
}

/// What an administrator types about a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// See [`CustomerField::record`].
    pub record: Record,
    /// See [`CustomerField::kind`].
    pub kind: FieldKind,
    /// See [`CustomerField::name`].
    pub name: String,
    /// See [`CustomerField::choices`].
    pub choices: Vec<String>,
}

/// A field in the audit log.
#[derive(Serialize)]
struct ShownField {
    record: &'static str,
    kind: &'static str,
    name: String,
    choices: Vec<String>,
}

impl Shown for ShownField {}

fn shown(field: &CustomerField) -> ShownField {
    ShownField {
        record: field.record.word(),
        kind: field.kind.word(),
        name: field.name.clone(),
        choices: field.choices.clone(),
    }
}

macro_rules! select_field {
    ($rest:literal) => {
        concat!(
            "SELECT customer_field_id, record, kind, name, choices,
                    (SELECT count(*) FROM customer_value AS filled
                     WHERE filled.customer_field_id = customer_field.customer_field_id)
             FROM customer_field ",
            $rest
        )
    };
}

fn field(row: &Row<'_>) -> rusqlite::Result<CustomerField> {
    let choices: String = row.get(4)?;
    Ok(CustomerField {
        id: row.get(0)?,
        record: row.get(1)?,
        kind: row.get(2)?,
        name: row.get(3)?,
        choices: choices.lines().map(str::to_owned).collect(),
        filled: row.get(5)?,
    })
}

/// Every field, those of one kind of record together, in the order of its form.
///
/// # Errors
/// SQLite's.
pub fn all(reader: &Reader<'_>) -> Result<Vec<CustomerField>> {
    let mut statement = reader.connection().prepare_cached(select_field!(
        "ORDER BY record, position, customer_field_id"
    ))?;
    let fields = statement.query_map([], field)?;
    Ok(fields.collect::<rusqlite::Result<_>>()?)
}

/// The fields of a kind of record, in the order of its form.
///
/// # Errors
/// SQLite's.
pub fn of(reader: &Reader<'_>, record: Record) -> Result<Vec<CustomerField>> {
    let mut statement = reader.connection().prepare_cached(select_field!(
        "WHERE record = ?1 ORDER BY position, customer_field_id"
    ))?;
    let fields = statement.query_map([record], field)?;
    Ok(fields.collect::<rusqlite::Result<_>>()?)
}

/// The field of an id; `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn by_id(reader: &Reader<'_>, id: CustomerFieldId) -> Result<Option<CustomerField>> {
    Ok(reader
        .connection()
        .prepare_cached(select_field!("WHERE customer_field_id = ?1"))?
        .query_row([id], field)
        .optional()?)
}

fn subject(field: &CustomerField) -> Subject {
    Subject::new(Kind::CustomerField, field.id.0, &field.name)
}

/// Adds a field behind the others. `None` when another one of the record has the name, or there are [`MOST`].
///
/// # Errors
/// SQLite's.
pub fn add(tx: &Tx<'_>, draft: &Draft) -> Result<Option<CustomerFieldId>> {
    if of(&tx.reader(), draft.record)?.len() >= MOST {
        return Ok(None);
    }
    let id: Option<CustomerFieldId> = tx
        .connection()
        .prepare_cached(
            "INSERT INTO customer_field (record, name, kind, choices, position, created_at)
             VALUES (:record, :name, :kind, :choices,
                     (SELECT coalesce(max(position), 0) + 1 FROM customer_field WHERE record = :record), :now)
             ON CONFLICT DO NOTHING RETURNING customer_field_id",
        )?
        .query_row(
            named_params! {
                ":record": draft.record,
                ":name": draft.name,
                ":kind": draft.kind,
                ":choices": draft.choices.join("\n"),
                ":now": tx.now(),
            },
            |row| row.get(0),
        )
        .optional()?;
    if let Some(id) = id
        && let Some(after) = by_id(&tx.reader(), id)?
    {
        let act = Act::CustomerFieldAdded;
        audit::added(tx, act, &subject(&after), &shown(&after))?;
    }
    Ok(id)
}

/// Gives a field another name and other choices; values that are none of these any more stay where they are. False
/// when another one of the record has the name, or it is gone.
///
/// # Errors
/// SQLite's.
pub fn change(tx: &Tx<'_>, id: CustomerFieldId, name: &str, choices: &[String]) -> Result<bool> {
    let Some(before) = by_id(&tx.reader(), id)? else {
        return Ok(false);
    };
    let changed = tx
        .connection()
        .prepare_cached(
            "UPDATE OR IGNORE customer_field SET name = ?2, choices = ?3 WHERE customer_field_id = ?1",
        )?
        .execute(params![id, name, choices.join("\n")])?;
    let after = by_id(&tx.reader(), id)?.filter(|_| changed > 0);
    if let Some(after) = &after {
        let act = Act::CustomerFieldChanged;
        audit::changed(tx, act, &subject(after), &shown(&before), &shown(after))?;
    }
    Ok(after.is_some())
}

/// Takes a field away, with everything that stands in it. False when it is gone.
///
/// # Errors
/// SQLite's.
pub fn remove(tx: &Tx<'_>, id: CustomerFieldId) -> Result<bool> {
    let Some(gone) = by_id(&tx.reader(), id)? else {
        return Ok(false);
    };
    tx.connection()
        .prepare_cached("DELETE FROM customer_field WHERE customer_field_id = ?1")?
        .execute([id])?;
    let act = Act::CustomerFieldRemoved;
    audit::removed(tx, act, &subject(&gone), &shown(&gone))?;
    Ok(true)
}

/// What stands in the fields of a record; fields that are empty are not there.
pub type Values = Vec<(CustomerFieldId, String)>;

/// What stands in the fields of a record, in the order of its form.
///
/// # Errors
/// SQLite's.
pub fn values(reader: &Reader<'_>, record: Record, id: i64) -> Result<Values> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT customer_field_id, value FROM customer_field JOIN customer_value USING (customer_field_id)
         WHERE record = ?1 AND record_id = ?2 ORDER BY position, customer_field_id",
    )?;
    let values = statement.query_map(params![record, id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(values.collect::<rusqlite::Result<_>>()?)
}

/// Lets exactly these values stand in the fields of a record. Fields of another kind of record are left out.
///
/// # Errors
/// SQLite's.
pub(super) fn set_values(tx: &Tx<'_>, record: Record, id: i64, values: &Values) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "DELETE FROM customer_value
             WHERE record_id = ?2
               AND customer_field_id IN (SELECT customer_field_id FROM customer_field WHERE record = ?1)",
        )?
        .execute(params![record, id])?;
    let mut insert = tx.connection().prepare_cached(
        "INSERT INTO customer_value (customer_field_id, record_id, value)
         SELECT customer_field_id, ?3, ?4 FROM customer_field WHERE record = ?1 AND customer_field_id = ?2",
    )?;
    for (field, value) in values {
        insert.execute(params![record, field, id, value])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::House;

    fn draft(record: Record, name: &str) -> Draft {
        Draft {
            record,
            kind: FieldKind::Choice,
            name: name.to_owned(),
            choices: vec!["S".to_owned(), "M".to_owned()],
        }
    }

    #[test]
    fn a_name_tells_the_fields_of_a_record_apart_and_values_go_with_their_field() {
        let house = House::furnished();
        let size = house.write(|tx| add(tx, &draft(Record::Contact, "Size")));
        let size = size.expect("it is the first");
        assert!(
            house
                .write(|tx| add(tx, &draft(Record::Contact, "SIZE")))
                .is_none()
        );
        let other = house.write(|tx| add(tx, &draft(Record::Company, "Size")));
        let other = other.expect("a company's is another");
        let values = vec![(size, "M".to_owned()), (other, "S".to_owned())];
        house.write(move |tx| set_values(tx, Record::Contact, 7, &values));
        let has = |record| house.read(|reader| super::values(reader, record, 7));
        assert_eq!(has(Record::Contact), [(size, "M".to_owned())]);
        assert_eq!(has(Record::Company), [], "it is no field of a contact");
        let filled = house.read(|reader| by_id(reader, size)).unwrap().filled;
        assert_eq!(filled, 1);
        assert!(house.write(move |tx| remove(tx, size)));
        assert_eq!(has(Record::Contact), []);
        assert_eq!(house.number("SELECT count(*) FROM customer_value"), 0);
    }
}
