//! One automated message: its words in a language, whether it is said, and how it reads.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::{PATH, Scope, listed, title, words};
use crate::domain::automation::{self, Receiver, Trigger, Values};
use crate::domain::languages;
use crate::locale::Text;
use crate::store::automated_messages::{self as store, Choice};
use crate::store::workstreams::{settings as workstreams, variables};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::fields;
use crate::web::forms::{Form, Problems};
use crate::web::guards::Administrator;
use crate::web::list::address;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Frame, Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![edit, change, reset]
}

/// The address of a message; without a language in the scope's own.
pub fn href(scope: &Scope, trigger: Trigger, language: &str) -> String {
    let path = format!("{PATH}/{}/{}", scope.channel, trigger.word());
    let instance = scope.instance_word();
    address(&path, [("instance", &*instance), ("language", language)])
}

#[derive(FromForm)]
struct Typed {
    instance: Option<i64>,
    #[field(default = "")]
    language: String,
    #[field(default = "")]
    text: String,
    #[field(default = false)]
    is_active: bool,
    /// *Preview* was pressed: nothing is saved.
    #[field(default = false)]
    preview: bool,
}

#[derive(Template)]
#[template(path = "admin/automated_messages/edit.html")]
struct Edit {
    scope: Scope,
    trigger: Trigger,
    typed: Typed,
    /// The words in the preview.
    sample: String,
    /// Variables of the workstreams here, by name.
    variables: Vec<String>,
    /// Variables in the text that no workstream here has.
    unknown: Vec<String>,
    problems: Problems,
}

/// A language of the texts, as a tab.
struct Tab<'a> {
    tag: &'a str,
    /// Its own name.
    name: &'a str,
    href: String,
    is_current: bool,
    /// There is a text of its own.
    is_own: bool,
}

impl Edit {
    fn page(
        app: &App,
        frame: &Frame,
        (scope, trigger): (Scope, Trigger),
        typed: Typed,
        problems: Problems,
    ) -> Answer<Edit> {
        let known = known_variables(app, &scope)?;
        let say = |key: &str| Text::new(key).say(frame.locale);
        let unknown = automation::variables(&typed.text).into_iter();
        let unknown = unknown.filter(|name| !known.contains_key(*name));
        let unknown = unknown.map(|name| format!("{{${name}$}}")).collect();
        let mut variables: Vec<String> = known.keys().cloned().collect();
        variables.sort();
        let values = Values {
            agent: say("automated-sample-agent"),
            queue: say("automated-sample-queue"),
            variables: known,
        };
        Ok(Edit {
            sample: automation::fill(&typed.text, &values),
            variables,
            unknown,
            scope,
            trigger,
            typed,
            problems,
        })
    }

    fn title(&self) -> Text {
        title(self.trigger)
    }

    fn hint(&self) -> Text {
        Text::new(format!("automated-hint-{}", self.trigger.word()))
    }

    fn is_for_agents(&self) -> bool {
        self.trigger.receiver() == Receiver::Agent
    }

    /// Something was chosen here.
    fn is_own(&self) -> bool {
        self.scope.own_choice(self.trigger).is_some()
    }

    fn action(&self) -> String {
        format!("{PATH}/{}/{}", self.scope.channel, self.trigger.word())
    }

    fn tabs(&self) -> Vec<Tab<'_>> {
        let own = self.scope.own_choice(self.trigger);
        let offered = offered(&self.scope).into_iter();
        offered
            .map(|tag| Tab {
                tag,
                name: languages::name(tag).unwrap_or(tag),
                href: href(&self.scope, self.trigger, tag),
                is_current: tag == self.typed.language,
                is_own: own.is_some_and(|choice| choice.texts.contains_key(tag)),
            })
            .collect()
    }

    /// What can be put into the text.
    fn slugs(&self) -> Vec<String> {
        let variables = self.variables.iter().map(|name| format!("{{${name}$}}"));
        ["{AgentName}".to_owned(), "{QueueName}".to_owned()]
            .into_iter()
            .chain(variables)
            .collect()
    }
}

/// The variables of the page's workstream, or of all of the channel's, with their values at the beginning.
fn known_variables(app: &App, scope: &Scope) -> Answer<HashMap<String, String>> {
    let only = scope.instance.as_ref().map(|instance| instance.workstream);
    Ok(app.store.read(|reader| {
        let mut known = HashMap::new();
        for workstream in workstreams::all(reader)? {
            let is_here = only.is_none_or(|only| only == workstream.id);
            if workstream.channel == scope.channel && is_here {
                for (_, variable) in variables::of(reader, workstream.id)? {
                    known.entry(variable.name).or_insert(variable.value);
                }
            }
        }
        Ok(known)
    })?)
}

/// The scope and the trigger of an address.
///
/// # Errors
/// 404 when there is no such; what the database says.
fn find(
    app: &App,
    channel: &str,
    trigger: &str,
    instance: Option<i64>,
) -> Answer<(Scope, Trigger)> {
    let trigger = listed(trigger).ok_or(Status::NotFound)?;
    Ok((Scope::load(app, channel, instance)?, trigger))
}

/// The languages in which there may be words: the organization's, and the page's own when it is another.
fn offered(scope: &Scope) -> Vec<&str> {
    let mut tags: Vec<&str> = scope
        .languages
        .languages
        .iter()
        .map(String::as_str)
        .collect();
    if !tags.contains(&scope.language.as_str()) {
        tags.push(&scope.language);
    }
    tags
}

#[get("/admin/automated-messages/<channel>/<trigger>?<instance>&<language>")]
fn edit(
    _administrator: Administrator,
    frame: &Frame,
    app: &State<Arc<App>>,
    channel: &str,
    trigger: &str,
    instance: Option<i64>,
    language: Option<&str>,
) -> Answer<Page<Edit>> {
    let (scope, trigger) = find(app, channel, trigger, instance)?;
    let language = language
        .filter(|language| offered(&scope).contains(language))
        .unwrap_or(&scope.language);
    let typed = Typed {
        instance,
        language: language.to_owned(),
        text: scope.words(trigger, language, false),
        is_active: scope.is_active(trigger),
        preview: false,
    };
    let page = Edit::page(app, frame, (scope, trigger), typed, Problems::default())?;
    Ok(Page::ok(page))
}

#[post("/admin/automated-messages/<channel>/<trigger>", data = "<form>")]
async fn change(
    administrator: Administrator,
    frame: &Frame,
    app: &State<Arc<App>>,
    channel: &str,
    trigger: &str,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let mut typed = form.read()?;
    let (scope, trigger) = find(app, channel, trigger, typed.instance)?;
    if !offered(&scope).contains(&typed.language.as_str()) {
        return Err(Status::UnprocessableEntity.into());
    }
    let mut problems = Problems::default();
    typed.text = words(&mut problems, &typed.text);
    if !problems.is_empty() {
        let page = Edit::page(app, frame, (scope, trigger), typed, problems)?;
        return Ok(Err(Page::unprocessable(page)));
    }
    if typed.preview {
        let page = Edit::page(app, frame, (scope, trigger), typed, problems)?;
        return Ok(Err(Page::ok(page)));
    }
    let own = scope.own_choice(trigger);
    let mut texts = own.map_or_else(HashMap::new, |choice| choice.texts.clone());
    // What the next level says anyway stays its own: when it changes there, it changes here.
    if typed.text == scope.words(trigger, &typed.language, true) {
        texts.remove(&typed.language);
    } else {
        texts.insert(typed.language.clone(), typed.text);
    }
    let choice = Choice {
        is_active: typed.is_active,
        texts,
    };
    let (level, back) = (scope.level(), href(&scope, trigger, &typed.language));
    app.store
        .write_by(administrator.actor(), move |tx| {
            store::choose(tx, &level, trigger, &choice)
        })
        .await?;
    Ok(Ok(Outcome::Saved.at(back)))
}

#[derive(FromForm)]
struct Reset {
    instance: Option<i64>,
}

/// *Reset*: the page uses the channel's again, the channel ours.
#[post("/admin/automated-messages/<channel>/<trigger>/reset", data = "<form>")]
async fn reset(
    administrator: Administrator,
    app: &State<Arc<App>>,
    channel: &str,
    trigger: &str,
    form: Form<Reset>,
) -> Answer<Led> {
    let typed = form.read()?;
    let (scope, trigger) = find(app, channel, trigger, typed.instance)?;
    let (level, back) = (scope.level(), href(&scope, trigger, ""));
    app.store
        .write_by(administrator.actor(), move |tx| {
            store::reset(tx, &level, trigger)
        })
        .await?;
    Ok(Outcome::Saved.at(back))
}
