//! Which connections are open: made one at a time for each host, kept warm between waves, few enough to be afforded.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use incident::HostName;
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

use crate::client::{Options, door};
use crate::inventory::{Host, Inventory, Way};
use crate::line::Line;
use crate::master::{Master, Means, Reaper};
use crate::trouble::Unreachable;

/// How many connections are open at once. An open one costs 1.5 MB, so any number of hosts costs about 50 MB.
const OPEN: usize = 16;
/// How many connections one sshd gets in the making: from the eleventh on it drops newcomers at random (`MaxStartups`).
const PER_DOOR: usize = 8;
/// How long a connection that nobody uses is kept.
const WARM: Duration = Duration::from_secs(600);

type Slot = Arc<Mutex<Option<Arc<Master>>>>;

/// The connections.
#[derive(Debug)]
pub(crate) struct Pool {
    pub(crate) inventory: Inventory,
    pub(crate) options: Options,
    slots: Mutex<BTreeMap<HostName, Slot>>,
    /// Places for open connections.
    places: Arc<Semaphore>,
    doors: std::sync::Mutex<BTreeMap<String, Arc<Door>>>,
    reaper: Reaper,
}

/// An sshd that takes connections, and how many it gets in the making.
#[derive(Debug)]
struct Door {
    turns: Semaphore,
    narrow: AtomicBool,
}

impl Door {
    /// Behind a jump host the first goes alone: the others then share its connection to the jump host.
    fn new(host: &Host) -> Self {
        let narrow = matches!(&host.way, Way::Ssh(address) if address.proxy_jump.is_some());
        Self {
            turns: Semaphore::new(if narrow { 1 } else { PER_DOOR }),
            narrow: AtomicBool::new(narrow),
        }
    }

    fn open(&self) {
        if self.narrow.swap(false, Ordering::SeqCst) {
            self.turns.add_permits(PER_DOOR - 1);
        }
    }
}

impl Pool {
    pub(crate) fn new(inventory: Inventory, options: Options) -> Arc<Self> {
        let pool = Arc::new(Self {
            inventory,
            options,
            slots: Mutex::default(),
            places: Arc::new(Semaphore::new(OPEN)),
            doors: std::sync::Mutex::default(),
            reaper: Reaper::new(),
        });
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let _task = runtime.spawn(cool_down(Arc::downgrade(&pool)));
        }
        pool
    }

    /// The way to a host, and whether it was there already.
    pub(crate) async fn line(&self, host: &Host) -> Result<(Line, bool), Unreachable> {
        if host.is_local() {
            return Ok((Line::Local, true));
        }
        let slot = Arc::clone(
            self.slots
                .lock()
                .await
                .entry(host.name.clone())
                .or_default(),
        );
        let mut held = slot.lock().await;
        if let Some(master) = held.as_ref().filter(|master| master.is_alive()) {
            master.touch();
            return Ok((Line::Ssh(Arc::clone(master)), true));
        }
        *held = None;
        let place = self.place().await;
        let door = self.door(host);
        let turn = door.turns.acquire().await;
        let group = self.reaper.group();
        let means = Means {
            inventory: &self.inventory,
            options: &self.options,
            group,
            place,
        };
        let master = Master::connect(host, means).await;
        drop(turn);
        door.open();
        let master = Arc::new(master?);
        *held = Some(Arc::clone(&master));
        Ok((Line::Ssh(master), false))
    }

    fn door(&self, host: &Host) -> Arc<Door> {
        let fresh = || Arc::new(Door::new(host));
        let Ok(mut doors) = self.doors.lock() else {
            return fresh();
        };
        Arc::clone(doors.entry(door(host)).or_insert_with(fresh))
    }

    /// A place for one more connection. Where all are taken, the one that was idle longest makes room.
    async fn place(&self) -> OwnedSemaphorePermit {
        loop {
            if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
                return place;
            }
            if !self.close_idlest(Duration::ZERO).await {
                // All are in use: the first to be closed, or to fall idle, makes room.
                let next = Arc::clone(&self.places).acquire_owned();
                if let Ok(Ok(place)) = tokio::time::timeout(Duration::from_millis(100), next).await
                {
                    return place;
                }
            }
        }
    }

    /// Closes the connection that has been idle longest, if one has been for at least so long.
    async fn close_idlest(&self, at_least: Duration) -> bool {
        let slots: Vec<Slot> = self.slots.lock().await.values().map(Arc::clone).collect();
        let mut idlest: Option<(Duration, tokio::sync::OwnedMutexGuard<Option<Arc<Master>>>)> =
            None;
        for slot in slots {
            // A slot that is locked is being connected; a master that somebody else holds is in use.
            let Ok(held) = slot.try_lock_owned() else {
                continue;
            };
            let idle = held
                .as_ref()
                .filter(|master| Arc::strong_count(master) == 1)
                .map(|master| master.idle());
            if let Some(idle) = idle.filter(|idle| *idle >= at_least)
                && idlest.as_ref().is_none_or(|(longest, _)| idle > *longest)
            {
                idlest = Some((idle, held));
            }
        }
        let Some((_, mut held)) = idlest else {
            return false;
        };
        *held = None;
        true
    }

    /// Forgets a connection, so that the next question makes a new one. `line` is the one that was found wanting: where
    /// there is another by now, that one stays.
    pub(crate) async fn forget(&self, host: &HostName, line: &Line) {
        let Line::Ssh(bad) = line else { return };
        let Some(slot) = self.slots.lock().await.get(host).map(Arc::clone) else {
            return;
        };
        let mut held = slot.lock().await;
        if held.as_ref().is_some_and(|master| Arc::ptr_eq(master, bad)) {
            *held = None;
        }
    }

    /// Ends the connection to one host.
    pub(crate) async fn close(&self, host: &HostName) {
        self.slots.lock().await.remove(host);
    }

    /// Ends all connections.
    pub(crate) async fn close_all(&self) {
        self.slots.lock().await.clear();
    }
}

/// Closes what nobody has used for a while, for as long as there is a pool.
async fn cool_down(pool: Weak<Pool>) {
    loop {
        tokio::time::sleep(Duration::from_secs(30)).await;
        let Some(pool) = pool.upgrade() else { return };
        while pool.close_idlest(WARM).await {}
    }
}
