//! No page walks through a table that grows with the business, whoever looks at it.

use rocket::http::Status;

use crate::domain::access::Role;
use crate::domain::ids::{ConversationId, UserId};
use crate::store::customer_links::Customer;
use crate::store::notes::About;
use crate::store::statements::assert_no_scan;
use crate::store::testing::House as Furniture;
use crate::store::{Result, Tx, cases, companies, contacts, conversations, customer_links, notes};
use crate::web::testing::House;

/// Every page and fragment that reads the database.
const PAGES: [&str; 38] = [
    "/admin",
    "/admin/accounts",
    "/admin/accounts?channel=line&state=running&search=shop",
    "/admin/accounts/1",
    "/admin/accounts/1/callback",
    "/admin/accounts/1/connection",
    "/admin/accounts/1/pages",
    "/admin/accounts/1/pages?replace=1",
    "/admin/parked-events",
    "/profile/sessions",
    "/workspace",
    "/workspace?mine=active.1780500000000.1&open=open.0.1&closed=closed.1780500000000.1",
    "/workspace/work-items",
    "/workspace/sessions",
    "/workspace/supervisor?queue=1&agent=1&state=open&channel=line&search=shop",
    "/workspace/supervisor/figures",
    "/workspace/supervisor/conversations",
    "/workspace/supervisor/acts/transfer?id=2",
    "/workspace/conversations/1",
    "/workspace/conversations/1?before=5",
    "/workspace/conversations/1/messages?before=5",
    "/workspace/conversations/2/earlier/1",
    "/workspace/conversations/2/quick-replies",
    "/workspace/conversations/2/record",
    "/workspace/conversations/2/customer?search=an+vi",
    "/workspace/conversations/2/case",
    "/workspace/conversations/2/case?search=pole",
    "/workspace/contacts",
    "/workspace/contacts?after=1",
    "/workspace/contacts?sort=changed&after=1",
    "/workspace/contacts?search=an+vi",
    "/workspace/contacts/1",
    "/workspace/contacts/1/merge",
    "/workspace/companies?after=1",
    "/workspace/companies?sort=changed&after=1",
    "/workspace/companies/1",
    "/workspace/cases",
    "/workspace/cases/1",
];

#[test]
fn no_page_walks_through_a_large_table() {
    let house = House::new();
    let furniture = Furniture::in_store(house.app.store.clone());
    house.people();
    let boss = house.add("owner@shop.example", Role::Administrator);
    let first = furniture.answered_by(boss, "customer-1");
    furniture.write(move |tx| {
        use crate::domain::conversation::Act;
        conversations::apply(tx, first, Act::End, Some(boss))?;
        conversations::apply(tx, first, Act::Complete, Some(boss))
    });
    let second = furniture.conversation("customer-1");
    furniture.message(second, "m2", "One more thing");
    furniture.write(move |tx| conversations::assign(tx, second, boss));
    furniture.conversation("customer-2");
    furniture.execute("UPDATE account SET completed_at = 1");
    furniture.write(move |tx| in_the_book(tx, second, boss));
    for person in ["owner@shop.example", "anna@shop.example"] {
        let browser = house.signed_in(person);
        for page in PAGES {
            let mut seen = Status::Ok;
            let plans = house
                .app
                .store
                .plans_of_reads(|| seen = browser.get(page).status);
            // An agent may not see all of them; what is asked before the refusal counts too.
            let is_shown = seen == Status::Ok;
            assert!(is_shown || person != "owner@shop.example", "{page}: {seen}");
            assert!(!plans.is_empty(), "{page} reads nothing");
            assert_no_scan(&plans);
        }
    }
}

/// Somebody with a company, a case and notes is the customer of a conversation.
fn in_the_book(tx: &Tx<'_>, conversation: ConversationId, user: UserId) -> Result<()> {
    let contact = contacts::Draft {
        first_name: "Anna".to_owned(),
        company: Some(companies::ensure(tx, "Valo Oy")?),
        ..contacts::Draft::default()
    };
    let contact = contacts::add(tx, &contact)?;
    let case = cases::Draft {
        title: "Broken pole".to_owned(),
        customer: Some(Customer::Contact(contact)),
        ..cases::Draft::default()
    };
    let case = cases::add(tx, &case, user)?;
    cases::attach(tx, conversation, Some(case))?;
    for about in [About::Conversation(conversation), About::Contact(contact)] {
        notes::write(tx, about, user, "Hikes", false)?;
    }
    let found = conversations::by_id(&tx.reader(), conversation)?;
    let profile = found.expect("it is there").profile;
    customer_links::link(tx, profile, Customer::Contact(contact), user)?;
    Ok(())
}
