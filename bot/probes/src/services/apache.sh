for program in apache2ctl apachectl httpd; do
  path=$(command -v $program 2>/dev/null) || continue
  # BusyBox has a small web server of that name.
  case $(readlink -f "$path") in */busybox*) continue;; esac
  wanted apache2.service httpd.service || exit 0
  for folder in /etc/apache2 /etc/httpd; do if [ -d $folder ]; then trusted $folder || exit 0; fi; done
  check $program -t
  exit 0
done
