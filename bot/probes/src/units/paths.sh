# What lies on the way to a path, as far as it goes, and where links lead. Names with line breaks are left out.
nodes() { w=$1; shift; [ $# = 0 ] || stat -c "$w %f %u %g %U %G %s %Y %n" -- "$@" 2>/dev/null; }
walk() {
  whole=$1 at='' last=''
  set -f; IFS=/; set -- $1; unset IFS; set +f
  n=$#; while [ $n -gt 0 ]; do
    part=$1; shift; n=$((n - 1))
    [ -n "$part" ] || continue
    at=$at/$part
    if [ -L "$at" ]; then
      to=$(readlink "$at"); echo "link $at -> $to"
      if [ ! -e "$at" ]; then
        last=$at; set -- "$@" "$at"; echo "dangling $at -> $to"
        case $to in /*) ;; *) to=${at%/*}/$to;; esac
        case ${to%/*} in '') dir=/;; *) dir=${to%/*};; esac
        [ ! -d "$dir" ] || { echo "near-dir $dir"; set -- "$@"; list near "$dir"; }
        break
      fi
    elif [ ! -e "$at" ]; then
      if [ -x "${last:-/}" ]; then
        echo "gone $at"
        # What was renamed on the way to an edit or a clean-up still begins with the old name.
        for f in "$at"?*; do [ ! -e "$f" ] || nodes near "$f"; done
      else
        echo "hidden $at"
      fi
      break
    fi
    set -- "$@" "$at"; last=$at
  done
  nodes node / "$@"
  case $at in "$whole") ;; *) return;; esac
  real=$(readlink -f "$whole" 2>/dev/null)
  if [ -n "$real" ] && [ "$real" != "$whole" ]; then echo "real $real"; fi
}
list() { find -H "$2" -mindepth 1 -maxdepth 1 ! -name '*
*' 2>/dev/null | head -n 40 | while read -r f; do stat -c "$1 %f %u %g %U %G %s %Y %n" -- "$f" 2>/dev/null; done; }
look() { echo "path $1"; walk "$1"; if [ -n "$real" ] && [ "$real" != "$1" ] && [ -e "$real" ]; then real2=$real; real=; echo "path-of-real $real2"; walk "$real2"; fi; real=; }
mounts() {
  while read -r _ m t o _; do
    case ,$o, in *,ro,*) w=ro;; *) w=rw;; esac
    case ,$o, in *,noexec,*) w=$w,noexec;; esac
    echo "mount $m $t $w"
  done </proc/self/mounts
}
owner_package() {
  if command -v dpkg-query >/dev/null 2>&1; then dpkg-query -S -- "$1" 2>/dev/null | grep -v '^diversion' | head -n 2 | sed 's/^/package /'
  elif command -v apk >/dev/null 2>&1; then apk info --who-owns "$1" 2>/dev/null | sed -n 's/.* is owned by \(.*\)-[0-9].*/package \1: /p'
  elif command -v rpm >/dev/null 2>&1; then rpm -qf --qf 'package %{NAME}: \n' -- "$1" 2>/dev/null | sed -n '/^package /{p;q;}'; fi
}
