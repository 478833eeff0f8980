# What somebody asked to look at closer: $1 is the kind, $2 what they called it. Says which process, port or core that is.
case $1 in
  packets) echo "port $2"; exit 0 ;;
  core)
    case $2 in /*) [ -f "$2" ] && echo "path $2"; exit 0 ;; esac
    # systemd-coredump writes core.NAME.UID.…, the kernel wherever it is told; the newest counts.
    for dir in /var/lib/systemd/coredump /var/crash /var/lib/apport/coredump; do
      [ -d "$dir" ] || continue
      [ -r "$dir" ] && [ -x "$dir" ] || { unread="${unread:-} $dir"; continue; }
      found=$(ls -t "$dir" 2>/dev/null | grep -F -e "core.$2." -e "core_$2." -e "$2.core" -e "_$2." | head -n 1)
      [ -z "$found" ] || { echo "path $dir/$found"; exit 0; }
    done
    [ -z "${unread:-}" ] || echo "sickbay: needs root:$unread"
    exit 0 ;;
esac
pid= unit=
case $2 in
  *[!0-9]*)
    case $2 in *.*) unit=$2 ;; *) unit=$2.service ;; esac
    command -v systemctl >/dev/null 2>&1 && pid=$(systemctl show -p MainPID --value -- "$unit" 2>/dev/null)
    case $pid in ''|0) unit=; pid=$(pgrep -o -x -- "$2" 2>/dev/null | head -n 1) ;; esac ;;
  *) pid=$2 ;;
esac
[ -n "$pid" ] && { read -r stat <"/proc/$pid/stat"; } 2>/dev/null || exit 0
stat=${stat##*") "}
# Field 22 of the whole line: the ticks at which it was started.
set -f; set -- "$pid" $stat
{ read -r comm <"/proc/$pid/comm"; } 2>/dev/null || comm=-
echo "process $pid ${21} $(printf %s "$comm" | tr ' ' _) ${unit:--}"
