//! A host with several services that each have the same fault, so that one diagnosis offers enough fixes for many kills.

use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::lab::{Host, both, root};

/// How many services there are; one look follows no more failed units than these.
pub(super) const SERVICES: usize = 6;

/// Services with a fault that a runbook mends. Each counts its starts, and takes as long to start as its file `slow` says.
const PREPARE: &str = r#"
for n in $(seq 6); do
  mkdir -p /opt/counted/$n
  echo 0 >/opt/counted/$n/slow
  printf '#!/bin/sh\necho started >>/opt/counted/%s/starts\nexec sleep infinity\n' $n >/opt/counted/$n/run
  printf '[Unit]\nDescription=Counts its starts\n[Service]\nExecStartPre=/bin/sh -c "sleep $(cat /opt/counted/%s/slow)"\nExecStart=/opt/counted/%s/run\n' \
    $n $n >/etc/systemd/system/counted$n.service
done
systemctl daemon-reload
"#;

/// Puts the faults back and the counters to nothing. What the guard remembers stays.
const BREAK: &str = r#"
for n in $(seq 6); do
  systemctl stop counted$n
  rm -f /opt/counted/$n/starts
  chmod 0644 /opt/counted/$n/run
  echo 0 >/opt/counted/$n/slow
  systemctl reset-failed counted$n 2>/dev/null || true
  systemctl start counted$n 2>/dev/null || true
  eventually 20 systemctl is-failed -q counted$n
done
"#;

/// A host and the state directory of its Sickbay.
pub(super) struct Bench {
    pub(super) host: Host,
    /// More options for every command.
    pub(super) options: Vec<String>,
    runbooks: tempfile::TempDir,
}

/// A fix that is offered.
#[derive(Debug, Clone)]
pub(super) struct Fix {
    pub(super) id: String,
    /// The number of the service that it mends.
    pub(super) service: String,
}

/// What the host says of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Truth {
    /// How often its program was started.
    pub(super) starts: usize,
    pub(super) mode: String,
    pub(super) active: bool,
}

impl Bench {
    /// Boots a host and puts the services there.
    pub(super) fn up(name: &str) -> Self {
        let host = Host::up(name, "systemd");
        host.must("preparing", PREPARE);
        // The page as it is, without its pauses: the same fix is wanted many times a day here.
        let page = root().join("runbooks/unit/unit-exec-permission.md");
        let page = std::fs::read_to_string(page).unwrap();
        let limits = "limits: { cooldown: 0s, per_host_per_day: 1000, timeout: 120s }";
        let page: Vec<&str> = page
            .lines()
            .map(|line| {
                if line.starts_with("limits:") {
                    limits
                } else {
                    line
                }
            })
            .collect();
        assert!(page.contains(&limits), "the runbook has no limits to lift");
        let runbooks = tempfile::tempdir().unwrap();
        let file = runbooks.path().join("unit-exec-permission.md");
        std::fs::write(file, page.join("\n")).unwrap();
        let options = vec![
            "--runbooks".to_owned(),
            runbooks.path().display().to_string(),
        ];
        Self {
            host,
            options,
            runbooks,
        }
    }

    /// Breaks every service and diagnoses the host with a fresh state directory: one fix for each.
    pub(super) fn offers(&mut self) -> Vec<Fix> {
        self.host.state = tempfile::tempdir().unwrap();
        self.host.must("breaking", BREAK);
        self.offers_again()
    }

    /// Diagnoses the host as it is.
    pub(super) fn offers_again(&self) -> Vec<Fix> {
        let (_, seen) = self.sickbay(&["diagnose", &self.host.name]);
        let offered = seen["hosts"][0]["proposals"].as_array();
        let fixes: Vec<Fix> = offered
            .into_iter()
            .flatten()
            .filter(|one| one["runbook"] == "unit-exec-permission")
            .map(|one| {
                let path = one["steps"][0]["argv"][2].as_str().unwrap();
                Fix {
                    id: one["id"].as_str().unwrap().to_owned(),
                    service: path.split('/').nth(3).unwrap().to_owned(),
                }
            })
            .collect();
        assert!(
            !fixes.is_empty(),
            "no fix is offered: {:#}\n{}",
            seen["hosts"][0],
            both(&self.host.run("journalctl -n 30 --no-pager"))
        );
        fixes
    }

    /// Every fix that must be offered after [`Self::offers`].
    pub(super) fn all_offers(&mut self) -> Vec<Fix> {
        let fixes = self.offers();
        assert_eq!(fixes.len(), SERVICES, "{fixes:#?}");
        fixes
    }

    /// A command with this bench's state, inventory and runbooks.
    pub(super) fn command(&self, args: &[&str]) -> Command {
        let mut command = self.host.command(args);
        command.args(&self.options);
        command
    }

    /// Runs a command to its end; gives its exit code and what it prints as JSON.
    #[track_caller]
    pub(super) fn sickbay(&self, args: &[&str]) -> (i32, Value) {
        let out = self.command(args).arg("--json").output().unwrap();
        let code = out.status.code().unwrap_or(-1);
        let value = serde_json::from_slice(&out.stdout).unwrap_or_else(|error| {
            panic!(
                "sickbay {args:?} prints no JSON ({error}), {}: {}",
                out.status,
                both(&out)
            )
        });
        (code, value)
    }

    /// Runs a command that is killed where it reaches a fail point for the `nth` time.
    #[track_caller]
    pub(super) fn killed_at(&self, point: &str, nth: usize, args: &[&str]) {
        use std::os::unix::process::ExitStatusExt as _;
        let action = match nth.saturating_sub(1) {
            0 => "return".to_owned(),
            passes => format!("{passes}*off->return"),
        };
        let mut command = self.command(args);
        command
            .arg("--json")
            .env("FAILPOINTS", format!("{point}={action}"));
        let out = command.output().unwrap();
        assert_eq!(
            out.status.signal(),
            Some(9),
            "{args:?} does not reach {point} for the {nth}. time: {}: {}",
            out.status,
            both(&out)
        );
    }

    /// Starts a command and lets it run.
    pub(super) fn spawn(&self, args: &[&str], points: &str) -> Child {
        let mut command = self.command(args);
        command.arg("--json").env("FAILPOINTS", points);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    /// Lets whatever is left finish, as the next person at a terminal would.
    pub(super) fn settle(&self) {
        let patience = Patience::new(240);
        loop {
            let (_, recovered) = self.sickbay(&["recover"]);
            if recovered["waiting"] == 0 {
                return;
            }
            patience.or_fail(|| format!("effects never end: {recovered:#}"));
        }
    }

    /// The facts of the incident that a proposal belongs to.
    pub(super) fn facts(&self, proposal: &str) -> Vec<Value> {
        let letters = proposal
            .rsplit_once('-')
            .map_or(proposal, |(letters, _)| letters);
        let (_, timeline) = self.sickbay(&["incident", "timeline", letters]);
        let facts = timeline["timeline"].as_array();
        facts
            .into_iter()
            .flatten()
            .map(|one| one["fact"].clone())
            .collect()
    }

    /// Waits until the journal has a fact of this kind about a proposal.
    pub(super) fn until_recorded(&self, proposal: &str, kind: &str) {
        let patience = Patience::new(240);
        loop {
            let facts = self.facts(proposal);
            if facts
                .iter()
                .any(|fact| fact["fact"] == kind && fact["proposal"] == proposal)
            {
                return;
            }
            patience.or_fail(|| format!("{proposal} is never {kind}: {facts:#?}"));
        }
    }

    /// What the host says of a service.
    #[track_caller]
    pub(super) fn truth(&self, service: &str) -> Truth {
        let said = self.host.must(
            "asking what ran",
            &format!(
                "cat /opt/counted/{service}/starts 2>/dev/null | wc -l; stat -c %a /opt/counted/{service}/run
                 systemctl is-active counted{service} || true"
            ),
        );
        let mut lines = said.lines();
        let mut next = || lines.next().unwrap_or("").to_owned();
        Truth {
            starts: next().parse().unwrap(),
            mode: next(),
            active: next() == "active",
        }
    }

    /// Makes a fix take so long on the host.
    pub(super) fn slow(&self, fix: &Fix, seconds: u32) {
        let what = format!("echo {seconds} >/opt/counted/{}/slow", fix.service);
        self.host.must("making it slow", &what);
    }

    /// Whether a fix is at its last step, which is as slow as [`Self::slow`] says.
    pub(super) fn is_starting(&self, fix: &Fix) -> bool {
        let asked = format!(
            "systemctl show -p ActiveState --value counted{}",
            fix.service
        );
        self.host.must("asking", &asked).trim() == "activating"
    }

    /// Waits until a fix is at its last step.
    pub(super) fn until_starting(&self, fix: &Fix) {
        let patience = Patience::new(240);
        while !self.is_starting(fix) {
            patience.or_fail(|| format!("{} is never carried out", fix.id));
        }
    }

    /// Adds a settings file to every command.
    pub(super) fn settings(&mut self, text: &str) {
        let path = self.runbooks.path().join("settings.toml.txt");
        std::fs::write(&path, format!("version = 1\n{text}")).unwrap();
        self.options.push("--config".to_owned());
        self.options.push(path.display().to_string());
    }
}

/// What a command that ended by itself printed as JSON, and its exit code.
#[track_caller]
pub(super) fn ended(child: Child) -> (i32, Value) {
    let out: Output = child.wait_with_output().unwrap();
    let code = out.status.code().unwrap_or(-1);
    let value = serde_json::from_slice(&out.stdout)
        .unwrap_or_else(|error| panic!("no JSON ({error}), {}: {}", out.status, both(&out)));
    (code, value)
}

/// A limit for waiting on something that must come.
pub(super) struct Patience(Instant);

impl Patience {
    pub(super) fn new(seconds: u64) -> Self {
        Self(Instant::now() + Duration::from_secs(seconds))
    }

    /// Fails when it is over; else lets others work.
    #[track_caller]
    pub(super) fn or_fail(&self, why: impl Fn() -> String) {
        assert!(Instant::now() < self.0, "{}", why());
        std::thread::sleep(Duration::from_millis(50));
    }
}
