//! How a person hears of offers and messages: sounds, their volume, and whether the browser may show offers outside
//! the page.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::{Route, State, get, post, routes};

use crate::domain::sound::{Sound, Sounds, VOLUME};
use crate::store::sounds;
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::{Form, Problems};
use crate::web::guards::SignedIn;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![show, change]
}

#[derive(Template)]
#[template(path = "profile/notifications.html")]
struct Show {
    /// By channel.
    offers: Vec<(&'static str, Sound)>,
    message: Sound,
    volume: u8,
    repeats: bool,
    problems: Problems,
}

impl Show {
    fn new(app: &App, sounds: &Sounds) -> Show {
        let channels = app.channels.all().map(|channel| channel.name());
        Show {
            offers: channels.map(|name| (name, sounds.offer(name))).collect(),
            message: sounds.message,
            volume: sounds.volume,
            repeats: sounds.repeats,
            problems: Problems::default(),
        }
    }

    fn sounds(&self) -> &'static [Sound] {
        Sound::ALL
    }
}

#[get("/profile/notifications")]
fn show(person: SignedIn, app: &State<Arc<App>>) -> Answer<Page<Show>> {
    let sounds = app.store.read(|reader| sounds::of(reader, person.id))?;
    Ok(Page::ok(Show::new(app, &sounds)))
}

#[derive(FromForm)]
struct Typed {
    /// Words of sounds by the names of channels.
    offers: HashMap<String, String>,
    #[field(default = "")]
    message: String,
    #[field(default = "")]
    volume: String,
    repeats: bool,
}

#[post("/profile/notifications", data = "<form>")]
async fn change(
    person: SignedIn,
    app: &State<Arc<App>>,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Show>>> {
    let typed = form.read()?;
    let user = person.id;
    let now = app.store.read(|reader| sounds::of(reader, user))?;
    let volume = typed.volume.parse().ok();
    let volume = volume.filter(|volume| VOLUME.contains(volume));
    let channels = app.channels.all().map(|channel| channel.name());
    let chosen = Sounds {
        volume: volume.unwrap_or(now.volume),
        repeats: typed.repeats,
        message: Sound::from_word(&typed.message).unwrap_or(now.message),
        offers: channels
            .filter_map(|name| {
                let sound = Sound::from_word(typed.offers.get(name)?)?;
                Some((name.to_owned(), sound))
            })
            .collect(),
    };
    if volume.is_none() {
        let mut page = Show::new(app, &chosen);
        let why = crate::locale::Text::new("hearing-volume-wrong");
        page.problems.add("volume", why);
        return Ok(Err(Page::unprocessable(page)));
    }
    app.store
        .write(move |tx| sounds::save(tx, user, &chosen))
        .await?;
    Ok(Ok(Outcome::Saved.at("/profile/notifications")))
}
