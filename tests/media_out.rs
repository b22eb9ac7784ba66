//! Files that agents send: they reach the customer once, as what the platform can carry, and what may not be sent is
//! refused in words.

use std::io::Cursor;

use image::codecs::gif::GifEncoder;
use image::{Delay, DynamicImage, Frame, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use serde_json::Value;
use tiski::simulator::facebook::{Customer, GraphError, SentMessage};
use tiski::simulator::line::{LineError, LineUser, SentLine};

use super::support::client::{Client, Download, Page};
use super::support::program::wait_until;
use super::support::world::{Bubble, Chat, World, path_of};

/// A picture that does not become small by itself.
fn noise(width: u32, height: u32) -> RgbImage {
    let mut seed = 1u32;
    RgbImage::from_fn(width, height, |_, _| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [_, a, b, c] = seed.to_be_bytes();
        Rgb([a, b, c])
    })
}

fn written(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture
        .into()
        .write_to(&mut bytes, format)
        .expect("a picture is written");
    bytes.into_inner()
}

pub fn png() -> Vec<u8> {
    written(noise(40, 30), ImageFormat::Png)
}

fn gif(frames: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut gif = GifEncoder::new(&mut bytes);
    for shade in 0..frames {
        let frame = RgbaImage::from_pixel(20, 10, Rgba([shade * 100, 0, 0, 255]));
        let frame = Frame::from_parts(frame, 0, 0, Delay::from_numer_denom_ms(100, 1));
        gif.encode_frame(frame).expect("a frame is written");
    }
    drop(gif);
    bytes
}

fn boxed(name: &[u8; 4], inside: &[u8]) -> Vec<u8> {
    let size = u32::try_from(inside.len() + 8).expect("a small box");
    [&size.to_be_bytes()[..], name, inside].concat()
}

/// A recording of 2.5 seconds; with pictures of 320 by 180, or without.
fn mp4(brand: &[u8; 4], has_pictures: bool) -> Vec<u8> {
    let mut length = vec![0; 100];
    length[12..16].copy_from_slice(&1_000u32.to_be_bytes());
    length[16..20].copy_from_slice(&2_500u32.to_be_bytes());
    let mut track = vec![0; 84];
    track[41] = 1;
    if has_pictures {
        track[76..78].copy_from_slice(&320u16.to_be_bytes());
        track[80..82].copy_from_slice(&180u16.to_be_bytes());
    }
    let track = boxed(b"trak", &boxed(b"tkhd", &track));
    let inside = [boxed(b"mvhd", &length), track].concat();
    [boxed(b"ftyp", brand), boxed(b"moov", &inside)].concat()
}

fn anna(world: &World) -> (Customer, Chat<'_>) {
    let account = world.connect_facebook(&["Lumi Café"]);
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Hello");
    (anna, world.owner.takes("Anna Virtanen"))
}

fn mei(world: &World) -> (LineUser, Chat<'_>) {
    let account = world.connect_line();
    let mei = world.line_customer(&account, "林怡君");
    mei.writes("一");
    (mei, world.owner.takes("林怡君"))
}

/// Chooses files and presses *Send files*.
fn attaches(chat: &Chat<'_>, files: &[(&str, &[u8])]) -> Page {
    let form = chat.page().form("Send files");
    chat.person.client.post_files(&form, files)
}

#[track_caller]
fn sends(chat: &Chat<'_>, files: &[(&str, &[u8])]) {
    let page = attaches(chat, files);
    assert_eq!(page.status, 303, "{}", page.text());
}

/// Waits until the newest message has this status.
#[track_caller]
fn newest_is(chat: &Chat<'_>, status: &str) -> Bubble {
    wait_until(&format!("the newest message is {status}"), || {
        let bubble = chat.bubbles().pop()?;
        (bubble.status == status).then_some(bubble)
    })
}

/// What Messenger delivered to the customer beside words, when it is this many.
#[track_caller]
fn attachments(world: &World, anna: &Customer, count: usize) -> Vec<SentMessage> {
    wait_until(&format!("{count} attachments arrived"), || {
        let mut sent = world.facebook().sent_to(anna.psid());
        sent.retain(|sent| sent.attachment.is_some());
        (sent.len() == count).then_some(sent)
    })
}

/// What LINE accepted for the customer, when it is this many messages.
#[track_caller]
fn messages(world: &World, mei: &LineUser, count: usize) -> Vec<SentLine> {
    wait_until(&format!("{count} messages arrived"), || {
        let sent = world.line().sent_to(mei.user_id());
        (sent.len() == count).then_some(sent)
    })
}

/// Whoever knows an address fetches what is there, without a sign-in.
fn fetches(world: &World, url: &Value) -> Download {
    let path = path_of(url.as_str().expect("an address"));
    Client::new(&world.home.url()).download(&path, &[])
}

/// Where the button of a card leads.
fn link(card: &Value) -> Value {
    card["contents"]["footer"]["contents"][0]["action"]["uri"].clone()
}

#[test]
fn messenger_gets_the_bytes_of_every_file_as_what_it_is() {
    let world = World::new();
    let (anna, chat) = anna(&world);
    let picture = png();
    sends(
        &chat,
        &[
            ("kuva.png", &picture),
            ("lasku.xlsx", b"PK\x03\x04 a table"),
        ],
    );
    let sent = attachments(&world, &anna, 2);
    let told = |at: usize, name: &str| {
        let attachment = sent[at].attachment.as_ref().expect("an attachment");
        attachment["payload"][name].clone()
    };
    assert_eq!(sent[0].attachment.as_ref().unwrap()["type"], "image");
    assert_eq!(told(0, "file_name"), "kuva.png");
    assert_eq!(told(0, "media_type"), "image/png");
    assert_eq!(sent[0].file.as_ref().unwrap().bytes[..], picture[..]);
    assert_eq!(sent[1].attachment.as_ref().unwrap()["type"], "file");
    assert_eq!(told(1, "file_name"), "lasku.xlsx");
    assert_eq!(
        told(1, "media_type"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    );

    // The agent sees what was sent, and so does the customer.
    newest_is(&chat, "Delivered");
    let bubbles = chat.bubbles();
    assert!(bubbles[bubbles.len() - 2].html.contains("<img"));
    assert!(bubbles.last().unwrap().html.contains("lasku.xlsx"));
    assert!(!bubbles.last().unwrap().html.contains("The link works"));
    let shown = anna.transcript().pop().unwrap().enclosed.unwrap();
    assert_eq!(
        (shown.name.as_str(), &shown.bytes[..]),
        ("lasku.xlsx", &b"PK\x03\x04 a table"[..])
    );
}

#[test]
fn a_file_that_messenger_keeps_is_not_uploaded_twice() {
    let world = World::new();
    let (anna, chat) = anna(&world);
    let picture = png();
    for (count, is_uploaded) in [(1, true), (2, false)] {
        sends(&chat, &[("kuva.png", &picture)]);
        let sent = attachments(&world, &anna, count).pop().unwrap();
        let payload = &sent.attachment.unwrap()["payload"];
        assert_eq!(payload["file_name"].is_string(), is_uploaded, "{payload}");
        assert_eq!(payload["attachment_id"].is_string(), !is_uploaded);
        assert_eq!(sent.file.unwrap().bytes[..], picture[..]);
    }
    newest_is(&chat, "Delivered");

    // An id that Messenger knows no longer does not stop the file.
    world.change("UPDATE platform_file SET platform_id = '1'", []);
    sends(&chat, &[("kuva.png", &picture)]);
    let sent = attachments(&world, &anna, 3).pop().unwrap();
    assert!(sent.attachment.unwrap()["payload"]["file_name"].is_string());
    newest_is(&chat, "Delivered");
    world.change("UPDATE platform_file SET until = 1", []);
    sends(&chat, &[("kuva.png", &picture)]);
    let sent = attachments(&world, &anna, 4).pop().unwrap();
    assert!(sent.attachment.unwrap()["payload"]["file_name"].is_string());

    // A document keeps the name under which it is sent.
    for (count, name) in [(5, "draft.pdf"), (6, "offer.pdf")] {
        sends(&chat, &[(name, b"%PDF-1.7 prices")]);
        let sent = attachments(&world, &anna, count).pop().unwrap();
        assert_eq!(sent.file.unwrap().name, name);
    }
}

#[test]
fn line_gets_a_picture_and_a_small_one_by_addresses_that_need_no_sign_in() {
    let world = World::new();
    let (mei, chat) = mei(&world);
    let original = written(noise(1_500, 1_000), ImageFormat::Jpeg);
    sends(&chat, &[("kuva.jpg", &original)]);
    newest_is(&chat, "Sent");
    let sent = messages(&world, &mei, 1).remove(0).message;
    assert_eq!(sent["type"], "image");
    let picture = fetches(&world, &sent["originalContentUrl"]);
    let preview = fetches(&world, &sent["previewImageUrl"]);
    for (found, most) in [(&picture, 10_000_000), (&preview, 1_000_000)] {
        assert_eq!(found.status, 200);
        assert_eq!(found.header("content-type"), "image/jpeg");
        assert_eq!(found.header("x-content-type-options"), "nosniff");
        assert!(found.bytes.len() <= most, "{}", found.bytes.len());
        let read = image::load_from_memory(&found.bytes).expect("a picture");
        let off = (read.width() * 2).abs_diff(read.height() * 3);
        assert!(
            off < 3,
            "the same shape: {} x {}",
            read.width(),
            read.height()
        );
    }
    let read = image::load_from_memory(&preview.bytes).expect("a picture");
    assert_eq!(read.width(), 1_024);

    // It is shown on the phone, which fetched it; and smaller in the agent's log than it is.
    wait_until("the phone shows it", || {
        let entry = mei.transcript().pop()?;
        assert_eq!(entry.trouble, None);
        entry
            .enclosed
            .filter(|it| it.bytes[..] == picture.bytes[..])
    });
    let bubble = newest_is(&chat, "Sent");
    let source = bubble.html.split("src=\"").nth(1).expect("a picture");
    let source = source.split('"').next().expect("an address");
    let small = world.owner.client.download(source, &[]);
    assert!(small.bytes.len() < 300_000, "{}", small.bytes.len());
    let whole = source.split('?').next().expect("a path");
    assert_eq!(world.owner.client.download(whole, &[]).bytes, original);

    // Parts of it, as phones ask for them; and nothing for those who guess.
    let path = path_of(sent["originalContentUrl"].as_str().expect("an address"));
    let stranger = Client::new(&world.home.url());
    let part = stranger.download(&path, &[("range", "bytes=10-19")]);
    assert_eq!(
        (part.status, &part.bytes[..]),
        (206, &picture.bytes[10..20])
    );
    let guess = stranger.request("GET", &format!("{path}x"), &[], None);
    assert_eq!(guess.status, 404);
    assert_eq!(stranger.request("GET", whole, &[], None).status, 303);
}

#[test]
fn line_plays_what_it_can_play_and_links_to_everything_else() {
    let world = World::new();
    let (mei, chat) = mei(&world);
    let video = mp4(b"mp42", true);
    let voice = mp4(b"M4A ", false);
    let mut music = Vec::new();
    for _ in 0..100 {
        // MPEG 1, layer III, 128 kbit/s, 44.1 kHz: 417 bytes and 26 ms each.
        music.extend([0xFF, 0xFB, 0x90, 0x00]);
        music.extend([0; 413]);
    }
    sends(
        &chat,
        &[
            ("clip.mp4", &video),
            ("song.mp3", &music),
            ("broken.mp4", b"\0\0\0\x0cftypmp42"),
            ("voice.ogg", b"OggS voice"),
        ],
    );
    let sent = messages(&world, &mei, 4);
    assert!(
        sent.iter().all(|it| it.request_id == sent[0].request_id),
        "one call for all"
    );
    let film = &sent[0].message;
    assert_eq!(film["type"], "video");
    let found = fetches(&world, &film["originalContentUrl"]);
    assert_eq!(
        (found.header("content-type"), &found.bytes),
        ("video/mp4", &video)
    );
    let preview = fetches(&world, &film["previewImageUrl"]);
    let preview = image::load_from_memory(&preview.bytes).expect("a picture");
    assert_eq!((preview.width(), preview.height()), (320, 180));
    let song = &sent[1].message;
    assert_eq!(
        (&song["type"], &song["duration"]),
        (&"audio".into(), &2_612.into())
    );
    // A film without a shape, and what LINE has no message for.
    assert_eq!(sent[2].message["type"], "flex");
    assert_eq!(sent[3].message["type"], "flex");
    assert_eq!(
        fetches(&world, &link(&sent[3].message)).bytes,
        b"OggS voice"
    );
    sends(&chat, &[("voice.mp4", &voice)]);
    let sent = messages(&world, &mei, 5).pop().unwrap().message;
    assert_eq!(
        (&sent["type"], &sent["duration"]),
        (&"audio".into(), &2_500.into())
    );
}

#[test]
fn a_document_for_line_is_a_card_whose_link_is_counted_and_can_be_ended() {
    let world = World::new();
    let (mei, chat) = mei(&world);
    sends(&chat, &[("報價單.pdf", b"%PDF-1.7 prices")]);
    let sent = messages(&world, &mei, 1).remove(0).message;
    let words = sent["contents"]["body"].to_string();
    assert!(
        words.contains("報價單.pdf") && words.contains("1 kB · → 20"),
        "{words}"
    );
    assert!(newest_is(&chat, "Sent").html.contains("Not opened yet."));
    let entry = mei.transcript().pop().unwrap();
    assert_eq!(entry.link.as_deref(), link(&sent).as_str());

    let document = fetches(&world, &link(&sent));
    assert_eq!(document.bytes, b"%PDF-1.7 prices");
    let disposition = document.header("content-disposition");
    assert!(disposition.starts_with("attachment; "), "{disposition}");
    assert!(
        document
            .header("content-security-policy")
            .starts_with("sandbox;")
    );
    let path = path_of(link(&sent).as_str().expect("an address"));
    let stranger = Client::new(&world.home.url());
    stranger.download(&path, &[("range", "bytes=0-3")]);
    // A later part is the same opening.
    stranger.download(&path, &[("range", "bytes=4-9")]);
    let bubble = newest_is(&chat, "Sent");
    assert!(bubble.html.contains("Opened 2 times"), "{}", bubble.html);

    // Only who answers the customer ends it.
    let noa = world.agent("Noa");
    let form = chat.page().form("End the link");
    let mut foreign = noa.client.get("/workspace").form("Sign out");
    foreign.action.clone_from(&form.action);
    assert_eq!(noa.client.post(&foreign).status, 404);
    assert_eq!(stranger.download(&path, &[]).status, 200);
    assert_eq!(chat.person.client.submit(&form).status, 200);
    assert_eq!(stranger.request("GET", &path, &[], None).status, 404);
    let bubble = newest_is(&chat, "Sent");
    assert!(bubble.html.contains("The link was ended here."));
    assert!(!bubble.html.contains("End the link"));
    // The agent still has the file.
    let id: i64 = world.one("SELECT max(attachment_id) FROM attachment", []);
    let own = world
        .owner
        .client
        .download(&format!("/workspace/attachments/{id}"), &[]);
    assert_eq!(own.bytes, b"%PDF-1.7 prices");
}

#[test]
fn a_link_ends_on_its_day_and_a_phone_that_comes_too_late_shows_nothing() {
    let world = World::new();
    let (mei, chat) = mei(&world);
    world
        .line()
        .inject(LineError::RATE_LIMIT.fault().until_cleared());
    sends(&chat, &[("kuva.png", &png())]);
    wait_until("it was tried", || {
        let tries: i64 = world.one("SELECT max(tries) FROM outbox", []);
        (tries > 0).then_some(())
    });
    world.change("UPDATE public_link SET until = 1", []);
    world.line().clear_faults();
    world.let_pauses_end();
    let sent = messages(&world, &mei, 1).remove(0).message;
    let trouble = wait_until("the phone fetched it in vain", || {
        mei.transcript().pop()?.trouble
    });
    assert_eq!(trouble, "404");
    let path = path_of(sent["originalContentUrl"].as_str().expect("an address"));
    let late = Client::new(&world.home.url()).request("GET", &path, &[], None);
    assert_eq!(late.status, 404);
}

#[test]
fn what_a_channel_does_not_carry_is_refused_with_the_reason_and_nothing_is_sent() {
    let world = World::new();
    let (anna, facebook) = anna(&world);
    let (mei, line) = mei(&world);
    let large = vec![7; 5_121 * 1024];
    let heic = b"\0\0\0\x18ftypheic picture";
    for (chat, name, bytes, reason) in [
        (&line, "lasku.xlsx", &b"PK\x03\x04"[..], "does not carry"),
        (&facebook, "setup.exe", b"MZ", "blocked type"),
        (&facebook, "setup.pdf", b"MZ\x90", "blocked type"),
        (&facebook, "song.flac", b"fLaC", "does not carry"),
        (&facebook, "words.webp", b"just words", "does not carry"),
        (&facebook, "kuva.HEIC", heic, "is a HEIC picture"),
        (&line, "kuva.jpg", heic, "is a HEIC picture"),
        (&facebook, "large.pdf", &large, "is larger than 5 MB"),
        (&facebook, "empty.pdf", b"", "There is nothing in empty.pdf"),
    ] {
        let page = attaches(chat, &[("kuva.png", &png()), (name, bytes)]);
        assert_eq!(page.status, 422, "{name}");
        page.assert_says(reason);
        // The way to choose another one is still there.
        page.form("Send files");
    }
    let many = png();
    let many: Vec<(&str, &[u8])> = (0..11).map(|_| ("kuva.png", &many[..])).collect();
    attaches(&line, &many).assert_says("Send at most 10 files at once");
    assert_eq!(attachments(&world, &anna, 0).len(), 0);
    assert_eq!(messages(&world, &mei, 0).len(), 0);
    assert_eq!(world.count("attachment"), 0);
}

#[test]
fn an_administrator_moves_the_limit_and_the_types() {
    let world = World::new();
    let (anna, chat) = anna(&world);
    let owner = &world.owner.client;
    let large = vec![7; 5_121 * 1024];
    let settings = owner.get("/admin/settings/attachments");
    let form = settings.fill("Save", &[("Largest file in KB", "6000")]);
    assert_eq!(owner.submit(&form).status, 200);
    sends(&chat, &[("large.pdf", &large)]);
    attachments(&world, &anna, 1);
    let types = owner.get("/admin/settings/attachments/facebook");
    let mut form = types.form("Save");
    let kept = ["jpg", "png"];
    form.fields
        .retain(|(name, value)| name != "outbound" || kept.contains(&value.as_str()));
    assert_eq!(owner.submit(&form).status, 200);
    let refused = attaches(&chat, &[("large.pdf", &large[..100])]);
    assert_eq!(refused.status, 422);
    let page = chat.page();
    assert!(
        page.body.contains("accept=\".jpg,.png,.webp\""),
        "{}",
        page.body
    );
}

#[test]
fn pictures_that_a_platform_does_not_read_become_such_that_it_does() {
    let world = World::new();
    let (anna, facebook) = anna(&world);
    let (mei, line) = mei(&world);
    let webp = written(
        RgbaImage::from_pixel(60, 40, Rgba([200, 0, 0, 90])),
        ImageFormat::WebP,
    );
    sends(&facebook, &[("kuva.webp", &webp), ("moves.gif", &gif(3))]);
    let sent = attachments(&world, &anna, 2);
    let picture = sent[0].file.as_ref().expect("bytes");
    assert_eq!(
        (picture.name.as_str(), picture.media_type.as_str()),
        ("kuva.png", "image/png"),
        "one can see through it"
    );
    let moves = sent[1].file.as_ref().expect("bytes");
    assert_eq!(moves.bytes[..], gif(3)[..], "Messenger shows what moves");
    assert!(
        !newest_is(&facebook, "Delivered")
            .html
            .contains("still picture")
    );

    sends(&line, &[("moves.gif", &gif(3))]);
    let sent = messages(&world, &mei, 1).remove(0).message;
    let still = fetches(&world, &sent["originalContentUrl"]);
    assert_eq!(still.header("content-type"), "image/jpeg");
    assert!(newest_is(&line, "Sent").html.contains("one still picture"));
    sends(&line, &[("still.gif", &gif(1))]);
    messages(&world, &mei, 2);
    assert!(!newest_is(&line, "Sent").html.contains("one still picture"));
}

#[test]
fn a_picture_that_cannot_be_read_is_not_sent_and_the_agent_reads_why() {
    let world = World::new();
    let (mei, chat) = mei(&world);
    // Its head says that it is 20,000 pixels wide and high.
    let mut huge = png();
    huge[16..24].copy_from_slice(&[0, 0, 0x4e, 0x20, 0, 0, 0x4e, 0x20]);
    let sum = sum_of(&huge[12..29]);
    huge[29..33].copy_from_slice(&sum);
    for (name, bytes, reason) in [
        ("broken.png", &png()[..60], "could not be read"),
        ("huge.png", &huge[..], "more than 50 million pixels"),
    ] {
        sends(&chat, &[(name, bytes)]);
        let bubble = newest_is(&chat, "Failed");
        assert!(bubble.why.contains(reason), "{name}: {}", bubble.why);
        let page = chat.person.client.submit(&chat.page().form("Try again"));
        assert_eq!(page.status, 200);
        newest_is(&chat, "Failed");
    }
    // What comes after them is not held up.
    sends(&chat, &[("kuva.png", &png())]);
    newest_is(&chat, "Sent");
    assert_eq!(messages(&world, &mei, 1)[0].message["type"], "image");
}

/// The sum at the end of a part of a PNG file (ISO 3309).
fn sum_of(bytes: &[u8]) -> [u8; 4] {
    let sum = bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| match sum & 1 {
            0 => sum >> 1,
            _ => sum >> 1 ^ 0xEDB8_8320,
        })
    });
    (!sum).to_be_bytes()
}

#[test]
fn a_file_that_a_platform_refuses_says_so_with_its_code_and_the_time() {
    let world = World::new();
    let (anna, chat) = anna(&world);
    world
        .facebook()
        .inject(GraphError::OUTSIDE_WINDOW.fault().once());
    sends(&chat, &[("kuva.png", &png())]);
    let bubble = newest_is(&chat, "Failed");
    assert!(bubble.html.contains("10/2018278"), "{}", bubble.html);
    let lines = chat.page().parts("#log .event");
    assert!(lines.iter().all(|line| line.body.contains("<time")));

    // Pressed again it goes out, with the same file.
    chat.person.client.submit(&chat.page().form("Try again"));
    newest_is(&chat, "Delivered");
    let sent = attachments(&world, &anna, 1).remove(0);
    assert_eq!(sent.file.unwrap().bytes[..], png()[..]);
}

#[test]
fn where_agents_may_not_send_files_there_is_no_button_and_no_way_round_it() {
    let world = World::new();
    let (anna, chat) = anna(&world);
    let owner = &world.owner.client;
    let form = chat.page().form("Send files");
    let (workstream, page): (i64, i64) = world
        .database()
        .query_row("SELECT workstream_id, page_id FROM page", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .expect("the page");
    let settings = owner.get(&format!("/admin/workstreams/{workstream}/instances/{page}"));
    let mut switch = settings.form("Save");
    switch.fields.retain(|(name, _)| name != "agent_files");
    assert_eq!(owner.submit(&switch).status, 200);
    assert!(!chat.page().text().contains("Attach file"));
    let refused = owner.post_files(&form, &[("kuva.png", &png())]);
    assert_eq!(refused.status, 422);
    refused.assert_says("Agents cannot send files here");
    assert_eq!(world.count("attachment"), 0);

    // What customers send still comes.
    let address = world.facebook().put_file("kuva.png", "image/png", &png());
    anna.sends_attachment("image", serde_json::json!({ "url": address }));
    wait_until("the picture is here", || {
        chat.bubbles().pop().filter(|it| it.html.contains("<img"))
    });
}

#[test]
fn a_file_comes_only_from_a_page_of_ours_with_its_token() {
    let world = World::new();
    let (anna, chat) = anna(&world);
    let form = chat.page().form("Send files");
    let client = &chat.person.client;
    let mut unsigned = form.clone();
    unsigned.fields.retain(|(name, _)| name != "csrf");
    let mut late = form.clone();
    late.fields.reverse();
    for form in [&unsigned, &late] {
        assert_eq!(client.post_files(form, &[("kuva.png", &png())]).status, 403);
    }
    let kind = [
        ("content-type", "multipart/form-data; boundary=x"),
        ("sec-fetch-site", "cross-site"),
    ];
    let elsewhere = client.request("POST", &form.action, &kind, Some(b"--x--".to_vec()));
    assert_eq!(elsewhere.status, 403);
    // Somebody who only reads, and somebody who knows nothing of it.
    let noa = world.agent("Noa");
    assert_eq!(
        noa.client.post_files(&form, &[("kuva.png", &png())]).status,
        404
    );
    assert_eq!(attachments(&world, &anna, 0).len(), 0);
    assert_eq!(world.count("attachment"), 0);
}

#[test]
fn a_file_is_sent_once_however_often_its_form_comes_and_whenever_the_plug_is_pulled() {
    let world = World::new();
    let (anna, chat) = anna(&world);
    let form = chat.page().form("Send files");
    world
        .facebook()
        .inject(GraphError::RATE_LIMIT.fault().until_cleared());
    for _ in 0..2 {
        let page = world
            .owner
            .client
            .post_files(&form, &[("kuva.png", &png())]);
        assert_eq!(page.status, 303, "{}", page.text());
    }
    assert_eq!(world.count("attachment"), 1);
    wait_until("Messenger asked to wait", || {
        let paused: i64 = world.one("SELECT count(paused_until) FROM page", []);
        (paused > 0).then_some(())
    });
    world.kill();
    // As if the plug had been pulled while the picture was looked at.
    world.change("UPDATE attachment SET prepare_at = 9e15", []);
    world.facebook().clear_faults();
    world.start();
    world.let_pauses_end();
    newest_is(&chat, "Delivered");
    assert_eq!(attachments(&world, &anna, 1).len(), 1);
}

#[test]
fn a_file_goes_with_its_message() {
    let world = World::new();
    let (_, chat) = mei(&world);
    sends(&chat, &[("broken.png", &png()[..60])]);
    newest_is(&chat, "Failed");
    let message: i64 = world.one("SELECT max(message_id) FROM message", []);
    let question = chat
        .person
        .client
        .get(&format!("/workspace/messages/{message}/delete"));
    assert_eq!(
        chat.person.client.submit(&question.form("Delete")).status,
        200
    );
    assert_eq!(
        (world.count("attachment"), world.count("public_link")),
        (0, 0)
    );
    wait_until("the disk is tidied", || {
        let folder = world.home.data().join("attachments");
        let shelves = std::fs::read_dir(folder).expect("the folder");
        let files: usize = shelves
            .map(|shelf| shelf.expect("a shelf").path())
            .map(|shelf| std::fs::read_dir(shelf).expect("a shelf").count())
            .sum();
        (files == 0).then_some(())
    });
}
