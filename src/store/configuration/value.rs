//! A value of the document as its column keeps it, and the ways in which an import stops.

use rusqlite::types::Value as Sql;
use serde_json::{Value, json};

use crate::store::StoreError;

use super::Fields;
use super::export::{IDS, Names};
use super::report::Mistake;
use super::rule::Why;
use super::shape::{Field, Kind};

/// Either a mistake in the document or the database's.
pub(super) enum Stop {
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

pub(super) type Step<T> = std::result::Result<T, Stop>;

pub(super) fn stop<T>(mistake: Mistake) -> Step<T> {
    Err(Stop::Mistake(mistake))
}

pub(super) fn wrong<T>(place: &str, field: &str) -> Step<T> {
    stop(Mistake::Wrong {
        place: place.to_owned(),
        field: field.to_owned(),
    })
}

pub(super) fn against<T>(place: &str, field: &'static str, why: Why) -> Step<T> {
    stop(Mistake::Against {
        place: place.to_owned(),
        field,
        why,
    })
}

pub(super) fn nowhere<T>(place: &str, field: &str, name: &str) -> Step<T> {
    stop(Mistake::Nowhere {
        place: place.to_owned(),
        field: field.to_owned(),
        name: name.to_owned(),
    })
}

/// What is wrong with a value is the document's matter, what is wrong with the disk is not.
pub(super) fn refused(place: &str, done: rusqlite::Result<usize>) -> Step<()> {
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
pub(super) fn sql(
    place: &str,
    field: &Field,
    given: Option<&Value>,
    names: &Names,
) -> Step<Option<Sql>> {
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
                Ok(canonical) => Sql::Text(canonical.to_string()),
                Err(why) => return against(place, field.name, why),
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
