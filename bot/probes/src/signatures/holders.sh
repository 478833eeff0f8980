# Who uses what lies at a path: $1, a lock, a process file or a socket.
# `left TYPE CHANGED`, `real PATH`, `boot SECONDS`, `written PID` as it says itself, `pid PID STARTED COMM` of that one if it lives, `listens`, `locked`,
# `open PID COMM`.
name() { tr -d '\n' 2>/dev/null </proc/"$1"/comm | tr -c '!-~' _; }
started() { # PID: seconds since 1970
  [ -r /proc/"$1"/stat ] && read -r stat </proc/"$1"/stat || return 1
  rest=${stat##*) }; set -- $rest
  echo $((boot + ${20} / $(getconf CLK_TCK 2>/dev/null || echo 100)))
}
[ -e "$1" ] || { echo gone; exit 0; }
folder=$(cd -P -- "${1%/*}/" 2>/dev/null && pwd) || exit 0
path=${folder%/}/${1##*/}
type=other
if [ -S "$path" ]; then type=socket
elif [ -f "$path" ] && [ ! -L "$path" ] && [ "$(stat -c %s -- "$path")" -le 200 ]; then type="file"; fi   # a lock holds a number, or nothing
echo "left $type $(stat -c %Y -- "$path")"
echo "real $path"
boot=$(sed -n 's/^btime //p' /proc/stat); echo "boot $boot"
case $type in
  socket) tables=$(tables); if listens "$path"; then echo listens; fi ;;
  file)
    pid=$(head -n 1 -- "$path" 2>/dev/null | tr -d '\000' | sed -n 's/^[[:space:]]*\([0-9]\{1,10\}\)[[:space:]]*$/\1/p')
    if [ -n "$pid" ]; then
      echo "written $pid"
      if at=$(started "$pid"); then echo "pid $pid $at $(name "$pid")"; fi
    fi
    awk -v inode=":$(stat -c %i -- "$path")" '$2 != "->" && substr($6, length($6) - length(inode) + 1) == inode { print "locked"; exit }' /proc/locks 2>/dev/null
    for pid in $(holders "$path"); do echo "open $pid $(name "$pid")"; done ;;
esac
[ "$(id -u)" = 0 ] || echo 'sickbay: needs root: who has it open'
exit 0
