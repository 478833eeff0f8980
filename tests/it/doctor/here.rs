//! What the doctor says of this machine: its door for machines, and its journal.

use super::{Site, one_line};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_listens_for_machines_is_asked() {
    let site = Site::new().await;
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port();
    let listen = format!("[http]\nlisten = \"127.0.0.1:{port}\"\n");
    site.settings(|settings| format!("{settings}{listen}"));
    let stranger = std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        let (mut stream, _) = other.accept().unwrap();
        let mut asked = [0; 1024];
        let _read = stream.read(&mut asked).unwrap();
        let answer = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";
        stream.write_all(answer.as_bytes()).unwrap();
    });
    site.check("WRONG answers 127.0.0.1:");
    stranger.join().unwrap();
    // Whoever listened is gone.
    let said = site.doctor(&[]);
    let told = one_line(&said.out);
    assert!(
        told.contains(&format!(
            "note answers 127.0.0.1:{port}: nobody answers there: Connection refused"
        )),
        "{told}"
    );
    site.settings(|settings| format!("{settings}[http]\nlisten = \"0.0.0.0:{port}\"\n"));
    let told = one_line(&site.doctor(&[]).out);
    let open = format!("note reach 0.0.0.0:{port} can be reached from elsewhere, without TLS");
    assert!(told.contains(&open), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journal_that_others_may_write_to_is_told() {
    let site = Site::new().await;
    site.settings(|settings| {
        settings.replace("\"runbooks\"\n", "\"runbooks\"\nstate = \"state\"\n")
    });
    site.mode("state", 0o777);
    site.check("WRONG place others may write to the state directory");
}
