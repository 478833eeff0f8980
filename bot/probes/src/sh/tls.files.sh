# Certificates named in the configuration of servers, and until when they are valid.
# `use CONFIG:LINE:TEXT`, `cert PATH not_after DATE` and then its subject, `cert PATH unreadable`, `server NAME` for each server that runs.
grep -shxE 'nginx|apache2|httpd|haproxy|dovecot|postgres|postmaster|mariadbd|mysqld|redis-server|exim4|master|slapd|vsftpd|lighttpd|caddy|stunnel4?|mosquitto|openvpn|ejabberd|rabbitmq-server|cockpit-ws|prosody|unbound|named|dnsmasq|postgresql' /proc/[0-9]*/comm | sort -u | sed 's/^/server /'
uses=$(grep -srnE '^[^#;]*\.(pem|crt|cer|cert)([";,[:space:]]|$)' /etc/nginx/nginx.conf /etc/nginx/conf.d /etc/nginx/http.d /etc/nginx/default.d /etc/nginx/sites-enabled/. /etc/nginx/sites-enabled/* /etc/nginx/snippets \
  /etc/apache2/sites-enabled/* /etc/apache2/conf-enabled/* /etc/apache2/apache2.conf /etc/apache2/httpd.conf /etc/apache2/conf.d /etc/httpd/conf /etc/httpd/conf.d /etc/haproxy /etc/postfix/main.cf /etc/dovecot /etc/lighttpd \
  /etc/postgresql/*/*/postgresql.conf /var/lib/pgsql/data/postgresql.conf /var/lib/pgsql/[0-9]*/data/postgresql.conf /var/lib/postgresql/[0-9]*/data/postgresql.conf /etc/mysql /etc/my.cnf /etc/my.cnf.d /etc/redis /etc/exim4 /etc/ldap /etc/mosquitto /etc/stunnel /etc/openvpn /etc/cockpit 2>/dev/null |
  grep -viE 'client_?ca|client_certificate|trusted|ca-?file|cacert|dhparam|key_?file|_key[[:space:]]|\.key|crl|cachain|chain_?file' | sort -u | head -n 60)
[ -n "$uses" ] || exit 0
timer() { [ -e "/etc/systemd/system/timers.target.wants/$1.timer" ] && echo "renewal $1.service $2"; }
timer certbot /etc/letsencrypt/
timer certbot-renew /etc/letsencrypt/
timer snap.certbot.renew /etc/letsencrypt/
timer acme /etc/acme/
timer dehydrated /var/lib/dehydrated/
printf '%s\n' "$uses" | sed 's/^/use /'
command -v openssl >/dev/null 2>&1 || { echo 'sickbay: absent: openssl'; exit 0; }
printf '%s\n' "$uses" | sed -n 's/^[^:]*:[0-9]*:[^#]*[="[:space:]]\(\/[^";,[:space:]]*\.\(pem\|crt\|cer\|cert\)\).*/\1/p' | sort -u | head -n 20 | while read -r path; do
  [ -e "$path" ] || { echo "cert $path absent"; continue; }
  if [ -r "$path" ]; then
    openssl x509 -noout -enddate -subject -in "$path" 2>/dev/null </dev/null | sed "s|^notAfter=|cert $path not_after |;s|^subject=|subject |"
  else echo "sickbay: needs root: certificate $path"; fi
done
echo "now $(date +%s)"
exit 0
