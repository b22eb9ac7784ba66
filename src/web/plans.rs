//! No page walks through a table that grows with the business, whoever looks at it.

use rocket::http::Status;

use crate::domain::access::Role;
use crate::store::conversations;
use crate::store::statements::assert_no_scan;
use crate::store::testing::House as Furniture;
use crate::web::testing::House;

/// Every page and fragment that reads the database.
const PAGES: [&str; 23] = [
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
