//! Machines of clouds as their firmware names them, first starts that failed or hang, and links that are held back.

use proptest::prelude::*;

use super::{judge, vendor};
use crate::judge::tests::drafts_of;

const UPTIME: &str = "now 1795433400\n/proc/uptime:3600.20 12577.47\n/proc/loadavg:0.1 0.1 0.1 1/170 236\n/sys/devices/system/cpu/online:0-3\n";

fn found(cloud: &str, uptime: &str) -> Vec<String> {
    let drafts = drafts_of(&[("cloud.state", cloud), ("os.uptime", uptime)], judge);
    drafts
        .iter()
        .map(|draft| {
            format!(
                "{:?} {} {} | {} | {}",
                draft.severity, draft.code, draft.subject, draft.title, draft.detail
            )
        })
        .collect()
}

#[test]
fn firmware_names_the_cloud() {
    let dmi = |name: &str, value: &str| format!("/sys/class/dmi/id/{name}:{value}\n");
    for (text, whose) in [
        (dmi("sys_vendor", "Amazon EC2"), Some("AWS")),
        (
            dmi("bios_vendor", "Amazon EC2") + &dmi("sys_vendor", "Xen"),
            Some("AWS"),
        ),
        (dmi("sys_vendor", "Alibaba Cloud"), Some("Alibaba Cloud")),
        (dmi("sys_vendor", "Tencent Cloud"), Some("Tencent Cloud")),
        (
            dmi("product_name", "Google Compute Engine"),
            Some("Google Cloud"),
        ),
        (
            dmi("sys_vendor", "Microsoft Corporation")
                + &dmi("chassis_asset_tag", "7783-7084-3265-9085-8269-3286-77"),
            Some("Azure"),
        ),
        (dmi("sys_vendor", "Microsoft Corporation"), None),
        (dmi("sys_vendor", "QEMU"), None),
        (String::new(), None),
    ] {
        assert_eq!(vendor(&text), whose, "{text}");
    }
}

#[test]
fn a_first_start_that_failed_or_hangs_is_told() {
    let failed = "cloud-init-result {\"v1\": {\"datasource\": \"DataSourceEc2Local\", \"errors\": [\"('scripts-user', RuntimeError('Runparts: 1 failures (part-001) in 1 attempted commands'))\"]}}\n";
    assert_eq!(
        found(failed, UPTIME),
        [
            "Warning cloud.init_failed host:cloud-init | cloud-init did not finish setting this host up | It says: ('scripts-user', RuntimeError('Runparts: 1 failures (part-001) in 1 attempted commands'))"
        ]
    );
    let old = UPTIME.replace("3600.20", "360000.20");
    assert!(found(failed, &old)[0].starts_with("Info "));
    let well = "cloud-init-result {\"v1\": {\"datasource\": \"DataSourceNone\", \"errors\": []}}\n";
    assert_eq!(found(well, UPTIME), [""; 0]);
    let status = |stage: &str, start: i64| {
        format!(
            "cloud-init-status {{\"v1\": {{\"stage\": {stage}, \"modules-final\": {{\"errors\": [], \"finished\": null, \"start\": {start}.5}}}}}}\n"
        )
    };
    assert_eq!(
        found(&status("\"modules-final\"", 1_795_431_000), UPTIME),
        [
            "Warning cloud.init_failed host:cloud-init | cloud-init has been setting this host up for 39 min | It is in its stage modules-final; what comes after is not done."
        ]
    );
    assert_eq!(
        found(&status("\"modules-final\"", 1_795_433_300), UPTIME),
        [""; 0]
    );
    assert_eq!(found(&status("null", 1_795_431_000), UPTIME), [""; 0]);
}

#[test]
fn only_a_count_that_grows_is_told() {
    let counts = "/sys/class/dmi/id/sys_vendor:Amazon EC2\nheld 1 ens5 pps_allowance_exceeded 12000\nheld 1 ens5 bw_in_allowance_exceeded 7\nheld 2 ens5 pps_allowance_exceeded 12150\nheld 2 ens5 bw_in_allowance_exceeded 7\nheld 2 ens6 pps_allowance_exceeded 900\n";
    assert_eq!(
        found(counts, UPTIME),
        [
            "Warning cloud.throttled link:ens5 | The cloud holds back the network of ens5 | It counts packets: 150 too many within a second, 12150 since the link came up (pps_allowance_exceeded). The limit is that of the instance's packets per second at AWS."
        ]
    );
}

proptest! {
    #[test]
    fn hostile_text_never_panics(text in "((held [12]|cloud-init-result|cloud-init-status) \\PC{0,80}\n){0,6}|\\PC{0,200}") {
        found(&text, UPTIME);
    }
}
