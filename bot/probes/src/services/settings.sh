# Where MariaDB, MySQL and PostgreSQL are told how much memory to take, and what their unit may have. Only the named settings are read.
# ours KEYS FILE…: each place of a key, as `at FILE:LINE:SECTION:KEY=VALUE`, in the order in which the server reads the files.
ours() {
  keys=$1; shift
  [ $# = 0 ] || awk -v keys=" $keys " '
    FNR == 1 { section = "" }
    { line = $0; sub(/^[ \t]+/, "", line); sub(/\r$/, "", line)
      if (line ~ /^[#;]/ || line == "") next
      if (line ~ /^\[/) { section = line; sub(/^\[[ \t]*/, "", section); sub(/[ \t]*\].*$/, "", section); next }
      key = line; sub(/[ \t=].*/, "", key); value = substr(line, length(key) + 1); sub(/^[ \t]*=?[ \t]*/, "", value)
      gsub(/-/, "_", key); key = tolower(key); sub(/^loose_/, "", key)
      if (index(keys, " " key " ")) print "at " FILENAME ":" FNR ":" section ":" key "=" substr(value, 1, key == "shared_preload_libraries" ? 2000 : 60) }' "$@" 2>/dev/null | head -n 40
}
# The files as they are, without what is only a link to one that is listed already.
plain() {
  for file in "$@"; do
    [ -f "$file" ] || continue
    if [ ! -r "$file" ]; then echo "sickbay: needs root: $file" >&2; continue; fi
    real=$(readlink -f "$file"); case $real in *[[:space:]:]*) continue;; esac
    printf '%s\n' "$real"
  done | awk '!seen[$0]++' | head -n 60
}
# unit NAME…: the first that is loaded, with what it may have and what its main process holds.
unit() {
  for name in "$@"; do
    show=$(systemctl show --no-pager -p LoadState -p MainPID -p MemoryMax -- "$name" 2>/dev/null)
    case $show in *LoadState=loaded*) ;; *) continue;; esac
    echo "unit $name"
    printf '%s\n' "$show" | sed -n 's/^MemoryMax=\([0-9][0-9]*\)$/most \1/p'
    pid=$(printf '%s\n' "$show" | sed -n 's/^MainPID=//p')
    [ "${pid:-0}" = 0 ] || sed -n 's/^VmRSS:[[:space:]]*\([0-9]*\) kB/holds \1/p' "/proc/$pid/status" 2>/dev/null
    return 0
  done
}
if { command -v mariadbd || command -v mysqld || [ -x /usr/sbin/mysqld ] || [ -x /usr/sbin/mariadbd ] || [ -x /usr/libexec/mysqld ] || [ -x /usr/libexec/mariadbd ]; } >/dev/null 2>&1 && wanted mariadb.service mysql.service mysqld.service; then
  echo 'server mysql'
  unit mariadb.service mysql.service mysqld.service
  files=$(plain /etc/my.cnf /etc/mysql/my.cnf /etc/my.cnf.d/*.cnf /etc/mysql/conf.d/*.cnf /etc/mysql/mariadb.conf.d/*.cnf /etc/mysql/mysql.conf.d/*.cnf)
  # shellcheck disable=SC2086 # one word a file: names with blanks were left out
  ours 'innodb_buffer_pool_size max_connections' $files
fi
for main in /etc/postgresql/*/*/postgresql.conf /var/lib/pgsql/data/postgresql.conf /var/lib/pgsql/[0-9]*/data/postgresql.conf /var/lib/postgresql/[0-9]*/data/postgresql.conf; do
  [ -f "$main" ] || continue
  cluster=${main#/etc/postgresql/}; cluster=${cluster%/postgresql.conf}
  # The unit, and where its libraries are: Debian's, Red Hat's own, PostgreSQL's own, Alpine's.
  version=${cluster%/data}; version=${version##*/}
  case $cluster in
    /var/lib/pgsql/data) names=postgresql.service libs=/usr/lib64/pgsql;;
    /var/lib/pgsql/*) names=postgresql-$version.service libs=/usr/pgsql-$version/lib;;
    /*) names=postgresql.service libs=/usr/lib/postgresql$version;;
    *) names="postgresql@$(printf '%s' "$cluster" | tr / -).service" libs=/usr/lib/postgresql/${cluster%%/*}/lib;;
  esac
  case $names in postgresql-*) wanted "$names" || continue;; *) wanted "$names" postgresql.service || continue;; esac
  echo 'server postgres'
  unit "$names"
  folder=${main%/*}; data=/var/lib/postgresql/$cluster
  case $cluster in /*) data=$folder;; esac
  files=$(plain "$main" "$folder"/conf.d/*.conf "$data/postgresql.auto.conf")
  # shellcheck disable=SC2086 # as above
  ours 'shared_buffers huge_pages max_connections shared_preload_libraries' $files
  # Libraries that it is told to load and that are not there.
  # shellcheck disable=SC2086 # as above
  listed=$(ours shared_preload_libraries $files | tail -n 1 | sed "s/^[^=]*=//; s/#.*//; s/[[:space:]]*\$//")
  # A value that was cut ends within a name.
  case $listed in "'"*"'" | [!\']*) ;; *) listed= ;; esac
  set -f
  for name in $(printf '%s\n' "$listed" | tr -d "'\"" | tr ',' ' '); do
    case $name in
      *[!A-Za-z0-9_./\$-]*) continue;;
      /*) lib=$name;;
      *) lib=$libs/${name#\$libdir/};;
    esac
    [ -d "${lib%/*}" ] || continue
    [ -e "$lib" ] || [ -e "$lib.so" ] || echo "lacks $name"
  done
  set +f
done
grep -sE '^(HugePages_Total|HugePages_Free|Hugepagesize):' /proc/meminfo | sed 's/^/pages /'
exit 0
