//! Sending files to a customer.

use std::io::Write as _;
use std::sync::Arc;

use multer::Field;
use rocket::http::Status;
use rocket::tokio::task::spawn_blocking;
use rocket::{Route, State as Managed, post, routes};

use super::composer::MOST_FILES;
use super::messages::{self, Refusal, Seen, Sent, is_client_id, why_closed};
use super::place::Place;
use crate::channels::Channel;
use crate::clock;
use crate::crypto;
use crate::domain::attachments::{self, Policy};
use crate::domain::ids::{ConversationId, MessageId};
use crate::domain::media::{Form, called, file_name, sniff};
use crate::domain::message::AttachmentKind;
use crate::domain::outgoing::{judged_name, may_begin, may_go_out};
use crate::domain::text::shorten;
use crate::locale::Text;
use crate::store::files::{Arrived, Files};
use crate::store::media::Kept;
use crate::store::outbox::{self, Enqueued, FileReply};
use crate::store::outgoing::{self, Links, OutgoingFile};
use crate::store::{self, Reader, settings};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::guards::Agent;
use crate::web::page::{ForFragment, Frame};
use crate::web::parts::{Parts, SignedParts};

/// How much of a file's name a refusal repeats.
const NAMED_BY: usize = 80;
/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![send]
}

#[post("/workspace/conversations/<id>/files", data = "<form>")]
async fn send(
    id: i64,
    agent: Agent,
    frame: &Frame,
    for_fragment: ForFragment,
    form: Parts<'_>,
    app: &Managed<Arc<App>>,
) -> Answer<Sent> {
    let id = ConversationId(id);
    let place = app.store.read(|reader| Place::load(reader, &agent, id))?;
    let place = place.ok_or(Status::NotFound)?;
    if !place.may_answer {
        return Err(Status::Forbidden.into());
    }
    let form = form.signed().await?;
    let channel = place.channel(app)?;
    let rules = app.store.read(|reader| {
        Ok(Rules {
            is_on: outgoing::agents_may_send(reader, place.page.id)?,
            policy: policy_of(reader, channel)?,
        })
    })?;
    let mut received = Received::default();
    let answered = match receive(form, &rules, app.store.files(), &mut received).await? {
        Ok(()) => match why_closed(&place, channel) {
            Some(refusal) => Err(refusal),
            None => enqueue(app, &place, channel, received.client_id, received.files).await?,
        },
        Err(refusal) => Err(refusal),
    };
    let seen = Seen::up_to(MessageId(received.last_seen));
    messages::answer(app, frame, for_fragment, &place, answered, &seen).await
}

/// What holds for files that agents send on a channel: what an administrator allows, as far as the platform takes it.
///
/// # Errors
/// SQLite's.
pub fn policy_of(reader: &Reader<'_>, channel: &dyn Channel) -> store::Result<Policy> {
    let carries = channel.files();
    let policy = settings::file_policy(reader, channel.name(), &carries)?;
    let largest = carries.largest_kb.unwrap_or(u32::MAX);
    Ok(Policy {
        limit_kb: policy.limit_kb.min(largest),
        ..policy
    })
}

/// What holds for files here.
struct Rules {
    is_on: bool,
    policy: Policy,
}

impl Rules {
    /// Whether a file of this name may go out that has come this far.
    fn judge(&self, name: &str, size: u64) -> Result<(), attachments::Refusal> {
        may_begin(&self.policy, self.is_on, name, size)
    }

    /// And now that all of it is here.
    fn judge_whole(&self, name: &str, arrived: &Arrived) -> Result<(), attachments::Refusal> {
        let found = sniff(&arrived.head);
        // By its name it was let through for what can be made of it.
        if judged_name(name) != name && found.form != Form::Picture {
            return Err(attachments::Refusal::TypeNotAllowed);
        }
        may_go_out(&self.policy, found)
    }

    fn words(&self, refusal: attachments::Refusal, name: &str) -> Refusal {
        let notice = Text::new(format!("file-refused-{}", refusal.word()))
            .arg("name", shorten(name, NAMED_BY))
            .arg("limit", f64::from(self.policy.limit_kb) / 1024.0);
        Refusal::new(Status::UnprocessableEntity, notice)
    }
}

/// The form, with its files on our disk.
#[derive(Default)]
struct Received {
    client_id: String,
    last_seen: i64,
    files: Vec<(String, Arrived)>,
}

async fn receive(
    mut form: SignedParts<'_>,
    rules: &Rules,
    folder: &Files,
    received: &mut Received,
) -> Answer<Result<(), Refusal>> {
    let mut refused = None;
    // To the end, whatever is in it: a browser that is still sending does not hear an answer.
    while let Some(mut field) = form.next().await? {
        if refused.is_some() {
            continue;
        }
        match (field.name(), field.file_name().map(str::to_owned)) {
            (Some("client_id"), None) => received.client_id = form.text(field).await?,
            (Some("last_seen_message_id"), None) => {
                received.last_seen = form.text(field).await?.parse().unwrap_or_default();
            }
            (Some("files"), Some(name)) if received.files.len() < MOST_FILES => {
                match file(&mut form, &mut field, &name, rules, folder).await? {
                    Ok(Some(arrived)) => received.files.push((name, arrived)),
                    Ok(None) => {}
                    Err(refusal) => refused = Some(rules.words(refusal, &name)),
                }
            }
            (Some("files"), Some(_)) => {
                let notice = Text::new("files-too-many").arg("most", MOST_FILES);
                refused = Some(Refusal::new(Status::UnprocessableEntity, notice));
            }
            _ => return Err(Status::UnprocessableEntity.into()),
        }
    }
    if let Some(refusal) = refused {
        return Ok(Err(refusal));
    }
    if !is_client_id(&received.client_id) {
        return Err(Status::UnprocessableEntity.into());
    }
    if received.files.is_empty() {
        let notice = Text::new("files-none");
        return Ok(Err(Refusal::new(Status::UnprocessableEntity, notice)));
    }
    Ok(Ok(()))
}

/// One file; `None`: the field was left empty.
async fn file(
    form: &mut SignedParts<'_>,
    field: &mut Field<'_>,
    name: &str,
    rules: &Rules,
    folder: &Files,
) -> Answer<Result<Option<Arrived>, attachments::Refusal>> {
    let mut incoming = None;
    let mut size = 0;
    while let Some(bytes) = form.bytes(field).await? {
        size += bytes.len() as u64;
        // As soon as it is known: nothing is written of what is not taken.
        if let Err(refusal) = rules.judge(name, size) {
            return Ok(Err(refusal));
        }
        if incoming.is_none() {
            incoming = Some(folder.begin().map_err(full)?);
        }
        if let Some(incoming) = &mut incoming {
            incoming.write_all(&bytes).map_err(full)?;
        }
    }
    match incoming {
        None if name.is_empty() => Ok(Ok(None)),
        None => Ok(rules.judge(name, 0).map(|()| None)),
        Some(incoming) => {
            let arrived = spawn_blocking(move || incoming.finish());
            let arrived = arrived.await.map_err(|_| Status::InternalServerError)?;
            let arrived = arrived.map_err(full)?;
            Ok(rules.judge_whole(name, &arrived).map(|()| Some(arrived)))
        }
    }
}

fn full(error: std::io::Error) -> Status {
    tracing::error!(%error, "a file cannot be stored");
    Status::ServiceUnavailable
}

/// A file, as it is to hang on its message.
fn outgoing_file(channel: &dyn Channel, name: &str, arrived: &Arrived) -> OutgoingFile {
    let found = called(sniff(&arrived.head), name);
    let manner = channel.manner(found);
    let links = || Links {
        file: crypto::random_token(),
        preview: crypto::random_token(),
        until: clock::now().plus(manner.lasts()),
    };
    OutgoingFile {
        kind: match found.form {
            Form::Picture => AttachmentKind::Picture,
            Form::Video => AttachmentKind::Video,
            Form::Audio => AttachmentKind::Audio,
            Form::Download => AttachmentKind::File,
        },
        kept: Kept {
            content: arrived.content.clone(),
            media_type: found.mime.to_owned(),
            name: file_name(name, found, "file"),
            size_bytes: arrived.size,
        },
        is_prepared: manner.needs_work(),
        links: channel.fetches_files().then(links),
    }
}

/// Puts the files where they stay, and then the rows that name them: what is queued can be sent.
async fn enqueue(
    app: &App,
    place: &Place,
    channel: &dyn Channel,
    client_id: String,
    files: Vec<(String, Arrived)>,
) -> Answer<Result<Vec<MessageId>, Refusal>> {
    let reply = FileReply {
        conversation: place.conversation.id,
        user: place.agent,
        client_id,
        files: files
            .iter()
            .map(|(name, arrived)| outgoing_file(channel, name, arrived))
            .collect(),
        files_per_call: channel.messages_per_call(),
    };
    let store = app.store.clone();
    let enqueued = spawn_blocking(move || {
        let arrived = files.into_iter().map(|(_, arrived)| arrived);
        store.files().keep(arrived, || {
            store.write_blocking(move |tx| outbox::enqueue_files(tx, &reply))
        })
    });
    let enqueued = enqueued.await.map_err(|_| Status::InternalServerError)??;
    Ok(match enqueued {
        Enqueued::Queued(ids) => Ok(ids),
        Enqueued::Stale | Enqueued::NotActive => {
            let notice = Text::new("send-not-active");
            Err(Refusal::new(Status::Conflict, notice))
        }
    })
}
