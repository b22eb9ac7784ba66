-- The shop's own book of its customers: contacts (people), companies, cases, notes, and who of them a customer of a
-- page is.

CREATE TABLE company (
    company_id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name               TEXT    NOT NULL COLLATE NOCASE,
    number             TEXT    NOT NULL,
    email              TEXT    NOT NULL,
    phone              TEXT    NOT NULL,
    address            TEXT    NOT NULL,
    primary_contact_id INTEGER REFERENCES contact (contact_id) ON DELETE SET NULL,
    created_at         INTEGER NOT NULL,
    changed_at         INTEGER NOT NULL,
    archived_at        INTEGER -- NULL: in use
) STRICT;
CREATE INDEX company_by_name ON company (name, company_id) WHERE archived_at IS NULL;
CREATE INDEX company_by_change ON company (changed_at, company_id) WHERE archived_at IS NULL;
CREATE INDEX company_by_primary_contact ON company (primary_contact_id) WHERE primary_contact_id IS NOT NULL;

CREATE TABLE contact (
    contact_id  INTEGER PRIMARY KEY AUTOINCREMENT,
    first_name  TEXT    NOT NULL,
    middle_name TEXT    NOT NULL,
    last_name   TEXT    NOT NULL,
    name        TEXT    NOT NULL COLLATE NOCASE, -- domain::record::full_name of the three
    company_id  INTEGER REFERENCES company (company_id) ON DELETE SET NULL,
    email       TEXT    NOT NULL,
    phone       TEXT    NOT NULL,
    address     TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    changed_at  INTEGER NOT NULL,
    archived_at INTEGER, -- NULL: in use
    -- The contact that is shown instead: the same person, found twice. Always one that is merged into no other.
    merged_into INTEGER REFERENCES contact (contact_id)
) STRICT;
CREATE INDEX contact_by_name ON contact (name, contact_id) WHERE archived_at IS NULL AND merged_into IS NULL;
CREATE INDEX contact_by_change ON contact (changed_at, contact_id) WHERE archived_at IS NULL AND merged_into IS NULL;
CREATE INDEX contact_by_company ON contact (company_id) WHERE company_id IS NOT NULL;
CREATE INDEX contact_by_merge ON contact (merged_into) WHERE merged_into IS NOT NULL;

-- Two contacts became one; what is needed to part them again.
CREATE TABLE contact_merge (
    contact_merge_id INTEGER PRIMARY KEY AUTOINCREMENT,
    kept_id          INTEGER NOT NULL REFERENCES contact (contact_id),
    gone_id          INTEGER NOT NULL REFERENCES contact (contact_id),
    moved            TEXT    NOT NULL CHECK (json_valid(moved)), -- ids that came to be merged into the kept one
    filled           TEXT    NOT NULL CHECK (json_valid(filled)), -- what it had left empty, as it was filled
    merged_by        INTEGER NOT NULL REFERENCES user (user_id),
    merged_at        INTEGER NOT NULL,
    undone_at        INTEGER -- NULL: it holds
) STRICT;
CREATE INDEX contact_merge_by_kept ON contact_merge (kept_id);
CREATE INDEX contact_merge_by_gone ON contact_merge (gone_id);

-- The words by which a record is found. See domain::record.
CREATE TABLE record_word (
    record    TEXT    NOT NULL CHECK (record IN ('contact', 'company', 'case')),
    word      TEXT    NOT NULL,
    record_id INTEGER NOT NULL,
    PRIMARY KEY (record, word, record_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX record_word_by_record ON record_word (record, record_id);

-- Fields that an administrator adds to records.
CREATE TABLE customer_field (
    customer_field_id INTEGER PRIMARY KEY AUTOINCREMENT,
    record            TEXT    NOT NULL CHECK (record IN ('contact', 'company', 'case')),
    name              TEXT    NOT NULL COLLATE NOCASE,
    kind              TEXT    NOT NULL CHECK (kind IN ('text', 'number', 'date', 'choice', 'switch')),
    choices           TEXT    NOT NULL, -- of a choice: one a line
    position          INTEGER NOT NULL,
    created_at        INTEGER NOT NULL,
    UNIQUE (record, name)
) STRICT;
CREATE TABLE customer_value (
    customer_field_id INTEGER NOT NULL REFERENCES customer_field (customer_field_id) ON DELETE CASCADE,
    record_id         INTEGER NOT NULL, -- of the table that the field belongs to
    value             TEXT    NOT NULL CHECK (value <> ''),
    PRIMARY KEY (customer_field_id, record_id)
) STRICT, WITHOUT ROWID;

-- A matter that lasts longer than a conversation.
CREATE TABLE customer_case (
    customer_case_id INTEGER PRIMARY KEY AUTOINCREMENT,
    title            TEXT    NOT NULL COLLATE NOCASE,
    description      TEXT    NOT NULL,
    priority         INTEGER NOT NULL CHECK (priority IN (0, 1, 2)), -- low, normal, high
    contact_id       INTEGER REFERENCES contact (contact_id),
    company_id       INTEGER REFERENCES company (company_id),
    created_by       INTEGER NOT NULL REFERENCES user (user_id),
    created_at       INTEGER NOT NULL,
    changed_at       INTEGER NOT NULL,
    resolved_at      INTEGER, -- NULL: open
    resolved_by      INTEGER REFERENCES user (user_id),
    CHECK (contact_id IS NULL OR company_id IS NULL)
) STRICT;
CREATE INDEX customer_case_open ON customer_case (changed_at, customer_case_id) WHERE resolved_at IS NULL;
CREATE INDEX customer_case_by_change ON customer_case (changed_at, customer_case_id);
CREATE INDEX customer_case_by_contact ON customer_case (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX customer_case_by_company ON customer_case (company_id) WHERE company_id IS NOT NULL;

ALTER TABLE conversation ADD COLUMN customer_case_id INTEGER REFERENCES customer_case (customer_case_id);
CREATE INDEX conversation_by_case ON conversation (customer_case_id) WHERE customer_case_id IS NOT NULL;

-- Who of the shop's book a customer of a page is. One row that is not ended at a time; all his conversations,
-- also later ones, are that contact's or company's.
CREATE TABLE customer_link (
    customer_link_id  INTEGER PRIMARY KEY AUTOINCREMENT,
    social_profile_id INTEGER NOT NULL REFERENCES social_profile (social_profile_id),
    contact_id        INTEGER REFERENCES contact (contact_id),
    company_id        INTEGER REFERENCES company (company_id),
    linked_by         INTEGER NOT NULL REFERENCES user (user_id),
    linked_at         INTEGER NOT NULL,
    unlinked_by       INTEGER REFERENCES user (user_id),
    unlinked_at       INTEGER CHECK ((unlinked_at IS NULL) = (unlinked_by IS NULL)),
    CHECK ((contact_id IS NULL) <> (company_id IS NULL))
) STRICT;
CREATE UNIQUE INDEX customer_link_current ON customer_link (social_profile_id) WHERE unlinked_at IS NULL;
CREATE INDEX customer_link_by_profile ON customer_link (social_profile_id, customer_link_id);
CREATE INDEX customer_link_by_contact ON customer_link (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX customer_link_by_company ON customer_link (company_id) WHERE company_id IS NOT NULL;

-- What people here call a customer; the platform's own name stays beside it in `name`.
ALTER TABLE social_profile ADD COLUMN own_name TEXT;

-- What people write down for each other. It belongs to exactly one thing.
CREATE TABLE note (
    note_id          INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id  INTEGER REFERENCES conversation (conversation_id),
    contact_id       INTEGER REFERENCES contact (contact_id),
    company_id       INTEGER REFERENCES company (company_id),
    customer_case_id INTEGER REFERENCES customer_case (customer_case_id),
    user_id          INTEGER NOT NULL REFERENCES user (user_id),
    text             TEXT    NOT NULL,
    written_at       INTEGER NOT NULL,
    changed_at       INTEGER NOT NULL,
    saved_itself     INTEGER NOT NULL CHECK (saved_itself IN (0, 1)), -- its author left; what he writes next is added
    removed_at       INTEGER, -- NULL: it is there
    CHECK ((conversation_id IS NOT NULL) + (contact_id IS NOT NULL) + (company_id IS NOT NULL)
           + (customer_case_id IS NOT NULL) = 1)
) STRICT;
CREATE INDEX note_by_conversation ON note (conversation_id, note_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX note_by_contact ON note (contact_id, note_id) WHERE contact_id IS NOT NULL;
CREATE INDEX note_by_company ON note (company_id, note_id) WHERE company_id IS NOT NULL;
CREATE INDEX note_by_case ON note (customer_case_id, note_id) WHERE customer_case_id IS NOT NULL;

-- A note that somebody is writing in a conversation.
CREATE TABLE note_draft (
    conversation_id INTEGER NOT NULL REFERENCES conversation (conversation_id),
    user_id         INTEGER NOT NULL REFERENCES user (user_id),
    text            TEXT    NOT NULL,
    saved_at        INTEGER NOT NULL,
    PRIMARY KEY (conversation_id, user_id)
) STRICT, WITHOUT ROWID;
