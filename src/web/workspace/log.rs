//! What stands in a log, oldest first: days, messages, and the lines of the conversation's history.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::conversation::EventKind;
use crate::domain::ids::MessageId;
use crate::domain::time::Timestamp;
use crate::locale::{self, Text};
use crate::store::conversations::{self, HistoryLine};
use crate::store::{Reader, Result, messages};

use super::message_view::{MessageView, Thread};
use crate::web::page::filters;

/// Messages of one page.
const PAGE: usize = 50;
/// Lines of history of one page; more than people make between fifty messages.
const LINES: usize = 200;

/// Something in a log.
#[derive(Clone, Debug)]
pub enum Entry {
    /// The line with the day.
    Day(Timestamp),
    /// A message.
    Message(Box<MessageView>),
    /// A line of history.
    Line(LineView),
}

/// A line of history.
#[derive(Clone, Debug)]
pub struct LineView {
    /// Row id: `#event-<id>`.
    pub id: i64,
    /// Name of its icon.
    pub icon: &'static str,
    /// What happened; of a note, its words.
    pub text: Text,
    /// Who wrote it, when it is a note to colleagues.
    pub author: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// One page of a log.
#[derive(Clone, Debug, Template)]
#[template(path = "workspace/conversations/entries.html")]
pub struct LogPage {
    /// Oldest first.
    pub entries: Vec<Entry>,
    /// Where the page above this one ends; `None` when this is the beginning.
    pub earlier: Option<MessageId>,
    /// The newest message; `None` when there is none.
    pub newest: Option<MessageId>,
}

impl HtmlSafe for LogPage {}

/// The page of the log that ends before the message `before`; the newest page without one.
///
/// # Errors
/// SQLite's.
pub fn page(
    reader: &Reader<'_>,
    thread: &Thread,
    before: Option<MessageId>,
    may_answer: bool,
) -> Result<LogPage> {
    let mut messages = messages::page_of(reader, thread.conversation, before, PAGE + 1)?;
    // The one message too many is not shown: it says that there is more, and what the first one follows.
    let above = (messages.len() > PAGE).then(|| messages.remove(0));
    let until = match before {
        Some(before) => messages::by_id(reader, before)?.map(|message| message.created_at),
        None => None,
    };
    let since = above
        .as_ref()
        .and(messages.first())
        .map(|first| first.created_at);
    let lines = conversations::history(reader, thread.conversation, since, until, LINES)?;

    let mut entries = Vec::with_capacity(messages.len() + lines.len() + 4);
    let mut lines = lines.iter().peekable();
    let mut previous = above.as_ref();
    for message in &messages {
        let begins_day = thread.begins_day(previous, message);
        if begins_day {
            entries.push(Entry::Day(message.created_at));
        }
        let mut follows = previous.filter(|_| !begins_day);
        while let Some(line) = lines.next_if(|line| line.occurred_at <= message.created_at) {
            entries.push(Entry::Line(line_view(line)));
            follows = None;
        }
        let is_joined = follows.is_some_and(|above| thread.joins(above, message));
        let view = thread.view(reader, message, is_joined, may_answer)?;
        entries.push(Entry::Message(Box::new(view)));
        previous = Some(message);
    }
    entries.extend(lines.map(|line| Entry::Line(line_view(line))));
    Ok(LogPage {
        entries,
        earlier: above.and(messages.first()).map(|first| first.id),
        newest: messages.last().map(|last| last.id),
    })
}

/// A line of history as it is shown.
pub fn line_view(line: &HistoryLine) -> LineView {
    LineView {
        id: line.id,
        icon: match line.kind {
            EventKind::Opened | EventKind::Reopened => "inbox",
            EventKind::Released | EventKind::GivenBack => "inbox",
            EventKind::Assigned | EventKind::Accepted => "user-check",
            EventKind::Offered => "bell",
            EventKind::Declined | EventKind::OfferMissed | EventKind::OfferLost => "user-minus",
            EventKind::MovedToQueue | EventKind::Transferred => "arrow-right-left",
            EventKind::Ended | EventKind::Closed => "check",
            EventKind::Parked | EventKind::ClosedByTime | EventKind::ClosedByRule => "clock",
            EventKind::Monitored => "eye",
            EventKind::Consulted | EventKind::LetIn | EventKind::Joined => "user-plus",
            EventKind::Left | EventKind::Dismissed => "user-minus",
            EventKind::Note => "lock",
            EventKind::ForceClosed | EventKind::Failed => "circle-x",
            EventKind::Resumed => "reply",
            EventKind::Followed => "user-plus",
            EventKind::Unfollowed => "user-minus",
            EventKind::Reaction => "smile",
            EventKind::Remark | EventKind::Notice => "info",
        },
        text: line_text(line),
        author: (line.kind == EventKind::Note).then(|| line.user_name.clone().unwrap_or_default()),
        at: line.occurred_at,
    }
}

fn line_text(line: &HistoryLine) -> Text {
    match line.kind {
        EventKind::Remark => {
            let (word, detail) = line.detail.split_once(": ").unwrap_or((&line.detail, ""));
            let key = format!("remark-{word}");
            // A line written by a newer program is shown by its word.
            match locale::has(&key) {
                true => Text::new(key).arg("detail", detail.to_owned()),
                false => Text::new("remark-unknown-event").arg("detail", line.detail.clone()),
            }
        }
        EventKind::Released if line.user.is_none() => {
            Text::new("event-released-unnamed").arg("detail", line.detail.clone())
        }
        EventKind::MovedToQueue if line.user.is_some() => Text::new("event-moved-to-queue-by")
            .arg("name", line.user_name.clone().unwrap_or_default())
            .arg("detail", line.detail.clone()),
        EventKind::Reaction if line.detail.is_empty() => Text::new("event-reaction-removed"),
        kind => Text::new(format!("event-{}", kind.word()))
            .arg("name", line.user_name.clone().unwrap_or_default())
            .arg("detail", line.detail.clone()),
    }
}
