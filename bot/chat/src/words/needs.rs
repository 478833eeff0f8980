//! What things in trouble need, in words: at a terminal as a tree, beside a picture as one line.

use incident::Need;
use incident::needs::{Kind, State};

use crate::locale::{Locale, say};
use crate::picture::text::clean;
use crate::words::picture::cut;

impl Locale {
    /// The heading of the trees.
    pub(crate) const fn needs_head(self) -> &'static str {
        self.say("What needs what", "依赖关系")
    }

    /// How the trees are read.
    pub(crate) const fn needs_key(self) -> &'static str {
        self.say(
            "Below a thing what it needs; a cross: broken.",
            "下方是它所依赖的内容，带叉的已损坏。",
        )
    }

    /// What kind of thing it is.
    pub(crate) const fn need_kind(self, kind: Kind) -> &'static str {
        match kind {
            Kind::Unit => self.say("unit", "单元"),
            Kind::File => self.say("file", "文件"),
            Kind::Interpreter => self.say("interpreter", "解释器"),
            Kind::Library => self.say("library", "库"),
            Kind::Package => self.say("package", "软件包"),
            Kind::Module => self.say("kernel module", "内核模块"),
            Kind::Symbol => self.say("symbol", "符号"),
        }
    }

    /// What is there and not listed.
    pub(crate) fn needs_more(self, count: usize) -> String {
        if count == 1 {
            self.say("and one more that is there", "另有 1 项正常")
                .to_owned()
        } else {
            say!(
                self,
                "and {count} more that are there",
                "另有 {count} 项正常"
            )
        }
    }

    /// What stands between a thing and what is said of it.
    const fn before_list(self) -> &'static str {
        self.say(": ", "：")
    }

    /// The trees for those who do not see them: only what is broken, each after what needs it.
    pub(crate) fn needs_told(self, trees: &[Need]) -> String {
        let mut parts = vec![format!("{}{}", self.needs_head(), self.before_list())];
        for tree in trees {
            let mut path: Vec<String> = Vec::new();
            for (level, need) in tree.walk() {
                path.truncate(level);
                path.push(clean(&need.name));
                let below = need.needs.iter().any(Need::is_hurt);
                if need.state == State::Broken && !below {
                    let way = path.join(" → ");
                    let why = clean(&need.why);
                    parts.push(if why.is_empty() {
                        way
                    } else {
                        format!("{way} ({why})")
                    });
                }
            }
        }
        let first = parts.remove(0);
        let told = format!("{first}{}", parts.join(self.semicolon()));
        cut(&told)
    }

    /// The trees as lines of text.
    #[must_use]
    pub fn needs(self, trees: &[Need]) -> Vec<String> {
        let mut lines = Vec::new();
        for tree in trees {
            self.tree(tree, "", "", &mut lines);
        }
        lines
    }

    fn tree(self, need: &Need, lead: &str, below: &str, lines: &mut Vec<String>) {
        let sign = match need.state {
            State::Broken => "✗ ",
            State::There => "",
            State::Unknown => "? ",
        };
        let mut line = format!(
            "{lead}{sign}{} ({})",
            clean(&need.name),
            self.need_kind(need.kind)
        );
        if !need.why.is_empty() && need.state != State::There {
            line.push_str(self.before_list());
            line.push_str(&clean(&need.why));
        }
        lines.push(line);
        let last = need.needs.len() + usize::from(need.more > 0);
        for (n, one) in need.needs.iter().enumerate() {
            let (branch, stem) = if n + 1 == last {
                ("└ ", "  ")
            } else {
                ("├ ", "│ ")
            };
            self.tree(
                one,
                &format!("{below}{branch}"),
                &format!("{below}{stem}"),
                lines,
            );
        }
        if need.more > 0 {
            lines.push(format!("{below}└ {}", self.needs_more(need.more)));
        }
    }
}
