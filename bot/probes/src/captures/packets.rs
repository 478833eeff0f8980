//! Packets as `tcpdump -i any -nn -tt` prints them: who asked whom, and what came back.

use std::collections::BTreeMap;

use incident::Capture;
use incident::capture::{MOST, Talk};

use super::Sections;

/// Two views of one packet (a bridge and its port, a container and its host) are closer together than this, in seconds; a
/// packet that is really sent again is not, since no system waits less than 200 ms for the first time.
const SAME: f64 = 0.15;

/// One line.
#[derive(Debug)]
struct Packet<'a> {
    at: f64,
    from: (&'a str, &'a str),
    to: (&'a str, &'a str),
    flags: &'a str,
    seq: &'a str,
    length: u64,
}

/// A connection by its two ends, the one that asked first.
#[derive(Debug, Default)]
struct Connection {
    asked: bool,
    answered: bool,
    refused: bool,
    cut: bool,
    ending: bool,
    resent: u32,
    /// When each packet that must be confirmed was seen last, by its sender, flags and number.
    seen: BTreeMap<(String, String, String), f64>,
}

pub(super) fn packets(sections: &Sections<'_>) -> Option<Capture> {
    let seconds = sections.number("packets", 0)?;
    let lines = sections.lines("packets")?;
    let mut packets = 0_u64;
    let mut connections: BTreeMap<(String, String, String, String), Connection> = BTreeMap::new();
    let mut unreachable: BTreeMap<String, String> = BTreeMap::new();
    for line in lines {
        if let Some((to, said)) = icmp(line) {
            packets += 1;
            unreachable.entry(to).or_insert(said);
            continue;
        }
        let Some(packet) = tcp(line) else {
            packets += u64::from(line.contains(" > "));
            continue;
        };
        packets += 1;
        take(&mut connections, &packet);
    }
    let talks = talks(&connections, &unreachable);
    Some(Capture::Packets {
        seconds: u32::try_from(seconds).ok()?,
        packets,
        talks,
    })
}

fn take(
    connections: &mut BTreeMap<(String, String, String, String), Connection>,
    packet: &Packet<'_>,
) {
    let key = |a: (&str, &str), b: (&str, &str)| {
        let ends = [a.0, a.1, b.0, b.1].map(str::to_owned);
        let [from, from_port, to, to_port] = ends;
        (from, from_port, to, to_port)
    };
    let (there, back) = (key(packet.from, packet.to), key(packet.to, packet.from));
    let syn = packet.flags.contains('S');
    let ack = packet.flags.contains('.');
    // Whoever asks is the first; of a connection that was there before, whoever is on the higher port.
    let port = |text: &str| text.parse::<u32>().unwrap_or(0);
    let asks = match (syn, ack) {
        (true, false) => true,
        (true, true) => false,
        (false, _) if connections.contains_key(&there) => true,
        (false, _) if connections.contains_key(&back) => false,
        (false, _) => port(packet.from.1) >= port(packet.to.1),
    };
    let one = connections
        .entry(if asks { there } else { back })
        .or_default();
    if packet.flags.contains('R') {
        one.refused |= one.asked && !one.answered && !asks;
        // One side that is done may end the rest like that.
        one.cut |= (one.answered || !one.asked) && !one.ending;
    }
    one.ending |= packet.flags.contains('F');
    one.asked |= syn && !ack;
    one.answered |= syn && ack;
    if syn || packet.length > 0 || packet.flags.contains('F') {
        let what = (
            packet.from.1.to_owned(),
            packet.flags.to_owned(),
            packet.seq.to_owned(),
        );
        if let Some(before) = one.seen.insert(what, packet.at)
            && packet.at - before > SAME
        {
            one.resent = one.resent.saturating_add(1);
        }
    }
}

fn talks(
    connections: &BTreeMap<(String, String, String, String), Connection>,
    unreachable: &BTreeMap<String, String>,
) -> Vec<Talk> {
    let mut talks: BTreeMap<(String, String), Talk> = BTreeMap::new();
    for ((from, _, to, to_port), one) in connections {
        let peer = if to.contains(':') {
            format!("[{to}]:{to_port}")
        } else {
            format!("{to}:{to_port}")
        };
        let talk = talks
            .entry((from.clone(), peer.clone()))
            .or_insert_with(|| Talk {
                from: from.clone(),
                to: peer,
                asked: 0,
                answered: 0,
                refused: 0,
                resent: 0,
                cut: 0,
                unreachable: unreachable.get(to).cloned().unwrap_or_default(),
            });
        let add = |count: &mut u32, so: bool| *count = count.saturating_add(u32::from(so));
        add(&mut talk.asked, one.asked);
        add(&mut talk.answered, one.asked && one.answered);
        add(&mut talk.refused, one.refused);
        add(&mut talk.cut, one.cut);
        talk.resent = talk.resent.saturating_add(one.resent);
    }
    let mut talks: Vec<Talk> = talks.into_values().collect();
    talks.sort_by_key(|talk| {
        let lost = talk.asked.saturating_sub(talk.answered);
        std::cmp::Reverse((lost, talk.resent, talk.cut, talk.asked))
    });
    talks.truncate(MOST);
    talks
}

/// `1796128741.33 lo    In  IP 127.0.0.1.33368 > 127.0.0.1.6379: Flags [S], seq 1, win 5, length 0`
fn tcp(line: &str) -> Option<Packet<'_>> {
    let (head, rest) = line.split_once(": Flags [")?;
    let (flags, rest) = rest.split_once(']')?;
    let (from, to) = head.split_once(" > ")?;
    let at = head.split_whitespace().next()?.parse().ok()?;
    let seq = rest.split_once("seq ").map_or("", |(_, seq)| seq);
    let length = rest.rsplit_once("length ").map_or("0", |(_, text)| text);
    Some(Packet {
        at,
        from: end(from.split_whitespace().last()?)?,
        to: end(to.trim())?,
        flags,
        seq: seq.split([',', ' ']).next().unwrap_or_default(),
        length: length.trim().parse().unwrap_or(0),
    })
}

/// `127.0.0.1.6379` and `::1.6379`: address and port.
fn end(text: &str) -> Option<(&str, &str)> {
    let (address, port) = text.rsplit_once('.')?;
    port.parse::<u16>().ok()?;
    Some((address, port))
}

/// `… IP 10.0.0.1 > 10.0.0.2: ICMP 10.0.0.5 tcp port 5432 unreachable, length 68`, `… ICMP host 10.0.0.9 unreachable …`: the
/// address that cannot be reached, and what was said.
fn icmp(line: &str) -> Option<(String, String)> {
    let (_, said) = line.split_once(": ICMP")?;
    let said = said.trim_start_matches('6').trim_start_matches([',', ' ']);
    let said = said.split(", length").next()?.trim();
    if !said.contains("unreachable") {
        return None;
    }
    let address = said
        .split([' ', ','])
        .find(|word| word.parse::<std::net::IpAddr>().is_ok())?;
    Some((address.to_owned(), said.to_owned()))
}
