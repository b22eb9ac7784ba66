//! The own rules of a queue: made in their editors, asked when work is given out, told in the routing log.

use super::support::client::{Form, Page};
use super::support::shop::{AtWork, Shop};

const QUEUE: &str = "/admin/queues/1";

fn errors(page: &Page) -> Vec<String> {
    page.texts(".field__error")
}

/// The names of the rules on the page, in its order.
fn names(page: &Page) -> Vec<String> {
    page.texts(".rule__name a")
}

/// The form of a rule of a kind that fits messages with a word; every message without one.
fn rule(shop: &Shop, kind: &str, name: &str, word: &str) -> Form {
    let page = shop
        .world
        .owner
        .client
        .get(&format!("{QUEUE}/rules/{kind}/new"));
    let mut form = page.form("Save");
    form.set("name", name);
    if !word.is_empty() {
        form.set("when.group[0].test[0].attribute", "message-text");
        form.set("when.group[0].test[0].operator", "contains");
        form.set("when.group[0].test[0].value", word);
    }
    form
}

/// Puts a skill on a person.
fn learns(shop: &Shop, agent: &AtWork, skill: &str, rating: i64) -> i64 {
    let database = shop.world.database();
    database
        .execute(
            "INSERT OR IGNORE INTO skill (name, kind, description, created_at) VALUES (?1, '', '', 0)",
            [skill],
        )
        .unwrap();
    let skill = shop
        .world
        .one("SELECT skill_id FROM skill WHERE name = ?1", [skill]);
    database
        .execute(
            "INSERT INTO user_skill (user_id, skill_id, rating) VALUES (?1, ?2, ?3)",
            [agent.id, skill, rating],
        )
        .unwrap();
    skill
}

fn by_rules(shop: &Shop) {
    let client = &shop.world.owner.client;
    let page = client.get(QUEUE);
    let saved = client.submit(&page.fill("Save", &[("Assignment method", "Own rules")]));
    assert_eq!(saved.value("Assignment method"), "own-rules");
}

#[test]
fn the_order_of_the_rules_is_the_order_of_the_line_and_what_fits_none_is_first_in_first_out() {
    let shop = Shop::open();
    let client = &shop.world.owner.client;
    client.submit(&rule(&shop, "order", "Orders", "order"));
    let page = client.submit(&rule(&shop, "order", "Refunds", "refund"));
    assert_eq!(names(&page), ["Orders", "Refunds"]);
    // Refunds first: by the keyboard, with the focus on the button that was pressed.
    let row = page.part("li.rule", "Refunds");
    let mut up = row.form("Turn off").in_row("/place");
    up.set("to", "up");
    let page = client.submit(&up);
    assert_eq!(names(&page), ["Refunds", "Orders"]);

    for (at, text) in [
        "hello",
        "where is my order",
        "good morning",
        "my refund please",
        "another order",
    ]
    .into_iter()
    .enumerate()
    {
        shop.customer(&format!("Customer {at}")).writes(text);
        shop.waits(at as i64 + 1);
    }
    let _mia = shop.agent("Mia");
    shop.until("all are offered", || {
        shop.number("SELECT count(*) FROM offer", 0) == 5
    });
    assert_eq!(shop.offered_in_turn(), [4, 2, 5, 1, 3]);
    let log = client.get("/workspace/conversations/4/routing");
    log.assert_says("Refunds");
    log.assert_says("Message text contains refund");
    client
        .get("/workspace/conversations/1/routing")
        .assert_says("does not fit");
}

#[test]
fn each_rule_for_agents_asks_for_less_until_one_finds_somebody() {
    let shop = Shop::open();
    let client = &shop.world.owner.client;
    let (mia, noa) = (shop.agent("Mia"), shop.agent("Noa"));
    let finnish = learns(&shop, &mia, "Finnish", 9);
    learns(&shop, &noa, "Finnish", 4);
    let mut best = rule(&shop, "agents", "Masters", "");
    best.set("need[0].skill", &finnish.to_string());
    best.set("need[0].rating", "9");
    client.submit(&best);
    let mut some = rule(&shop, "agents", "Speakers", "");
    some.set("need[0].skill", &finnish.to_string());
    some.set("presence", "available");
    let page = client.submit(&some);
    assert_eq!(names(&page), ["Masters", "Speakers"]);
    page.assert_says("These rules are not used");
    by_rules(&shop);

    shop.customer("Anna Virtanen").writes("Moi");
    let first = shop.offered(&mia);
    let id = shop.conversation_of(first);
    // Who rejects it is asked after the others, but the rule still finds only her: it comes back.
    let away: i64 = shop.world.one(
        "SELECT presence_id FROM presence WHERE built_in = 'away'",
        [],
    );
    mia.becomes(away);
    mia.rejects(first);
    let next = shop.offered(&noa);
    assert_eq!(shop.conversation_of(next), id);
    let log = client.get(&format!("/workspace/conversations/{id}/routing"));
    for words in [
        "rule Masters",
        "rule Speakers",
        "fits, but finds nobody",
        "fits, and decides",
        "lacks a skill that the rule asks for",
    ] {
        log.assert_says(words);
    }
    // A tried message names who would be asked now, and makes nothing.
    let conversations = shop.world.count("conversation");
    let trial = client.get("/admin/workstreams/1/trial");
    let tried = client.post(&trial.fill("Try it", &[("Message", "Moi")]));
    tried.assert_says("Noa");
    assert_eq!(shop.world.count("conversation"), conversations);
}

#[test]
fn rules_of_a_queue_are_checked_switched_copied_and_go_with_the_queue() {
    let shop = Shop::open();
    let client = &shop.world.owner.client;
    let refused = client.post(&rule(&shop, "order", "", "refund"));
    assert_eq!(refused.status, 422);
    assert_eq!(errors(&refused), ["Fill this in."]);
    assert!(refused.body.contains("refund"), "what was typed is kept");
    let mut form = rule(&shop, "agents", "Best", "");
    form.set("need[0].rating", "11");
    form.set("need[0].skill", "99");
    form.set("method", "guess");
    let refused = client.post(&form);
    assert_eq!(refused.status, 422);
    assert_eq!(errors(&refused).len(), 2, "{:?}", errors(&refused));

    let mia = shop.agent("Mia");
    let finnish = learns(&shop, &mia, "Finnish", 9);
    let mut form = rule(&shop, "agents", "Best", "");
    form.set("need[0].skill", &finnish.to_string());
    let page = client.submit(&form);
    let page = client.submit(&page.part("li.rule", "Best").form("Turn off"));
    page.assert_says("Off");
    let copied = page.part("li.rule", "Best").form("Turn on");
    let copy = client.submit(&copied.in_row("/copy"));
    assert_eq!(copy.value("Name"), "Copy of Best");
    // What a rule names stays, and the page says which rule it is.
    let skill = client.get(&format!("/admin/skills/{finnish}/removal"));
    skill.assert_says("Rule Best of the queue Default messaging queue");
    for name in ["Copy of Best", "Best"] {
        let page = client.get(&format!("{QUEUE}/rules"));
        let link = page.part("li.rule", name).link("/removal").expect("a way");
        client.submit(&client.get(&link).form("Delete"));
    }
    assert_eq!(shop.world.count("queue_agent_rule"), 0);
    client
        .get("/admin/audit")
        .assert_says("Rule for agents of a queue");

    // Chosen, but without a rule that is on, the method goes on deciding: nobody is forgotten.
    by_rules(&shop);
    shop.customer("Anna Virtanen").writes("Hello");
    shop.offered(&mia);
}
