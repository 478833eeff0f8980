//! Units, as the probes find them.

use super::check;

#[test]
fn units_say_what_stands_in_their_way() {
    let unit = |code: &str, facts: &str, english: &str, chinese: &str| {
        check(code, "unit:shop.service", facts, english, chinese);
    };
    unit(
        "unit.working_dir",
        r#"{"unit": "shop.service", "path": "/srv/gone", "reason": "missing", "gone": "/srv/gone"}"#,
        "The working directory /srv/gone of shop.service is not there",
        "shop.service 的工作目录 /srv/gone 不存在",
    );
    unit(
        "unit.working_dir",
        r#"{"unit": "shop.service", "path": "/srv/shop", "reason": "permission"}"#,
        "The working directory /srv/shop of shop.service may not be entered by its user",
        "shop.service 的运行用户无权进入工作目录 /srv/shop",
    );
    unit(
        "unit.failed",
        r#"{"unit": "shop.service", "result": "exit-code", "exit_status": 1}"#,
        "shop.service has failed (exit-code)",
        "shop.service 已失败（exit-code）",
    );
    unit(
        "unit.failed",
        r#"{"unit": "shop.service", "result": ""}"#,
        "shop.service has failed",
        "shop.service 已失败",
    );
    unit(
        "unit.restart_loop",
        r#"{"unit": "shop.service", "restarts": 7}"#,
        "shop.service keeps ending and being restarted (7 times)",
        "shop.service 不断退出又被重启（已 7 次）",
    );
    unit(
        "unit.dependency_failed",
        r#"{"unit": "shop.service", "mentions": ["db.service", "mnt-data.mount"]}"#,
        "shop.service was not started because db.service, mnt-data.mount was not",
        "shop.service 没有启动，因为 db.service、mnt-data.mount 没有启动",
    );
    unit(
        "unit.dependency_failed",
        r#"{"unit": "shop.service", "mentions": []}"#,
        "shop.service was not started because a unit that it needs was not",
        "shop.service 没有启动，因为它依赖的一个单元没有启动",
    );
    unit(
        "unit.starting",
        r#"{"unit": "shop.service", "since_seconds": 190}"#,
        "shop.service has been starting for 3 min and is not up",
        "shop.service 已启动了 3 分钟，仍未就绪",
    );
    unit(
        "unit.condition",
        r#"{"unit": "shop.service", "condition": "ConditionPathExists=/etc/shop/on", "path": "/etc/shop/on"}"#,
        "shop.service was not started: ConditionPathExists=/etc/shop/on does not hold",
        "shop.service 没有启动：ConditionPathExists=/etc/shop/on 不成立",
    );
    unit(
        "unit.user_missing",
        r#"{"unit": "shop.service", "group": "shop"}"#,
        "shop.service runs as group shop, which does not exist",
        "shop.service 的运行用户组 shop 不存在",
    );
    unit(
        "unit.exec_permission",
        r#"{"unit": "shop.service", "path": "/opt/shop/run", "mode": "0644", "user": "shop", "reason": "mode"}"#,
        "/opt/shop/run is not executable (mode 0644)",
        "/opt/shop/run 没有执行权限（权限 0644）",
    );
    unit(
        "unit.missing_library",
        r#"{"unit": "shop.service", "path": "/opt/shop/run", "library": "libpq.so.5", "libraries": ["libpq.so.5", "a.so", "b.so"]}"#,
        "/opt/shop/run needs libpq.so.5 and 2 more, which is nowhere on the host",
        "/opt/shop/run 需要的共享库 libpq.so.5 等在主机上找不到（另缺 2 个）",
    );
    unit(
        "unit.sandbox",
        r#"{"unit": "shop.service", "wanted": "/var/lib/shop/x", "setting": "ProtectSystem", "value": "strict", "file": "/etc/systemd/system/shop.service"}"#,
        "ProtectSystem=strict keeps shop.service from /var/lib/shop/x",
        "ProtectSystem=strict 使 shop.service 无法访问 /var/lib/shop/x",
    );
}

#[test]
fn what_is_not_known_stays_in_english() {
    // A branch that stands in no row, although its facts are there.
    check(
        "unit.working_dir",
        "unit:shop.service",
        r#"{"unit": "shop.service", "path": "/srv/shop", "reason": "haunted"}"#,
        "The working directory /srv/shop of shop.service is haunted",
        "",
    );
    // The sentence of another unit.
    check(
        "unit.masked",
        "unit:shop.service",
        r#"{"unit": "shop.service"}"#,
        "cart.service is masked and cannot be started",
        "",
    );
    // A site's own code.
    check("site.queue", "host:q", "{}", "The queue is long", "");
}

#[test]
fn what_a_host_calls_its_own_is_no_template() {
    check(
        "unit.exec_missing",
        "unit:a.service",
        r#"{"unit": "a{path}.service", "path": "/opt/{unit}\n{x"}"#,
        "a{path}.service is to run /opt/{unit}\n{x, which is not there",
        "a{path}.service 要运行的程序 /opt/{unit}\n{x 不存在",
    );
}
