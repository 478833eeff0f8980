# The kernel's last messages, with seconds since boot. $1: how far back to look, which the reader applies.
read -r up _ </proc/uptime
echo "uptime $up"
if out=$(dmesg 2>/dev/null); then printf '%s\n' "$out" | tail -n 600
elif [ "$(id -u)" = 0 ] && { [ -e /run/systemd/container ] || [ -e /run/host/container-manager ] || [ -e /.dockerenv ] || [ -e /run/.containerenv ]; }; then
  echo 'sickbay: absent: kernel log of its own'
elif command -v journalctl >/dev/null 2>&1 && out=$(journalctl -k -b -q -n 600 --no-pager -o short-monotonic 2>/dev/null) && [ -n "$out" ]; then printf '%s\n' "$out"
else echo 'sickbay: needs root: kernel messages'; fi
exit 0
