//! Codes of the cloud that a host runs in.

use super::{Named, named};

/// The codes.
pub(super) const CODES: &[Named] = &[
    named(
        "cloud.init_failed",
        "cloud-init 没有完成",
        "主机没有按镜像和 user data 配置完成：软件包、用户、密钥、磁盘或服务可能缺失。",
        "查看日志，改正 user data，重建主机或手工补齐。",
    ),
    named(
        "cloud.throttled",
        "云平台限制了网络",
        "数据包在主机之外被排队或丢弃，主机本身有余量，连接却变慢或失败。",
        "换更大的实例规格，分散负载，复用连接，缓存域名解析。",
    ),
];
