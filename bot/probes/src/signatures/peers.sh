# Which ports of this host a unit is set up to connect to, and who would listen there where nobody does.
listens() {
  awk -v end="$(printf ':%04X' "$1")" '$4 == "0A" && substr($2, length($2) - 4) == end { found = 1 } END { exit !found }' /proc/net/tcp /proc/net/tcp6 2>/dev/null
}
[ -d /run/systemd/system ] || { echo 'sickbay: needs systemd: what a unit connects to'; exit 0; }
here='(127\.0\.0\.1|localhost|\[::1\])(:|["'"'"']?[ ,]+["'"'"']?(port["'"'"']?[ =:]+)?)[0-9]{2,5}'
told=$(told "$1")
{
  printf '%s\n' "$told" | written -Eoie "$here" | sed -n 's/^\([^:]*\):.*[^0-9]\([0-9]\{2,5\}\)$/peer \2 \1/p'
  printf '%s\n' "$told" | sed -n 's/^set //p' | grep -Eoie "$here" | sed -n 's/.*[^0-9]\([0-9]\{2,5\}\)$/peer \1 its unit/p'
} | sort -u -k 2,2 | head -n 6 | while read -r line; do
  echo "$line"
  port=${line#peer }; port=${port%% *}
  echo "port $port"
  if listens "$port"; then echo "listen tcp"; else would_listen "$port"; fi
done
