//! The verbs that only look, as sentences: with the program that looks, since that is what costs something.

use incident::Step;

use crate::locale::{Locale, say};
use crate::text::exact;

impl Locale {
    /// A step that looks closer.
    pub(super) fn of_captures(self, step: &Step) -> String {
        let arg = |slot| exact(step.arg(slot).unwrap_or(""));
        let (pid, seconds) = (arg("pid"), arg("seconds"));
        let tool = step.needs().get("tool").map(|tool| exact(tool));
        match step.verb() {
            "capture.backtrace" => match tool.as_deref() {
                Some("kernel") => say!(
                    self,
                    "read what each thread of process {pid} waits for in the kernel",
                    "读取进程 {pid} 的各线程在内核中等待什么"
                ),
                None => say!(
                    self,
                    "read the stacks of process {pid}; it stands still meanwhile, at most 10 s",
                    "读取进程 {pid} 的调用栈，期间进程停顿，最多 10 秒"
                ),
                Some(tool) => {
                    say!(
                        self,
                        "read the stacks of process {pid} with {tool}; it stands still meanwhile, at most 10 s",
                        "用 {tool} 读取进程 {pid} 的调用栈，期间进程停顿，最多 10 秒"
                    )
                }
            },
            "capture.syscalls" => say!(
                self,
                "watch the system calls of process {pid} with strace for {seconds} s; it is slower meanwhile",
                "用 strace 观察进程 {pid} 的系统调用 {seconds} 秒，期间进程会变慢"
            ),
            "capture.profile" => say!(
                self,
                "sample with perf for {seconds} s where process {pid} spends its processor time",
                "用 perf 采样 {seconds} 秒，查看进程 {pid} 的 CPU 时间花在哪里"
            ),
            "capture.packets" => {
                let port = arg("port");
                say!(
                    self,
                    "listen with tcpdump to the headers of port {port} for {seconds} s",
                    "用 tcpdump 监听端口 {port} 的报文头 {seconds} 秒"
                )
            }
            _ => {
                let (path, tool) = (arg("path"), tool.unwrap_or_else(|| "eu-stack".to_owned()));
                say!(
                    self,
                    "read the stacks in the core {path} with {tool}",
                    "用 {tool} 读取 core {path} 中的调用栈"
                )
            }
        }
    }
}
