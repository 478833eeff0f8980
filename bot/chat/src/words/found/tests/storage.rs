//! Filesystems, disks and logs, as the probes find them.

use super::check;

#[test]
fn filesystems_disks_and_logs_say_what_is_short() {
    check(
        "fs.full",
        "mount:/var",
        r#"{"path": "/var", "mount": "/var", "used_percent": 97, "free_kib": 640000}"#,
        "/var is 97 % full, 625 MiB left",
        "/var 已使用 97%，剩余 625 MiB",
    );
    check(
        "fs.inodes",
        "mount:/var",
        r#"{"path": "/var", "free_inodes": 12, "used_percent": 99}"#,
        "/var has 12 of 65536 inodes left",
        "/var 共 65536 个 inode，剩余 12 个",
    );
    check(
        "fs.hung",
        "mount:/mnt/nfs",
        r#"{"path": "/mnt/nfs", "fstype": "nfs4"}"#,
        "The nfs4 mount /mnt/nfs does not answer within 2 s",
        "nfs4 挂载 /mnt/nfs 在 2 秒内没有响应",
    );
    check(
        "fs.not_mounted",
        "mount:/data",
        r#"{"path": "/data", "source": "UUID=7", "no_device": true}"#,
        "/data is in fstab but not mounted: there is no UUID=7",
        "/data 在 fstab 中，但没有挂载：UUID=7 不存在",
    );
    check(
        "fs.deleted_open",
        "path:/var/log/a",
        r#"{"comm": "java", "pid": 71, "unit": "shop.service", "path": "/var/log/a"}"#,
        "java (71) of shop.service holds 3.0 GiB of a deleted file",
        "shop.service 的进程 java（71）仍占用已删除文件的 3.0 GiB 空间",
    );
    check(
        "disk.io_errors",
        "disk:sda",
        r#"{"comm": "sda", "count": 4, "pid": 0}"#,
        "Disk sda failed to read or write 4 times, last 2 h ago",
        "磁盘 sda 读写失败 4 次，最近一次在 2 小时前",
    );
    check(
        "log.flood",
        "path:/var/log/app.log",
        r#"{"path": "/var/log/app.log", "mount": "/var"}"#,
        "/var/log/app.log has filled /var at 4.0 MiB a second",
        "/var/log/app.log 以每秒 4.0 MiB 的速度写满了 /var",
    );
}
