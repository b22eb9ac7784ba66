//! Work classification: rulesets, and rules that write what a conversation needs.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::builder::{Builder, TypedCondition};
use super::known::{Group, Known, priorities};
use super::words::{self, Row, ShownCondition, When};
use super::{base, editor, kind, load, moved};
use crate::domain::classification::{MAX_OUTPUTS, MAX_RULES, MAX_RULESETS, Output, Rule, Ruleset};
use crate::domain::facts::{Attribute, Kind, Priority, VARIABLE_VALUE, Value};
use crate::domain::ids::{ClassificationRuleId, RulesetId};
use crate::domain::skills::Need;
use crate::locale::Text;
use crate::store::rules::{self, Item, RuleDraft};
use crate::store::skills::BEST;
use crate::store::workstreams::settings::Workstream;
use crate::web::App;
use crate::web::admin::typed;
use crate::web::failure::Answer;
use crate::web::fields;
use crate::web::forms::{Form, Problems};
use crate::web::guards::Administrator;
use crate::web::list;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![
        index,
        new_ruleset,
        add_ruleset,
        edit_ruleset,
        rename_ruleset,
        new,
        add,
        edit,
        change
    ]
}

#[derive(Template)]
#[template(path = "admin/rules/classification.html")]
struct Index {
    workstream: Workstream,
    rulesets: Vec<ShownRuleset>,
    search: String,
    /// How many there are, whatever is searched.
    total: usize,
}

impl Index {
    fn path(&self) -> String {
        format!("/admin/workstreams/{}/classification", self.workstream.id)
    }
}

struct ShownRuleset {
    ruleset: Ruleset,
    number: usize,
    base: String,
    moved: Option<words::Moved>,
    rows: Vec<Row>,
}

impl ShownRuleset {
    fn is_moved(&self, up: bool) -> bool {
        let wanted = if up {
            words::Moved::Up
        } else {
            words::Moved::Down
        };
        self.moved == Some(wanted)
    }
}

#[get("/admin/workstreams/<workstream>/classification?<search>&<moved>")]
fn index(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    search: Option<&str>,
    moved: Option<&str>,
) -> Answer<Page<Index>> {
    let workstream = load(app, workstream)?;
    let known = Known::load(app, &workstream)?;
    let search = search.unwrap_or_default().trim();
    let rulesets = app
        .store
        .read(|reader| rules::rulesets(reader, workstream.id))?;
    let total = rulesets.len();
    let shown = (1..).zip(rulesets).map(|(number, ruleset)| {
        let item = Item::Ruleset(ruleset.id);
        let of = ruleset.rules.len();
        let rows = (1..).zip(&ruleset.rules).filter_map(|(number, rule)| {
            let item = Item::Classification(rule.id);
            list::finds(search, [&rule.name]).then(|| Row {
                base: base(workstream.id, item),
                href: editor(workstream.id, item),
                key: format!("{}-{}", kind(item), rule.id),
                number,
                of,
                name: rule.name.clone(),
                is_active: rule.is_active,
                when: When::Condition(ShownCondition::of(&rule.condition, &known)),
                then: rule
                    .outputs
                    .iter()
                    .map(|output| words::output(output, &known))
                    .collect(),
                moved: self::moved(moved, item),
                can_move: search.is_empty(),
            })
        });
        ShownRuleset {
            rows: rows.collect(),
            number,
            base: base(workstream.id, item),
            moved: self::moved(moved, item),
            ruleset,
        }
    });
    let rulesets = shown
        .filter(|shown| search.is_empty() || !shown.rows.is_empty())
        .collect();
    Ok(Page::ok(Index {
        rulesets,
        search: search.to_owned(),
        total,
        workstream,
    }))
}

/// A new ruleset, or another name for one.
#[derive(Template)]
#[template(path = "admin/rules/ruleset.html")]
struct EditRuleset {
    workstream: Workstream,
    ruleset: Option<RulesetId>,
    name: String,
    problems: Problems,
}

impl EditRuleset {
    fn action(&self) -> String {
        match self.ruleset {
            Some(id) => editor(self.workstream.id, Item::Ruleset(id)),
            None => format!(
                "/admin/workstreams/{}/classification/rulesets/new",
                self.workstream.id
            ),
        }
    }
}

#[derive(FromForm)]
struct TypedName {
    #[field(default = "")]
    name: String,
}

#[get("/admin/workstreams/<workstream>/classification/rulesets/new")]
fn new_ruleset(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
) -> Answer<Page<EditRuleset>> {
    Ok(Page::ok(EditRuleset {
        workstream: load(app, workstream)?,
        ruleset: None,
        name: String::new(),
        problems: Problems::default(),
    }))
}

#[post(
    "/admin/workstreams/<workstream>/classification/rulesets/new",
    data = "<form>"
)]
async fn add_ruleset(
    administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    form: Form<TypedName>,
) -> Answer<Result<Led, Page<EditRuleset>>> {
    let workstream = load(app, workstream)?;
    let id = workstream.id;
    let typed = form.read()?;
    let mut problems = Problems::default();
    let name = typed::name(&mut problems, "name", &typed.name);
    if problems.is_empty() {
        let added = app
            .store
            .write_by(administrator.actor(), move |tx| {
                rules::add_ruleset(tx, id, &name)
            })
            .await?;
        if added.is_some() {
            let list = super::list(id, Item::Ruleset(RulesetId(0)));
            return Ok(Ok(Outcome::Saved.at(list)));
        }
        let why = Text::new("ruleset-too-many").arg("limit", MAX_RULESETS);
        problems.add("name", why);
    }
    Ok(Err(Page::unprocessable(EditRuleset {
        workstream,
        ruleset: None,
        name: typed.name,
        problems,
    })))
}

/// The ruleset of an id.
///
/// # Errors
/// 404 when there is none, or it is another workstream's; what the database says.
fn ruleset(app: &App, workstream: &Workstream, id: i64) -> Answer<Ruleset> {
    let rulesets = app
        .store
        .read(|reader| rules::rulesets(reader, workstream.id))?;
    let found = rulesets.into_iter().find(|ruleset| ruleset.id.0 == id);
    Ok(found.ok_or(Status::NotFound)?)
}

#[get(
    "/admin/workstreams/<workstream>/classification/rulesets/<id>",
    rank = 2
)]
fn edit_ruleset(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    id: i64,
) -> Answer<Page<EditRuleset>> {
    let workstream = load(app, workstream)?;
    let ruleset = ruleset(app, &workstream, id)?;
    Ok(Page::ok(EditRuleset {
        workstream,
        ruleset: Some(ruleset.id),
        name: ruleset.name,
        problems: Problems::default(),
    }))
}

#[post(
    "/admin/workstreams/<workstream>/classification/rulesets/<id>",
    data = "<form>",
    rank = 2
)]
async fn rename_ruleset(
    administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    id: i64,
    form: Form<TypedName>,
) -> Answer<Result<Led, Page<EditRuleset>>> {
    let workstream = load(app, workstream)?;
    let id = ruleset(app, &workstream, id)?.id;
    let typed = form.read()?;
    let mut problems = Problems::default();
    let name = typed::name(&mut problems, "name", &typed.name);
    if !problems.is_empty() {
        return Ok(Err(Page::unprocessable(EditRuleset {
            workstream,
            ruleset: Some(id),
            name: typed.name,
            problems,
        })));
    }
    app.store
        .write_by(administrator.actor(), move |tx| {
            rules::rename_ruleset(tx, id, &name)
        })
        .await?;
    let list = super::list(workstream.id, Item::Ruleset(id));
    Ok(Ok(Outcome::Saved.at(list)))
}

#[derive(Clone, Debug, Default, FromForm)]
struct Typed {
    /// The button that was pressed; empty: *Save*.
    #[field(default = "")]
    act: String,
    #[field(default = "")]
    name: String,
    when: TypedCondition,
    output: Vec<TypedOutput>,
}

#[derive(Clone, Debug, Default, FromForm)]
struct TypedOutput {
    /// The word of what is written: an [`Attribute`]'s.
    #[field(default = "")]
    what: String,
    #[field(default = "")]
    value: String,
}

impl Typed {
    fn empty() -> Typed {
        Typed {
            when: TypedCondition::empty(),
            output: vec![Default::default()],
            ..Default::default()
        }
    }

    fn of(rule: &Rule) -> Typed {
        Typed {
            act: String::new(),
            name: rule.name.clone(),
            when: TypedCondition::of(&rule.condition),
            output: rule.outputs.iter().map(TypedOutput::of).collect(),
        }
    }

    /// Does what a button says that is not *Save*. The field that gets the focus; `None`: it was *Save*.
    fn act(&mut self) -> Option<String> {
        let act = std::mem::take(&mut self.act);
        let (what, place) = act.split_once(':').unwrap_or((&act, ""));
        match what {
            "add-output" => {
                self.output.push(Default::default());
                Some(format!("output[{}].what", self.output.len() - 1))
            }
            "remove-output" => {
                let at: usize = place.parse().ok()?;
                if at < self.output.len() {
                    self.output.remove(at);
                }
                if self.output.is_empty() {
                    self.output.push(Default::default());
                }
                let at = at.min(self.output.len() - 1);
                Some(format!("output[{at}].what"))
            }
            _ => self.when.act(&act),
        }
    }

    fn read(&self, problems: &mut Problems, known: &Known) -> Option<RuleDraft> {
        let name = typed::name(problems, "name", &self.name);
        let condition = self.when.read(problems, known);
        let mut outputs = Vec::new();
        for (at, output) in self.output.iter().enumerate() {
            if !output.what.is_empty() {
                outputs.extend(output.read(problems, known, at));
            }
        }
        let chosen = self.output.iter().filter(|output| !output.what.is_empty());
        match chosen.count() {
            0 => problems.add("output[0].what", Text::new("rule-output-none")),
            1..=MAX_OUTPUTS => {}
            _ => {
                let why = Text::new("rule-output-too-many").arg("limit", MAX_OUTPUTS);
                problems.add(format!("output[{MAX_OUTPUTS}].what"), why);
            }
        }
        problems.is_empty().then_some(RuleDraft {
            name,
            condition,
            outputs,
        })
    }
}

impl TypedOutput {
    fn of(output: &Output) -> TypedOutput {
        let (what, value) = match output {
            Output::Priority(priority) => (Attribute::Priority.word(), priority.word().to_owned()),
            Output::Skill(need) => (
                Attribute::Skill(need.skill).word(),
                need.rating.map(|it| it.to_string()).unwrap_or_default(),
            ),
            Output::Profile(profile) => (Known::profile_word(*profile), String::new()),
            Output::Variable { name, value } => (
                Attribute::Variable(name.clone()).word(),
                value.text().unwrap_or_default(),
            ),
        };
        TypedOutput { what, value }
    }

    fn read(&self, problems: &mut Problems, known: &Known, at: usize) -> Option<Output> {
        if let Some(profile) = known.profile_of(&self.what) {
            return Some(Output::Profile(profile));
        }
        let groups = known.outputs();
        let mut items = groups.iter().flat_map(|group| &group.items);
        let attribute = items
            .any(|item| item.value == self.what)
            .then(|| Attribute::from_word(&self.what))
            .flatten();
        let value_at = format!("output[{at}].value");
        let typed = self.value.trim();
        match attribute {
            Some(Attribute::Priority) => {
                let priority = Priority::from_word(typed);
                problems.check(value_at, priority.is_some(), "field-choose");
                priority.map(Output::Priority)
            }
            Some(Attribute::Skill(skill)) => {
                let rating = match typed {
                    "" => None,
                    typed => {
                        let limits = 1..=u32::from(BEST);
                        Some(typed::number(problems, value_at, typed, limits)? as u8)
                    }
                };
                Some(Output::Skill(Need { skill, rating }))
            }
            Some(Attribute::Variable(ref name)) => {
                let value = match known.kind(&Attribute::Variable(name.clone())) {
                    Kind::Number => {
                        let number: Option<f64> = typed.replace(',', ".").parse().ok();
                        number.filter(|it| it.is_finite()).map(Value::Number)
                    }
                    _ => (typed.chars().count() <= VARIABLE_VALUE)
                        .then(|| Value::Text(typed.to_owned())),
                };
                let why = match known.kind(&Attribute::Variable(name.clone())) {
                    Kind::Number => "rule-value-number",
                    _ => "rule-value-long",
                };
                problems.check(value_at, value.is_some(), why);
                value.map(|value| Output::Variable {
                    name: name.clone(),
                    value,
                })
            }
            _ => {
                problems.add(format!("output[{at}].what"), Text::new("field-choose"));
                None
            }
        }
    }
}

/// A new rule, or one that is there.
#[derive(Template)]
#[template(path = "admin/rules/classification_rule.html")]
struct Edit {
    workstream: Workstream,
    /// Its name, for the way back.
    ruleset: String,
    /// Where the form is sent.
    action: String,
    is_new: bool,
    typed: Typed,
    known: Known,
    problems: Problems,
    focus: String,
}

/// A row of outputs as it is drawn.
struct DrawnOutput<'a> {
    path: String,
    typed: &'a TypedOutput,
    priorities: Option<Vec<fields::Item>>,
    is_skill: bool,
    /// A capacity profile has no value.
    asks_value: bool,
    errors: [Option<&'a Text>; 2],
}

impl Edit {
    fn builder(&self) -> Builder<'_> {
        Builder::new(
            &self.typed.when,
            &self.known,
            &self.problems,
            &self.action,
            &self.focus,
        )
    }

    fn groups(&self) -> Vec<Group> {
        self.known.outputs()
    }

    fn outputs(&self) -> Vec<DrawnOutput<'_>> {
        let outputs = self.typed.output.iter().enumerate();
        outputs
            .map(|(at, typed)| {
                let path = format!("output[{at}]");
                let attribute = Attribute::from_word(&typed.what);
                DrawnOutput {
                    errors: [
                        self.problems.at(&format!("{path}.what")),
                        self.problems.at(&format!("{path}.value")),
                    ],
                    path,
                    typed,
                    is_skill: matches!(attribute, Some(Attribute::Skill(_))),
                    asks_value: self.known.profile_of(&typed.what).is_none(),
                    priorities: (attribute == Some(Attribute::Priority)).then(priorities),
                }
            })
            .collect()
    }

    fn may_add(&self) -> bool {
        self.typed.output.len() < MAX_OUTPUTS
    }

    fn most(&self) -> usize {
        MAX_OUTPUTS
    }

    fn back(&self) -> String {
        format!("/admin/workstreams/{}/classification", self.workstream.id)
    }
}

#[get("/admin/workstreams/<workstream>/classification/rulesets/<id>/new")]
fn new(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    id: i64,
) -> Answer<Page<Edit>> {
    let workstream = load(app, workstream)?;
    let ruleset = ruleset(app, &workstream, id)?;
    Ok(Page::ok(Edit {
        known: Known::load(app, &workstream)?,
        action: format!("{}/new", editor(workstream.id, Item::Ruleset(ruleset.id))),
        workstream,
        ruleset: ruleset.name,
        is_new: true,
        typed: Typed::empty(),
        problems: Problems::default(),
        focus: String::new(),
    }))
}

#[post(
    "/admin/workstreams/<workstream>/classification/rulesets/<id>/new",
    data = "<form>"
)]
async fn add(
    administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    id: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let workstream = load(app, workstream)?;
    let ruleset = ruleset(app, &workstream, id)?;
    let mut page = Edit {
        known: Known::load(app, &workstream)?,
        action: format!("{}/new", editor(workstream.id, Item::Ruleset(ruleset.id))),
        ruleset: ruleset.name,
        is_new: true,
        typed: form.read()?,
        problems: Problems::default(),
        focus: String::new(),
        workstream,
    };
    if let Some(focus) = page.typed.act() {
        page.focus = focus;
        return Ok(Err(Page::ok(page)));
    }
    if let Some(draft) = page.typed.read(&mut page.problems, &page.known) {
        let id = ruleset.id;
        let added = app
            .store
            .write_by(administrator.actor(), move |tx| {
                rules::add_rule(tx, id, &draft)
            })
            .await?;
        if added.is_some() {
            return Ok(Ok(Outcome::Saved.at(page.back())));
        }
        let why = Text::new("rule-too-many").arg("limit", MAX_RULES);
        page.problems.add("name", why);
    }
    Ok(Err(Page::unprocessable(page)))
}

/// A rule of a workstream with the name of its ruleset.
///
/// # Errors
/// 404 when there is none, or it is another workstream's; what the database says.
fn rule(app: &App, workstream: &Workstream, id: i64) -> Answer<(String, Rule)> {
    let rulesets = app
        .store
        .read(|reader| rules::rulesets(reader, workstream.id))?;
    let mut rules = rulesets.into_iter().flat_map(|ruleset| {
        let name = ruleset.name;
        let rules = ruleset.rules.into_iter();
        rules.map(move |rule| (name.clone(), rule))
    });
    let found = rules.find(|(_, rule)| rule.id == ClassificationRuleId(id));
    Ok(found.ok_or(Status::NotFound)?)
}

#[get("/admin/workstreams/<workstream>/classification/rules/<id>")]
fn edit(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    id: i64,
) -> Answer<Page<Edit>> {
    let workstream = load(app, workstream)?;
    let (ruleset, rule) = rule(app, &workstream, id)?;
    Ok(Page::ok(Edit {
        known: Known::load(app, &workstream)?,
        action: editor(workstream.id, Item::Classification(rule.id)),
        workstream,
        ruleset,
        is_new: false,
        typed: Typed::of(&rule),
        problems: Problems::default(),
        focus: String::new(),
    }))
}

#[post(
    "/admin/workstreams/<workstream>/classification/rules/<id>",
    data = "<form>"
)]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    id: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let workstream = load(app, workstream)?;
    let (ruleset, rule) = rule(app, &workstream, id)?;
    let mut page = Edit {
        known: Known::load(app, &workstream)?,
        action: editor(workstream.id, Item::Classification(rule.id)),
        ruleset,
        is_new: false,
        typed: form.read()?,
        problems: Problems::default(),
        focus: String::new(),
        workstream,
    };
    if let Some(focus) = page.typed.act() {
        page.focus = focus;
        return Ok(Err(Page::ok(page)));
    }
    let Some(draft) = page.typed.read(&mut page.problems, &page.known) else {
        return Ok(Err(Page::unprocessable(page)));
    };
    let id = rule.id;
    app.store
        .write_by(administrator.actor(), move |tx| {
            rules::change_rule(tx, id, &draft)
        })
        .await?;
    Ok(Ok(Outcome::Saved.at(page.back())))
}
