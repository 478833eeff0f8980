# Which ports of this host a unit is set up to connect to.
[ -d /run/systemd/system ] || { echo 'sickbay: needs systemd: what a unit connects to'; exit 0; }
here='(127\.0\.0\.1|localhost|\[::1\])(:|["'"'"']?[ ,]+["'"'"']?(port["'"'"']?[ =:]+)?)[0-9]{2,5}'
told "$1" | while read -r word rest; do
  case $word in
    file) written "$rest" || continue; grep -Eoie "$here" -- "$rest" ;;
    set) printf '%s\n' "$rest" | grep -Eoie "$here" ;;
    *) continue ;;
  esac 2>/dev/null | sed -n 's/.*[^0-9]\([0-9]\{2,5\}\)$/\1/p' | while read -r port; do
    case $word in file) echo "peer $port $rest" ;; *) echo "peer $port its unit" ;; esac
  done
done | sort -u | head -n 12
