//! Pages: a template with what every page needs around it, rendered at response time.

use std::any::Any;
use std::io::Cursor;

use rocket::http::{ContentType, Status};
use rocket::request::{self, FromRequest, Request};
use rocket::response::{self, Responder, Response};

use crate::domain::access::{self, Action, Relation, Role, Viewer};
use crate::domain::ids::{LiveEventId, UserId};
use crate::locale::Locale;
use crate::web::outcome::Outcome;

use super::alarm::Alarm;
use super::summary;

/// The signed-in person as pages show him.
#[derive(Clone, Debug)]
pub struct Person {
    /// Row id.
    pub id: UserId,
    /// Name on screen.
    pub name: String,
    /// Permissions.
    pub role: Role,
}

impl Person {
    /// The person as the store asks about permission.
    pub fn viewer(&self) -> Viewer {
        Viewer {
            user: self.id,
            role: self.role,
        }
    }

    /// Whether the admin center is shown.
    pub fn may_administer(&self) -> bool {
        access::may(self.role, Action::Administer, Relation::Foreign)
    }

    /// Whether everybody's quick replies are shown to be changed.
    pub fn may_keep_replies(&self) -> bool {
        access::may(self.role, Action::KeepSharedReplies, Relation::Foreign)
    }

    /// Whether the pages about the team are shown.
    pub fn may_manage_team(&self) -> bool {
        access::may(self.role, Action::ManageTeam, Relation::Foreign)
    }

    /// Whether the supervisor board is shown.
    pub fn may_supervise(&self) -> bool {
        access::may(self.role, Action::Supervise, Relation::Foreign)
    }

    /// Letters in the round picture.
    pub fn initials(&self) -> String {
        crate::domain::names::initials(&self.name)
    }

    /// Its colour, `a` to `f`.
    pub fn tone(&self) -> char {
        tone(self.id.0)
    }
}

/// The colour of a round picture, `a` to `f`, by the row id behind it.
pub fn tone(id: i64) -> char {
    ['a', 'b', 'c', 'd', 'e', 'f'][id.rem_euclid(6) as usize]
}

/// What every page needs beside its own data. Templates reach it with `{% let frame = … %}`, see
/// `templates/layout/base.html`.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Language of the page.
    pub locale: Locale,
    /// Who is signed in; `None` on gate pages.
    pub person: Option<Person>,
    /// Goes into every form; empty when nobody is signed in and no form needs it.
    pub csrf: String,
    /// The organization's name; empty before the set-up.
    pub organization: String,
    /// IANA zone of every time on screen.
    pub time_zone: chrono_tz::Tz,
    /// The newest live event when the request came: the page's stream begins after it, so that nothing is
    /// lost between reading and connecting.
    pub live_position: LiveEventId,
    /// Path of this request, to mark the place in the navigation.
    pub path: String,
    /// Whether `tiski demo` runs.
    pub demo: bool,
    /// What came of the form that led here.
    pub outcome: Option<Outcome>,
    /// What an administrator is told wherever he is.
    pub alarm: Option<Alarm>,
}

impl Default for Frame {
    fn default() -> Self {
        Frame {
            locale: Locale::English,
            person: None,
            csrf: String::new(),
            organization: String::new(),
            time_zone: chrono_tz::UTC,
            live_position: LiveEventId(0),
            path: String::new(),
            demo: false,
            outcome: None,
            alarm: None,
        }
    }
}

impl askama::Values for Frame {
    fn get_value<'a>(&'a self, key: &str) -> Option<&'a dyn Any> {
        (key == "frame").then_some(self as &dyn Any)
    }
}

/// A page or a fragment of one: the template, rendered with the request's [`Frame`].
pub struct Page<T>(pub Status, pub T);

impl<T> Page<T> {
    /// A page with status 200.
    pub fn ok(template: T) -> Page<T> {
        Page(Status::Ok, template)
    }

    /// The same page again because something that was typed needs mending.
    pub fn unprocessable(template: T) -> Page<T> {
        Page(Status::UnprocessableEntity, template)
    }
}

impl<'r, T: askama::Template> Responder<'r, 'static> for Page<T> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let frame = frame(request);
        if frame.outcome.is_some() {
            Outcome::forget(request);
        }
        let mut html = self.1.render_with_values(frame).map_err(|error| {
            tracing::error!(%error, "a page could not be rendered");
            Status::InternalServerError
        })?;
        if self.0 == Status::UnprocessableEntity {
            html = summary::name_fields(html, frame.locale);
        }
        Response::build()
            .status(self.0)
            .header(ContentType::HTML)
            .sized_body(html.len(), Cursor::new(html))
            .ok()
    }
}

/// This request's frame; the fairing in `web::visitor` has put it there.
pub fn frame<'r>(request: &'r Request<'_>) -> &'r Frame {
    request.local_cache(Frame::default)
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for &'r Frame {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<&'r Frame, Self::Error> {
        request::Outcome::Success(frame(request))
    }
}

/// Whether a script of ours asks: it wants the part of the page that changed, not the way to the whole.
/// (One that takes the part out of the whole page by itself says so.)
#[derive(Clone, Copy, Debug)]
pub struct ForFragment(pub bool);

impl ForFragment {
    /// Whether a script asks, be it for the whole page.
    pub fn any(request: &Request<'_>) -> bool {
        request.headers().contains("HX-Request")
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for ForFragment {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<ForFragment, Self::Error> {
        let is_whole = request.headers().get_one("HX-Request-Type") == Some("full");
        let is_fragment = ForFragment::any(request) && !is_whole;
        request::Outcome::Success(ForFragment(is_fragment))
    }
}

/// Filters for templates.
pub mod filters {
    use askama::Values;
    use fluent_bundle::FluentValue;

    use super::Frame;
    use crate::domain::time::Timestamp;
    use crate::locale::{Said, Text};
    use crate::store::work_items::COUNTED_UP_TO;
    use crate::web::instruction::{self, Piece};
    use crate::web::times;

    fn locale(values: &dyn Values) -> askama::Result<crate::locale::Locale> {
        Ok(askama::get_value::<Frame>(values, "frame")?.locale)
    }

    /// The text of a key: `{{ "accounts-title"|t }}`.
    #[askama::filter_fn]
    pub fn t(key: impl std::fmt::Display, values: &dyn Values) -> askama::Result<Said> {
        Ok(Said::new(Text::new(key.to_string()), locale(values)?))
    }

    /// Fills a slot of a text: `{{ "unread-count"|t|arg("count", n) }}`.
    #[askama::filter_fn]
    pub fn arg<V: Clone + Into<FluentValue<'static>>>(
        said: Said,
        _: &dyn Values,
        name: &'static str,
        value: V,
    ) -> askama::Result<Said> {
        Ok(said.arg(name, value))
    }

    /// Says a text that a handler prepared: `{{ error|say }}`.
    #[askama::filter_fn]
    pub fn say(text: impl AsRef<Text>, values: &dyn Values) -> askama::Result<Said> {
        Ok(Said::new(text.as_ref().clone(), locale(values)?))
    }

    /// A count as it is shown: a list that long needs no exact figure.
    #[askama::filter_fn]
    pub fn counted(figure: &u32, _: &dyn Values) -> askama::Result<String> {
        Ok(match *figure {
            0..=COUNTED_UP_TO => figure.to_string(),
            _ => format!("{COUNTED_UP_TO}+"),
        })
    }

    /// An unread count as a badge shows it: ten and more read "9+".
    #[askama::filter_fn]
    pub fn badge(figure: &u32, _: &dyn Values) -> askama::Result<String> {
        Ok(match *figure {
            0..=9 => figure.to_string(),
            _ => "9+".to_owned(),
        })
    }

    /// What is said, as a value for a slot: `{{ "held-by"|t|arg("name", name|say|string) }}`.
    #[askama::filter_fn]
    pub fn string(said: impl std::fmt::Display, _: &dyn Values) -> askama::Result<String> {
        Ok(said.to_string())
    }

    /// The URL of a static file with its fingerprint: `{{ "css/all.css"|asset }}`.
    #[askama::filter_fn]
    pub fn asset(path: impl std::fmt::Display, _: &dyn Values) -> askama::Result<String> {
        Ok(crate::web::assets::url(&path.to_string()))
    }

    /// The moment as machines read it, for `datetime=`.
    #[askama::filter_fn]
    pub fn iso(moment: &Timestamp, _: &dyn Values) -> askama::Result<String> {
        Ok(times::iso(*moment))
    }

    /// The time of day in the organization's zone.
    #[askama::filter_fn]
    pub fn clock(moment: &Timestamp, values: &dyn Values) -> askama::Result<Said> {
        let frame = askama::get_value::<Frame>(values, "frame")?;
        Ok(Said::new(
            times::clock(*moment, frame.time_zone),
            frame.locale,
        ))
    }

    /// The day in the organization's zone, written out.
    #[askama::filter_fn]
    pub fn day(moment: &Timestamp, values: &dyn Values) -> askama::Result<Said> {
        let frame = askama::get_value::<Frame>(values, "frame")?;
        Ok(Said::new(
            times::day(*moment, frame.time_zone),
            frame.locale,
        ))
    }

    /// The day as the line across a conversation.
    #[askama::filter_fn]
    pub fn day_line(moment: &Timestamp, values: &dyn Values) -> askama::Result<Said> {
        let frame = askama::get_value::<Frame>(values, "frame")?;
        Ok(Said::new(
            times::day_line(*moment, crate::clock::now(), frame.time_zone),
            frame.locale,
        ))
    }

    /// The moment in a list: the time of day today, the day before that.
    #[askama::filter_fn]
    pub fn short(moment: &Timestamp, values: &dyn Values) -> askama::Result<Said> {
        let frame = askama::get_value::<Frame>(values, "frame")?;
        Ok(Said::new(
            times::short(*moment, crate::clock::now(), frame.time_zone),
            frame.locale,
        ))
    }

    /// The day in the organization's zone as machines read it: `2026-11-21`.
    #[askama::filter_fn]
    pub fn date(moment: &Timestamp, values: &dyn Values) -> askama::Result<String> {
        let frame = askama::get_value::<Frame>(values, "frame")?;
        Ok(times::date(*moment, frame.time_zone).to_string())
    }

    /// How long ago.
    #[askama::filter_fn]
    pub fn ago(moment: &Timestamp, values: &dyn Values) -> askama::Result<Said> {
        Ok(Said::new(
            times::ago(*moment, crate::clock::now()),
            locale(values)?,
        ))
    }

    /// The pieces of an instruction, see [`crate::web::instruction`].
    #[askama::filter_fn]
    pub fn pieces(text: impl AsRef<Text>, values: &dyn Values) -> askama::Result<Vec<Piece>> {
        Ok(instruction::pieces(&text.as_ref().say(locale(values)?)))
    }
}
