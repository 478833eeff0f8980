# One process, looked at twice a second apart. $1: its number.
p=/proc/$1
[ -d "$p" ] || { echo 'gone'; exit 0; }
# With the time before and after, as each look may have to wait for a processor itself: the share is never told too high.
look() { cat /proc/uptime "$p/stat" /proc/uptime 2>/dev/null; }
first=$(look)
printf '%s\n' "$first" | grep -F '('
grep -sHE '^(Name|State|PPid|Uid|Threads|VmRSS|VmSwap|voluntary|nonvol)' "$p/status"
grep -sH '' "$p/cgroup" "$p/wchan" "$p/oom_score_adj"
grep -sHE '^Max (open files|processes)' "$p/limits"
echo "exe $(readlink "$p/exe" 2>/dev/null)"
echo "cmdline $(tr '\0' ' ' <"$p/cmdline" 2>/dev/null | cut -c1-400)"
sleep 1
again=$(look)
echo "again ${first%% *} $(printf '%s\n' "$again" | sed -n '$s/ .*//p')"
printf '%s\n' "$again" | grep -F '(' || echo gone
exit 0
