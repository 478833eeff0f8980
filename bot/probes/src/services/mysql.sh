socket=''
for path in /run/mysqld/mysqld.sock /var/lib/mysql/mysql.sock /tmp/mysql.sock; do if [ -z "$socket" ] && [ -S $path ]; then socket=$path; fi; done
[ -n "$socket" ] || exit 0
client=$(command -v mariadb 2>/dev/null || command -v mysql 2>/dev/null) || exit 0
if [ "$(id -u)" != 0 ]; then echo 'sickbay: needs root: the state of MariaDB or MySQL'; exit 0; fi
# The local root user by its socket alone: no option files, no password.
ask() { "$client" --no-defaults --protocol=socket --socket="$socket" --connect-timeout=2 -N -B -e "$1" 2>&1 </dev/null; }
ask "
  SHOW GLOBAL STATUS WHERE Variable_name IN ('Threads_connected', 'Max_used_connections', 'Connection_errors_max_connections', 'Uptime');
  SHOW GLOBAL VARIABLES WHERE Variable_name IN ('max_connections', 'datadir', 'read_only')"
result=$?
# Who waits for whom: MariaDB keeps that where MySQL did up to version 5.7. The statements themselves are left where they are.
waits() {
  ask "SELECT 'blocked', COUNT(DISTINCT r.trx_id), COALESCE(MAX(TIMESTAMPDIFF(SECOND, r.trx_wait_started, NOW())), 0), b.trx_mysql_thread_id,
    TIMESTAMPDIFF(SECOND, b.trx_started, NOW()), COALESCE(p.COMMAND, '-'), REPLACE(COALESCE(p.USER, '-'), ' ', '_')
    FROM $1 JOIN information_schema.INNODB_TRX b ON b.trx_id = w.$2 JOIN information_schema.INNODB_TRX r ON r.trx_id = w.$3
    LEFT JOIN information_schema.PROCESSLIST p ON p.ID = b.trx_mysql_thread_id
    WHERE b.trx_state <> 'LOCK WAIT' GROUP BY b.trx_mysql_thread_id, b.trx_started, p.COMMAND, p.USER LIMIT 10" | grep '^blocked'
}
if [ $result = 0 ] && [ "$(ask "SELECT COUNT(*) FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT'")" != 0 ]; then
  waits 'information_schema.INNODB_LOCK_WAITS w' blocking_trx_id requesting_trx_id ||
    waits 'performance_schema.data_lock_waits w' BLOCKING_ENGINE_TRANSACTION_ID REQUESTING_ENGINE_TRANSACTION_ID
fi
echo "exit $result"
