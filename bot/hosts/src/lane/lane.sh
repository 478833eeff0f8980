# A probe lane: one channel that runs its probes one after another and streams frames. dash, bash, BusyBox ash.
# It comes on stdin of `/bin/sh -s` (so no `exec </dev/null`: bash reads its script from there) and writes nothing here.
# $N is 128 random bits, kept in this shell alone, so that no probe's output can forge a frame. Times are /proc/uptime.
LC_ALL=C PATH=${PATH:-/usr/bin:/bin}:/usr/sbin:/sbin; export LC_ALL PATH; unset LANGUAGE ENV BASH_ENV CDPATH; umask 077
exec 4>&1; trap 'exit 129' HUP INT TERM PIPE
# The reader is killed only while it is still this shell's child.
trap 'if read -r s <"/proc/$H/stat"; then case ${s##*") "} in ?" $$ "*) kill -KILL "$H" ;; esac; fi 2>/dev/null' USR1
renice -n 5 -p $$ >/dev/null 2>&1
# GNU head keeps what it reads until it ends, and a connection may end before: $U is what stdbuf(1) would load into it.
K= U=; case $(timeout --version 2>&1 </dev/null) in
  *coreutils*) S=gnu K='-k 1' U=/usr/libexec/coreutils/libstdbuf.so; [ -e $U ] || U=$(stdbuf -o0 sh -c 'echo "$LD_PRELOAD"' 2>/dev/null) ;;
  *BusyBox*|*busybox*) S=busybox; if timeout -t 1 true 2>/dev/null; then K=-t; else K='-k 1'; fi ;;
  *) S=; command -v setsid >/dev/null 2>&1 && S=setsid ;;
esac
# g LIMIT CMD…: CMD under a time limit in a process group of its own ($t), and SIGKILL for what is left of that group.
# GNU timeout leads a group itself and gives up on a process that cannot be killed. BusyBox's leads none, signals one
# process only and becomes the command: setsid stands in front of it, and a second one watches a shell that does give up.
case $S in
  gnu) g() { timeout $K "$@" & t=$!; { wait $t; x=$?; kill -KILL "-$t"; } 2>/dev/null; return $x; } ;;
  busybox) g() { l=$1; shift; setsid timeout $K $((l + 2)) sh -c 'timeout "$@" & { wait $!; } 2>/dev/null' sh $K "$l" "$@" & t=$!; { wait $t; x=$?; kill -KILL "-$t"; } 2>/dev/null; return $x; } ;;
  *) g() { l=$1; shift; $S "$@" & t=$!; ( exec >/dev/null 2>&1 4>&-; sleep "$l"; kill -TERM "-$t" || kill -TERM $t; sleep 1; kill -KILL "-$t" || kill -KILL $t ) & w=$!
    { wait $t; x=$?; kill -KILL "-$t"; kill $w; } 2>/dev/null; return $x; } ;;
esac
# p INDEX LIMIT CAP CMD…: the output streams through head, which ends a probe that says too much. A process that cannot
# be killed (state D) would hold the pipe for ever; then the left side, done with the pipe itself, has the reader ended.
p() { i=$1 l=$2 m=$3; shift 3; read -r a _ </proc/uptime; echo "@@$N START $i $a"
  { g "$l" "$@" </dev/null 2>&1 4>&-; echo "@@$N RC $i $?" >&4; exec >&- 2>&-
    for d in 0.02 0.3; do kill -0 "-$t" || exit; sleep $d || sleep 1; done; ! kill -0 "-$t" || kill -USR1 $$; } | LD_PRELOAD=$U _STDBUF_O=0 head -c "$m" >&4 4>&- &
  H=$!; until wait; do :; done; read -r a _ </proc/uptime; echo "@@$N END $i $a"; }
hello() { read -r B </proc/sys/kernel/random/boot_id; while read -r k v s; do [ "$k" != Uid: ] || u=${s%%[!0-9]*}; done </proc/$$/status; echo "@@$N HELLO ${u:-$(id -u)} ${B:--} $(date +%s) ${SUDO_USER:-$(id -un)}"; }
