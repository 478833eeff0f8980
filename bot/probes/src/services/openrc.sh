if [ -d /run/systemd/system ]; then echo 'manager systemd'; exit 0; fi
if command -v rc-status >/dev/null 2>&1; then
  echo 'manager openrc'
  rc-status --nocolor 2>/dev/null | head -n 120
  exit 0
fi
[ -d /etc/init.d ] || { echo 'manager none'; exit 0; }
echo 'manager init.d'
for file in /run/*.pid /run/*/*.pid; do
  [ -r "$file" ] || continue
  name=${file##*/}; name=${name%.pid}
  [ -x "/etc/init.d/$name" ] || continue
  read -r pid _ <"$file" 2>/dev/null
  case $pid in ''|*[!0-9]*) continue;; esac
  if [ -d "/proc/$pid" ]; then echo "runs $name $pid"; else echo "gone $name $pid $file"; fi
done
