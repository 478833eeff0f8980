# What the configuration says of kernel parameters, in its files, and what they are. The reader applies the order of precedence.
set --
for dir in /etc/sysctl.d /run/sysctl.d /usr/local/lib/sysctl.d /usr/lib/sysctl.d /lib/sysctl.d; do
  [ "$dir" = /lib/sysctl.d ] && [ -L /lib ] && continue
  for file in "$dir"/*.conf; do [ -e "$file" ] && set -- "$@" "$file"; done
done
[ -e /etc/sysctl.conf ] && set -- "$@" /etc/sysctl.conf
[ $# -gt 0 ] || exit 0
for file in "$@"; do [ -L "$file" ] && echo "link $file $(readlink -f "$file" 2>/dev/null)"; done
lines=$(grep -sHE '^[[:space:]]*-?[A-Za-z][A-Za-z0-9_./-]*[[:space:]]*=' "$@")
[ -n "$lines" ] || exit 0
printf '%s\n' "$lines" | sed 's/^/file /'
set --
for path in $(printf '%s\n' "$lines" | sed -e 's/^[^:]*:[[:space:]]*-*\([^=[:space:]]*\).*/\1/' -e '/\//!y/./\//' | sort -u | head -n 150); do set -- "$@" "/proc/sys/$path"; done
grep -sH '' "$@" /dev/null
exit 0
