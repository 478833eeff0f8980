if command -v named-checkconf >/dev/null 2>&1 && wanted named.service bind9.service; then echo 'service named'; check named-checkconf; fi
if command -v dnsmasq >/dev/null 2>&1 && wanted dnsmasq.service; then echo 'service dnsmasq'; check dnsmasq --test; fi
if [ "$(id -u)" = 0 ] && command -v visudo >/dev/null 2>&1; then echo 'service sudo'; check visudo -c; fi
for program in /usr/sbin/php-fpm*; do
  [ -x "$program" ] || continue
  # Debian's, Alpine's and Red Hat's places.
  name=${program##*/}; version=${name#php-fpm}; folder=/etc/php$version
  if [ -d "/etc/php/$version/fpm" ]; then name=php$version-fpm folder=/etc/php/$version/fpm; elif [ -d /etc/php-fpm.d ]; then folder=/etc/php-fpm.d; fi
  if [ -d "$folder" ] && wanted "$name.service" && trusted "$folder"; then echo "service $name"; check "$program" -t; fi
done
exit 0
