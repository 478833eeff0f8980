//! Firewall rules that drop what a service of this host waits for.

use std::collections::BTreeSet;

use incident::{Confidence, Severity, Subject};

use crate::draft::Draft;
use crate::look::Look;
use crate::net::{Listener, listeners};
use crate::read::{after, short};
use crate::spec::Spec;

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[Spec::new(
    "net.firewall",
    "firewall rules in force",
    include_str!("sh/net.firewall.sh"),
)
.first()
.root()
.within(5, 131_072)];

/// Ports that are often closed on purpose although their service listens on every address: databases, caches, consoles.
const BACKSTAGE: &[i64] = &[
    111, 139, 445, 631, 873, 1433, 2049, 2375, 2376, 2379, 2380, 3000, 3306, 4369, 5432, 5353,
    5355, 5601, 5672, 5984, 6379, 6432, 7946, 8086, 8500, 9000, 9090, 9093, 9100, 9200, 9300,
    10250, 11211, 15672, 25672, 27017, 33060,
];

/// A rule as `iptables -S` prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) tool: String,
    pub(crate) table: String,
    pub(crate) chain: String,
    pub(crate) words: Vec<String>,
}

impl Rule {
    fn value(&self, option: &str) -> Option<&str> {
        let at = self.words.iter().position(|word| word == option)?;
        self.words.get(at + 1).map(String::as_str)
    }

    /// The ports that it names as destination, as first and last.
    fn ports(&self) -> Vec<(i64, i64)> {
        let list = self
            .value("--dport")
            .or_else(|| self.value("--dports"))
            .unwrap_or("");
        list.split(',')
            .filter_map(|part| {
                let (first, last) = part.split_once(':').unwrap_or((part, part));
                Some((first.parse().ok()?, last.parse().ok()?))
            })
            .collect()
    }

    fn names(&self, port: i64) -> bool {
        self.ports()
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&port))
    }

    /// Whether it looks at nothing but protocol and port: whoever comes is meant.
    fn for_everybody(&self) -> bool {
        let plain = [
            "-p",
            "-m",
            "--dport",
            "--dports",
            "-j",
            "--reject-with",
            "--comment",
            "--ctstate",
            "--state",
        ];
        let options = self.words.iter().filter(|word| word.starts_with('-'));
        let known = options
            .clone()
            .all(|option| plain.contains(&option.as_str()));
        let modules = self
            .words
            .windows(2)
            .filter_map(|pair| match pair {
                [option, module] if option == "-m" => Some(module.as_str()),
                _ => None,
            })
            .all(|module| {
                matches!(
                    module,
                    "tcp" | "udp" | "multiport" | "comment" | "conntrack" | "state"
                )
            });
        let state = self.value("--ctstate").or_else(|| self.value("--state"));
        known
            && modules
            && !self.words.iter().any(|word| word == "!")
            && state.is_none_or(|state| state.contains("NEW"))
    }
}

/// Reads the output of iptables-save and ip6tables-save.
pub(crate) fn rules(text: &str) -> Vec<Rule> {
    let mut list = Vec::new();
    let (mut tool, mut table) = ("", "");
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("tool ") {
            (tool, table) = (name, "");
        } else if let Some(name) = line.strip_prefix('*') {
            table = name.trim();
        } else if let Some(rule) = line
            .strip_prefix("-A ")
            .filter(|_| tool != "nft" && !table.is_empty())
        {
            let mut words = split(rule).into_iter();
            list.extend(words.next().map(|chain| Rule {
                tool: tool.to_owned(),
                table: table.to_owned(),
                chain,
                words: words.collect(),
            }));
        }
    }
    list
}

/// Splits at spaces outside double quotes; quotes are taken off.
fn split(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    let mut escaped = false;
    for c in text.chars() {
        match c {
            _ if escaped => {
                escaped = false;
                words.last_mut().into_iter().for_each(|word| word.push(c));
            }
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().into_iter().for_each(|word| word.push(c)),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The chains that packets to this host pass: the built-in ones and those jumped to from there.
fn reached<'r>(rules: &'r [Rule], tool: &str, table: &str) -> BTreeSet<&'r str> {
    let mut chains: BTreeSet<&str> = BTreeSet::from(["INPUT", "PREROUTING"]);
    loop {
        let more: Vec<&str> = rules
            .iter()
            .filter(|rule| {
                rule.tool == tool && rule.table == table && chains.contains(rule.chain.as_str())
            })
            .filter_map(|rule| rule.value("-j").or_else(|| rule.value("-g")))
            .filter(|target| !chains.contains(target))
            .collect();
        if more.is_empty() {
            return chains;
        }
        chains.extend(more);
    }
}

/// What the answers mean.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let text = look.heard("net.firewall");
    let rules = rules(&text);
    let listeners: Vec<Listener> = listeners(&look.heard("net.sockets"))
        .into_iter()
        .filter(|listener| !listener.local())
        .collect();
    let sockets = look.key("net.sockets");
    for (n, rule) in rules.iter().enumerate() {
        let drops = matches!(rule.value("-j"), Some("DROP" | "REJECT"));
        if !drops
            || !rule.for_everybody()
            || !reached(&rules, &rule.tool, &rule.table).contains(rule.chain.as_str())
        {
            continue;
        }
        let Some(listener) = listeners.iter().find(|listener| {
            rule.names(listener.port) && rule.value("-p").is_none_or(|p| p == listener.protocol)
        }) else {
            continue;
        };
        // An earlier rule of the chain that lets somebody in shows intent: the rest is kept out on purpose.
        let let_in = rules.iter().take(n).any(|earlier| {
            earlier.chain == rule.chain
                && earlier.table == rule.table
                && earlier.tool == rule.tool
                && earlier.value("-j") == Some("ACCEPT")
                && earlier.names(listener.port)
        });
        let on_purpose = let_in || BACKSTAGE.contains(&listener.port);
        drafts.push(
            blocked(rule, listener, on_purpose)
                .cite("net.firewall")
                .cite(sockets.clone()),
        );
    }
    for tool in ["iptables", "ip6tables"] {
        drafts.extend(
            closed(&text, &rules, tool, &listeners)
                .into_iter()
                .map(|draft| draft.cite("net.firewall").cite(sockets.clone())),
        );
    }
    if rules.is_empty() {
        drafts.extend(nft(&text, &listeners).map(|draft| draft.cite("net.firewall").cite(sockets)));
    }
}

/// Ports that are there for everybody, on which a web server listens, but which no rule lets through a firewall that drops
/// by default.
fn closed(text: &str, rules: &[Rule], tool: &str, listeners: &[Listener]) -> Vec<Draft> {
    let own = |rule: &&Rule| rule.tool == tool && rule.table == "filter";
    let part = text
        .split("tool ")
        .find(|part| part.starts_with(tool))
        .unwrap_or("");
    let by_policy = part
        .split("*filter")
        .nth(1)
        .is_some_and(|table| after(table, ":INPUT DROP").is_some());
    let last = rules.iter().filter(own).rfind(|rule| rule.chain == "INPUT");
    let by_rule = last.is_some_and(|rule| {
        matches!(rule.value("-j"), Some("DROP" | "REJECT"))
            && rule.for_everybody()
            && rule.value("-p").is_none()
    });
    if !by_policy && !by_rule {
        return Vec::new();
    }
    let chains = reached(rules, tool, "filter");
    let letting: Vec<&Rule> = rules
        .iter()
        .filter(own)
        .filter(|rule| chains.contains(rule.chain.as_str()) && rule.value("-j") == Some("ACCEPT"))
        .collect();
    let lets_in = |port: i64| {
        letting.iter().any(|rule| {
            let established = rule
                .value("--ctstate")
                .or_else(|| rule.value("--state"))
                .is_some_and(|state| !state.contains("NEW"));
            let loopback = rule.value("-i") == Some("lo")
                || rule
                    .value("-s")
                    .is_some_and(|from| from.starts_with("127.") || from.starts_with("::1"));
            let other = rule
                .value("-p")
                .is_some_and(|protocol| protocol != "tcp" && protocol != "all");
            let ports = rule.ports();
            !established && !loopback && !other && (ports.is_empty() || rule.names(port))
        })
    };
    // Jumps into sets, limits or other programs' chains are not followed: such a firewall is left to people.
    let serving = |port: i64| {
        listeners
            .iter()
            .find(|l| l.protocol == "tcp" && l.port == port)
    };
    let open = [80, 443]
        .into_iter()
        .filter(|port| serving(*port).is_some() && lets_in(*port))
        .count();
    if open > 0 {
        // One of the two is enough for a site; the other may be closed on purpose.
        return Vec::new();
    }
    [443, 80]
        .into_iter()
        .filter_map(|port| serving(port).map(|listener| (port, listener)))
        .take(1)
        .map(|(port, listener)| {
            Draft::new(
                "firewall.blocks",
                Severity::Warning,
                Subject::new("port", format!("{port}/tcp")),
                format!("The firewall lets nobody in to port {port}, where {} listens", listener.comm),
            )
            .sure(Confidence::Likely)
            .detail(format!("{tool} drops what no rule of INPUT accepts, and none accepts port {port}. Which addresses to let in is for a person to say."))
            .fact("tool", tool)
            .fact("table", "filter")
            .fact("chain", "INPUT")
            .fact("port", port)
            .fact("protocol", "tcp")
            .fact("comm", listener.comm.as_str())
        })
        .collect()
}

fn blocked(rule: &Rule, listener: &Listener, on_purpose: bool) -> Draft {
    let (port, protocol) = (listener.port, &listener.protocol);
    let verb = if rule.value("-j") == Some("REJECT") {
        "rejects"
    } else {
        "drops"
    };
    let comm = if listener.comm.is_empty() {
        "a service"
    } else {
        &listener.comm
    };
    let severity = if on_purpose {
        Severity::Info
    } else {
        Severity::Critical
    };
    let note = if on_purpose {
        "It may well be meant so: such ports are often closed to the outside, or somebody is let in before."
    } else {
        "Nobody but the host itself is likely to get through to it."
    };
    let draft = Draft::new(
        "firewall.blocks",
        severity,
        Subject::new("port", format!("{port}/{protocol}")),
        format!("A firewall rule {verb} everything to port {port}, where {comm} listens"),
    )
    .sure(if on_purpose {
        Confidence::Possible
    } else {
        Confidence::Confirmed
    })
    .detail(format!(
        "{} -t {} -A {} {}. {note}",
        rule.tool,
        rule.table,
        rule.chain,
        short(&rule.words.join(" "), 300)
    ))
    .fact("tool", rule.tool.as_str())
    .fact("table", rule.table.as_str())
    .fact("chain", rule.chain.as_str())
    .fact("rule_text", rule.words.join(" "))
    .fact("port", port)
    .fact("protocol", protocol.as_str())
    .fact("comm", listener.comm.as_str())
    .fact("pid", listener.pid);
    // What may be meant so is not offered to be taken away; nor is what our verbs cannot put back.
    if on_purpose || rule.tool == "nft" {
        draft
    } else {
        draft.fact("rule", rule.words.clone())
    }
}

/// A native nftables rule such as `tcp dport 80 drop # handle 5`.
fn nft(text: &str, listeners: &[Listener]) -> Option<Draft> {
    let (_, ruleset) = text.split_once("tool nft\n")?;
    let mut table = "";
    let mut chain = "";
    for line in ruleset.lines() {
        let line = line.trim();
        if let Some(name) = after(line, "table ") {
            table = name.split(" {").next().unwrap_or(name);
        } else if let Some(name) = after(line, "chain ") {
            chain = name.split(" {").next().unwrap_or(name);
        }
        let words: Vec<&str> = line
            .split(" # ")
            .next()
            .unwrap_or(line)
            .split_whitespace()
            .collect();
        let ([protocol @ ("tcp" | "udp"), "dport", port, "drop" | "reject"]
        | [
            protocol @ ("tcp" | "udp"),
            "dport",
            port,
            "counter",
            ..,
            "drop" | "reject",
        ]) = words.as_slice()
        else {
            continue;
        };
        let listener = listeners.iter().find(|listener| {
            listener.port.to_string() == **port && listener.protocol == **protocol
        });
        let Some(listener) = listener else { continue };
        let rule = Rule {
            tool: "nft".to_owned(),
            table: table.to_owned(),
            chain: chain.to_owned(),
            words: line.split_whitespace().map(str::to_owned).collect(),
        };
        return Some(blocked(&rule, listener, BACKSTAGE.contains(&listener.port)));
    }
    None
}
