//! Command lines that carry passwords as arguments, whose options have no names that tell.

use std::ops::Range;

use super::judge;
use super::line::{By, Found, Line};

/// How an argument holds its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// All of it.
    Whole,
    /// What is behind the first `:`.
    BehindColon,
    /// What is behind the first `%`.
    BehindPercent,
    /// What is behind the first comma.
    BehindComma,
    /// What is behind the first `=`.
    BehindSign,
    /// What is behind `pass:`.
    BehindPass,
}

/// An option and where its secret stands.
#[derive(Debug, Clone, Copy)]
struct Takes {
    /// `-p`.
    option: &'static str,
    /// Whether the value may be in the same word.
    attached: bool,
    /// Whether the value may be the next word.
    apart: bool,
    holds: Holds,
}

const fn apart(option: &'static str) -> Takes {
    Takes {
        option,
        attached: false,
        apart: true,
        holds: Holds::Whole,
    }
}

const fn attached(option: &'static str) -> Takes {
    Takes {
        option,
        attached: true,
        apart: false,
        holds: Holds::Whole,
    }
}

const fn either(option: &'static str) -> Takes {
    Takes {
        option,
        attached: true,
        apart: true,
        holds: Holds::Whole,
    }
}

const fn user(option: &'static str, holds: Holds) -> Takes {
    Takes {
        option,
        attached: true,
        apart: true,
        holds,
    }
}

/// The positional arguments of a program that are secrets: behind these words, this many words on.
#[derive(Debug, Clone, Copy)]
struct Place {
    behind: &'static [&'static str],
    nth: usize,
    holds: Holds,
}

/// Programs of which several options of one letter may stand in one word.
const BUNDLING: [&str; 2] = ["curl", "ldap"];

/// What a program takes.
struct Program {
    /// How its name begins.
    name: &'static str,
    /// Whether more letters may follow: `mysqldump`.
    open: bool,
    options: &'static [Takes],
    places: &'static [Place],
    /// The word without which it takes none: `docker login`.
    only: Option<&'static str>,
}

const fn program(name: &'static str, options: &'static [Takes]) -> Program {
    Program {
        name,
        open: false,
        options,
        places: &[],
        only: None,
    }
}

const fn family(name: &'static str, options: &'static [Takes]) -> Program {
    Program {
        name,
        open: true,
        options,
        places: &[],
        only: None,
    }
}

const fn placed(
    name: &'static str,
    options: &'static [Takes],
    places: &'static [Place],
) -> Program {
    Program {
        name,
        open: false,
        options,
        places,
        only: None,
    }
}

const fn login(name: &'static str) -> Program {
    Program {
        name,
        open: false,
        options: LOGIN,
        places: &[],
        only: Some("login"),
    }
}

const fn place(behind: &'static [&'static str], nth: usize) -> Place {
    Place {
        behind,
        nth,
        holds: Holds::Whole,
    }
}

const LOGIN: &[Takes] = &[either("-p"), user("--creds", Holds::BehindColon)];

const SNMP: &[Takes] = &[either("-c"), either("-A"), either("-X")];

#[rustfmt::skip]
const PROGRAMS: &[Program] = &[
    family("mysql", &[attached("-p")]), family("mariadb", &[attached("-p")]), program("sshpass", &[either("-p")]),
    program("mysqladmin", &[attached("-p")]),
    program("redis-cli", &[either("-a")]), family("ldap", &[either("-w")]), program("ldappasswd", &[either("-s"), either("-a")]), family("mongo", &[either("-p")]),
    login("docker"), login("podman"), login("nerdctl"), login("buildah"), login("helm"),
    login("oras"), login("crane"), login("argocd"),
    Program { name: "kubectl", open: false, options: &[user("--from-literal", Holds::BehindSign)], places: &[], only: Some("secret") }, login("oc"),
    program("skopeo", &[user("--creds", Holds::BehindColon), user("--src-creds", Holds::BehindColon), user("--dest-creds", Holds::BehindColon), either("-p")]),
    program("curl", &[user("-u", Holds::BehindColon), user("--user", Holds::BehindColon), user("-U", Holds::BehindColon), user("--proxy-user", Holds::BehindColon), either("--oauth2-bearer")]),
    program("http", &[user("-a", Holds::BehindColon), user("--auth", Holds::BehindColon)]), program("https", &[user("-a", Holds::BehindColon)]),
    program("ab", &[user("-A", Holds::BehindColon), user("-P", Holds::BehindColon)]), program("etcdctl", &[user("--user", Holds::BehindColon)]),
    program("smbclient", &[user("-U", Holds::BehindPercent), user("--user", Holds::BehindPercent)]), program("rpcclient", &[user("-U", Holds::BehindPercent)]), program("net", &[user("-U", Holds::BehindPercent)]), program("winexe", &[user("-U", Holds::BehindPercent)]),
    program("smbmap", &[either("-p")]), program("sqlcmd", &[either("-P")]), program("bcp", &[either("-P")]), program("cqlsh", &[either("-p")]),
    program("influx", &[apart("-password")]), program("snmpwalk", SNMP), program("snmpget", SNMP), program("snmpgetnext", SNMP), program("snmpset", SNMP), program("snmpbulkwalk", SNMP), program("snmpbulkget", SNMP), program("snmptable", SNMP), program("snmptrap", SNMP), program("snmpstatus", SNMP), program("ipmitool", &[either("-P")]),
    program("openssl", &[user("-passin", Holds::BehindPass), user("-passout", Holds::BehindPass), user("-pass", Holds::BehindPass), apart("-k"), apart("-K")]),
    placed("htpasswd", &[], &[Place { behind: &["-b", "-nb", "-bn", "-bB", "-nbB", "-Bb", "-bc", "-cb", "-nbm", "-mb", "-bBn", "-Bbn", "-cbB", "-bcB"], nth: 0, holds: Holds::Whole }]),
    program("useradd", &[either("-p")]), program("usermod", &[either("-p")]),
    program("lftp", &[user("-u", Holds::BehindComma)]), program("ncftp", &[apart("-p")]),
    placed("vault", &[], &[place(&["login"], 1)]), login("az"),
    placed("aws", &[], &[place(&["aws_secret_access_key"], 1), place(&["aws_session_token"], 1)]),
    placed("rabbitmqctl", &[], &[place(&["add_user"], 2), place(&["change_password"], 2), place(&["authenticate_user"], 2)]),
    program("7z", &[attached("-p")]), program("7za", &[attached("-p")]), program("zip", &[either("-P")]), program("unzip", &[either("-P")]),
    program("xfreerdp", &[attached("/p:")]), program("rdesktop", &[either("-p")]), program("plink", &[apart("-pw")]), program("pscp", &[apart("-pw")]),
    family("mosquitto_", &[either("-P")]), placed("wpa_passphrase", &[], &[place(&[], 2)]), placed("radtest", &[], &[place(&[], 2), place(&[], 5)]),
    program("keytool", &[apart("-storepass"), apart("-keypass")]), program("jarsigner", &[apart("-storepass"), apart("-keypass")]),
    program("nxc", &[apart("-p")]), program("crackmapexec", &[apart("-p")]), program("evil-winrm", &[apart("-p")]),
    placed("mc", &[], &[place(&["alias", "set"], 4), place(&["host", "add"], 4)]),
    placed("nmcli", &[], &[place(&["password"], 1)]),
];

/// How much of a command is read.
const LONGEST: usize = 4096;

/// The secrets in the arguments of the program whose name begins at a place.
pub(super) fn find(line: Line<'_>, at: usize, found: &mut Vec<Found>) {
    let before = line.before(at);
    if before.is_ascii_alphanumeric() || matches!(before, b'_' | b'-' | b'.') {
        return;
    }
    let end = line.len().min(at + LONGEST);
    let line = Line(line.cut(0, end));
    let words = words(line, at);
    let Some(name) = words.first().map(|word| line.cut(word.start, word.end)) else {
        return;
    };
    if name.starts_with(b"sqlplus") || name.starts_with(b"exp") {
        oracle(line, &words, found);
    }
    for program in PROGRAMS {
        let head = name.get(..program.name.len()).unwrap_or_default();
        let fits = if program.open {
            head == program.name.as_bytes()
        } else {
            name == program.name.as_bytes()
        };
        let given = |only: &str| {
            words
                .iter()
                .any(|word| line.cut(word.start, word.end) == only.as_bytes())
        };
        if fits && program.only.is_none_or(given) {
            arguments(line, program, &words, found);
        }
    }
    if name == b"chpasswd" || name == b"passwd" || name == b"sudo" || reads_stdin(name) {
        piped(line, at, name, found);
    }
}

fn arguments(line: Line<'_>, program: &Program, words: &[Range<usize>], found: &mut Vec<Found>) {
    let text = |word: &Range<usize>| line.cut(word.start, word.end);
    for (n, word) in words.iter().enumerate().skip(1) {
        for takes in program.options {
            let option = takes.option.as_bytes();
            // `-sku user:password`: the last of several letters takes the next word.
            let bundled = takes.apart
                && BUNDLING.contains(&program.name)
                && text(word).len() > 2
                && text(word).len() < 10
                && matches!((option, text(word)), ([b'-', letter], [b'-', letters @ .., last])
                    if letter == last && letters.iter().all(u8::is_ascii_alphabetic));
            let rest = if bundled {
                Some(&[][..])
            } else {
                text(word).strip_prefix(option)
            };
            let Some(rest) = rest else {
                continue;
            };
            if rest.is_empty() {
                let next = words.get(n + 1).filter(|_| takes.apart);
                if let Some(next) = next.filter(|next| !text(next).starts_with(b"-")) {
                    push(line, next.clone(), takes.holds, found);
                }
            } else if takes.attached
                && (option.len() == 2 && !option.starts_with(b"--")
                    || rest.starts_with(b"=")
                    || option.ends_with(b":"))
            {
                let from = word.start
                    + option.len()
                    + usize::from(rest.starts_with(b"=") && option.len() > 2);
                // `-port` of some program is another option; `-p=x` is a password that begins with `=`.
                push(line, from..word.end, takes.holds, found);
            }
        }
    }
    for place in program.places {
        if place.nth == 0 {
            // The last word, where one of these options was given.
            let given = words
                .iter()
                .any(|word| place.behind.iter().any(|b| text(word) == b.as_bytes()));
            let plain: Vec<_> = words
                .iter()
                .skip(1)
                .filter(|word| !text(word).starts_with(b"-"))
                .collect();
            if given
                && plain.len() >= 2
                && let Some(word) = plain.last()
            {
                push(line, (*word).clone(), place.holds, found);
            }
            continue;
        }
        let mut from = 0;
        for wanted in place.behind {
            let at = words
                .iter()
                .skip(from)
                .position(|word| text(word) == wanted.as_bytes());
            let any = place.behind.len() > 1 || place.nth > 0;
            match at {
                Some(n) => from += n + usize::from(place.behind.last() != Some(wanted)),
                None if any => {
                    from = usize::MAX;
                    break;
                }
                None => {}
            }
        }
        if from == usize::MAX {
            continue;
        }
        if let Some(word) = words
            .get(from + place.nth)
            .filter(|word| !text(word).starts_with(b"-"))
        {
            push(line, word.clone(), place.holds, found);
        }
    }
}

fn push(line: Line<'_>, word: Range<usize>, holds: Holds, found: &mut Vec<Found>) {
    let text = line.cut(word.start, word.end);
    let behind = |sign: u8| {
        text.iter()
            .position(|byte| *byte == sign)
            .map(|n| word.start + n + 1)
    };
    let from = match holds {
        Holds::Whole => Some(word.start),
        Holds::BehindColon => behind(b':'),
        Holds::BehindPercent => behind(b'%'),
        Holds::BehindComma => behind(b','),
        Holds::BehindSign => behind(b'='),
        Holds::BehindPass => text.strip_prefix(b"pass:").map(|_| word.start + 5),
    };
    let Some(from) = from else { return };
    let mut at = from..word.end;
    // Quotes around the secret are none of it.
    let quote = line.at(at.start);
    if matches!(quote, b'"' | b'\'') {
        at.start += 1;
        if line.before(at.end) == quote && at.end > at.start {
            at.end -= 1;
        }
    }
    let text = line.cut(at.start, at.end);
    if !text.is_empty() && !judge::is_stand_in(text) {
        found.push(Found { at, by: By::Form });
    }
}

/// `user/password@database`.
fn oracle(line: Line<'_>, words: &[Range<usize>], found: &mut Vec<Found>) {
    for word in words.iter().skip(1) {
        let text = line.cut(word.start, word.end);
        let slash = text.iter().position(|byte| *byte == b'/');
        let name = |part: &[u8]| {
            !part.is_empty() && part.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
        };
        if let Some(slash) = slash.filter(|slash| name(text.get(..*slash).unwrap_or_default())) {
            let from = word.start + slash + 1;
            let end = line.until(from, |byte| byte == b'@').min(word.end);
            push(line, from..end, Holds::Whole, found);
            return;
        }
    }
}

/// Whether a program takes a password from a pipe.
fn reads_stdin(name: &[u8]) -> bool {
    let names: [&[u8]; 6] = [
        b"docker", b"podman", b"nerdctl", b"buildah", b"helm", b"skopeo",
    ];
    names.contains(&name)
}

/// `echo user:password | chpasswd`, `echo password | passwd --stdin user`, `echo password | sudo -S …`.
fn piped(line: Line<'_>, at: usize, name: &[u8], found: &mut Vec<Found>) {
    let behind = line.cut(at, line.len().min(at + 200));
    let reads = |option: &[u8]| behind.windows(option.len()).any(|w| w == option);
    let wanted = match name {
        b"passwd" => reads(b"--stdin"),
        name if reads_stdin(name) => reads(b"--password-stdin"),
        b"sudo" => reads(b" -S") || reads(b" -kS") || reads(b" -Sk") || reads(b"chpasswd"),
        _ => true,
    };
    if !wanted {
        return;
    }
    let mut pipe = at;
    while pipe > 0 && !matches!(line.at(pipe), b'|') && at - pipe < 40 {
        pipe -= 1;
    }
    if line.at(pipe) != b'|' {
        return;
    }
    let head = line.cut(pipe.saturating_sub(512), pipe);
    let Some(echo) = ["echo ", "printf "]
        .iter()
        .filter_map(|word| {
            head.windows(word.len())
                .rposition(|w| w == word.as_bytes())
                .map(|n| n + word.len())
        })
        .max()
    else {
        return;
    };
    let from = pipe.saturating_sub(512) + echo;
    let words = words(Line(line.cut(0, pipe)), from);
    let Some(word) = words.iter().rfind(|word| line.at(word.start) != b'-') else {
        return;
    };
    let mut word = word.clone();
    if matches!(line.at(word.start), b'"' | b'\'') {
        word.start += 1;
        word.end = word.end.saturating_sub(1).max(word.start);
    }
    let account = name == b"chpasswd" || behind.windows(8).any(|w| w == b"chpasswd");
    push(
        line,
        word,
        if account {
            Holds::BehindColon
        } else {
            Holds::Whole
        },
        found,
    );
}

/// The words of the command that begins at a place, up to where another begins. Quotes hold a word together; words of a list
/// (`"mysql", "-px"`) count too.
fn words(line: Line<'_>, at: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = at;
    // The name of a program ends where no name can go on.
    let mut listed = false;
    while at < line.len() && found.len() < 96 {
        at = line.skip(at);
        let start = at;
        while at < line.len() && line.gap(at).is_none() {
            match line.at(at) {
                b'|' | b';' | b'\n'
                    if at == start || line.ends(at + 1) || line.at(at + 1) == line.at(at) =>
                {
                    if at > start {
                        found.push(start..at);
                    }
                    return found;
                }
                b'&' if line.at(at + 1) == b'&' || line.ends(at + 1) && at == start => {
                    if at > start {
                        found.push(start..at);
                    }
                    return found;
                }
                // The quote behind a word of a list, or behind the command as a whole.
                b'"' | b'\''
                    if found.is_empty() || listed && !matches!(line.at(start), b'"' | b'\'') =>
                {
                    listed = true;
                    break;
                }
                quote @ (b'"' | b'\'') => {
                    let Some(end) = super::value::closing(line, at + 1, quote) else {
                        found.push(start..at);
                        return found;
                    };
                    at = end;
                }
                b'\\' => at += 1,
                _ => {}
            }
            at += 1;
        }
        let mut end = at.min(line.len());
        while listed && end > start && matches!(line.before(end), b',' | b']' | b'}') {
            end -= 1;
        }
        if end > start {
            let inner = listed
                && matches!(line.at(start), b'"' | b'\'')
                && line.before(end) == line.at(start)
                && end > start + 1;
            found.push(if inner {
                start + 1..end - 1
            } else {
                start..end
            });
        }
        if listed {
            while matches!(line.at(at), b'"' | b'\'' | b',' | b']') {
                at += 1;
            }
        }
        at = at.max(start + 1);
    }
    found
}
