#!/bin/sh
# What the guard promises, tried on dash, bash and BusyBox ash (with BusyBox's own tools): `sh guard_test.sh [SHELL…]`;
# VERBOSE=1 names every case, TESTS="ends full" picks groups.
# Needs no privileges; as root it also tries owners, full disks and the installed form. Hosts with services: guard_lab_test.sh.
# shellcheck disable=SC2086,SC2015,SC2034,SC2012
set -u
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
guard_file=$here/guard.sh
nl='
'
passed=0 failed=0 skipped=0

ok() { passed=$((passed + 1)); [ -z "${VERBOSE:-}" ] || echo "ok   [$shell] $1"; }
bad() { failed=$((failed + 1)); echo "FAIL [$shell] $1"; [ $# -lt 2 ] || printf '%s\n' "$2" | sed 's/^/       /'; }
skip() { skipped=$((skipped + 1)); [ -z "${VERBOSE:-}" ] || echo "skip [$shell] $1"; }
same() { if [ "$2" = "$3" ]; then ok "$1"; else bad "$1" "expected: $2${nl}got:      $3"; fi; }
has() { case $3 in *"$2"*) ok "$1" ;; *) bad "$1" "expected to hold: $2${nl}got: $3" ;; esac; }
hasnt() { case $3 in *"$2"*) bad "$1" "expected not to hold: $2${nl}got: $3" ;; *) ok "$1" ;; esac; }

enc() { # a token, by another way than the guard's
  case $1 in '') printf %%; return ;; *[!A-Za-z0-9._/-]*) ;; *) printf %s "$1"; return ;; esac
  printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n' | sed 's/../&\n/g' | while read -r h; do
    case $h in 2[b-f]|3[0-9a]|3d|4*|5[0-9a]|5f|6[1-9a-f]|7[0-9a]) printf "\\$(printf %o "0x$h")" ;; *) printf '%%%s' "$(echo "$h" | tr a-f A-F)" ;; esac
  done
}
guard() { $shell "$guard_file" "$@"; }
head_of() { printf 'sickbay-steps 1\nid %s\nexpires 9999999999\nboot -\n' "$1"; }
text() { head_of "$1"; shift; for l; do printf '%s\n' "$l"; done; echo end; }
sum() { sha256sum | cut -d' ' -f1; }
start() { # ID DEADLINE LINE…
  _id=$1 _dl=$2; shift 2; text "$_id" "$@" >"$w/text"; guard start "$_id" "$_dl" "$(sum <"$w/text")" <"$w/text"
}
go() { # ID LINE…: start, wait; STATE line into $out
  _i=$1; shift; start "$_i" 300 "$@" >"$w/started"; out=$(guard wait "$_i" 300)
}
preview() { text preview "$@" | guard preview; }
meta() { stat -c '%a %u %g' "$1"; }
# One step there and back: the file is byte for byte, mode and owner, what it was.
undoes() { # NAME PATH STEP
  cp "$2" "$w/original"; _m=$(meta "$2"); n=$((n + 1))
  go "u$n" "step 1 $3"; has "$1: done" RC=0 "$out"
  if [ -e "$2" ] && cmp -s "$2" "$w/original" && [ "$(meta "$2")" = "$_m" ]; then bad "$1: it changes something"; fi
  cp -p "$2" "$w/changed" 2>/dev/null
  go "r$n" "step 1 file.restore $(enc "$2") u$n 1"; has "$1: undone" RC=0 "$out"
  cmp -s "$2" "$w/original" && ok "$1: same bytes" || bad "$1: same bytes" "$(guard output "r$n" 0 2000)"
  same "$1: same mode and owner" "$_m" "$(meta "$2")"
}
agentless() { # GUARD ARGUMENTS, with the steps in $w/text: the very format that README.md gives
  printf '{ GUARD_TEXT='; quote "$guard_file"; printf '\nGUARD_STEPS='; quote "$w/text"; printf '\neval "$GUARD_TEXT"\nmain %s\n}\n' "$*"
}
quote() { printf "'"; sed "s/'/'\\\\''/g" "$1"; printf "'"; }
counter() { # a process that counts the USR1 signals it gets, in $w/count.$1
  : >"$w/count.$1"
  sh -c "trap 'echo x >>\"$w/count.$1\"' USR1; touch '$w/up.$1'; while [ -e '$w/up.$1' ]; do sleep 0.05; done" & pid=$!
  while [ ! -e "$w/up.$1" ]; do sleep 0.02; done
  ticks=$(ticks_of $pid)
}
ticks_of() { sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f20; }
deaf() { # a process that does not end on TERM: the step that ends it waits five seconds
  sh -c "trap '' TERM; touch '$w/up.$1'; while [ -e '$w/up.$1' ]; do sleep 0.1; done" & pid=$!
  while [ ! -e "$w/up.$1" ]; do sleep 0.02; done
  ticks=$(ticks_of $pid)
}
hush() { rm -f "$w"/up.*; }
pid_of() { [ ! -f "$GUARD_ROOT/$1/$2" ] || tr " " "\n" <"$GUARD_ROOT/$1/$2" | sed -n "s/^PID=//p"; }

# ------------------------------------------------------------------------------------------------ at most once
test_once() {
  counter once
  text once "step 1 process.signal $pid $ticks USR1" >"$w/text"; s=$(sum <"$w/text")
  k=0; while [ $k -lt 20 ]; do guard start once 30 "$s" <"$w/text" >"$w/start.$k" 2>&1 & k=$((k + 1)); p="${p:-} $!"; done
  wait $p; p=
  same "20 starts at once: one launch" 1 "$(cat "$w"/start.* | grep -c LAUNCHED)"
  same "20 starts at once: 19 are told it was claimed" 19 "$(cat "$w"/start.* | grep -c REFUSED=already_claimed)"
  guard wait once 30 >/dev/null; sleep 0.2
  same "20 starts at once: one effect" 1 "$(grep -c x "$w/count.once")"
  guard start once 30 "$s" <"$w/text" >/dev/null; same "a later start exits 75" 75 $?
  text once "step 1 process.signal $pid $ticks HUP" >"$w/text"
  has "another text under a used id is pointed out" WARN=sha_conflict "$(guard start once 30 "$(sum <"$w/text")" <"$w/text")"
  hush
}
test_killed_client() {
  counter client; k=0; bad_runs=0
  while [ $k -lt 15 ]; do
    : >"$w/count.client"
    text "c$k" "step 1 process.signal $pid $ticks USR1" >"$w/text"; s=$(sum <"$w/text")
    agentless start "c$k" 30 "$s" >"$w/script"
    $shell -s <"$w/script" >/dev/null 2>&1 & c=$!
    sleep "0.0$((k * 6 % 10))$((k * 7 % 10))"; kill -9 $c 2>/dev/null; wait $c 2>/dev/null
    # What the bot does: look; where it was never launched, make that final or try again.
    case $(guard wait "c$k" 3) in
      STATE=absent*|STATE=claimed*) $shell -s <"$w/script" >/dev/null 2>&1 || guard abandon "c$k" >/dev/null ;;
    esac
    st=$(guard wait "c$k" 30); sleep 0.12; e=$(grep -c x "$w/count.client")
    case $st:$e in STATE=finished*:1|STATE=abandoned*:0|STATE=rejected*:0) ;; *) bad_runs=$((bad_runs + 1)); echo "$st effects=$e" ;; esac
    k=$((k + 1))
  done
  same "a client killed at 15 moments: each run happened once or provably never" 0 $bad_runs
  hush
}
test_cut_upload() {
  counter cut; text cut "step 1 process.signal $pid $ticks USR1" >"$w/text"; s=$(sum <"$w/text")
  agentless start cut 30 "$s" >"$w/script"; size=$(wc -c <"$w/script")
  for at in 1 20 1000 9000 40000 $((size * 9 / 10)) $((size - 250)) $((size - 120)) $((size - 75)) $((size - 60)) $((size - 20)) $((size - 5)) $((size - 3)) $((size - 2)); do
    head -c $at "$w/script" | $shell -s >/dev/null 2>&1
  done
  same "an upload cut off at 14 places does nothing" absent "$(guard status cut | sed 's/STATE=\([a-z]*\).*/\1/')"
  has "the whole upload runs" LAUNCHED "$($shell -s <"$w/script")"
  guard wait cut 30 >/dev/null; sleep 0.15; same "the whole upload runs once" 1 "$(grep -c x "$w/count.cut")"
  head -c 60 "$w/text" >"$w/short"; guard start short 30 "$s" <"$w/short" >"$w/o"; same "steps cut off on stdin: exit 65" 65 $?
  has "steps cut off on stdin are rejected" STATE=rejected "$(cat "$w/o")"
  hush
}
test_abandon() {
  has "abandoning an unknown id leaves a tombstone" STATE=abandoned "$(guard abandon tomb)"
  touch "$w/f"; out=$(start tomb 30 "step 1 file.chmod $w/f 0600")
  has "a start after that is refused" REFUSED=already_claimed "$out"; has "and says why" STATE=abandoned "$out"
  mkdir -p "$GUARD_ROOT/half"; has "claimed, never launched" STATE=claimed "$(guard status half)"
  has "that one can be abandoned" STATE=abandoned "$(guard abandon half)"
  # A runner that comes late finds that the id was given up.
  touch "$w/late"; chmod 644 "$w/late"; text late "step 1 file.chmod $w/late 0600" >"$w/text"
  GUARD_SHELL=false guard start late 30 "$(sum <"$w/text")" <"$w/text" >/dev/null & late=$!
  k=0; while [ ! -e "$GUARD_ROOT/late/how" ] && [ $k -lt 100 ]; do sleep 0.05; k=$((k + 1)); done
  has "launched, but the runner has not come" STATE=claimed "$(guard status late)"; has "abandoned meanwhile" STATE=abandoned "$(guard abandon late)"
  guard __run late 30; has "the late runner leaves it so" STATE=abandoned "$(guard status late)"; same "and changes nothing" 644 "$(stat -c %a "$w/late")"
  kill $late 2>/dev/null
  has "nothing is known of an unknown id" "STATE=absent ID=never RC= " "$(guard status never)"
  has "the root and the boot id are told" "ROOT=$GUARD_ROOT BOOT=$(cat /proc/sys/kernel/random/boot_id)" "$(guard status never)"
}
test_ends() {
  deaf d1; touch "$w/f"; chmod 644 "$w/f"
  start dead 1 "step 1 process.signal $pid $ticks TERM" "step 2 file.chmod $w/f 0600" >/dev/null
  deaf d2; start cancel 30 "step 1 process.signal $pid $ticks TERM" >/dev/null
  deaf d3; start lost 30 "step 1 process.signal $pid $ticks TERM" >/dev/null
  deaf d4; start widow 30 "step 1 process.signal $pid $ticks TERM" >/dev/null
  has "running" STATE=running "$(guard status lost)"; has "what runs cannot be abandoned" STATE=running "$(guard abandon lost)"
  has "another boot id: rebooted" STATE=rebooted "$(GUARD_BOOT=other guard status lost)"
  k=0; while { [ -z "$(pid_of widow steps.pid)" ] || [ -z "$(pid_of lost steps.pid)" ]; } && [ $k -lt 50 ]; do sleep 0.05; k=$((k + 1)); done
  a=$(pid_of lost started) b=$(pid_of lost steps.pid); kill -9 "$a"; kill -9 "-$b" 2>/dev/null || kill -9 "$b"; sleep 0.1
  has "runner killed: lost" STATE=lost "$(guard status lost)"
  kill -9 "$(pid_of widow started)"
  has "supervisor killed: the steps still count as running" STATE=running "$(guard status widow)"
  has "cancelled: 143" RC=143 "$(guard cancel cancel)"
  has "deadline: 124" RC=124 "$(guard wait dead 15)"
  has "deadline: the step is reported" "step 1 failed 124" "$(guard report dead)"
  has "deadline: the rest is skipped" "step 2 skipped" "$(guard report dead)"
  same "deadline: the rest did not run" 644 "$(stat -c %a "$w/f")"
  has "steps without a supervisor record their own end" RC=1 "$(guard wait widow 10)"
  has "a process that will not go is a failed step" "step 1 failed 1" "$(guard report widow)"
  guard ack widow >/dev/null; has "acked" 1 "$(ls "$GUARD_ROOT/widow/acked" | wc -l)"
  out=$(guard output dead 2 4); same "output by offset" "step" "$out"
  hush
}
test_full() {
  [ "$(id -u)" = 0 ] && mkdir -p "$w/small" && mount -t tmpfs -o size=600k tmpfs "$w/small" 2>/dev/null || { skip "full state directory"; return; }
  ( GUARD_ROOT=$w/small/runs; export GUARD_ROOT; deaf full; touch "$w/ff"; chmod 644 "$w/ff"
    start early 30 "step 1 process.signal $pid $ticks TERM" >/dev/null
    k=0; while ! grep -q 'before 1 state' "$GUARD_ROOT/early/report" && [ $k -lt 50 ]; do sleep 0.05; k=$((k + 1)); done; sleep 0.2
    cat /dev/zero >"$w/small/fill" 2>/dev/null
    start late 30 "step 1 file.chmod $w/ff 0600" >"$w/o" 2>&1; echo $? >"$w/rc"
    guard wait early 10 >"$w/o2"; guard report early >>"$w/o2" )
  same "state directory full: refused" 70 "$(cat "$w/rc")"; has "state directory full: said so" MSG=nospace "$(cat "$w/o")"
  same "state directory full: nothing ran" 644 "$(stat -c %a "$w/ff")"
  has "disk full during the run: the outcome is kept" RC=1 "$(cat "$w/o2")"
  has "disk full during the run: the report is kept" "step 1 failed 1" "$(cat "$w/o2")"
  hush; umount "$w/small" 2>/dev/null || umount -l "$w/small"
}

# ------------------------------------------------------------------------------------------------ the text
test_text() {
  echo a >"$w/f"; chmod 644 "$w/f"; st="step 1 file.chmod $w/f 0600"
  refused() { # NAME TEXT WHY; they are judged together below, when all have ended
    n=$((n + 1)); printf '%s' "$2" >"$w/text"; guard start "t$n" 30 "$(sum <"$w/text")" <"$w/text" >/dev/null
    printf '%s\n' "t$n $3 $1" >>"$w/refusals"
  }
  m=$((n + 1)); refused "expired" "sickbay-steps 1${nl}id t$m${nl}expires 1000${nl}boot -${nl}$st${nl}end$nl" expired
  m=$((n + 1)); refused "another boot" "sickbay-steps 1${nl}id t$m${nl}expires 9999999999${nl}boot xyz${nl}$st${nl}end$nl" rebooted
  refused "another id" "$(text other "$st")$nl" "the%20id%20other"
  m=$((n + 1)); refused "no end" "$(head_of t$m)${nl}$st$nl" incomplete
  m=$((n + 1)); refused "half a line" "$(head_of t$m)${nl}$st${nl}en" incomplete
  m=$((n + 1)); refused "no expiry" "sickbay-steps 1${nl}id t$m${nl}boot -${nl}$st${nl}end$nl" incomplete
  m=$((n + 1)); refused "a second text behind the end" "$(text t$m "$st")${nl}$st$nl" follows
  m=$((n + 1)); refused "steps out of order" "$(text t$m "step 2 file.chmod $w/f 0600")$nl" missing
  m=$((n + 1)); refused "a need for no step" "$(text t$m "$st" "need 7 mode 0644")$nl" malformed
  m=$((n + 1)); refused "an unknown verb" "$(text t$m "step 1 shell.run id")$nl" unknown%20verb
  m=$((n + 1)); refused "bytes that do not belong" "$(text t$m "step 1 file.chmod $w/\$(id) 0600")$nl" characters
  m=$((n + 1)); refused "NUL in a token" "$(text t$m "step 1 file.chmod $w/f%00 0600")$nl" decoded
  m=$((n + 1)); refused "bad hex in a token" "$(text t$m "step 1 file.chmod $w/f%zz 0600")$nl" decoded
  m=$((n + 1)); refused "too many arguments" "$(text t$m "$st 1")$nl" arguments
  m=$((n + 1)); refused "a need that is not met" "$(text t$m "$st" "need 1 mode 0640")$nl" "mode%20is%200644"
  m=$((n + 1)); refused "a need nobody can see" "$(text t$m "$st" "need 1 colour red")$nl" "cannot%20be%20seen"
  echo b >"$w/g"; chmod 600 "$w/g"
  m=$((n + 1)); refused "one unmet need among several steps" "$(text t$m "$st" "need 1 mode 0644" "step 2 file.chmod $w/g 0644" "need 2 mode 0755")$nl" step%202
  while read -r i why name; do
    out=$(guard wait "$i" 10); has "$name: refused" STATE=refused "$out"; has "$name: why" "$why" "$out"; has "$name: RC" RC=2 "$out"
  done <"$w/refusals"
  same "nothing was changed by any of them" "644 600" "$(stat -c %a "$w/f") $(stat -c %a "$w/g")"
  go chain "$st" "need 1 mode 0644" "step 2 file.chmod $w/f 0640" "need 2 mode 0644"
  has "a need that an earlier step makes untrue is not held against a later one" RC=0 "$out"
  for a in "start x/y 30 $m" "start -x 30 $m" "start ../x 30 $m" "start x 30 zz" "start x 1e3 $m" "status" "__steps chain" "nonsense x" "--root /tmp status x"; do
    guard $a </dev/null >"$w/o" 2>&1 && bad "refuses: $a" "$(cat "$w/o")" || ok "refuses: $a"
  done
}
test_hostile() {
  d=$w/'a b'; mkdir -p "$d"
  k=0; : >"$w/lines"
  for name in "it's" '"q"' '$(touch pwned)' '`touch pwned`' ';touch pwned;' '-rf' '--help' '*' "$(printf 'bad\377utf')" "$(printf '\201\210\230ctl')" '%41' 'é 中' '\n' '&|<>' '~' '#x' ' lead' 'trail '; do
    f="$d/$name"; echo data >"$f"; chmod 644 "$f"; e=$w/a%20b/$(enc "$name")
    k=$((k + 1)); echo "step $k file.chmod $e 0600" >>"$w/lines"; k=$((k + 1)); echo "step $k file.comment_line $e 1 %23" >>"$w/lines"
  done
  echo 1 >"$d/$(printf 'x')"; go hostile "$(cat "$w/lines")"; has "hostile names: done" RC=0 "$out"
  for f in "$d"/* "$d"/-*; do case $f in */x) continue ;; esac; same "a file called ${f##*/}" "600 #data" "$(stat -c %a "$f") $(cat "$f")"; done
  [ -z "$(find "$w" /tmp/pwned pwned -maxdepth 2 -name pwned 2>/dev/null)" ] && ok "no name was run" || bad "a name was run"
  out=$(preview "step 1 file.chmod $(enc "$d/a${nl}b") 0600"); has "a line break in a path is refused" "step 1 refused" "$out"
  k=0; for p in relative/f "$w/../etc/x" "$w//f" "$w/./f" "$w/" /x "$w/f/.." x; do k=$((k + 1)); echo "step $k file.chmod $(enc "$p") 0600"; done >"$w/lines"
  same "paths that are not plain are refused" $k "$(preview "$(cat "$w/lines")" | grep -c '^step [0-9]* refused')"
  # Every byte but NUL travels, into a file's content.
  i=1; all=; while [ $i -lt 256 ]; do case $i in 96|124) ;; *) all=$all$(printf '%%%02X' $i) ;; esac; i=$((i + 1)); done
  go bytes "step 1 file.put $w/bytes.sickbay 0644 $all"; has "all bytes: done" RC=0 "$out"
  i=1; while [ $i -lt 256 ]; do case $i in 96|124) ;; *) printf "\\$(printf %o $i)" ;; esac; i=$((i + 1)); done >"$w/want"
  cmp -s "$w/want" "$w/bytes.sickbay" && ok "all bytes arrive" || bad "all bytes arrive" "$(cmp "$w/want" "$w/bytes.sickbay" 2>&1)"
  go lines "step 1 file.put $w/lines.sickbay 0644 a%0A%0Ab%0A%0A%0A"; same "trailing line breaks stay" 7 "$(wc -c <"$w/lines.sickbay" | tr -d ' ')"
}
meddle() { # tools that let somebody in between two of the guard's own
  mkdir "$w/pin" "$w/shim" "$w/shim2"
  printf '#!/bin/sh\n%s "$@"; r=$?; [ "$2" != "%%d:%%i %%f" ] || ln -sf %s "$3"; exit $r\n' /usr/bin/stat "$w/victim" >"$w/shim/stat"; chmod 755 "$w/shim/stat"
  for s in "chmod $w/pin/f 0640" "truncate $w/pin/f"; do
    echo log >"$w/pin/f"; GUARD_PATH=$w/shim:$GUARD_PATH go "pin${s%% *}" "step 1 file.$s"; rm "$w/pin/f"
    has "swapped between look and touch, file.${s%% *}: it fails" RC=1 "$out"; same "swapped between look and touch, file.${s%% *}: the victim is unhurt" "600 keep" "$(stat -c %a "$w/victim") $(cat "$w/victim")"
  done
  printf '#!/bin/sh\n/bin/cp "$@"; echo more >>"$4"\n' >"$w/shim2/cp"; chmod 755 "$w/shim2/cp"; echo log >"$w/pin/f"
  GUARD_PATH=$w/shim2:$GUARD_PATH go pinedit "step 1 file.comment_line $w/pin/f 1 %23"
  has "changed between save and rename: it fails" RC=1 "$out"; same "changed between save and rename: the other's change stays" "log more" "$(tr '\n' ' ' <"$w/pin/f" | sed 's/ $//')"
}
test_links() {
  mkdir -p "$w/real"; echo x >"$w/real/f"; chmod 644 "$w/real/f"; ln -s real "$w/via"; ln -s f "$w/real/l"
  has "a path through a link is refused" "its real place is $w/real/f" "$(preview "step 1 file.chmod $w/via/f 0600")"
  has "a link is not followed" "is a symbolic link" "$(preview "step 1 file.chmod $w/real/l 0600")"
  has "nor edited through" "is a symbolic link" "$(preview "step 1 file.comment_line $w/real/l 1 %23")"
  has "nor emptied through" "not a regular file" "$(preview "step 1 file.truncate $w/real/l")"
  mkfifo "$w/real/p"; has "a pipe is not deleted" "not a regular file" "$(preview "step 1 file.delete $w/real/p")"
  has "nor a directory" "not a regular file" "$(preview "step 1 file.delete $w/real")"
  ln "$w/real/f" "$w/real/f2"; has "a file with two names is not edited" "other names" "$(preview "step 1 file.comment_line $w/real/f 1 %23")"; rm "$w/real/f2"
  # Somebody swaps the file for a link in the worst moment: after it was looked at, before it is opened.
  echo keep >"$w/victim"; chmod 600 "$w/victim"
  case $shell in *busybox*) skip "swapped between look and touch: BusyBox calls its own tools whatever PATH says" ;; *) meddle ;; esac
  # Somebody swaps the file for a link, and the directory for a link, all the time.
  mkdir "$w/race" "$w/aim"; echo keep >"$w/aim/f"; echo log >"$w/race/f"
  ( while [ -d "$w/race" ] || [ -L "$w/race" ] || [ -d "$w/race.d" ]; do [ -e "$w/stop" ] && exit
      ln -sf "$w/victim" "$w/race/f" 2>/dev/null; rm -f "$w/race/f"; echo log >"$w/race/f"
      mv "$w/race" "$w/race.d" 2>/dev/null && ln -s aim "$w/race" && rm "$w/race" && mv "$w/race.d" "$w/race"; done ) 2>/dev/null & r=$!
  k=0; while [ $k -lt 8 ]; do go "race$k" "step 1 file.truncate $w/race/f"; go "racem$k" "step 1 file.chmod $w/race/f 0644"; k=$((k + 1)); done
  touch "$w/stop"; wait $r 2>/dev/null; rm "$w/stop"
  same "a file outside is never emptied through a swapped link" "keep keep" "$(cat "$w/victim") $(cat "$w/aim/f")"
  same "nor opened to others" 600 "$(stat -c %a "$w/victim")"
}
test_policy() {
  for p in /etc/shadow /etc/passwd /etc/sudoers /etc/sudoers.d/x /etc/ssh/ssh_host_ed25519_key /root/.ssh/authorized_keys /home/a/.ssh/id_rsa /boot/grub/grub.cfg /proc/sys/kernel/core_pattern /sys/x/y /dev/null /etc/sickbay/roots /usr/local/libexec/sickbay-guard "$GUARD_ROOT/once/exit"; do
    k=0; for s in "file.chmod $p 0644" "file.chown $p root root 0" "file.move $p $p.x" "file.move $w/f $p" "file.delete $p" "file.truncate $p" "file.comment_line $p 1 %23" "file.set_key $p % K V =" "file.put $p 0644 x" "file.link $p $w/f" "file.restore $p once 1"; do
      k=$((k + 1)); echo "step $k $s"; done >"$w/lines"
    out=$(preview "$(cat "$w/lines")"); same "protected from every file verb: $p" 11 "$(printf '%s\n' "$out" | grep -c '^step [0-9]* refused')"
  done
  echo x >"$w/f"; chmod 644 "$w/f"; printf '  User=app\nauth_basic "x";\nmax_allowed_packet=1x\n' >"$w/guarded"
  has "a setting is no protection" "step 1 ok" "$(preview "step 1 file.comment_line $w/guarded 3 %23")"
  k=0; while read -r s; do k=$((k + 1)); echo "step $k $s"; done >"$w/lines" <<END
file.chmod $w/f 4755
file.chmod $w/f 2755
file.chmod $w/f 0666
file.chmod $w/f 0999
file.chmod $w/f u+x
file.chown $w/f nobodyatall root 0
file.chown /etc/cron.d nobody root 0
file.chown /etc root root 1
file.chown / root root 1
file.put /etc/cron.d/sickbay 0644 x
file.put /etc/systemd/system/x.service.d/sickbay.conf 0644 x
file.put /etc/motd 0644 x
file.put $w/f.x 0755 x
file.put $w/f.x 0644 LD_PRELOAD=/x
file.put $w/f.x 0644 load_module%20/tmp/x.so
file.set_key $w/f % AuthorizedKeysCommand /x %20
file.set_key $w/f % plugin-load x =
file.set_key $w/f % shared_preload_libraries %27evil%27 %20=%20
file.set_key $w/f % shared_preload_libraries one %20=%20
file.set_key $w/f % ErrorLog %7Csh %20
file.set_key $w/f % datadir /etc/cron.d =
file.set_key $w/f % a%0Ab c =
file.set_key $w/f % a b%0Ac =
file.set_key $w/f % a b :
file.set_key /etc/default/x % A b =
file.set_key /etc/profile % A b =
file.set_key /etc/fstab % A b =
file.comment_line $w/f 0 %23
file.comment_line $w/f 1 x
file.comment_line $w/f 9 %23
file.comment_line /etc/pam.d/common-auth 1 %23
file.comment_line $w/guarded 1 %23
file.comment_line $w/guarded 2 %23
file.delete /etc/hostname
file.delete /usr/bin/env
file.delete $w
file.move $w/f /etc/cron.d/f
file.move $w/f /usr/bin/f
file.move $w/f $w/f
file.move $w/f $w/f/x
file.move /etc/pam.d/common-auth /etc/pam.d/zz
file.move /etc/pam.d/common-auth /etc/pam.d/common
file.move /etc/pam.d /etc/pam.d.old
file.move /etc/ssh/sshd_config /etc/ssh/sshd_config.off
file.move /etc/security/access.conf /etc/security/access
file.link /etc/cron.d/x $w/f
file.link /etc/cron.d/x /etc/hostname
file.link $w/f $w/g
file.link $w/newlink /nowhere
file.restore $w/f ../x 1
file.restore $w/f once x
unit.start -x.service
unit.start a%3Bb.service
unit.start nginx
unit.start reboot.target
unit.stop ssh.service
unit.mask systemd-journald.service
unit.start ../../tmp/x.service
unit.set_property a.service Service ExecStart /x
unit.set_property a.service Service User root
unit.set_property a.service Service RuntimeDirectory ../etc
unit.set_property a.service Service RuntimeDirectory %25h
unit.set_property a.service Service RuntimeDirectory postgresql
unit.set_property a%401.service Service RuntimeDirectory a
unit.set_property a.service Service LimitNOFILE 1%0AUser=root
process.signal 1 0 TERM
process.signal $$ 0 TERM
process.signal 2 0 KILL
process.signal $$ $(ticks_of $$) SEGV
process.signal $$ $(ticks_of $$) TERM
process.renice $$ $(ticks_of $$) -21
mount.remount / rw,exec,suid,bind
mount.remount / rw,user=x%20y
mount.mount /nowhere
mount.unmount /
mount.unmount /usr
sysctl.set kernel.core_pattern x
sysctl.set kernel.modprobe /x
sysctl.set ../x 1
sysctl.set -w 1
firewall.delete_rule iptables filter INPUT --modprobe=/tmp/x
firewall.insert_rule iptables filter INPUT 1 --mo=/tmp/x -j ACCEPT
firewall.insert_rule iptables filter INPUT 1 -D INPUT
firewall.insert_rule sh filter INPUT 1 -j ACCEPT
firewall.insert_rule iptables filter -F 1 -j ACCEPT
package.install -y %
package.install bash- %
package.install bash 1.0%20--x
package.remove openssh-server
package.remove dpkg
journal.vacuum 1K
journal.vacuum --flush
journal.vacuum 1M
dpkg.configure x
END
  out=$(preview "$(cat "$w/lines")"); k=0
  while read -r _ _ s; do k=$((k + 1)); has "refused: $s" "step $k refused" "$out"; done <"$w/lines"
  same "every refusal says why" $k "$(printf '%s\n' "$out" | grep -c '^why [0-9]* .')"
  has "no way around by characters" "why 0 the steps hold" "$(preview 'step 1 unit.start a;b.service')"
}

# ------------------------------------------------------------------------------------------------ the file verbs
test_files() {
  f=$w/conf; printf 'one\n  two = 2\nthree' >"$f"; chmod 640 "$f"
  undoes chmod "$f" "file.chmod $f 0600"
  undoes comment_line "$f" "file.comment_line $f 2 %23"
  undoes "comment_line, last line without a line break" "$f" "file.comment_line $f 3 %23%20"
  undoes set_key "$f" "file.set_key $f % two 3 %20=%20"
  undoes "put over a file" "$f" "file.put $f 0600 new%0A"
  undoes truncate "$f" "file.truncate $f"
  go del "step 1 file.delete $f"; [ ! -e "$f" ] && ok "delete: gone" || bad "delete: gone"
  go undel "step 1 file.restore $f del 1"; same "delete: undone" "640 $(printf 'one\n  two = 2\nthree' | sum)" "$(stat -c %a "$f") $(sum <"$f")"
  go lnk1 "step 1 file.link $w/current $f"; same "link: made" "$f" "$(readlink "$w/current")"
  echo z >"$w/other"; go lnk2 "step 1 file.link $w/current $w/other"; same "link: changed" "$w/other" "$(readlink "$w/current")"
  go lnk3 "step 1 file.restore $w/current lnk2 1"; same "link: undone" "$f" "$(readlink "$w/current")"
  go lnk4 "step 1 file.restore $w/current lnk1 1"; [ ! -L "$w/current" ] && ok "link: removed again" || bad "link: removed again" "$(guard output lnk4 0 999)"
  go put1 "step 1 file.put $w/fresh 0644 a%3Db%0A"; same "put: mode" "644 a=b" "$(stat -c %a "$w/fresh") $(cat "$w/fresh")"
  go put2 "step 1 file.restore $w/fresh put1 1"; [ ! -e "$w/fresh" ] && ok "put: removed again" || bad "put: removed again" "$(guard output put2 0 999)"
  go mv1 "step 1 file.move $f $f.off"; [ ! -e "$f" ] && [ -f "$f.off" ] && ok "move" || bad "move"
  go mv2 "step 1 file.move $f.off $f"; [ -f "$f" ] && ok "move back" || bad "move back"
  mkdir -p "$w/to"; go mv3 "step 1 file.move $f $w/to/conf"; [ -f "$w/to/conf" ] && ok "move to another directory" || bad "move to another directory" "$(guard output mv3 0 999)"
  mv "$w/to/conf" "$f"
  # An undo refuses where the world moved on.
  go late "step 1 file.comment_line $f 1 %23"; echo more >>"$f"; s=$(sum <"$f")
  go late2 "step 1 file.restore $f late 1"; has "undo after another change: refused" STATE=refused "$out"; same "undo after another change: untouched" "$s" "$(sum <"$f")"
  go late3 "step 1 file.restore $w/other late 1"; has "undo of another file: refused" STATE=refused "$out"
  # A log that grew keeps what came since.
  printf 'old\n' >"$w/app.log"; go tr1 "step 1 file.truncate $w/app.log"; same "truncate: empty" 0 "$(wc -c <"$w/app.log" | tr -d ' ')"
  printf 'new\n' >>"$w/app.log"; go tr2 "step 1 file.restore $w/app.log tr1 1"; same "truncate: undone in front of what came since" "old new" "$(tr '\n' ' ' <"$w/app.log" | sed 's/ $//')"
  # A dangling link under an allowed root may go, and comes back.
  ln -s /nowhere "$w/dangling"; go dl1 "step 1 file.delete $w/dangling"; [ ! -L "$w/dangling" ] && ok "delete a link" || bad "delete a link"
  go dl2 "step 1 file.restore $w/dangling dl1 1"; same "delete a link: undone" /nowhere "$(readlink "$w/dangling" 2>/dev/null)"
  # Stopping at the first failure.
  echo x >"$w/s1"; chmod 644 "$w/s1"; deaf stop
  go stop1 "step 1 file.chmod $w/s1 0600" "step 2 process.signal $pid $ticks TERM" "step 3 file.chmod $w/s1 0644"; hush
  has "a failed step: RC=1" RC=1 "$out"; same "a failed step: what came before stays, what comes after does not run" 600 "$(stat -c %a "$w/s1")"
  out=$(guard report stop1); has "report: done" "step 1 done 0" "$out"; has "report: failed" "step 2 failed 1" "$out"; has "report: skipped" "step 3 skipped 0" "$out"
  has "report: before" "before 1 mode 0644" "$out"; has "report: after" "after 1 mode 0600" "$out"
  has "output tells our lines from a command's" "| process $pid is still there" "$(guard output stop1 0 9999)"
  same "saved files are for root alone" "700 600" "$(stat -c %a "$GUARD_ROOT") $(stat -c %a "$GUARD_ROOT/late/save/1/content")"
  [ -z "$(find "$w" -name '.sickbay-*')" ] && ok "no temporary files are left" || bad "no temporary files are left" "$(find "$w" -name '.sickbay-*')"
  mkdir -p "$w/etc"; echo "$w/site/data" >"$w/etc/roots"
  [ "$(id -u)" = 0 ] || return
  mkdir -p "$w/t/sub"; touch "$w/t/a" "$w/t/sub/b c"; chown 12:13 "$w/t/a"; chown 14:15 "$w/t/sub/b c"; ln -s "$w/other" "$w/t/l"; chmod 4755 "$w/t/a"
  was=$(cd "$w/t" && find . | sort | while read -r x; do stat -c '%n %u %g %a' "$x"; done); o=$(stat -c '%u %g' "$w/other")
  go own1 "step 1 file.chown $w/t 33 33 1"; same "chown -R" "33 33" "$(stat -c '%u %g' "$w/t/sub/b c")"; same "chown -R follows no link" "$o" "$(stat -c '%u %g' "$w/other")"
  go own2 "step 1 file.restore $w/t own1 1"; same "chown -R: undone" "$was" "$(cd "$w/t" && find . | sort | while read -r x; do stat -c '%n %u %g %a' "$x"; done)"
  undoes chown "$w/other" "file.chown $w/other 33 33 0"
  has "not given to the one who asks" "to the user who asks" "$(SUDO_UID=1234 preview "step 1 file.chown $w/other 1234 1234 0")"
  chown 33:44 "$w/s1"; go keep1 "step 1 file.comment_line $w/s1 1 %23"; same "an edit keeps the owner" "600 33 44" "$(meta "$w/s1")"
  # A socket at which somebody listens stays where it is, by whatever way its folder is named; one that was left behind is moved.
  if command -v python3 >/dev/null; then
    mkdir -p "$w/run/app"; ln -sfn "$w/run" "$w/link"
    python3 - "$w" <<'END' & late=$!
import os, socket, sys, time
w = sys.argv[1]
one, other = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
one.bind(w + "/link/app/live.sock"); one.listen(1)
other.bind(w + "/run/app/dead.sock"); other.close()
open(w + "/up.sock", "w").close()
while os.path.exists(w + "/up.sock"):
    time.sleep(0.02)
END
    while [ ! -e "$w/up.sock" ]; do sleep 0.02; done
    has "a socket at which somebody listens" "somebody listens" "$(preview "step 1 file.move $w/run/app/live.sock $w/run/app/live.sock.aside")"
    has "a socket that was left behind" "step 1 ok" "$(preview "step 1 file.move $w/run/app/dead.sock $w/run/app/dead.sock.aside")"
    rm -f "$w/up.sock"; wait "$late" 2>/dev/null
  else skip "a socket at which somebody listens: no python3"; fi
}
test_set_key() {
  edit() { # NAME BEFORE SECTION KEY VALUE SEP AFTER [FILE]
    k=$((k + 1)); mkdir "$w/k$k"; f=$w/k$k/${8:-edit.conf}; printf "$2" >"$f"; printf "$7" >"$w/k$k/want"; echo "$1" >"$w/k$k/name"; echo "$f" >"$w/k$k/path"
    echo "step $k file.set_key $f $(enc "$3") $4 $(enc "$5") $(enc "$6")" >>"$w/lines"
  }
  k=0; : >"$w/lines"
  edit "last active occurrence" 'a = 1\n#a = 2\na = 3\nb = 4\n' '' a 9 ' = ' 'a = 1\n#a = 2\na = 9\nb = 4\n'
  edit "appended" 'b = 4\n#a = 1\n' '' a 9 ' = ' 'b = 4\n#a = 1\na = 9\n'
  edit "a list of libraries gets shorter" "shared_preload_libraries = 'one, two'   # (restart)\\n" '' shared_preload_libraries "'one'" ' = ' "shared_preload_libraries = 'one'   # (restart)\\n"
  edit "a comment behind the value stays" 'max_connections = 100   # (restart)\n' '' max_connections 50 ' = ' 'max_connections = 50   # (restart)\n'
  edit "a # in quotes is no comment" "p = 'a # b'\n" '' p 1 ' = ' 'p = 1\n'
  edit "blanks as separator" 'maxmemory 1gb\nmaxmemory-policy x\n' '' maxmemory 2gb ' ' 'maxmemory 2gb\nmaxmemory-policy x\n'
  edit "in its section" '[mysqld]\na=1\n[client]\na=2\n' client a 9 = '[mysqld]\na=1\n[client]\na=9\n'
  edit "added to its section" '[mysqld]\nx=1\n\n[client]\na=2\n' mysqld a 9 = '[mysqld]\nx=1\na=9\n\n[client]\na=2\n'
  edit "a section is added" '[client]\na=2\n' mysqld a 9 = '[client]\na=2\n\n[mysqld]\na=9\n'
  edit "- and _ are one" '[mysqld]\nmax-connections=5\n' mysqld max_connections 9 = '[mysqld]\nmax-connections=9\n'
  edit "php comments" '[PHP]\n;memory_limit = 1\nmemory_limit = 128M ; per script\n' PHP memory_limit 256M ' = ' '[PHP]\n;memory_limit = 1\nmemory_limit = 256M ; per script\n'
  edit "sshd: before Match" 'Port 22\nMatch User x\nMaxSessions 1\n' '' MaxSessions 9 ' ' 'Port 22\nMaxSessions 9\nMatch User x\nMaxSessions 1\n' sshd_config
  edit "sshd: the first counts" 'MaxSessions 1\nMaxSessions 2\n' '' MaxSessions 9 ' ' 'MaxSessions 9\nMaxSessions 2\n' sshd_config
  edit "line ends of Windows" 'a=1\r\nb=2\r\n' '' a 9 = 'a=9\r\nb=2\r\n'
  edit "an upload limit is no code to load" 'upload_max_filesize=1\n' '' upload_max_filesize 9 = 'upload_max_filesize=9\n'
  edit "no expansion of the value" 'a=1\n' '' a '&\\1$x' = 'a=&\\\\1$x\n'
  go keys "$(cat "$w/lines")"; has "set_key: all done" RC=0 "$out"
  while [ $k -gt 0 ]; do same "set_key: $(cat "$w/k$k/name")" "$(cat "$w/k$k/want"; echo .)" "$(cat "$(cat "$w/k$k/path")"; echo .)"; k=$((k - 1)); done
}
test_preview() {
  printf '1\n2\n3\n4\n5\n6\n7\n8\n' >"$w/f"; chmod 644 "$w/f"; before=$(find "$w" "$GUARD_ROOT" | sort; stat -c '%y %z' "$w/f")
  text preview "step 1 file.comment_line $w/f 5 %23" "step 2 file.chmod $w/f 0600" "step 3 file.comment_line $w/f 6 %23" "step 4 file.chmod $w/nothing 0600" >"$w/text"; before=$(find "$w" "$GUARD_ROOT" | sort; stat -c '%y %z' "$w/f")
  out=$(guard preview <"$w/text")
  for l in "step 1 ok" "before 1 mode 0644" "before 1 sha256 $(sum <"$w/f")" "undo 1 automatic" "-5$nl+#5" "step 3 ok" "-6$nl+#6" "step 4 refused" "before 4 exists 0" "why 4 there is no $w/nothing"; do has "preview: $l" "$l" "$out"; done
  hasnt "preview: a later edit's diff shows its own change only" "-5$nl+#5${nl}-6" "$out"
  same "preview ends with end" end "$(printf '%s\n' "$out" | tail -n 1)"
  size=$(printf '%s\n' "$out" | sed -n 's/^diff 1 //p')
  same "preview: the length of the diff" "$size" "$(printf '%s\n' "$out" | sed -n '/^diff 1 /,/^step 2/p' | sed '1d;$d' | awk '{ n += length($0) + 1 } END { print n - 1 }')"
  same "preview changes nothing" "$before" "$(find "$w" "$GUARD_ROOT" | sort; stat -c '%y %z' "$w/f")"
  has "preview: nothing to do" "step 1 noop" "$(preview "step 1 file.chmod $w/f 0644")"
  has "preview: a need" "why 1 mode is 0644, not 0600 as approved" "$(preview "step 1 file.chmod $w/f 0600" "need 1 mode 0600")"
  has "preview: malformed" "why 0 " "$(echo nonsense | guard preview)"
  # What it shows is what it does.
  printf '%s\n' "$out" | sed -n '/^diff 1 /,/^step 2/p' | sed '1d;$d' >"$w/d"; cp "$w/f" "$w/copy"; patch -s "$w/copy" "$w/d" 2>/dev/null; go pv "step 1 file.comment_line $w/f 5 %23"
  if command -v patch >/dev/null 2>&1; then cmp -s "$w/copy" "$w/f" && ok "the diff shown is the change made" || bad "the diff shown is the change made" "$(cat "$w/d")"; else skip "the diff shown is the change made"; fi
  # Without diff(1) the fallback shows the same lines.
  mkdir -p "$w/nodiff"; for t in sh cat awk sed grep head tail tr od stat id wc sha256sum cut timeout readlink date mkdir rm find df mktemp getent cmp sync sleep; do ln -sf "$(command -v $t)" "$w/nodiff/$t"; done
  has "a diff without diff(1)" "@@ -2,7 +2,7 @@$nl 2$nl 3$nl 4$nl-#5$nl+##5$nl 6" "$(text preview "step 1 file.put $w/f 0644 1%0A2%0A3%0A4%0A%23%235%0A6%0A7%0A8%0A" | GUARD_PATH=$w/nodiff $shell_path "$guard_file" preview)"
}
test_processes() {
  counter sig
  go ps1 "step 1 process.signal $pid $((ticks + 1)) USR1"; has "another start time: refused" STATE=refused "$out"
  out=$(preview "step 1 process.signal $pid $ticks STOP"); has "process: its name is shown" "before 1 comm sh" "$out"; has "STOP can be undone" "undo 1 automatic" "$out"
  go ps2 "step 1 process.renice $pid $ticks 5"; has "renice" "after 1 nice 5" "$(guard report ps2)"
  go ps3 "step 1 process.signal $pid $ticks STOP"; has "stopped" "after 1 state T" "$(guard report ps3)"
  go ps4 "step 1 process.signal $pid $ticks CONT" "step 2 process.signal $pid $ticks KILL"; has "killed" "after 2 state gone" "$(guard report ps4)"
  hush
}
# A host in a directory, with tools that do to it what the real ones do to a kernel: $h, and their calls in $h/ran.
host_in_a_directory() {
  h=$w/host fake=$w/fake; rm -rf "$h" "$fake"
  mkdir -p "$h/dry" "$h/proc/sys/kernel" "$h/proc/self" "$h/etc/modprobe.d" "$h/etc/modules-load.d" "$h/usr/lib/modprobe.d" "$h/lib/modules/6.1.0-18-amd64/build" "$h/lib/modules/$(uname -r)" "$h/usr/src/r8168-8.0" "$h/run/systemd/system" "$h/run/systemd/shutdown" "$fake"
  echo 0 >"$h/proc/sys/kernel/modules_disabled"; echo 'ro quiet modprobe.blacklist=quiet_one,other' >"$h/proc/cmdline"; echo "/dev/vda1 / ext4 rw 0 0" >"$h/proc/self/mounts"
  printf '%s\n' 'nf_conntrack 200704 2 nf_nat,xt_state, Live 0x0' 'ext4 1000 3 - Live 0x0' 'eth_x 4096 0 - Live 0x0' 'fixed 4096 1 [permanent], Live 0x0' >"$h/proc/modules"
  echo kernel/lib/built-in.ko >"$h/lib/modules/$(uname -r)/modules.builtin"; echo x >"$h/usr/src/r8168-8.0/dkms.conf"; : >"$h/ran"
  for m in dummy br_netfilter quiet_one listed hushed; do echo "insmod /lib/modules/x/kernel/$m.ko.xz " >"$h/dry/$m"; done
  echo "insmod /lib/modules/x/kernel/rds.ko " | cat - "$h/dry/dummy" >"$h/dry/pulls"; cp "$h/dry/dummy" "$h/dry/net-pf-99"; : >"$h/dry/nothing"
  for c in '/bin/false' '/usr/bin/true' '/sbin/modprobe --ignore-install x3' '/sbin/modprobe --ignore-install x4 && /opt/hook' '/bin/sh -c id'; do k=$((${k:-0} + 1)); echo "install $c " >"$h/dry/x$k"; done; k=
  printf '%s\n' '# ours' 'blacklist listed' 'install x1 /bin/false' 'alias net-pf-21 off' 'install rds /bin/true' 'options loop max_loop=8' >"$h/etc/modprobe.d/site.conf"
  echo 'blacklist hushed' >"$h/usr/lib/modprobe.d/site.conf"; echo 'install x2 /usr/bin/true' >"$h/usr/lib/modprobe.d/dist.conf"
  cat >"$fake/modprobe" <<END
#!/bin/sh
dry=; while :; do case \$1 in -n) dry=1 ;; -v) ;; --) shift; break ;; *) exit 9 ;; esac; shift; done
if [ -n "\$dry" ]; then [ -f "$h/dry/\$1" ] || { echo "modprobe: FATAL: Module \$1 not found." >&2; exit 1; }; cat "$h/dry/\$1"; exit; fi
echo "modprobe  \$1" >>"$h/ran"; echo "\$1 4096 0 - Live 0x0" >>"$h/proc/modules"
END
  cat >"$fake/rmmod" <<END
#!/bin/sh
echo "rmmod \$*" >>"$h/ran"; grep -v "^\$1 " "$h/proc/modules" >"$h/m"; cat "$h/m" >"$h/proc/modules"
END
  printf '#!/bin/sh\necho "depmod $*" >>%s/ran\necho new >%s/lib/modules/$3/modules.dep\n' "$h" "$h" >"$fake/depmod"
  cat >"$fake/dkms" <<END
#!/bin/sh
case \$1 in status) [ ! -f "$h/built" ] || echo "\$3/\$5, \$7, x86_64: installed (WARNING! Diff)" ;; install) echo "\$*" >>"$h/ran"; [ -f "$h/broken" ] && exit 10; : >"$h/built" ;; esac
END
  cat >"$fake/shutdown" <<END
#!/bin/sh
echo "shutdown \$*" >>"$h/ran"
case \$1 in -c) rm "$h/run/systemd/shutdown/scheduled" ;; -r) printf 'USEC=1767262800000000\nWARN_WALL=1\nMODE=reboot\n' >"$h/run/systemd/shutdown/scheduled" ;; esac
END
  printf '#!/bin/sh\n[ ! -e %s/no-logind ]\n' "$h" >"$fake/loginctl"; chmod 755 "$fake"/*
}
refuses() { has "refused: $2" "step 1 refused" "$(preview "step 1 $2")"; has "refused: $2: says why" "$1" "$(preview "step 1 $2")"; } # WHY STEP
test_modules() {
  host_in_a_directory; export GUARD_AT="$h"; GUARD_PATH=$fake:$GUARD_PATH
  out=$(preview "step 1 kmod.load dummy"); for l in "step 1 ok" "before 1 loaded 0" "before 1 disabled 0" "undo 1 automatic the module is taken out again"; do has "kmod.load: $l" "$l" "$out"; done
  has "kmod.load: loaded already" "step 1 noop" "$(preview "step 1 kmod.load ext4")"; has "kmod.load: the spelling with -" "step 1 noop" "$(preview "step 1 kmod.load nf-conntrack")"
  has "kmod.load: built in" "step 1 noop" "$(preview "step 1 kmod.load built_in")"
  has "kmod.load: a need" "loaded is 0, not 1" "$(preview "step 1 kmod.load dummy" "need 1 loaded 1")"
  for m in rds ax25 firewire-ohci firewire_ohci lkdtm test_bpf tipc cramfs; do refuses "known way to attack" "kmod.load $m"; done
  for m in a.b ../x /x % -r a%20b "$(printf 'x%.0s' 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5)"; do refuses "module's name" "kmod.load $m"; done
  refuses "it brings in rds" "kmod.load pulls"; refuses "blacklisted by $h/etc/modprobe.d/site.conf:2" "kmod.load listed"; refuses "blacklisted by the kernel's command line" "kmod.load quiet_one"
  has "kmod.load: a file of /etc hides one of the same name" "step 1 ok" "$(preview "step 1 kmod.load hushed")"
  refuses "it is overridden by $h/etc/modprobe.d/site.conf:3" "kmod.load x1"; refuses "it is overridden by $h/usr/lib/modprobe.d/dist.conf:1" "kmod.load x2"
  has "kmod.load: an install line that is modprobe alone" "step 1 ok" "$(preview "step 1 kmod.load x3")"
  refuses "would run a command of modprobe's settings as root: /sbin/modprobe --ignore-install x4 && /opt/hook" "kmod.load x4"; refuses "would run a command" "kmod.load x5"
  refuses "another name, which brings in dummy" "kmod.load net-pf-99"; refuses "would do nothing" "kmod.load nothing"; refuses "FATAL: Module nosuch not found" "kmod.load nosuch"
  echo 1 >"$h/proc/sys/kernel/modules_disabled"; refuses "modules_disabled is 1" "kmod.load dummy"; echo 0 >"$h/proc/sys/kernel/modules_disabled"
  touch "$h/run/.containerenv"; for s in "kmod.load dummy" "kmod.dkms r8168 8.0 6.1.0-18-amd64" "host.reboot 9"; do refuses "a container" "$s"; done; rm "$h/run/.containerenv"
  touch "$h/.dockerenv"; has "an image's marker makes no container" "step 1 ok" "$(preview "step 1 kmod.load dummy")"; rm "$h/.dockerenv"
  mv "$fake/modprobe" "$fake/x"; case $shell in *busybox*) refuses "only BusyBox's modprobe" "kmod.load dummy" ;; *) if PATH=$GUARD_PATH command -v modprobe >/dev/null; then skip "a host without modprobe"; else refuses "this host has no modprobe" "kmod.load dummy"; fi ;; esac; mv "$fake/x" "$fake/modprobe"
  mv "$h/proc/modules" "$h/m"; refuses "this kernel takes no modules" "kmod.load dummy"; mv "$h/m" "$h/proc/modules"
  # An earlier step may be what makes a module loadable.
  has "kmod.load after its blacklisting is taken out" "step 2 ok" "$(preview "step 1 file.comment_line $h/etc/modprobe.d/site.conf 2 %23" "step 2 kmod.load listed")"
  has "one module is judged whatever becomes of another" "step 2 refused" "$(preview "step 1 kmod.load dummy" "step 2 kmod.load nosuch")"
  has "but not one that is never loaded" "step 2 refused" "$(preview "step 1 kmod.depmod 6.1.0-18-amd64" "step 2 kmod.load rds")"
  go listed "step 1 file.comment_line $h/etc/modprobe.d/site.conf 2 %23" "step 2 kmod.load listed"; has "kmod.load after its blacklisting was taken out: done" RC=0 "$out"
  for l in 3 6; do has "a line of modprobe's settings may go" "step 1 ok" "$(preview "step 1 file.comment_line $h/etc/modprobe.d/site.conf $l %23")"; done
  for l in 4 5; do refuses "keeps out what is a known way" "file.comment_line $h/etc/modprobe.d/site.conf $l %23"; done
  # There and back.
  refuses "no execution that is remembered here loaded eth_x" "kmod.unload eth_x"
  go load "step 1 kmod.load dummy"; has "kmod.load: done" RC=0 "$out"; has "kmod.load: seen" "after 1 loaded 1" "$(guard report load)"; has "kmod.load: by modprobe" "modprobe  dummy" "$(cat "$h/ran")"
  sed 's/^dummy 4096 0 -/dummy 4096 2 one,two,/' "$h/proc/modules" >"$h/m"; cat "$h/m" >"$h/proc/modules"; refuses "dummy has 2 users, the modules one,two among them" "kmod.unload dummy"
  sed 's/^dummy 4096 2 one,two,/dummy 4096 1 -/' "$h/proc/modules" >"$h/m"; cat "$h/m" >"$h/proc/modules"; refuses "dummy has 1 users that are not modules" "kmod.unload dummy"
  has "what uses it may go in a step before" "step 2 ok" "$(preview "step 1 file.chmod $h/ran 0600" "step 2 kmod.unload dummy")"
  sed 's/^dummy 4096 1 -/dummy 4096 0 -/' "$h/proc/modules" >"$h/m"; cat "$h/m" >"$h/proc/modules"
  GUARD_BOOT=other refuses "loaded dummy since this host booted" "kmod.unload dummy"
  go unload "step 1 kmod.unload dummy"; has "kmod.unload: done" RC=0 "$out"; has "kmod.unload: seen" "after 1 loaded 0" "$(guard report unload)"; has "kmod.unload: that one alone" "rmmod dummy" "$(cat "$h/ran")"
  has "kmod.unload: not there" "step 1 noop" "$(preview "step 1 kmod.unload dummy")"
  refuses "built into the kernel" "kmod.unload built_in"; refuses "permanent" "kmod.unload fixed"; refuses "users" "kmod.unload ext4"
  # The index, and what is built.
  out=$(preview "step 1 kmod.depmod 6.1.0-18-amd64"); has "kmod.depmod: no index" "before 1 sha256 absent" "$out"; has "kmod.depmod: not undone" "undo 1 irreversible the index" "$out"
  go depmod "step 1 kmod.depmod 6.1.0-18-amd64"; has "kmod.depmod: done" RC=0 "$out"; has "kmod.depmod: seen" "after 1 sha256 $(sum <"$h/lib/modules/6.1.0-18-amd64/modules.dep")" "$(guard report depmod)"; has "kmod.depmod: called" "depmod -a -- 6.1.0-18-amd64" "$(cat "$h/ran")"
  refuses "there is no /lib/modules/5.0" "kmod.depmod 5.0"; for r in ../x -a % a/b .x; do refuses "not a release" "kmod.depmod $r"; done
  has "kmod.dkms: before" "before 1 state absent" "$(preview "step 1 kmod.dkms r8168 8.0 6.1.0-18-amd64")"; touch "$h/broken"; go dkms0 "step 1 kmod.dkms r8168 8.0 6.1.0-18-amd64"; has "kmod.dkms: a build that fails" RC=1 "$out"; rm "$h/broken"
  go dkms "step 1 kmod.dkms r8168 8.0 6.1.0-18-amd64"; has "kmod.dkms: done" RC=0 "$out"; has "kmod.dkms: seen" "after 1 state installed" "$(guard report dkms)"; has "kmod.dkms: called" "install -m r8168 -v 8.0 -k 6.1.0-18-amd64" "$(cat "$h/ran")"
  has "kmod.dkms: installed already" "step 1 noop" "$(preview "step 1 kmod.dkms r8168 8.0 6.1.0-18-amd64")"
  refuses "no /usr/src/r8168-9.0/dkms.conf" "kmod.dkms r8168 9.0 6.1.0-18-amd64"; refuses "headers of kernel" "kmod.dkms r8168 8.0 $(uname -r)"; refuses "not a release" "kmod.dkms r8168 ../8 6.1.0-18-amd64"
  chmod 666 "$h/usr/src/r8168-8.0/dkms.conf"; refuses "can be written by others" "kmod.dkms r8168 8.0 6.1.0-18-amd64"
  # Names to load at boot.
  f=$h/etc/modules-load.d/site.conf; printf '# at boot\n  br_netfiltr\nloop' >"$f"; chmod 644 "$f"
  has "kmod.rename: a diff" "-  br_netfiltr$nl+  br_netfilter" "$(preview "step 1 kmod.rename $f 2 br_netfiltr br_netfilter")"
  undoes kmod.rename "$f" "kmod.rename $f 2 br_netfiltr br_netfilter"; undoes "kmod.rename, last line without a line break" "$f" "kmod.rename $f 3 loop dummy"
  has "kmod.rename: two in one file, each with its own diff" "-loop$nl" "$(preview "step 1 kmod.rename $f 2 br_netfiltr br_netfilter" "step 2 kmod.rename $f 3 loop dummy")"
  refuses "line 1 of $f is not loop" "kmod.rename $f 1 loop dummy"; refuses "line 9 of $f is not" "kmod.rename $f 9 loop dummy"; refuses "FATAL: Module nosuch" "kmod.rename $f 3 loop nosuch"
  refuses "known way to attack" "kmod.rename $f 3 loop rds"; refuses "same module" "kmod.rename $f 3 loop loop"; refuses "/etc/modules-load.d/*.conf only" "kmod.rename $w/f 1 loop dummy"
  refuses "/etc/modules-load.d/*.conf only" "kmod.rename $h/etc/modprobe.d/site.conf 2 listed dummy"; refuses "no directories below" "kmod.rename $h/etc/modules-load.d/a/b.conf 1 loop dummy"
  refuses "nothing may be brought" "file.put /etc/modules-load.d/sickbay.conf 0644 rds"
}
test_reboot() {
  host_in_a_directory; export GUARD_AT="$h"; GUARD_PATH=$fake:$GUARD_PATH
  out=$(preview "step 1 host.reboot 10"); for l in "step 1 ok" "before 1 mode none" "undo 1 automatic the reboot is called off"; do has "host.reboot: $l" "$l" "$out"; done
  has "host.reboot: soon, nobody but root can call it off" "only root can log in" "$(preview "step 1 host.reboot 5")"
  for m in 0 61 -1 + now 5m 05 % 600; do refuses "not 1 to 60 minutes" "host.reboot $m"; done
  echo x >"$w/f"; chmod 644 "$w/f"; refuses "the last step" "host.reboot 10${nl}step 2 file.chmod $w/f 0600"
  touch "$h/no-logind"; refuses "systemd-logind, which plans reboots, does not answer" "host.reboot 10"; rm "$h/no-logind"
  go boot1 "step 1 file.chmod $w/f 0600" "step 2 host.reboot 10"; has "host.reboot: done" RC=0 "$out"; has "host.reboot: called" "shutdown -r +10 Sickbay: boot1" "$(cat "$h/ran")"; has "host.reboot: seen" "after 2 mode reboot${nl}after 2 usec 1767262800000000" "$(guard report boot1)"
  refuses "a reboot is planned already, for 2026-01-01 10:20 UTC" "host.reboot 10"
  has "host.cancel_reboot: another reboot than that one" "step 1 refused" "$(preview "step 1 host.cancel_reboot" "need 1 usec 5")"
  go boot2 "step 1 host.cancel_reboot" "need 1 mode reboot" "need 1 usec 1767262800000000"; has "host.cancel_reboot: done" RC=0 "$out"; has "host.cancel_reboot: seen" "after 1 mode none" "$(guard report boot2)"
  has "host.cancel_reboot: none is planned" "step 1 noop" "$(preview "step 1 host.cancel_reboot")"
  printf 'USEC=1767262800000000\nMODE=poweroff\n' >"$h/run/systemd/shutdown/scheduled"; refuses "a poweroff is planned already" "host.reboot 10"; refuses "is a poweroff, not a reboot" "host.cancel_reboot"; rm "$h/run/systemd/shutdown/scheduled"
  # Nothing is planned where shutdown only says so.
  printf '#!/bin/sh\nexit 0\n' >"$fake/shutdown"; go boot3 "step 1 host.reboot 10"; has "host.reboot: read back" RC=1 "$out"
  rmdir "$h/run/systemd/system"; refuses "no systemd to plan a reboot with" "host.reboot 10"; refuses "no systemd" "host.cancel_reboot"
}
test_gc() {
  echo x >"$w/f"; chmod 644 "$w/f"; printf 'sickbay-steps 1\nid gc1\nexpires %s\nboot -\nstep 1 file.chmod %s 0600\nend\n' $(($(date +%s) + 1)) "$w/f" >"$w/text"
  cp "$w/text" "$w/gc"; s=$(sum <"$w/text"); guard start gc1 30 "$s" <"$w/text" >/dev/null; guard wait gc1 5 >/dev/null
  touch -d '2020-01-01 00:00:00' "$GUARD_ROOT/gc1"; guard gc 7 >/dev/null; [ -d "$GUARD_ROOT/gc1" ] && ok "gc keeps what was not acked" || bad "gc keeps what was not acked"
  guard ack gc1 >/dev/null; go kept "step 1 file.chmod $w/f 0600"; guard ack kept >/dev/null; sleep 2; for i in gc1 kept; do touch -d '2020-01-01 00:00:00' "$GUARD_ROOT/$i/acked"; done; guard gc 7 >/dev/null
  [ -d "$GUARD_ROOT/gc1" ] && bad "gc forgets an old, acked, expired run" || ok "gc forgets an old, acked, expired run"
  [ -d "$GUARD_ROOT/kept" ] && ok "gc keeps a run whose approval has not expired" || bad "gc keeps a run whose approval has not expired"
  chmod 644 "$w/f"; guard start gc1 30 "$s" <"$w/gc" >/dev/null; has "a forgotten id cannot run again" expired "$(guard wait gc1 5)"; same "and does not" 644 "$(stat -c %a "$w/f")"
}
test_installed() {
  [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null || { skip "installed form"; return; }
  echo x >"$w/f"; chmod 644 "$w/f"; text inst "step 1 file.chmod $w/f 0600" >"$w/text"
  cp "$guard_file" "$w/guard.inst"
  unshare -m sh -c '
    mount -t tmpfs -o mode=755 tmpfs /usr/local && mount -t tmpfs -o mode=755 tmpfs /var/lib && mkdir -p /usr/local/libexec && cp "$1/guard.inst" /usr/local/libexec/sickbay-guard && chmod 755 /usr/local/libexec/sickbay-guard || exit 1
    mkdir "$1/evil"; for t in id mkdir sha256sum stat chmod; do printf "#!/bin/sh\ntouch %s/evil/ran\n" "$1" >"$1/evil/$t"; chmod 755 "$1/evil/$t"; done
    s=$(sha256sum <"$1/text" | cut -d" " -f1)
    export GUARD_ROOT=$1/elsewhere GUARD_PATH=$1/evil GUARD_SHELL=$1/evil/id GUARD_TEXT="main() { touch $1/evil/ran; }" GUARD_STEPS=x GUARD_ETC=$1 GUARD_BOOT=z ENV=$1/evil/id BASH_ENV=$1/evil/id
    PATH=$1/evil:$PATH /usr/local/libexec/sickbay-guard start inst 20 "$s" <"$1/text"
    /usr/local/libexec/sickbay-guard wait inst 10
    [ -d /var/lib/sickbay/runs/inst ] && echo in-its-own-root
    [ -f /var/lib/sickbay/runs/inst/guard ] || echo runs-the-installed-file
    chown 33 /var/lib/sickbay; /usr/local/libexec/sickbay-guard start inst2 20 "$s" <"$1/text"
  ' sh "$w" >"$w/o" 2>&1
  out=$(cat "$w/o"); has "installed: runs" "STATE=finished ID=inst RC=0" "$out"; has "installed: the environment moves nothing" in-its-own-root "$out"
  has "installed: no copy of the text" runs-the-installed-file "$out"; [ ! -e "$w/evil/ran" ] && ok "installed: no tool of the caller's runs" || bad "installed: no tool of the caller's runs"
  has "a state directory somebody else owns is refused" MSG=stateroot_not_only_roots "$out"
}

# ------------------------------------------------------------------------------------------------ containers and Kubernetes
# An engine and a cluster that are files: $h/c/NAME has a container's state, $h/k what the cluster has.
test_containers() {
  host_in_a_directory; export GUARD_AT="$h" GUARD_SETTLE=2; GUARD_PATH=$fake:$GUARD_PATH
  mkdir -p "$h/c" "$h/k"; echo running >"$h/c/web"; echo exited >"$h/c/db"; echo 'exited archive.service' >"$h/c/owned"; echo paused >"$h/c/still"; echo exited >"$h/c/dies"
  cat >"$fake/podman" <<END
#!/bin/sh
verb=\$1; for name; do :; done
echo "podman \$*" >>"$h/ran"; [ -f "$h/c/\$name" ] || exit 125
case "\$*" in *StopTimeout*) cat "$h/stops/\$name" 2>/dev/null; exit ;; esac
case \$verb in inspect) read -r s u <"$h/c/\$name"; echo "\$s=\$u" ;; start|restart) [ \$name = dies ] || echo running >"$h/c/\$name" ;; stop) echo exited >"$h/c/\$name" ;; logs) echo 'panic: no database' ;; esac
END
  chmod 755 "$fake/podman"
  out=$(preview "step 1 container.start podman db"); for l in "step 1 ok" "before 1 state exited" "undo 1 automatic it is stopped again (it was exited)"; do has "container.start: $l" "$l" "$out"; done
  has "container.start: it runs" "step 1 noop" "$(preview "step 1 container.start podman web")"; has "container.stop: it does not run" "step 1 noop" "$(preview "step 1 container.stop podman db")"
  has "container.restart: not undone" "undo 1 irreversible it runs again" "$(preview "step 1 container.restart podman web")"
  refuses "has no container nosuch" "container.start podman nosuch"; refuses "belongs to archive.service" "container.start podman owned"; refuses "is paused" "container.restart podman still"
  refuses "a restart would start it" "container.restart podman db"; mkdir "$h/stops"; echo 600 >"$h/stops/web"; refuses "may take 600 s to stop" "container.restart podman web"; echo 45 >"$h/stops/web"
  for e in sh Docker /bin/sh; do refuses "not docker, podman or nerdctl" "container.start $e db"; done; refuses "this host has no nerdctl" "container.start nerdctl db"
  for c in -f _x .x a%20b a/b '%24x' %; do refuses "not the name of a container" "container.start podman $c"; done
  go cstart "step 1 container.start podman db"; has "container.start: done" RC=0 "$out"; has "container.start: seen" "after 1 state running" "$(guard report cstart)"; has "container.start: called" "podman start -- db" "$(cat "$h/ran")"
  go cstop "step 1 container.stop podman db"; has "container.stop: done" RC=0 "$out"; same "container.stop: seen" exited "$(cat "$h/c/db")"
  go crestart "step 1 container.restart podman web"; has "container.restart: done" RC=0 "$out"
  go cdies "step 1 container.start podman dies"; has "a container that does not stay up: failed" RC=1 "$out"; has "and its last words" "panic: no database" "$(guard output cdies 0 4000)"

  if PATH=$GUARD_PATH:/usr/local/bin command -v kubectl >/dev/null; then skip "a host without kubectl"; else refuses "this host has no kubectl" "k8s.uncordon w-1"; fi
  cat >"$fake/kubectl" <<END
#!/bin/sh
echo "kubectl \$*" >>"$h/ran"
case "\$*" in *--cache-dir=/dev/null/none*) ;; *) exit 9 ;; esac
case "\$1 \$2 \$3" in
  "config view --minify") cat "$h/k/server" ;;
  "auth can-i patch") [ ! -f "$h/k/deny" ] ;;
  "get deployment web") cat "$h/k/revision" ;;
  "get deployment/web -n") echo deployment.apps/web ;;
  "get node w-1") printf 'w-1=%s' "\$(cat "$h/k/cordoned")" ;;
  "rollout history deployment/web") case "\$*" in *--revision=3*|*--revision=4*) ;; *) echo 'error: unable to find the specified revision' >&2; exit 1 ;; esac ;;
  "rollout undo deployment/web") echo 5 >"$h/k/revision" ;;
  "rollout restart deployment/web"|"rollout status deployment/web") ;;
  "uncordon w-1 "*) : >"$h/k/cordoned" ;;
  "cordon w-1 "*) echo true >"$h/k/cordoned" ;;
  *) echo "Error from server (NotFound)" >&2; exit 1 ;;
esac
END
  chmod 755 "$fake/kubectl"; echo 4 >"$h/k/revision"; echo true >"$h/k/cordoned"; printf https://10.0.0.1:6443 >"$h/k/server"
  HOME=$h/root; export HOME; refuses "no settings for kubectl" "k8s.uncordon w-1"; mkdir -p "$h/root/.kube"; : >"$h/root/.kube/config"
  out=$(preview "step 1 k8s.rollout_undo shop web 3"); for l in "step 1 ok" "before 1 revision 4" "undo 1 automatic revision 4 is rolled out again"; do has "k8s.rollout_undo: $l" "$l" "$out"; done
  has "k8s.rollout_undo: a need" "revision is 4, not 5" "$(preview "step 1 k8s.rollout_undo shop web 3" "need 1 revision 5")"; has "k8s.rollout_undo: there already" "step 1 noop" "$(preview "step 1 k8s.rollout_undo shop web 4")"
  for l in "k8s.uncordon w-1" "k8s.rollout_undo shop web 3" "k8s.rollout_restart shop deployment/web"; do
    has "$l: its cluster" "before 1 cluster https://10.0.0.1:6443" "$(preview "step 1 $l")"; has "$l: another cluster" "cluster is https://10.0.0.1:6443, not https://10.0.0.2:6443" "$(preview "step 1 $l" "need 1 cluster https://10.0.0.2:6443")"
  done
  refuses "no revision 2 any more" "k8s.rollout_undo shop web 2"; refuses "no deployment nosuch in shop" "k8s.rollout_undo shop nosuch 3"; refuses "there is no statefulset/db" "k8s.rollout_restart shop statefulset/db"; refuses "there is no node w-2" "k8s.uncordon w-2"
  for k in -n A a_b a..b -a a- .a a. a%20b %24x a/b % a-.b; do refuses "not a name of Kubernetes" "k8s.uncordon $k"; refuses "not a name of Kubernetes" "k8s.rollout_undo $k web 3"; done
  for k in web pod/web deployment/ deployment/-x deployment/a/b Deployment/a; do refuses "not a " "k8s.rollout_restart shop $k"; done; for k in 0 x -1; do refuses "not a revision" "k8s.rollout_undo shop web $k"; done
  : >"$h/k/deny"; refuses "may not patch nodes" "k8s.uncordon w-1"; refuses "may not patch deployments.apps in shop" "k8s.rollout_undo shop web 3"; rm "$h/k/deny"
  go kundo "step 1 k8s.rollout_undo shop web 3"; has "k8s.rollout_undo: done" RC=0 "$out"; has "k8s.rollout_undo: seen" "after 1 revision 5" "$(guard report kundo)"; has "k8s.rollout_undo: called" "kubectl rollout undo deployment/web -n shop --to-revision=3" "$(cat "$h/ran")"
  go krestart "step 1 k8s.rollout_restart shop deployment/web"; has "k8s.rollout_restart: done" RC=0 "$out"
  go kuncordon "step 1 k8s.uncordon w-1"; has "k8s.uncordon: done" RC=0 "$out"; has "k8s.uncordon: seen" "after 1 unschedulable 0" "$(guard report kuncordon)"; has "k8s.uncordon: so already" "step 1 noop" "$(preview "step 1 k8s.uncordon w-1")"
  go kcordon "step 1 k8s.cordon w-1"; has "k8s.cordon: done" RC=0 "$out"; has "k8s.cordon: seen" "after 1 unschedulable 1" "$(guard report kcordon)"
  unset GUARD_SETTLE
}

# ------------------------------------------------------------------------------------------------ closer looks
test_captures() {
  refuses() { has "refused: $2" "$1" "$(preview "step 1 $2" | sed 's/%20/ /g')"; }
  state() { sed 's/.*) //;s/ .*//' "/proc/$1/stat"; }
  running() { find /proc -maxdepth 2 -path '/proc/[0-9]*/cmdline' -exec cat {} + 2>/dev/null | tr '\000' ' '; }
  fake=$w/fake; rm -rf "$fake"; mkdir "$fake"; GUARD_PATH=$fake:$GUARD_PATH; counter cap
  # A tool that leaves its process stopped, as one does that is ended at a bad moment.
  printf '#!/bin/sh\nkill -STOP "$2"; echo "PID $2 - process"; echo "TID $2:"; echo "#0  0x00000001 poll"; env\n' >"$fake/eu-stack"
  # One that never ends by itself and never stops talking.
  cat >"$fake/strace" <<'END'
#!/bin/sh
trap '' INT TERM
for w; do pid=$w; done
echo "$pid  read(3<TCP:[10.0.0.1:1->10.0.0.2:5432]>,  <unfinished ...>"
while :; do echo "7  openat(AT_FDCWD, \"/etc/x y\", O_RDONLY) = -1 ENOENT (No such file or directory) <0.001000>"; done
END
  printf '#!/bin/sh\necho "1.0 lo In IP 10.0.0.1.5 > 10.0.0.2.80: Flags [P.], seq 1:9, ack 1, win 5, length 8: HTTP: GET /secret, length 9"; echo "1.1 lo In IP 10.0.0.1.5 > 10.0.0.2.161: C=secret GetRequest(25), length 8"; printf "\\tsecret\\n"; echo "1.2 lo In IP 10.0.0.9 > 10.0.0.1: ICMP host 10.0.0.2 unreachable, length 68"; echo "0 packets dropped by kernel" >&2\n' >"$fake/tcpdump"
  chmod 755 "$fake"/*
  out=$(preview "step 1 capture.backtrace $pid $ticks"); for l in "step 1 ok" "before 1 tool eu-stack" "undo 1 nothing it only looks"; do has "capture.backtrace: $l" "$l" "$out"; done
  has "capture.backtrace: another tool than on the card" "tool is eu-stack, not gdb" "$(preview "step 1 capture.backtrace $pid $ticks" "need 1 tool gdb")"
  SECRET=hunter2; export SECRET; go stacks "step 1 capture.backtrace $pid $ticks"; unset SECRET
  has "capture.backtrace: done" RC=0 "$out"; has "capture.backtrace: its threads" "$pid " "$(guard taken stacks 1 0 9999)"; has "capture.backtrace: its stacks" "== stack eu-stack${nl}PID $pid - process" "$(guard taken stacks 1 0 9999)"
  hasnt "capture.backtrace: no environment" hunter2 "$(guard taken stacks 1 0 9999)"
  hasnt "capture.backtrace: the process goes on" T "$(state $pid)"; has "capture.backtrace: and that is said" "goes on now" "$(guard output stacks 0 9999)"
  kill -STOP $pid; go frozen "step 1 capture.backtrace $pid $ticks"; same "capture.backtrace: one that was stopped before stays so" T "$(state $pid)"; kill -CONT $pid
  go calls "step 1 capture.syscalls $pid $ticks 1"; out2=$(guard taken calls 1 0 999999)
  has "capture.syscalls: ended at its time" RC=0 "$out"; has "capture.syscalls: what failed" "openat ENOENT /etc/x y" "$out2"; has "capture.syscalls: what waits" "1 read TCP:[10.0.0.1:1->10.0.0.2:5432]" "$out2"
  [ "$(wc -c <"$GUARD_ROOT/calls/take/1")" -le 262144 ] && ok "capture.syscalls: bounded" || bad "capture.syscalls: bounded"
  hasnt "capture.syscalls: nothing is left running" "$fake/strace" "$(running)"
  go packets "step 1 capture.packets 80 1"; out2=$(guard taken packets 1 0 9999)
  has "capture.packets: headers" "length 8${nl}" "$out2"; hasnt "capture.packets: what they carry is cut off" secret "$out2"; has "capture.packets: others" "10.0.0.2.161:${nl}" "$out2"; has "capture.packets: what a router says" "host 10.0.0.2 unreachable" "$out2"
  has "dropped" STATE=finished "$(guard drop packets)"; has "dropped: nothing is left" MSG=nothing_taken "$(guard taken packets 1 0 9999)"; has "dropped: twice is as good" STATE=finished "$(guard drop packets)"
  # Ended from outside while its tool holds the process: the tool goes, and the process goes on.
  printf '#!/bin/sh\nkill -STOP "$2"; echo held; exec sleep 42%s\n' "$pid" >"$fake/eu-stack"
  held() { k=0; while [ "$(state $pid)" != T ] && [ $k -lt 1200 ] && [ "$(guard status "$1" | sed -n "s/^STATE=\([a-z]*\).*/\1/p")" != finished ]; do sleep 0.05; k=$((k + 1)); done; }
  start cancelled 30 "step 1 capture.backtrace $pid $ticks" >/dev/null; held cancelled; has "cancelled in a look" RC=143 "$(guard cancel cancelled)"; hasnt "cancelled in a look: the process goes on" T "$(state $pid)"
  start late 1 "step 1 capture.backtrace $pid $ticks" >/dev/null; held late; has "a look at its deadline" RC=124 "$(guard wait late 20)"; hasnt "a look at its deadline: the process goes on" T "$(state $pid)"
  start lost 30 "step 1 capture.backtrace $pid $ticks" >/dev/null; held lost; a=$(pid_of lost started) b=$(pid_of lost steps.pid); kill -9 "$a"; kill -9 "-$b" 2>/dev/null || kill -9 "$b"
  has "a look whose runner is gone" STATE=lost "$(guard wait lost 20)"; guard drop lost >/dev/null; hasnt "a look whose runner is gone: the process goes on once it is dropped" T "$(state $pid)"
  hasnt "no tool is left running" "sleep 42$pid" "$(running)"
  # A process that a busy host did not let come to its stop yet: it waits in the kernel for its child, where no stop reaches it.
  if command -v python3 >/dev/null; then
    python3 - "$w" <<'END' & late=$!
import ctypes, os, sys, time
up, went = sys.argv[1] + "/up.child", sys.argv[1] + "/went"
clone = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
if ctypes.CDLL(None).syscall(clone, 0x4000 | 17, 0, 0, 0, 0) == 0:  # CLONE_VFORK, SIGCHLD
    open(up, "w").close()
    while os.path.exists(up):
        time.sleep(0.02)
    os._exit(0)
open(went, "w").close()
while os.path.exists(went):
    time.sleep(0.02)
END
    while [ ! -e "$w/up.child" ]; do sleep 0.02; done
    printf '#!/bin/sh\nfor w; do pid=$w; done\necho "$pid  read(3<pipe:[1]>,  <unfinished ...>"; kill -STOP "$pid"\n' >"$fake/strace"
    go soon "step 1 capture.syscalls $late $(ticks_of $late) 1"; has "a stop that is on its way is said" "goes on now" "$(guard output soon 0 9999)"
    rm -f "$w/up.child"; while [ ! -e "$w/went" ] && [ "$(state $late)" != T ]; do sleep 0.02; done
    hasnt "a stop that is on its way does not come" T "$(state $late)"; rm -f "$w/went"; kill -KILL "$late" 2>/dev/null
  else skip "a stop that is on its way: no python3"; fi
  printf '#!/bin/sh\nexit 3\n' >"$fake/strace"; go fails "step 1 capture.syscalls $pid $ticks 1"; has "a tool that fails is a failed step" "RC=1" "$out"
  : >"$w/empty"; printf '\177ELF\002\001\001\000\000\000\000\000\000\000\000\000\002\000' >"$w/program"
  refuses "is not a core" "capture.core $w/empty"; refuses "is not a core" "capture.core $w/program"; refuses "there is no" "capture.core $w/nosuch"; refuses "is protected" "capture.core /etc/shadow"
  refuses "not to be touched" "capture.backtrace 1 5"; refuses "is gone" "capture.backtrace $pid 5"; refuses "carries this very request" "capture.syscalls $$ $(ticks_of $$) 1"
  for s in 0 31 x -1 05; do refuses "not 1 to 30 seconds" "capture.syscalls $pid $ticks $s"; refuses "not 1 to 30 seconds" "capture.packets 80 $s"; done
  for s in 0 65536 x; do refuses "not a port" "capture.packets $s 5"; done
  hush
}

# ------------------------------------------------------------------------------------------------ for each shell
run_with() { # SHELL TEST…
  shell=$1 n=0 p=; shift
  w=$(mktemp -d /tmp/guard_test.XXXXXX) && root=$(mktemp -d /dev/shm/guard_test.XXXXXX 2>/dev/null || mktemp -d /var/tmp/guard_test.XXXXXX) || exit 1
  bin=$w/bin; mkdir "$bin"; tools=/usr/sbin:/usr/bin:/sbin:/bin
  case $shell in *busybox*) "$(command -v busybox)" --install -s "$bin"; tools=$bin; shell_path="$(command -v busybox) ash" ;; *) shell_path=$(command -v $shell) ;; esac
  unset GUARD_AT; export GUARD_ROOT="$root/runs" GUARD_SHELL="$shell_path" GUARD_PATH="$tools" GUARD_NO_SYSTEMD=1 GUARD_ETC="$w/etc"
  shell=$shell_path
  for t; do [ -z "${VERBOSE:-}" ] || echo "== $t ($(date +%T))"; test_$t; done
  hush; rm -rf "$w" "$root"
}
[ $# -gt 0 ] || set -- dash bash busybox
results=$(mktemp -d) || exit 1; pids= lanes=0
for s; do
  command -v "$s" >/dev/null 2>&1 || { echo "skip: no $s here"; continue; }
  # Three lanes each: most of the time goes by waiting.
  for lane in "once killed_client cut_upload abandon ends full text set_key gc" "hostile links policy files preview processes installed" "modules reboot containers captures"; do
    lanes=$((lanes + 1)); into=$results/$lanes
    ( run_with "$s" ${TESTS:-$lane}; echo "$passed $failed $skipped" >"$into.n" ) >"$into.out" 2>&1 & pids="$pids $!"
    [ -z "${TESTS:-}" ] || break
  done
done
wait $pids
cat "$results"/*.out
set -- $(cat "$results"/*.n | awk '{ p += $1; f += $2; s += $3; n++ } END { print p + 0, f + 0, s + 0, n + 0 }')
rm -rf "$results"
echo "$1 passed, $2 failed$([ "$3" = 0 ] || echo ", $3 skipped")"
[ "$4" = $lanes ] || { echo "only $4 of $lanes lanes came to their end"; exit 1; }
[ "$2" = 0 ] && [ $lanes -gt 0 ]
