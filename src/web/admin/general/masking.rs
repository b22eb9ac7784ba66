//! Sensitive data: where it is hidden, and the rules that find it, each with a box to try it.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::{save, typed};
use crate::domain::ids::MaskingRuleId;
use crate::domain::masking::{self, MOST_RULES, Mask, PATTERN_LIMIT, PatternError};
use crate::domain::settings::Masking;
use crate::locale::{Locale, Text};
use crate::store::masking::{self as rules, Added, Draft, Rule};
use crate::store::settings;
use crate::web::App;
use crate::web::admin::removal::Removal;
use crate::web::failure::Answer;
use crate::web::fields;
use crate::web::forms::{Button, Form, Problems};
use crate::web::guards::Administrator;
use crate::web::list::{self, Column, List, View};
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Frame, Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![
        show,
        change,
        new,
        add,
        edit,
        change_rule,
        confirm_removal,
        remove
    ]
}

const PATH: &str = "/admin/settings/masking";

const COLUMNS: &[Column<Row>] = &[
    Column::sorting("masking-column-name", "name", |a, b| {
        list::by_words(&a.name, &b.name)
    }),
    Column::plain("masking-column-pattern"),
    Column::sorting("masking-column-state", "state", |a, b| {
        b.rule.draft.is_active.cmp(&a.rule.draft.is_active)
    }),
];

/// A rule with its name in words.
struct Row {
    name: String,
    rule: Rule,
}

fn shown_name(rule: &Rule) -> Text {
    match rule.built_in {
        Some(built_in) => Text::new(format!("masking-built-in-{}", built_in.word())),
        None => Text::new("masking-made").arg("name", rule.draft.name.clone()),
    }
}

#[derive(FromForm)]
struct Switches {
    #[field(default = false)]
    agents: bool,
    #[field(default = false)]
    customers: bool,
}

#[derive(Template)]
#[template(path = "admin/general/masking.html")]
struct Show {
    switches: Switches,
    list: List<Row>,
}

impl Show {
    fn is_full(&self) -> bool {
        self.list.total >= MOST_RULES
    }
}

#[get("/admin/settings/masking?<view..>")]
fn show(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    frame: &Frame,
    view: View,
) -> Answer<Page<Show>> {
    let (settings, rules) = app
        .store
        .read(|reader| Ok((settings::read(reader)?, rules::all(reader)?)))?;
    let rows = rules.into_iter().map(|rule| Row {
        name: shown_name(&rule).say(frame.locale),
        rule,
    });
    let list = List::new(PATH, COLUMNS, view).of(rows.collect(), |row, words| {
        let draft = &row.rule.draft;
        list::finds(words, [&row.name, &draft.description, &draft.pattern])
    });
    Ok(Page::ok(Show {
        switches: Switches {
            agents: settings.masking.mask_agents,
            customers: settings.masking.mask_customers,
        },
        list,
    }))
}

#[post("/admin/settings/masking", data = "<form>")]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    form: Form<Switches>,
) -> Answer<Led> {
    let typed = form.read()?;
    let to = Masking {
        mask_agents: typed.agents,
        mask_customers: typed.customers,
    };
    save(app, &administrator, PATH, move |settings| {
        settings.masking = to;
    })
    .await
}

#[derive(Default, FromForm)]
struct Typed {
    #[field(default = "")]
    name: String,
    #[field(default = "")]
    description: String,
    #[field(default = "")]
    pattern: String,
    #[field(default = false)]
    active: bool,
    /// A text to try the rule on.
    #[field(default = "")]
    sample: String,
    /// The button *Test* was pressed, not *Save*.
    #[field(default = false)]
    test: bool,
}

/// How much somebody may paste to try a rule.
const SAMPLE_LIMIT: usize = 5_000;

impl Typed {
    fn of(rule: &Rule) -> Typed {
        let draft = &rule.draft;
        Typed {
            name: draft.name.clone(),
            description: draft.description.clone(),
            pattern: draft.pattern.clone(),
            active: draft.is_active,
            ..Default::default()
        }
    }

    fn check(&self, problems: &mut Problems) -> Option<Draft> {
        let name = typed::name(problems, "name", &self.name);
        let description = typed::label(problems, "description", &self.description);
        self.check_pattern(problems);
        problems.is_empty().then(|| Draft {
            name,
            description,
            pattern: self.pattern.clone(),
            is_active: self.active,
        })
    }

    fn check_pattern(&self, problems: &mut Problems) {
        if self.pattern.is_empty() {
            problems.add("pattern", Text::new("field-required"));
        } else if let Err(why) = masking::compile(&self.pattern) {
            problems.add("pattern", refusal(&why));
        }
    }

    /// What the rule makes of the sample; says at its field when it cannot be tried.
    fn tried(&self, problems: &mut Problems) -> Option<String> {
        self.check_pattern(problems);
        if self.sample.chars().count() > SAMPLE_LIMIT {
            let why = Text::new("field-too-long").arg("limit", SAMPLE_LIMIT);
            problems.add("sample", why);
        }
        problems
            .is_empty()
            .then(|| Mask::of([&self.pattern]).hide(&self.sample))
    }
}

fn refusal(why: &PatternError) -> Text {
    match why {
        PatternError::TooLong => Text::new("field-too-long").arg("limit", PATTERN_LIMIT),
        PatternError::MatchesEmpty => Text::new("masking-pattern-empty"),
        PatternError::TooLarge => Text::new("masking-pattern-large"),
        PatternError::Syntax { at: Some(at) } => Text::new("masking-pattern-at").arg("at", *at),
        PatternError::Syntax { at: None } => Text::new("masking-pattern-wrong"),
    }
}

/// The form of a new rule (`rule` is `None`) or of one that is there.
#[derive(Template)]
#[template(path = "admin/general/masking_rule.html")]
struct Edit {
    rule: Option<Rule>,
    name: Option<String>,
    typed: Typed,
    /// The sample as the rule leaves it.
    tried: Option<String>,
    problems: Problems,
}

impl Edit {
    fn new(rule: Option<Rule>, locale: Locale, typed: Typed, problems: Problems) -> Edit {
        Edit {
            name: rule.as_ref().map(|rule| shown_name(rule).say(locale)),
            rule,
            typed,
            tried: None,
            problems,
        }
    }

    fn action(&self) -> String {
        match &self.rule {
            Some(rule) => format!("{PATH}/{}", rule.id),
            None => format!("{PATH}/new"),
        }
    }

    fn is_built_in(&self) -> bool {
        let rule = self.rule.as_ref();
        rule.is_some_and(|rule| rule.built_in.is_some())
    }

    /// The same page with the sample as the rule leaves it.
    fn trial(mut self) -> Page<Edit> {
        let mut problems = Problems::default();
        self.tried = self.typed.tried(&mut problems);
        self.problems = problems;
        match self.tried {
            Some(_) => Page::ok(self),
            None => Page::unprocessable(self),
        }
    }
}

#[get("/admin/settings/masking/new")]
fn new(_administrator: Administrator, frame: &Frame) -> Page<Edit> {
    let typed = Typed {
        active: true,
        ..Default::default()
    };
    Page::ok(Edit::new(None, frame.locale, typed, Problems::default()))
}

#[post("/admin/settings/masking/new", data = "<form>")]
async fn add(
    administrator: Administrator,
    app: &State<Arc<App>>,
    frame: &Frame,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let typed = form.read()?;
    let mut problems = Problems::default();
    if typed.test {
        return Ok(Err(Edit::new(None, frame.locale, typed, problems).trial()));
    }
    if let Some(draft) = typed.check(&mut problems) {
        let added = app
            .store
            .write_by(administrator.actor(), move |tx| rules::add(tx, &draft))
            .await?;
        match added {
            Added::Added(_) => return Ok(Ok(Outcome::Saved.at(PATH))),
            Added::NameTaken => problems.add("name", Text::new("name-taken")),
            Added::TooMany => {
                problems.add("name", Text::new("masking-many").arg("most", MOST_RULES))
            }
        }
    }
    let page = Edit::new(None, frame.locale, typed, problems);
    Ok(Err(Page::unprocessable(page)))
}

fn load(app: &App, id: i64) -> Answer<Rule> {
    let rule = app
        .store
        .read(|reader| rules::by_id(reader, MaskingRuleId(id)))?;
    Ok(rule.ok_or(Status::NotFound)?)
}

#[get("/admin/settings/masking/<id>", rank = 2)]
fn edit(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    frame: &Frame,
    id: i64,
) -> Answer<Page<Edit>> {
    let rule = load(app, id)?;
    let typed = Typed::of(&rule);
    let page = Edit::new(Some(rule), frame.locale, typed, Problems::default());
    Ok(Page::ok(page))
}

#[post("/admin/settings/masking/<id>", data = "<form>", rank = 2)]
async fn change_rule(
    administrator: Administrator,
    app: &State<Arc<App>>,
    frame: &Frame,
    id: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let rule = load(app, id)?;
    let mut typed = form.read()?;
    if rule.built_in.is_some() {
        // Of a built-in one the form has the switch and the sample only.
        let (active, sample, test) = (typed.active, typed.sample, typed.test);
        typed = Typed {
            active,
            sample,
            test,
            ..Typed::of(&rule)
        };
    }
    let mut problems = Problems::default();
    if typed.test {
        return Ok(Err(
            Edit::new(Some(rule), frame.locale, typed, problems).trial()
        ));
    }
    if let Some(draft) = typed.check(&mut problems) {
        let id = rule.id;
        let changed = app
            .store
            .write_by(administrator.actor(), move |tx| {
                rules::change(tx, id, &draft)
            })
            .await?;
        if changed {
            return Ok(Ok(Outcome::Saved.at(PATH)));
        }
        problems.add("name", Text::new("name-taken"));
    }
    let page = Edit::new(Some(rule), frame.locale, typed, problems);
    Ok(Err(Page::unprocessable(page)))
}

/// A rule that an administrator made.
fn load_made(app: &App, id: i64) -> Answer<Rule> {
    let made = Some(load(app, id)?).filter(|rule| rule.built_in.is_none());
    Ok(made.ok_or(Status::NotFound)?)
}

#[get("/admin/settings/masking/<id>/removal")]
fn confirm_removal(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    id: i64,
) -> Answer<Page<Removal>> {
    let rule = load_made(app, id)?;
    let above = vec![
        ("/admin/settings", Text::new("nav-settings")),
        (PATH, Text::new("settings-masking")),
    ];
    let name = rule.draft.name.as_str();
    let title = Text::new("masking-remove-title").arg("name", name.to_owned());
    Ok(Page::ok(Removal {
        back: format!("{PATH}/{}", rule.id),
        ..Removal::new(above, name, title, Text::new("masking-remove-lede"))
    }))
}

#[post("/admin/settings/masking/<id>/removal", data = "<_button>")]
async fn remove(
    administrator: Administrator,
    app: &State<Arc<App>>,
    id: i64,
    _button: Button,
) -> Answer<Led> {
    let id = load_made(app, id)?.id;
    app.store
        .write_by(administrator.actor(), move |tx| rules::remove(tx, id))
        .await?;
    Ok(Outcome::Removed.at(PATH))
}
