# Sockets at which nobody listens and which a unit names in its files: `stale OWNER PATH NAMED_IN`.
[ -d /run/systemd/system ] || { echo 'sickbay: needs systemd: what a unit names'; exit 0; }
left=$(find /run /var /tmp /srv /opt -xdev -maxdepth 6 -type s ! -path '*[[:space:]]*' 2>/dev/null | head -n 200)
[ -n "$left" ] || { echo none; exit 0; }
tables=$(tables)
told=$(told "$1")
n=0
printf '%s\n' "$left" | while read -r path; do
  if listens "$path"; then continue; fi
  n=$((n + 1)); [ $n -le 40 ] || break
  # As a whole: /run/app is not named by /run/app.sock.
  whole="(^|[^[:alnum:]_./-])$(printf '%s' "$path" | sed 's/[][\\.*^$(){}?+|]/\\&/g')(\$|[^[:alnum:]_./-])"
  named=$(printf '%s\n' "$told" | written -lEe "$whole" | head -n 1)
  if [ -z "$named" ] && printf '%s\n' "$told" | sed -n 's/^set //p' | grep -qE -e "$whole"; then named='its unit'; fi
  [ -z "$named" ] || echo "stale $(stat -c %U -- "$path" 2>/dev/null) $path $named"
done
echo none
exit 0
