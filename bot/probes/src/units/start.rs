//! Judges why a unit cannot be started, from what it needs and what is there.

use incident::{Confidence, Severity, Subject};

use super::exec::{Mount, Needs, Part, Role};
use super::path::{Node, Way};
use crate::draft::Draft;

/// What stands in the way of a unit that should run.
pub(crate) fn judge(needs: &Needs, down: bool, key: &str, drafts: &mut Vec<Draft>) {
    let severity = if down {
        Severity::Critical
    } else {
        Severity::Warning
    };
    let mut found = Vec::new();
    who(needs, severity, &mut found);
    for part in &needs.parts {
        match part.role {
            Role::Program => program(needs, part, severity, &mut found),
            Role::Argument => {
                found.extend(dangling(needs, &part.way, severity));
                libraries(needs, part, severity, &mut found);
            }
            Role::Folder => folder(needs, part, severity, &mut found),
            Role::Environment if part.way.gone.is_some() => {
                found.push(environment(needs, part, severity));
            }
            Role::Credential if part.way.gone.is_some() => {
                found.push(credential(needs, part, severity));
            }
            Role::Writable if part.way.gone.is_some() => {
                found.push(writable(needs, part, severity));
            }
            Role::Environment | Role::Credential | Role::Writable => {
                found.extend(dangling(needs, &part.way, severity));
            }
        }
    }
    drafts.extend(
        found
            .into_iter()
            .map(|draft| with_drop_in(needs, draft))
            .map(|draft| draft.fact("unit", needs.unit.as_str()).cite(key)),
    );
}

/// Says which drop-in names what is not there: nobody looks for it in a file beside the unit's own.
fn with_drop_in(needs: &Needs, draft: Draft) -> Draft {
    let (directives, what): (&[&str], _) = match draft.code.as_str() {
        "unit.user_missing" => (
            &["User", "Group"],
            draft.text("user").or(draft.text("group")),
        ),
        "unit.working_dir" => (&["WorkingDirectory"], draft.text("path")),
        "unit.env_file" => (&["EnvironmentFile"], draft.text("path")),
        "unit.exec_missing" => (&["ExecStart", "ExecStartPre"], draft.text("path")),
        "file.missing" => (&["ReadWritePaths"], draft.text("path")),
        _ => return draft,
    };
    let Some(file) = what.and_then(|what| needs.said_by(directives, what)) else {
        return draft;
    };
    let detail = format!(
        "{} {file} says so, which is added to the unit.",
        draft.detail
    );
    let file = file.to_owned();
    draft.detail(detail.trim_start()).fact("said_by", file)
}

fn subject(needs: &Needs) -> Subject {
    Subject::new("unit", &needs.unit)
}

fn who(needs: &Needs, severity: Severity, found: &mut Vec<Draft>) {
    for (kind, name) in [
        ("user", &needs.missing_user),
        ("group", &needs.missing_group),
    ] {
        let Some(name) = name else { continue };
        let title = format!("{} runs as {kind} {name}, which does not exist", needs.unit);
        let draft = Draft::new("unit.user_missing", severity, subject(needs), title)
            .detail(format!("The host's databases have no {kind} {name:?}, so the service manager cannot start the program as it."))
            .fact(kind, name.as_str());
        found.push(draft);
    }
}

fn program(needs: &Needs, part: &Part, severity: Severity, found: &mut Vec<Draft>) {
    let way = &part.way;
    let path = way.path.as_str();
    if let Some(draft) = dangling(needs, way, severity) {
        found.push(draft);
        return;
    }
    if way.gone.is_some() {
        let title = format!("{} is to run {path}, which is not there", needs.unit);
        let mut draft =
            Draft::new("unit.exec_missing", severity, subject(needs), title).fact("path", path);
        draft = match &part.package {
            Some(package) => draft
                .detail(format!("Package {package} should have brought it."))
                .fact("package", package.as_str()),
            None => draft.detail("No installed package owns it."),
        };
        let runs = |node: &Node| node.is_file() && node.mode & 0o111 != 0;
        found.push(with_gone(draft, way, runs));
        return;
    }
    if way.hidden.is_some() || way.end().is_none() {
        return;
    }
    if let Some(draft) = not_runnable(needs, part, severity) {
        found.push(draft);
    } else if let Some(mount) = Mount::of(&needs.mounts, real(way)).filter(|mount| mount.noexec) {
        let title = format!(
            "{} is to run {path} from {}, which is mounted noexec",
            needs.unit, mount.point
        );
        let draft = Draft::new("unit.exec_permission", severity, subject(needs), title)
            .detail(format!(
                "Nothing may be run from {} as it is mounted.",
                mount.point
            ))
            .fact("path", path)
            .fact("mount", mount.point.as_str())
            .fact("reason", "noexec_mount");
        found.push(draft);
    }
    interpreter(needs, part, severity, found);
    libraries(needs, part, severity, found);
}

fn real(way: &Way) -> &str {
    way.real
        .as_deref()
        .map_or(way.path.as_str(), |real| real.path.as_str())
}

/// The unit's user may not run the program, or not get to it.
fn not_runnable(needs: &Needs, part: &Part, severity: Severity) -> Option<Draft> {
    let account = needs.account.as_ref()?;
    let script = part
        .magic
        .as_deref()
        .is_some_and(|magic| magic.starts_with("2321"));
    let wanted = if script { 5 } else { 1 };
    let (node, _) = part.way.refuses(account, wanted)?;
    let own = node.name == real(&part.way);
    let mode = node.octal();
    let title = if !own {
        format!(
            "{} may not pass through {} to its program (mode {mode})",
            needs.unit, node.name
        )
    } else if node.mode & 0o111 == 0 {
        format!("{} is not executable (mode {mode})", node.name)
    } else {
        format!(
            "{} may not be run by {} (mode {mode})",
            node.name, account.name
        )
    };
    let mut draft = Draft::new("unit.exec_permission", severity, subject(needs), title)
        .detail(format!(
            "{} runs as {}. {} belongs to {}:{} with mode {mode}.",
            needs.unit,
            account.name,
            node.name,
            node.owner_name(),
            node.group_name()
        ))
        .fact("path", node.name.as_str())
        .fact("program", part.way.path.as_str())
        .fact("mode", mode)
        .fact("owner", node.owner_name())
        .fact("group", node.group_name())
        .fact("user", account.name.as_str())
        .fact("reason", if own { "mode" } else { "folder_mode" });
    if let Some(want) = runnable_mode(node, |mode| {
        let mended = Node {
            mode,
            ..node.clone()
        };
        mended.allows(account, if own { wanted } else { 1 })
    }) {
        draft = draft.fact("want_mode", want);
    }
    if let Some(package) = &part.package {
        draft = draft.fact("package", package.as_str());
    }
    Some(draft)
}

/// The nearest mode that mends it: run where one may read; else also for everybody; never a setuid bit.
fn runnable_mode(node: &Node, enough: impl Fn(u32) -> bool) -> Option<String> {
    if node.mode & 0o6000 != 0 {
        return None;
    }
    let readable = node.mode | ((node.mode & 0o444) >> 2);
    let passable = node.mode | 0o011;
    let open = readable | 0o055;
    let candidates = if node.is_folder() {
        [passable, readable, open]
    } else {
        [readable, open, open]
    };
    let kind = node.mode & 0o170_000;
    let good = candidates.into_iter().find(|mode| enough(kind | mode))?;
    Some(format!("{:04o}", good & 0o1777 & !0o002))
}

fn interpreter(needs: &Needs, part: &Part, severity: Severity, found: &mut Vec<Draft>) {
    let path = part.way.path.as_str();
    let (title, detail, reason, name) = if part.ends_in_cr {
        let name = part
            .interpreter
            .as_ref()
            .map_or("", |(name, _)| name.as_str());
        (
            format!("{path} has a carriage return after its interpreter {name}"),
            "The file has Windows line ends: the system looks for an interpreter whose name ends in a carriage return.",
            "carriage_return",
            name,
        )
    } else if let Some((name, state)) = part
        .interpreter
        .as_ref()
        .filter(|(_, state)| state != "runs")
    {
        let what = if state == "missing" {
            "which is not there"
        } else {
            "which is not executable"
        };
        (
            format!("{path} needs {name}, {what}"),
            "The first line of the program names its interpreter; without it the program cannot be run.",
            if state == "missing" {
                "missing"
            } else {
                "not_executable"
            },
            name.as_str(),
        )
    } else if let Some(name) = &part.env_misses {
        (
            format!("{path} needs {name}, which is nowhere on the path"),
            "The first line of the program asks `env` to find its interpreter in the usual folders.",
            "missing",
            name.as_str(),
        )
    } else if let Some(reason) = not_a_program(part) {
        (
            format!("{path} is not a program that this host can run"),
            reason,
            "not_a_program",
            "",
        )
    } else {
        return;
    };
    let draft = Draft::new("unit.exec_interpreter", severity, subject(needs), title)
        .detail(detail)
        .fact("path", path)
        .fact("interpreter", name)
        .fact("reason", reason);
    found.push(draft);
}

fn not_a_program(part: &Part) -> Option<&'static str> {
    match part.magic.as_deref() {
        Some("empty") => return Some("The file is empty."),
        Some("7f454c46") => {}
        Some(magic) if magic.starts_with("2321") => return None,
        Some(_) => return Some("It is neither a binary nor does it begin with `#!`."),
        None => return None,
    }
    let (number, host) = part.machine.as_ref()?;
    let fits: &[&str] = match number {
        3 => &["i386", "i486", "i586", "i686", "x86_64"],
        62 => &["x86_64", "amd64"],
        40 => &["armv5tel", "armv6l", "armv7l", "armv8l", "aarch64"],
        183 => &["aarch64", "arm64"],
        21 => &["ppc64", "ppc64le"],
        22 => &["s390", "s390x"],
        243 => &["riscv64"],
        _ => return None,
    };
    (!fits.contains(&host.as_str())).then_some("It was built for another kind of processor.")
}

fn libraries(needs: &Needs, part: &Part, severity: Severity, found: &mut Vec<Draft>) {
    let Some((library, package)) = part.missing_libraries.first() else {
        return;
    };
    let path = part.way.path.as_str();
    let names: Vec<String> = part
        .missing_libraries
        .iter()
        .map(|(name, _)| name.clone())
        .collect();
    let more = match names.len() {
        1 => String::new(),
        n => format!(" and {} more", n - 1),
    };
    let title = format!("{path} needs {library}{more}, which is nowhere on the host");
    let mut draft = Draft::new("unit.missing_library", severity, subject(needs), title)
        .detail("Read from the program's own list of needed libraries; neither the loader's cache nor the library folders have it.")
        .fact("path", path)
        .fact("library", library.as_str())
        .fact("libraries", names);
    if let Some(package) = package {
        draft = draft.fact("package", package.as_str());
    }
    found.push(draft);
}

fn folder(needs: &Needs, part: &Part, severity: Severity, found: &mut Vec<Draft>) {
    if let Some(draft) = dangling(needs, &part.way, severity) {
        found.push(draft);
        return;
    }
    let path = part.way.path.as_str();
    let (what, reason) = if part.way.gone.is_some() {
        ("is not there", "missing")
    } else if let (Some(account), None) = (&needs.account, &part.way.hidden)
        && let Some((_node, _)) = part.way.refuses(account, 1)
    {
        ("may not be entered by its user", "permission")
    } else if part.way.end().is_some_and(|node| !node.is_folder()) {
        ("is not a folder", "not_a_folder")
    } else {
        return;
    };
    let title = format!("The working directory {path} of {} {what}", needs.unit);
    let mut draft = Draft::new("unit.working_dir", severity, subject(needs), title)
        .detail("The service manager changes to it before it runs the program, and stops when it cannot.")
        .fact("path", path)
        .fact("reason", reason);
    if let Some(account) = &needs.account {
        draft = draft
            .fact("want_owner", account.name.as_str())
            .fact("want_group", account.group.as_str());
    }
    found.push(with_gone(draft, &part.way, Node::is_folder));
}

/// Says how much of the way to a missing thing is gone, and what that part is called by now, where that is plain.
/// `wanted` is what the thing itself has to be.
pub(crate) fn with_gone(draft: Draft, way: &Way, wanted: impl Fn(&Node) -> bool) -> Draft {
    let Some(gone) = way.gone.as_deref() else {
        return draft;
    };
    let mut detail = draft.detail.clone();
    if gone != way.path {
        detail.push_str(&format!(" {gone} is missing as a whole."));
    }
    let mut draft = draft.fact("gone", gone);
    if let Some(node) = way.renamed(wanted) {
        detail.push_str(&format!(
            " Beside it lies {}: it may have been renamed.",
            node.name
        ));
        draft = draft.fact("want_target", node.name.as_str());
    }
    draft.detail(detail.trim_start())
}

fn environment(needs: &Needs, part: &Part, severity: Severity) -> Draft {
    let path = part.way.path.as_str();
    let title = format!(
        "{} needs the environment file {path}, which is not there",
        needs.unit
    );
    let draft = Draft::new("unit.env_file", severity, subject(needs), title)
        .detail("EnvironmentFile= names it without a leading `-`, so the unit does not start without it.")
        .fact("path", path);
    with_gone(draft, &part.way, Node::is_file)
}

fn credential(needs: &Needs, part: &Part, severity: Severity) -> Draft {
    let draft = not_there(needs, part, severity, "LoadCredential")
        .detail("The unit does not start without it.");
    with_gone(draft, &part.way, Node::is_file)
}

fn writable(needs: &Needs, part: &Part, severity: Severity) -> Draft {
    not_there(needs, part, severity, "ReadWritePaths")
        .detail("The unit's own view of the filesystem cannot be set up without it.")
}

/// A path that a directive of the unit names and that is gone.
fn not_there(needs: &Needs, part: &Part, severity: Severity, directive: &str) -> Draft {
    let path = part.way.path.as_str();
    let title = format!(
        "{directive}= of {} names {path}, which is not there",
        needs.unit
    );
    Draft::new("file.missing", severity, Subject::new("path", path), title).fact("path", path)
}

/// A link on the way that leads nowhere; with what lies beside its target and looks like it, where something does.
pub(crate) fn dangling(needs: &Needs, way: &Way, severity: Severity) -> Option<Draft> {
    let mut draft = broken_link(way, severity)?;
    draft.title = format!("{} needs {}: {}", needs.unit, way.path, draft.title);
    Some(draft)
}

/// The same, without a unit.
pub(crate) fn broken_link(way: &Way, severity: Severity) -> Option<Draft> {
    let inner = [Some(way), way.real.as_deref()];
    let (link, to) = inner
        .into_iter()
        .flatten()
        .find_map(|way| way.dangling.as_ref())?;
    let title = format!("{link} leads to {to}, which is gone");
    let mut draft = Draft::new(
        "file.dangling_link",
        severity,
        Subject::new("path", link.as_str()),
        title,
    )
    .fact("path", link.as_str())
    .fact("target", to.as_str())
    .fact("wanted", way.path.as_str());
    let near: Vec<String> = way.near.iter().map(|node| node.name.clone()).collect();
    let other = candidate(to, &way.near);
    draft = match other {
        Some(node) => draft
            .detail(format!("Beside the lost target lies {}, which has the same form of name.", node.name))
            .fact("want_target", node.name.as_str()),
        None => draft.detail("Nothing beside the lost target looks like it, so a person must say where the link should lead."),
    };
    if !near.is_empty() {
        draft = draft.fact("near", near);
    }
    Some(draft.sure(Confidence::Confirmed))
}

/// The newest neighbour whose name has the lost target's form: `2026-05-02` for `2026-04-12`.
fn candidate<'a>(to: &str, near: &'a [Node]) -> Option<&'a Node> {
    let lost = to.rsplit('/').find(|part| !part.is_empty())?;
    let name = |node: &'a Node| node.name.rsplit('/').next().unwrap_or_default();
    near.iter()
        .filter(|node| !node.is_link() && form(name(node)) == form(lost))
        .max_by_key(|node| (numbers(name(node)), node.changed))
}

/// A name with each run of digits as one `#`.
fn form(name: &str) -> String {
    let mut form = String::new();
    for c in name.chars() {
        if !c.is_ascii_digit() {
            form.push(c);
        } else if !form.ends_with('#') {
            form.push('#');
        }
    }
    form
}

fn numbers(name: &str) -> Vec<u64> {
    name.split(|c: char| !c.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect()
}
