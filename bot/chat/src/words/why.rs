//! Why a fix ended as it did. In English the journal has the same words; here is the Chinese of each.

use incident::fact::Ran;
use incident::remediation::{Moved, Seen, Why};
use incident::report::Verdict;

use crate::locale::Locale;

impl Locale {
    /// Why a fix ended as it did.
    #[must_use]
    pub fn why(self, why: &Why) -> String {
        match self {
            Self::English => why.to_string(),
            Self::Chinese => in_chinese(why),
        }
    }

    /// What had moved between a yes and the run.
    #[must_use]
    pub(crate) fn moved(self, what: &Moved) -> String {
        match self {
            Self::English => what.to_string(),
            Self::Chinese => moved(what),
        }
    }

    /// What was seen after a run.
    #[must_use]
    pub(crate) fn seen(self, what: &Seen) -> String {
        match self {
            Self::English => what.to_string(),
            Self::Chinese => seen(what),
        }
    }
}

fn in_chinese(why: &Why) -> String {
    match why {
        Why::Rejected { by, reason } if reason.is_empty() => format!("被 {by} 拒绝"),
        Why::Rejected { by, reason } => format!("被 {by} 拒绝：{reason}"),
        Why::NobodyInTime => "没有人在有效期内批准".to_owned(),
        Why::Moved(what) => moved(what),
        Why::Guard(why) => why.clone(),
        Why::Looked { ran, verdict, seen } => {
            let seen = self::seen(seen);
            match (ran, verdict) {
                (Ran::Unknown { why }, _) => format!("{why}；事后检查：{seen}"),
                (Ran::StepFailed { step, code }, _) => {
                    format!("第 {step} 步失败，退出码 {code}；事后检查：{seen}")
                }
                (Ran::TimedOut, _) => format!("达到时限，已被停止；事后检查：{seen}"),
                (Ran::Done, Verdict::Verified) => seen,
                (Ran::Done, Verdict::Planned | Verdict::Captured) => seen,
                (Ran::Done, Verdict::NotFixed) => format!("仍然存在：{seen}"),
                (Ran::Done, Verdict::Worse) => format!("新出现：{seen}"),
                (Ran::Done, Verdict::CouldNotCheck) => {
                    format!("已执行，但无法确认是否修复：{seen}")
                }
                (Ran::Refused { why }, _) => why.clone(),
                (Ran::NeverRan, _) => "从未执行".to_owned(),
            }
        }
        Why::UnderWay(stuck) => {
            let stuck = stuck.as_deref().unwrap_or("另一个 Sickbay 正在执行它");
            format!("{stuck}；用 `sickbay recover` 再查看，任何操作都不会重复执行")
        }
    }
}

fn moved(moved: &Moved) -> String {
    match moved {
        Moved::NoHost { host } => format!("主机清单中已没有 {host}；没有做任何改动"),
        Moved::Runbook { runbook } => {
            format!("提出方案之后，处置手册 {runbook} 已被修改；没有做任何改动")
        }
        Moved::Unread { why } => format!("现在无法读取处置手册（{why}）；没有做任何改动"),
        Moved::Unreachable { host, why } => {
            format!("已无法连接 {host}（{why}）；没有做任何改动")
        }
        Moved::Key { host, is, was } => {
            format!("{host} 的主机密钥是 {is}，而方案是针对 {was} 提出的；没有做任何改动")
        }
        Moved::Login { host } => {
            format!("连接 {host} 的用户或权限与提出方案时不同；没有做任何改动")
        }
        Moved::Gone { subject, host } => {
            format!("{host} 上的 {subject} 已经没有这个问题；没有做任何改动")
        }
        Moved::TooLate => "主机就绪之前，允许开始执行的时间已过".to_owned(),
        Moved::NeverRan => "它从未在主机上执行，允许开始执行的时间已过；没有做任何改动".to_owned(),
        Moved::Said { why } => why.clone(),
    }
}

fn seen(seen: &Seen) -> String {
    let titled = |code: &incident::Code, title: &str| {
        let title = Locale::Chinese.titled(code.as_str(), title);
        title.into_owned()
    };
    match seen {
        // What is gone needs no details any more.
        Seen::Gone { code, title } => match Locale::Chinese.explained(code.as_str()) {
            Some(named) => format!("“{}”已消失（{title}）", named.name),
            None => format!("“{title}”已消失"),
        },
        Seen::There { code, title } => format!("{}（{code}）", titled(code, title)),
        Seen::Unreachable { host, why } => format!("事后无法连接 {host}：{why}"),
        Seen::TooLittle { host } => format!("事后在 {host} 上能读到的信息太少"),
        Seen::NoAnswer { probe } => format!("这次 {probe} 没有得到应答；请重新诊断"),
        Seen::NoHost { host } => format!("主机清单中已没有 {host}"),
        Seen::Reboots { minutes } => format!("主机将在 {minutes} 分钟后重启，在此之前可以取消"),
        Seen::PutBack => "一切已恢复原状".to_owned(),
        Seen::PutBackWith { code, title } => {
            format!(
                "一切已恢复原状，原来的问题也随之恢复：{}",
                titled(code, title)
            )
        }
        Seen::NothingTaken => "没有做任何改动，也没有保留任何内容".to_owned(),
        Seen::Captured { evidence, .. } => {
            let ids: Vec<&str> = evidence.iter().map(incident::EvidenceId::as_str).collect();
            format!("看到的内容保存为 {}", ids.join("、"))
        }
        Seen::Said { why } => why.clone(),
    }
}
