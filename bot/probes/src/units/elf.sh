# Reads an ELF file's header, program headers and dynamic section as numbers; nothing of it is run.
words() { od -An -v -tu8 -j "$2" -N "$3" "$1" 2>/dev/null; }
elf() {
  f=$1
  head20=$(od -An -v -tu1 -N 20 "$f" 2>/dev/null | tr -s ' \n' '  ')
  set -- $head20
  [ $# = 20 ] || return
  echo "elf class $5 data $6 machine $((${19} + ${20} * 256)) of $(uname -m)"
  [ "$5" = 2 ] && [ "$6" = 1 ] || return
  set -- $(words "$f" 32 8); phoff=${1:-0}
  set -- $(od -An -v -tu2 -j 54 -N 4 "$f" 2>/dev/null); size=${1:-0} count=${2:-0}
  [ "$size" = 56 ] && [ "$count" -gt 0 ] && [ "$count" -le 64 ] && [ "$phoff" -gt 0 ] && [ "$phoff" -lt 1048576 ] || return
  set -- $(words "$f" "$phoff" $((count * 56)))
  dyn='' interp='' loads=''
  while [ $# -ge 7 ]; do
    case $(($1 & 4294967295)) in
      1) loads="$loads $2 $3 $5";;
      2) dyn="$2 $5";;
      3) interp="$2 $5";;
    esac
    shift 7
  done
  if [ -n "$interp" ]; then
    set -- $interp
    if [ "$2" -lt 4096 ]; then echo "loader $(tail -c +$(($1 + 1)) "$f" | head -c "$2" | tr -d '\000\n')"; fi
  fi
  [ -n "$dyn" ] || return
  set -- $dyn; [ "$2" -le 16384 ] || return
  set -- $(words "$f" "$1" "$2")
  strtab='' strsz='' needs='' paths=''
  while [ $# -ge 2 ]; do
    case $1 in
      0) break;;
      1) needs="$needs need:$2";;
      5) strtab=$2;;
      10) strsz=$2;;
      15|29) paths="$paths runpath:$2";;
    esac
    shift 2
  done
  [ -n "$strtab" ] && [ -n "$strsz" ] && [ "$strsz" -lt 4194304 ] || return
  off=''
  set -- $loads
  while [ $# -ge 3 ]; do
    if [ "$strtab" -ge "$2" ] && [ "$strtab" -lt $(($2 + $3)) ]; then off=$((strtab - $2 + $1)); fi
    shift 3
  done
  [ -n "$off" ] || return
  tail -c +$((off + 1)) "$f" | head -c "$strsz" | tr '\000\n' '\n ' | awk -v wants="$needs$paths" '
    BEGIN { n = split(wants, w, " "); for (i = 1; i <= n; i++) { split(w[i], p, ":"); kind[i] = p[1]; at[i] = p[2] } pos = 0 }
    { for (i = 1; i <= n; i++) if (at[i] >= pos && at[i] <= pos + length($0)) print kind[i], substr($0, at[i] - pos + 1); pos += length($0) + 1 }'
}
# libraries FILE: each library that the file needs, and where it is.
libraries() {
  needs=$(elf "$1"); echo "$needs"
  run=$(printf '%s\n' "$needs" | sed -n 's/^runpath //p' | tr ':' ' ')
  here=${1%/*}
  [ -n "$cache" ] || cache=$(ldconfig -p 2>/dev/null)
  printf '%s\n' "$needs" | sed -n 's/^need //p' | head -n 64 | while read -r so; do
    found=-
    case $so in
      /*) if [ -e "$so" ]; then found=$so; fi;;
      *)
        for dir in $run $libpath; do
          case $dir in \$ORIGIN*) dir=$here${dir#\$ORIGIN};; \$\{ORIGIN\}*) dir=$here${dir#\$\{ORIGIN\}};; esac
          if [ "$found" = - ] && [ -e "$dir/$so" ]; then found=$dir/$so; fi
        done
        if [ "$found" = - ]; then
          for at in $(printf '%s\n' "$cache" | awk -v so="$so" '$1 == so { print $NF }') /lib/"$so" /usr/lib/"$so" /usr/local/lib/"$so" /lib64/"$so" /usr/lib64/"$so" /lib/*-linux-*/"$so"; do
            if [ "$found" = - ] && [ -e "$at" ]; then found=$at; fi
          done
        fi;;
    esac
    echo "library $so $found"
    if [ "$found" = - ]; then echo "library-package $so $(dpkg-query -S "*/$so" 2>/dev/null | head -n 1 | cut -d: -f1)"; fi
  done
}
