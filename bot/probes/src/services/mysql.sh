socket=''
for path in /run/mysqld/mysqld.sock /var/lib/mysql/mysql.sock /tmp/mysql.sock; do if [ -z "$socket" ] && [ -S $path ]; then socket=$path; fi; done
[ -n "$socket" ] || exit 0
client=$(command -v mariadb 2>/dev/null || command -v mysql 2>/dev/null) || exit 0
if [ "$(id -u)" != 0 ]; then echo 'sickbay: needs root: the state of MariaDB or MySQL'; exit 0; fi
# The local root user by its socket alone: no option files, no password.
"$client" --no-defaults --protocol=socket --socket="$socket" --connect-timeout=2 -N -B -e "
  SHOW GLOBAL STATUS WHERE Variable_name IN ('Threads_connected', 'Max_used_connections', 'Connection_errors_max_connections', 'Uptime');
  SHOW GLOBAL VARIABLES WHERE Variable_name IN ('max_connections', 'datadir', 'read_only')" 2>&1 </dev/null
echo "exit $?"
