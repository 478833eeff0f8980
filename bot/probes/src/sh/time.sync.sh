# Whether something keeps the clock right, and what it says.
grep -sHxE 'chronyd|ntpd|ntpsec|systemd-timesyn|openntpd|ptp4l|phc2sys' /proc/[0-9]*/comm
ls -l /run/systemd/timesync/synchronized 2>/dev/null
[ -e /var/lib/systemd/timesync/clock ] && echo "timesyncd clock $(stat -c %Y /var/lib/systemd/timesync/clock)"
if command -v chronyc >/dev/null 2>&1; then timeout 2 chronyc -n tracking 2>&1
elif command -v ntpq >/dev/null 2>&1; then timeout 2 ntpq -pn 2>&1; fi
grep -sH '' /sys/devices/system/clocksource/clocksource0/current_clocksource
echo "now $(date +%s)"
exit 0
