//! Every word of ours comes from the catalog: with the pseudo-locale no page has plain English left.

use scraper::{ElementRef, Selector};

use super::every_page::REFUSING;
use super::places::{Shop, TYPED};
use crate::support::client::{Client, Form, Page};
use crate::support::world::PASSWORD;

/// Attributes that people read or hear, now or when a script shows them.
const READ: &[&str] = &[
    "alt",
    "aria-label",
    "aria-description",
    "placeholder",
    "title",
    "data-announce",
    "data-copied",
    "data-counted",
    "data-days",
    "data-failed",
    "data-forbidden",
    "data-hours",
    "data-live",
    "data-lost",
    "data-minutes",
    "data-not-sent",
    "data-offline",
    "data-reconnecting",
    "data-storing",
];

#[test]
fn no_english_is_left_on_any_page_in_another_language() {
    let shop = Shop::open();
    shop.world.kill();
    shop.world
        .change("UPDATE organization SET locale = 'en-XA'", []);
    shop.world.start();
    let mut pages = shop.pages_of(&shop.world.owner);
    pages.extend(shop.pages_of(&shop.mia));
    let stranger = Client::new(&shop.world.home.url());
    let login = stranger.get("/login");
    let refused = sign_in_refused(&stranger);
    pages.extend(REFUSING.iter().map(|(_, action)| {
        let answer = empty(&shop.world.owner.client, action);
        assert_eq!(answer.status, 422, "{action}");
        answer
    }));
    pages.extend([login, refused]);
    let mut english = Vec::new();
    for page in &pages {
        assert!(
            page.body.contains("lang=\"en-XA\""),
            "{} is not in the other language",
            page.path
        );
        english.extend(plain_english(page));
    }
    english.sort();
    english.dedup();
    assert!(english.is_empty(), "plain English:\n{}", english.join("\n"));
}

fn sign_in_refused(stranger: &Client) -> Page {
    let mut form = stranger.get("/login").form("Š");
    form.set("email", "nobody@lumi.example");
    form.set("password", PASSWORD);
    stranger.submit(&form)
}

/// What the program says to a form in which nothing is filled in.
fn empty(client: &Client, action: &str) -> Page {
    let page = client.get("/profile");
    let html = page.html();
    let token = Selector::parse("meta[name=csrf]").expect("a valid selector");
    let token = html
        .select(&token)
        .next()
        .and_then(|meta| meta.attr("content"));
    client.post(&Form {
        action: action.to_owned(),
        is_get: false,
        fields: vec![(
            "csrf".to_owned(),
            token.expect("every page has one").to_owned(),
        )],
    })
}

/// Everything that reads as English on a page.
fn plain_english(page: &Page) -> Vec<String> {
    let html = page.html();
    let all = Selector::parse("*").expect("a valid selector");
    html.select(&all)
        .filter(|element| !is_nobodys_language(*element))
        .flat_map(|element| texts(&element))
        .filter(|text| reads_as_english(text))
        .map(|text| format!("{}: {text:?}", page.path))
        .collect()
}

/// Whether what an element says is no word of ours: an id, an address, what somebody wrote.
fn is_nobodys_language(element: ElementRef<'_>) -> bool {
    element
        .ancestors()
        .filter_map(ElementRef::wrap)
        .chain([element])
        .any(|element| {
            ["script", "style"].contains(&element.value().name())
                // Marked as another language: samples, and what is said to customers.
                || element.value().name() != "html"
                    && element.attr("lang").is_some_and(|lang| !["", "en-XA"].contains(&lang))
                || element.attr("dir").is_some_and(|dir| dir == "ltr")
                    && element.value().name() != "html"
                || element.attr("class").is_some_and(|class| {
                    class.split(' ').any(|class| {
                        ["mono", "msg__bubble", "msg__quote", "session__snip"].contains(&class)
                    })
                })
        })
}

/// What an element itself says.
fn texts(element: &ElementRef<'_>) -> Vec<String> {
    let own = element
        .children()
        .filter_map(|child| child.value().as_text().map(|text| text.to_string()));
    let attributes = READ
        .iter()
        .filter_map(|name| element.attr(name))
        .map(str::to_owned);
    own.chain(attributes).collect()
}

/// Whether a text has a word that the pseudo-locale would have changed.
fn reads_as_english(text: &str) -> bool {
    let mut text = text.to_owned();
    for typed in TYPED {
        text = text.replace(typed, " ");
    }
    text.split_whitespace()
        // Addresses, endings of files, and what is filled in later: `{AgentName}`.
        .filter(|word| !word.contains(['@', '{']) && !word.starts_with('.'))
        .flat_map(|word| word.split(|sign: char| !sign.is_alphanumeric()))
        .any(|word| {
            word.len() > 1
                && word
                    .chars()
                    .all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_uppercase())
                && word.contains([
                    'a', 'e', 'i', 'o', 'u', 'y', 'c', 'n', 's', 'z', 't', 'l', 'r', 'd',
                ])
        })
}
