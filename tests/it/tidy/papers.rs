//! The papers say what the program does; where they could drift from it, this compares them.

use super::{files_under, nothing_in, read, root, sickbay};

/// Papers that stay short enough to be read.
const LONGEST_PAPERS: [(&str, usize); 3] = [
    ("ARCHITECTURE.md", 200),
    ("CONTRIBUTING.md", 150),
    ("SECURITY.md", 100),
];

#[test]
fn papers_stay_short() {
    let mut wrong = Vec::new();
    for (path, longest) in LONGEST_PAPERS {
        let lines = read(path).lines().count();
        if lines == 0 || lines > longest {
            wrong.push(format!(
                "{path} has {lines} lines; it must exist and have at most {longest}"
            ));
        }
    }
    nothing_in(&wrong);
}

#[test]
fn links_lead_somewhere() {
    let mut wrong = Vec::new();
    let mut papers = files_under(&["bot/adr", "deploy", "runbooks", "tests"]);
    papers.extend(files_under(&[
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "SECURITY.md",
    ]));
    for path in papers.iter().filter(|path| path.ends_with(".md")) {
        let folder = root().join(path);
        let folder = folder.parent().unwrap_or(root());
        for link in read(path)
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let file = link.split('#').next().unwrap_or("");
            let outside = link.contains("://") || link.starts_with("mailto:");
            if !outside && !file.is_empty() && !folder.join(file).exists() {
                wrong.push(format!("{path} links to {link}, which is not there"));
            }
        }
        for name in read(path)
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|name| is_path(name))
        {
            if !root().join(name.trim_end_matches('/')).exists() {
                wrong.push(format!("{path} names `{name}`, which is not there"));
            }
        }
    }
    nothing_in(&wrong);
}

/// Whether a text between backquotes is the path of a file of ours, and no pattern.
fn is_path(text: &str) -> bool {
    let ours = ["bot/", "tests/", "deploy/", "runbooks/"]
        .iter()
        .any(|folder| text.starts_with(folder));
    ours && text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c))
}

#[test]
fn each_decision_has_its_four_parts() {
    let mut wrong = Vec::new();
    for path in files_under(&["bot/adr"]) {
        let text = read(&path);
        for part in [
            "## Context",
            "## Choice",
            "## What we gave up",
            "## When to look again",
        ] {
            if !text.contains(part) {
                wrong.push(format!("{path} lacks `{part}`"));
            }
        }
        if text.lines().count() > 45 {
            wrong.push(format!(
                "{path} is longer than half a page; keep the choice and its reasons"
            ));
        }
    }
    nothing_in(&wrong);
}

/// README's table of commands says what `sickbay --help` says, word for word.
#[test]
fn readme_lists_the_commands() {
    let help = sickbay(&["--help"]);
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    let from_help = commands_in_help(&help);
    assert!(
        !from_help.is_empty(),
        "`sickbay --help` lists no commands:\n{help}"
    );
    let from_readme = commands_in_readme(&read("README.md"));
    let as_rows = |commands: &[(String, String)]| {
        commands
            .iter()
            .map(|(name, about)| format!("| `{name}` | {about} |"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert!(
        from_help == from_readme,
        "README.md's table of commands is not what `sickbay --help` says; make it\n\n{}\n",
        as_rows(&from_help)
    );
}

/// The `Commands:` part of clap's help: name and sentence, which may go on over lines.
fn commands_in_help(help: &str) -> Vec<(String, String)> {
    let mut commands: Vec<(String, String)> = Vec::new();
    let lines = help
        .lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1);
    for line in lines.take_while(|line| !line.is_empty()) {
        let indent = line.len() - line.trim_start().len();
        let text = line.trim();
        if indent <= 2 {
            let (name, about) = text.split_once(' ').unwrap_or((text, ""));
            commands.push((name.to_owned(), about.trim().to_owned()));
        } else if let Some((_name, about)) = commands.last_mut() {
            *about = format!("{about} {text}").trim().to_owned();
        }
    }
    commands.retain(|(name, _about)| name != "help");
    commands
}

/// The rows of README's table that begins with `| command |`.
fn commands_in_readme(readme: &str) -> Vec<(String, String)> {
    let rows = readme
        .lines()
        .skip_while(|line| !line.starts_with("| command |"))
        .skip(2);
    rows.take_while(|line| line.starts_with('|'))
        .filter_map(|line| {
            let mut cells = line.trim_matches('|').split('|').map(str::trim);
            let name = cells.next()?.trim_matches('`').to_owned();
            Some((name, cells.next()?.to_owned()))
        })
        .collect()
}
