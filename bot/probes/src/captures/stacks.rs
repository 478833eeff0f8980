//! Stacks as eu-stack and gdb print them, and what the kernel says that each thread waits for.

use std::collections::BTreeMap;

use incident::Capture;
use incident::capture::{MOST, Stack};

use super::Sections;

/// A thread and its functions, innermost first.
struct Thread {
    id: String,
    frames: Vec<String>,
}

pub(super) fn backtrace(sections: &Sections<'_>) -> Option<Capture> {
    // TID STATE WCHAN NAME
    let mut waits: BTreeMap<&str, &str> = BTreeMap::new();
    for line in sections.lines("threads")? {
        let mut words = line.split_whitespace();
        let (Some(id), Some(state), Some(wchan)) = (words.next(), words.next(), words.next())
        else {
            continue;
        };
        // A thread that runs may be on its way out of a wait.
        waits.insert(
            id,
            if state == "R" || wchan == "-" {
                ""
            } else {
                wchan
            },
        );
    }
    let threads = u32::try_from(waits.len()).ok()?;
    if threads == 0 {
        return None;
    }
    let frames: BTreeMap<String, Vec<String>> = stacks_of(sections)
        .into_iter()
        .map(|thread| (thread.id, thread.frames))
        .collect();
    let mut same: BTreeMap<(Vec<String>, &str), u32> = BTreeMap::new();
    for (id, waits_in) in &waits {
        let mut stack = frames.get(*id).cloned().unwrap_or_default();
        stack.truncate(MOST);
        let count = same.entry((stack, waits_in)).or_default();
        *count = count.saturating_add(1);
    }
    let mut stacks: Vec<Stack> = same
        .into_iter()
        .map(|((frames, waits_in), threads)| Stack {
            threads,
            frames,
            waits_in: waits_in.to_owned(),
        })
        .collect();
    // Stable, so that equal ones stay in the order of their names.
    stacks.sort_by_key(|stack| std::cmp::Reverse(stack.threads));
    stacks.truncate(MOST);
    Some(Capture::Backtrace { threads, stacks })
}

pub(super) fn core(sections: &Sections<'_>) -> Option<Capture> {
    sections.lines("stack")?;
    let number = sections.lines("signal").and_then(<[&str]>::first);
    let signal = number.map_or("", |number| signal_named(number));
    // The thread that crashed comes first.
    let crashed = stacks_of(sections).into_iter().next();
    let mut frames = crashed.map(|thread| thread.frames).unwrap_or_default();
    frames.truncate(MOST);
    let signal = signal.to_owned();
    (!frames.is_empty() || !signal.is_empty()).then_some(Capture::Core { signal, frames })
}

fn stacks_of(sections: &Sections<'_>) -> Vec<Thread> {
    let mut threads: Vec<Thread> = Vec::new();
    for line in sections.lines("stack").unwrap_or_default() {
        if let Some(id) = thread_id(line) {
            let frames = Vec::new();
            threads.push(Thread { id, frames });
        } else if let (Some(frame), Some(thread)) = (function(line), threads.last_mut())
            // What was built into its caller is a frame of the same name.
            && thread.frames.last() != Some(&frame)
        {
            thread.frames.push(frame);
        }
    }
    for thread in &mut threads {
        // An address says nothing beside names; alone it says at least whether threads stand at the same place.
        if thread.frames.iter().any(|frame| !is_nameless(frame)) {
            thread.frames.retain(|frame| !is_nameless(frame));
        }
        let inner = thread.frames.iter().take_while(|frame| is_wait(frame));
        let inner = inner.count().min(thread.frames.len().saturating_sub(1));
        thread.frames.drain(..inner);
    }
    threads
}

fn is_nameless(frame: &str) -> bool {
    frame.starts_with("??")
}

/// The C library's own way into a wait on a lock, which says less than who waits, and the kernel says it too.
fn is_wait(frame: &str) -> bool {
    let name = frame.trim_start_matches("__GI_").trim_start_matches('_');
    [
        "futex",
        "do_futex",
        "new_sem",
        "lll_",
        "pthread_cond",
        "pthread_mutex",
    ]
    .iter()
    .any(|begins| name.starts_with(begins))
}

/// `TID 123:` of eu-stack, `Thread 1 (Thread 0x7f… (LWP 123) "name"):` or `Thread 1 (LWP 123):` of gdb.
fn thread_id(line: &str) -> Option<String> {
    if let Some(rest) = line.strip_prefix("TID ") {
        return Some(rest.strip_suffix(':')?.to_owned());
    }
    let rest = line.strip_prefix("Thread ")?;
    if !rest.ends_with(':') {
        return None;
    }
    let (_, id) = rest
        .split_once("LWP ")
        .or_else(|| rest.split_once("process "))?;
    let digits: String = id.chars().take_while(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}

/// The function of a frame: `#0  0x00007f… __recv`, `#1  0x00007f… in poll () from /lib/…`, `#0  main () at x.c:3`.
/// A frame without a name is `??`, with its address.
fn function(line: &str) -> Option<String> {
    let rest = line.trim_start().strip_prefix('#')?;
    let (number, rest) = rest.split_once(' ')?;
    number.parse::<u32>().ok()?;
    let mut words = rest.split_whitespace().peekable();
    let address = words.next_if(|word| word.starts_with("0x"));
    words.next_if(|word| *word == "in");
    // Without the version behind @, the arguments and the file.
    let name = words.next().unwrap_or("??");
    let name = name.split(['@', '(']).next().unwrap_or(name);
    match (name, address) {
        ("??" | "", Some(address)) => Some(format!("?? {address}")),
        ("", None) => None,
        (name, _) => Some(name.to_owned()),
    }
}

/// The signals that end programs with a core, as Linux numbers them on every processor that matters here (signal(7)).
fn signal_named(number: &str) -> &'static str {
    match number.trim() {
        "3" => "SIGQUIT",
        "4" => "SIGILL",
        "5" => "SIGTRAP",
        "6" => "SIGABRT",
        "7" => "SIGBUS",
        "8" => "SIGFPE",
        "11" => "SIGSEGV",
        "24" => "SIGXCPU",
        "25" => "SIGXFSZ",
        "31" => "SIGSYS",
        _ => "",
    }
}
