//! The files that hang on messages: a person who may read the conversation may have them.

use std::sync::Arc;

use rocket::http::Status;
use rocket::{Route, State as Managed, get, post, routes};

use super::undelivered::{Pressed, pressed};
use crate::domain::ids::AttachmentId;
use crate::domain::media::{file_name, type_of};
use crate::store::media::{self, Stored};
use crate::store::{outgoing, renditions, work_items};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::file_answer::FileAnswer;
use crate::web::forms::Button;
use crate::web::guards::Agent;
use crate::web::page::{ForFragment, Frame};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![show, retry, revoke]
}

/// The file; `save`: to be kept by the browser, whatever it could show; `small`: a smaller picture will do.
#[get("/workspace/attachments/<id>?<save>&<small>")]
async fn show(
    id: i64,
    save: Option<bool>,
    small: Option<bool>,
    agent: Agent,
    app: &Managed<Arc<App>>,
) -> Answer<FileAnswer> {
    let id = AttachmentId(id);
    let found = app.store.read(|reader| {
        let Some(stored) = media::stored(reader, id)? else {
            return Ok(None);
        };
        if work_items::load_in_thread(reader, agent.viewer(), stored.conversation)?.is_none() {
            return Ok(None);
        }
        let made = match small {
            Some(true) => renditions::small(reader, id)?,
            _ => None,
        };
        Ok(Some(Stored {
            kept: made.unwrap_or(stored.kept),
            ..stored
        }))
    })?;
    let Stored { kind, mut kept, .. } = found.ok_or(Status::NotFound)?;
    let fallback = format!("{}-{id}", kind.word());
    kept.name = file_name(&kept.name, type_of(&kept.media_type), &fallback);
    Ok(FileAnswer::open(&app.store, kept, save.unwrap_or(false)).await?)
}

/// *Try again* at a file that did not come.
#[post("/workspace/attachments/<id>/retry", data = "<_button>")]
async fn retry(
    id: i64,
    agent: Agent,
    frame: &Frame,
    for_fragment: ForFragment,
    _button: Button,
    app: &Managed<Arc<App>>,
) -> Answer<Pressed> {
    let id = AttachmentId(id);
    let message = app.store.read(|reader| media::message_of(reader, id))?;
    let message = message.ok_or(Status::NotFound)?;
    pressed(
        app,
        &agent,
        message,
        frame,
        for_fragment,
        move |tx, _, _| media::retry(tx, id).map(drop),
    )
    .await
}

/// *Stop sharing*: the public address of a file leads nowhere from now on.
#[post("/workspace/attachments/<id>/revocation", data = "<_button>")]
async fn revoke(
    id: i64,
    agent: Agent,
    frame: &Frame,
    for_fragment: ForFragment,
    _button: Button,
    app: &Managed<Arc<App>>,
) -> Answer<Pressed> {
    let id = AttachmentId(id);
    let message = app.store.read(|reader| media::message_of(reader, id))?;
    let message = message.ok_or(Status::NotFound)?;
    pressed(
        app,
        &agent,
        message,
        frame,
        for_fragment,
        move |tx, _, user| outgoing::revoke(tx, id, user).map(drop),
    )
    .await
}
