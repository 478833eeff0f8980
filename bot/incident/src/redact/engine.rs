//! The pass over a text: which lines are looked at, in which order, and what is put in a secret's place.
//!
//! A text is read line by line, and what one line tells of the next is kept, so how it was cut into pieces changes nothing.
//! A line longer than [`LONGEST`] is read in pieces that overlap by [`OVERLAP`]: a secret that begins in one piece is masked
//! in whole even where it ends in another, and what tells of a secret has to stand within [`CONTEXT`] before it.

use std::ops::Range;

use super::block::Block;
use super::keys::{self, Open, Part, Says};
use super::line::{By, Found, Line};
use super::rules::Rules;
use super::words::{Hit, Kind};

/// The longest line that is read as a whole.
pub(super) const LONGEST: usize = 256 << 10;
/// By how much the pieces of a longer one overlap.
const OVERLAP: usize = 8 << 10;
/// How much before a piece is read with it.
const CONTEXT: usize = 4 << 10;
/// How much is looked through at once.
const REGION: usize = 128 << 10;
/// How many bytes of lines that may be a key without its header are held back.
const RUN: usize = 64 << 10;
/// How often a line is read again after something was taken out of it.
const ROUNDS: usize = 4;

/// Where the text goes: what did not change is copied in one piece, and not before something else follows.
pub(super) struct Sink<'o> {
    out: &'o mut Vec<u8>,
    copied: usize,
}

impl<'o> Sink<'o> {
    pub(super) fn new(out: &'o mut Vec<u8>) -> Self {
        Self { out, copied: 0 }
    }

    /// Puts bytes in the place of a range, which lies behind all that were replaced before.
    fn replace(&mut self, text: &[u8], at: Range<usize>, with: &[u8]) {
        self.flush(text, at.start);
        self.out.extend_from_slice(with);
        self.copied = at.end.max(self.copied);
    }

    /// Copies what did not change up to here.
    pub(super) fn flush(&mut self, text: &[u8], to: usize) {
        self.out
            .extend_from_slice(text.get(self.copied..to).unwrap_or_default());
        self.copied = self.copied.max(to);
    }

    /// Whether nothing was replaced.
    pub(super) fn is_untouched(&self) -> bool {
        self.copied == 0 && self.out.is_empty()
    }
}

/// What is known between two pieces of a text.
#[derive(Debug)]
pub(super) struct Engine {
    longest: usize,
    block: Block,
    key: Option<Open>,
    /// Whether the last line of the open key had an end.
    key_line: bool,
    /// How much of what is handed over next was looked through already.
    scanned: usize,
    /// What was before, where the line that is read is a long one.
    before: Vec<u8>,
    /// Whether a piece of the line was read.
    within: bool,
    /// Whether a secret that began in an earlier piece goes on.
    swallows: bool,
    hits: Vec<Hit>,
}

impl Engine {
    pub(super) fn new(longest: usize) -> Self {
        Self {
            longest,
            block: Block::default(),
            key: None,
            key_line: true,
            scanned: 0,
            before: Vec::new(),
            within: false,
            swallows: false,
            hits: Vec::new(),
        }
    }

    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    fn overlap(&self) -> usize {
        OVERLAP.min(self.longest / 2)
    }

    /// Reads a text; gives how much of it was dealt with. The rest, less than a line but for what may be a key, is to be handed
    /// over again with what follows.
    pub(super) fn feed(
        &mut self,
        rules: &Rules<'_>,
        text: &[u8],
        last: bool,
        sink: &mut Sink<'_>,
    ) -> usize {
        let complete = if last {
            text.len()
        } else {
            text.iter()
                .rposition(|byte| *byte == b'\n')
                .map_or(0, |n| n + 1)
        };
        let mut at = std::mem::take(&mut self.scanned);
        while at < complete {
            let end = region_end(text, at, complete);
            at = self.region(rules, text, at..end, sink);
        }
        let mut done = complete;
        if !last {
            // A line that is too long to wait for its end.
            at = at.max(complete);
            let pieces = self.pieces(rules, text, at, text.len(), sink);
            if pieces > at {
                sink.flush(text, pieces);
                return pieces;
            }
            let floor = sink.copied.max(complete.saturating_sub(RUN));
            done = run_start(text, floor, complete).max(sink.copied.min(complete));
            self.scanned = complete - done;
        }
        sink.flush(text, done);
        if last {
            self.close_key(rules, text, done, sink);
        }
        done
    }

    /// Reads all of a text at once; gives whether nothing in it changed, and nothing was written.
    pub(super) fn read_all(&mut self, rules: &Rules<'_>, text: &[u8], sink: &mut Sink<'_>) -> bool {
        let mut at = 0;
        while at < text.len() {
            let end = region_end(text, at, text.len());
            at = self.region(rules, text, at..end, sink);
        }
        if sink.is_untouched() {
            return true;
        }
        sink.flush(text, text.len());
        self.close_key(rules, text, text.len(), sink);
        false
    }

    /// Looks through whole lines; gives where it stopped.
    fn region(
        &mut self,
        rules: &Rules<'_>,
        text: &[u8],
        region: Range<usize>,
        sink: &mut Sink<'_>,
    ) -> usize {
        let mut hits = std::mem::take(&mut self.hits);
        hits.clear();
        rules.hits(
            text.get(region.clone()).unwrap_or_default(),
            region.start,
            &mut hits,
        );
        let all = rules.want_all();
        let (mut at, mut next) = (region.start, 0);
        while at < region.end {
            let start = if all || self.is_open() {
                at
            } else {
                let Some(hit) = hits.get(next) else { break };
                let before = text.get(at..hit.start).unwrap_or_default();
                at + before
                    .iter()
                    .rposition(|byte| *byte == b'\n')
                    .map_or(0, |n| n + 1)
            };
            let rest = text.get(start..region.end).unwrap_or_default();
            let (end, after) = match rest.iter().position(|byte| *byte == b'\n') {
                Some(n) => (start + n, start + n + 1),
                None => (region.end, region.end),
            };
            while hits.get(next).is_some_and(|hit| hit.end <= start) {
                next += 1;
            }
            let first = next;
            while hits.get(next).is_some_and(|hit| hit.start < end) {
                next += 1;
            }
            if self.within || end - start > self.longest {
                let from = self.pieces(rules, text, start, end, sink);
                self.tail(rules, text, from..end, sink);
            } else {
                let own = hits.get(first..next).unwrap_or_default();
                self.line(rules, text, start..end, after, own, sink);
            }
            at = after;
        }
        self.hits = hits;
        region.end
    }

    fn is_open(&self) -> bool {
        self.key.is_some() || self.block.is_open() || self.within
    }

    /// Reads a line. `after` is where the next begins.
    fn line(
        &mut self,
        rules: &Rules<'_>,
        text: &[u8],
        at: Range<usize>,
        after: usize,
        hits: &[Hit],
        sink: &mut Sink<'_>,
    ) {
        let line = Line(text.get(at.clone()).unwrap_or_default());
        let was_open = self.key.is_some();
        if let Some(key) = &mut self.key {
            match key.take(line.0) {
                Part::Body => {
                    self.key_line = after > at.end;
                    sink.replace(text, at.start..after, b"");
                    return;
                }
                Part::Done => {
                    let again = key.again();
                    self.close_key(rules, text, at.start, sink);
                    self.key = Some(again);
                    return;
                }
                Part::Other => self.close_key(rules, text, at.start, sink),
            }
        }
        let own: Vec<Hit> = hits
            .iter()
            .map(|hit| Hit {
                start: hit.start - at.start,
                end: hit.end - at.start,
                kind: hit.kind,
            })
            .collect();
        let mut found = Vec::new();
        let mut ends = false;
        for hit in own.iter().filter(|hit| hit.kind == Kind::Key) {
            match keys::read(line, hit.start..hit.end, &mut found) {
                Says::Opens(open) => self.key = Some(open),
                Says::Ends => ends = true,
                Says::Nothing => {}
            }
        }
        if ends && !was_open && self.key.is_none() {
            self.headless(rules, text, at.start, sink);
        }
        let before = self.block.clone();
        let mut now = before.clone();
        now.find(line, &mut found);
        rules.find(line, &own, &mut found);
        let Some(mut clean) = rules.substitute(line, found) else {
            now.read(line, &own);
            self.block = now;
            return;
        };
        let mut again = Vec::new();
        for _ in 0..ROUNDS {
            again.clear();
            rules.hits(&clean, 0, &mut again);
            let line = Line(&clean);
            let mut found = Vec::new();
            now = before.clone();
            now.find(line, &mut found);
            for hit in again.iter().filter(|hit| hit.kind == Kind::Key) {
                keys::read(line, hit.start..hit.end, &mut found);
            }
            rules.find(line, &again, &mut found);
            match rules.substitute(line, found) {
                Some(cleaner) => clean = cleaner,
                None => break,
            }
        }
        now.read(Line(&clean), &again);
        self.block = now;
        sink.replace(text, at, &clean);
    }

    /// Puts what stands for the open key before a place, if it had a body.
    fn close_key(&mut self, rules: &Rules<'_>, text: &[u8], at: usize, sink: &mut Sink<'_>) {
        let Some((mut lead, hash)) = self.key.take().and_then(Open::over) else {
            return;
        };
        let mut hits = Vec::new();
        rules.hits(&lead, 0, &mut hits);
        let mut found = Vec::new();
        rules.find(Line(&lead), &hits, &mut found);
        if let Some(clean) = rules.substitute(Line(&lead), found) {
            lead = clean;
        }
        lead.extend_from_slice(rules.placeholder(&hash).as_bytes());
        if self.key_line {
            lead.push(b'\n');
        }
        self.key_line = true;
        sink.replace(text, at..at, &lead);
    }

    /// The end of a private key was read whose beginning is not there: the lines of base64 before it are its body.
    fn headless(&mut self, rules: &Rules<'_>, text: &[u8], end: usize, sink: &mut Sink<'_>) {
        let floor = sink.copied.max(end.saturating_sub(RUN));
        let mut start = run_start(text, floor, end);
        // What is short before the body is no part of it.
        while start < end {
            let run = text.get(start..end).unwrap_or_default();
            let next = run
                .iter()
                .position(|byte| *byte == b'\n')
                .map_or(run.len(), |n| n + 1);
            if keys::is_body_line(run.get(..next).unwrap_or_default(), 16) {
                break;
            }
            start += next;
        }
        if start < end {
            let body = text.get(start..end).unwrap_or_default();
            let mut place = rules.placeholder(&keys::hash(body)).into_bytes();
            place.push(b'\n');
            sink.replace(text, start..end, &place);
        }
    }

    /// Reads pieces of a long line as long as more than one is left; gives where it stopped.
    fn pieces(
        &mut self,
        rules: &Rules<'_>,
        text: &[u8],
        mut at: usize,
        end: usize,
        sink: &mut Sink<'_>,
    ) -> usize {
        loop {
            if self.swallows {
                at = self.swallow(text, at, end, sink);
            }
            if end - at <= self.longest {
                return at;
            }
            if let (false, Some(key)) = (self.within, self.key.take()) {
                self.key = Some(key);
                self.close_key(rules, text, at, sink);
            }
            let piece = text.get(at..at + self.longest).unwrap_or_default();
            let base = self.before.len();
            let cut = self.longest - self.overlap();
            let (raw, found) = self.piece(rules, piece);
            let found: Vec<Found> = found
                .into_iter()
                .filter(|one| one.at.start >= base && one.at.start < base + cut)
                .collect();
            let line = Line(&raw);
            let merged = rules.merged(line, found);
            let mut stop = at + cut;
            for one in &merged {
                let to = one.at.end - base;
                sink.replace(
                    text,
                    at + one.at.start - base..at + to,
                    rules.place_of(line, one).as_bytes(),
                );
                stop = stop.max(at + to);
                self.swallows |= one.at.end == raw.len();
            }
            self.remember(text, at, stop);
            self.within = true;
            at = stop;
        }
    }

    /// Reads what is left of a long line.
    fn tail(&mut self, rules: &Rules<'_>, text: &[u8], at: Range<usize>, sink: &mut Sink<'_>) {
        let base = self.before.len();
        let (raw, found) = self.piece(rules, text.get(at.clone()).unwrap_or_default());
        let found: Vec<Found> = found.into_iter().filter(|one| one.at.end > base).collect();
        let line = Line(&raw);
        for one in rules.merged(line, found) {
            let from = at.start + one.at.start.max(base) - base;
            sink.replace(
                text,
                from..at.start + one.at.end - base,
                rules.place_of(line, &one).as_bytes(),
            );
        }
        self.before.clear();
        self.within = false;
        self.swallows = false;
        self.block = Block::default();
    }

    /// The secrets of a piece, and the piece with what stands before it.
    fn piece(&self, rules: &Rules<'_>, piece: &[u8]) -> (Vec<u8>, Vec<Found>) {
        let mut raw = self.before.clone();
        raw.extend_from_slice(piece);
        let (mut hits, mut found) = (Vec::new(), Vec::new());
        rules.hits(&raw, 0, &mut hits);
        let line = Line(&raw);
        for hit in hits.iter().filter(|hit| hit.kind == Kind::Key) {
            keys::read(line, hit.start..hit.end, &mut found);
        }
        rules.find(line, &hits, &mut found);
        (raw, found)
    }

    fn remember(&mut self, text: &[u8], from: usize, to: usize) {
        self.before
            .extend_from_slice(text.get(from..to).unwrap_or_default());
        let context = CONTEXT.min(self.longest / 4);
        let mut drop = self.before.len().saturating_sub(context);
        // No letter is cut in its middle.
        while self
            .before
            .get(drop)
            .is_some_and(|byte| (0x80..0xc0).contains(byte))
        {
            drop += 1;
        }
        self.before.drain(..drop);
    }

    /// Drops what goes on of a secret that an earlier piece began.
    fn swallow(&mut self, text: &[u8], at: usize, end: usize, sink: &mut Sink<'_>) -> usize {
        let rest = text.get(at..end).unwrap_or_default();
        let stop = rest
            .iter()
            .position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | 0));
        self.swallows = stop.is_none();
        let to = at + stop.unwrap_or(rest.len());
        if to > at {
            sink.replace(text, at..to, b"");
        }
        to
    }
}

/// Where a region ends that begins at a place: with a line, and after not much more than [`REGION`].
fn region_end(text: &[u8], at: usize, complete: usize) -> usize {
    if complete - at <= REGION {
        return complete;
    }
    let head = text.get(at..at + REGION).unwrap_or_default();
    if let Some(n) = head.iter().rposition(|byte| *byte == b'\n') {
        return at + n + 1;
    }
    let rest = text.get(at + REGION..complete).unwrap_or_default();
    rest.iter()
        .position(|byte| *byte == b'\n')
        .map_or(complete, |n| at + REGION + n + 1)
}

/// Where the lines begin that hold nothing but base64 and end at a place.
fn run_start(text: &[u8], floor: usize, end: usize) -> usize {
    let mut start = end;
    while start > floor {
        let above = text.get(floor..start - 1).unwrap_or_default();
        let line = above
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(floor, |n| floor + n + 1);
        let whole = line > floor || floor == 0 || text.get(floor - 1) == Some(&b'\n');
        if !whole || !keys::is_body_line(text.get(line..start).unwrap_or_default(), 1) {
            break;
        }
        start = line;
    }
    start
}

impl Found {
    /// Whether two secrets touch each other's place.
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.at.start < other.at.end && other.at.start < self.at.end
    }
}

/// The stronger of two reasons.
pub(super) fn stronger(a: By, b: By) -> By {
    if a == By::Form || b == By::Form {
        By::Form
    } else {
        By::Name
    }
}
