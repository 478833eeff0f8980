#!/bin/sh
# sickbay-guard: carries out one approved list of typed steps on this host, at most once, and remembers what it did.
#
# Why it exists: a connection can break, and the bot can crash, between "run this" and "it ran". Whoever comes back must
# be able to ask the host what happened, and asking must never run anything again. The host is the only place where that
# can be decided, so the claim, the runner, the saved originals and the outcome all live here.
#
#   sickbay-guard [--root run] preview                        <steps   read only: what each step finds, would change, can undo
#   sickbay-guard [--root run] start ID DEADLINE_S SHA256     <steps   claim ID and launch; 0 launched, 75 claimed before
#   sickbay-guard [--root run] status|report|abandon|cancel|ack ID,  wait ID SECS,  output ID OFFSET MAX
#   sickbay-guard [--root run] taken ID STEP OFFSET MAX,  drop ID      what a capture wrote, and its removal
#   sickbay-guard [--root run] ready,  gc DAYS,  version
#
# Two ways in, one text. Enrolled: installed root-owned under /usr/local, steps on stdin. Agentless: README.md, "Agentless".
# Everything is inside functions and only the last line acts, so a text that was cut off on its way does nothing.
# The steps are data: never sourced, never evaluated. dash, bash and BusyBox ash; no arrays, no `local`.
# shellcheck shell=sh disable=SC2034,SC2086,SC2154

# ---------------------------------------------------------------------------------------------- words on the wire

# Sets DEC to the bytes that token $1 stands for. A lone % is the empty token. Fails on NUL and on bad hex.
decode() {
  case $1 in
    %) DEC=; return 0 ;;
    *%*) case $1 in *%00*) return 1 ;; esac
      DEC=$(printf '%s\n' "$1" | awk '
        BEGIN { h = "0123456789ABCDEF" }
        { n = split($0, a, "%"); printf "%s", a[1]
          for (i = 2; i <= n; i++) {
            x = index(h, substr(a[i], 1, 1)); y = index(h, substr(a[i], 2, 1))
            if (!x || !y || length(a[i]) < 2) exit 1
            printf "%c%s", (x - 1) * 16 + y - 1, substr(a[i], 3) } }' && printf x) || return 1
      DEC=${DEC%x} ;;
    *) DEC=$1 ;;
  esac
}

# Prints $1 as one token. ENC_KEEP adds characters that may stay as they are.
encode() {
  case $1 in
    '') printf '%%' ;;
    *[!A-Za-z0-9._/:@=+,-]*) printf '%s' "$1" | od -An -v -tx1 | ENC_KEEP=${2:-} awk '
        BEGIN { h = "0123456789abcdef"; safe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/:@=+,-" ENVIRON["ENC_KEEP"] }
        { for (i = 1; i <= NF; i++) {
            c = sprintf("%c", (index(h, substr($i, 1, 1)) - 1) * 16 + index(h, substr($i, 2, 1)) - 1)
            if ($i != "00" && $i < "7f" && index(safe, c)) printf "%s", c; else printf "%%%s", toupper($i) } }' ;;
    *) printf '%s' "$1" ;;
  esac
}
# Prints $1 as text for people to the end of a line: printable ASCII stays, the rest (and %) is %XX.
as_text() { encode "$1" " !\"#\$&'()*;<>?[\\]^\`{|}~"; }
kv() { printf '%s ' "$1"; encode "$2"; echo; }
no() { WHY=$*; return 1; }
is_number() { case $1 in ''|*[!0-9]*) return 1 ;; esac; [ ${#1} -le 18 ]; }
nap() { sleep 0.05 2>/dev/null || sleep 1; }

# Runs $2… for at most $1 seconds. A client that hangs on a dead bus or mount must not hold the run.
limit() {
  case $LIMIT in
    new) timeout -k 2 "$@" ;;
    old) _s=$1; shift; timeout -t "$_s" "$@" ;;
    *) shift; "$@" ;;
  esac
}
# Best-effort fsync of these files only: a plain sync can block for ever on a dead NFS mount.
flush() { limit 5 sync "$@" 2>/dev/null || { limit 5 sync >/dev/null 2>&1 & }; :; }
sha_of() { { sha256sum <"$1" || openssl dgst -sha256 -r <"$1"; } 2>/dev/null | cut -d' ' -f1; }
# Start time (ticks) of process $1: field 22 of its stat, counted after the last ')' because a name may hold anything.
start_of() {
  { read -r _st <"/proc/$1/stat"; } 2>/dev/null || { echo 0; return; }
  _st=${_st##*") "}; set -- $_st; [ $# -ge 20 ] || { echo 0; return; }
  shift 19; echo "$1"
}

# ---------------------------------------------------------------------------------------------- the run directory

# Picks the state root. Never /tmp: cleaners and reboots would forget that an id ran.
choose_root() {
  if [ -n "${GUARD_ROOT:-}" ]; then ROOT=$GUARD_ROOT
  elif [ "$WHERE" = run ]; then
    if [ "$ME" = 0 ]; then ROOT=/run/sickbay/runs; else ROOT=${XDG_RUNTIME_DIR:-/run/user/$ME}/sickbay/runs; fi
  elif [ "$ME" = 0 ]; then ROOT=/var/lib/sickbay/runs
  else ROOT=${XDG_STATE_HOME:-${HOME:-/nonexistent}/.local/state}/sickbay/runs; fi
}
make_root() {
  mkdir -p "$ROOT" 2>/dev/null || [ -e "$ROOT" ] || [ -L "$ROOT" ] || die nospace_or_readonly
  # shellcheck disable=SC3067 # dash, bash and BusyBox all have -O
  [ -d "$ROOT" ] && [ ! -L "$ROOT" ] && [ -O "$ROOT" ] || die stateroot_unusable
  # Whoever can rename a parent can swap the whole memory of what ran.
  [ "$ME" != 0 ] || [ -n "${GUARD_ROOT:-}" ] || trusted "$ROOT" || die stateroot_not_only_roots
  chmod 700 "$ROOT" 2>/dev/null
}
die() { echo "STATE=error ID=$ID MSG=$1 ROOT=$ROOT BOOT=$BOOT"; exit 70; }
boot_id() { BOOT=${GUARD_BOOT:-}; [ -n "$BOOT" ] || { read -r BOOT </proc/sys/kernel/random/boot_id; } 2>/dev/null || BOOT=unknown; }

# Reads one record line `K=V K=V …` of file $1 into REC; field K into V by `field K`.
record() { REC=; { read -r REC <"$1"; } 2>/dev/null; }
field() { case " $REC " in *" $1="*) V=" $REC "; V=${V#*" $1="}; V=${V%% *} ;; *) V=; return 1 ;; esac; }
# Alive and the same process. One that has ended but was never reaped is not alive: some containers reap nobody.
alive() { [ -n "$1" ] && [ "$(start_of "$1")" = "$2" ] && case $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) in [ZX]*|'') false ;; esac; }
is_stopped() { case $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) in [Tt]*) ;; *) false ;; esac; }
# Whether a process was told to stop and did not come to it yet, as on a busy host: signal 19 waits for it.
stops_soon() { grep -Eqs '^(SigPnd|ShdPnd):[[:space:]]*[0-9a-f]+[4-7c-f][0-9a-f]{4}$' "/proc/$1/status"; }
older_than() { [ -n "$(find "$1" -prune -mmin "+$2" 2>/dev/null)" ]; }

# Sets ST (the state), RC, PID, WHY from the run directory alone.
look_state() {
  RC= PID= WHY=
  if [ ! -d "$D" ]; then ST=absent; return; fi
  if ended; then return; fi
  if [ -f "$D/rejected" ]; then ST=rejected; return; fi
  if [ ! -d "$D/go" ]; then ST=claimed; return; fi
  if [ -d "$D/go/abandoned" ]; then ST=abandoned; return; fi
  if [ ! -f "$D/started" ]; then
    record "$D/boot"; ST=starting
    if [ "$REC" != "$BOOT" ]; then ST=rebooted; elif older_than "$D/go" 2; then ST=lost; fi
    return
  fi
  record "$D/started"; field PID; PID=$V; field ST0; _t0=$V; field BT
  if [ "$V" != "$BOOT" ]; then ST=rebooted; return; fi
  if alive "$PID" "$_t0"; then ST=running; return; fi
  # The supervisor may be dead while the steps go on.
  record "$D/steps.pid"
  if field PID && _p=$V && field ST0 && alive "$_p" "$V"; then ST=running; return; fi
  ended || ST=lost
}
ended() {
  [ -f "$D/exit" ] || return 1
  record "$D/exit"; field RC; RC=$V; field WHY; WHY=$V; ST=finished; [ "$RC" != 2 ] || ST=refused
}
print_state() {
  look_state
  _x=$( { wc -c <"$D/out"; } 2>/dev/null | tr -d ' '); _l="STATE=$ST ID=$ID RC=$RC PID=$PID BYTES=$_x"
  record "$D/sha"; _l="$_l SHA=$REC ROOT=$ROOT BOOT=$BOOT"
  [ -z "$WHY" ] || _l="$_l WHY=$WHY"
  if [ -f "$D/sd" ]; then record "$D/sd"; _l="$_l SD=$(printf %s "$REC" | tr ' ' ,)"; fi
  echo "$_l"
}
# Overwrites the preallocated record $1.t in place with line $2, then renames it: works on a full disk (not on copy-on-write).
settle_record() {
  [ -f "$D/$1.t" ] || return 1
  { printf '%-511s\n' "$2" 1<>"$D/$1.t"; } 2>/dev/null || return 1
  flush "$D/$1.t"; mv "$D/$1.t" "$D/$1" 2>/dev/null || return 1; flush "$D/$1" "$D"
}
finish() { # RC [WHY]
  _w=; [ -z "${2:-}" ] || _w=$(encode "$(printf '%.120s' "$2")")
  settle_record exit "RC=$1 END=$(date +%s)${_w:+ WHY=$_w}"
}

# ---------------------------------------------------------------------------------------------- start, and what follows

start() { # ID DEADLINE SHA; steps on stdin
  is_number "$2" && [ "$2" -gt 0 ] && [ "$2" -le 86400 ] || die bad_deadline
  case $3 in *[!0-9a-f]*) die bad_sha ;; esac; [ ${#3} = 64 ] || die bad_sha
  if [ -z "$INSTALLED$GUARD_TEXT" ]; then [ -f "$0" ] && grep -q '^main() {' "$0" 2>/dev/null || die no_guard_text; fi
  make_root
  # The claim. Everything else may fail, repeat or race: this directory can be made once.
  if ! mkdir "$D" 2>/dev/null; then
    [ -d "$D" ] || die nospace_or_readonly
    record "$D/sha"; [ -z "$REC" ] || [ "$REC" = "$3" ] || echo WARN=sha_conflict
    echo REFUSED=already_claimed; print_state; exit 75
  fi
  # Room for the outcome, the report and the runner's own records is taken before anything happens.
  { head -c "$((MAX_STEPS_TEXT + 1))" >"$D/steps" && [ "$(wc -c <"$D/steps")" -le "$MAX_STEPS_TEXT" ] &&
    echo "$BOOT" >"$D/boot" && echo "$3" >"$D/sha" && echo "${SUDO_UID:--}" >"$D/by" && : >"$D/out" && mkdir "$D/save" &&
    printf '%-511s\n' RC=preallocated >"$D/exit.t" && printf '%-511s\n' - >"$D/started.t" && printf '%-511s\n' - >"$D/steps.pid.t" &&
    _n=$(grep -c '^step ' "$D/steps" || :) && head -c "$((4096 * (_n + 1)))" /dev/zero | tr '\000' '\n' >"$D/report" &&
    [ "$(wc -c <"$D/exit.t" | tr -d ' ')" = 512 ] && [ "$(wc -c <"$D/report")" -ge "$((4096 * (_n + 1)))" ] && save_text
  } 2>/dev/null || { : >"$D/rejected"; kill_claim; die nospace; } 2>/dev/null
  if [ "$(sha_of "$D/steps")" != "$3" ]; then echo sha >"$D/rejected"; kill_claim; print_state; exit 65; fi
  flush "$D/steps" "$D/exit.t" "$D/report" "$D"; flush "$ROOT"
  launch "$2"
  _n=0; while [ ! -f "$D/started" ] && [ ! -f "$D/exit" ] && [ $_n -lt 100 ]; do nap; _n=$((_n + 1)); done
  echo "LAUNCHED=$HOW"; print_state
}
kill_claim() { mkdir "$D/go" && mkdir "$D/go/abandoned"; }
# The runner is this same text: the installed file, or a copy beside the run where nothing is installed.
save_text() {
  if [ -n "$INSTALLED" ]; then return 0; fi
  if [ -n "$GUARD_TEXT" ]; then printf '%s\n' "$GUARD_TEXT" >"$D/guard"; else cat "$0" >"$D/guard"; fi
}
# Starts the runner away from this session. Any of these may be tried after another: the runner's `go` token admits one.
launch() {
  if [ -n "$INSTALLED" ]; then set -- "$1" "$INSTALLED"; else set -- "$1" $SHELL_OF_RUNNER "$D/guard"; fi
  _dl=$1; shift
  if [ "$ME" = 0 ] && [ -z "${GUARD_NO_SYSTEMD:-}" ] && [ -d /run/systemd/system ] && command -v systemd-run >/dev/null 2>&1; then
    # Out of sshd's control group: a step that restarts sshd would otherwise end its own runner. ExecStopPost records
    # systemd's verdict even when the runner is killed (out of memory, RuntimeMaxSec).
    HOW=systemd; echo $HOW >"$D/how"
    limit 20 systemd-run --quiet --no-block --collect --unit="sickbay-run-$ID" --property=Type=exec --property=KillMode=control-group \
      --property="RuntimeMaxSec=$((_dl + 40))" --property=TimeoutStopSec=10 \
      --property="ExecStopPost=/bin/sh -c 'echo \$SERVICE_RESULT \$EXIT_CODE \$EXIT_STATUS >$D/sd'" \
      "$@" --root "$WHERE" __run "$ID" "$_dl" </dev/null >"$D/launch" 2>&1 && return
    limit 20 systemd-run --unit="sickbay-run-$ID" "$@" --root "$WHERE" __run "$ID" "$_dl" </dev/null >>"$D/launch" 2>&1 && return
  fi
  if command -v setsid >/dev/null 2>&1; then
    HOW=setsid; setsid "$@" --root "$WHERE" __run "$ID" "$_dl" </dev/null >/dev/null 2>&1 &
  else
    HOW=nohup; (trap '' HUP; exec "$@" --root "$WHERE" __run "$ID" "$_dl" </dev/null >/dev/null 2>&1) &
  fi
  echo $HOW >"$D/how"
}

# Detached. Takes the second token, records who it is, runs the steps in a process group of their own, and keeps the time.
supervise() { # ID DEADLINE
  trap '' HUP; cd / || exit 1
  is_number "$2" && [ -d "$D/save" ] && [ ! -f "$D/rejected" ] || exit 64
  mkdir "$D/go" 2>/dev/null || exit 0           # someone abandoned this id first
  settle_record started "PID=$$ ST0=$(start_of $$) BT=$BOOT" || { finish 2 "could not record the start"; exit 1; }
  if [ -n "$INSTALLED" ]; then set -- "$2" "$INSTALLED"; else set -- "$2" $SHELL_OF_RUNNER "$D/guard"; fi
  _dl=$1; shift
  # Not timeout(1): it stops caring once its direct child is dead, and BusyBox's signals one process only.
  if command -v setsid >/dev/null 2>&1; then setsid "$@" --root "$WHERE" __steps "$ID" </dev/null >/dev/null 2>&1 &
  else "$@" --root "$WHERE" __steps "$ID" </dev/null >/dev/null 2>&1 & fi
  T=$!
  ( sleep "$_dl" & W=$!; trap 'kill $W; exit' TERM; wait $W; : >"$D/timedout"
    kill -TERM "-$T" || kill -TERM "$T"; sleep 10; kill -KILL "-$T" || kill -KILL "$T" ) >/dev/null 2>&1 & W=$!
  wait $T; R=$?
  if [ -f "$D/timedout" ]; then R=124; kill -KILL "-$T" 2>/dev/null; elif [ -f "$D/cancelled" ]; then R=143; fi
  kill $W 2>/dev/null
  let_go 143
  if [ ! -f "$D/exit" ]; then [ $R != 2 ] || R=70; close_report $R; fi    # 2 is kept for "nothing was changed"
  finish $R; exit 0
}
# Writes the missing last lines of a report whose steps were ended from outside.
close_report() {
  _at=$(sed '/^$/d' "$D/report" | wc -c); _r=failed
  _n=$(grep -c '^step ' "$D/steps"); _i=1
  while [ $_i -le "$_n" ]; do
    if ! grep -q "^step $_i " "$D/report"; then
      printf 'step %s %s %s\n' $_i $_r "$1" | dd of="$D/report" bs=1 seek="$_at" conv=notrunc 2>/dev/null
      printf '@ step %s %s %s\n' $_i $_r "$1" >>"$D/out"
      _at=$(sed '/^$/d' "$D/report" | wc -c); _r=skipped
    fi
    _i=$((_i + 1))
  done
}
cancel() {
  look_state; [ "$ST" = running ] || return 0
  : >"$D/cancelled"; record "$D/steps.pid"; field PID || V=$PID
  kill -TERM "-$V" 2>/dev/null || kill -TERM "$V" 2>/dev/null
  _n=0; while look_state; [ "$ST" = running ] && [ $_n -lt 100 ]; do nap; _n=$((_n + 1)); done
  [ "$ST" = running ] || return 0
  kill -KILL "-$V" 2>/dev/null || kill -KILL "$V" 2>/dev/null
  _n=0; while look_state; [ "$ST" = running ] && [ $_n -lt 40 ]; do nap; _n=$((_n + 1)); done
}
# Forgets only what the bot has acknowledged and what could not be started again anyway: `expires` is part of the hashed
# text, so a replay of a forgotten id is refused for its age.
collect() {
  is_number "$1" || exit 64
  _now=$(date +%s)
  find "$ROOT" -mindepth 2 -maxdepth 2 -name acked -mtime "+$1" 2>/dev/null | while IFS= read -r f; do
    _e=$(sed -n 's/^expires \([0-9][0-9]*\)$/\1/p;/^step /q' "${f%/acked}/steps" 2>/dev/null)
    [ -n "$_e" ] && [ "$_e" -ge "$_now" ] || rm -rf "${f%/acked}"
  done
  echo "STATE=ok ROOT=$ROOT BOOT=$BOOT"
}

# ---------------------------------------------------------------------------------------------- steps: the interpreter

load_steps() { # the text into STEPS; only the characters of the wire may occur in it
  STEPS=$(head -c "$((MAX_STEPS_TEXT + 1))"; printf x); STEPS=${STEPS%x}
  case $STEPS in *[!A-Za-z0-9._/:@=+,%"$NL "-]*) no "the steps hold characters that do not belong there"; return ;; esac
  [ ${#STEPS} -le "$MAX_STEPS_TEXT" ] || no "the steps are longer than $MAX_STEPS_TEXT bytes"
}
# Reads STEPS line by line on fd 6 and calls `$1 N VERB ARG…` (decoded) for each step. Commands inside get no stdin of ours.
each_step() {
  printf '%s' "$STEPS" | {
    exec 6<&0 </dev/null
    _each=$1; WANT=1; CHANGED=; SEEN_END=
    while IFS= read -r LINE <&6; do
      set -- $LINE
      [ "${1:-}" = step ] || continue
      N=$2; shift 2; _k=$#
      while [ $_k -gt 0 ]; do decode "$1" || DEC="$NL"; set -- "$@" "$DEC"; shift; _k=$((_k - 1)); done
      REFUSED=; $_each "$@" || exit $?
      [ -n "$REFUSED" ] || CHANGED=$CHANGED$NL$(targets "$@")
    done
  }
}
# The form of the text, its id, its age and its boot, before any step is looked at.
check_header() { # ID, or - for a preview
  _now=$(date +%s); WANT=1; _first=1; _end=
  WHY=$(printf '%s' "$STEPS" | {
    while IFS= read -r LINE; do
      [ -z "$_end" ] || { echo "something follows the end of the steps"; exit; }
      case $LINE in *"  "*|" "*|*" ") echo "a line has a stray space"; exit ;; esac
      set -- "$1" $LINE
      if [ -n "$_first" ]; then [ "$LINE" = "sickbay-steps 1" ] || { echo "not in the form sickbay-steps 1"; exit; }; _first=; continue; fi
      case ${2:-} in
        id) [ "$1" = - ] || [ "${3:-}" = "$1" ] || { echo "the steps are for the id ${3:-}"; exit; }; _id=1 ;;
        expires) is_number "${3:-}" || { echo "no expiry"; exit; }
          [ "$3" -ge "$_now" ] || { echo "the approval expired $((_now - $3)) s ago by this host's clock"; exit; }; _ex=1 ;;
        boot) [ "${3:-}" = - ] || [ "$3" = "$BOOT" ] || { echo "this host has rebooted since"; exit; } ;;
        step) [ "${3:-}" = $WANT ] && [ $# -ge 4 ] || { echo "step $WANT is missing or malformed"; exit; }; WANT=$((WANT + 1)) ;;
        need) is_number "${3:-}" && [ $# = 5 ] && [ "$3" -lt $WANT ] && [ "$3" -gt 0 ] || { echo "a malformed need"; exit; } ;;
        end) _end=1 ;;
        *) echo "an unknown line: ${2:-}"; exit ;;
      esac
    done
    [ -n "$_end" ] && [ $WANT -gt 1 ] && { [ -n "${_id:-}" ] && [ -n "${_ex:-}" ] || [ "$1" = - ]; } || echo "the steps are incomplete"
  })
  [ -z "$WHY" ]
}
# True where an earlier step of this list changes what this step is about, so that its state cannot be judged yet.
touched() { # VERB ARG…
  # What uses a module is seen when the steps before have done their work: an undo stops the service first.
  [ "$1" != kmod.unload ] || [ -z "$CHANGED" ] || return 0
  # Whether a module can be loaded hangs on which there are, on their index and on modprobe's settings.
  { targets "$@"; case $1 in kmod.*) echo modules ;; esac; } | {
    while IFS= read -r _t; do
      case "$CHANGED$NL" in *"$NL$_t$NL"*) exit 0 ;; esac
      _c=$_t; while case $_c in file:/*/*) ;; *) false ;; esac; do      # or changes a directory above it
        _c=${_c%/*}; case "$CHANGED$NL" in *"$NL$_c$NL"*) exit 0 ;; esac
      done
    done; exit 1; }
}
# What a step changes, one name a line.
targets() {
  case $1 in
    file.move) echo "file:$(encode "${2:-}")"; echo "file:$(encode "${3:-}")" ;;
    file.*) echo "file:$(encode "${2:-}")"; case ${2:-} in "$AT"/etc/modprobe.d/*) echo modules ;; esac ;;
    unit.*) echo "unit:$(encode "${2:-}")" ;;
    process.*) echo "process:$(encode "${2:-}")" ;;
    mount.*) echo "mount:$(encode "${2:-}")" ;;
    firewall.*) echo "firewall:${2:-}" ;;
    sysctl.*) echo "sysctl:$(encode "${2:-}")" ;;
    # A package may bring modules.
    dpkg.*|package.*) echo packages; echo modules ;;
    kmod.load|kmod.unload) echo "module:$(encode "$(underscored "${2:-}")")" ;;
    kmod.rename) echo "file:$(encode "${2:-}")" ;;
    kmod.*) echo modules ;;
    host.*) echo host ;;
    container.*) echo "container:${3:-}" ;;
    capture.*) echo "capture:$N" ;;                            # nothing is changed
    k8s.rollout_undo) echo "k8s:${2:-}/deployment/${3:-}" ;;
    k8s.*) echo "k8s:${2:-}/${3:-}" ;;
    *) echo "$1" ;;
  esac
}
# Compares each `need N KEY VALUE` with LOOK, what the step's target looks like. Fails with WHY at the first that differs.
needs_met() { # N
  WHY=$(printf '%s' "$STEPS" | grep "^need $1 " | while read -r _ _ _k _v; do
    decode "$_v" || DEC="$NL"; _v=$(encode "$DEC")
    case "$NL$LOOK$NL" in
      *"$NL$_k $_v$NL"*) ;;
      *"$NL$_k "*) _is="$NL$LOOK$NL"; _is=${_is#*"$NL$_k "}; echo "$_k is ${_is%%"$NL"*}, not $_v as approved"; break ;;
      *) echo "$_k cannot be seen"; break ;;
    esac
  done)
  [ -z "$WHY" ]
}

# Whether a record could be kept under this root: asked before anything is promised. Leaves nothing behind.
ready() {
  make_root; _t=$ROOT/.ready.$$
  { mkdir "$_t" && head -c 65536 /dev/zero >"$_t/x" && [ "$(wc -c <"$_t/x")" -ge 65536 ]; } 2>/dev/null && _ok=1 || _ok=
  rm -rf "$_t"; [ -n "$_ok" ] || die nospace_or_readonly
  echo "STATE=ok ROOT=$ROOT BOOT=$BOOT"
}

# --- the read-only face
preview() {
  load_steps && check_header - || { printf 'why 0 '; as_text "$WHY"; printf '\nend\n'; exit 65; }
  DRAFTS=
  if [ -n "$(printf '%s' "$STEPS" | awk '!/^step [0-9]+ (file\.|kmod\.rename )/ { next } $4 in p { print; exit } { p[$4] }')" ]; then
    DRAFTS=$(mktemp -d /dev/shm/sickbay.XXXXXX 2>/dev/null) || DRAFTS=$(mktemp -d "/run/user/$ME/sickbay.XXXXXX" 2>/dev/null) || DRAFTS=
  fi
  each_step preview_step
  [ -z "$DRAFTS" ] || rm -rf "$DRAFTS"
  echo end
}
preview_step() {
  STATIC=; touched "$@" && STATIC=1
  _s=ok; WHY=
  if ! check "$@"; then _s=refused; LOOK=; [ -n "$BAD_ARGS" ] || LOOK=$(look "$@")
  else
    LOOK=$(look "$@")
    if [ -z "$STATIC" ]; then
      if ! needs_met "$N"; then _s=refused; elif is_noop "$@"; then _s=noop; fi
    fi
  fi
  echo "step $N $_s"
  [ -z "$LOOK" ] || printf '%s\n' "$LOOK" | sed "s/^/before $N /"
  if [ $_s = refused ]; then REFUSED=1; printf 'why %s ' "$N"; as_text "$WHY"; echo; return 0; fi
  printf 'undo %s ' "$N"; as_text "$(undo "$@")"; echo
  [ $_s = ok ] || return 0
  case $1 in file.comment_line|file.set_key|file.put|file.restore|kmod.rename) ;; *) return 0 ;; esac
  # A file that several steps edit is carried from one to the next in memory, so that each diff shows its own step.
  _pt=$(encode "$2"); SRC=$2
  [ -z "$DRAFTS" ] || [ ! -f "$DRAFTS/$(slug "$_pt")" ] || SRC=$DRAFTS/$(slug "$_pt")
  [ "$SRC" != "$2" ] || [ -r "$2" ] || [ "$1" = file.put ] || return 0
  _d=$(diff_of "$@"; printf x); _d=${_d%x}
  [ -z "$_d" ] || { echo "diff $N ${#_d}"; printf '%s\n' "$_d"; }
  [ -n "$DRAFTS" ] || return 0
  new_content "$@" >"$DRAFTS/new" && mv "$DRAFTS/new" "$DRAFTS/$(slug "$_pt")"
}
slug() { printf '%s' "$1" | sha256sum | cut -c1-32; }

# --- the face that changes things
run_steps() {
  record "$D/started"; field PID && [ "$V" = "$PPID" ] || exit 64    # only the runner of this very claim may enter
  settle_record steps.pid "PID=$$ ST0=$(start_of $$)"
  record "$D/by"; SUDO_UID=$REC; [ "$SUDO_UID" != - ] || SUDO_UID=
  exec 5<>"$D/report"
  load_steps <"$D/steps" && check_header "$ID" || { refuse "$WHY"; exit 2; }
  WHY=$(each_step check_before)
  [ -z "$WHY" ] || { refuse "$WHY"; exit 2; }
  each_step perform; R=$?
  if [ $R = 2 ] && [ -f "$D/refusal" ]; then record "$D/refusal"; decode "$REC"; finish 2 "$DEC"; exit 2; fi
  case $R in 0) finish 0 ;; 1) tell_skipped; finish 1 ;; esac
  exit $R                                       # any other end is the supervisor's to record
}
refuse() { say "refused, nothing was changed: $1"; finish 2 "$1"; }
# `out` is for people: lines of ours begin with @, lines of a command with |, so neither can be taken for the other.
say() { { printf '@ %s\n' "$(as_text "$1")" >>"$D/out"; } 2>/dev/null; }
report() { { printf '%s\n' "$1" >&5; } 2>/dev/null; { printf '@ %s\n' "$1" >>"$D/out"; } 2>/dev/null; }
report_look() { printf '%s\n' "$2" | { while IFS= read -r _l; do [ -z "$_l" ] || report "$1 $N $_l"; done; }; }
tell_skipped() {
  _n=$(grep -c '^step ' "$D/steps"); _i=1
  while [ $_i -le "$_n" ]; do grep -q "^step $_i " "$D/report" || report "step $_i skipped 0"; _i=$((_i + 1)); done
}
check_before() { # prints why the whole list is refused
  STATIC=; touched "$@" && STATIC=1
  check "$@" || { echo "step $N: $WHY"; exit 2; }
  [ -z "$STATIC" ] || return 0
  LOOK=$(look "$@"); needs_met "$N" || { echo "step $N: $WHY"; exit 2; }
}
perform() {
  S=$D/save/$N; STATIC=
  say "step $N: $*"
  _ok=; check "$@" && _ok=1
  LOOK=; [ -z "$_ok" ] || LOOK=$(look "$@")
  report_look before "$LOOK"
  if [ -n "$_ok" ] && ! touched "$@"; then needs_met "$N" || _ok=; fi
  if [ -z "$_ok" ]; then
    if [ "$N" = 1 ]; then say "refused, nothing was changed: $WHY"; encode "step 1: $WHY" >"$D/refusal"; exit 2; fi
    say "step $N refused: $WHY"; report "step $N failed 2"; exit 1
  fi
  if is_noop "$@"; then say "already so"; report_look after "$LOOK"; report "step $N done 0"; return 0; fi
  mkdir "$S" && { encode "${2:-}" >"$S/path"; encode "$1" >"$S/verb"; printf '%s\n' "$LOOK" >"$S/before"; } || _ok=
  if [ -n "$_ok" ]; then run change "$@"; R=$?; else R=74; say "could not save the state before the change"; fi
  LOOK=$(look "$@"); { printf '%s\n' "$LOOK" >"$S/after"; flush "$S/after"; } 2>/dev/null
  report_look after "$LOOK"
  if [ $R = 0 ]; then report "step $N done 0"; else report "step $N failed $R"; exit 1; fi
}
# Runs $@ with its output in `out`, marked and live. The reader goes on draining when a daemon keeps the pipe, so that
# neither the daemon is hurt by SIGPIPE nor the step held.
run() {
  _p=$D/pipe.$N; rm -f "$_p"; mkfifo "$_p" || { "$@" >/dev/null 2>&1; return; }
  drain "$_p" & 
  "$@" >"$_p" 2>&1 5>&- 6<&-; _r=$?
  _k=0; while [ -e "$_p" ] && [ $_k -lt 20 ]; do nap; _k=$((_k + 1)); done
  rm -f "$_p"; return $_r
}
drain() {
  trap '' HUP
  { _left=$((OUT_MAX - $(wc -c <"$D/out")))
    while IFS= read -r _l || [ -n "$_l" ]; do
      _left=$((_left - ${#_l} - 3))
      if [ $_left -ge 0 ]; then { printf '| %s\n' "$_l" >>"$D/out"; } 2>/dev/null; fi
    done
    [ $_left -ge 0 ] || { echo '@ more output was cut off here' >>"$D/out"; } 2>/dev/null
  } <"$1"
  rm -f "$1"
}

# ---------------------------------------------------------------------------------------------- what may be touched

# Refused for every file verb: who may log in, what boots, the kernel's trees, and the guard's own memory.
protected() {
  case $1 in
    /etc/shadow*|/etc/gshadow*|/etc/passwd*|/etc/group*|/etc/subuid*|/etc/subgid*|/etc/sudo*|/etc/doas*|/etc/ssh/*key*) ;;
    */authorized_keys*|*/.ssh|*/.ssh/*|/boot|/boot/*|/proc|/proc/*|/sys|/sys/*|/dev|/dev/*|/etc/selinux/*|/etc/krb5.keytab) ;;
    /usr/local/libexec/sickbay-*|/etc/sickbay|/etc/sickbay/*|/var/lib/sickbay|/var/lib/sickbay/*|/run/sickbay|/run/sickbay/*|"$ROOT"|"$ROOT"/*) ;;
    *) return 1 ;;
  esac
}
# Where content becomes root's code or policy. Nothing may bring content here, or give these files to another owner: a typed
# verb must not be a way to write a cron job.
runs_as_root() {
  case $1 in
    /usr/*|/bin/*|/sbin/*|/lib*|/root|/root/*|/home/*/.*|/var/spool/*|/var/lib/dpkg/*|/var/lib/systemd/*|/run/systemd/*|/run/udev/*) ;;
    /etc/cron*|/etc/anacron*|/etc/at.*|/etc/systemd|/etc/systemd/*|/etc/init*|/etc/rc*|/etc/pam*|/etc/security|/etc/security/*.sh|/etc/polkit*|/etc/dbus*) ;;
    /etc/profile*|/etc/bash*|/etc/zsh*|/etc/csh*|/etc/environment*|/etc/skel*|/etc/ld.so*|/etc/udev*|/etc/modprobe*|/etc/modules*|/etc/apt*|/etc/dpkg*|/etc/yum*|/etc/dnf*) ;;
    /etc/logrotate*|/etc/network*|/etc/NetworkManager*|/etc/dhcp*|/etc/ppp*|/etc/acpi*|/etc/default*|/etc/sysconfig*|/etc/conf.d*|/etc/runlevels*) ;;
    /etc/tmpfiles*|/etc/sysusers*|/etc/binfmt*|/etc/nsswitch.conf|/etc/login.defs|/etc/shells|/etc/fstab|/etc/exports*|/etc/rsyslog*|/etc/syslog-ng*) ;;
    /etc/apparmor*|/etc/audit*|/etc/ssl|/etc/ssl/*|/etc/pki/*|/etc/ca-cert*|/etc/alternatives*|/etc/sysctl*|/etc/kernel*|/etc/grub*) ;;
    *) return 1 ;;
  esac
}
# Files that keep people out, or code away from the kernel, by being where they are.
shelters() {
  case $1 in
    /etc/pam*|/etc/security*|/etc/ssh*|/etc/modprobe*|/etc/sysctl*|/etc/apparmor*|/etc/audit*|/etc/polkit*|/etc/dbus*) ;;
    /etc/sysconfig/*tables*|/etc/cron.allow|/etc/cron.deny|/etc/at.allow|/etc/at.deny) ;;
    /etc/nsswitch.conf|/etc/login.defs|/etc/shells|/etc/hosts.deny|/etc/hosts.allow|/etc/nftables*|/etc/iptables*|/etc/ufw*|/etc/firewalld*|/etc/fail2ban*) ;;
    *) return 1 ;;
  esac
}
# True where an execution that is remembered here moved FROM to TO.
moved_by_us() { # FROM TO
  find "$ROOT" -mindepth 4 -maxdepth 4 -name to 2>/dev/null | {
    while IFS= read -r _mf; do
      record "$_mf"; [ "$REC" = "$(encode "$2")" ] || continue
      record "${_mf%/to}/path"; [ "$REC" != "$(encode "$1")" ] || exit 0
    done
    exit 1; }
}
# True where only root can change what $1 is: every component root's, none writable by group or others, no link.
trusted() {
  _c=$1
  while :; do
    [ ! -L "$_c" ] && _m=$(stat -c '%u %a' "$_c" 2>/dev/null) && [ "${_m% *}" = 0 ] && [ $((0${_m#* } & 022)) = 0 ] || return 1
    [ "$_c" != / ] || return 0
    _c=${_c%/*}; [ -n "$_c" ] || _c=/
  done
}
# Directories in which a file may be deleted or emptied.
in_roots() {
  case $1 in
    /var/log/*|/var/cache/*|/var/tmp/*|/tmp/*|/var/crash/*|/var/lib/systemd/coredump/*) return 0 ;;
    /srv/*/log/*|/srv/*/logs/*|/srv/*/tmp/*|/srv/*/cache/*) return 0 ;;
  esac
  _f=${GUARD_ETC:-/etc/sickbay}/roots; [ -f "$_f" ] && { [ -n "${GUARD_ETC:-}" ] || trusted "$_f"; } || return 1
  while IFS= read -r _r; do
    case $_r in /*/*) plain_path "$_r" || continue; case $1 in "$_r"/*) return 0 ;; esac ;; esac
  done <"$_f"
  return 1
}
# A list of libraries may get shorter: what is taken off it is loaded no more. Those that keep somebody out stay.
only_less() { # FILE KEY VALUE
  [ "$2" = shared_preload_libraries ] || return 1
  case $3 in "'"*"'") ;; *) return 1 ;; esac
  case $3 in *[!A-Za-z0-9_,\ \']*) return 1 ;; esac
  [ -z "$STATIC" ] || return 0
  [ -f "$1" ] && [ -r "$1" ] || return 1
  _had=$(sed -n 's/^[[:space:]]*shared_preload_libraries[[:space:]=]//p' "$1" | tail -n 1 | sed 's/#.*//' | tr -c 'A-Za-z0-9_$/.-' ' ')
  _new=$(printf '%s' "$3" | tr ",'" '  ')
  for _w in $_new; do case " $_had " in *" $_w "*) ;; *) return 1 ;; esac; done
  for _w in $_had; do
    case " $_new " in *" $_w "*) continue ;; esac
    case $_w in *audit*|*passw*|*cred*|*auth*|*sepgsql*|*set_user*|*encrypt*|*tde*|*anon*|*citus*|*safeupdate*|*logical*|*bdr*|*extwlist*|*login*|*permission*|*supautils*) return 1 ;; esac
  done
}
# A setting that names code, or who may come in, is not a value to tune.
names_code() {
  case $(printf '%s' "$1" | tr '[:upper:]-' '[:lower:]_') in
    *upload*size|*file_uploads|max_execution_time|max_input_time) return 1 ;;
    *command*|*exec*|*load*|*plugin*|*module*|*include*|*extension*|*librar*|*prepend*|*auto_append*|*program*|*script*|*hook*) ;;
    *auth*|*permit*|*trusted*|*password*|*passwd*|*pass|*secret*|subsystem|strictmodes|match|user|group|*engine*|*skip*grant*|*secure*file*) ;;
    ld_*|path|*path|*sendmail*|*dump*|*init_file*|*customlog*|perl*|lua*|*_cmd) ;;
    *) return 1 ;;
  esac
}
# A line whose absence lets somebody in, or lets a service do more than it should.
weakens() {
  case $(printf '%s' "$1" | tr '[:upper:]' '[:lower:]') in
    auth*|*_auth*|*authent*|*authoriz*|deny*|allow[!e]*|require*|*password*|*permit*|*verify*) ;;
    user[=\ ]*|group[=\ ]*|dynamicuser*|protect*|private*|nonewpriv*|capab*|ambient*|restrict*|systemcall*|readonly*) ;;
    *) return 1 ;;
  esac
}
plain_path() { # absolute, normalised, one line
  case $1 in
    *[[:cntrl:]]*) no "a path holds a control character" ;;
    /*) case $1/ in *//*|*/./*|*/../*) no "not a plain absolute path: $1" ;; *) [ ${#1} -le 4000 ] || no "a path is too long" ;; esac ;;
    *) no "not an absolute path: $1" ;;
  esac
}
split() { DIR=${1%/*}; NAME=${1##*/}; }
# Goes into the directory of $1 and makes sure it is that directory: from here on a swapped parent changes nothing.
enter() { split "$1"; cd -P "$DIR" 2>/dev/null && [ "$(pwd -P)" = "$DIR" ]; }
path_ok() { # form and policy of a path that a file verb is about
  plain_path "$1" || { BAD_ARGS=1; return 1; }
  split "$1"; [ -n "$DIR" ] && [ -n "$NAME" ] || { no "will not change what lies at the top of the tree: $1"; return; }
  ! protected "$1" || no "$1 is protected on every host"
}
place_ok() { # the directory really is where the path says
  _rp=$(cd -P "${1%/*}" 2>/dev/null && pwd -P) || { no "cannot enter ${1%/*}"; return; }
  [ "$_rp" = "${1%/*}" ] || no "$1 goes through a symbolic link; its real place is $_rp/${1##*/}"
}
plain_file() { # an existing regular file that is what it seems
  place_ok "$1" || return 1
  [ ! -L "$1" ] || { no "$1 is a symbolic link to $(readlink "$1")"; return; }
  [ -e "$1" ] || { no "there is no $1"; return; }
  [ -f "$1" ] || { no "$1 is not a regular file"; return; }
  # In a directory others can write to, a second name may be a trap set for root.
  [ "$(stat -c %h "$1")" = 1 ] || [ "$(stat -c %u "${1%/*}")" = 0 ] || no "$1 has other names (hard links)"
}
editable() { # a regular file whose content we may change
  plain_file "$1" || return 1
  [ "$(stat -c %h "$1")" = 1 ] || { no "$1 has other names (hard links); an edit would part them"; return; }
  [ "$(stat -c %s "$1")" -le 8388608 ] || { no "$1 is larger than 8 MiB"; return; }
  [ ! -r "$1" ] || [ "$(tr -d '\000' <"$1" | wc -c)" = "$(wc -c <"$1")" ] || no "$1 is not a text file"
}
one_line() { case $1 in *[[:cntrl:]]*) no "a value holds a control character"; return 1 ;; esac; }
bad() { BAD_ARGS=1; no "$@"; }
unit_ok() {
  case $1 in -*|*[!A-Za-z0-9:_.\\@-]*|'') bad "not a unit name: $1"; return ;; esac
  [ ${#1} -le 255 ] || { bad "a unit name is too long"; return; }
  case $1 in *.service|*.socket|*.timer|*.mount|*.automount|*.path|*.target|*.slice|*.scope|*.swap) ;; *) bad "no known unit type: $1" ;; esac
}
# Nothing that cuts the host off, and nothing that changes how the whole machine runs.
unit_allowed() { # VERB UNIT
  case $2 in
    *reboot*|*poweroff*|*halt*|*kexec*|*shutdown*|*suspend*|*hibernate*|*sleep.*|rescue*|emergency*|*debug-shell*|*ctrl-alt-del*) ;;
    exit.target|runlevel*|umount.target|final.target|default.target|multi-user.target|graphical.target|sysinit.target|basic.target|init.scope) ;;
    *) case $1:$2 in
        unit.restart:dbus*) ;;
        unit.stop:*.slice|unit.stop:*.scope|unit.stop:*.target|unit.mask:*.target|unit.stop:sickbay-*) ;;
        unit.stop:*|unit.mask:*|unit.disable:*) case $2 in ssh*|dbus*|systemd-*|[Nn]etwork*) ;; *) return 0 ;; esac ;;
        *) return 0 ;;
      esac
      no "$2 is needed to reach and run this host"; return ;;
  esac
  no "$2 would change how the whole machine runs"
}
mode_ok() { # MODE PATH: may be set on PATH
  case $1 in [0-7][0-7][0-7]|[0-7][0-7][0-7][0-7]) ;; *) bad "not a mode: $1"; return ;; esac
  case $1:$2 in 1777:/tmp|1777:/var/tmp) return 0 ;; esac
  _old=0; [ ! -e "$2" ] || _old=$(stat -c %a "$2" 2>/dev/null) || _old=0
  [ $((0$1 & 06002 & ~0$_old)) = 0 ] || { no "mode $1 would add setuid, setgid or world-writable"; return; }
  case $2 in */private/*|*.key|*_key|*/id_*|*.pem|*.keytab)
    [ $((0$1 & 077 & ~0$_old)) = 0 ] || no "mode $1 would open a private key to others" ;; esac
}
# Turns an owner or group into its number; fails where the host does not know it.
id_of() { # passwd|group NAME
  if is_number "$2"; then V=$2; return 0; fi
  case $2 in ''|-*|*[!A-Za-z0-9._-]*) return 1 ;; esac
  V=$( { getent "$1" "$2" || grep "^$2:" "/etc/$1"; } 2>/dev/null | head -n 1 | cut -d: -f3); is_number "$V"
}
owner_ok() { # PATH OWNER GROUP RECURSIVE
  id_of passwd "$2" || { bad "this host has no user $2"; return; }; _u=$V
  id_of group "$3" || { bad "this host has no group $3"; return; }; _g=$V
  [ -z "${SUDO_UID:-}" ] || [ "$_u" != "$SUDO_UID" ] || { no "will not give files to the user who asks for it"; return; }
  if [ "$_u" != 0 ] && runs_as_root "$1"; then no "$1 must stay root's"; return; fi
  case $1 in /etc/*) [ "$_u" -lt 1000 ] && [ "$_g" -lt 1000 ] || { no "files under /etc are given to system accounts only"; return; } ;; esac
  case $4 in 0) return 0 ;; 1) ;; *) bad "RECURSIVE is 0 or 1"; return ;; esac
  case $1 in /etc/*|/usr/*|/bin/*|/sbin/*|/lib*|/root/*|/var/lib|/var/log|/var/spool|/var/cache|/var/tmp|/run/*) no "$1 is too wide to change with everything in it"; return ;; esac
  case $ROOT/ in "$1"/*) no "$1 holds the guard's own state"; return ;; esac
  awk -v p="$1/" 'index($5 "/", p) == 1 && $5 "/" != p { exit 1 }' /proc/self/mountinfo || no "another file system is mounted below $1"
}
proc_ok() { # PID STARTTIME
  is_number "$1" && is_number "$2" || { bad "a process is PID STARTTIME"; return; }
  [ "$1" -gt 2 ] && [ "$1" != $$ ] || { no "process $1 is not to be touched"; return; }
  alive "$1" "$2" || { no "process $1 is gone, or is another one now"; return; }
  _a=$$; while [ "${_a:-0}" -gt 1 ]; do [ "$_a" != "$1" ] || { no "process $1 carries this very request"; return; }; _a=$(parent_of "$_a"); done
  [ "$(parent_of "$1")" != 2 ] || no "process $1 is the kernel's"
}
parent_of() { sed -n 's/^PPid:[[:space:]]*//p' "/proc/$1/status" 2>/dev/null; }
sysctl_path() {
  case $1 in ''|-*|/*|*[!a-zA-Z0-9_./-]*|*..*|*//*) bad "not a sysctl key: $1"; return ;; esac
  case $1 in */*) SP=/proc/sys/$1 ;; *) SP=/proc/sys/$(printf '%s' "$1" | tr . /) ;; esac
  case ${SP#/proc/sys/} in
    kernel/core_*|kernel/mod*|kernel/hotplug|kernel/poweroff_cmd|kernel/usermodehelper*|kernel/kexec*|kernel/sysrq|kernel/*restrict) ;;
    kernel/randomize_va_space|kernel/unprivileged*|kernel/yama/*|fs/binfmt_misc/*|fs/protected_*|fs/suid_dumpable|vm/mmap_min_addr|dev/*) ;;
    *) return 0 ;;
  esac
  no "$1 is a security setting"
}
package_ok() {
  case $1 in ''|[!a-z0-9]*|*-|*[!a-z0-9.+:-]*|?) bad "not a package name: $1"; return ;; esac
  command -v dpkg-query >/dev/null 2>&1 || no "this host has no dpkg"
}
# iptables takes any unambiguous beginning of a long option, --modprobe=COMMAND among them: only these, in full, pass.
rule_ok() { # TOOL TABLE CHAIN RULE…
  case $1 in iptables|ip6tables) ;; *) bad "not a firewall tool: $1"; return ;; esac
  case $2 in filter|nat|mangle|raw) ;; *) bad "not a table: $2"; return ;; esac
  case $3 in ''|-*|*[!A-Za-z0-9_-]*) bad "not a chain: $3"; return ;; esac
  shift 3; [ $# -gt 0 ] || { bad "a rule has no words"; return; }
  for _w; do
    case $_w in
      *[!A-Za-z0-9._:/,@=+!%\ -]*|'') bad "a rule holds a character that does not belong there"; return ;;
      -[sdpijogmf]|--dport|--sport|--dports|--sports|--ports|--state|--ctstate|--ctorigdst|--ctdir|--comment|--limit|--limit-burst) ;;
      --icmp-type|--icmpv6-type|--reject-with|--to-destination|--to-source|--to-ports|--log-prefix|--log-level|--tcp-flags|--syn|--mark|--set-mark|--set-xmark) ;;
      --uid-owner|--gid-owner|--mac-source|--match-set|--dst-type|--src-type|--src-range|--dst-range|--hitcount|--seconds|--name|--rcheck|--update|--set|--rsource|--rdest|--mask) ;;
      --connlimit-above|--connlimit-upto|--connlimit-mask|--connlimit-saddr|--hashlimit-above|--hashlimit-upto|--hashlimit-mode|--hashlimit-name|--hashlimit-burst|--random|--nflog-group|--nflog-prefix) ;;
      -*) bad "a rule word is not allowed: $_w"; return ;;
    esac
  done
}
mount_ok() {
  plain_path "$1" || { BAD_ARGS=1; return 1; }
  case $1 in *\\*) bad "not a mount point: $1" ;; esac
}
property_ok() { # SECTION KEY VALUE
  case $1:$2 in
    Unit:StartLimitBurst|Unit:StartLimitIntervalSec) ;;
    Service:LimitNOFILE|Service:LimitNPROC|Service:LimitCORE|Service:TasksMax|Service:MemoryMax|Service:MemoryHigh|Service:CPUQuota|Service:Nice) ;;
    Service:TimeoutStartSec|Service:Restart|Service:RestartSec|Slice:TasksMax|Slice:MemoryMax|Slice:MemoryHigh|Slice:CPUQuota) ;;
    # A folder of its own directly below /run, which the service manager makes at each start.
    Service:RuntimeDirectory) case $3 in .*|*[!A-Za-z0-9._-]*) bad "not the name of a folder below /run: $3"; return ;;
      systemd|dbus|user|lock|sshd|udev|docker|containerd|postgresql|sickbay) no "/run/$3 is not that of one service alone"; return ;; esac ;;
    *) bad "not a property that may be set: $1 $2"; return ;;
  esac
  case $3 in ''|*[!A-Za-z0-9.:%_-]*) bad "not a value for $2" ;; esac
}
# --- kernel modules, and the machine as a whole
# Sets TOOL to the program NAME as PATH has it. By its whole path, because BusyBox would otherwise run an applet of the
# same name, which takes other words.
tool() { # NAME
  TOOL=; _prog=$1; _ifs=$IFS; IFS=:; set -- $PATH; IFS=$_ifs
  for _dir; do if [ -f "$_dir/$_prog" ] && [ -x "$_dir/$_prog" ]; then TOOL=$_dir/$_prog; return 0; fi; done
  no "this host has no $_prog"
}
in_container() {
  [ -e "$AT/run/systemd/container" ] || [ -e "$AT/run/.containerenv" ] && return
  # Images made of a container keep the marker; a real container has no device of its own as root.
  [ -e "$AT/.dockerenv" ] && ! grep -qsE '^/dev/[^ ]+ / ' "$AT/proc/self/mounts" && return
  tr '\000' '\n' 2>/dev/null <"$AT/proc/1/environ" | grep -q '^container=.'
}
module_name() {
  case $1 in ''|-*|*[!A-Za-z0-9_-]*) bad "not a module's name: $1"; return ;; esac
  [ ${#1} -le 64 ] || bad "a module's name is too long"
}
release_name() {
  case $1 in ''|[!A-Za-z0-9]*|*[!A-Za-z0-9._+~-]*|*..*) bad "not a release or version: $1"; return ;; esac
  [ ${#1} -le 64 ] || bad "a release is too long"
}
underscored() { printf '%s' "$1" | tr - _; }     # the kernel's own spelling of a module's name
# Never brought in by a typed verb: made to test, to crash or to be a door for debuggers; and protocols, buses and file
# systems that hardly any server uses, kept out by distributions and hardening guides because attacks begin with them.
risky_module() {
  case $(underscored "$1") in
    test_*|*_test|mtd_*test|*kunit*|*torture|dmatest|lkdtm|*_inject|einj|evbug|kgdb*|scsi_debug|netdevsim|vivid|vimc|msr) ;;
    ax25|netrom|rose|x25|lapb|appletalk|ipx|decnet|econet|rds|rds_*|dccp|dccp_*|tipc|phonet|caif*|n_gsm|n_hdlc|*802154*) ;;
    sctp|sctp_*|cramfs|freevxfs|jffs2|hfs|hfsplus|firewire_*|ohci1394|sbp2) ;;
    *) return 1 ;;
  esac
}
# A line of modprobe's settings by which such a module stays out, or by which a protocol is not loaded unasked.
keeps_out() { set -- $1; case ${1:-}:${3:-} in alias:off) return 0 ;; install:?*|blacklist:*) risky_module "${2:-}" ;; *) return 1 ;; esac; }
# The first line WORD MODULE of modprobe's settings, as FILE:LINE in V. A file in /etc hides one of the same name elsewhere.
setting_of() { # blacklist|install MODULE
  V=$(find -H "$AT/etc/modprobe.d" "$AT/run/modprobe.d" "$AT/usr/local/lib/modprobe.d" "$AT/usr/lib/modprobe.d" "$AT/lib/modprobe.d" -maxdepth 1 -name '*.conf' 2>/dev/null | {
    _seen=/
    while IFS= read -r _cf; do
      case $_seen in *"/${_cf##*/}/"*) continue ;; esac
      _seen=$_seen${_cf##*/}/
      WORD=$1 MOD=$(underscored "$2") awk '{ m = $2; gsub(/-/, "_", m) } $1 == ENVIRON["WORD"] && m == ENVIRON["MOD"] { print FILENAME ":" FNR; exit }' "$_cf" 2>/dev/null
    done; } | head -n 1)
  [ -n "$V" ]
}
blacklisted() { # MODULE: by whom in V
  setting_of blacklist "$1" && return
  V="the kernel's command line"
  tr ' ' '\n' 2>/dev/null <"$AT/proc/cmdline" | sed -n -e 's/^modprobe.blacklist=//p' -e 's/^module_blacklist=//p' | tr ',-' '\n_' | grep -qxF "$(underscored "$1")"
}
# Sets ML (1 loaded or built in), MU (its users: a number, or builtin) and MB (the modules among them).
module_state() { # MODULE
  ML=0 MU=0 MB=; _mod=$(underscored "$1")
  _st=$(awk -v m="$_mod" '$1 == m { print $3, $4; exit }' "$AT/proc/modules" 2>/dev/null)
  if [ -n "$_st" ]; then ML=1 MU=${_st%% *} MB=${_st#* }; MB=${MB%,}; [ "$MB" != - ] || MB=
  elif sed 's|.*/||;s/[.]ko.*//' "$AT/lib/modules/$(uname -r)/modules.builtin" 2>/dev/null | tr - _ | grep -qxF "$_mod"; then ML=1 MU=builtin; fi
}
kernel_takes_modules() {
  ! in_container || { no "a container has the kernel of its host; its modules are a matter for that host"; return; }
  [ -e "$AT/proc/modules" ] || { no "this kernel takes no modules"; return; }
  case $(cat "$AT/proc/sys/kernel/modules_disabled" 2>/dev/null) in 1) no "this kernel takes no module any more until the next boot (kernel.modules_disabled is 1)" ;; esac
}
# MODULE may be brought in: nobody has ruled it out, and modprobe would load modules and do nothing else.
module_may() {
  ! risky_module "$1" || { no "$1 is for tests, or a known way to attack a kernel; a person must load it"; return; }
  [ -z "$STATIC" ] || return 0
  module_state "$1"; [ $ML = 0 ] || return 0
  tool modprobe || return 1
  ! blacklisted "$1" || { no "$1 is blacklisted by $V"; return; }
  modprobe_would "$1" -n -v -- "$1"
}
# What modprobe says that it would do is judged line by line: `install` and `remove` in its settings run commands as root.
modprobe_would() { # MODULE WORDS… (TOOL is modprobe)
  _mod=$1; shift
  case $(readlink -f "$TOOL") in *busybox*) no "this host has only BusyBox's modprobe, which cannot say what it would do; a person must do this"; return ;; esac
  if _dry=$(limit 10 "$TOOL" "$@" 2>/dev/null); then :; else
    _dry=$(limit 10 "$TOOL" "$@" 2>&1 >/dev/null | tail -n 1); no "modprobe cannot do that: ${_dry#modprobe: }"; return
  fi
  WHY=$(printf '%s\n' "$_dry" | {
    _own= _other=
    while read -r _what _cmd _words; do
      case $_what in
        '') continue ;;
        insmod|rmmod|builtin) _ko=${_cmd##*/}; _ko=$(underscored "${_ko%%.ko*}")
          ! risky_module "$_ko" || { echo "it brings in $_ko, which is for tests, or a known way to attack a kernel; a person must load it"; exit; }
          if [ "$_ko" = "$(underscored "$_mod")" ]; then _own=1; else _other=$_ko; fi ;;
        install|remove) case ${_cmd##*/}:$_words in
            true:*|false:*|::*) setting_of "$_what" "$_mod" || V="modprobe's settings for a module that it needs"; echo "it is overridden by $V"; exit ;;
            modprobe:*[!A-Za-z0-9_./=,\ -]*|insmod:*[!A-Za-z0-9_./=,\ -]*|rmmod:*[!A-Za-z0-9_./=,\ -]*) ;;
            modprobe:*|insmod:*|rmmod:*) _own=1; continue ;;
          esac
          setting_of "$_what" "$_mod" || V="modprobe's settings"; echo "modprobe would run a command of $V as root: $_cmd $_words"; exit ;;
        *) echo "modprobe would do something unknown: $_what"; exit ;;
      esac
    done
    [ -z "$_own" ] || exit
    [ -z "$_other" ] || { echo "$_mod is only another name, which brings in $_other; name that"; exit; }
    echo "modprobe would do nothing for $_mod"; })
  [ -z "$WHY" ]
}
# True where an execution that this guard remembers loaded MODULE since the host booted. What others loaded may be what the
# host is reached through: a network card's driver has no users that would show.
loaded_by_us() {
  find "$ROOT" -mindepth 4 -maxdepth 4 -name loaded 2>/dev/null | { while IFS= read -r _lf; do record "$_lf"; [ "$REC" != "$BOOT $(underscored "$1")" ] || exit 0; done; exit 1; }
}
dkms_state() { # NAME VERSION RELEASE, into DS
  tool dkms || { DS=unknown; return 0; }
  DS=$(limit 20 env -i PATH="$PATH" LC_ALL=C "$TOOL" status -m "$1" -v "$2" -k "$3" 2>/dev/null | sed -n 's/^[^:]*: *\([a-z-]*\).*/\1/p' | head -n 1); DS=${DS:-absent}
}
# Sets PM (what is planned: reboot, poweroff, …, or none) and PU (when, in microseconds since 1970).
planned() {
  PM=none PU=0; _pl=$AT/run/systemd/shutdown/scheduled; [ -e "$_pl" ] || return 0
  PM=$(sed -n 's/^MODE=//p' "$_pl" 2>/dev/null) PU=$(sed -n 's/^USEC=//p' "$_pl" 2>/dev/null); PM=${PM:-unknown} PU=${PU:-unknown}
}
plans_shutdowns() {
  ! in_container || { no "a container does not boot; what it runs on does"; return; }
  [ "$(manager)" = systemd ] || { no "this host has no systemd to plan a reboot with; a person must reboot it"; return; }
  tool shutdown
}
engine_ok() { case $1 in docker|podman|nerdctl) ;; *) bad "not docker, podman or nerdctl: $1" ;; esac; }
container_ok() {
  case $1 in ''|[!A-Za-z0-9]*|*[!A-Za-z0-9_.-]*) bad "not the name of a container: $1"; return ;; esac
  [ ${#1} -le 128 ] || bad "a container's name is too long"
}
# Sets CS (its state, or absent) and CU (the unit that it belongs to).
container_state() { # ENGINE NAME
  CS=absent CU=; tool "$1" || return 1
  _cs=$(limit 10 "$TOOL" inspect --type container -f '{{.State.Status}}={{index .Config.Labels "PODMAN_SYSTEMD_UNIT"}}' -- "$2" 2>/dev/null) || return 0
  CS=${_cs%%=*} CU=${_cs#*=}; case $CU in '<no value>') CU= ;; esac
}
# Sets SL, how many seconds its end and its next start may take; fails where that is too long for a step.
stop_limit() { # ENGINE NAME
  SL=90; tool "$1" || return 1
  _sl=$(limit 10 "$TOOL" inspect --type container -f '{{.Config.StopTimeout}}' -- "$2" 2>/dev/null)
  is_number "$_sl" && [ ${#_sl} -le 9 ] || return 0
  [ "$_sl" -le 30 ] || SL=$((_sl + 60))
  [ "$_sl" -le 100 ]
}
# Podman is no daemon: what it starts must not belong to the run, which takes all its processes with it when it ends.
engine_do() { # ENGINE VERB NAME
  SL=90; [ "$2" = start ] || stop_limit "$1" "$3" || return 1
  tool "$1" || return 1
  if [ "$1:$ME" = podman:0 ] && [ -z "${GUARD_NO_SYSTEMD:-}" ] && [ -d /run/systemd/system ] && command -v systemd-run >/dev/null 2>&1; then
    limit "$SL" systemd-run --quiet --scope --collect --slice=machine.slice -- "$TOOL" "$2" -- "$3"
  else limit "$SL" "$TOOL" "$2" -- "$3"; fi
}
# Waits until the container runs, and still does a second later.
container_settled() { # ENGINE NAME
  _k=0
  while :; do
    container_state "$1" "$2"
    if [ "$CS" = running ]; then sleep 1; container_state "$1" "$2"; [ "$CS" != running ] || return 0; fi
    [ $_k -lt "$SETTLE" ] || break
    sleep 1; _k=$((_k + 1))
  done
  echo "the container $2 is $CS"; limit 8 "$TOOL" logs --tail 10 -- "$2" 2>&1; return 1
}
kube_name() { # TEXT: a DNS-1123 subdomain
  case $1 in ''|-*|*-|.*|*.|*..*|*-.*|*.-*|*[!a-z0-9.-]*) bad "not a name of Kubernetes: $1"; return ;; esac
  [ ${#1} -le 253 ] || { bad "a name of Kubernetes is too long"; return; }
  _ifs=$IFS; IFS=.; for _lb in $1; do [ ${#_lb} -le 63 ] || bad "a name of Kubernetes is too long"; done; IFS=$_ifs; [ -z "$BAD_ARGS" ]
}
workload_ok() { case $1 in deployment/*|statefulset/*|daemonset/*) kube_name "${1#*/}" ;; *) bad "not a workload such as deployment/web: $1" ;; esac; }
# Finds kubectl (KT) and whose settings it uses: root's own, the control plane's, or those of the account that called, as that account (KU).
# A file that another account may write is never read as root: it may name programs to run.
kube_ready() {
  KT= KC= KU=
  if tool kubectl; then KT=$TOOL
  else
    for _kt in /usr/local/bin/kubectl /usr/local/bin/k3s; do
      _kt=$(readlink -f "$_kt" 2>/dev/null) && [ -x "$_kt" ] && { [ "$ME" != 0 ] || trusted "$_kt"; } || continue
      KT=$_kt; break
    done
    [ -n "$KT" ] || { no "this host has no kubectl"; return; }
  fi
  _kh=${HOME:-/root}; [ "$ME" != 0 ] || _kh=$AT/root
  for KC in "$_kh/.kube/config" "$AT/etc/kubernetes/admin.conf" "$AT/etc/rancher/k3s/k3s.yaml" "$AT/var/lib/k0s/pki/admin.conf"; do
    [ ! -r "$KC" ] || { [ "$ME" = 0 ] && [ -z "$AT" ] && ! trusted "$KC"; } || return 0
  done
  KC=; case ${SUDO_UID:-0} in 0|*[!0-9]*) ;; *)
    KU=$(awk -F: -v u="$SUDO_UID" '$3 == u { print $1; exit }' /etc/passwd) _kh=$(awk -F: -v u="$SUDO_UID" '$3 == u { print $6; exit }' /etc/passwd)
    if [ "$ME" = 0 ] && [ -n "$KU" ] && [ -f "$_kh/.kube/config" ] && command -v runuser >/dev/null 2>&1; then KC=$_kh/.kube/config; return 0; fi ;; esac
  no "no settings for kubectl (a kubeconfig) can be used here"
}
kube() { # SECONDS WORDS…
  _kl=$1; shift
  case $KT in */k3s) set -- kubectl "$@" ;; esac
  # Whatever kubectl would keep has no place: nothing is written but what the step says.
  set -- "$KT" "$@" --kubeconfig "$KC" --cache-dir=/dev/null/none --request-timeout=15s
  [ -z "$KU" ] || set -- runuser -u "$KU" -- "$@"
  limit "$_kl" env -u KUBECONFIG "$@"
}
kube_may() { # VERB RESOURCE [-n NAMESPACE]
  kube 20 auth can-i "$@" >/dev/null 2>&1 || no "the account of $KC may not $1 $2${4:+ in $4}, or the cluster does not answer"
}
# The address of the cluster that kubectl speaks to: somebody may choose another one between card and run.
kube_cluster() {
  [ -z "${KC:-}" ] || kube 20 config view --minify -o 'jsonpath={.clusters[0].cluster.server}' 2>/dev/null
}
# Sets KR, the revision of a deployment, empty where there is none.
kube_revision() { # NAMESPACE DEPLOYMENT
  KR=$(kube 20 get deployment "$2" -n "$1" -o 'jsonpath={.metadata.annotations.deployment\.kubernetes\.io/revision}' 2>/dev/null)
}
# Sets KN: 1 where no new pod may come to a node, 0, or empty where it is not known.
kube_node() {
  KN=; case $(kube 20 get node "$1" -o 'jsonpath={.metadata.name}={.spec.unschedulable}' 2>/dev/null) in "$1=true") KN=1 ;; "$1="*) KN=0 ;; esac
}
# Says how far it came; that not all pods are up within the time is for the look afterwards to judge.
kube_rolled() { # NAMESPACE WORKLOAD
  kube "$((KUBE_SETTLE + 20))" rollout status "$2" -n "$1" --timeout="${KUBE_SETTLE}s" || echo "not all of $2 is up after $KUBE_SETTLE s"
}
# --- captures: a closer look, which changes nothing. Each is bounded in time and in what it writes.
seconds_ok() { case $1 in [1-9]|[1-2][0-9]|30) ;; *) bad "not 1 to 30 seconds: $1" ;; esac; }
# A tool stays in the run's own process group, so that whatever ends the run ends it too.
timed() {
  [ "$LIMIT" = new ] || { no "this host has no timeout(1) that could bound it"; return; }
  FRONT=; ! timeout --foreground 5 true 2>/dev/null || FRONT=--foreground
}
# A process that may be stopped for a moment: not one that the host is reached or run through, nor one that somebody traces.
traceable() { # PID STARTTIME
  proc_ok "$1" "$2" || return 1
  case $(cat "/proc/$1/comm" 2>/dev/null) in
    sshd*|dropbear*|systemd*|dbus*|init|*openvpn*|tailscaled|charon*|NetworkManager|dhclient|dhcpcd|wpa_supplicant|sssd*|auditd|sickbay*) no "process $1 is needed to reach and run this host"; return ;;
  esac
  _tr=$(tracer_of "$1")
  [ "${_tr:-0}" = 0 ] || no "process $1 is being traced already, by process $_tr"
}
tracer_of() { sed -n 's/^TracerPid:[[:space:]]*//p' "/proc/$1/status" 2>/dev/null; }
tracing_allowed() { case $(cat /proc/sys/kernel/yama/ptrace_scope 2>/dev/null) in 3) no "this host lets nobody trace a process until it is restarted (kernel.yama.ptrace_scope is 3)" ;; esac; }
# What reads stacks of process $1, in TOOL. eu-stack and gdb stop it while they read; a thread that hangs on a disk takes that
# stop only when the disk answers, so of such a process the kernel alone says what each thread waits for.
stack_tool() {
  if tracing_allowed && ! hangs "$1" && { tool eu-stack || tool gdb; }; then return 0; fi
  TOOL=kernel WHY=
}
# Prints the threads of process $1: TID STATE WCHAN NAME, where the kernel says that it waits, or -.
threads_of() {
  ls "/proc/$1/task" 2>/dev/null | head -n 2000 | awk -v p="$1" '{ f = "/proc/" p "/task/" $1; s = w = c = ""
    getline s <(f "/stat"); close(f "/stat"); sub(/.*[)] /, "", s); getline w <(f "/wchan"); close(f "/wchan"); getline c <(f "/comm"); close(f "/comm")
    print $1, substr(s, 1, 1), (w == "" || w == "0" ? "-" : w), c }'
}
# Whether a thread waits for a disk or its like; every program does for a moment when it starts another one.
hangs() {
  for _hk in 1 2 3; do threads_of "$1" | grep -q '^[0-9]* D ' || return 1; nap; nap; done
}
core_ok() { # PATH: a core, and what reads it
  plain_file "$1" || return 1
  case $1 in
    *.zst|*.lz4|*.xz) tool coredumpctl || return 1
      core_room; [ "$(($(stat -c %s "$1") / 1024 * 20))" -lt "$ROOM" ] || { no "there may be no room to unpack $1 beside the guard's state"; return; } ;;
    *) [ "$(od -An -tx1 -N 4 "$1" 2>/dev/null | tr -d ' ')" = 7f454c46 ] && [ "$(od -An -tu1 -j 16 -N 1 "$1" | tr -d ' ')" = 4 ] || { no "$1 is not a core"; return; } ;;
  esac
  tool eu-stack || no "this host has no eu-stack (elfutils)"
}
# Sets ROOM: how many kB may be written beside the guard's state, of which a GB always stays free.
core_room() { ROOM=$(df -P -k "$ROOT/.." 2>/dev/null | awk 'END { r = $4 - 1048576; print (r > 0 ? int(r) : 0) }'); ROOM=${ROOM:-0}; }
dropin_of() { printf '%s' "$UNIT_DIR/$1.d/50-sickbay-$2.conf"; }

# ---------------------------------------------------------------------------------------------- check: may this step run?

arity() { # GOT WANTED
  [ "$1" = "$2" ] || bad "it takes $(($2 - 1)) arguments, not $(($1 - 1))"
}
# Fails with WHY. BAD_ARGS is set where the arguments are malformed. With STATIC set, only what cannot change is judged.
check() {
  BAD_ARGS= WHY=; _v=$1
  for _w; do [ "$_w" != "$NL" ] || { bad "a token cannot be decoded"; return; }; done
  case $1 in
    file.chmod) arity $# 3 && path_ok "$2" && mode_ok "$3" "$2" || return 1
      [ -n "$STATIC" ] || { [ -d "$2" ] && [ ! -L "$2" ] && place_ok "$2"; } || plain_file "$2" ;;
    file.chown) arity $# 5 && path_ok "$2" && owner_ok "$2" "$3" "$4" "$5" || return 1
      [ -n "$STATIC" ] || { [ -d "$2" ] && [ ! -L "$2" ] && place_ok "$2"; } || plain_file "$2" || return 1
      [ "$5" = 0 ] || [ -d "$2" ] || no "$2 is not a directory" ;;
    file.move) arity $# 3 && path_ok "$2" && path_ok "$3" || return 1
      [ "$2" != "$3" ] || { bad "FROM and TO are the same"; return; }
      case $3 in "$2"/*) bad "TO lies inside FROM"; return ;; esac
      [ "${2%/*}" = "${3%/*}" ] || ! runs_as_root "$3" || { no "nothing may be brought into ${3%/*}"; return; }
      # A file whose absence takes a protection away gets its name back, and goes back only to where it was moved from.
      ! shelters "$2" || case $2 in "$3"~|"$3".bak|"$3".old|"$3".orig|"$3".save|"$3".disabled|"$3".dpkg-*|"$3".rpm*) ;; *) moved_by_us "$3" "$2" || { no "$2 protects this host by being there; a person must move it"; return; } ;; esac
      [ -n "$STATIC" ] && return
      place_ok "$2" && place_ok "$3" || return 1
      [ -e "$2" ] || [ -L "$2" ] || { no "there is no $2"; return; }
      [ -L "$2" ] || [ -f "$2" ] || [ -d "$2" ] || [ -S "$2" ] || { no "$2 is not a file"; return; }
      [ ! -S "$2" ] || ! listened_at "$2" || { no "somebody listens at $2"; return; }
      [ ! -e "$3" ] && [ ! -L "$3" ] || { no "$3 exists already"; return; }
      [ "${2%/*}" = "${3%/*}" ] || [ -f "$2" ] || { no "only a plain file may change its directory"; return; }
      case $3 in /etc/*) [ "${2%/*}" = "${3%/*}" ] || trusted "$2" || no "$2 can be written by others than root; it may not go to /etc" ;; esac ;;
    file.delete|file.truncate) arity $# 2 && path_ok "$2" || return 1
      in_roots "$2" || { no "$2 is outside the directories where files may be removed"; return; }
      [ -n "$STATIC" ] && return
      if [ -L "$2" ] && [ "$1" = file.delete ]; then place_ok "$2"; return; fi
      place_ok "$2" || return 1
      [ ! -L "$2" ] && [ -f "$2" ] || { no "$2 is not a regular file"; return; }
      [ "$(stat -c %h "$2")" = 1 ] || { no "$2 has other names (hard links)"; return; }
      case $2 in /var/log/audit/*|/var/log/auth.log|/var/log/secure|/var/log/wtmp|/var/log/btmp|/var/log/lastlog|/var/log/journal/*)
        save_plan "$2"; [ -n "$SAVE" ] || no "$2 is a record of who did what, and no copy could be kept" ;; esac ;;
    file.comment_line) arity $# 4 && path_ok "$2" || return 1
      is_number "$3" && [ "$3" -gt 0 ] || { bad "not a line number: $3"; return; }
      case $4 in '#'|';'|'//'|'--'|'!'|'# '|'; '|'// '|'-- ') ;; *) bad "not a comment prefix"; return ;; esac
      case $2 in /usr/*|/lib*|/bin/*|/sbin/*|/etc/pam*|/etc/security/*|/etc/polkit*|/etc/apparmor*|/etc/audit*|/etc/ssl/*) no "no line may be taken out of $2"; return ;;
        /etc/ssh/*) ! limit 5 sshd -t >/dev/null 2>&1 || { no "sshd accepts its settings as they are"; return; } ;; esac
      [ -n "$STATIC" ] && return
      editable "$2" || return 1
      [ -r "$2" ] || return 0
      [ "$(awk 'END { print NR }' "$2")" -ge "$3" ] || { no "$2 has no line $3"; return; }
      _line=$(sed -n "$3{s/^[[:space:]]*//;p;q;}" "$2")
      case $2 in "$AT"/etc/modprobe.d/*) ! keeps_out "$_line" || { no "line $3 keeps out what is a known way to attack a kernel; a person must judge it"; return; } ;; esac
      case $2:$_line in /etc/ssh/*) ;; *) ! weakens "$_line" || no "line $3 looks like a protection; a person must judge it" ;; esac ;;
    file.set_key) arity $# 6 && path_ok "$2" && one_line "$3$4$5" || return 1
      case $4 in ''|-*|*[!A-Za-z0-9_.-]*) bad "not a key: $4"; return ;; esac
      case $3 in *[!A-Za-z0-9_.:/\ -]*) bad "not a section: $3"; return ;; esac
      case $6 in =|' = '|' ') ;; *) bad "not a separator"; return ;; esac
      ! names_code "$4" || only_less "$2" "$4" "$5" || { no "$4 names code, a secret or who may come in; a person must set it"; return; }
      case $5 in *\|*|*\`*|*\$\(*) no "the value could run a command"; return ;; esac
      _val=${5#[\"\']}; case $_val in /*) ! protected "$_val" && ! runs_as_root "$_val" || { no "the value points to a protected place"; return; } ;; esac
      ! runs_as_root "$2" || { no "$2 is not to be edited this way"; return; }
      [ -n "$STATIC" ] || editable "$2" ;;
    file.put) arity $# 4 && path_ok "$2" && mode_ok "$3" "$2" || return 1
      [ ${#4} -le 65536 ] || { bad "the content is longer than 64 KiB"; return; }
      case $3 in *[1357]*) no "a file put here may not be executable"; return ;; esac
      put_ok "$2" || return 1
      [ -n "$STATIC" ] && return
      place_ok "$2" || return 1
      [ ! -L "$2" ] || { no "$2 is a symbolic link"; return; }
      [ ! -e "$2" ] || editable "$2" || return 1
      case $4 in *\|*|*\`*|*\$\(*) no "the content could run a command"; return ;; esac
      _line=$(printf '%s\n' "$4" | sed 's/^[[:space:]]*//;s/[[:space:]=:;].*//' | while IFS= read -r _l; do ! names_code "$_l" || { echo "$_l"; break; }; done)
      [ -z "$_line" ] || no "the content sets $_line, which names code, a secret or who may come in" ;;
    file.link) arity $# 3 && path_ok "$2" && one_line "$3" || return 1
      case $3 in ''|-*) bad "not a link target"; return ;; esac
      [ -n "$STATIC" ] && return
      place_ok "$2" || return 1
      [ -L "$2" ] || [ ! -e "$2" ] || { no "$2 exists and is not a symbolic link"; return; }
      _tg=$(cd -P "${2%/*}" && readlink -f "$3") && [ -e "$_tg" ] || { no "the target $3 does not exist"; return; }
      ! protected "$_tg" || { no "the target $3 is protected"; return; }
      # What root runs may not be a file that another step could have put there.
      ! runs_as_root "$2" || runs_as_root "$_tg" || case $_tg in /etc/letsencrypt/*) ;; *) false ;; esac || { no "$2 is run by root, and $_tg lies where anything may be put"; return; }
      case $2 in /etc/*|/usr/*|/lib*|/bin/*|/sbin/*) [ "$ME" != 0 ] || trusted "$_tg" || { no "$_tg can be written by others than root"; return; } ;;
        *) ! runs_as_root "$2" || no "no link may be placed at $2" ;; esac ;;
    file.restore) arity $# 4 && path_ok "$2" || return 1
      case $3 in ''|-*|*[!A-Za-z0-9_-]*) bad "not an execution: $3"; return ;; esac
      is_number "$4" || { bad "not a step: $4"; return; }
      [ -n "$STATIC" ] || saved_ok "$2" "$ROOT/$3/save/$4" ;;
    unit.set_property) arity $# 5 && unit_ok "$2" && property_ok "$3" "$4" "$5" && need_systemd || return 1
      [ "$4" = RuntimeDirectory ] || return 0
      case $2 in *@*) no "$2 is one of several of its kind, which would share $5"; return ;; esac
      # The service manager takes a folder that is there over, and away again with the unit.
      [ -n "$STATIC" ] || [ -f "$(dropin_of "$2" "$4")" ] || [ ! -e "$AT/run/$5" ] || no "there is a /run/$5 already" ;;
    unit.unset_property) arity $# 3 && unit_ok "$2" || return 1
      case $3 in ''|*[!A-Za-z]*) bad "not a property: $3"; return ;; esac
      need_systemd || return 1
      [ -n "$STATIC" ] || [ -f "$(dropin_of "$2" "$3")" ] || no "$2 has no $3 of ours" ;;
    unit.start|unit.stop|unit.restart|unit.reload|unit.try_reload|unit.reset_failed|unit.enable|unit.disable|unit.mask|unit.unmask)
      arity $# 2 && unit_ok "$2" || return 1
      unit_allowed "$1" "$2" || return 1
      [ -n "$STATIC" ] && return
      service_known "$1" "$2" ;;
    process.signal) arity $# 4 || return 1
      case $4 in TERM|KILL|HUP|STOP|CONT|INT|USR1) ;; *) bad "not a signal: $4"; return ;; esac
      proc_ok "$2" "$3" || return 1
      case $4:$(cat "/proc/$2/comm" 2>/dev/null) in HUP:*|CONT:*) ;; *:sshd*|*:systemd*|*:dbus*|*:init) no "process $2 is needed to reach and run this host" ;; esac ;;
    process.renice) arity $# 4 || return 1
      case $4 in -[0-9]|-1[0-9]|-20|[0-9]|1[0-9]) ;; *) bad "not a nice value: $4"; return ;; esac
      proc_ok "$2" "$3" ;;
    mount.remount|mount.mount|mount.unmount)
      if [ "$1" = mount.remount ]; then arity $# 3; else arity $# 2; fi && mount_ok "$2" || return 1
      [ "$1" != mount.remount ] || mount_options_ok "$2" "$3" || return 1
      if [ "$1" = mount.unmount ]; then
        case $2/ in //|/usr/*|/etc/*|/boot/*|/proc/*|/sys/*|/dev/*|/run/|/run/lock/|/run/user/*|/tmp/|/var/|/var/log/|/var/lib/|/home/) no "$2 is needed by the running system"; return ;; esac
        case $ROOT/ in "$2"/*) no "$2 holds the guard's own state"; return ;; esac
      fi
      [ -n "$STATIC" ] && return
      if [ "$1" = mount.mount ]; then in_fstab "$2" || no "$2 is not in /etc/fstab"; else look "$1" "$2" | grep -q '^source ' || no "nothing is mounted on $2"; fi ;;
    firewall.delete_rule) [ $# -ge 5 ] || { arity $# 5; return; }
      shift; rule_ok "$@" || return 1
      [ -n "$STATIC" ] || firewall_index "$@" || no "$1 has no such rule in $2 $3" ;;
    firewall.insert_rule) [ $# -ge 6 ] || { arity $# 6; return; }
      is_number "$5" && [ "$5" -gt 0 ] || { bad "not a position: $5"; return; }
      shift; _a=$1 _b=$2 _c=$3; shift 4; rule_ok "$_a" "$_b" "$_c" "$@" || return 1
      command -v "$_a" >/dev/null 2>&1 || no "this host has no $_a" ;;
    sysctl.set) arity $# 3 && sysctl_path "$2" || return 1
      case $3 in ''|*[!A-Za-z0-9._\ -]*) bad "not a sysctl value"; return ;; esac
      [ -n "$STATIC" ] || [ -f "$SP" ] || no "this kernel has no $2" ;;
    dpkg.configure) arity $# 1 && { command -v dpkg >/dev/null 2>&1 || no "this host has no dpkg"; } ;;
    package.install) arity $# 3 && package_ok "$2" || return 1
      case $3 in *[!A-Za-z0-9.+:~-]*|-*) bad "not a version: $3" ;; esac ;;
    package.reinstall|package.remove|package.hold|package.unhold) arity $# 2 && package_ok "$2" || return 1
      [ "$1" != package.remove ] || case $2 in
        openssh*|sudo|systemd*|dpkg|apt|libc6*|dbus*|base-*|coreutils|bash|dash|util-linux|mount|login|passwd|linux-image*|grub*|init*|network*|ifupdown|netplan*)
          no "$2 is needed to reach and run this host"; return ;;
      esac
      [ -n "$STATIC" ] || [ -n "$(dpkg-query -W -f '${Version}' -- "$2" 2>/dev/null)" ] || { no "$2 is not installed"; return; }
      # apt says so, and ends as if all were well.
      [ -n "$STATIC" ] || [ "$1" != package.reinstall ] || case $(apt_env apt-get -s -q --reinstall install "$2" 2>&1) in
        *"is not possible"*) no "version $(dpkg-query -W -f '${Version}' -- "$2" 2>/dev/null) of $2 cannot be downloaded from this host's package sources" ;;
      esac ;;
    journal.vacuum) arity $# 2 || return 1
      case $2 in [0-9]*[KMGT]) is_number "${2%?}" || { bad "not a size: $2"; return; } ;; *) bad "not a size: $2"; return ;; esac
      case $2 in *K) no "keep at least 16M of the journal"; return ;; *M) [ "${2%M}" -ge 16 ] || { no "keep at least 16M of the journal"; return; } ;; esac
      [ "${2%?}" -gt 0 ] || { no "keep at least 16M of the journal"; return; }
      command -v journalctl >/dev/null 2>&1 || no "this host has no journal" ;;
    kmod.load) arity $# 2 && module_name "$2" || return 1
      [ -n "$STATIC" ] || { module_state "$2"; [ $ML = 0 ] || return 0; kernel_takes_modules || return 1; }
      module_may "$2" ;;
    kmod.unload) arity $# 2 && module_name "$2" || return 1
      [ -n "$STATIC" ] && return
      module_state "$2"; [ $ML = 1 ] || return 0
      kernel_takes_modules || return 1
      case $MU:$MB in
        builtin:*) no "$2 is built into the kernel"; return ;;
        *permanent*) no "$2 cannot be taken out: the kernel marks it as permanent"; return ;;
        0:*) ;;
        *:) no "$2 has $MU users that are not modules: what is mounted, open or connected with it"; return ;;
        *) no "$2 has $MU users, the modules $MB among them"; return ;;
      esac
      loaded_by_us "$2" || { no "no execution that is remembered here loaded $2 since this host booted, so it stays"; return; }
      # Not modprobe: it would take out what the module was built on, too, and that may be what the host is reached through.
      tool rmmod ;;
    kmod.depmod) arity $# 2 && release_name "$2" || return 1
      [ -n "$STATIC" ] && return
      [ -d "$AT/lib/modules/$2" ] || { no "there is no /lib/modules/$2"; return; }
      tool depmod ;;
    kmod.rename) arity $# 5 && path_ok "$2" && module_name "$4" && module_name "$5" || return 1
      is_number "$3" && [ "$3" -gt 0 ] || { bad "not a line number: $3"; return; }
      [ "$(underscored "$4")" != "$(underscored "$5")" ] || { bad "FROM and TO are the same module"; return; }
      case ${2#"$AT"} in
        /etc/modules) ;;
        /etc/modules-load.d/*/*) no "systemd reads no directories below /etc/modules-load.d"; return ;;
        /etc/modules-load.d/*.conf) ;;
        *) no "modules to load at boot stand in /etc/modules and /etc/modules-load.d/*.conf only"; return ;;
      esac
      module_may "$5" || return 1
      [ -n "$STATIC" ] && return
      editable "$2" || return 1
      [ -r "$2" ] || return 0
      _line=$(line_of "$2" "$3"); [ "$_line" = "$4" ] || [ "$_line" = "$5" ] || no "line $3 of $2 is not $4" ;;
    kmod.dkms) arity $# 4 && module_name "$2" && release_name "$3" && release_name "$4" || return 1
      [ -n "$STATIC" ] && return
      ! in_container || { no "a container has the kernel of its host; modules are built there"; return; }
      [ -d "$AT/lib/modules/$4" ] || { no "there is no /lib/modules/$4"; return; }
      [ -d "$AT/lib/modules/$4/build/." ] || { no "the headers of kernel $4 are not installed: there is no /lib/modules/$4/build"; return; }
      tool dkms || return 1
      _src=$AT/usr/src/$2-$3; [ -f "$_src/dkms.conf" ] && [ ! -L "$_src" ] || { no "there is no /usr/src/$2-$3/dkms.conf"; return; }
      # Its dkms.conf and its makefiles run as root.
      _oth=$(find "$_src" \( ! -user "$ROOT_USER" -o ! -type l \( -perm -0002 -o -perm -0020 ! -group 0 \) \) 2>/dev/null | head -n 1)
      [ -z "$_oth" ] || no "$_oth can be written by others than root" ;;
    host.reboot) arity $# 2 || return 1
      case $2 in [1-9]|[1-5][0-9]|60) ;; *) bad "not 1 to 60 minutes: $2"; return ;; esac
      # The run has to end, and its outcome to be read, before the machine goes.
      [ "$N" = "$(printf '%s\n' "$STEPS" | grep -c '^step ')" ] || { no "a reboot is the last step of a list"; return; }
      plans_shutdowns || return 1
      planned; [ -n "$STATIC" ] || [ "$PM" = none ] || { no "a $PM is planned already${PU:+, for $(when "$PU")}"; return; }
      # Where logind does not answer, shutdown(8) of some versions reboots at once instead of later.
      tool loginctl || return 1
      limit 8 "$TOOL" --no-pager list-sessions >/dev/null 2>&1 || no "systemd-logind, which plans reboots, does not answer; see systemctl status systemd-logind" ;;
    host.cancel_reboot) arity $# 1 && plans_shutdowns || return 1
      [ -n "$STATIC" ] && return
      planned; case $PM in none|reboot) ;; *) no "what is planned is a $PM, not a reboot" ;; esac ;;
    container.start|container.stop|container.restart) arity $# 3 && engine_ok "$2" && container_ok "$3" || return 1
      [ -n "$STATIC" ] && return
      container_state "$2" "$3" || return 1
      [ "$CS" != absent ] || { no "$2 has no container $3 that this account can see"; return; }
      [ -z "$CU" ] || { no "the container $3 belongs to $CU, which starts and stops it"; return; }
      [ "$CS" != paused ] || { no "the container $3 is paused; somebody did that"; return; }
      [ "$1" != container.restart ] || case $CS in running|restarting) ;; *) no "the container $3 is $CS; a restart would start it"; return ;; esac
      [ "$1" = container.start ] || stop_limit "$2" "$3" || no "the container $3 may take $((SL - 60)) s to stop, longer than a step may wait" ;;
    k8s.rollout_restart) arity $# 3 && kube_name "$2" && workload_ok "$3" || return 1
      [ -n "$STATIC" ] && return
      kube_ready && kube_may patch "${3%%/*}s.apps" -n "$2" || return 1
      kube 20 get "$3" -n "$2" -o name >/dev/null 2>&1 || no "there is no $3 in $2" ;;
    k8s.rollout_undo) arity $# 4 && kube_name "$2" && kube_name "$3" || return 1
      is_number "$4" && [ "$4" -gt 0 ] || { bad "not a revision: $4"; return; }
      [ -n "$STATIC" ] && return
      kube_ready && kube_may patch deployments.apps -n "$2" || return 1
      kube_revision "$2" "$3"; [ -n "$KR" ] || { no "there is no deployment $3 in $2 with revisions"; return; }
      [ "$KR" = "$4" ] || kube 20 rollout history "deployment/$3" -n "$2" --revision="$4" >/dev/null 2>&1 || no "deployment $3 in $2 has no revision $4 any more" ;;
    k8s.uncordon|k8s.cordon) arity $# 2 && kube_name "$2" || return 1
      [ -n "$STATIC" ] && return
      kube_ready && kube_may patch nodes || return 1
      kube_node "$2"; [ -n "$KN" ] || no "there is no node $2" ;;
    capture.backtrace) arity $# 3 && { is_number "$2" && is_number "$3" || { bad "a process is PID STARTTIME"; false; }; } && timed || return 1
      [ -n "$STATIC" ] || traceable "$2" "$3" ;;
    capture.syscalls|capture.profile) arity $# 4 && { is_number "$2" && is_number "$3" || { bad "a process is PID STARTTIME"; false; }; } && seconds_ok "$4" && timed || return 1
      [ -n "$STATIC" ] && return
      traceable "$2" "$3" || return 1
      if [ "$1" = capture.profile ]; then tool perf && { limit 5 "$TOOL" --version >/dev/null 2>&1 || no "perf of this host does not fit its kernel"; }
      else tool strace && tracing_allowed; fi ;;
    capture.packets) arity $# 3 && seconds_ok "$3" && timed || return 1
      is_number "$2" && [ "$2" -ge 1 ] && [ "$2" -le 65535 ] || { bad "not a port: $2"; return; }
      tool tcpdump ;;
    capture.core) arity $# 2 && path_ok "$2" && timed || return 1
      [ -n "$STATIC" ] || core_ok "$2" ;;
    *) bad "an unknown verb: $1" ;;
  esac
}
when() { is_number "$1" && date -u -d "@${1%??????}" '+%Y-%m-%d %H:%M UTC' 2>/dev/null || printf '%s' "$1"; }
line_of() { sed -n "$2{s/^[[:space:]]*//;s/[[:space:]]*\$//;p;q;}" "$1"; } # FILE NUMBER, without the blanks around it
# A small file may be put where services read settings, under a name that shows whose it is. Never where root runs it.
put_ok() {
  ! runs_as_root "$1" || { no "nothing may be brought into ${1%/*}"; return; }
  case $1 in
    /etc/*.d/*sickbay*) ;;
    /etc/*) no "a file under /etc may only be put into a .d directory, with sickbay in its name" ;;
    /srv/*|/opt/*|/var/lib/*|/var/www/*|/var/tmp/*|/tmp/*) ;;
    *) no "nothing may be put into ${1%/*}" ;;
  esac
}
saved_ok() { # PATH SAVE-DIR: what was saved there is about PATH, and PATH is still as that step left it
  [ -d "$2" ] && [ -f "$2/kind" ] && [ -f "$2/after" ] || { no "nothing saved for that step can be read"; return; }
  record "$2/path"; [ "$REC" = "$(encode "$1")" ] || { no "that step was not about $1"; return; }
  record "$2/kind"
  _now=$(look_file "$1"); _was=$(cat "$2/after")
  case $REC in
    content|absent|link|removed) _keys='exists type sha256 target size' ;;
    meta|owners) _keys='type mode uid gid' ;;
    emptied) _keys=type ;;
    *) no "that step cannot be undone: $REC"; return ;;
  esac
  for _k in $_keys; do
    [ "$(printf '%s\n' "$_now" | grep "^$_k ")" = "$(printf '%s\n' "$_was" | grep "^$_k ")" ] || { no "$1 has changed since: its $_k differs"; return; }
  done
  [ "$REC" = removed ] || place_ok "$1" || return
  case $REC in content|removed|emptied) room_again "$1" "$2/before" ;; esac
}
room_again() { # PATH BEFORE: the room that its old content takes is there, so that an undo does not stop half-way
  pick size "$(cat "$2" 2>/dev/null)"; case $V in ''|*[!0-9]*) return 0 ;; esac
  _kb=$(((V + 4095) / 4096 * 4)); _free=$(limit 5 df -P -k -- "${1%/*}/" 2>/dev/null | awk 'END { print $4 }')
  case $_free in ''|*[!0-9]*) return 0 ;; esac
  [ "$_kb" -le "$_free" ] || no "${1%/*}/ has no room for it: it takes $_kb kB, and $_free kB are free"
}

# ---------------------------------------------------------------------------------------------- look: what is there now?

look() { # prints KEY VALUE lines; values are tokens
  case $1 in
    file.move) look_file "$2" ;;
    file.*) look_file "$2" ;;
    unit.*) look_unit "$2"
      case $1 in unit.set_property) look_property "$2" "$4" ;; unit.unset_property) look_property "$2" "$3" ;; esac ;;
    process.*) if alive "$2" "$3"; then kv comm "$(cat "/proc/$2/comm" 2>/dev/null)"; kv start "$3"
        read -r _st <"/proc/$2/stat"; set -- ${_st##*") "}; kv nice "${17}"; kv state "$1"
      else kv state gone; fi ;;
    mount.*) awk -v p="$2" 'BEGIN { gsub(/ /, "\\040", p) } $2 == p { o = $4; s = $1 } END { if (s != "") print o "\n" s }' /proc/self/mounts 2>/dev/null | {
        IFS= read -r _o && IFS= read -r _s && kv options "$_o" && kv source "$_s"; } ;;
    firewall.delete_rule) shift; firewall_index "$@" || INDEX=0; kv index "$INDEX" ;;
    firewall.insert_rule) _a=$2 _b=$3 _c=$4; shift 5; firewall_index "$_a" "$_b" "$_c" "$@" || INDEX=0; kv index "$INDEX" ;;
    sysctl.*) sysctl_path "$2" && kv value "$(tr '\t' ' ' 2>/dev/null <"$SP")" ;;
    dpkg.configure) kv broken "$(dpkg-query -W -f '${db:Status-Abbrev}\n' 2>/dev/null | grep -c '^.[UFHWt]')" ;;
    package.*) _q=$(dpkg-query -W -f '${Version} ${Status}' -- "$2" 2>/dev/null); set -- ${_q:-- unknown ok not-installed}
      [ $# = 4 ] || set -- "" "$@"
      [ "$1" != - ] || set -- "" "$2" "$3" "$4"
      kv version "$1"; kv status "$4"; if [ "$2" = hold ]; then kv hold 1; else kv hold 0; fi ;;
    kmod.load|kmod.unload) module_state "$2"; kv loaded $ML; [ $ML = 0 ] || { kv users "$MU"; kv by "$MB"; }
      kv disabled "$(cat "$AT/proc/sys/kernel/modules_disabled" 2>/dev/null || echo unknown)" ;;
    kmod.depmod) _ix=$AT/lib/modules/$2/modules.dep; if [ -e "$_ix" ]; then _h=$(sha_of "$_ix"); kv sha256 "${_h:-unknown}"; else kv sha256 absent; fi ;;
    kmod.rename) look_file "$2" ;;
    kmod.dkms) dkms_state "$2" "$3" "$4"; kv state "$DS" ;;
    container.*) container_state "$2" "$3"; kv state "$CS" ;;
    capture.core) kv size "$(stat -c %s "$2" 2>/dev/null)"; tool eu-stack; kv tool "${TOOL##*/}" ;;
    capture.packets) tool tcpdump; kv tool "${TOOL##*/}" ;;
    capture.*) if alive "$2" "$3"; then kv comm "$(cat "/proc/$2/comm" 2>/dev/null)"; kv start "$3"; else kv state gone; fi
      case $1 in capture.backtrace) stack_tool "$2" ;; capture.syscalls) tool strace ;; *) tool perf ;; esac; kv tool "${TOOL##*/}" ;;
    k8s.*) [ -n "${KT:-}" ] || kube_ready
      case $1 in
        k8s.rollout_undo) kube_revision "$2" "$3"; kv revision "$KR" ;;
        k8s.uncordon|k8s.cordon) kube_node "$2"; kv unschedulable "$KN" ;;
      esac
      kv cluster "$(kube_cluster)" ;;
    host.reboot|host.cancel_reboot) planned; kv mode "$PM"; kv usec "$PU" ;;
    journal.vacuum) kv usage "$(limit 10 journalctl --disk-usage 2>/dev/null | sed -n 's/.*take up \([^ ]*\).*/\1/p')" ;;
  esac
}
# Whether a process may listen at a socket's path, in whatever network. It goes by the name that it was bound by, which may lead
# through other folders: its last part decides.
listened_at() { grep -sqF -e "${1##*/}" /proc/net/unix /proc/[0-9]*/net/unix; }
look_file() {
  if [ ! -e "$1" ] && [ ! -L "$1" ]; then
    if [ -d "${1%/*}" ] && [ ! -x "${1%/*}" ]; then kv exists unknown; else kv exists 0; fi; return
  fi
  kv exists 1
  set -- "$1" $(stat -c '%a %u %g %U %G %s' "$1" 2>/dev/null); [ $# = 7 ] || return 0
  _t=other; if [ -L "$1" ]; then _t=symlink; elif [ -f "$1" ]; then _t=file; elif [ -d "$1" ]; then _t=dir; elif [ -p "$1" ]; then _t=fifo
  elif [ -S "$1" ]; then _t=socket; elif [ -b "$1" ]; then _t=block; elif [ -c "$1" ]; then _t=char; fi
  kv type $_t; kv mode "$(printf '%04d' "$2")"; kv uid "$3"; kv gid "$4"; kv owner "$5"; kv group "$6"
  [ $_t = dir ] || kv size "$7"
  case $_t in
    symlink) _l=$(readlink "$1"; printf x); kv target "${_l%"$NL"x}" ;;
    file) _h=unknown; [ "$7" -gt 67108864 ] || [ ! -r "$1" ] || _h=$(sha_of "$1"); kv sha256 "${_h:-unknown}" ;;
  esac
}
# The value of KEY in LOOK-formed text $2, into V (still a token).
pick() { V="$NL$2$NL"; case $V in *"$NL$1 "*) V=${V#*"$NL$1 "}; V=${V%%"$NL"*} ;; *) V= ;; esac; }

manager() { # systemd, openrc or sysv
  if [ -d "$AT/run/systemd/system" ]; then echo systemd; elif command -v rc-service >/dev/null 2>&1; then echo openrc; else echo sysv; fi
}
need_systemd() { [ "$(manager)" = systemd ] || no "this host has no systemd"; }
script_of() { printf /etc/init.d/%s "${1%.service}"; }
service_known() { # VERB UNIT
  case $(manager) in
    systemd) ;;
    *) case $2 in *.service) ;; *) no "this host has no systemd, so no $2"; return ;; esac
      case $1 in unit.start|unit.stop|unit.restart|unit.reload|unit.try_reload) ;; unit.enable|unit.disable) [ "$(manager)" = openrc ] || { no "this host has neither systemd nor OpenRC; it cannot $1"; return; } ;;
        *) no "$1 needs systemd, which this host does not have"; return ;; esac
      [ -x "$(script_of "$2")" ] || no "this host has no systemd, and no $(script_of "$2")" ;;
  esac
}
# Sets US (active state), UB (sub state), UT (type), UR (result), UI (which start this is), UF (unit file state), UL (load state).
unit_state() {
  US=unknown UB=unknown UT= UR= UI= UF=unknown UL=unknown
  case $(manager) in
    systemd)
      _p=$(limit 8 systemctl show --no-pager -p LoadState -p ActiveState -p SubState -p UnitFileState -p Type -p Result -p InvocationID -p MainPID -- "$1" 2>/dev/null) || return 0
      UL=$(prop LoadState) US=$(prop ActiveState) UB=$(prop SubState) UF=$(prop UnitFileState) UT=$(prop Type) UR=$(prop Result) UI=$(prop InvocationID)/$(prop MainPID) ;;
    *) [ -x "$(script_of "$1")" ] && UL=loaded || { UL=not-found US=inactive UB=dead; return 0; }
      if service_script "$1" status >/dev/null 2>&1; then US=active UB=running; else US=inactive UB=dead; fi
      if command -v rc-update >/dev/null 2>&1; then rc-update show 2>/dev/null | grep -q "^ *${1%.service} |.*[a-z]" && UF=enabled || UF=disabled; fi ;;
  esac
}
prop() { _q="$NL$_p$NL"; case $_q in *"$NL$1="*) _q=${_q#*"$NL$1="}; printf '%s' "${_q%%"$NL"*}" ;; esac; }
look_unit() { unit_state "$1"; kv load "$UL"; kv active "$US"; kv sub "$UB"; kv enabled "$UF"; }
look_property() { # UNIT KEY: the value our own drop-in gives it; empty where there is none
  _f=$(dropin_of "$1" "$2"); if [ -f "$_f" ]; then kv dropin 1; kv value "$(sed -n "s/^$2=//p" "$_f" 2>/dev/null | tail -n 1)"; else kv dropin 0; kv value ""; fi
}
service_script() { # UNIT ACTION, where there is no systemd; with a clean environment, as service(8) does
  if command -v rc-service >/dev/null 2>&1; then limit "$UNIT_LIMIT" env -i PATH="$PATH" rc-service "${1%.service}" "$2"
  else limit "$UNIT_LIMIT" env -i PATH="$PATH" "$(script_of "$1")" "$2"; fi
}
# Position (1-based) of the first rule equal to the words, as -S lists the chain.
firewall_index() { # TOOL TABLE CHAIN RULE…
  INDEX=0; _tool=$1 _ch=$3; _list=$(firewall "$1" "$2" -S "$3" 2>/dev/null) || return 1
  shift 3
  INDEX=$(printf '%s\n' "$_list" | RULE="-A $_ch $*" awk '
    /^-A / { n++; r = $0; gsub(/"/, "", r); if (r == ENVIRON["RULE"]) { print n; exit } }')
  [ -n "$INDEX" ] || { INDEX=0; return 1; }
}
firewall() { # TOOL TABLE WORDS…
  _tool=$1 _tab=$2; shift 2
  command -v "$_tool" >/dev/null 2>&1 || return 1
  if limit 10 "$_tool" -w 1 -t "$_tab" -S -w 1 >/dev/null 2>&1; then limit 20 "$_tool" -w 5 -t "$_tab" "$@"; else limit 20 "$_tool" -t "$_tab" "$@"; fi
}
in_fstab() { awk -v p="$1" 'BEGIN { gsub(/ /, "\\040", p) } $1 !~ /^#/ && $2 == p { f = 1 } END { exit !f }' /etc/fstab 2>/dev/null; }
mount_options_ok() { # PATH OPTIONS: safe ones, or such as the mount has already
  case $2 in ''|-*|*[!A-Za-z0-9_.=:%+,-]*) bad "not mount options: $2"; return ;; esac
  _has=",$(look mount.remount "$1" | sed -n 's/^options //p'),"
  _at=$1; _ifs=$IFS; IFS=,; set -- $2; IFS=$_ifs
  for _w; do
    case $_w in
      ro|rw|noatime|relatime|strictatime|nodiratime|lazytime|nolazytime|nodev|nosuid|noexec|sync|async|discard|nodiscard|errors=*|size=*|nr_inodes=*|commit=*|barrier=*|data=*) ;;
      *) case $_has in *",$_w,"*) ;; *) no "the mount option $_w may not be added"; return 1 ;; esac ;;
    esac
    [ -n "$STATIC" ] || case $_w in
      nr_inodes=*[!0-9]*) ;;
      # The kernel would only say that the argument is invalid.
      nr_inodes=*) _used=$(df -iP -- "$_at" 2>/dev/null | awk 'NR == 2 { print $3 }'); case $_used in ''|*[!0-9]*) _used=0 ;; esac
        [ "${_w#nr_inodes=}" = 0 ] || [ "$_used" -le "${_w#nr_inodes=}" ] || { no "$_at has $_used files by now; it cannot be limited to ${_w#nr_inodes=}"; return 1; } ;;
    esac
  done
}
mount_options_were() { # OPTIONS OLD: what the options were that these words change
  _has=,$2,; _were=; _ifs=$IFS; IFS=,; set -- $1; IFS=$_ifs
  for _w; do
    case $_w in
      ro|rw) case $_has in *,ro,*) _w=ro ;; *) _w=rw ;; esac ;;
      *=*) case $_has in *",${_w%%=*}="*) _o=${_has#*",${_w%%=*}="}; _w=${_w%%=*}=${_o%%,*} ;; *) _w= ;; esac ;;
      *) _w= ;;
    esac
    [ -z "$_w" ] || _were=$_were${_were:+,}$_w
  done
  printf '%s\n' "$_were"
}

# ---------------------------------------------------------------------------------------------- noop, undo, diff

is_noop() { # the target is already as the step wants it (LOOK is current)
  case $1 in
    file.chmod) pick mode "$LOOK"; [ $((0$V)) = $((0$3)) ] ;;
    file.chown) [ "$5" = 0 ] && id_of passwd "$3" && _u=$V && id_of group "$4" && _g=$V && pick uid "$LOOK" && [ "$V" = "$_u" ] && pick gid "$LOOK" && [ "$V" = "$_g" ] ;;
    file.truncate) pick size "$LOOK"; [ "$V" = 0 ] ;;
    file.link) pick target "$LOOK"; [ "$V" = "$(encode "$3")" ] ;;
    file.put) pick mode "$LOOK"; [ -n "$V" ] && [ $((0$V)) = $((0$3)) ] && same_content "$@" ;;
    file.set_key) same_content "$@" ;;
    file.comment_line) [ -r "$2" ] && case $(sed -n "$3{s/^[[:space:]]*//;p;q;}" "$2") in "${4% }"*|'') ;; *) return 1 ;; esac ;;
    container.start) pick state "$LOOK"; [ "$V" = running ] ;;
    container.stop) pick state "$LOOK"; case $V in running|restarting) return 1 ;; esac ;;
    k8s.rollout_undo) pick revision "$LOOK"; [ "$V" = "$4" ] ;;
    k8s.uncordon) pick unschedulable "$LOOK"; [ "$V" = 0 ] ;;
    k8s.cordon) pick unschedulable "$LOOK"; [ "$V" = 1 ] ;;
    unit.start) pick active "$LOOK"; [ "$V" = active ] ;;
    unit.stop) pick active "$LOOK"; [ "$V" = inactive ] ;;
    unit.reset_failed) pick active "$LOOK"; [ "$V" = active ] ;;
    unit.enable) pick enabled "$LOOK"; [ "$V" = enabled ] ;;
    unit.disable) pick enabled "$LOOK"; [ "$V" = disabled ] ;;
    unit.mask) pick load "$LOOK"; [ "$V" = masked ] ;;
    unit.unmask) pick enabled "$LOOK"; case $V in masked*) return 1 ;; esac ;;
    unit.set_property) pick dropin "$LOOK"; [ "$V" = 1 ] && pick value "$LOOK" && [ "$V" = "$(encode "$5")" ] ;;
    process.renice) pick nice "$LOOK"; [ "$V" = "$4" ] ;;
    mount.mount) pick source "$LOOK"; [ -n "$V" ] ;;
    sysctl.set) pick value "$LOOK"; [ "$V" = "$(encode "$3")" ] ;;
    dpkg.configure) pick broken "$LOOK"; [ "$V" = 0 ] ;;
    package.install) pick status "$LOOK"; [ "$V" = installed ] && { [ -z "$3" ] || { pick version "$LOOK"; [ "$V" = "$(encode "$3")" ]; }; } && [ -n "$3" ] ;;
    package.hold) pick hold "$LOOK"; [ "$V" = 1 ] ;;
    package.unhold) pick hold "$LOOK"; [ "$V" = 0 ] ;;
    kmod.load) pick loaded "$LOOK"; [ "$V" = 1 ] ;;
    kmod.unload) pick loaded "$LOOK"; [ "$V" = 0 ] ;;
    kmod.rename) [ -r "$2" ] && [ "$(line_of "$2" "$3")" = "$5" ] ;;
    kmod.dkms) pick state "$LOOK"; [ "$V" = installed ] ;;
    host.cancel_reboot) pick mode "$LOOK"; [ "$V" = none ] ;;
    *) return 1 ;;
  esac
}
same_content() { [ -f "$2" ] && [ -r "$2" ] && SRC=$2 && new_content "$@" 2>/dev/null | cmp -s - "$2"; }

# Prints `automatic TEXT` or `irreversible WHY`. Needs LOOK.
undo() {
  case $1 in
    file.chmod) pick mode "$LOOK"; _why=
      # What the guard would refuse to set must not be promised.
      [ $((0$V & 06002 & ~0$3)) = 0 ] || _why="mode $V is setuid, setgid or world-writable; it is not given back"
      case $2 in */private/*|*.key|*_key|*/id_*|*.pem|*.keytab)
        [ $((0$V & 077 & ~0$3)) = 0 ] || _why="mode $V opens a private key to others; it is not given back" ;; esac
      if [ -n "$_why" ]; then echo "irreversible $_why"; else echo "automatic mode $V is put back"; fi ;;
    file.chown) pick owner "$LOOK"; _o=$V; pick group "$LOOK"
      if [ "$5" = 0 ]; then echo "automatic owner $_o:$V is put back"
      elif count_tree "$2"; then echo "automatic the owners of $TREE entries are put back"
      else echo "irreversible there are more than 20000 entries, too many to remember"; fi ;;
    file.move) echo "automatic it is moved back" ;;
    file.delete|file.truncate)
      if [ -L "$2" ]; then echo "automatic the link is made again"; else save_plan "$2"
        if [ -n "$SAVE" ]; then echo "automatic $WHY"; else echo "irreversible $WHY"; fi; fi; WHY= ;;
    file.put) pick exists "$LOOK"; if [ "$V" = 1 ]; then echo "automatic the file is put back as it was"; else echo "automatic the file is removed again"; fi ;;
    file.link) pick exists "$LOOK"; if [ "$V" = 1 ]; then echo "automatic the link points again to where it did"; else echo "automatic the link is removed again"; fi ;;
    file.*) echo "automatic the file is put back as it was, mode and owner included" ;;
    unit.start) pick active "$LOOK"; echo "automatic it is stopped again (it was $V)" ;;
    unit.stop) echo "automatic it is started again" ;;
    unit.restart) pick active "$LOOK"
      case $V in active|reloading) echo "irreversible the processes that ran before are gone; nothing else is changed" ;; *) echo "automatic it is stopped again (it was $V)" ;; esac ;;
    unit.reload|unit.try_reload) echo "automatic it is reloaded again, once what it reads is put back" ;;
    unit.reset_failed) echo "irreversible only the record of the failure is cleared" ;;
    unit.enable) echo "automatic it is disabled again" ;;
    unit.disable) echo "automatic it is enabled again" ;;
    unit.mask) echo "automatic it is unmasked" ;;
    unit.unmask) echo "automatic it is masked again" ;;
    unit.set_property) pick dropin "$LOOK"; if [ "$V" = 1 ]; then pick value "$LOOK"; echo "automatic the value $V is set again"; else echo "automatic the drop-in is removed"; fi ;;
    unit.unset_property) echo "automatic the drop-in is written again" ;;
    process.signal) if [ "$4" = STOP ]; then echo "automatic the process is continued"; elif [ "$4" = CONT ]; then echo "automatic the process is stopped again"; else echo "irreversible a signal cannot be taken back"; fi ;;
    process.renice) pick nice "$LOOK"; echo "automatic nice $V is put back" ;;
    mount.remount) pick options "$LOOK"; _v=$(mount_options_were "$3" "$V")
      if [ -n "$_v" ]; then echo "automatic it is remounted with $_v"; else echo "irreversible what the options were is not known"; fi ;;
    mount.mount) echo "automatic it is unmounted" ;;
    mount.unmount) if in_fstab "$2"; then echo "automatic it is mounted again"; else echo "irreversible it is not in /etc/fstab"; fi ;;
    firewall.delete_rule) pick index "$LOOK"; echo "automatic the rule is inserted again at position $V" ;;
    firewall.insert_rule) echo "automatic the rule is deleted" ;;
    sysctl.set) pick value "$LOOK"; decode "$V"; echo "automatic the value $DEC is put back" ;;
    dpkg.configure) echo "irreversible packages that are configured stay so" ;;
    package.install) pick version "$LOOK"
      if [ "$V" = % ]; then echo "automatic the package is removed"
      elif apt-cache madison -- "$2" 2>/dev/null | grep -qF " $V "; then echo "automatic version $V is installed again"
      else echo "irreversible version $V cannot be downloaded any more"; fi ;;
    package.reinstall) echo "irreversible the package's own files are replaced; settings are kept" ;;
    package.remove) pick version "$LOOK"; echo "automatic version $V is installed again; settings are kept" ;;
    package.hold) echo "automatic the hold is taken off" ;;
    package.unhold) echo "automatic the hold is put back" ;;
    journal.vacuum) echo "irreversible old journal entries are removed" ;;
    kmod.load) echo "automatic the module is taken out again, as long as nothing uses it" ;;
    kmod.unload) echo "automatic the module is loaded again" ;;
    kmod.depmod) echo "irreversible the index is made anew from the modules that are there; the old one was wrong" ;;
    kmod.rename) echo "automatic the file is put back as it was, mode and owner included" ;;
    kmod.dkms) echo "irreversible the module is built and installed; dkms uninstall takes it out" ;;
    host.reboot) _more=; [ "$2" -gt 5 ] || _more="; from five minutes before it, only root can log in"
      echo "automatic the reboot is called off, as long as it has not begun$_more" ;;
    host.cancel_reboot) echo "irreversible the reboot is not planned again" ;;
    capture.backtrace) pick tool "$LOOK"
      if [ "$V" = kernel ]; then echo "nothing it only reads what each thread waits for in the kernel: whole stacks take eu-stack (elfutils) or gdb, and no thread that hangs on a disk"
      else echo "nothing it only looks; the process stands still while its stacks are read, mostly a second, at most 10 s"; fi ;;
    capture.syscalls) echo "nothing it only looks; the process is slower while it is watched, for $4 s" ;;
    capture.profile) echo "nothing it only looks, for $4 s" ;;
    capture.packets) echo "nothing it only listens, for $3 s at most, to the headers of at most 500 packets" ;;
    capture.core) echo "nothing it only reads the core" ;;
    container.start) pick state "$LOOK"; echo "automatic it is stopped again (it was $V)" ;;
    container.stop) echo "automatic it is started again" ;;
    container.restart) echo "irreversible it runs again as it did before; what it had in memory is gone" ;;
    k8s.rollout_restart) echo "irreversible its pods are replaced by new ones of the same revision" ;;
    k8s.rollout_undo) pick revision "$LOOK"; echo "automatic revision $V is rolled out again" ;;
    k8s.uncordon) echo "automatic no new pods come to the node" ;;
    k8s.cordon) echo "automatic new pods may come to the node again" ;;
  esac
}
# Decides whether $1 can be kept before it is removed: SAVE is 1 or empty, WHY says how or why not.
save_plan() {
  SAVE=; _sz=$(stat -c %s "$1" 2>/dev/null) || { WHY="its size cannot be read"; return; }
  _at=$ROOT; while [ ! -d "$_at" ]; do _at=${_at%/*}; [ -n "$_at" ] || _at=/; done
  set -- "$1" $(limit 5 df -P -k "$_at" 2>/dev/null | awk 'END { print $4, $5 + 0 }'); [ $# = 3 ] || { WHY="the room for a copy is unknown"; return; }
  _kb=$((_sz / 1024 + 1))
  if [ "$_kb" -gt 1048576 ]; then WHY="$((_kb / 1024)) MB are too much to keep a copy of"; return; fi
  if [ "$WHERE" = run ] && [ "$_kb" -gt 65536 ]; then WHY="$((_kb / 1024)) MB are too much to keep in memory"; return; fi
  if [ "$(stat -c %d "$1")" = "$(stat -c %d "$_at")" ]; then
    if [ "$3" -gt 90 ] && [ "$_kb" -gt 16 ]; then WHY="the disk is $3 % full and a copy would take the room that this frees"; return; fi
    if [ "$2" -lt $((_kb * 3 + 10240)) ]; then WHY="there is not enough room for a copy"; return; fi
    SAVE=1 WHY="a compressed copy is kept on the same disk until it is cleared away"
  elif [ "$2" -lt $((_kb + _kb / 4 + 10240)) ]; then WHY="there is not enough room for a copy"
  else SAVE=1 WHY="a compressed copy is kept on another disk"; fi
}
count_tree() { TREE=$(find "$1" -xdev 2>/dev/null | head -n 20001 | wc -l | tr -d ' '); [ "$TREE" -le 20000 ]; }

# Prints the bytes a file would have after the step. SRC is the file it starts from. Preview and change both come here.
new_content() {
  case $1 in
    file.comment_line) head -n "$(($3 - 1))" "$SRC"; printf '%s' "$4"; tail -n "+$3" "$SRC" ;;
    kmod.rename) sed "$3s/^\([[:space:]]*\)$4/\1$5/" "$SRC" ;;
    file.put) printf '%s' "$4" ;;
    file.restore) if [ -f "$ROOT/$3/save/$4/content.gz" ]; then gzip -dc <"$ROOT/$3/save/$4/content.gz"; else cat "$ROOT/$3/save/$4/content"; fi ;;
    file.set_key) case $2 in /etc/ssh/*|*/sshd_config*) _f=1 ;; *) _f= ;; esac
      FIRST=$_f SEC=$3 KEY=$4 VAL=$5 SEP=$6 awk '
        function fold(s) { s = tolower(s); gsub(/-/, "_", s); return s }
        # Where a comment begins after a value: a # or ; after a blank, outside quotes.
        function tail_of(s,   i, c, q) {
          for (i = 1; i <= length(s); i++) { c = substr(s, i, 1)
            if (q != "") { if (c == q) q = "" } else if (c == "\"" || c == "\047") q = c
            else if ((c == "#" || c == ";") && i > 1 && substr(s, i - 1, 1) ~ /[ \t]/) { i--; while (i > 1 && substr(s, i - 1, 1) ~ /[ \t]/) i--; return substr(s, i) } }
          return "" }
        BEGIN { sec = ENVIRON["SEC"]; key = fold(ENVIRON["KEY"]); first = ENVIRON["FIRST"]; new = ENVIRON["KEY"] ENVIRON["SEP"] ENVIRON["VAL"] }
        { l[NR] = $0; t = $0; sub(/^[ \t]+/, "", t); cr = cr || t ~ /\r$/
          if (sec != "" && t ~ /^\[/) { cur = t; sub(/^\[[ \t]*/, "", cur); sub(/[ \t]*\].*$/, "", cur); if (cur == sec) end = NR; next }
          # sshd takes the first value it meets, and everything after Match is about some connections only.
          if (first && tolower(t) ~ /^match[ \t]/ && !match_at) match_at = NR
          if (sec == "" ? match_at : cur != sec) next
          if (t !~ /^[ \t\r]*$/) end = NR
          name = match(t, /[ \t=\r]/) ? substr(t, 1, RSTART - 1) : t
          if (fold(name) == key && !(first && hit)) hit = NR }
        END {
          eol = cr ? "\r" : ""
          for (i = 1; i <= NR; i++) {
            if (i == hit) { t = l[i]; sub(/\r$/, "", t); ind = t; sub(/[^ \t].*$/, "", ind); sub(/^[ \t]+/, "", t)
              name = match(t, /[ \t=]/) ? substr(t, 1, RSTART - 1) : t; print ind name ENVIRON["SEP"] ENVIRON["VAL"] tail_of(substr(t, length(name) + 1)) eol; continue }
            if (!hit && match_at == i) { print new eol; done = 1 }
            print l[i]
            if (!hit && sec != "" && i == end) { print new eol; done = 1 } }
          if (!hit && !done) { if (sec != "") print (NR ? eol "\n" : "") "[" sec "]" eol; print new eol } }' "$SRC" ;;
  esac
}
diff_of() { # the change to a file as a unified diff, at most 64 KiB of it
  _old=$SRC; [ -e "$_old" ] || _old=/dev/null
  [ -r "$_old" ] || { echo "(the file cannot be read by this user)"; return; }
  if [ "$1" = file.restore ]; then
    [ -f "$ROOT/$3/save/$4/content" ] || [ -f "$ROOT/$3/save/$4/content.gz" ] || { record "$ROOT/$3/save/$4/kind"; [ "$REC" = absent ] || return 0; new_content() { :; }; }
  fi
  if command -v diff >/dev/null 2>&1; then _df=$(new_content "$@" | { diff -u -L "a$2" -L "b$2" "$_old" - 2>/dev/null; [ $? -le 1 ] || printf '!'; } | head -c 65536; printf x)
  else _df='!x'; fi
  case $_df in *'!x'|'x') ;; *) printf '%s' "${_df%"$NL"x}"; return ;; esac
  [ "$_df" != x ] || return 0
  # No diff(1), or one that wants a temporary file where none can be made: one hunk from the first to the last difference.
  new_content "$@" | OLD=$_old NAME=$2 awk '
    BEGIN { while ((getline s < ENVIRON["OLD"]) > 0) a[++n] = s }
    { b[++m] = $0 }
    END {
      while (p < n && p < m && a[p + 1] == b[p + 1]) p++
      while (q < n - p && q < m - p && a[n - q] == b[m - q]) q++
      if (p == n && p == m) exit
      f = p > 3 ? p - 3 : 0; e = q > 3 ? 3 : q
      printf "--- a%s\n+++ b%s\n@@ -%d,%d +%d,%d @@\n", ENVIRON["NAME"], ENVIRON["NAME"], f + 1, n - q + e - f, f + 1, m - q + e - f
      for (i = f + 1; i <= p; i++) print " " a[i]
      for (i = p + 1; i <= n - q; i++) print "-" a[i]
      for (i = p + 1; i <= m - q; i++) print "+" b[i]
      for (i = n - q + 1; i <= n - q + e; i++) print " " a[i] }' | head -c 65536
}

# ---------------------------------------------------------------------------------------------- change: the doing

change() {
  case $1 in
    file.chmod) echo meta >"$S/kind" && on_inode "$2" chmod "$3" ;;
    file.chown) if [ "$5" = 1 ]; then change_tree "$2" "$3:$4"; else echo meta >"$S/kind" && ( enter "$2" && chown -h "$3:$4" "./$NAME" ); fi ;;
    file.move) echo moved >"$S/kind"; encode "$3" >"$S/to"; move "$2" "$3" ;;
    file.delete) remove "$2" ;;
    file.truncate) save_plan "$2"; if [ -n "$SAVE" ]; then keep_gz "$2" || return 74; echo emptied >"$S/kind"; else echo "no copy: $WHY"; echo none >"$S/kind"; fi
      on_inode "$2" empty ;;
    file.comment_line|file.set_key|kmod.rename) keep "$2" || return 74; SRC=$S/content; pick uid "$LOOK"; _u=$V; pick gid "$LOOK"; _g=$V; pick mode "$LOOK"
      replace "$2" "$V" "$_u:$_g" new_content "$@" ;;
    file.put) if [ -e "$2" ]; then keep "$2" || return 74; pick uid "$LOOK"; _u=$V; pick gid "$LOOK"; _g=$V
      else echo absent >"$S/kind"; _u=$(id -u); _g=$(id -g); OLD_SHA=; fi
      replace "$2" "$3" "$_u:$_g" new_content "$@" ;;
    file.link) if [ -L "$2" ]; then echo link >"$S/kind"; else echo absent >"$S/kind"; fi; relink "$2" "$3" ;;
    file.restore) restore "$@" ;;
    unit.start|unit.restart) if [ "$(manager)" = systemd ]; then systemctl_do "${1#unit.}" "$2"; else service_script "$2" "${1#unit.}"; fi || { unit_says "$2"; return 1; }
      settled "$2" ;;
    unit.try_reload) if [ "$(manager)" = systemd ]; then systemctl_do reload "$2"; else service_script "$2" reload; fi && return
      # What was put back may be the very thing that it refuses; then it goes on with what it has, and that is no failure.
      unit_says "$2"; unit_state "$2"; [ "$US" = active ] && echo "$2 does not take what was put back and goes on with what it has" ;;
    unit.stop|unit.reload) if [ "$(manager)" = systemd ]; then systemctl_do "${1#unit.}" "$2"; else service_script "$2" "${1#unit.}"; fi || { unit_says "$2"; return 1; }
      [ "$1" = unit.reload ] || stopped "$2" ;;
    unit.enable|unit.disable) if [ "$(manager)" = systemd ]; then systemctl_do "${1#unit.}" "$2"
      elif [ "$1" = unit.enable ]; then rc-update add "${2%.service}"; else rc-update del "${2%.service}"; fi ;;
    unit.reset_failed) systemctl_do reset-failed "$2" ;;
    unit.mask|unit.unmask) systemctl_do "${1#unit.}" "$2" ;;
    unit.set_property) _f=$(dropin_of "$2" "$4"); mkdir -p "${_f%/*}" && chmod 755 "${_f%/*}" || return 1
      printf '# Written by Sickbay, execution %s; its rollback removes it.\n[%s]\n%s=%s\n' "$ID" "$3" "$4" "$5" >"$_f.tmp" && chmod 644 "$_f.tmp" && mv "$_f.tmp" "$_f" && flush "$_f" &&
        limit 30 systemctl daemon-reload ;;
    unit.unset_property) _f=$(dropin_of "$2" "$3"); cat "$_f" >"$S/content" && rm "$_f" || return 1; rmdir "${_f%/*}" 2>/dev/null; limit 30 systemctl daemon-reload ;;
    process.signal) [ "$(start_of "$2")" = "$3" ] && kill -s "$4" "$2" || return 1
      _k=0; case $4 in TERM|KILL|INT) while alive "$2" "$3" && [ $_k -lt 100 ]; do nap; _k=$((_k + 1)); done
        ! alive "$2" "$3" || { echo "process $2 is still there"; return 1; } ;;
      # It stops when the kernel next looks at it, which is not at once for one that is running elsewhere or waits for a disk.
      STOP) while alive "$2" "$3" && ! is_stopped "$2" && [ $_k -lt 100 ]; do nap; _k=$((_k + 1)); done
        is_stopped "$2" || { echo "process $2 has not stopped"; return 1; } ;; esac ;;
    process.renice) pick nice "$LOOK"; renice -n "$4" -p "$2" || return 1
      read -r _st <"/proc/$2/stat" && set -- "$4" ${_st##*") "} && [ "${18}" = "$1" ] || { echo "nice is still ${18}"; return 1; } ;;
    mount.remount) limit 30 mount -o "remount,$3" -- "$2" ;;
    mount.mount) limit 60 mount -- "$2" ;;
    mount.unmount) limit 30 umount -- "$2" ;;
    firewall.delete_rule) _a=$2 _b=$3 _c=$4; shift 4; firewall "$_a" "$_b" -D "$_c" "$@" ;;
    firewall.insert_rule) _a=$2 _b=$3 _c=$4 _i=$5; shift 5; firewall "$_a" "$_b" -I "$_c" "$_i" "$@" ;;
    sysctl.set) sysctl_path "$2" && printf '%s\n' "$3" >"$SP" || return 1; [ "$(tr '\t' ' ' <"$SP")" = "$3" ] || { echo "the kernel took another value: $(cat "$SP")"; return 1; } ;;
    dpkg.configure) apt_env dpkg --force-confold --force-confdef --configure -a ;;
    package.install) if [ -n "$3" ]; then apt_get --allow-downgrades install "$2=$3"; else apt_get install "$2"; fi ;;
    package.reinstall) apt_get --reinstall install "$2" ;;
    package.remove) apt_get remove "$2" ;;
    package.hold) echo "$2 hold" | dpkg --set-selections ;;
    package.unhold) echo "$2 install" | dpkg --set-selections ;;
    journal.vacuum) limit 120 journalctl --rotate --vacuum-size="$2" 2>&1 ;;
    kmod.load) printf '%s\n' "$BOOT $(underscored "$2")" >"$S/loaded" && flush "$S/loaded" || return 74
      tool modprobe && limit 60 "$TOOL" -- "$2" || { rm -f "$S/loaded"; return 1; }
      module_state "$2"; [ $ML = 1 ] || { echo "modprobe said nothing, but $2 is not loaded"; return 1; } ;;
    kmod.unload) tool rmmod && limit 60 "$TOOL" "$(underscored "$2")" || return 1
      module_state "$2"; [ $ML = 0 ] || { echo "rmmod said nothing, but $2 is still there"; return 1; } ;;
    kmod.depmod) tool depmod && limit 120 env -i PATH="$PATH" LC_ALL=C "$TOOL" -a -- "$2" || return 1
      [ -s "$AT/lib/modules/$2/modules.dep" ] || { echo "depmod made no index"; return 1; } ;;
    kmod.dkms) tool dkms; limit 600 env -i PATH="$PATH" HOME=/root LC_ALL=C "$TOOL" install -m "$2" -v "$3" -k "$4"; _r=$?
      dkms_state "$2" "$3" "$4"; [ "$DS" != installed ] || return 0
      tail -n 30 "$AT/var/lib/dkms/$2/$3/build/make.log" 2>/dev/null; echo "$2 $3 is $DS for $4"; [ $_r != 0 ] || _r=1; return $_r ;;
    host.reboot) tool shutdown && limit 20 "$TOOL" -r "+$2" "Sickbay: $ID" || return 1
      planned; [ "$PM" = reboot ] || { echo "shutdown said nothing, but no reboot is planned"; return 1; } ;;
    host.cancel_reboot) tool shutdown && limit 20 "$TOOL" -c || return 1
      planned; [ "$PM" = none ] || { echo "a $PM is still planned"; return 1; } ;;
    container.start|container.restart) engine_do "$2" "${1#container.}" "$3" && container_settled "$2" "$3" ;;
    container.stop) engine_do "$2" stop "$3" || return 1
      container_state "$2" "$3"; case $CS in running|restarting) echo "the container $3 is still $CS"; return 1 ;; esac ;;
    capture.*) capture "$@" ;;
    k8s.rollout_restart) kube_ready && kube 60 rollout restart "$3" -n "$2" && kube_rolled "$2" "$3" ;;
    k8s.rollout_undo) kube_ready && kube 60 rollout undo "deployment/$3" -n "$2" --to-revision="$4" && kube_rolled "$2" "deployment/$3" ;;
    k8s.uncordon|k8s.cordon) kube_ready && kube 60 "${1#k8s.}" "$2" || return 1
      kube_node "$2"; case $1:$KN in k8s.uncordon:0|k8s.cordon:1) ;; *) echo "node $2 did not take it"; return 1 ;; esac ;;
    *) return 64 ;;
  esac
}

# --- saving
keep() { # a regular file's bytes, read once; what is edited and compared afterwards is this copy
  echo content >"$S/kind" && ( enter "$1" && cat "./$NAME" ) >"$S/content" && chmod 600 "$S/content" && flush "$S/content" || { echo "could not save $1"; return 1; }
  OLD_SHA=$(sha_of "$S/content"); pick sha256 "$LOOK"
  [ "$V" = "$OLD_SHA" ] || { echo "$1 changed while it was being saved"; return 1; }
}
keep_gz() { ( enter "$1" && gzip -1 -c "./$NAME" ) >"$S/content.gz" && flush "$S/content.gz" && gzip -t "$S/content.gz" || { rm -f "$S/content.gz"; echo "could not save $1"; return 1; }; }

# --- touching one inode, whatever happens to its name meanwhile
on_inode() { # PATH chmod MODE | PATH empty | PATH fill FILE
  ( enter "$1" || { echo "the directory of $1 moved"; exit 1; }
    _i=$(stat -c '%d:%i %f' "./$NAME") && exec 7<"./$NAME" && [ "$(stat -L -c '%d:%i %f' /proc/self/fd/7)" = "$_i" ] || { echo "$1 changed under our hands, or cannot be opened"; exit 1; }
    case $2 in
      chmod) chmod "$3" /proc/self/fd/7 ;;
      empty) : >/proc/self/fd/7 ;;
      fill) cat "$3" >/proc/self/fd/7 ;;
    esac )
}
# Replaces PATH in one rename by what $4… prints. OLD_SHA is what it must still be (empty: it must not exist).
replace() { # PATH MODE UID:GID PRODUCER…
  ( enter "$1" || { echo "the directory of $1 moved"; exit 1; }
    _t=.sickbay-$ID-$N; mkdir -m 700 "./$_t" || exit 1
    # Inside a directory of our own nobody can plant a link under the name we write to.
    ( cd -P "./$_t" && [ "$(pwd -P)" = "$DIR/$_t" ] && [ "$(stat -c %u .)" = "$ME" ] || exit 1
      _m=$2 _o=$3 _n=$NAME; _path=$1; shift 3
      "$@" >f || { echo "could not write the new content"; exit 1; }
      NAME=$_n
      # Access lists and labels come along where cp(1) knows how.
      [ ! -e "../$NAME" ] || cp -p --attributes-only --preserve=all "../$NAME" f 2>/dev/null
      chown "$_o" f && chmod "$_m" f && flush f || exit 1
      if [ -n "$OLD_SHA" ]; then [ ! -L "../$NAME" ] && [ "$(sha_of "../$NAME")" = "$OLD_SHA" ]; else [ ! -e "../$NAME" ] && [ ! -L "../$NAME" ]; fi || { echo "$_path changed meanwhile"; exit 1; }
      [ "$(pwd -P)" = "$DIR/$_t" ] && mv -f -T f "../$NAME" )
    _r=$?; rm -rf "./$_t"; flush .; exit $_r )
}
move() { # FROM TO
  ( enter "$1" || exit 1; _n=$NAME
    if [ "${1%/*}" = "${2%/*}" ]; then mv -n -T "./$_n" "./${2##*/}"
    else
      [ "$(stat -c %d .)" = "$(stat -c %d "${2%/*}")" ] || cp_room "./$_n" "${2%/*}" || exit 1
      mv -n -T "./$_n" "$2"
    fi && [ ! -e "./$_n" ] && [ ! -L "./$_n" ] ) && flush "${1%/*}" "${2%/*}"
}
cp_room() { _kb=$(($(stat -c %s "$1") / 1024 + 1)); [ "$(df -P -k "$2" | awk 'END { print $4 }')" -gt $((_kb + 1024)) ] || { echo "there is no room in $2"; return 1; }; }
relink() { # PATH TARGET
  ( enter "$1" || exit 1; _t=.sickbay-$ID-$N
    mkdir -m 700 "./$_t" && ln -s -- "$2" "./$_t/l" && { [ -L "./$NAME" ] || [ ! -e "./$NAME" ]; } && mv -f -T "./$_t/l" "./$NAME"; _r=$?
    rm -rf "./$_t"; flush .; exit $_r )
}
remove() {
  if [ -L "$1" ]; then echo link >"$S/kind"; ( enter "$1" && rm -f "./$NAME" ); return; fi
  save_plan "$1"
  if [ -n "$SAVE" ]; then keep_gz "$1" || return 74; echo removed >"$S/kind"; else echo "no copy: $WHY"; echo none >"$S/kind"; fi
  ( enter "$1" && rm -f "./$NAME" && [ ! -e "./$NAME" ] )
}
change_tree() { # PATH USER:GROUP, everything below, following no link
  count_tree "$1" && [ -z "$(find "$1" -xdev -name "*$NL*" | head -n 1)" ] &&
    find "$1" -xdev -exec stat -c '%u %g %a %n' {} + >"$S/owners" && echo owners >"$S/kind" && chmod 600 "$S/owners" && flush "$S/owners" || { rm -f "$S/owners"; echo none >"$S/kind"; }
  ( enter "$1" && chown -R -h "$2" "./$NAME" )
}
restore_tree() { # PATH LIST: one entry at a time, each from inside its own directory
  _one=$(awk '{ print $1 ":" $2 }' "$2" | sort -u)
  case $_one in
    *"$NL"*) while read -r _u _g _m _p; do
        case $_p in "$1"|"$1"/*) ;; *) continue ;; esac
        ( enter "$_p" && { [ -e "./$NAME" ] || [ -L "./$NAME" ]; } && chown -h "$_u:$_g" "./$NAME" ) || echo "left as it is: $_p"
      done <"$2" ;;
    *) ( enter "$1" && chown -R -h "$_one" "./$NAME" ) || return 1 ;;
  esac
  # chown takes setuid and setgid away; what had them gets them back.
  while read -r _u _g _m _p; do
    case $_m in [2-7]???) [ -L "$_p" ] || [ ! -e "$_p" ] || on_inode "$_p" chmod "$_m" ;; esac
  done <"$2"
}
restore() { # file.restore PATH EXECUTION STEP
  _from=$ROOT/$3/save/$4; record "$_from/kind"; _kind=$REC; _was=$(cat "$_from/before")
  pick mode "$_was"; _m=$V; pick uid "$_was"; _u=$V; pick gid "$_was"; _g=$V
  case $_kind in
    content|removed)
      if [ -e "$2" ]; then keep "$2" || return 74; else echo absent >"$S/kind"; OLD_SHA=; fi
      replace "$2" "$_m" "$_u:$_g" new_content "$@" ;;
    emptied) # a log may have grown since: what was there comes first, in place, because its writer holds it open
      keep_gz "$2" || return 74; echo emptied >"$S/kind"
      { new_content "$@" && ( enter "$2" && cat "./$NAME" ); } >"$S/whole" && on_inode "$2" fill "$S/whole"; _r=$?; rm -f "$S/whole"; return $_r ;;
    absent) if [ -L "$2" ]; then echo link >"$S/kind"; else keep "$2" && gzip -c "$S/content" >"$S/content.gz" && echo removed >"$S/kind" || return 74; fi
      ( enter "$2" && rm -f "./$NAME" ) ;;
    link) pick target "$_was"; decode "$V" || return 1; if [ -L "$2" ]; then echo link >"$S/kind"; else echo absent >"$S/kind"; fi; relink "$2" "$DEC" ;;
    meta) echo meta >"$S/kind"; ( enter "$2" && chown -h "$_u:$_g" "./$NAME" ) && on_inode "$2" chmod "$_m" ;;
    owners) find "$2" -xdev -exec stat -c '%u %g %a %n' {} + >"$S/owners" && echo owners >"$S/kind" && restore_tree "$2" "$_from/owners" ;;
    *) return 1 ;;
  esac
}

# --- captures: their tools run without environment, so without debuginfod and settings of root's. What one sees goes to take/N until it is fetched; whatever else a tool needs on the way is removed with the step
capture() { # VERB ARG…
  _w=$D/take/$N; mkdir -p "$D/take" || return 74
  case $1 in capture.backtrace|capture.syscalls|capture.profile) is_stopped "$2" || echo "PID=$2 ST0=$3" >"$D/goes" || return 74 ;; esac
  # Who reads our output may be gone with whatever ends us.
  trap 'exec >/dev/null 2>&1; let_go 143; exit 143' TERM
  # What is written is bounded here, whatever a tool has to say; one that goes on is ended by the closed pipe.
  { "take_${1#capture.}" "$@"; echo $? >"$_w.rc"; } 2>&1 | head -c "$TAKE_MAX" >"$_w"
  record "$_w.rc"; _rc=${REC:-1}; rm -f "$_w.rc" "$_w.raw" "$_w.st" "$_w.said"
  let_go "$_rc"; trap - TERM; flush "$_w"
  [ -s "$_w" ] || { echo "it saw nothing, or there is no room for it"; return 74; }
  # What was cut is worth having, too.
  [ "$_rc" = 0 ] || [ "$(wc -c <"$_w")" -ge "$TAKE_MAX" ] || { tail -n 5 "$_w"; return 1; }
}
# After a closer look, however it ended: whoever still traces the process is its tool, since nobody did before, and a process
# that was left standing, or has a stop on its way that it did not take yet, goes on.
let_go() { # RC
  [ -f "$D/goes" ] || return 0
  record "$D/goes"; field PID; _gp=$V; field ST0; _gs=$V
  [ "$(start_of "$_gp")" = "$_gs" ] || { rm -f "$D/goes"; return 0; }
  _k=0; while _tr=$(tracer_of "$_gp"); [ "${_tr:-0}" != 0 ] && [ $_k -lt 60 ]; do
    case $(cat "/proc/$_tr/comm" 2>/dev/null) in eu-stack|gdb|strace) kill -KILL "$_tr" 2>/dev/null ;; esac; nap; _k=$((_k + 1))
  done
  if stops_soon "$_gp" || is_stopped "$_gp"; then _gt=1; else _gt=; fi
  case $1$_gt in 0|1) ;; *) kill -s CONT "$_gp" && [ -n "$_gt" ] && echo "process $_gp was left standing, and goes on now" ;; esac
  # Only now: whoever ends us on the way leaves the file to the next who lets go.
  rm -f "$D/goes"
}
# Runs TOOL for at most so many seconds, after which SIGNAL ends it.
bare() { # SIGNAL SECONDS WORDS…
  timed || return 1
  _bg=$1 _bs=$2; shift 2; timeout $FRONT -k 2 -s "$_bg" "$_bs" env -i PATH="$PATH" HOME=/nonexistent LC_ALL=C "$TOOL" "$@"
}
take_backtrace() { # VERB PID STARTTIME
  echo "== threads"; threads_of "$2"
  pick tool "$LOOK"; TOOL=kernel; [ "$V" = kernel ] || tool "$V" || return 1      # the very one that was approved
  echo "== stack ${TOOL##*/}"
  case ${TOOL##*/} in
    eu-stack) bare TERM 10 -p "$2" -n 64 2>&1 ;;
    # What gdb says besides may hold the program's arguments.
    gdb) { bare TERM 10 -nx -batch -iex 'set auto-load off' -ex 'set print frame-arguments none' -ex 'thread apply all bt 64' -p "$2" 2>&1; echo $? >"$_w.st"; } |
        grep -E '^(Thread |#[0-9]|ptrace: )'; record "$_w.st"; (exit "${REC:-1}") ;;
  esac
  # Part of a stack, and one that was ended at its time, are worth having: what each thread waits for stands above.
  case $? in 0|1|124|137|141|143) ;; *) return 1 ;; esac
}
take_syscalls() { # VERB PID STARTTIME SECONDS
  tool strace || return 1
  # Never what is read or written, only that it is: -s 0. Counted as it comes, so that no size of it matters.
  { bare INT "$4" -f -qq -s 0 -yy -T -o /dev/stdout -p "$2" 2>&1; echo $? >"$_w.st"; } | awk -v secs="$4" '
    function about(l,   a, p) {
      a = ""
      if (match(l, /sin6?_port=htons[(][0-9]+[)]/)) { p = substr(l, RSTART, RLENGTH - 1); sub(/.*[(]/, "", p)
        if (match(l, /inet_(addr|pton)[(][^)]*"[^"]*"/)) { a = substr(l, RSTART, RLENGTH); sub(/"$/, "", a); sub(/.*"/, "", a) }
        return a ":" p }
      if (match(l, /sun_path="[^"]*"/)) { a = substr(l, RSTART + 10, RLENGTH - 11); return a }
      if (l ~ /^(open|openat|openat2|stat|lstat|newfstatat|statx|access|faccessat|faccessat2|execve|readlink|readlinkat|unlink|unlinkat|rename|mkdir|chdir|statfs)[(]/ && match(l, /"[^"]*"/)) return substr(l, RSTART + 1, RLENGTH - 2)
      if (match(l, /^[a-z0-9_]+[(][0-9]+<[^>]*(->[^>]*)?>/)) { a = substr(l, RSTART, RLENGTH); sub(/^[^<]*</, "", a); sub(/>$/, "", a); return a }
      return "" }
    { pid = $1; l = $0; if (pid !~ /^[0-9]+$/) { if (said++ < 5) note = note $0 "\n"; next }
      sub(/^[0-9]+ +/, "", l); seen = 1; if (l !~ /^(futex|<[.][.][.] futex)/ && kept++ < 300) first = first $0 "\n"
      if (l ~ /^[-+][-+][-+]/) { if (l ~ /^[+][+][+]/) delete open[pid]; next }
      if (match(l, /^<[.][.][.] [a-z0-9_]+ resumed>/)) { name = l; sub(/^<[.][.][.] /, "", name); sub(/ resumed>.*/, "", name); what = where[pid]; l = began[pid] l }
      else if (match(l, /^restart_syscall[(]<[.][.][.] resuming interrupted [a-z0-9_]+/)) { name = substr(l, RSTART, RLENGTH); sub(/.* /, "", name); what = "" }
      else if (match(l, /^[a-z0-9_]+[(]/)) { name = substr(l, 1, RLENGTH - 1); what = about(l) }
      else next
      if (l ~ /<(unfinished|detached) [.][.][.]>$/) { open[pid] = name; where[pid] = what; began[pid] = l; next }
      delete open[pid]; fd = l; sub(/^[^(]*[(]/, "", fd); sub(/>.*/, "", fd)
      if (name == "connect") with[fd] = what
      # A connection that is not waited for says later how it went.
      if (match(l, /SO_ERROR, [[]E[A-Z]+[]]/)) { e = substr(l, RSTART + 11, RLENGTH - 12); bad["connect", e, with[fd]]++ }
      t = 0; if (match(l, /<[0-9.]+>$/)) t = substr(l, RSTART + 1, RLENGTH - 2)
      n++; calls[name]++; time[name] += t
      # That nothing is there yet, or a wait was interrupted, is how programs work.
      if (match(l, / = -1 E[A-Z0-9]+ /)) { e = substr(l, RSTART + 6, RLENGTH - 7); if (e !~ /^(EAGAIN|EINTR|EINPROGRESS|ERESTART.*|ETIMEDOUT)$/ || (e == "ETIMEDOUT" && name != "futex")) if ((name SUBSEP e SUBSEP what) in bad || kinds++ < 2000) bad[name, e, what]++ } }
    END {
      print "== calls " secs " " n + 0; for (c in calls) printf "%s %d %d\n", c, calls[c], time[c] * 1000
      print "== failed"; for (b in bad) { split(b, x, SUBSEP); print bad[b], x[1], x[2], x[3] | "sort -rn | head -n 40" } close("sort -rn | head -n 40")
      print "== waiting"; for (p in open) print open[p], where[p] | "sort | uniq -c | sort -rn | head -n 40"; close("sort | uniq -c | sort -rn | head -n 40")
      if (note != "") printf "== said\n%s", note
      printf "== first\n%s", first; exit !seen && note != "" }' || return 1
  record "$_w.st"; case $REC in 0|124|130|137) ;; *) return 1 ;; esac
}
take_profile() { # VERB PID STARTTIME SECONDS
  tool perf || return 1
  # Without a counter of the processor (in most VMs) the clock serves.
  for _ev in cycles cpu-clock; do
    # At most 64 MB of samples, 128 where sh counts in kB.
    ( ulimit -f 131072; bare TERM $(($4 + 20)) record -q -e $_ev -F 99 -g -p "$2" -o "$_w.raw" -- sleep "$4" ) >"$_w.said" 2>&1 && [ -s "$_w.raw" ] && break
    rm -f "$_w.raw"
  done
  [ -s "$_w.raw" ] || { cat "$_w.said"; return 1; }
  echo "== profile"
  bare TERM 30 report -i "$_w.raw" --stdio -q --no-children -g none --percent-limit 0.5 -F overhead,sample,dso,symbol -t '|' 2>/dev/null | grep -v '^#' | head -n 80
  :
}
take_packets() { # VERB PORT SECONDS
  tool tcpdump || return 1
  _t0=$(date +%s)
  # Headers only: 96 bytes hold them, and what tcpdump makes of the bytes behind is cut off.
  bare INT "$3" -i any -nn -tt -s 96 -c 500 "port $2 or (icmp and icmp[0] == 3) or (icmp6 and ip6[40] == 1)" >"$_w.raw" 2>"$_w.said"; _r=$?
  echo "== packets $(($(date +%s) - _t0))"
  awk '!/^[0-9]+[.][0-9]+ / { next } / > [^ ]+: Flags [[]/ { if (match($0, /, length [0-9]+/)) $0 = substr($0, 1, RSTART + RLENGTH - 1); print; next }
    / > [^ ]+: ICMP/ { print; next } { if (match($0, / > [^ ]+:/)) $0 = substr($0, 1, RSTART + RLENGTH - 1); print }' "$_w.raw"; echo "== said"; cat "$_w.said"
  [ $_r = 0 ] || [ $_r = 124 ]
}
take_core() { # VERB PATH
  tool eu-stack || return 1
  _core=$2
  case $2 in *.zst|*.lz4|*.xz) _core=$_w.raw; core_room
    ( ulimit -f "$ROOM"; tool coredumpctl && bare TERM 40 --no-pager -o "$_core" dump "COREDUMP_FILENAME=$2" >/dev/null 2>&1 ) || { echo "$2 cannot be unpacked"; return 1; } ;; esac
  echo "== signal"; if tool eu-readelf; then bare TERM 10 -n "$_core" 2>/dev/null | sed -n 's/.*si_signo: *\([0-9]*\).*/\1/p' | head -n 1; fi
  tool eu-stack && echo "== stack eu-stack" || return 1
  bare TERM 30 --core="$_core" -n 64 2>&1
  case $? in 0|1) ;; *) return 1 ;; esac
}

# --- services and packages
systemctl_do() { limit "$UNIT_LIMIT" systemctl --no-pager --no-ask-password "$1" -- "$2"; }
unit_says() { [ "$(manager)" != systemd ] || limit 8 systemctl status --no-pager --full --lines=8 -- "$1" 2>&1 | tail -n 20; }
# Waits until the unit is up and stays up for a second. A oneshot that ended well counts.
settled() {
  _k=0
  while :; do
    unit_state "$1"
    case $US in
      active) _was=$UI; sleep 1; unit_state "$1"; if [ "$US" = active ] && [ "$UI" = "$_was" ]; then return 0; fi
        [ "$UT" = oneshot ] && [ "$US" = inactive ] && [ "$UR" = success ] && return 0 ;;
      inactive) [ "$UR" = success ] && [ "$UT" = oneshot ] && return 0; [ "$(manager)" = systemd ] && case $1 in *.service) ;; *) return 0 ;; esac ;;
      failed) echo "$1 failed"; unit_says "$1"; return 1 ;;
    esac
    [ $_k -lt "$SETTLE" ] || break
    sleep 1; _k=$((_k + 1))
  done
  echo "$1 is $US ($UB) after $SETTLE s"; unit_says "$1"; return 1
}
stopped() {
  _k=0; while unit_state "$1"; do
    case $US in inactive|failed) return 0 ;; esac
    [ $_k -lt "$SETTLE" ] || { echo "$1 is still $US after $SETTLE s"; return 1; }
    sleep 1; _k=$((_k + 1))
  done
}
apt_env() { env -i PATH="$PATH" HOME=/root LC_ALL=C DEBIAN_FRONTEND=noninteractive DEBIAN_PRIORITY=critical NEEDRESTART_MODE=l APT_LISTCHANGES_FRONTEND=none "$@"; }
apt_get() {
  _nr=--no-remove; case " $* " in *" remove "*) _nr= ;; esac
  apt_env apt-get -q -y $_nr -o DPkg::Lock::Timeout=60 -o Dpkg::Options::=--force-confold -o Dpkg::Options::=--force-confdef -o APT::Install-Recommends=false "$@"
}

# ---------------------------------------------------------------------------------------------- the way in

main() {
  set -fu; umask 077
  NL='
'
  IFS=" 	$NL"
  INSTALLED=
  case $0 in /usr/local/*) INSTALLED=$0
    # Run through sudo by a user who may be hostile: nothing of the environment counts.
    unset GUARD_ROOT GUARD_ETC GUARD_PATH GUARD_SHELL GUARD_SETTLE GUARD_BOOT GUARD_NO_SYSTEMD GUARD_OUT_MAX GUARD_TEXT GUARD_STEPS GUARD_UNIT_DIR GUARD_AT XDG_RUNTIME_DIR ;;
  esac
  unset CDPATH POSIXLY_CORRECT GREP_OPTIONS GZIP TAR_OPTIONS LS_COLORS SYSTEMD_PAGER PAGER TMPDIR MODPROBE_OPTIONS || :
  PATH=${GUARD_PATH:-/usr/sbin:/usr/bin:/sbin:/bin} LC_ALL=C; export PATH LC_ALL
  ME=$(id -u) WHERE=disk ID=- ROOT= HOW=
  GUARD_TEXT=${GUARD_TEXT:-} SHELL_OF_RUNNER=${GUARD_SHELL:-/bin/sh} SETTLE=${GUARD_SETTLE:-10} OUT_MAX=${GUARD_OUT_MAX:-1048576}
  UNIT_DIR=${GUARD_UNIT_DIR:-/etc/systemd/system} UNIT_LIMIT=120 KUBE_SETTLE=${GUARD_SETTLE:-60} MAX_STEPS_TEXT=262144 TAKE_MAX=262144 STATIC= BAD_ARGS= LOOK= WHY= CHANGED=
  if timeout -k 1 5 true 2>/dev/null; then LIMIT=new; elif timeout -t 5 true 2>/dev/null; then LIMIT=old; else LIMIT=; fi
  # Where the kernel, modprobe and systemd have their files: the tests have a host in a directory.
  AT=${GUARD_AT:-} ROOT_USER=0; [ -z "$AT" ] || ROOT_USER=$ME
  boot_id
  if [ "${1:-}" = --root ]; then
    case ${2:-} in run|disk) WHERE=$2 ;; *) die bad_root ;; esac; shift 2
  fi
  choose_root
  [ $# -gt 0 ] || exit 64
  # Installed, it is that of all helpers together.
  VERSION=1
  _verb=$1; shift
  case $_verb in
    version) echo "sickbay-guard $VERSION"; return ;;
    preview) if [ -n "${GUARD_STEPS:-}" ]; then printf '%s' "$GUARD_STEPS" | preview; else preview; fi; return ;;
    gc) collect "${1:-}"; return ;;
    ready) ready; return ;;
  esac
  ID=${1:-}; case $ID in ''|-*|*[!A-Za-z0-9_-]*) ID=-; die bad_id ;; esac
  [ ${#ID} -le 64 ] || die bad_id
  D=$ROOT/$ID
  case $_verb:$# in
    start:3) if [ -n "${GUARD_STEPS:-}" ]; then printf '%s' "$GUARD_STEPS" | start "$@"; else start "$@"; fi ;;
    status:1) print_state ;;
    wait:2) is_number "$2" || die bad_seconds
      _k=0; while look_state; case $ST in running|starting|claimed) true ;; *) false ;; esac && [ $_k -lt $(($2 * 10)) ]; do sleep 0.1 2>/dev/null || { sleep 1; _k=$((_k + 9)); }; _k=$((_k + 1)); done
      print_state ;;
    report:1) sed '/^$/d' "$D/report" 2>/dev/null ;;
    output:3) is_number "$2" && is_number "$3" || die bad_range
      tail -c "+$(($2 + 1))" "$D/out" 2>/dev/null | head -c "$3" ;;
    taken:4) is_number "$2" && is_number "$3" && is_number "$4" || die bad_range
      [ -f "$D/take/$2" ] || die nothing_taken
      tail -c "+$(($3 + 1))" "$D/take/$2" | head -c "$4" ;;
    drop:1) look_state; [ "$ST" = running ] || let_go 143
      [ ! -d "$D/take" ] || rm -rf "$D/take"; print_state ;;
    abandon:1) make_root; mkdir "$D" 2>/dev/null || [ -d "$D" ] || die nospace_or_readonly
      if mkdir "$D/go" 2>/dev/null; then mkdir "$D/go/abandoned"; fi; flush "$D/go" "$D"; print_state ;;
    cancel:1) cancel; print_state ;;
    ack:1) [ ! -d "$D" ] || : >"$D/acked"; print_state ;;
    __run:2) supervise "$@" ;;
    __steps:1) run_steps ;;
    *) die usage ;;
  esac
}

# `sh -s` has no arguments: there the line that calls main comes after this text.
[ $# -eq 0 ] || main "$@"
