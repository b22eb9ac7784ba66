//! A presence as pages show it: its name, and the mark whose shape says the same without colour.

use crate::domain::presence::{Base, Status, Why};
use crate::locale::Text;
use crate::store::presences;

/// A presence as it is shown.
#[derive(Clone, Debug)]
pub struct PresenceView {
    /// What people read.
    pub name: Text,
    /// The end of the class name of its mark.
    pub mark: &'static str,
}

impl PresenceView {
    fn new(base: Base, name: Text) -> PresenceView {
        PresenceView {
            name,
            mark: match base {
                Base::Available => "ok",
                Base::Busy => "busy",
                Base::DoNotDisturb => "dnd",
                Base::Away => "away",
                Base::Offline => "offline",
            },
        }
    }

    /// One that somebody may choose.
    pub fn of(presence: &presences::Presence) -> PresenceView {
        let name = match &presence.built_in {
            Some(word) => Text::new(format!("presence-{word}")),
            None if presence.text.is_empty() => {
                Text::new("presence-made").arg("name", presence.name.clone())
            }
            None => Text::new("presence-made").arg("name", presence.text.clone()),
        };
        PresenceView::new(presence.base, name)
    }

    /// The one that a person has; `all`: those that people may choose.
    pub fn now(status: &Status, all: &[presences::Presence]) -> PresenceView {
        let presence = status.presence;
        let made = presence
            .custom
            .and_then(|id| all.iter().find(|one| one.id == id));
        match made {
            Some(made) => PresenceView::of(made),
            None if status.why == Why::Missed => {
                PresenceView::new(presence.base, Text::new("presence-inactive"))
            }
            None => {
                let name = Text::new(format!("presence-{}", presence.base.word()));
                PresenceView::new(presence.base, name)
            }
        }
    }
}
