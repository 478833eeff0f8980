//! What a closer look saw, in a few lines: the first says what matters most, the evidence has the whole.

use incident::Capture;
use incident::capture::{Call, Failed, Hot, Stack, Talk, Waiting};
use incident::remediation::{Outcome, Seen, Why};

use crate::locale::{Locale, say};

/// As many functions of a stack are told.
const FRAMES: usize = 4;

impl Locale {
    /// What was captured, line by line; empty where a remediation was no closer look, or did not end as one.
    #[must_use]
    pub fn captured(self, why: &Why) -> Vec<String> {
        match why {
            Why::Looked {
                seen: Seen::Captured { captures, .. },
                ..
            } => captures.iter().flat_map(|one| self.capture(one)).collect(),
            Why::Looked { .. }
            | Why::Rejected { .. }
            | Why::NobodyInTime
            | Why::Moved(_)
            | Why::Guard(_)
            | Why::UnderWay(_) => Vec::new(),
        }
    }

    /// What a card shows below how it ended: what was captured, or what a fix said that did not work.
    #[must_use]
    pub(crate) fn said_of(self, outcome: Outcome, why: &Why, output: &str) -> String {
        let captured = self.captured(why);
        match outcome {
            Outcome::Verified => String::new(),
            Outcome::Captured => captured.join("\n"),
            Outcome::NotFixed
            | Outcome::Planned
            | Outcome::Worse
            | Outcome::Failed
            | Outcome::Refused
            | Outcome::Unknown
            | Outcome::Rejected
            | Outcome::Expired => output.trim_end().to_owned(),
        }
    }

    /// One capture. Never empty.
    fn capture(self, capture: &Capture) -> Vec<String> {
        match capture {
            Capture::Backtrace { threads, stacks } => {
                let head = if *threads == 1 {
                    self.say("1 thread", "1 个线程").to_owned()
                } else {
                    say!(self, "{threads} threads", "{threads} 个线程")
                };
                let stacks = stacks.iter().map(|stack| self.stack(stack));
                std::iter::once(head).chain(stacks).collect()
            }
            Capture::Syscalls {
                seconds,
                calls,
                top,
                failed,
                waiting,
            } => {
                let head = match (calls, waiting.is_empty()) {
                    (0, true) => say!(
                        self,
                        "no system call in {seconds} s: it computes, or stands still in one that began before",
                        "{seconds} 秒内没有系统调用：进程在计算，或停在更早开始的调用中"
                    ),
                    (0, false) => say!(
                        self,
                        "no system call ended in {seconds} s: it waits",
                        "{seconds} 秒内没有系统调用返回：进程在等待"
                    ),
                    (_, _) => say!(
                        self,
                        "{calls} system calls in {seconds} s",
                        "{seconds} 秒内 {calls} 次系统调用"
                    ),
                };
                let failed = failed.iter().map(|one| self.failed_call(one));
                let waiting = waiting.iter().map(|one| self.waiting(one));
                let top = top.iter().take(3).map(|one| self.call(one));
                std::iter::once(head)
                    .chain(failed)
                    .chain(waiting)
                    .chain(top)
                    .collect()
            }
            Capture::Profile { samples, top } => {
                let head = if *samples == 0 {
                    say!(
                        self,
                        "it took no processor time while it was watched",
                        "观察期间进程没有占用 CPU"
                    )
                } else {
                    say!(self, "{samples} samples", "{samples} 个样本")
                };
                let top = top.iter().map(|one| self.hot(one));
                std::iter::once(head).chain(top).collect()
            }
            Capture::Packets {
                seconds,
                packets,
                talks,
            } => {
                let head = if *packets == 0 {
                    say!(
                        self,
                        "no packet in {seconds} s",
                        "{seconds} 秒内没有任何报文"
                    )
                } else {
                    say!(
                        self,
                        "{packets} packets in {seconds} s",
                        "{seconds} 秒内 {packets} 个报文"
                    )
                };
                let talks = talks.iter().map(|one| self.talk(one));
                std::iter::once(head).chain(talks).collect()
            }
            Capture::Core { signal, frames } => {
                let at = frames_of(frames);
                vec![match (signal.is_empty(), at.is_empty()) {
                    (true, true) => self
                        .say("the core has no readable stack", "core 中没有可读的调用栈")
                        .to_owned(),
                    (true, false) => say!(self, "it stood in {at}", "崩溃时位于 {at}"),
                    (false, true) => say!(self, "ended by {signal}", "被 {signal} 终止"),
                    (false, false) => say!(
                        self,
                        "ended by {signal} in {at}",
                        "被 {signal} 终止，当时位于 {at}"
                    ),
                }]
            }
            Capture::Unread => vec![
                self.say(
                    "nothing could be made of what was written; read the evidence",
                    "无法归纳写出的内容，请阅读证据",
                )
                .to_owned(),
            ],
        }
    }

    fn stack(self, stack: &Stack) -> String {
        let Stack {
            threads, waits_in, ..
        } = stack;
        let at = frames_of(&stack.frames);
        match (at.is_empty(), waits_in.is_empty()) {
            (true, true) => say!(self, "{threads}: running", "{threads} 个：正在运行"),
            (true, false) => say!(
                self,
                "{threads}: waiting in the kernel, {waits_in}",
                "{threads} 个：在内核中等待，{waits_in}"
            ),
            (false, true) => say!(
                self,
                "{threads}: running {at}",
                "{threads} 个：正在运行 {at}"
            ),
            (false, false) => say!(
                self,
                "{threads}: {at}, waiting in the kernel ({waits_in})",
                "{threads} 个：{at}，在内核中等待（{waits_in}）"
            ),
        }
    }

    fn call(self, call: &Call) -> String {
        let Call {
            name,
            times,
            millis,
        } = call;
        say!(
            self,
            "{name}: {times} times, {millis} ms",
            "{name}：{times} 次，{millis} 毫秒"
        )
    }

    fn failed_call(self, failed: &Failed) -> String {
        let Failed {
            name,
            error,
            about,
            times,
        } = failed;
        if about.is_empty() {
            say!(
                self,
                "{name} failed {times} times with {error}",
                "{name} 失败 {times} 次：{error}"
            )
        } else {
            say!(
                self,
                "{name} failed {times} times with {error}: {about}",
                "{name} 失败 {times} 次，{error}：{about}"
            )
        }
    }

    fn waiting(self, waiting: &Waiting) -> String {
        let Waiting {
            name,
            about,
            threads,
        } = waiting;
        if about.is_empty() {
            say!(
                self,
                "{threads} threads wait in {name}",
                "{threads} 个线程在 {name} 中等待"
            )
        } else {
            say!(
                self,
                "{threads} threads wait in {name}: {about}",
                "{threads} 个线程在 {name} 中等待：{about}"
            )
        }
    }

    fn hot(self, hot: &Hot) -> String {
        let (function, object) = (&hot.function, &hot.object);
        let (whole, tenths) = (hot.permille / 10, hot.permille % 10);
        say!(
            self,
            "{whole}.{tenths} % in {function} ({object})",
            "{whole}.{tenths}% 在 {function}（{object}）"
        )
    }

    fn talk(self, talk: &Talk) -> String {
        let Talk {
            from,
            to,
            asked,
            answered,
            ..
        } = talk;
        let mut line = if talk.asked == 0 {
            say!(
                self,
                "{from} with {to}: a connection that was there before",
                "{from} 与 {to}：之前已建立的连接"
            )
        } else {
            say!(
                self,
                "{from} with {to}: {answered} of {asked} connections answered",
                "{from} 与 {to}：{asked} 个连接请求，{answered} 个得到应答"
            )
        };
        let more = [
            (talk.refused, self.say("refused", "被拒绝")),
            (talk.cut, self.say("cut off", "被切断")),
            (talk.resent, self.say("packets sent again", "个报文重发")),
        ];
        for (count, what) in more.into_iter().filter(|(count, _)| *count > 0) {
            line.push_str(self.say(", ", "，"));
            line.push_str(&format!("{count} {what}"));
        }
        if !talk.unreachable.is_empty() {
            line.push_str(self.say(", ", "，"));
            line.push_str(&talk.unreachable);
        }
        line
    }
}

/// Functions, innermost first.
fn frames_of(frames: &[String]) -> String {
    let frames: Vec<&str> = frames.iter().take(FRAMES).map(String::as_str).collect();
    frames.join(" ← ")
}
