//! Setting up a page in a workstream, step by step. Every step carries what was chosen before it in its address, so
//! that Back goes back and nothing is left half done. Only the words of automated messages are too long for an
//! address: they are kept as drafts, which are said nowhere before *Create*.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};

use super::instance::{self, has_tag};
use super::load;
use crate::domain::automation::Trigger;
use crate::domain::ids::PageId;
use crate::domain::languages;
use crate::locale::Text;
use crate::store::automated_messages::{self, Level};
use crate::store::instances::{self, Candidate, Settings};
use crate::store::workstreams::settings::Workstream;
use crate::store::{instance_drafts, settings};
use crate::web::App;
use crate::web::admin::automated_messages as messages;
use crate::web::admin::setup::Step;
use crate::web::admin::shown::own;
use crate::web::failure::Answer;
use crate::web::fields::{self, Item};
use crate::web::forms::{Form, Problems};
use crate::web::guards::Administrator;
use crate::web::list::address;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![step, write, create]
}

/// The steps in their order, as the address names them.
const STEPS: [&str; 5] = ["source", "language", "behaviors", "features", "summary"];

/// What has been chosen up to a step.
#[derive(Clone, Debug, Default, FromForm)]
struct Choices {
    #[field(default = "")]
    step: String,
    #[field(default = "")]
    page: String,
    #[field(default = "")]
    language: String,
    /// The step of the user features has been seen: a switch that is not there is off.
    #[field(default = false)]
    features: bool,
    #[field(default = false)]
    file_attachments: bool,
    #[field(default = false)]
    customer_files: bool,
    #[field(default = false)]
    agent_files: bool,
    #[field(default = false)]
    human_agent_tag: bool,
}

impl Choices {
    /// With the switches as they stand before anybody has seen them.
    fn complete(mut self) -> Choices {
        if !self.features {
            self.file_attachments = true;
            self.customer_files = true;
            self.agent_files = true;
        }
        self
    }

    /// What the other steps say, as a form or an address carries it.
    fn carried(&self, own: &[&str]) -> Vec<(&'static str, String)> {
        let yes = |is_on: bool| if is_on { "true" } else { "" }.to_owned();
        let mut carried = vec![
            ("page", self.page.clone()),
            ("language", self.language.clone()),
        ];
        if self.features {
            carried.extend([
                ("features", yes(true)),
                ("file_attachments", yes(self.file_attachments)),
                ("customer_files", yes(self.customer_files)),
                ("agent_files", yes(self.agent_files)),
                ("human_agent_tag", yes(self.human_agent_tag)),
            ]);
        }
        carried.retain(|(name, value)| !value.is_empty() && !own.contains(name));
        carried
    }

    fn settings(&self, app: &App, channel: &str) -> Settings {
        Settings {
            language: Some(self.language.clone()).filter(|language| !language.is_empty()),
            survey: false,
            file_attachments: self.file_attachments,
            customer_files: self.customer_files,
            agent_files: self.agent_files,
            human_agent_tag: self.human_agent_tag && has_tag(app, channel),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/workstreams/wizard.html")]
struct Wizard {
    workstream: Workstream,
    steps: Vec<Step>,
    /// One of [`STEPS`].
    step: &'static str,
    choices: Choices,
    candidates: Vec<Candidate>,
    languages: Vec<Item>,
    /// The automated messages that are written for the page so far.
    drafts: Vec<(Trigger, String)>,
    /// How many the page has already, from an earlier place.
    own_messages: usize,
    /// Those that can still be written.
    triggers: Vec<Item>,
    /// One that is being written.
    draft: Written,
    /// The language in which the page speaks.
    speaks: String,
    has_tag: bool,
    problems: Problems,
}

impl Wizard {
    /// What a message is called.
    fn title(&self, trigger: &Trigger) -> Text {
        messages::title(*trigger)
    }

    /// Where a message is written or taken away.
    fn writing(&self) -> String {
        let carried = self.choices.carried(&[]);
        let pairs = carried.iter().map(|(name, value)| (*name, value.as_str()));
        let path = format!("/admin/workstreams/{}/set-up/messages", self.workstream.id);
        address(&path, pairs)
    }

    /// With what is written for the chosen page.
    fn read_drafts(&mut self, app: &App) -> Answer<()> {
        let Some(page) = self.page().map(|page| page.page) else {
            return Ok(());
        };
        let level = Level::Page(self.workstream.channel.clone(), page);
        let (drafts, own, languages) = app.store.read(|reader| {
            let drafts = instance_drafts::of(reader, page)?;
            let own = automated_messages::choices(reader, &level)?.len();
            Ok((drafts, own, settings::read(reader)?.languages))
        })?;
        self.speaks = match self.choices.language.as_str() {
            "" => languages.default_language,
            chosen => chosen.to_owned(),
        };
        let is_written = |it: &Trigger| drafts.iter().any(|(trigger, _)| trigger == it);
        self.triggers = Trigger::listed()
            .filter(|trigger| !is_written(trigger))
            .map(|trigger| Item {
                value: trigger.word().to_owned(),
                said: fields::Said::Text(messages::title(trigger)),
            })
            .collect();
        self.drafts = drafts;
        self.own_messages = own;
        Ok(())
    }

    fn own(&self, part: &str) -> Text {
        own(&self.workstream.channel, part)
    }

    fn key(&self, part: &str) -> String {
        format!("channel-{}-{part}", self.workstream.channel)
    }

    /// The address of this wizard at another step.
    fn href(&self, step: &str) -> String {
        let carried = self.choices.carried(&[]);
        let pairs = carried.iter().map(|(name, value)| (*name, value.as_str()));
        let path = format!("/admin/workstreams/{}/set-up", self.workstream.id);
        address(&path, std::iter::once(("step", step)).chain(pairs))
    }

    fn at(&self) -> usize {
        STEPS.iter().position(|it| *it == self.step).unwrap_or(0)
    }

    /// The next step; at the last one its own name.
    fn next(&self) -> &'static str {
        STEPS[(self.at() + 1).min(STEPS.len() - 1)]
    }

    /// Where *Back* leads; at the first step to the workstream.
    fn back(&self) -> String {
        match self.at() {
            0 => format!("/admin/workstreams/{}", self.workstream.id),
            at => self.href(STEPS[at - 1]),
        }
    }

    /// What the other steps say.
    fn carried(&self) -> Vec<(&'static str, String)> {
        let own: &[&str] = match self.step {
            "source" => &["page"],
            "language" => &["language"],
            "features" => &[
                "features",
                "file_attachments",
                "customer_files",
                "agent_files",
                "human_agent_tag",
            ],
            _ => &[],
        };
        self.choices.carried(own)
    }

    /// The page that was chosen.
    fn page(&self) -> Option<&Candidate> {
        let mut free = self
            .candidates
            .iter()
            .filter(|candidate| candidate.is_free());
        free.find(|candidate| candidate.page.to_string() == self.choices.page)
    }

    /// The language that was chosen, by its own name.
    fn language(&self) -> Option<&'static str> {
        languages::name(&self.choices.language)
    }
}

/// The wizard at the step that the choices allow.
fn wizard(app: &App, workstream: Workstream, choices: Choices) -> Answer<Wizard> {
    let candidates = app
        .store
        .read(|reader| instances::candidates(reader, &workstream.channel, workstream.id))?;
    let asked = STEPS.iter().find(|step| **step == choices.step);
    let mut wizard = Wizard {
        step: asked.copied().unwrap_or(STEPS[0]),
        has_tag: has_tag(app, &workstream.channel),
        languages: instance::languages(app, &choices.language)?,
        candidates,
        choices: choices.complete(),
        steps: Vec::new(),
        drafts: Vec::new(),
        own_messages: 0,
        triggers: Vec::new(),
        draft: <Written as Default>::default(),
        speaks: String::new(),
        problems: Problems::default(),
        workstream,
    };
    if wizard.step != STEPS[0] && wizard.page().is_none() {
        wizard
            .problems
            .add("page", Text::new("instance-page-missing"));
        wizard.step = STEPS[0];
    } else if wizard.at() > 1 && !wizard.choices.language.is_empty() && wizard.language().is_none()
    {
        wizard.problems.add("language", Text::new("field-choose"));
        wizard.step = STEPS[1];
    }
    wizard.read_drafts(app)?;
    wizard.steps = steps(&wizard);
    Ok(wizard)
}

fn steps(wizard: &Wizard) -> Vec<Step> {
    let current = wizard.at();
    let steps = STEPS.iter().enumerate();
    steps
        .map(|(index, step)| Step {
            title: match index {
                0 => wizard.own("step-source"),
                _ => Text::new(format!("instance-step-{step}")),
            },
            sub: None,
            href: wizard.href(step),
            is_done: index < current,
            is_current: index == current,
        })
        .collect()
}

fn page(wizard: Wizard) -> Page<Wizard> {
    if wizard.problems.is_empty() {
        Page::ok(wizard)
    } else {
        Page::unprocessable(wizard)
    }
}

#[get("/admin/workstreams/<workstream>/set-up?<choices..>")]
fn step(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    choices: Choices,
) -> Answer<Page<Wizard>> {
    let workstream = load(app, workstream)?;
    Ok(page(wizard(app, workstream, choices)?))
}

/// *Add message* and *Remove*, of the step of the behaviors.
#[derive(Default, FromForm)]
struct Written {
    #[field(default = "")]
    trigger: String,
    #[field(default = "")]
    text: String,
    /// The one that is to be taken away; empty: one is added.
    #[field(default = "")]
    remove: String,
}

#[post(
    "/admin/workstreams/<workstream>/set-up/messages?<choices..>",
    data = "<form>"
)]
async fn write(
    administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    choices: Choices,
    form: Form<Written>,
) -> Answer<Result<Led, Page<Wizard>>> {
    let workstream = load(app, workstream)?;
    let draft = form.read()?;
    let choices = Choices {
        step: "behaviors".to_owned(),
        ..choices
    };
    let mut wizard = wizard(app, workstream, choices)?;
    let Some(chosen) = wizard.page().map(|page| page.page) else {
        return Ok(Err(page(wizard)));
    };
    let back = wizard.href("behaviors");
    if let Some(gone) = messages::listed(&draft.remove) {
        app.store
            .write_by(administrator.actor(), move |tx| {
                instance_drafts::take_away(tx, chosen, gone)
            })
            .await?;
        return Ok(Ok(Redirect::to(back).into()));
    }
    let trigger = messages::listed(&draft.trigger);
    wizard
        .problems
        .check("trigger", trigger.is_some(), "field-choose");
    let text = messages::words(&mut wizard.problems, &draft.text);
    let Some(trigger) = trigger.filter(|_| wizard.problems.is_empty()) else {
        wizard.draft = draft;
        return Ok(Err(page(wizard)));
    };
    app.store
        .write_by(administrator.actor(), move |tx| {
            instance_drafts::put(tx, chosen, trigger, &text)
        })
        .await?;
    Ok(Ok(Redirect::to(back).into()))
}

#[post("/admin/workstreams/<workstream>/set-up", data = "<form>")]
async fn create(
    administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    form: Form<Choices>,
) -> Answer<Result<Led, Page<Wizard>>> {
    let workstream = load(app, workstream)?;
    let (id, channel) = (workstream.id, workstream.channel.clone());
    let choices = Choices {
        step: "summary".to_owned(),
        ..form.read()?
    };
    let mut wizard = wizard(app, workstream, choices)?;
    if !wizard.problems.is_empty() {
        return Ok(Err(page(wizard)));
    }
    let chosen: PageId = wizard.page().ok_or(Status::NotFound)?.page;
    let settings = wizard.choices.settings(app, &channel);
    let is_placed = app
        .store
        .write_by(administrator.actor(), move |tx| {
            instances::place(tx, id, chosen, &settings)
        })
        .await?;
    if !is_placed {
        // Somebody else was faster.
        wizard
            .problems
            .add("page", Text::new("instance-page-missing"));
        return Ok(Err(page(wizard)));
    }
    Ok(Ok(Outcome::Saved.at(format!("/admin/workstreams/{id}"))))
}
