# Whether a log keeps growing, and who has it open. $1: the file.
[ -f "$1" ] || { echo gone; exit 0; }
read -r up _ </proc/uptime
stat -c "size %s %d %i at $up" "$1"
sleep 1
read -r up _ </proc/uptime
stat -c "size %s %d %i at $up" "$1"
[ "$(id -u)" = 0 ] || echo 'sickbay: needs root: who has the log open'
pids=$(holders "$1")
how=open
if [ -z "$pids" ]; then
  # Whoever opens it for moments only is known by naming it: in its arguments, its environment, or the script that it runs.
  how=names
  owner=$(stat -c %u "$1")
  # This look itself, and what started it, names the file too.
  mine=" $$ "
  up=$$
  for _ in 1 2 3 4 5 6 7 8; do
    up=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$up/status" 2>/dev/null)
    [ "${up:-0}" -gt 1 ] || break
    mine="$mine$up "
  done
  for dir in /proc/[0-9]*; do
    [ "$(stat -c %u "$dir" 2>/dev/null)" = "$owner" ] || continue
    pid=${dir#/proc/}
    case $mine in *" $pid "*) continue ;; esac
    if tr '\0' '\n' <"$dir/cmdline" 2>/dev/null | grep -qF -e "$1" || tr '\0' '\n' <"$dir/environ" 2>/dev/null | grep -qF -e "$1"; then pids="$pids $pid"; continue; fi
    script=$(tr '\0' '\n' <"$dir/cmdline" 2>/dev/null | grep '^/' | head -n 3 | while read -r file; do [ -f "$file" ] && grep -lF -e "$1" -- "$file" 2>/dev/null; done)
    [ -z "$script" ] || pids="$pids $pid"
  done
fi
for pid in $pids; do echo "$how $pid"; grep -sH '' "/proc/$pid/comm" "/proc/$pid/cgroup"; done
exit 0
