//! Each notice on all platforms side by side, so that what people read is reviewed in one place, and that nothing is sent
//! which a platform would not take.

use incident::notice::{Card, FixedBy, Hints, MayFit, Notice, SeenBefore};
use incident::people::Candidate;
use incident::report::HostReport;
use incident::{Proposal, ResponderId, Span};
use serde_json::{Value, json};

use crate::terminal::Face;
use crate::{Locale, discord, slack, terminal};

pub(crate) mod account;
mod hostile;
mod long;
mod notices;
mod since;
mod worded;

fn finding(id: &str, severity: &str, title: &str, explains: &[&str]) -> serde_json::Value {
    let code = match id {
        "f-1" => "unit.exec_permission",
        "f-3" => "fs.full",
        "f-4" => "host.reboot_required",
        "f-9" => "change.recent",
        _ => "unit.failed",
    };
    let facts = match id {
        "f-1" => json!({
            "unit": "nginx.service", "path": "/srv/shop/releases/2026-11-23/bin/serve", "mode": "0644", "reason": "mode",
        }),
        "f-2" => json!({ "unit": "nginx.service", "result": "exit-code", "exit_status": 203 }),
        _ => json!({}),
    };
    json!({
        "id": id, "code": code, "severity": severity, "confidence": "confirmed", "host": "web1",
        "subject": "unit:nginx.service", "title": title, "facts": facts, "cites": ["e-7"], "explains": explains,
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

/// What was seen before, with a fix and without one, and two pages that may fit; `title` is what each is called.
pub(crate) fn hints(title: &str) -> Hints {
    let host = |name: &str| name.parse().unwrap();
    let seen = |finding: &str, on: &str, incident: &str| SeenBefore {
        finding: Some(finding.parse().unwrap()),
        title: None,
        incident: incident.parse().unwrap(),
        host: host("web1"),
        on: on.to_owned(),
        fixed: Some(FixedBy {
            runbook: "unit-exec-permission".parse().ok(),
            title: title.to_owned(),
            took: Span::minutes(4),
        }),
    };
    let unfixed = SeenBefore {
        host: host("db1"),
        fixed: None,
        ..seen("f-1", "2026-11-02", "20261102-pz4wcd")
    };
    let page = |runbook: &str, finding: Option<&str>| MayFit {
        runbook: runbook.parse().unwrap(),
        title: title.to_owned(),
        finding: finding.map(|id| id.parse().unwrap()),
    };
    Hints {
        seen_before: vec![seen("f-1", "2026-11-20", "20261120-k2m9xw"), unfixed],
        may_fit: vec![page("disk-full", Some("f-3")), page("log-flood", None)],
    }
}

/// A notice in each language, one after the other.
fn both(faces: impl Fn(Locale) -> String) -> String {
    Locale::ALL
        .map(|locale| format!("——— {}\n{}", locale.tag(), faces(locale)))
        .concat()
}

/// A notice as each platform shows it.
fn faces(notice: &Notice<'_>, locale: Locale) -> String {
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
            "rich_text" => rich(block),
            "actions" => buttons(block, "/text/text"),
            other => panic!("{other}"),
        });
    }
    lines.join("\n")
}

/// The parts of a rich text; each item of a list has its mark.
fn rich(block: &Value) -> String {
    let parts = |section: &Value| -> String {
        let parts = section["elements"].as_array().unwrap().iter();
        let parts = parts.map(|part| match part["user_id"].as_str() {
            Some(user) => format!("@{user}"),
            None if part["type"] == "link" => format!(
                "<{}|{}>",
                part["url"].as_str().unwrap(),
                part["text"].as_str().unwrap()
            ),
            None => part["text"].as_str().unwrap().to_owned(),
        });
        parts.collect()
    };
    let sections = block["elements"].as_array().unwrap().iter();
    let sections = sections.map(|section| match section["type"].as_str() {
        Some("rich_text_list") => {
            let items = section["elements"].as_array().unwrap().iter();
            items
                .map(|item| indented(&parts(item), "| • "))
                .collect::<String>()
        }
        _ => indented(&parts(section), "| "),
    });
    sections.collect()
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
pub(crate) fn too_much(content: &discord::Content) -> Vec<String> {
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

/// What the fix is called.
const fn title(locale: Locale) -> &'static str {
    match locale {
        Locale::English => "A service's program may not be executed",
        Locale::Chinese => "服务程序没有执行权限",
    }
}

/// What the finding says that the fix answers.
const fn because(locale: Locale) -> &'static str {
    match locale {
        Locale::English => "/srv/shop/releases/2026-11-23/bin/serve is not executable",
        Locale::Chinese => "/srv/shop/releases/2026-11-23/bin/serve 没有执行权限",
    }
}

fn card<'a>(proposal: &'a Proposal, approvers: &'a [Candidate], needed: u32) -> Card<'a> {
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

fn pages(locale: Locale) -> [(String, String, String); 1] {
    let title = match locale {
        Locale::English => "A filesystem is full",
        Locale::Chinese => "文件系统已满",
    };
    [("disk-full", title, "f-3")]
        .map(|(id, title, finding)| (id.to_owned(), title.to_owned(), finding.to_owned()))
}
