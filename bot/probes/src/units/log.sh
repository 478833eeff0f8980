for journal in /var/log/journal/*/system.journal /run/log/journal/*/system.journal; do
  if [ -f "$journal" ] && [ ! -r "$journal" ]; then echo "sickbay: needs root: the journal of $1"; fi
done
# Of what the manager itself says, only what is about starts and ends; of what the unit says, the last lines.
journalctl -q --no-pager -o short-unix -n 240 -u "$1" 2>&1
