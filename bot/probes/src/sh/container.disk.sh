# What engines for containers keep on the disk, and how much of it no container uses.
for tool in docker podman nerdctl; do
  program=$(command -v "$tool" 2>/dev/null) && [ -n "$program" ] && safe "$program" || continue
  case $tool in
    docker)
      if [ -L "$program" ] || ! grep -qsx dockerd /proc/[0-9]*/comm; then continue; fi
      root=$(timeout 3 docker info -f '{{.DockerRootDir}}' 2>/dev/null) ;;
    podman) root=$(timeout 3 podman info -f '{{.Store.GraphRoot}}' 2>/dev/null) ;;
    *) continue ;;
  esac
  case $root in /*) ;; *) continue ;; esac
  said=$(timeout 8 "$tool" system df --format 'use	{{.Type}}	{{.Active}}	{{.Size}}	{{.Reclaimable}}' 2>/dev/null) || { echo "sickbay: unseen: what $tool keeps on the disk (it took too long)"; continue; }
  echo "engine $tool"
  echo "mount $(df -P "$root" 2>/dev/null | awk 'NR == 2 { for (n = 6; n <= NF; n++) printf "%s%s", (n > 6 ? " " : ""), $n }')"
  printf '%s\n' "$said" | head -n 8 | cut -c1-200
done
exit 0
