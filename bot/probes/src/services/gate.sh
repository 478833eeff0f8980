# Whether a service is meant to run here: enabled, running or failed. A package that merely lies there is left alone.
wanted() {
  if [ ! -d /run/systemd/system ]; then
    # OpenRC knows what is meant to run; other kinds of init are not asked.
    [ -d /run/openrc/started ] || return 0
    for unit in "$@"; do
      name=${unit%.*}
      for link in /etc/runlevels/*/"$name" /run/openrc/started/"$name"; do [ ! -L "$link" ] || return 0; done
      if grep -qsx -e "$name" /proc/[0-9]*/comm || grep -qs -e "/$name\([[:space:]]\|\$\)" /etc/inittab; then return 0; fi
    done
    return 1
  fi
  # What is enabled says so on the disk, which costs less than to ask.
  for unit in "$@"; do [ -L "/etc/systemd/system/$unit" ] || for link in /etc/systemd/system/*.wants/"$unit"; do [ ! -L "$link" ] || return 0; done; done
  for state in $(systemctl show --no-pager -p ActiveState -p UnitFileState --value -- "$@" 2>/dev/null); do
    case $state in active|reloading|activating|failed|enabled|enabled-runtime) return 0;; esac
  done
  return 1
}
# A checker reads what root wrote. Where others may write, root does not run it.
trusted() {
  [ "$(id -u)" = 0 ] || return 0
  bad=$(find -L "$@" -xdev \( ! -user root -o -perm -0002 \) -print 2>/dev/null | head -n 1)
  [ -z "$bad" ] || { echo "skipped: $bad does not belong to root alone"; return 1; }
}
# check CMD…: runs the service's own check and shows the lines of the files that it complains of.
check() {
  out=$("$@" 2>&1 </dev/null); code=$?
  printf '%s\n' "$out" | head -n 60 | sed 's/^/> /'
  echo "exit $code"
  [ $code != 0 ] || return 0
  printf '%s\n' "$out" | sed -n -e 's/.* in \(\/[^ ]*\):\([0-9][0-9]*\)$/\2 \1/p' -e 's/.*[Ll]ine \([0-9][0-9]*\) of \(\/[^ :]*\):.*/\1 \2/p' \
    -e 's/^[^\/]*\[\(\/[^]:]*\):\([0-9][0-9]*\)\].*/\2 \1/p' -e 's/.*parsing \[\(\/[^]:]*\):\([0-9][0-9]*\)\].*/\2 \1/p' \
    -e 's/^\(\/[^ :]*\):* line \([0-9][0-9]*\): .*/\2 \1/p' -e 's/^\(\/[^ :]*\):\([0-9][0-9]*\): .*/\2 \1/p' -e 's/.*\(\/[^ :]*\):\([0-9][0-9]*\):[0-9]*: .*/\2 \1/p' | head -n 4 |
    while read -r number file; do
      real=$(readlink -f "$file" 2>/dev/null); case $real in ''|"$file") ;; *) echo "real $file is $real" ;; esac
      [ ! -r "$file" ] || echo "line $number of $file is $(sed -n "${number}p" "$file" 2>/dev/null | head -c 200)"
    done
}
