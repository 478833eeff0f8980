# Tables of sockets by path, of each network of this host: of up to three processes in each, as one may end meanwhile.
tables() {
  echo /proc/net/unix
  for link in /proc/[0-9]*/ns/net; do net=$(readlink "$link" 2>/dev/null) && echo "$net ${link%/ns/net}/net/unix"; done | awk 'n[$1]++ < 3 { print $2 }'
}
# Whether somebody may listen at a path. A socket goes by the name that it was bound by, which may lead through other folders: its last part decides.
# shellcheck disable=SC2086 # one word a table
listens() { grep -sqF -e "${1##*/}" $tables; }
