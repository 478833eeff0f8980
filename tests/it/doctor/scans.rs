//! What is scanned next, and what would come of it.

use super::{Site, one_line};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_scanned_next_is_told() {
    let site = Site::new().await;
    let scans = |targets: &str, cron: &str| {
        let scan = format!(
            "[[scans]]\nname = \"monthly\"\ntargets = [\"{targets}\"]\ncron = \"{cron}\"\nzone = \"UTC\"\nchannel = \"C1\"\ntell = \"worse\"\n"
        );
        site.settings(|settings| format!("{settings}{scan}"));
    };
    scans("web1", "0 6 1 * *");
    let said = site.doctor(&[]);
    let told = one_line(&said.out);
    for words in [
        "scans ok monthly next 20",
        "-01 06:00 UTC; 1 host; told in C1 of Slack, where something is worse than last time",
    ] {
        assert!(told.contains(words), "{words:?} is not in {}", said.out);
    }
    assert_eq!(said.code, 0, "{}", said.out);
    scans("web7", "0 6 1 * *");
    site.check("scans WRONG monthly");
}
