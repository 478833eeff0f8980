//! Whether a sentence is made of what may be said of the findings it cites, each in its own part and nothing left over.
//!
//! The sentence is read from left to right. Each cited finding has one part of it; a part is made of whole clauses of that finding,
//! in their own order, and of names and words that may stand beside them. So what is true of one finding cannot be said of another,
//! a `not` cannot be lost, and a number keeps its noun.

use std::collections::BTreeSet;

use incident::FindingId;

use super::lex::{Kind, Token};
use super::say::{Clause, Sayings};
use super::words;

/// How two parts hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    /// Side by side.
    And,
    /// The first causes the second.
    Causes,
    /// The second causes the first.
    Because,
}

/// The most steps that one sentence is worth.
const STEPS: usize = 20_000;

pub(super) struct Cover<'a> {
    pub(super) tokens: &'a [Token],
    pub(super) sayings: &'a [Sayings<'a>],
    pub(super) causes: &'a [(FindingId, FindingId)],
    /// Whether a part may be missing or a denial ignored: asked only to name the rule that a sentence breaks.
    pub(super) lax: bool,
    pub(super) steps: usize,
}

impl Cover<'_> {
    /// Whether all of it is said of all that is cited.
    pub(super) fn holds(&mut self) -> bool {
        let key = |n: usize| self.tokens.get(n).map(|token| token.key.as_str());
        match key(0) {
            // `That explains …`: the first that is cited is what `that` stands for.
            Some("THAT>") => {
                let all = self.all() & !1;
                all != 0 && self.parts(1, all, &mut vec![(0, Link::And)], Some(Link::Causes))
            }
            Some("<CAUSE") => {
                let all = self.all();
                self.parts(1, all, &mut Vec::new(), Some(Link::Causes))
            }
            _ => {
                let all = self.all();
                self.parts(0, all, &mut Vec::new(), None)
            }
        }
    }

    fn all(&self) -> u32 {
        (1_u32 << self.sayings.len().min(16)) - 1
    }

    /// Whether the rest is made of parts of what is `left`. `first` is a link that holds from the second part on.
    fn parts(
        &mut self,
        from: usize,
        left: u32,
        done: &mut Vec<(usize, Link)>,
        first: Option<Link>,
    ) -> bool {
        self.steps += 1;
        if self.steps > STEPS {
            return false;
        }
        let from = self.past_breaks(from);
        if from == self.tokens.len() {
            let enough = done.len() > usize::from(first.is_some());
            return (left == 0 || self.lax) && enough && self.linked(done);
        }
        let (at, link) = match (done.len(), first) {
            (0, _) => (from, Link::And),
            (1, Some(link)) => (from, link),
            _ => self.link(from),
        };
        for n in 0..self.sayings.len() {
            if left & (1 << n) == 0 {
                continue;
            }
            for end in self.ends(n, at) {
                let parted = self
                    .tokens
                    .get(end)
                    .is_none_or(|token| token.kind == Kind::Break || self.link(end).0 > end);
                if !parted {
                    continue;
                }
                done.push((n, link));
                if self.parts(end, left & !(1 << n), done, first) {
                    return true;
                }
                done.pop();
            }
        }
        false
    }

    fn past_breaks(&self, mut at: usize) -> usize {
        while self.tokens.get(at).is_some_and(|t| t.kind == Kind::Break) {
            at += 1;
        }
        at
    }

    /// A word of cause that stands here, with what may stand beside it, and where it ends.
    fn link(&self, from: usize) -> (usize, Link) {
        let mut at = self.past_breaks(from);
        let sure = |at: usize| {
            let token = self.tokens.get(at)?;
            words::confidence(&token.key)
        };
        if sure(at).is_some() {
            at += 1;
        }
        match self.tokens.get(at).map(|token| token.key.as_str()) {
            Some("CAUSE>") => (at + 1, Link::Causes),
            Some("<CAUSE") => (at + 1, Link::Because),
            _ => (from, Link::And),
        }
    }

    /// Whether every cause that the parts claim is a declared one. One sentence claims at most one.
    fn linked(&self, parts: &[(usize, Link)]) -> bool {
        let id = |n: usize| self.sayings.get(n).map(|sayings| &sayings.finding.id);
        let links = parts.iter().filter(|(_, link)| *link != Link::And).count();
        if links == 0 {
            return true;
        }
        let Some(at) = parts.iter().position(|(_, link)| *link != Link::And) else {
            return false;
        };
        let (before, after) = parts.split_at(at);
        let turned = after
            .first()
            .is_some_and(|(_, link)| *link == Link::Because);
        links == 1
            && before.iter().all(|(one, _)| {
                after.iter().all(|(other, _)| {
                    let (cause, effect) = if turned { (other, one) } else { (one, other) };
                    self.causes
                        .iter()
                        .any(|(a, b)| Some(a) == id(*cause) && Some(b) == id(*effect))
                })
            })
    }

    /// Where a part of this finding that begins here may end.
    fn ends(&mut self, n: usize, from: usize) -> Vec<usize> {
        let Some(sayings) = self.sayings.get(n) else {
            return Vec::new();
        };
        let mut seen = BTreeSet::new();
        let mut found = BTreeSet::new();
        let leading = sayings
            .clauses
            .iter()
            .zip(0..)
            .filter(|(clause, _)| clause.leads);
        let leading = leading.fold(0_u64, |bits, (_, bit)| bits | (1 << bit));
        let mut open = vec![(from, 0_u64, false)];
        while let Some((at, used, strong)) = open.pop() {
            self.steps += 1;
            if self.steps > STEPS || !seen.insert((at, used, strong)) {
                continue;
            }
            let part = self.tokens.get(from..at).unwrap_or_default();
            // Whoever reads it knows what it is about.
            let told = used & leading != 0 || part.iter().any(|token| sayings.tells_what(token));
            if strong && told {
                found.insert(at);
            }
            let Some(token) = self.tokens.get(at) else {
                continue;
            };
            let leads = at == from && words::is_frame(&token.key);
            if token.kind == Kind::Break || leads || sayings.may_stand(self.tokens, at) {
                open.push((at + 1, used, strong));
            }
            for (bit, clause) in sayings.clauses.iter().enumerate() {
                if used & (1 << bit) != 0 {
                    continue;
                }
                for end in self.clause(sayings, clause, at) {
                    open.push((end, used | (1 << bit), strong || clause.says));
                }
            }
        }
        // The longest part first.
        found.into_iter().rev().collect()
    }

    /// Where a clause that begins here ends, in its own order or turned.
    fn clause(&self, sayings: &Sayings<'_>, clause: &Clause, from: usize) -> Vec<usize> {
        let turns = if clause.turns { clause.tokens.len() } else { 1 };
        let mut ends: Vec<usize> = (0..turns)
            .filter_map(|turn| {
                let (head, tail) = clause.tokens.split_at_checked(turn)?;
                self.said(sayings, clause, tail.iter().chain(head), from)
            })
            .collect();
        ends.dedup();
        ends
    }

    /// Where these tokens of a clause end, said from here in this order.
    fn said<'t>(
        &self,
        sayings: &Sayings<'_>,
        clause: &Clause,
        tokens: impl Iterator<Item = &'t Token>,
        from: usize,
    ) -> Option<usize> {
        if clause.behind.is_some() && clause.behind.as_deref() != self.word_before(from) {
            return None;
        }
        let mut at = from;
        let mut begun = false;
        for wanted in tokens {
            if self.lax && is_denial(&wanted.key) {
                continue;
            }
            loop {
                let here = self.tokens.get(at);
                if here.is_some_and(|here| equal(here, wanted)) {
                    at += 1;
                    begun = true;
                    break;
                }
                // How often something happened may be left out.
                if wanted.kind == Kind::Times {
                    break;
                }
                let here = here?;
                if !begun {
                    return None;
                }
                let next = self.tokens.get(at + 1);
                if !next.is_some_and(|next| equal(next, wanted))
                    && let Some(behind) = self.bracket(sayings, at)
                {
                    at = behind;
                    continue;
                }
                let skipped = here.kind == Kind::Break
                    || (self.lax && is_denial(&here.key))
                    || (sayings.may_stand(self.tokens, at)
                        && (!here.is_name()
                            || !clause.names()
                            || sayings.is_host(self.tokens, at)));
                if !skipped {
                    return None;
                }
                at += 1;
            }
        }
        begun.then_some(at)
    }

    /// The last token before this place that is no break.
    fn word_before(&self, at: usize) -> Option<&str> {
        let before = self.tokens.get(..at)?;
        let word = before.iter().rev().find(|token| token.kind != Kind::Break);
        word.map(|token| token.key.as_str())
    }

    /// Behind a bracket that has one clause of this finding.
    fn bracket(&self, sayings: &Sayings<'_>, open: usize) -> Option<usize> {
        let rest = self.tokens.get(open..)?;
        rest.first().filter(|token| token.key == "(")?;
        let length = rest.iter().position(|token| token.key == ")")?;
        let inner = self.tokens.get(open + 1..open + length)?;
        let fits = |clause: &&Clause| {
            let behind = clause.behind.as_deref();
            clause.tokens.len() == inner.len()
                && clause.tokens.iter().zip(inner).all(|(a, b)| equal(b, a))
                && (behind.is_none() || behind == self.word_before(open))
        };
        sayings.clauses.iter().find(fits)?;
        Some(open + length + 1)
    }
}

fn is_denial(key: &str) -> bool {
    matches!(key, "not" | "NOT" | "no")
}

/// Whether what is said is what may be said. A participle behind a form of `to be` is not the same as one without.
fn equal(said: &Token, may: &Token) -> bool {
    let participle = said.key.ends_with("ed") || said.key.ends_with("en");
    said.key == may.key && said.kind == may.kind && !(said.be && !may.be && participle)
}
