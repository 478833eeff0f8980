//! Closer looks: asked for, offered, approved, taken on a real host, kept as evidence, and removed from the host.

use serde_json::Value;

use crate::lab::Host;

/// A service with a thread that waits for ever, and one that asks in vain for a file and for a connection.
const PREPARE: &str = r#"cat >/srv/waiter.py <<'END'
import socket, threading, time
def fails():
    while True:
        try: open("/etc/waiter/nowhere.conf")
        except OSError: pass
        try: socket.create_connection(("127.0.0.1", 5999), 1)
        except OSError: pass
        time.sleep(0.1)
threading.Thread(target=fails, daemon=True).start()
one, other = socket.socketpair()
one.recv(10)
END
systemd-run -q --unit=waiter python3 /srv/waiter.py; sleep 1"#;

/// Asks for a closer look and approves it: what was offered, and how it ended.
fn taken(host: &Host, what: &[&str]) -> (Value, Value) {
    let args: Vec<&str> = ["capture", host.name.as_str()]
        .into_iter()
        .chain(what.iter().copied())
        .collect();
    let (code, told) = host.sickbay(&args);
    assert_eq!(code, 0, "asking is no trouble of the host: {told:#}");
    let offered = told["hosts"][0]["proposals"][0].clone();
    let id = offered["id"].as_str();
    let id = id.unwrap_or_else(|| panic!("nothing is offered: {told:#}"));
    let (code, ended) = host.sickbay(&["approve", id]);
    assert_eq!(
        (code, &ended["outcome"]),
        (0, &"captured".into()),
        "{ended:#}"
    );
    (offered, ended)
}

/// The text that is kept of it.
fn text(host: &Host, ended: &Value) -> String {
    let incident = ended["incident"].as_str().unwrap_or_default();
    let (_, listed) = host.sickbay(&["incident", "evidence", incident]);
    let all = listed["evidence"].as_array().cloned().unwrap_or_default();
    let verb = ended["steps"][0]["verb"].as_str().unwrap_or_default();
    let of_it = |one: &&Value| one["key"].as_str().is_some_and(|key| key.starts_with(verb));
    let one = all.iter().find(of_it);
    let one = one.unwrap_or_else(|| panic!("nothing is kept: {listed:#}"));
    let id = one["id"].as_str().unwrap_or_default();
    let (_, shown) = host.sickbay(&["incident", "evidence", incident, id]);
    shown["evidence"]["text"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// The lines of the card.
fn lines(ended: &Value) -> String {
    let lines = ended["captured"].as_array().cloned().unwrap_or_default();
    let lines: Vec<&str> = lines.iter().filter_map(Value::as_str).collect();
    lines.join("\n")
}

#[test]
#[ignore = "needs the lab"]
fn a_closer_look_is_approved_taken_kept_and_removed() {
    let host = Host::up("capture-looks", "systemd");
    host.must("prepare", PREPARE);

    let (offered, stacks) = taken(&host, &["backtrace", "waiter"]);
    assert_eq!(offered["rollback"], "nothing", "{offered:#}");
    assert_eq!(offered["risk"], "low", "{offered:#}");
    assert!(lines(&stacks).starts_with("2 threads\n"), "{stacks:#}");
    assert!(lines(&stacks).contains("recv"), "{stacks:#}");
    let kept = text(&host, &stacks);
    assert!(kept.contains("== threads"), "{kept}");

    let (_, calls) = taken(&host, &["syscalls", "waiter.service", "--seconds", "2"]);
    let said = lines(&calls);
    assert!(
        said.contains("with ENOENT: /etc/waiter/nowhere.conf")
            && said.contains("with ECONNREFUSED: 127.0.0.1:5999"),
        "{said}"
    );

    let (_, packets) = taken(&host, &["packets", "5999", "--seconds", "2"]);
    assert!(
        lines(&packets).contains("127.0.0.1 with 127.0.0.1:5999: 0 of "),
        "{packets:#}"
    );

    // Whatever was written is gone from the host, and the service never stopped.
    let left = host.must(
        "look for leftovers",
        "find /var/lib/sickbay -path '*/take*'; systemctl is-active waiter; \
         sed 's/.*) //;s/ .*//' /proc/$(systemctl show -p MainPID --value waiter)/stat",
    );
    assert_eq!(left, "active\nS\n");

    // What is not there is said to be that, and nothing is offered.
    let (code, none) = host.sickbay(&["capture", &host.name, "profile", "nosuch"]);
    assert_eq!(code, 0, "{none:#}");
    assert_eq!(
        none["hosts"][0]["proposals"],
        Value::Array(Vec::new()),
        "{none:#}"
    );
    let withheld = none["withheld"].to_string();
    assert!(
        withheld.contains("there is no process, unit or core called nosuch"),
        "{none:#}"
    );

    // The process that the card speaks of is gone: nothing is taken of another one.
    let (_, told) = host.sickbay(&["capture", &host.name, "backtrace", "waiter"]);
    let id = told["hosts"][0]["proposals"][0]["id"]
        .as_str()
        .unwrap_or_default();
    host.must(
        "restart it",
        "systemctl stop waiter; systemd-run -q --unit=waiter python3 /srv/waiter.py; sleep 1",
    );
    let (code, refused) = host.sickbay(&["approve", id]);
    assert_eq!(
        (code, &refused["outcome"]),
        (2, &"refused".into()),
        "{refused:#}"
    );
}
