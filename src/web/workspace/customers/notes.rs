//! Notes: what people write down for each other. In a conversation what is being written is kept as a draft, and is
//! saved by itself when its author goes somewhere else.

use std::sync::Arc;

use askama::Template;
use askama::filters::HtmlSafe;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Either, Route, State as Managed, post, routes};

use super::typed;
use crate::domain::ids::{CaseId, CompanyId, ContactId, ConversationId, NoteId, UserId};
use crate::domain::time::Timestamp;
use crate::store::notes::{self as store, About, Note};
use crate::store::{self as database, Reader, Tx, cases, companies, contacts, masking};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::{Button, Form, Problems};
use crate::web::guards::Agent;
use crate::web::page::{ForFragment, filters};
use crate::web::workspace::load;

/// So many notes are shown beside what they are about.
const SHOWN: usize = 20;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![
        add_to_conversation,
        keep_draft,
        add_to_contact,
        add_to_company,
        add_to_case,
        remove,
        bring_back
    ]
}

/// The notes about something, and where one more is written.
#[derive(Template)]
#[template(path = "workspace/customers/notes/list.html")]
pub struct Notes {
    /// Where a new one is sent.
    action: String,
    /// Where what is being written is kept; empty where it is not.
    draft_url: String,
    draft: String,
    notes: Vec<NoteView>,
}

struct NoteView {
    note: Note,
    is_own: bool,
}

impl HtmlSafe for Notes {}

impl Notes {
    /// The notes about something that the viewer may see.
    ///
    /// # Errors
    /// SQLite's.
    pub fn read(
        reader: &Reader<'_>,
        about: About,
        viewer: UserId,
        now: Timestamp,
    ) -> database::Result<Notes> {
        let place = place(about);
        let (action, draft_url, draft) = match about {
            About::Conversation(id) => (
                format!("{place}/customer-notes"),
                format!("{place}/customer-note-draft"),
                store::draft(reader, id, viewer)?,
            ),
            About::Contact(_) | About::Company(_) | About::Case(_) => {
                (format!("{place}/notes"), String::new(), String::new())
            }
        };
        let notes = store::of(reader, about, viewer, now, SHOWN)?.into_iter();
        Ok(Notes {
            action,
            draft_url,
            draft,
            notes: notes
                .map(|note| NoteView {
                    is_own: note.author == viewer,
                    note,
                })
                .collect(),
        })
    }
}

/// The page of what a note is about.
fn place(about: About) -> String {
    match about {
        About::Conversation(id) => format!("/workspace/conversations/{id}"),
        About::Contact(id) => format!("{}/{id}", super::contacts::PATH),
        About::Company(id) => format!("{}/{id}", super::companies::PATH),
        About::Case(id) => format!("{}/{id}", super::cases::PATH),
    }
}

#[derive(FromForm)]
struct Typed {
    text: String,
    /// Its author left without saving it.
    #[field(default = false)]
    by_itself: bool,
}

/// What is written, behind the masks; `None` when nothing is.
fn written(tx: &Tx<'_>, typed: &str) -> database::Result<Option<String>> {
    let mut problems = Problems::default();
    let text = typed::text(&mut problems, "text", typed);
    let text: String = text
        .chars()
        .take(crate::domain::record::TEXT_LIMIT)
        .collect();
    let text = masking::masks(&tx.reader())?.agents.hide(&text);
    Ok((!text.is_empty()).then_some(text))
}

type Written = Answer<Either<Status, Redirect>>;

/// Writes a note, and leads back to what it is about.
async fn add(
    app: &App,
    person: &Agent,
    about: About,
    typed: Typed,
    for_fragment: ForFragment,
) -> Written {
    let user = person.id;
    app.store
        .write(move |tx| {
            if let About::Conversation(id) = about {
                store::keep_draft(tx, id, user, "")?;
            }
            if let Some(text) = written(tx, &typed.text)? {
                store::write(tx, about, user, &text, typed.by_itself)?;
            }
            Ok(())
        })
        .await?;
    Ok(match for_fragment.0 {
        true => Either::Left(Status::NoContent),
        false => Either::Right(Redirect::to(place(about))),
    })
}

#[post("/workspace/conversations/<id>/customer-notes", data = "<form>")]
async fn add_to_conversation(
    person: Agent,
    id: i64,
    form: Form<Typed>,
    for_fragment: ForFragment,
    app: &Managed<Arc<App>>,
) -> Written {
    let (conversation, _) = load(app, &person, id)?;
    let about = About::Conversation(conversation.id);
    add(app, &person, about, form.read()?, for_fragment).await
}

#[derive(FromForm)]
struct Draft {
    text: String,
}

#[post("/workspace/conversations/<id>/customer-note-draft", data = "<form>")]
async fn keep_draft(
    person: Agent,
    id: i64,
    form: Form<Draft>,
    app: &Managed<Arc<App>>,
) -> Answer<Status> {
    let (conversation, _) = load(app, &person, id)?;
    let (id, user, typed) = (conversation.id, person.id, form.read()?);
    app.store
        .write(move |tx| {
            let text = written(tx, &typed.text)?.unwrap_or_default();
            store::keep_draft(tx, id, user, &text)
        })
        .await?;
    Ok(Status::NoContent)
}

#[post("/workspace/contacts/<id>/notes", data = "<form>")]
async fn add_to_contact(
    person: Agent,
    id: i64,
    form: Form<Typed>,
    for_fragment: ForFragment,
    app: &Managed<Arc<App>>,
) -> Written {
    let contact = app
        .store
        .read(|reader| contacts::shown(reader, ContactId(id)))?;
    let about = About::Contact(contact.ok_or(Status::NotFound)?.id);
    add(app, &person, about, form.read()?, for_fragment).await
}

#[post("/workspace/companies/<id>/notes", data = "<form>")]
async fn add_to_company(
    person: Agent,
    id: i64,
    form: Form<Typed>,
    for_fragment: ForFragment,
    app: &Managed<Arc<App>>,
) -> Written {
    let company = app
        .store
        .read(|reader| companies::by_id(reader, CompanyId(id)))?;
    let about = About::Company(company.ok_or(Status::NotFound)?.id);
    add(app, &person, about, form.read()?, for_fragment).await
}

#[post("/workspace/cases/<id>/notes", data = "<form>")]
async fn add_to_case(
    person: Agent,
    id: i64,
    form: Form<Typed>,
    for_fragment: ForFragment,
    app: &Managed<Arc<App>>,
) -> Written {
    let case = app.store.read(|reader| cases::by_id(reader, CaseId(id)))?;
    let about = About::Case(case.ok_or(Status::NotFound)?.id);
    add(app, &person, about, form.read()?, for_fragment).await
}

/// What a note is about, for somebody who wrote it and may still see that. To others it is not there.
fn own(app: &Arc<App>, person: &Agent, id: i64) -> Answer<About> {
    let found = app
        .store
        .read(|reader| store::place_of(reader, NoteId(id)))?;
    match found {
        Some((about, author)) if author == person.id => {
            if let About::Conversation(ConversationId(id)) = about {
                load(app, person, id)?;
            }
            Ok(about)
        }
        _ => Err(Status::NotFound.into()),
    }
}

#[post("/workspace/notes/<id>/removal", data = "<_button>")]
async fn remove(
    person: Agent,
    id: i64,
    app: &Managed<Arc<App>>,
    _button: Button,
) -> Answer<Redirect> {
    set_removed(app, &person, id, true).await
}

#[post("/workspace/notes/<id>/return", data = "<_button>")]
async fn bring_back(
    person: Agent,
    id: i64,
    app: &Managed<Arc<App>>,
    _button: Button,
) -> Answer<Redirect> {
    set_removed(app, &person, id, false).await
}

async fn set_removed(
    app: &Arc<App>,
    person: &Agent,
    id: i64,
    is_removed: bool,
) -> Answer<Redirect> {
    let (about, user) = (own(app, person, id)?, person.id);
    app.store
        .write(move |tx| store::remove(tx, NoteId(id), user, is_removed))
        .await?;
    Ok(Redirect::to(place(about)))
}
