//! What customers send beside words: it comes at once and whole, or the agent reads why not; and it reaches nobody
//! whom it does not concern.

use std::time::Duration;

use serde_json::json;
use tiski::simulator::facebook::Customer;

use super::support::client::Client;
use super::support::program::wait_until;
use super::support::world::{Bubble, Chat, ConnectedPage, World};

/// The smallest picture that a browser shows.
const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\
    \0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\xa1\xa6\xc1\x1d\0\0\0\0IEND\xaeB`\x82";

/// A video, as far as its first bytes tell.
fn video(size: usize) -> Vec<u8> {
    let mut bytes = b"\0\0\0\x18ftypmp42".to_vec();
    bytes.extend((bytes.len()..size).map(|at| (at % 251) as u8));
    bytes
}

/// A Messenger customer who has written to a page, and whom the owner answers.
fn anna(world: &World) -> (ConnectedPage, Customer, Chat<'_>) {
    let account = world.connect_facebook(&["Lumi Café"]);
    let page = account.pages[0].clone();
    let anna = world.messenger_customer(&page, "Anna Virtanen");
    anna.writes("Hello");
    let chat = world.owner.takes("Anna Virtanen");
    (page, anna, chat)
}

fn sends(world: &World, anna: &Customer, kind: &str, name: &str, bytes: &[u8]) -> String {
    let address = world
        .facebook()
        .put_file(name, "application/octet-stream", bytes);
    anna.sends_attachment(kind, json!({ "url": address }));
    address
}

/// Waits until the customer's newest message has this in it.
#[track_caller]
fn newest(chat: &Chat<'_>, part: &str) -> Bubble {
    wait_until(&format!("the newest message has {part:?}"), || {
        let mut bubbles = chat.bubbles();
        bubbles.retain(|bubble| bubble.from_customer);
        bubbles.pop().filter(|bubble| bubble.html.contains(part))
    })
}

/// Waits until the customer was told this, which nobody here wrote.
#[track_caller]
fn told(world: &World, anna: &Customer, words: &str) {
    wait_until(&format!("the customer reads {words:?}"), || {
        let sent = world.facebook().sent_to(anna.psid());
        let mut texts = sent.into_iter().filter_map(|sent| sent.text);
        texts.any(|text| text.contains(words)).then_some(())
    });
}

/// Where the newest attachment is.
fn newest_path(world: &World) -> String {
    let id: i64 = world.one("SELECT max(attachment_id) FROM attachment", []);
    format!("/workspace/attachments/{id}")
}

/// How many files there are in the folder.
fn files(world: &World) -> usize {
    let folder = world.home.data().join("attachments");
    let shelves = std::fs::read_dir(folder).expect("the folder");
    shelves
        .map(|shelf| shelf.expect("a shelf").path())
        .map(|shelf| std::fs::read_dir(shelf).expect("a shelf").count())
        .sum()
}

#[test]
fn pictures_videos_voices_and_files_of_both_channels_are_fetched_and_shown() {
    let world = World::new();
    let (_, anna, chat) = anna(&world);
    let owner = &world.owner.client;

    sends(&world, &anna, "image", "kuva", PNG);
    newest(&chat, "<img");
    let picture = owner.download(&newest_path(&world), &[]);
    assert_eq!((picture.status, picture.bytes.as_slice()), (200, PNG));
    assert_eq!(picture.header("content-type"), "image/png");
    assert!(
        picture
            .header("content-disposition")
            .starts_with("inline; filename=\"picture-")
    );
    assert!(
        picture
            .header("content-security-policy")
            .starts_with("sandbox;")
    );
    assert_eq!(picture.header("x-content-type-options"), "nosniff");
    assert_eq!(picture.header("cache-control"), "no-store");

    sends(
        &world,
        &anna,
        "audio",
        "clip.mp4",
        b"\0\0\0\x18ftypM4A voice",
    );
    newest(&chat, "<audio");
    sends(&world, &anna, "video", "clip.mp4", &video(100));
    newest(&chat, "<video");

    // What could act in a page is only ever saved, whatever it calls itself.
    sends(&world, &anna, "file", "Hinnasto.pdf", b"%PDF-1.7 prices");
    newest(&chat, "Download");
    let file = owner.download(&newest_path(&world), &[]);
    assert_eq!(file.header("content-type"), "application/pdf");
    let disposition = file.header("content-disposition");
    assert!(
        disposition.starts_with("attachment; ") && disposition.ends_with("-Hinnasto.pdf"),
        "{disposition}"
    );

    let account = world.connect_line();
    let mei = world.line_customer(&account, "林怡君");
    mei.sends_picture(PNG);
    let chat = world.owner.takes("林怡君");
    newest(&chat, "<img");
    mei.sends_file("報價單.txt", b"hello");
    newest(&chat, "Download");
    let file = owner.download(&newest_path(&world), &[]);
    assert_eq!(file.bytes, b"hello");
    assert_eq!(file.header("content-type"), "application/octet-stream");
    let disposition = file.header("content-disposition");
    assert!(
        disposition.ends_with("filename*=UTF-8''%E5%A0%B1%E5%83%B9%E5%96%AE.txt"),
        "{disposition}"
    );
    let held = mei.sends_video(&video(64), 1_000);
    world.line().prepare_content(&held, 1);
    newest(&chat, "<video");
}

#[test]
fn a_video_is_played_from_any_place_of_it() {
    let world = World::new();
    let (_, anna, chat) = anna(&world);
    let bytes = video(200_000);
    sends(&world, &anna, "video", "clip.mp4", &bytes);
    newest(&chat, "<video");
    let path = newest_path(&world);
    let ask = |range: &str| world.owner.client.download(&path, &[("range", range)]);

    let whole = world.owner.client.download(&path, &[]);
    assert_eq!((whole.status, whole.bytes == bytes), (200, true));
    assert_eq!(whole.header("accept-ranges"), "bytes");
    let part = ask("bytes=100000-100009");
    assert_eq!(
        (part.status, &part.bytes[..]),
        (206, &bytes[100_000..100_010])
    );
    assert_eq!(part.header("content-range"), "bytes 100000-100009/200000");
    assert_eq!(part.header("content-length"), "10");
    let rest = ask("bytes=150000-");
    assert_eq!((rest.status, rest.bytes == bytes[150_000..]), (206, true));
    let end = ask("bytes=-5");
    assert_eq!((end.status, &end.bytes[..]), (206, &bytes[199_995..]));
    let outside = ask("bytes=200000-");
    assert_eq!(outside.status, 416);
    assert_eq!(outside.header("content-range"), "bytes */200000");
}

#[test]
fn nobody_gets_a_file_of_a_conversation_that_is_not_theirs() {
    let world = World::new();
    let (_, anna, chat) = anna(&world);
    sends(&world, &anna, "image", "kuva", PNG);
    newest(&chat, "<img");
    let path = newest_path(&world);
    let noa = world.agent("Noa");
    let foreign = noa.client.request("GET", &path, &[], None);
    let missing = noa
        .client
        .request("GET", "/workspace/attachments/999999", &[], None);
    assert_eq!((foreign.status, missing.status), (404, 404));
    let stranger = Client::new(&world.home.url());
    assert_eq!(stranger.request("GET", &path, &[], None).status, 303);

    // Whoever answers the customer next sees what came before.
    chat.press("End");
    chat.press("Close");
    anna.writes("Me again");
    let next = noa.takes("Anna Virtanen");
    assert_ne!(next.id, chat.id);
    assert_eq!(noa.client.download(&path, &[]).bytes, PNG);
}

#[test]
fn where_customers_may_not_send_files_nothing_is_kept_and_the_agent_reads_so() {
    let world = World::new();
    let (_, anna, chat) = anna(&world);
    let (workstream, page): (i64, i64) = world
        .database()
        .query_row("SELECT workstream_id, page_id FROM page", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .expect("the page");
    let settings = world
        .owner
        .client
        .get(&format!("/admin/workstreams/{workstream}/instances/{page}"));
    let mut form = settings.form("Save");
    let switch = form.get("customer_files").map(str::to_owned);
    form.fields.retain(|(name, _)| name != "customer_files");
    assert_eq!(world.owner.client.submit(&form).status, 200);

    let address = sends(&world, &anna, "file", "secret-name.pdf", b"%PDF-1.7");
    let refused = newest(&chat, "File attachments are switched off here");
    assert!(!refused.html.contains("secret-name") && !refused.html.contains("Try again"));
    assert_eq!(
        (files(&world), world.facebook().file_asked_for(&address)),
        (0, 0)
    );
    let kept: i64 = world.one(
        "SELECT count(*) FROM attachment WHERE name <> '' OR url IS NOT NULL",
        [],
    );
    assert_eq!(kept, 0);
    told(&world, &anna, "We cannot receive this file here");

    // Words still come, and so do pictures once the switch is on again.
    anna.writes("Did you get it?");
    chat.waits_for("Did you get it?");
    let settings = world.owner.client.get(&settings.path);
    let mut form = settings.form("Save");
    form.set("customer_files", &switch.expect("it was on"));
    assert_eq!(world.owner.client.submit(&form).status, 200);
    sends(&world, &anna, "image", "kuva", PNG);
    newest(&chat, "<img");
}

#[test]
fn what_is_too_large_or_blocked_is_not_taken_and_what_just_fits_is() {
    let world = World::new();
    let (_, anna, chat) = anna(&world);
    sends(&world, &anna, "file", "large.bin", &vec![7; 5_121 * 1024]);
    let refused = newest(&chat, "larger than the size limit");
    assert!(refused.html.contains("Try again"), "{refused:?}");
    told(&world, &anna, "Your file is too large for us");
    let agents = chat.page().text();
    assert!(
        agents.contains("The customer sent a file that is too large"),
        "{agents}"
    );
    sends(&world, &anna, "file", "setup.exe", b"whatever");
    newest(&chat, "files of this type are blocked");
    told(&world, &anna, "We cannot receive this file here");
    sends(&world, &anna, "image", "kuva.png", b"MZ is no picture");
    newest(&chat, "files of this type are blocked");
    sends(
        &world,
        &anna,
        "file",
        "page.txt",
        b"<!DOCTYPE html><script>alert(1)</script>",
    );
    newest(&chat, "files of this type are blocked");
    wait_until("nothing of them is on the disk", || {
        (files(&world) == 0).then_some(())
    });

    let just_right = vec![7; 5_120 * 1024];
    sends(&world, &anna, "file", "large.bin", &just_right);
    newest(&chat, "Download");
    let file = world.owner.client.download(&newest_path(&world), &[]);
    assert!(file.bytes == just_right);
}

#[test]
fn no_address_inside_is_ever_visited() {
    let world = World::with(&[("TISKI_ALLOW_PRIVATE_FETCH", "false")]);
    let (_, anna, chat) = anna(&world);
    let inside = sends(&world, &anna, "image", "kuva", PNG);
    newest(&chat, "on a server that Tiski does not fetch from");
    for address in [
        "https://127.0.0.1/a.png",
        "https://[::1]/a.png",
        "https://169.254.169.254/latest/meta-data",
        "https://evil.example/fbcdn.net.png",
        "http://scontent.xx.fbcdn.net/a.png",
    ] {
        anna.sends_attachment("image", json!({ "url": address }));
        newest(&chat, "on a server that Tiski does not fetch from");
        anna.writes("Next");
        newest(&chat, "Next");
    }
    assert_eq!(world.facebook().file_asked_for(&inside), 0);

    // What an application says to lie elsewhere is not fetched, least of all with our token.
    let account = world.connect_line();
    let mei = world.line_customer(&account, "林怡君");
    let provider =
        json!({"type": "external", "originalContentUrl": inside.replace("http:", "https:")});
    mei.sends_message(json!({"type": "image", "contentProvider": provider}));
    let chat = world.owner.takes("林怡君");
    newest(&chat, "on a server that Tiski does not fetch from");
    mei.sends_picture(PNG);
    newest(&chat, "<img");
    assert_eq!(world.facebook().file_asked_for(&inside), 0);
}

#[test]
fn a_file_that_is_not_ready_comes_later_and_one_that_is_gone_says_so() {
    let world = World::new();
    let (_, anna, chat) = anna(&world);
    let broken = world.facebook().put_file("kuva", "image/png", PNG);
    world.facebook().break_file(&broken, 2);
    anna.sends_attachment("image", json!({ "url": broken }));
    newest(&chat, "<img");
    assert_eq!(world.facebook().file_asked_for(&broken), 3);

    let empty = sends(&world, &anna, "image", "kuva", b"");
    newest(&chat, "Being fetched");
    wait_until("the empty file was asked for", || {
        (world.facebook().file_asked_for(&empty) > 0).then_some(())
    });
    world.facebook().fill_file(&empty, PNG);
    newest(&chat, "<img");

    let expired = world.facebook().put_file("kuva", "image/png", PNG);
    world.facebook().expire_file(&expired);
    anna.sends_attachment("image", json!({ "url": expired }));
    let gone = newest(&chat, "The platform no longer has this file");
    assert!(gone.html.contains("Try again"));
    let asked = world.facebook().file_asked_for(&expired);
    let message = chat.page().parts("#log article").pop().expect("a message");
    let page = world.owner.client.submit(&message.form("Try again"));
    assert_eq!(page.status, 200);
    wait_until("it was really asked for again", || {
        (world.facebook().file_asked_for(&expired) > asked).then_some(())
    });
    newest(&chat, "The platform no longer has this file");
}

#[test]
fn a_file_that_a_crash_interrupts_comes_after_the_next_start() {
    let world = World::new();
    let (_, anna, chat) = anna(&world);
    let slow = world.facebook().put_file("kuva", "image/png", PNG);
    world.facebook().delay_file(&slow, Duration::from_secs(10));
    anna.sends_attachment("image", json!({ "url": slow }));
    wait_until("it is being fetched", || {
        (world.facebook().file_asked_for(&slow) > 0).then_some(())
    });
    world.kill();
    world.facebook().delay_file(&slow, Duration::ZERO);
    world.start();
    newest(&chat, "<img");
    assert_eq!(
        world.owner.client.download(&newest_path(&world), &[]).bytes,
        PNG
    );
    assert_eq!(files(&world), 1, "nothing half is left");
}

#[test]
fn what_is_taken_back_is_gone_from_the_disk_too_unless_somebody_else_sent_the_same() {
    let world = World::new();
    let (page, anna, chat) = anna(&world);
    let address = world.facebook().put_file("kuva", "image/png", PNG);
    let sent = anna.sends_attachment("image", json!({ "url": address }));
    newest(&chat, "<img");
    let path = newest_path(&world);
    let bo = world.messenger_customer(&page, "Bo Lind");
    let same = bo.sends_attachment("image", json!({ "url": address }));
    wait_until("both are here", || {
        let here: i64 = world.one("SELECT count(*) FROM attachment WHERE stage = 'here'", []);
        (here == 2).then_some(())
    });
    assert_eq!(files(&world), 1, "the same content lies there once");

    anna.unsends(&sent);
    wait_until("the first is gone", || {
        (world.count("attachment") == 1 && world.count("discarded_content") == 0).then_some(())
    });
    assert_eq!(
        world.owner.client.request("GET", &path, &[], None).status,
        404
    );
    assert_eq!(files(&world), 1);

    bo.unsends(&same);
    wait_until("the file is gone", || (files(&world) == 0).then_some(()));
}
