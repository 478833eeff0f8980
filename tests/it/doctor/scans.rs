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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_channel_that_may_not_ask_about_what_it_is_told_of_is_named() {
    let site = Site::new().await;
    let told = |rule: &str| {
        let scan = "[[scans]]\nname = \"monthly\"\ntargets = [\"web1\"]\nevery = \"1d\"\nchannel = \"C1\"\n";
        site.settings(|settings| format!("{settings}{scan}[[commands]]\n{rule}\n"));
        let said = site.doctor(&[]);
        assert_eq!(said.code, 0, "{}", said.out);
        one_line(&said.out)
    };
    let note =
        "note monthly its report tells C1 of web1, which [[commands]] lets nobody diagnose there";
    for rule in [
        "channels = [\"C2\"]",
        "hosts = [\"db1\"]",
        "commands = [\"status\"]",
        "who = []",
    ] {
        let told = told(rule);
        assert!(told.contains(note), "{rule}: {told}");
        assert!(
            told.contains("channels = [\"C1\"] and commands = [\"diagnose\"]"),
            "{told}"
        );
    }
    for rule in ["", "channels = [\"C1\"]", "commands = [\"diagnose\"]"] {
        let told = told(rule);
        assert!(!told.contains("lets nobody diagnose"), "{rule}: {told}");
    }
}
