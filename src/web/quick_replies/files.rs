//! Shared quick replies as a file for a spreadsheet: out, and in again. What a file would change is shown line by
//! line first; nothing is written before it is taken.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::{Shelf, Typed, language_name};
use crate::domain::csv;
use crate::domain::ids::{QuickReplyId, WorkstreamId};
use crate::locale::Text;
use crate::store::quick_replies::{self as store, Draft, Owner, QuickReply};
use crate::store::{self as database, Reader, workstreams};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::{Button, Form, Problems};
use crate::web::guards::Supervisor;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};
use crate::web::spreadsheet::{self, Spreadsheet};
use crate::web::upload::Upload;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![export, choose, preview, accept]
}

/// The columns, in the order of the file. They are found by these names, in any order.
const COLUMNS: [&str; 5] = ["title", "text", "language", "tags", "workstreams"];
/// The largest file that is read: it travels through the page, in a form.
const FILE_LIMIT: usize = 150_000;
/// Lines with something to mend that are told one by one.
const MOST_PROBLEMS: usize = 50;

#[post("/admin/quick-replies/export", data = "<_button>")]
fn export(_person: Supervisor, app: &State<Arc<App>>, _button: Button) -> Answer<Spreadsheet> {
    let all = app.store.read(|reader| store::all(reader, Owner::Shared))?;
    let mut body = spreadsheet::BEGIN.to_owned();
    csv::row(&mut body, COLUMNS);
    for QuickReply {
        reply, workstreams, ..
    } in all
    {
        let names: Vec<String> = workstreams.into_iter().map(|(_, name)| name).collect();
        let (tags, names) = (reply.tags.join(" "), names.join("; "));
        csv::row(
            &mut body,
            [&reply.title, &reply.text, &reply.language, &tags, &names],
        );
    }
    Ok(Spreadsheet::new("quick-replies", body))
}

#[derive(Template)]
#[template(path = "quick_replies/import.html")]
struct Import {
    found: Option<Found>,
    /// The file, for the form that takes it.
    carried: String,
    problems: Problems,
}

/// What a file would change.
#[derive(Default)]
struct Found {
    added: Vec<Draft>,
    changed: Vec<(QuickReplyId, Draft)>,
    /// How many are there already, just so.
    same: usize,
    /// Lines that are left out: number, and why.
    wrong: Vec<(usize, Text)>,
}

impl Found {
    fn is_nothing(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty()
    }

    /// The lines that are told one by one, and how many more there are.
    fn told(&self) -> (&[(usize, Text)], usize) {
        let told = self.wrong.len().min(MOST_PROBLEMS);
        (&self.wrong[..told], self.wrong.len() - told)
    }

    fn titles(&self) -> Vec<(&'static str, &str, &str)> {
        let added = self.added.iter().map(|draft| ("added", draft));
        let changed = self.changed.iter().map(|(_, draft)| ("changed", draft));
        added
            .chain(changed)
            .map(|(what, draft)| {
                let reply = &draft.reply;
                (what, reply.title.as_str(), language_name(&reply.language))
            })
            .collect()
    }
}

/// Why a file is not looked at.
fn unreadable(rows: &[csv::Row]) -> Option<Text> {
    let Some(head) = rows.first() else {
        return Some(Text::new("quick-import-nothing"));
    };
    let missing = COLUMNS[..2]
        .iter()
        .find(|name| column(head, name).is_none());
    missing.map(|name| Text::new("quick-import-column").arg("column", *name))
}

/// Where a column is.
fn column(head: &csv::Row, name: &str) -> Option<usize> {
    let is_it = |cell: &String| cell.trim().eq_ignore_ascii_case(name);
    head.cells.iter().position(is_it)
}

/// What the lines below the head would change.
fn compare(reader: &Reader<'_>, rows: &[csv::Row]) -> database::Result<Found> {
    let workstreams: Vec<(WorkstreamId, String)> = workstreams::all(reader)?
        .into_iter()
        .map(|found| (found.id, found.name))
        .collect();
    let mut found = Found::default();
    let mut seen = BTreeSet::new();
    let Some((head, lines)) = rows.split_first() else {
        return Ok(found);
    };
    for line in lines {
        let cell = |name| {
            let at = column(head, name);
            let cell = at.and_then(|at| line.cells.get(at));
            cell.map_or("", String::as_str)
        };
        let draft = match read(&cell, &workstreams) {
            Ok(draft) => draft,
            Err(why) => {
                found.wrong.push((line.line, why));
                continue;
            }
        };
        let key = (
            draft.reply.title.to_lowercase(),
            draft.reply.language.clone(),
        );
        if !seen.insert(key) {
            found
                .wrong
                .push((line.line, Text::new("quick-import-twice")));
            continue;
        }
        let reply = &draft.reply;
        match store::by_title(reader, Owner::Shared, &reply.title, &reply.language)? {
            None => found.added.push(draft),
            Some(known) if is_same(&known, &draft) => found.same += 1,
            Some(known) => found.changed.push((known.id, draft)),
        }
    }
    Ok(found)
}

fn is_same(known: &QuickReply, draft: &Draft) -> bool {
    let sorted = |mut ids: Vec<WorkstreamId>| {
        ids.sort();
        ids
    };
    let there = known.workstreams.iter().map(|(id, _)| *id).collect();
    known.reply == draft.reply && sorted(there) == sorted(draft.workstreams.clone())
}

/// One line, checked like the form.
fn read<'r>(
    cell: &dyn Fn(&'static str) -> &'r str,
    workstreams: &[(WorkstreamId, String)],
) -> Result<Draft, Text> {
    let mut chosen = Vec::new();
    let names = cell("workstreams").split(';').map(str::trim);
    for name in names.filter(|name| !name.is_empty()) {
        let named = workstreams.iter().find(|(_, known)| known == name);
        let Some((id, _)) = named else {
            return Err(Text::new("quick-import-workstream").arg("name", name.to_owned()));
        };
        chosen.push(id.0);
    }
    let typed = Typed {
        title: cell("title").to_owned(),
        text: cell("text").to_owned(),
        language: cell("language").trim().to_owned(),
        tags: cell("tags").to_owned(),
        workstream: chosen,
    };
    let mut problems = Problems::default();
    let draft = typed.check(Shelf::SHARED, workstreams, &mut problems);
    draft.ok_or_else(|| match problems.first() {
        Some((field, why)) if field == "tags" => why.clone(),
        Some((field, _)) => Text::new(format!("quick-import-wrong-{field}")),
        None => Text::new("quick-import-nothing"),
    })
}

#[get("/admin/quick-replies/import")]
fn choose(_person: Supervisor) -> Page<Import> {
    Page::ok(Import {
        found: None,
        carried: String::new(),
        problems: Problems::default(),
    })
}

#[post("/admin/quick-replies/import", data = "<upload>")]
async fn preview(
    _person: Supervisor,
    app: &State<Arc<App>>,
    upload: Upload<'_>,
) -> Answer<Page<Import>> {
    let text = upload.text().await?;
    let rows = csv::read(&text);
    let why_not = match text.len() > FILE_LIMIT {
        true => Some(Text::new("quick-import-large").arg("limit", FILE_LIMIT / 1000)),
        false => unreadable(&rows),
    };
    let mut problems = Problems::default();
    if let Some(why_not) = why_not {
        problems.add("file", why_not);
        return Ok(Page::unprocessable(Import {
            found: None,
            carried: String::new(),
            problems,
        }));
    }
    let found = app.store.read(|reader| compare(reader, &rows))?;
    Ok(Page::ok(Import {
        found: Some(found),
        carried: BASE64.encode(text),
        problems,
    }))
}

#[derive(FromForm)]
struct Carried {
    #[field(default = "")]
    file: String,
}

#[post("/admin/quick-replies/import/acceptance", data = "<form>")]
async fn accept(person: Supervisor, app: &State<Arc<App>>, form: Form<Carried>) -> Answer<Led> {
    let Carried { file } = form.read()?;
    let bytes = BASE64.decode(file).unwrap_or_default();
    let rows = csv::read(&String::from_utf8_lossy(&bytes));
    if unreadable(&rows).is_some() {
        return Err(Status::UnprocessableEntity.into());
    }
    app.store
        .write_by(person.actor(), move |tx| {
            // Compared anew: others may have changed something since the page was shown.
            let found = compare(&tx.reader(), &rows)?;
            for draft in &found.added {
                store::add(tx, Owner::Shared, draft)?;
            }
            for (id, draft) in &found.changed {
                store::change(tx, Owner::Shared, *id, draft)?;
            }
            Ok(())
        })
        .await?;
    Ok(Outcome::Saved.at(Shelf::SHARED.path))
}
