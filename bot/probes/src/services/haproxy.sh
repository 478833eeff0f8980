command -v haproxy >/dev/null 2>&1 || exit 0
wanted haproxy.service || exit 0
[ -f /etc/haproxy/haproxy.cfg ] || exit 0
trusted /etc/haproxy || exit 0
check haproxy -c -f /etc/haproxy/haproxy.cfg
