//! What is said of modules that are not there, from the words of a real kernel (Linux 6.1, kmod 30, systemd 252).

use super::why::all_compile;
use crate::judge::judge;
use crate::judge::tests::{answers, look_at};
use crate::plan::next_wave;
use crate::signatures::Signatures;

#[test]
fn every_pattern_compiles() {
    assert!(all_compile());
}

/// A managed host on bare metal.
const BASE: &str = "/proc/1/comm:systemd\ninit:systemd\n";
const HOST: &str = "release 6.1.0-57-cloud-amd64\nhas nf_tables\nhas dummy_two_long\ncount 2\nlooked\ntree\nindex\nkernel 6.1.0-57-cloud-amd64\nboot 6.1.0-57-cloud-amd64\ninitrd-tool update-initramfs\n/proc/sys/kernel/tainted:0\n/proc/sys/kernel/modules_disabled:0\n";
const FILE: &str = "/lib/modules/6.1.0-57-cloud-amd64/kernel/drivers/net/dummy.ko";

fn good() -> String {
    format!(
        "release 6.1.0-57-cloud-amd64\ntree\nindex\nfile {FILE}\ndep kernel/drivers/net/dummy.ko:\ndry insmod {FILE} numdummies=0\nis dummy\ninfo license:        GPL\ninfo vermagic:       6.1.0-57-cloud-amd64 SMP preempt mod_unload modversions\ninfo sig_id:         PKCS#7\ninfo parm:           numdummies:Number of dummy pseudo devices (int)\npackage linux-image-6.1.0-57-cloud-amd64\nsame\nrule /lib/modprobe.d/systemd.conf:15:options dummy numdummies=0\nnear dummy_two_long\n"
    )
}

/// The findings about modules, as `severity code subject facts`.
fn found(list: &[(&str, &str)]) -> Vec<String> {
    let drafts = look_at(&answers(list), |look| judge(look, &Signatures::none())).drafts;
    let ours = drafts
        .iter()
        .filter(|draft| draft.code.starts_with("kmod.") || draft.code.starts_with("kernel."));
    ours.map(|draft| {
        let facts: Vec<String> = [
            "path",
            "line",
            "to",
            "package",
            "other",
            "next",
            "dkms",
            "loadable",
            "restart_unit",
            "mount",
        ]
        .iter()
        .filter_map(|name| Some(format!("{name}={}", draft.facts.get(*name)?)))
        .collect();
        assert!(
            !draft.detail.is_empty() && !draft.cites.is_empty(),
            "{draft:?}"
        );
        format!(
            "{:?} {} {} {}",
            draft.severity,
            draft.code,
            draft.subject,
            facts.join(" ")
        )
        .trim()
        .to_owned()
    })
    .collect()
}

/// What is said of a module that a file of ours wants, where the probe of it says this.
#[track_caller]
fn check(says: &str, want: &str) {
    let modules = format!("{HOST}want dummy /etc/modules-load.d/shop.conf:1\n");
    let seen = found(&[
        ("os.identity", BASE),
        ("kernel.modules", &modules),
        ("kernel.module dummy", says),
    ]);
    assert_eq!(seen, [want], "{says}");
}

#[test]
fn the_first_reason_that_holds_is_told() {
    let good = good();
    let with = |more: &str| format!("{good}{more}");
    check(&good, "Warning kmod.load_failed module:dummy loadable=true");
    check(
        &with("rule /etc/modprobe.d/hardening.conf:3:install dummy /bin/false\n"),
        "Warning kmod.overridden module:dummy path=/etc/modprobe.d/hardening.conf line=3",
    );
    check(
        &with(
            "rule /etc/modprobe.d/shop.conf:1:install dummy /sbin/modprobe --ignore-install dummy && true\n",
        ),
        "Warning kmod.load_failed module:dummy loadable=true",
    );
    check(
        &with("rule /etc/modprobe.d/hardening.conf:9:blacklist dummy\n"),
        "Warning kmod.blacklisted module:dummy path=/etc/modprobe.d/hardening.conf line=9",
    );
    // With two of them, taking one out would not help.
    check(
        &with(
            "rule /etc/modprobe.d/hardening.conf:9:blacklist dummy\nrule /etc/modprobe.d/hardening.conf:10:install dummy /bin/false\n",
        ),
        "Warning kmod.overridden module:dummy",
    );
    check(
        &with("loader-says Failed to insert module 'dummy': No such device\n"),
        "Info kmod.load_failed module:dummy",
    );
    // Its owner has built it anew, and the kernel takes it.
    check(
        &good.replace("same\n", "differs\n"),
        "Warning kmod.load_failed module:dummy loadable=true",
    );
    // A signature that was refused is another module's, where this one is signed.
    check(
        &with("kernel-says [3.1] Loading of unsigned module is rejected\n"),
        "Warning kmod.load_failed module:dummy loadable=true",
    );
    check(
        &good.replace("is dummy\n", "is dummy_new_name\n"),
        "Warning kmod.load_failed module:dummy",
    );
    check(
        &with("rule /proc/cmdline:1:blacklist dummy\n"),
        "Warning kmod.blacklisted module:dummy",
    );
    check(
        &good.replace(
            "same\n",
            "differs\nkernel-says [  9.1] Invalid ELF section header overflow\n",
        ),
        &format!(
            "Warning kmod.corrupt module:dummy path={FILE} package=linux-image-6.1.0-57-cloud-amd64"
        ),
    );
    check(
        &good
            .replace(
                "info vermagic:       6.1.0-57",
                "info vermagic:       6.1.0-44",
            )
            .replace(" modversions", "")
            .replace("package", "nothing"),
        &format!("Warning kmod.other_kernel module:dummy path={FILE} other=6.1.0-44-cloud-amd64"),
    );
    check(
        &with(
            "lacks /lib/modules/6.1.0-57-cloud-amd64/kernel/net/llc/llc.ko\nkernel-says [297.8] dummy: Unknown symbol llc_sap_find (err -2)\n",
        ),
        "Warning kmod.unknown_symbol module:dummy path=/lib/modules/6.1.0-57-cloud-amd64/kernel/net/llc/llc.ko package=linux-image-6.1.0-57-cloud-amd64",
    );
    check(
        &with("kernel-says [297.8] dummy: disagrees about version of symbol module_layout\n"),
        &format!(
            "Warning kmod.unknown_symbol module:dummy path={FILE} package=linux-image-6.1.0-57-cloud-amd64"
        ),
    );
    check(
        &with(
            "rule /etc/modprobe.d/shop.conf:2:options dummy numdummies=abc\nkernel-says [231.2] dummy: `abc' invalid for parameter `numdummies'\n",
        ),
        "Warning kmod.bad_parameter module:dummy path=/etc/modprobe.d/shop.conf line=2",
    );
    // A package's own line about the same parameter is not the one.
    check(
        &with(
            "rule /etc/modprobe.d/shop.conf:2:options dummy numdummies=abc\nrule /usr/lib/modprobe.d/z.conf:1:options dummy numdummies=0\nkernel-says [231.2] dummy: `abc' invalid for parameter `numdummies'\n",
        ),
        "Warning kmod.bad_parameter module:dummy path=/etc/modprobe.d/shop.conf line=2",
    );
    // The line sets something else too, which would be lost with it.
    check(
        &with(
            "rule /etc/modprobe.d/shop.conf:2:options dummy debug=1 numdummies=abc\nkernel-says [231.2] dummy: `abc' invalid for parameter `numdummies'\n",
        ),
        "Warning kmod.bad_parameter module:dummy",
    );
    // Somebody corrected it since.
    check(
        &with(
            "rule /etc/modprobe.d/shop.conf:2:options dummy numdummies=3\nkernel-says [231.2] dummy: `abc' invalid for parameter `numdummies'\n",
        ),
        "Warning kmod.load_failed module:dummy loadable=true",
    );
    check(
        &with("kernel-says [324.2] Lockdown: modprobe: unsigned module loading is restricted; see man kernel_lockdown.7\n").replace("info sig_id:         PKCS#7\n", ""),
        &format!("Warning kmod.bad_signature module:dummy path={FILE} package=linux-image-6.1.0-57-cloud-amd64"),
    );
    check(
        &good
            .replace("dep kernel/drivers/net/dummy.ko:\n", "")
            .replace("dry insmod", "dry modprobe: FATAL:"),
        "Warning kmod.stale_index module:dummy",
    );
}

#[test]
fn a_module_without_a_file_is_somewhere_else_or_nowhere() {
    let gone = "release 6.1.0-57-cloud-amd64\ntree\nindex\ndry modprobe: FATAL: Module dummy not found in directory /lib/modules/6.1.0-57-cloud-amd64\n";
    let with = |more: &str| format!("{gone}{more}");
    check(gone, "Warning kmod.not_found module:dummy");
    check(
        &with("near dumm_y\n"),
        "Warning kmod.misnamed module:dummy path=/etc/modules-load.d/shop.conf line=1 to=dumm_y",
    );
    // An older kernel that has it is nothing to go back to.
    let older = "elsewhere 6.1.0-44-cloud-amd64 /lib/modules/6.1.0-44-cloud-amd64/x/dummy.ko\n";
    check(&with(older), "Warning kmod.not_found module:dummy");
    let newer =
        with("elsewhere 6.1.0-58-cloud-amd64 /lib/modules/6.1.0-58-cloud-amd64/x/dummy.ko\n");
    let modules = format!("{HOST}boot 6.1.0-58-cloud-amd64\nwant dummy /etc/modules:6\n");
    let seen = found(&[
        ("os.identity", BASE),
        ("kernel.modules", &modules),
        ("kernel.module dummy", &newer),
    ]);
    assert_eq!(
        seen,
        ["Warning kmod.other_kernel module:dummy other=6.1.0-58-cloud-amd64"]
    );
    check(
        &with(
            "dkms shop-driver 1.2\ndkms-built 6.1.0-44-cloud-amd64\ndkms-log error: implicit declaration\nheaders\n",
        ),
        "Warning kmod.dkms_failed module:dummy dkms=shop-driver",
    );
}

#[track_caller]
fn check_host(modules: &str, want: &[&str]) {
    let seen = found(&[("os.identity", BASE), ("kernel.modules", modules)]);
    assert_eq!(seen, want, "{modules}");
}

#[test]
fn what_holds_of_the_whole_kernel_is_told_once() {
    let wants = "want dummy /etc/modules:6\nwant loop /etc/modules:7\nneed xfs fstab /etc/fstab:3 /srv/data\n";
    let gone = HOST
        .replace("tree\nindex\nkernel 6.1.0-57", "kernel 6.1.0-58")
        .replace("boot 6.1.0-57", "boot 6.1.0-58");
    check_host(
        &format!("{gone}{wants}"),
        &[
            "Critical kmod.kernel_gone kernel:6.1.0-57-cloud-amd64 next=6.1.0-58-cloud-amd64 mount=/srv/data",
        ],
    );
    check_host(
        &gone,
        &["Warning kmod.kernel_gone kernel:6.1.0-57-cloud-amd64 next=6.1.0-58-cloud-amd64"],
    );
    let locked = HOST.replace("modules_disabled:0", "modules_disabled:1");
    // What there is no file of is not missing because of that.
    check_host(&format!("{locked}{wants}"), &[]);
    let modules = format!("{locked}{wants}");
    let seen = found(&[
        ("os.identity", BASE),
        ("kernel.modules", &modules),
        ("kernel.module dummy", &good()),
    ]);
    assert_eq!(seen, ["Warning kmod.locked kernel:6.1.0-57-cloud-amd64"]);
    check_host(&locked, &[]);
    check_host(
        &format!("{HOST}boot 6.1.0-58-cloud-amd64\nno-initrd 6.1.0-58-cloud-amd64\n"),
        &["Warning kernel.initrd_missing kernel:6.1.0-58-cloud-amd64"],
    );
    // Where no kernel has one, none needs one.
    check_host(&format!("{HOST}no-initrd 6.1.0-57-cloud-amd64\n"), &[]);
}

#[test]
fn a_host_that_has_what_it_wants_is_left_alone() {
    check_host(HOST, &[]);
    check_host(&format!("{HOST}want nf-tables /etc/modules:6\n"), &[]);
    check_host(
        "release 6.18.44\nsickbay: absent: loadable kernel modules\n",
        &[],
    );
    // Nothing is known of it before it was asked about.
    check_host(&format!("{HOST}want dummy /etc/modules:6\n"), &[]);
    let modules = format!("{HOST}want dummy /etc/modules:6\n");
    for there in ["loaded\n", "builtin\n", "is dummy_two_long\n"] {
        let seen = found(&[
            ("os.identity", BASE),
            ("kernel.modules", &modules),
            ("kernel.module dummy", there),
        ]);
        assert!(seen.is_empty(), "{there}: {seen:?}");
    }
}

#[test]
fn how_bad_it_is_follows_from_who_waits() {
    let check = |need: &str, want: &str| {
        let modules = format!("{HOST}{need}\n");
        let says = good();
        let seen = found(&[
            ("os.identity", BASE),
            ("kernel.modules", &modules),
            ("kernel.module dummy", &says),
        ]);
        assert_eq!(seen, [want], "{need}");
    };
    check(
        "need dummy fstab /etc/fstab:3 /srv/data",
        "Critical kmod.load_failed module:dummy loadable=true mount=/srv/data",
    );
    check(
        "need dummy unit wg-quick@wg0.service wg-quick@wg0.service",
        "Critical kmod.load_failed module:dummy loadable=true restart_unit=wg-quick@wg0.service",
    );
    check(
        "need dummy sysctl /etc/sysctl.d/k8s.conf:1 net.bridge.bridge-nf-call-iptables",
        "Info kmod.load_failed module:dummy loadable=true",
    );
    check(
        "need dummy sysctl /etc/sysctl.d/k8s.conf:1 net.bridge.bridge-nf-call-iptables\nruntime kubelet",
        "Warning kmod.load_failed module:dummy loadable=true",
    );
}

#[test]
fn each_that_is_wanted_and_not_loaded_is_asked_about_once() {
    let modules = format!(
        "{HOST}want dummy /etc/modules:6\nwant dummy /etc/modules-load.d/a.conf:1\nwant nf_tables /etc/modules:7\nneed xfs fstab /etc/fstab:3 /srv/data\nwant ../x /etc/modules:8\n"
    );
    let answers = answers(&[("os.identity", BASE), ("kernel.modules", &modules)]);
    let plan = look_at(&answers, |look| next_wave(look, &Signatures::none(), 2)).unwrap();
    let asked: Vec<String> = plan
        .runs
        .iter()
        .map(incident::ProbeRun::key)
        .filter(|key| key.starts_with("kernel.module "))
        .collect();
    assert_eq!(asked, ["kernel.module dummy", "kernel.module xfs"]);
}

#[test]
fn a_setting_that_a_loaded_module_does_not_know_is_told_while_it_is_set() {
    let modules = format!("{HOST}has nf_conntrack\n");
    let module = format!(
        "{}loaded\ninfo parm:           hashsize:uint\ninfo parm:           expect_hashsize:uint\n",
        good()
    );
    let seen = |kernel: &str, rules: &str| {
        found(&[
            ("os.identity", BASE),
            ("kernel.modules", &modules),
            ("kernel.messages", kernel),
            ("kernel.module nf_conntrack", &format!("{module}{rules}")),
        ])
    };
    let fresh = "uptime 9000.00\n[ 8900.1] nf_conntrack: unknown parameter 'hashsizes' ignored\n";
    let old = "uptime 9000.00\n[   12.1] nf_conntrack: unknown parameter 'hashsizes' ignored\n";
    let rule = "rule /etc/modprobe.d/tune.conf:4:options nf_conntrack hashsizes=65536\n";
    assert_eq!(
        seen(fresh, rule),
        ["Warning kmod.parameter_ignored module:nf_conntrack"]
    );
    assert_eq!(
        seen(old, rule),
        ["Info kmod.parameter_ignored module:nf_conntrack"]
    );
    assert_eq!(seen(fresh, ""), [""; 0]);
    assert_eq!(seen(fresh, &rule.replace("hashsizes", "hashsize")), [""; 0]);
}
