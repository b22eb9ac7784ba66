//! What a message object may be (line.md §3, message objects and limits).

use serde_json::Value;

/// What is wrong and where: property and message.
pub(super) type Details = Vec<(String, String)>;

/// The longest text, in UTF-16 units.
const LONGEST_TEXT: usize = 5000;

/// The kinds that can be sent. There is no `file`.
const KINDS: [&str; 11] = [
    "text", "textV2", "sticker", "image", "video", "audio", "location", "imagemap", "template",
    "flex", "coupon",
];

/// The faults of `messages` in a request body; none when it may go out.
pub(super) fn faults(body: &Value) -> Details {
    let mut faults = Vec::new();
    match body["messages"].as_array().map(Vec::as_slice) {
        None | Some([]) => fault(&mut faults, "messages", "May not be empty"),
        Some(messages) if messages.len() > 5 => {
            fault(&mut faults, "messages", "Size must be between 1 and 5");
        }
        Some(messages) => {
            for (index, message) in messages.iter().enumerate() {
                check(&mut faults, &format!("messages[{index}]"), message);
            }
        }
    }
    faults
}

fn fault(faults: &mut Details, property: &str, message: &str) {
    faults.push((property.to_owned(), message.to_owned()));
}

fn check(faults: &mut Details, at: &str, message: &Value) {
    let kind = message["type"].as_str().unwrap_or_default();
    if !KINDS.contains(&kind) {
        let allowed = format!(
            "Must be one of the following values: [{}]",
            KINDS.join(", ")
        );
        return fault(faults, &format!("{at}.type"), &allowed);
    }
    match kind {
        "text" | "textV2" => check_length(faults, at, message, "text", LONGEST_TEXT),
        "image" | "video" => {
            check_url(faults, at, message, "originalContentUrl");
            check_url(faults, at, message, "previewImageUrl");
        }
        "audio" => {
            check_url(faults, at, message, "originalContentUrl");
            if message["duration"].as_u64().is_none() {
                fault(faults, &format!("{at}.duration"), "May not be empty");
            }
        }
        "flex" => {
            check_length(faults, at, message, "altText", 1500);
            if !["bubble", "carousel"]
                .map(Value::from)
                .contains(&message["contents"]["type"])
            {
                fault(faults, &format!("{at}.contents"), "invalid property");
            }
            check_actions(faults, &format!("{at}.contents"), &message["contents"]);
        }
        "location" => {
            check_length(faults, at, message, "title", 100);
            check_length(faults, at, message, "address", 100);
        }
        "sticker" => {
            check_length(faults, at, message, "packageId", 20);
            check_length(faults, at, message, "stickerId", 20);
        }
        _ => {}
    }
    if let Some(items) = message["quickReply"]["items"].as_array()
        && items.len() > 13
    {
        let property = format!("{at}.quickReply.items");
        fault(faults, &property, "Size must be between 1 and 13");
    }
}

/// The buttons of a flex message: a label of at most 20 characters, and an address of at most 1000 that a phone opens.
fn check_actions(faults: &mut Details, at: &str, contents: &Value) {
    match contents {
        Value::Object(fields) => {
            let action = &contents["action"];
            if action["type"] == "uri" {
                let at = format!("{at}.action");
                check_length(faults, &at, action, "label", 20);
                let uri = action["uri"].as_str().unwrap_or_default();
                let opens = ["http://", "https://", "line://", "tel:", "mailto:"];
                if uri.len() > 1000 || !opens.iter().any(|begin| uri.starts_with(begin)) {
                    fault(faults, &format!("{at}.uri"), "invalid uri scheme");
                }
            }
            for (name, value) in fields {
                check_actions(faults, &format!("{at}.{name}"), value);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                check_actions(faults, &format!("{at}[{index}]"), item);
            }
        }
        _ => {}
    }
}

/// A text that must be there and has a longest length in UTF-16 units.
fn check_length(faults: &mut Details, at: &str, message: &Value, name: &str, longest: usize) {
    let property = format!("{at}.{name}");
    match message[name].as_str() {
        Some(text) if text.encode_utf16().count() > longest => {
            fault(
                faults,
                &property,
                &format!("Length must be between 0 and {longest}"),
            );
        }
        Some(text) if !text.trim().is_empty() => {}
        _ => fault(faults, &property, "May not be empty"),
    }
}

/// An address that LINE and phones can fetch: https, at most 2000 characters. This LINE is on the same machine as the
/// shop, which has no certificate there.
fn check_url(faults: &mut Details, at: &str, message: &Value, name: &str) {
    let property = format!("{at}.{name}");
    match message[name].as_str() {
        Some(url)
            if (url.starts_with("https://") || url.starts_with("http://127.0.0.1:"))
                && url.len() <= 2000 => {}
        Some(_) => fault(faults, &property, "Must be a valid HTTPS URL"),
        None => fault(faults, &property, "May not be empty"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn properties(messages: Value) -> Vec<String> {
        let faults = faults(&json!({"messages": messages}));
        faults.into_iter().map(|(property, _)| property).collect()
    }

    #[test]
    fn messages_are_refused_with_the_place_of_each_fault() {
        let text = |text: &str| json!({"type": "text", "text": text});
        let ok: [&str; 0] = [];
        assert_eq!(properties(json!([text("Hi"), text("好")])), ok);
        assert_eq!(properties(json!([])), ["messages"]);
        assert_eq!(properties(json!(vec![text("Hi"); 6])), ["messages"]);
        assert_eq!(
            properties(json!([text("Hi"), text(" ")])),
            ["messages[1].text"]
        );
        assert_eq!(properties(json!([{"type": "file"}])), ["messages[0].type"]);
        assert_eq!(
            properties(json!([{"type": "image", "originalContentUrl": "http://a/b.png"}])),
            [
                "messages[0].originalContentUrl",
                "messages[0].previewImageUrl"
            ]
        );
    }

    #[test]
    fn a_card_needs_words_a_body_and_buttons_that_open_something() {
        let card = |uri: &str, label: &str| {
            let action = json!({"type": "uri", "label": label, "uri": uri});
            let footer = json!({"type": "box", "contents": [{"type": "button", "action": action}]});
            json!([{"type": "flex", "altText": "a.pdf", "contents": {"type": "bubble", "footer": footer}}])
        };
        let ok: [&str; 0] = [];
        assert_eq!(properties(card("https://shop.example/media/x", "PDF")), ok);
        let action = "messages[0].contents.footer.contents[0].action";
        assert_eq!(
            properties(card("ftp://shop.example", &"a".repeat(21))),
            [format!("{action}.label"), format!("{action}.uri")]
        );
        assert_eq!(
            properties(json!([{"type": "flex", "contents": {}}])),
            ["messages[0].altText", "messages[0].contents"]
        );
    }

    #[test]
    fn text_is_measured_in_utf16_units() {
        let text = |text: String| json!([{"type": "text", "text": text}]);
        assert_eq!(properties(text("🙂".repeat(2500))).len(), 0);
        assert_eq!(properties(text("🙂".repeat(2501))), ["messages[0].text"]);
    }
}
