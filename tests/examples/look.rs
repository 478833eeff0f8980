//! A look at a real host without the rest of the program: for writing probes and recording cases.
//!
//! `cargo run -p tests --example look` looks at this machine; `… look -- ssh web1` at another; with `--record FILE` the
//! answers are kept in the form of `cases/`.

#![expect(
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "the room asks nobody anything; this example stands outside it and does"
)]

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use incident::probe::Answers;
use incident::{Ended, HostName, Plan, ProbeRun, RawOutput, Span};
use probes::{Look, Signatures, Window, first_wave, judge, next_wave};

fn main() {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let record = args
        .iter()
        .position(|arg| arg == "--record")
        .map(|at| args.drain(at..at + 2).next_back().unwrap_or_default());
    let verbose = args.iter().any(|arg| arg == "-v");
    args.retain(|arg| arg != "--" && arg != "-v");
    let Ok(host) = HostName::new("here") else {
        return;
    };
    let window = Window::default();
    let signatures = Signatures::shipped().unwrap_or_default();
    let mut answers = Answers::new();
    let mut plan = Some(first_wave(&window, None));
    let mut wave = 1;
    while let Some(now) = plan {
        let began = Instant::now();
        ask(&now, &args, &mut answers);
        println!(
            "wave {wave}: {} probes, {:?}",
            now.runs.len(),
            began.elapsed()
        );
        for run in now.runs.iter().filter(|run| !run.because.is_empty()) {
            println!("  {} because {}", run.key(), run.because);
        }
        wave += 1;
        let look = Look {
            host: &host,
            answers: &answers,
            window,
        };
        plan = next_wave(&look, &signatures, wave);
    }
    let look = Look {
        host: &host,
        answers: &answers,
        window,
    };
    if verbose {
        for raw in answers.values() {
            println!("{:>6} ms {:>7} B {}", raw.took.0, raw.bytes.len(), raw.key);
        }
    }
    let judgement = judge(&look, &signatures);
    for draft in &judgement.drafts {
        println!(
            "{:?} {:?} {} {}: {}\n    {}",
            draft.severity, draft.confidence, draft.code, draft.subject, draft.title, draft.detail
        );
        if verbose {
            println!("    {:?}", draft.facts);
        }
    }
    for gap in &judgement.could_not_check {
        println!("? {}: {}; {}", gap.probe, gap.why, gap.next);
    }
    println!("essentials answered: {}", judgement.essentials_answered);
    if let Some(path) = record {
        let mut out = Vec::new();
        for (key, raw) in &answers {
            let end = match raw.ended {
                Ended::Exited { code } => code.to_string(),
                Ended::TimedOut => "timeout".to_owned(),
                Ended::Lost => "lost".to_owned(),
            };
            let root = if raw.as_root { "root" } else { "user" };
            let _sized = writeln!(out, "@@ {end} {root} {key}");
            out.extend(&raw.bytes);
        }
        let _written = std::fs::write(path, out);
    }
}

fn ask(plan: &Plan, prefix: &[String], answers: &mut Answers) {
    for batch in plan.runs.chunks(5) {
        let threads: Vec<_> = batch
            .iter()
            .map(|run| {
                let (run, prefix) = (run.clone(), prefix.to_vec());
                std::thread::spawn(move || one(&run, &prefix))
            })
            .collect();
        for thread in threads {
            if let Ok(raw) = thread.join() {
                answers.insert(raw.key.clone(), raw);
            }
        }
    }
}

fn one(run: &ProbeRun, prefix: &[String]) -> RawOutput {
    let began = Instant::now();
    let quoted: Vec<String> = run
        .args
        .iter()
        .map(|arg| format!("'{}'", arg.replace('\'', r"'\''")))
        .collect();
    let line = format!(
        "LC_ALL=C timeout {} sh -s -- {} 2>&1",
        run.limit.as_seconds(),
        quoted.join(" ")
    );
    let mut words = prefix.to_vec();
    if words.is_empty() {
        words.extend(["sh".to_owned(), "-c".to_owned()]);
    }
    words.push(line);
    let mut bytes = Vec::new();
    let mut code = -1;
    let spawned = Command::new(&words[0])
        .args(&words[1..])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    if let Ok(mut child) = spawned {
        let script = run.script.clone();
        let stdin = child.stdin.take();
        let writer =
            std::thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(script.as_bytes())));
        if let Some(mut stdout) = child.stdout.take() {
            let _read = stdout.read_to_end(&mut bytes);
        }
        let _wrote = writer.join();
        code = child
            .wait()
            .ok()
            .and_then(|status| status.code())
            .unwrap_or(-1);
    }
    let cap = usize::try_from(run.cap_bytes).unwrap_or(usize::MAX);
    let truncated = bytes.len() > cap;
    bytes.truncate(cap);
    let took: Duration = began.elapsed();
    RawOutput {
        key: run.key(),
        ended: if code == 124 {
            Ended::TimedOut
        } else {
            Ended::Exited { code }
        },
        bytes,
        truncated,
        took: Span(u64::try_from(took.as_millis()).unwrap_or(0)),
        as_root: true,
    }
}
