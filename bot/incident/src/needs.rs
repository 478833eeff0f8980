//! What a thing in trouble needs, as a tree: the unit its program and other units, the program its libraries, the module its modules.

use serde::Serialize;

/// What kind of thing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A unit of the service manager.
    Unit,
    /// A program, script or other file that is run or read.
    File,
    /// What runs a script.
    Interpreter,
    /// A shared library.
    Library,
    /// A package of the distribution.
    Package,
    /// A module of the kernel.
    Module,
    /// A symbol that a module takes from another.
    Symbol,
}

/// Whether it is as it has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It was looked at, and is there and works.
    There,
    /// Nobody looked. It is never shown as there.
    Unknown,
    /// It is not there, or does not work.
    Broken,
}

/// A thing, and what it needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Need {
    /// What it is.
    pub kind: Kind,
    /// What the host calls it; hostile until a front cleaned it.
    pub name: String,
    /// Whether it is as it has to be.
    pub state: State,
    /// What is wrong with it, or what is known of it, in a few words; may be empty.
    pub why: String,
    /// What it needs itself, what is broken first.
    pub needs: Vec<Self>,
    /// How many more things it needs that are there and are not listed.
    pub more: usize,
}

impl Need {
    /// A thing that needs nothing, as far as is known.
    #[must_use]
    pub fn new(kind: Kind, name: impl Into<String>, state: State, why: impl Into<String>) -> Self {
        Self {
            kind,
            name: name.into(),
            state,
            why: why.into(),
            needs: Vec::new(),
            more: 0,
        }
    }

    /// Whether it or anything below it is broken.
    #[must_use]
    pub fn is_hurt(&self) -> bool {
        self.state == State::Broken || self.needs.iter().any(Self::is_hurt)
    }

    /// It and all below it, each before what it needs, with the level: 0 for itself.
    #[must_use]
    pub fn walk(&self) -> Vec<(usize, &Self)> {
        let mut all = Vec::new();
        let mut open = vec![(0, self)];
        while let Some((level, need)) = open.pop() {
            all.push((level, need));
            open.extend(need.needs.iter().rev().map(|below| (level + 1, below)));
        }
        all
    }
}
