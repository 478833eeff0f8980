command -v nginx >/dev/null 2>&1 || exit 0
wanted nginx.service openresty.service || exit 0
trusted /etc/nginx || exit 0
check nginx -t
