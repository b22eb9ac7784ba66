//! Companies in the shop's book of customers. (Dynamics 365 calls them accounts.)

use rusqlite::{OptionalExtension as _, Row, named_params, params};

use crate::domain::ids::{CompanyId, ContactId};
use crate::domain::record::Record;
use crate::domain::time::Timestamp;

use super::customer_fields::{self, Values};
use super::{Reader, Result, Tx, record_words};

/// A company.
#[derive(Clone, Debug, PartialEq)]
pub struct Company {
    /// Row id.
    pub id: CompanyId,
    /// What is typed about it, without the fields that an administrator added.
    pub draft: Draft,
    /// The name of its primary contact; `None` without one.
    pub primary_contact: Option<String>,
    /// When it was last changed.
    pub changed_at: Timestamp,
    /// It is out of use: found no more, and kept for what was said with it.
    pub is_archived: bool,
}

/// What is typed about a company.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// Its name, not empty.
    pub name: String,
    /// The shop's number for it; may be empty, like everything that follows.
    pub number: String,
    /// Email address.
    pub email: String,
    /// Phone number, as it was typed.
    pub phone: String,
    /// Postal address, of several lines.
    pub address: String,
    /// Whom the shop talks to there.
    pub primary_contact: Option<ContactId>,
    /// The fields that an administrator added.
    pub values: Values,
}

macro_rules! select_company {
    ($rest:literal) => {
        concat!(
            "SELECT company.company_id, company.name, number, company.email, company.phone, company.address,
                    primary_contact_id, contact.name, company.changed_at, company.archived_at IS NOT NULL
             FROM company LEFT JOIN contact ON contact.contact_id = primary_contact_id ",
            $rest
        )
    };
}

fn company(row: &Row<'_>) -> rusqlite::Result<Company> {
    Ok(Company {
        id: row.get(0)?,
        draft: Draft {
            name: row.get(1)?,
            number: row.get(2)?,
            email: row.get(3)?,
            phone: row.get(4)?,
            address: row.get(5)?,
            primary_contact: row.get(6)?,
            values: Values::new(),
        },
        primary_contact: row.get(7)?,
        changed_at: row.get(8)?,
        is_archived: row.get(9)?,
    })
}

/// The company of an id; `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn by_id(reader: &Reader<'_>, id: CompanyId) -> Result<Option<Company>> {
    Ok(reader
        .connection()
        .prepare_cached(select_company!("WHERE company.company_id = ?1"))?
        .query_row([id], company)
        .optional()?)
}

/// Where a page of a list ended: the name of its last row. Empty when it is gone meanwhile: the list begins anew.
fn name_of(reader: &Reader<'_>, id: CompanyId) -> Result<String> {
    Ok(by_id(reader, id)?.map_or_else(String::new, |last| last.draft.name))
}

/// The same for the other order: when its last row was changed.
fn changed_at(reader: &Reader<'_>, id: CompanyId) -> Result<Timestamp> {
    let last = by_id(reader, id)?;
    Ok(last.map_or(Timestamp::from_millis(i64::MAX), |last| last.changed_at))
}

/// Companies in use by name, behind the one `after` (`None`: from the first on), at most `limit`.
///
/// # Errors
/// SQLite's.
pub fn by_name(
    reader: &Reader<'_>,
    after: Option<CompanyId>,
    limit: usize,
) -> Result<Vec<Company>> {
    let from = match after {
        Some(after) => (name_of(reader, after)?, after),
        None => (String::new(), CompanyId(0)),
    };
    let mut statement = reader.connection().prepare_cached(select_company!(
        "WHERE company.archived_at IS NULL
           AND (company.name, company.company_id) > (?1, ?2)
         ORDER BY company.name, company.company_id LIMIT ?3"
    ))?;
    let companies = statement.query_map(params![from.0, from.1, limit as i64], company)?;
    Ok(companies.collect::<rusqlite::Result<_>>()?)
}

/// Companies in use, the last changed first, behind the one `after` (`None`: from the first on), at most `limit`.
///
/// # Errors
/// SQLite's.
pub fn by_change(
    reader: &Reader<'_>,
    after: Option<CompanyId>,
    limit: usize,
) -> Result<Vec<Company>> {
    let from = match after {
        Some(after) => (changed_at(reader, after)?, after),
        None => (Timestamp::from_millis(i64::MAX), CompanyId(i64::MAX)),
    };
    let mut statement = reader.connection().prepare_cached(select_company!(
        "WHERE company.archived_at IS NULL
           AND (company.changed_at, company.company_id) < (?1, ?2)
         ORDER BY company.changed_at DESC, company.company_id DESC LIMIT ?3"
    ))?;
    let companies = statement.query_map(params![from.0, from.1, limit as i64], company)?;
    Ok(companies.collect::<rusqlite::Result<_>>()?)
}

/// Companies in use that have every word of a search in name, number, email address or phone number, by name; at
/// most `limit`.
///
/// # Errors
/// SQLite's.
pub fn found(reader: &Reader<'_>, search: &str, limit: usize) -> Result<Vec<Company>> {
    let ids = record_words::find(reader, Record::Company, search, limit)?;
    let mut companies = Vec::with_capacity(ids.len());
    for id in ids {
        companies.extend(by_id(reader, CompanyId(id))?.filter(|company| !company.is_archived));
    }
    companies.sort_by_cached_key(|company| (company.draft.name.to_lowercase(), company.id));
    Ok(companies)
}

/// The company in use of this name, whatever its capitals; makes one when there is none.
///
/// # Errors
/// SQLite's.
pub fn ensure(tx: &Tx<'_>, name: &str) -> Result<CompanyId> {
    let known = tx
        .connection()
        .prepare_cached(
            "SELECT company_id FROM company WHERE name = ?1 AND archived_at IS NULL
             ORDER BY company_id LIMIT 1",
        )?
        .query_row([name], |row| row.get(0))
        .optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    let draft = Draft {
        name: name.to_owned(),
        ..Draft::default()
    };
    add(tx, &draft)
}

/// Adds a company.
///
/// # Errors
/// SQLite's.
pub fn add(tx: &Tx<'_>, draft: &Draft) -> Result<CompanyId> {
    let id: CompanyId = tx
        .connection()
        .prepare_cached(
            "INSERT INTO company (name, number, email, phone, address, primary_contact_id, created_at, changed_at)
             VALUES (:name, :number, :email, :phone, :address, :primary, :now, :now) RETURNING company_id",
        )?
        .query_row(
            named_params! {
                ":name": draft.name,
                ":number": draft.number,
                ":email": draft.email,
                ":phone": draft.phone,
                ":address": draft.address,
                ":primary": draft.primary_contact,
                ":now": tx.now(),
            },
            |row| row.get(0),
        )?;
    index(tx, id, draft)?;
    Ok(id)
}

/// Changes a company. False when it is gone.
///
/// # Errors
/// SQLite's.
pub fn change(tx: &Tx<'_>, id: CompanyId, draft: &Draft) -> Result<bool> {
    let changed = tx
        .connection()
        .prepare_cached(
            "UPDATE company
             SET name = :name, number = :number, email = :email, phone = :phone, address = :address,
                 primary_contact_id = :primary, changed_at = :now
             WHERE company_id = :id",
        )?
        .execute(named_params! {
            ":id": id,
            ":name": draft.name,
            ":number": draft.number,
            ":email": draft.email,
            ":phone": draft.phone,
            ":address": draft.address,
            ":primary": draft.primary_contact,
            ":now": tx.now(),
        })?;
    if changed == 0 {
        return Ok(false);
    }
    index(tx, id, draft)?;
    // Its people are found by its name.
    super::contacts::index_all_of(tx, id)?;
    Ok(true)
}

fn index(tx: &Tx<'_>, id: CompanyId, draft: &Draft) -> Result<()> {
    customer_fields::set_values(tx, Record::Company, id.0, &draft.values)?;
    let texts = [&draft.name, &draft.number, &draft.email, &draft.phone];
    record_words::set(tx, Record::Company, id.0, texts)
}

/// Takes a company out of use, or into use again. False when it is gone, or is so already.
///
/// # Errors
/// SQLite's.
pub fn archive(tx: &Tx<'_>, id: CompanyId, is_archived: bool) -> Result<bool> {
    let changed = tx
        .connection()
        .prepare_cached(
            "UPDATE company SET archived_at = CASE WHEN ?2 THEN ?3 END
             WHERE company_id = ?1 AND (archived_at IS NOT NULL) <> ?2",
        )?
        .execute(params![id, is_archived, tx.now()])?;
    Ok(changed > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::House;

    fn draft(name: &str, number: &str) -> Draft {
        Draft {
            name: name.to_owned(),
            number: number.to_owned(),
            ..Draft::default()
        }
    }

    fn names(companies: Vec<Company>) -> Vec<String> {
        let companies = companies.into_iter();
        companies.map(|company| company.draft.name).collect()
    }

    #[test]
    fn companies_are_found_by_name_and_number_until_they_are_out_of_use() {
        let house = House::furnished();
        let lumi = house.write(|tx| add(tx, &draft("Lumi Oy", "K-1007")));
        house.write(|tx| add(tx, &draft("blue Lumi", "")));
        let found = |search| names(house.read(|reader| found(reader, search, 10)));
        assert_eq!(found("lumi"), ["blue Lumi", "Lumi Oy"]);
        assert_eq!(found("1007"), ["Lumi Oy"]);
        house.write(move |tx| change(tx, lumi, &draft("Valo Oy", "")));
        assert_eq!(found("1007"), Vec::<String>::new());
        assert_eq!(found("valo"), ["Valo Oy"]);
        assert!(house.write(move |tx| archive(tx, lumi, true)));
        assert!(!house.write(move |tx| archive(tx, lumi, true)));
        assert_eq!(found("valo"), Vec::<String>::new());
        assert!(house.write(move |tx| archive(tx, lumi, false)));
        assert_eq!(found("valo"), ["Valo Oy"]);
    }

    #[test]
    fn the_list_goes_on_behind_any_of_its_rows() {
        let house = House::furnished();
        for name in ["delta", "Alfa", "bravo", "Charlie", "alfa"] {
            house.write(move |tx| add(tx, &draft(name, "")));
        }
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let page = house.read(|reader| by_name(reader, after, 2));
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            seen.extend(names(page));
        }
        assert_eq!(seen, ["Alfa", "alfa", "bravo", "Charlie", "delta"]);
        let newest = house.read(|reader| by_change(reader, None, 10));
        assert_eq!(newest.len(), 5);
        let rest = house.read(|reader| by_change(reader, Some(newest[3].id), 10));
        assert_eq!(names(rest), [newest[4].draft.name.clone()]);
    }
}
