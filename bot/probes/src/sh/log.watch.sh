# Whether a log keeps growing, and who has it open. $1: the file.
[ -f "$1" ] || { echo gone; exit 0; }
read -r up _ </proc/uptime
stat -c "size %s %d %i at $up" "$1"
sleep 1
read -r up _ </proc/uptime
stat -c "size %s %d %i at $up" "$1"
[ "$(id -u)" = 0 ] || echo 'sickbay: needs root: who has the log open'
if find /proc/self/fd -maxdepth 0 -printf '' 2>/dev/null; then find /proc/[0-9]*/fd -lname "$(printf '%s' "$1" | sed 's/[][*?\\]/\\&/g')" 2>/dev/null
else ls -ln /proc/[0-9]*/fd 2>/dev/null | awk -v want="$1" '/^\/proc\/.*:$/ { dir = $1; next } { i = index($0, " -> "); if (i && substr($0, i + 4) == want) print dir }'; fi |
  sed -n 's|^/proc/\([0-9]*\)/.*|\1|p' | sort -un | head -n 8 | while read -r pid; do grep -sH '' "/proc/$pid/comm" "/proc/$pid/cgroup"; done
exit 0
