//! Context variables: what rules and messages of a workstream can use beside what customers tell.

use rusqlite::{OptionalExtension as _, params};

use crate::domain::ids::{ContextVariableId, WorkstreamId};
use crate::domain::workstream::VariableKind;
use crate::store::{Reader, Result, Tx, rules};

use super::audited;

/// A context variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name, see [`crate::domain::workstream::is_variable_name`]; capitals count.
    pub name: String,
    /// What it holds.
    pub kind: VariableKind,
    /// Its value at the beginning of a conversation.
    pub value: String,
}

/// The variables of a workstream, by name.
///
/// # Errors
/// SQLite's.
pub fn of(
    reader: &Reader<'_>,
    workstream: WorkstreamId,
) -> Result<Vec<(ContextVariableId, Variable)>> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT context_variable_id, name, kind, value FROM context_variable
             WHERE workstream_id = ?1 ORDER BY name",
        )?
        .query_map([workstream], |row| {
            let variable = Variable {
                name: row.get(1)?,
                kind: row.get(2)?,
                value: row.get(3)?,
            };
            Ok((row.get(0)?, variable))
        })?
        .collect::<rusqlite::Result<_>>()?)
}

/// A variable of a workstream; `None` when it is another's or none.
///
/// # Errors
/// SQLite's.
pub fn by_id(
    reader: &Reader<'_>,
    workstream: WorkstreamId,
    variable: ContextVariableId,
) -> Result<Option<Variable>> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT name, kind, value FROM context_variable
             WHERE workstream_id = ?1 AND context_variable_id = ?2",
        )?
        .query_row(params![workstream, variable], |row| {
            Ok(Variable {
                name: row.get(0)?,
                kind: row.get(1)?,
                value: row.get(2)?,
            })
        })
        .optional()?)
}

/// Adds a variable. A name that is there breaks a `UNIQUE` constraint.
///
/// # Errors
/// SQLite's.
pub fn add(tx: &Tx<'_>, workstream: WorkstreamId, variable: &Variable) -> Result<()> {
    audited::recorded(tx, workstream, || {
        tx.connection()
            .prepare_cached(
                "INSERT INTO context_variable (workstream_id, name, kind, value)
                 VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![
                workstream,
                variable.name,
                variable.kind,
                variable.value
            ])?;
        Ok(())
    })
}

/// Changes a variable. A name that is there breaks a `UNIQUE` constraint.
///
/// # Errors
/// SQLite's.
pub fn change(
    tx: &Tx<'_>,
    workstream: WorkstreamId,
    id: ContextVariableId,
    to: &Variable,
) -> Result<()> {
    audited::recorded(tx, workstream, || {
        tx.connection()
            .prepare_cached(
                "UPDATE context_variable SET name = ?3, kind = ?4, value = ?5
                 WHERE workstream_id = ?1 AND context_variable_id = ?2",
            )?
            .execute(params![workstream, id, to.name, to.kind, to.value])?;
        Ok(())
    })
}

/// Takes a variable away. False when rules of the workstream name it; then it stays.
///
/// # Errors
/// SQLite's.
pub fn remove(tx: &Tx<'_>, workstream: WorkstreamId, variable: ContextVariableId) -> Result<bool> {
    if !uses(&tx.reader(), workstream, variable)?.is_empty() {
        return Ok(false);
    }
    audited::recorded(tx, workstream, || {
        tx.connection()
            .prepare_cached(
                "DELETE FROM context_variable WHERE workstream_id = ?1 AND context_variable_id = ?2",
            )?
            .execute(params![workstream, variable])?;
        Ok(())
    })?;
    Ok(true)
}

/// The rules of a workstream that name a variable; while there are any it keeps its name.
///
/// # Errors
/// SQLite's.
pub fn uses(
    reader: &Reader<'_>,
    workstream: WorkstreamId,
    variable: ContextVariableId,
) -> Result<Vec<rules::Use>> {
    match by_id(reader, workstream, variable)? {
        Some(variable) => rules::uses(reader, &rules::Thing::Variable(workstream, variable.name)),
        None => Ok(Vec::new()),
    }
}

/// Gives a copy of a workstream its variables.
pub(super) fn copy(tx: &Tx<'_>, from: WorkstreamId, to: WorkstreamId) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "INSERT INTO context_variable (workstream_id, name, kind, value)
             SELECT ?2, name, kind, value FROM context_variable WHERE workstream_id = ?1",
        )?
        .execute(params![from, to])?;
    Ok(())
}
