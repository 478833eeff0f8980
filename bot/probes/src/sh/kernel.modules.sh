# Modules that the configuration wants loaded, and whether they are.
grep -shE '^[[:space:]]*[A-Za-z0-9_-]+' /etc/modules /etc/modules-load.d/*.conf /run/modules-load.d/*.conf /usr/lib/modules-load.d/*.conf /usr/local/lib/modules-load.d/*.conf | sed 's/[[:space:]#].*//;s/-/_/g' | sort -u | while read -r module; do
  [ -n "$module" ] || continue
  if [ -d "/sys/module/$module" ]; then echo "loaded $module"; else
    read -r release </proc/sys/kernel/osrelease
    if grep -qs "/${module}\.ko" "/lib/modules/$release/modules.builtin" || sed 's/-/_/g' "/lib/modules/$release/modules.builtin" 2>/dev/null | grep -q "/${module}\.ko"; then echo "builtin $module"
    elif sed 's/-/_/g' "/lib/modules/$release/modules.dep" 2>/dev/null | grep -q "/${module}\.ko"; then echo "absent $module present"
    elif [ -d "/lib/modules/$release" ]; then echo "absent $module nowhere"
    else echo "absent $module unknown"; fi
  fi
done
grep -sH '' /proc/sys/kernel/tainted
exit 0
