//! What changed on a host since its baseline: a line for each change, as somebody would say it.

use incident::change::{Area, Aspect, Change, Nothing, Since};
use incident::{HostName, Moment};

use crate::locale::{Locale, say};

/// How many changes are told where people read something else first.
pub(crate) const FEW: usize = 5;

impl Locale {
    /// A change, without a full stop.
    #[must_use]
    pub fn change(self, change: &Change) -> String {
        let name = change.name.as_str();
        let was = change.was.as_deref().unwrap_or("");
        let now = change.now.as_deref().unwrap_or("");
        if change.aspect == Aspect::Presence {
            return self.came_or_went(change.area, name, change.was.as_deref(), now);
        }
        match (change.area, change.aspect) {
            (Area::Unit, Aspect::Enabled) => {
                let (now, was) = (self.enabled(now), self.enabled(was));
                say!(
                    self,
                    "{name} is {now}; it was {was}",
                    "{name} 现在{now}，原来{was}"
                )
            }
            (_, Aspect::Runs) => match now {
                "on" => say!(
                    self,
                    "{name} runs; it did not",
                    "{name} 正在运行，原来没有运行"
                ),
                "failed" => say!(
                    self,
                    "{name} failed; it was not so",
                    "{name} 已失败，原来不是这样"
                ),
                _ => say!(
                    self,
                    "{name} does not run; it did",
                    "{name} 没有运行，原来在运行"
                ),
            },
            (Area::Unit, Aspect::Content) => {
                say!(
                    self,
                    "the unit file of {name} is another",
                    "{name} 的单元文件变了"
                )
            }
            (Area::Package, Aspect::Content) => say!(
                self,
                "package {name} has other files at the same version",
                "软件包 {name} 版本未变，文件却变了"
            ),
            (Area::Package, _) => say!(
                self,
                "package {name} is {now}; it was {was}",
                "软件包 {name} 现在是 {now}，原来是 {was}"
            ),
            (Area::Module, Aspect::Content) => {
                say!(
                    self,
                    "the file of module {name} is another",
                    "内核模块 {name} 的文件变了"
                )
            }
            (Area::Module, Aspect::Version) => say!(
                self,
                "module {name} is loaded from another build",
                "已加载的内核模块 {name} 是另一次构建的"
            ),
            (Area::Module, _) => say!(
                self,
                "module {name} taints the kernel with {now}; it was {was}",
                "内核模块 {name} 的污染标记现在是 {now}，原来是 {was}"
            ),
            (Area::Port, Aspect::Program) => say!(
                self,
                "{now} listens on {name}; it was {was}",
                "监听 {name} 的现在是 {now}，原来是 {was}"
            ),
            (Area::Port, _) => say!(
                self,
                "{name} is listened on at {now}; it was {was}",
                "{name} 现在监听于 {now}，原来是 {was}"
            ),
            (Area::Mount, Aspect::Options) => say!(
                self,
                "{name} is mounted {now}; it was {was}",
                "{name} 现在以 {now} 挂载，原来是 {was}"
            ),
            (Area::Mount, _) => say!(
                self,
                "{now} is mounted on {name}; it was {was}",
                "{name} 现在挂载的是 {now}，原来是 {was}"
            ),
            (Area::User, _) => say!(
                self,
                "account {name} is {now}; it was {was}",
                "帐户 {name} 现在是 {now}，原来是 {was}"
            ),
            (Area::Group, _) => say!(
                self,
                "group {name} is {now}; it was {was}",
                "组 {name} 现在是 {now}，原来是 {was}"
            ),
            (Area::Certificate, _) => {
                let end = |text: &str| {
                    text.split_once(" until ")
                        .map_or("?", |(_, end)| end)
                        .to_owned()
                };
                let (now, was) = (end(now), end(was));
                say!(
                    self,
                    "certificate {name} is another, valid until {now}; it was until {was}",
                    "证书 {name} 换了，有效期至 {now}，原来至 {was}"
                )
            }
            (Area::System, _) if name == "cmdline" => self
                .say(
                    "the kernel's boot parameters are others",
                    "内核启动参数变了",
                )
                .to_owned(),
            (_, Aspect::Mode) => say!(
                self,
                "{name} has mode {now}; it was {was}",
                "{name} 的权限现在是 {now}，原来是 {was}"
            ),
            (_, Aspect::Owner) => say!(
                self,
                "{name} belongs to {now}; it was {was}",
                "{name} 现在属于 {now}，原来属于 {was}"
            ),
            (_, Aspect::Target) => say!(
                self,
                "{name} leads to {now}; it was {was}",
                "{name} 现在指向 {now}，原来指向 {was}"
            ),
            (Area::File, Aspect::Content) if was == "file" && now == "link" => say!(
                self,
                "{name} is a link now; it was a file",
                "{name} 现在是链接，原来是文件"
            ),
            (Area::File, Aspect::Content) if was == "link" && now == "file" => say!(
                self,
                "{name} is a file now; it was a link",
                "{name} 现在是文件，原来是链接"
            ),
            (Area::File, _) => say!(self, "{name} was edited", "{name} 被修改过"),
            _ => say!(
                self,
                "{name} is {now}; it was {was}",
                "{name} 现在是 {now}，原来是 {was}"
            ),
        }
    }

    /// Something that is new or gone.
    fn came_or_went(self, area: Area, name: &str, was: Option<&str>, now: &str) -> String {
        let thing = match area {
            Area::Package => say!(self, "package {name}", "软件包 {name}"),
            Area::Module => say!(self, "module {name}", "内核模块 {name}"),
            Area::User => say!(self, "account {name}", "帐户 {name}"),
            Area::Group => say!(self, "group {name}", "组 {name}"),
            Area::Certificate => say!(self, "certificate {name}", "证书 {name}"),
            Area::System
            | Area::Sysctl
            | Area::Mount
            | Area::Unit
            | Area::Port
            | Area::Program
            | Area::File => name.to_owned(),
        };
        match (area, was) {
            (Area::Port, Some("")) => {
                say!(
                    self,
                    "nothing listens on {name} any more",
                    "已没有程序监听 {name}"
                )
            }
            (Area::Port, Some(who)) => say!(
                self,
                "nothing listens on {name} any more; it was {who}",
                "已没有程序监听 {name}，原来是 {who}"
            ),
            (Area::Port, None) if now.is_empty() => {
                say!(
                    self,
                    "something new listens on {name}",
                    "有新的程序监听 {name}"
                )
            }
            (Area::Port, None) => {
                say!(
                    self,
                    "{now} listens on {name}, which is new",
                    "{now} 新监听 {name}"
                )
            }
            (Area::Mount, Some(_)) => {
                say!(self, "{name} is not mounted any more", "{name} 已不再挂载")
            }
            (Area::Mount, None) => say!(self, "{name} is newly mounted", "{name} 是新挂载的"),
            (Area::Module, Some(_)) => {
                say!(self, "{thing} is not loaded any more", "{thing} 已不再加载")
            }
            (Area::Package, None) => say!(self, "{thing} {now} is new", "{thing} {now} 是新装的"),
            (Area::Package, Some(was)) => {
                say!(self, "{thing} {was} is gone", "{thing} {was} 已被移除")
            }
            (_, Some(_)) => say!(self, "{thing} is gone", "{thing} 已不存在"),
            (_, None) => say!(self, "{thing} is new", "{thing} 是新增的"),
        }
    }

    fn enabled(self, word: &str) -> &str {
        match word {
            "enabled" => self.say("enabled", "开机启动"),
            "disabled" => self.say("disabled", "不开机启动"),
            "masked" => self.say("masked", "被屏蔽"),
            other => other,
        }
    }

    /// What stands before the changes of the thing that a finding is about.
    #[must_use]
    pub fn changed_since_for_a_finding(self, taken_at: Moment) -> String {
        let at = taken_at.utc();
        say!(
            self,
            "Changed since the baseline of {at}:",
            "自 {at} 的基线以来有变："
        )
    }

    /// What stands above what changed on a host, or says that nothing did or could be compared; ends in a colon where lines follow.
    #[must_use]
    pub fn since(self, host: &HostName, since: &Since) -> String {
        let (at, by) = (since.taken_at.utc(), &since.taken_by);
        let of = say!(
            self,
            "the baseline of {at} (taken by {by})",
            "{at} 的基线（由 {by} 记录）"
        );
        match since.nothing {
            Some(Nothing::AnotherMachine) => say!(
                self,
                "This is another machine than that of {of}, so nothing is compared; sickbay baseline take {host} takes a new one",
                "这台机器不是{of}所记录的那一台，因此不作比较；sickbay baseline take {host} 可以记录新的基线"
            ),
            Some(Nothing::Unanswered) => say!(
                self,
                "What changed since {of} is not known: the host did not say what it is made of",
                "{of}以来有什么变化不得而知：主机没有说明自己的组成"
            ),
            Some(Nothing::Lost) => say!(
                self,
                "What changed since {of} is not known: its text is erased or is not what was recorded; sickbay baseline take {host} takes a new one",
                "{of}以来有什么变化不得而知：其内容已被抹去，或与记录的不符；sickbay baseline take {host} 可以记录新的基线"
            ),
            None if since.changes.is_empty() && !since.is_whole() => say!(
                self,
                "Of what could be compared nothing changed since {of}",
                "{of}以来，能比较的部分没有变化"
            ),
            None if since.changes.is_empty() => {
                say!(self, "Nothing changed since {of}", "{of}以来没有变化")
            }
            None => say!(self, "Changed since {of}:", "{of}以来的变化："),
        }
    }

    /// The changes, a line each, at most so many; then how many more there are, and what was not compared.
    #[must_use]
    pub fn changes(self, host: &HostName, since: &Since, most: usize) -> Vec<String> {
        let told = |change: &Change| match &change.touches {
            Some(finding) => {
                let change = self.change(change);
                say!(self, "{change} ({finding})", "{change}（{finding}）")
            }
            None => self.change(change),
        };
        let mut lines: Vec<String> = since.changes.iter().take(most).map(told).collect();
        let more = since.more + since.changes.len().saturating_sub(most);
        if more > 0 {
            lines.push(say!(
                self,
                "and {more} more; sickbay baseline diff {host} --all lists them",
                "另有 {more} 处，详见 sickbay baseline diff {host} --all"
            ));
        }
        lines
    }

    /// What was seen on one of the two days only; nothing where all was.
    #[must_use]
    pub fn not_compared(self, since: &Since) -> Option<String> {
        let mut parts: Vec<&str> = since
            .unseen
            .iter()
            .map(|area| self.part_of_host(*area))
            .collect();
        let files = since.unread_files;
        let files = match files {
            0 => None,
            1 => Some(self.say("1 file", "1 个文件").to_owned()),
            _ => Some(say!(self, "{files} files", "{files} 个文件")),
        };
        parts.extend(files.as_deref());
        if parts.is_empty() {
            return None;
        }
        let parts = self.list(&parts);
        Some(say!(
            self,
            "Not compared, since it could be seen on one of the two days only: {parts}",
            "未作比较（两次中只有一次看得到）：{parts}"
        ))
    }

    /// A part of a host.
    #[must_use]
    pub const fn part_of_host(self, area: Area) -> &'static str {
        match area {
            Area::System => self.say("the system as a whole", "系统整体"),
            Area::Module => self.say("kernel modules", "内核模块"),
            Area::Sysctl => self.say("kernel parameters", "内核参数"),
            Area::Mount => self.say("mounts", "挂载"),
            Area::User => self.say("accounts", "帐户"),
            Area::Group => self.say("groups", "用户组"),
            Area::Unit => self.say("units", "单元"),
            Area::Port => self.say("ports", "端口"),
            Area::Program => self.say("whose ports they are", "端口所属的程序"),
            Area::Package => self.say("packages", "软件包"),
            Area::Certificate => self.say("certificates", "证书"),
            Area::File => self.say("configuration files", "配置文件"),
        }
    }

    /// A baseline is kept.
    #[must_use]
    pub fn baseline_taken(
        self,
        host: &HostName,
        counts: &[(Area, usize)],
        incident: &str,
    ) -> String {
        let counts: Vec<String> = counts
            .iter()
            .map(|(area, count)| {
                let area = self.part_of_host(*area);
                format!("{area} {count}")
            })
            .collect();
        let counts: Vec<&str> = counts.iter().map(String::as_str).collect();
        let counts = self.list(&counts);
        say!(
            self,
            "{host}: the baseline is taken: {counts}. It is evidence of {incident}.",
            "{host}：基线已记录：{counts}。它是 {incident} 的证据。"
        )
    }

    /// A host is not well, so that what it is now is no baseline.
    #[must_use]
    pub fn not_well_enough(self, host: &HostName, worst: &str, more: usize) -> String {
        let others = match more {
            0 => String::new(),
            1 => self.say(", and 1 more", "，另有 1 项").to_owned(),
            _ => say!(self, ", and {more} more", "，另有 {more} 项"),
        };
        say!(
            self,
            "{host}: no baseline is taken, since something is wrong: {worst}{others}. Mend that first, or say --anyway",
            "{host}：未记录基线，因为主机有问题：{worst}{others}。请先修复，或加上 --anyway"
        )
    }

    /// Too little of a host could be seen for a baseline.
    #[must_use]
    pub fn no_baseline_of_what_is_unseen(self, host: &HostName, why: &str) -> String {
        say!(
            self,
            "{host}: no baseline is taken, since too little could be seen of it: {why}",
            "{host}：未记录基线，因为能看到的太少：{why}"
        )
    }

    /// A host has no baseline.
    #[must_use]
    pub fn no_baseline(self, host: &HostName) -> String {
        say!(
            self,
            "{host}: there is no baseline; take one when it is well: sickbay baseline take {host}",
            "{host}：没有基线；请在它正常时记录一个：sickbay baseline take {host}"
        )
    }

    /// The baseline of a host cannot be read from the journal.
    #[must_use]
    pub fn baseline_unread(self, host: &HostName, why: &str) -> String {
        say!(
            self,
            "{host}: its baseline could not be read: {why}",
            "{host}：无法读取它的基线：{why}"
        )
    }

    /// No host has a baseline.
    #[must_use]
    pub const fn no_baselines(self) -> &'static str {
        self.say(
            "No host has a baseline; `sickbay baseline take HOST` takes one.",
            "还没有任何主机的基线；`sickbay baseline take 主机` 可以记录一个。",
        )
    }

    /// A baseline counts no longer, and whether another does now.
    #[must_use]
    pub fn baseline_dropped(self, host: &HostName, before: Option<Moment>) -> String {
        match before {
            Some(at) => {
                let at = at.utc();
                say!(
                    self,
                    "{host}: its newest baseline is dropped; that of {at} counts again",
                    "{host}：最新的基线已丢弃；{at} 的基线重新生效"
                )
            }
            None => say!(
                self,
                "{host}: its baseline is dropped",
                "{host}：基线已丢弃"
            ),
        }
    }
}
