if [ -d /run/systemd/system ]; then echo 'manager systemd'; exit 0; fi
# told NAME FILE: whether the process that a file names is there; nothing where the file names none.
told() {
  pid=''
  [ -r "$2" ] && read -r pid _ <"$2"
  case $pid in ''|*[!0-9]*) return;; esac
  if [ -d "/proc/$pid" ] && ! grep -qs '^State:[[:space:]]*Z' "/proc/$pid/status"; then echo "runs $1 $pid"; else echo "gone $1 $pid $2"; fi
}
if command -v rc-status >/dev/null 2>&1; then
  echo 'manager openrc'
  # In another runlevel than the usual one, its services rest on purpose.
  echo "current $(rc-status --nocolor -r 2>/dev/null)"
  rc-status --nocolor --all 2>/dev/null | head -n 160
  # Where another start-stop-daemon than OpenRC's starts a service, OpenRC never learns that its process is gone.
  for file in /run/openrc/options/*/pidfile; do
    name=${file%/pidfile}; name=${name##*/}
    [ ! -L "/run/openrc/started/$name" ] || told "$name" "$(head -n 1 "$file" 2>/dev/null)"
  done
  exit 0
fi
[ -d /etc/init.d ] || { echo 'manager none'; exit 0; }
echo 'manager init.d'
for file in /run/*.pid /run/*/*.pid; do
  name=${file##*/}; name=${name%.pid}
  [ ! -x "/etc/init.d/$name" ] || told "$name" "$file"
done
