-- The files that hang on messages, and where they are kept: in the folder attachments, under the hash of what is in
-- them.

ALTER TABLE attachment ADD COLUMN stage TEXT CHECK (stage IN ('waiting', 'fetching', 'here', 'refused', 'failed')); -- domain::media::Stage; NULL: there is no file
ALTER TABLE attachment ADD COLUMN why TEXT; -- refused, failed: a word of domain::media
ALTER TABLE attachment ADD COLUMN due_at INTEGER; -- waiting: when it is fetched; fetching: that was interrupted
ALTER TABLE attachment ADD COLUMN tries INTEGER NOT NULL DEFAULT 0; -- without success
ALTER TABLE attachment ADD COLUMN content TEXT; -- here: SHA-256 in hex, the file's name in the folder
ALTER TABLE attachment ADD COLUMN media_type TEXT; -- here: what its bytes say
CREATE INDEX attachment_due ON attachment (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX attachment_by_content ON attachment (content) WHERE content IS NOT NULL;

-- What was written before this may still be had.
UPDATE attachment SET stage = 'waiting', due_at = 0 WHERE kind IN ('picture', 'video', 'audio', 'file');

-- Files that no attachment may need any more. A row first: the disk is tidied after the commit.
CREATE TABLE discarded_content (
    content TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TRIGGER attachment_removed AFTER DELETE ON attachment WHEN OLD.content IS NOT NULL BEGIN
    INSERT INTO discarded_content (content) SELECT OLD.content
    WHERE NOT EXISTS (SELECT 1 FROM discarded_content WHERE content = OLD.content);
END;
