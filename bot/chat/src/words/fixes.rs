//! What is said of fixes that are not offered.

use incident::FindingId;
use incident::notice::{RootCure, WhyNot};

use crate::locale::{Locale, say};

impl Locale {
    /// Which fix is not offered, and why. `of` is what its runbook is called and which finding it answers; without it no fix is.
    #[must_use]
    pub fn why_not(self, of: Option<(&str, &FindingId)>, why: &WhyNot) -> String {
        let why = self.not_done(why);
        match of {
            Some((title, finding)) => {
                say!(
                    self,
                    "{title} ({finding}): {why}",
                    "{title}（{finding}）：{why}"
                )
            }
            None => say!(self, "any fix: {why}", "所有修复：{why}"),
        }
    }

    /// Why something cannot be done.
    #[must_use]
    pub fn not_done(self, why: &WhyNot) -> String {
        match why {
            WhyNot::Secret { runbook } => say!(
                self,
                "it would have to show a secret; do it by hand, see `sickbay runbook show {runbook}`",
                "步骤中会出现密码等敏感信息；请手工处理，参见 `sickbay runbook show {runbook}`"
            ),
            WhyNot::FailedBefore { times, runbook } => say!(
                self,
                "it did not help {times} times in the last day; somebody has to look, see `sickbay runbook show {runbook}`",
                "最近一天内执行了 {times} 次都没有效果，需要人来查看，参见 `sickbay runbook show {runbook}`"
            ),
            WhyNot::NoRoot { login, host, cure } => {
                let next = match cure {
                    RootCure::SudoOrEnrol => self
                        .say(
                            "allow `sudo -n` or enrol the host",
                            "请允许 `sudo -n`，或用 enrol 接入该主机",
                        )
                        .to_owned(),
                    RootCure::Enrol => say!(
                        self,
                        "its helpers do not answer; run `sickbay hosts enrol {host} --install`",
                        "主机上的辅助程序没有应答，请执行 `sickbay hosts enrol {host} --install`"
                    ),
                    RootCure::Settings => self
                        .say(
                            "the settings say `privilege = \"none\"` for it",
                            "配置中为它写的是 `privilege = \"none\"`",
                        )
                        .to_owned(),
                };
                say!(
                    self,
                    "{login} has no way to become root on {host}; {next}",
                    "{login} 在 {host} 上无法取得 root 权限；{next}"
                )
            }
            WhyNot::Step { step, why } => {
                let step = self.step(step);
                say!(self, "{step}: {why}", "{step}：{why}")
            }
            WhyNot::Done => self
                .say(
                    "everything it would do is done already",
                    "它要做的都已经是现状了",
                )
                .to_owned(),
            WhyNot::Unasked(why) => why.clone(),
            WhyNot::Unrecorded(why) => say!(
                self,
                "the diagnosis could not be recorded ({why})",
                "本次诊断无法记录（{why}）"
            ),
            WhyNot::NothingMeant { of } => say!(
                self,
                "there is no process, unit or core called {of} on the host",
                "主机上没有名为 {of} 的进程、单元或 core"
            ),
            WhyNot::Defect => self
                .say(
                    "the search for one ended by itself; this is a defect, please report it",
                    "查找修复方案的过程意外中止；这是程序缺陷，请反馈",
                )
                .to_owned(),
        }
    }
}
