//! What a person's browser may sound like, as the live stream tells every tab of the person ([`Hearing`]).

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::ids::UserId;
use crate::domain::presence::Base;
use crate::domain::sound::{Sound, Sounds};
use crate::store::{self, Reader, agents, sounds};

/// What is heard now.
#[derive(Template)]
#[template(path = "workspace/hearing/show.html")]
pub struct Hearing {
    /// In hundredths of the loudest.
    volume: u8,
    repeats: bool,
    /// The sound of a new message.
    message: &'static str,
}

impl HtmlSafe for Hearing {}

impl Hearing {
    /// Reads what `person` hears now: nothing of messages while not to be disturbed.
    ///
    /// # Errors
    /// SQLite's.
    pub fn read(reader: &Reader<'_>, person: UserId) -> store::Result<Hearing> {
        let chosen: Sounds = sounds::of(reader, person)?;
        let agent = agents::find(reader, person)?;
        let is_quiet = agent.is_some_and(|agent| agent.status.presence.base == Base::DoNotDisturb);
        Ok(Hearing {
            volume: chosen.volume,
            repeats: chosen.repeats,
            message: match is_quiet {
                true => Sound::Silent.word(),
                false => chosen.message.word(),
            },
        })
    }
}
