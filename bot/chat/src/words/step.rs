//! Each verb of the vocabulary as a sentence. The card, the dry run and the execution all show this text.

use std::collections::BTreeMap;

use incident::{Proposal, Step};

use crate::locale::{Locale, say};
use crate::text::{exact, words};

mod captures;
mod containers;

impl Locale {
    /// A step for people, with what is there now where the host was asked.
    #[must_use]
    pub fn step(self, step: &Step) -> String {
        // What is approved is shown exactly.
        let arg = |slot| exact(step.arg(slot).unwrap_or(""));
        let (path, unit, package) = (arg("path"), arg("unit"), arg("package"));
        let (key, value, pid) = (arg("key"), arg("value"), arg("pid"));
        let module = arg("module");
        let (tool, table, chain) = (arg("tool"), arg("table"), arg("chain"));
        let rule = words(step.rest());
        match step.verb() {
            "file.chmod" => {
                let (mode, now) = (arg("mode"), self.now(step, "mode"));
                say!(
                    self,
                    "set mode {mode} on {path}{now}",
                    "将 {path} 的权限设为 {mode}{now}"
                )
            }
            "file.chown" => {
                let all = match arg("recursive").as_str() {
                    "1" => self.say(" and all below it", " 及其下的全部内容"),
                    _ => "",
                };
                let now = match (step.needs().get("owner"), step.needs().get("group")) {
                    (Some(owner), Some(group)) => {
                        say!(
                            self,
                            " (it is {owner}:{group} now)",
                            "（当前为 {owner}:{group}）"
                        )
                    }
                    (_, _) => String::new(),
                };
                let (owner, group) = (arg("owner"), arg("group"));
                say!(
                    self,
                    "give {path}{all} to {owner}:{group}{now}",
                    "将 {path}{all} 的属主改为 {owner}:{group}{now}"
                )
            }
            "file.move" => {
                let (from, to) = (arg("from"), arg("to"));
                say!(self, "move {from} to {to}", "将 {from} 移动到 {to}")
            }
            "file.delete" => {
                let now = self.bytes_now(step);
                say!(self, "delete {path}{now}", "删除 {path}{now}")
            }
            "file.truncate" => {
                let now = self.bytes_now(step);
                say!(self, "empty {path}{now}", "清空 {path}{now}")
            }
            "file.comment_line" => {
                let line = arg("line");
                say!(
                    self,
                    "comment out line {line} of {path}",
                    "注释掉 {path} 的第 {line} 行"
                )
            }
            "file.set_key" => match arg("section").as_str() {
                "" => say!(
                    self,
                    "set {key} to {value} in {path}",
                    "在 {path} 中将 {key} 设为 {value}"
                ),
                section => say!(
                    self,
                    "set {key} to {value} in [{section}] in {path}",
                    "在 {path} 的 [{section}] 段中将 {key} 设为 {value}"
                ),
            },
            "file.put" => {
                let mode = arg("mode");
                say!(
                    self,
                    "write {path} (mode {mode})",
                    "写入 {path}（权限 {mode}）"
                )
            }
            "file.link" => {
                let target = arg("target");
                let now = step.needs().get("target").map_or_else(String::new, |now| {
                    let now = exact(now);
                    say!(self, " (it points at {now} now)", "（当前指向 {now}）")
                });
                say!(
                    self,
                    "point the link {path} at {target}{now}",
                    "将软链接 {path} 指向 {target}{now}"
                )
            }
            "file.restore" => {
                let execution = arg("execution");
                say!(
                    self,
                    "put {path} back as {execution} found it",
                    "将 {path} 恢复到 {execution} 执行前的样子"
                )
            }
            "unit.start" => {
                let now = self.now(step, "active");
                say!(self, "start {unit}{now}", "启动 {unit}{now}")
            }
            "unit.stop" => say!(self, "stop {unit}", "停止 {unit}"),
            "unit.restart" => {
                let now = self.now(step, "active");
                say!(self, "restart {unit}{now}", "重启 {unit}{now}")
            }
            "unit.reload" => say!(self, "reload {unit}", "重新加载 {unit}"),
            "unit.try_reload" => say!(
                self,
                "reload {unit}, if it takes what was put back",
                "如果 {unit} 接受恢复后的配置，就重新加载它"
            ),
            "unit.reset_failed" => {
                say!(
                    self,
                    "forget the failure of {unit}",
                    "清除 {unit} 的失败状态"
                )
            }
            "unit.enable" => say!(self, "enable {unit} at boot", "将 {unit} 设为开机启动"),
            "unit.disable" => say!(
                self,
                "do not start {unit} at boot",
                "取消 {unit} 的开机启动"
            ),
            "unit.mask" => say!(self, "mask {unit}", "屏蔽 {unit}（mask）"),
            "unit.unmask" => say!(self, "unmask {unit}", "解除对 {unit} 的屏蔽（unmask）"),
            "unit.set_property" => say!(
                self,
                "set {key}={value} for {unit} by a drop-in",
                "通过 drop-in 为 {unit} 设置 {key}={value}"
            ),
            "unit.unset_property" => say!(
                self,
                "remove the drop-in that sets {key} for {unit}",
                "移除为 {unit} 设置 {key} 的 drop-in"
            ),
            "process.signal" => {
                let (signal, now) = (arg("signal"), self.now(step, "comm"));
                say!(
                    self,
                    "send SIG{signal} to process {pid}{now}",
                    "向进程 {pid} 发送 SIG{signal}{now}"
                )
            }
            "process.renice" => {
                let nice = arg("nice");
                say!(
                    self,
                    "set the nice value of process {pid} to {nice}",
                    "将进程 {pid} 的 nice 值设为 {nice}"
                )
            }
            "mount.remount" => {
                let options = arg("options");
                say!(
                    self,
                    "remount {path} with {options}",
                    "以选项 {options} 重新挂载 {path}"
                )
            }
            "mount.mount" => say!(
                self,
                "mount {path} as /etc/fstab says",
                "按 /etc/fstab 挂载 {path}"
            ),
            "mount.unmount" => say!(self, "unmount {path}", "卸载 {path}"),
            "firewall.delete_rule" => say!(
                self,
                "remove the {tool} rule of {table}/{chain}: {rule}",
                "从 {table}/{chain} 中删除 {tool} 规则：{rule}"
            ),
            "firewall.insert_rule" => say!(
                self,
                "put the {tool} rule back into {table}/{chain}: {rule}",
                "将 {tool} 规则放回 {table}/{chain}：{rule}"
            ),
            "sysctl.set" => {
                let now = self.now(step, "value");
                say!(
                    self,
                    "set {key} to {value}{now}",
                    "将 {key} 设为 {value}{now}"
                )
            }
            "dpkg.configure" => self
                .say(
                    "finish the configuration of half-installed packages",
                    "完成未配置完的软件包的配置",
                )
                .to_owned(),
            "package.install" => {
                let version = match arg("version").as_str() {
                    "" => String::new(),
                    version => format!(" {version}"),
                };
                say!(
                    self,
                    "install package {package}{version}",
                    "安装软件包 {package}{version}"
                )
            }
            "package.reinstall" => {
                say!(
                    self,
                    "install package {package} again",
                    "重新安装软件包 {package}"
                )
            }
            "package.remove" => say!(self, "remove package {package}", "卸载软件包 {package}"),
            "package.hold" => say!(
                self,
                "hold package {package}",
                "锁定软件包 {package} 的版本"
            ),
            "package.unhold" => say!(
                self,
                "let package {package} be upgraded again",
                "解除软件包 {package} 的版本锁定"
            ),
            "journal.vacuum" => {
                let size = arg("size");
                say!(
                    self,
                    "shrink the journal to {size}",
                    "将 systemd journal 缩减到 {size}"
                )
            }
            "kmod.load" => say!(
                self,
                "load the kernel module {module}",
                "加载内核模块 {module}"
            ),
            "kmod.unload" => say!(
                self,
                "unload the kernel module {module}",
                "卸载内核模块 {module}"
            ),
            "kmod.depmod" => {
                let release = arg("release");
                say!(
                    self,
                    "index the modules of kernel {release} anew",
                    "重新生成内核 {release} 的模块索引"
                )
            }
            "kmod.rename" => {
                let (line, from, to) = (arg("line"), arg("from"), arg("to"));
                say!(
                    self,
                    "name the module {to} instead of {from} in line {line} of {path}",
                    "将 {path} 第 {line} 行的模块 {from} 改为 {to}"
                )
            }
            "kmod.dkms" => {
                let (name, version, release) = (arg("name"), arg("version"), arg("release"));
                say!(
                    self,
                    "build the module {name} {version} for kernel {release} and install it",
                    "为内核 {release} 编译并安装模块 {name} {version}"
                )
            }
            "host.reboot" => match arg("minutes").as_str() {
                "1" => self
                    .say("reboot the host in one minute", "1 分钟后重启主机")
                    .to_owned(),
                minutes => say!(
                    self,
                    "reboot the host in {minutes} minutes",
                    "{minutes} 分钟后重启主机"
                ),
            },
            "host.cancel_reboot" => self
                .say("call off the planned reboot", "取消计划中的重启")
                .to_owned(),
            "container.start"
            | "container.stop"
            | "container.restart"
            | "k8s.rollout_restart"
            | "k8s.rollout_undo"
            | "k8s.uncordon"
            | "k8s.cordon" => self.of_containers(step),
            "capture.backtrace" | "capture.syscalls" | "capture.profile" | "capture.packets"
            | "capture.core" => self.of_captures(step),
            _ => words(&step.argv()),
        }
    }

    /// What is there now, where the host was asked.
    fn now(self, step: &Step, key: &str) -> String {
        step.needs().get(key).map_or_else(String::new, |now| {
            let now = exact(now);
            say!(self, " (it is {now} now)", "（当前为 {now}）")
        })
    }

    fn bytes_now(self, step: &Step) -> String {
        step.needs().get("size").map_or_else(String::new, |now| {
            say!(self, " (bytes: {now} now)", "（当前 {now} 字节）")
        })
    }

    /// What a proposal does, in a line: its steps without what is there now.
    #[must_use]
    pub fn gist(self, proposal: &Proposal) -> String {
        let steps: Vec<String> = proposal
            .steps
            .iter()
            .map(|one| self.step(&one.clone().needing(BTreeMap::new())))
            .collect();
        let comma = self.say(", ", "，");
        match steps.as_slice() {
            [first, middle @ .., last] if middle.len() > 1 => {
                let more = middle.len();
                say!(
                    self,
                    "{first}, {more} more steps, {last}",
                    "{first}，另外 {more} 步，{last}"
                )
            }
            steps => steps.join(comma),
        }
    }

    /// The exact steps of a fix, numbered.
    #[must_use]
    pub(crate) fn steps(self, proposal: &Proposal) -> String {
        let steps = proposal.steps.iter().enumerate();
        let steps: Vec<String> = steps
            .map(|(n, step)| format!("{}. {}", n + 1, self.step(step)))
            .collect();
        steps.join("\n")
    }
}
