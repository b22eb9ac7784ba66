//! Every call that the program makes to LINE in a test is held against LINE's own OpenAPI description, whatever the
//! test is about.

use std::sync::LazyLock;

use serde_json::Value;
use tiski::simulator::SeenCall;

static DESCRIPTION: LazyLock<Value> = LazyLock::new(|| {
    let text = include_str!("../vendor/line-openapi/openapi.json");
    serde_json::from_str(text).expect("the description is JSON")
});

/// What is wrong with the calls, a line each; nothing when LINE's description allows them all.
pub fn faults(calls: &[SeenCall]) -> Vec<String> {
    let mut faults = Vec::new();
    for call in calls {
        // A call of the data host has the same form of path.
        let place = format!("{} {}", call.method, call.path);
        match operation(&call.method, &call.path) {
            None => faults.push(format!("{place}: there is no such call")),
            Some(operation) => check_call(operation, call, &place, &mut faults),
        }
    }
    faults
}

fn operation(method: &str, path: &str) -> Option<&'static Value> {
    let paths = DESCRIPTION["paths"].as_object()?;
    let wanted: Vec<&str> = path.split('/').collect();
    let fits = |template: &str| {
        let parts: Vec<&str> = template.split('/').collect();
        parts.len() == wanted.len()
            && parts
                .iter()
                .zip(&wanted)
                .all(|(part, found)| part == found || (part.starts_with('{') && !found.is_empty()))
    };
    let found = paths.iter().find(|(template, _)| fits(template))?;
    found.1.get(method.to_ascii_lowercase())
}

fn check_call(operation: &Value, call: &SeenCall, place: &str, faults: &mut Vec<String>) {
    let Some(content) = operation["requestBody"]["content"].as_object() else {
        if !call.body.is_null() {
            faults.push(format!("{place}: takes no body"));
        }
        return;
    };
    // Forms hold secrets, and are not in the log.
    if let Some(content) = content.get("application/json") {
        check(&content["schema"], &call.body, place, Role::Whole, faults);
    }
}

fn resolved(schema: &Value) -> &Value {
    match schema["$ref"].as_str() {
        None => schema,
        Some(name) => {
            let name = name.rsplit('/').next().unwrap_or_default();
            &DESCRIPTION["components"]["schemas"][name]
        }
    }
}

/// How a schema comes to be applied.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// It describes the value.
    Whole,
    /// It was chosen among several by a word in the value.
    Chosen,
    /// Another one, which describes the value, is built on it.
    Base,
}

fn check(schema: &Value, value: &Value, at: &str, role: Role, faults: &mut Vec<String>) {
    let schema = resolved(schema);
    if let (Some(name), Role::Whole) = (schema["discriminator"]["propertyName"].as_str(), role) {
        let word = value[name].as_str().unwrap_or_default();
        let chosen = &schema["discriminator"]["mapping"][word];
        match chosen.as_str() {
            Some(reference) => {
                let chosen = serde_json::json!({ "$ref": reference });
                return check(&chosen, value, at, Role::Chosen, faults);
            }
            None => return faults.push(format!("{at}.{name}: {word:?} is none of the choices")),
        }
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let fits = |choice: &Value| {
            let mut wrong = Vec::new();
            check(choice, value, at, Role::Whole, &mut wrong);
            wrong.is_empty()
        };
        if choices.iter().filter(|choice| fits(choice)).count() != 1 {
            faults.push(format!("{at}: fits not exactly one of the choices"));
        }
        return;
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        check(part, value, at, Role::Base, faults);
    }
    match schema["type"].as_str() {
        Some("object") => check_object(schema, value, at, role, faults),
        Some("array") => check_array(schema, value, at, faults),
        Some("string") => check_text(schema, value, at, faults),
        Some("integer") if !value.is_i64() && !value.is_u64() => {
            faults.push(format!("{at}: is no whole number"));
        }
        Some("integer" | "number") => check_number(schema, value, at, faults),
        Some("boolean") if !value.is_boolean() => faults.push(format!("{at}: is no yes or no")),
        _ => {}
    }
}

fn check_object(schema: &Value, value: &Value, at: &str, role: Role, faults: &mut Vec<String>) {
    let Some(fields) = value.as_object() else {
        return faults.push(format!("{at}: is no object"));
    };
    for name in schema["required"].as_array().into_iter().flatten() {
        let name = name.as_str().unwrap_or_default();
        if !fields.contains_key(name) {
            faults.push(format!("{at}.{name}: is missing"));
        }
    }
    let known = properties(schema);
    for (name, field) in fields {
        if let Some(schema) = schema["properties"].get(name) {
            check(schema, field, &format!("{at}.{name}"), Role::Whole, faults);
        } else if role != Role::Base && !known.contains(&name.as_str()) && !is_open(schema) {
            faults.push(format!("{at}.{name}: is not known"));
        }
    }
}

fn is_open(schema: &Value) -> bool {
    schema
        .get("additionalProperties")
        .is_some_and(|open| open != false)
}

/// The names of all properties that an object may have, those of what it is built on too.
fn properties(schema: &Value) -> Vec<&str> {
    let own = schema["properties"].as_object().into_iter().flatten();
    let mut names: Vec<&str> = own.map(|(name, _)| name.as_str()).collect();
    for part in schema["allOf"].as_array().into_iter().flatten() {
        names.extend(properties(resolved(part)));
    }
    names
}

fn check_array(schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    let Some(items) = value.as_array() else {
        return faults.push(format!("{at}: is no list"));
    };
    let length = items.len() as u64;
    let within = schema["minItems"]
        .as_u64()
        .is_none_or(|least| length >= least)
        && schema["maxItems"]
            .as_u64()
            .is_none_or(|most| length <= most);
    if !within {
        faults.push(format!("{at}: has {length} items"));
    }
    for (index, item) in items.iter().enumerate() {
        check(
            &schema["items"],
            item,
            &format!("{at}[{index}]"),
            Role::Whole,
            faults,
        );
    }
}

fn check_text(schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    let Some(text) = value.as_str() else {
        return faults.push(format!("{at}: is no text"));
    };
    let length = text.encode_utf16().count() as u64;
    let within = schema["minLength"]
        .as_u64()
        .is_none_or(|least| length >= least)
        && schema["maxLength"]
            .as_u64()
            .is_none_or(|most| length <= most);
    if !within {
        faults.push(format!("{at}: is {length} long"));
    }
    if let Some(choices) = schema["enum"].as_array()
        && !choices.contains(value)
    {
        faults.push(format!("{at}: {text:?} is none of the choices"));
    }
    if schema["format"] == "uri" && url::Url::parse(text).is_err() {
        faults.push(format!("{at}: {text:?} is no address"));
    }
}

fn check_number(schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    let number = value.as_f64().unwrap_or(f64::NAN);
    let within = schema["minimum"]
        .as_f64()
        .is_none_or(|least| number >= least)
        && schema["maximum"].as_f64().is_none_or(|most| number <= most);
    if !within || number.is_nan() {
        faults.push(format!("{at}: {value} is not allowed"));
    }
}

#[test]
fn a_call_that_line_would_refuse_is_noticed() {
    let call = |method: &str, path: &str, body: Value| SeenCall::of(method, path, body);
    let text = serde_json::json!({ "type": "text", "text": "Hello" });
    let push = |messages: Value| {
        let body = serde_json::json!({ "to": "U1", "messages": messages });
        faults(&[call("POST", "/v2/bot/message/push", body)])
    };
    assert_eq!(push(serde_json::json!([text])), [""; 0]);
    for (messages, expected) in [
        (serde_json::json!([]), "has 0 items"),
        (
            serde_json::json!([text, text, text, text, text, text]),
            "has 6 items",
        ),
        (
            serde_json::json!([{ "type": "file", "text": "x" }]),
            "none of the choices",
        ),
        (serde_json::json!([{ "type": "text" }]), "text: is missing"),
        (
            serde_json::json!([{ "type": "text", "text": 1 }]),
            "is no text",
        ),
        (
            serde_json::json!([{ "type": "text", "text": "x", "quote": "y" }]),
            "quote: is not known",
        ),
    ] {
        let found = push(messages.clone());
        assert!(
            found.iter().any(|fault| fault.contains(expected)),
            "{messages}: {found:?}"
        );
    }
    let nowhere = faults(&[call("GET", "/v2/bot/nowhere", Value::Null)]);
    assert!(nowhere[0].contains("no such call"), "{nowhere:?}");
    let loading = serde_json::json!({ "chatId": "U1", "loadingSeconds": 99 });
    assert!(!faults(&[call("POST", "/v2/bot/chat/loading/start", loading)]).is_empty());
}
