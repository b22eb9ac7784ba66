-- Messaging accounts, their pages, and the journal of what the platforms sent.

-- A Facebook app or a LINE channel. Secrets are sealed (see `crypto`), never readable here.
CREATE TABLE account (
    account_id       INTEGER PRIMARY KEY AUTOINCREMENT,
    channel          TEXT    NOT NULL, -- the channel's name; the list of channels is `channels::registry()`
    name             TEXT    NOT NULL,
    webhook_key      TEXT    NOT NULL UNIQUE, -- last segment of the callback URL
    external_id      TEXT    NOT NULL DEFAULT '', -- Facebook: App ID; LINE: Channel ID; '' until the wizard's step
    secret           TEXT, -- sealed app secret or channel secret; NULL closes the webhook
    secret_last4     TEXT    NOT NULL DEFAULT '',
    secret_saved_at  INTEGER,
    verify_token     TEXT, -- sealed; NULL where the channel has no verification call
    created_by       INTEGER REFERENCES user (user_id),
    created_at       INTEGER NOT NULL,
    completed_at     INTEGER, -- the wizard's Done; NULL while it is being set up
    -- The connection check, each with the moment it was last true and what went wrong last.
    reachable_at     INTEGER, -- the public address answered
    reachable_error  TEXT, -- domain::delivery::Reason as JSON
    verified_at      INTEGER, -- Facebook called the verification, LINE's webhook test succeeded
    verify_error     TEXT, -- why the last attempt failed; what was proved before stays proved
    verify_failed_at INTEGER,
    first_event_at   INTEGER,
    last_event_at    INTEGER,
    test_event_at    INTEGER, -- last dashboard test event or empty LINE body
    signature_failures     INTEGER NOT NULL DEFAULT 0, -- since the last good one
    signature_failed_at    INTEGER,
    unknown_page_events    INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Who agreed to which text of the privacy notice, and when.
CREATE TABLE privacy_acknowledgement (
    privacy_acknowledgement_id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id      INTEGER NOT NULL REFERENCES account (account_id) ON DELETE CASCADE,
    text_version    TEXT    NOT NULL,
    user_id         INTEGER NOT NULL REFERENCES user (user_id),
    acknowledged_at INTEGER NOT NULL
) STRICT;

CREATE TABLE queue (
    queue_id   INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT    NOT NULL,
    is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)), -- every user is a member of the default queue
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX queue_default ON queue (is_default) WHERE is_default = 1;

CREATE TABLE queue_member (
    queue_id INTEGER NOT NULL REFERENCES queue (queue_id) ON DELETE CASCADE,
    user_id  INTEGER NOT NULL REFERENCES user (user_id) ON DELETE CASCADE,
    PRIMARY KEY (queue_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX queue_member_by_user ON queue_member (user_id);

CREATE TABLE workstream (
    workstream_id     INTEGER PRIMARY KEY AUTOINCREMENT,
    name              TEXT    NOT NULL,
    channel           TEXT    NOT NULL,
    mode              TEXT    NOT NULL CHECK (mode IN ('push', 'pick')),
    fallback_queue_id INTEGER NOT NULL REFERENCES queue (queue_id),
    auto_close_waiting_ms INTEGER NOT NULL CHECK (auto_close_waiting_ms > 0),
    wrap_up_ms        INTEGER NOT NULL CHECK (wrap_up_ms > 0),
    created_at        INTEGER NOT NULL
) STRICT;

-- Where messages come in: a Facebook Page, or the official account of a LINE channel.
CREATE TABLE page (
    page_id        INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id     INTEGER NOT NULL REFERENCES account (account_id) ON DELETE CASCADE,
    channel        TEXT    NOT NULL,
    platform_id    TEXT    NOT NULL, -- Page ID, or LINE's bot user ID (the webhook's `destination`); '' until LINE told it
    name           TEXT    NOT NULL,
    handle         TEXT    NOT NULL DEFAULT '', -- LINE's @basic id; '' where there is none
    workstream_id  INTEGER REFERENCES workstream (workstream_id),
    human_agent_tag INTEGER NOT NULL DEFAULT 0 CHECK (human_agent_tag IN (0, 1)),
    token          TEXT, -- sealed; NULL: made from the secret on use (LINE stateless)
    token_last4    TEXT    NOT NULL DEFAULT '',
    token_saved_at INTEGER,
    token_ok_at    INTEGER, -- the platform last accepted it
    token_error    TEXT, -- why the platform refuses it; NULL: it does not. Sending waits while it is set.
    token_error_at INTEGER,
    paused_until   INTEGER, -- the platform asked to wait, or holds the page back: nothing is sent before
    paused_at      INTEGER, -- when it said so
    subscribed_at  INTEGER, -- events were subscribed to (Facebook), webhook set and active (LINE)
    subscribe_error TEXT, -- domain::delivery::Reason as JSON; NULL: it does
    subscribe_warning TEXT, -- something to mend all the same, as a locale key
    first_message_at INTEGER,
    last_message_at  INTEGER,
    created_at     INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX page_by_platform_id ON page (channel, platform_id) WHERE platform_id <> '';
CREATE INDEX page_by_account ON page (account_id);

-- The journal: a signed body as it came, committed before the answer 200.
-- The body is emptied once every event in it is stored or parked.
CREATE TABLE webhook_event (
    webhook_event_id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id       INTEGER NOT NULL REFERENCES account (account_id) ON DELETE CASCADE,
    received_at      INTEGER NOT NULL,
    body             BLOB    NOT NULL,
    state            TEXT    NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'done')),
    tries            INTEGER NOT NULL DEFAULT 0,
    events           INTEGER NOT NULL DEFAULT 0, -- stored
    parked           INTEGER NOT NULL DEFAULT 0,
    ignored          INTEGER NOT NULL DEFAULT 0, -- duplicates, unknown pages, kinds that mean nothing to us
    done_at          INTEGER
) STRICT;
CREATE INDEX webhook_event_new ON webhook_event (webhook_event_id) WHERE state = 'new';
CREATE INDEX webhook_event_done ON webhook_event (done_at) WHERE state = 'done';
CREATE INDEX webhook_event_by_account ON webhook_event (account_id, webhook_event_id);

-- One event that could not be worked on, with its reason, until an administrator tries again or discards it.
CREATE TABLE parked_event (
    parked_event_id  INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id       INTEGER NOT NULL REFERENCES account (account_id) ON DELETE CASCADE,
    webhook_event_id INTEGER NOT NULL REFERENCES webhook_event (webhook_event_id),
    payload          TEXT    NOT NULL, -- the event as the adapter cut it out, or the whole body when that failed
    whole_body       INTEGER NOT NULL CHECK (whole_body IN (0, 1)),
    reason           TEXT    NOT NULL,
    tries            INTEGER NOT NULL DEFAULT 1,
    parked_at        INTEGER NOT NULL,
    last_tried_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX parked_event_by_account ON parked_event (account_id);
CREATE INDEX parked_event_by_webhook_event ON parked_event (webhook_event_id);
