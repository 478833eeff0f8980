//! The container of `deploy/docker`, put up by hand where there is no Docker: the steps of its Dockerfile over a Debian, then the
//! program on a read-only root, as the account of the image, without any capability.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tests::fakes::slack::Slack;

use crate::lab::{both, lab_dir, sickbay};
use crate::slack::workspace;
use crate::tidy::container::{last, stages, variable};

/// Puts a root together as the Dockerfile does, except that the packages are the lab's, and runs a command in it as compose does.
/// $1 the Debian, $2 a place, $3 what makes the account, $4 the account, $5 the state, $6 the sockets, then the command.
const INSIDE: &str = r#"
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
lower=$1 at=$2 account=$3 user=$4 state=$5 sockets=$6
shift 6
root=$at/root
mkdir -p "$root" "$at/upper" "$at/work" "$at/state"
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$at/upper,workdir=$at/work" "$root"
[ -d "$root/etc/sickbay" ] || chroot "$root" /bin/sh -euc "$account"
install -m 755 "$at/sickbay" "$root/usr/local/bin/sickbay"
mkdir -p "$root/run/secrets" "$root$sockets" "$root$state"
touch "$root/etc/sickbay/config.toml"
mount -o remount,ro "$root"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mount -t tmpfs -o mode=1777,size=16m tmpfs "$root/tmp"
mount -t tmpfs -o mode=0700,uid="${user%:*}",gid="${user#*:}",size=16m tmpfs "$root$sockets"
chown "$user" "$at/state" "$at/secrets/"*
chmod 700 "$at/state"
mount --bind "$at/state" "$root$state"
mount --bind "$at/secrets" "$root/run/secrets"
mount --bind "$at/config.toml" "$root/etc/sickbay/config.toml"
mount -o remount,bind,ro "$root/etc/sickbay/config.toml"
exec chroot "$root" /usr/bin/setpriv --reuid "${user%:*}" --regid "${user#*:}" --clear-groups --no-new-privs \
  --bounding-set=-all --inh-caps=-all -- "$@"
"#;

struct Image {
    place: tempfile::TempDir,
    debian: PathBuf,
}

impl Image {
    fn new(settings: &str, secrets: &[(&str, &str)]) -> Self {
        let layers = std::fs::read_dir(lab_dir().join("layers")).unwrap();
        let mut layers = layers.map(|layer| layer.unwrap().path());
        let is_base = |path: &PathBuf| {
            let name = path.file_name().unwrap().to_string_lossy();
            name.starts_with("base-") && path.is_dir()
        };
        let debian = layers.find(is_base).unwrap();
        let place = tempfile::tempdir_in(lab_dir()).unwrap();
        std::fs::copy(sickbay(), place.path().join("sickbay")).unwrap();
        std::fs::write(place.path().join("config.toml"), settings).unwrap();
        with_mode(&place.path().join("config.toml"), 0o644);
        std::fs::create_dir(place.path().join("secrets")).unwrap();
        for (name, secret) in secrets {
            let file = place.path().join("secrets").join(name);
            std::fs::write(&file, secret).unwrap();
            with_mode(&file, 0o400);
        }
        Self { place, debian }
    }

    /// A command of the container.
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("unshare");
        command.args([
            "--mount",
            "--propagation",
            "private",
            "sh",
            "-euc",
            INSIDE,
            "sh",
        ]);
        command.arg(&self.debian).arg(self.place.path());
        // The instruction that makes the account is the second RUN of the last stage.
        let stages = stages();
        let runs = stages.last().unwrap().iter();
        let account = runs
            .filter_map(|line| line.strip_prefix("RUN "))
            .find(|run| run.starts_with("useradd"));
        command
            .arg(account.unwrap())
            .arg(last("USER"))
            .arg(last("VOLUME"));
        command.arg(variable("XDG_RUNTIME_DIR"));
        program(&mut command, args);
        command
    }
}

/// What the image sets, and the program.
fn program(command: &mut Command, args: &[&str]) {
    command.args(["/usr/bin/env", "-i", "PATH=/usr/local/bin:/usr/bin:/bin"]);
    let variables = last("ENV");
    command.args(variables.split(' '));
    command.arg("/usr/local/bin/sickbay").args(args);
    command.stdin(Stdio::null());
}

/// Runs it to its end: the exit code, and all that it says.
fn told(mut command: Command) -> (i32, String) {
    let out = command.output().unwrap();
    (out.status.code().unwrap_or(-1), both(&out))
}

fn with_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// What serves, until this is dropped.
struct Serving(Child);

impl Serving {
    /// A command beside it, in the same container.
    fn beside(&self, args: &[&str]) -> (i32, String) {
        let user = last("USER");
        let (uid, gid) = user.split_once(':').unwrap();
        let mut command = Command::new("nsenter");
        command.args([
            "--target",
            &self.0.id().to_string(),
            "--mount",
            "--root",
            "--wd",
            "--",
        ]);
        command.args([
            "/usr/bin/setpriv",
            "--reuid",
            uid,
            "--regid",
            gid,
            "--clear-groups",
        ]);
        command.args([
            "--no-new-privs",
            "--bounding-set=-all",
            "--inh-caps=-all",
            "--",
        ]);
        program(&mut command, args);
        told(command)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _ended = self.0.wait();
    }
}

/// The settings of the container, for a workspace on loopback and with a port that is free.
fn settings(slack: &Slack, port: u16) -> String {
    let text = crate::tidy::read("deploy/docker/config.toml");
    let api = format!("[slack]\napi = \"{}\"", slack.api_url());
    text.replace("[slack]\nbot", &format!("{api}\nbot"))
        .replace("127.0.0.1:8080", &format!("127.0.0.1:{port}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the lab"]
async fn the_container_serves_on_a_read_only_root_and_says_that_it_is_ready() {
    let slack = workspace().await;
    // Nobody else takes it meanwhile, since the ports that are given out go round.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let secrets = [
        ("slack-bot-token", slack.bot_token()),
        ("slack-app-token", slack.app_token()),
        ("id_ed25519", "nobody looks at it here"),
    ];
    let image = Image::new(&settings(&slack, port), &secrets);
    let (code, said) = told(image.command(&["health"]));
    assert_eq!(code, 3, "{said}");
    assert!(
        said.contains("nobody answers at http://127.0.0.1:"),
        "{said}"
    );

    let serving = image.command(&["serve"]).spawn().unwrap();
    let serving = Serving(serving);
    slack.connected(1).await;
    // The loop looks at the sockets every two seconds.
    let ready = async {
        loop {
            let (code, said) = serving.beside(&["health", "--ready"]);
            if code == 0 {
                return said;
            }
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    };
    let said = tokio::time::timeout(crate::bot::LONG, ready).await.unwrap();
    assert_eq!(said, "ready\njournal: ready\nloop: ready\nslack: ready\n");
    assert_eq!(serving.beside(&["health"]), (0, "alive\n".to_owned()));

    let pid = serving.0.id();
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let user = last("USER");
    let uid = user.split(':').next().unwrap();
    for line in [
        format!("Uid:\t{uid}\t{uid}\t{uid}\t{uid}"),
        "CapEff:\t0000000000000000".to_owned(),
        "CapBnd:\t0000000000000000".to_owned(),
        "NoNewPrivs:\t1".to_owned(),
    ] {
        assert!(
            status.lines().any(|one| one == line),
            "{line} is not in\n{status}"
        );
    }
    // What it keeps is in the volume, and only there.
    assert!(image.place.path().join("state/journal/journal.db").exists());
    slack.assert_no_refusals();
}
