# Whether something waits for a reboot.
for file in /run/reboot-required /var/run/reboot-required; do [ -e "$file" ] && { echo "required $file"; break; }; done
sort -u /run/reboot-required.pkgs 2>/dev/null | sed 's/^/package /'
read -r running </proc/sys/kernel/osrelease
echo "running $running"
for dir in /lib/modules/*/; do [ -e "$dir/modules.dep" ] && { dir=${dir%/}; echo "kernel ${dir##*/}"; }; done
exit 0
