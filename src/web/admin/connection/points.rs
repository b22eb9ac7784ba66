//! The points of the connection check, in the order in which they turn green.

use crate::domain::time::Timestamp;
use crate::locale::Text;
use crate::web::App;
use crate::web::admin::shown::{
    ShownAccount, are_signatures_refused, is_callback_proved, own, setup_error, stored_reason,
};
use crate::work::connection::UNREACHABLE;

/// How far one point of the check is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// It is so.
    Done,
    /// It will be seen as soon as it happens.
    Waiting,
    /// Its turn has not come.
    Ahead,
    /// It is not so, and somebody must do something.
    Wrong,
}

/// One point of the connection check.
pub struct Check {
    pub progress: Progress,
    pub title: Text,
    pub note: Option<Text>,
    /// Names of pages that the point is about.
    pub names: String,
    pub at: Option<Timestamp>,
}

impl Check {
    /// Colour and icon.
    pub fn look(&self) -> (&'static str, &'static str) {
        match self.progress {
            Progress::Done => ("is-ok", "circle-check"),
            Progress::Waiting => ("is-muted spin", "loader-circle"),
            Progress::Ahead => ("is-muted", "circle"),
            Progress::Wrong => ("is-bad", "circle-x"),
        }
    }

    /// The progress in a word, for those who do not see the icon.
    pub fn word(&self) -> Text {
        Text::new(match self.progress {
            Progress::Done => "check-done",
            Progress::Waiting => "check-waiting",
            Progress::Ahead => "check-ahead",
            Progress::Wrong => "check-wrong",
        })
    }
}

/// The points of an account's connection check, in order.
pub fn checks(app: &App, shown: &ShownAccount) -> Vec<Check> {
    let mut checks = vec![address(app, shown), tokens(shown), events(shown)];
    if shown.shape.verify_token {
        checks.push(verification(shown));
    }
    checks.push(first_message(shown));
    checks
}

fn address(app: &App, shown: &ShownAccount) -> Check {
    let account = &shown.account;
    let (progress, note, at) = match (&account.reachable_error, account.reachable_at) {
        (Some(error), _) => {
            let reason = stored_reason(error);
            let note =
                Text::new(format!("reach-error-{}", reason.word)).arg("detail", reason.detail);
            (Progress::Wrong, Some(note), None)
        }
        (None, Some(at)) => {
            let local = !app.is_https() && !app.demo;
            let note = local.then(|| Text::new("reach-local-only"));
            (Progress::Done, note, Some(at))
        }
        (None, None) => (Progress::Ahead, None, None),
    };
    Check {
        progress,
        title: Text::new("check-address"),
        note,
        names: String::new(),
        at,
    }
}

fn tokens(shown: &ShownAccount) -> Check {
    let refused = shown
        .pages
        .iter()
        .find(|page| page.page.token_error.is_some());
    let all_accepted = !shown.pages.is_empty()
        && shown
            .pages
            .iter()
            .all(|page| page.page.token_ok_at.is_some());
    let (progress, note) = match refused {
        Some(page) => (Progress::Wrong, page.reason.clone()),
        None if all_accepted => (Progress::Done, None),
        None if shown.pages.is_empty() => (Progress::Ahead, None),
        None => (Progress::Waiting, waiting_reason(shown)),
    };
    let named = refused.map_or_else(|| names(shown), |page| page.page.name.clone());
    Check {
        progress,
        title: shown.own("check-tokens"),
        note,
        names: named,
        at: shown
            .pages
            .iter()
            .filter_map(|page| page.page.token_ok_at)
            .min()
            .filter(|_| progress == Progress::Done),
    }
}

fn names(shown: &ShownAccount) -> String {
    let names: Vec<&str> = shown
        .pages
        .iter()
        .map(|page| page.page.name.as_str())
        .collect();
    names.join(", ")
}

/// Why a page is not checked yet: the platform was not reached.
fn waiting_reason(shown: &ShownAccount) -> Option<Text> {
    shown.pages.iter().find_map(|page| {
        let reason = stored_reason(page.page.subscribe_error.as_deref()?);
        Some(setup_error(&reason))
    })
}

fn events(shown: &ShownAccount) -> Check {
    let failed = shown
        .pages
        .iter()
        .find(|page| page.page.subscribe_error.is_some());
    let all_sent = !shown.pages.is_empty()
        && shown
            .pages
            .iter()
            .all(|page| page.page.subscribed_at.is_some());
    let (progress, note) = match failed {
        Some(page) => {
            let reason = stored_reason(page.page.subscribe_error.as_deref().unwrap_or_default());
            let progress = if reason.word == UNREACHABLE {
                Progress::Waiting
            } else {
                Progress::Wrong
            };
            (progress, Some(setup_error(&reason)))
        }
        None if all_sent => {
            let warning = shown
                .pages
                .iter()
                .find_map(|page| page.page.subscribe_warning.as_deref());
            (Progress::Done, warning.map(Text::new))
        }
        None => (Progress::Ahead, None),
    };
    Check {
        progress,
        title: shown.own("check-events"),
        note,
        names: failed.map_or_else(String::new, |page| page.page.name.clone()),
        at: shown
            .pages
            .iter()
            .filter_map(|page| page.page.subscribed_at)
            .min()
            .filter(|_| progress == Progress::Done),
    }
}

fn verification(shown: &ShownAccount) -> Check {
    let account = &shown.account;
    let (progress, note) = if is_callback_proved(account) {
        (Progress::Done, None)
    } else if let Some(error) = &account.verify_error {
        (Progress::Wrong, Some(verify_error(error)))
    } else {
        let note = own(&account.channel, "check-callback-waiting");
        (Progress::Waiting, Some(note))
    };
    Check {
        progress,
        title: shown.own("check-callback"),
        note,
        names: String::new(),
        at: match progress {
            Progress::Wrong => account.verify_failed_at,
            _ => account.verified_at.or(account.first_event_at),
        },
    }
}

/// Why the last attempt to prove the callback failed, by its stored word.
pub fn verify_error(word: &str) -> Text {
    Text::new(format!("verify-error-{word}"))
}

fn first_message(shown: &ShownAccount) -> Check {
    let first = shown
        .pages
        .iter()
        .filter_map(|page| page.page.first_message_at)
        .min();
    let (progress, note) = if first.is_some() {
        (Progress::Done, None)
    } else if are_signatures_refused(&shown.account) {
        (Progress::Wrong, Some(shown.own("signatures-refused")))
    } else if is_callback_proved(&shown.account) {
        (Progress::Waiting, Some(shown.own("check-message-waiting")))
    } else {
        (Progress::Ahead, Some(shown.own("check-message-waiting")))
    };
    Check {
        progress,
        title: Text::new("check-message"),
        note,
        names: String::new(),
        at: first,
    }
}
