# The cloud that the host runs in, how its first start went, and what the cloud held back within a second. Nothing is asked over the network.
for name in sys_vendor product_name chassis_asset_tag bios_vendor; do grep -sH '' "/sys/class/dmi/id/$name"; done
for name in result status; do
  file=/run/cloud-init/$name.json
  if [ -r "$file" ]; then printf 'cloud-init-%s ' "$name"; head -c 16384 "$file" | tr -d '\n'; echo
  elif [ -e "$file" ]; then echo "sickbay: needs root: $file"; fi
done
# Amazon's adapter counts what goes beyond the instance's allowance; only a count that grows says something of now.
links=''
for link in /sys/class/net/*; do
  case $(readlink "$link/device/driver" 2>/dev/null) in */ena) links="$links ${link##*/}";; esac
done
[ -n "$links" ] || exit 0
if ! command -v ethtool >/dev/null 2>&1; then echo 'sickbay: absent: ethtool, which says what the cloud holds back'; exit 0; fi
for link in $links; do ethtool -S "$link" 2>/dev/null | sed -n "s/^ *\([a-z_]*allowance_exceeded\): *\([0-9]*\)/held 1 $link \1 \2/p"; done
sleep 1
for link in $links; do ethtool -S "$link" 2>/dev/null | sed -n "s/^ *\([a-z_]*allowance_exceeded\): *\([0-9]*\)/held 2 $link \1 \2/p"; done
exit 0
