#!/bin/sh
# The verbs that need a real host: services, firewall, mounts, kernel settings, packages; and the runner under systemd.
#   sh guard_lab_test.sh               boots two hosts of the lab, one with systemd and one without, and drops them (root)
#   sh guard_lab_test.sh COMMAND…      COMMAND reaches a disposable host as root: tests/lab/lab ssh guard1
# Changes that host and puts most of it back; drop the host afterwards. AS_OPS="env LAB_USER=ops COMMAND…" also tries the
# enrolled form, as a user whom only sudoers-enrolled lets through.
# shellcheck disable=SC2086,SC2015,SC2029
set -u
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
w=$(mktemp -d) || exit 1
trap 'rm -rf "$w"' EXIT
nl='
'
passed=0 failed=0 n=0 run=$(date +%s)

if [ $# = 0 ]; then
  lab=$here/../../../../tests/lab/lab
  dir=${LAB_DIR:-${TMPDIR:-/tmp}/sickbay-lab}
  for how in systemd no-systemd; do
    name=guard-$how-$$ flag=
    [ $how = systemd ] || flag=--no-systemd
    trap '"$lab" down "$name"; rm -rf "$w"' EXIT
    trap 'exit 1' HUP INT TERM
    "$lab" up $flag "$name" || { failed=$((failed + 1)); echo "FAIL no host boots ($how)"; continue; }
    # Some hundred calls share one connection for each user; a handshake would cost more than the call.
    reach="ssh -F $dir/run/$name/ssh_config -o UserKnownHostsFile=$dir/run/$name/known_hosts -o LogLevel=ERROR
      -o ControlMaster=auto -o ControlPath=$w/%r-$how -o ControlPersist=5"
    AS_OPS="$reach -l ops $name" sh "$0" $reach -l root "$name" >"$w/ran" 2>&1
    sed "/^[0-9]* passed, [0-9]* failed/d; s/^/[$how] /" "$w/ran"
    sum=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$w/ran" | tail -n 1)
    if [ -n "$sum" ]; then passed=$((passed + ${sum% *})) failed=$((failed + ${sum#* })); else failed=$((failed + 1)); echo "FAIL [$how] it did not come to its end"; fi
    "$lab" down "$name"
  done
  trap 'rm -rf "$w"' EXIT
  echo "$passed passed, $failed failed"
  [ $failed = 0 ]
  exit
fi

ok() { passed=$((passed + 1)); [ -z "${VERBOSE:-}" ] || echo "ok   $1"; }
bad() { failed=$((failed + 1)); echo "FAIL $1"; [ $# -lt 2 ] || printf '%s\n' "$2" | sed 's/^/       /'; }
same() { if [ "$2" = "$3" ]; then ok "$1"; else bad "$1" "expected: $2${nl}got:      $3"; fi; }
has() { case $3 in *"$2"*) ok "$1" ;; *) bad "$1" "expected to hold: $2${nl}got: $3" ;; esac; }
quote() { printf "'"; sed "s/'/'\\\\''/g" "$1"; printf "'"; }
text() { printf 'sickbay-steps 1\nid %s\nexpires 9999999999\nboot -\n' "$1"; shift; for l; do printf '%s\n' "$l"; done; echo end; }
sum() { sha256sum | cut -d' ' -f1; }
reach=$*
on() { $reach "$@" </dev/null 2>&1; }
guard() { # agentless, as README.md gives it; the steps in $w/text
  { printf '{ GUARD_TEXT='; quote "$here/guard.sh"; printf '\nGUARD_STEPS='; quote "$w/text"; printf '\neval "$GUARD_TEXT"\nmain %s\n}\n' "$*"; } >"$w/script"
  $reach /bin/sh -s <"$w/script" 2>&1
}
preview() { text preview "$@" >"$w/text"; guard preview; }
go() { # LINE…: a new execution; its STATE line in $out, its report in $rep, its output in $said
  n=$((n + 1)); id=lab-$run-$n; text $id "$@" >"$w/text"
  launched=$(guard start $id 60 "$(sum <"$w/text")"); : >"$w/text"
  out=$(guard wait $id 60); rep=$(guard report $id); said=$(guard output $id 0 9999)
}
step() { go "step 1 $1"; case $out in *RC=0*) ok "$1" ;; *) bad "$1" "$out$nl$said" ;; esac; }
fails() { go "step 1 $1"; case $out in *RC=1*|*RC=2*) ok "fails: $1" ;; *) bad "fails: $1" "$out$nl$said" ;; esac; }
unit() { # NAME TEXT
  printf '%b' "$2" | $reach "cat >/etc/systemd/system/$1"; on systemctl daemon-reload
}

if [ "$(on 'test -d /run/systemd/system && echo yes')" = yes ]; then
  # ---------------------------------------------------------------------------------------- services under systemd
  unit sbgood.service '[Service]\nExecStart=/bin/sleep 10000\nExecReload=/bin/true\n[Install]\nWantedBy=multi-user.target\n'
  unit sbbad.service '[Service]\nExecStart=/bin/sh -c "echo broken >&2; exit 3"\n'
  unit sbslow.service '[Service]\nExecStart=/bin/sh -c "sleep 0.4; exit 3"\nRestart=always\nRestartSec=100ms\nStartLimitIntervalSec=0\n'
  unit sbonce.service '[Service]\nType=oneshot\nExecStart=/bin/true\n'
  out=$(preview "step 1 unit.start sbgood.service"); has "preview shows the unit" "before 1 active inactive" "$out"; has "starting can be undone" "undo 1 automatic" "$out"
  step "unit.start sbgood.service"; has "launched by systemd" LAUNCHED=systemd "$launched"
  # It is written after the end itself, when systemd lets the unit go.
  on "until [ \"\$(systemctl is-active sickbay-run-$id)\" = inactive ]; do sleep 0.02; done" >/dev/null; has "systemd's verdict is kept" SD=success "$(guard status $id)"
  has "active afterwards" "after 1 active active" "$rep"
  has "preview: nothing to do" "step 1 noop" "$(preview "step 1 unit.start sbgood.service")"
  step "unit.restart sbgood.service"; step "unit.reload sbgood.service"
  step "unit.enable sbgood.service"; same "enabled" enabled "$(on systemctl is-enabled sbgood)"
  step "unit.disable sbgood.service"; same "disabled" disabled "$(on systemctl is-enabled sbgood)"
  step "unit.stop sbgood.service"; same "stopped" inactive "$(on systemctl is-active sbgood)"
  on 'mv /etc/systemd/system/sbgood.service /run/systemd/system/ && systemctl daemon-reload' >/dev/null
  step "unit.mask sbgood.service"; has "masked" "after 1 load masked" "$rep"; fails "unit.start sbgood.service"; step "unit.unmask sbgood.service"
  fails "unit.start sbbad.service"; has "a unit that fails: said with its own words" "| " "$said"; has "a unit that fails: broken" broken "$said"
  fails "unit.start sbslow.service"; on systemctl stop sbslow.service >/dev/null
  step "unit.start sbonce.service"
  fails "unit.start nosuch.service"
  on 'for i in 1 2 3 4 5 6 7; do systemctl start sbbad.service; done' >/dev/null
  on "sed -i 's/exit 3/exec sleep 1000/' /etc/systemd/system/sbbad.service; systemctl daemon-reload" >/dev/null
  go "step 1 unit.reset_failed sbbad.service" "step 2 unit.start sbbad.service"; has "start limit: reset and started" RC=0 "$out"; on systemctl stop sbbad.service >/dev/null
  step "unit.set_property sbgood.service Service LimitNOFILE 4321"; has "the property is there" 4321 "$(on systemctl show -p LimitNOFILE sbgood)"
  has "preview: the property is set" "step 1 noop" "$(preview "step 1 unit.set_property sbgood.service Service LimitNOFILE 4321")"
  step "unit.unset_property sbgood.service LimitNOFILE"; same "the drop-in and its directory are gone" no "$(on '[ -e /etc/systemd/system/sbgood.service.d ] && echo yes || echo no')"
  # A step that restarts sshd must not end its own runner.
  go "step 1 unit.restart ssh.service" "step 2 unit.start sbgood.service"; has "restarting sshd does not end the run" RC=0 "$out"
  # The runner killed: systemd records it, and the state is lost, not finished.
  n=$((n + 1)); id=lab-$run-$n; unit sbstuck.service '[Service]\nType=oneshot\nExecStart=/bin/sleep 1000\n'
  text $id "step 1 unit.start sbstuck.service" >"$w/text"; guard start $id 60 "$(sum <"$w/text")" >/dev/null; : >"$w/text"
  on "systemctl kill -s KILL sickbay-run-$id; sleep 1; systemctl stop --no-block sbstuck.service" >/dev/null; has "runner killed: lost" STATE=lost "$(guard status $id)"
  n=$((n + 1)); id=lab-$run-$n; on 'systemctl stop sbstuck.service' >/dev/null
  text $id "step 1 unit.start sbstuck.service" "step 2 unit.start sbgood.service" >"$w/text"; guard start $id 2 "$(sum <"$w/text")" >/dev/null; : >"$w/text"
  out=$(guard wait $id 30); has "deadline under systemd" RC=124 "$out"; has "deadline: reported" "step 1 failed 124$nl" "$(guard report $id)"
  same "no runner is left" "" "$(on "pgrep -f '__steps $id'")"; on 'systemctl stop sbstuck.service sbgood.service' >/dev/null
  step "journal.vacuum 512M"
else
  # ---------------------------------------------------------------------------------------- services without systemd
  printf '#!/bin/sh\ncase $1 in start) setsid sleep 1000 & echo $! >/run/sbsysv.pid ;; stop) kill $(cat /run/sbsysv.pid) ;; restart) $0 stop; $0 start ;; status) kill -0 $(cat /run/sbsysv.pid) 2>/dev/null ;; esac\n' | $reach 'cat >/etc/init.d/sbsysv; chmod 755 /etc/init.d/sbsysv'
  step "unit.start sbsysv.service"; has "active" "after 1 active active" "$rep"; has "not by systemd" LAUNCHED=setsid "$launched"
  step "unit.restart sbsysv.service"; step "unit.stop sbsysv.service"; has "inactive" "after 1 active inactive" "$rep"
  has "what needs systemd says so" "needs systemd" "$(preview "step 1 unit.mask sbsysv.service")"
  has "an unknown service says so" "no /etc/init.d/nosuch" "$(preview "step 1 unit.start nosuch.service")"
fi

# ------------------------------------------------------------------------------------------ firewall
if [ -n "$(on command -v iptables)" ] && on iptables -S >/dev/null; then
  on "iptables -F INPUT; iptables -A INPUT -p tcp -m tcp --dport 81 -j ACCEPT; iptables -A INPUT -s 10.9.8.0/24 -p tcp -m tcp --dport 80 -m comment --comment \"block it now\" -j DROP; iptables -A INPUT -p tcp -m tcp --dport 82 -j ACCEPT" >/dev/null
  before=$(on iptables -S INPUT)
  rule="-s 10.9.8.0/24 -p tcp -m tcp --dport 80 -m comment --comment block%20it%20now -j DROP"
  has "the rule's place is shown" "before 1 index 2" "$(preview "step 1 firewall.delete_rule iptables filter INPUT $rule")"
  step "firewall.delete_rule iptables filter INPUT $rule"; same "the rule is gone" 2 "$(on iptables -S INPUT | grep -c '^-A')"
  has "a rule that is not there" "step 1 refused" "$(preview "step 1 firewall.delete_rule iptables filter INPUT $rule")"
  step "firewall.insert_rule iptables filter INPUT 2 $rule"; same "the firewall is what it was" "$before" "$(on iptables -S INPUT)"
  on iptables -F INPUT >/dev/null
else echo "skip: no iptables here"; fi

# ------------------------------------------------------------------------------------------ mounts, kernel settings
on 'mkdir -p "/mnt/sb a"; mount -t tmpfs -o nosuid,nodev tmpfs "/mnt/sb a"' >/dev/null
has "a mount is shown" "before 1 source tmpfs" "$(preview "step 1 mount.remount /mnt/sb%20a ro")"
step "mount.remount /mnt/sb%20a ro"; has "read-only" "after 1 options ro," "$rep"
step "mount.remount /mnt/sb%20a rw"; step "mount.unmount /mnt/sb%20a"
has "a mount option that lets more in" "may not be added" "$(on 'mount -t tmpfs -o nosuid tmpfs "/mnt/sb a"'; preview "step 1 mount.remount /mnt/sb%20a rw,suid")"
on 'umount "/mnt/sb a"; echo "tmpfs /mnt/sb\\040a tmpfs size=1m 0 0" >>/etc/fstab' >/dev/null
step "mount.mount /mnt/sb%20a"; has "mounted by fstab" "after 1 source tmpfs" "$rep"; step "mount.unmount /mnt/sb%20a"; on "sed -i /mnt.sb/d /etc/fstab" >/dev/null
old=$(on cat /proc/sys/net/ipv4/tcp_fin_timeout)
step "sysctl.set net.ipv4.tcp_fin_timeout 33"; has "the old value is remembered" "before 1 value $old" "$rep"; same "set" 33 "$(on cat /proc/sys/net/ipv4/tcp_fin_timeout)"
step "sysctl.set net.ipv4.tcp_fin_timeout $old"
fails "sysctl.set net.ipv4.tcp_fin_timeout nonsense"

# ------------------------------------------------------------------------------------------ packages
if [ -n "$(on command -v dpkg)" ]; then
  p=$(on "dpkg-query -W -f '\${Package}\n' sudo procps 2>/dev/null" | head -n 1)
  step "package.hold $p"; has "held" "after 1 hold 1" "$rep"; has "preview: held already" "step 1 noop" "$(preview "step 1 package.hold $p")"
  step "package.unhold $p"; has "no longer held" "after 1 hold 0" "$rep"
  on "cp /var/lib/dpkg/status /var/lib/dpkg/status.keep; sed -i '/^Package: $p\$/,/^\$/s/^Status: install ok installed/Status: install ok unpacked/' /var/lib/dpkg/status" >/dev/null
  has "a half-installed package is counted" "before 1 broken 1" "$(preview "step 1 dpkg.configure")"
  step "dpkg.configure"; has "none is broken afterwards" "after 1 broken 0" "$rep"
  has "not installed: shown" "before 1 status not-installed" "$(preview "step 1 package.install sickbay-no-such %")"
  fails "package.install sickbay-no-such %"
else echo "skip: no dpkg here"; fi

# ------------------------------------------------------------------------------------------ files with access lists
on 'echo "a = 1" >/root/sb.conf; chmod 640 /root/sb.conf; chown root:mail /root/sb.conf; mkdir -p /etc/sbtest; cp -p /root/sb.conf /etc/sbtest/app.conf; setfattr -n user.note -v kept /etc/sbtest/app.conf 2>/dev/null' >/dev/null
step "file.set_key /etc/sbtest/app.conf % a 2 %20=%20"; same "mode and owner stay" "640 root mail a = 2" "$(on 'stat -c "%a %U %G" /etc/sbtest/app.conf; cat /etc/sbtest/app.conf' | tr '\n' ' ' | sed 's/ $//')"
go "step 1 file.restore /etc/sbtest/app.conf $id 1"; same "undone" "640 root mail a = 1" "$(on 'stat -c "%a %U %G" /etc/sbtest/app.conf; cat /etc/sbtest/app.conf' | tr '\n' ' ' | sed 's/ $//')"
: >"$w/text"; out=$(n=x; text run-$run "step 1 file.chmod /etc/sbtest/app.conf 0600" >"$w/text"; guard --root run start run-$run 30 "$(sum <"$w/text")"; guard --root run wait run-$run 10)
has "the root under /run" "ROOT=/run/sickbay/runs" "$out"; has "the root under /run: done" "STATE=finished ID=run-$run RC=0" "$out"; : >"$w/text"
has "each root remembers its own" STATE=absent "$(guard status run-$run)"

# ------------------------------------------------------------------------------------------ enrolled
if [ -n "${AS_OPS:-}" ]; then
  deploy=$here/../../../../deploy/ssh
  $reach 'mkdir -p /usr/local/libexec && cat >/usr/local/libexec/sickbay-guard && chmod 755 /usr/local/libexec/sickbay-guard' <"$here/guard.sh"
  sed 's/^sickbay /ops /; s/^Defaults:sickbay/Defaults:ops/' "$deploy/sudoers-enrolled" | $reach 'cat >/etc/sudoers.d/sickbay; chmod 440 /etc/sudoers.d/sickbay; mv /etc/sudoers.d/ops /root/ops.sudoers; visudo -cq'
  as() { $AS_OPS "$@" 2>&1; }
  g='sudo -n /usr/local/libexec/sickbay-guard'
  text enr-$run "step 1 file.chmod /etc/sbtest/app.conf 0644" >"$w/text"; s=$(sum <"$w/text")
  has "enrolled: preview" "before 1 mode 0600" "$(as $g preview <"$w/text")"
  has "enrolled: start" LAUNCHED "$(as $g start enr-$run 30 $s <"$w/text")"
  has "enrolled: done" "STATE=finished ID=enr-$run RC=0" "$(as $g wait enr-$run 10 </dev/null)"
  has "enrolled: a second start is refused" already_claimed "$(as $g start enr-$run 30 $s <"$w/text")"
  for c in "sudo -n /bin/sh -s" "sudo -n id" "$g" "$g __run enr-$run 5" "$g __steps enr-$run" "$g --root /tmp status x" "$g gc 0" "sudo -n GUARD_ROOT=/tmp /usr/local/libexec/sickbay-guard status x" "sudo -n -u ops $g version"; do
    as $c </dev/null >"$w/o" && bad "enrolled: refused: $c" "$(cat "$w/o")" || ok "enrolled: refused: $c"
  done
  uid=$(as id -u </dev/null)
  text own-$run "step 1 file.chown /etc/sbtest/app.conf $uid $uid 0" >"$w/text"; s=$(sum <"$w/text"); as $g start own-$run 30 $s <"$w/text" >/dev/null
  has "enrolled: no file is given to the one who asks" "RC=2" "$(as $g wait own-$run 10 </dev/null)"
  on 'mv /root/ops.sudoers /etc/sudoers.d/ops; rm -f /etc/sudoers.d/sickbay /usr/local/libexec/sickbay-guard' >/dev/null
fi
on rm -rf /etc/sbtest /root/sb.conf '/etc/systemd/system/sb*.service' '/run/systemd/system/sb*.service' >/dev/null

echo "$passed passed, $failed failed"
[ $failed = 0 ]
