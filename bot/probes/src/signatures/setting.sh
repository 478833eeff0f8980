# Where a setting stands in the configuration of databases and their like: file, line and text.
for place in /etc/mysql /etc/my.cnf /etc/my.cnf.d /etc/postgresql /var/lib/postgresql/*/main/postgresql.auto.conf /etc/redis /etc/redis.conf /etc/valkey; do
  [ ! -e "$place" ] || find -L "$place" -xdev -maxdepth 5 -type f \( -name '*.cnf' -o -name '*.conf' -o -name '*.ini' \) -size -512k 2>/dev/null
done | sort -u | head -n 200 | while read -r file; do
  if [ ! -r "$file" ]; then echo "sickbay: needs root: $file"; continue; fi
  awk -v key="$1" '
    BEGIN { gsub(/-/, "_", key); key = tolower(key); sub(/^loose_/, "", key) }
    { word = $0; sub(/^[ \t]+/, "", word); sub(/[ \t=].*/, "", word); gsub(/-/, "_", word); word = tolower(word); sub(/^loose_/, "", word)
      if (word == key) print "at " FILENAME ":" FNR ": " substr($0, 1, 200) }' "$file"
done | head -n 40
