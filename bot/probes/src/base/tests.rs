//! What hosts said of the things that every program relies on.

use proptest::prelude::*;

use super::judge;
use crate::judge::tests::drafts_of;

fn said(text: &str) -> Vec<String> {
    let drafts = drafts_of(&[("host.base", text)], judge);
    drafts
        .iter()
        .map(|draft| {
            let want = draft.text("want_mode").unwrap_or("-");
            format!(
                "{:?} {} {} {want}",
                draft.severity, draft.code, draft.subject
            )
        })
        .collect()
}

#[test]
fn what_every_program_relies_on_is_judged() {
    let check = |text: &str, expected: &[&str]| assert_eq!(said(text), expected, "{text}");
    check(
        "mode 755 0 directory:/etc\nmode 1777 0 directory:/tmp\nmode 666 0 character special file:/dev/null\n\
         mode 644 0 regular file:/etc/passwd\nmode 4755 0 regular file:/usr/bin/sudo\nmode 600 0 regular file:/etc/unknown\n\
         /proc/sys/net/ipv4/ip_local_port_range:32768\t60999\n",
        &[],
    );
    check(
        "mode 755 0 directory:/tmp\n",
        &["Critical file.wrong_mode path:/tmp -"],
    );
    check(
        "mode 755 0 directory:/var/tmp\n",
        &["Critical file.wrong_mode path:/var/tmp 1777"],
    );
    check(
        "mode 777 0 directory:/tmp\n",
        &["Warning file.wrong_mode path:/tmp -"],
    );
    check(
        "mode 750 0 directory:/var/lib\n",
        &["Critical file.wrong_mode path:/var/lib -"],
    );
    check(
        "mode 600 0 regular file:/etc/hosts\n",
        &["Critical file.wrong_mode path:/etc/hosts 0644"],
    );
    check(
        "mode 644 0 regular file:/dev/null\n",
        &["Critical file.wrong_mode path:/dev/null -"],
    );
    check(
        "mode 755 0 regular file:/usr/bin/sudo\n",
        &["Warning file.wrong_mode path:/usr/bin/sudo -"],
    );
    check(
        "mode 4755 1000 regular file:/usr/bin/sudo\n",
        &["Warning file.wrong_mode path:/usr/bin/sudo -"],
    );
    check(
        "dangling /etc/localtime /usr/share/zoneinfo/Nope\n",
        &["Warning file.dangling_link path:/etc/localtime -"],
    );
    check(
        "nologin /etc/nologin back at six\n",
        &["Warning login.closed path:/etc/nologin -"],
    );
    check(
        "preload-missing /usr/lib/x.so\n",
        &["Warning ld.preload_missing path:/usr/lib/x.so -"],
    );
    check(
        "pam-missing pam_nope.so required /etc/pam.d/sshd\npam-missing pam_x.so optional /etc/pam.d/login\n",
        &["Critical login.module_missing path:/etc/pam.d/sshd -"],
    );
    check(
        "/proc/sys/net/ipv4/ip_local_port_range:61000\t61001\n",
        &["Warning net.few_ports sysctl:net.ipv4.ip_local_port_range -"],
    );
}

proptest! {
    #[test]
    fn hostile_answers_never_panic(lines in proptest::collection::vec("(mode|dangling|nologin|pam-missing|preload-missing|target|gateway|/proc/sys/net/ipv4/ip_local_port_range:)? ?\\PC{0,60}", 0..20)) {
        let _said = said(&lines.join("\n"));
    }
}
