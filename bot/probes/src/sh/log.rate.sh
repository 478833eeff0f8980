# How fast the journal grows: the time that its last lines span, and who writes them.
if [ -d /run/systemd/system ] && command -v journalctl >/dev/null 2>&1; then
  journalctl -q --no-pager -o short-unix -n 1000 2>/dev/null | awk '
    { if (NR == 1) first = $1; last = $1; who = $3; sub(/\[.*/, "", who); sub(/:$/, "", who); n[who]++ }
    END { if (NR) { print "lines " NR " from " first " to " last; for (w in n) print "by " n[w] " " w } }'
  echo "now $(date +%s)"
else echo 'sickbay: absent: systemd'; fi
exit 0
