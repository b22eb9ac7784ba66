//! Contacts: the people in the shop's book of customers.
//!
//! Two contacts may turn out to be one person. Then one is *merged into* the other, and nothing is moved: what
//! hangs on either is read as the kept one's, so that they can be parted again. Everything that reads what belongs
//! to a contact asks for [`of_person!`](of_person) and not for the one row.

mod merges;

use rusqlite::{OptionalExtension as _, Row, named_params, params};

use crate::domain::ids::{CompanyId, ContactId};
use crate::domain::record::{Record, full_name};
use crate::domain::time::Timestamp;

use super::customer_fields::{self, Values};
use super::{Reader, Result, Tx, record_words};

pub use merges::{Merge, merge, merges_of, part};

/// The ids of a contact and of those that are merged into it, in SQL; the contact is the parameter `?1`.
macro_rules! of_person {
    () => {
        "(SELECT ?1 UNION ALL SELECT merged.contact_id FROM contact AS merged WHERE merged.merged_into = ?1)"
    };
}
pub(super) use of_person;

/// A contact.
#[derive(Clone, Debug, PartialEq)]
pub struct Contact {
    /// Row id.
    pub id: ContactId,
    /// What is typed about him, without the fields that an administrator added.
    pub draft: Draft,
    /// His name as it is shown.
    pub name: String,
    /// The name of his company; `None` without one.
    pub company: Option<String>,
    /// When he was last changed.
    pub changed_at: Timestamp,
    /// He is out of use: found no more, and kept for what was said with him.
    pub is_archived: bool,
    /// The contact that is shown instead.
    pub merged_into: Option<ContactId>,
}

/// What is typed about a contact.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// First name; at least one of the three is not empty.
    pub first_name: String,
    /// Middle name.
    pub middle_name: String,
    /// Last name.
    pub last_name: String,
    /// Where he works.
    pub company: Option<CompanyId>,
    /// Email address; may be empty, like everything that follows.
    pub email: String,
    /// Phone number, as it was typed.
    pub phone: String,
    /// Postal address, of several lines.
    pub address: String,
    /// The fields that an administrator added.
    pub values: Values,
}

macro_rules! select_contact {
    ($rest:literal) => {
        concat!(
            "SELECT contact.contact_id, first_name, middle_name, last_name, contact.company_id, contact.email,
                    contact.phone, contact.address, contact.name, company.name, contact.changed_at,
                    contact.archived_at IS NOT NULL, merged_into
             FROM contact LEFT JOIN company USING (company_id) ",
            $rest
        )
    };
}

fn contact(row: &Row<'_>) -> rusqlite::Result<Contact> {
    Ok(Contact {
        id: row.get(0)?,
        draft: Draft {
            first_name: row.get(1)?,
            middle_name: row.get(2)?,
            last_name: row.get(3)?,
            company: row.get(4)?,
            email: row.get(5)?,
            phone: row.get(6)?,
            address: row.get(7)?,
            values: Values::new(),
        },
        name: row.get(8)?,
        company: row.get(9)?,
        changed_at: row.get(10)?,
        is_archived: row.get(11)?,
        merged_into: row.get(12)?,
    })
}

/// The contact of an id, also one that is merged into another; `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn by_id(reader: &Reader<'_>, id: ContactId) -> Result<Option<Contact>> {
    Ok(reader
        .connection()
        .prepare_cached(select_contact!("WHERE contact.contact_id = ?1"))?
        .query_row([id], contact)
        .optional()?)
}

/// The contact that is shown for an id: the one it is merged into, else itself. `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn shown(reader: &Reader<'_>, id: ContactId) -> Result<Option<Contact>> {
    Ok(reader
        .connection()
        .prepare_cached(select_contact!(
            "WHERE contact.contact_id =
                 (SELECT coalesce(asked.merged_into, asked.contact_id) FROM contact AS asked
                  WHERE asked.contact_id = ?1)"
        ))?
        .query_row([id], contact)
        .optional()?)
}

/// Where a page of a list ended: the name of its last row. Empty when it is gone meanwhile: the list begins anew.
fn name_of(reader: &Reader<'_>, id: ContactId) -> Result<String> {
    Ok(by_id(reader, id)?.map_or_else(String::new, |last| last.name))
}

/// The same for the other order: when its last row was changed.
fn changed_at(reader: &Reader<'_>, id: ContactId) -> Result<Timestamp> {
    let last = by_id(reader, id)?;
    Ok(last.map_or(Timestamp::from_millis(i64::MAX), |last| last.changed_at))
}

/// Contacts in use by name, behind the one `after` (`None`: from the first on), at most `limit`.
///
/// # Errors
/// SQLite's.
pub fn by_name(
    reader: &Reader<'_>,
    after: Option<ContactId>,
    limit: usize,
) -> Result<Vec<Contact>> {
    let from = match after {
        Some(after) => (name_of(reader, after)?, after),
        None => (String::new(), ContactId(0)),
    };
    let mut statement = reader.connection().prepare_cached(select_contact!(
        "WHERE contact.archived_at IS NULL AND merged_into IS NULL
           AND (contact.name, contact.contact_id) > (?1, ?2)
         ORDER BY contact.name, contact.contact_id LIMIT ?3"
    ))?;
    let contacts = statement.query_map(params![from.0, from.1, limit as i64], contact)?;
    Ok(contacts.collect::<rusqlite::Result<_>>()?)
}

/// Contacts in use, the last changed first, behind the one `after` (`None`: from the first on), at most `limit`.
///
/// # Errors
/// SQLite's.
pub fn by_change(
    reader: &Reader<'_>,
    after: Option<ContactId>,
    limit: usize,
) -> Result<Vec<Contact>> {
    let from = match after {
        Some(after) => (changed_at(reader, after)?, after),
        None => (Timestamp::from_millis(i64::MAX), ContactId(i64::MAX)),
    };
    let mut statement = reader.connection().prepare_cached(select_contact!(
        "WHERE contact.archived_at IS NULL AND merged_into IS NULL
           AND (contact.changed_at, contact.contact_id) < (?1, ?2)
         ORDER BY contact.changed_at DESC, contact.contact_id DESC LIMIT ?3"
    ))?;
    let contacts = statement.query_map(params![from.0, from.1, limit as i64], contact)?;
    Ok(contacts.collect::<rusqlite::Result<_>>()?)
}

/// Contacts in use that have every word of a search in name, company, email address or phone number, by name; at
/// most `limit`.
///
/// # Errors
/// SQLite's.
pub fn found(reader: &Reader<'_>, search: &str, limit: usize) -> Result<Vec<Contact>> {
    let ids = record_words::find(reader, Record::Contact, search, limit)?;
    let mut contacts = Vec::with_capacity(ids.len());
    for id in ids {
        contacts.extend(by_id(reader, ContactId(id))?.filter(Contact::is_in_use));
    }
    contacts.sort_by_cached_key(|contact| (contact.name.to_lowercase(), contact.id));
    Ok(contacts)
}

/// Contacts in use with exactly this name, whatever its capitals; at most `limit`.
///
/// # Errors
/// SQLite's.
pub fn named(reader: &Reader<'_>, name: &str, limit: usize) -> Result<Vec<Contact>> {
    let mut statement = reader.connection().prepare_cached(select_contact!(
        "WHERE contact.name = ?1 AND contact.archived_at IS NULL AND merged_into IS NULL
         ORDER BY contact.contact_id LIMIT ?2"
    ))?;
    let contacts = statement.query_map(params![name, limit as i64], contact)?;
    Ok(contacts.collect::<rusqlite::Result<_>>()?)
}

/// The people of a company who are in use, by name; at most `limit`.
///
/// # Errors
/// SQLite's.
pub fn of_company(reader: &Reader<'_>, company: CompanyId, limit: usize) -> Result<Vec<Contact>> {
    let mut statement = reader.connection().prepare_cached(select_contact!(
        "WHERE contact.company_id = ?1 AND contact.archived_at IS NULL AND merged_into IS NULL
         ORDER BY contact.name, contact.contact_id LIMIT ?2"
    ))?;
    let contacts = statement.query_map(params![company, limit as i64], contact)?;
    Ok(contacts.collect::<rusqlite::Result<_>>()?)
}

impl Contact {
    /// Neither out of use nor merged into another.
    pub fn is_in_use(&self) -> bool {
        !self.is_archived && self.merged_into.is_none()
    }
}

impl Draft {
    /// The name as it is shown.
    pub fn name(&self) -> String {
        full_name(&self.first_name, &self.middle_name, &self.last_name)
    }
}

/// Adds a contact.
///
/// # Errors
/// SQLite's.
pub fn add(tx: &Tx<'_>, draft: &Draft) -> Result<ContactId> {
    let id: ContactId = tx
        .connection()
        .prepare_cached(
            "INSERT INTO contact (first_name, middle_name, last_name, name, company_id, email, phone, address,
                                  created_at, changed_at)
             VALUES (:first, :middle, :last, :name, :company, :email, :phone, :address, :now, :now)
             RETURNING contact_id",
        )?
        .query_row(
            named_params! {
                ":first": draft.first_name,
                ":middle": draft.middle_name,
                ":last": draft.last_name,
                ":name": draft.name(),
                ":company": draft.company,
                ":email": draft.email,
                ":phone": draft.phone,
                ":address": draft.address,
                ":now": tx.now(),
            },
            |row| row.get(0),
        )?;
    customer_fields::set_values(tx, Record::Contact, id.0, &draft.values)?;
    index(tx, id)?;
    Ok(id)
}

/// Changes a contact. False when there is none, or he is merged into another.
///
/// # Errors
/// SQLite's.
pub fn change(tx: &Tx<'_>, id: ContactId, draft: &Draft) -> Result<bool> {
    let changed = tx
        .connection()
        .prepare_cached(
            "UPDATE contact
             SET first_name = :first, middle_name = :middle, last_name = :last, name = :name,
                 company_id = :company, email = :email, phone = :phone, address = :address, changed_at = :now
             WHERE contact_id = :id AND merged_into IS NULL",
        )?
        .execute(named_params! {
            ":id": id,
            ":first": draft.first_name,
            ":middle": draft.middle_name,
            ":last": draft.last_name,
            ":name": draft.name(),
            ":company": draft.company,
            ":email": draft.email,
            ":phone": draft.phone,
            ":address": draft.address,
            ":now": tx.now(),
        })?;
    if changed == 0 {
        return Ok(false);
    }
    customer_fields::set_values(tx, Record::Contact, id.0, &draft.values)?;
    index(tx, id)?;
    Ok(true)
}

/// Puts a contact under the words by which he is found.
fn index(tx: &Tx<'_>, id: ContactId) -> Result<()> {
    let Some(contact) = by_id(&tx.reader(), id)? else {
        return Ok(());
    };
    let company = contact.company.unwrap_or_default();
    let texts = [
        &contact.name,
        &contact.draft.email,
        &contact.draft.phone,
        &company,
    ];
    record_words::set(tx, Record::Contact, id.0, texts)
}

/// The same for all people of a company, whose name has changed.
pub(super) fn index_all_of(tx: &Tx<'_>, company: CompanyId) -> Result<()> {
    let people = tx
        .connection()
        .prepare_cached("SELECT contact_id FROM contact WHERE company_id = ?1")?
        .query_map([company], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<ContactId>>>()?;
    people.into_iter().try_for_each(|id| index(tx, id))
}

/// Takes a contact out of use, or into use again. False when he is gone, or is so already.
///
/// # Errors
/// SQLite's.
pub fn archive(tx: &Tx<'_>, id: ContactId, is_archived: bool) -> Result<bool> {
    let changed = tx
        .connection()
        .prepare_cached(
            "UPDATE contact SET archived_at = CASE WHEN ?2 THEN ?3 END
             WHERE contact_id = ?1 AND (archived_at IS NOT NULL) <> ?2",
        )?
        .execute(params![id, is_archived, tx.now()])?;
    Ok(changed > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::companies;
    use crate::store::testing::House;

    pub(super) fn draft(first: &str, last: &str) -> Draft {
        Draft {
            first_name: first.to_owned(),
            last_name: last.to_owned(),
            ..Draft::default()
        }
    }

    fn names(contacts: Vec<Contact>) -> Vec<String> {
        contacts.into_iter().map(|contact| contact.name).collect()
    }

    #[test]
    fn a_contact_is_found_by_name_company_email_and_phone() {
        let house = House::furnished();
        let company = companies::Draft {
            name: "Lumi Oy".to_owned(),
            ..companies::Draft::default()
        };
        let renamed = companies::Draft {
            name: "Valo Oy".to_owned(),
            ..company.clone()
        };
        let company = house.write(move |tx| companies::add(tx, &company));
        let anna = Draft {
            company: Some(company),
            email: "anna@mail.example".to_owned(),
            phone: "+358 40 123 4567".to_owned(),
            ..draft("Anna", "Virtanen")
        };
        house.write(move |tx| add(tx, &anna));
        house.write(|tx| add(tx, &draft("怡君", "林")));
        let found = |search| names(house.read(|reader| found(reader, search, 10)));
        for search in ["virta", "anna@mail", "4567", "40 123 4567", "lumi anna"] {
            assert_eq!(found(search), ["Anna Virtanen"], "{search}");
        }
        assert_eq!(found("君"), ["林怡君"]);
        assert!(found("valo").is_empty());
        house.write(move |tx| companies::change(tx, company, &renamed));
        assert_eq!(found("valo"), ["Anna Virtanen"], "its company is renamed");
        assert!(found("lumi").is_empty());
        let exact = |name| names(house.read(|reader| named(reader, name, 3)));
        assert_eq!(exact("anna virtanen"), ["Anna Virtanen"]);
        assert!(exact("Anna").is_empty());
    }

    #[test]
    fn who_is_out_of_use_is_in_no_list_and_comes_back() {
        let house = House::furnished();
        let anna = house.write(|tx| add(tx, &draft("Anna", "Virtanen")));
        let listed = || house.read(|reader| by_name(reader, None, 10)).len();
        assert_eq!(listed(), 1);
        assert!(house.write(move |tx| archive(tx, anna, true)));
        assert_eq!(listed(), 0);
        assert!(house.read(|reader| found(reader, "anna", 10)).is_empty());
        assert!(house.write(move |tx| archive(tx, anna, false)));
        assert_eq!(listed(), 1);
    }
}
