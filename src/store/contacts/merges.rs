//! Two contacts become one, and two again.

use rusqlite::{OptionalExtension as _, params};
use serde::{Deserialize, Serialize};

use crate::domain::audit::{Act, Kind, Subject};
use crate::domain::ids::{CompanyId, ContactId, CustomerFieldId, MergeId, UserId};
use crate::domain::record::Record;
use crate::domain::time::Timestamp;
use crate::store::customer_fields::{self, Values};
use crate::store::{Reader, Result, Tx, audit, customer_links};

use super::{Contact, by_id, change, index};

/// Two contacts that became one and can be parted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    /// Row id.
    pub id: MergeId,
    /// The one that is shown instead of the other.
    pub kept: ContactId,
    /// The name of the other.
    pub name: String,
    /// When.
    pub at: Timestamp,
}

/// What the kept contact had left empty, as the other filled it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Filled {
    company: Option<CompanyId>,
    email: Option<String>,
    phone: Option<String>,
    address: Option<String>,
    values: Values,
}

/// Merges `gone` into `kept`: what hangs on it is read as the kept one's, what the kept one had left empty is filled.
/// `None`, and nothing is changed, when they are the same, or one of them is gone, out of use or merged already.
///
/// # Errors
/// SQLite's.
pub fn merge(
    tx: &Tx<'_>,
    kept: ContactId,
    gone: ContactId,
    user: UserId,
) -> Result<Option<MergeId>> {
    let in_use = |id| -> Result<Option<Contact>> {
        let reader = tx.reader();
        let found = by_id(&reader, id)?.filter(Contact::is_in_use);
        found.map_or(Ok(None), |mut contact| {
            contact.draft.values = customer_fields::values(&reader, Record::Contact, id.0)?;
            Ok(Some(contact))
        })
    };
    let (Some(mut main), Some(other)) = (in_use(kept)?, in_use(gone)?) else {
        return Ok(None);
    };
    if kept == gone {
        return Ok(None);
    }
    let filled = fill(&mut main, &other);
    change(tx, kept, &main.draft)?;
    let moved = tx
        .connection()
        .prepare_cached(
            "UPDATE contact SET merged_into = ?1 WHERE contact_id = ?2 OR merged_into = ?2
             RETURNING contact_id",
        )?
        .query_map(params![kept, gone], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<ContactId>>>()?;
    tx.connection()
        .prepare_cached(
            "INSERT INTO contact_merge (kept_id, gone_id, moved, filled, merged_by, merged_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            kept,
            gone,
            json(&moved)?,
            json(&filled)?,
            user,
            tx.now()
        ])?;
    let id = MergeId(tx.connection().last_insert_rowid());
    audit::done(tx, Act::ContactMerged, &subject(kept))?;
    customer_links::tell_of_contact(tx, kept)?;
    Ok(Some(id))
}

/// A contact without its name, which would outlive the customer's wish to be erased.
fn subject(id: ContactId) -> Subject {
    Subject::new(Kind::Contact, id.0, "")
}

/// Fills what `main` has left empty; tells what that was.
fn fill(main: &mut Contact, other: &Contact) -> Filled {
    fn take(mine: &mut String, theirs: &str) -> Option<String> {
        (mine.is_empty() && !theirs.is_empty()).then(|| {
            theirs.clone_into(mine);
            theirs.to_owned()
        })
    }
    let (mine, theirs) = (&mut main.draft, &other.draft);
    let is_new = |field: &CustomerFieldId, mine: &Values| mine.iter().all(|(it, _)| it != field);
    let values = theirs.values.iter().cloned();
    let values: Values = values
        .filter(|(field, _)| is_new(field, &mine.values))
        .collect();
    mine.values.extend(values.iter().cloned());
    let company = theirs.company.filter(|_| mine.company.is_none());
    mine.company = mine.company.or(company);
    Filled {
        company,
        email: take(&mut mine.email, &theirs.email),
        phone: take(&mut mine.phone, &theirs.phone),
        address: take(&mut mine.address, &theirs.address),
        values,
    }
}

/// Parts two contacts again: each has what it had. What was filled and has been changed since stays. `None` when the
/// merge is gone, parted already, or its kept contact has been merged into another one meanwhile.
///
/// # Errors
/// SQLite's.
pub fn part(tx: &Tx<'_>, id: MergeId) -> Result<Option<ContactId>> {
    let found: Option<(ContactId, ContactId, String, String)> = tx
        .connection()
        .prepare_cached(
            "SELECT kept_id, gone_id, moved, filled FROM contact_merge JOIN contact ON contact_id = kept_id
             WHERE contact_merge_id = ?1 AND undone_at IS NULL AND merged_into IS NULL",
        )?
        .query_row([id], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?;
    let Some((kept, gone, moved, filled)) = found else {
        return Ok(None);
    };
    let (moved, filled): (Vec<ContactId>, Filled) = (read(&moved)?, read(&filled)?);
    if let Some(mut main) = by_id(&tx.reader(), kept)? {
        main.draft.values = customer_fields::values(&tx.reader(), Record::Contact, kept.0)?;
        empty(&mut main, filled);
        change(tx, kept, &main.draft)?;
    }
    let mut set = tx
        .connection()
        .prepare_cached("UPDATE contact SET merged_into = ?2 WHERE contact_id = ?1")?;
    for one in moved {
        set.execute(params![one, (one != gone).then_some(gone)])?;
    }
    tx.connection()
        .prepare_cached("UPDATE contact_merge SET undone_at = ?2 WHERE contact_merge_id = ?1")?
        .execute(params![id, tx.now()])?;
    index(tx, gone)?;
    audit::done(tx, Act::ContactParted, &subject(kept))?;
    customer_links::tell_of_contact(tx, kept)?;
    customer_links::tell_of_contact(tx, gone)?;
    Ok(Some(gone))
}

/// Takes out what was filled, where it is still the same.
fn empty(main: &mut Contact, filled: Filled) {
    fn give_back(mine: &mut String, filled: Option<String>) {
        if filled.is_some_and(|filled| filled == *mine) {
            mine.clear();
        }
    }
    let mine = &mut main.draft;
    if filled.company.is_some() && filled.company == mine.company {
        mine.company = None;
    }
    give_back(&mut mine.email, filled.email);
    give_back(&mut mine.phone, filled.phone);
    give_back(&mut mine.address, filled.address);
    mine.values.retain(|value| !filled.values.contains(value));
}

/// The contacts that are merged into one and can be parted from it, the last merged first.
///
/// # Errors
/// SQLite's.
pub fn merges_of(reader: &Reader<'_>, kept: ContactId) -> Result<Vec<Merge>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT contact_merge_id, kept_id, name, merged_at
         FROM contact_merge JOIN contact ON contact_id = gone_id
         WHERE kept_id = ?1 AND undone_at IS NULL ORDER BY contact_merge_id DESC",
    )?;
    let merges = statement.query_map([kept], |row| {
        Ok(Merge {
            id: row.get(0)?,
            kept: row.get(1)?,
            name: row.get(2)?,
            at: row.get(3)?,
        })
    })?;
    Ok(merges.collect::<rusqlite::Result<_>>()?)
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()).into())
}

fn read<T: for<'a> Deserialize<'a>>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|_| crate::store::StoreError::Word {
        what: "a merge of contacts",
        word: String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::draft;
    use super::super::{Draft, add, archive, by_name, shown};
    use super::*;
    use crate::store::testing::House;

    fn with_email(last: &str, email: &str) -> Draft {
        Draft {
            email: email.to_owned(),
            ..draft("Anna", last)
        }
    }

    #[test]
    fn merged_contacts_are_one_and_come_apart_as_they_were() {
        let house = House::furnished();
        let user = house.user("boss");
        let phone = Draft {
            phone: "040 1".to_owned(),
            ..draft("Anna", "V.")
        };
        let kept = house.write(|tx| add(tx, &with_email("Virtanen", "anna@mail.example")));
        let gone = house.write(move |tx| add(tx, &phone));
        let merged = house.write(move |tx| merge(tx, kept, gone, user));
        let merged = merged.expect("both are in use");
        let names = || -> Vec<String> {
            let listed = house.read(|reader| by_name(reader, None, 10));
            listed.into_iter().map(|contact| contact.name).collect()
        };
        assert_eq!(names(), ["Anna Virtanen"]);
        let one = house.read(|reader| shown(reader, gone)).unwrap();
        assert_eq!((one.id, one.draft.phone.as_str()), (kept, "040 1"));
        assert_eq!(house.read(|reader| merges_of(reader, kept)).len(), 1);
        assert_eq!(house.write(move |tx| part(tx, merged)), Some(gone));
        assert_eq!(names(), ["Anna V.", "Anna Virtanen"]);
        let one = house.read(|reader| shown(reader, kept)).unwrap();
        assert_eq!(one.draft, with_email("Virtanen", "anna@mail.example"));
        assert_eq!(house.write(move |tx| part(tx, merged)), None, "once");
        let said = "SELECT count(*) FROM audit_entry WHERE kind = 'contact' AND subject = ''";
        assert_eq!(house.number(said), 2);
    }

    #[test]
    fn merges_of_merges_are_undone_from_the_last_one() {
        let house = House::furnished();
        let user = house.user("boss");
        let [a, b, c] =
            ["A", "B", "C"].map(|name| house.write(move |tx| add(tx, &draft(name, ""))));
        let first = house.write(move |tx| merge(tx, b, a, user)).unwrap();
        let second = house.write(move |tx| merge(tx, c, b, user)).unwrap();
        let root = |id| house.read(|reader| shown(reader, id)).unwrap().id;
        assert_eq!([root(a), root(b), root(c)], [c, c, c]);
        assert_eq!(house.write(move |tx| part(tx, first)), None);
        house.write(move |tx| part(tx, second));
        assert_eq!([root(a), root(b), root(c)], [b, b, c]);
        house.write(move |tx| part(tx, first));
        assert_eq!([root(a), root(b), root(c)], [a, b, c]);
    }

    #[test]
    fn nobody_is_merged_with_himself_or_with_who_is_out_of_use() {
        let house = House::furnished();
        let user = house.user("boss");
        let [a, b] = ["A", "B"].map(|name| house.write(move |tx| add(tx, &draft(name, ""))));
        assert_eq!(house.write(move |tx| merge(tx, a, a, user)), None);
        house.write(move |tx| archive(tx, b, true));
        assert_eq!(house.write(move |tx| merge(tx, a, b, user)), None);
    }
}
