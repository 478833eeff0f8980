-- What was told of an incident beside its cards, and when: a person's catch-up, and, under no name, the summary for all. Without
-- it a person would be told twice; nothing is decided by it.
CREATE TABLE told (
    incident TEXT    NOT NULL REFERENCES incident (id),
    person   TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (incident, person)
) STRICT, WITHOUT ROWID;

-- What went on before this was kept is no news.
INSERT INTO told (incident, person, at) SELECT id, '', changed_at FROM incident;
