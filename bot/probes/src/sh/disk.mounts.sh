# What is mounted, what should be, and what is used for swap.
grep -sH '' /proc/self/mountinfo /etc/fstab /proc/swaps
# Device names that fstab gives by UUID or label.
ls -l /dev/disk/by-uuid /dev/disk/by-label 2>/dev/null | sed -n 's|.* \([^ ]*\) -> \(.*\)$|link \1 \2|p'
# Devices that fstab wants and that are not there.
sed -n 's|^[[:space:]]*\(/dev/[^[:space:]]*\)[[:space:]].*|\1|p' /etc/fstab 2>/dev/null | head -n 20 | while read -r device; do [ -e "$device" ] || echo "no-device $device"; done
exit 0
