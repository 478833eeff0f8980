# What modprobe would do for each module that is loaded or is to be in the initramfs: whether all would be there after the next start.
read -r release </proc/sys/kernel/osrelease
PATH=$PATH:/usr/sbin:/sbin
tree=/lib/modules/$release
echo "release $release"
[ -e /proc/modules ] || { echo 'sickbay: absent: loadable kernel modules'; exit 0; }
# BusyBox has a modprobe that knows no dry run, and one that would load what it is asked about.
case $(modprobe -V 2>&1) in *kmod*) ;; *) echo 'sickbay: absent: kmod'; exit 0;; esac
if [ -d /lib/modules ] && { [ ! -r /lib/modules ] || [ ! -x /lib/modules ]; }; then echo 'sickbay: needs root: /lib/modules'; exit 0; fi
[ -d "$tree" ] && echo tree
[ -s "$tree/modules.dep" ] && echo index
{
  awk '{ print $1, ($NF ~ /^\(.*O.*\)$/ ? "outside" : "loaded") }' /proc/modules
  [ -f /etc/initramfs-tools/modules ] && awk '/^[ \t]*[#;]/ || !NF { next } { print $1, "initramfs" }' /etc/initramfs-tools/modules
  cat /etc/dracut.conf /etc/dracut.conf.d/*.conf 2>/dev/null | sed -n 's/^[[:space:]]*\(add_drivers\|force_drivers\)+\{0,1\}="\{0,1\}\([^"#]*\)"\{0,1\}.*/\2/p' | tr ' ' '\n' | awk 'NF { print $1, "initramfs" }'
} 2>/dev/null | awk '!seen[$1]++' | head -n 400 | while read -r name why; do
  case $name in ''|-*|*[!A-Za-z0-9_-]*) continue;; esac
  # Dry and with its dependencies, since of what is loaded modprobe has nothing to say otherwise.
  if said=$(modprobe -n -v -D "$name" 2>&1); then
    gone=$(printf '%s\n' "$said" | awk '$1 == "insmod" { print $2 }' | while read -r file; do [ -e "$file" ] || { echo "$file"; break; }; done)
    if [ -n "$gone" ]; then echo "gone $why $name $gone"; else echo "ok $why $name"; fi
  else
    echo "fails $why $name $(printf '%s\n' "$said" | head -n 1 | cut -c 1-200)"
  fi
done
exit 0
