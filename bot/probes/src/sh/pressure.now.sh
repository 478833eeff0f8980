# Pressure stall information of the host and of its top control groups.
grep -sH '' /proc/pressure/cpu /proc/pressure/memory /proc/pressure/io /sys/fs/cgroup/cpu.pressure /sys/fs/cgroup/memory.pressure /sys/fs/cgroup/io.pressure
[ -e /proc/pressure/cpu ] || echo 'sickbay: absent: pressure stall information'
exit 0
