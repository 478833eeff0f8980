//! Whether what the settings ask of people can be met: the rules of approval, and who is who.

use std::collections::BTreeMap;

use chat::event::Platform;
use hosts::{Host, Inventory};
use incident::policy::{HostTraits, Policy, Requirement, Rule};
use incident::{Risk, Span};
use runbook::Library;

use super::Patient;
use super::report::{Area, names};
use crate::propose::traits_of;
use crate::settings::Settings;

/// The risks that a fix can have.
const RISKS: [Risk; 3] = [Risk::Low, Risk::Medium, Risk::High];

/// Looks at the rules of approval.
pub(super) fn look(
    patient: &Patient<'_>,
    inventory: &Inventory,
    library: Option<&Library>,
    area: &mut Area<'_>,
) {
    let Some(policy) = &patient.settings.policy else {
        area.fine(
            "rules",
            "none without a settings file: whoever is at the terminal may approve on this machine",
        );
        return;
    };
    let hosts: Vec<HostTraits> = inventory
        .hosts()
        .map(traits_of)
        .chain([traits_of(&Host::local())])
        .collect();
    rules(policy, &hosts, area);
    risks(policy, &hosts, area);
    if let Some(library) = library {
        pages(policy, library, &hosts, area);
    }
}

/// Each rule by itself.
fn rules(policy: &Policy, hosts: &[HostTraits], area: &mut Area<'_>) {
    for (n, rule) in policy.rules.iter().enumerate() {
        let what = format!("rule {}", n + 1);
        let settled = rule.approvers.settled(&policy.groups);
        let open = rule.approvers.open(&policy.groups);
        let people = settled.len();
        let needed = usize::try_from(rule.min.max(1)).unwrap_or(usize::MAX);
        if rule.approvers.is_nobody(&policy.groups) {
            area.note(
                &what,
                "its list of approvers is empty: nobody may approve what it is for",
                "name people or groups in approvers, if that is not what you mean",
            );
        } else if open.is_empty() && needed > people {
            area.wrong(
                &what,
                format!("it wants {needed} approvals and lets {people} give one: it is never met"),
                "lower min, or let more people approve",
            );
        } else if !hosts.iter().any(|host| rule.hosts.fit(host)) {
            area.note(
                &what,
                "no host of the inventory is one that it is for",
                "`sickbay hosts list` says the groups and labels that there are",
            );
        } else if !open.is_empty() {
            let groups: Vec<String> = open.iter().map(|name| format!("@{name}")).collect();
            let groups = names(&groups);
            area.fine(
                &what,
                format!("{needed} of {people} people and whoever is in {groups} may approve"),
            );
        } else if !rule.requester && needed == people {
            let all: Vec<String> = settled.iter().map(ToString::to_string).collect();
            area.note(
                &what,
                format!(
                    "it takes {} and not the one who asked: what one of them asks for cannot be approved",
                    names(&all)
                ),
                "let more people approve, or set requester = true",
            );
        } else {
            area.fine(&what, format!("{needed} of {people} may approve"));
        }
    }
}

/// What can be said of a risk.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Met {
    /// Somebody may approve it everywhere.
    Everywhere,
    /// No rule lets anybody approve it on these hosts.
    Nobody(Vec<String>),
    /// On these hosts the rules cannot be met together: how many they take, and how many there are.
    Never(Vec<String>, u32, usize),
}

/// All rules together, for each risk; what holds for several is said once.
fn risks(policy: &Policy, hosts: &[HostTraits], area: &mut Area<'_>) {
    let mut told: BTreeMap<Met, Vec<String>> = BTreeMap::new();
    for risk in RISKS {
        for met in one_risk(policy, risk, hosts) {
            told.entry(met).or_default().push(risk.to_string());
        }
    }
    for (met, risks) in told {
        let risks = risks.join(", ");
        match met {
            Met::Everywhere => area.fine(
                "risks",
                format!("{risks}: somebody may approve it on every host"),
            ),
            Met::Nobody(hosts) => area.note(
                "risks",
                format!("{risks}: no rule lets anybody approve it on {}", names(&hosts)),
                "add a [[policy]] for it, if that is not what you mean",
            ),
            Met::Never(hosts, min, people) => area.wrong(
                "risks",
                format!(
                    "{risks}: on {} the rules that fit take {min} approvals and let {people} give one: nothing can be approved",
                    names(&hosts)
                ),
                "name more people in all of them, or lower min",
            ),
        }
    }
}

fn one_risk(policy: &Policy, risk: Risk, hosts: &[HostTraits]) -> Vec<Met> {
    let mut without = Vec::new();
    let mut unmet: BTreeMap<(u32, usize), Vec<String>> = BTreeMap::new();
    for host in hosts {
        let fits = |rule: &&Rule| rule.risks.contains(&risk) && rule.hosts.fit(host);
        let fitting: Vec<_> = policy.rules.iter().filter(fits).collect();
        let required = policy.requirement(risk, host, 1, Span::minutes(60));
        let people = people_of(&required);
        let name = host.name.to_string();
        let nobody = |rule: &&Rule| rule.approvers.is_nobody(&policy.groups);
        if fitting.iter().all(nobody) {
            without.push(name);
        } else if people < usize::try_from(required.min).unwrap_or(usize::MAX) {
            unmet.entry((required.min, people)).or_default().push(name);
        }
    }
    if without.is_empty() && unmet.is_empty() {
        return vec![Met::Everywhere];
    }
    let never = unmet
        .into_iter()
        .map(|((min, people), hosts)| Met::Never(hosts, min, people));
    let nobody = Some(without).filter(|hosts| !hosts.is_empty());
    nobody.map(Met::Nobody).into_iter().chain(never).collect()
}

/// How many people may approve. Where whoever is in a group may, nobody knows here: then it is never too few.
fn people_of(required: &Requirement) -> usize {
    let candidates = required.candidates();
    if candidates.iter().any(|one| !one.groups.is_empty()) {
        return usize::MAX;
    }
    candidates.len()
}

/// Runbooks that ask for more people than may approve.
fn pages(policy: &Policy, library: &Library, hosts: &[HostTraits], area: &mut Area<'_>) {
    let most = |risk| {
        let people = hosts
            .iter()
            .map(|host| policy.requirement(risk, host, 1, Span::minutes(60)));
        people.map(|required| people_of(&required)).max()
    };
    let most: BTreeMap<Risk, usize> = RISKS
        .iter()
        .map(|risk| (*risk, most(*risk).unwrap_or(0)))
        .collect();
    let unmet: Vec<String> = library
        .iter()
        .filter(|page| !page.is_prose())
        .filter(|page| {
            let people = most.get(&page.risk).copied().unwrap_or(0);
            people > 0 && usize::try_from(page.approval.min).is_ok_and(|min| min > people)
        })
        .map(|page| page.id.to_string())
        .collect();
    if !unmet.is_empty() {
        area.wrong(
            "runbooks",
            format!(
                "{} take more approvals than there are people for their risk",
                names(&unmet)
            ),
            "let more people approve",
        );
    }
}

/// Looks at who is who.
pub(super) fn people(settings: &Settings, area: &mut Area<'_>) {
    if settings.people.is_empty() {
        if settings.file.is_some() {
            area.note(
                "everybody",
                "nobody is named, so nobody in chat is known",
                "name people under [people]",
            );
        }
        return;
    }
    let mut fine = true;
    for (name, person) in &settings.people {
        if person.uids.is_empty() && person.slack.is_empty() && person.discord.is_empty() {
            fine = false;
            area.wrong(
                name.as_str(),
                "has no uid and no id in Slack or Discord, so nobody can act as them",
                format!("give [people.{name}] one"),
            );
        }
        let odd: Vec<String> = person
            .slack
            .iter()
            .filter(|id| !is_member(id))
            .cloned()
            .collect();
        if !odd.is_empty() {
            fine = false;
            area.wrong(
                name.as_str(),
                format!("{} is no id of a member in Slack", names(&odd)),
                "an id is U or W with letters and digits: the member's profile, More, Copy member ID",
            );
        }
    }
    for platform in [Platform::Slack, Platform::Discord] {
        let (served, anybody) = match platform {
            Platform::Slack => (
                settings.slack.is_some(),
                settings.people.values().any(|one| !one.slack.is_empty()),
            ),
            Platform::Discord => (
                settings.discord.is_some(),
                settings.people.values().any(|one| !one.discord.is_empty()),
            ),
        };
        if served && !anybody {
            fine = false;
            let (word, platform) = (platform.word(), platform.name());
            area.wrong(
                "everybody",
                format!("nobody has an id in {platform}, so it does nothing for anybody there"),
                format!("add {word} = [\"…\"] to entries under [people]"),
            );
        }
    }
    if fine {
        let count = settings.people.len();
        let people = if count == 1 { "person" } else { "people" };
        area.fine(
            "everybody",
            format!("{count} {people}, each known by an id"),
        );
    }
}

/// Whether this is an id of a member as Slack gives them.
fn is_member(id: &str) -> bool {
    let rest = id.strip_prefix(['U', 'W']);
    rest.is_some_and(|rest| {
        !rest.is_empty()
            && rest
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    })
}
