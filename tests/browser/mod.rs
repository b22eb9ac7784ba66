//! What people see: the real binary in a real Chromium, against the simulated platforms.

mod customers;
mod demo;
mod every_page;
mod every_word;
mod files;
mod live;
mod main_way;
mod offers;
mod places;
mod settings;
mod unsaved;
mod without_scripts;
mod writing;

use std::ops::Deref;
use std::sync::Arc;

use serde_json::json;

use super::support::browser::{Browser, Tab};
use super::support::world::{PASSWORD, Person, World};

/// Somebody in front of a browser: a tab on the server.
pub struct Window {
    tab: Tab,
    server: String,
    /// What the console may complain about, because the test provokes it.
    forgiven: Vec<&'static str>,
    _browser: Arc<Browser>,
}

/// A desk.
const WIDE: (u32, u32) = (1440, 900);
/// A phone.
const NARROW: (u32, u32) = (390, 844);

impl Deref for Window {
    type Target = Tab;

    fn deref(&self) -> &Tab {
        &self.tab
    }
}

impl Window {
    pub fn new(server: &str, (width, height): (u32, u32)) -> Window {
        let browser = Browser::shared();
        Window {
            tab: browser.tab(width, height),
            server: server.to_owned(),
            forgiven: Vec::new(),
            _browser: browser,
        }
    }

    /// A person of the shop, signed in at a desk.
    pub fn of(world: &World, person: &Person) -> Window {
        Window::of_size(world, person, WIDE)
    }

    pub fn of_size(world: &World, person: &Person, size: (u32, u32)) -> Window {
        let window = Window::new(&world.home.url(), size);
        window.sign_in(&person.email, PASSWORD);
        window
    }

    /// The console may say this.
    pub fn forgive(&mut self, complaint: &'static str) {
        self.forgiven.push(complaint);
    }

    /// The console may say that there is no connection.
    pub fn forgive_no_connection(&mut self) {
        self.forgiven
            .extend(["net::ERR_", "Failed to fetch", "network error"]);
    }

    pub fn go(&self, path: &str) {
        self.open(&format!("{}{path}", self.server));
    }

    #[track_caller]
    pub fn sign_in(&self, email: &str, password: &str) {
        self.go("/login");
        self.fill("Email", email);
        self.fill("Password", password);
        self.follow("Sign in");
        self.wait_for(
            "the workspace is there",
            "location.pathname === '/workspace'",
        );
    }

    /// Waits for the light that says that what is on screen is live.
    #[track_caller]
    pub fn wait_until_live(&self) {
        self.wait_for(
            "the page is live",
            "document.querySelector('#live[data-state=live]')",
        );
    }

    /// Waits for a customer in *Open work items*, takes the conversation, and waits for its page.
    #[track_caller]
    pub fn take(&self, customer: &str) {
        let row = format!(
            "[...document.querySelectorAll('[aria-labelledby=work-open] tbody tr')].find(row => row.innerText.includes({}))",
            json!(customer)
        );
        self.wait_for(&format!("{customer} waits in Open work items"), &row);
        let id = self.evaluate(&format!("{row}.id"));
        self.evaluate("window.__left = true");
        self.press_in(
            &format!("#{}", id.as_str().expect("a row has an id")),
            "Assign to me",
        );
        self.wait_for(
            "the conversation is on screen",
            "!window.__left && document.getElementById('composer-text')",
        );
        self.wait_until_live();
    }

    /// The words of every message in the log, oldest first.
    pub fn said(&self) -> Vec<String> {
        self.texts("#log .msg__bubble")
    }

    /// Waits until the log shows exactly these words, oldest first.
    #[track_caller]
    pub fn wait_until_said(&self, words: &[&str]) {
        self.wait_for(
            &format!("the log says {words:?}"),
            &format!("{SAID} === {}", json!(json!(words).to_string())),
        );
    }

    /// Waits until the message with these words has this state.
    #[track_caller]
    pub fn wait_for_state(&self, words: &str, state: &str) {
        self.wait_for(
            &format!("{words:?} is {state}"),
            &format!(
                "{}?.querySelector('.msg__state')?.innerText.trim() === {}",
                message(words),
                json!(state)
            ),
        );
    }

    /// Writes into the composer, and leaves the caret there.
    #[track_caller]
    pub fn write(&self, text: &str) {
        self.fill("Message", text);
    }

    /// Nothing that a developer would see in red, and nothing at the side of the window.
    #[track_caller]
    pub fn assert_quiet(&self) {
        let complaints: Vec<String> = self
            .complaints()
            .into_iter()
            .filter(|said| !self.forgiven.iter().any(|known| said.contains(known)))
            .collect();
        assert!(complaints.is_empty(), "the console says: {complaints:#?}");
    }
}

/// The words of all messages as JSON.
const SAID: &str = "JSON.stringify([...document.querySelectorAll('#log .msg__bubble')].map(bubble => bubble.innerText.trim()))";

/// Script: the message with these words.
fn message(words: &str) -> String {
    format!(
        "[...document.querySelectorAll('#log article')].find(message => message.querySelector('.msg__bubble')?.innerText.trim() === {})",
        json!(words)
    )
}
