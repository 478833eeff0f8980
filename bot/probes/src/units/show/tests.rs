//! Units' own settings, and what they keep them from.

use proptest::prelude::*;

use super::Shown;

fn keeps(settings: &str, path: &str) -> String {
    let shown = Shown::read(&format!(
        "Id=x.service\n-- cat\n# /etc/systemd/system/x.service.d/1.conf\n[Service]\n{settings}\n"
    ));
    shown
        .keeps_from(path, &["/var/lib/own".to_owned()])
        .map(|setting| format!("{}={}", setting.key, setting.value))
        .unwrap_or_default()
}

#[test]
fn settings_that_close_a_path_are_found() {
    let check = |settings: &str, path: &str, expected: &str| {
        assert_eq!(keeps(settings, path), expected, "{settings} {path}");
    };
    check("", "/var/lib/shop/orders", "");
    check(
        "ProtectSystem=strict",
        "/var/lib/shop/orders",
        "ProtectSystem=strict",
    );
    check("ProtectSystem=strict", "/var/lib/own/orders", "");
    check("ProtectSystem=full", "/var/lib/shop/orders", "");
    check("ProtectSystem=full", "/etc/shop/x", "ProtectSystem=full");
    check(
        "ProtectSystem=strict\nReadWritePaths=/var/lib/shop",
        "/var/lib/shop/orders",
        "",
    );
    check(
        "ProtectSystem=strict\nReadWritePaths=/var/lib/shop\nReadWritePaths=",
        "/var/lib/shop/orders",
        "ProtectSystem=strict",
    );
    check(
        "ReadOnlyPaths=/var/lib/shop",
        "/var/lib/shop/orders",
        "ReadOnlyPaths=/var/lib/shop",
    );
    check(
        "ReadOnlyPaths=/var/lib\nReadWritePaths=/var/lib/shop",
        "/var/lib/shop/orders",
        "",
    );
    check(
        "InaccessiblePaths=-/etc/shop",
        "/etc/shop/x",
        "InaccessiblePaths=-/etc/shop",
    );
    check("InaccessiblePaths=/etc/sh", "/etc/shop/x", "");
    check("ProtectHome=yes", "/home/ana/x", "ProtectHome=yes");
    check("ProtectHome=no", "/home/ana/x", "");
}

#[test]
fn a_command_before_the_program_that_failed_is_read() {
    let line = "ExecStartPre={ path=/bin/false ; argv[]=/bin/false -x ; ignore_errors=no ; start_time=[n/a] ; pid=167 ; code=exited ; status=1 }";
    let step = Shown::read(line).failed_step.unwrap();
    assert_eq!(
        (step.key.as_str(), step.argv.as_str(), step.status),
        ("ExecStartPre", "/bin/false -x", 1)
    );
    assert_eq!(
        Shown::read(&line.replace("status=1", "status=0/SUCCESS")).failed_step,
        None
    );
    assert_eq!(
        Shown::read(&line.replace("ignore_errors=no", "ignore_errors=yes")).failed_step,
        None
    );
}

proptest! {
    #[test]
    fn hostile_answers_never_panic(text in "\\PC{0,300}", path in "/\\PC{0,40}") {
        let _kept = keeps(&text, &path);
        let _shown = Shown::read(&text);
    }
}
