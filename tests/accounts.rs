//! Connecting accounts: the wizard for both platforms, what is said about wrong values, and replacing a
//! token in place.

use tiski::simulator::Simulator;
use tiski::simulator::facebook::GraphError;
use tiski::simulator::line::{Bot, ChatMode};

use super::support::client::{Client, Page};
use super::support::program::{Home, SETUP_CODE, Server, wait_until};

const APP: &str = "138483919580948";
const APP_SECRET: &str = "60efff025951cddde78c8d03de52cc90";
const PAGE: &str = "542998526103632";
const OTHER_PAGE: &str = "542998526103633";
const CHANNEL: &str = "1440057261";
const CHANNEL_SECRET: &str = "0b2f5a3c9d8e7f60112233445566778f";
const BOT: &str = "U8e742f61d673b39c7fff3cecb7536ef0";

struct House {
    simulator: Simulator,
    client: Client,
    home: Home,
    _server: Server,
}

/// A server that is set up, with its administrator signed in, against simulated platforms.
fn house() -> House {
    let simulator = Simulator::start().unwrap();
    let graph = simulator.graph_url().to_owned();
    house_at(simulator, &graph)
}

fn house_at(simulator: Simulator, graph: &str) -> House {
    simulator.facebook().add_app(APP, APP_SECRET);
    let bot = Bot {
        user_id: BOT.to_owned(),
        basic_id: "@saarela".to_owned(),
        display_name: "Saarela on LINE".to_owned(),
        chat_mode: ChatMode::Bot,
    };
    simulator
        .line()
        .add_channel(CHANNEL, CHANNEL_SECRET, None, bot);
    let home = Home::new()
        .with("TISKI_GRAPH_API_URL", graph)
        .with("TISKI_LINE_API_URL", simulator.line_url())
        .with("TISKI_LINE_DATA_API_URL", simulator.line_data_url());
    let server = home.serve();
    let client = Client::new(&server.url);
    let form = client.get("/setup").fill(
        "Create administrator",
        &[
            ("Setup code", SETUP_CODE),
            ("Organization name", "Saarela Outdoor"),
            ("Your name", "Aino Lehtonen"),
            ("Email", "aino@saarela.example"),
            ("Password", "correct horse battery staple"),
        ],
    );
    client.submit(&form);
    House {
        simulator,
        client,
        home,
        _server: server,
    }
}

impl House {
    fn new_account(&self, name: &str, channel: &str) -> Page {
        let form = self
            .client
            .get("/admin/accounts/new")
            .fill("Next", &[("Name", name), ("Channel", channel)]);
        self.client.submit(&form)
    }

    /// An account of the app up to the step where pages are added.
    fn facebook_account(&self, name: &str) -> Page {
        let form = self.new_account(name, "facebook").fill(
            "Next",
            &[
                ("App ID", APP),
                ("App secret", APP_SECRET),
                ("I have read this", "true"),
            ],
        );
        self.client.submit(&form)
    }

    fn add_page(&self, step: &Page, id: &str, token: &str) -> Page {
        let pane = self.client.get(&format!("{}?add=page", step.path));
        let form = pane.fill(
            "Add",
            &[
                ("Page name", "Saarela Outdoor"),
                ("Page ID", id),
                ("Page access token", token),
            ],
        );
        self.client.submit(&form)
    }
}

/// The sentences at the fields.
fn field_errors(page: &Page) -> Vec<String> {
    page.texts(".field__error")
}

#[test]
fn a_facebook_account_runs_after_the_wizard_and_the_verification() {
    let house = house();
    let token = house
        .simulator
        .facebook()
        .add_page(APP, PAGE, "Saarela Outdoor");
    let step = house.facebook_account("Saarela Facebook");
    step.assert_says("Add Facebook Pages");
    let step = house.add_page(&step, PAGE, &format!("  {token}\n"));
    step.assert_says("Waiting for Facebook");
    let callback = house.client.submit(&step.form("Next"));
    callback.assert_says("Verify token");
    let value = |id: &str| {
        callback
            .html()
            .select(&scraper::Selector::parse(&format!("#{id}")).unwrap())
            .next()
            .and_then(|field| field.attr("value").map(str::to_owned))
            .unwrap()
    };
    let account = callback.path.split("/setup/").next().expect("a part");
    let account = account.to_owned();
    house
        .simulator
        .facebook()
        .set_webhook(APP, &value("callback_url"), &value("verify_token"))
        .unwrap();
    wait_until("the callback is verified", || {
        let page = house.client.get(&callback.path);
        let check = page.part("#connection li", "Facebook verifies the callback");
        check.text().contains("done").then_some(())
    });
    house.client.submit(&callback.form("Done"));
    let pages = house.client.get(&format!("{account}/pages"));
    pages.assert_says("Provisioning state");
    pages
        .part("tbody tr", "Saarela Outdoor")
        .assert_says("Running");
    for path in [&callback.path, &account, &pages.path] {
        let html = house.client.get(path).body;
        assert!(
            !html.contains(APP_SECRET) && !html.contains(&token),
            "{path}"
        );
    }
    for (path, bytes) in house.home.files() {
        for secret in [APP_SECRET, token.as_str()] {
            let found = bytes
                .windows(secret.len())
                .any(|bytes| bytes == secret.as_bytes());
            assert!(!found, "a secret stands in {}", path.display());
        }
    }
}

#[test]
fn wrong_values_are_told_at_the_field_and_entries_stay() {
    let house = house();
    let facebook = house.simulator.facebook();
    let token = facebook.add_page(APP, PAGE, "Saarela Outdoor");
    let other_token = facebook.add_page(APP, OTHER_PAGE, "Saarela Outlet");
    let person_token = facebook.user_token(APP, "Aino");

    let page = house.new_account("", "");
    assert_eq!(field_errors(&page), ["Fill this in.", "Choose a channel."]);
    let step = house.facebook_account("Saarela Facebook");
    for (id, token, expected) in [
        (PAGE, other_token.as_str(), "Saarela Outlet"),
        (PAGE, person_token.as_str(), "person’s token"),
        (PAGE, "EAAG broken in two", "a space or a line break"),
        ("saarela.outdoor", token.as_str(), "digits only"),
        (PAGE, "", "Fill this in."),
    ] {
        let refused = house.add_page(&step, id, token);
        assert_eq!(refused.status, 422);
        let errors = field_errors(&refused);
        assert!(
            errors.iter().any(|error| error.contains(expected)),
            "{errors:?} does not say {expected:?}"
        );
        assert!(refused.body.contains(&format!("value=\"{id}\"")));
        assert!(token.is_empty() || !refused.body.contains(token));
    }
    house
        .add_page(&step, PAGE, &token)
        .assert_says("Waiting for Facebook");
}

#[test]
fn a_page_that_another_account_has_is_refused_with_a_link_to_it() {
    let house = house();
    let token = house
        .simulator
        .facebook()
        .add_page(APP, PAGE, "Saarela Outdoor");
    let first = house.facebook_account("First account");
    house.add_page(&first, PAGE, &token);
    let second = house.facebook_account("Second account");
    let refused = house.add_page(&second, PAGE, &token);
    assert_eq!(refused.status, 422);
    refused.assert_says("Open First account");
    let link = first.path.trim_end_matches("/setup/pages");
    assert!(refused.body.contains(&format!("href=\"{link}\"")));
}

#[test]
fn the_wizard_does_not_go_on_without_the_privacy_acknowledgement() {
    let house = house();
    let form = house
        .new_account("Saarela Facebook", "facebook")
        .fill("Next", &[("App ID", APP), ("App secret", APP_SECRET)]);
    let refused = house.client.submit(&form);
    assert_eq!(refused.status, 422);
    assert_eq!(
        field_errors(&refused),
        ["Acknowledge the privacy notice to go on."]
    );
    let account = form.action.trim_end_matches("/setup/credentials");
    let shown = house.client.get(&format!("{account}/setup/callback"));
    shown.assert_says("Add account");
}

#[test]
fn a_line_account_sets_its_webhook_itself() {
    let house = house();
    let step = house.new_account("Saarela LINE", "line");
    let values = |secret: &'static str| {
        [
            ("Channel ID", CHANNEL),
            ("Channel secret", secret),
            ("Channel access token", ""),
            ("I have read this", "true"),
        ]
    };
    let refused = house
        .client
        .submit(&step.fill("Next", &values("ffffffffffffffffffffffffffffffff")));
    assert_eq!(refused.status, 422);
    assert_eq!(field_errors(&refused).len(), 1);
    let callback = house
        .client
        .submit(&step.fill("Next", &values(CHANNEL_SECRET)));
    callback.assert_says("Callback URL");
    assert!(!callback.text().contains("Verify token"));
    wait_until("LINE reaches the callback", || {
        let page = house.client.get(&callback.path);
        let check = page.part("#connection li", "LINE reaches the callback and uses it");
        check.text().contains("done").then_some(())
    });
    let account = house.client.submit(&callback.form("Done"));
    account.assert_says("Running");
    house
        .client
        .get(&format!("{}/pages", account.path))
        .assert_says("Saarela on LINE");
}

#[test]
fn a_refused_token_is_replaced_in_place_and_a_bad_new_one_keeps_the_old() {
    let house = house();
    let facebook = house.simulator.facebook();
    let token = facebook.add_page(APP, PAGE, "Saarela Outdoor");
    let step = house.facebook_account("Saarela Facebook");
    let step = house.add_page(&step, PAGE, &token);
    let callback = house.client.submit(&step.form("Next"));
    let account = house.client.submit(&callback.form("Done"));
    facebook.kill_token(&token, GraphError::TOKEN_EXPIRED);
    house.client.submit(&account.form("Check now"));
    let pages = format!("{}/pages", account.path);
    let state = |page: &Page| page.part("tbody tr", "Saarela Outdoor").text();
    wait_until("the refused token is told", || {
        state(&house.client.get(&pages))
            .contains("Failing")
            .then_some(())
    });
    house
        .client
        .get("/admin")
        .assert_says("Saarela Outdoor cannot send: its access token is refused");

    let pane = house.client.get(&format!("{pages}?replace=1"));
    let bad = facebook.user_token(APP, "Aino");
    let refused = house
        .client
        .submit(&pane.fill("Check and replace", &[("New page access token", &bad)]));
    assert_eq!(refused.status, 422);
    refused.assert_says("The old token stays in place.");
    let good = facebook.new_page_token(APP, PAGE);
    let replaced = house
        .client
        .submit(&pane.fill("Check and replace", &[("New page access token", &good)]));
    assert!(
        !state(&replaced).contains("Failing"),
        "{}",
        state(&replaced)
    );
}

#[test]
fn a_platform_that_is_not_reached_does_not_stand_in_the_way() {
    // Nothing listens on the port for discarded packets.
    let house = house_at(Simulator::start().unwrap(), "http://127.0.0.1:9");
    let step = house.facebook_account("Saarela Facebook");
    let step = house.add_page(&step, PAGE, "EAAG-not-asked");
    step.assert_says("The platform could not be reached");
    house
        .client
        .submit(&step.form("Next"))
        .assert_says("Callback information");
}
