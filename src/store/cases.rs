//! Cases: matters that last longer than a conversation. A conversation is about one at most, and its end leaves the
//! case as it is.

use rusqlite::{OptionalExtension as _, Row, named_params, params};

use crate::domain::facts::Priority;
use crate::domain::ids::{CaseId, CompanyId, ContactId, ConversationId, UserId};
use crate::domain::live_event::LiveEvent;
use crate::domain::record::Record;
use crate::domain::time::Timestamp;

use super::contacts::of_person;
use super::customer_fields::{self, Values};
use super::customer_links::Customer;
use super::{Reader, Result, Tx, record_words};

/// A case.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Row id; with [`number`](Case::number) people name it.
    pub id: CaseId,
    /// What is typed about it, without the fields that an administrator added.
    pub draft: Draft,
    /// The name of its customer; `None` without one.
    pub customer_name: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub changed_at: Timestamp,
    /// When it was resolved; `None` while it is open.
    pub resolved_at: Option<Timestamp>,
}

/// What is typed about a case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// What it is about, not empty.
    pub title: String,
    /// More about it; may be empty.
    pub description: String,
    /// How urgent it is.
    pub priority: Priority,
    /// Whose it is; of merged contacts the one that is shown.
    pub customer: Option<Customer>,
    /// The fields that an administrator added.
    pub values: Values,
}

impl Case {
    /// As people name it.
    pub fn number(&self) -> String {
        number(self.id)
    }
}

/// A case as people name it: C-0042.
pub fn number(id: CaseId) -> String {
    format!("C-{:04}", id.0)
}

macro_rules! select_case {
    ($rest:literal) => {
        select_case!(@ $rest)
    };
    (@ $($rest:expr),*) => {
        concat!(
            "SELECT customer_case_id, title, description, priority, kept.contact_id, customer_case.company_id,
                    coalesce(kept.name, company.name), customer_case.created_at, customer_case.changed_at,
                    resolved_at
             FROM customer_case
             LEFT JOIN contact AS named ON named.contact_id = customer_case.contact_id
             LEFT JOIN contact AS kept ON kept.contact_id = coalesce(named.merged_into, named.contact_id)
             LEFT JOIN company ON company.company_id = customer_case.company_id ",
            $($rest),*
        )
    };
}

fn case(row: &Row<'_>) -> rusqlite::Result<Case> {
    let priority: u8 = row.get(3)?;
    Ok(Case {
        id: row.get(0)?,
        draft: Draft {
            title: row.get(1)?,
            description: row.get(2)?,
            priority: Priority::ALL
                .get(usize::from(priority))
                .copied()
                .unwrap_or_default(),
            customer: Customer::of_columns(row.get(4)?, row.get(5)?),
            values: Values::new(),
        },
        customer_name: row.get(6)?,
        created_at: row.get(7)?,
        changed_at: row.get(8)?,
        resolved_at: row.get(9)?,
    })
}

/// The case of an id; `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn by_id(reader: &Reader<'_>, id: CaseId) -> Result<Option<Case>> {
    Ok(reader
        .connection()
        .prepare_cached(select_case!("WHERE customer_case_id = ?1"))?
        .query_row([id], case)
        .optional()?)
}

/// The case that a conversation is about; `None` without one.
///
/// # Errors
/// SQLite's.
pub fn of_conversation(reader: &Reader<'_>, id: ConversationId) -> Result<Option<Case>> {
    Ok(reader
        .connection()
        .prepare_cached(select_case!(
            "WHERE customer_case_id = (SELECT customer_case_id FROM conversation WHERE conversation_id = ?1)"
        ))?
        .query_row([id], case)
        .optional()?)
}

/// Open cases (or all of them), the last changed first, behind the one `after` (`None`: from the first on), at most
/// `limit`.
///
/// # Errors
/// SQLite's.
pub fn by_change(
    reader: &Reader<'_>,
    only_open: bool,
    after: Option<CaseId>,
    limit: usize,
) -> Result<Vec<Case>> {
    let last = match after {
        Some(after) => by_id(reader, after)?,
        None => None,
    };
    let from = last.map_or(
        (Timestamp::from_millis(i64::MAX), CaseId(i64::MAX)),
        |last| (last.changed_at, last.id),
    );
    let connection = reader.connection();
    let mut statement = match only_open {
        true => connection.prepare_cached(select_case!(
            "WHERE resolved_at IS NULL AND (customer_case.changed_at, customer_case_id) < (?1, ?2)
             ORDER BY customer_case.changed_at DESC, customer_case_id DESC LIMIT ?3"
        ))?,
        false => connection.prepare_cached(select_case!(
            "WHERE (customer_case.changed_at, customer_case_id) < (?1, ?2)
             ORDER BY customer_case.changed_at DESC, customer_case_id DESC LIMIT ?3"
        ))?,
    };
    let cases = statement.query_map(params![from.0, from.1, limit as i64], case)?;
    Ok(cases.collect::<rusqlite::Result<_>>()?)
}

/// Cases that have every word of a search in title or number, the last changed first; at most `limit`.
///
/// # Errors
/// SQLite's.
pub fn found(reader: &Reader<'_>, search: &str, limit: usize) -> Result<Vec<Case>> {
    let ids = record_words::find(reader, Record::Case, search, limit)?;
    let mut cases = Vec::with_capacity(ids.len());
    for id in ids {
        cases.extend(by_id(reader, CaseId(id))?);
    }
    cases.sort_by_key(|case| std::cmp::Reverse((case.changed_at, case.id)));
    Ok(cases)
}

/// The cases of somebody, open ones first, then the last changed; at most `limit`.
///
/// # Errors
/// SQLite's.
pub fn of_customer(reader: &Reader<'_>, customer: Customer, limit: usize) -> Result<Vec<Case>> {
    let (sql, id) = match customer {
        Customer::Contact(id) => (
            select_case!(@
                "WHERE customer_case.contact_id IN ",
                of_person!(),
                " ORDER BY resolved_at IS NOT NULL, customer_case.changed_at DESC LIMIT ?2"
            ),
            id.0,
        ),
        Customer::Company(id) => (
            select_case!(
                "WHERE customer_case.company_id = ?1
                 ORDER BY resolved_at IS NOT NULL, customer_case.changed_at DESC LIMIT ?2"
            ),
            id.0,
        ),
    };
    let mut statement = reader.connection().prepare_cached(sql)?;
    let cases = statement.query_map(params![id, limit as i64], case)?;
    Ok(cases.collect::<rusqlite::Result<_>>()?)
}

/// Adds a case.
///
/// # Errors
/// SQLite's.
pub fn add(tx: &Tx<'_>, draft: &Draft, user: UserId) -> Result<CaseId> {
    let (contact, company) = columns(draft.customer);
    let id: CaseId = tx
        .connection()
        .prepare_cached(
            "INSERT INTO customer_case (title, description, priority, contact_id, company_id, created_by,
                                        created_at, changed_at)
             VALUES (:title, :description, :priority, :contact, :company, :user, :now, :now)
             RETURNING customer_case_id",
        )?
        .query_row(
            named_params! {
                ":title": draft.title,
                ":description": draft.description,
                ":priority": draft.priority as u8,
                ":contact": contact,
                ":company": company,
                ":user": user,
                ":now": tx.now(),
            },
            |row| row.get(0),
        )?;
    index(tx, id, draft)?;
    Ok(id)
}

/// Changes a case. False when it is gone.
///
/// # Errors
/// SQLite's.
pub fn change(tx: &Tx<'_>, id: CaseId, draft: &Draft) -> Result<bool> {
    let (contact, company) = columns(draft.customer);
    let changed = tx
        .connection()
        .prepare_cached(
            "UPDATE customer_case
             SET title = :title, description = :description, priority = :priority, contact_id = :contact,
                 company_id = :company, changed_at = :now
             WHERE customer_case_id = :id",
        )?
        .execute(named_params! {
            ":id": id,
            ":title": draft.title,
            ":description": draft.description,
            ":priority": draft.priority as u8,
            ":contact": contact,
            ":company": company,
            ":now": tx.now(),
        })?;
    if changed > 0 {
        index(tx, id, draft)?;
        tell(tx, id)?;
    }
    Ok(changed > 0)
}

fn columns(customer: Option<Customer>) -> (Option<ContactId>, Option<CompanyId>) {
    customer.map(Customer::columns).unwrap_or_default()
}

fn index(tx: &Tx<'_>, id: CaseId, draft: &Draft) -> Result<()> {
    customer_fields::set_values(tx, Record::Case, id.0, &draft.values)?;
    record_words::set(tx, Record::Case, id.0, [&draft.title, &number(id)])
}

/// Resolves a case, or opens it again. False when it is gone, or so already.
///
/// # Errors
/// SQLite's.
pub fn resolve(tx: &Tx<'_>, id: CaseId, user: UserId, is_resolved: bool) -> Result<bool> {
    let changed = tx
        .connection()
        .prepare_cached(
            "UPDATE customer_case
             SET resolved_at = CASE WHEN ?3 THEN ?4 END, resolved_by = CASE WHEN ?3 THEN ?2 END, changed_at = ?4
             WHERE customer_case_id = ?1 AND (resolved_at IS NOT NULL) <> ?3",
        )?
        .execute(params![id, user, is_resolved, tx.now()])?;
    if changed > 0 {
        tell(tx, id)?;
    }
    Ok(changed > 0)
}

/// Says what a conversation is about: a case, or (`None`) none. False when there is no such case, or the conversation
/// has another one.
///
/// # Errors
/// SQLite's.
pub fn attach(tx: &Tx<'_>, conversation: ConversationId, case: Option<CaseId>) -> Result<bool> {
    if let Some(case) = case
        && by_id(&tx.reader(), case)?.is_none()
    {
        return Ok(false);
    }
    let changed = tx
        .connection()
        .prepare_cached(
            "UPDATE conversation SET customer_case_id = ?2
             WHERE conversation_id = ?1 AND (customer_case_id IS NULL) <> (?2 IS NULL)",
        )?
        .execute(params![conversation, case])?;
    if changed > 0 {
        tx.tell(LiveEvent::ConversationChanged(conversation))?;
    }
    Ok(changed > 0)
}

/// Conversations that are about a case, the newest first; at most `limit`.
///
/// # Errors
/// SQLite's.
pub fn conversations_of(
    reader: &Reader<'_>,
    id: CaseId,
    limit: usize,
) -> Result<Vec<ConversationId>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT conversation_id FROM conversation WHERE customer_case_id = ?1
         ORDER BY conversation_id DESC LIMIT ?2",
    )?;
    let conversations = statement.query_map(params![id, limit as i64], |row| row.get(0))?;
    Ok(conversations.collect::<rusqlite::Result<_>>()?)
}

/// Tells the tabs about the conversations that go on about a case.
fn tell(tx: &Tx<'_>, id: CaseId) -> Result<()> {
    let going_on = tx
        .connection()
        .prepare_cached(
            "SELECT conversation_id FROM conversation WHERE customer_case_id = ?1 AND state <> 'closed'",
        )?
        .query_map([id], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<ConversationId>>>()?;
    let mut going_on = going_on.into_iter();
    going_on.try_for_each(|conversation| tx.tell(LiveEvent::ConversationChanged(conversation)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::contacts;
    use crate::store::testing::House;

    fn draft(title: &str) -> Draft {
        Draft {
            title: title.to_owned(),
            ..Draft::default()
        }
    }

    #[test]
    fn a_conversation_is_about_one_case_at_most() {
        let house = House::furnished();
        let user = house.user("mine");
        let conversation = house.conversation("anna");
        let first = house.write(move |tx| add(tx, &draft("Broken pole"), user));
        let second = house.write(move |tx| add(tx, &draft("Refund"), user));
        assert!(house.write(move |tx| attach(tx, conversation, Some(first))));
        assert!(!house.write(move |tx| attach(tx, conversation, Some(second))));
        let about = || house.read(|reader| of_conversation(reader, conversation));
        assert_eq!(about().unwrap().draft.title, "Broken pole");
        assert!(house.write(move |tx| attach(tx, conversation, None)));
        assert_eq!(about(), None);
        assert!(!house.write(move |tx| attach(tx, conversation, Some(CaseId(99)))));
    }

    #[test]
    fn cases_are_found_by_title_and_number_and_open_ones_are_listed() {
        let house = House::furnished();
        let user = house.user("mine");
        let pole = house.write(move |tx| add(tx, &draft("Broken pole"), user));
        let high = Draft {
            priority: Priority::High,
            ..draft("退款")
        };
        house.write(move |tx| add(tx, &high, user));
        let titles = |cases: Vec<Case>| -> Vec<String> {
            cases.into_iter().map(|case| case.draft.title).collect()
        };
        let found = |search: &str| titles(house.read(|reader| found(reader, search, 10)));
        assert_eq!(found("pole"), ["Broken pole"]);
        assert_eq!(found("C-0001"), ["Broken pole"]);
        assert_eq!(found("款"), ["退款"]);
        assert!(house.write(move |tx| resolve(tx, pole, user, true)));
        assert!(!house.write(move |tx| resolve(tx, pole, user, true)));
        let list = |open| titles(house.read(|reader| by_change(reader, open, None, 10)));
        assert_eq!(list(true), ["退款"]);
        assert_eq!(list(false).len(), 2);
        let read = house
            .read(|reader| by_change(reader, true, None, 1))
            .remove(0);
        assert_eq!(read.draft.priority, Priority::High);
    }

    #[test]
    fn the_cases_of_a_merged_contact_are_the_kept_ones() {
        let house = House::furnished();
        let user = house.user("boss");
        let [kept, gone] = ["Anna", "Anna V."].map(|name| {
            let draft = contacts::Draft {
                first_name: name.to_owned(),
                ..contacts::Draft::default()
            };
            house.write(move |tx| contacts::add(tx, &draft))
        });
        let pole = Draft {
            customer: Some(Customer::Contact(gone)),
            ..draft("Broken pole")
        };
        let case = house.write(move |tx| add(tx, &pole, user));
        house.write(move |tx| contacts::merge(tx, kept, gone, user));
        let of = |id| house.read(|reader| of_customer(reader, Customer::Contact(id), 10));
        assert_eq!(of(kept).len(), 1);
        let read = house.read(|reader| by_id(reader, case)).unwrap();
        assert_eq!(read.draft.customer, Some(Customer::Contact(kept)));
        assert_eq!(read.customer_name.as_deref(), Some("Anna"));
    }
}
