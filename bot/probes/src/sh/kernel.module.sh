# Why a module is not loaded: what modprobe would do, its file, the index, rules about it, and what the kernel said. $1: its name.
PATH=$PATH:/usr/sbin:/sbin
read -r release </proc/sys/kernel/osrelease
name=$(printf '%s' "$1" | tr - _)
glob=$(printf '%s' "$name" | sed 's/_/[-_]/g')
tree=/lib/modules/$release
echo "release $release"
[ -d "/sys/module/$name" ] && echo loaded
[ -d "$tree" ] && echo tree
[ -s "$tree/modules.dep" ] && echo index
files() { find "$1/" -xdev \( -name "$glob.ko" -o -name "$glob.ko.gz" -o -name "$glob.ko.xz" -o -name "$glob.ko.zst" \) 2>/dev/null | head -n 2; }
file=''
# Of several the one that modprobe takes.
index=$(grep -sE "^([^:]*/)?$glob\.ko[.a-z]*:" "$tree/modules.dep" | head -n 1)
if [ -n "$index" ] && [ -f "$tree/${index%%:*}" ]; then file=$tree/${index%%:*}; elif [ -d "$tree" ]; then file=$(files "$tree" | head -n 1); fi
[ -n "$file" ] && echo "file $file"
for other in /lib/modules/*; do
  [ "$other" = "$tree" ] || [ ! -d "$other" ] || files "$other" | head -n 1 | sed "s|^|elsewhere ${other##*/} |"
done
sed 's/-/_/g' "$tree/modules.builtin" 2>/dev/null | grep -q "/$name\.ko" && echo builtin
[ -n "$index" ] && printf '%s\n' "$index" | sed 's/^/dep /'
# What it needs and is not there.
printf '%s\n' "$index" | sed 's/^[^:]*://' | tr ' ' '\n' | while read -r dep; do [ -z "$dep" ] || [ -e "$tree/$dep" ] || echo "lacks $tree/$dep"; done
if command -v modprobe >/dev/null 2>&1; then
  modprobe -n -v -- "$1" 2>&1 | head -n 20 | cut -c1-300 | sed 's/^/dry /'
  modprobe -R -- "$1" 2>/dev/null | head -n 3 | sed 's/^/is /'
fi
if [ -n "$file" ] && [ ! -r "$file" ]; then echo "sickbay: needs root: $file"; elif [ -n "$file" ]; then
  modinfo -- "$file" 2>&1 | awk '/^(vermagic|depends|signer|sig_id|version|license|parm):/ || /ERROR/ { print "info " substr($0, 1, 160) }' | head -n 80
  case $file in
    *.ko) command -v od >/dev/null 2>&1 && head -c 4 "$file" 2>/dev/null | od -An -tx1 | grep -qv '7f 45 4c 46' && echo 'broken no ELF file';;
    *.gz) ! command -v gzip >/dev/null 2>&1 || gzip -t "$file" 2>/dev/null || echo 'broken its compression';;
    *.xz) ! command -v xz >/dev/null 2>&1 || xz -t "$file" 2>/dev/null || echo 'broken its compression';;
    *.zst) ! command -v zstd >/dev/null 2>&1 || zstd -tq "$file" 2>/dev/null || echo 'broken its compression';;
  esac
  [ -s "$file" ] || echo 'broken empty'
  if command -v dpkg-query >/dev/null 2>&1; then
    for path in "$file" "/usr$file" "${file#/usr}"; do
      package=$(dpkg-query -S "$path" 2>/dev/null | head -n 1 | sed 's/: .*//'); [ -n "$package" ] || continue
      echo "package $package"
      want=$(grep -hs "  ${path#/}\$" "/var/lib/dpkg/info/${package%%:*}.md5sums" "/var/lib/dpkg/info/$package.md5sums" | head -n 1 | cut -d' ' -f1)
      if [ -n "$want" ]; then if [ "$(md5sum <"$file" 2>/dev/null | cut -d' ' -f1)" = "$want" ]; then echo same; else echo differs; fi; fi
      break
    done
  fi
fi
seen=' '
for rules in /etc/modprobe.d/*.conf /run/modprobe.d/*.conf /usr/local/lib/modprobe.d/*.conf /usr/lib/modprobe.d/*.conf /lib/modprobe.d/*.conf /etc/modprobe.conf; do
  [ -e "$rules" ] || [ -L "$rules" ] || continue
  # A file in /etc hides one of the same name elsewhere.
  case $seen in *" ${rules##*/} "*) continue;; esac
  seen="$seen${rules##*/} "
  [ -r "$rules" ] && grep -nE "^[[:space:]]*(blacklist|install|options|softdep)[[:space:]]+$glob([[:space:]]|\$)" "$rules" | cut -c1-300 | sed "s|^|rule $rules:|"
done
tr ' ' '\n' </proc/cmdline 2>/dev/null | grep -E '^(module_blacklist|modprobe.blacklist)=' | tr ',=' '\n' | tr - _ | grep -qx "$name" && echo "rule /proc/cmdline:1:blacklist $name"
# Out-of-tree sources that would build it.
for conf in /var/lib/dkms/*/*/source/dkms.conf /usr/src/*/dkms.conf; do
  [ -r "$conf" ] && grep -qE "^[[:space:]]*BUILT_MODULE_NAME(\[[0-9]+\])?=[\"']?$glob[\"']?[[:space:]]*\$" "$conf" || continue
  package=$(sed -n 's/^[[:space:]]*PACKAGE_NAME=["'\'']\{0,1\}\([A-Za-z0-9._+-]*\).*/\1/p' "$conf" | head -n 1)
  version=$(sed -n 's/^[[:space:]]*PACKAGE_VERSION=["'\'']\{0,1\}\([A-Za-z0-9._+~-]*\).*/\1/p' "$conf" | head -n 1)
  [ -n "$package" ] && [ -n "$version" ] || continue
  echo "dkms $package $version"
  for built in /var/lib/dkms/"$package"/"$version"/*/*/module; do [ -d "$built" ] && { built=${built%/*/module}; echo "dkms-built ${built##*/}"; }; done
  tail -n 60 "/var/lib/dkms/$package/$version/build/make.log" 2>/dev/null | grep -iE '(^|[^a-z])(error|fatal)' | head -n 3 | cut -c1-200 | sed 's/^/dkms-log /'
  break
done
[ -e "$tree/build/Makefile" ] && echo headers
grep -sH '' /proc/sys/kernel/modules_disabled /sys/kernel/security/lockdown /sys/module/module/parameters/sig_enforce
if log=$(dmesg 2>/dev/null); then
  printf '%s\n' "$log" | grep -E "[] ]$glob: |[Mm]odule '?$glob'?|Lockdown: .*module|Loading of .*module|Invalid ELF|ELF (header|section)" | tail -n 12 | cut -c1-240 | sed 's/^/kernel-says /'
else echo 'sickbay: needs root: kernel messages'; fi
journalctl -q -b --no-pager -o cat -n 400 -u systemd-modules-load.service 2>/dev/null | grep -E "'$glob'" | tail -n 4 | cut -c1-240 | sed 's/^/loader-says /'
# Names that are like it.
{ sed -n 's|^\([^:]*\)\.ko[.a-z]*:.*|\1|p' "$tree/modules.dep" 2>/dev/null; sed -n 's|\.ko$||p' "$tree/modules.builtin" 2>/dev/null; } | sed 's|.*/||; s/-/_/g' |
  awk -v name="$name" '{ d = length($0) - length(name); if (d >= -2 && d <= 2 && $0 != name) print "near", $0 }' | sort -u
exit 0
