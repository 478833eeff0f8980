if ! command -v journalctl >/dev/null 2>&1; then echo 'sickbay: absent: systemd'; exit 0; fi
for journal in /var/log/journal/*/system.journal /run/log/journal/*/system.journal; do
  if [ -f "$journal" ] && [ ! -r "$journal" ]; then echo 'sickbay: needs root: the journal of other users'; break; fi
done
journalctl -q --no-pager --since "-${1}s" -n 8000 -o json \
  --output-fields=MESSAGE,UNIT,_SYSTEMD_UNIT,SYSLOG_IDENTIFIER,_TRANSPORT,PRIORITY 2>&1 |
  grep -iE '"PRIORITY" ?: ?"[0-3]"|error|fail|fatal|denied|cannot|can.t |could not|unable|refused|too many|no space|no such|no module|read-only|not found|exception|panic|segfault|killed|oom|out of memory|timed? ?out|corrupt|exceed|quota|already in use|misconf|expired|watchdog|missing|invalid|unknown|unrecognized|repeated too|scheduled restart|stopp(ed|ing) |not permitted|locate|aborting|unavailable|unreachable|overflow|limit' |
  grep -vE '"(SYSLOG_IDENTIFIER)" ?: ?"(sudo|su|sickbay[a-z-]*)"' |
  sed -E 's/"(__CURSOR|__MONOTONIC_TIMESTAMP|_BOOT_ID|__SEQNUM|__SEQNUM_ID)" ?: ?"[^"]*",? ?//g; s/, ?}$/}/' |
  awk '{ unit = "-"; if (match($0, /"UNIT" ?: ?"[^"]*"/)) unit = substr($0, RSTART, RLENGTH); else if (match($0, /"_SYSTEMD_UNIT" ?: ?"[^"]*"/)) unit = substr($0, RSTART, RLENGTH)
         line[NR] = $0; of[NR] = unit; left[unit]++ }
       END { for (i = 1; i <= NR; i++) if (left[of[i]]-- <= 60) print line[i] }' | tail -n 900
