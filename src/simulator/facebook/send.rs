//! The Send API: who may be written to now, and what follows from a message that was accepted.

use super::super::call::Answer;
use super::super::transcript::{Side, Tick, TranscriptEntry};
use super::super::wire;
use super::World;
use super::errors::GraphError;
use super::events::{self, Happening, from_customer, is_controlled_by_another};
use super::routes::Request;
use super::send_request::{SendRequest, What};
use super::state::{Echo, KeptFile, Receipts, SentMessage, State};
use serde_json::{Value, json};
use std::sync::Arc;

const HOUR_MS: i64 = 3_600_000;

/// The window for anything (messenger.md §5).
const STANDARD_WINDOW_MS: i64 = 24 * HOUR_MS;

/// The window for what a person writes under `HUMAN_AGENT`.
const HUMAN_AGENT_WINDOW_MS: i64 = 7 * 24 * HOUR_MS;

impl World {
    /// `POST /{page}/messages`.
    pub(super) fn send(self: &Arc<Self>, request: &Request<'_>, page: &str) -> Answer {
        let page_id = match request.page(page) {
            Ok(page_id) => page_id,
            Err(answer) => return answer,
        };
        let wanted = match SendRequest::read(request) {
            Ok(wanted) => wanted,
            Err(answer) => return answer,
        };
        let psid = wanted.recipient.clone();
        let under_way = self.under_way.begin(&psid);
        let outcome = self.change(|state| accept(state, request, &page_id, wanted));
        let answer = match outcome {
            Err(answer) => answer,
            Ok(None) => Answer::json(200, &json!({"recipient_id": psid})),
            Ok(Some(sent)) => self.follow_up(sent),
        };
        answer.and_then(move || drop(under_way))
    }

    /// What comes of an accepted message: the echo, the answer, the receipts of the phone.
    fn follow_up(self: &Arc<Self>, sent: SentMessage) -> Answer {
        let mut body = json!({"recipient_id": sent.recipient, "message_id": sent.mid});
        if let Some(id) = &sent.attachment_id {
            body["attachment_id"] = id.as_str().into();
        }
        let echo_time = self.state().echo;
        let echo = echo_of(&sent);
        if echo_time == Echo::Before {
            self.tell(&echo);
        }
        let world = self.clone();
        Answer::json(200, &body).and_then(move || {
            if echo_time == Echo::After {
                world.tell_soon(&echo);
            }
            world.send_receipts(&sent.recipient);
        })
    }

    /// The phone tells what it does with messages, if it does tell.
    pub(super) fn send_receipts(&self, psid: &str) {
        let receipts = self.state().people.get(psid).map(|person| person.receipts);
        match receipts {
            None | Some(Receipts::None) => {}
            Some(Receipts::Delivered) => self.receipts(psid, &[Tick::Delivered], Self::tell_soon),
            Some(Receipts::Read) => {
                self.receipts(psid, &[Tick::Delivered, Tick::Read], Self::tell_soon);
            }
        }
    }

    /// Marks everything the page sent to this customer, and tells it in this way.
    pub(super) fn receipts(&self, psid: &str, ticks: &[Tick], tell: impl Fn(&Self, &Happening)) {
        for &tick in ticks {
            let receipt = self.change(|state| receipt(state, psid, tick, self.now_ms()));
            if let Some(receipt) = receipt {
                tell(self, &receipt);
            }
        }
    }

    /// `POST /{page}/message_attachments`: keeps a file for later sends (messenger.md §4.3).
    pub(super) fn keep_attachment(&self, request: &Request<'_>, page: &str) -> Answer {
        let page_id = match request.page(page) {
            Ok(page_id) => page_id,
            Err(answer) => return answer,
        };
        let file = match SendRequest::read_upload(request) {
            Ok(file) => file,
            Err(answer) => return answer,
        };
        let id = self.change(|state| keep(state, KeptFile { page_id, file }));
        Answer::json(200, &json!({"attachment_id": id}))
    }
}

/// Keeps a file under a new id.
fn keep(state: &mut State, file: KeptFile) -> String {
    let id = (wire::random_number() >> 4).to_string();
    state.attachments.insert(id.clone(), file);
    id
}

/// Whether a message may go to this person now; if so it is in the ledger. `None` is an action.
fn accept(
    state: &mut State,
    request: &Request<'_>,
    page_id: &str,
    wanted: SendRequest,
) -> Result<Option<SentMessage>, Answer> {
    let app_id = request.token.app_id.clone();
    if !request.has_scope("pages_messaging") {
        return Err(GraphError::PERMISSION.answer());
    }
    let psid = wanted.recipient;
    let is_controlled = is_controlled_by_another(state, &psid, &app_id);
    let (is_in_development, lacks_human_agent) =
        state.apps.get(&app_id).map_or((false, false), |app| {
            (app.is_in_development, app.lacks_human_agent)
        });
    let person = state
        .people
        .get_mut(&psid)
        .filter(|person| person.page_id == page_id)
        .ok_or_else(|| GraphError::NO_MATCHING_USER.answer())?;
    if is_in_development && !person.has_role {
        return Err(GraphError::APP_NOT_LIVE.answer());
    }
    if person.has_blocked {
        return Err(GraphError::PERSON_UNAVAILABLE.answer());
    }
    if is_controlled {
        return Err(GraphError::OTHER_APP_IN_CONTROL.answer());
    }
    let (messaging_type, tag, text, attachment, file, metadata) = match wanted.what {
        What::Action(action) => {
            if action == "mark_seen" {
                person.transcript.tick_all(Side::Customer, Tick::Read);
            }
            return Ok(None);
        }
        What::Message {
            messaging_type,
            tag,
            text,
            attachment,
            file,
            metadata,
        } => (messaging_type, tag, text, attachment, file, metadata),
    };
    if tag.is_some() && lacks_human_agent {
        return Err(GraphError::NO_HUMAN_AGENT.answer());
    }
    let window_ms = match tag {
        Some(_) => HUMAN_AGENT_WINDOW_MS,
        None => STANDARD_WINDOW_MS,
    };
    let is_open = person
        .last_act_ms
        .is_some_and(|act_ms| request.now_ms - act_ms < window_ms);
    if !is_open {
        return Err(GraphError::OUTSIDE_WINDOW.answer());
    }
    let kept = attachment
        .as_ref()
        .and_then(|it| it["payload"]["attachment_id"].as_str());
    let kept = match kept.map(|id| state.attachments.get(id)) {
        None => None,
        Some(Some(kept)) if kept.page_id == page_id => kept.file.clone(),
        Some(_) => return Err(GraphError::FOREIGN_ATTACHMENT.answer()),
    };
    let is_reusable = attachment
        .as_ref()
        .is_some_and(|it| it["payload"]["is_reusable"] == true);
    // Of text and attachment together only the text is delivered (messenger.md §4.1).
    let is_attachment_dropped = text.is_some() && attachment.is_some();
    let mut sent = SentMessage {
        mid: wire::long_id("m_"),
        page_id: page_id.to_owned(),
        recipient: psid,
        attachment: if text.is_some() { None } else { attachment },
        file: file.or(kept).filter(|_| text.is_none()),
        attachment_id: None,
        text,
        is_attachment_dropped,
        messaging_type,
        tag,
        metadata,
        app_id,
        at_ms: request.now_ms,
    };
    let kind = match &sent.attachment {
        Some(attachment) => attachment["type"].as_str().unwrap_or("file"),
        None => "text",
    };
    let words = sent.text.as_deref().unwrap_or_default();
    let entry = TranscriptEntry::new(&sent.mid, Side::Business, kind, words, sent.at_ms);
    person.transcript.push(entry.with(sent.file.clone()));
    if let (true, Some(_)) = (is_reusable, &sent.file) {
        let kept = KeptFile {
            page_id: page_id.to_owned(),
            file: sent.file.clone(),
        };
        sent.attachment_id = Some(keep(state, kept));
    }
    state.sent.push(sent.clone());
    Ok(Some(sent))
}

fn echo_of(sent: &SentMessage) -> Happening {
    let app_id = sent
        .app_id
        .parse::<u64>()
        .map_or_else(|_| sent.app_id.as_str().into(), Value::from);
    let mut message = json!({"mid": sent.mid, "app_id": app_id});
    if let Some(text) = &sent.text {
        message["text"] = text.as_str().into();
    }
    if let Some(attachment) = &sent.attachment {
        message["attachments"] = json!([attachment]);
    }
    if let Some(metadata) = &sent.metadata {
        message["metadata"] = metadata.as_str().into();
    }
    events::echo(&sent.page_id, &sent.recipient, sent.at_ms, message)
}

/// Moves the page's messages to `tick`; the event that tells it, when there is anything to tell
/// (messenger.md §3.4).
fn receipt(state: &mut State, psid: &str, tick: Tick, now_ms: i64) -> Option<Happening> {
    let person = state.people.get_mut(psid)?;
    let moved: Vec<(String, i64)> = person
        .transcript
        .entries()
        .iter()
        .filter(|entry| entry.side == Side::Business && entry.tick < tick)
        .map(|entry| (entry.id.clone(), entry.at_ms))
        .collect();
    let watermark = moved.iter().map(|(_, at_ms)| *at_ms).max()?;
    person.transcript.tick_all(Side::Business, tick);
    let mids: Vec<&str> = moved.iter().map(|(mid, _)| mid.as_str()).collect();
    let (field, kind, what) = match tick {
        Tick::Read => ("message_reads", "read", json!({"watermark": watermark})),
        Tick::Sent | Tick::Delivered => (
            "message_deliveries",
            "delivery",
            json!({"mids": mids, "watermark": watermark}),
        ),
    };
    Some(Happening {
        page_id: person.page_id.clone(),
        psid: psid.to_owned(),
        field,
        kind,
        item: from_customer(&person.page_id, psid, now_ms, kind, what),
    })
}
