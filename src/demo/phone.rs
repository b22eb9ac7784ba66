//! `/demo`: the customer's phone. Pick somebody, write, see the answers with their ticks; break things.

use rocket::data::ToByteUnit as _;
use rocket::form::FromForm;
use rocket::http::{ContentType, Header, Status};
use rocket::response::{Redirect, Responder};
use rocket::tokio::task::spawn_blocking;
use rocket::{Data, Route, State, get, post, routes, uri};

use super::shop::{self, SIGN_INS, SignIn};
use super::{Demo, happenings};
use crate::domain::media::{Form, type_of};
use crate::domain::names;
use crate::locale::Text;
use crate::simulator::{Enclosed, Fault, Side, Simulator, Tick, TranscriptEntry};
use crate::web::forms::GateForm;
use crate::web::guards::SameOrigin;
use crate::web::page::{Page, filters, tone};

/// What a phone of the demo sends at most, with what is around it.
const LARGEST_FILE_MIB: u64 = 26;

/// The routes; the demo itself must be in the server's managed state.
pub fn routes() -> Vec<Route> {
    routes![
        start, phone, transcript, file, write, send_file, picture, sticker, fault, happening, mend
    ]
}

/// Somebody with a phone.
pub struct Owner {
    /// The channel's name in URLs and texts.
    pub channel: &'static str,
    /// The platform's id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The page or official account this phone writes to.
    pub page: String,
}

impl Owner {
    fn initials(&self) -> String {
        names::initials(&self.name)
    }

    fn page_initials(&self) -> String {
        names::initials(&self.page)
    }

    fn tone(&self) -> char {
        tone(self.id.bytes().map(i64::from).sum())
    }
}

#[derive(askama::Template)]
#[template(path = "demo/phone.html")]
struct PhonePage {
    owners: Vec<Owner>,
    owner: Owner,
    entries: Vec<TranscriptEntry>,
    /// Where this phone is.
    place: String,
    faults: Vec<FaultButton>,
    happenings: Vec<&'static str>,
    sign_ins: &'static [SignIn],
}

struct FaultButton {
    key: &'static str,
    is_on: bool,
}

#[derive(askama::Template)]
#[template(path = "demo/_transcript.html")]
struct Transcript {
    entries: Vec<TranscriptEntry>,
    place: String,
}

/// A file on the phone, for the browser that shows it.
#[derive(Responder)]
struct Shown {
    bytes: Vec<u8>,
    media_type: Header<'static>,
    disposition: Header<'static>,
    sandbox: Header<'static>,
}

#[derive(FromForm)]
struct Words {
    text: String,
}

#[derive(FromForm)]
struct Chosen {
    fault: String,
}

/// The words that a screen reader hears for a tick.
fn tick_word(entry: &TranscriptEntry) -> Text {
    Text::new(match entry.tick {
        Tick::Sent => "demo-tick-sent",
        Tick::Delivered => "demo-tick-delivered",
        Tick::Read => "demo-tick-read",
    })
}

/// What a bubble shows beside words.
fn enclosed(entry: &TranscriptEntry) -> Option<&Enclosed> {
    entry.enclosed.as_ref().filter(|_| !entry.is_unsent)
}

/// What a browser makes of the file in a bubble.
fn form(enclosed: &Enclosed) -> Form {
    type_of(&enclosed.media_type).form
}

fn address(channel: &str, id: &str) -> String {
    format!("/demo/{channel}/{id}")
}

fn is_own(entry: &TranscriptEntry) -> bool {
    entry.side == Side::Customer
}

#[get("/demo")]
fn start(demo: &State<Demo>) -> Result<Redirect, Status> {
    let owners = shop::owners(demo.simulator());
    let first = owners.first().ok_or(Status::NotFound)?;
    Ok(Redirect::to(uri!(phone(first.channel, &first.id))))
}

#[get("/demo/<channel>/<id>")]
fn phone(demo: &State<Demo>, channel: &str, id: &str) -> Option<Page<PhonePage>> {
    let simulator = demo.simulator();
    let mut owners = shop::owners(simulator);
    let at = owners
        .iter()
        .position(|owner| owner.channel == channel && owner.id == id)?;
    let entries = shop::transcript(simulator, channel, id)?;
    let on = shop::faults(simulator, channel);
    let faults = Fault::BUTTONS
        .iter()
        .map(|fault| FaultButton {
            key: fault.key(),
            is_on: on.contains(&fault.key()),
        })
        .collect();
    let owner = owners.remove(at);
    Some(Page::ok(PhonePage {
        owners: shop::owners(simulator),
        place: address(owner.channel, &owner.id),
        owner,
        entries,
        faults,
        happenings: happenings::of_channel(channel)
            .map(|happening| happening.key)
            .collect(),
        sign_ins: SIGN_INS,
    }))
}

#[get("/demo/<channel>/<id>/transcript")]
async fn transcript(
    demo: &State<Demo>,
    channel: &str,
    id: &str,
) -> Result<Option<Page<Transcript>>, Status> {
    let place = address(channel, id);
    let (channel, id) = (channel.to_owned(), id.to_owned());
    let entries = on_the_phone(demo, move |simulator| {
        // Somebody looks at this phone: what arrived on it is read.
        shop::read_all(simulator, &channel, &id);
        shop::transcript(simulator, &channel, &id)
    });
    Ok(entries
        .await?
        .map(|entries| Page::ok(Transcript { entries, place })))
}

/// What is in a bubble.
#[get("/demo/<channel>/<id>/entries/<entry>/file")]
fn file(demo: &State<Demo>, channel: &str, id: &str, entry: &str) -> Option<Shown> {
    let entries = shop::transcript(demo.simulator(), channel, id)?;
    let enclosed = entries.into_iter().find(|it| it.id == entry)?.enclosed?;
    let found = type_of(&enclosed.media_type);
    let way = match found.form {
        Form::Download => "attachment",
        _ => "inline",
    };
    Some(Shown {
        bytes: enclosed.bytes.to_vec(),
        media_type: Header::new("Content-Type", found.mime),
        disposition: Header::new("Content-Disposition", way),
        sandbox: Header::new("Content-Security-Policy", "sandbox; default-src 'none'"),
    })
}

/// The customer sends a file that was chosen on this computer.
#[post("/demo/<channel>/<id>/files", data = "<data>")]
async fn send_file(
    demo: &State<Demo>,
    _origin: SameOrigin,
    channel: &str,
    id: &str,
    kind: &ContentType,
    data: Data<'_>,
) -> Result<Redirect, Status> {
    let boundary = kind.param("boundary").ok_or(Status::UnprocessableEntity)?;
    let body = data.open(LARGEST_FILE_MIB.mebibytes());
    let mut parts = multer::Multipart::with_reader(body, boundary);
    while let Ok(Some(part)) = parts.next_field().await {
        let Some(name) = part.file_name().map(str::to_owned) else {
            continue;
        };
        let bytes = part.bytes().await.map_err(|_| Status::PayloadTooLarge)?;
        if bytes.is_empty() {
            continue;
        }
        let (of, who) = (channel.to_owned(), id.to_owned());
        on_the_phone(demo, move |simulator| {
            shop::send_file(simulator, &of, &who, &name, &bytes)
        })
        .await?
        .ok_or(Status::NotFound)?;
    }
    back(channel, id)
}

#[post("/demo/<channel>/<id>/messages", data = "<words>")]
async fn write(
    demo: &State<Demo>,
    _origin: SameOrigin,
    channel: &str,
    id: &str,
    words: GateForm<Words>,
) -> Result<Redirect, Status> {
    let Words { text } = words.read()?;
    if !text.trim().is_empty() {
        let (of, who) = (channel.to_owned(), id.to_owned());
        on_the_phone(demo, move |simulator| {
            shop::write(simulator, &of, &who, &text)
        })
        .await?
        .ok_or(Status::NotFound)?;
    }
    back(channel, id)
}

#[post("/demo/<channel>/<id>/pictures")]
async fn picture(
    demo: &State<Demo>,
    _origin: SameOrigin,
    channel: &str,
    id: &str,
) -> Result<Redirect, Status> {
    let (of, who) = (channel.to_owned(), id.to_owned());
    on_the_phone(demo, move |simulator| {
        shop::send_picture(simulator, &of, &who)
    })
    .await?
    .ok_or(Status::NotFound)?;
    back(channel, id)
}

#[post("/demo/<channel>/<id>/stickers")]
async fn sticker(
    demo: &State<Demo>,
    _origin: SameOrigin,
    channel: &str,
    id: &str,
) -> Result<Redirect, Status> {
    let (of, who) = (channel.to_owned(), id.to_owned());
    on_the_phone(demo, move |simulator| {
        shop::send_sticker(simulator, &of, &who)
    })
    .await?
    .ok_or(Status::NotFound)?;
    back(channel, id)
}

#[post("/demo/<channel>/<id>/faults", data = "<chosen>")]
fn fault(
    demo: &State<Demo>,
    _origin: SameOrigin,
    channel: &str,
    id: &str,
    chosen: GateForm<Chosen>,
) -> Result<Redirect, Status> {
    let fault = Fault::from_key(&chosen.read()?.fault).ok_or(Status::UnprocessableEntity)?;
    shop::break_something(demo.simulator(), channel, fault);
    back(channel, id)
}

#[derive(FromForm)]
struct Wanted {
    happening: String,
}

#[post("/demo/<channel>/<id>/happenings", data = "<wanted>")]
async fn happening(
    demo: &State<Demo>,
    _origin: SameOrigin,
    channel: &str,
    id: &str,
    wanted: GateForm<Wanted>,
) -> Result<Redirect, Status> {
    let Wanted { happening } = wanted.read()?;
    let (of, who) = (channel.to_owned(), id.to_owned());
    on_the_phone(demo, move |simulator| {
        happenings::happen(simulator, &of, &who, &happening)
    })
    .await?
    .ok_or(Status::UnprocessableEntity)?;
    back(channel, id)
}

#[post("/demo/<channel>/<id>/mending")]
fn mend(
    demo: &State<Demo>,
    _origin: SameOrigin,
    channel: &str,
    id: &str,
) -> Result<Redirect, Status> {
    shop::mend(demo.simulator());
    back(channel, id)
}

/// What a customer does ends when the shop has answered the webhook, and the shop is this very server: the
/// thread that waits must not be one of those that answer.
async fn on_the_phone<T: Send + 'static>(
    demo: &State<Demo>,
    act: impl FnOnce(&Simulator) -> T + Send + 'static,
) -> Result<T, Status> {
    let demo = demo.inner().clone();
    spawn_blocking(move || act(demo.simulator()))
        .await
        .map_err(|_| Status::InternalServerError)
}

fn back(channel: &str, id: &str) -> Result<Redirect, Status> {
    Ok(Redirect::to(uri!(phone(channel, id))))
}
