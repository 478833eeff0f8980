//! The one list of subjects: what each asks, how it judges, where it looks next.

use incident::ProbeRun;

use crate::draft::Draft;
use crate::look::Look;
use crate::spec::Spec;
use crate::{
    base, baseline, captures, clock, cloud, containers, cron, disk, dns, files, firewall, kernel,
    kube, limits, logins, logs, memory, modules, mounts, net, os, packages, scan, services, setuid,
    signatures, tls, tuning, units, work,
};

/// A subject: some probes and the judgement over their answers.
pub(crate) struct Part {
    /// What it can ask.
    pub(crate) probes: &'static [Spec],
    /// What the answers mean.
    pub(crate) judge: fn(&Look<'_>, &mut Vec<Draft>),
    /// What else to ask because of what was found; may repeat what was asked, which is dropped.
    pub(crate) follow: fn(&Look<'_>, &[Draft]) -> Vec<ProbeRun>,
    /// What to ask in the first wave because of the words that a person wrote.
    pub(crate) hinted: fn(&str) -> Vec<ProbeRun>,
}

fn nothing_more(_look: &Look<'_>, _drafts: &[Draft]) -> Vec<ProbeRun> {
    Vec::new()
}

const fn no_hint(_symptom: &str) -> Vec<ProbeRun> {
    Vec::new()
}

/// A subject that neither looks further nor heeds hints.
const fn part(probes: &'static [Spec], judge: fn(&Look<'_>, &mut Vec<Draft>)) -> Part {
    Part {
        probes,
        judge,
        follow: nothing_more,
        hinted: no_hint,
    }
}

/// All subjects, in the order in which their probes are asked.
pub(crate) const SUBJECTS: &[Part] = &[
    Part {
        follow: work::follow,
        ..part(work::PROBES, work::judge)
    },
    part(os::PROBES, os::judge),
    part(base::PROBES, base::judge),
    part(memory::PROBES, memory::judge),
    Part {
        follow: disk::follow,
        ..part(disk::PROBES, disk::judge)
    },
    part(mounts::PROBES, mounts::judge),
    part(files::PROBES, files::judge),
    Part {
        follow: logs::follow,
        ..part(logs::PROBES, logs::judge)
    },
    Part {
        follow: net::hung::follow,
        ..part(net::PROBES, net::judge)
    },
    part(dns::PROBES, dns::judge),
    part(firewall::PROBES, firewall::judge),
    part(kernel::PROBES, kernel::judge),
    part(logins::PROBES, logins::judge),
    part(clock::PROBES, clock::judge),
    part(cloud::PROBES, cloud::judge),
    Part {
        hinted: captures::hinted,
        ..part(captures::PROBES, captures::judge)
    },
    Part {
        follow: packages::follow,
        ..part(packages::PROBES, packages::judge)
    },
    part(setuid::PROBES, setuid::judge),
    Part {
        follow: tls::follow,
        ..part(tls::PROBES, tls::judge)
    },
    Part {
        follow: containers::follow,
        ..part(containers::PROBES, containers::judge)
    },
    Part {
        follow: kube::follow,
        ..part(kube::PROBES, kube::judge)
    },
    part(tuning::PROBES, tuning::judge),
    // Judged after the signatures, since logs name modules too.
    Part {
        follow: modules::follow,
        ..part(modules::PROBES, |_look, _drafts| {})
    },
    part(cron::PROBES, cron::judge),
    Part {
        follow: units::follow,
        hinted: units::hinted,
        ..part(units::PROBES, units::judge)
    },
    // After the units: it says more of what they said.
    part(limits::PROBES, limits::judge),
    Part {
        follow: services::follow,
        ..part(services::PROBES, services::judge)
    },
    part(scan::PROBES, scan::judge),
    part(signatures::PROBES, |_look, _drafts| {}),
    // Asked where a host has a baseline, and compared by whoever knows that.
    part(baseline::PROBES, |_look, _drafts| {}),
];

/// Every probe there is, in the order in which they are asked.
pub fn specs() -> impl Iterator<Item = &'static Spec> {
    SUBJECTS.iter().flat_map(|subject| subject.probes)
}
