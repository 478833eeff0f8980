//! What is said of the cloud that a host runs in.

use super::{Said, said};

/// The sentences.
pub(super) const SAID: &[Said] = &[
    said(
        "cloud.init_failed",
        "cloud-init did not finish setting this host up",
        "cloud-init 没有完成对本机的初始化",
    ),
    said(
        "cloud.init_failed",
        "cloud-init has been setting this host up for {_ago}",
        "cloud-init 初始化本机已经持续 {_ago}",
    ),
    said(
        "cloud.throttled",
        "The cloud holds back the network of {link}",
        "云平台限制了 {link} 的网络",
    ),
];
