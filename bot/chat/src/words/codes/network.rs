//! Codes of links, names, ports, firewalls and certificates.

use super::{Named, named};

/// The codes.
pub(super) const CODES: &[Named] = &[
    named(
        "net.link_down",
        "网络链路断开",
        "网卡配有地址，但没有链路信号。",
        "检查对端。",
    ),
    named(
        "net.errors",
        "网卡收发错包",
        "有相当比例的报文在传输中损坏。",
        "更换网线；比对两端的设置。",
    ),
    named(
        "net.conntrack_full",
        "连接跟踪表已满",
        "新连接被丢弃，已有连接不受影响。",
        "调大 net.netfilter.nf_conntrack_max；查清是谁建立了这么多连接。",
    ),
    named(
        "net.dns",
        "DNS 服务器没有响应",
        "resolv.conf 中的某个服务器没有应答或拒绝查询；域名解析会等待或失败。",
        "有其他服务器可用时注释掉它；启动本机的解析服务。",
    ),
    named(
        "net.no_route",
        "没有默认路由",
        "只能访问直连的网络。",
        "与正常的主机对比。",
    ),
    named(
        "net.few_ports",
        "可用于外发连接的端口过少",
        "端口用完后，新的外发连接会失败。",
        "把范围改回 32768 60999。",
    ),
    named(
        "net.address_missing",
        "服务要监听的地址不在本机上",
        "服务无法在该地址监听，因此启动不了。",
        "改正监听地址，或启用对应的网卡。",
    ),
    named(
        "net.port_taken",
        "端口被占用",
        "另一个进程已在监听这个端口，服务无法启动。",
        "停掉另一个进程，或给其中一个换端口。",
    ),
    named(
        "net.listen_overflow",
        "服务来不及接受新连接",
        "等待连接的队列已满，后来的连接被拒绝。",
        "检查该服务；增加工作进程，或加长队列。",
    ),
    named(
        "firewall.blocks",
        "防火墙规则阻断了服务",
        "有一条规则丢弃了发往某个端口的全部流量，而本机有服务在监听它。",
        "如果没有人需要这条规则，就删除它。",
    ),
    named(
        "tls.expired",
        "证书已过期",
        "客户端会拒绝连接该服务。",
        "文件已续期的，重新加载服务；否则续期。",
    ),
    named(
        "tls.expiring",
        "证书即将过期",
        "再过几天客户端就会拒绝连接。",
        "执行续期并查看它的日志。",
    ),
    named(
        "tls.key_mismatch",
        "私钥与证书不匹配",
        "服务无法用这一对私钥和证书启动。",
        "安装匹配的一对。",
    ),
    named(
        "tls.untrusted",
        "证书不受信任",
        "程序不信任对端的证书。",
        "安装证书链；不要关闭校验。",
    ),
];
