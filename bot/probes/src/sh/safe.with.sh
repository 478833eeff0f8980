# safe PATH: whether root may run it: neither it nor a folder above it can be written by another account.
safe() {
  [ "$(id -u)" != 0 ] && return 0
  for place in "${1%/*}" "$(readlink -f "$1")"; do
    while [ -n "$place" ]; do
      mode=$(stat -L -c '%u %a' "$place" 2>/dev/null) && [ "${mode% *}" = 0 ] && [ $((0${mode#* } & 022)) = 0 ] || return 1
      place=${place%/*}
    done
  done
}
