//! Quick replies: who keeps which, what a file does to them, and how they get into a reply.

use crate::support::client::{Client, Form, Page};
use crate::support::world::{Chat, World};

fn errors(page: &Page) -> Vec<String> {
    page.texts(".field__error")
}

fn make(client: &Client, path: &str, values: &[(&str, &str)]) -> Page {
    client.submit(&client.get(&format!("{path}/new")).fill("Save", values))
}

/// What the list above the composer offers for what is typed behind the slash: titles and texts.
fn offered(chat: &Chat<'_>, typed: &str) -> Vec<(String, String)> {
    let query = typed.replace('#', "%23").replace(' ', "+");
    let path = format!("{}/quick-replies?{query}", chat.path());
    let list = chat
        .person
        .client
        .request("GET", &path, &[("HX-Request", "true")], None);
    assert_eq!(list.status, 200, "{path}");
    let parts = list.parts("[role=option]");
    let one = |part: &Page, selector: &str| part.texts(selector).join(" ");
    parts
        .iter()
        .map(|part| (one(part, ".popup__title"), one(part, ".popup__prev")))
        .collect()
}

fn titles(chat: &Chat<'_>, typed: &str) -> Vec<String> {
    offered(chat, typed)
        .into_iter()
        .map(|(title, _)| title)
        .collect()
}

#[test]
fn a_form_says_what_is_wrong_at_its_field_and_keeps_what_was_typed() {
    let world = World::new();
    let client = &world.owner.client;
    let path = "/admin/quick-replies";
    let long = "x".repeat(4_001);
    for (values, sentence) in [
        (&[("Title", ""), ("Message", "Hello")][..], "Fill this in."),
        (&[("Title", "Hi"), ("Message", " ")], "Fill this in."),
        (&[("Title", "Hi"), ("Message", &long)], "At most 4"),
        (
            &[("Title", "Hi"), ("Message", "Hello"), ("Tags", "a#b")],
            "“a#b” is no tag",
        ),
    ] {
        let page = client.get(&format!("{path}/new"));
        let answer = client.post(&page.fill("Save", values));
        assert_eq!(answer.status, 422, "{values:?}");
        let errors = errors(&answer);
        assert!(errors.len() == 1 && !errors[0].is_empty(), "{errors:?}");
        if !sentence.starts_with("At most") {
            assert!(errors[0].starts_with(sentence), "{errors:?}");
        }
        assert_eq!(answer.value("Title"), values[0].1);
    }
    let values = [
        ("Title", "Refund"),
        ("Message", "It takes five days."),
        ("Language", "English"),
        ("Tags", "#Money returns"),
    ];
    make(client, path, &values);
    let again = client.get(&format!("{path}/new"));
    let taken = client.post(&again.fill("Save", &[values[0], values[1], values[2]]));
    assert!(
        errors(&taken)[0].starts_with("There is one with this title"),
        "{:?}",
        errors(&taken)
    );
    let list = client.get(&format!("{path}?search=five"));
    assert_eq!(list.parts("tbody tr").len(), 1);
    list.assert_says("#money #returns");
    client
        .get(&format!("{path}?search=nonsense"))
        .assert_says("Nothing");
    client.submit(&client.get(path).part("tbody tr", "Refund").form("Copy"));
    client.get(path).assert_says("Copy of Refund");
    let row = client.get(path).part("tbody tr", "Copy of Refund");
    let removal = client.get(&row.link("removal").expect("a way to delete it"));
    client.submit(&removal.form("Delete"));
    assert_eq!(world.count("quick_reply"), 1);
    client
        .get("/admin/audit?kind=quick-reply")
        .assert_says("Quick reply deleted");
}

#[test]
fn shared_replies_are_kept_by_supervisors_and_personal_ones_by_their_owner() {
    let world = World::new();
    let supervisor = world.person("Sam", "supervisor");
    let (mia, noa) = (world.agent("Mia"), world.agent("Noa"));
    make(
        &supervisor.client,
        "/admin/quick-replies",
        &[("Title", "Shared hello"), ("Message", "Hello")],
    );
    assert_eq!(mia.client.get("/admin/quick-replies").status, 403);
    let own = "/profile/quick-replies";
    make(
        &mia.client,
        own,
        &[("Title", "Mine"), ("Message", "Hi, Mia here")],
    );
    let page = mia.client.get(own);
    page.assert_says("Mine").assert_says("Shared hello");
    let address = page
        .part("tbody tr", "Mine")
        .link("/profile/")
        .expect("a link");
    for stranger in [&noa.client, &supervisor.client] {
        assert!(!stranger.get(own).text().contains("Mine"));
        assert_eq!(stranger.get(&address).status, 404);
        assert_eq!(stranger.get(&format!("{address}/removal")).status, 404);
    }
    let id = address.rsplit('/').next().unwrap();
    let of_supervisors = supervisor.client.get(&format!("/admin/quick-replies/{id}"));
    assert_eq!(
        of_supervisors.status, 404,
        "nobody reads somebody's own by the other way"
    );
    let shared = noa.client.get(own).part("tbody tr", "Shared hello");
    let copy = noa.client.submit(&shared.form("Copy to mine"));
    assert_eq!(copy.value("Title"), "Shared hello");
    assert!(copy.path.starts_with(own), "{}", copy.path);
}

#[test]
fn a_french_page_shows_french_replies_filled_in_and_the_slash_filters_them() {
    let world = World::new();
    let account = world.connect_facebook(&["Café Lumi"]);
    let client = &world.owner.client;
    world.change("UPDATE page SET answer_language = 'fr'", []);
    let shared = "/admin/quick-replies";
    for (title, text, language, tags) in [
        (
            "Bonjour",
            "Bonjour {FirstName{Customer}}, ici {FullName{Agent}} {$shop$}",
            "fr",
            "accueil",
        ),
        ("Retour", "Cinq jours.", "fr", "argent"),
        ("Hello", "Hello {FirstName{Customer}}", "en", "welcome"),
    ] {
        let page = client.get(&format!("{shared}/new"));
        let mut form = page.fill(
            "Save",
            &[("Title", title), ("Message", text), ("Tags", tags)],
        );
        form.set("language", language);
        // French is not among the languages of the settings yet.
        client.submit(&form);
    }
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Bonjour");
    let chat = world.owner.takes("Anna Virtanen");
    assert_eq!(titles(&chat, "search="), ["Bonjour", "Retour"]);
    assert_eq!(titles(&chat, "search=&every=true").len(), 3);
    assert_eq!(titles(&chat, "search=ret"), ["Retour"]);
    assert_eq!(titles(&chat, "search=q ret"), ["Retour"]);
    assert_eq!(titles(&chat, "search=#acc"), ["Bonjour"]);
    assert!(titles(&chat, "search=welcome").is_empty());
    let name = &world.owner.name;
    assert_eq!(
        offered(&chat, "search=bon")[0].1,
        format!("Bonjour Anna, ici {name}")
    );

    // A page whose language nobody wrote for is offered every one.
    world.change("UPDATE page SET answer_language = 'fi'", []);
    assert_eq!(titles(&chat, "search=").len(), 3);

    // Without scripts: chosen on a page of its own, put into the draft.
    let button = chat
        .page()
        .link("/quick-replies")
        .expect("a way to the list");
    let list = client.get(&button);
    let row = list.part("li.place", "Hello");
    let back = client.submit(&row.form("Insert"));
    assert_eq!(back.value("Message"), "Hello Anna");
    client.submit(
        &client
            .get(&button)
            .part("li.place", "Retour")
            .form("Insert"),
    );
    assert_eq!(chat.page().value("Message"), "Hello Anna\nCinq jours.");
    let other = world.agent("Noa");
    assert_eq!(other.client.get(&button).status, 404);
}

fn upload(client: &Client, text: &str) -> Page {
    let page = client.get("/admin/quick-replies/import");
    client.post_with_file(&page.form("Look at it"), "replies.csv", text)
}

#[test]
fn a_file_is_shown_line_by_line_before_anything_is_saved_and_what_goes_out_comes_in_again() {
    let world = World::new();
    world.connect_facebook(&["Lumi Café"]);
    let client = &world.owner.client;
    for (text, sentence) in [
        ("", "There is nothing in this file."),
        ("name,text\r\na,b\r\n", "The column title is missing"),
    ] {
        let refused = upload(client, text);
        assert_eq!(refused.status, 422, "{text}");
        assert!(
            errors(&refused)[0].starts_with(sentence),
            "{:?}",
            errors(&refused)
        );
    }
    let workstream: String = world.one("SELECT name FROM workstream", []);
    let file = format!(
        "text;title;language;tags;workstreams\r\nHello;Greeting;en;welcome;{workstream}\r\n;Empty;en;;\r\n\
         Moi;Greeting;fi;;\r\nAgain;GREETING;en;;\r\nx;y;klingon;;\r\nx;z;;a#b;\r\nx;w;;;Nowhere\r\n=1+1;Formula;;;\r\n"
    );
    let preview = upload(client, &file);
    assert_eq!(preview.status, 200, "{}", preview.text());
    for told in [
        "5 lines are left out",
        "Line 3: the text is empty",
        "Line 5: a line above has the same title and language.",
        "Line 6: the language is none that Tiski knows.",
        "Line 7: “a#b” is no tag",
        "Line 8: there is no workstream called Nowhere.",
        "3 new, 0 changed",
    ] {
        preview.assert_says(told);
    }
    assert_eq!(world.count("quick_reply"), 0, "nothing is saved by looking");
    client.submit(&preview.form("Import"));
    assert_eq!(world.count("quick_reply"), 3);
    assert_eq!(world.count("quick_reply_workstream"), 1);

    let list = client.get("/admin/quick-replies");
    let exported = client.post(&list.form("Export CSV"));
    assert!(
        exported.body.contains("\"'=1+1\""),
        "no cell is a formula: {}",
        exported.body
    );
    let same = upload(client, &exported.body);
    same.assert_says("3 lines are there already, just so.");
    let changed = exported.body.replace("Hello", "Good day");
    let preview = upload(client, &changed);
    preview.assert_says("0 new, 1 changed");
    client.submit(&preview.form("Import"));
    let text: String = world.one("SELECT text FROM quick_reply WHERE language = 'en'", []);
    assert_eq!(text, "Good day");

    let tampered = Form {
        action: "/admin/quick-replies/import/acceptance".to_owned(),
        is_get: false,
        fields: vec![
            (
                "csrf".to_owned(),
                preview.form("Import").get("csrf").unwrap().to_owned(),
            ),
            ("file".to_owned(), "%%%".to_owned()),
        ],
    };
    assert_eq!(client.post(&tampered).status, 422);
}
