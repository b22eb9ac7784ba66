-- Customers, conversations, messages, and what is still to be sent.

-- A customer as one page knows him: a PSID, a LINE user, or a LINE group or room.
CREATE TABLE social_profile (
    social_profile_id INTEGER PRIMARY KEY AUTOINCREMENT,
    page_id           INTEGER NOT NULL REFERENCES page (page_id),
    platform_user_id  TEXT    NOT NULL,
    kind              TEXT    NOT NULL CHECK (kind IN ('person', 'group', 'room')),
    name              TEXT, -- NULL until the platform told it; the page then shows "Messenger user …1234"
    language          TEXT, -- BCP 47, where the platform tells it
    follows           INTEGER CHECK (follows IN (0, 1)), -- LINE: 0 after unfollow (blocked); NULL unknown
    follows_at        INTEGER, -- the platform's time of that
    name_due_at       INTEGER, -- when the name is to be asked for next; NULL: not
    name_asked_at     INTEGER, -- when it was last asked for
    name_tries        INTEGER NOT NULL DEFAULT 0, -- without an answer
    -- Receipts, in the platform's time: all that it accepted up to then is delivered, or read.
    delivered_until   INTEGER,
    read_until        INTEGER,
    created_at        INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX social_profile_by_platform_id ON social_profile (page_id, platform_user_id);
CREATE INDEX social_profile_name_due ON social_profile (name_due_at) WHERE name_due_at IS NOT NULL;

CREATE TABLE conversation (
    conversation_id   INTEGER PRIMARY KEY AUTOINCREMENT,
    social_profile_id INTEGER NOT NULL REFERENCES social_profile (social_profile_id),
    page_id           INTEGER NOT NULL REFERENCES page (page_id),
    workstream_id     INTEGER NOT NULL REFERENCES workstream (workstream_id),
    queue_id          INTEGER NOT NULL REFERENCES queue (queue_id),
    previous_conversation_id INTEGER REFERENCES conversation (conversation_id),
    state             TEXT    NOT NULL CHECK (state IN ('open', 'active', 'waiting', 'wrap_up', 'closed')),
    agent_id          INTEGER REFERENCES user (user_id), -- who holds it; kept when closed
    created_at        INTEGER NOT NULL,
    state_changed_at  INTEGER NOT NULL,
    due_at            INTEGER, -- when the schedule closes it; NULL: never
    closed_at         INTEGER,
    closed_by         INTEGER REFERENCES user (user_id),
    -- Kept, not counted.
    last_message_id   INTEGER, -- newest message, NULL before the first
    last_message_at   INTEGER NOT NULL,
    last_inbound_at   INTEGER, -- the customer's last act that opens the reply window
    inbound_count     INTEGER NOT NULL DEFAULT 0,
    unanswered_since  INTEGER -- first customer message after our last; NULL: answered
) STRICT;
-- One conversation that is not closed per customer and page.
CREATE UNIQUE INDEX conversation_current ON conversation (social_profile_id) WHERE state <> 'closed';
CREATE INDEX conversation_by_profile ON conversation (social_profile_id, conversation_id);
CREATE INDEX conversation_by_agent ON conversation (agent_id, state, last_message_at);
CREATE INDEX conversation_open ON conversation (queue_id, conversation_id) WHERE state = 'open';
CREATE INDEX conversation_closed ON conversation (closed_by, closed_at) WHERE state = 'closed';
CREATE INDEX conversation_due ON conversation (due_at) WHERE due_at IS NOT NULL;

-- Every change of state or owner: who, when, why. Shown as lines in the conversation.
CREATE TABLE conversation_event (
    conversation_event_id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id INTEGER NOT NULL REFERENCES conversation (conversation_id),
    kind            TEXT    NOT NULL, -- domain::conversation::EventKind
    user_id         INTEGER REFERENCES user (user_id), -- NULL: the customer or the program
    occurred_at     INTEGER NOT NULL,
    detail          TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX conversation_event_by_conversation ON conversation_event (conversation_id, conversation_event_id);

CREATE TABLE message (
    message_id      INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id INTEGER NOT NULL REFERENCES conversation (conversation_id),
    page_id         INTEGER NOT NULL REFERENCES page (page_id),
    platform_id     TEXT, -- mid, or LINE's message id; NULL until the platform gave one
    author          TEXT    NOT NULL CHECK (author IN ('customer', 'agent', 'elsewhere')), -- elsewhere: sent in the platform's own inbox
    user_id         INTEGER REFERENCES user (user_id), -- the agent
    speaker         TEXT, -- in a group: who spoke (platform user id)
    kind            TEXT    NOT NULL, -- domain::message::Kind
    text            TEXT    NOT NULL DEFAULT '',
    client_id       TEXT UNIQUE, -- made by the browser; makes a repeated press of Send harmless
    outbox_id       INTEGER REFERENCES outbox (outbox_id),
    status          TEXT CHECK (status IN ('queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'unknown')), -- NULL: from the customer
    status_reason   TEXT, -- domain::delivery::Reason as JSON: why it failed, is in doubt, or waits for another try
    reply_to        TEXT, -- platform id of the quoted message
    sent_at         INTEGER NOT NULL, -- the platform's time for what came in and what it reported back, else ours
    created_at      INTEGER NOT NULL,
    edited_at       INTEGER,
    unsent_at       INTEGER -- taken back by its author: text and attachments are gone
) STRICT;
CREATE UNIQUE INDEX message_by_platform_id ON message (page_id, platform_id) WHERE platform_id IS NOT NULL;
CREATE INDEX message_by_conversation ON message (conversation_id, message_id);
CREATE INDEX message_by_outbox ON message (outbox_id) WHERE outbox_id IS NOT NULL;
-- Receipts move everything sent before a watermark.
CREATE INDEX message_unread_by_customer ON message (conversation_id, sent_at) WHERE status IN ('sent', 'delivered');

CREATE TABLE attachment (
    attachment_id INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id    INTEGER NOT NULL REFERENCES message (message_id) ON DELETE CASCADE,
    kind          TEXT    NOT NULL, -- domain::message::AttachmentKind
    name          TEXT    NOT NULL DEFAULT '',
    size_bytes    INTEGER,
    url           TEXT, -- where the platform keeps it; NULL where only an id is known
    detail        TEXT    NOT NULL DEFAULT '' -- e.g. a place's address, a sticker's ids; JSON
) STRICT;
CREATE INDEX attachment_by_message ON attachment (message_id);

-- What was taken back, also before it arrived: such a message comes in as a tombstone without its text.
CREATE TABLE unsent (
    page_id     INTEGER NOT NULL REFERENCES page (page_id),
    platform_id TEXT    NOT NULL,
    unsent_at   INTEGER NOT NULL,
    PRIMARY KEY (page_id, platform_id)
) STRICT, WITHOUT ROWID;

-- Changed before it arrived: the message takes this text when it comes. Pruned by the schedule.
CREATE TABLE early_edit (
    page_id     INTEGER NOT NULL REFERENCES page (page_id),
    platform_id TEXT    NOT NULL,
    text        TEXT    NOT NULL,
    edited_at   INTEGER NOT NULL,
    arrived_at  INTEGER NOT NULL,
    PRIMARY KEY (page_id, platform_id)
) STRICT, WITHOUT ROWID;

-- Events without a message id of their own are known by this key, so that a redelivery changes nothing.
CREATE TABLE seen_event (
    page_id   INTEGER NOT NULL REFERENCES page (page_id),
    event_key TEXT    NOT NULL,
    seen_at   INTEGER NOT NULL,
    PRIMARY KEY (page_id, event_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_event_by_time ON seen_event (seen_at);

-- LINE: the newest unused reply token of a conversation.
CREATE TABLE reply_token (
    social_profile_id INTEGER PRIMARY KEY REFERENCES social_profile (social_profile_id),
    token             TEXT    NOT NULL, -- sealed
    expires_at        INTEGER NOT NULL
) STRICT;

-- One call to a platform that is still to be made, or was made. Up to the channel's number of messages in one.
-- reconciling: may have been accepted, an echo is waited for. unknown: none came; holds the later calls of
-- its conversation until a person or late proof settles it. released: in doubt, but no longer waited for.
CREATE TABLE outbox (
    outbox_id       INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id INTEGER NOT NULL REFERENCES conversation (conversation_id),
    page_id         INTEGER NOT NULL REFERENCES page (page_id),
    turn            INTEGER NOT NULL DEFAULT 0, -- order within the conversation; a repetition has the first call's
    repeats         INTEGER REFERENCES outbox (outbox_id), -- a person pressed Try again on that one
    state           TEXT    NOT NULL CHECK (state IN ('queued', 'sending', 'reconciling', 'unknown', 'done', 'failed', 'released')),
    idempotency_key TEXT    NOT NULL UNIQUE, -- UUID; LINE's X-Line-Retry-Key, Messenger's metadata
    reply_token     TEXT, -- sealed; the free reply token that this call took
    doubt           TEXT, -- why a try may have been accepted: domain::delivery::Reason as JSON
    due_at          INTEGER NOT NULL,
    changed_at      INTEGER NOT NULL, -- in the future: the clock was put back, and the times here mean nothing
    lease_until     INTEGER, -- sending: the worker is lost after this; reconciling: no echo came
    tries           INTEGER NOT NULL DEFAULT 0,
    created_at      INTEGER NOT NULL,
    first_tried_at  INTEGER,
    finished_at     INTEGER
) STRICT;
CREATE INDEX outbox_unfinished ON outbox (conversation_id, turn) WHERE state IN ('queued', 'sending', 'reconciling', 'unknown');
CREATE INDEX outbox_due ON outbox (due_at) WHERE state = 'queued';
CREATE INDEX outbox_leased ON outbox (lease_until) WHERE state IN ('sending', 'reconciling');
CREATE INDEX outbox_repeats ON outbox (repeats) WHERE repeats IS NOT NULL;

CREATE TABLE delivery_attempt (
    delivery_attempt_id INTEGER PRIMARY KEY AUTOINCREMENT,
    outbox_id    INTEGER NOT NULL REFERENCES outbox (outbox_id),
    started_at   INTEGER NOT NULL,
    finished_at  INTEGER,
    way          TEXT    NOT NULL DEFAULT '', -- RESPONSE, HUMAN_AGENT, reply, push
    outcome      TEXT    NOT NULL DEFAULT '', -- sent, crashed, or a word of domain::delivery::Outcome
    detail       TEXT    NOT NULL DEFAULT '' -- the platform's code and words, request id; never a token
) STRICT;
CREATE INDEX delivery_attempt_by_outbox ON delivery_attempt (outbox_id);

CREATE TABLE draft (
    conversation_id INTEGER NOT NULL REFERENCES conversation (conversation_id),
    user_id         INTEGER NOT NULL REFERENCES user (user_id),
    text            TEXT    NOT NULL,
    saved_at        INTEGER NOT NULL,
    PRIMARY KEY (conversation_id, user_id)
) STRICT, WITHOUT ROWID;

-- How many of the customer's messages this person has seen: unread = conversation.inbound_count - seen_count.
CREATE TABLE read_mark (
    conversation_id INTEGER NOT NULL REFERENCES conversation (conversation_id),
    user_id         INTEGER NOT NULL REFERENCES user (user_id),
    seen_count      INTEGER NOT NULL,
    PRIMARY KEY (conversation_id, user_id)
) STRICT, WITHOUT ROWID;

-- What the live streams told, for replay after a gap. Pruned by the schedule.
CREATE TABLE live_event (
    live_event_id   INTEGER PRIMARY KEY AUTOINCREMENT,
    kind            TEXT    NOT NULL, -- domain::live_event::Kind
    conversation_id INTEGER,
    message_id      INTEGER,
    account_id      INTEGER,
    occurred_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX live_event_by_time ON live_event (occurred_at);
