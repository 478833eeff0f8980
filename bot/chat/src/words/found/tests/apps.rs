//! Databases, web servers and programs, as the probes find them.

use super::check;

#[test]
fn programs_say_what_they_refuse() {
    check(
        "nginx.config_syntax",
        "path:/etc/nginx/nginx.conf",
        r#"{"path": "/srv/nginx.conf", "line": 12, "message": "unknown directive \"foo\""}"#,
        "nginx refuses /etc/nginx/nginx.conf, line 12: unknown directive \"foo\"",
        "nginx 不接受 /etc/nginx/nginx.conf 第 12 行：unknown directive \"foo\"",
    );
    check(
        "mysql.too_many_connections",
        "unit:mariadb.service",
        r#"{"used": 151, "limit": 151, "unit": "mariadb.service"}"#,
        "The database server has 151 of 151 connections in use",
        "数据库服务器已使用 151 个连接，上限为 151",
    );
    check(
        "redis.write_refused",
        "path:/var/lib/redis",
        r#"{"path": "/var/lib/redis", "owner": "root", "user": "redis"}"#,
        "Redis refuses every write because it cannot save: /var/lib/redis belongs to root, but redis has to use it",
        "Redis 因无法保存而拒绝一切写入：/var/lib/redis 的属主是 root，而用户 redis 需要使用它",
    );
    check(
        "postgres.config",
        "unit:postgresql.service",
        r#"{"key": "shared_x", "path": "/etc/p.conf", "line": 7}"#,
        "PostgreSQL does not know shared_x, in /etc/p.conf line 7",
        "PostgreSQL 不认识设置 shared_x，位于 /etc/p.conf 第 7 行",
    );
    check(
        "app.error",
        "unit:shop.service",
        r#"{"unit": "shop.service", "message": "panic: no tenant"}"#,
        "shop.service says: panic: no tenant",
        "shop.service 输出：panic: no tenant",
    );
    check(
        "container.exited",
        "container:db",
        r#"{"container": "db", "status": "exit code 1"}"#,
        "Container db has ended: exit code 1",
        "容器 db 已退出：exit code 1",
    );
}
