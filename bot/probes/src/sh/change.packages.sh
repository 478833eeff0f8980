# Packages changed in the last day, newest last, as dpkg writes it: DATE TIME VERB NAME OLD NEW.
since=$(date -d '@'$(($(date +%s) - 86400)) '+%Y-%m-%d %H:%M:%S' 2>/dev/null) || since=
if [ -r /var/log/dpkg.log ]; then
  awk -v since="$since" '($3 == "install" || $3 == "upgrade" || $3 == "remove" || $3 == "purge") && $1 " " $2 >= since' /var/log/dpkg.log | tail -n 60
elif [ -s /var/log/dnf.rpm.log ]; then
  # dnf names the new version first and then the old one, with its zone in the time; `Upgraded` and `Cleanup` are the old ones.
  awk -v since="$since" '{ at = substr($1, 1, 10) " " substr($1, 12, 8); verb = $3; sub(/:$/, "", verb); name = $4; version = $4
    if (at < since || verb !~ /^(Installed|Upgrade|Erase|Downgrade|Reinstall)$/) next
    sub(/\.[^.]*$/, "", version); if (!match(version, /-[^-]*-[^-]*$/)) next
    name = substr(version, 1, RSTART - 1); version = substr(version, RSTART + 1)
    sub(/^Installed$/, "install", verb); sub(/^Erase$/, "remove", verb); print at, tolower(verb), name, "-", version }' /var/log/dnf.rpm.log | tail -n 60
elif [ -r /var/log/apk.log ]; then
  awk -v since="$since" '/^Running `/ { at = $(NF - 1) " " $NF; next }
    at >= since && $1 ~ /^\([0-9]+\/[0-9]+\)$/ { verb = $2; name = $3; version = $NF; gsub(/[()]/, "", version)
      if (verb == "Installing") verb = "install"; else if (verb == "Purging") verb = "remove"; else if (verb ~ /^(Upgrading|Downgrading|Reinstalling|Replacing)$/) { verb = tolower(verb); sub(/ing$/, "e", verb); sub(/^reinstalle$/, "reinstall", verb) } else next
      print at, verb, name, "-", version }' /var/log/apk.log | tail -n 60
# BusyBox has an rpm too.
elif [ ! -d /lib/apk/db ] && command -v rpm >/dev/null 2>&1; then
  timeout 4 rpm -qa --qf '%{INSTALLTIME} %{NAME} %{VERSION}-%{RELEASE}\n' 2>/dev/null | awk -v since="$(($(date +%s) - 86400))" 'NF == 3 && $1 + 0 >= since' | sort -n | tail -n 60 |
    while read -r at name version; do echo "$(date -d "@$at" '+%Y-%m-%d %H:%M:%S') install $name - $version"; done
else echo 'sickbay: absent: record of package changes'; fi
exit 0
