client=$(command -v redis-cli 2>/dev/null || command -v valkey-cli 2>/dev/null) || exit 0
grep -qs ':18EB 00000000:0000 0A\|:18EB 00000000000000000000000000000000:0000 0A' /proc/net/tcp /proc/net/tcp6 || exit 0
unset REDISCLI_AUTH
answer=$(printf '%s\n' 'INFO persistence' 'INFO memory' 'INFO server' 'CONFIG GET dir' 'CONFIG GET save' 'CONFIG GET maxmemory-policy' 'CONFIG GET stop-writes-on-bgsave-error' 'CONFIG GET appendonly' |
  HOME=/nonexistent "$client" -h 127.0.0.1 -p 6379 2>&1 | tr -d '\r')
case $answer in *NOAUTH*) echo 'locked: it asks for a password'; exit 0;; esac
printf '%s\n' "$answer" | grep -E '^(rdb_|aof_(enabled|last)|used_memory:|maxmemory:|maxmemory_policy:|process_id:|redis_version:|loading:)'
printf '%s\n' "$answer" | awk 'want != "" { print want, $0; want = ""; next } $0 == "dir" || $0 == "save" || $0 == "stop-writes-on-bgsave-error" || $0 == "maxmemory-policy" { want = "config " $0 }'
pid=$(printf '%s\n' "$answer" | sed -n 's/^process_id://p')
if [ -n "$pid" ] && name=$(stat -c %U "/proc/$pid" 2>/dev/null); then
  echo "runs-as $(getent passwd "$name" 2>/dev/null || grep "^$name:" /etc/passwd)"; echo "runs-as-ids $(id "$name" 2>/dev/null)"
fi
folder=$(printf '%s\n' "$answer" | awk 'found { print; exit } $0 == "dir" { found = 1 }')
case $folder in /*)
  look "$folder"
  list inside "$folder"
  df -Pk "$folder" 2>/dev/null | tail -n 1 | sed 's/^/space /'
  df -Pi "$folder" 2>/dev/null | tail -n 1 | sed 's/^/inodes /'
  mounts;;
esac
