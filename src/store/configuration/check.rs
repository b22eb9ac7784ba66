//! Reads a whole document against the declaration and finds everything that is wrong with it, before anything is
//! written: unknown and missing fields, values of the wrong kind, and what the forms would not accept.

use serde_json::Value;

use super::report::{Fresh, Mistake};
use super::rule::{Rule, Why};
use super::sections::{SECTIONS, section};
use super::shape::{Field, Kind, List, Section};
use super::{Fields, VERSION, VERSION_FIELD};

/// Everything that is wrong with a document, in its order.
pub(super) fn mistakes(document: &Fields, fresh: &Fresh) -> Vec<Mistake> {
    match document.get(VERSION_FIELD).and_then(Value::as_u64) {
        Some(version) if version > VERSION => return vec![Mistake::Newer { version }],
        Some(_) => {}
        None => return vec![Mistake::NoVersion],
    }
    let mut check = Check {
        fresh,
        found: Vec::new(),
    };
    for name in document.keys() {
        if *name != VERSION_FIELD && section(name).is_none() {
            check.found.push(Mistake::Unknown {
                place: String::new(),
                field: name.clone(),
            });
        }
    }
    for section in SECTIONS {
        check.section(section, document.get(section.name));
    }
    check.found
}

/// The entries of a section in the document; `None` when it does not have their form.
pub(super) fn entries<'d>(section: &Section, given: Option<&'d Value>) -> Option<Vec<&'d Fields>> {
    match given {
        None => Some(Vec::new()),
        Some(Value::Object(entry)) if section.is_single => Some(vec![entry]),
        Some(Value::Array(entries)) if !section.is_single => {
            entries.iter().map(Value::as_object).collect()
        }
        Some(_) => None,
    }
}

struct Check<'c> {
    fresh: &'c Fresh,
    found: Vec<Mistake>,
}

impl Check<'_> {
    fn section(&mut self, section: &Section, given: Option<&Value>) {
        let Some(entries) = entries(section, given) else {
            return self.wrong("", section.name);
        };
        let mut seen: Vec<String> = Vec::new();
        for entry in entries {
            let place = section.place(entry);
            let key = section.key(entry).to_lowercase();
            if seen.contains(&key) {
                self.found.push(Mistake::Twice {
                    place: place.clone(),
                });
            }
            seen.push(key);
            for field in section.fields {
                let is_key = section.key.contains(&field.name) && !field.is_optional;
                if is_key && !entry.contains_key(field.name) {
                    self.found.push(Mistake::Missing {
                        place: place.clone(),
                        field: field.name,
                    });
                }
            }
            self.entry(&place, entry, section.fields, section.lists);
            if let Some((field, why)) = (section.whole)(entry) {
                self.against(&place, field, why);
            }
        }
    }

    fn entry(&mut self, place: &str, entry: &Fields, fields: &[Field], lists: &[List]) {
        for (name, value) in entry {
            if let Some(field) = fields.iter().find(|field| field.name == name) {
                self.value(place, field, value);
            } else if let Some(list) = lists.iter().find(|list| list.name == name) {
                self.list(place, list, value);
            } else {
                self.found.push(Mistake::Unknown {
                    place: place.to_owned(),
                    field: name.clone(),
                });
            }
        }
    }

    fn list(&mut self, place: &str, list: &List, given: &Value) {
        let Some(lines) = given.as_array() else {
            return self.wrong(place, list.name);
        };
        if lines.len() > list.most {
            self.against(place, list.name, Why::TooMany { most: list.most });
        }
        let mut total = 0;
        for (position, line) in lines.iter().enumerate() {
            let place = format!("{place}, {} {}", list.name, position + 1);
            let Some(line) = line.as_object() else {
                self.wrong(&place, list.name);
                continue;
            };
            self.entry(&place, line, list.fields, list.lists);
            let mut needed = list.fields.iter().filter(|field| !field.is_optional);
            if let Some(field) = needed.find(|field| !line.contains_key(field.name)) {
                self.found.push(Mistake::Missing {
                    place: place.clone(),
                    field: field.name,
                });
            }
            if let Some((field, why)) = (list.whole)(line) {
                self.against(&place, field, why);
            }
            total += list
                .sum
                .and_then(|field| line.get(field)?.as_i64())
                .unwrap_or_default();
        }
        if list.sum.is_some() && total != 100 {
            self.against(place, list.name, Why::Total { total });
        }
    }

    fn value(&mut self, place: &str, field: &Field, value: &Value) {
        if !field.kind.takes(value) {
            return match field.rule {
                Rule::Within(from, to) if value.is_number() => {
                    self.against(place, field.name, Why::OutOfRange { from, to });
                }
                _ => self.wrong(place, field.name),
            };
        }
        if let Some(why) = field.rule.broken(value, self.fresh) {
            self.against(place, field.name, why);
        }
    }

    fn wrong(&mut self, place: &str, field: &str) {
        self.found.push(Mistake::Wrong {
            place: place.to_owned(),
            field: field.to_owned(),
        });
    }

    fn against(&mut self, place: &str, field: &'static str, why: Why) {
        self.found.push(Mistake::Against {
            place: place.to_owned(),
            field,
            why,
        });
    }
}

impl Kind {
    /// Whether a value is of this kind. What it names, and what JSON holds, is looked at when it is written: names
    /// may be those of other entries of the document.
    fn takes(&self, value: &Value) -> bool {
        match self {
            Kind::Text | Kind::Of(_) => value.is_string(),
            Kind::Read(understands) => value.as_str().is_some_and(understands),
            Kind::Number => value.is_i64(),
            Kind::Switch => value.is_boolean(),
            Kind::Words => value
                .as_array()
                .is_some_and(|words| words.iter().all(Value::is_string)),
            Kind::Json(_) => true,
        }
    }
}
