# A unit that a person named by its short name: one that rests and is not enabled says nothing by itself. $1: the word.
command -v systemctl >/dev/null 2>&1 && [ -d /run/systemd/system ] || exit 0
systemctl list-unit-files --no-legend --no-pager --type=service -- "$1.service" "$1d.service" "$1-server.service" "$1[0-9].service" 2>/dev/null | head -n 4 | while read -r unit state _; do
  [ "$state" = disabled ] || continue
  [ "$(systemctl is-active -- "$unit" 2>/dev/null)" = inactive ] || continue
  echo "rests $unit"
  journalctl -q --no-pager -o short-unix -n 200 --since '-24 hours' -u "$unit" 2>/dev/null | grep -E ' systemd\[[0-9]+\]: (Started|Stopped|Stopping) ' | tail -n 3
done
exit 0
