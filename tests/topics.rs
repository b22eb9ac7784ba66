//! Topics: what conversations were about, and that none is closed without where one is wanted.

use crate::support::client::{Client, Page};
use crate::support::world::World;

const PATH: &str = "/admin/settings/topics";

fn errors(page: &Page) -> Vec<String> {
    page.texts(".field__error")
}

fn add(client: &Client, name: &str) -> Page {
    let page = client.get(&format!("{PATH}/new"));
    client.submit(&page.fill("Save", &[("Name", name)]))
}

fn set(client: &Client, fields: &[(&str, &str)]) -> Page {
    let mut form = client.get(PATH).form("Save");
    for (name, value) in fields {
        form.set(name, value);
    }
    client.submit(&form)
}

#[test]
fn a_conversation_is_not_closed_before_its_agent_chose_a_topic() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let client = &world.owner.client;
    client.get(PATH).assert_says("No topics yet");
    for name in ["Delivery", "Refund", "Thanks"] {
        add(client, name);
    }
    assert!(errors(&add(client, "REFUND"))[0].starts_with("Another one has this name."));
    let refused = set(client, &[("limit", "13")]);
    assert_eq!((refused.status, errors(&refused).len()), (422, 1));

    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Where is my order?");
    let chat = world.owner.takes("Anna Virtanen");
    let topics = format!("{}/topics", chat.path());
    assert_eq!(client.get(&topics).status, 404, "topics are off");
    assert!(!chat.page().text().contains("Choose topics"));

    set(client, &[("topics", "true"), ("required", "true")]);
    chat.page().assert_says("None chosen");
    let question = client.get(&format!("{}/parking", chat.path()));
    question.assert_says("Choose a topic first");
    let led = client.submit(&question.form("Choose topics"));
    assert_eq!(led.path, format!("{topics}?closing=true"));
    let state = || -> String { world.one("SELECT state FROM conversation", []) };
    assert_eq!(state(), "active", "without End it is not closed either");

    chat.press("End");
    let led = client.submit(&chat.page().form("Close"));
    assert_eq!(led.path, format!("{topics}?closing=true"));
    led.assert_says("Choose at least one topic.");
    assert_eq!(state(), "wrap_up", "it is not closed");

    let mut form = led.form("Save");
    let csrf = form.get("csrf").unwrap().to_owned();
    form.fields = vec![("csrf".to_owned(), csrf)];
    for topic in ["1", "2", "3"] {
        form.fields.push(("topic".to_owned(), topic.to_owned()));
    }
    let too_many = client.post(&form);
    assert_eq!(too_many.status, 422);
    too_many.assert_says("Too many: choose at most 2.");
    assert_eq!(world.count("conversation_topic"), 0);
    form.fields.pop();
    client.submit(&form).assert_says("Delivery");

    // Taken away, it stays where it was chosen.
    let removal = client.get(&format!("{PATH}/1/removal"));
    removal.assert_says("1 conversation has it, and goes on showing it.");
    client.submit(&removal.form("Delete"));
    assert!(!client.get(PATH).text().contains("Delivery"));
    chat.page().assert_says("Delivery");
    chat.press("Close");
    assert_eq!(state(), "closed");
    client
        .get("/admin/audit?kind=topic")
        .assert_says("Topic deleted");
}
