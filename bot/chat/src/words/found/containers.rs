//! What is said of containers.

use super::{Said, said};

/// The sentences.
pub(super) const SAID: &[Said] = &[
    said(
        "container.crash_loop",
        "Container {container} does not stay up: started again {restarts} times",
        "容器 {container} 反复退出：已被重新启动 {restarts} 次",
    ),
    said(
        "container.oom_killed",
        "Container {container} was killed for want of memory",
        "容器 {container} 因内存不足被终止",
    ),
    said(
        "container.command_missing",
        "Container {container} is to run {command}, which its image has not got",
        "容器 {container} 要运行 {command}，但镜像里没有",
    ),
    said(
        "container.disk",
        "{engine} keeps {_size} on {mount} that no container uses",
        "{engine} 在 {mount} 上占用了 {_size}，没有容器在用",
    ),
    said(
        "container.capability_missing",
        "Container {container} may not do what it needs: capabilities were taken from it",
        "容器 {container} 无法完成所需的操作：它被去掉了一些 capability",
    ),
    said(
        "container.command_denied",
        "Container {container} may not run {command}",
        "容器 {container} 无权执行 {command}",
    ),
    said(
        "container.mount_missing",
        "Container {container} is given {path}, which is not there",
        "容器 {container} 需要的 {path} 不存在",
    ),
    said(
        "container.port_taken",
        "Container {container} cannot have port {port}: it is taken",
        "容器 {container} 的端口 {port} 已被占用",
    ),
    said(
        "container.unhealthy",
        "Container {container} runs, but its health check fails",
        "容器 {container} 在运行，但健康检查失败",
    ),
    said(
        "container.stopped_on_boot",
        "Container {container} ran until the reboot and was not started since",
        "容器 {container} 一直运行到主机重启，之后没有启动",
    ),
    said(
        "container.engine_down",
        "{engine} does not answer",
        "{engine} 没有应答",
    ),
    said(
        "container.engine_down",
        "{engine} does not work: {_message}",
        "{engine} 无法工作：{_message}",
    ),
    said(
        "container.exited",
        "Container {container} has ended: {status}",
        "容器 {container} 已退出：{status}",
    ),
    said(
        "container.command_missing",
        "The container of {unit} is to run {command}, which its image has not got",
        "{unit} 的容器要运行 {command}，但镜像里没有",
    ),
    said(
        "container.command_denied",
        "The container of {unit} may not run its program",
        "{unit} 的容器无权执行自己的程序",
    ),
    said(
        "container.mount_missing",
        "The container of {unit} is given {path}, which is not there",
        "{unit} 的容器需要的 {path} 不存在",
    ),
    said(
        "container.image_missing",
        "The container of {unit} cannot have its image {image}",
        "{unit} 的容器无法获取镜像 {image}",
    ),
    said(
        "container.image_missing",
        "The container of {unit} cannot have its image",
        "{unit} 的容器无法获取镜像",
    ),
    said(
        "container.port_taken",
        "The container of {unit} cannot have its port: it is taken",
        "{unit} 的容器的端口已被占用",
    ),
];
