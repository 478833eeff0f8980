//! Reads who holds a port.

/// A process that holds a port.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) pid: i64,
    /// In clock ticks since boot: with the pid it names one process for ever.
    pub(crate) start: i64,
    /// Whether it was stopped by a signal or a debugger.
    pub(crate) frozen: bool,
    pub(crate) comm: String,
    pub(crate) user: String,
    pub(crate) exe: String,
    pub(crate) argv: String,
    /// The service it belongs to, where it belongs to one.
    pub(crate) unit: Option<String>,
}

/// What is known about a port.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Port {
    pub(crate) number: i64,
    /// Whether anything listens there.
    pub(crate) listens: bool,
    /// How many connections wait there to be taken.
    pub(crate) waiting: u64,
    pub(crate) holders: Vec<Holder>,
}

impl Port {
    /// Reads the answer of `port.holder`; nothing where it is none.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut port: Option<Self> = None;
        for line in text.lines() {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            if word == "port" {
                port = Some(Self {
                    number: rest.trim().parse().ok()?,
                    ..Self::default()
                });
                continue;
            }
            let Some(port) = &mut port else { continue };
            match word {
                "listen" => {
                    port.listens = true;
                    let queue = rest.split_whitespace().nth(2);
                    let queue = queue.and_then(|queue| queue.parse().ok()).unwrap_or(0);
                    if rest.starts_with("tcp") {
                        port.waiting = port.waiting.max(queue);
                    }
                }
                "pid" => {
                    let mut words = rest.split(' ');
                    let pid = words.next().and_then(|pid| pid.parse().ok());
                    let start = words.nth(3).and_then(|start| start.parse().ok());
                    if let (Some(pid), Some(start)) = (pid, start) {
                        port.holders.push(Holder {
                            pid,
                            start,
                            frozen: rest.ends_with(" state T") || rest.ends_with(" state t"),
                            ..Holder::default()
                        });
                    }
                }
                _ => {
                    if let Some(holder) = port.holders.last_mut() {
                        holder.note(word, rest);
                    }
                }
            }
        }
        port
    }
}

impl Holder {
    fn note(&mut self, word: &str, rest: &str) {
        match word {
            "comm" => rest.clone_into(&mut self.comm),
            "user" => rest.clone_into(&mut self.user),
            "exe" => rest.clone_into(&mut self.exe),
            "argv" => rest.trim().clone_into(&mut self.argv),
            "cgroup" => {
                self.unit = rest
                    .split('/')
                    .rfind(|part| part.ends_with(".service"))
                    .map(str::to_owned);
            }
            _ => {}
        }
    }
}
