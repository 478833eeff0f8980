//! What a scan reads beyond a diagnosis, from the words of kmod 30 and of Linux 6.1 and 6.12.

use incident::scan::About;

use super::{about, scan_wave};
use crate::judge::judge;
use crate::judge::tests::{answers, look_at};
use crate::look::Window;
use crate::plan::first_wave;
use crate::signatures::Signatures;

const IDENTITY: &str = "/etc/os-release:PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n/proc/sys/kernel/osrelease:6.1.0-57-amd64\n/proc/1/comm:systemd\ninit:systemd\n";
const UPTIME: &str = "now 1795433400\n/proc/uptime:1040303.20 12577.47\n/proc/loadavg:0.1 0.1 0.1 1/170 236\n/sys/devices/system/cpu/online:0-3\n";
const MACHINE: &str = "model model name\t: Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz\nhypervisor\nonline 0-3\n/sys/class/dmi/id/sys_vendor:QEMU\n/sys/class/dmi/id/product_name:Standard PC (Q35 + ICH9, 2009)\n/sys/devices/system/cpu/vulnerabilities/gather_data_sampling:Unknown: Dependent on hypervisor status\n/sys/devices/system/cpu/vulnerabilities/itlb_multihit:Not affected\n/sys/devices/system/cpu/vulnerabilities/mds:Mitigation: Clear CPU buffers; SMT Host state unknown\n/sys/devices/system/cpu/vulnerabilities/mmio_stale_data:Vulnerable: Clear CPU buffers attempted, no microcode; SMT Host state unknown\n/sys/devices/system/cpu/vulnerabilities/retbleed:Vulnerable\n";
const TLS: &str = "server nginx\nuse /etc/nginx/sites-enabled/shop:4:  ssl_certificate /etc/ssl/shop/shop.crt;\ncert /etc/ssl/shop/shop.crt not_after Jan 20 11:29:59 2027 GMT\nnow 1795433403\n";

fn modules(lines: &str) -> String {
    format!("release 6.1.0-57-amd64\ntree\nindex\n{lines}")
}

/// The facts about a host, and its findings about modules, each in a line.
fn told(list: &[(&str, &str)]) -> (Vec<About>, Vec<String>) {
    look_at(&answers(list), |look| {
        let drafts = judge(look, &Signatures::none()).drafts;
        let ours = drafts
            .iter()
            .filter(|draft| draft.code == "kmod.next_start");
        let lines = ours.map(|draft| {
            let (severity, title, detail) = (draft.severity, &draft.title, &draft.detail);
            format!("{severity:?} {}: {title} / {detail}", draft.subject)
        });
        (about(look), lines.collect())
    })
}

#[test]
fn a_scan_asks_what_a_diagnosis_asks_and_more() {
    let window = Window::default();
    let keys = |plan: incident::Plan| -> Vec<String> {
        plan.runs.iter().map(incident::ProbeRun::key).collect()
    };
    let (scan, diagnosis) = (keys(scan_wave(&window)), keys(first_wave(&window, None)));
    assert_eq!(scan[..diagnosis.len()], diagnosis);
    assert_eq!(scan[diagnosis.len()..], ["scan.machine", "scan.modules"]);
}

#[test]
fn a_machine_is_what_it_says() {
    let text = modules("ok loaded ext4\nok loaded virtio_net\nok initramfs raid1\n");
    let (about, found) = told(&[
        ("os.identity", IDENTITY),
        ("os.uptime", UPTIME),
        ("scan.machine", MACHINE),
        ("scan.modules", &text),
        ("tls.files", TLS),
    ]);
    let expected = [
        About::System {
            name: "Debian GNU/Linux 12 (bookworm)".to_owned(),
            kernel: "6.1.0-57-amd64".to_owned(),
        },
        About::Processor {
            model: "Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz".to_owned(),
            online: 4,
            within: "QEMU Standard PC (Q35 + ICH9, 2009)".to_owned(),
        },
        About::Up { days: 12 },
        About::Unmitigated {
            faults: vec!["mmio_stale_data".to_owned(), "retbleed".to_owned()],
        },
        About::Modules {
            asked: 3,
            lost: Vec::new(),
        },
        About::Certificate {
            path: "/etc/ssl/shop/shop.crt".to_owned(),
            days: 57,
        },
    ];
    assert_eq!(about, expected);
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn what_would_not_load_again_is_said_before_the_reboot() {
    let text = modules(
        "ok loaded ext4\ngone loaded virtio_net /lib/modules/6.1.0-57-amd64/kernel/drivers/net/virtio_net.ko\nfails loaded wireguard modprobe: FATAL: Module wireguard not found in directory /lib/modules/6.1.0-57-amd64\nfails outside nvidia modprobe: FATAL: Module nvidia not found in directory /lib/modules/6.1.0-57-amd64\nfails initramfs raid6 modprobe: FATAL: Module raid6 not found in directory /lib/modules/6.1.0-57-amd64\n",
    );
    let list = [
        ("os.identity", IDENTITY),
        ("os.uptime", UPTIME),
        ("scan.modules", text.as_str()),
    ];
    let (about, mut found) = told(&list);
    found.sort();
    assert_eq!(
        found,
        [
            "Info module:nvidia: Module nvidia is loaded, and would not be after the next start / modprobe says: modprobe: FATAL: Module nvidia not found in directory /lib/modules/6.1.0-57-amd64",
            "Info module:raid6: Module raid6 is to be in the initramfs and cannot be found / modprobe says: modprobe: FATAL: Module raid6 not found in directory /lib/modules/6.1.0-57-amd64",
            "Warning module:virtio_net: Module virtio_net is loaded, and would not be after the next start / Its file is gone: /lib/modules/6.1.0-57-amd64/kernel/drivers/net/virtio_net.ko",
            "Warning module:wireguard: Module wireguard is loaded, and would not be after the next start / modprobe says: modprobe: FATAL: Module wireguard not found in directory /lib/modules/6.1.0-57-amd64",
        ]
    );
    let lost = about.iter().find_map(|one| {
        let About::Modules { asked, lost } = one else {
            return None;
        };
        Some((*asked, lost.len()))
    });
    assert_eq!(lost, Some((5, 4)));
}

#[test]
fn a_container_has_the_modules_of_its_machine() {
    let text = modules("fails loaded ext4 modprobe: FATAL: Module ext4 not found\n");
    let contained = format!("{IDENTITY}/run/systemd/container:systemd-nspawn\n");
    let (about, found) = told(&[
        ("os.identity", &contained),
        ("os.uptime", UPTIME),
        ("scan.machine", MACHINE),
        ("scan.modules", &text),
    ]);
    assert_eq!(found, Vec::<String>::new());
    let of_the_machine = |one: &&About| {
        matches!(
            one,
            About::Modules { .. } | About::Up { .. } | About::Unmitigated { .. }
        )
    };
    assert_eq!(about.iter().find(of_the_machine), None);
}

#[test]
fn where_the_whole_folder_is_gone_each_module_is_no_news() {
    let text = "release 6.1.0-57-amd64\nfails loaded ext4 modprobe: FATAL: Module ext4 not found\n";
    let (_, found) = told(&[
        ("os.identity", IDENTITY),
        ("os.uptime", UPTIME),
        ("scan.modules", text),
    ]);
    assert_eq!(found, Vec::<String>::new());
}
