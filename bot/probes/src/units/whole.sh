# The programs that a unit starts, and the libraries that they load, against the sums that their packages keep of them.
cache='' libpath='' more='' modules=''
show=$(systemctl show --no-pager -p ExecStartPre -p ExecStart -p RootDirectory -- "$1")
case $show in *RootDirectory=/*) exit 0;; esac
# A shell that starts the real program names it in its text.
programs=$(printf '%s\n' "$show" | grep '^ExecStart' | tr ' ;=`"()|&<>' '\n' | tr "'" '\n' | grep -E '^/[A-Za-z0-9._@+/-]+$' | sort -u | head -n 40 |
  while read -r p; do if [ -f "$p" ] && [ -x "$p" ]; then echo "$p"; fi; done | head -n 8)
# Wrappers that start a program which the unit does not name.
case $1 in
  postgresql@*) version=${1#postgresql@}; more=/usr/lib/postgresql/${version%%-*}/bin/postgres;;
  apache2*|httpd*) more=/usr/sbin/apache2 modules=$(sed -n 's/^[[:space:]]*LoadModule[[:space:]]\{1,\}[^[:space:]]*[[:space:]]\{1,\}"\{0,1\}\(\/[^[:space:]"]*\).*/\1/p' /etc/apache2/mods-enabled/*.load 2>/dev/null | head -n 60)
    # Red Hat's and Alpine's name them from the folder of the server's own.
    for root in /etc/httpd /var/www; do [ ! -d "$root/modules" ] || modules="$modules $(sed -n "s|^[[:space:]]*LoadModule[[:space:]]\{1,\}[^[:space:]]*[[:space:]]\{1,\}\"\{0,1\}\(modules/[^[:space:]\"]*\).*|$root/\1|p" /etc/httpd/conf.modules.d/*.conf /etc/httpd/conf/httpd.conf /etc/apache2/httpd.conf /etc/apache2/conf.d/*.conf 2>/dev/null | head -n 60)"; done;;
  nginx*) modules=$(sed -n 's/^[[:space:]]*load_module[[:space:]]\{1,\}"\{0,1\}\([^[:space:]";]*\).*/\1/p' /etc/nginx/modules-enabled/*.conf /usr/share/nginx/modules/*.conf /etc/nginx/modules/*.conf /etc/nginx/nginx.conf 2>/dev/null | sed 's|^modules/|/usr/lib/nginx/modules/|' | head -n 40);;
esac
[ ! -f "$more" ] || programs="$programs $more"
files=$(for p in $programs; do
  echo "$p"
  case $(head -c 2 "$p" 2>/dev/null | tr -d '\000') in '#!') set -f; set -- $(head -n 1 "$p" | head -c 250 | tr -d '\000\r'); set +f; first=${1#??}; [ -n "$first" ] || first=${2:-}; p=$first; echo "$p";; esac
  [ -f "$p" ] || continue
  # What its libraries need in turn, once more.
  libraries "$p" 2>/dev/null | sed -n 's/^library [^ ]* \(\/.*\)$/\1/p'
done | awk '!seen[$0]++' | head -n 80)
for p in $modules; do [ ! -f "$p" ] || files="$files $p"; done
files=$(for p in $files; do echo "$p"; case $p in */modules/*) ;; *.so*) libraries "$p" 2>/dev/null | sed -n 's/^library [^ ]* \(\/.*\)$/\1/p';; esac; done | awk '!seen[$0]++' | head -n 120)
real=$(for p in $files; do readlink -f "$p"; done 2>/dev/null | awk '/^\/[^ ]*$/ && !seen[$0]++')
[ -n "$real" ] || exit 0
# end FILE: how long an ELF file says that it is; nothing for others.
end() {
  case $(od -An -v -tx1 -N 6 "$1" 2>/dev/null | tr -d ' \n') in 7f454c460201) ;; *) return;; esac
  set -- $(od -An -v -tu8 -j 40 -N 8 "$1") $(od -An -v -tu2 -j 58 -N 4 "$1")
  [ $# = 3 ] && echo $(($1 + $2 * $3))
}
tell() {
  # what PACKAGE PATH: how it differs.
  kind=other; size=$(stat -c %s "$2" 2>/dev/null); magic=$(od -An -v -tx1 -N 4 "$2" 2>/dev/null | tr -d ' \n')
  long=$(end "$2")
  if [ "${size:-0}" = 0 ]; then kind=empty
  elif [ -n "$long" ]; then if [ "$size" -lt "$long" ]; then kind=short; fi
  # An ELF file of another width or byte order is a program all the same.
  else case $magic in 2321*) kind=script;; 7f454c46) kind=other;; *) kind=foreign;; esac; fi
  echo "differs $kind $1 $(stat -c %Y "$2" 2>/dev/null) $2"
}
if [ -d /var/lib/dpkg/info ]; then
  echo 'system dpkg'
  diverted=$(cat /var/lib/dpkg/diversions 2>/dev/null)
  # One look at all lists of sums; a path may stand there with or without usr/.
  printf '%s\n' "$real" | awk '
    NR == FNR { p = substr($0, 2); want[p] = p; q = p; if (sub(/^usr\//, "", q)) want[q] = p; next }
    { at = substr($0, 35); if (at in want && !done[want[at]]++) { n = FILENAME; sub(/.*\//, "", n); sub(/\.md5sums$/, "", n); sub(/:.*/, "", n); print n, $1, "/" want[at] } }' - /var/lib/dpkg/info/*.md5sums 2>/dev/null |
    while read -r package sum path; do
      case $diverted in *"$path
"*) continue;; esac
      if [ ! -r "$path" ]; then echo "sickbay: needs root: $path"; continue; fi
      have=$(md5sum -- "$path" 2>/dev/null | cut -c 1-32)
      if [ -z "$have" ]; then echo "unread $package $path"; elif [ "$have" = "$sum" ]; then echo "same $package $path"; else tell "$package" "$path"; fi
    done
elif command -v rpm >/dev/null 2>&1; then
  echo 'system rpm'
  printf '%s\n' "$real" | while read -r path; do
    # Two packages may own it, and where /lib64 is /usr/lib64 they may name either.
    package=$(rpm -qf --qf '%{NAME}\n' -- "$path" 2>/dev/null) || continue
    package=${package%%[!A-Za-z0-9._+-]*}
    case $(rpm -Vf --nodeps --noscripts -- "$path" 2>/dev/null | awk -v p="$path" '{ q = p; sub(/^\/usr/, "", q); if ($NF == p || $NF == q) { print $1; exit } }') in
      ??5*) tell "$package" "$path";;
      ??[?]*) echo "unread $package $path";;
      *) echo "same $package $path";;
    esac
  done
fi
exit 0
