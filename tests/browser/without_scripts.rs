//! With scripts switched off everything still works, as links and forms.

use serde_json::json;
use tiski::simulator::facebook::Receipts;

use super::{WIDE, Window};
use crate::support::world::{PASSWORD, World};

#[test]
fn the_main_job_is_done_without_scripts() {
    let world = World::new();
    let facebook = world.facebook();
    facebook.add_app("777", "60efff025951cddde78c8d03de577777");
    let token = facebook.add_page("777", "700001", "Lumi Café");
    let window = Window::new(&world.home.url(), WIDE);
    window.without_scripts();
    window.sign_in(&world.owner.email, PASSWORD);
    assert_eq!(
        window.evaluate("document.getElementById('live').hidden"),
        json!(true),
        "nothing claims to be live"
    );

    window.go("/admin/accounts/new");
    window.fill("Name", "Our Facebook");
    window.choose("Channel", "Facebook");
    window.follow("Next");
    window.fill("App ID", "777");
    window.fill("App secret", "60efff025951cddde78c8d03de577777");
    window.tick("I have read this");
    window.follow("Next");
    window.follow("Add");
    window.fill("Page name", "Lumi Café");
    window.fill("Page ID", "700001");
    window.fill("Page access token", &token);
    window.follow("Add");
    window.follow("Next");
    facebook
        .set_webhook(
            "777",
            &window.value("Callback URL"),
            &window.value("Verify token"),
        )
        .expect("the callback is verified");
    window.follow("Done");
    window.wait_for_text("Running");

    let anna = facebook.customer("700001", "5794982867201265", "Anna Virtanen");
    anna.sets_receipts(Receipts::Read);
    anna.writes("Is it open on Sunday?");
    world.settle();
    window.go("/workspace");
    window.follow("Assign to me");
    assert_eq!(window.said(), ["Is it open on Sunday?"]);
    let covers = "(() => { const of = selector => document.querySelector(selector).getBoundingClientRect(); \
        return of('noscript .log-foot .btn').top < of('#log .msg__bubble').bottom; })()";
    assert_eq!(
        window.evaluate(covers),
        json!(false),
        "the button covers no message"
    );
    window.follow("Mark as read");
    assert!(
        !window.text().contains("Mark as read"),
        "everything is read"
    );
    window.write("Yes, from ten to four.");
    window.follow("Send");
    assert_eq!(
        window.value("Message"),
        "",
        "the box is empty for the next one"
    );
    world.settle();
    window.reload();
    window.wait_for_state("Yes, from ten to four.", "Read");
    window.follow("End");
    window.wait_for_text("You have ended this conversation");
    window.follow("Close");
    window.wait_for(
        "it is in Closed work items",
        "document.querySelector('[aria-labelledby=work-closed]').innerText.includes('Anna Virtanen')",
    );

    anna.writes("One more thing");
    world.settle();
    window.reload();
    window.follow("Assign to me");
    window.follow("Close");
    window.follow("Close and wait");
    window.wait_for_text("The conversation waits until the customer writes");
    window.wait_for(
        "it waits in My work items",
        "document.querySelector('[aria-labelledby=work-mine]').innerText.includes('Waiting')",
    );
    window.assert_quiet();
}
