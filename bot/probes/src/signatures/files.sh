echo "now $(date +%s) $(date +%z)"
minutes=$((($1 + 59) / 60))
journal=no; [ ! -d /run/systemd/system ] || journal=yes
# Red Hat's PostgreSQL keeps its log beside its data.
find /var/log /var/lib/pgsql/data/log /var/lib/pgsql/[0-9]*/data/log -xdev -type f -mmin "-$minutes" -size +0 ! -name '*.gz' ! -name '*.xz' ! -name '*.zst' ! -name '*.bz2' ! -name '*.journal*' ! -name '*tmp' ! -name '*tmp.*' \
  ! -name 'lastlog*' ! -name 'faillog*' ! -name 'tallylog*' ! -name '*access*' ! -name 'dpkg.log*' ! -name 'alternatives.log*' ! -name 'bootstrap.log' ! -name '*
*' ! -path '/var/log/apt/*' ! -path '/var/log/installer/*' ! -path '/var/log/journal/*' ! -path '/var/log/sysstat/*' ! -path '/var/log/audit/*' 2>/dev/null | sort | head -n 40 |
while read -r file; do
  # Where there is a journal, what syslog copies from it was read there.
  if [ $journal = yes ]; then
    case ${file##*/} in syslog*|messages*|daemon.log*|kern.log*|auth.log*|secure*|user.log*|cron*|debug*|mail.log*|maillog*) continue;; esac
  fi
  if [ ! -r "$file" ]; then echo "sickbay: needs root: log files"; continue; fi
  echo "file $file"
  tail -c 65536 -- "$file" 2>/dev/null | tr -d '\000' |
    grep -aiE 'error|fail|fatal|emerg|alert|crit|denied|cannot|can.t |could not|unable|refused|too many|no space|no such|no module|read-only|not found|exception|panic|killed|out of memory|timed? ?out|corrupt|bad file|wrong signature|short read|unexpected|exceed|quota|already in use|misconf|expired|missing|invalid|unknown|limit|max_children' |
    tail -n 40 | cut -c 1-600 | sed 's/^/| /'
done
