//! The live stream of a tab, read as it comes.

use std::io::{BufRead as _, BufReader};

use super::client::{Client, Page, read};

/// An open stream.
pub struct Stream {
    lines: BufReader<ureq::BodyReader<'static>>,
    /// What a tab would come back with.
    pub last_id: String,
}

/// One event of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    pub name: String,
    pub id: String,
    pub data: String,
}

impl Client {
    /// Opens the stream, going on after an event.
    ///
    /// # Errors
    /// The answer that is no stream.
    pub fn listen(&self, last_id: Option<&str>) -> Result<Stream, Page> {
        self.listen_at("/events", last_id)
    }

    /// Opens the stream of an address, going on after an event.
    ///
    /// # Errors
    /// The answer that is no stream.
    pub fn listen_at(&self, path: &str, last_id: Option<&str>) -> Result<Stream, Page> {
        let headers: Vec<_> = last_id
            .map(|id| ("last-event-id", id))
            .into_iter()
            .collect();
        let answer = self
            .ask("GET", path, &headers, None)
            .expect("the server answers");
        let kind = answer.headers().get("content-type");
        if kind.is_none_or(|kind| kind != "text/event-stream") {
            return Err(read(answer, path).expect("an answer that ends"));
        }
        Ok(Stream {
            lines: BufReader::new(answer.into_body().into_reader()),
            last_id: last_id.unwrap_or_default().to_owned(),
        })
    }
}

impl Stream {
    /// The next event; panics when none comes.
    #[track_caller]
    pub fn next(&mut self) -> Event {
        let mut event = Event::default();
        loop {
            let mut line = String::new();
            let read = self.lines.read_line(&mut line).expect("the stream goes on");
            assert!(read > 0, "the stream ended");
            let line = line.trim_end_matches('\n');
            if line.is_empty() {
                return event;
            }
            let (field, value) = line.split_once(": ").unwrap_or((line, ""));
            match field {
                "id" => {
                    value.clone_into(&mut event.id);
                    value.clone_into(&mut self.last_id);
                }
                "event" => value.clone_into(&mut event.name),
                "data" => {
                    event.data.push_str(value);
                    event.data.push('\n');
                }
                _ => {}
            }
        }
    }

    /// What the stream tells of the past: all before the event that says nothing but where it stands.
    #[track_caller]
    pub fn catches_up(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        loop {
            let event = self.next();
            if event.name.is_empty() && event.data.is_empty() {
                return events;
            }
            events.push(event);
        }
    }
}
