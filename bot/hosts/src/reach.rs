//! What the app may do with a host: examine it, preview steps, carry out what was approved, and ask how that went.

mod change;
mod check;
mod enrol;
mod examine;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use incident::HostName;

use crate::client::{self, Options};
use crate::inventory::{BecomeRoot, Inventory};
use crate::pool::Pool;

pub use change::Root;
pub use check::{Checked, Outcome};
pub use enrol::{EnrolError, Installed, OfferedKey};
pub use examine::{Examined, Progress};

/// The way to all hosts. Connections are kept between waves.
#[derive(Debug)]
pub struct Hosts {
    pool: Arc<Pool>,
    /// How many hosts are being examined at this moment.
    busy: AtomicUsize,
}

/// Why hosts cannot be reached at all.
#[derive(Debug, thiserror::Error)]
pub enum NoHosts {
    /// There is no place for control sockets.
    #[error(
        "there is no directory for ssh's control sockets: {path}: {source}; set XDG_RUNTIME_DIR to one that is yours"
    )]
    Sockets {
        /// What was tried.
        path: PathBuf,
        /// Why it does not serve.
        source: std::io::Error,
    },
}

impl Hosts {
    /// The way to the hosts of an inventory.
    ///
    /// # Errors
    /// [`NoHosts`] when there is no place for control sockets.
    pub fn new(inventory: Inventory, mut options: Options) -> Result<Self, NoHosts> {
        if options.sockets.as_os_str().is_empty() {
            options.sockets =
                client::sockets().map_err(|(path, source)| NoHosts::Sockets { path, source })?;
            client::sweep(&options.sockets);
        }
        raise_file_limit();
        Ok(Self {
            pool: Pool::new(inventory, options),
            busy: AtomicUsize::new(0),
        })
    }

    /// The hosts there are.
    #[must_use]
    pub fn inventory(&self) -> &Inventory {
        &self.pool.inventory
    }

    /// Whether the inventory has a host become root through its helpers.
    #[must_use]
    pub fn goes_by_helpers(&self, host: &HostName) -> bool {
        let host = self.pool.inventory.host(host);
        host.is_some_and(|host| host.become_root == BecomeRoot::Enrolled)
    }

    /// What connections share.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.pool.options
    }

    /// Ends the connection to one host; the next question makes a new one.
    pub async fn forget(&self, host: &HostName) {
        self.pool.close(host).await;
    }

    /// Ends all connections.
    pub async fn close(&self) {
        self.pool.close_all().await;
    }
}

/// Each connection takes a few descriptors; the usual soft limit of 1024 is reached at a few hundred hosts.
fn raise_file_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.map_or(65_536, |most| most.min(65_536));
    if limit.current.is_some_and(|now| now < wanted) {
        limit.current = Some(wanted);
        let _kept = setrlimit(Resource::Nofile, limit);
    }
}
