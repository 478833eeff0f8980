//! What redaction costs by itself: megabytes a second over what commands print, beside a plain copy of the same bytes, and
//! how long the rules take to make. For `tests/bench/run`.
//!
//! `redact` prints one JSON object. `redact FILE…` redacts the files instead of what is made up here.

#![expect(
    clippy::print_stdout,
    reason = "the figures go to the script that asked for them"
)]

use std::fmt::Write as _;
use std::time::Instant;

use incident::redact::Redactor;

/// How much is redacted for one figure.
const BYTES: usize = 32 << 20;

/// How often more it is only copied.
const COPIES: usize = 32;

/// Some lines of each command, as hosts print them; with a secret in one of some hundreds.
fn made_up() -> Vec<(&'static str, String)> {
    let mut texts: Vec<(&str, String)> = ["journal", "nginx", "df", "ps", "ss", "dpkg"]
        .map(|name| (name, String::new()))
        .to_vec();
    for (name, text) in &mut texts {
        let mut n = 0_u32;
        while text.len() < 1 << 20 {
            n += 1;
            let (a, b, c) = (n % 251, n % 60, n.wrapping_mul(2_654_435_761));
            let line = match *name {
                "journal" if n.is_multiple_of(300) => format!(
                    "Nov 28 09:{b:02}:01 web1 app[812]: connecting to postgres://app:hun{c:x}@db1/app"
                ),
                "journal" => match n % 6 {
                    0 => format!(
                        "Nov 28 09:{b:02}:01 web1 systemd[1]: Started session-{n}.scope - Session {n} of User ops."
                    ),
                    1 => format!(
                        "Nov 28 09:{b:02}:02 web1 sshd[{n}]: Failed password for root from 192.0.2.{a} port {} ssh2",
                        c % 60000
                    ),
                    2 => format!(
                        "Nov 28 09:{b:02}:03 web1 kernel: [UFW BLOCK] IN=eth0 OUT= MAC=52:54:00:12:34:56 SRC=192.0.2.{a} DST=10.0.0.5 LEN=40 TTL=240 ID={n} PROTO=TCP SPT=443 DPT=22"
                    ),
                    3 => format!(
                        "Nov 28 09:{b:02}:04 web1 nginx[99]: 2026/11/28 09:{b:02}:04 [error] 99#99: *{n} connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.{a}"
                    ),
                    4 => format!(
                        "Nov 28 09:{b:02}:05 web1 CRON[{n}]: (root) CMD (command -v debian-sa1 > /dev/null && debian-sa1 1 1)"
                    ),
                    _ => format!(
                        "Nov 28 09:{b:02}:06 web1 dockerd[700]: time=\"2026-11-28T09:{b:02}:06Z\" level=info msg=\"ignoring event\" container={c:08x}{c:08x}{c:08x}{c:08x} module=libcontainerd"
                    ),
                },
                "nginx" if n.is_multiple_of(300) => format!(
                    "192.0.2.{a} - - [28/Nov/2026:09:{b:02}:00 +0000] \"GET /api/items?access_token={c:08x}{n:08x}aBcD HTTP/1.1\" 200 512 \"-\" \"curl/8.5.0\""
                ),
                "nginx" => format!(
                    "192.0.2.{a} - - [28/Nov/2026:09:{b:02}:00 +0000] \"GET /static/app.{c:08x}.js?v={n} HTTP/2.0\" 200 {n} \"https://shop.example.com/items/{a}\" \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36\""
                ),
                "df" => format!(
                    "/dev/mapper/vg0-data{a}   {n}24   {c}  {n}12  {}% /srv/data/volume{a}",
                    n % 100
                ),
                "ps" => format!(
                    "www-data {n:>7}  0.{a}  1.2 {c} 48{a:03} ?        Sl   09:{b:02}   0:{b:02} /usr/sbin/php-fpm8.3 --nodaemonize --fpm-config /etc/php/8.3/fpm/php-fpm.conf pool www"
                ),
                "ss" => format!(
                    "tcp   ESTAB  0      0      10.0.0.5:443      192.0.2.{a}:{}   users:((\"nginx\",pid={n},fd={a}))",
                    c % 60000
                ),
                _ => format!(
                    "ii  libexample{a}-{b}:amd64   {a}.{b}.{n}-1+deb13u1   amd64        shared library number {n} for reading and writing files"
                ),
            };
            text.push_str(&line);
            text.push('\n');
        }
    }
    texts
}

/// Peak memory of this process in MB.
fn memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let digits = line.and_then(|line| line.split_whitespace().nth(1));
    digits.and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

/// How long this program had a processor, in seconds: what else the machine does is not in it.
fn used() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let ns = stat.split_whitespace().next();
    ns.and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

fn rate(bytes: usize, began: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let megabytes = bytes as f64 / 1e6;
    megabytes / (used() - began).max(1e-6)
}

fn main() {
    let before = memory();
    let began = Instant::now();
    let redactor = Redactor::new("bench");
    redactor.warm();
    let made_ms = began.elapsed().as_secs_f64() * 1000.0;
    let rules_mb = memory() - before;
    let files: Vec<String> = std::env::args().skip(1).collect();
    let read = |path: &String| std::fs::read(path).map(|bytes| incident::redact::printable(&bytes));
    let mut texts: Vec<(String, String)> = files
        .iter()
        .filter_map(|path| Some((path.clone(), read(path).ok()?)))
        .collect();
    if texts.is_empty() {
        texts = made_up()
            .into_iter()
            .map(|(name, text)| (name.to_owned(), text))
            .collect();
    }
    let all: String = texts.iter().map(|(_, text)| text.as_str()).collect();
    texts.push(("all".to_owned(), all));
    let start = memory();
    let mut each = String::new();
    for (name, text) in &texts {
        let rounds = (BYTES / text.len().max(1)).max(1);
        let mut out = Vec::with_capacity(text.len() * 2);
        let began = used();
        for _ in 0..rounds {
            out.clear();
            let mut stream = redactor.stream();
            for chunk in text.as_bytes().chunks(64 << 10) {
                stream.push(chunk, &mut out);
            }
            stream.finish(&mut out);
        }
        let streamed = rate(text.len() * rounds, began);
        let began = used();
        let mut kept = 0;
        for _ in 0..rounds {
            kept += redactor.clean(text).len();
        }
        let cleaned = rate(text.len() * rounds, began);
        let began = used();
        // A copy is so fast that less of it is not measured.
        for _ in 0..rounds * COPIES {
            out.clear();
            out.extend_from_slice(std::hint::black_box(text.as_bytes()));
            kept += std::hint::black_box(&out).len();
        }
        let copied = rate(text.len() * rounds * COPIES, began);
        let _written = write!(
            each,
            "{}{name:?}: {{\"stream\": {streamed:.0}, \"clean\": {cleaned:.0}, \"copy\": {copied:.0}, \"kept\": {}}}",
            if each.is_empty() { "" } else { ", " },
            kept / rounds / (COPIES + 1),
        );
    }
    println!(
        "{{\"made_ms\": {made_ms:.1}, \"rules_mb\": {rules_mb:.1}, \"working_mb\": {:.1}, \"peak_mb\": {:.1}, \"mb_per_s\": {{{each}}}}}",
        memory() - start,
        memory(),
    );
}
