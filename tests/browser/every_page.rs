//! What holds on every page, wide and narrow, light and dark.

use std::collections::VecDeque;
use std::path::PathBuf;

use parking_lot::Mutex;
use scraper::{Html, Selector};
use serde_json::json;

use super::places::Shop;
use super::{NARROW, WIDE, Window};
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
    for expected in [
        "/workspace",
        "/workspace/sessions",
        "/workspace/conversations/",
        "/earlier/",
        "/admin",
        "/admin/accounts/new",
        "/admin/accounts/1/pages",
        "/setup/details",
        "/setup/credentials",
        "/setup/pages",
        "/setup/callback",
        "/admin/parked-events",
        "/profile/sessions",
    ] {
        assert!(
            owners
                .iter()
                .chain(&mias)
                .any(|page| page.path.contains(expected)),
            "the walk did not come to {expected}"
        );
    }
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
    let mia = world.agent("Mia");
    window.sign_in(&mia.email, PASSWORD);
    window.go("/admin");
    problems.extend(everywhere(&window, "/admin, forbidden", 403));
    assert!(problems.is_empty(), "{}", problems.join("\n"));
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

/// What is wrong with the page in the window, in every size and theme.
pub fn everywhere(window: &Window, name: &str, status: u16) -> Vec<String> {
    let mut problems = Vec::new();
    window.resize(WIDE.0, WIDE.1);
    window.theme("light");
    if status != 422 {
        problems.extend(skip_link(window));
    }
    for (width, height) in [WIDE, NARROW] {
        window.resize(width, height);
        for theme in ["light", "dark"] {
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
    }
    for width in [320, 390, 768, 1024, 1440] {
        window.resize(width, 800);
        if window.overflow() > 0 {
            problems.push(format!("{width} px: {} px too wide", window.overflow()));
        }
    }
    // The browser calls a page with such a status an error of its own.
    let is_known = |said: &String| status >= 400 && said.contains(&format!("status of {status}"));
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
    let name: Vec<&str> = name
        .split(|sign: char| !sign.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect();
    let file = folder.join(format!("{}-{width}-{theme}.png", name.join("-")));
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    std::fs::write(file, window.screenshot()).expect("the picture can be written");
}
