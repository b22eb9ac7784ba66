-- Automated messages that an administrator writes for a page while setting it up in a workstream. They are said
-- nowhere; when the page gets its place they become its own, in its language, and the rows go.
CREATE TABLE instance_draft (
    page_id INTEGER NOT NULL REFERENCES page (page_id) ON DELETE CASCADE,
    trigger TEXT    NOT NULL, -- domain::automation::Trigger
    text    TEXT    NOT NULL,
    PRIMARY KEY (page_id, trigger)
) STRICT, WITHOUT ROWID;
