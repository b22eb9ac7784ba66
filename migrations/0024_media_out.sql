-- Files that agents send, and smaller pictures of what is in the log.

ALTER TABLE attachment ADD COLUMN prepare_at INTEGER; -- a worker is to look at it (again) from then on; NULL: nothing to do
ALTER TABLE attachment ADD COLUMN prepare_tries INTEGER NOT NULL DEFAULT 0; -- begun, also those that a crash ended
ALTER TABLE attachment ADD COLUMN unsendable TEXT; -- of ours: a word of domain::outgoing why it cannot go out
ALTER TABLE attachment ADD COLUMN duration_ms INTEGER; -- of a recording of ours, where the platform wants it told
CREATE INDEX attachment_to_prepare ON attachment (prepare_at) WHERE prepare_at IS NOT NULL;

-- What was made of a file: 'small' for the log; 'sent', which goes out instead of it; 'preview', the picture that a
-- platform wants beside it.
CREATE TABLE rendition (
    attachment_id INTEGER NOT NULL REFERENCES attachment (attachment_id) ON DELETE CASCADE,
    purpose       TEXT    NOT NULL CHECK (purpose IN ('small', 'sent', 'preview')),
    content       TEXT    NOT NULL, -- as attachment.content
    media_type    TEXT    NOT NULL,
    size_bytes    INTEGER NOT NULL,
    PRIMARY KEY (attachment_id, purpose)
) STRICT, WITHOUT ROWID;
CREATE INDEX rendition_by_content ON rendition (content);
CREATE TRIGGER rendition_removed AFTER DELETE ON rendition BEGIN
    INSERT INTO discarded_content (content) SELECT OLD.content
    WHERE NOT EXISTS (SELECT 1 FROM discarded_content WHERE content = OLD.content);
END;

-- Where a platform takes no file, but an address that it and its customers' phones fetch from: an unguessable one.
CREATE TABLE public_link (
    link          TEXT    PRIMARY KEY, -- the last part of the address
    attachment_id INTEGER NOT NULL REFERENCES attachment (attachment_id) ON DELETE CASCADE,
    purpose       TEXT    NOT NULL CHECK (purpose IN ('file', 'preview')),
    until         INTEGER NOT NULL, -- it leads there before this moment
    revoked_at    INTEGER,
    revoked_by    INTEGER REFERENCES user (user_id),
    opened        INTEGER NOT NULL DEFAULT 0, -- how often it was fetched from its beginning
    opened_at     INTEGER -- when last
) STRICT;
CREATE UNIQUE INDEX public_link_by_attachment ON public_link (attachment_id, purpose);

-- Files that a platform keeps for us: the next time its id is enough.
CREATE TABLE platform_file (
    page_id     INTEGER NOT NULL REFERENCES page (page_id) ON DELETE CASCADE,
    content     TEXT    NOT NULL, -- as attachment.content
    kind        TEXT    NOT NULL, -- domain::message::AttachmentKind, as which it is known there
    platform_id TEXT    NOT NULL,
    until       INTEGER NOT NULL, -- it is kept until then
    PRIMARY KEY (page_id, content, kind)
) STRICT, WITHOUT ROWID;
