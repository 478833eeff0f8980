-- The journal: what was recorded, and what must be done because of it.
-- Times are milliseconds since the epoch. JSON is TEXT in canonical form. Bodies are BLOB: they may hold any bytes.

CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- Which journal this is, so that another one's head file is told apart.
INSERT INTO meta (name, value) VALUES ('journal', lower(hex(randomblob(16))));

-- Where each incident's chain ends. A projection: all of it follows from `record`.
CREATE TABLE incident (
    id         TEXT    NOT NULL PRIMARY KEY,
    letters    TEXT    NOT NULL,
    version    INTEGER NOT NULL CHECK (version >= 1),
    hash       TEXT    NOT NULL,
    opened_at  INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX incident_newest ON incident (opened_at, id);

-- The facts. `body` is hashed byte for byte; `attached` lists the bodies that the record vouches for.
CREATE TABLE record (
    incident TEXT    NOT NULL REFERENCES incident (id),
    seq      INTEGER NOT NULL CHECK (seq >= 1),
    at       INTEGER NOT NULL,
    kind     TEXT    NOT NULL,
    body     TEXT    NOT NULL,
    attached TEXT    NOT NULL,
    prev     TEXT    NOT NULL,
    hash     TEXT    NOT NULL,
    PRIMARY KEY (incident, seq)
) STRICT;

-- One chain over all records of all incidents, in the order they were committed.
CREATE TABLE ledger (
    n        INTEGER NOT NULL PRIMARY KEY CHECK (n >= 1),
    incident TEXT    NOT NULL,
    seq      INTEGER NOT NULL,
    record   TEXT    NOT NULL,
    hash     TEXT    NOT NULL,
    UNIQUE (incident, seq)
) STRICT;

-- Texts outside the chain, so that one can be erased: text and salt go, the row and its hash in the record stay.
CREATE TABLE body (
    incident  TEXT    NOT NULL REFERENCES incident (id),
    id        TEXT    NOT NULL,
    salt      TEXT,
    text      BLOB,
    erased_at INTEGER,
    PRIMARY KEY (incident, id),
    CHECK ((erased_at IS NULL) = (text IS NOT NULL)),
    CHECK ((text IS NULL) = (salt IS NULL))
) STRICT;

-- Keys of the events that were heard: a redelivery finds its own.
CREATE TABLE inbox (
    key      TEXT    NOT NULL PRIMARY KEY,
    incident TEXT    NOT NULL,
    at       INTEGER NOT NULL
) STRICT;

-- Effects to be performed. `fence` only ever grows: whoever holds an older one may not finish it.
CREATE TABLE effect (
    id          INTEGER NOT NULL PRIMARY KEY,
    key         TEXT    NOT NULL UNIQUE,
    incident    TEXT    NOT NULL REFERENCES incident (id),
    kind        TEXT    NOT NULL,
    body        TEXT    NOT NULL,
    not_before  INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    owner       TEXT,
    lease_until INTEGER,
    fence       INTEGER NOT NULL DEFAULT 0 CHECK (fence >= 0),
    attempts    INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    done_at     INTEGER,
    CHECK ((owner IS NULL) = (lease_until IS NULL))
) STRICT;
CREATE INDEX effect_open ON effect (not_before, id) WHERE done_at IS NULL;

-- One change at a time on a host.
CREATE TABLE host_lock (
    host     TEXT    NOT NULL PRIMARY KEY,
    holder   TEXT    NOT NULL,
    incident TEXT    NOT NULL,
    since    INTEGER NOT NULL
) STRICT;

CREATE TABLE cooldown (
    key      TEXT    NOT NULL PRIMARY KEY,
    until    INTEGER NOT NULL,
    incident TEXT    NOT NULL
) STRICT;

CREATE TABLE daily (
    key  TEXT    NOT NULL,
    day  INTEGER NOT NULL,
    used INTEGER NOT NULL CHECK (used >= 1),
    PRIMARY KEY (key, day)
) STRICT;

-- Which incident a proposal belongs to: people type the proposal only.
CREATE TABLE proposal (
    id       TEXT NOT NULL PRIMARY KEY,
    incident TEXT NOT NULL REFERENCES incident (id)
) STRICT;

-- A speed bump against slips, not a defence: whoever can write the file can drop a trigger. The chain is the defence.
CREATE TRIGGER record_is_kept BEFORE DELETE ON record
BEGIN SELECT RAISE(ABORT, 'the journal is append-only: a record is never deleted'); END;
CREATE TRIGGER record_is_final BEFORE UPDATE ON record
BEGIN SELECT RAISE(ABORT, 'the journal is append-only: a record is never changed'); END;
CREATE TRIGGER record_is_new BEFORE INSERT ON record
WHEN EXISTS (SELECT 1 FROM record WHERE incident = NEW.incident AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only: a record is never replaced'); END;
CREATE TRIGGER ledger_is_kept BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the journal is append-only: a ledger row is never deleted'); END;
CREATE TRIGGER ledger_is_final BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the journal is append-only: a ledger row is never changed'); END;
CREATE TRIGGER ledger_is_new BEFORE INSERT ON ledger
WHEN EXISTS (SELECT 1 FROM ledger WHERE n = NEW.n)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only: a ledger row is never replaced'); END;
CREATE TRIGGER body_is_kept BEFORE DELETE ON body
BEGIN SELECT RAISE(ABORT, 'a body is erased by taking its text, never by deleting its row'); END;
CREATE TRIGGER body_is_final BEFORE UPDATE ON body
WHEN NEW.text IS NOT NULL OR NEW.incident <> OLD.incident OR NEW.id <> OLD.id
BEGIN SELECT RAISE(ABORT, 'a body is never changed; it can only be erased'); END;
