-- What people said in the threads of incidents. Beside the chain: a person's words can be taken out again.
CREATE TABLE said (
    message  TEXT PRIMARY KEY,
    incident TEXT NOT NULL REFERENCES incident (id),
    author   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    text     TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX said_of ON said (incident, at, message);
