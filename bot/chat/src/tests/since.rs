//! What changed since a host's baseline, on all platforms and in both languages, and each kind of change as a sentence.

use incident::change::{Area, Aspect, Change, Nothing, Since};
use incident::notice::{Hints, Notice};
use incident::{FindingId, Moment};

use super::{both, faces, proposal, reports};
use crate::Locale;

fn change(area: Area, name: &str, aspect: Aspect, was: Option<&str>, now: Option<&str>) -> Change {
    Change {
        area,
        name: name.to_owned(),
        aspect,
        was: was.map(str::to_owned),
        now: now.map(str::to_owned),
        touches: None,
    }
}

fn changes() -> Vec<Change> {
    use Area::{
        Certificate, File, Group, Module, Mount, Package, Port, Sysctl, System, Unit, User,
    };
    use Aspect::{
        Content, Enabled, Mode, Options, Owner, Presence, Program, Runs, Source, State, Target,
        Value, Version,
    };
    let hash = Some("00ff");
    vec![
        change(File, "/etc/nginx/nginx.conf", Content, Some("11aa"), hash),
        change(File, "/etc/motd", Content, Some("file"), Some("link")),
        change(File, "/etc/motd", Content, Some("link"), Some("file")),
        change(
            Unit,
            "nginx.service",
            Enabled,
            Some("enabled"),
            Some("masked"),
        ),
        change(Unit, "nginx.service", Runs, Some("on"), Some("failed")),
        change(Unit, "nginx.service", Runs, Some("on"), Some("off")),
        change(Unit, "nginx.service", Runs, Some("off"), Some("on")),
        change(Unit, "nginx.service", Content, Some("11aa"), hash),
        change(Unit, "shop.service", Presence, Some("enabled"), None),
        change(Unit, "shop.service", Presence, None, Some("disabled")),
        change(Port, "80/tcp", Presence, Some("nginx"), None),
        change(Port, "80/tcp", Presence, Some(""), None),
        change(Port, "8080/tcp", Presence, None, Some("java")),
        change(Port, "8080/tcp", Presence, None, Some("")),
        change(Port, "80/tcp", Program, Some("nginx"), Some("apache2")),
        change(Port, "80/tcp", Source, Some("*"), Some("127.0.0.1")),
        change(Mount, "/data", Presence, Some("UUID=1-2 (ext4)"), None),
        change(Mount, "/data", Presence, None, Some("UUID=1-2 (ext4)")),
        change(Mount, "/data", Options, Some("rw"), Some("ro")),
        change(
            Mount,
            "/data",
            Source,
            Some("UUID=1-2 (ext4)"),
            Some("UUID=3-4 (xfs)"),
        ),
        change(Package, "nginx:amd64", Version, Some("1.22"), Some("1.24")),
        change(Package, "nginx:amd64", Content, Some("11aa"), hash),
        change(
            Package,
            "nginx:amd64",
            State,
            Some("installed"),
            Some("half-configured"),
        ),
        change(Package, "nginx:amd64", Presence, Some("1.22"), None),
        change(Package, "nginx:amd64", Presence, None, Some("1.22")),
        change(Module, "dummy", Content, Some("11aa"), hash),
        change(Module, "dummy", Version, Some("AA"), Some("BB")),
        change(Module, "dummy", State, Some("O"), Some("OE")),
        change(Module, "dummy", Presence, Some(""), None),
        change(Module, "dummy", Presence, None, Some("OE")),
        change(Sysctl, "vm.swappiness", Value, Some("60"), Some("10")),
        change(
            User,
            "bob",
            Presence,
            None,
            Some("1003:1003:/home/bob:/bin/sh"),
        ),
        change(
            User,
            "bob",
            Value,
            Some("1003:1003:/home/bob:/bin/sh"),
            Some("0:0:/home/bob:/bin/sh"),
        ),
        change(Group, "sudo", Value, Some("27:"), Some("27:bob")),
        change(File, "/etc/hosts.deny", Mode, Some("0644"), Some("0600")),
        change(
            File,
            "/etc/hosts.deny",
            Owner,
            Some("root:root"),
            Some("bob:bob"),
        ),
        change(
            File,
            "/etc/localtime",
            Target,
            Some("/usr/share/zoneinfo/UTC"),
            Some("/usr/share/zoneinfo/Asia/Tokyo"),
        ),
        change(File, "/etc/motd", Presence, Some("11aa"), None),
        change(File, "/etc/motd", Presence, None, Some("11aa")),
        change(
            Certificate,
            "/etc/tls/a.pem",
            Content,
            Some("11 until Nov 20 09:00:00 2026 GMT"),
            Some("22 until Nov 20 09:00:00 2027 GMT"),
        ),
        change(
            System,
            "kernel",
            Value,
            Some("6.1.0-31-amd64"),
            Some("6.1.0-32-amd64"),
        ),
        change(System, "cmdline", Value, Some("11aa"), hash),
    ]
}

fn since(changes: Vec<Change>) -> Since {
    Since {
        taken_at: Moment(1_795_435_200_000),
        taken_by: "ada".parse().unwrap(),
        incident: proposal().incident,
        nothing: None,
        changes,
        more: 0,
        unseen: Vec::new(),
        unread_files: 0,
    }
}

#[test]
fn each_kind_of_change_is_a_sentence() {
    let out = both(|locale| {
        let lines = changes()
            .iter()
            .map(|one| locale.change(one) + "\n")
            .collect::<String>();
        let host = &reports()[1].host;
        let nothing =
            [Nothing::AnotherMachine, Nothing::Unanswered, Nothing::Lost].map(|nothing| {
                let since = Since {
                    nothing: Some(nothing),
                    ..since(Vec::new())
                };
                locale.since(host, &since) + "\n"
            });
        let partly = Since {
            unseen: vec![Area::Unit],
            ..since(Vec::new())
        };
        let partly = locale.since(host, &partly) + "\n";
        lines + &nothing.concat() + &partly + &locale.since(host, &since(Vec::new())) + "\n"
    });
    insta::assert_snapshot!("changes", out);
}

#[test]
fn a_diagnosis_says_what_changed_in_a_few_lines() {
    let mut reports = reports();
    reports.truncate(2);
    let mut since = since(changes());
    since.changes[0].touches = Some(FindingId::nth(1));
    since.unseen = vec![Area::Program];
    since.unread_files = 3;
    reports[1].since = Some(Box::new(since));
    reports.remove(0);
    let incident = proposal().incident;
    let out = both(|locale: Locale| {
        let found = Notice::Diagnosed {
            incident: &incident,
            summary: &locale.summary(&reports),
            reports: &reports,
            cards: &[],
            pages: &[],
            withheld: &[],
            hints: &Hints::default(),
        };
        faces(&found, locale)
    });
    insta::assert_snapshot!("changed", out);
}
