cd / || exit 0
for path in /run/postgresql/.s.PGSQL.* /tmp/.s.PGSQL.*; do
  case $path in *.lock|*'*') continue;; esac
  [ -S "$path" ] || continue
  command -v psql >/dev/null 2>&1 || exit 0
  if [ "$(id -u)" != 0 ]; then echo 'sickbay: needs root: the state of PostgreSQL'; exit 0; fi
  command -v runuser >/dev/null 2>&1 || exit 0
  port=${path##*.}; folder=${path%/*}
  echo "server $port"
  # The server's own user by its socket alone: no password, no start-up file.
  runuser -u postgres -- env PGCONNECT_TIMEOUT=2 PGPASSFILE=/nonexistent/none psql -X -w -A -t -q -F ' ' -h "$folder" -p "$port" -d postgres -c "set default_transaction_read_only = on;
    select 'connections', count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid();
    select 'blocked', count(distinct a.pid), coalesce(max(extract(epoch from now() - a.query_start))::int, 0), b.pid, coalesce(extract(epoch from now() - b.xact_start)::int, 0), replace(coalesce(b.state, '-'), ' ', '_'), replace(coalesce(b.usename::text, '-'), ' ', '_')
      from pg_stat_activity a cross join lateral unnest(pg_blocking_pids(a.pid)) as held(by) join pg_stat_activity b on b.pid = held.by
      where a.wait_event_type = 'Lock' and cardinality(pg_blocking_pids(b.pid)) = 0 group by b.pid, b.xact_start, b.state, b.usename limit 10;
    select 'setting', name, setting, coalesce(sourceline, 0), coalesce(sourcefile, '') from pg_settings where name in ('max_connections', 'superuser_reserved_connections', 'reserved_connections', 'data_directory')" 2>&1 </dev/null
  echo "exit $?"
done
