# Files of the configuration that changed in the last day, newest first, and the last boots.
find /etc /usr/local/etc /usr/local/bin /usr/local/sbin /lib/systemd/system /opt -xdev -maxdepth 5 -type f -mtime -1 ! -path '*/.git/*' ! -name '*.pyc' ! -name '*-' ! -name ld.so.cache ! -name adjtime ! -name machine-id ! -name mtab ! -name '*.swp' 2>/dev/null |
  head -n 400 | tr '\n' '\0' | xargs -0 stat -c '%Y %U %n' 2>/dev/null | sort -rn | head -n 60
echo "now $(date +%s)"
exit 0
