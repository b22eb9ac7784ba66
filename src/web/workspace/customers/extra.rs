//! The fields that an administrator added, in the form of a record and on its page.

use std::collections::HashMap;

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::ids::CustomerFieldId;
use crate::domain::record::{FieldKind, Record, field_value};
use crate::locale::Text;
use crate::store::customer_fields::{self, CustomerField, Values};
use crate::store::{self, Reader};
use crate::web::forms::Problems;
use crate::web::page::filters;

/// What was typed into the fields, by their ids; what is empty may be left out.
pub type TypedValues = HashMap<String, String>;

/// The name of a field in its form.
fn input(id: CustomerFieldId) -> String {
    format!("field.{id}")
}

/// The values as they are typed.
pub fn typed(values: &Values) -> TypedValues {
    let values = values.iter();
    values
        .map(|(id, value)| (id.to_string(), value.clone()))
        .collect()
}

/// What was typed into `fields`; what none of their kind is becomes a problem.
pub fn check(fields: &[CustomerField], typed: &TypedValues, problems: &mut Problems) -> Values {
    let mut values = Values::new();
    for field in fields {
        let entered = typed.get(&field.id.to_string()).map_or("", String::as_str);
        match field_value(field.kind, &field.choices, entered) {
            Ok(value) => values.extend(value.map(|value| (field.id, value))),
            Err(_) => problems.add(
                input(field.id),
                Text::new(format!("record-field-wrong-{}", field.kind.word())),
            ),
        }
    }
    values
}

/// The fields in a form.
#[derive(Template)]
#[template(path = "workspace/customers/fields/form.html")]
pub struct Inputs<'a> {
    inputs: Vec<Input<'a>>,
}

struct Input<'a> {
    name: String,
    field: &'a CustomerField,
    value: &'a str,
    error: Option<&'a Text>,
}

impl HtmlSafe for Inputs<'_> {}

/// Makes [`Inputs`].
pub fn inputs<'a>(
    fields: &'a [CustomerField],
    typed: &'a TypedValues,
    problems: &'a Problems,
) -> Inputs<'a> {
    let inputs = fields.iter().map(|field| {
        let name = input(field.id);
        Input {
            error: problems.at(&name),
            value: typed.get(&field.id.to_string()).map_or("", String::as_str),
            name,
            field,
        }
    });
    Inputs {
        inputs: inputs.collect(),
    }
}

/// What stands in the fields, on the page of a record.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "workspace/customers/fields/facts.html")]
pub struct Facts {
    facts: Vec<(CustomerField, String)>,
}

impl HtmlSafe for Facts {}

impl Facts {
    /// Reads what stands in the fields of a record.
    ///
    /// # Errors
    /// SQLite's.
    pub fn read(reader: &Reader<'_>, record: Record, id: i64) -> store::Result<Facts> {
        let values = customer_fields::values(reader, record, id)?;
        let fields = match values.is_empty() {
            true => Vec::new(),
            false => customer_fields::of(reader, record)?,
        };
        let facts = values.into_iter().filter_map(|(id, value)| {
            let field = fields.iter().find(|field| field.id == id)?;
            Some((field.clone(), value))
        });
        Ok(Facts {
            facts: facts.collect(),
        })
    }
}
