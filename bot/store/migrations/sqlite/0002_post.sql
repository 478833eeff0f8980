-- Which message of which platform shows which part of an incident, so that it is edited and not posted again.
-- This is no history: what was said to people follows from the journal.
CREATE TABLE post (
    incident TEXT NOT NULL REFERENCES incident (id),
    part     TEXT NOT NULL,
    message  TEXT NOT NULL,
    shown    TEXT NOT NULL,
    PRIMARY KEY (incident, part)
) STRICT;
CREATE INDEX post_message ON post (message);
