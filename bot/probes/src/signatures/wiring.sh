# What units are set up to talk to and to listen on, read from the files that they name. Nothing is run.
# told UNIT…: `unit ID STATE NAME…`, then `file PATH` for each file that tells it what to do and `set TEXT` for what its unit says itself.
told() {
  systemctl show --no-pager -p Id -p Names -p ActiveState -p FragmentPath -p DropInPaths -p EnvironmentFiles -p Environment -p ExecStart -- "$@" 2>/dev/null |
    awk 'BEGIN { RS = ""; FS = "\n" }
      { id = state = names = more = ""
        for (n = 1; n <= NF; n++) {
          key = $n; sub(/=.*/, "", key); value = substr($n, length(key) + 2)
          if (key == "Id") id = value
          else if (key == "ActiveState") state = value
          else if (key == "Names") names = value
          else {
            if (key == "Environment" || key == "ExecStart") more = more "set " value "\n"
            while (match(value, /\/[^ ;:="]+/)) { more = more "file " substr(value, RSTART, RLENGTH) "\n"; value = substr(value, RSTART + RLENGTH) }
          } }
        print "unit " id " " state " " names; printf "%s", more }'
}
# Whether a file is a text of a size that a person would have written.
written() { [ -f "$1" ] && [ -r "$1" ] && [ "$(stat -Lc %s -- "$1" 2>/dev/null || echo 999999)" -le 262144 ] && grep -Iq . -- "$1" 2>/dev/null; }
# would_listen PORT: services that do not run and are set up for the port: `owner UNIT STATE WHY`.
would_listen() {
  registered=$(awk -v at="$1/" 'index($2, at) == 1 { print $1; for (n = 3; n <= NF && $n !~ /^#/; n++) print $n }' /etc/services 2>/dev/null | sort -u)
  units=$({ systemctl list-unit-files --no-pager --plain --no-legend --type=service --state=enabled,enabled-runtime,masked
    systemctl list-units --no-pager --plain --no-legend --all --type=service --state=inactive,failed,activating; } 2>/dev/null | awk '$1 !~ /@\./ { print $1 }' | sort -u | head -n 150)
  [ -n "$units" ] || return 0
  id='' done=''
  told $units | while read -r word rest; do
    case $word in
      unit)
        set -- $rest; id=$1 state=$2; shift 2; done=''
        case $state in active|reloading) id=''; continue ;; esac
        for name in "$@"; do
          for service in $registered; do
            case ${name%.service} in "$service"|"$service"d|"$service"[-@]*) [ -n "$done" ] || echo "owner $id $state /etc/services: $service is port $port"; done=1 ;; esac
          done
        done ;;
      file)
        [ -n "$id" ] && [ -z "$done" ] || continue
        if written "$rest" && grep -Eqe "(^|[^0-9A-Za-z./])$port([^0-9.]|\$)" -- "$rest"; then echo "owner $id $state $rest"; done=1; fi ;;
      set)
        [ -n "$id" ] && [ -z "$done" ] || continue
        case " $rest " in *[!0-9A-Za-z./]"$port"[!0-9.]*) echo "owner $id $state its unit"; done=1 ;; esac ;;
    esac
  done | head -n 8
}
