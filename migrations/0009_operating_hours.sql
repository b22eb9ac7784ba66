-- When counters are open: the week in its own time zone, holidays and other exceptions.

CREATE TABLE operating_hours (
    operating_hours_id INTEGER PRIMARY KEY AUTOINCREMENT,
    name        TEXT    NOT NULL COLLATE NOCASE UNIQUE,
    description TEXT    NOT NULL DEFAULT '',
    time_zone   TEXT    NOT NULL, -- IANA name
    created_at  INTEGER NOT NULL
) STRICT;

-- A day of the week that is not closed.
CREATE TABLE operating_hours_day (
    operating_hours_id INTEGER NOT NULL REFERENCES operating_hours (operating_hours_id) ON DELETE CASCADE,
    weekday            INTEGER NOT NULL CHECK (weekday BETWEEN 1 AND 7), -- Monday is 1
    hours              TEXT    NOT NULL CHECK (hours <> ''), -- domain::hours::DayHours: '09:00–12:00, 13:00–17:00'
    PRIMARY KEY (operating_hours_id, weekday)
) STRICT, WITHOUT ROWID;

-- Days on which the week does not hold.
CREATE TABLE holiday (
    holiday_id         INTEGER PRIMARY KEY AUTOINCREMENT,
    operating_hours_id INTEGER NOT NULL REFERENCES operating_hours (operating_hours_id) ON DELETE CASCADE,
    first_day          TEXT    NOT NULL, -- 2026-12-24
    last_day           TEXT    NOT NULL CHECK (last_day >= first_day),
    reason             TEXT    NOT NULL,
    hours              TEXT    NOT NULL DEFAULT '' -- as above; '' is closed
) STRICT;
CREATE INDEX holiday_by_operating_hours ON holiday (operating_hours_id, first_day);

-- NULL: open around the clock.
ALTER TABLE queue ADD COLUMN operating_hours_id INTEGER REFERENCES operating_hours (operating_hours_id);
