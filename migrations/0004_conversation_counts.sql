-- How many conversations of the whole organization are in each state: kept, not counted.
CREATE TABLE conversation_count (
    state TEXT    PRIMARY KEY,
    count INTEGER NOT NULL DEFAULT 0 CHECK (count >= 0)
) STRICT, WITHOUT ROWID;
INSERT INTO conversation_count (state) VALUES ('open'), ('active'), ('waiting'), ('wrap_up'), ('closed');
UPDATE conversation_count
SET count = (SELECT count(*) FROM conversation WHERE conversation.state = conversation_count.state);

CREATE TRIGGER conversation_begins AFTER INSERT ON conversation
BEGIN
    UPDATE conversation_count SET count = count + 1 WHERE state = NEW.state;
END;
CREATE TRIGGER conversation_moves AFTER UPDATE OF state ON conversation WHEN NEW.state <> OLD.state
BEGIN
    UPDATE conversation_count SET count = count - 1 WHERE state = OLD.state;
    UPDATE conversation_count SET count = count + 1 WHERE state = NEW.state;
END;
CREATE TRIGGER conversation_goes AFTER DELETE ON conversation
BEGIN
    UPDATE conversation_count SET count = count - 1 WHERE state = OLD.state;
END;
