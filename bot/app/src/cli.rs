//! The command line: what scripts and people type.

use std::path::PathBuf;

use chat::Locale;
use clap::{Args, Parser, Subcommand};

/// Where help puts the options that every command takes.
const HEADING: &str = "Options of every command";

/// What help ends with.
const BEGIN: &str = "\
To begin:
  sickbay diagnose localhost       look at this machine; nothing on it is changed
  sickbay diagnose web1 --symptom \"the site is down\"
  sickbay approve ID               the ID stands on the card of a fix
  sickbay rollback ID              undo it
  sickbay scan @web --out report.html    how all of them are, as one page
  sickbay doctor                   if something does not work

Exit codes:
  0  nothing is wrong, or the fix was verified
  1  there are findings, or the fix did not help
  2  wrong usage or settings, or a refusal: nothing was done
  3  a host could not be examined";

/// Looks at Linux hosts, says what is wrong and how it knows, and offers fixes that can be undone.
#[derive(Debug, Parser)]
#[command(
    name = "sickbay",
    version,
    propagate_version = true,
    max_term_width = 100,
    after_help = BEGIN
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options that every command takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// Settings file; without one Sickbay works with its defaults.
    #[arg(long, global = true, help_heading = HEADING, value_name = "FILE", env = "SICKBAY_CONFIG", hide_env_values = true)]
    pub(crate) config: Option<PathBuf>,
    /// Where the journal is kept; the default is sickbay/ in the XDG state directory.
    #[arg(long, global = true, help_heading = HEADING, value_name = "DIR", env = "SICKBAY_STATE", hide_env_values = true)]
    pub(crate) state: Option<PathBuf>,
    /// An Ansible inventory (INI or YAML) to take hosts from; may be given more than once.
    #[arg(long, global = true, help_heading = HEADING, value_name = "FILE")]
    pub(crate) inventory: Vec<PathBuf>,
    /// The OpenSSH client configuration to take hosts and their options from.
    #[arg(long, global = true, help_heading = HEADING, value_name = "FILE")]
    pub(crate) ssh_config: Option<PathBuf>,
    /// A directory of runbooks that is laid over the built-in ones.
    #[arg(long, global = true, help_heading = HEADING, value_name = "DIR")]
    pub(crate) runbooks: Option<PathBuf>,
    /// The language to be told in: en or zh. Without it: what the settings say, else Chinese where the terminal is.
    #[arg(long, global = true, help_heading = HEADING, value_name = "TAG", value_parser = locale)]
    pub(crate) locale: Option<Locale>,
}

/// A language by its tag.
fn locale(tag: &str) -> Result<Locale, String> {
    Locale::of(tag).ok_or_else(|| "Sickbay speaks en and zh".to_owned())
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Look at hosts, say what is wrong, offer what would help.
    Diagnose(Diagnose),
    /// Look closer at one thing of a host: stacks, system calls, profile, packets, a core. Offered first; costs the host something.
    Capture(Capture),
    /// Look at many hosts though nothing is reported, and make one report of them; opens no incident.
    Scan(Scan),
    /// List the proposals that wait for an approval.
    Proposals(Output),
    /// Approve a proposal and carry it out; waits until it is verified.
    Approve(Click),
    /// Say no to a proposal.
    Reject(Reject),
    /// Show what a proposal would do on the host as it is now; changes nothing.
    DryRun(Click),
    /// Undo what a proposal did.
    Rollback(Click),
    /// What hosts are made of while they are well, so that diagnoses say what changed: take, diff, list, drop.
    #[command(subcommand)]
    Baseline(Baseline),
    /// The inventory: list, check, enrol, files.
    #[command(subcommand)]
    Hosts(Hosts),
    /// Runbooks: list, search, show, lint, new, actions.
    #[command(subcommand)]
    Runbook(Runbook),
    /// Say what a finding code means, how it is found and what is usually done.
    Explain(Explain),
    /// Incidents: list, show, evidence, timeline, summarise, ack, resolve, postmortem.
    #[command(subcommand)]
    Incident(Incident),
    /// The audit trail.
    #[command(subcommand)]
    Audit(Audit),
    /// Say what works, what does not and what to do about it; changes nothing.
    Doctor(Doctor),
    /// Answer in chat: connect to the platforms that the settings name, until told to stop.
    Serve,
    /// Ask the Sickbay that serves whether it is well, at the address that the settings name.
    Health(Health),
    /// Finish what an interrupted Sickbay left under way.
    Recover(Output),
}

#[derive(Debug, Args)]
pub(crate) struct Capture {
    /// The host, as for diagnose.
    #[arg(value_name = "TARGET")]
    pub(crate) target: String,
    /// What to look at: backtrace, syscalls, profile, packets or core.
    pub(crate) kind: String,
    /// Of what: a process id, a unit or a program; a port for packets; a file for core.
    pub(crate) of: String,
    /// For how long, 1 to 30 seconds; without it 5, for packets 10.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) seconds: Option<String>,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Diagnose {
    /// Hosts: a name, several with commas, @group, role=web,env=prod, or localhost.
    #[arg(required = true, value_name = "TARGET")]
    pub(crate) targets: Vec<String>,
    /// What is wrong, in your words.
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    pub(crate) symptom: String,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
    /// Show everything, also what is merely worth knowing.
    #[arg(long)]
    pub(crate) all: bool,
    /// Ask no model, whatever the settings say.
    #[arg(long)]
    pub(crate) no_model: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Scan {
    /// Hosts, as for diagnose.
    #[arg(required = true, value_name = "TARGET")]
    pub(crate) targets: Vec<String>,
    /// Hold it against the last scan of this name, and keep it for the next one.
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Also write the report into this file: .html (one page with pictures), .json or .txt.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
    /// Show everything, also what is merely worth knowing.
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Output {
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Health {
    /// Ask whether each part can do its work, and not only whether it is alive.
    #[arg(long)]
    pub(crate) ready: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct Click {
    /// The proposal, such as k7f3qa-1.
    #[arg(value_name = "ID")]
    pub(crate) proposal: String,
    /// The responder to act as; only for uids that the settings map to that name, and for root.
    #[arg(long = "as", value_name = "NAME")]
    pub(crate) as_name: Option<String>,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Reject {
    #[command(flatten)]
    pub(crate) click: Click,
    /// Why, in a sentence: the journal keeps it, and the card in a chat shows it.
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    pub(crate) why: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Baseline {
    /// Diagnose hosts, and keep what they are made of where nothing is wrong.
    Take(BaselineTake),
    /// Say what differs since then, what is likeliest to matter first; exit code 1 where something does.
    Diff(BaselineDiff),
    /// List the baselines, of each host the one that counts first.
    List(Output),
    /// Forget the newest baseline of hosts, so that the one before it counts again.
    Drop {
        /// Hosts, as for diagnose.
        #[arg(required = true, value_name = "TARGET")]
        targets: Vec<String>,
        #[command(flatten)]
        output: Output,
    },
}

#[derive(Debug, Args)]
pub(crate) struct BaselineTake {
    /// Hosts, as for diagnose.
    #[arg(required = true, value_name = "TARGET")]
    pub(crate) targets: Vec<String>,
    /// Also of a host on which something is wrong.
    #[arg(long)]
    pub(crate) anyway: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct BaselineDiff {
    /// Hosts, as for diagnose.
    #[arg(required = true, value_name = "TARGET")]
    pub(crate) targets: Vec<String>,
    /// Show every change.
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Hosts {
    /// List the hosts of the inventory.
    List(Output),
    /// Walk from the name to root, step by step, and say where it stops and what to do.
    Check {
        /// Hosts, as for diagnose.
        #[arg(required = true, value_name = "TARGET")]
        targets: Vec<String>,
        #[command(flatten)]
        output: Output,
    },
    /// Show a host's key fingerprints and, once you have compared them, trust them.
    Enrol(Enrol),
    /// Write the files of an enrolled host into a directory, for those who install them by other means.
    Files {
        /// The directory.
        dir: PathBuf,
        /// The account that Sickbay logs in as there.
        #[arg(long, value_name = "NAME", default_value = "sickbay")]
        account: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Enrol {
    /// The host.
    pub(crate) host: String,
    /// Also install the root-owned guard and probes, and the sudoers file that lets one account run them and nothing else.
    #[arg(long)]
    pub(crate) install: bool,
    /// Whom to log in as for --install: root, or an account with `sudo -n`. Without it: as always.
    #[arg(long, value_name = "NAME", requires = "install")]
    pub(crate) login: Option<String>,
    /// The account that is to run the guard and the probes. Without it: the one that Sickbay always logs in as.
    #[arg(long, value_name = "NAME", requires = "install")]
    pub(crate) account: Option<String>,
    /// Trust the key with exactly this fingerprint (SHA256:…) without asking.
    #[arg(long, value_name = "SHA256:…")]
    pub(crate) fingerprint: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Runbook {
    /// List the runbooks.
    List(Output),
    /// Find the runbooks that words fit, and what was done before: symptoms, an error's text, in English or Chinese.
    Search {
        /// What to look for.
        #[arg(required = true, value_name = "WORDS")]
        words: Vec<String>,
        #[command(flatten)]
        output: Output,
    },
    /// Print one.
    Show {
        /// Its id.
        id: String,
        #[command(flatten)]
        output: Output,
    },
    /// Check runbooks; problems are printed as file:line:column.
    Lint {
        /// Files or directories; without any, the built-in ones and --runbooks.
        paths: Vec<PathBuf>,
        #[command(flatten)]
        output: Output,
    },
    /// Print a page to start a new runbook from.
    New {
        /// The id it shall have.
        id: String,
    },
    /// List the actions that a runbook may use.
    Actions(Output),
}

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Also connect to every host of the inventory, as `hosts check` does.
    #[arg(long)]
    pub(crate) hosts: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A finding code such as fs.full; without one, all are listed.
    pub(crate) code: Option<String>,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Incident {
    /// List the newest incidents.
    List(Output),
    /// What was found and done.
    Show {
        /// Its id, or the beginning of it.
        id: String,
        #[command(flatten)]
        output: Output,
    },
    /// What was read on the hosts: a list, or the text of one piece.
    Evidence {
        /// Its id, or the beginning of it.
        id: String,
        /// The piece, such as e-12; without it all are listed.
        piece: Option<String>,
        #[command(flatten)]
        output: Output,
    },
    /// Everything that happened, in order, each fact with its number.
    Timeline {
        /// Its id, or the beginning of it.
        id: String,
        #[command(flatten)]
        output: Output,
    },
    /// What happened so far, what was tried, what is open and what comes next.
    Summarise {
        /// Its id, or the beginning of it.
        id: String,
        /// Ask no model what matters most of it, whatever the settings say.
        #[arg(long)]
        no_model: bool,
        #[command(flatten)]
        output: Output,
    },
    /// Say that you are on it.
    Ack(Attend),
    /// Say that it is over.
    Resolve {
        #[command(flatten)]
        attend: Attend,
        /// How, in a sentence: the journal keeps it.
        #[arg(
            long,
            value_name = "TEXT",
            default_value = "",
            hide_default_value = true
        )]
        note: String,
    },
    /// Draft a postmortem in Markdown, from the journal; what only people know is left blank.
    Postmortem {
        /// Its id, or the beginning of it.
        id: String,
        /// Write it into this file, which must not be there yet.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        output: Output,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Attend {
    /// The incident's id, or the beginning of it.
    pub(crate) id: String,
    /// The responder to act as; only for uids that the settings map to that name, and for root.
    #[arg(long = "as", value_name = "NAME")]
    pub(crate) as_name: Option<String>,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Check that no record was changed, removed or put in.
    Verify(Output),
}
