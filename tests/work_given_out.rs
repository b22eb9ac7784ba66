//! Who gets which conversation and when: what the specification's acceptance checks ask, on the real program.

use tiski::simulator::facebook::Customer;

use super::support::client::Page;
use super::support::shop::{AtWork, Shop};

impl Shop {
    /// Runs a job of the schedule by its button.
    fn runs_job(&self, name: &str) {
        let client = &self.world.owner.client;
        let row = client.get("/admin/jobs").part("tbody tr", name);
        client.submit(&row.form("Run now"));
    }

    /// Somebody takes the next conversation that is offered; which.
    fn takes_next(&self, agent: &AtWork) -> i64 {
        let offer = self.offered(agent);
        let id = self.conversation_of(offer);
        assert_eq!(agent.accepts(offer).status, 200);
        id
    }

    /// Saves the distribution of the workstream with these fields.
    fn distributes(&self, fields: &[(&str, &str)]) -> Page {
        let client = &self.world.owner.client;
        let mut form = client.get("/admin/workstreams/1/distribution").form("Save");
        for (name, value) in fields {
            form.set(name, value);
        }
        let saved = client.submit(&form);
        assert_eq!(saved.status, 200, "{}", saved.text());
        saved
    }

    /// How many messages of a kind the program said in a conversation.
    fn said(&self, conversation: i64, trigger: &str) -> i64 {
        self.world.one(
            "SELECT count(*) FROM message WHERE conversation_id = ?1 AND automated = ?2",
            rusqlite::params![conversation, trigger],
        )
    }

    /// What a customer got from the page.
    fn told(&self, customer: &Customer) -> Vec<String> {
        let sent = self.world.facebook().sent_to(customer.psid());
        sent.into_iter().filter_map(|sent| sent.text).collect()
    }

    /// Has the program say something that is off at first.
    fn says(&self, trigger: &str) {
        self.world.change(
            "INSERT INTO automated_message (channel, page_id, trigger, is_active)
             VALUES ('facebook', NULL, ?1, 1)",
            [trigger],
        );
    }
}

#[test]
fn the_queue_with_the_smaller_number_is_served_first() {
    let shop = Shop::open();
    shop.world
        .database()
        .execute_batch(
            r#"INSERT INTO queue (queue_id, name, priority, created_at) VALUES (70, 'Urgent', 1, 0);
               INSERT INTO queue_member (queue_id, user_id, joined_at) SELECT 70, user_id, 0 FROM user;
               INSERT INTO route_rule (route_rule_id, workstream_id, position, name, condition, created_at)
               SELECT 1, workstream_id, 1, 'Fire',
                   '{"join":"all","parts":[{"test":{"attribute":"message-text","operator":"contains","values":[{"text":"fire"}]}}]}', 0
               FROM workstream;
               INSERT INTO route_share (route_rule_id, queue_id, position, percent) VALUES (1, 70, 1, 100);"#,
        )
        .unwrap();
    let mia = shop.agent("Mia");
    let away = shop.world.one(
        "SELECT presence_id FROM presence WHERE built_in = 'away'",
        [],
    );
    mia.becomes(away);
    shop.customer("Anna Virtanen").writes("Hello");
    let first = shop.waits(1);
    shop.customer("Ben Laine").writes("There is a fire");
    let urgent = shop.waits(2);
    shop.world.change(
        "INSERT INTO queue_member (queue_id, user_id, joined_at) VALUES (70, ?1, 0)",
        [mia.id],
    );
    mia.becomes(0);
    shop.until("both are offered", || {
        shop.number("SELECT count(*) FROM offer", 0) == 2
    });
    assert_eq!(shop.offered_in_turn(), [urgent, first]);
}

#[test]
fn who_comes_back_waits_behind_those_who_wait_since_then() {
    let shop = Shop::open();
    shop.distributes(&[("capacity_units", "100")]);
    shop.world
        .change("UPDATE workstream SET keep_same_agent = 0", []);
    let mia = shop.agent("Mia");
    let anna = shop.customer("Anna Virtanen");
    anna.writes("Hello");
    let first = shop.takes_next(&mia);
    let path = format!("/workspace/conversations/{first}/parking");
    assert_eq!(mia.posts(&path, &[]).status, 200);
    shop.customer("Ben Laine").writes("Hello");
    let second = shop.takes_next(&mia);
    shop.customer("Cai Wei").writes("Hello");
    let third = shop.waits(3);
    anna.writes("I am back");
    shop.until("Anna waits again", || shop.state(first) == "open");
    mia.presses("End", second);
    mia.presses("Close", second);
    assert_eq!(shop.takes_next(&mia), third, "who waited since the morning");
    mia.presses("End", third);
    mia.presses("Close", third);
    assert_eq!(shop.takes_next(&mia), first);
}

#[test]
fn who_does_not_answer_in_time_is_passed_by_and_a_presence_like_away_gets_nothing() {
    let shop = Shop::open();
    let (mia, noa) = (shop.agent("Mia"), shop.agent("Noa"));
    shop.world.change(
        "INSERT INTO presence (name, text, base, description, created_at) VALUES ('Lunch', 'At lunch', 'away', '', 0)",
        [],
    );
    let lunch = shop
        .world
        .one("SELECT presence_id FROM presence WHERE name = 'Lunch'", []);
    noa.becomes(lunch);
    shop.customer("Anna Virtanen").writes("Hello");
    let offer = shop.offered(&mia);
    let terms = "SELECT expires_at - offered_at FROM offer WHERE offer_id = ?1";
    assert_eq!(shop.number(terms, offer), 120_000);
    noa.becomes(0);
    shop.let_offer_age(offer, 120);
    assert_eq!(shop.ending(offer), "missed");
    let next = shop.offered(&noa);
    assert_eq!(shop.conversation_of(next), shop.conversation_of(offer));
}

#[test]
fn a_capacity_profile_of_the_day_counts_until_the_day_ends() {
    let shop = Shop::open();
    let mia = shop.agent("Mia");
    let client = &shop.world.owner.client;
    let new = client.get("/admin/capacity-profiles/new");
    let mut form = new.fill(
        "Save",
        &[
            ("Profile name", "Chats"),
            ("Work item limit", "2"),
            ("Reset frequency", "End of day"),
        ],
    );
    form.set("people", &mia.id.to_string());
    client.submit(&form);
    let profile: i64 = shop
        .world
        .one("SELECT capacity_profile_id FROM capacity_profile", []);
    let saved = shop.distributes(&[("capacity_profile", &profile.to_string())]);
    assert_eq!(saved.value("Capacity profile"), profile.to_string());
    for name in ["Anna Virtanen", "Ben Laine"] {
        shop.customer(name).writes("Hello");
        let id = shop.takes_next(&mia);
        mia.presses("End", id);
        mia.presses("Close", id);
    }
    shop.customer("Cai Wei").writes("Hello");
    let third = shop.waits(3);
    let log = client.get(&format!("/workspace/conversations/{third}/routing"));
    log.assert_says("has no room in a capacity profile");
    // Midnight.
    shop.world
        .change("UPDATE profile_use SET counts_until = 1", []);
    assert_eq!(shop.conversation_of(shop.offered(&mia)), third);
}

#[test]
fn a_classification_rule_gives_a_capacity_profile_in_its_form() {
    let shop = Shop::open();
    let client = &shop.world.owner.client;
    shop.world.change(
        "INSERT INTO capacity_profile (name, item_limit, reset, created_at) VALUES ('Claims', 1, 'immediate', 0)",
        [],
    );
    let page = client.get("/admin/workstreams/1/classification/rulesets/new");
    client.submit(&page.fill("Save", &[("Name", "What it is")]));
    let page = client.get("/admin/workstreams/1/classification/rulesets/1/new");
    let mut form = page.form("Save");
    form.set("name", "A claim");
    form.set("output[0].what", "profile:1");
    let list = client.submit(&form);
    list.assert_says("Capacity profile Claims");
    let edit = client.get("/admin/workstreams/1/classification/rules/1");
    assert_eq!(edit.form("Save").get("output[0].what"), Some("profile:1"));
    let mut wrong = page.form("Save");
    wrong.set("name", "Another");
    wrong.set("output[0].what", "profile:9");
    assert_eq!(client.post(&wrong).status, 422);
    // Nobody has the profile: it waits, and the log says why.
    let _mia = shop.agent("Mia");
    shop.customer("Anna Virtanen").writes("I claim");
    let id = shop.waits(1);
    assert_eq!(
        shop.number(
            "SELECT capacity_profile_id FROM conversation_profile WHERE conversation_id = ?1",
            id
        ),
        1
    );
}

#[test]
fn wrap_up_takes_capacity_not_at_all_or_for_a_time() {
    let shop = Shop::open();
    shop.distributes(&[("capacity_units", "100"), ("blocking", "never")]);
    let mia = shop.agent("Mia");
    shop.customer("Anna Virtanen").writes("Hello");
    let first = shop.takes_next(&mia);
    shop.customer("Ben Laine").writes("Hello");
    let second = shop.waits(2);
    mia.presses("End", first);
    assert_eq!(shop.takes_next(&mia), second, "free with End");
    shop.distributes(&[("blocking", "for"), ("blocking_minutes", "5")]);
    shop.customer("Cai Wei").writes("Hello");
    let third = shop.waits(3);
    mia.presses("End", second);
    let blocked =
        "SELECT frees_at - (SELECT state_changed_at FROM conversation WHERE conversation_id = ?1)
                   FROM capacity_use WHERE conversation_id = ?1";
    assert_eq!(shop.number(blocked, second), 300_000);
    assert_eq!(shop.state(third), "open");
    shop.world
        .change("UPDATE capacity_use SET frees_at = frees_at - 300000", []);
    assert_eq!(shop.conversation_of(shop.offered(&mia)), third);
}

#[test]
fn exact_skills_pass_by_whoever_is_rated_below_the_need() {
    let shop = Shop::open();
    shop.distributes(&[("matching", "exact")]);
    let (mia, noa) = (shop.agent("Mia"), shop.agent("Noa"));
    shop.world
        .database()
        .execute_batch(&format!(
            r#"INSERT INTO skill (skill_id, name, kind, description, created_at) VALUES (1, 'Finnish', '', '', 0);
               INSERT INTO user_skill (user_id, skill_id, rating) VALUES ({}, 1, 4), ({}, 1, 6);
               INSERT INTO classification_ruleset (classification_ruleset_id, workstream_id, position, name, created_at)
               SELECT 1, workstream_id, 1, 'Language', 0 FROM workstream;
               INSERT INTO classification_rule (classification_ruleset_id, position, name, condition, outputs, created_at)
               VALUES (1, 1, 'Finnish', '{{"join":"all","parts":[]}}', '[{{"skill":{{"skill":1,"rating":5}}}}]', 0);"#,
            mia.id, noa.id
        ))
        .unwrap();
    shop.customer("Anna Virtanen").writes("Moi");
    let offer = shop.offered(&noa);
    let id = shop.conversation_of(offer);
    let log = shop
        .world
        .owner
        .client
        .get(&format!("/workspace/conversations/{id}/routing"));
    let skipped = log.part("li.decision", "Mia").text();
    assert!(skipped.contains("skill"), "{skipped}");
}

#[test]
fn the_conversation_after_the_last_session_that_is_allowed_leaves_its_agent_in_peace() {
    let shop = Shop::open();
    shop.distributes(&[("capacity_units", "1")]);
    shop.world
        .change("UPDATE settings SET session_limit = 2", []);
    let mia = shop.agent("Mia");
    for name in ["Anna Virtanen", "Ben Laine"] {
        shop.customer(name).writes("Hello");
        shop.takes_next(&mia);
    }
    shop.customer("Cai Wei").writes("Hello");
    shop.waits(3);
    let stands = "SELECT base || ' ' || why FROM agent WHERE user_id = ?1";
    shop.until("she is left in peace", || {
        shop.word(stands, mia.id) == "do-not-disturb sessions-full"
    });
}

#[test]
fn a_customer_who_is_silent_is_reminded_once() {
    let shop = Shop::open();
    let mia = shop.agent("Mia");
    shop.world
        .database()
        .execute_batch(
            r#"INSERT INTO timeout_rule (workstream_id, position, name, silent, after_ms, action, created_at)
               SELECT workstream_id, 1, 'Still there', 'customer', 7200000,
                   '{"message":{"to":"customer","texts":{"en":"Are you still there?"},"fallback":"en"}}', 0
               FROM workstream"#,
        )
        .unwrap();
    let anna = shop.customer("Anna Virtanen");
    anna.writes("Hello");
    let id = shop.takes_next(&mia);
    let client = &mia.person.client;
    let page = client.get(&format!("/workspace/conversations/{id}"));
    client.submit(&page.fill("Send", &[("Message", "Which colour?")]));
    shop.world.settle();
    shop.world.change(
        "UPDATE conversation SET spoke_at = spoke_at - 7201000 WHERE conversation_id = ?1",
        [id],
    );
    shop.runs_job("Apply timeout rules");
    shop.until("the reminder is said", || {
        shop.said(id, "timeout-rule") == 1
    });
    shop.world.settle();
    assert!(
        shop.told(&anna)
            .contains(&"Are you still there?".to_owned())
    );
    let runs = "SELECT runs FROM job WHERE job = 'apply-timeout-rules'";
    let before = shop.number(runs, 0);
    shop.runs_job("Apply timeout rules");
    shop.until("it has run again", || shop.number(runs, 0) > before);
    assert_eq!(shop.said(id, "timeout-rule"), 1);
    assert_eq!(shop.state(id), "active");
}

#[test]
fn every_state_closes_after_its_own_time() {
    let shop = Shop::open();
    let mia = shop.agent("Mia");
    shop.customer("Anna Virtanen").writes("Hello");
    let ended = shop.takes_next(&mia);
    mia.presses("End", ended);
    shop.customer("Ben Laine").writes("Hello");
    let parked = shop.takes_next(&mia);
    let path = format!("/workspace/conversations/{parked}/parking");
    assert_eq!(mia.posts(&path, &[]).status, 200);
    shop.customer("Cai Wei").writes("Hello");
    let active = shop.takes_next(&mia);
    let due = "SELECT due_at - state_changed_at FROM conversation WHERE conversation_id = ?1";
    let day = 86_400_000;
    for (id, times) in [(ended, day), (parked, 28 * day)] {
        assert_eq!(shop.number(due, id), times);
    }
    // Five minutes for what waits, an hour for what is active: what is going on is moved along.
    shop.distributes(&[
        ("waiting.count", "5"),
        ("waiting.unit", "minutes"),
        ("active.count", "1"),
        ("active.unit", "hours"),
    ]);
    assert_eq!(shop.number(due, parked), 300_000);
    assert_eq!(shop.number(due, active), 3_600_000);
    shop.world.change(
        "UPDATE conversation SET due_at = due_at - 86400000 WHERE state = 'wrap_up'",
        [],
    );
    shop.world.change(
        "UPDATE conversation SET due_at = due_at - 300000 WHERE state = 'waiting'",
        [],
    );
    shop.runs_job("Close conversations");
    for id in [ended, parked] {
        shop.until("it is closed", || shop.state(id) == "closed");
    }
    assert_eq!(shop.state(active), "active");
}

#[test]
fn outside_the_hours_a_queue_ends_and_tells_and_on_a_holiday_it_says_so() {
    let shop = Shop::open();
    let database = shop.world.database();
    database
        .execute_batch(
            r#"INSERT INTO operating_hours (operating_hours_id, name, description, time_zone, created_at)
               VALUES (1, 'Never', '', 'Europe/Helsinki', 0), (2, 'Holidays', '', 'Europe/Helsinki', 0);
               INSERT INTO operating_hours_day (operating_hours_id, weekday, hours)
               SELECT 2, value, '09:00–17:00' FROM json_each('[1,2,3,4,5,6,7]');
               INSERT INTO holiday (operating_hours_id, first_day, last_day, reason, hours)
               VALUES (2, '2000-01-01', '2099-12-31', 'Holidays', '');
               INSERT INTO queue (queue_id, name, operating_hours_id, created_at) VALUES (70, 'Closed', 1, 0);
               INSERT INTO queue_overflow (queue_id, condition, threshold, action) VALUES (70, 'out-of-hours', NULL, 'end-conversation');
               INSERT INTO route_rule (route_rule_id, workstream_id, position, name, condition, created_at)
               SELECT 1, workstream_id, 1, 'Closed',
                   '{"join":"all","parts":[{"test":{"attribute":"message-text","operator":"contains","values":[{"text":"now"}]}}]}', 0
               FROM workstream;
               INSERT INTO route_share (route_rule_id, queue_id, position, percent) VALUES (1, 70, 1, 100);
               UPDATE queue SET operating_hours_id = 2 WHERE is_default = 1;"#,
        )
        .unwrap();
    let anna = shop.customer("Anna Virtanen");
    anna.writes("I need it now");
    shop.until("it is closed", || shop.state(1) == "closed");
    assert_eq!(shop.said(1, "overflow-ended"), 1);
    shop.world.settle();
    assert_eq!(shop.told(&anna).len(), 1, "{:?}", shop.told(&anna));
    shop.customer("Ben Laine").writes("Some day");
    shop.until("the holiday is told", || shop.said(2, "holiday") == 1);
    assert_eq!(shop.state(2), "open", "it is kept for the day after");
}

#[test]
fn a_time_zone_is_asked_of_the_platform_and_decides() {
    let shop = Shop::open();
    shop.world
        .database()
        .execute_batch(
            r#"INSERT INTO queue (queue_id, name, created_at) VALUES (70, 'East', 0);
               INSERT INTO route_rule (route_rule_id, workstream_id, position, name, condition, created_at)
               SELECT 1, workstream_id, 1, 'East',
                   '{"join":"all","parts":[{"test":{"attribute":"profile-time-zone","operator":"is","values":[{"number":2.0}]}}]}', 0
               FROM workstream;
               INSERT INTO route_share (route_rule_id, queue_id, position, percent) VALUES (1, 70, 1, 100);"#,
        )
        .unwrap();
    for (so_many, hours, is_east) in [(1, 2.0, true), (2, -5.0, false)] {
        let customer = shop.customer(&format!("Customer {so_many}"));
        customer.comes_from("fi_FI", hours);
        customer.writes("Hello");
        let id = shop.waits(so_many);
        let sql = "SELECT queue_id FROM conversation WHERE conversation_id = ?1";
        assert_eq!(shop.number(sql, id) == 70, is_east, "{hours}");
    }
}

#[test]
fn a_rule_on_the_name_works_on_line_too() {
    let world = super::support::world::World::new();
    let account = world.connect_line();
    world
        .database()
        .execute_batch(
            r#"INSERT INTO queue (queue_id, name, created_at) VALUES (70, 'Mei', 0);
               INSERT INTO route_rule (route_rule_id, workstream_id, position, name, condition, created_at)
               SELECT 1, workstream_id, 1, 'Mei',
                   '{"join":"all","parts":[{"test":{"attribute":"profile-name","operator":"contains","values":[{"text":"Mei"}]}}]}', 0
               FROM workstream;
               INSERT INTO route_share (route_rule_id, queue_id, position, percent) VALUES (1, 70, 1, 100);"#,
        )
        .unwrap();
    for (id, name, is_hers) in [(1, "Mei Lin", true), (2, "Somchai", false)] {
        world.line_customer(&account, name).writes("Hello");
        let sql =
            "SELECT count(*) FROM conversation WHERE conversation_id = ?1 AND routed_at IS NOT NULL
                   AND queue_id = 70";
        super::support::program::wait_until("it is routed", || {
            let routed: i64 = world.one(
                "SELECT count(*) FROM routing_step WHERE conversation_id = ?1",
                [id],
            );
            (routed > 0).then_some(())
        });
        assert_eq!(world.one::<i64>(sql, [id]) == 1, is_hers, "{name}");
    }
}

#[test]
fn customers_are_told_that_their_agent_is_gone_and_that_nobody_works_in_a_queue() {
    let shop = Shop::open();
    shop.says("agent-disconnected");
    shop.says("agent-unassignable");
    let mia = shop.agent("Mia");
    shop.customer("Anna Virtanen").writes("Hello");
    let id = shop.takes_next(&mia);
    let (user, person) = (mia.id, mia.person);
    drop(mia.tab);
    let connected = "SELECT is_connected FROM agent WHERE user_id = ?1";
    shop.until("she is gone", || shop.number(connected, user) == 0);
    assert_eq!(shop.said(id, "agent-disconnected"), 0, "she may come back");
    shop.world.change(
        "UPDATE agent SET connected_at = connected_at - 150000 WHERE user_id = ?1",
        [user],
    );
    shop.until("Anna is told", || shop.said(id, "agent-disconnected") == 1);
    drop(person);

    assert_eq!(
        shop.said(id, "agent-unassignable"),
        0,
        "somebody works there"
    );
    shop.world.change("DELETE FROM queue_member", []);
    shop.customer("Ben Laine").writes("Is anybody there?");
    shop.until("Ben is told", || shop.said(2, "agent-unassignable") == 1);
    assert_eq!(shop.state(2), "open", "it waits all the same");
}

#[test]
fn the_times_of_the_guard_are_settings_and_never_is_one() {
    let shop = Shop::open();
    let client = &shop.world.owner.client;
    let page = client.get("/admin/settings/unanswered");
    assert_eq!(page.value("Everybody of the queue is told after"), "4");
    for (field, count, sentence) in [
        ("person.count", "0", "Type a time from 1 minute"),
        ("administrator.count", "31", "Type a time from 1 minute"),
        ("queue.count", "1", "Type a longer time"),
    ] {
        let mut form = page.form("Save");
        form.set("administrator.unit", "days");
        form.set(field, count);
        let refused = client.post(&form);
        assert_eq!(refused.status, 422, "{field}");
        let errors = refused.texts(".field__error");
        assert!(
            errors.len() == 1 && errors[0].starts_with(sentence),
            "{field}: {errors:?}"
        );
    }
    let mut form = page.form("Save");
    form.set("person.count", "");
    form.set("queue.count", "5");
    form.set("queue.unit", "minutes");
    client.submit(&form);
    shop.customer("Anna Virtanen").writes("Hello");
    let id = shop.waits(1);
    shop.world.change(
        "UPDATE conversation SET unanswered_since = unanswered_since - 200000",
        [],
    );
    let runs = "SELECT runs FROM job WHERE job = 'remind-of-unanswered'";
    let told = "SELECT reminded FROM conversation WHERE conversation_id = ?1";
    let before = shop.number(runs, 0);
    shop.runs_job("Remind of unanswered messages");
    shop.until("it has run", || shop.number(runs, 0) > before);
    assert_eq!(shop.word(told, id), "");
    shop.world.change(
        "UPDATE conversation SET unanswered_since = unanswered_since - 101000",
        [],
    );
    shop.runs_job("Remind of unanswered messages");
    shop.until("the queue is told", || shop.word(told, id) == "queue");
}

#[test]
fn the_log_of_what_is_closed_long_since_is_taken_away_and_no_other() {
    let shop = Shop::open();
    let mia = shop.agent("Mia");
    shop.customer("Anna Virtanen").writes("Hello");
    let old = shop.takes_next(&mia);
    mia.presses("End", old);
    mia.presses("Close", old);
    shop.customer("Ben Laine").writes("Hello");
    let new = shop.takes_next(&mia);
    let days = 91 * 86_400_000_i64;
    shop.world.change(
        "UPDATE conversation SET closed_at = closed_at - ?1 WHERE state = 'closed'",
        [days],
    );
    shop.world.change(
        "UPDATE routing_step SET occurred_at = occurred_at - ?1",
        [days],
    );
    shop.runs_job("Forget old routing logs");
    shop.until("it is taken away", || shop.steps(old).is_empty());
    assert!(!shop.steps(new).is_empty());
    let page = shop
        .world
        .owner
        .client
        .get(&format!("/workspace/conversations/{old}/routing"));
    page.assert_says("90 days ago");
}
