# Which directories of one filesystem hold most entries, and the oldest small files in the fullest. $1: where it is mounted.
[ "$(id -u)" = 0 ] || echo 'sickbay: needs root: directories of other users'
limit=
command -v timeout >/dev/null 2>&1 && limit="timeout 7"
top=$($limit find "$1" -xdev ! -type d 2>/dev/null | head -n 2000000 | awk '{ sub(/\/[^\/]*$/, ""); n[$0]++ } END { for (d in n) if (n[d] > 50) print n[d] " " d }' | sort -rn | head -n 12)
printf '%s\n' "$top" | sed 's/^/directory /'
fullest=$(printf '%s\n' "$top" | sed -n '1s/^[0-9]* //p')
[ -n "$fullest" ] || exit 0
find "$fullest" -xdev -maxdepth 1 -type f -mtime +6 2>/dev/null | head -n 20000 | tr '\n' '\0' | xargs -0 stat -c 'old %Y %s %U %n' 2>/dev/null | sort -k2,2n | head -n 100
exit 0
