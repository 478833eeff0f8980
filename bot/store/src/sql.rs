//! Every statement of the store, in one place, so that a test can prepare each of them on each database.
//!
//! They keep to what SQLite and PostgreSQL share: `$n` parameters, integers, text and blobs, `ON CONFLICT`, `RETURNING`.
//! Rules that must hold are constraints or counts of changed rows, never a read followed by a write. Those of the search
//! index, which is no part of the journal, stand apart.

pub(crate) mod index;

macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        $($(#[$doc])* pub(crate) const $name: &str = $text;)*

        /// All of them, by name.
        #[cfg(test)]
        pub(crate) const ALL: &[(&str, &str)] = &[$((stringify!($name), $text)),*];
    };
}

statements! {
    JOURNAL_ID = "SELECT value FROM meta WHERE name = 'journal'";

    // The chain.
    CHAIN_END = "SELECT version, hash FROM incident WHERE id = $1";
    OPEN_INCIDENT = "INSERT INTO incident (id, letters, version, hash, opened_at, changed_at) \
        VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (id) DO NOTHING";
    MOVE_INCIDENT = "UPDATE incident SET version = $2, hash = $3, changed_at = $4 WHERE id = $1 AND version = $5";
    ADD_RECORD = "INSERT INTO record (incident, seq, at, kind, body, attached, prev, hash) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    LEDGER_END = "SELECT n, hash FROM ledger ORDER BY n DESC LIMIT 1";
    LEDGER_AT = "SELECT hash FROM ledger WHERE n = $1";
    ADD_LEDGER = "INSERT INTO ledger (n, incident, seq, record, hash) VALUES ($1, $2, $3, $4, $5)";

    // Reading.
    RECORDS = "SELECT incident, seq, at, kind, body, attached, prev, hash FROM record WHERE incident = $1 ORDER BY seq";
    RECORDS_AFTER = "SELECT incident, seq, at, kind, body, attached, prev, hash FROM record \
        WHERE incident = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    INCIDENTS = "SELECT id, version, opened_at, changed_at, hash FROM incident ORDER BY opened_at DESC, id DESC LIMIT $1";
    CHANGED_SINCE = "SELECT id, version, opened_at, changed_at, hash FROM incident WHERE changed_at >= $1 ORDER BY changed_at DESC";
    INCIDENT = "SELECT id, version, opened_at, changed_at, hash FROM incident WHERE id = $1";
    FIND_INCIDENT = "SELECT id, version, opened_at, changed_at, hash FROM incident \
        WHERE substr(id, 1, length($1)) = $1 OR substr(letters, 1, length($1)) = $1 \
        ORDER BY opened_at DESC, id DESC LIMIT $2";

    // Bodies.
    ADD_BODY = "INSERT INTO body (incident, id, salt, text) VALUES ($1, $2, $3, $4) ON CONFLICT (incident, id) DO NOTHING";
    BODY = "SELECT salt, text, erased_at FROM body WHERE incident = $1 AND id = $2";
    ERASE_BODY = "UPDATE body SET text = NULL, salt = NULL, erased_at = $3 \
        WHERE incident = $1 AND id = $2 AND erased_at IS NULL";

    // Inbox and index.
    HEAR = "INSERT INTO inbox (key, incident, at) VALUES ($1, $2, $3) ON CONFLICT (key) DO NOTHING";
    HEARD = "SELECT incident FROM inbox WHERE key = $1";
    ADD_PROPOSAL = "INSERT INTO proposal (id, incident) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";
    INCIDENT_OF = "SELECT incident FROM proposal WHERE id = $1";

    // Posts.
    POSTS = "SELECT part, message, shown FROM post WHERE incident = $1 ORDER BY part";
    INCIDENT_OF_MESSAGE = "SELECT incident FROM post WHERE message = $1 LIMIT 1";
    FORGET_POST = "DELETE FROM post WHERE incident = $1 AND part = $2 AND message = ''";
    KEEP_POST = "INSERT INTO post (incident, part, message, shown) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (incident, part) DO UPDATE SET message = excluded.message, shown = excluded.shown";

    // What threads show.
    THREADS = "SELECT thread.incident, thread.version, thread.open FROM thread \
        JOIN incident ON incident.id = thread.incident AND incident.version = thread.version \
        WHERE thread.layout = $1 AND incident.changed_at >= $2";
    KEEP_THREAD = "INSERT INTO thread (incident, version, layout, open) VALUES ($1, $2, $3, $4) ON CONFLICT (incident) \
        DO UPDATE SET version = excluded.version, layout = excluded.layout, open = excluded.open";

    // What people said.
    KEEP_SAID = "INSERT INTO said (message, incident, author, at, text) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (message) DO NOTHING";
    UNSAY = "UPDATE said SET text = NULL WHERE message = $1";
    SAID = "SELECT message, author, at, text FROM said WHERE incident = $1 ORDER BY at DESC, message DESC LIMIT $2";

    // What was told.
    TELL_ONCE = "INSERT INTO told (incident, person, at) VALUES ($1, $2, $3) ON CONFLICT (incident, person) DO NOTHING";
    TELL_ALL = "INSERT INTO told (incident, person, at) VALUES ($1, $2, $3) \
        ON CONFLICT (incident, person) DO UPDATE SET at = excluded.at WHERE told.at < excluded.at";
    /// The kinds are those of `incident::account::NEWS`.
    STIRRED = "SELECT incident.id, COALESCE(told.at, incident.opened_at) FROM incident \
        LEFT JOIN told ON told.incident = incident.id AND told.person = '' \
        WHERE incident.changed_at >= $1 AND COALESCE(told.at, incident.opened_at) <= $2 \
        AND EXISTS (SELECT 1 FROM post WHERE post.incident = incident.id AND post.part = 'root' AND post.message <> '') \
        AND (EXISTS (SELECT 1 FROM record WHERE record.incident = incident.id \
                AND record.at > COALESCE(told.at, incident.opened_at) \
                AND record.kind IN ('approved', 'rejected', 'voided', 'executed', 'verified', 'acknowledged')) \
            OR (SELECT count(*) FROM said WHERE said.incident = incident.id AND said.text IS NOT NULL \
                AND said.at > COALESCE(told.at, incident.opened_at)) >= 3) \
        ORDER BY incident.id";
    /// A message is named by its conversation, and then by itself.
    INCIDENTS_IN = "SELECT incident.id FROM incident \
        JOIN post ON post.incident = incident.id AND post.part = 'root' \
        WHERE substr(post.message, 1, length($1) + 1) = $1 || ':' AND incident.changed_at >= $2 \
        ORDER BY incident.opened_at DESC, incident.id DESC LIMIT $3";
    // Scans of a schedule. A time further ahead than anybody puts one was written by a clock that was wrong, and counts for nothing.
    PLAN_SCAN = "INSERT INTO scan_turn (name, plan, done, due, began_at, fence, lease_until, not_before) \
        VALUES ($1, $2, $3, $3, $3, 0, 0, 0) \
        ON CONFLICT (name) DO UPDATE SET plan = excluded.plan, done = excluded.done, due = excluded.due, not_before = 0 \
        WHERE scan_turn.plan <> excluded.plan OR scan_turn.done > excluded.done + 86400000";
    SCAN_DONE = "SELECT done FROM scan_turn WHERE name = $1";
    /// Who begins with another due time than whoever had the turn before begins anew.
    BEGIN_SCAN = "UPDATE scan_turn SET fence = fence + 1, lease_until = $4, \
            began_at = CASE WHEN due = $2 AND fence > 0 THEN began_at ELSE $3 END, due = $2 \
        WHERE name = $1 AND done < $2 AND (not_before <= $3 OR not_before > $3 + 3600000) AND NOT EXISTS \
            (SELECT 1 FROM scan_turn AS other WHERE other.lease_until > $3 AND other.lease_until <= $3 + 3600000) \
        RETURNING began_at, fence";
    RENEW_SCAN = "UPDATE scan_turn SET lease_until = $3 WHERE name = $1 AND fence = $2 AND done < due";
    GIVE_BACK_SCAN = "UPDATE scan_turn SET lease_until = 0, not_before = $3 WHERE name = $1 AND fence = $2 AND done < due";
    FINISH_SCAN = "UPDATE scan_turn SET done = $3, lease_until = 0 WHERE name = $1 AND fence = $2 AND done < $3";
    KEEP_SCAN = "INSERT INTO scan_kept (name, at, kept) VALUES ($1, $2, $3) \
        ON CONFLICT (name) DO UPDATE SET at = excluded.at, kept = excluded.kept \
        WHERE scan_kept.at <= excluded.at OR scan_kept.at > excluded.at + 86400000";
    KEPT_SCAN = "SELECT kept FROM scan_kept WHERE name = $1";
    // What incidents came down to.
    UNTOLD_CAUSES = "SELECT incident.id, incident.version FROM incident LEFT JOIN cause_told ON cause_told.incident = incident.id \
        WHERE cause_told.version IS NULL OR cause_told.version <> incident.version \
        ORDER BY incident.opened_at DESC, incident.id DESC LIMIT $1";
    FORGET_CAUSES = "DELETE FROM cause WHERE incident = $1";
    KEEP_CAUSE = "INSERT INTO cause (incident, host, code, subject, title, opened_at, runbook, fix, fixed_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (incident, host, code, subject) DO NOTHING";
    CAUSES_TOLD = "INSERT INTO cause_told (incident, version) VALUES ($1, $2) \
        ON CONFLICT (incident) DO UPDATE SET version = excluded.version";
    CAUSES_BEFORE = "SELECT incident, host, code, subject, title, opened_at, runbook, fix, fixed_at FROM cause \
        WHERE code = $1 AND incident <> $2 AND opened_at <= $3 \
        ORDER BY CASE WHEN subject = $4 THEN 0 ELSE 1 END, opened_at DESC, incident DESC LIMIT $5";
    CAUSES = "SELECT incident, host, code, subject, title, opened_at, runbook, fix, fixed_at FROM cause \
        ORDER BY opened_at DESC, incident DESC, host, code, subject LIMIT $1";

    // Baselines.
    KEEP_BASELINE = "INSERT INTO baseline (host, taken_at, taken_by, host_key, incident, evidence, hash) \
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (host, taken_at) DO UPDATE SET taken_by = excluded.taken_by, \
        host_key = excluded.host_key, incident = excluded.incident, evidence = excluded.evidence, hash = excluded.hash";
    FORGET_BASELINES = "DELETE FROM baseline WHERE host = $1 AND taken_at NOT IN \
        (SELECT taken_at FROM baseline WHERE host = $1 ORDER BY taken_at DESC LIMIT $2)";
    BASELINE = "SELECT host, taken_at, taken_by, host_key, incident, evidence, hash FROM baseline \
        WHERE host = $1 ORDER BY taken_at DESC LIMIT 1";
    BASELINES = "SELECT host, taken_at, taken_by, host_key, incident, evidence, hash FROM baseline ORDER BY host, taken_at DESC";
    DROP_BASELINE = "DELETE FROM baseline WHERE host = $1 AND taken_at = (SELECT max(taken_at) FROM baseline WHERE host = $1)";

    // Claims.
    LOCK_HOST = "INSERT INTO host_lock (host, holder, incident, since) VALUES ($1, $2, $3, $4) ON CONFLICT (host) DO NOTHING";
    HOST_LOCK = "SELECT holder, incident, since FROM host_lock WHERE host = $1";
    UNLOCK_HOSTS = "DELETE FROM host_lock WHERE holder = $1";
    COOL_DOWN = "INSERT INTO cooldown (key, until, incident) VALUES ($1, $2, $3) \
        ON CONFLICT (key) DO UPDATE SET until = excluded.until, incident = excluded.incident WHERE cooldown.until <= $4";
    COOLDOWN = "SELECT until, incident FROM cooldown WHERE key = $1";
    /// Only the pause that this incident began and nobody has prolonged.
    WARM_UP = "DELETE FROM cooldown WHERE key = $1 AND until = $2 AND incident = $3";
    COUNT_DAY = "INSERT INTO daily (key, day, used) VALUES ($1, $2, 1) \
        ON CONFLICT (key, day) DO UPDATE SET used = daily.used + 1 WHERE daily.used < $3";
    UNCOUNT_LAST = "DELETE FROM daily WHERE key = $1 AND day = $2 AND used = 1";
    UNCOUNT_DAY = "UPDATE daily SET used = used - 1 WHERE key = $1 AND day = $2 AND used > 1";
    DAILY = "SELECT used FROM daily WHERE key = $1 AND day = $2";

    // Effects.
    ADD_EFFECT = "INSERT INTO effect (key, incident, kind, body, not_before, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (key) DO NOTHING RETURNING id";
    EFFECT_BY_KEY = "SELECT id, incident, kind, body FROM effect WHERE key = $1";
    IS_DUE = "SELECT id FROM effect WHERE done_at IS NULL AND not_before <= $1 \
        AND (lease_until IS NULL OR lease_until <= $1) LIMIT 1";
    IS_DUE_OF = "SELECT id FROM effect WHERE done_at IS NULL AND not_before <= $1 \
        AND (lease_until IS NULL OR lease_until <= $1) AND incident = $2 LIMIT 1";
    LEASE = "UPDATE effect SET owner = $1, lease_until = $2, fence = fence + 1, attempts = attempts + 1 WHERE id IN ( \
            SELECT id FROM effect WHERE done_at IS NULL AND not_before <= $3 \
            AND (lease_until IS NULL OR lease_until <= $3) ORDER BY not_before, id LIMIT $4) \
        RETURNING id, key, incident, kind, body, fence, attempts, not_before";
    LEASE_OF = "UPDATE effect SET owner = $1, lease_until = $2, fence = fence + 1, attempts = attempts + 1 WHERE id IN ( \
            SELECT id FROM effect WHERE done_at IS NULL AND not_before <= $3 \
            AND (lease_until IS NULL OR lease_until <= $3) AND incident = $5 ORDER BY not_before, id LIMIT $4) \
        RETURNING id, key, incident, kind, body, fence, attempts, not_before";
    RENEW = "UPDATE effect SET lease_until = $3 WHERE id = $1 AND fence = $2 AND done_at IS NULL AND owner IS NOT NULL";
    /// Giving back raises the fence, so that whoever held it cannot finish it any more.
    GIVE_BACK = "UPDATE effect SET owner = NULL, lease_until = NULL, fence = fence + 1, not_before = $3 \
        WHERE id = $1 AND fence = $2 AND done_at IS NULL AND owner IS NOT NULL";
    GIVE_BACK_ALL = "UPDATE effect SET owner = NULL, lease_until = NULL, fence = fence + 1 \
        WHERE owner = $1 AND done_at IS NULL";
    /// Only what was tried and put off: a timer keeps its time.
    HASTEN = "UPDATE effect SET not_before = $1 \
        WHERE done_at IS NULL AND owner IS NULL AND not_before > $1 AND attempts > 0";
    FINISH = "UPDATE effect SET done_at = $3, owner = NULL, lease_until = NULL \
        WHERE id = $1 AND fence = $2 AND done_at IS NULL AND owner IS NOT NULL";
    EFFECT_STATE = "SELECT key, fence, owner, done_at FROM effect WHERE id = $1";
    OWNERS = "SELECT DISTINCT owner FROM effect WHERE done_at IS NULL AND owner IS NOT NULL ORDER BY owner";
    PENDING = "SELECT id, key, incident, kind, not_before, owner, lease_until, attempts FROM effect \
        WHERE done_at IS NULL ORDER BY not_before, id LIMIT $1";
    PENDING_OF = "SELECT id, key, incident, kind, not_before, owner, lease_until, attempts FROM effect \
        WHERE done_at IS NULL AND incident = $2 ORDER BY not_before, id LIMIT $1";

    // Verification.
    WALK = "SELECT l.n, l.incident, l.seq, l.record, l.hash, r.at, r.kind, r.body, r.attached, r.prev, r.hash \
        FROM ledger l LEFT JOIN record r ON r.incident = l.incident AND r.seq = l.seq WHERE l.n > $1 ORDER BY l.n LIMIT $2";
    UNLISTED = "SELECT r.incident, r.seq FROM record r \
        LEFT JOIN ledger l ON l.incident = r.incident AND l.seq = r.seq WHERE l.n IS NULL ORDER BY r.incident, r.seq LIMIT 1";
    CHAIN_ENDS = "SELECT id, version, hash FROM incident ORDER BY id";
    BODIES = "SELECT incident, id, salt, text, erased_at FROM body WHERE (incident, id) > ($1, $2) \
        ORDER BY incident, id LIMIT $3";
}

#[cfg(test)]
mod tests;
