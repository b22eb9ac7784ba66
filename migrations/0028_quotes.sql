-- What a reply names a message by, where customers' phones can show what is answered.
ALTER TABLE message ADD COLUMN quote TEXT; -- NULL: it cannot be quoted
