# What the host computes with, and what its kernel says of the faults of that processor. Files only, as lscpu reads them.
grep -m 1 -E '^(model name|Hardware|Processor|cpu model|uarch)[[:space:]]*:' /proc/cpuinfo | sed 's/^/model /'
grep -q -m 1 -E '^flags[[:space:]]*:.* hypervisor( |$)' /proc/cpuinfo && echo hypervisor
sed 's/^/online /' /sys/devices/system/cpu/online 2>/dev/null
grep -sH '' /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name /sys/hypervisor/type /proc/device-tree/model | tr -d '\000'
grep -sH '' /sys/devices/system/cpu/vulnerabilities/*
exit 0
