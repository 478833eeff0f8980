//! Targets and inventories of every kind as tables, and hostile text that must not end the program.

use proptest::prelude::*;

use super::*;

const INI: &str = "\
bare1
web[01:03] ansible_user=ops role=web   # three of them

[db]
db-a ansible_host=10.0.0.5 ansible_port=2222 ansible_ssh_common_args='-o ProxyJump=ops@bastion -o Foo=bar'
here ansible_connection=local

[db:vars]
ansible_user=postgres
env=prod
db_password=hunter2

[prod:children]
db
web

[web]
web01
web02:2200

[prod:vars]
env=lower
tier = one
";

const YAML: &str = "\
all:
  vars:
    ansible_user: ops
  children:
    web:
      hosts:
        web[1:2]:
          ansible_port: 2022
          role: web
        odd:
    prod:
      children:
        web:
      vars: { env: prod }
";

fn inventory(name: &str, text: &str) -> Result<Inventory, String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    std::fs::write(&path, text).unwrap();
    let mut inventory = Inventory::new();
    let added = if name == "ssh_config" {
        inventory.add_ssh_config(&path)
    } else {
        inventory.add_ansible(&path)
    };
    added.map_err(|error| {
        error
            .to_string()
            .replace(&format!("{}/", dir.path().display()), "")
    })?;
    Ok(inventory)
}

/// What a target becomes: names, or the sentence.
fn check(inventory: &Inventory, target: &str, expected: &str) {
    let got = match inventory.select(target) {
        Ok(hosts) => hosts
            .iter()
            .map(|host| host.name.as_str())
            .collect::<Vec<_>>()
            .join(" "),
        Err(error) => error.to_string(),
    };
    assert_eq!(got, expected, "for {target:?}");
}

fn check_malformed(name: &str, text: &str, expected: &str) {
    assert_eq!(inventory(name, text).map(|_| ()).unwrap_err(), expected);
}

fn address(inventory: &Inventory, name: &str) -> Address {
    match inventory.host(&HostName::new(name).unwrap()).unwrap().way {
        Way::Ssh(address) => address,
        Way::Local => panic!("{name} is local"),
    }
}

#[test]
fn targets() {
    let inventory = inventory("hosts", INI).unwrap();
    check(&inventory, "db-a", "db-a");
    check(&inventory, " web01,db-a,web01 ", "web01 db-a");
    check(&inventory, "@web", "web01 web02");
    check(&inventory, "@prod", "db-a here web01 web02");
    check(&inventory, "web03,@db", "web03 db-a here");
    check(&inventory, "role=web,tier=one", "web01 web02");
    check(&inventory, "env=prod", "db-a here");
    check(&inventory, "all", "bare1 db-a here web01 web02 web03");
    check(&inventory, "localhost", "localhost");
    check(
        &inventory,
        "",
        "no host was named; name one of the inventory, a group as @group, labels as role=web, or localhost",
    );
    check(
        &inventory,
        "wbe01",
        "no host is named wbe01; did you mean web01, web02, web03?",
    );
    check(
        &inventory,
        "webb01",
        "no host is named webb01; did you mean web01, web02, web03?",
    );
    check(
        &inventory,
        "qqqqqq",
        "no host is named qqqqqq; add it to [hosts] in the settings, an Ansible inventory or ssh_config",
    );
    check(
        &inventory,
        "@wbe",
        "no group is named @wbe; did you mean web, db?",
    );
    check(
        &inventory,
        "10.0.0.5",
        "10.0.0.5 is an address, not a name of the inventory; add the host, or allow it with `raw_addresses = true` in [inventory]",
    );
    check(
        &inventory,
        "-oProxyCommand=touch /x",
        "\"-oProxyCommand=touch /x\" begins with `-`, which ssh would read as an option; no host's name does",
    );
    check(
        &inventory,
        "web01,-oX",
        "\"-oX\" begins with `-`, which ssh would read as an option; no host's name does",
    );
    check(
        &inventory,
        "web01\nweb02",
        "\"web01web02\" has a line break in it; a host's name is letters, digits, `.`, `_`, `:` and `-`",
    );
    check(
        &inventory,
        "web\u{1b}[1m",
        "\"web[1m\" has a control character in it; a host's name is letters, digits, `.`, `_`, `:` and `-`",
    );
    check(
        &inventory,
        "web 01",
        "\"web 01\" has a space in it; a host's name is letters, digits, `.`, `_`, `:` and `-`",
    );
    check(
        &inventory,
        "$(id)",
        "\"$(id)\" has a character that is not allowed in it; a host's name is letters, digits, `.`, `_`, `:` and `-`",
    );
    check(
        &inventory,
        "role=web,x",
        "\"role=web,x\" is not a list of label=value; write role=web,env=prod",
    );
    check(
        &inventory,
        "role=nope",
        "no host has the labels role=nope; `sickbay hosts list` shows the labels",
    );
    check(
        &Inventory::new(),
        "@all",
        "there is no host in the inventory; add [hosts] to the settings or give --inventory FILE or --ssh-config FILE",
    );
    let mut open = inventory;
    open.allow_raw_addresses();
    check(&open, "10.0.0.5", "10.0.0.5");
    check(&open, "db9.example.org", "db9.example.org");
}

#[test]
fn ansible_variables() {
    let ini = inventory("hosts", INI).unwrap();
    let db = address(&ini, "db-a");
    assert_eq!(db.host.as_deref(), Some("10.0.0.5"));
    assert_eq!(
        (db.port, db.user.as_deref()),
        (Some(2222), Some("postgres"))
    );
    assert_eq!(db.proxy_jump.as_deref(), Some("ops@bastion"));
    assert_eq!(address(&ini, "web02").port, Some(2200));
    let host = ini.host(&HostName::new("db-a").unwrap()).unwrap();
    assert_eq!(
        host.labels.get("env").map(String::as_str),
        Some("prod"),
        "the nearer group wins"
    );
    assert!(!host.labels.contains_key("db_password"));
    assert_eq!(host.declared.rsplit('/').next(), Some("hosts:5"));
    assert!(
        ini.host(&HostName::new("here").unwrap())
            .unwrap()
            .is_local()
    );

    let yaml = inventory("hosts.yml", YAML).unwrap();
    check(&yaml, "@prod", "odd web1 web2");
    check(&yaml, "role=web,env=prod", "web1 web2");
    let web = address(&yaml, "web2");
    assert_eq!((web.port, web.user.as_deref()), (Some(2022), Some("ops")));
}

#[test]
fn malformed_inventories_name_the_line() {
    check_malformed(
        "hosts",
        "[web\nweb1",
        "hosts:1: `[web`: a `[` without its `]`",
    );
    check_malformed(
        "hosts",
        "\n[web:kids]",
        "hosts:2: `[web:kids]` is no section; use [web], [web:children] or [web:vars]",
    );
    check_malformed(
        "hosts",
        "a\nweb[3:1]",
        "hosts:2: `web[3:1]`: `[3:1]` is no range; write [1:5], [01:20:2] or [a:f]",
    );
    check_malformed(
        "hosts",
        "web1 ansible_port=ssh",
        "hosts:1: ansible_port \"ssh\" is no port; use 1 to 65535",
    );
    check_malformed(
        "hosts",
        "web1 web2",
        "hosts:1: `web2` after the host is not name=value; one host a line",
    );
    check_malformed("hosts", "web1 a='b", "hosts:1: a quote is not closed");
    check_malformed(
        "hosts",
        "web1 ansible_host=-oProxyCommand=x",
        "hosts:1: address \"-oProxyCommand=x\" begins with `-`, which ssh reads as an option",
    );
    check_malformed(
        "hosts",
        "web1 ansible_host={{ip}}",
        "hosts:1: ansible_host is a template, which Sickbay does not evaluate; write the value itself",
    );
    check_malformed(
        "hosts",
        "-x",
        "hosts:1: host name \"-x\" is not valid: it begins with `-`, which programs read as an option",
    );
    check_malformed(
        "hosts",
        "web1 ansible_connection=docker",
        "hosts:1: ansible_connection=docker cannot be used; Sickbay knows ssh and local",
    );
    check_malformed(
        "hosts",
        "[a:children]\nb\n[b:children]\na\n",
        "hosts:1: group `a` is among its own children",
    );
    check_malformed(
        "hosts.yml",
        "all:\n  host:\n    a:\n",
        "hosts.yml:2: unknown field `host`, expected one of hosts, vars, children; an inventory is groups with `hosts`, `vars` and `children`",
    );
    check_malformed(
        "hosts.yml",
        "all:\n  hosts:\n    web1:\n      ansible_port: 70000\n",
        "hosts.yml:4: ansible_port \"70000\" is no port; use 1 to 65535",
    );
    check_malformed(
        "ssh_config",
        "\nHost \"a",
        "ssh_config:2: a quote is not closed",
    );
    let error = Inventory::new()
        .add_ansible(Path::new("/nonexistent/hosts"))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot read the inventory /nonexistent/hosts; check that it exists and that this account may read it"
    );
}

#[test]
fn entries_of_the_settings() {
    let mut inventory = Inventory::new();
    let entry = Entry {
        address: Some("-oX".into()),
        ..Entry::default()
    };
    let error = inventory.add_entry("web1", entry).unwrap_err();
    assert_eq!(
        error.to_string(),
        "[hosts.web1]: address \"-oX\" begins with `-`, which ssh reads as an option"
    );
    let first = Entry {
        user: Some("ops".into()),
        groups: ["a".into()].into(),
        ..Entry::default()
    };
    inventory.add_entry("web1", first).unwrap();
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(
        dir.path().join("i"),
        "[b]\nweb1 ansible_user=other ansible_host=h",
    )
    .unwrap();
    inventory.add_ansible(&dir.path().join("i")).unwrap();
    let web = address(&inventory, "web1");
    assert_eq!(
        (web.user.as_deref(), web.host.as_deref()),
        (Some("ops"), Some("h"))
    );
    check(&inventory, "@b,@a", "web1");
}

#[test]
fn aliases_of_ssh() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    std::fs::create_dir(path("conf.d")).unwrap();
    let main = format!(
        "Include {}/conf.d/*.conf\nHost=jump \"box two\"\n",
        dir.path().display()
    );
    std::fs::write(
        path("ssh_config"),
        main.replace("\"box two\"", "box2 *.lan !no"),
    )
    .unwrap();
    std::fs::write(
        path("conf.d/a.conf"),
        "# x\nHost web1 web? # web9\n  HostName 10.0.0.1\nMatch host db1\n",
    )
    .unwrap();
    std::fs::write(path("conf.d/b.txt"), "Host not-me").unwrap();
    let mut inventory = Inventory::new();
    inventory.add_ssh_config(&path("ssh_config")).unwrap();
    check(&inventory, "all", "box2 jump web1");
    assert_eq!(
        address(&inventory, "web1"),
        Address::default(),
        "what an alias means is left to ssh"
    );
    // Once there is a real inventory, somebody's aliases are reachable by name but are not "all".
    inventory.add_entry("db1", Entry::default()).unwrap();
    check(&inventory, "all", "db1");
    check(&inventory, "web1", "web1");

    std::fs::write(path("loop"), format!("Include {}", path("loop").display())).unwrap();
    let error = inventory
        .add_ssh_config(&path("loop"))
        .unwrap_err()
        .to_string();
    assert!(
        error.ends_with("loop:1: Include nests too deeply; does a file include itself?"),
        "{error}"
    );
}

#[test]
fn ranges() {
    for (pattern, expected) in [
        ("a", "a"),
        ("w[1:3]x", "w1x w2x w3x"),
        ("w[08:10]", "w08 w09 w10"),
        ("w[1:5:2]", "w1 w3 w5"),
        ("w[a:c][1:2]", "wa1 wa2 wb1 wb2 wc1 wc2"),
    ] {
        assert_eq!(range::expand(pattern).unwrap().join(" "), expected);
    }
    for bad in [
        "w[1:",
        "w[]",
        "w[1]",
        "w[1:2:0]",
        "w[1:99999999999]",
        "w[1:999][1:999]",
    ] {
        assert!(range::expand(bad).is_err(), "{bad}");
    }
}

proptest! {
    #[test]
    fn hostile_text_never_panics(text in "(?s)[ -~\\n\\[\\]:=é'\"#\\\\]{0,200}", target in "\\PC{0,60}") {
        for name in ["hosts", "hosts.yml", "ssh_config"] {
            // Includes would read this machine's own files.
            if let Ok(inventory) = inventory(name, &text.to_lowercase().replace("include", "x")) {
                let _outcome = inventory.select(&target);
            }
        }
        let _names = range::expand(&text);
    }
}
