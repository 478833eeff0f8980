if command -v named-checkconf >/dev/null 2>&1 && wanted named.service bind9.service; then echo 'service named'; check named-checkconf; fi
if command -v dnsmasq >/dev/null 2>&1 && wanted dnsmasq.service; then echo 'service dnsmasq'; check dnsmasq --test; fi
if [ "$(id -u)" = 0 ] && command -v visudo >/dev/null 2>&1; then echo 'service sudo'; check visudo -c; fi
for program in /usr/sbin/php-fpm*; do
  if [ -x "$program" ] && [ -d /etc/php ]; then
    unit=${program##*/}; version=${unit#php-fpm}
    if wanted "php$version-fpm.service" && trusted "/etc/php/$version/fpm"; then echo "service php$version-fpm"; check "$program" -t; fi
  fi
done
exit 0
