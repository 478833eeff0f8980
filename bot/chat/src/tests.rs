//! Each notice on all platforms side by side, so that what people read is reviewed in one place, and that nothing is sent
//! which a platform would not take.

use incident::notice::{Card, Notice, Stage, Standing};
use incident::remediation::Outcome;
use incident::report::HostReport;
use incident::vitals::{Area, State, Unit};
use incident::{Gauge, HostName, HostStatus, IncidentId, Proposal, ResponderId, Span, Vitals};
use serde_json::{Value, json};

use crate::terminal::Face;
use crate::{Locale, discord, slack, terminal};

mod hostile;

fn finding(id: &str, severity: &str, title: &str, explains: &[&str]) -> serde_json::Value {
    json!({
        "id": id, "code": "unit.failed", "severity": severity, "confidence": "confirmed", "host": "web1",
        "subject": "unit:nginx.service", "title": title, "facts": {}, "cites": ["e-7"], "explains": explains,
        "detail": "nginx.service runs as root.\nIt failed 4 s ago: its program was not run.",
    })
}

pub(crate) fn reports() -> Vec<HostReport> {
    let gap =
        |probe: &str, why: &str, next: &str| json!({ "probe": probe, "why": why, "try": next });
    let value = json!([
        { "host": "db1", "status": "healthy", "took": 900, "could_not_check": [], "unreachable": "",
          "findings": [finding("f-9", "info", "Changed in the last day: 2 packages", &[])] },
        { "host": "web1", "status": "critical", "took": 2100, "unreachable": "",
          "could_not_check": [
            gap("kernel.messages 3600", "the host has no kernel log of its own", "nothing to do if that is meant so"),
            gap("disk.remote", "no answer within 5 s", "look for a hung mount or a blocked program"),
            gap("disk.deleted", "needs root: open files of other users", "allow `sudo -n` for the user, or enrol the host, and look again"),
            gap("net.firewall", "needs root: firewall rules", "allow `sudo -n` for the user, or enrol the host, and look again"),
          ],
          "findings": [
            finding("f-1", "critical", "/srv/shop/releases/2026-11-23/bin/serve is not executable (mode 0644)", &["f-2"]),
            finding("f-2", "critical", "nginx.service has failed (exit-code)", &[]),
            finding("f-3", "warning", "/var is 91% full", &[]),
            finding("f-4", "info", "A reboot is pending", &[]),
          ] },
        { "host": "web2", "status": "unreachable", "took": 80, "findings": [], "could_not_check": [],
          "unreachable": "web2: no connection (Connection refused); is it up?" },
        { "host": "web3", "status": "unknown", "took": 8000, "findings": [], "unreachable": "",
          "could_not_check": [gap("disk.space", "the answer is none: it said \"df: broken\"", "ask by hand")] },
    ]);
    serde_json::from_value(value).unwrap()
}

pub(crate) fn proposal() -> Proposal {
    let step = |verb: &str, args: &[&str]| json!({ "verb": verb, "args": args });
    let value = json!({
        "id": "k7f3qa-1", "incident": "20261123-k7f3qa", "host": "web1", "host_key": "SHA256:x", "login": "ops",
        "privilege": "sudo", "runbook": "unit-exec-permission", "runbook_version": 1,
        "title": "A service's program may not be executed", "risk": "low", "answers": "f-1",
        "answers_code": "unit.exec_permission", "answers_subject": "path:/x", "undo": "automatic",
        "steps": [step("file.chmod", &["/srv/shop/releases/2026-11-23/bin/serve", "0755"]), step("unit.restart", &["nginx.service"])],
        "undo_words": ["mode 0644 is put back", "the processes that ran before are gone"],
        "undoes": null, "diff": "-worker_connectons 768;\n+# worker_connectons 768;\n",
        "limits": { "cooldown": 600_000, "per_host_per_day": 3, "timeout": 60_000 },
        "min_approvals": 1, "made_at": 0, "expires_at": 900_000,
    });
    serde_json::from_value(value).unwrap()
}

/// A notice as each platform shows it.
fn faces(notice: &Notice<'_>) -> String {
    let locale = Locale::English;
    let face = Face {
        colour: false,
        all: false,
        width: Some(100),
        locale,
    };
    let discord = discord::content(notice, locale);
    assert_eq!(too_much(&discord), Vec::<String>::new());
    format!(
        "terminal\n{}\nslack\n{}\ndiscord\n{}",
        indented(&terminal::render(notice, face), "  "),
        indented(&on_slack(&slack::content(notice, locale)), "  "),
        indented(&on_discord(&discord), "  "),
    )
}

fn indented(text: &str, by: &str) -> String {
    let lines = text.lines().map(|line| format!("{by}{line}"));
    let lines = lines.map(|line| line.trim_end().to_owned() + "\n");
    lines.collect()
}

fn buttons(row: &Value, label: &str) -> String {
    let key = if row["elements"].is_null() {
        "components"
    } else {
        "elements"
    };
    let buttons = row[key].as_array().unwrap().iter();
    let labels = buttons.map(|one| format!("[{}]", one.pointer(label).unwrap().as_str().unwrap()));
    labels.collect::<Vec<_>>().join(" ")
}

fn on_slack(content: &slack::Content) -> String {
    let mut lines = vec!["(a notification says)".to_owned(), content.text.clone()];
    lines.extend(beside(&content.files));
    lines.push("(the message shows)".to_owned());
    for block in &content.blocks {
        lines.push(match block["type"].as_str().unwrap() {
            "section" => block["text"]["text"].as_str().unwrap().to_owned(),
            "context" => indented(block["elements"][0]["text"].as_str().unwrap(), "· "),
            "rich_text" => indented(
                block["elements"][0]["elements"][0]["text"]
                    .as_str()
                    .unwrap(),
                "| ",
            ),
            "actions" => buttons(block, "/text/text"),
            other => panic!("{other}"),
        });
    }
    lines.join("\n")
}

fn on_discord(content: &discord::Content) -> String {
    let mut lines = vec![content.text.clone()];
    for embed in &content.embeds {
        let colour = embed["color"].as_u64().unwrap();
        let title = embed["title"].as_str().map(|title| format!("{title}\n"));
        let text = embed["description"].as_str().unwrap();
        let text = format!("{}{text}", title.unwrap_or_default());
        lines.push(indented(&text, &format!("{colour:06x}▌ ")));
    }
    lines.extend(content.components.iter().map(|row| buttons(row, "/label")));
    lines.extend(beside(&content.files));
    lines.join("\n")
}

fn beside(files: &[crate::File]) -> Vec<String> {
    let files = files.iter().map(|file| match file.kind() {
        "image/png" => format!("(beside it {}: {})", file.name, file.alt),
        _ => format!(
            "(beside it {}, {} lines)",
            file.name,
            file.words().lines().count()
        ),
    });
    files.collect()
}

/// What Discord would refuse, by its documented limits.
fn too_much(content: &discord::Content) -> Vec<String> {
    let length = |text: &str| text.encode_utf16().count();
    let mut wrong = Vec::new();
    let mut limit = |what: &str, is: usize, most: usize| {
        if is > most {
            wrong.push(format!("{what}: {is} of {most}"));
        }
    };
    limit("text", length(&content.text), 2_000);
    limit("embeds", content.embeds.len(), 10);
    let mut total = 0;
    for embed in &content.embeds {
        let title = length(embed["title"].as_str().unwrap_or(""));
        let text = length(embed["description"].as_str().unwrap());
        limit("title", title, 256);
        limit("description", text, 4_096);
        total += title + text;
    }
    limit("all embeds", total, 6_000);
    limit("thread", length(&content.title), 100);
    limit("rows", content.components.len(), 5);
    let rows = content.components.iter();
    let all: Vec<&Value> = rows
        .flat_map(|row| row["components"].as_array().unwrap())
        .collect();
    limit("buttons", all.len(), 5);
    for button in all {
        limit("label", length(button["label"].as_str().unwrap()), 80);
        limit(
            "custom id",
            button["custom_id"].as_str().unwrap().len(),
            100,
        );
    }
    wrong
}

fn ana() -> ResponderId {
    ResponderId::new("ana").unwrap()
}

fn card<'a>(proposal: &'a Proposal, approvers: &'a [ResponderId], needed: u32) -> Card<'a> {
    Card {
        proposal,
        title: &proposal.title,
        because: "/srv/shop/releases/2026-11-23/bin/serve is not executable",
        approvers,
        needed,
        may_approve: true,
        left: Span::minutes(14),
    }
}

fn pages() -> [(String, String, String); 1] {
    [("disk-full", "A filesystem is full", "f-3")]
        .map(|(id, title, finding)| (id.to_owned(), title.to_owned(), finding.to_owned()))
}

#[test]
fn an_incident_begins() {
    let incident = proposal().incident;
    let web1 = HostName::new("web1").unwrap();
    let doing = ["web1: looking, 61 probes".to_owned()];
    let mut out = faces(&Notice::Opened {
        incident: &incident,
        by: &ana(),
        hosts: &[web1.clone(), HostName::new("web2").unwrap()],
        symptom: "the *site* is down, see https://status.example/x",
        doing: &doing,
    });
    out += &faces(&Notice::Looking {
        host: &web1,
        wave: 2,
        probes: 9,
    });
    insta::assert_snapshot!("begins", out);
}

#[test]
fn a_verdict() {
    let (proposal, reports) = (proposal(), reports());
    let approvers = [ana()];
    let cards = [card(&proposal, &approvers, 1)];
    let summary = Locale::English.summary(&reports);
    let mut out = faces(&Notice::Headline {
        incident: &proposal.incident,
        by: &ana(),
        status: HostStatus::Critical,
        summary: &summary,
        cards: &cards,
        pages: &pages(),
    });
    out += &faces(&Notice::Diagnosed {
        incident: &proposal.incident,
        summary: &summary,
        reports: &reports,
        cards: &[],
        pages: &pages(),
        withheld: &["A disk is failing (f-8): there is no way to become root on web1".to_owned()],
    });
    insta::assert_snapshot!("verdict", out);
}

#[test]
fn nothing_is_wrong() {
    let mut reports = reports();
    reports.truncate(1);
    let summary = Locale::English.summary(&reports);
    let incident = proposal().incident;
    let healthy = Notice::Headline {
        incident: &incident,
        by: &ana(),
        status: HostStatus::Healthy,
        summary: &summary,
        cards: &[],
        pages: &[],
    };
    let found = Notice::Diagnosed {
        incident: &incident,
        summary: &summary,
        reports: &reports,
        cards: &[],
        pages: &[],
        withheld: &[],
    };
    insta::assert_snapshot!("healthy", faces(&healthy) + &faces(&found));
}

#[test]
fn a_card_from_its_offer_to_its_end() {
    let proposal = proposal();
    let approvers = [ana(), ResponderId::new("bo").unwrap()];
    let card = card(&proposal, &approvers, 2);
    let offer = |given: &[ResponderId], standing| {
        faces(&Notice::Offer {
            card: &card,
            given,
            standing,
        })
    };
    let ended = |outcome, why, output, can_undo| Standing::Ended {
        outcome,
        why,
        output,
        can_undo,
    };
    let nobody = Card {
        approvers: &[],
        ..card.clone()
    };
    let mut out = offer(&[ana()], Standing::Open);
    out += &faces(&Notice::Offer {
        card: &nobody,
        given: &[],
        standing: Standing::Open,
    });
    let now = Stage::Running;
    out += &offer(&approvers, Standing::UnderWay { now });
    let why = "/srv/shop/releases/2026-11-23/bin/serve is not executable is gone";
    out += &offer(&approvers, ended(Outcome::Verified, why, "", true));
    let output = "Job for nginx.service failed.\n@everyone ```bold``` <!channel>\n";
    let why = "step 2 failed with exit code 1";
    out += &offer(&approvers, ended(Outcome::Failed, why, output, true));
    let why = "the host does not answer";
    out += &offer(&approvers, ended(Outcome::Unknown, why, "", false));
    insta::assert_snapshot!("card", out);
}

#[test]
fn what_one_person_is_told() {
    let proposal = proposal();
    let mut out = faces(&Notice::Refused {
        why: "bo may not approve low risk on web1; ask ana",
    });
    out += &faces(&Notice::Answer {
        text: "Dry run of k7f3qa-1 on web1: nothing was changed\n  1. set mode 0755: would run",
    });
    out += &faces(&Notice::Chosen {
        proposal: &proposal,
    });
    out += &faces(&Notice::Running {
        proposal: &proposal,
    });
    out += &faces(&Notice::Ended {
        proposal: &proposal,
        outcome: Outcome::NotFixed,
        why: "nginx.service has failed (unit.failed)",
        output: "",
        can_undo: true,
    });
    let evidence = discord::evidence(
        &proposal.incident,
        "f-1: x\n  e-7 on web1: unit.show\n",
        Locale::English,
    );
    out += &indented(&on_discord(&evidence), "  ");
    insta::assert_snapshot!("told", out);
}

#[test]
fn what_is_too_long_is_beside_the_message_whole() {
    let mut reports = reports();
    let one = reports[1].findings[0].clone();
    reports[1].findings = (0..3_000).map(|_| one.clone()).collect();
    let incident = IncidentId::new("20261123-k7f3qa").unwrap();
    let found = Notice::Diagnosed {
        incident: &incident,
        summary: &Locale::English.summary(&reports),
        reports: &reports,
        cards: &[],
        pages: &[],
        withheld: &[],
    };
    let content = discord::content(&found, Locale::English);
    assert_eq!(too_much(&content), Vec::<String>::new());
    let text = content.files[0].words();
    assert_eq!(text.matches("CRITICAL f-1 on web1:").count(), 3_000);
    assert!(text.starts_with("web1: "), "the account comes first");
    assert!(content.embeds.iter().any(|embed| {
        let text = embed["description"].as_str().unwrap();
        text.contains("2993 more findings")
    }));
    let content = slack::content(&found, Locale::English);
    assert_eq!(content.files[0].words(), text);
    assert!(content.blocks.len() <= 50);
    assert!(on_slack(&content).contains("2980 more findings; all of them are in findings-"));

    let mut proposal = proposal();
    proposal.diff = "+ a line that is added\n".repeat(400);
    let approvers = [ana()];
    let content = discord::content(
        &Notice::Offer {
            card: &card(&proposal, &approvers, 1),
            given: &[],
            standing: Standing::Open,
        },
        Locale::English,
    );
    assert_eq!(too_much(&content), Vec::<String>::new());
    assert!(content.files[0].words().ends_with(proposal.diff.trim_end()));

    let text = "line\n".repeat(3_000);
    let content = discord::content(&Notice::Answer { text: &text }, Locale::English);
    assert_eq!(too_much(&content), Vec::<String>::new());
    assert_eq!(content.files[0].words(), text);
    let content = slack::content(&Notice::Answer { text: &text }, Locale::English);
    assert_eq!(content.files[0].words(), text);
    let parts = slack::in_parts(&content, Locale::English);
    let told: Vec<&str> = parts
        .iter()
        .map(|part| {
            part.blocks[0]
                .pointer("/elements/0/elements/0/text")
                .unwrap()
                .as_str()
                .unwrap()
        })
        .collect();
    assert_eq!(told.concat(), text);
    let long = "line\n".repeat(30_000);
    let parts = slack::in_parts(
        &slack::content(&Notice::Answer { text: &long }, Locale::English),
        Locale::English,
    );
    assert_eq!(parts.len(), 5);
    assert_eq!(parts[4].text, Locale::English.cut_off());
}

#[test]
fn pictures_are_beside_the_cards() {
    let reports = reports();
    let web1 = reports[1].host.clone();
    let full = Gauge::new(
        Area::Space,
        "/srv",
        Unit::Bytes,
        99 << 30,
        Some(100 << 30),
        State::Over,
    );
    let vitals = [(web1, Vitals { gauges: vec![full] })];
    let out = faces(&Notice::Pictured {
        incident: &proposal().incident,
        vitals: &vitals,
        reports: &reports,
    });
    insta::assert_snapshot!("pictured", out);
}
