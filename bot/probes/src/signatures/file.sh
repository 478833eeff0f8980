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
df -Pk "$at" 2>/dev/null | tail -n 1 | sed 's/^/space /'
df -Pi "$at" 2>/dev/null | tail -n 1 | sed 's/^/inodes /'
mounts
