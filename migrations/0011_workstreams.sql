-- What an administrator sets of a workstream: how its work is given out, what agents see of an offer, and the
-- settings of the pages that it answers.

-- One that was made with an account gives its pages away to the first that an administrator makes.
ALTER TABLE workstream ADD COLUMN is_automatic INTEGER NOT NULL DEFAULT 0 CHECK (is_automatic IN (0, 1));
UPDATE workstream SET is_automatic = 1; -- there was no other way
ALTER TABLE workstream ADD COLUMN removed_at INTEGER; -- kept for its conversations; NULL: it is there

ALTER TABLE workstream ADD COLUMN capacity_units INTEGER NOT NULL DEFAULT 20 CHECK (capacity_units BETWEEN 0 AND 10000);
ALTER TABLE workstream ADD COLUMN allowed_presences TEXT NOT NULL DEFAULT 'available busy'; -- words of domain::presence::Base
ALTER TABLE workstream ADD COLUMN wrap_up_blocking TEXT NOT NULL DEFAULT 'always' CHECK (wrap_up_blocking IN ('always', 'never', 'for'));
ALTER TABLE workstream ADD COLUMN wrap_up_blocking_ms INTEGER NOT NULL DEFAULT 900000 CHECK (wrap_up_blocking_ms BETWEEN 30000 AND 3600000);
ALTER TABLE workstream ADD COLUMN skill_matching TEXT NOT NULL DEFAULT 'none' CHECK (skill_matching IN ('none', 'exact', 'closest'));
ALTER TABLE workstream ADD COLUMN keep_same_agent INTEGER NOT NULL DEFAULT 1 CHECK (keep_same_agent IN (0, 1));
ALTER TABLE workstream ADD COLUMN automated_messages INTEGER NOT NULL DEFAULT 1 CHECK (automated_messages IN (0, 1));
ALTER TABLE workstream ADD COLUMN restrict_transcript INTEGER NOT NULL DEFAULT 0 CHECK (restrict_transcript IN (0, 1));

ALTER TABLE workstream ADD COLUMN session_limit INTEGER CHECK (session_limit BETWEEN 1 AND 50); -- NULL: the organization's
ALTER TABLE workstream ADD COLUMN offer_countdown_s INTEGER NOT NULL DEFAULT 120 CHECK (offer_countdown_s BETWEEN 20 AND 1200);
ALTER TABLE workstream ADD COLUMN offer_auto_assign INTEGER NOT NULL DEFAULT 0 CHECK (offer_auto_assign IN (0, 1));
ALTER TABLE workstream ADD COLUMN offer_reject INTEGER NOT NULL DEFAULT 1 CHECK (offer_reject IN (0, 1));
ALTER TABLE workstream ADD COLUMN offer_desktop TEXT NOT NULL DEFAULT 'never' CHECK (offer_desktop IN ('never', 'background', 'always'));

-- What an offer shows of the conversation.
CREATE TABLE offer_field (
    workstream_id INTEGER NOT NULL REFERENCES workstream (workstream_id) ON DELETE CASCADE,
    position      INTEGER NOT NULL CHECK (position BETWEEN 1 AND 4),
    header        TEXT    NOT NULL,
    value         TEXT    NOT NULL, -- text with {slugs}
    PRIMARY KEY (workstream_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE context_variable (
    context_variable_id INTEGER PRIMARY KEY AUTOINCREMENT,
    workstream_id       INTEGER NOT NULL REFERENCES workstream (workstream_id) ON DELETE CASCADE,
    name                TEXT    NOT NULL, -- capitals count
    kind                TEXT    NOT NULL CHECK (kind IN ('text', 'number')),
    value               TEXT    NOT NULL,
    UNIQUE (workstream_id, name)
) STRICT;

-- A page with a workstream is a channel instance; these are its settings.
ALTER TABLE page ADD COLUMN answer_language TEXT; -- NULL: the organization's
ALTER TABLE page ADD COLUMN survey INTEGER NOT NULL DEFAULT 0 CHECK (survey IN (0, 1));
ALTER TABLE page ADD COLUMN file_attachments INTEGER NOT NULL DEFAULT 1 CHECK (file_attachments IN (0, 1));
ALTER TABLE page ADD COLUMN customer_files INTEGER NOT NULL DEFAULT 1 CHECK (customer_files IN (0, 1));
ALTER TABLE page ADD COLUMN agent_files INTEGER NOT NULL DEFAULT 1 CHECK (agent_files IN (0, 1));

-- What is not closed, for the previews of deletions.
CREATE INDEX conversation_going_on_by_workstream ON conversation (workstream_id, state) WHERE state <> 'closed';
CREATE INDEX conversation_going_on_by_page ON conversation (page_id) WHERE state <> 'closed';
