# Deleted files that a process still holds open, and open files by process. One pass over all open files.
# `open PID COUNT LIMIT`, `deleted PID BLOCKS DEVICE INODE PATH`, `cgroup PID …`, `comm PID NAME`.
id=$(id -u)
[ "$id" = 0 ] || echo 'sickbay: needs root: open files of other users'
if find /proc/self/fd -maxdepth 0 -printf '' 2>/dev/null; then
  find /proc/[0-9]*/fd -mindepth 1 -maxdepth 1 -printf '%p\t%l\n' 2>/dev/null
else
  ls -ln /proc/[0-9]*/fd 2>/dev/null | awk '/^\/proc\/.*:$/ { dir = substr($0, 1, length($0) - 1); sub(/\/$/, "", dir); next } / -> / { i = index($0, " -> "); n = split(substr($0, 1, i - 1), w, " "); print dir "/" w[n] "\t" substr($0, i + 4) }'
fi | awk -F'\t' '
  { split($1, part, "/"); pid = part[3]; count[pid]++ }
  $2 ~ /^\/.* \(deleted\)$/ && $2 !~ /^\/(memfd:|SYSV|dev\/zero|i915|anon_hugepage)/ && held++ < 400 { print "fd " $1 }
  END { for (pid in count) if (count[pid] > 400) print "open " pid " " count[pid] }' | {
  set --
  pids=
  while read -r kind a b; do
    case $kind in
      fd) set -- "$@" "$a" ;;
      open)
        echo "open $a $b $(sed -n 's/^Max open files *\([0-9a-z]*\) .*/\1/p' "/proc/$a/limits" 2>/dev/null)"
        pids="$pids $a" ;;
    esac
  done
  # 64 blocks of 512 bytes: smaller ones fill no disk.
  held=
  [ $# = 0 ] || held=$(stat -L -c '%b %d %i %n' "$@" 2>/dev/null | awk '$1 >= 64' | sort -rn | head -n 40)
  IFS='
'
  for line in $held; do
    fd=${line##* }
    pid=${fd#/proc/}
    pid=${pid%%/*}
    echo "deleted $pid ${line% *} $(readlink "$fd" 2>/dev/null)"
    pids="$pids $pid"
  done
  IFS=' '
  set --
  # shellcheck disable=SC2086 # numbers
  for pid in $(printf '%s\n' $pids | sort -un); do set -- "$@" "/proc/$pid/cgroup" "/proc/$pid/comm"; done
  [ $# = 0 ] || grep -sH '' "$@" | sed -n 's|^/proc/\([0-9]*\)/\(comm\):\(.*\)|\2 \1 \3|p;s|^/proc/\([0-9]*\)/cgroup:\(.*\)|cgroup \1 \2|p'
}
exit 0
