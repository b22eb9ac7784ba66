//! How a workstream's work is given out.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use rocket::form::FromForm;
use rocket::{Route, State, get, post, routes};

use super::load;
use crate::domain::capacity::{WRAP_UP_BLOCKING, WrapUpBlocking};
use crate::domain::conversation::AutoClose;
use crate::domain::ids::CapacityProfileId;
use crate::domain::presence::Base;
use crate::domain::skills::Matching;
use crate::domain::workstream::{AUTO_CLOSE, CAPACITY_UNITS, Mode, WRAP_UP};
use crate::locale::Text;
use crate::store::capacity_profiles;
use crate::store::workstreams::settings::{self as store, Distribution, Workstream};
use crate::web::App;
use crate::web::admin::{spans, typed};
use crate::web::failure::Answer;
use crate::web::fields::{self, Item};
use crate::web::forms::{Form, Problems};
use crate::web::guards::Administrator;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![edit, change]
}

/// The presences that a workstream may allow. Nobody who missed an offer is asked again at once.
const PRESENCES: [Base; 5] = [
    Base::Available,
    Base::Busy,
    Base::DoNotDisturb,
    Base::Away,
    Base::Offline,
];

#[derive(Debug, Default, FromForm)]
struct Typed {
    #[field(default = "")]
    capacity_units: String,
    #[field(default = "")]
    capacity_profile: String,
    presence: Vec<String>,
    #[field(default = "")]
    blocking: String,
    #[field(default = "")]
    blocking_minutes: String,
    #[field(default = "")]
    matching: String,
    #[field(default = false)]
    keep_same_agent: bool,
    #[field(default = false)]
    automated_messages: bool,
    open: TypedSpan,
    active: TypedSpan,
    waiting: TypedSpan,
    wrap_up: TypedSpan,
    #[field(default = false)]
    restrict_transcript: bool,
}

#[derive(Debug, Default, FromForm)]
struct TypedSpan {
    #[field(default = "")]
    count: String,
    #[field(default = "")]
    unit: String,
}

impl TypedSpan {
    fn of(time: Duration) -> TypedSpan {
        let (count, unit) = spans::shown(time);
        TypedSpan {
            count,
            unit: unit.to_owned(),
        }
    }

    fn read(
        &self,
        problems: &mut Problems,
        field: &'static str,
        range: &RangeInclusive<Duration>,
        sentence: &'static str,
    ) -> Option<Duration> {
        let time = spans::read(&self.count, &self.unit, range);
        problems.check(field, time.is_some(), sentence);
        time
    }
}

impl From<&Distribution> for Typed {
    fn from(stored: &Distribution) -> Typed {
        let closes = stored.auto_close;
        let presences = stored.allowed_presences.iter();
        let (blocking, minutes) = match stored.wrap_up_blocking {
            WrapUpBlocking::Always => ("always", String::new()),
            WrapUpBlocking::Never => ("never", String::new()),
            WrapUpBlocking::For(time) => ("for", (time.as_secs_f64() / 60.0).to_string()),
        };
        Typed {
            capacity_units: stored.capacity_units.to_string(),
            capacity_profile: stored
                .capacity_profile
                .map(|id| id.to_string())
                .unwrap_or_default(),
            presence: presences.map(|base| base.word().to_owned()).collect(),
            blocking: blocking.to_owned(),
            blocking_minutes: minutes,
            matching: stored.skill_matching.word().to_owned(),
            keep_same_agent: stored.keep_same_agent,
            automated_messages: stored.automated_messages,
            open: TypedSpan::of(closes.open),
            active: TypedSpan::of(closes.active),
            waiting: TypedSpan::of(closes.waiting),
            wrap_up: TypedSpan::of(closes.wrap_up),
            restrict_transcript: stored.restrict_transcript,
        }
    }
}

impl Typed {
    /// What it means; `None` when something is not accepted.
    fn read(&self, problems: &mut Problems, profiles: &[Item]) -> Option<Distribution> {
        let units = typed::number(
            problems,
            "capacity_units",
            &self.capacity_units,
            CAPACITY_UNITS,
        );
        let profile = &self.capacity_profile;
        let capacity_profile = typed::chosen(problems, "capacity_profile", profile, profiles);
        let presences = PRESENCES.into_iter();
        let allowed_presences: Vec<Base> = presences
            .filter(|base| self.presence.iter().any(|word| word == base.word()))
            .collect();
        problems.check(
            "presence",
            !allowed_presences.is_empty(),
            "workstream-presence-missing",
        );
        let blocking = self.blocking(problems);
        let matching = Matching::from_word(&self.matching);
        problems.check("matching", matching.is_some(), "field-choose");
        let close = "workstream-auto-close-range";
        let open = self.open.read(problems, "open.count", &AUTO_CLOSE, close);
        let active = self
            .active
            .read(problems, "active.count", &AUTO_CLOSE, close);
        let waiting = self
            .waiting
            .read(problems, "waiting.count", &AUTO_CLOSE, close);
        let wrap_up = self.wrap_up.read(
            problems,
            "wrap_up.count",
            &WRAP_UP,
            "workstream-wrap-up-range",
        );
        let distribution = Distribution {
            capacity_units: units?,
            capacity_profile: capacity_profile.map(CapacityProfileId),
            allowed_presences,
            wrap_up_blocking: blocking?,
            skill_matching: matching?,
            keep_same_agent: self.keep_same_agent,
            automated_messages: self.automated_messages,
            auto_close: AutoClose {
                open: open?,
                active: active?,
                waiting: waiting?,
                wrap_up: wrap_up?,
            },
            restrict_transcript: self.restrict_transcript,
        };
        problems.is_empty().then_some(distribution)
    }

    fn blocking(&self, problems: &mut Problems) -> Option<WrapUpBlocking> {
        match self.blocking.as_str() {
            "always" => Some(WrapUpBlocking::Always),
            "never" => Some(WrapUpBlocking::Never),
            "for" => {
                let minutes: Option<f64> = self.blocking_minutes.trim().parse().ok();
                let time = minutes
                    .and_then(|minutes| Duration::try_from_secs_f64(minutes * 60.0).ok())
                    .filter(|time| WRAP_UP_BLOCKING.contains(time));
                let is_fine = time.is_some();
                problems.check("blocking_minutes", is_fine, "workstream-blocking-range");
                time.map(WrapUpBlocking::For)
            }
            _ => {
                problems.add("blocking", Text::new("field-choose"));
                None
            }
        }
    }
}

#[derive(Template)]
#[template(path = "admin/workstreams/distribution.html")]
struct Edit {
    workstream: Workstream,
    typed: Typed,
    profiles: Vec<Item>,
    blockings: Vec<Item>,
    matchings: Vec<Item>,
    units: Vec<Item>,
    problems: Problems,
}

/// A presence that may be ticked.
struct Presence {
    word: &'static str,
    said: Text,
    is_on: bool,
}

impl Edit {
    fn new(app: &App, workstream: Workstream, typed: Typed, problems: Problems) -> Answer<Edit> {
        let blockings = ["always", "never", "for"].iter();
        let matchings = Matching::ALL.iter();
        Ok(Edit {
            workstream,
            typed,
            profiles: profiles(app)?,
            blockings: blockings
                .map(|word| Item::word("workstream-blocking", word))
                .collect(),
            matchings: matchings
                .map(|way| Item::word("workstream-matching", way.word()))
                .collect(),
            units: spans::units(),
            problems,
        })
    }

    fn presences(&self) -> Vec<Presence> {
        let presences = PRESENCES.iter();
        presences
            .map(|base| Presence {
                word: base.word(),
                said: Text::new(format!("presence-{}", base.word())),
                is_on: self.typed.presence.iter().any(|word| word == base.word()),
            })
            .collect()
    }

    fn is_push(&self) -> bool {
        self.workstream.mode == Mode::Push
    }
}

/// What a conversation may take: units, or one of the capacity profiles.
fn profiles(app: &App) -> Answer<Vec<Item>> {
    let profiles = app.store.read(capacity_profiles::all)?.into_iter();
    let units = Item::none("workstream-capacity-profile-none");
    Ok(std::iter::once(units)
        .chain(profiles.map(|profile| Item::named(profile.id, &profile.draft.name)))
        .collect())
}

#[get("/admin/workstreams/<workstream>/distribution")]
fn edit(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
) -> Answer<Page<Edit>> {
    let workstream = load(app, workstream)?;
    let typed = Typed::from(&workstream.distribution);
    let page = Edit::new(app, workstream, typed, Problems::default())?;
    Ok(Page::ok(page))
}

#[post("/admin/workstreams/<workstream>/distribution", data = "<form>")]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let workstream = load(app, workstream)?;
    let typed = form.read()?;
    let mut problems = Problems::default();
    let Some(to) = typed.read(&mut problems, &profiles(app)?) else {
        let page = Edit::new(app, workstream, typed, problems)?;
        return Ok(Err(Page::unprocessable(page)));
    };
    let id = workstream.id;
    app.store
        .write_by(administrator.actor(), move |tx| {
            store::distribute(tx, id, &to)
        })
        .await?;
    Ok(Ok(
        Outcome::Saved.at(format!("/admin/workstreams/{id}/distribution"))
    ))
}
