# $1: python, perl or node; $2: the module as the error names it. Only package databases are read.
lower=$(printf '%s' "$2" | tr 'A-Z' 'a-z')
case $1 in
  python)
    top=${2%%.*}; low=$(printf '%s' "$top" | tr 'A-Z_' 'a-z-')
    case $top in
      PIL) names=python3-pil;; cv2) names=python3-opencv;; bs4) names=python3-bs4;; MySQLdb) names=python3-mysqldb;; Crypto|Cryptodome) names=python3-pycryptodome;;
      OpenSSL) names=python3-openssl;; ldap) names=python3-ldap;; dateutil) names=python3-dateutil;; sklearn) names=python3-sklearn;; dns) names=python3-dnspython;;
      serial) names=python3-serial;; usb) names=python3-usb;; gi) names=python3-gi;; jwt) names=python3-jwt;; zmq) names=python3-zmq;; pkg_resources) names='python3-pkg-resources python3-setuptools';;
      apt|apt_pkg) names=python3-apt;; MySQLdb) names=python3-mysqldb;; google) names=python3-protobuf;; attr) names=python3-attr;; git) names=python3-git;;
      *) names="python3-$low python3-py$low $low";;
    esac;;
  perl) low=$(printf '%s' "$lower" | sed 's/\.pm$//; s/::/-/g; s,/,-,g; s/_/-/g'); names="lib$low-perl";;
  node) low=$(printf '%s' "$lower" | sed 's/^@//; s,/,-,g; s/_/-/g'); names="node-$low";;
  *) names='';;
esac
if ! command -v apt-cache >/dev/null 2>&1; then echo 'sickbay: absent: apt'; exit 0; fi
for name in $names; do
  apt-cache policy -- "$name" 2>/dev/null | awk -v name="$name" '/^  Installed:/ { have = $2 } /^  Candidate:/ { could = $2 } END { if (could != "") print "package", name, "installed", have, "candidate", could }'
  dpkg-query -W -f '${Package} ${Status}\n' -- "$name" 2>/dev/null | sed 's/^/status /'
  grep -hE " (remove|purge) $name(:| )" /var/log/dpkg.log /var/log/dpkg.log.1 2>/dev/null | tail -n 1 | sed 's/^/removed /'
done
