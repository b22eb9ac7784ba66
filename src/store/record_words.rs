//! The words by which records are found: an index of our own, because SQLite's would not find one sign of a Chinese
//! name. See [`crate::domain::record`] for what the words are.

use rusqlite::{ToSql, params};

use crate::domain::record::{Record, asked_words, index_words};

use super::{Reader, Result, Tx};

/// After every word that begins with another.
const LAST: char = char::MAX;

/// Puts a record under the words of these texts, and under no others.
///
/// # Errors
/// SQLite's.
pub(super) fn set<T: AsRef<str>>(
    tx: &Tx<'_>,
    record: Record,
    id: i64,
    texts: impl IntoIterator<Item = T>,
) -> Result<()> {
    tx.connection()
        .prepare_cached("DELETE FROM record_word WHERE record = ?1 AND record_id = ?2")?
        .execute(params![record, id])?;
    let mut insert = tx
        .connection()
        .prepare_cached("INSERT INTO record_word (record, word, record_id) VALUES (?1, ?2, ?3)")?;
    for word in index_words(texts) {
        insert.execute(params![record, word, id])?;
    }
    Ok(())
}

/// The records of a kind that have every word of a search, at most `limit` of them, in no order; none for a search
/// without words.
///
/// # Errors
/// SQLite's.
pub(super) fn find(
    reader: &Reader<'_>,
    record: Record,
    search: &str,
    limit: usize,
) -> Result<Vec<i64>> {
    let words = asked_words(search);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let beginnings = words.into_iter().map(|word| {
        let end = format!("{word}{LAST}");
        (word, end)
    });
    let beginnings: Vec<(String, String)> = beginnings.collect();
    let one = "SELECT record_id FROM record_word WHERE record = ? AND word >= ? AND word < ?";
    let all = vec![one; beginnings.len()].join(" INTERSECT ");
    let limit = limit as i64;
    let mut values: Vec<&dyn ToSql> = Vec::with_capacity(beginnings.len() * 3 + 1);
    for (from, until) in &beginnings {
        values.extend([&record as &dyn ToSql, from, until]);
    }
    values.push(&limit);
    let mut statement = reader
        .connection()
        .prepare_cached(&format!("SELECT DISTINCT record_id FROM ({all}) LIMIT ?"))?;
    let found = statement.query_map(&*values, |row| row.get(0))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}
