//! Many hosts in one diagnosis: looked at side by side, told in their order, and let go one by one, so that five hundred
//! take hardly more memory than a few dozen.

use std::collections::BTreeMap;
use std::sync::Arc;

use incident::notice::WhyNot;
use incident::remediation::Incident;
use probes::Window;
use tokio::sync::OnceCell;
use tokio::task::JoinSet;

use crate::baseline;
use crate::clerk::{self, Kept};
use crate::hints::Gathered;
use crate::journal::JournalError;
use crate::look::several::Looks;
use crate::look::{self, Numbered};
use crate::progress::Progress;
use crate::propose::{self, At, Offers, Past, Withheld};
use crate::world::World;
use crate::{clock, journal, past};

/// For how many hosts fixes are looked for side by side.
const OFFERS_AT_ONCE: usize = 16;

/// One host's part of a diagnosis.
#[derive(Debug)]
pub(crate) struct Part {
    /// What was seen.
    pub(crate) numbered: Numbered,
    /// What can be done about it.
    pub(crate) offers: Offers,
    /// What is known beside.
    pub(crate) hints: Gathered,
    /// The key of the host; empty where there was no connection.
    pub(crate) host_key: String,
}

/// A diagnosis of several hosts under way.
pub(crate) struct Sweep<'a> {
    pub(crate) world: &'a Arc<World>,
    pub(crate) incident: &'a mut Incident,
    pub(crate) hosts: &'a [hosts::Host],
    pub(crate) symptom: &'a str,
    pub(crate) progress: Progress,
    /// Whether each host is asked what it is made of, also where it has no baseline.
    pub(crate) taking: bool,
    past: Arc<Past>,
    /// Whether what incidents of before came down to is known.
    caught_up: Arc<OnceCell<()>>,
    /// What was seen of hosts of which more may be asked.
    kept: Vec<Kept>,
    /// Why the journal does not have it; empty where it has.
    unrecorded: String,
}

/// What a diagnosis of several hosts came to, besides what was told.
#[derive(Debug)]
pub(crate) struct Swept {
    /// Why the journal does not have it all; empty where it has.
    pub(crate) unrecorded: String,
    /// What was seen of hosts of which more may be asked.
    pub(crate) kept: Vec<Kept>,
}

/// Hosts that are under way, by their place in the order.
#[derive(Default)]
struct UnderWay {
    looks: Looks,
    recorded: usize,
    numbered: BTreeMap<usize, Numbered>,
    keys: BTreeMap<usize, String>,
    asking: JoinSet<(usize, Offers, Gathered)>,
    offers: BTreeMap<usize, (Offers, Gathered)>,
    told: usize,
}

impl<'a> Sweep<'a> {
    /// Nothing is looked at yet.
    pub(crate) async fn new(
        world: &'a Arc<World>,
        incident: &'a mut Incident,
        hosts: &'a [hosts::Host],
        symptom: &'a str,
        progress: Progress,
    ) -> Self {
        // What incidents of before came down to is read beside the look, which does not wait for it.
        let caught_up = Arc::new(OnceCell::new());
        let (once, store) = (Arc::clone(&caught_up), world.store.clone());
        tokio::spawn(async move { *once.get_or_init(|| past::catch_up(&store)).await });
        let past = Arc::new(Past::read(world, clock::now()).await);
        Self {
            world,
            incident,
            hosts,
            symptom,
            progress,
            taking: false,
            past,
            caught_up,
            kept: Vec::new(),
            unrecorded: String::new(),
        }
    }

    /// Looks at all hosts and tells each, in their order, once it is recorded. What was seen is told also where the journal
    /// does not take it, since a full disk here is no reason to keep quiet about one there.
    pub(crate) async fn run(mut self, mut tell: impl FnMut(&Incident, Part)) -> Swept {
        let mut way = UnderWay::default();
        while way.told < self.hosts.len() {
            self.begin(&mut way);
            self.record(&mut way).await;
            self.tell(&mut way, &mut tell).await;
            tokio::select! {
                Some(()) = way.looks.ended(self.hosts) => {}
                Some(done) = way.asking.join_next() => match done {
                    Ok((n, offers, hints)) => { way.offers.insert(n, (offers, hints)); }
                    Err(error) => tracing::error!(%error, "a search for fixes ended by itself"),
                },
                else => way.give_up_asking(),
            }
        }
        self.progress.clear();
        Swept {
            unrecorded: self.unrecorded,
            kept: self.kept,
        }
    }

    fn begin(&self, way: &mut UnderWay) {
        way.looks.begin(self.hosts, way.told, |host| {
            let world = Arc::clone(self.world);
            let symptom = self.symptom.to_owned();
            let bar = self.progress.host(&host.name);
            let taking = self.taking;
            async move {
                // A host without a baseline is not asked what it is made of.
                let known = if taking {
                    None
                } else {
                    baseline::known(&world, &host.name).await
                };
                let also = (taking || known.is_some())
                    .then(|| probes::baseline::question(""))
                    .flatten();
                let window = Window::default();
                let told = |step| bar.wave(step);
                let mut seen =
                    look::look_and_ask(&world, &host, window, &symptom, also, told).await;
                seen.known = known;
                bar.done();
                seen
            }
        });
    }

    /// Numbers and records what was seen, in the order of the hosts, and has fixes looked for while the connection is warm.
    /// Hosts that are ready together are recorded together: each record waits for the disk.
    async fn record(&mut self, way: &mut UnderWay) {
        let mut ready = Vec::new();
        let (mut facts, mut bodies) = (Vec::new(), Vec::new());
        let mut so_far = self.incident.numbered;
        while way.asking.len() + ready.len() < OFFERS_AT_ONCE
            && let Some(seen) = way.looks.take(way.recorded)
        {
            let numbered = seen.number(so_far, &self.world.redactor);
            so_far.0 += numbered.evidence.len();
            so_far.1 += numbered.report.findings.len();
            if self.unrecorded.is_empty()
                && let Err(error) = super::written(&numbered, &mut facts, &mut bodies)
            {
                self.unrecorded = crate::sentence::of(&error);
            }
            ready.push((way.recorded, seen.host.clone(), seen.line.clone()));
            let key = seen.line.as_ref().map(|line| line.host_key.clone());
            way.keys.insert(way.recorded, key.unwrap_or_default());
            if self.unrecorded.is_empty() && clerk::may_ask_more(self.world, &self.kept, &numbered)
            {
                self.kept.push(Kept::new(seen, &numbered));
            }
            way.numbered.insert(way.recorded, numbered);
            way.recorded += 1;
        }
        if self.unrecorded.is_empty() && !facts.is_empty() {
            let store = &self.world.store;
            let kept = journal::record(store, self.incident, &facts, bodies, clock::now()).await;
            if let Err(error) = kept {
                self.unrecorded = crate::sentence::of(&error);
            }
        }
        // The numbers go on also where nothing is recorded any more.
        self.incident.numbered = so_far;
        for (n, host, line) in ready {
            self.ask(way, n, host, line);
        }
    }

    fn ask(&self, way: &mut UnderWay, n: usize, host: hosts::Host, line: Option<look::Line>) {
        let findings = way
            .numbered
            .get(&n)
            .map(|one| one.report.findings.clone())
            .unwrap_or_default();
        match line {
            Some(line) if self.unrecorded.is_empty() && !findings.is_empty() => {
                let (world, past) = (Arc::clone(self.world), Arc::clone(&self.past));
                let caught_up = Arc::clone(&self.caught_up);
                let (id, opened_at) = (self.incident.id.clone(), self.incident.opened_at);
                way.asking.spawn(async move {
                    let at = At { host, line };
                    let now = clock::now();
                    let offers = propose::offers(&world, &id, &at, &findings, &past, now).await;
                    caught_up.get_or_init(|| past::catch_up(&world.store)).await;
                    (
                        n,
                        offers,
                        Gathered::of(&world, (&id, opened_at), &findings).await,
                    )
                });
            }
            Some(_) | None => {
                way.offers.insert(n, Default::default());
            }
        }
    }

    async fn tell(&mut self, way: &mut UnderWay, tell: &mut impl FnMut(&Incident, Part)) {
        while let Some((mut offers, hints)) = way.offers.remove(&way.told)
            && let Some(numbered) = way.numbered.remove(&way.told)
        {
            let host_key = way.keys.remove(&way.told).unwrap_or_default();
            way.told += 1;
            propose::number(self.incident, &mut offers.proposals);
            if let Err(error) = self.propose(&offers).await {
                self.unrecorded = crate::sentence::of(&error);
            }
            if !self.unrecorded.is_empty() {
                offers.proposals.clear();
            }
            let part = Part {
                numbered,
                offers,
                hints,
                host_key,
            };
            tell(self.incident, part);
        }
    }

    async fn propose(&mut self, offers: &Offers) -> Result<(), JournalError> {
        let facts = propose::proposed(&offers.proposals);
        if !facts.is_empty() && self.unrecorded.is_empty() {
            let store = &self.world.store;
            journal::record(store, self.incident, &facts, Vec::new(), clock::now()).await?;
        }
        Ok(())
    }
}

impl UnderWay {
    /// Nothing runs any more: where a search for fixes ended by itself, its host is told without any.
    fn give_up_asking(&mut self) {
        for n in self.numbered.keys() {
            self.offers.entry(*n).or_insert_with(|| {
                let offers = Offers {
                    withheld: vec![Withheld::all(WhyNot::Defect)],
                    ..Offers::default()
                };
                (offers, Gathered::default())
            });
        }
    }
}
