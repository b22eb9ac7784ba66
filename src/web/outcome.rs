//! What a page says once after a form has led to it, such as *Saved*.
//!
//! The word travels in a cookie that the next whole page takes away, not in the address: a reload, or a link
//! that somebody keeps, says nothing twice. With scripts the page shows it as a toast, else as a line above
//! everything (`templates/layout/base.html`).

use rocket::Request;
use rocket::http::{Cookie, CookieJar, SameSite};
use rocket::response::{self, Redirect, Responder};

use super::page::ForFragment;
use crate::locale::Text;

pub(super) const COOKIE: &str = "tiski-outcome";
/// Longer than any redirect takes.
const KEPT: rocket::time::Duration = rocket::time::Duration::minutes(1);

macro_rules! outcomes {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What came of a form.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Outcome {
            $($(#[$doc])* $name,)*
        }

        impl Outcome {
            /// Every outcome.
            #[cfg(test)]
            const ALL: &[Outcome] = &[$(Outcome::$name,)*];

            /// The word in the cookie and in the locale key `outcome-<word>`.
            const fn word(self) -> &'static str {
                match self {
                    $(Outcome::$name => $word,)*
                }
            }

            fn from_word(word: &str) -> Option<Outcome> {
                match word {
                    $($word => Some(Outcome::$name),)*
                    _ => None,
                }
            }
        }
    };
}

outcomes! {
    /// What was typed is stored.
    Saved = "saved",
    /// An account is ready to be used.
    AccountCompleted = "account-completed",
    /// An account that was being set up is gone.
    AccountDiscarded = "account-discarded",
    /// An account is gone.
    AccountRemoved = "account-removed",
    /// A page is in another account.
    PageMoved = "page-moved",
    /// A page is in its account.
    PageAdded = "page-added",
    /// A page is gone from its account.
    PageRemoved = "page-removed",
    /// A page has another access token.
    TokenReplaced = "token-replaced",
    /// Nobody is told about a token's age for a week.
    ReminderSet = "reminder-set",
    /// A page sends nothing for a while.
    PagePaused = "page-paused",
    /// A page sends again.
    PageResumed = "page-resumed",
    /// All pages of an account send nothing for a while.
    AccountPaused = "account-paused",
    /// All pages of an account send again.
    AccountResumed = "account-resumed",
    /// A channel sends nothing until it is turned on.
    ChannelOff = "channel-off",
    /// A channel sends again.
    ChannelOn = "channel-on",
    /// A job runs as soon as its worker is free.
    JobRequested = "job-requested",
    /// An event that was parked is where it belongs.
    EventSettled = "event-settled",
    /// An event could not be read once more.
    EventStillParked = "event-still-parked",
    /// Somebody else has settled or discarded the event.
    EventGone = "event-gone",
    /// An event is deleted.
    EventDiscarded = "event-discarded",
    /// A conversation waits for its customer.
    ConversationParked = "conversation-parked",
    /// A conversation is ended; its agent tidies up.
    ConversationEnded = "conversation-ended",
    /// A conversation is closed.
    ConversationClosed = "conversation-closed",
    /// A conversation is handed on.
    ConversationTransferred = "conversation-transferred",
    /// A colleague is asked about a conversation.
    ColleagueAsked = "colleague-asked",
    /// A supervisor has given conversations to somebody.
    ConversationsGiven = "conversations-given",
    /// A supervisor has closed conversations.
    ConversationsForceClosed = "conversations-force-closed",
    /// A person's presence follows the work in hand again.
    PresenceReset = "presence-reset",
    /// A browser is signed out.
    SignedOut = "signed-out",
    /// All browsers but this one are signed out.
    OthersSignedOut = "others-signed-out",
    /// A person has another password.
    PasswordChanged = "password-changed",
    /// Something that an administrator made is gone.
    Removed = "removed",
    /// The customer of a conversation is somebody in the book.
    CustomerLinked = "customer-linked",
    /// The customer of a conversation is nobody in the book any more.
    CustomerUnlinked = "customer-unlinked",
    /// Two contacts are one.
    ContactsMerged = "contacts-merged",
    /// One contact is two again.
    ContactsParted = "contacts-parted",
    /// There is no room for one more.
    Full = "full",
    /// A person may sign in again.
    UserActivated = "user-activated",
    /// A person may no longer sign in.
    UserDeactivated = "user-deactivated",
}

impl Outcome {
    /// Leads to a page of ours that says it.
    pub fn at(self, path: impl Into<String>) -> Led {
        Led {
            to: Redirect::to(path.into()),
            outcome: Some(self),
        }
    }

    /// How it is said.
    pub fn text(self) -> Text {
        Text::new(format!("outcome-{}", self.word()))
    }

    /// What this request's browser was told to say.
    pub(super) fn told(jar: &CookieJar<'_>) -> Option<Outcome> {
        Outcome::from_word(jar.get(COOKIE)?.value())
    }

    /// It has been said.
    pub(super) fn forget(request: &Request<'_>) {
        if !ForFragment::any(request) {
            request.cookies().remove(Cookie::build(COOKIE).path("/"));
        }
    }
}

/// The way to another page, maybe with something to say there.
pub struct Led {
    to: Redirect,
    outcome: Option<Outcome>,
}

impl From<Redirect> for Led {
    fn from(to: Redirect) -> Led {
        Led { to, outcome: None }
    }
}

impl<'r> Responder<'r, 'static> for Led {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        if let Some(outcome) = self.outcome {
            let cookie = Cookie::build((COOKIE, outcome.word()))
                .path("/")
                .http_only(true)
                .same_site(SameSite::Lax)
                .max_age(KEPT);
            request.cookies().add(cookie);
        }
        self.to.respond_to(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale;
    use crate::web::testing::House;

    #[test]
    fn every_outcome_reads_back_from_its_word_and_has_its_sentence() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::from_word(outcome.word()), Some(*outcome));
            assert!(locale::has(outcome.text().key()), "{outcome:?}");
        }
        assert_eq!(Outcome::from_word("<script>"), None);
    }

    #[test]
    fn a_page_says_once_what_came_of_the_form_that_led_to_it() {
        let house = House::set_up();
        let anna = house.signed_in("anna@shop.example");
        let says = || {
            let page = anna.get("/profile/sessions").body;
            page.contains("Every other browser is signed out")
        };
        assert!(!says());
        anna.post("/profile/sessions/end-others", &[]);
        assert!(says());
        assert!(!says(), "a reload says nothing twice");
    }
}
