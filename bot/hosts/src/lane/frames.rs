//! Reads a lane's stream as it arrives. Frames carry the lane's nonce; everything else is a probe's output, whatever it says.

use std::collections::{BTreeMap, BTreeSet};

use incident::Span;

/// No frame is longer than this; a longer one is no frame of ours.
const LONGEST_FRAME: usize = 512;

/// What the first frame of a lane says about the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hello {
    pub(crate) uid: u32,
    pub(crate) boot_id: Option<String>,
    /// The host's clock, in seconds since the epoch.
    pub(crate) clock: Option<i64>,
    /// The account that logged in.
    pub(crate) login: String,
    /// The version of the probe helper, where one spoke.
    pub(crate) version: Option<String>,
}

/// Something that a caller may want to tell people at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// The lane's shell runs.
    Hello,
    /// This run of the plan has begun.
    Started(usize),
    /// This run has ended.
    Ended(usize),
    /// All runs have.
    Done,
}

/// What is known of one run.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) bytes: Vec<u8>,
    /// Whether bytes were dropped because the host's share of memory was spent.
    pub(crate) cut: bool,
    pub(crate) code: Option<i32>,
    pub(crate) started_at: Option<u64>,
    pub(crate) ended_at: Option<u64>,
}

impl Told {
    pub(crate) fn took(&self) -> Span {
        match (self.started_at, self.ended_at) {
            (Some(from), Some(to)) => Span(to.saturating_sub(from)),
            (None, _) | (_, None) => Span(0),
        }
    }
}

/// The reader of one lane.
#[derive(Debug)]
pub(crate) struct Frames {
    marker: Vec<u8>,
    /// What has come and is not yet understood: at most the beginning of a frame.
    pending: Vec<u8>,
    hello: Option<Hello>,
    told: BTreeMap<usize, Told>,
    current: Option<usize>,
    /// Runs that the probe helper does not know.
    unknown: BTreeSet<usize>,
    /// The beginning of what came before the first frame: why there is no lane.
    stray: Vec<u8>,
    done: bool,
    /// How many bytes of output may still be kept.
    room: usize,
}

impl Frames {
    pub(crate) fn new(nonce: &str, room: usize) -> Self {
        Self {
            marker: format!("@@{nonce} ").into_bytes(),
            pending: Vec::new(),
            hello: None,
            told: BTreeMap::new(),
            current: None,
            unknown: BTreeSet::new(),
            stray: Vec::new(),
            done: false,
            room,
        }
    }

    pub(crate) fn hello(&self) -> Option<&Hello> {
        self.hello.as_ref()
    }

    /// Whether the lane said that it has come to its end.
    pub(crate) fn is_done(&self) -> bool {
        self.done
    }

    /// Takes bytes as they come and says what they meant.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Vec<Event> {
        self.pending.extend_from_slice(bytes);
        let pending = std::mem::take(&mut self.pending);
        let mut rest = pending.as_slice();
        let mut events = Vec::new();
        while let Some(at) = find(rest, &self.marker) {
            let (before, frame) = rest.split_at(at);
            let inside = frame.get(self.marker.len()..).unwrap_or_default();
            let Some(end) = inside
                .iter()
                .take(LONGEST_FRAME)
                .position(|byte| *byte == b'\n')
            else {
                self.keep(before);
                if inside.len() >= LONGEST_FRAME {
                    // Nobody but the lane knows the nonce, so this is the lane gone wrong; go on behind it.
                    rest = inside;
                    continue;
                }
                self.pending = frame.to_vec();
                return events;
            };
            let (line, after) = inside.split_at(end);
            self.keep(before);
            events.extend(self.frame(&String::from_utf8_lossy(line)));
            rest = after.get(1..).unwrap_or_default();
        }
        // The end may be the beginning of a frame: it waits for what follows.
        let tail = beginning(rest, &self.marker);
        let (output, tail) = rest.split_at(rest.len() - tail);
        self.keep(output);
        self.pending = tail.to_vec();
        events
    }

    /// The answers, the last one with what had come of it.
    pub(crate) fn finish(mut self) -> BTreeMap<usize, Told> {
        let pending = std::mem::take(&mut self.pending);
        if !pending.starts_with(&self.marker) {
            self.keep(&pending);
        }
        self.told
    }

    /// Runs of the lane that were not asked, because the helper on the host does not know them.
    pub(crate) fn unknown(&self) -> &BTreeSet<usize> {
        &self.unknown
    }

    /// What came instead of a lane, on one line.
    pub(crate) fn stray(&self) -> String {
        let text = String::from_utf8_lossy(&self.stray);
        let words: Vec<&str> = text.split_whitespace().collect();
        words
            .join(" ")
            .chars()
            .filter(|c| !c.is_control())
            .collect()
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.hello.is_none() {
            let room = 300_usize.saturating_sub(self.stray.len());
            self.stray.extend(bytes.iter().take(room));
        }
        let Some(told) = self.current.and_then(|n| self.told.get_mut(&n)) else {
            return;
        };
        let kept = bytes.len().min(self.room);
        self.room -= kept;
        told.cut |= kept < bytes.len();
        told.bytes
            .extend_from_slice(bytes.get(..kept).unwrap_or_default());
    }

    fn frame(&mut self, line: &str) -> Option<Event> {
        let mut words = line.split(' ');
        match words.next()? {
            "HELLO" if self.hello.is_none() => {
                self.hello = Some(Hello {
                    uid: words.next()?.parse().ok()?,
                    boot_id: words
                        .next()
                        .filter(|id| *id != "-" && id.len() <= 64)
                        .map(str::to_owned),
                    clock: words.next()?.parse().ok(),
                    login: words
                        .next()
                        .unwrap_or("")
                        .chars()
                        .filter(|c| !c.is_control())
                        .take(64)
                        .collect(),
                    version: words
                        .next()
                        .filter(|word| word.len() <= 64)
                        .map(str::to_owned),
                });
                Some(Event::Hello)
            }
            "START" => {
                let n = words.next()?.parse().ok()?;
                let told = self.told.entry(n).or_default();
                told.started_at = uptime(words.next());
                self.current = Some(n);
                Some(Event::Started(n))
            }
            "RC" => {
                let n = words.next()?.parse().ok()?;
                self.told.get_mut(&n)?.code = words.next()?.parse().ok();
                None
            }
            "END" => {
                let n: usize = words.next()?.parse().ok()?;
                let at = uptime(words.next());
                let told = self.told.get_mut(&n)?;
                // Without /proc there are no times; the end still counts.
                told.ended_at = at.or(told.started_at).or(Some(0));
                self.current = None;
                Some(Event::Ended(n))
            }
            "UNKNOWN" => {
                self.unknown.insert(words.next()?.parse().ok()?);
                None
            }
            "DONE" => {
                self.done = true;
                Some(Event::Done)
            }
            _ => None,
        }
    }
}

/// `4246.17` as milliseconds.
fn uptime(word: Option<&str>) -> Option<u64> {
    let (seconds, hundredths) = word?.split_once('.')?;
    let hundredths: u64 = hundredths.get(..2)?.parse().ok()?;
    seconds
        .parse::<u64>()
        .ok()?
        .checked_mul(1000)?
        .checked_add(hundredths * 10)
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    while let Some(at) = haystack.get(from..)?.iter().position(|byte| *byte == first) {
        let at = from + at;
        if haystack.get(at..)?.starts_with(needle) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// How many bytes at the end of `bytes` are a beginning of the marker.
fn beginning(bytes: &[u8], marker: &[u8]) -> usize {
    (1..marker.len().min(bytes.len() + 1))
        .rev()
        .find(|n| {
            bytes.len() >= *n && marker.starts_with(bytes.get(bytes.len() - n..).unwrap_or(b"\0"))
        })
        .unwrap_or(0)
}
