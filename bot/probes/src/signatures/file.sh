look "$1"
echo '-- beside'
folder=${1%/*}; [ -n "$folder" ] || folder=/
[ ! -d "$folder" ] || list beside "$folder"
if [ -d "$1" ]; then list inside "$1"; fi
echo '-- more'
at=$1; while [ ! -e "$at" ] && [ -n "$at" ]; do at=${at%/*}; done; [ -n "$at" ] || at=/
owner_package "$1"
if command -v lsattr >/dev/null 2>&1; then lsattr -d -- "$at" 2>/dev/null | sed 's/^\([^ ]*\).*/flags \1/'; fi
if command -v getfacl >/dev/null 2>&1; then getfacl -cpE -- "$at" 2>/dev/null | grep -E '^(user|group):[^:]+:' | head -n 10 | sed 's/^/acl /'; fi
# Folders that are made anew at each boot: whose they should be.
case $(readlink -f "$at" 2>/dev/null) in
  /run/*|/tmp/*|/var/*)
    place=$(readlink -f "$at")
    while [ "${#place}" -gt 5 ]; do
      cat /etc/tmpfiles.d/*.conf /run/tmpfiles.d/*.conf /usr/lib/tmpfiles.d/*.conf 2>/dev/null | awk -v of="$place" '$1 ~ /^[dDvqQ]/ && $2 == of && $4 != "-" { print $3, $4, $5; exit }' | while read -r mode user group; do
        echo "tmpfiles $place $mode $user $(id -u "$user" 2>/dev/null) $group $(getent group "$group" 2>/dev/null | cut -d: -f3)"
      done
      place=${place%/*}
    done ;;
esac
df -Pk "$at" 2>/dev/null | tail -n 1 | sed 's/^/space /'
df -Pi "$at" 2>/dev/null | tail -n 1 | sed 's/^/inodes /'
mounts
