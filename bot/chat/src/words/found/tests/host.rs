//! The host as a whole, as the probes find it.

use super::check;

#[test]
fn the_host_says_what_it_lacks() {
    check(
        "cpu.hog",
        "process:shop.service",
        r#"{"comm": "java", "pid": 71, "unit": "shop.service", "cpu_percent": 99}"#,
        "Process java (71) of shop.service uses 99 % of a core",
        "shop.service 的进程 java（71）占用了一个 CPU 核的 99%",
    );
    check(
        "cpu.hog",
        "process:java/71",
        r#"{"comm": "java"}"#,
        "Process java (71) uses 99 % of a core",
        "进程 java（71）占用了一个 CPU 核的 99%",
    );
    check(
        "mem.low",
        "host:memory",
        r#"{"available_kib": 40960, "total_kib": 2097152}"#,
        "Only 40.0 MiB of 2.0 GiB memory are available",
        "2.0 GiB 内存中只剩 40.0 MiB 可用",
    );
    check(
        "mem.oom",
        "process:java",
        r#"{"comm": "java", "count": 2, "pid": 71}"#,
        "The kernel killed java for memory 2 times, last 5 min ago",
        "内核因内存不足杀死了 java，共 2 次，最近一次在 5 分钟前",
    );
    check(
        "change.recent",
        "host:changes",
        r#"{"booted": true}"#,
        "Changed in the last day: 3 packages, 2 files, a boot 5 h ago",
        "最近一天内的变更：3 个软件包、2 个文件、5 小时前启动过",
    );
    check(
        "pkg.broken",
        "package:a",
        r#"{"packages": ["a", "b"], "package": "a", "state": "unpacked"}"#,
        "2 packages are not wholly installed: a, b",
        "2 个软件包没有完整安装：a、b",
    );
    check(
        "sysctl.drift",
        "sysctl:net.core.somaxconn",
        r#"{"configured": "4096", "have": "128"}"#,
        "net.core.somaxconn is 128, but 4096 is configured",
        "net.core.somaxconn 当前为 128，而配置为 4096",
    );
    check(
        "kernel.io_error",
        "disk:filesystem",
        r#"{"comm": "", "count": 1}"#,
        "The kernel found errors in a filesystem, last 3 min ago",
        "内核在一个文件系统中发现错误，最近一次在 3 分钟前",
    );
}
