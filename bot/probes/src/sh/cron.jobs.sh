# Which jobs cron passes over, which programs they name that are not there, and whether cron runs at all. No job is run.
cron=''; for path in /usr/sbin/cron /usr/sbin/crond; do [ ! -x "$path" ] || cron=${path##*/}; done
[ -n "$cron" ] || exit 0
if grep -sqx "$cron" /proc/[0-9]*/comm; then echo "daemon $cron runs"; else echo "daemon $cron rests"; fi
if [ -f /etc/debian_version ]; then
  for file in /etc/cron.d/*; do
    case ${file##*/} in '*'|*.dpkg-*|*.ucf-*|*~|.*) continue ;; esac
    case ${file##*/} in *[!A-Za-z0-9_-]*) echo "passed-over name $file"; continue ;; esac
    [ ! -f "$file" ] || [ -L "$file" ] || case $(stat -c '%u %A' "$file" 2>/dev/null) in
      '0 '?????w*|'0 '????????w*) echo "passed-over writable $file" ;;
      '0 '*|'') ;;
      *) echo "passed-over owner $file" ;;
    esac
  done
fi
own() {
  if [ -d /var/lib/dpkg/info ]; then ! grep -qlxF -- "$1" /var/lib/dpkg/info/*.list 2>/dev/null
  # What Alpine ships there runs the scripts of /etc/periodic, which are nobody's own.
  elif [ -d /lib/apk/db ]; then grep -vE '^[[:space:]]*(#|$)|^[^a-z@]*run-parts[[:space:]]+/etc/periodic/' "$1" 2>/dev/null | grep -q .
  elif command -v rpm >/dev/null 2>&1; then ! rpm -qf -- "$1" >/dev/null 2>&1
  fi
}
# jobs FILE FIELDS: the programs that stand first in its jobs, where they are named by a path.
jobs() {
  awk -v skip="$2" -v file="$1" '/^[ \t]*(#|$)/ || /^[ \t]*[A-Za-z_]+[ \t]*=/ { next }
    { at = ($1 ~ /^@/) ? 1 : 5; at += skip; if (NF > at) { n++; if ($(at + 1) ~ /^\/[A-Za-z0-9_.\/+-]+$/) print "program " FNR " " $(at + 1) } } END { print "jobs " n + 0 }' "$1" 2>/dev/null |
    while read -r word rest; do
      case $word in
        jobs) [ "$rest" = 0 ] || ! own "$1" || echo "jobs $rest $1" ;;
        program) if [ ! -e "${rest#* }" ]; then echo "gone ${rest%% *} $1 ${rest#* }"; elif [ ! -x "${rest#* }" ]; then echo "no-bit ${rest%% *} $1 ${rest#* }"; fi ;;
      esac
    done
}
for file in /etc/crontab /etc/cron.d/*; do [ ! -f "$file" ] || case ${file##*/} in *[!A-Za-z0-9_-]*) ;; *) jobs "$file" 1 ;; esac; done
for folder in /var/spool/cron/crontabs /var/spool/cron; do
  [ -d "$folder" ] || continue
  if [ ! -r "$folder" ]; then echo 'sickbay: needs root: crontabs of other users'; break; fi
  for file in "$folder"/*; do [ ! -f "$file" ] || jobs "$file" 0; done
done
exit 0
