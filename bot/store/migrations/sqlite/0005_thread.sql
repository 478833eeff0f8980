-- Which version of an incident its thread shows, laid out how, and what waits in it: after a restart nothing of that has to be
-- worked out again. No history either.
CREATE TABLE thread (
    incident TEXT    NOT NULL PRIMARY KEY REFERENCES incident (id),
    version  INTEGER NOT NULL,
    layout   TEXT    NOT NULL,
    open     TEXT    NOT NULL
) STRICT;
