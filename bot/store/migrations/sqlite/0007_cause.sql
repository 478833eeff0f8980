-- What each incident came down to on each host, and what fixed it: so that the next one with the same cause can say so
-- without reading hundreds of journals. No history: all of it follows from `record`, and may be emptied at any time.
CREATE TABLE cause (
    incident  TEXT    NOT NULL REFERENCES incident (id),
    host      TEXT    NOT NULL,
    code      TEXT    NOT NULL,
    subject   TEXT    NOT NULL,
    title     TEXT    NOT NULL,
    opened_at INTEGER NOT NULL,
    runbook   TEXT,
    fix       TEXT,
    fixed_at  INTEGER,
    PRIMARY KEY (incident, host, code, subject),
    CHECK (runbook IS NULL OR fixed_at IS NOT NULL),
    CHECK ((fix IS NULL) = (fixed_at IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX cause_before ON cause (code, opened_at);
-- Up to which version of an incident its causes are told here.
CREATE TABLE cause_told (
    incident TEXT    NOT NULL PRIMARY KEY REFERENCES incident (id),
    version  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
