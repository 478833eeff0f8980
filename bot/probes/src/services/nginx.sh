command -v nginx >/dev/null 2>&1 || exit 0
wanted nginx.service openresty.service || exit 0
trusted /etc/nginx || exit 0
check nginx -t
# Folders that are served and are not there.
[ "$code" != 0 ] || nginx -T 2>/dev/null </dev/null | sed -n 's/^[[:space:]]*root[[:space:]]\{1,\}"\{0,1\}\(\/[^;"$]*\)"\{0,1\};.*/\1/p' | sort -u | head -n 20 | while read -r folder; do [ -d "$folder" ] || echo "root-missing $folder"; done
