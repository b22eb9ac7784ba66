//! Every route of the program against every kind of visitor. The table below has a row for each route; a
//! route without a row fails, so that nobody adds one without saying who may use it.

use std::collections::BTreeSet;

use serde_json::json;
use tiski::simulator::facebook::{Customer, Receipts};

use super::support::client::{Client, Form, Page};
use super::support::program::{Home, wait_until};
use super::support::stream::{Event, Stream};
use super::support::world::{FacebookAccount, PASSWORD, Person, World, path_of};

/// Who is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    /// Everybody, and every answer is all right.
    Everybody,
    /// Nobody any more: the set-up is done.
    Nobody,
    /// Platforms that sign: not people, and not the same-origin guard.
    Platforms,
    /// Whoever is signed in.
    SignedIn,
    /// Supervisors and administrators.
    Supervisors,
    /// Administrators.
    Administrators,
    /// Whoever may read the conversation: its agent, supervisors, administrators. To others it is not there.
    Readers,
    /// Whoever is in the conversation's queue: one takes it, everybody else is told who was faster, and nothing
    /// about the customer.
    Takers,
    /// Whom it was offered to. To everybody else it is not there.
    Offered,
    /// Whoever holds the conversation. To agents who may not read it, it is not there; who may only read it
    /// is told so.
    Holder,
}

/// What stands for the parts of a path that name something.
struct Places {
    account: FacebookAccount,
    /// One that nobody has finished setting up: only such a one is removed.
    unfinished: i64,
    /// A LINE account: only there is a token's age a matter of choice.
    line: i64,
    presence: i64,
    /// A masking rule that an administrator made.
    masking: i64,
    queue: i64,
    page: i64,
    /// Somebody who may be signed out and deactivated.
    user: i64,
    conversation: i64,
    message: i64,
    attachment: i64,
    earlier: i64,
}

const TABLE: &[(&str, &str, Door)] = &[
    ("GET", "/", Door::Everybody),
    ("GET", "/health", Door::Everybody),
    ("GET", "/static/<fingerprint>/<path..>", Door::Everybody),
    ("GET", "/login", Door::Everybody),
    ("POST", "/login", Door::Everybody),
    ("GET", "/setup", Door::Nobody),
    ("POST", "/setup", Door::Nobody),
    ("GET", "/media/<link>", Door::Everybody),
    ("GET", "/webhooks/<channel>/<key>", Door::Platforms),
    ("POST", "/webhooks/<channel>/<key>", Door::Platforms),
    ("GET", "/events", Door::SignedIn),
    ("POST", "/events/answers", Door::SignedIn),
    ("GET", "/profile/sessions", Door::SignedIn),
    ("POST", "/profile/sessions/<id>/end", Door::SignedIn),
    ("POST", "/profile/sessions/end-others", Door::SignedIn),
    ("GET", "/workspace", Door::SignedIn),
    ("GET", "/workspace/work-items", Door::SignedIn),
    ("GET", "/workspace/sessions", Door::SignedIn),
    ("GET", "/workspace/conversations/<id>", Door::Readers),
    (
        "GET",
        "/workspace/conversations/<id>/messages",
        Door::Readers,
    ),
    (
        "GET",
        "/workspace/conversations/<id>/earlier/<earlier>",
        Door::Readers,
    ),
    (
        "GET",
        "/workspace/conversations/<id>/routing",
        Door::Supervisors,
    ),
    ("POST", "/workspace/conversations/<id>/read", Door::Readers),
    (
        "GET",
        "/workspace/conversations/<id>/transfer",
        Door::Holder,
    ),
    (
        "POST",
        "/workspace/conversations/<id>/transfer",
        Door::Holder,
    ),
    ("GET", "/workspace/conversations/<id>/consult", Door::Holder),
    (
        "POST",
        "/workspace/conversations/<id>/consult",
        Door::Holder,
    ),
    (
        "POST",
        "/workspace/conversations/<id>/company/<user>/admission",
        Door::Holder,
    ),
    (
        "POST",
        "/workspace/conversations/<id>/company/<user>/dismissal",
        Door::Holder,
    ),
    ("POST", "/workspace/conversations/<id>/notes", Door::Holder),
    (
        "POST",
        "/workspace/conversations/<id>/assignment",
        Door::Takers,
    ),
    (
        "POST",
        "/workspace/conversations/<id>/messages",
        Door::Holder,
    ),
    ("POST", "/workspace/conversations/<id>/files", Door::Holder),
    ("POST", "/workspace/conversations/<id>/draft", Door::Holder),
    ("POST", "/workspace/offers/<id>/acceptance", Door::Offered),
    ("POST", "/workspace/offers/<id>/rejection", Door::Offered),
    ("POST", "/workspace/presence", Door::SignedIn),
    ("GET", "/workspace/conversations/<id>/parking", Door::Holder),
    ("GET", "/workspace/attachments/<id>", Door::Readers),
    ("POST", "/workspace/attachments/<id>/retry", Door::Holder),
    (
        "POST",
        "/workspace/attachments/<id>/revocation",
        Door::Holder,
    ),
    ("GET", "/workspace/messages/<id>/delete", Door::Holder),
    ("POST", "/workspace/messages/<id>/retry", Door::Holder),
    ("POST", "/workspace/messages/<id>/release", Door::Holder),
    ("POST", "/workspace/messages/<id>/now", Door::Holder),
    ("POST", "/workspace/messages/<id>/delete", Door::Holder),
    (
        "POST",
        "/workspace/conversations/<id>/parking",
        Door::Holder,
    ),
    (
        "POST",
        "/workspace/conversations/<id>/resumption",
        Door::Holder,
    ),
    (
        "POST",
        "/workspace/conversations/<id>/closure",
        Door::Holder,
    ),
    (
        "POST",
        "/workspace/conversations/<id>/closure/undo",
        Door::Holder,
    ),
    (
        "POST",
        "/workspace/conversations/<id>/completion",
        Door::Holder,
    ),
    ("GET", "/workspace/supervisor", Door::Supervisors),
    ("GET", "/workspace/supervisor/figures", Door::Supervisors),
    (
        "GET",
        "/workspace/supervisor/conversations",
        Door::Supervisors,
    ),
    ("GET", "/workspace/supervisor/acts/<act>", Door::Supervisors),
    (
        "POST",
        "/workspace/supervisor/acts/<act>",
        Door::Supervisors,
    ),
    (
        "POST",
        "/workspace/supervisor/conversations/<id>/monitoring",
        Door::Supervisors,
    ),
    (
        "POST",
        "/workspace/supervisor/conversations/<id>/joining",
        Door::Supervisors,
    ),
    // Right after: whoever has joined may write.
    (
        "POST",
        "/workspace/conversations/<id>/leaving",
        Door::Readers,
    ),
    (
        "POST",
        "/workspace/supervisor/people/<user>/presence",
        Door::Supervisors,
    ),
    ("GET", "/admin", Door::Administrators),
    ("GET", "/admin/alarm", Door::Administrators),
    ("GET", "/admin/automated-messages", Door::Administrators),
    (
        "POST",
        "/admin/automated-messages/<channel>",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/automated-messages/<channel>/<trigger>",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/automated-messages/<channel>/<trigger>",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/automated-messages/<channel>/<trigger>/reset",
        Door::Administrators,
    ),
    ("GET", "/admin/privacy", Door::Administrators),
    ("POST", "/admin/privacy", Door::Administrators),
    ("GET", "/admin/privacy/told", Door::Administrators),
    ("GET", "/admin/channels", Door::Administrators),
    ("GET", "/admin/channels/<channel>/off", Door::Administrators),
    (
        "POST",
        "/admin/channels/<channel>/off",
        Door::Administrators,
    ),
    ("GET", "/admin/channels/<channel>/on", Door::Administrators),
    ("POST", "/admin/channels/<channel>/on", Door::Administrators),
    ("GET", "/admin/accounts", Door::Administrators),
    ("GET", "/admin/accounts/new", Door::Administrators),
    ("POST", "/admin/accounts/new", Door::Administrators),
    ("GET", "/admin/accounts/<account>", Door::Administrators),
    ("POST", "/admin/accounts/<account>", Door::Administrators),
    (
        "GET",
        "/admin/accounts/<account>/callback",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/accounts/<account>/connection",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/accounts/<account>/check",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/accounts/<account>/credentials",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/accounts/<account>/pages",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/accounts/<account>/pages",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/accounts/<account>/pages/<page>",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/accounts/<account>/pages/<page>/token",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/accounts/<account>/sending",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/accounts/<account>/pages/<page>/sending",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/accounts/<account>/pages/<page>/notice-dismissal",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/accounts/<account>/pages/<page>/import",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/accounts/<account>/activity",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/accounts/<account>/pages/<page>/pause",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/accounts/<account>/pages/<page>/pause",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/accounts/<account>/pages/<page>/resumption",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/accounts/<account>/pages/<page>/reminder",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/accounts/<account>/token-flag",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/accounts/<account>/pages/<page>/move",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/accounts/<account>/pages/<page>/move",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/accounts/<account>/pause",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/accounts/<account>/pause",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/accounts/<account>/resumption",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/accounts/<account>/preparation",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/accounts/<account>/preparation",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/channels/<channel>/preparation",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/accounts/<account>/pages/<page>/removal",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/accounts/<account>/removal",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/accounts/<account>/setup/details",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/accounts/<account>/setup/details",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/accounts/<account>/setup/credentials",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/accounts/<account>/setup/credentials",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/accounts/<account>/setup/pages",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/accounts/<account>/setup/pages",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/accounts/<account>/setup/callback",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/accounts/<account>/setup/callback",
        Door::Administrators,
    ),
    ("GET", "/admin/audit", Door::Administrators),
    ("GET", "/admin/organization", Door::Administrators),
    ("POST", "/admin/organization", Door::Administrators),
    ("GET", "/admin/quick-replies", Door::Supervisors),
    ("GET", "/admin/quick-replies/new", Door::Supervisors),
    ("POST", "/admin/quick-replies/new", Door::Supervisors),
    ("POST", "/admin/quick-replies/export", Door::Supervisors),
    ("GET", "/admin/quick-replies/import", Door::Supervisors),
    ("POST", "/admin/quick-replies/import", Door::Supervisors),
    (
        "POST",
        "/admin/quick-replies/import/acceptance",
        Door::Supervisors,
    ),
    ("GET", "/admin/quick-replies/<reply>", Door::Supervisors),
    ("POST", "/admin/quick-replies/<reply>", Door::Supervisors),
    (
        "POST",
        "/admin/quick-replies/<reply>/copy",
        Door::Supervisors,
    ),
    (
        "GET",
        "/admin/quick-replies/<reply>/removal",
        Door::Supervisors,
    ),
    (
        "POST",
        "/admin/quick-replies/<reply>/removal",
        Door::Supervisors,
    ),
    ("GET", "/profile/quick-replies", Door::SignedIn),
    ("GET", "/profile/quick-replies/new", Door::SignedIn),
    ("POST", "/profile/quick-replies/new", Door::SignedIn),
    ("GET", "/profile/quick-replies/<reply>", Door::SignedIn),
    ("POST", "/profile/quick-replies/<reply>", Door::SignedIn),
    (
        "POST",
        "/profile/quick-replies/<reply>/copy",
        Door::SignedIn,
    ),
    (
        "GET",
        "/profile/quick-replies/<reply>/removal",
        Door::SignedIn,
    ),
    (
        "POST",
        "/profile/quick-replies/<reply>/removal",
        Door::SignedIn,
    ),
    (
        "GET",
        "/workspace/conversations/<id>/quick-replies",
        Door::Holder,
    ),
    (
        "POST",
        "/workspace/conversations/<id>/quick-replies/<reply>",
        Door::Holder,
    ),
    ("GET", "/admin/settings/topics", Door::Administrators),
    ("POST", "/admin/settings/topics", Door::Administrators),
    ("GET", "/admin/settings/topics/new", Door::Administrators),
    ("POST", "/admin/settings/topics/new", Door::Administrators),
    (
        "GET",
        "/admin/settings/topics/<topic>",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/settings/topics/<topic>",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/settings/topics/<topic>/removal",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/settings/topics/<topic>/removal",
        Door::Administrators,
    ),
    ("GET", "/workspace/conversations/<id>/topics", Door::Holder),
    ("POST", "/workspace/conversations/<id>/topics", Door::Holder),
    ("GET", "/admin/settings", Door::Administrators),
    ("GET", "/admin/settings/languages", Door::Administrators),
    ("POST", "/admin/settings/languages", Door::Administrators),
    ("GET", "/admin/settings/attachments", Door::Administrators),
    ("POST", "/admin/settings/attachments", Door::Administrators),
    (
        "GET",
        "/admin/settings/attachments/<channel>",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/settings/attachments/<channel>",
        Door::Administrators,
    ),
    ("GET", "/admin/settings/masking", Door::Administrators),
    ("POST", "/admin/settings/masking", Door::Administrators),
    ("GET", "/admin/settings/masking/new", Door::Administrators),
    ("POST", "/admin/settings/masking/new", Door::Administrators),
    ("GET", "/admin/settings/masking/<id>", Door::Administrators),
    ("POST", "/admin/settings/masking/<id>", Door::Administrators),
    ("GET", "/admin/settings/formatting", Door::Administrators),
    ("POST", "/admin/settings/formatting", Door::Administrators),
    ("GET", "/admin/settings/supervision", Door::Administrators),
    ("GET", "/admin/settings/notifications", Door::Administrators),
    (
        "POST",
        "/admin/settings/notifications",
        Door::Administrators,
    ),
    ("GET", "/admin/settings/presence", Door::Administrators),
    ("POST", "/admin/settings/presence", Door::Administrators),
    ("GET", "/admin/settings/unanswered", Door::Administrators),
    ("POST", "/admin/settings/unanswered", Door::Administrators),
    (
        "GET",
        "/admin/settings/masking/<id>/removal",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/settings/masking/<id>/removal",
        Door::Administrators,
    ),
    ("POST", "/admin/audit/export", Door::Administrators),
    ("GET", "/join", Door::Everybody),
    ("POST", "/join", Door::Everybody),
    ("GET", "/profile", Door::SignedIn),
    ("POST", "/profile", Door::SignedIn),
    ("POST", "/profile/password", Door::SignedIn),
    ("GET", "/admin/users", Door::Administrators),
    ("GET", "/admin/users/new", Door::Administrators),
    ("POST", "/admin/users/new", Door::Administrators),
    ("GET", "/admin/users/<user>", Door::Administrators),
    ("POST", "/admin/users/<user>", Door::Administrators),
    ("POST", "/admin/users/<user>/link", Door::Administrators),
    (
        "GET",
        "/admin/users/<user>/deactivation",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/users/<user>/sessions/<id>/end",
        Door::Administrators,
    ),
    ("GET", "/admin/presences", Door::Administrators),
    ("GET", "/admin/presences/new", Door::Administrators),
    ("POST", "/admin/presences/new", Door::Administrators),
    ("GET", "/admin/presences/<id>", Door::Administrators),
    ("POST", "/admin/presences/<id>", Door::Administrators),
    ("GET", "/admin/presences/<id>/removal", Door::Administrators),
    (
        "POST",
        "/admin/presences/<id>/removal",
        Door::Administrators,
    ),
    ("GET", "/admin/skills", Door::Administrators),
    ("GET", "/admin/skills/new", Door::Administrators),
    ("POST", "/admin/skills/new", Door::Administrators),
    ("GET", "/admin/skills/<id>", Door::Administrators),
    ("POST", "/admin/skills/<id>", Door::Administrators),
    ("GET", "/admin/skills/<id>/removal", Door::Administrators),
    ("POST", "/admin/skills/<id>/removal", Door::Administrators),
    ("GET", "/admin/jobs", Door::Administrators),
    ("POST", "/admin/jobs/<job>/run", Door::Administrators),
    ("GET", "/admin/parked-events", Door::Administrators),
    (
        "GET",
        "/admin/parked-events/<event>/discard",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/parked-events/<event>/discard",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/parked-events/<event>/retry",
        Door::Administrators,
    ),
    ("GET", "/admin/operating-hours", Door::Administrators),
    ("GET", "/admin/operating-hours/new", Door::Administrators),
    ("POST", "/admin/operating-hours/new", Door::Administrators),
    ("GET", "/admin/operating-hours/<id>", Door::Administrators),
    ("POST", "/admin/operating-hours/<id>", Door::Administrators),
    (
        "POST",
        "/admin/operating-hours/<id>/copy",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/operating-hours/<id>/removal",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/operating-hours/<id>/holidays/new",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/operating-hours/<id>/holidays/new",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/operating-hours/<id>/holidays/<holiday>",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/operating-hours/<id>/holidays/<holiday>",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/operating-hours/<id>/holidays/import",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/operating-hours/<id>/holidays/import",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/operating-hours/<id>/holidays/import/acceptance",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/operating-hours/<id>/holidays/<holiday>/removal",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/operating-hours/<id>/removal",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/workstreams/<workstream>/classification",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/workstreams/<workstream>/routes",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/workstreams/<workstream>/timeouts",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/workstreams/<workstream>/trial",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/workstreams/<workstream>/trial/history",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/workstreams/<workstream>/rules/<kind>/<id>/removal",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/workstreams/<workstream>/classification/rulesets/new",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/workstreams/<workstream>/classification/rulesets/new",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/workstreams/<workstream>/classification/rulesets/<id>",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/workstreams/<workstream>/classification/rulesets/<id>",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/workstreams/<workstream>/classification/rulesets/<id>/new",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/workstreams/<workstream>/classification/rulesets/<id>/new",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/workstreams/<workstream>/classification/rules/<id>",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/workstreams/<workstream>/classification/rules/<id>",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/workstreams/<workstream>/routes/new",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/workstreams/<workstream>/routes/new",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/workstreams/<workstream>/routes/<id>",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/workstreams/<workstream>/routes/<id>",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/workstreams/<workstream>/timeouts/new",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/workstreams/<workstream>/timeouts/new",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/workstreams/<workstream>/timeouts/<id>",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/workstreams/<workstream>/timeouts/<id>",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/workstreams/<workstream>/rules/<kind>/<id>/place",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/workstreams/<workstream>/rules/<kind>/<id>/switch",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/workstreams/<workstream>/rules/<kind>/<id>/copy",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/workstreams/<workstream>/rules/<kind>/<id>/removal",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/workstreams/<workstream>/trial",
        Door::Administrators,
    ),
    ("GET", "/admin/workstreams", Door::Administrators),
    ("GET", "/admin/workstreams/new", Door::Administrators),
    ("POST", "/admin/workstreams/new", Door::Administrators),
    (
        "GET",
        "/admin/workstreams/<workstream>",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/workstreams/<workstream>/details",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/workstreams/<workstream>/details",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/workstreams/<workstream>/copy",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/workstreams/<workstream>/removal",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/workstreams/<workstream>/distribution",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/workstreams/<workstream>/distribution",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/workstreams/<workstream>/offers",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/workstreams/<workstream>/offers",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/workstreams/<workstream>/variables/new",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/workstreams/<workstream>/variables/new",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/workstreams/<workstream>/variables/<variable>",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/workstreams/<workstream>/variables/<variable>",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/workstreams/<workstream>/variables/<variable>/removal",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/workstreams/<workstream>/set-up",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/workstreams/<workstream>/set-up",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/workstreams/<workstream>/set-up/messages",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/workstreams/<workstream>/instances/<page>",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/workstreams/<workstream>/instances/<page>",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/workstreams/<workstream>/instances/<page>/removal",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/workstreams/<workstream>/instances/<page>/removal",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/workstreams/<workstream>/removal",
        Door::Administrators,
    ),
    ("GET", "/admin/queues", Door::Administrators),
    ("GET", "/admin/queues/new", Door::Administrators),
    ("POST", "/admin/queues/new", Door::Administrators),
    ("GET", "/admin/queues/<queue>", Door::Administrators),
    ("POST", "/admin/queues/<queue>", Door::Administrators),
    ("POST", "/admin/queues/<queue>/copy", Door::Administrators),
    ("GET", "/admin/queues/<queue>/rules", Door::Administrators),
    (
        "GET",
        "/admin/queues/<queue>/rules/order/new",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/queues/<queue>/rules/order/new",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/queues/<queue>/rules/order/<id>",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/queues/<queue>/rules/order/<id>",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/queues/<queue>/rules/agents/new",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/queues/<queue>/rules/agents/new",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/queues/<queue>/rules/agents/<id>",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/queues/<queue>/rules/agents/<id>",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/queues/<queue>/rules/<kind>/<id>/place",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/queues/<queue>/rules/<kind>/<id>/switch",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/queues/<queue>/rules/<kind>/<id>/copy",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/queues/<queue>/rules/<kind>/<id>/removal",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/queues/<queue>/rules/<kind>/<id>/removal",
        Door::Administrators,
    ),
    ("GET", "/admin/queues/<queue>/removal", Door::Administrators),
    (
        "POST",
        "/admin/queues/<queue>/removal",
        Door::Administrators,
    ),
    // These end something, so they come last.
    (
        "POST",
        "/admin/users/<user>/sessions/end-all",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/users/<user>/deactivation",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/users/<user>/activation",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/accounts/<account>/pages/<page>/removal",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/accounts/<account>/removal",
        Door::Administrators,
    ),
    ("GET", "/admin/capacity-profiles", Door::Administrators),
    ("GET", "/admin/capacity-profiles/new", Door::Administrators),
    ("POST", "/admin/capacity-profiles/new", Door::Administrators),
    ("GET", "/admin/capacity-profiles/<id>", Door::Administrators),
    (
        "POST",
        "/admin/capacity-profiles/<id>",
        Door::Administrators,
    ),
    (
        "GET",
        "/admin/capacity-profiles/<id>/removal",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/capacity-profiles/<id>/removal",
        Door::Administrators,
    ),
    ("GET", "/team", Door::SignedIn),
    ("GET", "/team/work", Door::SignedIn),
    ("GET", "/team/<user>", Door::Supervisors),
    ("POST", "/team/<user>", Door::Supervisors),
    ("GET", "/workspace/contacts", Door::SignedIn),
    ("GET", "/workspace/contacts/new", Door::SignedIn),
    ("POST", "/workspace/contacts/new", Door::SignedIn),
    ("GET", "/workspace/contacts/<id>", Door::SignedIn),
    ("GET", "/workspace/contacts/<id>/edit", Door::SignedIn),
    ("POST", "/workspace/contacts/<id>/edit", Door::SignedIn),
    ("POST", "/workspace/contacts/<id>/archive", Door::SignedIn),
    ("POST", "/workspace/contacts/<id>/restore", Door::SignedIn),
    ("POST", "/workspace/contacts/<id>/notes", Door::SignedIn),
    ("GET", "/workspace/companies", Door::SignedIn),
    ("GET", "/workspace/companies/new", Door::SignedIn),
    ("POST", "/workspace/companies/new", Door::SignedIn),
    ("GET", "/workspace/companies/<id>", Door::SignedIn),
    ("GET", "/workspace/companies/<id>/edit", Door::SignedIn),
    ("POST", "/workspace/companies/<id>/edit", Door::SignedIn),
    ("POST", "/workspace/companies/<id>/archive", Door::SignedIn),
    ("POST", "/workspace/companies/<id>/restore", Door::SignedIn),
    ("POST", "/workspace/companies/<id>/notes", Door::SignedIn),
    (
        "GET",
        "/workspace/contacts/<id>/merge",
        Door::Administrators,
    ),
    (
        "POST",
        "/workspace/contacts/<id>/merge",
        Door::Administrators,
    ),
    (
        "POST",
        "/workspace/contacts/merges/<merge>/undo",
        Door::Administrators,
    ),
    ("GET", "/workspace/cases", Door::SignedIn),
    ("GET", "/workspace/cases/new", Door::SignedIn),
    ("POST", "/workspace/cases/new", Door::SignedIn),
    ("GET", "/workspace/cases/<id>", Door::SignedIn),
    ("GET", "/workspace/cases/<id>/edit", Door::SignedIn),
    ("POST", "/workspace/cases/<id>/edit", Door::SignedIn),
    ("POST", "/workspace/cases/<id>/resolution", Door::SignedIn),
    ("POST", "/workspace/cases/<id>/reopening", Door::SignedIn),
    ("POST", "/workspace/cases/<id>/notes", Door::SignedIn),
    (
        "GET",
        "/workspace/conversations/<id>/customer",
        Door::Readers,
    ),
    (
        "POST",
        "/workspace/conversations/<id>/customer",
        Door::Readers,
    ),
    (
        "POST",
        "/workspace/conversations/<id>/customer/removal",
        Door::Readers,
    ),
    (
        "POST",
        "/workspace/conversations/<id>/customer/removal/undo",
        Door::Readers,
    ),
    (
        "GET",
        "/workspace/conversations/<id>/customer/contact",
        Door::Readers,
    ),
    (
        "POST",
        "/workspace/conversations/<id>/customer/contact",
        Door::Readers,
    ),
    (
        "GET",
        "/workspace/conversations/<id>/customer/company",
        Door::Readers,
    ),
    (
        "POST",
        "/workspace/conversations/<id>/customer/company",
        Door::Readers,
    ),
    ("GET", "/workspace/conversations/<id>/name", Door::Readers),
    ("POST", "/workspace/conversations/<id>/name", Door::Readers),
    ("GET", "/workspace/conversations/<id>/case", Door::Readers),
    ("POST", "/workspace/conversations/<id>/case", Door::Readers),
    (
        "POST",
        "/workspace/conversations/<id>/case/removal",
        Door::Readers,
    ),
    (
        "GET",
        "/workspace/conversations/<id>/case/new",
        Door::Readers,
    ),
    (
        "POST",
        "/workspace/conversations/<id>/case/new",
        Door::Readers,
    ),
    ("GET", "/workspace/conversations/<id>/record", Door::Readers),
    (
        "POST",
        "/workspace/conversations/<id>/customer-notes",
        Door::Readers,
    ),
    (
        "POST",
        "/workspace/conversations/<id>/customer-note-draft",
        Door::Readers,
    ),
    ("POST", "/workspace/notes/<id>/removal", Door::Offered),
    ("POST", "/workspace/notes/<id>/return", Door::Offered),
    ("GET", "/admin/customer-fields", Door::Administrators),
    ("GET", "/admin/customer-fields/new", Door::Administrators),
    ("POST", "/admin/customer-fields/new", Door::Administrators),
    ("GET", "/admin/customer-fields/<id>", Door::Administrators),
    ("POST", "/admin/customer-fields/<id>", Door::Administrators),
    (
        "GET",
        "/admin/customer-fields/<id>/removal",
        Door::Administrators,
    ),
    (
        "POST",
        "/admin/customer-fields/<id>/removal",
        Door::Administrators,
    ),
    ("GET", "/profile/notifications", Door::SignedIn),
    ("POST", "/profile/notifications", Door::SignedIn),
    // Late in the table: the empty form takes supervisors their right to read along.
    ("POST", "/admin/settings/supervision", Door::Administrators),
    ("POST", "/logout", Door::SignedIn),
];

/// The shop's book of its customers.
const BOOK: [&str; 3] = [
    "/workspace/contacts",
    "/workspace/companies",
    "/workspace/cases",
];

/// The id of nothing.
const NOBODYS: i64 = 999_999;

/// Routes to what the walk has none of: who is let in finds nothing there.
fn leads_nowhere(template: &str) -> bool {
    let marks = [
        "<reply>",
        "<topic>",
        "<event>",
        "<variable>",
        "<holiday>",
        "<merge>",
        "/sessions/<id>/end",
        "<kind>",
        "/rulesets/<id>",
        "/rules/<id>",
        "/rules/order/<id>",
        "/rules/agents/<id>",
        // No stream of theirs.
        "/events/answers",
        "/routes/<id>",
        "/timeouts/<id>",
    ];
    marks.iter().any(|mark| template.contains(mark))
}

/// The method and the path of every route, without its query.
pub fn routes() -> Vec<(String, String)> {
    tiski::web::routes()
        .iter()
        .map(|route| (route.method.to_string(), route.uri.path().to_owned()))
        .collect()
}

impl Places {
    /// A conversation of `holder`, one that the same customer had before it, and a message in it.
    fn new(world: &World, holder: &Person) -> Places {
        let account = world.connect_facebook(&["Lumi Café"]);
        let line = world.connect_line();
        world.begin_account("Unfinished", "Facebook");
        let owner = &world.owner.client;
        for (path, button, values) in [
            (
                "/admin/skills/new",
                "Save",
                &[("Name", "Finnish"), ("Type", "Language")][..],
            ),
            (
                "/admin/presences/new",
                "Save",
                &[("Name", "Lunch"), ("Base status", "Appear away")],
            ),
            ("/admin/queues/new", "Create queue", &[("Name", "Returns")]),
            (
                "/admin/settings/masking/new",
                "Save",
                &[("Name", "Orders"), ("Regular expression", r"TK-\d+")],
            ),
            (
                "/admin/capacity-profiles/new",
                "Save",
                &[("Profile name", "Chats")],
            ),
            (
                "/admin/operating-hours/new",
                "Create",
                &[("Name", "Shop"), ("Time zone", "Asia/Taipei")],
            ),
            (
                "/admin/customer-fields/new",
                "Save",
                &[("Name", "Size"), ("Of", "Contacts"), ("Type", "Text")],
            ),
            ("/workspace/contacts/new", "Save", &[("First name", "Ben")]),
            ("/workspace/companies/new", "Save", &[("Name", "Valo Oy")]),
            ("/workspace/cases/new", "Save", &[("Title", "Broken pole")]),
        ] {
            let page = owner.submit(&owner.get(path).fill(button, values));
            assert_eq!(page.status, 200, "{path}: {}", page.text());
        }
        let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
        anna.sets_receipts(Receipts::None);
        anna.writes("Hello");
        let earlier = holder.takes("Anna Virtanen");
        earlier.press("End");
        earlier.press("Close");
        anna.writes("Hello again");
        let chat = holder.takes("Anna Virtanen");
        chat.replies("Good morning");
        chat.waits_until("Good morning", "Sent");
        send_picture(world, &anna);
        Places {
            conversation: chat.id,
            earlier: earlier.id,
            attachment: world.one("SELECT attachment_id FROM attachment", []),
            message: world.one("SELECT message_id FROM message WHERE author = 'agent'", []),
            page: world.one("SELECT page_id FROM page", []),
            user: somebody(world),
            unfinished: world.one("SELECT max(account_id) FROM account", []),
            line: line.id,
            presence: world.one("SELECT max(presence_id) FROM presence", []),
            masking: world.one("SELECT max(masking_rule_id) FROM masking_rule", []),
            queue: world.one("SELECT max(queue_id) FROM queue", []),
            account,
        }
    }

    fn path(&self, template: &str) -> String {
        let id = match template {
            _ if template.contains("/messages/<id>") => self.message,
            _ if template.contains("/attachments/<id>") => self.attachment,
            // Nobody's: what is reached is not there.
            _ if template.contains("/sessions/<id>") => NOBODYS,
            _ if template.contains("/presences/<id>") => self.presence,
            _ if template.contains("/masking/<id>") => self.masking,
            // The only ones.
            _ if BOOK.iter().any(|list| template.starts_with(list)) => 1,
            // The only skill and calendar.
            _ if template.starts_with("/admin/") => 1,
            _ => self.conversation,
        };
        let account = match template {
            "/admin/accounts/<account>/removal" => self.unfinished,
            "/admin/accounts/<account>/token-flag" => self.line,
            _ => self.account.id,
        };
        let key = path_of(&self.account.callback);
        let key = key.rsplit('/').next().expect("a key");
        [
            ("<account>", account.to_string()),
            ("<page>", self.page.to_string()),
            ("<user>", self.user.to_string()),
            ("<event>", NOBODYS.to_string()),
            ("<reply>", NOBODYS.to_string()),
            ("<topic>", NOBODYS.to_string()),
            ("<job>", "optimize".to_owned()),
            ("<act>", "transfer".to_owned()),
            ("<queue>", self.queue.to_string()),
            ("<workstream>", "1".to_owned()),
            ("<variable>", NOBODYS.to_string()),
            ("<kind>", "route".to_owned()),
            ("<holiday>", NOBODYS.to_string()),
            ("<merge>", NOBODYS.to_string()),
            ("<earlier>", self.earlier.to_string()),
            ("<id>", id.to_string()),
            ("<trigger>", "greeting".to_owned()),
            ("<channel>", "facebook".to_owned()),
            ("<key>", key.to_owned()),
            ("<link>", "guess".to_owned()),
            ("<fingerprint>", "0".to_owned()),
            ("<path..>", "none.css".to_owned()),
        ]
        .iter()
        .fold(template.to_owned(), |path, (mark, value)| {
            path.replace(mark, value)
        })
    }
}

/// Sends a picture, and waits until it is here.
fn send_picture(world: &World, customer: &Customer) {
    let address = world
        .facebook()
        .put_file("dog.gif", "image/gif", b"GIF89a of a dog");
    customer.sends_attachment("image", json!({ "url": address }));
    wait_until("the picture is here", || {
        let here: i64 = world.one("SELECT count(*) FROM attachment WHERE stage = 'here'", []);
        (here > 0).then_some(())
    });
}

/// A new person who may be signed out and deactivated: nobody else's conversations depend on them.
fn somebody(world: &World) -> i64 {
    world.agent("Pat");
    world.one("SELECT user_id FROM user WHERE name = 'Pat'", [])
}

/// The token of the person's forms.
fn csrf(person: &Person) -> String {
    let page = person.client.get("/profile/sessions");
    let form = page.form("Sign out");
    form.get("csrf").expect("every form has one").to_owned()
}

/// A path with what it does not work without.
fn with_query(method: &str, path: String) -> String {
    match method {
        "GET" if path.ends_with("/messages") => path + "?before=1",
        _ => path,
    }
}

/// One request, as a page of ours makes it.
fn knock(client: &Client, method: &str, path: &str, csrf: &str) -> Page {
    if method == "GET" {
        return client.request("GET", path, &[], None);
    }
    client.post(&Form {
        action: path.to_owned(),
        is_get: false,
        fields: vec![("csrf".to_owned(), csrf.to_owned())],
    })
}

#[test]
fn every_route_has_a_row_and_every_row_a_route() {
    let rows: BTreeSet<(String, String)> = TABLE
        .iter()
        .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    let routes: BTreeSet<(String, String)> = routes().into_iter().collect();
    let without_row: Vec<_> = routes.difference(&rows).collect();
    let without_route: Vec<_> = rows.difference(&routes).collect();
    assert!(
        without_row.is_empty() && without_route.is_empty(),
        "routes without a row: {without_row:?}; rows without a route: {without_route:?}"
    );
    for (method, path) in routes {
        assert!(
            ["GET", "POST"].contains(&method.as_str()),
            "{method} {path}: a browser may turn a form into any other method"
        );
    }
}

#[test]
fn every_route_lets_in_whom_it_should_and_nobody_else() {
    let world = World::new();
    let holder = world.agent("Mia");
    let places = Places::new(&world, &holder);
    let people = [
        ("agent", world.agent("Noa")),
        ("supervisor", world.person("Sam", "supervisor")),
        ("administrator", world.person("Ada", "administrator")),
    ];
    let tokens: Vec<String> = people.iter().map(|(_, person)| csrf(person)).collect();
    let stranger = Client::new(&world.home.url());
    let mut wrong = Vec::new();
    for (method, template, door) in TABLE {
        if *template == "/events" {
            continue; // Its answer does not end: it has a test of its own.
        }
        let path = with_query(method, places.path(template));
        let mut say = |who: &str, page: &Page, expected: &str, is_right: bool| {
            if !is_right {
                wrong.push(format!(
                    "{method} {path} as {who}: {} {:?} instead of {expected}",
                    page.status, page.location
                ));
            }
        };
        let page = knock(&stranger, method, &path, "");
        let is_sent_to_sign_in = page.status == 303
            && page
                .location
                .as_deref()
                .is_some_and(|to| to.starts_with("/login"));
        match door {
            Door::Everybody | Door::Platforms => {
                let is_right = !is_sent_to_sign_in && page.status < 500;
                say(
                    "a stranger",
                    &page,
                    "an answer",
                    is_right || *template == "/",
                );
            }
            Door::Nobody => say("a stranger", &page, "404", page.status == 404),
            _ => say(
                "a stranger",
                &page,
                "the way to the sign-in",
                is_sent_to_sign_in || page.status == 401,
            ),
        }
        for ((role, person), token) in people.iter().zip(&tokens) {
            let page = knock(&person.client, method, &path, token);
            let is_in = page.status < 400 || page.status == 422 || page.status == 409;
            let expected = match (door, *role) {
                (Door::Everybody | Door::Platforms, _) => continue,
                (Door::Nobody, _) => "404",
                (Door::SignedIn, _) | (Door::Administrators, "administrator") => "in",
                (Door::Supervisors, "supervisor" | "administrator") => "in",
                (Door::Administrators | Door::Supervisors, _) => "403",
                (Door::Takers, _) => "409",
                (Door::Offered, _) => "404",
                (Door::Readers | Door::Holder, "agent") => "404",
                (Door::Readers, _) => "in",
                (Door::Holder, _) => "403",
            };
            let is_right = match expected {
                // What does not exist was not reached by permission.
                "in" => is_in || (page.status == 404 && leads_nowhere(template)),
                status => page.status.to_string() == status,
            };
            say(role, &page, expected, is_right);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let untouched: (String, String) = world
        .database()
        .query_row(
            "SELECT state, name FROM conversation JOIN user ON user_id = agent_id WHERE conversation_id = ?1",
            [places.conversation],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .expect("the conversation");
    assert_eq!(untouched, ("active".to_owned(), "Mia".to_owned()));
}

#[test]
fn the_live_stream_tells_everybody_what_they_may_see_and_nothing_else() {
    let world = World::new();
    let stranger = Client::new(&world.home.url());
    let refused = stranger.listen(None).err().expect("no stream");
    assert_eq!(refused.status, 303);
    let location = refused.location.unwrap_or_default();
    assert!(location.starts_with("/login"), "{location}");

    let account = world.connect_facebook(&["Lumi Café"]);
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Hello");
    let mia = world.agent("Mia");
    mia.takes("Anna Virtanen");
    world.settle();
    let people = [
        // Who, whether they read what others write, whether they hear about accounts.
        (mia, true, false),
        (world.agent("Noa"), false, false),
        (world.person("Sam", "supervisor"), true, false),
        (world.person("Ada", "administrator"), true, true),
    ];
    let listen = |person: &Person, last: Option<&str>| {
        let stream = person.client.listen(last);
        stream.unwrap_or_else(|page| panic!("{}: {} {}", person.name, page.status, page.text()))
    };
    let mut streams: Vec<Stream> = people
        .iter()
        .map(|(person, _, _)| {
            let mut stream = listen(person, None);
            let before = stream.catches_up();
            assert!(
                before.iter().all(|event| event.name == "beat"),
                "nothing has happened since: {before:?}"
            );
            stream
        })
        .collect();
    anna.writes("Private words");
    let callback = format!("/admin/accounts/{}/callback", account.id);
    let form = world.owner.client.get(&callback).form("Check now");
    world.owner.client.submit(&form);
    world.settle();
    for ((person, reads, administers), stream) in people.iter().zip(&mut streams) {
        // Again from the beginning: what a stream tells of the past has an end.
        let told = listen(person, Some(&stream.last_id)).catches_up();
        let has = |words: &str| told.iter().any(|event| event.data.contains(words));
        assert_eq!(has("Private words"), *reads, "{}: {told:?}", person.name);
        assert_eq!(has("message-"), *reads, "{}: {told:?}", person.name);
        let is_of_account = |event: &Event| event.name == "account-changed";
        assert_eq!(
            told.iter().any(is_of_account),
            *administers,
            "{}: {told:?}",
            person.name
        );
        // And live.
        while *reads && !stream.next().data.contains("Private words") {}
        while *administers && !is_of_account(&stream.next()) {}
    }
}

/// The routes of the demo: whoever reaches the machine holds the customer's phone, and nothing on it is anybody's.
const DEMO: &[(&str, &str)] = &[
    ("GET", "/demo"),
    ("GET", "/demo/<channel>/<id>"),
    ("GET", "/demo/<channel>/<id>/transcript"),
    ("GET", "/demo/<channel>/<id>/entries/<entry>/file"),
    ("POST", "/demo/<channel>/<id>/messages"),
    ("POST", "/demo/<channel>/<id>/files"),
    ("POST", "/demo/<channel>/<id>/pictures"),
    ("POST", "/demo/<channel>/<id>/stickers"),
    ("POST", "/demo/<channel>/<id>/faults"),
    ("POST", "/demo/<channel>/<id>/happenings"),
    ("POST", "/demo/<channel>/<id>/mending"),
];

#[test]
fn the_demo_adds_the_phone_and_nothing_else_and_only_where_it_was_asked_for() {
    let rows: BTreeSet<(String, String)> = DEMO
        .iter()
        .map(|(method, path)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    let routes: BTreeSet<(String, String)> = tiski::demo::phone::routes()
        .iter()
        .map(|route| (route.method.to_string(), route.uri.path().to_owned()))
        .collect();
    assert_eq!(rows, routes);

    let world = World::new();
    let home = Home::new();
    let _server = home.demo();
    let stranger = Client::new(&home.url());
    let phone = stranger.get("/demo");
    let phone = stranger.get(&phone.link("/demo/").expect("a customer's phone"));
    let [_, _, channel, id] = phone.path.split('/').collect::<Vec<_>>()[..] else {
        panic!("{} is no phone", phone.path);
    };
    let token = phone
        .form("Send")
        .get("csrf")
        .map(str::to_owned)
        .unwrap_or_default();
    let sent = stranger.submit(&phone.form("Send a picture"));
    let entry = sent.body.split("/entries/").nth(1);
    let entry = entry.and_then(|rest| rest.split('/').next());
    let entry = entry.expect("the picture is on the phone");
    for (method, template) in DEMO {
        let template = template.replace("<entry>", entry);
        let path = template.replace("<channel>", channel).replace("<id>", id);
        // Where the demo does not run, there is no phone.
        let page = knock(&world.owner.client, method, &path, &csrf(&world.owner));
        assert_eq!(page.status, 404, "{method} {path} of a real shop");
        if path.ends_with("/file") {
            let picture = stranger.download(&path, &[]);
            assert_eq!(picture.status, 200, "{method} {path}");
            continue;
        }
        let page = knock(&stranger, method, &path, &token);
        assert!(
            page.status < 400 || page.status == 422,
            "{method} {path}: {}",
            page.status
        );
        if *method == "POST" {
            let form = ("content-type", "application/x-www-form-urlencoded");
            for headers in [
                &[
                    form,
                    ("origin", "https://evil.example"),
                    ("sec-fetch-site", "cross-site"),
                ][..],
                &[form, ("origin", "null")],
                &[form],
            ] {
                let body = Some(b"text=x&words=x".to_vec());
                let page = stranger.request("POST", &path, headers, body);
                assert_eq!(page.status, 403, "{path} {headers:?}");
            }
        }
        let elsewhere = template.replace("<channel>", channel).replace("<id>", "0");
        if *method == "GET" && elsewhere != template {
            let page = stranger.request("GET", &elsewhere, &[], None);
            assert_eq!(page.status, 404, "{elsewhere}: nobody's phone");
        }
    }
    // The phone is open; the shop behind it is not.
    let page = stranger.request("GET", "/workspace", &[], None);
    assert_eq!(page.status, 303);
}

#[test]
fn every_route_that_changes_something_refuses_what_another_site_made() {
    let world = World::new();
    let places = Places::new(&world, &world.owner);
    let stored =
        || ["account", "message", "user", "queue", "skill"].map(|table| world.count(table));
    let before = stored();
    // Everything is right but where it comes from: the person, the token, the fields.
    let token = csrf(&world.owner);
    let body = format!("csrf={token}&text=x&email=a&password={PASSWORD}").into_bytes();
    let form = ("content-type", "application/x-www-form-urlencoded");
    let ours = world.home.url();
    for (method, template) in routes() {
        if method != "POST" {
            continue;
        }
        let path = places.path(&template);
        for headers in [
            &[
                form,
                ("origin", "https://evil.example"),
                ("sec-fetch-site", "cross-site"),
            ][..],
            &[form, ("origin", "https://evil.example")],
            &[form, ("origin", "null")],
            &[
                form,
                ("origin", ours.as_str()),
                ("sec-fetch-site", "same-site"),
            ],
            &[form],
            &[
                ("content-type", "text/plain"),
                ("origin", "https://evil.example"),
            ],
        ] {
            let page = world
                .owner
                .client
                .request("POST", &path, headers, Some(body.clone()));
            if template.starts_with("/webhooks/") {
                // No browser and no cookie: the signature over the body stands in for the guard.
                assert_eq!(page.status, 401, "{path} {headers:?}");
            } else if template == "/setup" {
                assert!([403, 404].contains(&page.status), "{path}: {}", page.status);
            } else {
                assert_eq!(page.status, 403, "{path} {headers:?}");
            }
        }
        // From our own page, but without the token of the session.
        if !["/login", "/setup", "/join"].contains(&template.as_str())
            && !template.starts_with("/webhooks/")
        {
            for token in ["", "guess"] {
                let page = knock(&world.owner.client, "POST", &path, token);
                assert_eq!(page.status, 403, "{path} with the token {token:?}");
            }
        }
    }
    assert_eq!(world.owner.dashboard().status, 200, "still signed in");
    assert_eq!(stored(), before);
}

#[test]
fn every_answer_carries_the_security_headers() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let client = &world.owner.client;
    let stranger = Client::new(&world.home.url());
    let dashboard = client.get("/workspace");
    let style = dashboard
        .body
        .split('"')
        .find(|part| part.starts_with("/static/") && part.ends_with(".css"));
    let style = style.expect("the page has a style");
    let pages = [
        dashboard.clone(),
        client.get("/admin/accounts"),
        stranger.request("GET", "/workspace", &[], None),
        stranger.get("/login"),
        stranger.request("GET", "/nothing/here", &[], None),
        stranger.request("GET", style, &[], None),
        stranger.request("GET", "/static/0/none.css", &[], None),
        stranger.request("GET", "/health", &[], None),
        stranger.request("GET", &path_of(&account.callback), &[], None),
        stranger.request(
            "POST",
            &path_of(&account.callback),
            &[],
            Some(b"{}".to_vec()),
        ),
        client.request(
            "POST",
            "/logout",
            &[("origin", "https://evil.example")],
            Some(Vec::new()),
        ),
        client.request("PUT", "/workspace", &[], Some(b"x".to_vec())),
    ];
    for page in &pages {
        let header = |name: &str| page.header(name).unwrap_or_default().to_owned();
        let policy = header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'"),
            "{}: {policy}",
            page.path
        );
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{}: {policy}",
            page.path
        );
        assert!(!policy.contains("unsafe"), "{}: {policy}", page.path);
        assert_eq!(header("x-content-type-options"), "nosniff", "{}", page.path);
        assert_eq!(header("referrer-policy"), "no-referrer", "{}", page.path);
        assert_eq!(
            header("cross-origin-opener-policy"),
            "same-origin",
            "{}",
            page.path
        );
        assert_eq!(
            header("cross-origin-resource-policy"),
            "same-origin",
            "{}",
            page.path
        );
        assert!(!header("permissions-policy").is_empty(), "{}", page.path);
        assert_eq!(page.header("server"), None, "{}", page.path);
        let caching = header("cache-control");
        // Debug builds read static files from the disk, where they change.
        if page.path == style && !cfg!(debug_assertions) {
            assert!(caching.contains("immutable"), "{}: {caching}", page.path);
        } else {
            assert_eq!(caching, "no-store", "{}", page.path);
        }
    }
    let statuses: BTreeSet<u16> = pages.iter().map(|page| page.status).collect();
    assert!(
        statuses.is_superset(&BTreeSet::from([200, 303, 401, 403, 404])),
        "{statuses:?}"
    );
}

#[test]
fn somebody_elses_conversation_is_not_there_on_any_path() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    let (mia, noa) = (world.agent("Mia"), world.agent("Noa"));
    anna.writes("Private words");
    send_picture(&world, &anna);
    let chat = mia.takes("Anna Virtanen");
    let token = csrf(&noa);
    for (method, template, door) in TABLE {
        if ![Door::Readers, Door::Holder, Door::Takers].contains(door) {
            continue;
        }
        for id in [chat.id, 999_999] {
            let message: i64 = match id {
                999_999 => id,
                _ => world.one("SELECT min(message_id) FROM message", []),
            };
            let attachment: i64 = match id {
                999_999 => id,
                _ => world.one("SELECT attachment_id FROM attachment", []),
            };
            let id = match template {
                _ if template.contains("/messages/<id>") => message,
                _ if template.contains("/attachments/<id>") => attachment,
                _ => id,
            };
            let path = template
                .replace("<id>", &id.to_string())
                .replace("<earlier>", &chat.id.to_string())
                .replace("<user>", "1")
                .replace("<reply>", "1");
            let page = knock(
                &noa.client,
                method,
                &with_query(method, path.clone()),
                &token,
            );
            // Both look the same: what is not yours, and what is not there.
            let expected = match door {
                Door::Takers if id == chat.id => 409,
                _ => 404,
            };
            assert_eq!(page.status, expected, "{method} {path}");
            for private in ["Private words", "Anna Virtanen"] {
                assert!(!page.body.contains(private), "{method} {path}");
            }
        }
    }
    for path in ["/workspace", "/workspace/work-items", "/workspace/sessions"] {
        let page = noa.client.get(path);
        assert!(!page.text().contains("Anna Virtanen"), "{path}");
    }
}
