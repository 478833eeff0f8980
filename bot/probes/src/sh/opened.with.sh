# holders PATH: the processes that have it open, at most eight.
holders() {
  if find /proc/self/fd -maxdepth 0 -printf '' 2>/dev/null; then find /proc/[0-9]*/fd -lname "$(printf '%s' "$1" | sed 's/[][*?\\]/\\&/g')" 2>/dev/null
  else ls -ln /proc/[0-9]*/fd 2>/dev/null | awk -v want="$1" '/^\/proc\/.*:$/ { dir = $1; next } { i = index($0, " -> "); if (i && substr($0, i + 4) == want) print dir }'; fi |
    sed -n 's|^/proc/\([0-9]*\)/.*|\1|p' | sort -un | head -n 8
}
