# One process, looked at twice a second apart. $1: its number.
p=/proc/$1
[ -d "$p" ] || { echo 'gone'; exit 0; }
cat "$p/stat" 2>/dev/null
grep -sHE '^(Name|State|PPid|Uid|Threads|VmRSS|VmSwap|voluntary|nonvol)' "$p/status"
grep -sH '' "$p/cgroup" "$p/wchan" "$p/oom_score_adj"
grep -sHE '^Max (open files|processes)' "$p/limits"
echo "exe $(readlink "$p/exe" 2>/dev/null)"
echo "cmdline $(tr '\0' ' ' <"$p/cmdline" 2>/dev/null | cut -c1-400)"
read -r a _ </proc/uptime
sleep 1
read -r b _ </proc/uptime
echo "again $a $b"
cat "$p/stat" 2>/dev/null || echo gone
exit 0
