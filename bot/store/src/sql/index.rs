//! The statements of the search index. They are SQLite's alone: its full-text search has no counterpart elsewhere, and the
//! index is in memory, never in a database that is shared.

/// What makes an index. Tokens come ready-made: only spaces part them, so what an identifier has in it is part of a token.
pub(crate) const SCHEMA: &[&str] = &[
    "CREATE TABLE document (n INTEGER NOT NULL PRIMARY KEY, id TEXT NOT NULL UNIQUE, hash TEXT NOT NULL, tokens TEXT NOT NULL) STRICT",
    "CREATE VIRTUAL TABLE words USING fts5 (title, body, content = '', contentless_delete = 1, \
        tokenize = \"ascii tokenchars '!#$%&()*+,-./:;<=>?@[]^_`{|}~'\")",
];

pub(crate) const ALL_DOCUMENTS: &str = "SELECT n, id FROM document";
pub(crate) const DOCUMENT: &str = "SELECT n, hash FROM document WHERE id = $1";
pub(crate) const ADD_DOCUMENT: &str =
    "INSERT INTO document (id, hash, tokens) VALUES ($1, $2, $3) RETURNING n";
pub(crate) const DROP_DOCUMENT: &str = "DELETE FROM document WHERE n = $1";
pub(crate) const ADD_WORDS: &str = "INSERT INTO words (rowid, title, body) VALUES ($1, $2, $3)";
pub(crate) const DROP_WORDS: &str = "DELETE FROM words WHERE rowid = $1";
pub(crate) const COUNT: &str = "SELECT count(*) FROM document";
pub(crate) const SPREAD: &str = "SELECT count(*) FROM words WHERE words MATCH $1";
pub(crate) const SEARCH: &str = "SELECT document.id, document.tokens, -bm25(words, 3.0, 1.0) FROM words \
    JOIN document ON document.n = words.rowid WHERE words MATCH $1 ORDER BY bm25(words, 3.0, 1.0), document.id LIMIT $2";
