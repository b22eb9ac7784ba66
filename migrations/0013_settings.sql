-- What an administrator decides for the whole organization, and the rules that hide sensitive data.

-- One row; the defaults are those of domain::settings.
CREATE TABLE settings (
    settings_id INTEGER PRIMARY KEY CHECK (settings_id = 1),

    languages        TEXT NOT NULL DEFAULT 'en fi zh-TW pl pt-BR', -- BCP 47 tags
    default_language TEXT NOT NULL DEFAULT 'en',

    attachment_limit_kb INTEGER NOT NULL DEFAULT 5120 CHECK (attachment_limit_kb BETWEEN 1 AND 131072),
    blocked_extensions  TEXT    NOT NULL DEFAULT 'apk app bat cmd com cpl dll dmg exe hta htm html iso jar js jse lnk msi msp pif ps1 reg scr sh svg vbe vbs wsf wsh xhtml',

    mask_agents    INTEGER NOT NULL DEFAULT 0 CHECK (mask_agents IN (0, 1)),
    mask_customers INTEGER NOT NULL DEFAULT 0 CHECK (mask_customers IN (0, 1)),

    markdown INTEGER NOT NULL DEFAULT 0 CHECK (markdown IN (0, 1)),

    supervisor_monitor     INTEGER NOT NULL DEFAULT 1 CHECK (supervisor_monitor IN (0, 1)),
    supervisor_assign      INTEGER NOT NULL DEFAULT 1 CHECK (supervisor_assign IN (0, 1)),
    supervisor_transfer    INTEGER NOT NULL DEFAULT 1 CHECK (supervisor_transfer IN (0, 1)),
    supervisor_force_close INTEGER NOT NULL DEFAULT 1 CHECK (supervisor_force_close IN (0, 1)),

    missed_makes_inactive         INTEGER NOT NULL DEFAULT 0 CHECK (missed_makes_inactive IN (0, 1)),
    rejected_makes_do_not_disturb INTEGER NOT NULL DEFAULT 0 CHECK (rejected_makes_do_not_disturb IN (0, 1)),
    declines                      INTEGER NOT NULL DEFAULT 3 CHECK (declines BETWEEN 1 AND 5),

    session_limit INTEGER NOT NULL DEFAULT 10  CHECK (session_limit BETWEEN 1 AND 50),
    grace_s       INTEGER NOT NULL DEFAULT 150 CHECK (grace_s BETWEEN 0 AND 3600), -- of a lost connection

    topics         INTEGER NOT NULL DEFAULT 0 CHECK (topics IN (0, 1)),
    topic_required INTEGER NOT NULL DEFAULT 0 CHECK (topic_required IN (0, 1)),
    topic_limit    INTEGER NOT NULL DEFAULT 2 CHECK (topic_limit BETWEEN 1 AND 12)
) STRICT;
INSERT INTO settings (settings_id) VALUES (1);

-- The file types that an administrator allows on a channel; no row: all that the channel carries.
CREATE TABLE channel_files (
    channel  TEXT PRIMARY KEY,
    outbound TEXT NOT NULL, -- endings without their dots
    inbound  TEXT NOT NULL  -- words of domain::message::AttachmentKind
) STRICT, WITHOUT ROWID;

-- At most 10, the built-in ones included; those can only be turned on and off.
CREATE TABLE masking_rule (
    masking_rule_id INTEGER PRIMARY KEY AUTOINCREMENT,
    built_in        TEXT    UNIQUE, -- a word of domain::masking::BuiltIn; NULL: made by an administrator
    name            TEXT    NOT NULL COLLATE NOCASE UNIQUE, -- of a built-in one: its word, shown by the catalog
    description     TEXT    NOT NULL,
    pattern         TEXT    NOT NULL, -- of a built-in one: empty, the program has it
    is_active       INTEGER NOT NULL CHECK (is_active IN (0, 1))
) STRICT;
INSERT INTO masking_rule (built_in, name, description, pattern, is_active) VALUES
    ('credit-card',     'credit-card',     '', '', 1),
    ('email',           'email',           '', '', 1),
    ('identity-number', 'identity-number', '', '', 1);
