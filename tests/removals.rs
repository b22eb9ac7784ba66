//! Taking pages and accounts away, moving a page to another account, pausing an account, and the checklist of
//! what is prepared at a platform.

use tiski::simulator::facebook::GraphError;

use super::support::client::{Form, Page};
use super::support::program::wait_until;
use super::support::world::World;

/// What is asked before something goes.
fn removal(world: &World, path: &str) -> Page {
    world.owner.client.get(&format!("{path}/removal"))
}

fn ticked(page: &Page, button: &str) -> Form {
    let mut form = page.form(button);
    form.tick_everything(page);
    form
}

fn path_of_page(world: &World, account: i64, name: &str) -> String {
    let page: i64 = world.one("SELECT page_id FROM page WHERE name = ?1", [name]);
    format!("/admin/accounts/{account}/pages/{page}")
}

#[test]
fn a_page_goes_as_one_action_that_shows_first_what_goes_and_its_history_stays() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café", "Valo Books"]);
    let (cafe, books) = (&account.pages[0], &account.pages[1]);
    let anna = world.messenger_customer(cafe, "Anna Virtanen");
    anna.writes("Are you open?");
    let chat = world.owner.takes("Anna Virtanen");
    chat.waits_for("Are you open?");
    let is_subscribed = |id: &str| {
        let fields = world.facebook().subscribed_fields(id, &account.app_id);
        fields.is_some()
    };
    assert!(is_subscribed(&cafe.id));

    let path = path_of_page(&world, account.id, "Lumi Café");
    let asked = removal(&world, &path);
    asked.assert_says("Delete Lumi Café?");
    asked.assert_says("Close its open conversation");
    asked.assert_says("Its conversation stays readable");
    let refused = world.owner.client.post(&asked.form("Delete page"));
    assert_eq!(refused.status, 422);
    refused.assert_says("A workstream answers it. Tick this to take it out of there too");
    refused.assert_says("Somebody may still be waiting for an answer.");
    assert!(is_subscribed(&cafe.id), "nothing has gone yet");

    let gone = world.owner.client.submit(&ticked(&asked, "Delete page"));
    gone.assert_says("Page deleted");
    assert!(!gone.text().contains("Lumi Café"), "{}", gone.text());
    gone.assert_says("Valo Books");
    assert!(!is_subscribed(&cafe.id));
    assert!(is_subscribed(&books.id), "the other page goes on");
    assert_eq!(chat.texts(), ["Are you open?"]);
    chat.page().assert_says("Closed");
    assert_eq!(removal(&world, &path).status, 404);
    let tokens: i64 = world.one("SELECT count(*) FROM page WHERE token IS NOT NULL", []);
    assert_eq!(tokens, 1, "its token is forgotten");
    let log = world.owner.client.get("/admin/audit").text();
    assert!(log.contains("Page removed"), "{log}");

    // Added again, it finds its customer: what she writes stands under what was.
    let client = &world.owner.client;
    let pages = format!("/admin/accounts/{}/pages", account.id);
    let pane = client.get(&format!("{pages}?add=yes"));
    let form = pane.fill(
        "Add",
        &[
            ("Page name", "Lumi Café"),
            ("Page ID", &cafe.id),
            ("Page access token", &cafe.token),
        ],
    );
    client.submit(&form).assert_says("Lumi Café");
    assert!(is_subscribed(&cafe.id));
    anna.writes("Me again");
    let again = world.owner.takes("Anna Virtanen");
    again.waits_for("Me again");
    let customers: i64 = world.one("SELECT count(*) FROM social_profile", []);
    assert_eq!(customers, 1);
}

#[test]
fn what_waits_to_be_sent_from_a_page_that_goes_is_shown_as_failed() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Hello");
    let chat = world.owner.takes("Anna Virtanen");
    let client = &world.owner.client;
    let pause = format!("/admin/accounts/{}/pause", account.id);
    client.submit(&client.get(&pause).form("Pause"));
    chat.replies("Too late");
    let path = path_of_page(&world, account.id, "Lumi Café");
    let asked = removal(&world, &path);
    asked.assert_says("1 message that waits to be sent is marked as failed.");
    client.submit(&ticked(&asked, "Delete page"));
    let bubble = chat.waits_until("Too late", "Failed");
    assert!(
        bubble.why.contains("The page was deleted"),
        "{}",
        bubble.why
    );
    assert!(world.facebook().sent_to(anna.psid()).is_empty());
}

#[test]
fn a_platform_that_is_not_reached_keeps_the_page_until_somebody_says_otherwise() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let path = path_of_page(&world, account.id, "Lumi Café");
    world
        .facebook()
        .kill_token(&account.pages[0].token, GraphError::PASSWORD_CHANGED);
    let asked = removal(&world, &path);
    let refused = world.owner.client.post(&ticked(&asked, "Delete page"));
    assert_eq!(refused.status, 422);
    refused.assert_says("Delete without telling the platform.");
    let gone = world.owner.client.submit(&ticked(&refused, "Delete page"));
    gone.assert_says("Page deleted");
}

#[test]
fn an_account_goes_with_its_pages_its_secrets_and_its_callback() {
    let world = World::new();
    let line = world.connect_line();
    let user = world.line_customer(&line, "Mei");
    user.writes("Hello");
    let chat = world.owner.takes("Mei");
    let path = format!("/admin/accounts/{}", line.id);
    let overview = world.owner.client.get(&path);
    let asked = world.owner.client.get(&overview.link("/removal").unwrap());
    asked.assert_says("Switch Use webhook off in the LINE Developers console.");
    let gone = world.owner.client.submit(&ticked(&asked, "Delete account"));
    assert_eq!(gone.path, "/admin/accounts");
    gone.assert_says("Account deleted");
    gone.assert_says("No account yet");
    assert_eq!(world.owner.client.get(&path).status, 404);
    let kept: i64 = world.one(
        "SELECT count(*) FROM account WHERE secret IS NOT NULL OR verify_token IS NOT NULL",
        [],
    );
    assert_eq!(kept, 0);
    // LINE goes on calling.
    user.writes("Anybody there?");
    assert_eq!(chat.texts(), ["Hello"]);
    chat.page().assert_says("Closed");
    // Its channel may be connected anew.
    let log = world.owner.client.get("/admin/audit").text();
    assert!(log.contains("Account removed"), "{log}");
}

#[test]
fn a_page_moves_to_another_app_with_a_token_of_that_app_and_keeps_its_customers() {
    let world = World::new();
    let old = world.connect_facebook(&["Lumi Café"]);
    let new = world.connect_facebook(&["Valo Books"]);
    let cafe = &old.pages[0];
    let anna = world.messenger_customer(cafe, "Anna Virtanen");
    anna.writes("Hello");
    let chat = world.owner.takes("Anna Virtanen");
    let client = &world.owner.client;
    let path = path_of_page(&world, old.id, "Lumi Café");
    let asked = client.get(&format!("{path}/move"));
    let goal: String = world.one("SELECT name FROM account WHERE account_id = ?1", [new.id]);
    let moved = |token: &str| {
        let form = asked.fill(
            "Check and move",
            &[("Account", &goal), ("New page access token", token)],
        );
        client.submit(&form)
    };
    let refused = moved(&cafe.token);
    assert_eq!(refused.status, 422, "the old app's token will not do");
    let subscribed = |app: &str| world.facebook().subscribed_fields(&cafe.id, app).is_some();
    assert!(subscribed(&old.app_id));

    let token = world.facebook().new_page_token(&new.app_id, &cafe.id);
    let pages = moved(&token);
    assert_eq!(pages.path, format!("/admin/accounts/{}/pages", new.id));
    pages.assert_says("Lumi Café");
    assert!(!subscribed(&old.app_id), "the old app has left");
    assert!(subscribed(&new.app_id));
    anna.writes("Still me");
    chat.waits_for("Still me");
    chat.replies("Welcome back");
    chat.waits_until("Welcome back", "Delivered");
}

#[test]
fn a_whole_account_is_paused_and_resumed() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café", "Valo Books"]);
    let client = &world.owner.client;
    let path = format!("/admin/accounts/{}", account.id);
    let asked = client.get(&client.get(&path).link("/pause").unwrap());
    asked.assert_says("Pause Facebook 1?");
    let paused = client.submit(&asked.form("Pause"));
    paused.assert_says("Account paused");
    let row = |name: &str| client.get("/admin/channels").part("tbody tr", name);
    row("Lumi Café").assert_says("Paused");
    row("Valo Books").assert_says("Paused");
    let resumed = client.submit(&paused.form("Resume account"));
    resumed.assert_says("Account resumed");
    row("Lumi Café").assert_says("Running");
    row("Valo Books").assert_says("Running");
}

#[test]
fn a_channel_that_is_off_is_not_offered_and_its_pages_say_so() {
    let world = World::new();
    world.connect_line();
    let client = &world.owner.client;
    let offered = || client.get("/admin/accounts/new").texts("#channel option");
    assert!(offered().contains(&"LINE".to_owned()));
    let off = client.get("/admin/channels/line/off");
    off.assert_says("Turn LINE off?");
    client.submit(&off.form("Turn off"));
    assert!(!offered().contains(&"LINE".to_owned()), "{:?}", offered());
    assert!(offered().contains(&"Facebook".to_owned()));
    let row = client.get("/admin/channels").part("tbody tr", "LINE");
    row.assert_says("Channel is off");
    assert!(row.link("/pause").is_none(), "there is nothing to pause");
    let on = client.get("/admin/channels/line/on");
    client.submit(&on.form("Turn on"));
    assert!(offered().contains(&"LINE".to_owned()));
}

#[test]
fn the_checklist_ticks_what_the_platform_tells_and_keeps_what_people_tick() {
    let world = World::new();
    let line = world.connect_line();
    let client = &world.owner.client;
    let path = format!("/admin/accounts/{}/preparation", line.id);
    let point = |words: &str| client.get(&path).part(".checklist li", words);
    point("Use webhook is on").assert_says("done");
    // The simulated official account has its chat on.
    point("Chat is off").assert_says("not yet");
    let mut form = client.get(&path).form("Save ticks");
    form.set("done", "redelivery");
    client.submit(&form).assert_says("Ticked by Aino Owner");
    assert_eq!(
        world.one::<i64>("SELECT count(*) FROM account_preparation", []),
        1
    );
    // What the platform tells is not ticked by hand.
    form.set("done", "webhook");
    client.submit(&form);
    assert_eq!(
        world.one::<i64>("SELECT count(*) FROM account_preparation", []),
        0
    );
    // Somebody switches the webhook off at LINE.
    world.line().set_webhook_active(&line.channel_id, false);
    let overview = client.get(&format!("/admin/accounts/{}", line.id));
    client.submit(&overview.form("Check now"));
    wait_until("the checklist sees it", || {
        let text = point("Use webhook is on").text();
        text.contains("not yet").then_some(())
    });
}

#[test]
fn the_help_page_lists_the_four_situations_in_which_no_messages_come() {
    let world = World::new();
    let page = world
        .owner
        .client
        .get("/admin/channels/facebook/preparation");
    assert_eq!(
        page.texts("section[aria-labelledby=questions] tbody tr")
            .len(),
        4
    );
    page.assert_says("Another Meta app is the page’s primary receiver");
    page.assert_says("Request Human Agent under App Review");
    let mia = world.agent("Mia");
    assert_eq!(
        mia.client
            .get("/admin/channels/facebook/preparation")
            .status,
        403
    );
    assert_eq!(
        world
            .owner
            .client
            .get("/admin/channels/sms/preparation")
            .status,
        404
    );
}
