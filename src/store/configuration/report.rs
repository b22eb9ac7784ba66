//! What an import says: what it does, or why the document is refused.

use serde_json::Value;

use super::rule::Why;

/// What an import needs beside the document, for what is not there yet.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// The hash of a password that nobody knows: people choose theirs by a link.
    pub unknown_hash: String,
    /// Channels whose platform verifies the callback with a token of ours.
    pub verified_channels: Vec<String>,
    /// Every channel of this program.
    pub channels: Vec<String>,
    /// The language tags of the screens.
    pub locales: Vec<String>,
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
    /// A form would not accept it.
    Against {
        /// Where.
        place: String,
        /// The field, or the list.
        field: &'static str,
        /// Why not.
        why: Why,
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
