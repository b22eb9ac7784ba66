//! Sending files: chosen, dropped or pasted, seen before they go, with their progress, and on the phone afterwards.

use super::every_page::everywhere;
use super::{NARROW, WIDE, Window};
use crate::media_out::png;
use crate::support::program::Home;
use crate::support::world::World;

#[test]
fn files_are_chosen_dropped_and_pasted_seen_first_and_sent_one_after_the_other() {
    for size in [WIDE, NARROW] {
        let world = World::new();
        let account = world.connect_facebook(&["Lumi Café"]);
        let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
        anna.writes("Hello");
        let mut window = Window::of_size(&world, &world.owner, size);
        window.forgive("status of 422");
        window.take("Anna Virtanen");
        let picture = png();
        window.give_files(
            "Attach file",
            &[("kuva.png", &picture), ("by-mistake.pdf", b"%PDF-1.7")],
        );
        window.drop_files("#log", &[("lasku.pdf", b"%PDF-1.7 invoice")]);
        window.focus("Message");
        window.paste_files(&[("image.png", &picture)]);
        assert_eq!(
            window.texts(".composer__staged bdi"),
            ["kuva.png", "by-mistake.pdf", "lasku.pdf", "image.png"]
        );
        window.press_at(".composer__staged li:nth-child(2) button");
        assert_eq!(
            world.facebook().sent_to(anna.psid()).len(),
            0,
            "nothing went out yet"
        );
        let problems = window.violations();
        assert!(problems.is_empty(), "{}", problems.join("\n"));
        assert_eq!(window.overflow(), 0);

        window.press_at("#composer-send-files");
        window.wait_for(
            "all three are shown as delivered",
            "document.querySelectorAll('#log .msg--delivered').length === 3",
        );
        window.wait_for(
            "nothing waits",
            "document.getElementById('composer-staged').hidden",
        );
        window.wait_for(
            "the pictures are seen",
            "[...document.querySelectorAll('#log .attach__img')].filter(it => it.naturalWidth === 40).length === 2",
        );
        let sent = world.facebook().sent_to(anna.psid());
        let names: Vec<&str> = sent
            .iter()
            .filter_map(|it| it.file.as_ref())
            .map(|file| file.name.as_str())
            .collect();
        assert_eq!(
            names,
            ["kuva.png", "lasku.pdf", "kuva.png"],
            "the picture that was pasted is one that Messenger has"
        );

        // *Send* lets files go as well as words, and what is refused is said.
        window.give_files("Attach file", &[("setup.exe", b"MZ")]);
        window.write("And this");
        window.key("Enter");
        window.wait_for_text("setup.exe is of a blocked type, so nothing was sent.");
        window.wait_until_said(&["Hello", "And this"]);
        window.give_files("Attach file", &[("large.pdf", &vec![7; 5_121 * 1024])]);
        window.press_at("#composer-send-files");
        window.wait_for_text("large.pdf is larger than 5 MB");
        window.assert_quiet();
    }
}

#[test]
fn a_file_whose_answer_was_lost_goes_out_once_when_the_connection_is_back() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Hello");
    let mut window = Window::of(&world, &world.owner);
    window.forgive_no_connection();
    window.take("Anna Virtanen");
    world.kill();
    window.give_files("Attach file", &[("kuva.png", &png())]);
    window.press_at("#composer-send-files");
    window.wait_for_text("No connection. Sent when it is back.");
    world.start();
    window.evaluate("dispatchEvent(new Event('online'))");
    window.wait_for(
        "it went out",
        "document.querySelector('#log .msg--delivered')",
    );
    assert_eq!(world.facebook().sent_to(anna.psid()).len(), 1);
}

#[test]
fn what_an_agent_sends_is_on_the_phone_of_the_demo_and_the_other_way_round() {
    let home = Home::new();
    let server = home.demo();
    let agent = Window::new(&server.url, WIDE);
    agent.sign_in("mei-ling@saarela.example", "counter demo");
    agent.wait_until_live();
    agent.take("Emily Carter");
    agent.give_files(
        "Attach file",
        &[("kuva.png", &png()), ("quote.pdf", b"%PDF-1.7")],
    );
    agent.press_at("#composer-send-files");

    let phone = Window::new(&server.url, NARROW);
    phone.go("/demo");
    phone.follow("Emily Carter");
    phone.wait_for(
        "the phone shows the picture",
        "[...document.querySelectorAll('#phone-log .attach__img')].some(it => it.naturalWidth === 40)",
    );
    phone.wait_for_text("quote.pdf");
    phone.give_files("Files", &[("photo.png", &png())]);
    phone.follow("Send files");
    agent.wait_for(
        "the agent sees the customer's picture",
        "[...document.querySelectorAll('#log [data-inbound] .attach__img')].some(it => it.naturalWidth === 40)",
    );
    agent.assert_quiet();
    phone.assert_quiet();
    let problems = everywhere(&phone, &phone.location(), 200);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
