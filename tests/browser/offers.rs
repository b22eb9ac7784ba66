//! Offers on the screen: the countdown, the keys, other windows, sounds, and what shows outside the page.

use serde_json::json;
use tiski::simulator::facebook::Customer;

use super::{NARROW, Window};
use crate::support::world::{FacebookAccount, Person, World};

/// A shop where conversations are offered, and Mia.
struct Shop {
    world: World,
    account: FacebookAccount,
    mia: Person,
}

impl Shop {
    fn open() -> Shop {
        let world = World::new();
        let account = world.connect_facebook(&["Lumi Café"]);
        world.change(
            "UPDATE workstream SET mode = 'push', offer_desktop = 'background'",
            [],
        );
        let mia = world.agent("Mia");
        Shop {
            world,
            account,
            mia,
        }
    }

    fn customer(&self, name: &str) -> Customer {
        self.world.messenger_customer(&self.account.pages[0], name)
    }

    fn window(&self) -> Window {
        let window = Window::of(&self.world, &self.mia);
        window.wait_until_live();
        window
    }
}

fn wait_for_offer(window: &Window, customer: &str) {
    window.wait_for(
        &format!("{customer} is offered"),
        &format!(
            "[...document.querySelectorAll('[data-offer]')].some(offer => offer.innerText.includes({}))",
            json!(customer)
        ),
    );
}

fn wait_until_gone(window: &Window) {
    window.wait_for(
        "no offer is there any more",
        "!document.querySelector('[data-offer]')",
    );
}

#[test]
fn an_offer_is_accepted_and_rejected_by_key_while_writing_and_all_windows_agree() {
    let shop = Shop::open();
    let (window, other) = (shop.window(), shop.window());
    shop.customer("Anna Virtanen")
        .writes("Is it open on Sunday?");
    wait_for_offer(&window, "Anna Virtanen");
    wait_for_offer(&other, "Anna Virtanen");
    window.evaluate("window.__left = true");
    window.press("Accept");
    window.wait_for(
        "the conversation is on screen",
        "!window.__left && document.getElementById('composer-text')",
    );
    wait_until_gone(&other);
    other.wait_for_text("Anna Virtanen");

    window.wait_until_live();
    window.write("We are open from te");
    shop.customer("Bo Lind").writes("Hello");
    wait_for_offer(&window, "Bo Lind");
    assert_eq!(
        window.evaluate("document.activeElement.id"),
        json!("composer-text"),
        "the caret stays"
    );
    assert_eq!(window.value("Message"), "We are open from te");
    let countdown = "Number(document.querySelector('[data-offer] [data-left]').textContent)";
    window.wait_for("it counts down", &format!("{countdown} < 120"));
    window.ctrl_shift_key("Backspace");
    wait_until_gone(&window);
    assert_eq!(window.value("Message"), "We are open from te");

    // Nobody else is there: it comes back, and is accepted now.
    wait_for_offer(&window, "Bo Lind");
    let here = window.location();
    window.evaluate("window.__left = true");
    window.ctrl_shift_key("Enter");
    window.wait_for(
        "the other conversation is on screen",
        "!window.__left && document.getElementById('composer-text') && document.querySelector('h1').innerText.includes('Bo Lind')",
    );
    wait_until_gone(&other);
    window.go(&here);
    assert_eq!(
        window.value("Message"),
        "We are open from te",
        "what was begun is kept"
    );
    window.assert_quiet();
    other.assert_quiet();
}

/// Notes what would be shown on the desktop and what would be heard, as the page asks the browser for it.
const LISTEN: &str = "(() => {
    window.__shown = []; window.__heard = [];
    class Shown extends EventTarget {
        static permission = 'granted';
        static requestPermission() { return Promise.resolve('granted'); }
        constructor(title, options) { super(); this.entry = { title, ...options, closed: false }; window.__shown.push(this.entry); }
        close() { this.entry.closed = true; }
    }
    window.Notification = Shown;
    document.addEventListener('tiski:sound', ({ detail }) => window.__heard.push(detail.name));
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => window.__hidden ?? false });
})()";

#[test]
fn an_offer_sounds_and_shows_on_the_desktop_while_another_window_is_in_front() {
    let shop = Shop::open();
    let window = shop.window();
    window.evaluate(LISTEN);
    shop.customer("Anna Virtanen").writes("Hello");
    wait_for_offer(&window, "Anna Virtanen");
    window.wait_for("it sounds", "window.__heard.includes('chime')");
    assert_eq!(
        window.evaluate("window.__shown.length"),
        json!(0),
        "it is looked at"
    );
    window.evaluate("window.__hidden = true");
    window.press("Reject");
    window.wait_for("it shows", "window.__shown.length === 1");
    assert_eq!(
        window.evaluate("[window.__shown[0].title, window.__shown[0].body]"),
        json!(["Anna Virtanen", "Hello"])
    );
    window.ctrl_shift_key("Backspace");
    window.wait_for("it is taken away again", "window.__shown[0].closed");
}

#[test]
fn on_a_phone_the_dashboard_has_the_presence_and_an_offer_lies_at_the_foot() {
    let shop = Shop::open();
    let phone = Window::of_size(&shop.world, &shop.mia, NARROW);
    phone.wait_until_live();
    phone.press("Presence: Available");
    phone.press("Appear away");
    phone.wait_for(
        "the presence is another",
        "document.querySelector('.presence-btn')?.innerText.includes('Appear away')",
    );
    phone.press("Presence: Appear away");
    phone.press("Available");
    shop.customer("Anna Virtanen").writes("Hello");
    wait_for_offer(&phone, "Anna Virtanen");
    assert_eq!(phone.overflow(), 0);
    assert_eq!(
        phone.evaluate("(() => { const box = document.querySelector('[data-accept]').getBoundingClientRect(); return box.bottom <= innerHeight && box.top > innerHeight / 2 && box.height >= 36; })()"),
        json!(true),
        "within reach of a thumb"
    );
    phone.assert_quiet();
}
