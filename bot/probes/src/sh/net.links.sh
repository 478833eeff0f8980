# Links, their state and error counters since boot, and addresses.
grep -sH '' /sys/class/net/*/operstate /sys/class/net/*/carrier /sys/class/net/*/flags /sys/class/net/*/mtu /sys/class/net/*/type \
  /sys/class/net/*/statistics/rx_errors /sys/class/net/*/statistics/tx_errors /sys/class/net/*/statistics/rx_dropped /sys/class/net/*/statistics/tx_dropped
for link in /sys/class/net/*; do [ -e "$link/device" ] && echo "device ${link##*/}"; done
if command -v ip >/dev/null 2>&1; then ip -o addr show 2>/dev/null; else ifconfig -a 2>/dev/null; fi
exit 0
