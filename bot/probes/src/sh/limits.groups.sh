# Control groups with a limit of memory or of processors of their own: how often it was met, and how long work waits in them.
root=/sys/fs/cgroup
[ -e "$root/cgroup.controllers" ] || exit 0
for depth in '*' '*/*' '*/*/*'; do
  # Unquoted: these are patterns. `max` is no limit.
  grep -sL '^max' $root/$depth/memory.max $root/$depth/memory.high $root/$depth/cpu.max
done | sed 's|/[^/]*$||' | sort -u | head -n 60 | while read -r group; do
  grep -sH '' "$group/memory.max" "$group/memory.high" "$group/memory.current" "$group/memory.events" "$group/memory.pressure" \
    "$group/cpu.max" "$group/cpu.stat" "$group/cpu.pressure"
done
exit 0
