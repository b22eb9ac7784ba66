//! What is set about a person: the page of a new one and of one who is there.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::link::{self, ShowLink};
use super::{ShownMember, load, role_text};
use crate::clock;
use crate::crypto::{self, Secret};
use crate::domain::access::Role;
use crate::domain::email;
use crate::domain::ids::{QueueId, SkillId};
use crate::locale::{Locale, Text};
use crate::store::presences::{self, Presence};
use crate::store::queues::{self, QueueName};
use crate::store::sessions::{self, Browser};
use crate::store::skills::{self, Skill};
use crate::store::staff::{self, CAPACITY_LIMIT, Draft, Saved};
use crate::store::users::Added;
use crate::store::{self, Reader, user_links};
use crate::web::App;
use crate::web::admin::typed;
use crate::web::failure::Answer;
use crate::web::forms::{Form, Problems};
use crate::web::guards::Administrator;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};
use crate::web::passwords::Passwords;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![new, invite, show, change]
}

/// What the form asks, as it was typed.
#[derive(Clone, Default, FromForm)]
struct Typed {
    #[field(default = "")]
    name: String,
    #[field(default = "")]
    nickname: String,
    #[field(default = "")]
    email: String,
    #[field(default = "")]
    role: String,
    #[field(default = "")]
    locale: String,
    #[field(default = "")]
    capacity: String,
    #[field(default = "")]
    presence: String,
    queues: Vec<i64>,
    /// Ratings by the id of the skill; empty: does not have it.
    skills: HashMap<i64, String>,
}

impl From<Draft> for Typed {
    fn from(draft: Draft) -> Typed {
        Typed {
            name: draft.name,
            nickname: draft.nickname,
            email: draft.email,
            role: draft.role.word().to_owned(),
            locale: draft.locale.unwrap_or_default(),
            capacity: draft.capacity.to_string(),
            presence: draft.presence.map(|id| id.to_string()).unwrap_or_default(),
            queues: draft.queues.into_iter().map(|queue| queue.0).collect(),
            skills: draft
                .skills
                .into_iter()
                .map(|(skill, rating)| (skill.0, rating.to_string()))
                .collect(),
        }
    }
}

/// What there is to choose from.
struct Choices {
    presences: Vec<Presence>,
    queues: Vec<QueueName>,
    skills: Vec<Skill>,
}

impl Choices {
    fn load(reader: &Reader<'_>) -> store::Result<Choices> {
        Ok(Choices {
            presences: presences::all(reader)?,
            queues: queues::names(reader)?,
            skills: skills::all(reader)?,
        })
    }
}

/// The form with what it chooses from.
struct Fields {
    typed: Typed,
    choices: Choices,
    problems: Problems,
    /// Somebody's own page: the role stays.
    is_own: bool,
}

impl Fields {
    fn roles(&self) -> [(&'static str, Text); 3] {
        Role::ALL.map(|role| (role.word(), role_text(role)))
    }

    fn locales(&self) -> [(&'static str, Text); Locale::CHOICES.len()] {
        Locale::CHOICES.map(|locale| {
            let tag = locale.tag();
            (tag, Text::new(format!("locale-{}", tag.to_lowercase())))
        })
    }

    fn is_in(&self, queue: &QueueName) -> bool {
        queue.is_default || self.typed.queues.contains(&queue.id.0)
    }

    fn has_presence(&self, presence: &Presence) -> bool {
        self.typed.presence == presence.id.to_string()
    }

    fn has_rating(&self, skill: &Skill, rating: &u8) -> bool {
        let typed = self.typed.skills.get(&skill.id.0);
        typed.is_some_and(|typed| *typed == rating.to_string())
    }

    /// What was typed, when all of it is accepted; else the problems are filled in.
    fn check(&mut self) -> Option<Draft> {
        let Fields {
            typed,
            choices,
            problems,
            ..
        } = self;
        let name = typed::name(problems, "name", &typed.name);
        let nickname = typed::label(problems, "nickname", &typed.nickname);
        let email = email::clean(&typed.email);
        problems.check("email", email.is_some(), "setup-email-wrong");
        let role = Role::from_word(&typed.role);
        problems.check("role", role.is_some(), "users-role-required");
        let capacity = typed::number(problems, "capacity", &typed.capacity, 0..=CAPACITY_LIMIT);
        let locale = Locale::CHOICES
            .into_iter()
            .find(|locale| locale.tag() == typed.locale);
        // What is gone by now, or was never offered, is left out.
        let presence = choices
            .presences
            .iter()
            .find(|presence| presence.id.to_string() == typed.presence);
        let queues = choices
            .queues
            .iter()
            .filter(|queue| typed.queues.contains(&queue.id.0));
        let skills = choices.skills.iter().filter_map(|skill| {
            let rating: u8 = typed.skills.get(&skill.id.0)?.parse().ok()?;
            (1..=skills::BEST)
                .contains(&rating)
                .then_some((skill.id, rating))
        });
        let draft = Draft {
            name,
            nickname,
            email: email?,
            role: role?,
            locale: locale.map(|locale| locale.tag().to_owned()),
            capacity: capacity?,
            presence: presence.map(|presence| presence.id),
            queues: queues.map(|queue| queue.id).collect::<Vec<QueueId>>(),
            skills: skills.collect::<Vec<(SkillId, u8)>>(),
        };
        problems.is_empty().then_some(draft)
    }
}

#[derive(Template)]
#[template(path = "admin/users/new.html")]
struct New {
    fields: Fields,
}

#[get("/admin/users/new")]
fn new(_administrator: Administrator, app: &State<Arc<App>>) -> Answer<Page<New>> {
    let typed = Typed {
        role: Role::Agent.word().to_owned(),
        capacity: "100".to_owned(),
        ..Default::default()
    };
    Ok(Page::ok(New {
        fields: Fields {
            typed,
            choices: app.store.read(Choices::load)?,
            problems: Problems::default(),
            is_own: false,
        },
    }))
}

/// Adds the person and shows the link. Its secret is not kept anywhere, so there is no address to go to.
#[post("/admin/users/new", data = "<form>")]
async fn invite(
    administrator: Administrator,
    app: &State<Arc<App>>,
    passwords: &State<Passwords>,
    form: Form<Typed>,
) -> Answer<Result<Page<ShowLink>, Page<New>>> {
    let mut fields = Fields {
        typed: form.read()?,
        choices: app.store.read(Choices::load)?,
        problems: Problems::default(),
        is_own: false,
    };
    let Some(draft) = fields.check() else {
        return Ok(Err(Page::unprocessable(New { fields })));
    };
    // Nobody knows this password: the link is the only way in.
    let unknown = passwords.hash(Secret::new(crypto::random_token())).await?;
    let token = crypto::random_token();
    let digest = crypto::sha256(token.as_bytes());
    let invited = app
        .store
        .write_by(administrator.actor(), move |tx| {
            let added = staff::invite(tx, &draft, unknown)?;
            if let Added::Added(user) = added {
                user_links::make(tx, user, &digest)?;
            }
            Ok(added)
        })
        .await?;
    match invited {
        Added::Added(user) => Ok(Ok(link::page(app, user, &token)?)),
        Added::EmailTaken => {
            fields.problems.add("email", Text::new("users-email-taken"));
            Ok(Err(Page::unprocessable(New { fields })))
        }
    }
}

#[derive(Template)]
#[template(path = "admin/users/show.html")]
struct Show {
    shown: ShownMember,
    fields: Fields,
    browsers: Vec<Browser>,
}

impl Show {
    fn load(app: &App, own: bool, user: i64, typed: Option<Typed>) -> Answer<Show> {
        let shown = load(app, user)?;
        let id = shown.member.id;
        let (choices, browsers, draft) = app.store.read(|reader| {
            Ok((
                Choices::load(reader)?,
                sessions::of_user(reader, id, clock::now())?,
                staff::draft(reader, id)?,
            ))
        })?;
        let typed = match typed {
            Some(typed) => typed,
            None => draft.ok_or(Status::NotFound)?.into(),
        };
        Ok(Show {
            shown,
            fields: Fields {
                typed,
                choices,
                problems: Problems::default(),
                is_own: own,
            },
            browsers,
        })
    }
}

#[get("/admin/users/<user>", rank = 2)]
fn show(administrator: Administrator, app: &State<Arc<App>>, user: i64) -> Answer<Page<Show>> {
    let own = administrator.id.0 == user;
    Ok(Page::ok(Show::load(app, own, user, None)?))
}

#[post("/admin/users/<user>", data = "<form>", rank = 2)]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    user: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Show>>> {
    let own = administrator.id.0 == user;
    load(app, user)?;
    let mut typed = form.read()?;
    if own {
        // The field is not there: nobody changes their own role.
        typed.role = administrator.role.word().to_owned();
    }
    let mut page = Show::load(app, own, user, Some(typed))?;
    let id = page.shown.member.id;
    let Some(draft) = page.fields.check() else {
        return Ok(Err(Page::unprocessable(page)));
    };
    let saved = app
        .store
        .write_by(administrator.actor(), move |tx| staff::save(tx, id, &draft))
        .await?;
    let (field, why) = match saved {
        Saved::Saved => return Ok(Ok(Outcome::Saved.at(format!("/admin/users/{user}")))),
        Saved::Gone => return Err(Status::NotFound.into()),
        Saved::EmailTaken => ("email", "users-email-taken"),
        Saved::LastAdministrator => ("role", "users-last-administrator"),
        Saved::OwnRole => ("role", "users-own-role"),
    };
    page.fields.problems.add(field, Text::new(why));
    Ok(Err(Page::unprocessable(page)))
}
