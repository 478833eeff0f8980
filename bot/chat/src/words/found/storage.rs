//! What is found of filesystems, disks and logs.

use super::{Said, said};

/// The sentences.
pub(super) const SAID: &[Said] = &[
    said(
        "fs.full",
        "{path} is {used_percent} % full, {_left} left",
        "{path} 已使用 {used_percent}%，剩余 {_left}",
    ),
    said(
        "fs.inodes",
        "{path} has {free_inodes} of {_total} inodes left",
        "{path} 共 {_total} 个 inode，剩余 {free_inodes} 个",
    ),
    said(
        "fs.deleted_open",
        "{comm} ({pid}) of {unit} holds {_size} of a deleted file",
        "{unit} 的进程 {comm}（{pid}）仍占用已删除文件的 {_size} 空间",
    ),
    said(
        "fs.deleted_open",
        "{comm} ({pid}) holds {_size} of a deleted file",
        "进程 {comm}（{pid}）仍占用已删除文件的 {_size} 空间",
    ),
    said(
        "fs.readonly",
        "{path} is mounted read-only",
        "{path} 以只读方式挂载",
    ),
    said(
        "fs.not_mounted",
        "{path} is in fstab but not mounted: there is no {source}",
        "{path} 在 fstab 中，但没有挂载：{source} 不存在",
    ),
    said(
        "fs.not_mounted",
        "{path} is in fstab but not mounted",
        "{path} 在 fstab 中，但没有挂载",
    ),
    said(
        "fs.hung",
        "The {fstype} mount {path} does not answer",
        "{fstype} 挂载 {path} 没有响应",
    ),
    said(
        "fs.hung",
        "The {fstype} mount {path} does not answer within 2 s",
        "{fstype} 挂载 {path} 在 2 秒内没有响应",
    ),
    said(
        "fs.hung",
        "The {fstype} mount {path} answers with an error",
        "{fstype} 挂载 {path} 返回错误",
    ),
    said(
        "fs.hung",
        "{path} lies on a remote filesystem that is gone",
        "{path} 所在的网络文件系统已失联",
    ),
    said(
        "disk.io_errors",
        "Disk {comm} failed to read or write once, last {_ago} ago",
        "磁盘 {comm} 读写失败 1 次，发生在 {_ago}前",
    ),
    said(
        "disk.io_errors",
        "Disk {comm} failed to read or write {count} times, last {_ago} ago",
        "磁盘 {comm} 读写失败 {count} 次，最近一次在 {_ago}前",
    ),
    said(
        "disk.slow",
        "Disk {subject} takes {_wait} ms for a request",
        "磁盘 {subject} 处理一次请求需要 {_wait} 毫秒",
    ),
    said(
        "disk.raid_degraded",
        "A software RAID lacks a member",
        "一个软 RAID 缺少成员盘",
    ),
    said(
        "log.flood",
        "{path} has filled {mount} at {_rate} a second",
        "{path} 以每秒 {_rate} 的速度写满了 {mount}",
    ),
    said(
        "log.flood",
        "{path} grows by {_rate} a second",
        "{path} 每秒增长 {_rate}",
    ),
    said(
        "log.flood",
        "{comm} writes {_rate} lines a second to the journal",
        "{comm} 每秒向 journal 写入 {_rate} 行",
    ),
    said(
        "log.not_rotated",
        "logrotate passes over {name}: {reason}",
        "logrotate 忽略了 {name}：{reason}",
    ),
    said(
        "log.not_rotated",
        "logrotate cannot use line {line} of {name}: {message}",
        "logrotate 无法使用 {name} 的第 {line} 行：{message}",
    ),
];
