# What cron complained of. $1: seconds to look back.
if [ -d /run/systemd/system ] && command -v journalctl >/dev/null 2>&1; then
  journalctl -q --no-pager -o short-unix --since "-${1}s" -t CRON -t cron -t crond -t CROND -t anacron -n 2000 2>/dev/null
elif [ -r /var/log/cron ]; then tail -n 500 /var/log/cron
elif [ -r /var/log/syslog ]; then tail -n 2000 /var/log/syslog | grep -iE 'cron'
elif [ -r /var/log/messages ]; then tail -n 2000 /var/log/messages | grep -iE 'cron'
elif [ "$(id -u)" = 0 ]; then echo 'sickbay: absent: record of cron'
else echo 'sickbay: needs root: record of cron'; fi | grep -E 'sickbay:|ERROR|error|failed with exit|INSECURE MODE|WRONG FILE OWNER|BAD FILE MODE|bad (minute|hour|command|username|day)|Missing newline|cron(d)?:account\)|CAN.T OPEN|wrong file owner|bad file mode' | tail -n 100
exit 0
