//! Lanes as real shells run them, and the reader of their frames against hostile text.

use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::time::Instant;

use incident::ProbeId;
use incident::step::Slot;
use proptest::prelude::*;

use super::*;

const SHELLS: [&[&str]; 3] = [&["dash"], &["bash"], &["busybox", "ash"]];

/// The shells that this machine has; the others are named, since a test that is skipped silently is no test.
fn shells() -> Vec<&'static [&'static str]> {
    let there = |shell: &&[&str]| {
        let found = Command::new(shell[0])
            .args(&shell[1..])
            .args(["-c", ":"])
            .output()
            .is_ok();
        if !found {
            let mut err = std::io::stderr();
            writeln!(err, "skipped: no {} on this machine", shell.join(" ")).unwrap();
        }
        found
    };
    SHELLS.iter().copied().filter(there).collect()
}

fn ask(probe: &str, script: &str, limit: u64, cap_bytes: u64) -> ProbeRun {
    ProbeRun {
        probe: ProbeId::new(probe).unwrap(),
        args: Vec::new(),
        script: script.to_owned(),
        wants_root: false,
        limit: Span::seconds(limit),
        cap_bytes,
        because: String::new(),
    }
}

/// BusyBox's own tools stand before the machine's where its shell does, so that its `timeout` is tried too.
fn shell(words: &[&str], tools: &std::path::Path) -> Command {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).args(["-s"]);
    if words[0] == "busybox" {
        for tool in [
            "timeout", "setsid", "head", "renice", "id", "date", "sleep", "kill",
        ] {
            let _there = std::os::unix::fs::symlink("/usr/bin/busybox", tools.join(tool));
        }
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{}:{path}", tools.display()));
    }
    command
}

/// Runs all of a plan in one lane of this shell; chunks of a few bytes, as a bad network brings them.
fn run(words: &[&str], runs: Vec<ProbeRun>, chunk: usize) -> Vec<RawOutput> {
    let tools = tempfile::tempdir().unwrap();
    let plan = Plan { wave: 1, runs };
    let all: Vec<usize> = (0..plan.runs.len()).collect();
    let lanes = lanes(&plan, &all, 1, Rank::Login).unwrap();
    let lane = &lanes[0];
    let mut child = shell(words, tools.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = lane.input.clone();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let out = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let mut frames = Frames::new(&lane.nonce, 8 << 20);
    for bytes in out.stdout.chunks(chunk) {
        let _events = frames.feed(bytes);
    }
    assert!(
        frames.is_done(),
        "{words:?}: {}",
        String::from_utf8_lossy(&out.stdout)
    );
    assert_eq!(
        frames.hello().unwrap().boot_id.as_deref().map(str::len),
        Some(36)
    );
    let mut told = answers(&plan, lane, frames);
    told.sort_by_key(|(n, _)| *n);
    told.into_iter().map(|(_, answer)| answer).collect()
}

fn check(answer: &RawOutput, ended: Ended, text: &str) {
    let said = String::from_utf8_lossy(&answer.bytes);
    assert_eq!(
        (answer.ended, said.as_ref()),
        (ended, text),
        "{}",
        answer.key
    );
}

#[test]
fn probes_end_as_they_end_on_every_shell() {
    for words in shells() {
        let started = Instant::now();
        let mut third = ask("with.args", "printf '<%s>' \"$@\"", 5, 1000);
        third.args = vec![
            "it's".to_owned(),
            "$(id) `id`".to_owned(),
            "a\nb".to_owned(),
            String::new(),
        ];
        let runs = vec![
            ask("plain", "cat /proc/sys/kernel/ostype", 5, 1000),
            ask("both", "echo out; echo err >&2; exit 3", 5, 1000),
            third,
            ask("no.program", "nosuchprogram-of-ours 2>/dev/null", 5, 1000),
            ask("slow", "echo before; sleep 7731", 1, 1000),
            ask(
                "deaf",
                "trap '' TERM; (trap '' TERM; sleep 7732) & echo deaf; sleep 7733; sleep 7734",
                1,
                1000,
            ),
            ask("much", "yes", 5, 10),
            ask("exact", "printf 0123456789", 5, 10),
            ask("background", "sleep 7735 & echo started", 5, 1000),
            ask("reads.stdin", "cat; echo end", 5, 1000),
            ask("killed", "kill -KILL $$", 5, 1000),
            ask("no.newline", "printf x", 5, 1000),
            ask("silent", "true", 5, 1000),
        ];
        let told = run(words, runs, 7);
        let code = |code| Ended::Exited { code };
        check(&told[0], code(0), "Linux\n");
        check(&told[1], code(3), "out\nerr\n");
        check(&told[2], code(0), "<it's><$(id) `id`><a\nb><>");
        check(&told[3], code(127), "");
        check(&told[4], Ended::TimedOut, "before\n");
        check(&told[5], Ended::TimedOut, "deaf\n");
        check(&told[6], code(0), "y\ny\ny\ny\ny\n");
        assert!(told[6].truncated && !told[7].truncated);
        check(&told[7], code(0), "0123456789");
        check(&told[8], code(0), "started\n");
        check(&told[9], code(0), "end\n");
        check(&told[10], code(137), "");
        check(&told[11], code(0), "x");
        check(&told[12], code(0), "");
        assert!(
            started.elapsed().as_secs() < 30,
            "{words:?} took {:?}",
            started.elapsed()
        );
        assert_eq!(survivors("sleep 773"), Vec::<String>::new(), "{words:?}");
    }
}

/// Processes whose command line begins like this. BusyBox's timeout looks once a second whether it is still needed.
fn survivors(words: &str) -> Vec<String> {
    let mut found = Vec::new();
    for _ in 0..30 {
        found.clear();
        for entry in std::fs::read_dir("/proc").unwrap().flatten() {
            let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line).replace('\0', " ");
            if line.starts_with(words) {
                found.push(line);
            }
        }
        if found.is_empty() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    found
}

#[test]
fn hostile_output_forges_no_frame() {
    // It has seen frames of an earlier run, and it may look around in its own process.
    let script = "for n in 0 1 2; do echo \"@@$N END $n 9.00\"; echo '@@00000000000000000000000000000000 RC 1 0'; done; \
        env; set; tr '\\0' '\\n' </proc/$PPID/environ; tr '\\0' ' ' </proc/$PPID/cmdline; echo '@@'; printf '@@@@ RC 1 0'; exit 5";
    for words in shells() {
        let told = run(
            words,
            vec![
                ask("hostile", script, 5, 100_000),
                ask("after", "echo fine", 5, 100),
            ],
            3,
        );
        assert_eq!(told[0].ended, Ended::Exited { code: 5 });
        assert!(told[0].bytes.ends_with(b"@@@@ RC 1 0"));
        check(&told[1], Ended::Exited { code: 0 }, "fine\n");
    }
}

#[test]
fn a_cut_stream_keeps_what_was_said() {
    let plan = Plan {
        wave: 1,
        runs: vec![
            ask("a", "x", 1, 10),
            ask("b", "x", 1, 10),
            ask("c", "x", 1, 10),
        ],
    };
    let lanes = lanes(&plan, &[0, 1, 2], 1, Rank::Login).unwrap();
    let mut frames = Frames::new(&lanes[0].nonce, 100);
    let n = format!("@@{}", lanes[0].nonce);
    let text = format!(
        "noise{n} HELLO 0 - 1795427248 root\n{n} START 0 1.00\none{n} RC 0 0\ntwo{n} END 0 1.25\n{n} START 1 1.25\nhalf{n} E"
    );
    let _events = frames.feed(text.as_bytes());
    assert_eq!(frames.stray(), "noise");
    let told: Vec<RawOutput> = answers(&plan, &lanes[0], frames)
        .into_iter()
        .map(|(_, answer)| answer)
        .collect();
    check(&told[0], Ended::Exited { code: 0 }, "onetwo");
    assert_eq!(told[0].took, Span(250));
    assert!(told[0].as_root);
    check(&told[1], Ended::Lost, "half");
    check(&told[2], Ended::Lost, "");
}

#[test]
fn long_probes_are_spread_and_go_first() {
    let mut runs: Vec<ProbeRun> = (0..10)
        .map(|n| ask(&format!("p{n}"), "true", 2, 10))
        .collect();
    runs[3].limit = Span::seconds(30);
    runs[7].limit = Span::seconds(30);
    for n in [0, 3, 5] {
        runs[n].wants_root = true;
    }
    let plan = Plan { wave: 1, runs };
    let all: Vec<usize> = (0..10).collect();
    let lanes = lanes(&plan, &all, 4, Rank::Root).unwrap();
    assert_eq!(lanes.len(), 4);
    let of = |rank| {
        lanes
            .iter()
            .filter(|lane| lane.rank == rank)
            .flat_map(|lane| lane.runs.clone())
            .collect::<Vec<_>>()
    };
    let mut root = of(Rank::Root);
    root.sort_unstable();
    assert_eq!(root, [0, 3, 5]);
    assert_eq!(of(Rank::Login).len(), 7);
    assert!(
        lanes
            .iter()
            .filter(|lane| [3, 7].contains(&lane.runs[0]))
            .count()
            == 2
    );
}

fn helper() -> String {
    let text = |id, script, slots| ProbeText {
        id,
        script,
        slots,
        limit: Span::seconds(5),
        cap_bytes: 1000,
    };
    render_probe_helper(
        [
            text("os.kind", "cat /proc/sys/kernel/ostype", &[] as &[Slot]),
            text("unit.show", "printf '<%s>' \"$@\"", &[Slot::Unit]),
            text("file.show", "printf '<%s>' \"$1\"", &[Slot::Path]),
            text("bad id;", "x", &[]),
        ]
        .into_iter(),
        &[],
    )
}

/// What the helper answers to a request; frames without the nonce and the times.
fn helped(words: &[&str], request: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sickbay-probe");
    std::fs::write(&path, helper()).unwrap();
    let mut child = Command::new(words[0])
        .args(&words[1..])
        .arg(&path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let nonce = "0123456789abcdef0123456789abcdef";
    // It may refuse before it has read all.
    let _gone = child
        .stdin
        .take()
        .unwrap()
        .write_all(request.replace("NONCE", nonce).as_bytes());
    let out = child.wait_with_output().unwrap();
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&out.stdout),
        String::from_utf8_lossy(&out.stderr)
    );
    let said = said.replace(&format!("@@{nonce} "), "@");
    let lines: Vec<&str> = said
        .lines()
        .filter(|line| !line.starts_with("@HELLO"))
        .map(|line| line.split_once("@START").map_or(line, |(before, _)| before))
        .collect();
    lines.join("|")
}

#[test]
fn the_probe_helper_runs_what_it_knows_and_nothing_else() {
    for words in shells() {
        let check = |request: &str, expected: &str| {
            let said = helped(words, request);
            let mut said: Vec<&str> = said
                .split('|')
                .filter(|line| !line.is_empty() && !line.contains("@END"))
                .collect();
            // The exit code and the output take two ways; either may arrive first.
            said.sort_by_key(|line| !line.starts_with("@RC"));
            assert_eq!(said.join("|"), expected, "{words:?}: {request:?}");
        };
        check("nonce NONCE\nrun 0 os.kind\nend\n", "@RC 0 0|Linux|@DONE");
        check("nonce NONCE\nrun 1 gone\nend\n", "@UNKNOWN 1|@DONE");
        let said = helped(words, "nonce NONCE\nrun 4 unit.show nginx.service\nend\n");
        assert!(said.contains("<nginx.service>@"), "{said}");
        for bad in [
            "unit.show -x.service",
            "unit.show x",
            "unit.show",
            "unit.show a.service b.service",
            "file.show etc/passwd",
            "file.show /a/../b",
            "file.show /a%0Ab",
            "file.show %2",
        ] {
            let said = helped(words, &format!("nonce NONCE\nrun 1 {bad}\nend\n"));
            assert!(
                said.contains("sickbay-probe: ") && !said.contains("@DONE"),
                "{words:?} {bad}: {said}"
            );
        }
        for bad in [
            "run 1 os.kind\n",
            "nonce short\n",
            "nonce NONCE\nrun x os.kind\n",
            "nonce NONCE\nrun 1 os.kind;id\n",
            "hello\n",
        ] {
            let said = helped(words, bad);
            assert!(
                said.starts_with("sickbay-probe: ") || said.contains("|sickbay-probe: "),
                "{words:?} {bad}: {said}"
            );
        }
    }
    assert_eq!(version_of(&helper()).map(str::len), Some(16));
    assert!(!helper().contains("bad id"));
}

proptest! {
    #[test]
    fn hostile_streams_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), cuts in 1_usize..40) {
        let mut frames = Frames::new("abc", 50);
        for chunk in bytes.chunks(cuts) {
            let _events = frames.feed(chunk);
        }
        let _told = frames.finish();
    }

    #[test]
    fn hostile_frames_never_panic(words in "(@@abc (HELLO|START|RC|END|DONE|UNKNOWN)[ 0-9a.-]{0,12}\n?|[@abc \n]{0,5}){0,12}", cuts in 1_usize..9) {
        let mut frames = Frames::new("abc", 50);
        for chunk in words.as_bytes().chunks(cuts) {
            let _events = frames.feed(chunk);
        }
        let _stray = frames.stray();
        let _told = frames.finish();
    }

    /// However the stream is cut, the output between its frames is the same.
    #[test]
    fn chunks_do_not_matter(said in "[@abc \n]{0,60}", cuts in 1_usize..9) {
        let text = format!("@@abx1 START 0 1.00\n{said}@@abx1 END 0 1.00\n");
        let mut frames = Frames::new("abx1", 1000);
        for chunk in text.as_bytes().chunks(cuts) {
            let _events = frames.feed(chunk);
        }
        prop_assert_eq!(&frames.finish()[&0].bytes, said.as_bytes());
    }
}
