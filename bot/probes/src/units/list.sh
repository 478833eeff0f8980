if ! command -v systemctl >/dev/null 2>&1 || [ ! -d /run/systemd/system ]; then
  echo 'manager none'
  echo 'sickbay: absent: systemd'
  exit 0
fi
echo 'manager systemd'
state=$(systemctl is-system-running 2>&1)
echo "state $state"
read -r up _ </proc/uptime
echo "now $(date +%s.%N) $up"
show() {
  systemctl show --no-pager -p Id -p Description -p LoadState -p ActiveState -p SubState -p Result \
    -p NRestarts -p UnitFileState -p Type -p Transient -p ConditionResult -p ConditionTimestampMonotonic -p AssertResult -p AssertTimestampMonotonic -p TriggeredBy -p Triggers \
    -p FragmentPath -p ExecMainStatus -p ExecMainCode -p ExecMainStartTimestampMonotonic -p ExecMainExitTimestampMonotonic \
    -p ActiveEnterTimestampMonotonic -p InactiveEnterTimestampMonotonic -p InactiveExitTimestampMonotonic -p WantedBy -p RequiredBy \
    -p LoadError -p LastTriggerUSec -p TimersCalendar -p TimersMonotonic -p Restart -p StartLimitBurst -p NeedDaemonReload -- "$@" | grep -vE '=(|0|no|n/a|success|\[not set\])$'
}
loaded=$(show '*.service' '*.timer' '*.socket' '*.path')
printf '%s\n\n' "$loaded"
# The service manager forgets units that rest. Those that are enabled are asked for by name.
set --
for link in /etc/systemd/system/*.wants/*.service; do
  name=${link##*/}
  case $name in '*'*|*@.service|*[!A-Za-z0-9:_.@-]*|-*) continue;; esac
  # The same name may stand below several units.
  case " $* " in *" $name "*) continue;; esac
  case $loaded in *"Id=$name
"*) ;; *) set -- "$@" "$name";; esac
done
asked=" $* "
[ $# = 0 ] || [ $# -gt 40 ] || { show "$@"; echo; }
set --
for link in /etc/systemd/system/*.wants/*.timer; do
  name=${link##*/}
  case $name in '*'*|*@.timer|*[!A-Za-z0-9:_.@-]*|-*) continue;; esac
  # With a timer that rests goes the job that it most likely starts.
  for name in "$name" "${name%.timer}.service"; do
    case $asked in *" $name "*) continue;; esac
    case $loaded in *"Id=$name
"*) ;; *) set -- "$@" "$name"; asked="$asked$name ";; esac
  done
done
[ $# = 0 ] || [ $# -gt 40 ] || show "$@"
echo '-- failed of every kind'
[ "$state" = running ] || systemctl list-units --failed --plain --no-legend --full --no-pager
echo '-- links'
for dir in /etc/systemd/system /run/systemd/system; do
  [ -d "$dir" ] || continue
  for link in "$dir"/*; do
    if [ -L "$link" ] && [ "$(readlink "$link")" = /dev/null ]; then echo "mask $(stat -c %Y "$link" 2>/dev/null) $link"; fi
  done
  for link in "$dir"/*.wants/* "$dir"/*.requires/*; do
    if [ -L "$link" ]; then echo "wants $link"; fi
  done
done
