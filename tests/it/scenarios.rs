//! Every fault of `tests/lab/scenarios`, from the symptom to the undo, with the real binary on a real host.

use std::io::Write as _;

use serde::Deserialize;
use serde_json::Value;

use crate::lab::{Host, both, root};

mod slow_vms;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    #[serde(rename = "about")]
    _about: String,
    symptom: String,
    #[serde(default)]
    healthy: bool,
    #[serde(default = "systemd")]
    init: String,
    prepare: String,
    #[serde(default)]
    inject: String,
    check: String,
    #[serde(default)]
    same: String,
    #[serde(default, rename = "repair")]
    _repair: String,
    expect: Expect,
}

fn verified() -> String {
    "verified".to_owned()
}

fn systemd() -> String {
    "systemd".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    findings: Vec<String>,
    #[serde(default)]
    not: Vec<String>,
    #[serde(default)]
    fix: String,
    /// How the fix ends; `verified` where nothing is said.
    #[serde(default = "verified")]
    outcome: String,
    /// Why the fix cannot be undone on this host: words of the refusal. Empty where it can.
    #[serde(default)]
    undo: String,
    #[serde(default)]
    never: Vec<String>,
}

/// The findings above info, in order, as `code subject`.
fn above_info(host: &Value) -> Vec<String> {
    list(host, "findings")
        .iter()
        .filter(|finding| finding["severity"] != "info")
        .map(|finding| format!("{} {}", text(finding, "code"), text(finding, "subject")))
        .collect()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or("")
}

/// Writes what a scenario found, where somebody wants to count: `tests/bench/run precision` does. One line, so that several
/// may write at once.
fn tell(name: &str, scenario: &Scenario, host: &Value) {
    let Some(file) = std::env::var_os("SICKBAY_SCENARIOS") else {
        return;
    };
    let findings = list(host, "findings");
    let loud: Vec<Value> = findings
        .iter()
        .filter(|one| one["severity"] != "info")
        .map(|one| {
            let by = findings.iter().filter(|other| {
                list(other, "explains").contains(&one["id"])
            });
            let by: Vec<&str> = by.map(|other| text(other, "id")).collect();
            serde_json::json!({
                "id": one["id"], "code": one["code"], "subject": one["subject"], "severity": one["severity"], "explained_by": by,
            })
        })
        .collect();
    let gaps = list(host, "could_not_check").len();
    let line = serde_json::json!({
        "scenario": name, "healthy": scenario.healthy, "expected": scenario.expect.findings, "not": scenario.expect.not,
        "found": loud, "gaps": gaps, "status": host["status"],
    });
    let mut file = std::fs::File::options()
        .append(true)
        .create(true)
        .open(file)
        .unwrap();
    file.write_all(format!("{line}\n").as_bytes()).unwrap();
}

/// Says that a scenario is not played, and why: tests/run counts it as skipped.
#[expect(clippy::print_stdout, reason = "tests/run reads it there")]
fn leave_out(name: &str, why: &str) {
    println!("skipped: {name}: {why}");
}

/// Plays one scenario to its end.
fn play(name: &str) {
    let path = root()
        .join("tests/lab/scenarios")
        .join(format!("{name}.toml"));
    let file = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    let scenario: Scenario =
        toml::from_str(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut short = format!("it-{name}");
    short.truncate(40);
    if scenario.init == "vm" && !std::path::Path::new("/dev/net/tun").exists() {
        leave_out(
            name,
            "there is no /dev/net/tun, through which a VM is reached",
        );
        return;
    }
    if scenario.init == "vm" && slow_vms::are_known() {
        leave_out(
            name,
            "this machine is too slow for a VM, as others of this run showed",
        );
        return;
    }
    let host = Host::up(short.trim_end_matches('-'), &scenario.init);
    host.must("prepare", &scenario.prepare);
    host.must("check of the healthy host", &scenario.check);
    // An emulated processor that waits for its core runs into the time limits of probes: that says nothing of the program.
    let too_slow = |seen: &Value| {
        let gaps = list(&seen["hosts"][0], "could_not_check");
        let late = gaps
            .iter()
            .any(|gap| text(gap, "why").starts_with("no answer within"));
        let slow = scenario.init == "vm" && late;
        if slow {
            leave_out(
                name,
                "this machine is too slow for a VM; probes of it got no answer in time",
            );
            slow_vms::one_more(name);
        }
        slow
    };
    if scenario.healthy {
        let (code, seen) = host.sickbay(&["diagnose", &host.name, "--symptom", &scenario.symptom]);
        crate::schema::holds(&seen);
        let found = list(&seen, "hosts")
            .iter()
            .flat_map(above_info)
            .collect::<Vec<_>>();
        if too_slow(&seen) && found.is_empty() {
            return;
        }
        tell(name, &scenario, &seen["hosts"][0]);
        assert!(
            found.is_empty(),
            "{name}: a healthy host has findings: {found:#?}"
        );
        assert_eq!(
            code, 0,
            "{name}: {:#?}",
            seen["hosts"][0]["could_not_check"]
        );
        return;
    }
    host.must("inject", &scenario.inject);
    assert!(
        !host.run(&scenario.check).status.success(),
        "{name}: check passes on the broken host"
    );
    let before = host.must("same", &scenario.same);

    let (code, seen) = host.sickbay(&["diagnose", &host.name, "--symptom", &scenario.symptom]);
    crate::schema::holds(&seen);
    if too_slow(&seen) {
        return;
    }
    let seen_host = &seen["hosts"][0];
    tell(name, &scenario, seen_host);
    let found = above_info(seen_host);
    for code in &scenario.expect.findings {
        assert!(
            found.iter().any(|one| one.split(' ').next() == Some(code)),
            "{name}: {code} was not found; found {found:#?}; not looked at {:#?}",
            seen_host["could_not_check"]
        );
    }
    for code in &scenario.expect.not {
        assert!(
            !found.iter().any(|one| one.split(' ').next() == Some(code)),
            "{name}: {code} was found: {found:#?}"
        );
    }
    let first = found.first().and_then(|one| one.split(' ').next());
    assert_eq!(
        first,
        scenario.expect.findings.first().map(String::as_str),
        "{name}: the root cause does not come first: {found:#?}"
    );
    assert_eq!(code, 1, "{name}: exit code");
    cites_hold(name, seen_host);

    let offered: Vec<String> = list(seen_host, "proposals")
        .iter()
        .map(|one| text(one, "runbook").to_owned())
        .collect();
    for page in &scenario.expect.never {
        assert!(
            !offered.contains(page),
            "{name}: {page} is offered and must not be"
        );
    }
    if scenario.expect.fix.is_empty() {
        return;
    }
    let Some(proposal) = list(seen_host, "proposals")
        .iter()
        .find(|one| text(one, "runbook") == scenario.expect.fix)
    else {
        panic!(
            "{name}: {} is not offered; offered {offered:?}; withheld {:#?}",
            scenario.expect.fix, seen["withheld"]
        );
    };
    let id = text(proposal, "id");
    let (_, outcome) = host.sickbay(&["approve", id]);
    let ended = text(&outcome, "outcome");
    if scenario.init == "vm" && ended == "unknown" {
        let (_, again) = host.sickbay(&["diagnose", &host.name]);
        if too_slow(&again) {
            return;
        }
    }
    assert_eq!(ended, scenario.expect.outcome, "{name}: {outcome:#}");
    let works = host.run(&scenario.check);
    assert_eq!(
        works.status.success(),
        ended == "verified",
        "{name}: {ended}, and the service: {}",
        both(&works)
    );
    let (again, refused) = host.sickbay(&["approve", id]);
    assert!(
        again != 0 && text(&refused, "outcome") == "refused",
        "{name}: a second approve: {refused:#}"
    );

    if text(proposal, "rollback") == "automatic" {
        let (code, undone) = host.sickbay(&["rollback", id]);
        if !scenario.expect.undo.is_empty() {
            // What cannot be put back is said before anything is touched, and the service works on.
            assert_eq!(text(&undone, "outcome"), "refused", "{name}: {undone:#}");
            assert!(
                text(&undone, "why").contains(&scenario.expect.undo),
                "{name}: {undone:#}"
            );
            host.must("check after the refused undo", &scenario.check);
            return;
        }
        assert_eq!(
            (code, text(&undone, "outcome")),
            (0, "verified"),
            "{name}: {undone:#}"
        );
        let after = host.must("same", &scenario.same);
        assert_eq!(before, after, "{name}: the host is not as it was");
    }
    let (code, audit) = host.sickbay(&["audit", "verify"]);
    assert_eq!(code, 0, "{name}: {audit:#}");
}

/// Every citation of a finding names evidence that is there.
fn cites_hold(name: &str, host: &Value) {
    let evidence: Vec<&str> = list(host, "evidence")
        .iter()
        .map(|one| text(one, "id"))
        .collect();
    for finding in list(host, "findings") {
        assert!(
            !list(finding, "cites").is_empty(),
            "{name}: {finding:#} cites nothing"
        );
        for id in list(finding, "cites").iter().filter_map(Value::as_str) {
            assert!(
                evidence.contains(&id),
                "{name}: {} cites {id}, which is not there",
                finding["id"]
            );
        }
    }
}

macro_rules! scenarios {
    ($($test:ident $file:literal)*) => {
        $(
            #[test]
            #[ignore = "needs the lab"]
            fn $test() {
                play($file);
            }
        )*

        /// Every scenario file is played.
        #[test]
        fn no_scenario_is_forgotten() {
            let played = [$($file),*];
            for entry in std::fs::read_dir(root().join("tests/lab/scenarios")).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
                assert!(
                    played.contains(&name.as_str()),
                    "tests/lab/scenarios/{name}.toml is never played; add `{} \"{name}\"` to tests/it/scenarios.rs",
                    name.replace('-', "_")
                );
            }
        }
    };
}

scenarios! {
    apache_missing_module "apache-missing-module"
    apt_source_typo "apt-source-typo"
    busybox_disk_full "busybox-disk-full"
    busybox_nginx_config "busybox-nginx-config"
    container_capability_dropped "container-capability-dropped"
    container_command_missing "container-command-missing"
    container_crash_loop "container-crash-loop"
    container_images_fill_disk "container-images-fill-disk"
    container_mount_missing "container-mount-missing"
    container_unhealthy "container-unhealthy"
    cpu_hog "cpu-hog"
    cron_program_gone "cron-program-gone"
    cron_stopped_with_jobs "cron-stopped-with-jobs"
    dangling_release_link "dangling-release-link"
    data_file_owner "data-file-owner"
    database_blocked "database-blocked"
    database_frozen "database-frozen"
    deleted_but_open "deleted-but-open"
    dependency_away "dependency-away"
    dependency_failed "dependency-failed"
    disk_full_data "disk-full-data"
    disk_full_rotated_logs "disk-full-rotated-logs"
    dns_dead_resolver "dns-dead-resolver"
    dns_no_resolver "dns-no-resolver"
    docroot_mode "docroot-mode"
    dpkg_half_configured "dpkg-half-configured"
    env_file_missing "env-file-missing"
    exec_bit_lost "exec-bit-lost"
    exec_missing "exec-missing"
    firewall_drop "firewall-drop"
    firewall_policy "firewall-policy"
    haproxy_config "haproxy-config"
    k8s_node_cordoned "k8s-node-cordoned"
    k8s_not_ready "k8s-not-ready"
    k8s_rollout_stuck "k8s-rollout-stuck"
    healthy_containers "healthy-containers"
    healthy_kubernetes "healthy-kubernetes"
    healthy_after_the_storm "healthy-after-the-storm"
    healthy_busy "healthy-busy"
    healthy_chatty_logs "healthy-chatty-logs"
    healthy_hardened "healthy-hardened"
    healthy_odd_mounts "healthy-odd-mounts"
    healthy_odds_and_ends "healthy-odds-and-ends"
    healthy_postgres_and_redis "healthy-postgres-and-redis"
    healthy_resting_units "healthy-resting-units"
    healthy_web_and_database "healthy-web-and-database"
    hosts_file_closed "hosts-file-closed"
    inodes_exhausted "inodes-exhausted"
    interpreter_crlf "interpreter-crlf"
    java_wrong_version "java-wrong-version"
    library_cut_short "library-cut-short"
    listen_address_missing "listen-address-missing"
    lock_left_behind "lock-left-behind"
    log_flood "log-flood"
    loopback_down "loopback-down"
    mariadb_data_owner "mariadb-data-owner"
    masked_unit "masked-unit"
    missing_library "missing-library"
    mount_missing "mount-missing"
    mysql_buffer_pool "mysql-buffer-pool"
    mysql_config "mysql-config"
    mysql_max_connections "mysql-max-connections"
    mysql_old_error_new_fault "mysql-old-error-new-fault"
    mysql_pool_waits "mysql-pool-waits"
    named_service_disabled "named-service-disabled"
    nginx_config_syntax "nginx-config-syntax"
    nginx_exec_bit_lost "nginx-exec-bit-lost"
    nginx_missing_brace "nginx-missing-brace"
    no_default_route "no-default-route"
    pam_module_missing "pam-module-missing"
    port_taken "port-taken"
    port_taken_by_service "port-taken-by-service"
    postgres_config "postgres-config"
    postgres_config_owner "postgres-config-owner"
    postgres_data_lost "postgres-data-lost"
    postgres_huge_pages "postgres-huge-pages"
    postgres_key_too_open "postgres-key-too-open"
    postgres_library_missing "postgres-library-missing"
    postgres_line_without_value "postgres-line-without-value"
    postgres_max_connections "postgres-max-connections"
    postgres_shared_buffers "postgres-shared-buffers"
    program_error "program-error"
    program_replaced "program-replaced"
    python_module_missing "python-module-missing"
    python_module_unknown "python-module-unknown"
    read_only_mount "read-only-mount"
    redis_config_line "redis-config-line"
    redis_data_refused "redis-data-refused"
    redis_log_damaged "redis-log-damaged"
    redis_maxmemory "redis-maxmemory"
    redis_misconf "redis-misconf"
    redis_module_missing "redis-module-missing"
    resolv_conf_dangling "resolv-conf-dangling"
    resolver_stopped "resolver-stopped"
    restart_loop_without_redis "restart-loop-without-redis"
    run_folder_missing "run-folder-missing"
    service_crashes "service-crashes"
    service_hangs "service-hangs"
    service_stopped "service-stopped"
    settings_folder_moved "settings-folder-moved"
    settings_not_yaml "settings-not-yaml"
    socket_left_behind "socket-left-behind"
    sshd_config "sshd-config"
    start_command_fails "start-command-fails"
    start_limit_hit "start-limit-hit"
    sysctl_drift "sysctl-drift"
    timer_job_failed "timer-job-failed"
    timer_job_gone "timer-job-gone"
    timer_stopped "timer-stopped"
    tls_expired "tls-expired"
    tls_key_mismatch "tls-key-mismatch"
    tls_renewed_not_reloaded "tls-renewed-not-reloaded"
    tmp_mode "tmp-mode"
    too_many_open_files "too-many-open-files"
    two_faults_at_once "two-faults-at-once"
    unit_bad_setting "unit-bad-setting"
    unit_condition_unmet "unit-condition-unmet"
    unit_hardened_too_much "unit-hardened-too-much"
    unit_hidden_settings "unit-hidden-settings"
    unit_timeout "unit-timeout"
    unit_user_missing "unit-user-missing"
    upstream_socket_closed "upstream-socket-closed"
    upstream_stopped "upstream-stopped"
    upstream_wedged "upstream-wedged"
    vm_memory_limit "vm-memory-limit"
    vm_healthy_modules "vm-healthy-modules"
    vm_kernel_upgraded "vm-kernel-upgraded"
    vm_module_bad_parameter "vm-module-bad-parameter"
    vm_module_blacklisted "vm-module-blacklisted"
    vm_module_damaged "vm-module-damaged"
    vm_module_misnamed "vm-module-misnamed"
    vm_module_stale_index "vm-module-stale-index"
    vm_module_taken_out "vm-module-taken-out"
    vm_mount_module_overridden "vm-mount-module-overridden"
    vm_tunnel_without_module "vm-tunnel-without-module"
    web_root_closed "web-root-closed"
    web_root_missing "web-root-missing"
    working_dir_missing "working-dir-missing"
}
