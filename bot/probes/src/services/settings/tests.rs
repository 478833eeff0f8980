//! What databases are told to take, as hosts wrote it, against memories of several sizes.

use incident::Severity;
use proptest::prelude::*;

use super::{judge, mysql_size, postgres_size, read};
use crate::draft::Draft;
use crate::judge::tests::drafts_of;

/// As a host with MariaDB and PostgreSQL answered, with the values put in.
fn answer(pool: &str, holds: &str) -> String {
    format!(
        "server mysql\nunit mariadb.service\n{holds}at /etc/mysql/mariadb.conf.d/50-server.cnf:36:mysqld:max_connections=100\n\
         at /etc/mysql/mariadb.conf.d/60-client.cnf:2:client:innodb_buffer_pool_size=900G\n\
         at /etc/mysql/mariadb.conf.d/70-tuning.cnf:2:mysqld:innodb_buffer_pool_size={pool}\n\
         pages HugePages_Total:       0\npages HugePages_Free:        0\npages Hugepagesize:       2048 kB\n"
    )
}

fn drafts(settings: &str, total_mib: i64, available_mib: i64, state: &str) -> Vec<Draft> {
    let memory = format!(
        "MemTotal:       {} kB\nMemAvailable:   {} kB\nSwapTotal:             0 kB\n",
        total_mib * 1024,
        available_mib * 1024
    );
    let list = format!(
        "manager systemd\nstate running\nnow 1795432454.0 1000.0\nId=mariadb.service\nLoadState=loaded\nActiveState={state}\n\nId=postgresql@15-main.service\nLoadState=loaded\nActiveState={state}\n"
    );
    let told = [
        ("database.settings", settings),
        ("memory.usage", &memory),
        ("unit.list", &list),
        ("os.uptime", ""),
    ];
    drafts_of(&told, judge)
}

#[test]
fn a_pool_is_judged_by_what_the_host_has_and_by_what_else_runs() {
    fn check(
        pool: &str,
        memory: (i64, i64),
        holds: &str,
        state: &str,
        expected: Option<(Severity, Option<&str>)>,
    ) {
        let found = drafts(&answer(pool, holds), memory.0, memory.1, state);
        let seen = found
            .iter()
            .find(|draft| draft.code == "mysql.buffer_pool")
            .map(|draft| (draft.severity, draft.text("want")));
        assert_eq!(seen, expected, "{pool} of {memory:?}: {found:#?}");
    }
    // Alone on its host: a half is fine, nine tenths are not, twice as much never was.
    check("8G", (16_384, 15_500), "", "active", None);
    check(
        "12G",
        (16_384, 3_000),
        "holds 12000000\n",
        "active",
        Some((Severity::Info, Some("11392M"))),
    );
    check(
        "15G",
        (16_384, 15_500),
        "",
        "active",
        Some((Severity::Warning, Some("11392M"))),
    );
    check(
        "32G",
        (16_384, 15_500),
        "",
        "failed",
        Some((Severity::Critical, Some("11392M"))),
    );
    // Beside a program that has two thirds: what it leaves is what there is.
    check(
        "12G",
        (16_384, 5_000),
        "",
        "failed",
        Some((Severity::Warning, Some("3456M"))),
    );
    check(
        "8G",
        (16_384, 5_000),
        "",
        "failed",
        Some((Severity::Info, Some("3456M"))),
    );
    check(
        "33554432K",
        (16_384, 15_500),
        "",
        "failed",
        Some((Severity::Critical, Some("11392M"))),
    );
    // What its unit may have counts, where it is less.
    check(
        "2G",
        (16_384, 15_500),
        "most 1073741824\n",
        "failed",
        Some((Severity::Critical, Some("716M"))),
    );
    check("2G", (16_384, 15_500), "most 8589934592\n", "active", None);
    check("nonsense", (16_384, 15_500), "", "failed", None);
}

#[test]
fn the_file_and_the_section_are_those_that_hold_the_value() {
    let found = drafts(&answer("32G", ""), 16_384, 15_500, "failed");
    let draft = found.first().unwrap();
    assert_eq!(
        draft.text("path"),
        Some("/etc/mysql/mariadb.conf.d/70-tuning.cnf")
    );
    assert_eq!(draft.int("line"), Some(2));
    assert_eq!(draft.text("section"), Some("mysqld"));
    assert_eq!(draft.text("have"), Some("32G"));
    assert_eq!(draft.text("unit"), Some("mariadb.service"));
    assert_eq!(
        draft.title,
        "The database server is told to take 200 % of the memory for innodb_buffer_pool_size"
    );
}

#[test]
fn postgres_counts_in_blocks_and_may_insist_on_huge_pages() {
    fn check(shared: &str, huge: &str, state: &str, expected: &[&str]) {
        let text = format!(
            "server postgres\nunit postgresql@15-main.service\nat /etc/postgresql/15/main/postgresql.conf:127::shared_buffers={shared}\n\
             at /etc/postgresql/15/main/conf.d/huge.conf:1::huge_pages={huge}\npages HugePages_Free:        0\npages Hugepagesize:       2048 kB\n"
        );
        let found = drafts(&text, 16_384, 15_500, state);
        let seen: Vec<String> = found
            .iter()
            .map(|draft| format!("{} {}", draft.code, draft.text("want").unwrap_or("-")))
            .collect();
        assert_eq!(seen, expected, "{shared} {huge}");
    }
    check("128MB\t\t\t# min 128kB", "try", "active", &[]);
    check(
        "'32GB'",
        "try",
        "failed",
        &["postgres.shared_memory 4096MB"],
    );
    check(
        "4194304",
        "try",
        "failed",
        &["postgres.shared_memory 4096MB"],
    );
    check("128MB", "on", "failed", &["postgres.huge_pages try"]);
    check("128MB", "on", "active", &[]);
}

#[test]
fn a_pool_that_is_shared_is_counted_once() {
    fn check(shared: &str, available: i64, expected: &[(Severity, Option<&str>)]) {
        let text = format!(
            "server postgres\nunit postgresql@15-main.service\nholds 30000\nat /etc/postgresql/15/main/postgresql.conf:127::shared_buffers={shared}\n"
        );
        let found = drafts(&text, 16_384, available, "active");
        let seen: Vec<_> = found
            .iter()
            .map(|draft| (draft.severity, draft.text("want")))
            .collect();
        assert_eq!(seen, expected, "{shared} with {available} MiB");
    }
    // Its pool is full, in huge pages or in a segment that its main process does not show: nothing else is there.
    check("9GB", 5_500, &[]);
    check("12GB", 3_000, &[(Severity::Info, Some("4096MB"))]);
    // Hardly any is left.
    check("13500MB", 500, &[(Severity::Warning, Some("4096MB"))]);
    check("13500MB", 2_000, &[(Severity::Info, Some("4096MB"))]);
    check("15GB", 2_000, &[(Severity::Warning, Some("4096MB"))]);
}

#[test]
fn a_list_of_libraries_that_was_cut_is_not_written_back() {
    let check = |list: &str, want: Option<&str>| {
        let text = format!(
            "server postgres\nunit postgresql@15-main.service\nat /etc/postgresql/15/main/postgresql.conf:9::shared_preload_libraries={list}\nlacks gone\n"
        );
        let found = drafts(&text, 16_384, 15_500, "failed");
        assert_eq!(found.first().unwrap().text("want"), want, "{list}");
    };
    check(
        "'pg_stat_statements,gone'\t# two",
        Some("'pg_stat_statements'"),
    );
    check("'pg_stat_statements,gone,pg_cro", None);
    check("gone", Some("''"));
}

#[test]
fn sizes_are_read_as_the_servers_read_them() {
    assert_eq!(mysql_size("128M"), Some(134_217_728));
    assert_eq!(mysql_size("1g"), Some(1 << 30));
    assert_eq!(mysql_size("4096"), Some(4096));
    assert_eq!(mysql_size("12 apples"), None);
    assert_eq!(mysql_size("99999999999999T"), None);
    assert_eq!(postgres_size("16384"), Some(134_217_728));
    assert_eq!(postgres_size("1 GB"), Some(1 << 30));
    assert_eq!(postgres_size("1gb"), None);
}

#[test]
fn many_connections_are_a_hint() {
    let text =
        "server mysql\nunit mariadb.service\nat /etc/mysql/my.cnf:9:mysqld:max_connections=5000\n";
    // Without the number of processors nothing is said.
    assert_eq!(drafts(text, 16_384, 15_500, "active"), []);
}

proptest! {
    #[test]
    fn hostile_output_never_panics(text in "(server (mysql|postgres)\n|unit [a-z.]*\n|at [^\n]{0,40}\n|pages [^\n]{0,20}\n|most [0-9]{0,30}\n|\\PC{0,40}\n){0,12}") {
        let _read = read(&text);
        let _drafts = drafts(&text, 1000, 900, "failed");
    }
}
