# Time, uptime, load and the number of processors that are online.
echo "now $(date +%s)"
grep -sH '' /proc/uptime /proc/loadavg /sys/devices/system/cpu/online
