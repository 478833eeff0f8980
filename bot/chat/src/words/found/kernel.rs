//! What the kernel says of programs, disks and itself.

use super::{Said, said};

/// The sentences.
pub(super) const SAID: &[Said] = &[
    said(
        "mem.oom",
        "The kernel killed {comm} for memory once, last {_ago} ago",
        "内核因内存不足杀死了 {comm}，共 1 次，发生在 {_ago}前",
    ),
    said(
        "mem.oom",
        "The kernel killed {comm} for memory {count} times, last {_ago} ago",
        "内核因内存不足杀死了 {comm}，共 {count} 次，最近一次在 {_ago}前",
    ),
    said(
        "mem.oom",
        "The kernel ended {comm} (pid {pid}) because memory ran out",
        "内存耗尽，内核终止了 {comm}（pid {pid}）",
    ),
    said(
        "kernel.hung_task",
        "{comm} was blocked for minutes, last {_ago} ago",
        "{comm} 被阻塞数分钟，最近一次在 {_ago}前",
    ),
    said(
        "kernel.hung_task",
        "{comm} (pid {pid}) waited more than {seconds} s for storage",
        "{comm}（pid {pid}）等待存储超过 {seconds} 秒",
    ),
    said(
        "kernel.io_error",
        "The kernel found errors in a filesystem on {comm}, last {_ago} ago",
        "内核在 {comm} 上的文件系统中发现错误，最近一次在 {_ago}前",
    ),
    said(
        "kernel.io_error",
        "The kernel found errors in a filesystem, last {_ago} ago",
        "内核在一个文件系统中发现错误，最近一次在 {_ago}前",
    ),
    said(
        "kernel.io_error",
        "The filesystem on {device} has errors",
        "{device} 上的文件系统有错误",
    ),
    said(
        "kernel.io_error",
        "Disk {device} gives read or write errors",
        "磁盘 {device} 读写出错",
    ),
    said(
        "kernel.io_error",
        "{path} cannot be read or written: the storage gives errors",
        "{path} 无法读写：存储返回错误",
    ),
    said(
        "kernel.segfault",
        "{comm} crashed once, last {_ago} ago",
        "{comm} 崩溃了 1 次，发生在 {_ago}前",
    ),
    said(
        "kernel.segfault",
        "{comm} crashed {count} times, last {_ago} ago",
        "{comm} 崩溃了 {count} 次，最近一次在 {_ago}前",
    ),
    said(
        "kernel.segfault",
        "{comm} (pid {pid}) crashed: it touched memory that is not there",
        "{comm}（pid {pid}）崩溃：它访问了不存在的内存",
    ),
    said(
        "sysctl.drift",
        "{subject} is {have}, but {configured} is configured",
        "{subject} 当前为 {have}，而配置为 {configured}",
    ),
];
