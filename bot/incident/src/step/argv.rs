//! Steps as the commands that people know.

use super::Step;

impl Step {
    /// The program that a capture is bound to, by its name.
    fn tool(&self) -> &str {
        self.needs.get("tool").map_or("", String::as_str)
    }

    /// The argument vector, as shown to people and put in JSON: the command that the guard runs where the verb is one
    /// command, otherwise the guard's verb with its arguments.
    #[must_use]
    pub fn argv(&self) -> Vec<String> {
        let arg = |slot| self.arg(slot).unwrap_or("").to_owned();
        let words = |words: &[&str]| {
            words
                .iter()
                .map(|word| (*word).to_owned())
                .collect::<Vec<_>>()
        };
        let systemctl = |verb: &str| words(&["systemctl", verb, self.arg("unit").unwrap_or("")]);
        match self.verb.as_str() {
            "file.chmod" => vec!["chmod".into(), arg("mode"), arg("path")],
            "file.chown" => {
                let mut argv = words(&["chown"]);
                if self.arg("recursive") == Some("1") {
                    argv.push("-R".into());
                }
                argv.extend([
                    "-h".into(),
                    format!("{}:{}", arg("owner"), arg("group")),
                    arg("path"),
                ]);
                argv
            }
            "file.move" => vec!["mv".into(), "-n".into(), arg("from"), arg("to")],
            "file.delete" => vec!["rm".into(), arg("path")],
            "file.truncate" => vec!["truncate".into(), "-s".into(), "0".into(), arg("path")],
            "file.link" => vec!["ln".into(), "-sfn".into(), arg("target"), arg("path")],
            "unit.start" => systemctl("start"),
            "unit.stop" => systemctl("stop"),
            "unit.restart" => systemctl("restart"),
            "unit.reload" | "unit.try_reload" => systemctl("reload"),
            "unit.reset_failed" => systemctl("reset-failed"),
            "unit.enable" => systemctl("enable"),
            "unit.disable" => systemctl("disable"),
            "unit.mask" => systemctl("mask"),
            "unit.unmask" => systemctl("unmask"),
            "process.signal" => vec!["kill".into(), "-s".into(), arg("signal"), arg("pid")],
            "process.renice" => vec![
                "renice".into(),
                "-n".into(),
                arg("nice"),
                "-p".into(),
                arg("pid"),
            ],
            "mount.remount" => {
                vec![
                    "mount".into(),
                    "-o".into(),
                    format!("remount,{}", arg("options")),
                    arg("path"),
                ]
            }
            "mount.mount" => vec!["mount".into(), arg("path")],
            "mount.unmount" => vec!["umount".into(), arg("path")],
            "firewall.delete_rule" => {
                let mut argv = vec![
                    arg("tool"),
                    "-w".into(),
                    "5".into(),
                    "-t".into(),
                    arg("table"),
                    "-D".into(),
                    arg("chain"),
                ];
                argv.extend(self.rest().iter().cloned());
                argv
            }
            "firewall.insert_rule" => {
                let mut argv = vec![
                    arg("tool"),
                    "-w".into(),
                    "5".into(),
                    "-t".into(),
                    arg("table"),
                    "-I".into(),
                    arg("chain"),
                    arg("index"),
                ];
                argv.extend(self.rest().iter().cloned());
                argv
            }
            "sysctl.set" => {
                vec![
                    "sysctl".into(),
                    "-w".into(),
                    format!("{}={}", arg("key"), arg("value")),
                ]
            }
            "dpkg.configure" => words(&["dpkg", "--configure", "-a", "--force-confold"]),
            "package.install" => {
                let wanted = match arg("version") {
                    version if version.is_empty() => arg("package"),
                    version => format!("{}={version}", arg("package")),
                };
                vec!["apt-get".into(), "install".into(), "-y".into(), wanted]
            }
            "package.reinstall" => {
                vec![
                    "apt-get".into(),
                    "install".into(),
                    "-y".into(),
                    "--reinstall".into(),
                    arg("package"),
                ]
            }
            "package.remove" => vec![
                "apt-get".into(),
                "remove".into(),
                "-y".into(),
                arg("package"),
            ],
            "package.hold" => vec!["apt-mark".into(), "hold".into(), arg("package")],
            "package.unhold" => vec!["apt-mark".into(), "unhold".into(), arg("package")],
            "journal.vacuum" => vec![
                "journalctl".into(),
                format!("--vacuum-size={}", arg("size")),
            ],
            "kmod.load" => words(&["modprobe", "--", &arg("module")]),
            "kmod.unload" => words(&["rmmod", &arg("module")]),
            "kmod.depmod" => words(&["depmod", "-a", "--", &arg("release")]),
            "kmod.dkms" => words(&[
                "dkms",
                "install",
                "-m",
                &arg("name"),
                "-v",
                &arg("version"),
                "-k",
                &arg("release"),
            ]),
            // The guard adds what people who are logged in are told: whose reboot it is.
            "host.reboot" => words(&["shutdown", "-r", &format!("+{}", arg("minutes"))]),
            "host.cancel_reboot" => words(&["shutdown", "-c"]),
            "container.start" | "container.stop" | "container.restart" => words(&[
                &arg("engine"),
                self.verb.trim_start_matches("container."),
                &arg("container"),
            ]),
            "k8s.rollout_restart" => words(&[
                "kubectl",
                "rollout",
                "restart",
                "-n",
                &arg("namespace"),
                &arg("workload"),
            ]),
            "k8s.rollout_undo" => words(&[
                "kubectl",
                "rollout",
                "undo",
                "-n",
                &arg("namespace"),
                &format!("deployment/{}", arg("deployment")),
                &format!("--to-revision={}", arg("revision")),
            ]),
            "capture.backtrace" => match self.tool() {
                "gdb" => words(&[
                    "gdb",
                    "-p",
                    &arg("pid"),
                    "-batch",
                    "-ex",
                    "thread apply all bt",
                ]),
                "kernel" => words(&["cat", &format!("/proc/{}/task/*/wchan", arg("pid"))]),
                _ => words(&["eu-stack", "-p", &arg("pid")]),
            },
            "capture.core" => words(&["eu-stack", &format!("--core={}", arg("path"))]),
            "capture.syscalls" => words(&[
                "timeout",
                &arg("seconds"),
                "strace",
                "-f",
                "-s",
                "0",
                "-p",
                &arg("pid"),
            ]),
            "capture.profile" => words(&[
                "perf",
                "record",
                "-F",
                "99",
                "-g",
                "-p",
                &arg("pid"),
                "--",
                "sleep",
                &arg("seconds"),
            ]),
            "capture.packets" => words(&[
                "timeout",
                &arg("seconds"),
                "tcpdump",
                "-i",
                "any",
                "-s",
                "96",
                "-c",
                "500",
                "port",
                &arg("port"),
            ]),
            "k8s.uncordon" => words(&["kubectl", "uncordon", &arg("node")]),
            "k8s.cordon" => words(&["kubectl", "cordon", &arg("node")]),
            _ => std::iter::once(self.verb.clone())
                .chain(self.args.iter().cloned())
                .collect(),
        }
    }
}
