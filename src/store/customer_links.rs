//! Who of the shop's book of customers a customer of a page is. Once that is said, all of his conversations are that
//! contact's or company's, the later ones too.

use rusqlite::{OptionalExtension as _, params};

use crate::domain::ids::{CompanyId, ContactId, SocialProfileId, UserId};
use crate::domain::live_event::LiveEvent;
use crate::domain::record::UNDONE_WITHIN;
use crate::domain::time::Timestamp;

use super::companies::{self, Company};
use super::contacts::{self, Contact, of_person};
use super::{Reader, Result, Tx, conversations};

/// Somebody in the shop's book of customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Customer {
    /// A person.
    Contact(ContactId),
    /// A company.
    Company(CompanyId),
}

impl Customer {
    /// The two columns that say it.
    pub(super) fn columns(self) -> (Option<ContactId>, Option<CompanyId>) {
        match self {
            Customer::Contact(id) => (Some(id), None),
            Customer::Company(id) => (None, Some(id)),
        }
    }

    /// What two columns say; `None` when they say nobody.
    pub(super) fn of_columns(
        contact: Option<ContactId>,
        company: Option<CompanyId>,
    ) -> Option<Customer> {
        let contact = contact.map(Customer::Contact);
        contact.or(company.map(Customer::Company))
    }
}

/// Somebody in the shop's book of customers, with what it says about him.
#[derive(Clone, Debug, PartialEq)]
pub enum Linked {
    /// A person; of merged ones the one that is shown.
    Contact(Contact),
    /// A company.
    Company(Company),
}

impl Linked {
    /// The name.
    pub fn name(&self) -> &str {
        match self {
            Linked::Contact(contact) => &contact.name,
            Linked::Company(company) => &company.draft.name,
        }
    }

    /// Who it is.
    pub fn customer(&self) -> Customer {
        match self {
            Linked::Contact(contact) => Customer::Contact(contact.id),
            Linked::Company(company) => Customer::Company(company.id),
        }
    }
}

/// What the book says about somebody. `None` when there is no such record.
///
/// # Errors
/// SQLite's.
pub fn read(reader: &Reader<'_>, customer: Customer) -> Result<Option<Linked>> {
    Ok(match customer {
        Customer::Contact(id) => contacts::shown(reader, id)?.map(Linked::Contact),
        Customer::Company(id) => companies::by_id(reader, id)?.map(Linked::Company),
    })
}

/// Who a customer of a page is. `None` while nobody has said so.
///
/// # Errors
/// SQLite's.
pub fn of(reader: &Reader<'_>, profile: SocialProfileId) -> Result<Option<Linked>> {
    let found = reader
        .connection()
        .prepare_cached(
            "SELECT contact_id, company_id FROM customer_link
             WHERE social_profile_id = ?1 AND unlinked_at IS NULL",
        )?
        .query_row([profile], |row| {
            Ok(Customer::of_columns(row.get(0)?, row.get(1)?))
        })
        .optional()?
        .flatten();
    match found {
        Some(customer) => read(reader, customer),
        None => Ok(None),
    }
}

/// The customers of pages that somebody is, in the order in which it was said.
///
/// # Errors
/// SQLite's.
pub fn profiles_of(reader: &Reader<'_>, customer: Customer) -> Result<Vec<SocialProfileId>> {
    let (sql, id) = match customer {
        Customer::Contact(id) => (
            concat!(
                "SELECT social_profile_id FROM customer_link WHERE contact_id IN ",
                of_person!(),
                " AND unlinked_at IS NULL ORDER BY customer_link_id"
            ),
            id.0,
        ),
        Customer::Company(id) => (
            "SELECT social_profile_id FROM customer_link WHERE company_id = ?1
               AND unlinked_at IS NULL ORDER BY customer_link_id",
            id.0,
        ),
    };
    let mut statement = reader.connection().prepare_cached(sql)?;
    let profiles = statement.query_map([id], |row| row.get(0))?;
    Ok(profiles.collect::<rusqlite::Result<_>>()?)
}

/// Says who a customer of a page is. False, and nothing is changed, when somebody has said so already, or the record
/// is gone, out of use, or merged into another.
///
/// # Errors
/// SQLite's.
pub fn link(
    tx: &Tx<'_>,
    profile: SocialProfileId,
    customer: Customer,
    user: UserId,
) -> Result<bool> {
    let reader = tx.reader();
    let is_in_use = match customer {
        Customer::Contact(id) => contacts::by_id(&reader, id)?.is_some_and(|it| it.is_in_use()),
        Customer::Company(id) => companies::by_id(&reader, id)?.is_some_and(|it| !it.is_archived),
    };
    if !is_in_use {
        return Ok(false);
    }
    let (contact, company) = customer.columns();
    let added = tx
        .connection()
        .prepare_cached(
            "INSERT INTO customer_link (social_profile_id, contact_id, company_id, linked_by, linked_at)
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
        )?
        .execute(params![profile, contact, company, user, tx.now()])?;
    if added > 0 {
        tell(tx, profile)?;
    }
    Ok(added > 0)
}

/// Takes back who a customer of a page is. False when nobody has said so.
///
/// # Errors
/// SQLite's.
pub fn unlink(tx: &Tx<'_>, profile: SocialProfileId, user: UserId) -> Result<bool> {
    let changed = tx
        .connection()
        .prepare_cached(
            "UPDATE customer_link SET unlinked_by = ?2, unlinked_at = ?3
             WHERE social_profile_id = ?1 AND unlinked_at IS NULL",
        )?
        .execute(params![profile, user, tx.now()])?;
    if changed > 0 {
        tell(tx, profile)?;
    }
    Ok(changed > 0)
}

/// Whom `user` has just taken back, so that it can be undone at the moment of `now`.
///
/// # Errors
/// SQLite's.
pub fn just_unlinked(
    reader: &Reader<'_>,
    profile: SocialProfileId,
    user: UserId,
    now: Timestamp,
) -> Result<Option<Customer>> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT contact_id, company_id FROM customer_link
             WHERE customer_link_id = (SELECT max(customer_link_id) FROM customer_link
                                       WHERE social_profile_id = ?1)
               AND unlinked_by = ?2 AND unlinked_at >= ?3",
        )?
        .query_row(params![profile, user, now.minus(UNDONE_WITHIN)], |row| {
            Ok(Customer::of_columns(row.get(0)?, row.get(1)?))
        })
        .optional()?
        .flatten())
}

/// Undoes [`unlink`] by the same person a moment ago. False when it is too late, or somebody else is linked.
///
/// # Errors
/// SQLite's.
pub fn undo_unlink(tx: &Tx<'_>, profile: SocialProfileId, user: UserId) -> Result<bool> {
    match just_unlinked(&tx.reader(), profile, user, tx.now())? {
        Some(customer) => link(tx, profile, customer, user),
        None => Ok(false),
    }
}

/// Tells the tabs about the conversation that a customer of a page has now.
fn tell(tx: &Tx<'_>, profile: SocialProfileId) -> Result<()> {
    match conversations::current(&tx.reader(), profile)? {
        Some(conversation) => tx.tell(LiveEvent::ConversationChanged(conversation.id)),
        None => Ok(()),
    }
}

/// Tells the tabs about the conversations of everybody who is this contact.
///
/// # Errors
/// SQLite's.
pub fn tell_of_contact(tx: &Tx<'_>, contact: ContactId) -> Result<()> {
    let profiles = profiles_of(&tx.reader(), Customer::Contact(contact))?;
    profiles
        .into_iter()
        .try_for_each(|profile| tell(tx, profile))
}

/// Gives a customer of a page a name of people's own, or (`None`) takes it away; the platform's stays beside it.
///
/// # Errors
/// SQLite's.
pub fn rename(tx: &Tx<'_>, profile: SocialProfileId, name: Option<&str>) -> Result<()> {
    let changed = tx
        .connection()
        .prepare_cached(
            "UPDATE social_profile SET own_name = ?2
             WHERE social_profile_id = ?1 AND own_name IS NOT ?2",
        )?
        .execute(params![profile, name])?;
    match changed {
        0 => Ok(()),
        _ => tell(tx, profile),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::ConversationId;
    use crate::store::contacts::Draft;
    use crate::store::testing::House;

    fn profile_of(house: &House, id: ConversationId) -> SocialProfileId {
        let found = house.read(|reader| conversations::by_id(reader, id));
        found.expect("it is there").profile
    }

    fn contact(house: &House, name: &str) -> ContactId {
        let draft = Draft {
            first_name: name.to_owned(),
            ..Draft::default()
        };
        house.write(move |tx| contacts::add(tx, &draft))
    }

    #[test]
    fn a_customer_is_one_contact_until_that_is_taken_back() {
        let house = House::furnished();
        let user = house.user("mine");
        let conversation = house.conversation("anna");
        let profile = profile_of(&house, conversation);
        let (anna, ben) = (contact(&house, "Anna"), contact(&house, "Ben"));
        let name = || {
            let linked = house.read(|reader| of(reader, profile));
            linked.map(|linked| linked.name().to_owned())
        };
        assert_eq!(name(), None);
        assert!(house.write(move |tx| link(tx, profile, Customer::Contact(anna), user)));
        assert!(
            !house.write(move |tx| link(tx, profile, Customer::Contact(ben), user)),
            "one at a time"
        );
        assert_eq!(name().as_deref(), Some("Anna"));
        assert!(house.write(move |tx| unlink(tx, profile, user)));
        assert!(!house.write(move |tx| unlink(tx, profile, user)));
        assert_eq!(name(), None);
        let other = house.user("other");
        assert!(
            !house.write(move |tx| undo_unlink(tx, profile, other)),
            "not his"
        );
        assert!(house.write(move |tx| undo_unlink(tx, profile, user)));
        assert_eq!(name().as_deref(), Some("Anna"));
        house.write(move |tx| unlink(tx, profile, user));
        house.execute("UPDATE customer_link SET unlinked_at = unlinked_at - 31000");
        assert!(
            !house.write(move |tx| undo_unlink(tx, profile, user)),
            "too late"
        );
    }

    #[test]
    fn what_is_linked_to_a_merged_contact_is_the_kept_ones() {
        let house = House::furnished();
        let user = house.user("boss");
        let conversation = house.conversation("anna");
        let profile = profile_of(&house, conversation);
        let (kept, gone) = (contact(&house, "Anna"), contact(&house, "Anna V."));
        house.write(move |tx| link(tx, profile, Customer::Contact(gone), user));
        let merge = house.write(move |tx| contacts::merge(tx, kept, gone, user));
        let who = || house.read(|reader| of(reader, profile)).unwrap().customer();
        let has = |id| house.read(|reader| profiles_of(reader, Customer::Contact(id)));
        assert_eq!((who(), has(kept)), (Customer::Contact(kept), vec![profile]));
        house.write(move |tx| contacts::part(tx, merge.unwrap()));
        assert_eq!((who(), has(kept)), (Customer::Contact(gone), vec![]));
    }
}
