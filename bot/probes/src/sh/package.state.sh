# Packages that are not wholly installed, that lack what they need, or that are held; and whether a package tool is at work now.
if [ -r /var/lib/dpkg/status ]; then
  echo 'system dpkg'
  grep -E '^(Package|Status|Version):' /var/lib/dpkg/status | awk '
    /^Package:/ { p = $2; next }
    /^Status:/ { s = $2 " " $3 " " $4; next }
    /^Version:/ { if (s != "install ok installed" && s != "deinstall ok config-files" && s != "purge ok config-files" && s != "deinstall ok not-installed" && s != "unknown ok not-installed") print "package " p " " $2 " " s; s = "" }'
  [ -s /var/lib/dpkg/status ] || echo 'empty /var/lib/dpkg/status'
  if command -v apt-get >/dev/null 2>&1; then
    apt-get indextargets --format ' ' 2>&1 >/dev/null </dev/null | grep '^E: ' | head -n 4 | sed 's/^E: /sources /'
    # Of what is installed alone: no lists are read, nothing is locked or written.
    LC_ALL=C apt-get check -q -o Debug::NoLocking=1 -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o Dir::State::lists=/nonexistent \
      -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts=/dev/null 2>/dev/null </dev/null |
      sed -n 's/^ \([a-z0-9][a-z0-9.+-]*\)\(:[a-z0-9]*\)\{0,1\} : \(Pre\)\{0,1\}-\{0,1\}Depends: \(.*\) but .*/unmet \1 \4/p' | head -n 20
  fi
  for file in /var/lib/dpkg/updates/[0-9]*; do [ -e "$file" ] && echo "journal $file"; done
elif [ -d /lib/apk/db ]; then
  echo 'system apk'
  [ -s /lib/apk/db/installed ] || echo 'empty /lib/apk/db/installed'
  # What apk itself marks: files that it could not put in place, scripts that failed.
  awk '/^P:/ { p = substr($0, 3) } /^V:/ { v = substr($0, 3) } /^f:/ { f = substr($0, 3) }
    /^$/ { tell() } END { tell() }
    function tell() { if (f ~ /f/) print "package " p " " v " install reinstreq broken-files"; else if (f ~ /s/) print "package " p " " v " install reinstreq broken-script"; f = "" }' /lib/apk/db/installed 2>/dev/null
  grep -shE '^[^!@#[:space:]]+[=<~]' /etc/apk/world | sed 's/[=<>~].*//; s/^/held /'
elif command -v rpm >/dev/null 2>&1; then
  echo 'system rpm'
  at=$(rpm --eval '%{_dbpath}' 2>/dev/null) had=''
  for file in "$at"/rpmdb.sqlite "$at"/Packages "$at"/Packages.db; do [ ! -e "$file" ] || had=$file; done
  # Where there is none, asking would make one.
  if [ -z "$had" ]; then echo "empty ${at:-/var/lib/rpm}"
  else
    said=$(timeout 4 rpm -qa --qf '%{NAME} %{ARCH} %{VERSION}-%{RELEASE}\n' 2>&1)
    case $said in '') echo "empty $at" ;; *) printf '%s\n' "$said" | sed -n 's/^error: /unread /p' | head -n 3 ;; esac
    # Several kernels and their modules lie beside each other on purpose.
    printf '%s\n' "$said" | awk -v at="$at" 'NF == 3 && $1 !~ /^(error:|kernel|kmod-|gpg-pubkey$)/ { n[$1 "." $2]++ } END { for (k in n) if (n[k] > 1) { sub(/\.[^.]*$/, "", k); print "twice " k } }' | sort | head -n 20
    case $said in *error:*) ;; *) LC_ALL=C timeout 3 rpm -Va --nofiles --nodigest --nosignature 2>/dev/null | sed -n 's/^[[:space:]]*\([^[:space:]].*\) is needed by (installed) \(.*\)-[^-]*-[^-]*$/unmet \2 \1/p' | head -n 20 ;; esac
  fi
  ls -d /var/lib/yum/transaction-all* 2>/dev/null | sed 's/^/journal /'
  sed -n 's/^\(exclude\|excludepkgs\)[[:space:]]*=[[:space:]]*/held /p' /etc/yum.conf /etc/dnf/dnf.conf 2>/dev/null
  sed -n 's/^\([0-9]*:\)\{0,1\}\([A-Za-z0-9].*\)-\([0-9]*:\)\{0,1\}[^-]*-[^-]*$/held \2/p' /etc/dnf/plugins/versionlock.list /etc/yum/pluginconf.d/versionlock.list 2>/dev/null
else echo 'system unknown'; fi
grep -sHxE 'dpkg|apt|apt-get|aptitude|unattended-upgr|dnf|dnf5|yum|rpm|apk|zypper|packagekitd' /proc/[0-9]*/comm | sed 's/^/busy /'
exit 0
