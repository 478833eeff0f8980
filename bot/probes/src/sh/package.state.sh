# Packages that are not wholly installed, that lack what they need, or that are held; and whether a package tool is at work now.
# What rpm is asked changes nothing; only what it is told to do is work. Said first: what follows may be cut short.
grep -sHxE 'dpkg|apt|apt-get|aptitude|unattended-upgr|dnf|dnf5|yum|apk|zypper|packagekitd' /proc/[0-9]*/comm | sed 's/^/busy /'
for file in $(grep -lsx rpm /proc/[0-9]*/comm); do
  line=" $(tr '\0' ' ' <"${file%comm}cmdline" 2>/dev/null) "
  case $line in
    *' -q'* | *' --query'*) ;;
    *' -'[iUFe]* | *' --install '* | *' --upgrade '* | *' --freshen '* | *' --erase '* | *' --rebuilddb '*) echo "busy $file:rpm" ;;
  esac
done
if [ -r /var/lib/dpkg/status ]; then
  echo 'system dpkg'
  grep -E '^(Package|Status|Version):' /var/lib/dpkg/status | awk '
    /^Package:/ { p = $2; next }
    /^Status:/ { s = $2 " " $3 " " $4; next }
    /^Version:/ { if (s != "install ok installed" && s != "deinstall ok config-files" && s != "purge ok config-files" && s != "deinstall ok not-installed" && s != "unknown ok not-installed") print "package " p " " $2 " " s; s = "" }'
  [ -s /var/lib/dpkg/status ] || echo 'empty /var/lib/dpkg/status'
  if command -v apt-get >/dev/null 2>&1; then
    timeout 2 apt-get indextargets --format ' ' -o Dir::State::lists=/nonexistent -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= 2>&1 >/dev/null </dev/null | grep '^E: ' | head -n 4 | sed 's/^E: /sources /'
    # Of what is installed alone: no lists are read, nothing is locked or written.
    LC_ALL=C timeout 3 apt-get check -q -o Debug::NoLocking=1 -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o Dir::State::lists=/nonexistent \
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
elif command -v rpm >/dev/null 2>&1 && [ ! -d /var/lib/pacman ] && [ ! -d /var/db/pkg ] && [ ! -d /var/db/xbps ] && [ ! -d /var/lib/pkgtools ]; then
  echo 'system rpm'
  if at=$(timeout -k 1 1 rpm --eval '%{_dbpath}' 2>/dev/null) && [ -n "$at" ]; then
    had=''
    for file in "$at"/rpmdb.sqlite "$at"/Packages "$at"/Packages.db; do [ ! -e "$file" ] || had=$file; done
    # Where there is none, asking would make one.
    if [ -z "$had" ]; then echo "empty $at"
    else
      said=$(timeout -k 1 3 rpm -qa --qf '%{NAME} %{ARCH} %{VERSION}-%{RELEASE}\n' 2>&1)
      status=$?
      case $status:$said in
        124:* | 137:*) echo 'sickbay: unseen: the list of installed packages (rpm took too long)' ;;
        0:) echo "empty $at" ;;
        *:) echo "sickbay: unseen: the list of installed packages (rpm ended with $status)" ;;
        *) printf '%s\n' "$said" | sed -n 's/^error: /unread /p' | head -n 3 ;;
      esac
      # Several kernels and their modules lie beside each other on purpose.
      printf '%s\n' "$said" | awk 'NF == 3 && $1 !~ /^(error:|kernel|kmod-|gpg-pubkey$)|-kmp-/ { n[$1 "." $2]++ } END { for (k in n) if (n[k] > 1) { sub(/\.[^.]*$/, "", k); print "twice " k } }' | sort | head -n 20
    fi
  else echo 'sickbay: unseen: the list of installed packages (rpm does not run)'; fi
  ls -d /var/lib/yum/transaction-all* 2>/dev/null | sed 's/^/journal /'
  sed -n 's/^\(exclude\|excludepkgs\)[[:space:]]*=[[:space:]]*/held /p' /etc/yum.conf /etc/dnf/dnf.conf 2>/dev/null
  sed -n 's/^\([0-9]*:\)\{0,1\}\([A-Za-z0-9].*\)-\([0-9]*:\)\{0,1\}[^-]*-[^-]*$/held \2/p' /etc/dnf/plugins/versionlock.list /etc/yum/pluginconf.d/versionlock.list 2>/dev/null
else echo 'system unknown'; fi
exit 0
