# Block devices, their health as the kernel knows it, and software RAID.
grep -sH '' /sys/block/*/size /sys/block/*/ro /sys/block/*/queue/rotational /sys/block/*/device/state | grep -v '/\(loop\|ram\|zram\)[0-9]'
grep -sH '' /proc/mdstat
exit 0
