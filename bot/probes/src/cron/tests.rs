//! Jobs as hosts have them written down.

use proptest::prelude::*;

use super::judge;
use crate::judge::tests::drafts_of;

fn said(text: &str) -> Vec<String> {
    let drafts = drafts_of(&[("cron.jobs", text)], judge);
    drafts
        .iter()
        .map(|draft| format!("{} {}: {}", draft.code, draft.subject, draft.title))
        .collect()
}

#[test]
fn jobs_that_do_not_run_are_named() {
    let check = |text: &str, expected: &[&str]| assert_eq!(said(text), expected, "{text}");
    check("daemon cron runs\njobs 2 /etc/cron.d/site\n", &[]);
    // A cron that rests on a host without jobs of its own rests on purpose.
    check("daemon cron rests\n", &[]);
    check(
        "daemon cron rests\njobs 2 /etc/cron.d/site\n",
        &["cron.stopped service:cron: cron does not run, and there are jobs for it"],
    );
    check(
        "daemon cron runs\npassed-over name /etc/cron.d/backup.sh\n",
        &[
            "cron.ignored path:/etc/cron.d/backup.sh: cron passes over /etc/cron.d/backup.sh: its name has a dot or another sign that cron does not take",
        ],
    );
    check(
        "daemon cron runs\ngone 3 /etc/cron.d/site /usr/local/bin/backup\nno-bit 4 /etc/crontab /opt/x\n",
        &[
            "cron.command_missing path:/usr/local/bin/backup: A job of cron is to run /usr/local/bin/backup, which is not there",
            "cron.command_missing path:/opt/x: A job of cron is to run /opt/x, which is not executable",
        ],
    );
}

#[test]
fn accounts_that_are_refused_are_named() {
    let said = |line: &str| {
        let drafts = drafts_of(&[("cron.failures 86400", line)], judge);
        drafts
            .into_iter()
            .map(|draft| draft.title)
            .collect::<Vec<_>>()
    };
    for line in [
        "1796149801.1 h CRON[69]: pam_unix(cron:account): account batch has expired (account expired)",
        "1796149801.1 h CRON[69]: pam_unix(cron:account): expired password for user batch (password aged)",
        "1796149801.1 h crond[69]: pam_access(crond:account): access denied for user `batch' from `cron'",
    ] {
        assert_eq!(
            said(line),
            ["cron does not run the jobs of batch: its account is refused"],
            "{line}"
        );
    }
    let fine = "1796149801.1 h CRON[69]: pam_unix(cron:session): session opened for user root";
    assert_eq!(said(fine), [""; 0]);
}

proptest! {
    #[test]
    fn hostile_answers_never_panic(lines in proptest::collection::vec("(daemon|jobs|gone|no-bit|passed-over)? ?\\PC{0,60}", 0..20)) {
        let _said = said(&lines.join("\n"));
    }
}
