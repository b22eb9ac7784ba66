//! What the sample shop has written down about its customers.

use crate::domain::facts::Priority;
use crate::domain::ids::{ContactId, ConversationId, UserId};
use crate::store::contacts::Draft;
use crate::store::customer_links::Customer;
use crate::store::notes::About;
use crate::store::{
    Result, Store, Tx, cases, companies, contacts, conversations, customer_links, notes,
};

/// Name, email, phone and company of the people whom the shop knows. The first is the customer of the sample
/// conversation about a refund; one is not linked yet, and is suggested by the name.
const PEOPLE: [[&str; 5]; 4] = [
    [
        "怡君",
        "林",
        "yichun.lin@mail.example",
        "+886 912 345 678",
        "",
    ],
    [
        "Rafael",
        "Siqueira",
        "rafael@siqueira.example",
        "+55 11 91234 5678",
        "Siqueira Turismo",
    ],
    [
        "Katarzyna",
        "Nowak",
        "k.nowak@mail.example",
        "+48 601 234 567",
        "",
    ],
    [
        "Ville",
        "Mäkinen",
        "ville@makinen.example",
        "+358 40 123 4567",
        "Pohjola Guides",
    ],
];

/// Writes them down; `refund` is the conversation of the first one, which `agent` holds.
///
/// # Errors
/// The database's.
pub(super) fn fill(store: &Store, refund: ConversationId, agent: UserId) -> Result<()> {
    store.write_blocking(move |tx| {
        let mut people = Vec::with_capacity(PEOPLE.len());
        for person in PEOPLE {
            people.push(write_down(tx, person)?);
        }
        let first = people[0];
        let Some(conversation) = conversations::by_id(&tx.reader(), refund)? else {
            return Ok(());
        };
        customer_links::link(tx, conversation.profile, Customer::Contact(first), agent)?;
        let case = cases::Draft {
            title: "SO-48213 refund".to_owned(),
            description: "Third broken pole from the same batch this month.".to_owned(),
            priority: Priority::High,
            customer: Some(Customer::Contact(first)),
            ..cases::Draft::default()
        };
        let case = cases::add(tx, &case, agent)?;
        cases::attach(tx, refund, Some(case))?;
        let words = "Hikes every month, prefers refunds to store credit. Knows gear well.";
        notes::write(tx, About::Contact(first), agent, words, false)?;
        Ok(())
    })
}

fn write_down(tx: &Tx<'_>, person: [&str; 5]) -> Result<ContactId> {
    let [first, last, email, phone, company] = person;
    let company = match company {
        "" => None,
        name => Some(companies::ensure(tx, name)?),
    };
    let draft = Draft {
        first_name: first.to_owned(),
        last_name: last.to_owned(),
        company,
        email: email.to_owned(),
        phone: phone.to_owned(),
        ..Draft::default()
    };
    contacts::add(tx, &draft)
}
