# Files in the folders of programs that run as root whoever starts them, and the package that each belongs to.
set -- ; for dir in /usr/local/bin /usr/local/sbin /usr/bin /usr/sbin /bin /sbin /tmp /var/tmp /dev/shm; do if [ -d "$dir" ] && [ ! -L "$dir" ]; then set -- "$@" "$dir"; fi; done
list=$(find "$@" -xdev -maxdepth 1 -type f -user root -perm -4000 ! -name '*[[:space:]]*' -print 2>/dev/null | head -n 60)
[ -n "$list" ] || exit 0
if command -v dpkg-query >/dev/null 2>&1; then
  # Where /bin is /usr/bin the packages may name either.
  # shellcheck disable=SC2046,SC2086 # one word a file
  owned=$(dpkg-query -S -- $list $(printf '%s\n' "$list" | sed -n 's|^/usr\(/s\{0,1\}bin/\)|\1|p') 2>/dev/null)
  for file in $list; do
    package=$(printf '%s\n' "$owned" | awk -v f="$file" '{ n = index($0, ": "); p = substr($0, n + 2); q = p; if (q !~ /^\/usr\//) q = "/usr" q; if (p == f || q == f) { s = substr($0, 1, n - 1); sub(/[:,].*/, "", s); if (s !~ /^diversion/) { print s; exit } } }')
    echo "setuid ${package:--} $(stat -c %Y "$file" 2>/dev/null) $file"
  done
elif [ -r /lib/apk/db/installed ]; then
  for file in $list; do
    package=$(awk -v f="${file#/}" '/^P:/ { p = substr($0, 3) } /^F:/ { d = substr($0, 3) } /^R:/ { r = d "/" substr($0, 3); if (r == f || "usr/" r == f || r == "usr/" f) { print p; exit } }' /lib/apk/db/installed)
    echo "setuid ${package:--} $(stat -c %Y "$file" 2>/dev/null) $file"
  done
elif command -v rpm >/dev/null 2>&1; then
  for file in $list; do
    # That nobody owns it is said on stdout too; two packages may own it.
    package=$(rpm -qf --qf '%{NAME}\n' -- "$file" 2>/dev/null) || package=-
    echo "setuid ${package%%[!A-Za-z0-9._+-]*} $(stat -c %Y "$file" 2>/dev/null) $file"
  done
else echo 'sickbay: absent: a package database for setuid programs'
fi
exit 0
