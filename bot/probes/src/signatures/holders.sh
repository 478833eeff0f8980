# Who uses what lies at a path: $1, a lock, a process file or a socket.
# `left TYPE CHANGED`, `boot SECONDS`, `written PID` as it says itself, `pid PID STARTED COMM` of that one if it lives, `listens`, `locked`, `open PID COMM`.
left_by() {
  if [ -S "$1" ]; then type=socket; elif [ -f "$1" ] && [ ! -L "$1" ]; then type=file; else type=other; fi
  echo "left $type $(stat -c %Y -- "$1")"
}
started() { # PID: seconds since 1970
  read -r stat </proc/"$1"/stat 2>/dev/null || return 1
  rest=${stat##*) }; set -- $rest
  echo $((boot + ${20} / $(getconf CLK_TCK 2>/dev/null || echo 100)))
}
one() { at=$(started "$1") && echo "pid $1 $at $(tr -c '!-~' _ </proc/"$1"/comm 2>/dev/null)"; }
[ -e "$1" ] || { echo gone; exit 0; }
boot=$(sed -n 's/^btime //p' /proc/stat); echo "boot $boot"
left_by "$1"
[ -z "${2:-}" ] || one "$2"
case $type in
  socket)
    # Each network of this host has sockets of its own: of one process in each.
    for link in /proc/[0-9]*/ns/net; do net=$(readlink "$link" 2>/dev/null) && echo "$net ${link%/ns/net}"; done | sort -u -k 1,1 | while read -r _ pid; do
      awk -v at="$1" '$8 == at { print "listens"; exit }' "$pid/net/unix" 2>/dev/null
    done ;;
  file)
    if [ "$(stat -c %s -- "$1")" -le 200 ]; then
      pid=$(head -n 1 -- "$1" 2>/dev/null | tr -d '\000' | sed -n 's/^[[:space:]]*\([0-9]\{1,10\}\)[[:space:]]*$/\1/p')
      if [ -n "$pid" ]; then echo "written $pid"; one "$pid"; fi
    fi
    awk -v inode=":$(stat -c %i -- "$1")" '$2 != "->" && substr($6, length($6) - length(inode) + 1) == inode { print "locked"; exit }' /proc/locks 2>/dev/null
    case $1 in *[*?[\\]*) ;; *)
      find /proc/[0-9]*/fd -maxdepth 1 -lname "$1" 2>/dev/null | cut -d/ -f3 | sort -un | head -n 4 | while read -r pid; do echo "open $pid $(tr -c '!-~' _ </proc/"$pid"/comm 2>/dev/null)"; done ;;
    esac ;;
esac
[ "$(id -u)" = 0 ] || echo 'sickbay: needs root: who has it open'
exit 0
