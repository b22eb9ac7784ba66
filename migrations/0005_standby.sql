-- Another application answers this customer at the moment (Messenger and LINE call it standby): the
-- conversation shows it. `standby_at` is the platform's time of the event that said so, or said no more.
ALTER TABLE social_profile ADD COLUMN standby INTEGER NOT NULL DEFAULT 0 CHECK (standby IN (0, 1));
ALTER TABLE social_profile ADD COLUMN standby_at INTEGER;
