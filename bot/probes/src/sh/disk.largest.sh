# The largest files of one filesystem. $1: where it is mounted. `file BLOCKS SIZE MTIME BIRTH UID PATH`, blocks of 512 bytes.
# Where files that may go usually lie is read first; the rest of a large tree as far as time allows.
[ "$(id -u)" = 0 ] || echo 'sickbay: needs root: directories of other users'
mount=${1%/}
limit=
command -v timeout >/dev/null 2>&1 && limit='timeout 7'
list() { tr '\n' '\0' | xargs -0 stat -c 'file %b %s %Y %W %u %n' 2>/dev/null | sort -k2,2nr; }
set --
for dir in /var/log /var/crash /var/cache/apt /var/lib/systemd/coredump /var/tmp /tmp; do
  case $dir/ in "$mount"/*) [ -d "$dir" ] && set -- "$@" "$dir" ;; esac
done
echo 'known places'
[ $# = 0 ] || find "$@" -xdev -type f -size +255k 2>/dev/null | head -n 4000 | list | head -n 40
echo 'everywhere'
min=255
[ "$(find "${mount:-/}" -xdev -maxdepth 2 2>/dev/null | head -n 300 | wc -l)" -lt 300 ] || min=10239
$limit find "${mount:-/}" -xdev -type f -size "+${min}k" 2>/dev/null | head -n 4000 | list | head -n 60
exit 0
