//! Timeout rules: what is done when the customer or the agent has been silent for long.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::words::{self, Row, When};
use super::{base, editor, kind, load, moved};
use crate::domain::conversation::State as Standing;
use crate::domain::ids::TimeoutRuleId;
use crate::domain::languages::ALL as LANGUAGES;
use crate::domain::timeouts::{AFTER, Action, Rule, Side};
use crate::locale::Text;
use crate::store::rules::{self, Item as Place, TimeoutDraft};
use crate::store::workstreams::settings::Workstream;
use crate::web::App;
use crate::web::admin::{spans, typed};
use crate::web::failure::Answer;
use crate::web::fields::{self, Item};
use crate::web::forms::{Form, Problems};
use crate::web::guards::Administrator;
use crate::web::list;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

/// Longest text of a message. (Specification §1.20.)
const TEXT_LIMIT: usize = 2_000;
/// States in which a rule may close a conversation.
const CLOSES: [Standing; 3] = [Standing::Open, Standing::Active, Standing::Waiting];

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![index, new, add, edit, change]
}

#[derive(Template)]
#[template(path = "admin/rules/timeouts.html")]
struct Index {
    workstream: Workstream,
    rows: Vec<Row>,
    search: String,
    /// How many there are, whatever is searched.
    total: usize,
}

impl Index {
    fn path(&self) -> String {
        format!("/admin/workstreams/{}/timeouts", self.workstream.id)
    }
}

#[get("/admin/workstreams/<workstream>/timeouts?<search>&<moved>")]
fn index(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    search: Option<&str>,
    moved: Option<&str>,
) -> Answer<Page<Index>> {
    let workstream = load(app, workstream)?;
    let search = search.unwrap_or_default().trim();
    let all = app
        .store
        .read(|reader| rules::timeouts(reader, workstream.id))?;
    let of = all.len();
    let rows = (1..).zip(&all).filter_map(|(number, rule)| {
        let item = Place::Timeout(rule.id);
        list::finds(search, [&rule.name]).then(|| Row {
            base: base(workstream.id, item),
            href: editor(workstream.id, item),
            key: format!("{}-{}", kind(item), rule.id),
            number,
            of,
            name: rule.name.clone(),
            is_active: rule.is_active,
            when: When::Silence(words::silence(rule)),
            then: vec![words::action(&rule.action)],
            moved: self::moved(moved, item),
            can_move: search.is_empty(),
        })
    });
    Ok(Page::ok(Index {
        rows: rows.collect(),
        search: search.to_owned(),
        total: of,
        workstream,
    }))
}

#[derive(Clone, Debug, Default, FromForm)]
struct Typed {
    /// The button that was pressed; empty: *Save*.
    #[field(default = "")]
    act: String,
    #[field(default = "")]
    name: String,
    #[field(default = "")]
    silent: String,
    #[field(default = "")]
    after: String,
    #[field(default = "")]
    unit: String,
    #[field(default = "")]
    action: String,
    text: Vec<TypedText>,
    #[field(default = "")]
    fallback: String,
    state: Vec<String>,
}

#[derive(Clone, Debug, Default, FromForm)]
struct TypedText {
    #[field(default = "")]
    language: String,
    #[field(default = "")]
    words: String,
}

/// What a rule does, by the words of the form.
const ACTIONS: [&str; 4] = ["message-customer", "message-agent", "park", "close"];

impl Typed {
    /// What a new rule begins with: a reminder to a silent customer after two hours.
    fn usual() -> Typed {
        Typed {
            silent: Side::Customer.word().to_owned(),
            after: "2".to_owned(),
            unit: "hours".to_owned(),
            action: ACTIONS[0].to_owned(),
            text: vec![TypedText {
                language: LANGUAGES[0].0.to_owned(),
                words: String::new(),
            }],
            fallback: LANGUAGES[0].0.to_owned(),
            ..Default::default()
        }
    }

    fn of(rule: &Rule) -> Typed {
        let (after, unit) = spans::shown(rule.after);
        let mut typed = Typed {
            name: rule.name.clone(),
            silent: rule.silent.word().to_owned(),
            after,
            unit: unit.to_owned(),
            ..Typed::usual()
        };
        match &rule.action {
            Action::Message {
                to,
                texts,
                fallback,
            } => {
                typed.action = format!("message-{}", to.word());
                let texts = texts.iter().map(|(language, words)| TypedText {
                    language: language.clone(),
                    words: words.clone(),
                });
                typed.text = texts.collect();
                typed.fallback.clone_from(fallback);
            }
            Action::Park => typed.action = "park".to_owned(),
            Action::Close(states) => {
                typed.action = "close".to_owned();
                typed.state = states.iter().map(|it| it.word().to_owned()).collect();
            }
        }
        typed
    }

    /// Does what a button says that is not *Save*. The field that gets the focus; `None`: it was *Save*.
    fn act(&mut self) -> Option<String> {
        let act = std::mem::take(&mut self.act);
        let (what, place) = act.split_once(':').unwrap_or((&act, ""));
        match what {
            "add-text" => {
                let is_free = |tag: &str| self.text.iter().all(|text| text.language != tag);
                let free = LANGUAGES.iter().find(|(tag, _)| is_free(tag));
                self.text.push(TypedText {
                    language: free.map_or("", |(tag, _)| tag).to_owned(),
                    words: String::new(),
                });
                Some(format!("text[{}].words", self.text.len() - 1))
            }
            "remove-text" => {
                let at: usize = place.parse().ok()?;
                if at < self.text.len() && self.text.len() > 1 {
                    self.text.remove(at);
                }
                Some(format!("text[{}].words", at.min(self.text.len() - 1)))
            }
            "look" => Some(place.to_owned()),
            _ => None,
        }
    }

    fn read(&self, problems: &mut Problems) -> Option<TimeoutDraft> {
        let name = typed::name(problems, "name", &self.name);
        let silent = Side::from_word(&self.silent);
        problems.check("silent", silent.is_some(), "field-choose");
        let after = spans::read(&self.after, &self.unit, &AFTER);
        problems.check("after", after.is_some(), "timeout-after-range");
        let action = self.action(problems);
        let draft = TimeoutDraft {
            name,
            silent: silent?,
            after: after?,
            action: action?,
        };
        problems.is_empty().then_some(draft)
    }

    fn action(&self, problems: &mut Problems) -> Option<Action> {
        match self.action.as_str() {
            "message-customer" => self.message(problems, Side::Customer),
            "message-agent" => self.message(problems, Side::Agent),
            "park" => Some(Action::Park),
            "close" => {
                let states = CLOSES.into_iter();
                let states: Vec<Standing> = states
                    .filter(|state| self.state.iter().any(|word| word == state.word()))
                    .collect();
                problems.check("state", !states.is_empty(), "timeout-states-none");
                Some(Action::Close(states))
            }
            _ => {
                problems.add("action", Text::new("field-choose"));
                None
            }
        }
    }

    fn message(&self, problems: &mut Problems, to: Side) -> Option<Action> {
        let mut texts = BTreeMap::new();
        for (at, text) in self.text.iter().enumerate() {
            let (language_at, words_at) =
                (format!("text[{at}].language"), format!("text[{at}].words"));
            let is_known = LANGUAGES.iter().any(|(tag, _)| *tag == text.language);
            problems.check(language_at.clone(), is_known, "field-choose");
            let words = text.words.trim();
            if words.is_empty() {
                problems.add(words_at, Text::new("field-required"));
            } else if words.chars().count() > TEXT_LIMIT {
                let why = Text::new("field-too-long").arg("limit", TEXT_LIMIT);
                problems.add(words_at, why);
            }
            let earlier = texts.insert(text.language.clone(), words.to_owned());
            problems.check(language_at, earlier.is_none(), "timeout-language-twice");
        }
        let is_there = texts.contains_key(&self.fallback);
        problems.check("fallback", is_there, "timeout-fallback-missing");
        Some(Action::Message {
            to,
            texts,
            fallback: self.fallback.clone(),
        })
    }
}

/// A new rule, or one that is there.
#[derive(Template)]
#[template(path = "admin/rules/timeout_rule.html")]
struct Edit {
    workstream: Workstream,
    /// Where the form is sent.
    action: String,
    /// Its name; `None`: it is not there yet.
    name: Option<String>,
    typed: Typed,
    sides: Vec<Item>,
    units: Vec<Item>,
    actions: Vec<Item>,
    languages: Vec<Item>,
    problems: Problems,
    focus: String,
}

/// A text as it is drawn.
struct DrawnText<'a> {
    path: String,
    typed: &'a TypedText,
    errors: [Option<&'a Text>; 2],
}

impl Edit {
    fn new(workstream: Workstream, action: String, name: Option<String>, typed: Typed) -> Edit {
        let sides = Side::ALL.iter();
        let actions = ACTIONS.iter();
        let languages = LANGUAGES.iter();
        Edit {
            workstream,
            action,
            name,
            typed,
            sides: sides
                .map(|side| Item::word("timeout-silent", side.word()))
                .collect(),
            units: spans::units(),
            actions: actions
                .map(|action| Item::word("timeout-action", action))
                .collect(),
            languages: languages
                .map(|(tag, name)| Item::named(tag, name))
                .collect(),
            problems: Problems::default(),
            focus: String::new(),
        }
    }

    fn sends(&self) -> bool {
        self.typed.action.starts_with("message-")
    }

    fn closes(&self) -> bool {
        self.typed.action == "close"
    }

    fn may_add(&self) -> bool {
        self.typed.text.len() < LANGUAGES.len()
    }

    fn texts(&self) -> Vec<DrawnText<'_>> {
        let texts = self.typed.text.iter().enumerate();
        texts
            .map(|(at, typed)| {
                let path = format!("text[{at}]");
                DrawnText {
                    errors: [
                        self.problems.at(&format!("{path}.language")),
                        self.problems.at(&format!("{path}.words")),
                    ],
                    path,
                    typed,
                }
            })
            .collect()
    }

    /// The states with whether they are chosen.
    fn states(&self) -> Vec<(&'static str, bool)> {
        let states = CLOSES.into_iter();
        states
            .map(|state| {
                let is_on = self.typed.state.iter().any(|word| word == state.word());
                (state.word(), is_on)
            })
            .collect()
    }

    fn back(&self) -> String {
        format!("/admin/workstreams/{}/timeouts", self.workstream.id)
    }
}

#[get("/admin/workstreams/<workstream>/timeouts/new")]
fn new(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
) -> Answer<Page<Edit>> {
    let workstream = load(app, workstream)?;
    let action = format!("/admin/workstreams/{}/timeouts/new", workstream.id);
    Ok(Page::ok(Edit::new(
        workstream,
        action,
        None,
        Typed::usual(),
    )))
}

#[post("/admin/workstreams/<workstream>/timeouts/new", data = "<form>")]
async fn add(
    administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let workstream = load(app, workstream)?;
    let id = workstream.id;
    let action = format!("/admin/workstreams/{id}/timeouts/new");
    let mut page = Edit::new(workstream, action, None, form.read()?);
    if let Some(focus) = page.typed.act() {
        page.focus = focus;
        return Ok(Err(Page::ok(page)));
    }
    let Some(draft) = page.typed.read(&mut page.problems) else {
        return Ok(Err(Page::unprocessable(page)));
    };
    app.store
        .write_by(administrator.actor(), move |tx| {
            rules::add_timeout(tx, id, &draft)
        })
        .await?;
    Ok(Ok(Outcome::Saved.at(page.back())))
}

/// A rule of a workstream.
///
/// # Errors
/// 404 when there is none, or it is another workstream's; what the database says.
fn rule(app: &App, workstream: &Workstream, id: i64) -> Answer<Rule> {
    let rules = app
        .store
        .read(|reader| rules::timeouts(reader, workstream.id))?;
    let found = rules.into_iter().find(|rule| rule.id == TimeoutRuleId(id));
    Ok(found.ok_or(Status::NotFound)?)
}

#[get("/admin/workstreams/<workstream>/timeouts/<id>", rank = 2)]
fn edit(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    id: i64,
) -> Answer<Page<Edit>> {
    let workstream = load(app, workstream)?;
    let rule = rule(app, &workstream, id)?;
    let action = editor(workstream.id, Place::Timeout(rule.id));
    let typed = Typed::of(&rule);
    Ok(Page::ok(Edit::new(
        workstream,
        action,
        Some(rule.name),
        typed,
    )))
}

#[post(
    "/admin/workstreams/<workstream>/timeouts/<id>",
    data = "<form>",
    rank = 2
)]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    id: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let workstream = load(app, workstream)?;
    let rule = rule(app, &workstream, id)?;
    let id = rule.id;
    let action = editor(workstream.id, Place::Timeout(id));
    let mut page = Edit::new(workstream, action, Some(rule.name), form.read()?);
    if let Some(focus) = page.typed.act() {
        page.focus = focus;
        return Ok(Err(Page::ok(page)));
    }
    let Some(draft) = page.typed.read(&mut page.problems) else {
        return Ok(Err(Page::unprocessable(page)));
    };
    app.store
        .write_by(administrator.actor(), move |tx| {
            rules::change_timeout(tx, id, &draft)
        })
        .await?;
    Ok(Ok(Outcome::Saved.at(page.back())))
}
