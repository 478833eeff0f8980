//! The words of both languages that a sentence may have of its own, and those that say too much.
//!
//! A word that stands nowhere here and not in what is cited is rejected, so a gap in these tables costs a good sentence, never a
//! false one.

use std::collections::HashSet;
use std::sync::LazyLock;

use incident::{Confidence, Severity};

use super::Rule;

mod ruled;
mod same;

use ruled::RULED;
use same::{SAME, SAME_HAN};

/// English words that say nothing by themselves.
const NEUTRAL: &[&str] = &[
    "a",
    "an",
    "the",
    "is",
    "are",
    "was",
    "were",
    "be",
    "been",
    "has",
    "have",
    "does",
    "do",
    "did",
    "of",
    "on",
    "in",
    "at",
    "to",
    "for",
    "with",
    "its",
    "it",
    "this",
    "now",
    "currently",
];

/// Forms of `to be`: before a participle they turn who does into who is done to.
const BE: &[&str] = &["is", "are", "was", "were", "be", "been", "being"];

/// Chinese words that say nothing by themselves.
const NEUTRAL_HAN: &[&str] = &[
    "目前", "当前", "现在", "已经", "处于", "的", "了", "已", "在", "为", "其", "该", "这", "是",
    "上", "中", "里",
];

/// Words whose meaning hangs on the number before them.
const MEASURED: &[&str] = &["full", "used", "left", "free", "remaining", "available"];

/// Opening words that only lead in.
const FRAME: &[&str] = &["also", "此外", "另外", "同时"];

/// What kind of thing a name is, as people put it beside the name.
const KINDS: &[(&str, &[&str])] = &[
    ("unit", &["unit", "service", "单元", "服务"]),
    ("service", &["service", "服务"]),
    (
        "mount",
        &[
            "filesystem",
            "mount",
            "partition",
            "文件系统",
            "挂载点",
            "分区",
        ],
    ),
    ("path", &["path", "路径"]),
    ("process", &["process", "进程"]),
    ("port", &["port", "端口"]),
    ("interface", &["interface", "网卡", "接口"]),
    ("disk", &["disk", "磁盘"]),
    ("certificate", &["certificate", "证书"]),
    ("package", &["package", "软件包"]),
    ("module", &["module", "模块"]),
    ("container", &["container", "容器"]),
    ("host", &["host", "主机"]),
];

const SEVERE: &[(&str, Severity)] = &[
    ("critical", Severity::Critical),
    ("critically", Severity::Critical),
    ("severe", Severity::Critical),
    ("严重", Severity::Critical),
    ("危急", Severity::Critical),
    ("warning", Severity::Warning),
    ("警告", Severity::Warning),
    ("info", Severity::Info),
    ("informational", Severity::Info),
    ("提示", Severity::Info),
];

const SURE: &[(&str, Confidence)] = &[
    ("likely", Confidence::Likely),
    ("probably", Confidence::Likely),
    ("很可能", Confidence::Likely),
    ("possible", Confidence::Possible),
    ("possibly", Confidence::Possible),
    ("可能", Confidence::Possible),
];

pub(super) fn is_neutral(word: &str) -> bool {
    NEUTRAL.contains(&word)
}

pub(super) fn is_be(word: &str) -> bool {
    BE.contains(&word)
}

pub(super) fn is_frame(word: &str) -> bool {
    FRAME.contains(&word)
}

/// The ways to say the same in English.
pub(super) fn same() -> impl Iterator<Item = (&'static str, &'static str)> {
    SAME.iter().copied()
}

/// Every Chinese word that stands in a table, with the token that stands for it; nothing where it says nothing.
pub(super) fn han() -> impl Iterator<Item = (&'static str, &'static str)> {
    let same = SAME_HAN.iter().copied();
    let neutral = NEUTRAL_HAN.iter().map(|word| (*word, ""));
    let kinds = KINDS.iter().flat_map(|(_, words)| words.iter());
    let ruled = RULED.iter().flat_map(|(_, words)| words.iter());
    let severe = SEVERE.iter().map(|(word, _)| word);
    let sure = SURE.iter().map(|(word, _)| word);
    let own = kinds.chain(ruled).chain(severe).chain(sure).chain(FRAME);
    same.chain(neutral).chain(
        own.filter(|word| !word.is_ascii())
            .map(|word| (*word, *word)),
    )
}

/// Whether people put this word beside a name of that kind.
pub(super) fn is_kind(kind: &str, word: &str) -> bool {
    KINDS
        .iter()
        .any(|(of, words)| *of == kind && words.contains(&word))
}

/// Whether the word is put beside names of any kind.
pub(super) fn is_any_kind(word: &str) -> bool {
    KINDS.iter().any(|(_, words)| words.contains(&word))
}

/// How bad a word says it is.
pub(super) fn severity(word: &str) -> Option<Severity> {
    let found = SEVERE.iter().find(|(of, _)| *of == word);
    found.map(|(_, severity)| *severity)
}

/// How sure a word says it is.
pub(super) fn confidence(word: &str) -> Option<Confidence> {
    let found = SURE.iter().find(|(of, _)| *of == word);
    found.map(|(_, confidence)| *confidence)
}

/// The rule that a word is of, where it is of one.
pub(super) fn rule(word: &str) -> Option<Rule> {
    if severity(word).is_some() {
        return Some(Rule::Severity);
    }
    if confidence(word).is_some() {
        return Some(Rule::Inference);
    }
    RULED
        .iter()
        .find(|(_, words)| words.contains(&word))
        .map(|(rule, _)| *rule)
}

static OURS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let same = SAME.iter().flat_map(|(words, _)| words.split(' '));
    let ruled = RULED.iter().flat_map(|(_, words)| words.iter().copied());
    let kinds = KINDS.iter().flat_map(|(_, words)| words.iter().copied());
    let severe = SEVERE.iter().map(|(word, _)| *word);
    let sure = SURE.iter().map(|(word, _)| *word);
    let rest = [NEUTRAL, FRAME, MEASURED].concat();
    same.chain(ruled)
        .chain(kinds)
        .chain(severe)
        .chain(sure)
        .chain(rest)
        .collect()
});

/// Whether a word is one of these tables: a name that is written so is not taken for a name.
pub(super) fn is_ours(word: &str) -> bool {
    OURS.contains(word)
}

/// The noun of a fact in both languages: what a number or a name may be called by.
pub(super) const NOUNS: &[(&str, &[&str])] = &[
    ("used_percent", &["USED"]),
    ("pid", &["pid", "PID", "process", "进程", "进程号"]),
    ("port", &["port", "端口"]),
    ("mode", &["mode", "权限"]),
    ("owner", &["owner", "属主"]),
    ("group", &["group", "用户组"]),
    ("user", &["user", "用户"]),
    ("limit", &["limit", "上限"]),
    ("line", &["line"]),
    ("exit_status", &["exit status", "exit code", "退出码"]),
    ("signal", &["signal", "信号"]),
    ("free_inodes", &["free inodes", "inodes free", "空闲 inode"]),
    ("cpu_percent", &["CPU", "CPU USED"]),
    ("steal_percent", &["steal"]),
    ("restarts", &["restarts", "重启次数"]),
    ("unit", &["unit", "service", "单元", "服务"]),
    ("comm", &["process", "进程"]),
    ("path", &["path", "路径"]),
    ("mount", &["mount", "挂载点"]),
    ("package", &["package", "软件包"]),
    ("interface", &["interface", "网卡"]),
    ("library", &["library", "共享库"]),
    ("module", &["module", "模块"]),
    ("container", &["container", "容器"]),
    ("not_after", &["expiry date", "过期时间"]),
];
