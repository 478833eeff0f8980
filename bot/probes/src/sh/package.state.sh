# Packages that are not wholly installed, held ones, and whether a package tool is at work now.
if [ -r /var/lib/dpkg/status ]; then
  echo 'system dpkg'
  grep -E '^(Package|Status|Version):' /var/lib/dpkg/status | awk '
    /^Package:/ { p = $2; next }
    /^Status:/ { s = $2 " " $3 " " $4; next }
    /^Version:/ { if (s != "install ok installed" && s != "deinstall ok config-files" && s != "purge ok config-files" && s != "deinstall ok not-installed" && s != "unknown ok not-installed") print "package " p " " $2 " " s; s = "" }'
  [ -s /var/lib/dpkg/status ] || echo 'empty /var/lib/dpkg/status'
  if command -v apt-get >/dev/null 2>&1; then apt-get indextargets --format ' ' 2>&1 >/dev/null </dev/null | grep '^E: ' | head -n 4 | sed 's/^E: /sources /'; fi
  for file in /var/lib/dpkg/updates/[0-9]*; do [ -e "$file" ] && echo "journal $file"; done
elif [ -d /lib/apk/db ]; then
  echo 'system apk'
  for file in /lib/apk/db/lock.* /lib/apk/db/*.new; do [ -e "$file" ] && echo "journal $file"; done
  grep -sH '^[!].' /etc/apk/world
elif command -v rpm >/dev/null 2>&1; then
  echo 'system rpm'
  ls -d /var/lib/dnf/*transaction* /var/lib/yum/transaction-all* 2>/dev/null | sed 's/^/journal /'
  sed -n 's/^exclude *= */held /p' /etc/yum.conf /etc/dnf/dnf.conf 2>/dev/null
else echo 'system unknown'; fi
grep -sHxE 'dpkg|apt|apt-get|aptitude|unattended-upgr|dnf|yum|rpm|apk|zypper|packagekitd' /proc/[0-9]*/comm | sed 's/^/busy /'
exit 0
