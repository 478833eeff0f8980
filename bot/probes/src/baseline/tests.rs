//! Snapshots of real hosts (Debian 12 with systemd and as BusyBox, as root and without), compared and weighed.

use incident::change::{Area, Aspect, Change};
use incident::{
    Code, Confidence, EvidenceId, Finding, FindingId, HostName, Severity, Subject, Value,
};
use proptest::prelude::*;

use super::{Snapshot, weigh};

const HEALTHY: &str = include_str!("cases/healthy.txt");
const BROKEN: &str = include_str!("cases/broken.txt");
const HEALTHY_PLAIN: &str = include_str!("cases/healthy-plain.txt");
const BROKEN_PLAIN: &str = include_str!("cases/broken-plain.txt");
const BUSYBOX: &str = include_str!("cases/busybox.txt");

fn read(text: &str) -> Snapshot {
    Snapshot::read(text).unwrap()
}

/// `unit nginx.service runs: on -> failed`.
fn line(change: &Change) -> String {
    let word = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
    let area = format!("{:?}", change.area).to_lowercase();
    let aspect = format!("{:?}", change.aspect).to_lowercase();
    let touches = change
        .touches
        .as_ref()
        .map_or_else(String::new, |id| format!(" ({id})"));
    format!(
        "{area} {} {aspect}: {} -> {}{touches}",
        change.name,
        word(&change.was),
        word(&change.now)
    )
}

fn differs(was: &str, now: &str) -> Vec<String> {
    let diff = read(was).diff(&read(now));
    weigh(diff.changes, &[]).iter().map(line).collect()
}

/// The healthy host with one line of it replaced, or with one more where there is none to replace.
fn with(old: &str, new: &str) -> String {
    if old.is_empty() {
        return HEALTHY.replacen("baseline 1\n", &format!("baseline 1\n{new}\n"), 1);
    }
    assert!(HEALTHY.contains(old), "{old}");
    HEALTHY.replacen(old, new, 1)
}

fn finding(id: usize, code: &str, subject: (&str, &str), facts: &[(&str, Value)]) -> Finding {
    Finding {
        id: FindingId::nth(id),
        code: Code::new(code).unwrap(),
        severity: Severity::Critical,
        confidence: Confidence::Confirmed,
        host: HostName::new("web1").unwrap(),
        subject: Subject::new(subject.0, subject.1),
        title: "something".to_owned(),
        detail: String::new(),
        facts: facts
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
        cites: vec![EvidenceId::nth(1)],
        explains: Vec::new(),
    }
}

#[test]
fn what_was_done_to_a_host_is_told_and_nothing_else() {
    assert_eq!(
        differs(HEALTHY, BROKEN),
        [
            "unit dnsmasq.service enabled: enabled -> disabled",
            "unit nginx.service runs: on -> failed",
            "port 53/tcp presence: dnsmasq -> nothing",
            "port 53/udp presence: dnsmasq -> nothing",
            "port 80/tcp presence: nginx -> nothing",
            "file /etc/hosts.deny mode: 0644 -> 0600",
            "file /etc/nginx/nginx.conf content: 48c6a4ec1e1fd28ccf968490 -> 0f9ff3cb17ad05f8f9dfa410",
            "package busybox:amd64 presence: 1:1.35.0-4+deb12u1+b1 -> nothing",
            "sysctl net.ipv4.conf.all.accept_redirects value: 1 -> 0",
            "sysctl net.ipv4.ip_forward value: 0 -> 1",
            "user bob presence: nothing -> 1003:1003:/home/bob:/bin/sh",
            "group bob presence: nothing -> 1003:",
        ]
    );
}

#[test]
fn a_host_is_the_same_as_itself() {
    for text in [HEALTHY, BROKEN, HEALTHY_PLAIN, BROKEN_PLAIN, BUSYBOX] {
        let diff = read(text).diff(&read(text));
        assert_eq!(diff, super::Diff::default());
        assert!(read(text).tells());
    }
}

#[test]
fn without_root_the_same_is_told_as_far_as_it_can_be_seen() {
    let whole: Vec<String> = differs(HEALTHY, BROKEN)
        .into_iter()
        .map(|line| {
            line.replace("presence: dnsmasq", "presence: ")
                .replace("presence: nginx", "presence: ")
        })
        .collect();
    assert_eq!(differs(HEALTHY_PLAIN, BROKEN_PLAIN), whole);
}

#[test]
fn what_only_root_sees_is_not_gone_without() {
    for (was, now) in [(HEALTHY, HEALTHY_PLAIN), (HEALTHY_PLAIN, HEALTHY)] {
        let diff = read(was).diff(&read(now));
        assert_eq!(diff.changes, []);
        assert_eq!(diff.unseen, [Area::Program]);
        assert!(diff.unread_files > 5, "{}", diff.unread_files);
    }
}

#[test]
fn what_was_not_looked_at_is_not_gone() {
    let units = HEALTHY.replace("seen unit\n", "");
    let units: String = units
        .lines()
        .filter(|line| !line.starts_with("unit "))
        .map(|line| format!("{line}\n"))
        .collect();
    let diff = read(HEALTHY).diff(&read(&units));
    assert_eq!((diff.changes, diff.unseen), (Vec::new(), vec![Area::Unit]));
    // An answer that was cut ends somewhere.
    let cut = HEALTHY.split("seen port").next().unwrap();
    let diff = read(HEALTHY).diff(&read(cut));
    assert_eq!(diff.changes, []);
    assert!(
        diff.unseen.contains(&Area::Port) && diff.unseen.contains(&Area::File),
        "{:?}",
        diff.unseen
    );
    assert!(!read(cut).tells());
    assert!(read("baseline 1\nfact os debian 12\n").is_blank() && !read(cut).is_blank());
    assert_eq!(Snapshot::read("sh: 1: sha256sum: not found\n"), None);
    assert_eq!(Snapshot::read(""), None);
}

#[test]
fn a_certificate_that_could_not_be_seen_is_not_gone() {
    let was = "baseline 1\ncert aa /etc/tls/shop.pem Mar 1\nseen cert\nfile 8180 root:root bb /etc/tls/shop.pem\nseen file\n";
    let now = |more: &str| {
        let now = format!("baseline 1\n{more}seen cert\nseen file\n");
        let diff = read(was).diff(&read(&now));
        let all = diff.changes.iter().map(line);
        let gone: Vec<String> = all.filter(|one| one.starts_with("cert")).collect();
        (gone.len(), diff.unseen)
    };
    assert_eq!(now(""), (1, Vec::new()));
    assert_eq!(now("blind /etc/tls\n"), (0, Vec::new()));
    let unread = "file 8180 root:root ~9.1 /etc/tls/shop.pem\n";
    assert_eq!(now(unread), (0, Vec::new()));
    assert_eq!(now("cut cert\n"), (0, vec![Area::Certificate]));
}

#[test]
fn each_kind_of_change_is_told_as_what_it_is() {
    let check = |old: &str, new: &str, expected: &[&str]| {
        assert_eq!(
            differs(HEALTHY, &with(old, new)),
            expected,
            "{old} -> {new}"
        );
    };
    check(
        "unit nginx.service enabled on",
        "unit nginx.service masked off",
        &[
            "unit nginx.service enabled: enabled -> masked",
            "unit nginx.service runs: on -> off",
        ],
    );
    // A service that is being started, or is started on demand, is neither on nor off.
    check(
        "unit nginx.service enabled on",
        "unit nginx.service enabled -",
        &[],
    );
    check(
        "port 80/tcp * nginx",
        "port 80/tcp 127.0.0.1 apache2",
        &[
            "port 80/tcp program: nginx -> apache2",
            "port 80/tcp source: * -> 127.0.0.1",
        ],
    );
    check("port 80/tcp * nginx", "port 80/tcp * -", &[]);
    check(
        "mount / overlay overlay rw",
        "mount / overlay overlay ro",
        &["mount / options: rw -> ro"],
    );
    check(
        "",
        "mount /data UUID=11-22 ext4 rw",
        &["mount /data presence: nothing -> UUID=11-22 (ext4)"],
    );
    check(
        "sysctl net/ipv4/ip_forward 0",
        "sysctl net/ipv4/ip_forward 1",
        &["sysctl net.ipv4.ip_forward value: 0 -> 1"],
    );
    // A parameter is there while its module is.
    check("sysctl net/ipv4/ip_forward 0\n", "", &[]);
    check(
        "user www-data 33:33:/var/www:/usr/sbin/nologin",
        "user www-data 33:33:/var/www:/bin/sh",
        &["user www-data value: 33:33:/var/www:/usr/sbin/nologin -> 33:33:/var/www:/bin/sh"],
    );
    check(
        "0399e847da886d891ee04126 /etc/subuid",
        "1399e847da886d891ee04126 /etc/subuid",
        &["file /etc/subuid content: 0399e847da886d891ee04126 -> 1399e847da886d891ee04126"],
    );
    check(
        "file 81a4 root:root 1d0a326106184ef6c389d685 /etc/hosts.deny",
        "link /etc/hosts.deny /dev/null",
        &["file /etc/hosts.deny content: file -> link"],
    );
    check(
        "",
        "cert 00ff /etc/tls/a.pem Nov 20 09:00:00 2027 GMT",
        &["certificate /etc/tls/a.pem presence: nothing -> 00ff until Nov 20 09:00:00 2027 GMT"],
    );
}

/// A machine of its own, as the probe tells of its kernel.
fn machine(modules: &str, kernel: &str) -> String {
    format!("baseline 1\nmachine 00\nfact kernel {kernel}\nseen fact\n{modules}seen mod\n")
}

#[test]
fn modules_that_were_replaced_are_told_and_those_of_another_kernel_are_not() {
    let was = machine(
        "mod dummy aa11 S1 -\nmod loop bb22 S2 -\nmod nf_tables cc33 S3 -\n",
        "6.1.0-31-amd64",
    );
    let now = machine(
        "mod dummy aa99 S1 -\nmod loop bb22 S2 -\nmod rootkit dd44 S4 OE\nmod veth ee55 S5 -\n",
        "6.1.0-31-amd64",
    );
    assert_eq!(
        differs(&was, &now),
        [
            "module dummy content: aa11 -> aa99",
            // A module of the kernel's own tree is loaded when it is needed, and not before; one from elsewhere somebody brought.
            "module rootkit presence: nothing -> OE",
        ]
    );
    // Where something is wrong with it, that it is not loaded is said.
    let module = finding(1, "module.absent", ("module", "nf_tables"), &[]);
    let weighed = weigh(read(&was).diff(&read(&now)).changes, &[module]);
    assert_eq!(
        line(&weighed[0]),
        "module nf_tables presence:  -> nothing (f-1)"
    );
    let booted = machine(
        "mod dummy aa77 S7 -\nmod loop bb77 S8 -\nmod nf_tables cc77 S9 -\n",
        "6.1.0-32-amd64",
    );
    assert_eq!(
        differs(&was, &booted),
        ["system kernel value: 6.1.0-31-amd64 -> 6.1.0-32-amd64"]
    );
}

#[test]
fn packages_explain_what_comes_with_them() {
    let was = "baseline 1\nunit shop.service enabled on aa\nseen unit\npkg shop:all 1.0 11 \npkg tool:all 2.0 22 \nseen pkg\n\
        exe 81ed root:root ~100.1 /usr/bin/shop\nfile 81a4 root:root cc /etc/shop/shop.conf\nseen file\n";
    let upgraded = was
        .replace("1.0 11", "1.1 12")
        .replace(" aa\n", " bb\n")
        .replace("~100.1", "~101.2");
    assert_eq!(
        differs(was, &upgraded),
        ["package shop:all version: 1.0 -> 1.1"]
    );
    // The same version with other files is no update.
    let replaced = was.replace("1.0 11", "1.0 13");
    assert_eq!(
        differs(was, &replaced),
        ["package shop:all content: 11 -> 13"]
    );
    // Nor does the update of one package hide that the program of another was replaced.
    let other = was.replace("2.0 22", "2.1 23").replace("~100.1", "~101.2");
    assert_eq!(
        differs(was, &other),
        [
            "package tool:all version: 2.0 -> 2.1",
            "file /usr/bin/shop content: ~100.1 -> ~101.2",
        ]
    );
    let half = was.replace("1.0 11 ", "1.0 11 install ok half-configured");
    assert_eq!(
        differs(was, &half),
        ["package shop:all state: installed -> half-configured"]
    );
    // A program that changed though no package did.
    let touched = was.replace("~100.1", "~100.7").replace("81ed", "81a4");
    assert_eq!(
        differs(was, &touched),
        [
            "file /usr/bin/shop content: ~100.1 -> ~100.7",
            "file /usr/bin/shop mode: 0755 -> 0644",
        ]
    );
    // What the service manager does not hold at the moment is not asked for, and not gone.
    let idle = was.replace("exe 81ed root:root ~100.1 /usr/bin/shop\n", "");
    assert_eq!(differs(was, &idle), [] as [&str; 0]);
}

#[test]
fn what_a_finding_is_about_comes_first() {
    let nginx = finding(
        1,
        "nginx.config_syntax",
        ("path", "/etc/nginx/nginx.conf"),
        &[
            ("path", "/etc/nginx/nginx.conf".into()),
            ("unit", "nginx.service".into()),
        ],
    );
    let names = finding(2, "net.dns", ("nameserver", "127.0.0.1"), &[]);
    let diff = read(HEALTHY).diff(&read(BROKEN));
    let weighed = weigh(diff.changes, &[nginx, names]);
    let lines: Vec<String> = weighed.iter().map(line).collect();
    assert_eq!(
        lines[..6],
        [
            "file /etc/nginx/nginx.conf content: 48c6a4ec1e1fd28ccf968490 -> 0f9ff3cb17ad05f8f9dfa410 (f-1)",
            "unit dnsmasq.service enabled: enabled -> disabled (f-2)",
            "unit nginx.service runs: on -> failed (f-1)",
            "port 53/tcp presence: dnsmasq -> nothing (f-2)",
            "port 53/udp presence: dnsmasq -> nothing (f-2)",
            "port 80/tcp presence: nginx -> nothing (f-1)",
        ]
    );
}

#[test]
fn of_two_changes_of_a_kind_the_later_one_comes_first() {
    let mut recent = finding(
        1,
        "change.recent",
        ("host", "changes"),
        &[
            ("files", vec!["/etc/two.conf".to_owned()].into()),
            ("packages", vec!["upgrade two 2".to_owned()].into()),
        ],
    );
    recent.severity = Severity::Info;
    let was = "baseline 1\npkg one:all 1 aa \npkg two:all 1 bb \nseen pkg\nfile 81a4 root:root aa /etc/one.conf\nfile 81a4 root:root bb /etc/two.conf\nseen file\n";
    let now = was
        .replace(":all 1", ":all 2")
        .replace("root aa", "root cc")
        .replace("root bb", "root dd");
    let changes = read(was).diff(&read(&now)).changes;
    let names = |findings: &[Finding]| {
        let weighed = weigh(changes.clone(), findings);
        weighed
            .iter()
            .map(|change| change.name.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        names(&[]),
        ["/etc/one.conf", "/etc/two.conf", "one:all", "two:all"]
    );
    assert_eq!(
        names(&[recent]),
        ["/etc/two.conf", "/etc/one.conf", "two:all", "one:all"]
    );
}

#[test]
fn names_are_akin_that_are_of_one_service() {
    let check = |one: &str, other: &str, is: bool| {
        assert_eq!(super::weigh::akin(one, other), is, "{one} {other}");
        assert_eq!(super::weigh::akin(other, one), is, "{other} {one}");
    };
    check("nginx", "nginx-common", true);
    check("redis-server", "redis", true);
    check("postgresql", "postgresql-15", true);
    check("mariadb", "mysql", true);
    check("ssh", "openssh-server", true);
    check("php8.2-fpm", "php8.2", true);
    check("nginx", "apache2", false);
    check("cron", "at", false);
    check("db", "dbus", false);
}

#[test]
fn a_change_is_of_what_it_is_called_after() {
    let about = finding(
        1,
        "unit.failed",
        ("unit", "postgresql@15-main.service"),
        &[],
    );
    let near = |area: Area, name: &str, is: bool| {
        let change = Change {
            area,
            name: name.to_owned(),
            aspect: Aspect::Content,
            was: Some("a".to_owned()),
            now: Some("b".to_owned()),
            touches: None,
        };
        let weighed = weigh(vec![change], std::slice::from_ref(&about));
        assert_eq!(weighed[0].touches.is_some(), is, "{name}");
    };
    near(Area::File, "/etc/postgresql/15/main/pg_hba.conf", true);
    near(
        Area::File,
        "/etc/systemd/system/postgresql@15-main.service.d/limits.conf",
        true,
    );
    near(Area::File, "/etc/default/postgresql", true);
    near(Area::Package, "postgresql-15:amd64", true);
    near(Area::User, "postgres", true);
    near(Area::File, "/etc/systemd/journald.conf", false);
    near(Area::File, "/etc/hosts", false);
    near(Area::Package, "libc6:amd64", false);
    near(Area::Sysctl, "vm.swappiness", false);
}

proptest! {
    #[test]
    fn hostile_answers_never_panic(
        lines in proptest::collection::vec("(file|exe|link|port|pkg|unit|mod|cert|mount|user|seen|blind|cut|fact)? ?\\PC{0,60}", 0..12),
        others in proptest::collection::vec("(file|port|pkg|unit|seen file|seen pkg|seen unit|seen port)? ?\\PC{0,60}", 0..12),
    ) {
        let text = |lines: &[String]| format!("baseline 1\n{}", lines.join("\n"));
        let (was, now) = (text(&lines), text(&others));
        let (was, now) = (read(&was), read(&now));
        let about = finding(1, "unit.failed", ("unit", "nginx.service"), &[("path", lines.join("/").into())]);
        let weighed = weigh(was.diff(&now).changes, &[about]);
        prop_assert!(weighed.iter().all(|change| change.name.chars().count() <= 240));
        prop_assert_eq!(was.diff(&was), super::Diff { unseen: was.diff(&was).unseen, ..super::Diff::default() });
    }
}
