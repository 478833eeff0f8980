//! Why a host could not be looked at, why a question got no answer, and what to do about it. What ssh or a host said is no word of
//! ours, and stays as it is.

use super::{Said, said};

/// A sentence that belongs to no code.
const fn why(english: &'static str, chinese: &'static str) -> Said {
    said("", english, chinese)
}

pub(super) const SAID: &[Said] = &[
    // Of a host.
    why(
        "its name does not resolve ({_said}); check the address in the inventory and the DNS of this machine",
        "主机名无法解析（{_said}）；请检查清单中的地址和本机的 DNS",
    ),
    why(
        "no connection ({_said}); is it up, is sshd running, does a firewall stand between?",
        "无法建立连接（{_said}）；主机是否已启动？sshd 是否在运行？中间是否有防火墙？",
    ),
    why(
        "the host key {_offered} of {_owner} is not known here; compare it with the host's own and trust it with `sickbay hosts enrol {_again}`",
        "{_owner} 的主机密钥 {_offered} 在本机尚未被信任；请与主机自己的密钥核对，再用 `sickbay hosts enrol {_again}` 信任它",
    ),
    why(
        "the host key of {_owner} CHANGED: known is {_known}, offered is {_offered}. Either the host was installed anew or somebody stands between; nothing was sent. When you know that it is right, remove the old key ({_at}) and run `sickbay hosts enrol {_again}`",
        "{_owner} 的主机密钥已变化：已知的是 {_known}，对方给出的是 {_offered}。主机可能重装过，也可能有人在中间；没有发送任何内容。确认无误后，删除旧密钥（{_at}）并运行 `sickbay hosts enrol {_again}`",
    ),
    why(
        "the host key of {_owner} CHANGED: known is {_known}, offered is {_offered}. Either the host was installed anew or somebody stands between; nothing was sent. When you know that it is right, remove the old key and run `sickbay hosts enrol {_again}`",
        "{_owner} 的主机密钥已变化：已知的是 {_known}，对方给出的是 {_offered}。主机可能重装过，也可能有人在中间；没有发送任何内容。确认无误后，删除旧密钥并运行 `sickbay hosts enrol {_again}`",
    ),
    why(
        "the host certificate of {_owner} does not hold ({_said}); renew it there, or trust the key itself with `sickbay hosts enrol {_again}`",
        "{_owner} 的主机证书无效（{_said}）；请在该主机上续签，或用 `sickbay hosts enrol {_again}` 直接信任密钥",
    ),
    why(
        "the host key {_offered} of {_owner} is REVOKED in a known_hosts file. Somebody who has stolen it may stand between; nothing was sent. Give the host a new key and enrol that",
        "{_owner} 的主机密钥 {_offered} 已在 known_hosts 文件中吊销。窃取了它的人可能在中间；没有发送任何内容。请给主机换新密钥，并登记新密钥",
    ),
    why(
        "ssh does not take its configuration ({_said}); correct the file that it names",
        "ssh 不接受其配置（{_said}）；请修正其中提到的文件",
    ),
    why(
        "not let in ({_said}); check the user, the key and the host's authorized_keys",
        "登录被拒绝（{_said}）；请检查用户、密钥和主机上的 authorized_keys",
    ),
    why(
        "the private key cannot be used ({_said}); check the file, its owner and its mode",
        "私钥无法使用（{_said}）；请检查文件、属主和权限",
    ),
    why(
        "nothing more came for {_seconds} s after logging in; the host or its sshd may hang, or something else answers on that port",
        "登录后 {_seconds} 秒没有任何响应；主机或其 sshd 可能已挂起，或该端口上应答的是别的程序",
    ),
    why(
        "nothing more came for {_seconds} s {_step}; the host or its sshd may hang, or something else answers on that port",
        "{_seconds} 秒没有任何响应（{_step}）；主机或其 sshd 可能已挂起，或该端口上应答的是别的程序",
    ),
    why(
        "it lets us in and then refuses every session ({_said}); check MaxSessions in its sshd_config and what its key is restricted to",
        "登录成功，但拒绝所有会话（{_said}）；请检查其 sshd_config 中的 MaxSessions，以及该密钥受到的限制",
    ),
    why(
        "no POSIX shell answers there ({_said}); give the account a real login shell, or check its forced command",
        "对方没有 POSIX shell 应答（{_said}）；请给该账户真正的登录 shell，或检查其强制命令",
    ),
    why(
        "the connection was lost while probes ran ({_said})",
        "探测进行中连接中断（{_said}）",
    ),
    why(
        "the look at it took longer than {_seconds} s",
        "检查超过了 {_seconds} 秒",
    ),
    why(
        "the look at it ended by itself; this is a defect, please report it",
        "检查意外结束；这是 Sickbay 的缺陷，请反馈",
    ),
    // Of a question.
    why("needs root: {_what}", "需要 root 权限：{_what}"),
    why(
        "allow `sudo -n` for the user, or enrol the host, and look again",
        "允许该用户使用 `sudo -n`，或登记该主机，然后重新检查",
    ),
    why("out of reach from here: {_what}", "从这里无法触及：{_what}"),
    why(
        "look by hand as an account that may",
        "用有权限的账户手动查看",
    ),
    why("no answer within {_seconds} s", "{_seconds} 秒内没有应答"),
    why(
        "look for a hung mount or a blocked program; the evidence keeps what it said until then",
        "检查是否有挂起的挂载或被阻塞的程序；证据中保留了此前的输出",
    ),
    why(
        "the connection ended before it answered",
        "应答之前连接已断开",
    ),
    why(
        "look again; `sickbay hosts check` walks the connection step by step",
        "重新检查；`sickbay hosts check` 会逐步检查连接",
    ),
    why("the host lacks {_program}", "主机上没有 {_program}"),
    why(
        "install {_program}, or look by hand",
        "安装 {_program}，或手动查看",
    ),
    why(
        "the answer was cut at {_size} KiB; what is beyond was not read",
        "应答在 {_size} KiB 处被截断，其后的内容没有读取",
    ),
    why("look by hand for the rest", "其余内容请手动查看"),
    why(
        "the answer is none: it said nothing",
        "应答无法使用：没有输出",
    ),
    why(
        "the answer is none: it said {_said}",
        "应答无法使用：输出为 {_said}",
    ),
    // Of the words that name hosts.
    why(
        "no host is named {_name}; did you mean {_nearest}?",
        "没有名为 {_name} 的主机；您是指 {_nearest} 吗？",
    ),
    why(
        "no host is named {_name}; add it to [hosts] in the settings, an Ansible inventory or ssh_config",
        "没有名为 {_name} 的主机；请将它加入配置中的 [hosts]、Ansible 清单或 ssh_config",
    ),
    why(
        "no group is named @{_name}; did you mean {_nearest}?",
        "没有名为 @{_name} 的组；您是指 {_nearest} 吗？",
    ),
    why(
        "no group is named @{_name}; `sickbay hosts list` shows the groups",
        "没有名为 @{_name} 的组；`sickbay hosts list` 会列出所有组",
    ),
    why(
        "no host has the labels {_labels}; `sickbay hosts list` shows the labels",
        "没有主机带有标签 {_labels}；`sickbay hosts list` 会列出标签",
    ),
    why(
        "there is no host in the inventory; add [hosts] to the settings or give --inventory FILE or --ssh-config FILE",
        "清单中没有主机；请在配置中加入 [hosts]，或给出 --inventory FILE 或 --ssh-config FILE",
    ),
];
