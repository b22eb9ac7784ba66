//! What files may be sent and received: for all channels, and the types of each.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::{save, typed};
use crate::channels::Channel;
use crate::domain::attachments::{MOST_EXTENSIONS, typed_extensions};
use crate::domain::settings::{ATTACHMENT_KB, Attachments};
use crate::locale::Text;
use crate::store::settings::{self, ChannelFiles};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::fields;
use crate::web::forms::{Form, Problems};
use crate::web::guards::Administrator;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![show, change, edit_channel, change_channel]
}

const PATH: &str = "/admin/settings/attachments";

#[derive(FromForm)]
struct Typed {
    #[field(default = "")]
    limit: String,
    #[field(default = "")]
    blocked: String,
}

#[derive(Template)]
#[template(path = "admin/general/attachments.html")]
struct Show {
    typed: Typed,
    channels: Vec<ShownChannel>,
    problems: Problems,
}

/// A channel with what is allowed on it.
struct ShownChannel {
    name: &'static str,
    files: ChannelFiles,
    /// What its platform takes at most, in kilobytes.
    largest_kb: Option<u32>,
}

fn page(app: &App, typed: Typed, problems: Problems) -> Answer<Show> {
    let channels = app.channels.all();
    let channels = app.store.read(|reader| {
        let shown = |channel: &dyn Channel| {
            let carries = channel.files();
            Ok(ShownChannel {
                name: channel.name(),
                files: settings::channel_files(reader, channel.name(), &carries)?,
                largest_kb: carries.largest_kb,
            })
        };
        channels.map(shown).collect()
    })?;
    Ok(Show {
        typed,
        channels,
        problems,
    })
}

#[get("/admin/settings/attachments")]
fn show(_administrator: Administrator, app: &State<Arc<App>>) -> Answer<Page<Show>> {
    let stored = app.store.read(settings::read)?.attachments;
    let typed = Typed {
        limit: stored.attachment_limit_kb.to_string(),
        blocked: stored.blocked_extensions.join(" "),
    };
    Ok(Page::ok(page(app, typed, Problems::default())?))
}

#[post("/admin/settings/attachments", data = "<form>")]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Show>>> {
    let typed = form.read()?;
    let mut problems = Problems::default();
    let limit = typed::number(&mut problems, "limit", &typed.limit, ATTACHMENT_KB);
    let blocked = match typed_extensions(&typed.blocked) {
        Ok(blocked) => Some(blocked),
        Err(wrong) => {
            problems.add("blocked", no_ending(wrong));
            None
        }
    };
    let (Some(limit), Some(blocked)) = (limit, blocked) else {
        return Ok(Err(Page::unprocessable(page(app, typed, problems)?)));
    };
    let to = Attachments {
        attachment_limit_kb: limit,
        blocked_extensions: blocked,
    };
    let led = save(app, &administrator, PATH, move |settings| {
        settings.attachments = to;
    });
    Ok(Ok(led.await?))
}

fn no_ending(wrong: String) -> Text {
    match wrong.is_empty() {
        true => Text::new("settings-blocked-many").arg("most", MOST_EXTENSIONS),
        false => Text::new("settings-blocked-wrong").arg("typed", wrong),
    }
}

#[derive(FromForm)]
struct TypedTypes {
    outbound: Vec<String>,
    inbound: Vec<String>,
}

/// What one channel takes.
#[derive(Template)]
#[template(path = "admin/general/file_types.html")]
struct Types {
    channel: &'static str,
    /// Ending, and whether it is ticked.
    outbound: Vec<(&'static str, bool)>,
    /// Word of the kind, and whether it is ticked.
    inbound: Vec<(&'static str, bool)>,
}

fn find<'a>(app: &'a App, name: &str) -> Answer<&'a dyn Channel> {
    Ok(app.channels.get(name).ok_or(Status::NotFound)?)
}

#[get("/admin/settings/attachments/<channel>")]
fn edit_channel(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    channel: &str,
) -> Answer<Page<Types>> {
    let channel = find(app, channel)?;
    let carries = channel.files();
    let allowed = app
        .store
        .read(|reader| settings::channel_files(reader, channel.name(), &carries))?;
    let endings = carries.outbound.iter();
    let kinds = carries.inbound.iter();
    Ok(Page::ok(Types {
        channel: channel.name(),
        outbound: endings
            .map(|ending| (*ending, allowed.outbound.iter().any(|it| it == ending)))
            .collect(),
        inbound: kinds
            .map(|kind| (kind.word(), allowed.inbound.contains(kind)))
            .collect(),
    }))
}

#[post("/admin/settings/attachments/<channel>", data = "<form>")]
async fn change_channel(
    administrator: Administrator,
    app: &State<Arc<App>>,
    channel: &str,
    form: Form<TypedTypes>,
) -> Answer<Led> {
    let channel = find(app, channel)?;
    let (name, carries) = (channel.name(), channel.files());
    let typed = form.read()?;
    let endings = carries.outbound.iter().map(|ending| (*ending).to_owned());
    let kinds = carries.inbound.iter().copied();
    let to = ChannelFiles {
        outbound: endings.filter(|it| typed.outbound.contains(it)).collect(),
        inbound: kinds
            .filter(|kind| typed.inbound.iter().any(|word| word == kind.word()))
            .collect(),
    };
    app.store
        .write_by(administrator.actor(), move |tx| {
            let before = settings::channel_files(&tx.reader(), name, &carries)?;
            settings::allow_files(tx, name, &before, &to)
        })
        .await?;
    Ok(Outcome::Saved.at(PATH))
}
