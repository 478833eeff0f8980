port=$1 found="" inodes=""
echo "port $port"
hex=$(printf '%04X' "$port")
if command -v ss >/dev/null 2>&1; then
  found=$(ss -Hlntup "( sport = :$port )" 2>/dev/null)
  printf '%s\n' "$found" | sed -n 's/^\(.\)/listen \1/p'
  pids=$(printf '%s\n' "$found" | grep -o 'pid=[0-9]*' | cut -d= -f2 | sort -un)
else
  inodes=$(for table in tcp tcp6; do awk -v port=":$hex" '$4 == "0A" && index($2, port) == length($2) - 4 { print $10 }' /proc/net/$table 2>/dev/null; done)
  for inode in $inodes; do echo "listen tcp LISTEN 0 0 *:$port inode:$inode"; done
  pids=''
  if [ -n "$inodes" ]; then
    for fd in /proc/[0-9]*/fd/*; do
      to=$(readlink "$fd" 2>/dev/null) || continue
      for inode in $inodes; do
        if [ "$to" = "socket:[$inode]" ]; then pid=${fd#/proc/}; pids="$pids ${pid%%/*}"; fi
      done
    done
    pids=$(printf '%s\n' $pids | sort -un)
  fi
fi
if [ "$(id -u)" != 0 ] && [ -z "$pids" ]; then echo 'sickbay: needs root: which process holds a port'; fi
n=0
for pid in $pids; do
  n=$((n + 1)); [ $n -le 6 ] || break
  read -r stat </proc/"$pid"/stat 2>/dev/null || continue
  rest=${stat##*) }; set -- $rest
  echo "pid $pid ppid $2 start ${20} state $1"
  echo "comm $(cat /proc/"$pid"/comm 2>/dev/null)"
  echo "user $(stat -c %U /proc/"$pid" 2>/dev/null)"
  echo "exe $(readlink /proc/"$pid"/exe 2>/dev/null)"
  echo "cgroup $(sed -n 's/^0:://p; s/^1:name=systemd://p' /proc/"$pid"/cgroup 2>/dev/null | head -n 1)"
  echo "argv $(tr '\000\n' '  ' </proc/"$pid"/cmdline 2>/dev/null | head -c 200)"
done
if [ -z "$found$inodes" ] && [ -d /run/systemd/system ]; then would_listen "$port"; fi
