//! Codes of containers.

use super::{Named, named};

/// The codes.
pub(super) const CODES: &[Named] = &[
    named(
        "container.crash_loop",
        "容器反复重启",
        "它退出后被一次次重新启动，所提供的服务不可用。",
        "查看它最后的日志；换回之前可用的镜像或配置。",
    ),
    named(
        "container.oom_killed",
        "容器因内存不足被终止",
        "它用尽了内存上限或主机内存，被内核终止。",
        "提高内存上限，或找出占用内存的原因。",
    ),
    named(
        "container.command_missing",
        "容器要运行的程序不存在",
        "引擎无法启动它：镜像里没有要运行的程序。",
        "改正命令，或换用正确的镜像。",
    ),
    named(
        "container.disk",
        "容器引擎占满了磁盘",
        "没有容器在用的镜像、已停止的容器和构建缓存占了已满磁盘的很大一部分。",
        "执行 `docker image prune -a` 或 `podman image prune -a`；先看清会删除什么。",
    ),
    named(
        "container.capability_missing",
        "容器缺少所需的 capability",
        "容器被去掉了一些 capability，它的程序因此无法完成所需的操作，例如修改属主或监听 1024 以下的端口。",
        "只加回它需要的那一个（`--cap-add`），不要全部放开。",
    ),
    named(
        "container.command_denied",
        "容器的程序无法执行",
        "引擎无法启动它：程序没有执行权限，或属于其他处理器架构。",
        "在镜像里设置执行权限，或使用本架构的镜像。",
    ),
    named(
        "container.mount_missing",
        "容器所需的主机目录不存在",
        "缺少要挂载给它的目录或文件，引擎无法启动它。",
        "挂载或恢复该目录，然后启动容器。",
    ),
    named(
        "container.port_taken",
        "容器的端口被占用",
        "它要发布的主机端口已被占用。",
        "找出占用端口的进程，改动其中一方。",
    ),
    named(
        "container.image_missing",
        "无法获取容器镜像",
        "主机上没有该镜像，镜像仓库也没有提供。",
        "改正镜像名称，或重新登录镜像仓库。",
    ),
    named(
        "container.unhealthy",
        "容器健康检查失败",
        "容器在运行，但自己的健康检查不通过。",
        "查看检查的输出；如果卡住则重启。",
    ),
    named(
        "container.stopped_on_boot",
        "重启后容器没有启动",
        "它一直运行到主机重启，策略要求保持运行，却没有被启动。",
        "启动它，并启用开机启动它的服务。",
    ),
    named(
        "container.engine_down",
        "容器引擎无法工作",
        "它没有应答或报告错误，无法得知其容器的状态。",
        "查看引擎的服务与日志。",
    ),
    named(
        "container.exited",
        "容器因错误退出",
        "容器因错误退出；如果策略或服务要求它运行，则为警告。",
        "查看它最后的日志；换回上一个镜像。",
    ),
];
