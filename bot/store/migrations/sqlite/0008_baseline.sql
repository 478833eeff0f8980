-- Which evidence is the baseline of a host: what it was made of when it was well. The text itself is a body of that incident, and
-- its hash lies in the chain; here stands only which one it is. The newest of a host counts; the one before it is kept beside it.
CREATE TABLE baseline (
    host     TEXT    NOT NULL,
    taken_at INTEGER NOT NULL,
    taken_by TEXT    NOT NULL,
    host_key TEXT    NOT NULL,
    incident TEXT    NOT NULL REFERENCES incident (id),
    evidence TEXT    NOT NULL,
    hash     TEXT    NOT NULL,
    PRIMARY KEY (host, taken_at)
) STRICT, WITHOUT ROWID;
