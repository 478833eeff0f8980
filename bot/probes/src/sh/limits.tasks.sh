# Tasks of each unit against the limit of its control group.
for root in /sys/fs/cgroup /sys/fs/cgroup/pids; do
  grep -sH '' "$root"/system.slice/*/pids.current "$root"/system.slice/*/pids.max "$root"/system.slice/*/pids.events "$root"/user.slice/user-*.slice/pids.current "$root"/user.slice/user-*.slice/pids.max "$root"/user.slice/user-*.slice/pids.events
done | grep -v 'pids\.max:max$'
exit 0
