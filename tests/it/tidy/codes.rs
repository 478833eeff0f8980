//! The page of all finding codes is made from what the program knows and the lab plays, so it says what is so.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use incident::step::Reversal;
use incident::{Risk, Severity};
use probes::catalogue::{self, Entry};
use runbook::{Library, Pattern, Runbook, Work};

use super::{files_under, read, root};

/// With this set the pages are written anew.
const RENEW: &str = "SICKBAY_RENEW";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tongue {
    English,
    Chinese,
}

impl Tongue {
    fn say<'t>(self, english: &'t str, chinese: &'t str) -> &'t str {
        match self {
            Self::English => english,
            Self::Chinese => chinese,
        }
    }
}

#[test]
fn the_page_of_codes_is_what_the_program_knows() {
    let renew = std::env::var_os(RENEW).is_some();
    let pages = [
        ("runbooks/CODES.md", Tongue::English),
        ("runbooks/CODES.zh.md", Tongue::Chinese),
    ];
    for (path, tongue) in pages {
        let made = page(tongue);
        if renew {
            std::fs::write(root().join(path), &made).unwrap();
        }
        assert!(
            read(path) == made,
            "{path} is not what the catalogue, the runbooks and the scenarios say; renew it: {RENEW}=1 cargo nextest run -p tests -E 'test(page_of_codes)'"
        );
    }
}

/// What is known of a scenario of the lab.
struct Scenario {
    name: String,
    finds: Vec<String>,
    fix: String,
}

fn scenarios() -> Vec<Scenario> {
    let files = files_under(&["tests/lab/scenarios"]);
    let all = files.iter().filter_map(|path| {
        let name = path.rsplit('/').next()?.strip_suffix(".toml")?.to_owned();
        let table: toml::Table = read(path).parse().ok()?;
        let expect = table.get("expect")?.as_table()?;
        let finds = expect.get("findings").and_then(toml::Value::as_array);
        let finds = finds.into_iter().flatten().filter_map(toml::Value::as_str);
        let fix = expect.get("fix").and_then(toml::Value::as_str);
        Some(Scenario {
            name,
            finds: finds.map(str::to_owned).collect(),
            fix: fix.unwrap_or_default().to_owned(),
        })
    });
    all.collect()
}

/// The pages on the disk, which are what the next build embeds.
fn library() -> Library {
    let files = files_under(&["runbooks"]);
    let pages = files.iter().filter(|path| path.ends_with(".md"));
    let (library, problems) = Library::load(pages.map(|path| (path.clone(), read(path))));
    assert_eq!(problems, [], "`sickbay runbook lint` says more");
    library
}

fn answers(page: &Runbook, code: &str) -> bool {
    page.matching.findings.iter().any(|pattern| match pattern {
        Pattern::Code(one) => one.as_str() == code,
        Pattern::Area(area) => code.split('.').next() == Some(area),
    })
}

/// A text as a cell of a table has it.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn severity(severity: Severity, tongue: Tongue) -> &'static str {
    match (severity, tongue) {
        (Severity::Critical, Tongue::English) => "critical",
        (Severity::Critical, Tongue::Chinese) => "严重",
        (Severity::Warning, Tongue::English) => "warning",
        (Severity::Warning, Tongue::Chinese) => "警告",
        (Severity::Info, Tongue::English) => "info",
        (Severity::Info, Tongue::Chinese) => "提示",
    }
}

/// What a page does: its verbs, its risk, and what undo there is.
fn deed(page: &Runbook, tongue: Tongue) -> String {
    let mut verbs: Vec<&str> = Vec::new();
    let mut worst = Reversal::Nothing;
    let mut by_hand = false;
    for action in &page.actions {
        match &action.work {
            Work::Typed { verb, .. } => {
                if !verbs.contains(&verb.name) {
                    verbs.push(verb.name);
                }
                worst = match (worst, verb.reversal) {
                    (Reversal::Never(why), _) | (_, Reversal::Never(why)) => Reversal::Never(why),
                    (Reversal::IfSaved, _) | (_, Reversal::IfSaved) => Reversal::IfSaved,
                    (Reversal::FromSaved, _) | (_, Reversal::FromSaved) => Reversal::FromSaved,
                    (Reversal::Nothing, Reversal::Nothing) => Reversal::Nothing,
                };
            }
            Work::Argv { .. } => by_hand = true,
        }
    }
    if verbs.is_empty() {
        return if by_hand {
            tongue
                .say("a command for a person", "由人执行的命令")
                .to_owned()
        } else {
            tongue.say("read by a person", "供人阅读").to_owned()
        };
    }
    let verbs: Vec<String> = verbs.iter().map(|verb| format!("`{verb}`")).collect();
    let risk = match page.risk {
        Risk::Read => tongue.say("read", "只读"),
        Risk::Low => tongue.say("low risk", "低风险"),
        Risk::Medium => tongue.say("medium risk", "中风险"),
        Risk::High => tongue.say("high risk", "高风险"),
    };
    let undo = match worst {
        Reversal::Nothing => tongue.say("only looks", "只查看"),
        Reversal::FromSaved => tongue.say("can be undone", "可撤销"),
        Reversal::IfSaved => tongue.say(
            "can be undone where there was something to save",
            "保存过原状则可撤销",
        ),
        Reversal::Never(_) => tongue.say("not all of it can be undone", "不能全部撤销"),
    };
    format!("{}; {risk}; {undo}", verbs.join(", "))
}

fn page(tongue: Tongue) -> String {
    let (library, scenarios) = (library(), scenarios());
    let mut areas: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in catalogue::entries() {
        let area = entry.code.split('.').next().unwrap_or_default();
        areas.entry(area).or_default().push(entry);
    }
    let codes: usize = areas.values().map(Vec::len).sum();
    let acting = library
        .iter()
        .filter(|page| !page.actions.is_empty())
        .count();
    let (pages, stories) = (library.len(), scenarios.len());
    let mut out = match tongue {
        Tongue::English => format!(
            "# What Sickbay finds\n\nGenerated from the catalogue of codes, the runbooks and the scenarios of the lab; do not edit it: `{RENEW}=1 cargo nextest run -p tests -E 'test(page_of_codes)'` makes it anew.\n中文：[CODES.zh.md](CODES.zh.md).\n\n{codes} codes; {pages} pages, {acting} of which offer a fix; {stories} scenarios. Nothing is changed without an approval. A code without a page is told with what is usually done about it; a code\nwithout a scenario is proved by recorded answers of real hosts (`bot/probes/cases/`) and by tests. ✓: the scenario also approves the fix, sees the service work, and takes it back where it can be undone. `sickbay explain CODE` says the same at a terminal.\n"
        ),
        Tongue::Chinese => format!(
            "# Sickbay 能发现什么\n\n由发现代码目录、处置手册和实验室场景生成，请勿手工修改：用 `{RENEW}=1 cargo nextest run -p tests -E 'test(page_of_codes)'` 重新生成。\nEnglish: [CODES.md](CODES.md)，其中还有检测方法和常见原因。\n\n共 {codes} 个代码；{pages} 篇处置手册，其中 {acting} 篇提供修复；{stories} 个场景。未经批准不做任何改动。没有手册的代码会给出通常的处理办法；没有场景的代码由真实主机的录制应答\n（`bot/probes/cases/`）和测试保证。✓：该场景还会批准修复、确认服务恢复，并在可以撤销时撤销它。终端里用 `sickbay explain CODE` 查看同样的内容。\n"
        ),
    };
    for (area, entries) in areas {
        let _ = write!(out, "\n## {area}\n\n");
        out.push_str(match tongue {
            Tongue::English => "| code | what it means | how it is found | what causes it | pages: what they do | scenarios |\n|---|---|---|---|---|---|\n",
            Tongue::Chinese => "| 代码 | 含义 | 通常的处理 | 处置手册：能做什么 | 场景 |\n|---|---|---|---|---|\n",
        });
        for entry in entries {
            let _ = writeln!(out, "{}", row(entry, &library, &scenarios, tongue));
        }
    }
    out
}

fn row(entry: &Entry, library: &Library, scenarios: &[Scenario], tongue: Tongue) -> String {
    let code = entry.code;
    let pages: Vec<String> = library
        .iter()
        .filter(|page| answers(page, code))
        .map(|page| {
            let path = page.path.strip_prefix("runbooks/").unwrap_or(&page.path);
            format!("[{}]({path}): {}", page.id, deed(page, tongue))
        })
        .collect();
    let proved: Vec<String> = scenarios
        .iter()
        .filter(|one| one.finds.iter().any(|found| found == code))
        .map(|one| {
            let fixed = if one.fix.is_empty() { "" } else { " ✓" };
            format!(
                "[{}](../tests/lab/scenarios/{}.toml){fixed}",
                one.name, one.name
            )
        })
        .collect();
    let pages = cell(&pages.join("<br>"));
    let proved = proved.join("<br>");
    let how_bad = severity(entry.severity, tongue);
    match tongue {
        Tongue::English => format!(
            "| `{code}` ({how_bad}) | **{}.** {} | {} | {} | {pages} | {proved} |",
            cell(entry.title),
            cell(entry.meaning),
            cell(entry.detected),
            cell(entry.causes),
        ),
        Tongue::Chinese => {
            let named = chat::codes().find(|one| one.code == code);
            let (name, meaning, usual) = named
                .map_or((entry.title, entry.meaning, entry.usual), |named| {
                    (named.name, named.meaning, named.usual)
                });
            format!(
                "| `{code}`（{how_bad}） | **{}。** {} | {} | {pages} | {proved} |",
                cell(name),
                cell(meaning),
                cell(usual),
            )
        }
    }
}
