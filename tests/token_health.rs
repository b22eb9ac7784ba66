//! No token dies in silence: how old each is, when it ends, whether its platform accepts it, and who is told.

use std::time::{SystemTime, UNIX_EPOCH};

use tiski::simulator::Calls;
use tiski::simulator::facebook::GraphError;

use super::support::client::Page;
use super::support::program::wait_until;
use super::support::world::{FacebookAccount, LineAccount, World};

const DAY_MS: i64 = 24 * 3_600_000;

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    i64::try_from(since.expect("after 1970").as_millis()).expect("before the year 292 million")
}

fn pages(world: &World, account: i64) -> Page {
    world
        .owner
        .client
        .get(&format!("/admin/accounts/{account}/pages"))
}

/// The page's own row among them: the words of a state stand beside the table too.
#[track_caller]
fn row(world: &World, account: i64, name: &str) -> Page {
    pages(world, account).part("tbody tr", name)
}

/// As if every token had been saved so many days ago (and an hour, so that the day is over).
fn saved_days_ago(world: &World, days: i64) {
    world.change(
        "UPDATE page SET token_saved_at = ?1 WHERE token IS NOT NULL",
        [now_ms() - days * DAY_MS - 3_600_000],
    );
}

/// *Run now* on *Check access tokens*, and waits until it is over.
#[track_caller]
fn check_tokens(world: &World) {
    let before: i64 = world.one("SELECT runs FROM job WHERE job = 'check-tokens'", []);
    let page = world.owner.client.get("/admin/jobs");
    let row = page.part("tbody tr", "Check access tokens");
    world.owner.client.submit(&row.form("Run now"));
    wait_until("the tokens are checked", || {
        let runs: i64 = world.one("SELECT runs FROM job WHERE job = 'check-tokens'", []);
        (runs > before).then_some(())
    });
    let outcome: String = world.one("SELECT outcome FROM job WHERE job = 'check-tokens'", []);
    assert_eq!(outcome, "done");
}

/// What `tiski check` prints, and whether it is content.
fn command_line(world: &World) -> (String, bool) {
    let output = world.home.run(&["check"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (said, output.status.success())
}

/// The page's *Replace token*, filled in.
fn replace(world: &World, account: i64, page_id: &str, field: &str, token: &str) -> Page {
    let row: i64 = world.one("SELECT page_id FROM page WHERE platform_id = ?1", [page_id]);
    let form = world
        .owner
        .client
        .get(&format!("/admin/accounts/{account}/pages?replace={row}"))
        .fill("Check and replace", &[(field, token)]);
    world.owner.client.submit(&form)
}

fn replace_page_token(world: &World, account: &FacebookAccount, token: &str) -> Page {
    let page = &account.pages[0].id;
    replace(world, account.id, page, "New page access token", token)
}

fn replace_channel_token(world: &World, account: &LineAccount, token: &str) -> Page {
    replace(
        world,
        account.id,
        &account.bot,
        "New channel access token",
        token,
    )
}

#[test]
fn a_token_is_noticed_at_50_days_and_flagged_everywhere_at_60() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let home = || world.owner.client.get("/admin");
    let has = |page: &Page, words: &str| page.text().contains(words);
    for (days, noticed, flagged) in [
        (49, false, false),
        (50, true, false),
        (59, true, false),
        (60, true, true),
    ] {
        saved_days_ago(&world, days);
        let told = format!("Lumi Café has an access token that is {days} days old");
        assert_eq!(has(&home(), &told), noticed, "Home at {days} days");
        assert_eq!(
            has(&pages(&world, account.id), "Running, old token"),
            flagged,
            "the page's row at {days} days"
        );
        assert_eq!(
            has(
                &world.owner.client.get("/admin/accounts"),
                "Running, old token"
            ),
            flagged,
            "the accounts at {days} days"
        );
        let (said, is_content) = command_line(&world);
        assert_eq!(
            said.contains(&format!("is {days} days old")),
            noticed,
            "{said}"
        );
        assert_eq!(!is_content, flagged, "{said}");
    }
    // Replacing it clears all of them.
    let token = world
        .facebook()
        .new_page_token(&account.app_id, &account.pages[0].id);
    let page = replace_page_token(&world, &account, &token);
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(!has(&pages(&world, account.id), "old token"));
    assert!(!has(&home(), "days old"));
    assert!(command_line(&world).1);
}

#[test]
fn the_daily_check_flags_a_refused_token_holds_the_queue_and_replace_releases_it() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let page = &account.pages[0];
    let anna = world.messenger_customer(page, "Anna Virtanen");
    anna.writes("Hello");
    let chat = world.owner.takes("Anna Virtanen");
    world
        .facebook()
        .kill_token(&page.token, GraphError::PASSWORD_CHANGED);
    check_tokens(&world);
    let home = world.owner.client.get("/admin");
    home.assert_says("Lumi Café cannot send: its access token is refused");
    row(&world, account.id, "Lumi Café").assert_says("Failing");

    chat.replies("Good morning");
    world.settle();
    assert!(
        world.facebook().sent_to(anna.psid()).is_empty(),
        "nothing is tried with a dead token"
    );
    let token = world.facebook().new_page_token(&account.app_id, &page.id);
    replace_page_token(&world, &account, &token);
    chat.waits_until("Good morning", "Delivered");
    assert_eq!(world.facebook().sent_to(anna.psid()).len(), 1);
    let home = world.owner.client.get("/admin");
    assert!(!home.text().contains("is refused"), "{}", home.text());
}

#[test]
fn a_token_that_died_while_the_machine_was_off_is_found_at_the_start() {
    let world = World::new();
    let account = world.connect_line();
    world.kill();
    world.line().kill_token(&account.token);
    world.start();
    wait_until("the token is flagged", || {
        world
            .one::<Option<String>>("SELECT token_error FROM page", [])
            .map(|_| ())
    });
    let home = world.owner.client.get("/admin");
    home.assert_says("cannot send: its access token is refused");
    assert!(!command_line(&world).1);
}

#[test]
fn an_end_that_the_platform_tells_is_shown_and_flagged_a_week_before() {
    let world = World::new();
    let facebook = world.connect_facebook(&["Lumi Café"]);
    let line = world.connect_line();
    let all = |words: &str| {
        let home = world.owner.client.get("/admin");
        home.part("#home", "").text().matches(words).count()
    };
    let end = |days: i64| {
        let at = now_ms() + days * DAY_MS + 3_600_000;
        world.facebook().set_expiry(&facebook.pages[0].token, at);
        world.line().set_expiry(&line.token, at);
        check_tokens(&world);
    };
    check_tokens(&world);
    let ends: i64 = world.one("SELECT count(token_ends_at) FROM page", []);
    assert_eq!(ends, 0, "neither of them ends");
    pages(&world, facebook.id).assert_says("No end reported");
    end(20);
    assert_eq!(all("stops sending"), 0);
    let ends: i64 = world.one("SELECT count(token_ends_at) FROM page", []);
    assert_eq!(ends, 2);
    end(2);
    assert_eq!(all("stops sending in 2 days: its access token ends"), 2);
    pages(&world, facebook.id).assert_says("Running, token ends soon");
    // What goes wrong is not put off.
    assert!(
        !world
            .owner
            .client
            .get("/admin")
            .text()
            .contains("Remind me in a week")
    );
    end(-1);
    assert_eq!(all("its access token is refused"), 2);
}

#[test]
fn a_worse_token_leaves_the_old_one_in_place_and_says_why() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let own = &account.pages[0];
    let facebook = world.facebook();
    let fresh = || facebook.new_page_token(&account.app_id, &own.id);
    let other = facebook.add_page(&account.app_id, "5429985269999", "Somebody else");
    let refused = fresh();
    facebook.kill_token(&refused, GraphError::TOKEN_INVALID);
    let poor = fresh();
    facebook.set_scopes(&poor, &["pages_messaging"]);
    let short = fresh();
    facebook.set_expiry(&short, now_ms() + 3 * 3_600_000);
    let person = facebook.user_token(&account.app_id, "Aino Owner");
    let saved: i64 = world.one("SELECT token_saved_at FROM page", []);
    for (token, why) in [
        (&other, "This token belongs to another page, Somebody else"),
        (&refused, "The token is refused"),
        (&poor, "The token lacks a permission: pages_manage_metadata"),
        (
            &short,
            "This token ends within a day, sooner than the one in place",
        ),
        (&person, "This is a person’s token"),
        (&own.token, "This is the token that is in place"),
    ] {
        let page = replace_page_token(&world, &account, token);
        assert_eq!(page.status, 422, "{why}");
        let field = page.texts("#page_token-error").join(" ");
        assert!(field.contains(why), "{why}: {field}");
        page.assert_says("The old token stays in place.");
        let kept: i64 = world.one("SELECT token_saved_at FROM page", []);
        assert_eq!(kept, saved, "{why}");
    }
    let page = replace_page_token(&world, &account, &fresh());
    assert_eq!(page.status, 200, "{}", page.text());

    // Next to a dead token even one for some hours is better.
    let in_place = fresh();
    replace_page_token(&world, &account, &in_place);
    facebook.kill_token(&in_place, GraphError::PASSWORD_CHANGED);
    check_tokens(&world);
    let page = replace_page_token(&world, &account, &short);
    assert_eq!(page.status, 200, "{}", page.text());
}

#[test]
fn a_token_that_cannot_be_checked_does_not_replace_one() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let token = world
        .facebook()
        .new_page_token(&account.app_id, &account.pages[0].id);
    world
        .facebook()
        .inject(GraphError::SERVICE.fault().until_cleared().on(Calls::Every));
    let page = replace_page_token(&world, &account, &token);
    assert_eq!(page.status, 422);
    page.assert_says("The platform could not be reached to check this token.");
    world.facebook().clear_faults();
    assert_eq!(replace_page_token(&world, &account, &token).status, 200);
}

#[test]
fn a_platform_that_is_not_reached_flags_nothing() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    world
        .facebook()
        .inject(GraphError::SERVICE.fault().until_cleared().on(Calls::Every));
    check_tokens(&world);
    let page = pages(&world, account.id);
    row(&world, account.id, "Lumi Café").assert_says("Running");
    page.assert_says("The last check got no answer");
    world.facebook().clear_faults();
    check_tokens(&world);
    assert!(!pages(&world, account.id).text().contains("got no answer"));
}

#[test]
fn a_reminder_puts_the_notice_off_for_a_week_and_the_flag_stays() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    saved_days_ago(&world, 61);
    let client = &world.owner.client;
    let home = client.get("/admin");
    let after = client.submit(&home.form("Remind me in a week"));
    assert_eq!(after.path, "/admin");
    assert!(!after.text().contains("61 days old"), "{}", after.text());
    row(&world, account.id, "Lumi Café").assert_says("Running, old token");
    assert!(!command_line(&world).1);
    world.change(
        "UPDATE page SET token_snoozed_until = token_snoozed_until - ?1",
        [7 * DAY_MS],
    );
    client.get("/admin").assert_says("61 days old");
}

#[test]
fn the_age_of_a_line_token_can_be_left_alone_and_one_made_on_use_has_none() {
    let world = World::new();
    let line = world.connect_line();
    let facebook = world.connect_facebook(&["Lumi Café"]);
    saved_days_ago(&world, 70);
    let client = &world.owner.client;
    let settings = format!("/admin/accounts/{}", line.id);
    let page = client.get(&settings);
    page.assert_says("A long-lived LINE token does not expire by itself.");
    let mut form = page.form("Save");
    form.action = format!("{settings}/token-flag");
    form.fields.retain(|(name, _)| name == "csrf");
    client.submit(&form);
    let told = client.get("/admin").text();
    assert!(!told.contains("Lumi on LINE has an access token"), "{told}");
    assert!(told.contains("Lumi Café has an access token"), "{told}");
    let page = pages(&world, line.id);
    assert!(!page.text().contains("old token"), "{}", page.text());
    // Tokens of pages end: there is nothing to choose.
    let mut form = form.clone();
    form.action = format!("/admin/accounts/{}/token-flag", facebook.id);
    assert_eq!(client.submit(&form).status, 404);

    let page = replace_channel_token(&world, &line, "");
    assert_eq!(page.status, 200, "{}", page.text());
    pages(&world, line.id).assert_says("Does not expire");
    check_tokens(&world);
    let refused: Option<String> =
        world.one("SELECT token_error FROM page WHERE channel = 'line'", []);
    assert_eq!(refused, None);
}
