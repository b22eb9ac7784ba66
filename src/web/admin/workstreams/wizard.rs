//! Setting up a page in a workstream, step by step. Nothing is stored on the way: every step carries what was
//! chosen before it in its address, so that Back goes back and nothing is left half done.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::instance::{self, has_tag};
use super::load;
use crate::domain::ids::PageId;
use crate::domain::languages;
use crate::locale::Text;
use crate::store::instances::{self, Candidate, Settings};
use crate::store::workstreams::settings::Workstream;
use crate::web::App;
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
    routes![step, create]
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
    /// The page is to have automated messages of its own: they are written once it is set up.
    #[field(default = false)]
    messages: bool,
    #[field(default = false)]
    survey: bool,
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
            ("messages", yes(self.messages)),
            ("survey", yes(self.survey)),
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
            survey: self.survey,
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
    has_tag: bool,
    problems: Problems,
}

impl Wizard {
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
            "behaviors" => &["messages", "survey"],
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
    let next = match wizard.choices.messages {
        true => format!("/admin/automated-messages?channel={channel}&instance={chosen}"),
        false => format!("/admin/workstreams/{id}"),
    };
    Ok(Ok(Outcome::Saved.at(next)))
}
