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
# Of files named on standard input those that hold a pattern, as grep says it: texts of a size that a person would have written.
written() {
  files=$(sed -n "s/^file //p" | grep -v -e "^/proc/" -e "^/sys/" -e "^/dev/" | sort -u | head -n 600)
  [ -z "$files" ] || find -L $files -maxdepth 0 -type f -size -513 -exec grep -I "$@" /dev/null {} + 2>/dev/null
}
# would_listen PORT: services that do not run and are set up for the port: `owner UNIT STATE WHY`.
would_listen() {
  # Listing unit files reads all of them, which takes seconds on a busy host; what is enabled or masked is a link.
  units=$({ for link in /etc/systemd/system/*.wants/*.service /etc/systemd/system/*.requires/*.service /etc/systemd/system/*.service; do [ ! -L "$link" ] || echo "${link##*/}"; done
    systemctl list-units --no-pager --plain --no-legend --all --type=service --state=inactive,failed,activating 2>/dev/null | awk '{ print $1 }'; } | grep -v '@\.' | sort -u | head -n 150)
  [ -n "$units" ] || return 0
  told=$(told $units | awk '$1 == "unit" { rests = $3 != "active" && $3 != "reloading" } rests')
  registered=$(awk -v at="$1/" 'index($2, at) == 1 { print "registered " $1; for (n = 3; n <= NF && $n !~ /^#/; n++) print "registered " $n }' /etc/services 2>/dev/null)
  holds="(^|[^0-9A-Za-z./])$1([^0-9.]|\$)"
  { printf '%s\n' "$registered"; printf '%s\n' "$told" | written -lE -e "$holds" | sed 's/^/holds /'; printf '%s\n' "$told"; } |
    awk -v port="$1" '
      function owner(why) { if (id != "") print "owner " id " " state " " why; id = "" }
      $1 == "registered" { registered[$2] = 1 }
      $1 == "holds" { holds[substr($0, 7)] = 1 }
      $1 == "unit" {
        id = $2; state = $3
        for (n = 4; n <= NF; n++) { name = $n; sub(/\.service$/, "", name); sub(/@.*/, "", name)
          for (service in registered) if (name == service || name == service "d" || name == service "-server") { owner("port " port " is " service " in /etc/services"); break } } }
      $1 == "file" && holds[substr($0, 6)] { owner(substr($0, 6)) }
      $1 == "set" && " " $0 " " ~ "[^0-9A-Za-z./]" port "[^0-9.]" { owner("its unit") }' | head -n 8
}
