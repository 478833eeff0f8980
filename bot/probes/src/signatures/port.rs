//! Reads who holds a port, who would, and who is set up to connect to it.

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

/// A service that does not run and is set up for a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) unit: String,
    /// Where the port is named.
    pub(crate) named_in: String,
}

/// A port of this host that a unit is set up to connect to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Peer {
    pub(crate) port: Port,
    /// Where it is named.
    pub(crate) named_in: String,
}

/// What `unit.peers` said of a unit, one entry a port.
pub(crate) fn peers(text: &str) -> Vec<Peer> {
    text.split("peer ")
        .filter_map(|section| {
            let (line, rest) = section.split_once('\n')?;
            let (_port, named_in) = line.split_once(' ')?;
            Some(Peer {
                port: Port::read(rest)?,
                named_in: named_in.to_owned(),
            })
        })
        .filter(|peer| (1..=65_535).contains(&peer.port.number))
        .collect()
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
    /// Where nothing listens: who would.
    pub(crate) owners: Vec<Owner>,
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
                "owner" => {
                    let mut words = rest.splitn(3, ' ');
                    if let (Some(unit), Some(_state), Some(named_in)) =
                        (words.next(), words.next(), words.next())
                    {
                        port.owners.push(Owner {
                            unit: unit.to_owned(),
                            named_in: named_in.to_owned(),
                        });
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
            "cgroup" => self.unit = service(rest),
            _ => {}
        }
    }
}

/// Services that start other people's programs: what they started is not theirs, and stopping them would lock people out.
const HOSTS: [&str; 14] = [
    "ssh",
    "sshd",
    "dropbear",
    "cron",
    "crond",
    "atd",
    "getty",
    "serial-getty",
    "console-getty",
    "user",
    "systemd-logind",
    "docker",
    "containerd",
    "gdm",
];

/// The service that a control group belongs to, where stopping that service is a way to stop the process.
fn service(cgroup: &str) -> Option<String> {
    let unit = crate::read::unit(cgroup);
    let stem = unit.split(['.', '@']).next().unwrap_or_default();
    (!stem.is_empty() && !HOSTS.contains(&stem)).then_some(unit)
}

#[cfg(test)]
mod tests {
    use super::Port;

    #[test]
    fn a_program_started_over_ssh_is_not_the_ssh_service() {
        let holder = |cgroup: &str| {
            let text = format!(
                "port 80\nlisten tcp LISTEN 0 5 0.0.0.0:80\npid 145 ppid 1 start 885338 state S\ncomm python3\ncgroup {cgroup}\n"
            );
            Port::read(&text).unwrap().holders.remove(0).unit
        };
        assert_eq!(
            holder("/system.slice/apache2.service").as_deref(),
            Some("apache2.service")
        );
        for nobodys in [
            "/system.slice/ssh.service",
            "/user.slice/user-1000.slice/session-3.scope",
            "/user.slice/user-1000.slice/user@1000.service/app.slice/web.service",
            "/system.slice/cron.service",
            "/",
        ] {
            assert_eq!(holder(nobodys), None, "{nobodys}");
        }
    }
}
