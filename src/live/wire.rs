//! Server-sent events as bytes, made once and shared by every tab that gets them.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::ids::LiveEventId;

/// One event of a stream, ready to be written.
pub type Frame = Arc<[u8]>;

/// HTML for the page: an unnamed event.
pub fn html(id: LiveEventId, html: &str) -> Frame {
    frame(Some(id), None, html)
}

/// A named event. `id`: what the stream goes on after when it breaks now.
pub fn named(id: Option<LiveEventId>, name: &str, data: &str) -> Frame {
    frame(id, Some(name), data)
}

/// Nothing but where the stream stands.
pub fn position(id: LiveEventId) -> Frame {
    Frame::from(format!("id: {id}\n\n").into_bytes())
}

/// Asks the browser not to come back before `pause` is over.
pub fn retry(id: LiveEventId, pause: Duration) -> Frame {
    Frame::from(format!("retry: {}\nid: {id}\n\n", pause.as_millis()).into_bytes())
}

fn frame(id: Option<LiveEventId>, name: Option<&str>, data: &str) -> Frame {
    let mut text = String::with_capacity(data.len() + 64);
    // Writing to a String does not fail.
    if let Some(id) = id {
        let _ = writeln!(text, "id: {id}");
    }
    if let Some(name) = name {
        let _ = writeln!(text, "event: {name}");
    }
    // A lone carriage return ends a line too: what a customer wrote must not begin a field of its own.
    for line in data.split('\n').flat_map(|line| line.split('\r')) {
        let _ = writeln!(text, "data: {line}");
    }
    text.push('\n');
    Frame::from(text.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(frame: &Frame) -> &str {
        std::str::from_utf8(frame).unwrap()
    }

    #[test]
    fn a_frame_says_what_and_where() {
        assert_eq!(
            text(&html(LiveEventId(7), "<p>\n</p>")),
            "id: 7\ndata: <p>\ndata: </p>\n\n"
        );
        assert_eq!(text(&named(None, "beat", "1")), "event: beat\ndata: 1\n\n");
        assert_eq!(text(&position(LiveEventId(7))), "id: 7\n\n");
        assert_eq!(
            text(&retry(LiveEventId(7), Duration::from_secs(10))),
            "retry: 10000\nid: 7\n\n"
        );
    }

    #[test]
    fn nothing_within_the_data_can_begin_a_field() {
        for evil in [
            "a\revent: reload",
            "a\r\nid: 9",
            "a\n\nevent: reload\ndata: x",
        ] {
            let frame = html(LiveEventId(1), evil);
            let lines = text(&frame).split(['\n', '\r']);
            let fields: Vec<_> = lines.filter(|line| !line.is_empty()).collect();
            assert_eq!(fields[0], "id: 1");
            assert!(
                fields[1..].iter().all(|line| line.starts_with("data: ")),
                "{fields:?}"
            );
            assert_eq!(text(&frame).matches("\n\n").count(), 1);
        }
    }
}
