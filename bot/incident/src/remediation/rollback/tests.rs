//! What undoes what: the inverse steps, their order, and what is left alone.

use std::collections::BTreeMap;

use super::invert;
use crate::fact::StepReport;
use crate::step::Step;

/// Names with their values.
type Pairs<'a> = &'a [(&'a str, &'a str)];
/// A step's verb and arguments, and what it found before.
type Done<'a> = (&'a str, &'a [&'a str], Pairs<'a>);

/// What undoes these steps, told as verbs with their arguments; each step reports what it found before.
fn undone(steps: &[Done<'_>]) -> Vec<String> {
    let made: Vec<Step> = steps
        .iter()
        .map(|(verb, args, _)| {
            Step::new(verb, args.iter().map(|arg| (*arg).into()).collect()).unwrap()
        })
        .collect();
    let reports: Vec<StepReport> = steps
        .iter()
        .map(|(_, _, before)| StepReport {
            done: true,
            code: 0,
            before: before
                .iter()
                .map(|(k, v)| ((*k).into(), (*v).into()))
                .collect(),
            after: BTreeMap::new(),
        })
        .collect();
    match invert(&"20261123-abc-1-a1".parse().unwrap(), &made, &reports) {
        Ok(undo) => undo
            .iter()
            .map(|step| format!("{} {}", step.verb(), step.args().join(" ")))
            .collect(),
        Err(why) => vec![why.to_string()],
    }
}

#[test]
fn an_undo_interrupts_no_service_that_need_not_be() {
    type Row<'a> = (&'a [Done<'a>], &'a [&'a str]);
    let owner: Done<'_> = (
        "file.chown",
        &["/var/lib/db", "db", "db", "0"],
        &[("uid", "0"), ("gid", "0")],
    );
    let edit: Done<'_> = ("file.comment_line", &["/etc/db.conf", "3", "#"], &[]);
    let restart = |state: &'static [(&'static str, &'static str)]| {
        ("unit.restart", &["db.service"] as &[&str], state)
    };
    let (up, down): (Pairs<'_>, Pairs<'_>) = (&[("active", "active")], &[("active", "failed")]);
    let rows: [Row<'_>; 5] = [
        // The kernel asks for the owner at each access: a running service needs no restart.
        (&[owner, restart(up)], &["file.chown /var/lib/db 0 0 0"]),
        (
            &[owner, restart(down)],
            &["file.chown /var/lib/db 0 0 0", "unit.stop db.service"],
        ),
        // What is read at the start counts only after one.
        (
            &[edit, restart(up)],
            &[
                "file.restore /etc/db.conf 20261123-abc-1-a1 1",
                "unit.restart db.service",
            ],
        ),
        // What is put back may be what it refuses.
        (
            &[edit, ("unit.reload", &["db.service"], up)],
            &[
                "file.restore /etc/db.conf 20261123-abc-1-a1 1",
                "unit.try_reload db.service",
            ],
        ),
        (
            &[(
                "mount.remount",
                &["/srv", "nr_inodes=1200,rw"],
                &[("options", "ro,size=4m,nr_inodes=600")],
            )],
            &["mount.remount /srv nr_inodes=600,ro"],
        ),
    ];
    for (steps, expected) in rows {
        assert_eq!(undone(steps), expected, "{steps:?}");
    }
}

#[test]
fn a_module_goes_after_the_unit_that_uses_it() {
    let load: Done<'_> = (
        "kmod.load",
        &["dummy"],
        &[("loaded", "0"), ("disabled", "0")],
    );
    let down: Pairs<'_> = &[("active", "failed")];
    assert_eq!(
        undone(&[load, ("unit.restart", &["shop.service"], down)]),
        ["unit.stop shop.service", "kmod.unload dummy"]
    );
    let again: Done<'_> = ("kmod.load", &["dummy"], &[("loaded", "1")]);
    assert_eq!(
        undone(&[again]),
        ["nothing was changed, so there is nothing to roll back"]
    );
    assert_eq!(
        undone(&[("kmod.unload", &["dummy"], &[("loaded", "1")])]),
        ["kmod.load dummy"]
    );
    let file = "/etc/modules-load.d/shop.conf";
    assert_eq!(
        undone(&[("kmod.rename", &[file, "2", "ipt_old", "xt_new"], &[])]),
        [format!("file.restore {file} 20261123-abc-1-a1 1")]
    );
    let index = undone(&[load, ("kmod.depmod", &["6.1.0-18-amd64"], &[])]);
    assert!(
        index.concat().starts_with("step 2 (kmod.depmod) cannot"),
        "{index:?}"
    );
}

#[test]
fn only_the_reboot_that_was_planned_is_called_off() {
    let step = Step::new("host.reboot", vec!["10".into()]).unwrap();
    let after = BTreeMap::from([
        ("mode".to_owned(), "reboot".to_owned()),
        ("usec".to_owned(), "1767262800000000".to_owned()),
    ]);
    let report = StepReport {
        done: true,
        code: 0,
        before: BTreeMap::new(),
        after: after.clone(),
    };
    let execution = "20261123-abc-1-a1".parse().unwrap();
    let undo = invert(&execution, &[step], &[report]).unwrap();
    assert_eq!(
        undo.iter()
            .map(|step| (step.verb(), step.argv().join(" "), step.needs().clone()))
            .collect::<Vec<_>>(),
        [("host.cancel_reboot", "shutdown -c".to_owned(), after)]
    );
}

#[test]
fn what_only_looked_has_nothing_to_undo() {
    let looked = undone(&[("capture.packets", &["5432", "10"], &[])]);
    assert_eq!(
        looked,
        ["nothing was changed, so there is nothing to roll back"]
    );
}
