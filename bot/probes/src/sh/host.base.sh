# What every program of a host relies on and nobody looks at: a few modes, links and lists. Only names and modes are read.
set --
for path in / /etc /usr /usr/bin /usr/lib /var /var/lib /run /tmp /var/tmp /dev/null /dev/shm \
  /etc/passwd /etc/group /etc/hosts /etc/resolv.conf /etc/nsswitch.conf /etc/localtime /etc/ld.so.cache /etc/ssl/certs/ca-certificates.crt; do
  if [ -e "$path" ]; then set -- "$@" "$path"
  elif [ -L "$path" ]; then echo "dangling $path $(readlink "$path")"; fi
done
sudo=$(command -v sudo 2>/dev/null); [ -z "$sudo" ] || set -- "$@" "$sudo"
stat -L -c 'mode %a %u %F:%n' "$@" 2>/dev/null
for file in /etc/nologin /run/nologin; do [ ! -e "$file" ] || echo "nologin $file $(head -c 200 "$file" 2>/dev/null | tr '\n' ' ')"; done
if [ -s /etc/ld.so.preload ]; then
  tr ' :' '\n\n' </etc/ld.so.preload 2>/dev/null | grep '^/' | head -n 8 | while read -r library; do [ -e "$library" ] || echo "preload-missing $library"; done
fi
target=$(readlink -f /etc/systemd/system/default.target 2>/dev/null); [ -z "$target" ] || echo "target ${target##*/}"
# Modules that a login must pass; a leading dash says that it may be missing.
for folder in /lib/security /lib/*/security /lib64/security /usr/lib/security /usr/lib/*/security /usr/lib64/security; do [ ! -d "$folder" ] || folders="$folders $folder"; done
if [ -n "$folders" ]; then
  grep -sHoE '^[a-z]+[[:space:]]+(\[[^]]*\]|[a-z]+)[[:space:]]+[A-Za-z0-9_]+\.so' /etc/pam.d/* | grep -vE '\.(dpkg|rpm|ucf)[a-z-]*:' | head -n 300 |
    sed 's/^\([^:]*\):\([a-z]*\)[[:space:]]*\(\[[^]]*\]\|[a-z]*\)[[:space:]]*/\1 \3 /; s/\[[^]]*\]/rule/' | sort -u | while read -r file kind module; do
      there=''; for folder in $folders; do [ ! -e "$folder/$module" ] || there=1; done
      [ -n "$there" ] || echo "pam-missing $module $kind $file"
    done
fi
grep -sH '' /proc/sys/net/ipv4/ip_local_port_range
grep -shE '^[[:space:]]*(Gateway=|gateway[[:space:]]|gateway4:|via:)' /etc/systemd/network/*.network /run/systemd/network/*.network /etc/network/interfaces /etc/netplan/*.yaml 2>/dev/null |
  grep -v '^[[:space:]]*#' | tr -d '"' | sed 's/^[[:space:]]*[A-Za-z4]*[:=[:space:]]*/gateway /' | head -n 4
exit 0
