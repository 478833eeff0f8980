# Sockets at which nobody listens and which a unit names in its files: `stale PATH NAMED_IN`.
[ -d /run/systemd/system ] || { echo 'sickbay: needs systemd: what a unit names'; exit 0; }
left=$(find /run /var /tmp /srv /opt -xdev -maxdepth 6 -type s ! -path '*[[:space:]]*' 2>/dev/null | head -n 200)
[ -n "$left" ] || { echo none; exit 0; }
live=$(for link in /proc/[0-9]*/ns/net; do net=$(readlink "$link" 2>/dev/null) && echo "$net ${link%/ns/net}"; done | sort -u -k 1,1 | while read -r _ pid; do awk '$8 ~ /^\// { print $8 }' "$pid/net/unix" 2>/dev/null; done)
told=$(told "$1")
printf '%s\n' "$left" | awk -v live="$live" 'BEGIN { n = split(live, l, "\n"); for (i = 1; i <= n; i++) on[l[i]] = 1 } !($0 in on)' | head -n 40 | while read -r path; do
  named=$(printf '%s\n' "$told" | written -lFe "$path" | head -n 1)
  [ -n "$named" ] || case $(printf '%s\n' "$told" | sed -n 's/^set //p') in *"$path"*) named='its unit' ;; esac
  [ -z "$named" ] || echo "stale $path $named"
done
echo none
exit 0
