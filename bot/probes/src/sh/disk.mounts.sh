# What is mounted, what should be, and what is used for swap.
grep -sH '' /proc/self/mountinfo /etc/fstab /proc/swaps
# Device names that fstab gives by UUID or label.
ls -l /dev/disk/by-uuid /dev/disk/by-label 2>/dev/null | sed -n 's|.* \([^ ]*\) -> \(.*\)$|link \1 \2|p'
exit 0
