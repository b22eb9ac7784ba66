//! How a part of the configuration is declared.

use serde_json::Value;

use crate::domain::audit::Kind as Subject;

use super::Fields;
use super::rule::{Known, Rule, Whole, Why, anything};

/// Things of one kind: a table, each row of it an entry of the document.
pub(super) struct Section {
    /// Its name in the document.
    pub(super) name: &'static str,
    /// The table.
    pub(super) table: &'static str,
    /// Its id; of a table without one, its key.
    pub(super) id: &'static str,
    /// Whether the document has one entry and not a list of them.
    pub(super) is_single: bool,
    /// Whether a change is another row: every version is kept, and the newest counts.
    pub(super) appends: bool,
    /// The fields by which an entry is known. Empty: there is one row.
    pub(super) key: &'static [&'static str],
    /// What others call it by: an expression of SQL.
    pub(super) label: &'static str,
    /// Rows that are there: a condition of SQL.
    pub(super) there: &'static str,
    pub(super) fields: &'static [Field],
    pub(super) lists: &'static [List],
    /// What is asked of an entry as a whole.
    pub(super) whole: Whole,
    /// So many entries at most, with those that are there already.
    pub(super) most: usize,
    /// How a row begins that is not there yet.
    pub(super) begins: Begins,
    /// What the audit log calls it.
    pub(super) subject: Subject,
    /// Columns that are no configuration.
    pub(super) beside: &'static [&'static str],
}

/// How a new row begins.
pub(super) enum Begins {
    /// With its fields, and with these columns as the moment of the import.
    Plain(&'static [&'static str]),
    /// A person, who chooses a password by a link.
    Person,
    /// An account, whose secrets are given in the wizard.
    Account,
    /// A page, whose token is given in the wizard.
    Page,
    /// A channel that is off: by the first administrator.
    OffChannel,
    /// It does not: the program has all there are.
    Never,
}

/// Rows that belong to an entry, in order; they are replaced as a whole.
pub(super) struct List {
    /// Its name in the entry.
    pub(super) name: &'static str,
    pub(super) table: &'static str,
    /// Its id; empty when it has no lists of its own.
    pub(super) id: &'static str,
    /// The column that says to whom the rows belong.
    pub(super) parent: &'static str,
    /// Rows that are told: a condition of SQL.
    pub(super) there: &'static str,
    /// Their order: SQL.
    pub(super) order: &'static str,
    /// The column that counts them; empty without one.
    pub(super) position: &'static str,
    pub(super) fields: &'static [Field],
    pub(super) lists: &'static [List],
    /// What is asked of a line as a whole.
    pub(super) whole: Whole,
    /// So many lines at most.
    pub(super) most: usize,
    /// The field that is 100 over all lines.
    pub(super) sum: Option<&'static str>,
    /// Columns that are the moment of the import.
    pub(super) begins: &'static [&'static str],
    /// Columns that are no configuration.
    pub(super) beside: &'static [&'static str],
}

/// A value of an entry.
pub(super) struct Field {
    /// Its name in the document.
    pub(super) name: &'static str,
    pub(super) column: &'static str,
    pub(super) kind: Kind,
    /// What is asked of it beside its kind.
    pub(super) rule: Rule,
    /// Whether it may be left out, and is then none.
    pub(super) is_optional: bool,
}

/// What a value is.
pub(super) enum Kind {
    Text,
    Number,
    Switch,
    /// Words parted by spaces; a list in the document.
    Words,
    /// Text that is read by the program: whether it understands it.
    Read(fn(&str) -> bool),
    /// The label of an entry of another section.
    Of(&'static str),
    /// JSON of a type of the domain: the same in its canonical form, or why it is not accepted.
    Json(fn(Value) -> Result<Value, Why>),
}

/// A section of the usual form: a table of its own, known by `name`, begun with its fields and `created_at`.
pub(super) const fn section(name: &'static str, id: &'static str, subject: Subject) -> Section {
    Section {
        name,
        table: name,
        id,
        is_single: false,
        appends: false,
        key: &["name"],
        label: "name",
        there: "1",
        fields: &[],
        lists: &[],
        whole: anything,
        most: usize::MAX,
        begins: Begins::Plain(&["created_at"]),
        subject,
        beside: &["created_at"],
    }
}

/// A list with nothing but whom it belongs to.
pub(super) const fn list(parent: &'static str) -> List {
    List {
        name: "",
        table: "",
        id: "",
        parent,
        there: "1",
        order: "",
        position: "",
        fields: &[],
        lists: &[],
        whole: anything,
        most: usize::MAX,
        sum: None,
        begins: &[],
        beside: &[],
    }
}

impl Section {
    /// What an entry is known by.
    pub(super) fn key(&self, entry: &Fields) -> String {
        let values = self.key.iter().map(|field| {
            let value = entry.get(*field).and_then(Value::as_str);
            value.unwrap_or_default()
        });
        values.collect::<Vec<_>>().join(" / ")
    }

    /// Where an entry is, for people.
    pub(super) fn place(&self, entry: &Fields) -> String {
        match self.key(entry) {
            key if key.is_empty() => self.name.to_owned(),
            key => format!("{} {key:?}", self.name),
        }
    }
}

pub(super) const fn text(name: &'static str) -> Field {
    Field {
        name,
        column: name,
        kind: Kind::Text,
        rule: Rule::Any,
        is_optional: false,
    }
}

pub(super) const fn number(name: &'static str) -> Field {
    Field {
        kind: Kind::Number,
        ..text(name)
    }
}

pub(super) const fn switch(name: &'static str) -> Field {
    Field {
        kind: Kind::Switch,
        ..text(name)
    }
}

pub(super) const fn words(name: &'static str) -> Field {
    Field {
        kind: Kind::Words,
        ..text(name)
    }
}

pub(super) const fn read(name: &'static str, understands: fn(&str) -> bool) -> Field {
    Field {
        kind: Kind::Read(understands),
        ..text(name)
    }
}

/// The entry of another section that a column points to.
pub(super) const fn of(name: &'static str, column: &'static str, section: &'static str) -> Field {
    Field {
        column,
        kind: Kind::Of(section),
        ..text(name)
    }
}

pub(super) const fn json(name: &'static str, read: fn(Value) -> Result<Value, Why>) -> Field {
    Field {
        kind: Kind::Json(read),
        ..text(name)
    }
}

/// The name of an entry, as every form takes one.
pub(super) const fn name(name: &'static str) -> Field {
    text(name).by(Rule::Name)
}

/// A short text that may be empty.
pub(super) const fn label(name: &'static str) -> Field {
    text(name).by(Rule::Label)
}

/// A channel of this program.
pub(super) const fn channel() -> Field {
    text("channel").by(Rule::Known(Known::Channels))
}

impl Field {
    pub(super) const fn by(self, rule: Rule) -> Field {
        Field { rule, ..self }
    }

    pub(super) const fn optional(self) -> Field {
        Field {
            is_optional: true,
            ..self
        }
    }
}
