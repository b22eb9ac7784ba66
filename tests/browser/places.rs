//! A shop in which every page has something to show, and a walk over all of its pages: nothing here lists
//! them, so a new page is found by the link that leads to it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use scraper::Selector;
use serde_json::json;
use tiski::simulator::facebook::{GraphError, Receipts};
use tiski::simulator::line::Phone;

use super::settings::furnish;
use crate::support::client::{Client, Page};
use crate::support::program::wait_until;
use crate::support::world::{ConnectedPage, Person, World};

/// Pages that look alike but for their numbers are visited this often: enough for every state of a
/// conversation; of settings, enough for an empty one and a full one.
const CONVERSATIONS: usize = 9;
const SETTINGS: usize = 3;
/// The same with a question in the address, e.g. a filter or an order.
const ASKING: usize = 1;

/// A busy shop, and its people.
pub struct Shop {
    pub world: World,
    pub mia: Person,
    /// Pages of the administrator that are reached by sending a form, not by a link.
    steps: Vec<String>,
}

/// Everything that anybody in the shop typed, and names of things in the world outside: what stands on
/// pages in nobody's language.
pub const TYPED: &[&str] = &[
    "Facebook 1",
    "Default messaging queue",
    "Hei",
    "Hello",
    "Danke",
    "Kiitos!",
    "Kuulemiin",
    "Kuinka kauan olette auki?",
    "Onko siellä ketään?",
    "Mitä kuuluu?",
    "Ole hyvä!",
    "Lumi & Co",
    "Lumi Café",
    "Valo Books",
    "Lumi on LINE",
    "Aino Owner",
    "Mia",
    "Anna Virtanen",
    "Open Olga",
    "Waiting Wilma",
    "Wrapping Wolfgang",
    "Closed Clara",
    "Late Lauri",
    "Half finished",
    "Half way",
    "Half Page",
    "Vielä yksi kysymys",
    "fi: Vieläkö",
    "林怡君",
    "Noora",
    "Pat",
    "Lounas",
    "Syömässä",
    "Ruotsi",
    "Kieli",
    "Kiireinen",
    "Kiire",
    "kiire",
    "Puhuu ja kirjoittaa",
    "Varasto",
    "Myymälä",
    "Joulu",
    "Inventaario",
    "Yöjono",
    "Palautukset",
    "Kahvila",
    "Verkkokauppa",
    "tilausnumero",
    "Etc/UTC",
    // Languages, each by its own name.
    "English",
    "Suomi",
    "polski",
    "português (Brasil)",
    "Svenska",
    "Bahasa Indonesia",
    "Tiếng Việt",
    "Deutsch",
    "Español",
    "Français",
    "Asiakasnumero",
    "Tervehdys",
    "Toimitus",
    "Koko",
    "Anna",
    "Virtanen",
    "Valo Oy",
    "anna@valo.example",
    "C-0001",
    "Teltta",
    "Keppi poikki",
    "Soita huomenna",
];

impl Shop {
    /// Accounts that run and one that is half set up, a parked event, and a conversation in every state.
    pub fn open() -> Shop {
        let world = World::new();
        let facebook = world.connect_facebook(&["Lumi Café", "Valo Books"]);
        let line = world.connect_line();
        world.begin_account("Half finished", "LINE");
        at_the_last_step(&world);
        let mia = world.agent("Mia");
        let page = &facebook.pages[0];

        a_parked_event(&world, page);
        in_every_state(&world, page, &mia);
        let mei = world.line_customer(&line, "林怡君");
        mei.sets_phone(Phone::Open);
        mei.writes("請問星期日有開嗎？");
        mei.sends_sticker("446", "1988");
        world.settle();
        let chat = mia.takes("林怡君");
        chat.replies("有的，十點到四點。");
        chat.waits_until("有的，十點到四點。", "Sent");
        world.change(
            "UPDATE social_profile SET standby = 1 WHERE name = 'Anna Virtanen'",
            [],
        );
        let steps = furnish(&world, &mia);
        Shop { world, mia, steps }
    }

    /// Every page that a person reaches.
    pub fn pages_of(&self, person: &Person) -> Vec<Page> {
        let mut start = vec![
            "/workspace",
            "/no-such-page",
            "/admin/accounts?search=nothing",
        ];
        let is_owner = person.email == self.world.owner.email;
        start.extend(self.steps.iter().map(String::as_str).filter(|_| is_owner));
        walk(&person.client, &start)
    }
}

/// The customers' conversations, one in each state; the one that goes on has messages of all kinds.
fn in_every_state(world: &World, page: &ConnectedPage, mia: &Person) {
    let arrives = |name: &str, words: &str| {
        let customer = world.messenger_customer(page, name);
        customer.sets_receipts(Receipts::Read);
        customer.writes(words);
        customer
    };
    arrives("Late Lauri", "Kuinka kauan olette auki?");
    mia.takes("Late Lauri");
    world.let_hours_pass(25);

    let clara = arrives("Closed Clara", "Kiitos!");
    let chat = mia.takes("Closed Clara");
    chat.replies("Ole hyvä!");
    chat.waits_until("Ole hyvä!", "Read");
    chat.press("End");
    chat.press("Close");
    clara.writes("Vielä yksi kysymys");

    arrives("Waiting Wilma", "Kuulemiin");
    let question = mia.takes("Waiting Wilma").press("Close");
    mia.client.submit(&question.form("Close and wait"));
    arrives("Wrapping Wolfgang", "Danke");
    mia.takes("Wrapping Wolfgang").press("End");

    let anna = arrives("Anna Virtanen", "Hei");
    let chat = mia.takes("Anna Virtanen");
    anna.sends_attachment("image", json!({ "url": "https://cdn.example/kuva.jpg" }));
    anna.sends_unsupported();
    let taken_back = anna.writes("Hups");
    anna.unsends(&taken_back);
    world.settle();
    chat.replies("Moi");
    chat.waits_until("Moi", "Read");
    world
        .facebook()
        .inject(GraphError::CANNOT_RECEIVE.fault().once());
    chat.replies("Mitä kuuluu?");
    chat.waits_until("Mitä kuuluu?", "Failed");
    arrives("Open Olga", "Onko siellä ketään?");
    mia.sees("Open work items", "Open Olga");
}

/// An account for Facebook whose administrator was called away at the last step.
fn at_the_last_step(world: &World) {
    let (app, secret) = ("138483919599999", "60efff025951cddde78c8d03de599999");
    world.facebook().add_app(app, secret);
    let token = world.facebook().add_page(app, "700009", "Half Page");
    let client = &world.owner.client;
    let page = world.begin_account("Half way", "Facebook");
    let mut form = page.fill("Next", &[("App ID", app), ("App secret", secret)]);
    form.tick_everything(&page);
    let page = client.submit(&form);
    let adding = client.submit(&page.form("Add"));
    let page = client.submit(&adding.fill(
        "Add",
        &[
            ("Page name", "Half Page"),
            ("Page ID", "700009"),
            ("Page access token", &token),
        ],
    ));
    let page = client.submit(&page.form("Next"));
    page.assert_says("Callback URL");
}

/// An event that nobody can read.
fn a_parked_event(world: &World, page: &ConnectedPage) {
    let customer = world.messenger_customer(page, "Anna Virtanen");
    customer.tells("messages", "message", json!({ "text": "No id" }));
    wait_until("the event is parked", || {
        (world.count("parked_event") > 0).then_some(())
    });
}

/// Every page that links and asking forms lead to, from these on, and these.
fn walk(client: &Client, start: &[&str]) -> Vec<Page> {
    let mut seen = BTreeSet::new();
    let mut of_a_kind: BTreeMap<String, usize> = BTreeMap::new();
    let mut ahead: VecDeque<String> = start.iter().map(|path| (*path).to_owned()).collect();
    let mut pages = Vec::new();
    while let Some(path) = ahead.pop_front() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let (kind, most) = kind(&path);
        let count = of_a_kind.entry(kind).or_default();
        *count += 1;
        if *count > most && !start.contains(&path.as_str()) {
            continue;
        }
        let page = client.get(&path);
        if page.path != path && !seen.insert(page.path.clone()) {
            continue;
        }
        ahead.extend(ways_on(&page));
        pages.push(page);
    }
    pages
}

/// A path without its numbers, with what it asks for, and how many of this kind are visited.
fn kind(path: &str) -> (String, usize) {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut asked: Vec<&str> = query
        .split('&')
        .filter_map(|pair| pair.split('=').next())
        .filter(|name| !name.is_empty())
        .collect();
    asked.sort_unstable();
    let parts: Vec<&str> = path
        .split('/')
        .enumerate()
        .map(|(depth, part)| match part.parse::<u64>() {
            Ok(_) => "#",
            // Channel and message by their words: one page for all of them.
            Err(_) if depth > 2 && path.starts_with("/admin/automated-messages/") => "#",
            Err(_) => part,
        })
        .collect();
    let most = match asked.is_empty() {
        true if path.starts_with("/workspace") => CONVERSATIONS,
        true => SETTINGS,
        false => ASKING,
    };
    (format!("{}?{}", parts.join("/"), asked.join("&")), most)
}

/// Where the links and the forms that only ask lead, within the program.
fn ways_on(page: &Page) -> Vec<String> {
    let html = page.html();
    let selector = |css| Selector::parse(css).expect("a valid selector");
    let (link, asking, named) = (
        selector("a[href]"),
        selector("form[method=get]"),
        selector("button[name]"),
    );
    let links = html.select(&link).filter_map(|link| link.attr("href"));
    let forms = html.select(&asking).map(|form| {
        let action = form.attr("action").unwrap_or(&page.path);
        match form.select(&named).next() {
            Some(button) => format!(
                "{action}?{}={}",
                button.attr("name").unwrap_or_default(),
                button.attr("value").unwrap_or_default()
            ),
            None => action.to_owned(),
        }
    });
    links
        .map(str::to_owned)
        .chain(forms)
        .filter_map(|way| match way.strip_prefix('?') {
            Some(query) => {
                let path = page.path.split('?').next().unwrap_or_default();
                Some(format!("{path}?{query}"))
            }
            None => way.starts_with('/').then_some(way),
        })
        .map(|way| way.split('#').next().unwrap_or_default().to_owned())
        .collect()
}
