# Control groups of units with a limit of memory or of processors of their own: what they have, and how long work waits in them.
root=/sys/fs/cgroup
[ -e "$root/cgroup.controllers" ] || { echo 'sickbay: absent: limits of units by control groups v2'; exit 0; }
for depth in '*' '*/*' '*/*/*'; do
  # Unquoted: these are patterns. `max` is no limit.
  grep -sL '^max' $root/$depth/memory.max $root/$depth/memory.high $root/$depth/cpu.max
done | sed 's|/[^/]*$||' | grep -E '\.(service|slice)$' | grep -vE '/(kubepods|machine|docker|lxc)' | sort -u | head -n 120 | while read -r group; do
  grep -sH '' "$group/memory.max" "$group/memory.high" "$group/memory.current" "$group/cpu.max"
  grep -sH '^full' "$group/memory.pressure"
  grep -sH '^some' "$group/cpu.pressure"
  grep -sHE '^nr_(periods|throttled) ' "$group/cpu.stat"
done
exit 0
