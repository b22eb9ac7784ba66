//! What holds on every page, wide and narrow, light and dark.

use std::collections::{BTreeSet, VecDeque};
use std::path::PathBuf;

use parking_lot::Mutex;
use scraper::{Html, Selector};
use serde_json::json;
use tiski::simulator::facebook::GraphError;

use super::places::Shop;
use super::settings::{CALENDAR, invite};
use super::{NARROW, WIDE, Window};
use crate::routes::routes;
use crate::support::client::{Client, Page};
use crate::support::program::Home;
use crate::support::world::{PASSWORD, Person, World};

/// So many windows look at pages at the same time.
const WINDOWS: usize = 2;

/// Set to a folder, the walk leaves a picture of every page there: `<page>-<width>-<theme>.png`.
const SHOTS: &str = "TISKI_TEST_SHOTS";

#[test]
fn every_page_of_a_signed_in_person_is_accessible_and_clean() {
    let shop = Shop::open();
    let owners = shop.pages_of(&shop.world.owner);
    let mias = shop.pages_of(&shop.mia);
    let missing = not_walked(owners.iter().chain(&mias));
    assert!(missing.is_empty(), "no link leads to {missing:?}");
    assert!(
        owners
            .iter()
            .any(|page| page.path.contains("/pages?add=") && page.body.contains("page_token")),
        "the button Add page leads to a form"
    );
    let mut problems = look_at_all(&shop.world, &shop.world.owner, owners);
    problems.extend(look_at_all(&shop.world, &shop.mia, mias));
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_page_before_the_sign_in_is_accessible_and_clean() {
    let home = Home::new();
    let server = home.serve();
    let window = Window::new(&home.url(), WIDE);
    let mut problems = look_at(&window, &Client::new(&home.url()).get("/setup"), "");
    window.follow("Create administrator");
    problems.extend(everywhere(&window, "/setup, refused", 422));
    drop((window, server));

    let world = World::new();
    let stranger = Client::new(&world.home.url());
    let window = Window::new(&world.home.url(), WIDE);
    for path in ["/login", "/no-such-page"] {
        problems.extend(look_at(&window, &stranger.get(path), ""));
    }
    window.go("/login");
    window.fill("Email", "nobody@lumi.example");
    window.fill("Password", "guess");
    window.follow("Sign in");
    problems.extend(everywhere(&window, "/login, refused", 422));
    let link = invite(&world.owner.client, "Noora", "noora@lumi.example").value("Link");
    let join = link.trim_start_matches(&world.home.url()).to_owned();
    problems.extend(look_at(&window, &stranger.get(&join), ""));
    window.send_empty("/join");
    problems.extend(everywhere(&window, "/join, refused", 422));
    problems.extend(look_at(&window, &stranger.get("/join?token=used"), ""));
    let mia = world.agent("Mia");
    window.sign_in(&mia.email, PASSWORD);
    window.go("/admin");
    problems.extend(everywhere(&window, "/admin, forbidden", 403));
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Forms that refuse what is empty: the page they stand on, and where they are sent.
pub const REFUSING: &[(&str, &str)] = &[
    ("/admin/accounts/new", "/admin/accounts/new"),
    (
        "/admin/capacity-profiles/new",
        "/admin/capacity-profiles/new",
    ),
    ("/admin/operating-hours/new", "/admin/operating-hours/new"),
    (
        "/admin/operating-hours/1/holidays/new",
        "/admin/operating-hours/1/holidays/new",
    ),
    (
        "/admin/operating-hours/1/holidays/import",
        "/admin/operating-hours/1/holidays/import",
    ),
    (
        "/admin/automated-messages",
        "/admin/automated-messages/facebook",
    ),
    ("/admin/organization", "/admin/organization"),
    ("/admin/presences/new", "/admin/presences/new"),
    ("/admin/queues/new", "/admin/queues/new"),
    ("/admin/quick-replies/new", "/admin/quick-replies/new"),
    ("/admin/settings/attachments", "/admin/settings/attachments"),
    ("/admin/settings/languages", "/admin/settings/languages"),
    ("/admin/settings/masking/new", "/admin/settings/masking/new"),
    (
        "/admin/settings/notifications",
        "/admin/settings/notifications",
    ),
    ("/admin/settings/presence", "/admin/settings/presence"),
    ("/admin/settings/topics", "/admin/settings/topics"),
    (
        "/admin/queues/1/rules/order/new",
        "/admin/queues/1/rules/order/new",
    ),
    (
        "/admin/queues/1/rules/agents/new",
        "/admin/queues/1/rules/agents/new",
    ),
    ("/admin/settings/topics/new", "/admin/settings/topics/new"),
    ("/admin/skills/new", "/admin/skills/new"),
    ("/admin/users/new", "/admin/users/new"),
    ("/admin/workstreams/new", "/admin/workstreams/new"),
    (
        "/admin/workstreams/1/classification/rulesets/new",
        "/admin/workstreams/1/classification/rulesets/new",
    ),
    (
        "/admin/workstreams/1/routes/new",
        "/admin/workstreams/1/routes/new",
    ),
    (
        "/admin/workstreams/1/timeouts/new",
        "/admin/workstreams/1/timeouts/new",
    ),
    (
        "/admin/workstreams/1/variables/new",
        "/admin/workstreams/1/variables/new",
    ),
    ("/admin/customer-fields/new", "/admin/customer-fields/new"),
    ("/workspace/cases/new", "/workspace/cases/new"),
    ("/workspace/companies/new", "/workspace/companies/new"),
    ("/workspace/contacts/new", "/workspace/contacts/new"),
    ("/profile", "/profile"),
    ("/profile", "/profile/password"),
];

#[test]
fn what_a_form_answers_is_accessible_and_clean() {
    let world = World::new();
    world.connect_facebook(&["Lumi Café"]);
    let window = Window::of(&world, &world.owner);
    let mut problems = Vec::new();

    window.go("/admin/operating-hours/new");
    window.fill("Name", "Myymälä");
    window.follow("Create");
    window.fill("Name", "Myymälä ja varasto");
    problems.extend(everywhere(&window, "answer, unsaved", 200));
    window.follow("Save");
    window.wait_for_text("Saved");
    problems.extend(everywhere(&window, "answer, a toast", 200));
    for (page, action) in REFUSING {
        window.go(page);
        window.send_empty(action);
        problems.extend(everywhere(&window, &format!("refused {action}"), 422));
    }
    window.go("/admin/operating-hours/1/holidays/import");
    window.give_file("Calendar file", CALENDAR);
    window.follow("Look inside");
    window.wait_for_text("2 holidays");
    problems.extend(everywhere(&window, "answer, calendar", 200));

    window.go("/admin/users/new");
    window.fill("Name", "Noora");
    window.fill("Email", "noora@lumi.example");
    window.tick("Agent");
    window.follow("Make the invitation");
    window.wait_for_text("An invitation for Noora");
    problems.extend(everywhere(&window, "answer, invitation", 200));
    let noora: i64 = world.one("SELECT user_id FROM user WHERE name = 'Noora'", []);
    window.go(&format!("/admin/users/{noora}"));
    window.follow("Show a new link");
    problems.extend(everywhere(&window, "answer, link", 200));
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn a_question_in_a_dialog_is_accessible_and_clean() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Hei");
    world.settle();
    let window = Window::of(&world, &world.owner);
    window.take("Anna Virtanen");
    world
        .facebook()
        .inject(GraphError::CANNOT_RECEIVE.fault().once());
    window.write("Moi");
    window.key("Enter");
    window.wait_for_state("Moi", "Failed");
    let mut problems = Vec::new();
    for (place, button) in [("#log", "Delete"), ("#conversation-head", "Close")] {
        window.press_in(place, button);
        let asked = "document.querySelector('#question:popover-open form')";
        window.wait_for(&format!("{button} asks"), asked);
        problems.extend(in_every_size(&window, &format!("dialog {button}"), 200));
        assert_eq!(
            window.evaluate(&format!("!!{asked}")),
            json!(true),
            "{button} still asks"
        );
        window.key("Escape");
        window.wait_for("the question is gone", &format!("!{asked}"));
        window.resize(WIDE.0, WIDE.1);
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Routes that are no page of somebody who is signed in: what the browser or a script asks for, what is for
/// machines, and what is there before the sign-in (looked at by the test after the walk).
const NO_PAGES: &[&str] = &[
    "/",
    "/events",
    "/health",
    "/join",
    "/login",
    "/media/<link>",
    "/setup",
    "/static/<fingerprint>/<path..>",
    "/webhooks/<channel>/<key>",
    "/admin/accounts/<account>/connection",
    "/admin/alarm",
    "/workspace/attachments/<id>",
    "/workspace/conversations/<id>/messages",
    "/workspace/supervisor/conversations",
    "/workspace/supervisor/figures",
    "/workspace/work-items",
];

/// The routes of pages to which the walk did not come.
fn not_walked<'p>(pages: impl Iterator<Item = &'p Page>) -> BTreeSet<String> {
    let routes: BTreeSet<String> = routes()
        .into_iter()
        .filter(|(method, _)| method == "GET")
        .map(|(_, path)| path)
        .collect();
    for path in NO_PAGES {
        assert!(routes.contains(*path), "{path} is no route");
    }
    let walked: BTreeSet<&String> = pages
        .filter_map(|page| {
            let path = page.path.split('?').next().unwrap_or_default();
            let mut fitting: Vec<&String> = routes
                .iter()
                .filter(|route| leads_to(route, path))
                .collect();
            // Of several, the one that names most of it: `/new` before `/<id>`.
            fitting.sort_by_key(|route| route.matches('<').count());
            fitting.first().copied()
        })
        .collect();
    routes
        .iter()
        .filter(|route| !walked.contains(route) && !NO_PAGES.contains(&route.as_str()))
        .cloned()
        .collect()
}

/// Whether a route takes this path.
fn leads_to(route: &str, path: &str) -> bool {
    let (mut parts, mut named) = (route.split('/'), path.split('/'));
    loop {
        match (parts.next(), named.next()) {
            (None, None) => return true,
            (Some(part), Some(name)) if part == name || part.starts_with('<') => {}
            _ => return false,
        }
    }
}

/// What is wrong with these pages for one person, looked at in several windows at once.
fn look_at_all(world: &World, person: &Person, pages: Vec<Page>) -> Vec<String> {
    let ahead = Mutex::new(VecDeque::from(pages));
    let problems = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..WINDOWS {
            scope.spawn(|| {
                let window = Window::of(world, person);
                loop {
                    let next = ahead.lock().pop_front();
                    let Some(page) = next else {
                        return;
                    };
                    problems
                        .lock()
                        .extend(look_at(&window, &page, &person.name));
                }
            });
        }
    });
    problems.into_inner()
}

/// What is wrong with one page.
fn look_at(window: &Window, page: &Page, person: &str) -> Vec<String> {
    let name = format!("{person} {}", page.path);
    let mut problems: Vec<String> = inline(&page.html())
        .into_iter()
        .map(|found| format!("{name}: inline in the HTML: {found}"))
        .collect();
    window.go(&page.path);
    problems.extend(everywhere(window, &name, page.status));
    problems
}

/// What is wrong with the page in the window, in every size and both themes.
pub fn everywhere(window: &Window, name: &str, status: u16) -> Vec<String> {
    let mut problems = Vec::new();
    window.resize(WIDE.0, WIDE.1);
    window.theme("light");
    if status != 422 {
        problems.extend(skip_link(window).map(|problem| format!("{name}: {problem}")));
    }
    problems.extend(in_every_size(window, name, status));
    problems
}

/// The same with the focus left where it is, e.g. in a dialog.
fn in_every_size(window: &Window, name: &str, status: u16) -> Vec<String> {
    let mut problems = Vec::new();
    // A colour that is wrong in the dark is wrong in every size.
    for ((width, height), theme) in [(WIDE, "light"), (WIDE, "dark"), (NARROW, "light")] {
        window.resize(width, height);
        window.theme(theme);
        let found = match theme {
            "light" => window.violations(),
            _ => window.colour_violations(),
        };
        problems.extend(
            found
                .into_iter()
                .map(|found| format!("{width} px, {theme}: {found}")),
        );
        take_picture(window, name, width, theme);
    }
    for width in [320, 390, 768, 1024, 1440] {
        window.resize(width, 800);
        if window.overflow() > 0 {
            problems.push(format!("{width} px: {} px too wide", window.overflow()));
        }
        for mark in listed(window, CUT_OFF) {
            problems.push(format!("{width} px: cut off: {mark}"));
        }
    }
    if status == 422 {
        for link in listed(window, UNNAMED) {
            problems.push(format!("the summary does not name the field of: {link}"));
        }
    }
    // The browser calls a page with such a status an error of its own.
    // And a page that asks before what was refused is lost is not heard while nobody has pressed a key.
    let is_known = |said: &String| {
        status >= 400
            && (said.contains(&format!("status of {status}")) || said.contains("'beforeunload'"))
    };
    problems.extend(
        window
            .complaints()
            .into_iter()
            .filter(|said| !is_known(said)),
    );
    problems
        .into_iter()
        .map(|problem| format!("{name}: {problem}"))
        .collect()
}

/// Marks of state that something around them cuts off: they are short, and mean something only when whole.
const CUT_OFF: &str =
    "[...document.querySelectorAll('.conv__standby, .pill, .count')].filter(mark => {
    const { left, right, width } = mark.getBoundingClientRect();
    if (!width) return false;
    for (let around = mark; around; around = around.parentElement) {
        const { overflowX, clipPath } = getComputedStyle(around);
        if (clipPath !== 'none' || overflowX === 'auto' || overflowX === 'scroll') return false;
        const box = around.getBoundingClientRect();
        if (overflowX !== 'visible' && (right > box.right + 1 || left < box.left - 1)) return true;
    }
    return false;
}).map(mark => mark.textContent.trim())";

/// Links of the summary of what was not accepted that do not begin with the label of their field.
const UNNAMED: &str = "[...document.querySelectorAll('#error-summary a')].filter(link => {
    const field = document.getElementById(link.hash.slice(1));
    const label = field?.labels?.[0] ?? field?.querySelector('legend');
    return label?.classList.contains('field__label')
        && !link.textContent.startsWith(label.firstChild.textContent.trim() + ':');
}).map(link => link.textContent)";

/// The texts that a script finds on the page.
fn listed(window: &Window, script: &str) -> Vec<String> {
    serde_json::from_value(window.evaluate(script)).expect("a list of texts")
}

/// The first stop of the Tab key is the link that leads past the navigation.
fn skip_link(window: &Window) -> Option<String> {
    // As if the address bar had the focus, wherever the page put it.
    window.evaluate(
        "(() => { const start = document.createElement('span'); start.tabIndex = -1; \
           document.body.prepend(start); start.focus(); start.remove(); })()",
    );
    window.key("Tab");
    if window.evaluate("document.activeElement.className") != json!("skip-link") {
        let focused = window.evaluate("document.activeElement.outerHTML.slice(0, 200)");
        return Some(format!("the first stop is {focused}"));
    }
    window.key("Enter");
    let reached = window.evaluate("document.activeElement.id");
    // The pictures show the page as it is before anybody presses a key.
    window.evaluate("document.activeElement.blur()");
    (reached != json!("main")).then(|| "the skip link does not lead to the content".to_owned())
}

/// Styles and scripts within the HTML, which our policy forbids.
fn inline(html: &Html) -> Vec<String> {
    let all = Selector::parse("*").expect("a valid selector");
    html.select(&all)
        .filter(|element| {
            let is_forbidden = match element.value().name() {
                "style" => true,
                "script" => element.attr("src").is_none(),
                _ => false,
            };
            is_forbidden
                || element
                    .value()
                    .attrs()
                    .any(|(name, _)| name == "style" || name.starts_with("on"))
        })
        .map(|element| element.html().chars().take(200).collect())
        .collect()
}

fn take_picture(window: &Window, name: &str, width: u32, theme: &str) {
    let Some(folder) = std::env::var_os(SHOTS).map(PathBuf::from) else {
        return;
    };
    // All of the page, not only what is above the fold.
    let height = window.height().clamp(600, 3000);
    window.resize(width, height);
    window.evaluate("scrollTo(0, 0)");
    let name: Vec<&str> = name
        .split(|sign: char| !sign.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect();
    let file = folder.join(format!("{}-{width}-{theme}.png", name.join("-")));
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    std::fs::write(file, window.screenshot()).expect("the picture can be written");
}
