# The host's own limits and how much of each is used.
grep -sH '' /proc/sys/fs/file-nr /proc/sys/fs/inode-nr /proc/sys/kernel/pid_max /proc/sys/kernel/threads-max /proc/loadavg \
  /proc/sys/fs/inotify/max_user_watches /proc/sys/fs/inotify/max_user_instances /proc/sys/vm/max_map_count /proc/sys/kernel/random/entropy_avail \
  /sys/fs/cgroup/pids.max /sys/fs/cgroup/pids.current
exit 0
