# Packages changed in the last day, newest last.
since=$(date -d '@'$(($(date +%s) - 86400)) '+%Y-%m-%d %H:%M:%S' 2>/dev/null) || since=
if [ -r /var/log/dpkg.log ]; then
  awk -v since="$since" '($3 == "install" || $3 == "upgrade" || $3 == "remove" || $3 == "purge") && $1 " " $2 >= since' /var/log/dpkg.log | tail -n 60
elif command -v rpm >/dev/null 2>&1; then rpm -qa --last 2>/dev/null | head -n 30
elif [ -r /var/log/apk.log ]; then tail -n 40 /var/log/apk.log
else echo 'sickbay: absent: record of package changes'; fi
exit 0
