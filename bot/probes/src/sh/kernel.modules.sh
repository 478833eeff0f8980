# Modules that the configuration wants or needs, whether they are loaded, and what the kernel lets in.
read -r release </proc/sys/kernel/osrelease
PATH=$PATH:/usr/sbin:/sbin
tree=/lib/modules/$release
echo "release $release"
[ -e /proc/modules ] || { echo 'sickbay: absent: loadable kernel modules'; exit 0; }
# First what there is: whatever is cut off below, nothing is taken for missing that is there.
ls /sys/module 2>/dev/null | sed 's/^/has /'
echo "count $(grep -c '' /proc/modules)"
sed -n 's|.*/\([^/]*\)\.ko.*|has \1|p' "$tree/modules.builtin" 2>/dev/null
if [ -d /lib/modules ] && { [ ! -r /lib/modules ] || [ ! -x /lib/modules ]; }; then echo 'sickbay: needs root: /lib/modules'; exit 0; fi
echo looked
[ -d "$tree" ] && echo tree
[ -s "$tree/modules.dep" ] && echo index
for dir in /lib/modules/*/; do [ -d "$dir/kernel" ] || [ -e "${dir}modules.dep" ] || continue; dir=${dir%/}; echo "kernel ${dir##*/}"; done
for image in /boot/vmlinuz-* /boot/vmlinux-* /boot/kernel-*; do
  [ -f "$image" ] || continue
  version=${image#/boot/*-}
  case $version in *rescue*|*.old|*.bak|*.gz|*.xz|*.signed|*.hmac|*.sig) continue;; esac
  [ -d "/lib/modules/$version" ] || continue
  echo "boot $version"
  # Where the distribution makes them, a kernel without one cannot find its root.
  if [ ! -e "/boot/initrd.img-$version" ] && [ ! -e "/boot/initramfs-$version.img" ] && [ ! -e "/boot/initrd-$version" ]; then echo "no-initrd $version"; fi
done
command -v update-initramfs >/dev/null 2>&1 && echo 'initrd-tool update-initramfs'
command -v dracut >/dev/null 2>&1 && echo 'initrd-tool dracut'
grep -sH '' /proc/sys/kernel/tainted /proc/sys/kernel/modules_disabled /sys/kernel/security/lockdown /sys/module/module/parameters/sig_enforce

# What is to be loaded at boot: of files of the same name the first in this order counts, an empty one or a link to nothing hides the others.
seen=' '
for dir in /etc/modules-load.d /run/modules-load.d /usr/local/lib/modules-load.d /usr/lib/modules-load.d; do
  for file in "$dir"/*.conf; do
    [ -e "$file" ] || [ -L "$file" ] || continue
    case $seen in *" ${file##*/} "*) continue;; esac
    seen="$seen${file##*/} "
    real=$(readlink -f "$file" 2>/dev/null) || real=$file
    [ -f "$real" ] && awk -v file="$real" '{ sub(/\r$/, ""); sub(/^[ \t]+/, ""); sub(/[ \t]+$/, "") } /^[#;]/ || !NF { next } { print "want", $1, file ":" (NF == 1 ? FNR : 0) }' "$real"
  done
done
case $seen in *' modules.conf '*) ;; *) [ -f /etc/modules ] && awk '{ sub(/\r$/, "") } /^[ \t]*[#;]/ || !NF { next } { print "want", $1, FILENAME ":" (NF == 1 ? FNR : 0) }' /etc/modules;; esac
[ -f /etc/conf.d/modules ] && [ ! -d /run/systemd/system ] && sed -n 's/^[[:space:]]*modules="\([^"]*\)".*/\1/p' /etc/conf.d/modules | tr ' ' '\n' | sed -n 's|^\([A-Za-z0-9_-]\{1,\}\)$|want \1 /etc/conf.d/modules:0|p'
# Scripts, of which only what they do without a condition is read.
for file in /etc/sysconfig/modules/*.modules; do
  [ -f "$file" ] && awk '/^(exec )?(\/sbin\/|\/usr\/sbin\/)?modprobe / { word = ($1 == "exec") ? $3 : $2; if (word ~ /^[A-Za-z0-9_][A-Za-z0-9_-]*$/) print "want", word, FILENAME ":0" }' "$file"
done

# What does not work without one: a parameter that only it has, a filesystem of fstab that is not there, a tunnel that failed.
for file in /etc/sysctl.d/*.conf /run/sysctl.d/*.conf /usr/local/lib/sysctl.d/*.conf /usr/lib/sysctl.d/*.conf /etc/sysctl.conf; do
  [ -f "$file" ] && awk -v file="$file" '/^[ \t]*[#;]/ || !/=/ { next } { key = $0; sub(/=.*/, "", key); value = $0; sub(/^[^=]*=/, "", value); gsub(/[ \t]/, "", value); if (value == "0") next; gsub(/[ \t]/, "", key); if (key ~ /^-/) next; gsub(/\//, ".", key)
    module = key ~ /^net\.bridge\.bridge-nf-/ ? "br_netfilter" : key ~ /^net\.(netfilter\.nf_conntrack|nf_conntrack_max)/ ? "nf_conntrack" : key ~ /^net\.ipv4\.vs\./ ? "ip_vs" : key ~ /^sunrpc\./ ? "sunrpc" : key ~ /^net\.mpls\./ ? "mpls_router" : ""
    if (module != "") print "need", module, "sysctl", file ":" FNR, key }' "$file"
done | sort -u -k2,2
awk '/^[ \t]*#/ || NF < 4 { next } { print $3, $2, $4, FNR }' /etc/fstab 2>/dev/null | while read -r kind target options line; do
  case ,$options, in *,noauto,*|*,nofail,*|*,x-systemd.automount,*) continue;; esac
  case $kind in swap|auto|none|nfs|nfs4|cifs|fuse*|tmpfs|proc|sysfs|devpts|*[!a-z0-9_]*) continue;; esac
  case $target in /*) ;; *) continue;; esac
  # A helper knows what its kind needs, which is not always a module of that name.
  command -v "mount.$kind" >/dev/null 2>&1 && continue
  grep -q "[[:space:]]$kind\$" /proc/filesystems || AT=$target awk '$2 == ENVIRON["AT"] { found = 1 } END { exit !found }' /proc/mounts || echo "need $kind fstab /etc/fstab:$line $target"
done
if [ ! -d /sys/module/wireguard ] && command -v systemctl >/dev/null 2>&1; then
  timeout 2 systemctl list-units --failed --plain --no-legend 'wg-quick@*' 2>/dev/null | awk '{ print "need wireguard unit", $1, $1 }'
fi
for tool in kubelet dockerd containerd crio; do command -v "$tool" >/dev/null 2>&1 && echo "runtime $tool"; done
exit 0
