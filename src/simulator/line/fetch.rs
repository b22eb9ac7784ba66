//! What the customer's phone does with a picture or a recording that it was sent: it fetches it from the shop. Whether
//! that works nobody tells the shop (line.md §3).

use super::super::transcript::Enclosed;
use super::World;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// A phone does not wait longer.
const DEADLINE: Duration = Duration::from_secs(10);

/// The largest picture, preview and recording (line.md §3).
const LARGEST_PICTURE: u64 = 10_000_000;
const LARGEST_PREVIEW: u64 = 1_000_000;
const LARGEST_RECORDING: u64 = 200_000_000;

impl World {
    /// Lets the phone of `to` fetch what the messages of a call have, once the call is answered.
    pub(super) fn phone_fetches(
        self: &Arc<Self>,
        to: &str,
        answer: &Value,
        body: &Value,
    ) -> impl FnOnce() + Send + 'static {
        let ids = answer["sentMessages"].as_array().into_iter().flatten();
        let messages = body["messages"].as_array().into_iter().flatten();
        let fetched: Vec<(String, Value)> = ids
            .zip(messages)
            .filter(|(_, message)| message["originalContentUrl"].is_string())
            .filter_map(|(sent, message)| Some((sent["id"].as_str()?.to_owned(), message.clone())))
            .collect();
        let (world, to) = (self.clone(), to.to_owned());
        move || {
            if !fetched.is_empty() {
                // The connection that brought the call has other things to do.
                std::thread::spawn(move || {
                    for (id, message) in fetched {
                        world.show(&to, &id, shown(&message));
                    }
                });
            }
        }
    }

    fn show(&self, to: &str, id: &str, shown: Result<Enclosed, String>) {
        self.change(|state| {
            let person = state.people.get_mut(to);
            if let Some(entry) = person.and_then(|person| person.transcript.find_mut(id)) {
                match shown {
                    Ok(enclosed) => entry.enclosed = Some(enclosed),
                    Err(trouble) => entry.trouble = Some(trouble),
                }
            }
        });
    }
}

/// What a phone shows of a message: nothing without the small picture, where one belongs to it.
fn shown(message: &Value) -> Result<Enclosed, String> {
    let pictures: &[&str] = &["image/jpeg", "image/png"];
    let address = |name: &str| message[name].as_str().unwrap_or_default();
    if message["type"] != "audio" {
        fetch(address("previewImageUrl"), pictures, LARGEST_PREVIEW)?;
    }
    let (types, largest): (&[&str], u64) = match message["type"].as_str() {
        Some("image") => (pictures, LARGEST_PICTURE),
        Some("video") => (&["video/mp4"], LARGEST_RECORDING),
        _ => (
            &["audio/mpeg", "audio/mp4", "audio/x-m4a"],
            LARGEST_RECORDING,
        ),
    };
    fetch(address("originalContentUrl"), types, largest)
}

fn fetch(url: &str, types: &[&str], largest: u64) -> Result<Enclosed, String> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .timeout_global(Some(DEADLINE))
        .build()
        .into();
    let mut response = agent.get(url).call().map_err(|error| error.to_string())?;
    let header = response.headers().get("content-type");
    let media_type = header.and_then(|it| it.to_str().ok()).unwrap_or_default();
    let media_type = media_type.to_owned();
    match response.status().as_u16() {
        200 if types.contains(&media_type.as_str()) => {}
        200 => return Err(format!("{media_type:?}")),
        status => return Err(status.to_string()),
    }
    let bytes = response.body_mut().with_config().limit(largest);
    let bytes = bytes.read_to_vec().map_err(|error| error.to_string())?;
    Ok(Enclosed {
        name: String::new(),
        media_type,
        bytes: bytes.into(),
    })
}
