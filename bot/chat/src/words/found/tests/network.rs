//! The network, as the probes find it.

use super::check;

#[test]
fn the_network_says_what_does_not_get_through() {
    check(
        "net.port_taken",
        "port:80/tcp",
        r#"{"port": 80, "comm": "apache2", "pid": 812, "unit": "nginx.service", "signature": "nginx-port"}"#,
        "Port 80 is held by apache2 (pid 812)",
        "端口 80 被 apache2（pid 812）占用",
    );
    check(
        "net.dns",
        "nameserver:10.0.0.2",
        r#"{"server": "10.0.0.2", "others_answer": false}"#,
        "Name server 10.0.0.2 does not answer",
        "DNS 服务器 10.0.0.2 没有响应",
    );
    check(
        "firewall.blocks",
        "port:443/tcp",
        r#"{"port": 443, "comm": "nginx", "protocol": "tcp"}"#,
        "A firewall rule drops everything to port 443, where nginx listens",
        "防火墙规则丢弃了发往端口 443 的全部流量，而 nginx 在监听它",
    );
    check(
        "firewall.blocks",
        "port:443/tcp",
        r#"{"port": 443, "comm": ""}"#,
        "A firewall rule rejects everything to port 443, where a service listens",
        "防火墙规则拒绝了发往端口 443 的全部流量，而有服务在监听它",
    );
    check(
        "tls.expiring",
        "certificate:/etc/ssl/a.pem",
        r#"{"path": "/etc/ssl/a.pem", "not_after": "2026-12-01", "days": 3}"#,
        "The certificate /etc/ssl/a.pem expires on 2026-12-01, in 3 days",
        "证书 /etc/ssl/a.pem 将于 2026-12-01 过期，还有 3 天",
    );
    check(
        "app.connection_refused",
        "unit:shop.service",
        r#"{"unit": "shop.service", "port": 5432}"#,
        "shop.service is refused by a service that it needs: nothing listens on port 5432, which /etc/shop.env names",
        "shop.service 被它所依赖的服务拒绝连接：/etc/shop.env 指定的端口 5432 上没有程序在监听",
    );
}
