# Memory and swap of the host, and of its own control group where it is a container.
grep -sE '^(MemTotal|MemFree|MemAvailable|Buffers|Cached|SwapTotal|SwapFree|SwapCached|Shmem|Slab|SReclaimable|SUnreclaim|Dirty|Writeback|Committed_AS|CommitLimit|HugePages_Total|Hugepagesize):' /proc/meminfo
grep -sH '' /proc/swaps /proc/sys/vm/swappiness /proc/sys/vm/overcommit_memory \
  /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory.current /sys/fs/cgroup/memory.swap.current /sys/fs/cgroup/memory.events \
  /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory/memory.usage_in_bytes /sys/fs/cgroup/memory/memory.oom_control
exit 0
