-- An event that is parked because its page is in no workstream is tried again once the page is in one.
-- `parked_event.reason` is from here on a domain::obstacle::Obstacle as JSON; older rows keep their sentence.
ALTER TABLE parked_event ADD COLUMN waits_for_page_id INTEGER REFERENCES page (page_id) ON DELETE SET NULL;
CREATE INDEX parked_event_waiting ON parked_event (waits_for_page_id) WHERE waits_for_page_id IS NOT NULL;
