//! What is found of links, names, ports, firewalls and certificates.

use super::{Said, said};

/// The sentences.
pub(super) const SAID: &[Said] = &[
    said(
        "net.link_down",
        "{interface} has an address but no link",
        "网卡 {interface} 配有地址，但链路断开",
    ),
    said(
        "net.link_down",
        "The loopback link {interface} is down",
        "回环网卡 {interface} 没有启用",
    ),
    said(
        "net.errors",
        "{errors} of {_packets} packets on {interface} were broken",
        "网卡 {interface} 的 {_packets} 个报文中有 {errors} 个损坏",
    ),
    said(
        "net.conntrack_full",
        "{used} of {limit} tracked connections are in use",
        "连接跟踪表共 {limit} 项，已使用 {used} 项",
    ),
    said(
        "net.conntrack_full",
        "The kernel dropped packets as the connection table was full, last {_ago} ago",
        "连接跟踪表已满，内核丢弃了报文，最近一次在 {_ago}前",
    ),
    said(
        "net.conntrack_full",
        "The table of tracked connections is full; packets are dropped",
        "连接跟踪表已满，报文被丢弃",
    ),
    said(
        "net.dns",
        "Name servers are not asked: /etc/nsswitch.conf looks hosts up without dns",
        "不会查询 DNS 服务器：/etc/nsswitch.conf 的 hosts 一项没有 dns",
    ),
    said(
        "net.dns",
        "No name server is named, and this host does not answer itself: no name can be resolved",
        "没有配置 DNS 服务器，本机自身也不应答：无法解析任何域名",
    ),
    said(
        "net.dns",
        "systemd-resolved knows no name server: no name can be resolved",
        "systemd-resolved 没有任何 DNS 服务器：无法解析任何域名",
    ),
    said(
        "net.dns",
        "systemd-resolved asks {_servers}, and none answers",
        "systemd-resolved 所查询的 {_servers} 都没有应答",
    ),
    said(
        "net.dns",
        "Name server {server} refuses to be asked",
        "DNS 服务器 {server} 拒绝查询",
    ),
    said(
        "net.dns",
        "Name server {server} does not answer",
        "DNS 服务器 {server} 没有响应",
    ),
    said(
        "net.dns",
        "{unit} cannot resolve {name}",
        "{unit} 无法解析 {name}",
    ),
    said(
        "net.dns",
        "{unit} cannot resolve names",
        "{unit} 无法解析域名",
    ),
    said("net.no_route", "There is no default route", "没有默认路由"),
    said(
        "net.few_ports",
        "Only {ports} ports are left for outgoing connections ({_low} to {_high})",
        "可用于外发连接的端口只有 {ports} 个（{_low} 到 {_high}）",
    ),
    said(
        "net.address_missing",
        "{unit} is to listen on {address}, which this host does not have",
        "{unit} 要监听的地址 {address} 不在本机上",
    ),
    said(
        "net.port_taken",
        "Port {port} is held by {comm} (pid {pid})",
        "端口 {port} 被 {comm}（pid {pid}）占用",
    ),
    said(
        "net.port_taken",
        "Port {port} is already in use",
        "端口 {port} 已被占用",
    ),
    said(
        "net.port_taken",
        "{unit} wants a port that is already in use",
        "{unit} 要使用的端口已被占用",
    ),
    said(
        "net.listen_overflow",
        "{_waiting} connections wait to be accepted on port {port}, more than fit",
        "端口 {port} 上有 {_waiting} 个连接等待接受，超出队列长度",
    ),
    said(
        "net.listen_overflow",
        "More connections come in on port {port} than its program takes",
        "端口 {port} 上到来的连接多于程序能接受的",
    ),
    said(
        "firewall.blocks",
        "A firewall rule drops everything to port {port}, where a service listens",
        "防火墙规则丢弃了发往端口 {port} 的全部流量，而有服务在监听它",
    ),
    said(
        "firewall.blocks",
        "A firewall rule rejects everything to port {port}, where a service listens",
        "防火墙规则拒绝了发往端口 {port} 的全部流量，而有服务在监听它",
    ),
    said(
        "firewall.blocks",
        "A firewall rule drops everything to port {port}, where {comm} listens",
        "防火墙规则丢弃了发往端口 {port} 的全部流量，而 {comm} 在监听它",
    ),
    said(
        "firewall.blocks",
        "A firewall rule rejects everything to port {port}, where {comm} listens",
        "防火墙规则拒绝了发往端口 {port} 的全部流量，而 {comm} 在监听它",
    ),
    said(
        "firewall.blocks",
        "The firewall lets nobody in to port {port}, where {comm} listens",
        "防火墙不放行任何人访问端口 {port}，而 {comm} 在监听它",
    ),
    said(
        "tls.expired",
        "The certificate {subject} expired on {not_after}",
        "证书 {subject} 已于 {not_after} 过期",
    ),
    said(
        "tls.expiring",
        "The certificate {subject} expires on {not_after}, in {days} days",
        "证书 {subject} 将于 {not_after} 过期，还有 {days} 天",
    ),
    said(
        "tls.expired tls.expiring",
        "Port {port} still serves an old certificate; {path} was renewed",
        "端口 {port} 仍在使用旧证书，而 {path} 已续期",
    ),
    said(
        "tls.expired",
        "{unit} meets a certificate that has expired",
        "{unit} 遇到了已过期的证书",
    ),
    said(
        "tls.untrusted",
        "{unit} meets a certificate that this host does not trust",
        "{unit} 遇到了本机不信任的证书",
    ),
    said(
        "tls.key_mismatch",
        "The certificate of {unit} and its key do not belong together",
        "{unit} 的证书与私钥不匹配",
    ),
    said(
        "app.connection_refused",
        "{unit} gets no connection to its database",
        "{unit} 连接不上它的数据库",
    ),
    said(
        "app.connection_refused",
        "Apache cannot reach {host}:{port}, to which it passes requests",
        "Apache 连不上 {host}:{port}，而它要把请求转发到那里",
    ),
    said(
        "app.connection_refused",
        "Connections to {host}:{port} are refused",
        "到 {host}:{port} 的连接被拒绝",
    ),
    said(
        "app.connection_refused",
        "{unit} is refused by a service that it needs",
        "{unit} 被它所依赖的服务拒绝连接",
    ),
    said(
        "app.connection_refused",
        "{unit} is refused by a service that it needs: nothing listens on port {port}, which {_file} names",
        "{unit} 被它所依赖的服务拒绝连接：{_file} 指定的端口 {port} 上没有程序在监听",
    ),
];
