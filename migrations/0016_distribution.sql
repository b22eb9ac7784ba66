-- How work comes to people: who is here, how much each can take, what is offered to whom, and why.

-- An agent as routing sees him. Without a row he has never been here.
CREATE TABLE agent (
    user_id            INTEGER PRIMARY KEY REFERENCES user (user_id) ON DELETE CASCADE,
    base               TEXT    NOT NULL CHECK (base IN ('available', 'busy', 'do-not-disturb', 'away', 'offline')),
    presence_id        INTEGER REFERENCES presence (presence_id) ON DELETE SET NULL, -- an own one; NULL: built in
    why                TEXT    NOT NULL, -- domain::presence::Why
    since              INTEGER NOT NULL,
    -- What it was before the connection went; NULL while there is one.
    before_base        TEXT    CHECK (before_base IN ('available', 'busy', 'do-not-disturb', 'away', 'offline')),
    before_presence_id INTEGER REFERENCES presence (presence_id) ON DELETE SET NULL,
    before_why         TEXT    CHECK ((before_why IS NULL) = (before_base IS NULL)),
    is_connected       INTEGER NOT NULL DEFAULT 0 CHECK (is_connected IN (0, 1)), -- a live stream is open
    connected_at       INTEGER, -- when one was last seen, while none is open; NULL: never
    signed_in_at       INTEGER NOT NULL,
    released_at        INTEGER -- when he last became free of a conversation
) STRICT;
CREATE INDEX agent_by_presence ON agent (presence_id) WHERE presence_id IS NOT NULL;
CREATE INDEX agent_by_presence_before ON agent (before_presence_id) WHERE before_presence_id IS NOT NULL;

-- So many conversations of a kind at a time.
CREATE TABLE capacity_profile (
    capacity_profile_id INTEGER PRIMARY KEY AUTOINCREMENT,
    name                TEXT    NOT NULL COLLATE NOCASE UNIQUE,
    item_limit          INTEGER NOT NULL CHECK (item_limit BETWEEN 1 AND 1000),
    reset               TEXT    NOT NULL CHECK (reset IN ('immediate', 'end-of-day')), -- stays as it was made
    blocks              INTEGER NOT NULL DEFAULT 0 CHECK (blocks IN (0, 1)), -- at the limit nothing at all is offered
    created_at          INTEGER NOT NULL
) STRICT;
CREATE TABLE user_capacity_profile (
    user_id             INTEGER NOT NULL REFERENCES user (user_id) ON DELETE CASCADE,
    capacity_profile_id INTEGER NOT NULL REFERENCES capacity_profile (capacity_profile_id) ON DELETE CASCADE,
    item_limit          INTEGER CHECK (item_limit BETWEEN 1 AND 1000), -- NULL: the profile's
    PRIMARY KEY (user_id, capacity_profile_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX user_capacity_profile_by_profile ON user_capacity_profile (capacity_profile_id);
-- What a conversation of the workstream takes, instead of units; NULL: units.
ALTER TABLE workstream ADD COLUMN capacity_profile_id INTEGER REFERENCES capacity_profile (capacity_profile_id);
CREATE INDEX workstream_by_capacity_profile ON workstream (capacity_profile_id) WHERE capacity_profile_id IS NOT NULL;

-- For taking turns.
ALTER TABLE queue_member ADD COLUMN joined_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE queue_member ADD COLUMN assigned_at INTEGER; -- when the member was last given a conversation of the queue

-- Copied from the workstream, which never changes it: what is offered and not picked.
ALTER TABLE conversation ADD COLUMN is_push INTEGER NOT NULL DEFAULT 0 CHECK (is_push IN (0, 1));
ALTER TABLE conversation ADD COLUMN status_reason TEXT; -- domain::status::StatusReason; NULL: from before there were any
ALTER TABLE conversation ADD COLUMN priority INTEGER NOT NULL DEFAULT 1 CHECK (priority IN (0, 1, 2)); -- low, normal, high
ALTER TABLE conversation ADD COLUMN routed_at INTEGER; -- NULL: rules wait for the customer's profile
ALTER TABLE conversation ADD COLUMN queued_at INTEGER NOT NULL DEFAULT 0; -- when it came into its queue
ALTER TABLE conversation ADD COLUMN interacted_at INTEGER NOT NULL DEFAULT 0; -- its age in the queue: the last message before it began to wait
ALTER TABLE conversation ADD COLUMN keeps_agent_id INTEGER REFERENCES user (user_id); -- who had it, and is asked first
ALTER TABLE conversation ADD COLUMN own_overflow TEXT; -- a rule's domain::overflow::Overflow that holds instead of the queue's
-- The last message of a person on either side, for rules about silence.
ALTER TABLE conversation ADD COLUMN spoke_last TEXT CHECK (spoke_last IN ('customer', 'agent'));
ALTER TABLE conversation ADD COLUMN spoke_at INTEGER;
ALTER TABLE conversation ADD COLUMN reminded TEXT CHECK (reminded IN ('person', 'queue', 'administrator')); -- who was told that nobody answers
UPDATE conversation
SET routed_at = created_at, queued_at = state_changed_at, interacted_at = last_message_at,
    spoke_last = CASE WHEN unanswered_since IS NULL THEN 'agent' ELSE 'customer' END, spoke_at = last_message_at,
    is_push = (SELECT mode = 'push' FROM workstream WHERE workstream.workstream_id = conversation.workstream_id);
CREATE INDEX conversation_to_offer ON conversation (queue_id, priority DESC, interacted_at, conversation_id)
    WHERE state = 'open' AND is_push = 1;
CREATE INDEX conversation_to_route ON conversation (created_at) WHERE routed_at IS NULL AND state = 'open';
CREATE INDEX conversation_with_own_limit ON conversation (queued_at) WHERE own_overflow IS NOT NULL AND state = 'open';
CREATE INDEX conversation_by_kept_agent ON conversation (keeps_agent_id) WHERE keeps_agent_id IS NOT NULL;

-- What rules found out that it needs.
CREATE TABLE conversation_skill (
    conversation_id INTEGER NOT NULL REFERENCES conversation (conversation_id) ON DELETE CASCADE,
    skill_id        INTEGER NOT NULL REFERENCES skill (skill_id) ON DELETE CASCADE,
    rating          INTEGER CHECK (rating BETWEEN 1 AND 10), -- NULL: any
    PRIMARY KEY (conversation_id, skill_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversation_skill_by_skill ON conversation_skill (skill_id);
-- Capacity profiles that it takes beside its workstream's.
CREATE TABLE conversation_profile (
    conversation_id     INTEGER NOT NULL REFERENCES conversation (conversation_id) ON DELETE CASCADE,
    capacity_profile_id INTEGER NOT NULL REFERENCES capacity_profile (capacity_profile_id) ON DELETE CASCADE,
    PRIMARY KEY (conversation_id, capacity_profile_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversation_profile_by_profile ON conversation_profile (capacity_profile_id);
-- Context variables as rules wrote them; the others have their workstream's value.
CREATE TABLE conversation_variable (
    conversation_id INTEGER NOT NULL REFERENCES conversation (conversation_id) ON DELETE CASCADE,
    name            TEXT    NOT NULL,
    value           TEXT    NOT NULL CHECK (json_valid(value)), -- domain::facts::Value
    PRIMARY KEY (conversation_id, name)
) STRICT, WITHOUT ROWID;

-- An agent's part in a conversation.
CREATE TABLE agent_session (
    agent_session_id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id  INTEGER NOT NULL REFERENCES conversation (conversation_id),
    queue_id         INTEGER NOT NULL REFERENCES queue (queue_id),
    user_id          INTEGER NOT NULL REFERENCES user (user_id), -- the primary, who answers
    assigned_at      INTEGER NOT NULL,
    accepted_at      INTEGER, -- NULL: not yet, or never
    closed_at        INTEGER,
    closure          TEXT    CHECK ((closure IS NULL) = (closed_at IS NULL)) -- domain::status::Closure
) STRICT;
CREATE INDEX agent_session_by_conversation ON agent_session (conversation_id, agent_session_id);
CREATE UNIQUE INDEX agent_session_current ON agent_session (conversation_id) WHERE closed_at IS NULL;
CREATE INDEX agent_session_open ON agent_session (user_id) WHERE closed_at IS NULL;
CREATE TABLE participant (
    participant_id   INTEGER PRIMARY KEY AUTOINCREMENT,
    agent_session_id INTEGER NOT NULL REFERENCES agent_session (agent_session_id) ON DELETE CASCADE,
    user_id          INTEGER NOT NULL REFERENCES user (user_id),
    mode             TEXT    NOT NULL CHECK (mode IN ('primary', 'consult', 'monitor')),
    joined_at        INTEGER NOT NULL,
    left_at          INTEGER
) STRICT;
CREATE INDEX participant_by_session ON participant (agent_session_id);
CREATE INDEX participant_present ON participant (user_id, mode) WHERE left_at IS NULL;

-- What a conversation takes of its agent's units.
CREATE TABLE capacity_use (
    conversation_id INTEGER PRIMARY KEY REFERENCES conversation (conversation_id) ON DELETE CASCADE,
    user_id         INTEGER NOT NULL REFERENCES user (user_id),
    units           INTEGER NOT NULL CHECK (units >= 0),
    frees_at        INTEGER -- when wrap-up no longer blocks it; NULL: with the next step of the conversation
) STRICT;
CREATE INDEX capacity_use_by_user ON capacity_use (user_id);
CREATE INDEX capacity_use_freed ON capacity_use (frees_at) WHERE frees_at IS NOT NULL;
-- What it takes of profiles; after its end it may count for the rest of the day.
CREATE TABLE profile_use (
    profile_use_id      INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id     INTEGER NOT NULL REFERENCES conversation (conversation_id) ON DELETE CASCADE,
    user_id             INTEGER NOT NULL REFERENCES user (user_id) ON DELETE CASCADE,
    capacity_profile_id INTEGER NOT NULL REFERENCES capacity_profile (capacity_profile_id) ON DELETE CASCADE,
    counts_until        INTEGER -- NULL: as long as the agent has it
) STRICT;
CREATE INDEX profile_use_by_user ON profile_use (user_id, capacity_profile_id);
CREATE INDEX profile_use_by_conversation ON profile_use (conversation_id) WHERE counts_until IS NULL;
CREATE INDEX profile_use_over ON profile_use (counts_until) WHERE counts_until IS NOT NULL;
CREATE INDEX profile_use_by_profile ON profile_use (capacity_profile_id);

-- A conversation that is shown to an agent with a countdown. The terms are those of its moment.
CREATE TABLE offer (
    offer_id         INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id  INTEGER NOT NULL REFERENCES conversation (conversation_id),
    user_id          INTEGER NOT NULL REFERENCES user (user_id),
    offered_at       INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL,
    may_reject       INTEGER NOT NULL CHECK (may_reject IN (0, 1)),
    accepts_itself   INTEGER NOT NULL CHECK (accepts_itself IN (0, 1)),
    ended_at         INTEGER,
    ending           TEXT    CHECK ((ending IS NULL) = (ended_at IS NULL)) -- domain::offer::Ending
) STRICT;
CREATE UNIQUE INDEX offer_waiting ON offer (conversation_id) WHERE ended_at IS NULL;
CREATE INDEX offer_to ON offer (user_id) WHERE ended_at IS NULL;
CREATE INDEX offer_by_conversation ON offer (conversation_id, offer_id);
-- How often an agent declined a conversation; forgotten when the conversation is parked.
CREATE TABLE decline (
    conversation_id INTEGER NOT NULL REFERENCES conversation (conversation_id) ON DELETE CASCADE,
    user_id         INTEGER NOT NULL REFERENCES user (user_id) ON DELETE CASCADE,
    times           INTEGER NOT NULL CHECK (times > 0),
    PRIMARY KEY (conversation_id, user_id)
) STRICT, WITHOUT ROWID;

-- The routing log.
CREATE TABLE routing_step (
    routing_step_id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id INTEGER NOT NULL REFERENCES conversation (conversation_id) ON DELETE CASCADE,
    occurred_at     INTEGER NOT NULL,
    step            TEXT    NOT NULL CHECK (json_valid(step)) -- domain::trace::Step
) STRICT;
CREATE INDEX routing_step_by_conversation ON routing_step (conversation_id, routing_step_id);

-- Timeout rules that acted in the silence since a moment.
CREATE TABLE timeout_done (
    conversation_id INTEGER NOT NULL REFERENCES conversation (conversation_id) ON DELETE CASCADE,
    timeout_rule_id INTEGER NOT NULL,
    since           INTEGER NOT NULL, -- conversation.spoke_at then
    PRIMARY KEY (conversation_id, timeout_rule_id)
) STRICT, WITHOUT ROWID;

-- What is going on when this comes: everybody who holds a conversation has a part in it, and it takes capacity.
INSERT INTO agent_session (conversation_id, queue_id, user_id, assigned_at, accepted_at)
SELECT conversation_id, queue_id, agent_id, state_changed_at, state_changed_at
FROM conversation WHERE state IN ('active', 'wrap_up') AND agent_id IS NOT NULL;
INSERT INTO participant (agent_session_id, user_id, mode, joined_at)
SELECT agent_session_id, user_id, 'primary', assigned_at FROM agent_session;
INSERT INTO capacity_use (conversation_id, user_id, units)
SELECT conversation_id, agent_id, capacity_units
FROM conversation JOIN workstream USING (workstream_id)
WHERE (state = 'active' OR (state = 'wrap_up' AND wrap_up_blocking = 'always')) AND agent_id IS NOT NULL;
