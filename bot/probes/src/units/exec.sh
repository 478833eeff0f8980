program() {
  [ -f "$1" ] || return
  if [ ! -r "$1" ]; then echo "sickbay: needs root: $1"; return; fi
  if [ ! -s "$1" ]; then echo 'magic empty'; return; fi
  magic=$(od -An -v -tx1 -N 4 "$1" 2>/dev/null | tr -d ' \n')
  echo "magic $magic"
  case $magic in
    7f454c46) libraries "$1";;
    2321*)
      line=$(head -n 1 "$1" | head -c 250 | tr -d '\000' | tr '\r' '\001'); line=${line#??}
      case $line in *"$(printf '\001')") echo 'shebang-ends-in-cr'; line=${line%?};; esac
      echo "shebang $line"
      set -f; set -- $line; set +f
      [ $# -gt 0 ] || return
      if [ -x "$1" ] && [ ! -d "$1" ]; then echo "interpreter $1 runs"; elif [ -e "$1" ]; then echo "interpreter $1 not-executable"; else echo "interpreter $1 missing"; fi
      case $1 in
        */env)
          shift; while :; do case ${1:-} in -*|*=*) shift;; *) break;; esac; done
          [ -z "${1:-}" ] || { found=-; for dir in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin; do if [ "$found" = - ] && [ -x "$dir/$1" ]; then found=$dir/$1; fi; done; echo "env-finds $1 $found"; };;
        *) [ ! -f "$1" ] || [ ! -r "$1" ] || libraries "$1";;
      esac;;
  esac
}
cache='' libpath=''
show=$(systemctl show --no-pager -p Id -p User -p Group -p SupplementaryGroups -p DynamicUser -p WorkingDirectory -p RootDirectory \
  -p EnvironmentFiles -p Environment -p ExecStartPre -p ExecStart -p StateDirectory -p LogsDirectory -p CacheDirectory -p ReadWritePaths \
  -p ProtectSystem -p ProtectHome -p FragmentPath -p PIDFile -p LimitNOFILE -p LimitNOFILESoft -p DropInPaths -- "$1")
printf '%s\n' "$show" | grep -v '^Environment='
libpath=$(printf '%s\n' "$show" | sed -n 's/^Environment=\(.* \)\{0,1\}LD_LIBRARY_PATH=\([^ ]*\).*/\2/p' | tr ':' ' ')
echo '-- who'
user=$(printf '%s\n' "$show" | sed -n 's/^User=//p'); group=$(printf '%s\n' "$show" | sed -n 's/^Group=//p')
if [ -n "$user" ]; then
  if entry=$(getent passwd "$user" 2>/dev/null || grep "^$user:" /etc/passwd); then echo "user $entry"; else echo "user-missing $user"; fi
  echo "ids $(id "$user" 2>/dev/null)"
fi
if [ -n "$group" ]; then
  if entry=$(getent group "$group" 2>/dev/null || grep "^$group:" /etc/group); then echo "group $(echo "$entry" | cut -d: -f1-3)"; else echo "group-missing $group"; fi
fi
printf '%s\n' "$show" | sed -n 's/^DropInPaths=//p' | tr ' ' '\n' | grep '^/' | head -n 20 | while read -r p; do
  grep -E '^[[:space:]]*(User|Group|WorkingDirectory|EnvironmentFile|ReadWritePaths|ExecStart|ExecStartPre)[[:space:]]*=' "$p" 2>/dev/null | head -n 10 | cut -c 1-300 | while read -r line; do echo "set $p $line"; done
done
group_path=$(systemctl show --no-pager -p ControlGroup --value -- "$1" 2>/dev/null)
if [ -n "$group_path" ] && [ "$group_path" != / ]; then
  cat "/sys/fs/cgroup$group_path/cgroup.procs" "/sys/fs/cgroup/systemd$group_path/cgroup.procs" 2>/dev/null | head -n 40 | while read -r pid; do stat -c %U "/proc/$pid" 2>/dev/null; done | sort -u | head -n 4 |
    while read -r name; do echo "runs-as $(getent passwd "$name" 2>/dev/null || grep "^$name:" /etc/passwd)"; echo "runs-as-ids $(id "$name" 2>/dev/null)"; done
fi
root=$(printf '%s\n' "$show" | sed -n 's/^RootDirectory=//p')
echo '-- programs'
if [ -z "$root" ]; then
  printf '%s\n' "$show" | sed -n 's/^ExecStart\(Pre\)\{0,1\}={ path=\(\/[^;]*[^; ]\) ; argv.*/\2/p' | sort -u | head -n 6 | while read -r p; do
    echo "exec $p"; look "$p"; owner_package "$p"; program "$p"
  done
  echo '-- arguments'
  printf '%s\n' "$show" | sed -n 's/^ExecStart={ path=[^;]* ; argv\[\]=\(.*\) ; ignore_errors=.*/\1/p' | tr ' ' '\n' | sed -n 's/^\(-[^=]*=\)\{0,1\}\(\/[A-Za-z0-9._@+:/-]*\)$/\2/p' | sed 1d | sort -u | head -n 4 | while read -r p; do
    echo "argument $p"; look "$p"
    if [ -f "$p" ] && [ -x "$p" ]; then program "$p"; fi
  done
fi
echo '-- places'
printf '%s\n' "$show" | sed -n 's/^WorkingDirectory=[!-]\{0,1\}\(\/.*\)/\1/p' | while read -r p; do echo "place directory $p"; look "$p"; done
printf '%s\n' "$show" | sed -n 's/^EnvironmentFiles=\(\/.*\) (ignore_errors=no)$/\1/p' | head -n 4 | while read -r p; do echo "place environment $p"; look "$p"; done
# systemd prints these as unprintable. The last word on an id counts, nothing takes all back, and one with a value of its own needs no file.
printf '%s\n' "$show" | sed -n 's/^FragmentPath=//p; s/^DropInPaths=//p' | tr ' ' '\n' | grep '^/' | head -n 20 | while read -r file; do cat "$file" 2>/dev/null; done | awk '
  { line = $0; sub(/^[ \t]+/, "", line); key = line; sub(/[ \t]*=.*/, "", key); value = line; sub(/^[^=]*=[ \t]*/, "", value); sub(/[ \t]+$/, "", value)
    id = value; sub(/:.*/, "", id) }
  key == "LoadCredential" || key == "LoadCredentialEncrypted" { if (value == "") { for (i in path) delete path[i] } else { at = value; sub(/^[^:]*:?/, "", at); path[id] = at } }
  key == "SetCredential" || key == "SetCredentialEncrypted" { own[id] = 1 }
  END { for (i in path) if (!(i in own) && path[i] ~ /^\/[^ %]*$/) print path[i] }' | sort -u | head -n 4 | while read -r p; do echo "place credential $p"; look "$p"; done
printf '%s\n' "$show" | sed -n 's/^ReadWritePaths=//p' | tr ' ' '\n' | grep '^/' | head -n 6 | while read -r p; do echo "place writable $p"; look "$p"; done
echo '-- mounts'
mounts
