//! Why something is not done. In English these are errors, which say it themselves; here is the Chinese of each, and what
//! neither could say without the words for a step.

use incident::Refusal;
use incident::capture::BadCapture;
use incident::command::Misunderstood;
use incident::fact::Claimed;
use incident::id::BadId;
use incident::remediation::NoRollback;

use crate::locale::Locale;

impl Locale {
    /// Why it is not done, and what to do instead.
    #[must_use]
    pub fn refusal(self, refusal: &Refusal) -> String {
        match (self, refusal) {
            (_, Refusal::WouldNot(why)) => self.not_done(why),
            (Self::English, _) => refusal.to_string(),
            (Self::Chinese, _) => in_chinese(refusal),
        }
    }

    /// How a verb is used.
    #[must_use]
    pub(crate) fn usage(self, verb: &str) -> &'static str {
        match verb {
            "diagnose" => self.say("diagnose TARGET [what is wrong]", "diagnose 主机 [现象]"),
            "capture" => self.say(
                "capture TARGET KIND OF [SECONDS]",
                "capture 主机 类型 对象 [秒数]",
            ),
            "approve" => self.say("approve [PROPOSAL]", "approve [修复编号]"),
            "reject" => self.say("reject PROPOSAL [why]", "reject 修复编号 [原因]"),
            "dry-run" => self.say("dry-run PROPOSAL", "dry-run 修复编号"),
            "rollback" => self.say("rollback PROPOSAL", "rollback 修复编号"),
            "summarise" => self.say("summarise [INCIDENT]", "summarise [故障编号]"),
            "ack" => self.say("ack [INCIDENT]", "ack [故障编号]"),
            "resolve" => self.say("resolve [INCIDENT] [note]", "resolve [故障编号] [说明]"),
            "postmortem" => self.say("postmortem [INCIDENT]", "postmortem [故障编号]"),
            "explain" => self.say("explain CODE", "explain 代码"),
            "runbook" => self.say("runbook [WORDS]", "runbook [关键词]"),
            "status" => "status",
            "hosts" => "hosts",
            _ => "help",
        }
    }
}

fn in_chinese(refusal: &Refusal) -> String {
    let locale = Locale::Chinese;
    match refusal {
        Refusal::NoProposal { proposal, near } => {
            let meant = near.as_ref();
            let meant = meant.map_or_else(String::new, |near| format!("；是不是 {near}？"));
            format!("没有修复方案 {proposal}{meant}；`sickbay proposals` 列出待批准的方案")
        }
        Refusal::NotApproved { proposal } => format!("修复方案 {proposal} 还没有获得批准"),
        Refusal::UnderWay { proposal } => {
            format!("修复方案 {proposal} 已经批准，正在执行；它只会执行一次")
        }
        Refusal::CarriedOut { proposal } => {
            format!("修复方案 {proposal} 已经执行，正在验证是否修复")
        }
        Refusal::Expired { proposal } => {
            format!("修复方案 {proposal} 已过期；请重新诊断以获得新的方案")
        }
        Refusal::Over {
            proposal,
            outcome,
            why,
        } => {
            let ended = locale.headed(locale.outcome(*outcome), &locale.why(why));
            format!("修复方案 {proposal} 已经结束（{ended}）；如果问题还在，请重新诊断")
        }
        Refusal::OtherCard { proposal } => format!(
            "修复方案 {proposal} 与那张卡片上的内容不一致；批准前请用 `sickbay proposals` 再看一遍"
        ),
        Refusal::StaleCard { proposal } => {
            format!("那张卡片显示的不是 {proposal} 实际要做的；请重新诊断")
        }
        Refusal::Nobody { risk, host } => {
            let risk = locale.risk(*risk);
            format!("没有人可以批准 {host} 上的{risk}操作；配置中的审批策略没有为它指定批准人")
        }
        Refusal::NotThem {
            who,
            risk,
            host,
            ask,
        } => {
            let (risk, ask) = (locale.risk(*risk), locale.candidates(ask));
            format!("{who} 无权批准 {host} 上的{risk}操作；请联系 {ask}")
        }
        Refusal::Untold {
            who,
            risk,
            host,
            why,
        } => {
            let risk = locale.risk(*risk);
            format!(
                "现在无法确认 {who} 是否有权批准 {host} 上的{risk}操作：{why}；未做任何记录，请稍后再试"
            )
        }
        Refusal::UntoldEarlier { who, why } => format!(
            "{who} 之前已批准，但现在无法确认其是否仍有权批准：{why}；未做任何记录，请稍后再试"
        ),
        Refusal::UntoldUndo { proposal, why } => {
            format!("现在无法确认你是否有权批准撤销 {proposal}：{why}；未做任何记录，请稍后再试")
        }
        Refusal::Requester { who, proposal } => {
            format!("{proposal} 是 {who} 发起的，不能由本人批准；请联系其他响应人")
        }
        Refusal::Twice {
            who,
            proposal,
            missing,
        } => format!("{who} 已经批准过 {proposal}；还需要另外 {missing} 人批准"),
        Refusal::OtherAttempt {
            execution,
            proposal,
        } => format!("{execution} 不是 {proposal} 正在进行的那次执行"),
        Refusal::Claimed(claimed) => taken(claimed),
        Refusal::OthersAtWork { proposal } => {
            format!("其他人正在处理 {proposal}；`sickbay proposals` 列出待批准的方案")
        }
        Refusal::IsRollback { proposal } => format!("{proposal} 本身就是回滚；请重新诊断"),
        Refusal::EndUnknown { proposal, host } => {
            format!("{proposal} 的执行结果未知，因此也无法知道撤销会做什么；请先到 {host} 上查看")
        }
        Refusal::NeverCarriedOut { proposal } => {
            format!("{proposal} 从未执行，没有可撤销的内容")
        }
        Refusal::StillCarriedOut { proposal } => format!("{proposal} 还在执行中"),
        Refusal::UndoneBefore { proposal } => format!("{proposal} 之前已经撤销过了"),
        Refusal::NoRollback(no) => no_rollback(no),
        Refusal::MayNotUndo { proposal } => {
            format!("你无权批准撤销 {proposal}；请联系可以批准该修复的人")
        }
        Refusal::WouldNot(why) => locale.not_done(why),
        Refusal::NotInInventory { host } => format!("主机清单中没有 {host}"),
        Refusal::NoIncident { incident } => format!("没有故障 {incident}"),
        Refusal::ResolvedBefore { incident, by, at } => {
            let at = at.utc();
            format!("{by} 已于 {at} 将故障 {incident} 标记为解决；如果问题再次出现，请重新诊断")
        }
        Refusal::OnItBefore { incident, by, at } => {
            let at = at.utc();
            format!("{by} 从 {at} 起已在处理故障 {incident}")
        }
        Refusal::StillRuns { incident, proposal } => {
            format!("{proposal} 还在执行中；请等它结束后再将故障 {incident} 标记为解决")
        }
        Refusal::SayWhich { usage } => format!("请指明是哪一个：{}", usage_of(usage)),
        Refusal::NoIncidentHere { usage } => {
            let usage = usage_of(usage);
            format!("这个讨论串不属于任何故障；请指明是哪一个：{usage}")
        }
        Refusal::NotAllowed { verb } => {
            format!("你不能在这里使用 `{verb}`；`help` 会列出你可以使用的命令")
        }
        Refusal::NotAllowedOf { verb, host } => {
            format!("你不能在这里对 {host} 使用 `{verb}`；`hosts` 会列出你可以使用的主机")
        }
        Refusal::AccessUntold { verb, why } => {
            format!("现在无法确认你是否可以在这里使用 `{verb}`：{why}；未做任何操作，请稍后再试")
        }
        Refusal::NothingWaits => "这里没有待批准的修复方案".to_owned(),
        Refusal::LongReason { count, most } => {
            format!("原因有 {count} 个字符，最多可以有 {most} 个；请用一句话说明")
        }
        Refusal::Misunderstood(misunderstood) => not_understood(misunderstood),
        Refusal::BadId(bad) => bad_id(bad),
        Refusal::Said(why) => why.clone(),
    }
}

/// The Chinese usage of the verb that an English one begins with.
fn usage_of(english: &str) -> &'static str {
    Locale::Chinese.usage(english.split(' ').next().unwrap_or(english))
}

fn taken(claimed: &Claimed) -> String {
    match claimed {
        Claimed::HostLock {
            host,
            holder,
            since,
            now,
            ..
        } => {
            let ago = now.since(*since);
            format!(
                "{holder} 正在改动 {host}（已进行 {ago}）；一台主机同时只能有一项改动，请等它结束"
            )
        }
        Claimed::Cooldown { key, until, now } => {
            let left = until.since(*now);
            format!("{key} 不久前刚执行过；{left} 后可以再次执行")
        }
        Claimed::Daily { key, used, max } => {
            format!("{key} 今天已执行 {used} 次，每天最多 {max} 次；请由人来查找原因")
        }
    }
}

fn no_rollback(no: &NoRollback) -> String {
    match no {
        NoRollback::NothingDone => "没有做任何改动，因此没有可回滚的内容".to_owned(),
        NoRollback::Irreversible { number, verb, why } => {
            format!("第 {number} 步（{verb}）无法撤销：{why}")
        }
        NoRollback::BadSaved { number, source } => {
            format!("第 {number} 步保存的内容无法还原成步骤：{source}")
        }
    }
}

fn bad_capture(bad: &BadCapture) -> String {
    match bad {
        BadCapture::Kind { word } => format!(
            "无法采集 {word:?}；可以采集 backtrace（调用栈）、syscalls（系统调用）、profile（CPU 剖析）、packets（报文）、core（崩溃转储）"
        ),
        BadCapture::NothingNamed => {
            "没有说明采集什么：进程号、单元或程序；packets 需要端口，core 需要文件".to_owned()
        }
        BadCapture::Of { text } => {
            format!("{text:?} 不是进程号、单元或程序；packets 需要端口，core 需要文件或程序")
        }
        BadCapture::Seconds { text } => format!("{text:?} 不是 1 到 30 的秒数"),
    }
}

fn not_understood(misunderstood: &Misunderstood) -> String {
    let usage = |verb| Locale::Chinese.usage(verb);
    match misunderstood {
        Misunderstood::NoTarget => {
            format!(
                "diagnose 需要指定主机、组或标签；请输入 `{}`",
                usage("diagnose")
            )
        }
        Misunderstood::Option { text } => format!(
            "{text:?} 以 `-` 开头，不是主机；请输入 `{}`",
            usage("diagnose")
        ),
        Misunderstood::BadCapture { bad } => {
            format!("{}；请输入 `{}`", bad_capture(bad), usage("capture"))
        }
        Misunderstood::BadId { verb, bad } => {
            format!("{}；请输入 `{}`", bad_id(bad), usage(verb))
        }
        Misunderstood::BadCode { bad } => format!(
            "{:?} 不是发现的代码；代码形如 `fs.full`；请输入 `{}`",
            bad.text,
            usage("explain")
        ),
        Misunderstood::NoCommand { word, near } => match near {
            Some(near) => format!("没有 {word:?} 这个命令；是不是 `{near}`？"),
            None => format!("没有 {word:?} 这个命令；请输入 `help` 或“帮助”"),
        },
    }
}

fn bad_id(bad: &BadId) -> String {
    let what = match bad.what {
        "incident id" => "故障编号",
        "proposal id" => "修复编号",
        "host name" => "主机名",
        "responder" => "人员名称",
        "runbook id" => "处置手册编号",
        _ => "编号",
    };
    let text = &bad.text;
    // Whatever is wrong with it, this is what helps.
    if text.is_empty() {
        return format!("缺少{what}");
    }
    format!("{text:?} 不是有效的{what}；只能用字母、数字、`.`、`_` 和 `-`，且不能以 `-` 开头")
}
