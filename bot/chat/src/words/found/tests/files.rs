//! Files, as the probes find them.

use super::check;

#[test]
fn files_say_who_is_kept_out_and_what_is_gone() {
    check(
        "file.dangling_link",
        "path:/srv/current",
        r#"{"unit": "shop.service", "wanted": "/srv/current/run", "path": "/srv/current", "target": "/srv/r/7"}"#,
        "shop.service needs /srv/current/run: /srv/current leads to /srv/r/7, which is gone",
        "shop.service 需要 /srv/current/run：符号链接 /srv/current 指向的 /srv/r/7 已不存在",
    );
    check(
        "file.wrong_owner",
        "path:/var/lib/shop",
        r#"{"path": "/var/lib/shop", "owner": "root", "user": "shop", "mode": "0700"}"#,
        "/var/lib/shop belongs to root, but shop has to use it",
        "/var/lib/shop 的属主是 root，而用户 shop 需要使用它",
    );
    check(
        "file.wrong_mode",
        "path:/etc/hosts",
        r#"{"path": "/etc/hosts", "mode": "0600", "want_mode": "0644"}"#,
        "/etc/hosts has mode 0600: programs other than root's do not know localhost",
        "/etc/hosts 的权限为 0600：非 root 的程序不认识 localhost",
    );
    check(
        "app.permission_denied",
        "path:/etc/shop.conf",
        r#"{"path": "/etc/shop.conf", "user": "shop"}"#,
        "/etc/shop.conf is refused to shop",
        "用户 shop 被拒绝访问 /etc/shop.conf",
    );
    check(
        "app.permission_denied",
        "path:/data/x",
        r#"{"path": "/data/x", "reason": "/data is mounted read-only"}"#,
        "/data/x cannot be changed: /data is mounted read-only",
        "/data/x 无法修改：/data 以只读方式挂载",
    );
    check(
        "file.missing",
        "path:/etc/ssl/a.pem",
        r#"{"path": "/etc/ssl/a.pem", "unit": "nginx.service"}"#,
        "nginx needs /etc/ssl/a.pem, which is not there",
        "nginx 需要的 /etc/ssl/a.pem 不存在",
    );
}
