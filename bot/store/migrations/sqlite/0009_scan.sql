-- What the last scan of each name came to, for the next one to be held against. No history, and nothing is decided by it.
CREATE TABLE scan_kept (
    name TEXT    NOT NULL PRIMARY KEY,
    at   INTEGER NOT NULL,
    kept TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
-- Up to when the scans of a schedule are done, and who is at one now: at most one at a time, each due time at most once.
CREATE TABLE scan_turn (
    name        TEXT    NOT NULL PRIMARY KEY,
    plan        TEXT    NOT NULL,
    done        INTEGER NOT NULL,
    due         INTEGER NOT NULL,
    began_at    INTEGER NOT NULL,
    fence       INTEGER NOT NULL,
    lease_until INTEGER NOT NULL,
    -- Not begun again before: its report could not be posted.
    not_before  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
