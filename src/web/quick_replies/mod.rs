//! Quick replies as people keep them: everybody's under `/admin/quick-replies`, where supervisors and administrators
//! change them, and a person's own under `/profile/quick-replies`. Both are the same list and the same form; a
//! [`Shelf`] says whose.

use askama::Template;
use rocket::Route;
use rocket::form::FromForm;
use rocket::http::Status;

use super::App;
use super::failure::Answer;
use super::fields::{self, Item};
use super::forms::Problems;
use super::list::{self, Column, List, View};
use super::outcome::{Led, Outcome};
use super::page::{Frame, Page, filters};
use crate::domain::audit::Actor;
use crate::domain::ids::{QuickReplyId, WorkstreamId};
use crate::domain::quick_reply::{MOST_TAGS, Reply, TEXT_LIMIT, TITLE_LIMIT, typed_tags};
use crate::domain::{languages, names};
use crate::locale::Text;
use crate::store::quick_replies::{self as store, Draft, Owner, QuickReply};
use crate::store::{settings, workstreams};

mod files;
mod own;
mod shared;

/// The routes of quick replies.
pub fn routes() -> Vec<Route> {
    [shared::routes(), own::routes(), files::routes()].concat()
}

/// The variables that can be written, and what the text `quick-variable-<word>` says of each.
pub const VARIABLES: [(&str, &str); 8] = [
    ("{FullName{Customer}}", "customer"),
    ("{FirstName{Customer}}", "customer-first"),
    ("{LastName{Customer}}", "customer-last"),
    ("{FullName{Agent}}", "agent"),
    ("{FirstName{Agent}}", "agent-first"),
    ("{LastName{Agent}}", "agent-last"),
    ("{Nickname{Agent}}", "nickname"),
    ("{$name$}", "context"),
];

/// Whose replies a page is about.
#[derive(Clone, Copy, Debug)]
struct Shelf {
    owner: Owner,
    /// Where its list is.
    path: &'static str,
}

impl Shelf {
    const SHARED: Shelf = Shelf {
        owner: Owner::Shared,
        path: "/admin/quick-replies",
    };

    fn is_shared(&self) -> bool {
        self.owner == Owner::Shared
    }

    /// The word in the keys of its texts.
    fn word(&self) -> &'static str {
        match self.owner {
            Owner::Shared => "shared",
            Owner::Person(_) => "own",
        }
    }
}

const COLUMNS: &[Column<QuickReply>] = &[
    Column::sorting("quick-column-title", "title", |a, b| {
        list::by_words(&a.reply.title, &b.reply.title)
    }),
    Column::sorting("quick-column-language", "language", |a, b| {
        list::by_words(&a.reply.language, &b.reply.language)
    }),
    Column::plain("quick-column-tags"),
    Column::plain("quick-column-workstreams"),
    Column::actions(),
];

#[derive(Template)]
#[template(path = "quick_replies/index.html")]
struct Index {
    shelf: Shelf,
    list: List<QuickReply>,
    /// On a person's own page: everybody's, to be read and copied.
    shared: Vec<QuickReply>,
    languages: Vec<Item>,
    /// The language that the list is filtered by; empty: none.
    language: String,
}

/// The own name of a language; the tag where it is none of ours.
fn language_name(tag: &str) -> &str {
    languages::name(tag).unwrap_or(tag)
}

impl Index {
    fn language_of(&self, found: &QuickReply) -> String {
        language_name(&found.reply.language).to_owned()
    }
}

fn index(app: &App, shelf: Shelf, language: Option<&str>, view: View) -> Answer<Page<Index>> {
    let (all, shared, offered) = app.store.read(|reader| {
        let shared = match shelf.is_shared() {
            true => Vec::new(),
            false => store::all(reader, Owner::Shared)?,
        };
        let languages = settings::read(reader)?.languages.languages;
        Ok((store::all(reader, shelf.owner)?, shared, languages))
    })?;
    let language = language.unwrap_or_default().to_owned();
    let list = List::new(shelf.path, COLUMNS, view)
        .filter("language", language.clone())
        .of(all, |found, words| {
            let reply = &found.reply;
            let is_wanted = language.is_empty() || reply.language == language;
            is_wanted && (reply.rank(words).is_some() || list::finds(words, [&reply.title]))
        });
    let mut items = vec![Item::none("quick-language-any")];
    items.extend(language_items(&offered, &language));
    Ok(Page::ok(Index {
        shelf,
        list,
        shared,
        languages: items,
        language,
    }))
}

/// The languages of the settings, and the one that is chosen already.
fn language_items(offered: &[String], chosen: &str) -> Vec<Item> {
    let is_listed = |tag: &str| tag == chosen || offered.iter().any(|offered| offered == tag);
    let listed = languages::ALL.iter().filter(|(tag, _)| is_listed(tag));
    listed.map(|(tag, name)| Item::named(tag, name)).collect()
}

#[derive(Debug, Default, FromForm)]
struct Typed {
    #[field(default = "")]
    title: String,
    #[field(default = "")]
    text: String,
    #[field(default = "")]
    language: String,
    #[field(default = "")]
    tags: String,
    workstream: Vec<i64>,
}

impl Typed {
    fn of(found: &QuickReply) -> Typed {
        let reply = &found.reply;
        let tags = reply.tags.iter().map(|tag| format!("#{tag}"));
        Typed {
            title: reply.title.clone(),
            text: reply.text.clone(),
            language: reply.language.clone(),
            tags: tags.collect::<Vec<_>>().join(" "),
            workstream: found.workstreams.iter().map(|(id, _)| id.0).collect(),
        }
    }

    /// What it means; `None` when something is not accepted. `workstreams`: those that there are.
    fn check(
        &self,
        shelf: Shelf,
        workstreams: &[(WorkstreamId, String)],
        problems: &mut Problems,
    ) -> Option<Draft> {
        let title = names::clean(&self.title).unwrap_or_default();
        problems.check("title", !title.is_empty(), "field-required");
        limit(problems, "title", &self.title, TITLE_LIMIT);
        let text = self.text.replace("\r\n", "\n").trim().to_owned();
        problems.check("text", !text.is_empty(), "field-required");
        limit(problems, "text", &text, TEXT_LIMIT);
        let is_known = self.language.is_empty() || languages::name(&self.language).is_some();
        problems.check("language", is_known, "field-choose");
        let tags = typed_tags(&self.tags);
        if let Err(wrong) = &tags {
            problems.add("tags", no_tag(wrong));
        }
        let chosen = workstreams.iter().map(|(id, _)| *id);
        let workstreams = chosen
            .filter(|id| shelf.is_shared() && self.workstream.contains(&id.0))
            .collect();
        let draft = Draft {
            reply: Reply {
                title,
                text,
                language: self.language.clone(),
                tags: tags.ok()?,
            },
            workstreams,
        };
        problems.is_empty().then_some(draft)
    }
}

fn limit(problems: &mut Problems, field: &'static str, typed: &str, limit: usize) {
    if typed.chars().count() > limit {
        problems.add(field, Text::new("field-too-long").arg("limit", limit));
    }
}

/// Why something is no tag.
fn no_tag(wrong: &str) -> Text {
    match wrong.is_empty() {
        true => Text::new("quick-tags-many").arg("most", MOST_TAGS),
        false => Text::new("quick-tags-wrong").arg("typed", wrong.to_owned()),
    }
}

/// The form of a new one (`id` is `None`) or of one that is there.
#[derive(Template)]
#[template(path = "quick_replies/form.html")]
struct Edit {
    shelf: Shelf,
    id: Option<QuickReplyId>,
    /// As it is stored.
    title: String,
    typed: Typed,
    languages: Vec<Item>,
    workstreams: Vec<(WorkstreamId, String)>,
    problems: Problems,
}

impl Edit {
    fn new(app: &App, shelf: Shelf, found: Option<QuickReply>) -> Answer<Edit> {
        let (offered, workstreams) = app.store.read(|reader| {
            let languages = settings::read(reader)?.languages.languages;
            let workstreams = workstreams::all(reader)?.into_iter();
            let named = workstreams.map(|found| (found.id, found.name)).collect();
            Ok((languages, named))
        })?;
        let typed = found.as_ref().map(Typed::of).unwrap_or_default();
        let mut languages = vec![Item::none("quick-language-every")];
        languages.extend(language_items(&offered, &typed.language));
        Ok(Edit {
            shelf,
            id: found.as_ref().map(|found| found.id),
            title: found.map(|found| found.reply.title).unwrap_or_default(),
            typed,
            languages,
            workstreams,
            problems: Problems::default(),
        })
    }

    fn action(&self) -> String {
        match self.id {
            Some(id) => format!("{}/{id}", self.shelf.path),
            None => format!("{}/new", self.shelf.path),
        }
    }

    fn is_ticked(&self, workstream: &WorkstreamId) -> bool {
        self.typed.workstream.contains(&workstream.0)
    }

    /// Saves what was typed; the form again when it is not accepted.
    async fn save(
        mut self,
        app: &App,
        actor: Actor,
        typed: Typed,
    ) -> Answer<Result<Led, Page<Edit>>> {
        let (shelf, id) = (self.shelf, self.id);
        self.typed = typed;
        let draft = self
            .typed
            .check(shelf, &self.workstreams, &mut self.problems);
        if let Some(draft) = draft {
            let write = app.store.write_by(actor, move |tx| match id {
                Some(id) => store::change(tx, shelf.owner, id, &draft),
                None => Ok(store::add(tx, shelf.owner, &draft)?.is_some()),
            });
            if write.await? {
                return Ok(Ok(Outcome::Saved.at(shelf.path)));
            }
            self.problems.add("title", Text::new("quick-title-taken"));
        }
        Ok(Err(Page::unprocessable(self)))
    }
}

fn load(app: &App, shelf: Shelf, id: i64) -> Answer<QuickReply> {
    let found = app
        .store
        .read(|reader| store::by_id(reader, shelf.owner, QuickReplyId(id)))?;
    Ok(found.ok_or(Status::NotFound)?)
}

/// Copies a reply of `from` onto `to`, and leads to the copy.
async fn copy(
    app: &App,
    actor: Actor,
    frame: &Frame,
    (from, id): (Shelf, i64),
    to: Shelf,
) -> Answer<Led> {
    let found = load(app, from, id)?;
    // From one shelf to the other the title is free as it is.
    let title = match from.owner == to.owner {
        true => Text::new("copy-of")
            .arg("name", found.reply.title.clone())
            .say(frame.locale),
        false => found.reply.title.clone(),
    };
    let title: String = title.chars().take(TITLE_LIMIT - 5).collect();
    let copied = app
        .store
        .write_by(actor, move |tx| {
            store::copy(tx, (from.owner, found.id), to.owner, &title)
        })
        .await?;
    let id = copied.ok_or(Status::NotFound)?;
    Ok(Outcome::Saved.at(format!("{}/{id}", to.path)))
}

#[derive(Template)]
#[template(path = "quick_replies/removal.html")]
struct Removal {
    shelf: Shelf,
    found: QuickReply,
}

async fn remove(app: &App, actor: Actor, shelf: Shelf, id: i64) -> Answer<Led> {
    let id = load(app, shelf, id)?.id;
    app.store
        .write_by(actor, move |tx| store::remove(tx, shelf.owner, id))
        .await?;
    Ok(Outcome::Removed.at(shelf.path))
}
