//! Settings that are changed and not saved yet.

use serde_json::json;

use super::Window;
use crate::support::world::World;

/// Script: whether leaving the page now would ask.
const ASKS: &str = "(() => { const leaving = new Event('beforeunload', { cancelable: true }); \
    window.dispatchEvent(leaving); return leaving.defaultPrevented; })()";

#[test]
fn what_is_not_saved_is_counted_in_sight_and_can_be_discarded() {
    let world = World::new();
    let window = Window::of(&world, &world.owner);
    window.go("/admin/organization");
    let before = window.value("Organization name");
    assert_eq!(window.evaluate(ASKS), json!(false), "nothing is changed");
    assert!(!window.text().contains("Discard"));

    window.fill("Organization name", "Saarela");
    window.wait_for_text("1 unsaved change");
    window.fill("Time zone", "Europe/Helsinki");
    window.wait_for_text("2 unsaved changes");
    assert_eq!(
        window.evaluate("document.querySelector('[data-save-bar]').getAttribute('aria-label')"),
        json!("Unsaved changes")
    );
    assert_eq!(window.evaluate(ASKS), json!(true));

    window.press("Discard");
    window.wait_for(
        "the saved values are back and the bar is gone",
        "!document.body.innerText.includes('unsaved change')",
    );
    assert_eq!(window.value("Organization name"), before);
    assert_eq!(window.evaluate(ASKS), json!(false));

    window.fill("Organization name", "Saarela");
    window.follow("Save");
    window.wait_for_text("Saved");
    assert_eq!(window.value("Organization name"), "Saarela");
    assert!(!window.text().contains("unsaved"));
    let name: String = world.one("SELECT name FROM organization", []);
    assert_eq!(name, "Saarela");
    window.assert_quiet();
}
